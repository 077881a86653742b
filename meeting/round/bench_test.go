package round_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/store/bolt"
)

// The size of a province: agencies, two polls each, of so many persons.
const (
	benchAgencies = 1000
	benchPersons  = 20
)

// A province is an office with a round of this size.
type province struct {
	*round.Office
	store *bolt.Store
	r     *round.Round
	files [][]byte
}

func provinceAgencies() *round.Directory {
	d := new(round.Directory)
	for i := range benchAgencies {
		id := fmt.Sprintf("agency-%04d", i)
		d.Agencies = append(d.Agencies, round.Agency{ID: id, Name: fmt.Sprint("Cơ quan số ", i), Kind: fmt.Sprint("Loại ", i%9), Key: keyOf(id), Confirmed: true})
	}
	return d
}

func benchOffice(b *testing.B, store *bolt.Store) *round.Office {
	b.Helper()
	return &round.Office{
		Store: store.Rounds(), Checker: new(checker), Signer: signer{}, Log: new(publicLog), Press: new(press),
		Clock: func() time.Time { return time.Date(2023, 8, 6, 3, 0, 0, 0, time.UTC) },
	}
}

// newProvince makes the round and the packages, which nobody has sent yet.
func newProvince(b *testing.B) *province {
	b.Helper()
	store, err := bolt.Open(filepath.Join(b.TempDir(), "data.bolt"))
	benchOK(b, err)
	b.Cleanup(func() { store.Close() })
	p := &province{Office: benchOffice(b, store), store: store}
	d, groups := provinceAgencies(), []round.Group{
		{ID: "lead", Name: "Lãnh đạo", Finish: meeting.Limit{Date: "2023-07-31", Before: true}},
		{ID: "rest", Name: "Còn lại", After: []string{"lead"}, Finish: meeting.Limit{Date: "2023-08-31", Before: true}},
	}
	p.r = &round.Round{
		Title: "Lấy phiếu tín nhiệm năm 2023", Superior: "Ban Thường vụ Tỉnh ủy", Office: "Ban Tổ chức Tỉnh ủy", RuleSet: meeting.RuleSetReg96, SendDays: 1,
		Prepare: meeting.Limit{Date: "2023-07-31", Before: true}, Groups: groups,
	}
	for _, a := range d.Agencies {
		for _, g := range groups {
			p.r.Expected = append(p.r.Expected, round.Expected{Agency: a.ID, Group: g.ID})
		}
	}
	_, err = p.SetDirectory(b.Context(), officer, d)
	benchOK(b, err)
	// an officer has confirmed each key
	stored, err := p.Store.Directory(b.Context())
	benchOK(b, err)
	for i := range stored.Agencies {
		stored.Agencies[i].Confirmed = true
	}
	entries, err := store.Entries(b.Context(), "", -1, 1)
	benchOK(b, err)
	benchOK(b, p.Store.SaveDirectory(b.Context(), stored, entries[0].Draft))
	p.r, err = p.SaveRound(b.Context(), officer, p.r)
	benchOK(b, err)
	for i, e := range p.r.Expected {
		p.files = append(p.files, p.result(b, i, e))
	}
	return p
}

func (p *province) result(b *testing.B, i int, e round.Expected) []byte {
	b.Helper()
	d := &desk{r: p.r}
	v := d.result(e.Agency, e.Group, fmt.Sprint("poll-", i))
	for k := range benchPersons {
		v.Poll.People = append(v.Poll.People, meeting.PersonOutcome{
			Name: fmt.Sprintf("Nguyễn Văn %d số %d", k, i), Post: "Trưởng phòng Tổ chức và Hành chính", Block: "Khối cơ quan",
			High: meeting.Share{Votes: 50, Percent: "50.00"}, Confidence: meeting.Share{Votes: 30, Percent: "30.00"}, Low: meeting.Share{Votes: 19, Percent: "19.00"}, Invalid: 1,
		})
	}
	v.Poll.Collected, v.Poll.Base, v.Poll.Places = 100, 100, make([][]string, benchPersons)
	text, err := json.Marshal(v)
	benchOK(b, err)
	return text
}

// sendAll hands all packages in, and lets the office check them.
func (p *province) sendAll(b *testing.B) {
	b.Helper()
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan struct{})
	go func() { defer close(done); p.Work(ctx) }()
	var hashes []string
	for _, file := range p.files {
		got, err := p.Receive(b.Context(), file, "https")
		benchOK(b, err)
		hashes = append(hashes, got.Hash)
	}
	for _, hash := range hashes {
		if got, err := p.Settled(b.Context(), hash); err != nil || got.Status != round.Accepted {
			b.Fatalf("%+v, %v", got, err)
		}
	}
	cancel()
	<-done
}

func benchOK(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkProvince is a round of a thousand agencies and two thousand polls of
// twenty persons. Follow is what the page that follows a round waits for.
// Receive is all of it but the check of the archives, which is the checker's.
func BenchmarkProvince(b *testing.B) {
	p := newProvince(b)
	start := time.Now()
	p.sendAll(b)
	sent := time.Since(start)
	b.Run("Receive", func(b *testing.B) {
		for b.Loop() { // a package that came before; the arrival of all is measured above
			_, err := p.Receive(b.Context(), p.files[0], "https")
			benchOK(b, err)
		}
		b.ReportMetric(float64(len(p.files))/sent.Seconds(), "packages/s")
	})
	b.Run("Import", func(b *testing.B) {
		d, err := p.Directory(b.Context(), officer)
		benchOK(b, err)
		for b.Loop() {
			d, err = p.SetDirectory(b.Context(), officer, d)
			benchOK(b, err)
		}
	})
	b.Run("Follow", func(b *testing.B) {
		for b.Loop() {
			list, err := p.Follow(b.Context(), officer, p.r.UUID, "2023-08-06")
			if err != nil || len(list) != len(p.files) || list[0].Stage != round.StageSent {
				b.Fatalf("%d polls, %v", len(list), err)
			}
		}
	})
	b.Run("RoundFile", func(b *testing.B) {
		for b.Loop() {
			_, err := p.RoundFile(b.Context(), p.r.UUID)
			benchOK(b, err)
		}
	})
	for _, first := range []bool{true, false} {
		name := map[bool]string{true: "Consolidate/after a restart", false: "Consolidate"}[first]
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				office := p.Office
				if first {
					office = benchOffice(b, p.store)
				}
				c, err := office.Consolidate(b.Context(), officer, p.r.UUID, p.Clock())
				if err != nil || c.Counts().Sent != len(p.files) {
					b.Fatalf("%+v, %v", c.Counts(), err)
				}
			}
		})
	}
	b.Run("Questions", func(b *testing.B) {
		for b.Loop() {
			_, err := p.Questions(b.Context(), officer, p.r.UUID)
			benchOK(b, err)
		}
	})
}
