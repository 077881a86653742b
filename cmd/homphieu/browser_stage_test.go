package main

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/ballot/box/boxtest"
	"github.com/homphieu/homphieu/crypto/threshold"
	"github.com/homphieu/homphieu/crypto/threshold/ceremony"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/staff"
	"github.com/homphieu/homphieu/tally"
	"github.com/homphieu/homphieu/tally/archive"
)

// A stage is a meeting that was brought to a state without browsers: what its
// people would have done is done by the domain at once, and what they would
// have kept is kept here. Then some of them sit down before a browser.
type stage struct {
	*theMeeting
	u       ballot.UUID
	seeds   []string
	holders []*ceremony.Member // by place on the board, from 0, as their own devices know them
}

// stageAt brings a new meeting to a state. Of nine slips, 0 to 5 are cast, 6 is
// not returned, 7 and 8 are not handed out.
func stageAt(t testing.TB, b *browser, state meeting.State) *stage {
	t.Helper()
	s := &stage{theMeeting: &theMeeting{room: newRoom(t), browser: b, boardNames: theBoardNames}}
	s.draft()
	if state != meeting.Draft {
		s.did(s.office().StartKeys(s.Context(), theSecretary, s.u, 0))
		s.upTo(state)
	}
	return s
}

// upTo brings a meeting whose ceremony has just begun to a state.
func (s *stage) upTo(state meeting.State) {
	s.Helper()
	for _, step := range []struct {
		from meeting.State
		take func()
	}{
		{meeting.Keys, func() {
			s.makeKeys(ceremony.Finished)
			s.did(s.office().DrawUp(s.Context(), theSecretary, s.u))
		}},
		{meeting.Slips, s.rehearsed},
		{meeting.Rehearsed, func() { s.did(s.office().Seal(s.Context(), s.actor(0), s.u)) }},
		{meeting.Sealed, s.opened},
		{meeting.Open, s.voted},
	} {
		if s.stored().State == state {
			return
		}
		if got := s.stored().State; got != step.from {
			s.Fatalf("the meeting is %s, want %s", got, step.from)
		}
		step.take()
	}
}

var theBoardNames = []string{"Đỗ Văn Hùng", "Bùi Thị Lan", "Vũ Minh Tuấn"}

var theSecretary = staff.Actor{Role: staff.Secretary, ID: "thuky", Name: "Trần Đạt"}

// office takes steps directly in the store. Pages that are open do not hear of
// them.
func (s *stage) office() *meeting.Office {
	return &meeting.Office{Meetings: s.store, Boxes: s.store, Clock: s.now}
}

func (s *stage) ok(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *stage) did(_ *meeting.Meeting, err error) {
	s.Helper()
	s.ok(err)
}

func (s *stage) stored() *meeting.Meeting {
	s.Helper()
	m, err := s.store.Meeting(s.Context(), s.u)
	s.ok(err)
	return m
}

// actor is a member by place on the board from 1, or with 0 the chair.
func (s *stage) actor(i int) staff.Actor {
	if i == 0 {
		return staff.Actor{Role: staff.Chair, ID: "chutri", Name: "Lê Thị Hoa", Meeting: s.u}
	}
	return staff.Actor{Role: staff.Member, ID: fmt.Sprint("thanhvien", i), Name: s.boardNames[i-1], Meeting: s.u, Index: i}
}

// draft writes down plan, people, board and how many are summoned.
func (s *stage) draft() {
	s.Helper()
	o, plan := s.office(), meeting.Plan{
		Title: meetingName, Agency: "Đảng ủy Tổng công ty", Place: meetingPlace, Date: "2026-11-12", RuleSet: meeting.RuleSetReg96, Chair: "Lê Thị Hoa",
		Decision: meeting.Reference{Number: "12-QĐ/ĐU", Date: "2026-11-01"}, MinBallots: 5, Spares: 10, UsedLimit: 1,
	}
	m, err := o.Create(s.Context(), theSecretary, plan)
	s.ok(err)
	s.u, s.uuid = m.UUID, string(m.UUID)
	var list []meeting.Person
	for i := range 3 {
		list = append(list, meeting.Person{Name: nameOf(i), Post: "Ủy viên"})
	}
	s.did(o.SetPeople(s.Context(), theSecretary, s.u, list, []string{""}))
	var board []meeting.BoardMember
	for i, office := range []meeting.BoardOffice{meeting.Head, meeting.BoardSecretary, meeting.Ordinary} {
		board = append(board, meeting.BoardMember{Name: s.boardNames[i], Office: office})
	}
	s.did(o.SetBoard(s.Context(), theSecretary, s.u, board))
	s.did(o.SetAttendance(s.Context(), theSecretary, s.u, meeting.Attendance{Summoned: summoned}))
}

// makeKeys lets the members send messages with new seeds until a step.
func (s *stage) makeKeys(until ceremony.Step) {
	s.Helper()
	s.newHolders(threshold.NewSeed(), threshold.NewSeed(), threshold.NewSeed())
	for s.transcript().Step() < until {
		for _, i := range s.transcript().Waiting() {
			s.did(s.office().CeremonyMessage(s.Context(), s.actor(i), s.u, s.message(i)))
		}
	}
}

// newHolders gives the members their seeds.
func (s *stage) newHolders(seeds ...string) {
	s.Helper()
	s.seeds, s.holders = seeds, nil
	for i, seed := range seeds {
		m, err := ceremony.NewMember(s.transcript().Terms(), seed, i+1)
		s.ok(err)
		s.holders = append(s.holders, m)
	}
}

func (s *stage) transcript() *ceremony.Transcript {
	s.Helper()
	t, err := ceremony.ParseTranscript([]byte(s.stored().Ceremony.Transcript))
	s.ok(err)
	return t
}

// message is the next message of member i.
func (s *stage) message(i int) []byte {
	s.Helper()
	text, err := s.holders[i-1].Next(s.transcript())
	s.ok(err)
	return text
}

// rehearsed makes the slips and lets two members open the rehearsal.
func (s *stage) rehearsed() {
	s.Helper()
	public := map[ballot.UUID][]string{s.u: nil}
	for range printed {
		c := ballot.NewCredential()
		s.slips = append(s.slips, c)
		public[s.u] = append(public[s.u], c.Public(s.u).String())
	}
	slices.Sort(public[s.u])
	s.did(s.office().UploadSlips(s.Context(), s.actor(1), s.u, public))
	s.did(s.office().StartRehearsal(s.Context(), theSecretary, s.u))
	u := s.stored().Rehearsal.UUID
	for _, i := range []int{1, 2} {
		s.did(s.office().SignClosing(s.Context(), s.actor(i), s.u, u, i, s.signature(u, i)))
	}
	for _, i := range []int{1, 2} {
		s.did(s.office().Contribute(s.Context(), s.actor(i), s.u, u, s.share(u, i)))
	}
}

// opened lets people come and the chair open.
func (s *stage) opened() {
	s.Helper()
	s.ready()
	s.did(s.office().Open(s.Context(), s.actor(0), s.u))
}

// ready is all that opening needs.
func (s *stage) ready() {
	s.Helper()
	o := s.office()
	s.did(o.Approve(s.Context(), s.actor(0), s.u, nil))
	s.did(o.SetAttendance(s.Context(), theSecretary, s.u, meeting.Attendance{Summoned: summoned, Present: present}))
	papers, err := s.stored().BallotPapers()
	s.ok(err)
	for _, slip := range []int{7, 8} {
		s.did(o.Desk(s.Context(), s.actor(1), s.u, meeting.DeskUnissued, s.slips[slip].AppendDeskProof(nil, papers, meeting.DeskUnissued)))
	}
}

// voted casts the ballots, closes, and lets two members count what was handed
// out.
func (s *stage) voted() {
	s.Helper()
	s.castAll()
	for _, i := range []int{1, 2} {
		s.did(s.office().Close(s.Context(), s.actor(i), s.u))
	}
	for _, i := range []int{1, 2} {
		s.did(s.office().EnterIssued(s.Context(), s.actor(i), s.u, present))
	}
}

func (s *stage) castAll() {
	s.Helper()
	b := s.box()
	for i := range voters {
		s.ok(b.Accept(s.Context(), s.sealed(b.Election(), s.slips[i], i%3)))
	}
}

// sealed is a ballot that marks everybody alike.
func (s *stage) sealed(e *ballot.Election, c ballot.Credential, level int) *ballot.Ballot {
	s.Helper()
	choices := make([][]int, len(e.Questions))
	for i := range choices {
		choices[i] = e.Questions[i].Mark(level)
	}
	sealed, err := ballot.Seal(e, c, choices)
	s.ok(err)
	return sealed
}

func (s *stage) box() box.Box {
	s.Helper()
	b, err := s.store.Box(s.Context(), s.u)
	s.ok(err)
	return b
}

// signature is what member i's device makes of a closing file.
func (s *stage) signature(poll ballot.UUID, i int) []byte {
	s.Helper()
	text, err := s.office().ClosingFile(s.Context(), s.actor(i), s.u, poll)
	s.ok(err)
	c, err := tally.ParseClosing(text)
	s.ok(err)
	c.Signatures = nil
	c.Sign(i, threshold.SigningKey(s.seeds[i-1]))
	var file struct{ Signatures []json.RawMessage }
	s.ok(json.Unmarshal(c.AppendJSON(nil), &file))
	return file.Signatures[0]
}

// signed lets the first two members sign.
func (s *stage) signed() {
	s.Helper()
	for _, i := range []int{1, 2} {
		s.did(s.office().SignClosing(s.Context(), s.actor(i), s.u, s.u, i, s.signature(s.u, i)))
	}
}

// share is what member i's device makes of a tally.
func (s *stage) share(poll ballot.UUID, i int) []byte {
	s.Helper()
	b, err := s.store.Box(s.Context(), poll)
	s.ok(err)
	product, err := b.Product(s.Context())
	s.ok(err)
	key, err := s.holders[i-1].Share(s.transcript())
	s.ok(err)
	c := tally.Decrypt(b.Election(), product, i, key)
	return c.AppendJSON(nil, b.Election())
}

// keyFile is member i's key file. If something is sealed, that is recorded.
func (s *stage) keyFile(i int) *ceremony.KeyFile {
	s.Helper()
	k, err := ceremony.NewKeyFile(s.holders[i-1], s.transcript(), meetingName, s.boardNames[i-1])
	s.ok(err)
	if len(s.stored().Polls) > 0 {
		files, err := s.box().Files(s.Context(), setupFile, 1)
		s.ok(err)
		k.Sealed[s.uuid] = fmt.Sprintf("%x", archive.Hash(files[0].Content))
	}
	return k
}

// setupFile is the place of the setup object among the files of a box.
const setupFile = 3

// onDisk writes a key file, as it would lie on a member's own stick.
func (s *stage) onDisk(k *ceremony.KeyFile) string {
	s.Helper()
	text, err := k.JSON()
	s.ok(err)
	return s.file(fmt.Sprintf("khoa-%d-1.json", k.Index), text)
}

// file writes a file into a folder of its own.
func (s *stage) file(name string, content []byte) string {
	s.Helper()
	path := filepath.Join(s.TempDir(), name)
	s.ok(os.WriteFile(path, content, 0o600))
	return path
}

// newSeat issues the seat of actor(i).
func (s *stage) newSeat(i int) (seat staff.Seat, token string) {
	s.Helper()
	who := s.actor(i)
	seat, token, err := s.register().NewSeat(s.Context(), theSecretary, staff.Seat{Meeting: s.u, Role: who.Role, Index: i, Name: who.Name})
	s.ok(err)
	return seat, token
}

func (s *stage) register() *staff.Register { return staff.NewRegister(s.store, s.store, s.now) }

// sit lets actor(i) take the seat in a browser.
func (s *stage) sit(i int) *person {
	s.Helper()
	seat, token := s.newSeat(i)
	p := s.browser.person(s, s.room, onLaptop)
	p.enter(s.url("/staff/enter#" + seat.ID + "." + token))
	return p
}

// A device is that of a member who is not in the way of the test: it sends what
// a browser would send, and open pages hear of it.
type device struct {
	*stage
	index        int
	base, cookie string
}

// device lets member i take the seat on a device.
func (s *stage) device(i int) *device {
	s.Helper()
	seat, token := s.newSeat(i)
	d := &device{s, i, "/staff/seats/" + seat.ID, staff.NewToken()}
	_, err := s.register().Enter(s.Context(), staff.Visit{Seat: seat.ID, Token: token, Device: d.cookie, Label: "?"})
	s.ok(err)
	return d
}

// post sends something that must be taken.
func (d *device) post(path string, body []byte) {
	d.Helper()
	q, err := http.NewRequestWithContext(d.Context(), http.MethodPost, d.url(d.base+path), bytes.NewReader(body))
	d.ok(err)
	q.Header.Set("Cookie", "homphieu-seat="+d.cookie)
	answer, err := http.DefaultClient.Do(q)
	d.ok(err)
	defer answer.Body.Close()
	if answer.StatusCode/100 != 2 {
		said, _ := io.ReadAll(answer.Body)
		d.Fatalf("member %d: %s: status %d: %s", d.index, path, answer.StatusCode, said)
	}
}

// speak sends the next message of the ceremony, which must be that of a step.
func (d *device) speak(step ceremony.Step) {
	d.Helper()
	t := d.transcript()
	if t.Step() != step || t.Sent(step, d.index) {
		d.Fatalf("member %d at the step %s, want %s", d.index, t.Step(), step)
	}
	d.post("/api/ceremony", d.message(d.index))
}

// sign signs the closing file of the paper.
func (d *device) sign() {
	d.Helper()
	d.post("/api/polls/"+d.uuid+"/closing", d.signature(d.u, d.index))
}

// contribute sends the share.
func (d *device) contribute() {
	d.Helper()
	d.post("/api/polls/"+d.uuid+"/contribution", d.share(d.u, d.index))
}

// poll is the address of the paper's box below a person's seat.
func (p *person) poll(s *stage, path string) string { return p.base + "/api/polls/" + s.uuid + path }

// logged is how often the audit log has an action of somebody.
func (s *stage) logged(action, name string) (n int) {
	s.Helper()
	entries, err := s.store.Entries(s.Context(), s.u, 0, 1000)
	s.ok(err)
	for _, e := range entries {
		if e.Action == action && e.Actor.Name == name {
			n++
		}
	}
	return n
}

// An episode is one event of an archive: its type and the data before it.
type episode struct {
	kind string
	data [][]byte
}

// story is what an archive tells, read by other means than ours.
func story(t testing.TB, bel []byte) (episodes []episode) {
	t.Helper()
	var data [][]byte
	for r := tar.NewReader(bytes.NewReader(bel)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return episodes
		}
		content, err2 := io.ReadAll(r)
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		switch {
		case h.Name == "BELENIOS":
		case filepath.Ext(h.Name[:len(h.Name)-len(".json")]) == ".data":
			data = append(data, content)
		default:
			var e struct{ Type string }
			if err := json.Unmarshal(content, &e); err != nil {
				t.Fatal(err)
			}
			episodes, data = append(episodes, episode{e.Type, data}), nil
		}
	}
}

// tell writes an archive with an unbroken chain, and returns its last event's
// hash with it.
func tell(timestamp int64, episodes ...episode) (bel []byte, head [32]byte) {
	bel = archive.AppendHead(nil, timestamp)
	var chain archive.Chain
	for _, e := range episodes {
		var payload *[32]byte
		for _, d := range e.data {
			bel = archive.AppendEntry(bel, archive.KindData, d, timestamp)
			hash := archive.Hash(d)
			payload = &hash
		}
		var text []byte
		text, chain = chain.Next(e.kind, payload)
		bel = archive.AppendEntry(bel, archive.KindEvent, text, timestamp)
	}
	return bel, chain.Head
}

// ballotsOf are the ballots in an archive.
func ballotsOf(t testing.TB, bel []byte) (ballots [][]byte) {
	t.Helper()
	for _, e := range story(t, bel) {
		if e.kind == archive.Ballot {
			ballots = append(ballots, e.data[0])
		}
	}
	return ballots
}

// archive is the whole archive of the paper's box.
func (s *stage) archive() []byte {
	s.Helper()
	return boxtest.Archive(s, s.box())
}

// The secretary's account, whose authenticator app holds a secret of its own.
const (
	theLogin    = "thuky"
	thePassword = "một mật khẩu rất dài"
)

// account makes the account of the secretary, who is not signed in, and returns
// the secret of the authenticator app.
func (s *stage) account() (secret string) {
	s.Helper()
	// An hour ago, because no code works twice.
	past := s.now().Add(-time.Hour)
	r := staff.NewRegister(s.store, s.store, func() time.Time { return past })
	_, token, err := r.Invite(s.Context(), staff.Actor{Role: staff.Administrator, ID: "quantri", Name: "Nguyễn Thị Ánh"}, theLogin, "Trần Đạt", staff.Secretary)
	s.ok(err)
	secret = staff.NewSecret()
	_, _, err = r.Claim(s.Context(), token, staff.Setup{Password: thePassword, Secret: secret, Code: s.codeAt(secret, past)})
	s.ok(err)
	return secret
}

// codeAt is what the authenticator app shows at a time.
func (s *stage) codeAt(secret string, at time.Time) string {
	s.Helper()
	code, err := totp.GenerateCode(secret, at)
	s.ok(err)
	return code
}

// signIn lets the secretary sign in, in a tab.
func (s *stage) signIn(p *tab, secret string) {
	s.Helper()
	p.open(s.url("/staff/login"))
	p.fillIn("Tên đăng nhập…", theLogin)
	p.fillIn("Mật khẩu…", thePassword)
	p.fillIn("Mã xác nhận…", s.codeAt(secret, s.now()))
	p.button("Đăng nhập…")
	p.find("heading", "Trần Đạt")
}

// desktop is a browser in which the secretary is signed in.
func (s *stage) desktop(secret string) *person {
	s.Helper()
	p := s.browser.person(s, s.room, onLaptop)
	p.base = "/staff/meetings/" + s.uuid
	s.signIn(p.tab, secret)
	return p
}
