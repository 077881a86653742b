package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/meeting/roster"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/meeting/staff"
	"github.com/homphieu/homphieu/report/parcel"
	"github.com/homphieu/homphieu/report/parcel/parceltest"
	"github.com/homphieu/homphieu/store/bolt"
)

// The size of a round: two polls of each agency, so many persons on each.
const (
	roundAgencies = 1000
	roundPersons  = 20
	roundChecked  = 50 // packages that are checked on one processor, and on all
)

// BenchmarkRound is what an officer waits for in a round of a thousand agencies
// and two thousand polls: pages of the server, as the browser asks for them, the
// import of the agencies, and printing. Of the pages the median is what counts:
// the table of the follow-up within 200 ms.
func BenchmarkRound(b *testing.B) {
	p := newBenchRound(b)
	for _, page := range []struct{ name, path string }{
		{"Follow", ""}, {"FollowFiltered", "?show=late&sort=-send"}, {"Calendar", "/calendar?month=2023-08"}, {"Reminders", "/reminders"},
		{"Packages", "/packages"}, {"Result", "/result"}, {"Expected", "/expected"},
	} {
		b.Run("Page/"+page.name, func(b *testing.B) {
			for b.Loop() {
				p.get(b, "/staff/rounds/"+string(p.r.UUID)+page.path)
			}
		})
	}
	b.Run("Page/Agencies", func(b *testing.B) {
		for b.Loop() {
			p.get(b, "/staff/rounds/agencies")
		}
	})
	b.Run("Import", func(b *testing.B) {
		for b.Loop() {
			made, wrong := round.ImportAgencies(p.d, strings.NewReader(p.list), roster.Text)
			if len(wrong) > 0 || len(made.Agencies) != roundAgencies {
				b.Fatalf("%d agencies, %v", len(made.Agencies), wrong)
			}
			var err error
			p.d, err = p.SetDirectory(b.Context(), provinceOfficer, made)
			ok(b, err)
		}
	})
	b.Run("Print", func(b *testing.B) {
		for b.Loop() {
			_, err := p.Print(b.Context(), provinceOfficer, p.r.UUID)
			ok(b, err)
		}
	})
}

// A benchRound is the server of a superior with a round of this size.
type benchRound struct {
	*round.Office
	room   *room
	r      *round.Round
	d      *round.Directory
	list   string // of the agencies, as pasted
	cookie string
}

func newBenchRound(b *testing.B) *benchRound {
	b.Helper()
	r := newRoom(b)
	p := &benchRound{Office: r.site.rounds, room: r}
	p.order(b)
	for i, e := range p.r.Expected {
		p.accept(b, i, e)
	}
	p.signIn(b)
	return p
}

// order makes agencies and round.
func (p *benchRound) order(b *testing.B) {
	b.Helper()
	list := new(strings.Builder)
	list.WriteString("Mã\tTên\tLoại\n")
	for i := range roundAgencies {
		fmt.Fprintf(list, "agency-%04d\tCơ quan, đơn vị số %d\tLoại %d\n", i, i, i%9)
	}
	p.list = list.String()
	var err error
	p.d, err = p.Directory(b.Context(), provinceOfficer)
	ok(b, err)
	made, wrong := round.ImportAgencies(p.d, strings.NewReader(p.list), roster.Text)
	if len(wrong) > 0 {
		b.Fatal(wrong)
	}
	p.d, err = p.SetDirectory(b.Context(), provinceOfficer, made)
	ok(b, err)
	p.r, _ = round.Letter()
	p.r.Expected = nil
	for _, a := range p.d.Agencies {
		for _, g := range p.r.Groups[1:] {
			p.r.Expected = append(p.r.Expected, round.Expected{Agency: a.ID, Group: g.ID})
		}
	}
	p.r, err = p.SaveRound(b.Context(), provinceOfficer, p.r)
	ok(b, err)
}

// accept puts in a package that was verified, half of them sent too late.
func (p *benchRound) accept(b *testing.B, i int, e round.Expected) {
	b.Helper()
	sum := sha256.Sum256(fmt.Append(nil, "package ", i))
	hash := hex.EncodeToString(sum[:])
	k := &round.Package{
		Claim: round.Claim{
			Kind: round.KindResult, Round: p.r.UUID, Agency: e.Agency, Group: e.Group, Poll: ballot.NewUUID(), Voted: "2023-08-10",
			Prepared: "2023-07-20", Hash: hash, Key: hash, Signer: "Niêm phong của máy chủ " + e.Agency,
		},
		File: hash, Size: 400_000, Received: time.Date(2023, 8, 10+i%4, 3, 0, 0, 0, time.UTC), By: "https", Status: round.Accepted, Entry: int64(i),
	}
	poll := &round.Poll{
		Package: hash, Agency: e.Agency, Group: e.Group, Election: k.Poll, Name: "Hội nghị", Voted: k.Voted, Place: "Hội trường", RuleSet: meeting.RuleSetReg96,
		LastEvent: hash, Entry: 2, Origin: "hop.example.vn/log", Summoned: 101, Present: 100, Issued: 100, Collected: 100, Base: 100,
	}
	for j := range roundPersons {
		poll.People = append(poll.People, meeting.PersonOutcome{
			Name: fmt.Sprintf("Nguyễn Văn %d số %d", j, i), Post: "Trưởng phòng Tổ chức và Hành chính", Block: "Khối cơ quan",
			High: meeting.Share{Votes: 50, Percent: "50,00"}, Confidence: meeting.Share{Votes: 30, Percent: "30,00"}, Low: meeting.Share{Votes: 19, Percent: "19,00"}, Invalid: 1,
		})
	}
	done := audit.Draft{Time: k.Received, Actor: audit.Server, Action: "package.accepted"}
	ok(b, p.Store.SavePackages(b.Context(), []*round.Package{k}, poll, done))
}

// signIn makes the account of the officer.
func (p *benchRound) signIn(b *testing.B) {
	b.Helper()
	register := staff.NewRegister(p.room.store, p.room.store, time.Now)
	_, token, err := register.Invite(b.Context(), staff.Actor{Role: staff.Administrator, ID: "quantri", Name: "Nguyễn Thị Ánh"}, "hanh", "Đỗ Thị Hạnh", staff.Superior)
	ok(b, err)
	secret := staff.NewSecret()
	_, session, err := register.Claim(b.Context(), token, staff.Setup{Password: thePassword, Secret: secret, Code: codeOf(b, secret)})
	ok(b, err)
	p.cookie = "homphieu-staff=" + session
}

// get asks the server for a page, without a network between.
func (p *benchRound) get(b *testing.B, path string) {
	b.Helper()
	q := httptest.NewRequestWithContext(b.Context(), http.MethodGet, p.room.url(path), http.NoBody)
	q.Header.Set("Cookie", p.cookie)
	answer := httptest.NewRecorder()
	p.room.site.server.Handler.ServeHTTP(answer, q)
	if answer.Code != http.StatusOK || !strings.Contains(answer.Body.String(), "Cơ quan") {
		b.Fatalf("%s: status %d", path, answer.Code)
	}
}

// BenchmarkCheckPackages lets a superior's server check packages that all came at
// once, on one processor and on all that there are.
func BenchmarkCheckPackages(b *testing.B) {
	files := benchPackages(b)
	for _, c := range []struct {
		name       string
		processors int
	}{{"one processor", 1}, {"all processors", runtime.NumCPU()}} {
		b.Run(c.name, func(b *testing.B) {
			before := runtime.GOMAXPROCS(c.processors)
			defer runtime.GOMAXPROCS(before)
			for b.Loop() {
				b.StopTimer()
				office, hashes := benchDesk(b, files)
				b.StartTimer()
				checkAll(b, office, hashes)
			}
			b.ReportMetric(float64(b.N*len(files))/b.Elapsed().Seconds(), "packages/s")
		})
	}
}

// checkAll checks everything that waits.
func checkAll(b *testing.B, office *round.Office, hashes []string) {
	b.Helper()
	ctx, stop := context.WithCancel(b.Context())
	done := make(chan struct{})
	go func() { defer close(done); office.Work(ctx) }()
	for _, hash := range hashes {
		if k, err := office.Settled(b.Context(), hash); err != nil || k.Status != round.Accepted {
			b.Fatalf("%+v, %v", k, err)
		}
	}
	stop()
	<-done
}

// A benchPackage is a package of an agency, and the key that signed it.
type benchPackage struct {
	agency, key string
	file        []byte
}

func benchPackages(b *testing.B) (list []benchPackage) {
	b.Helper()
	for i := range roundChecked {
		agency := fmt.Sprintf("agency-%02d", i)
		o := parceltest.Options{Agency: agency, Group: "khac", Votes: make([][]int, 20)}
		for j := range 5 {
			o.People = append(o.People, meeting.Person{Name: fmt.Sprintf("Nguyễn Văn %d số %d", j, i), Post: "Trưởng phòng"})
		}
		for k := range o.Votes {
			for j := range o.People {
				o.Votes[k] = append(o.Votes[k], (k+j)%3)
			}
		}
		c := parceltest.New(b, o)
		file, _ := c.Pack(b)
		list = append(list, benchPackage{agency, parcel.KeyOf(c.Seal.Chain[0]), file})
	}
	return list
}

// benchDesk is an office that all packages have come to and that has checked none.
func benchDesk(b *testing.B, files []benchPackage) (office *round.Office, hashes []string) {
	b.Helper()
	store, err := bolt.Open(filepath.Join(b.TempDir(), "homphieu.db"))
	ok(b, err)
	b.Cleanup(func() { store.Close() })
	office = &round.Office{Store: store.Rounds(), Checker: new(parcel.Checker), Signer: plainSigner{}, Clock: time.Now}
	d, err := office.Directory(b.Context(), provinceOfficer)
	ok(b, err)
	r, _ := round.Letter()
	r.UUID, r.Expected = parceltest.Round, nil
	for _, f := range files {
		d.Agencies = append(d.Agencies, round.Agency{ID: f.agency, Name: f.agency, Kind: "Sở", Key: f.key, Confirmed: true})
		r.Expected = append(r.Expected, round.Expected{Agency: f.agency, Group: "khac"})
	}
	done := audit.Draft{Time: time.Now(), Actor: audit.Server, Action: "round.save"}
	ok(b, office.Store.SaveDirectory(b.Context(), d, done))
	ok(b, office.Store.SaveRound(b.Context(), r, done))
	for _, f := range files {
		k, err := office.Receive(b.Context(), f.file, "file")
		ok(b, err)
		hashes = append(hashes, k.Hash)
	}
	return office, hashes
}

// A plainSigner signs nothing.
type plainSigner struct{}

// Sign implements round.Signer.
func (plainSigner) Sign(text string) ([]byte, error) { return json.Marshal(text) }
