package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path"
	"slices"
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/crypto/threshold"
	"github.com/homphieu/homphieu/crypto/threshold/ceremony"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/meeting/staff"
	"github.com/homphieu/homphieu/report/pades"
	"github.com/homphieu/homphieu/tally"
)

// A provinceMeeting is one meeting of the demonstration: the server that it is
// held on, and what its board and voters have in their hands.
type provinceMeeting struct {
	*provincePoll
	number int // among the polls
	server *provinceServer
	name   string // of the agency
	office *meeting.Office
	u      ballot.UUID
	seeds  []string            // of the board's members
	slips  []ballot.Credential // one more than there are voters
	sign   func(paper []byte, places []string) ([]byte, error)
}

// inTurn takes steps until one of them goes wrong.
func inTurn(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// done is whether a step of a meeting was taken.
func done(_ *meeting.Meeting, err error) error { return err }

func (m *provinceMeeting) secretary() staff.Actor {
	return staff.Actor{Role: staff.Secretary, ID: "thu-ky", Name: "Thư ký cuộc họp"}
}

func (m *provinceMeeting) chair() staff.Actor {
	return staff.Actor{Role: staff.Chair, ID: "chu-tri", Name: m.chairName(), Meeting: m.u}
}

func (m *provinceMeeting) chairName() string { return provinceName(404 + 8*m.number) }

// member is a member of the counting board, from 1.
func (m *provinceMeeting) member(i int) staff.Actor {
	return staff.Actor{Role: staff.Member, ID: fmt.Sprint("kiem-phieu-", i), Name: m.board(m.number)[i-1].Name, Meeting: m.u, Index: i}
}

func (m *provinceMeeting) record(ctx context.Context) (*meeting.Meeting, error) {
	return m.office.Get(ctx, m.secretary(), m.u)
}

// prepare makes the meeting ready to be opened: plan, place in the round, persons,
// board, keys, slips and the rehearsal. The rehearsal is what step 1 ends with.
func (m *provinceMeeting) prepare(ctx context.Context, f *round.RoundFile) error {
	a, err := f.Assignment(m.Agency, m.Group)
	if err != nil {
		return err
	}
	made, err := m.office.Create(ctx, m.secretary(), meeting.Plan{
		Agency: m.name, Superior: f.Superior, Title: "Hội nghị lấy phiếu tín nhiệm năm 2023", Place: "Phòng họp tầng 2",
		Date: m.voted, Session: m.voted, Time: "08:00", RuleSet: a.RuleSet, Chair: m.chairName(), References: f.References,
		Decision: meeting.Reference{Number: "15-QĐ/TD", Date: "2023-07-10", About: "Cho phép bỏ phiếu điện tử (trình diễn)"}, MinBallots: 5,
	})
	if err != nil {
		return err
	}
	m.u = made.UUID
	return inTurn(
		func() error { return done(m.office.Assign(ctx, m.secretary(), m.u, a)) },
		func() error {
			return done(m.office.SetPeople(ctx, m.secretary(), m.u, m.people(m.number), []string{""}))
		},
		func() error { return done(m.office.SetBoard(ctx, m.secretary(), m.u, m.board(m.number))) },
		func() error { return m.attend(ctx, 0) },
		func() error { return m.makeKeys(ctx) },
		func() error { return m.makeSlips(ctx) },
		func() error { return m.rehearse(ctx) },
		func() error { return done(m.office.Seal(ctx, m.chair(), m.u)) },
		func() error { return done(m.office.NoteBefore(ctx, m.secretary(), m.u, m.ready, nil)) },
	)
}

// attend enters how many have come: all but one, once the meeting begins.
func (m *provinceMeeting) attend(ctx context.Context, present int) error {
	return done(m.office.SetAttendance(ctx, m.secretary(), m.u, meeting.Attendance{Summoned: m.voters + 1, Present: present}))
}

// makeKeys lets the board's members make their key, each on a device of their own.
func (m *provinceMeeting) makeKeys(ctx context.Context) error {
	if _, err := m.office.StartKeys(ctx, m.secretary(), m.u, 0); err != nil {
		return err
	}
	t, err := m.transcript(ctx)
	if err != nil {
		return err
	}
	var devices []*ceremony.Member
	for i := range m.board(m.number) {
		m.seeds = append(m.seeds, threshold.NewSeed())
		d, err := ceremony.NewMember(t.Terms(), m.seeds[i], i+1)
		if err != nil {
			return err
		}
		devices = append(devices, d)
	}
	for t.Step() < ceremony.Finished {
		for _, i := range t.Waiting() {
			message, err := devices[i-1].Next(t)
			if err != nil {
				return err
			}
			if _, err := m.office.CeremonyMessage(ctx, m.member(i), m.u, message); err != nil {
				return err
			}
		}
		if t, err = m.transcript(ctx); err != nil {
			return err
		}
	}
	return done(m.office.DrawUp(ctx, m.secretary(), m.u))
}

func (m *provinceMeeting) transcript(ctx context.Context) (*ceremony.Transcript, error) {
	r, err := m.record(ctx)
	if err != nil {
		return nil, err
	}
	return ceremony.ParseTranscript([]byte(r.Ceremony.Transcript))
}

// makeSlips draws the codes of the slips, as the board's own computer does.
func (m *provinceMeeting) makeSlips(ctx context.Context) error {
	r, err := m.record(ctx)
	if err != nil {
		return err
	}
	u := paper(r)
	var public []string
	for range r.SlipsWanted() {
		c := ballot.NewCredential()
		m.slips, public = append(m.slips, c), append(public, c.Public(u).String())
	}
	slices.Sort(public)
	return done(m.office.UploadSlips(ctx, m.member(1), m.u, map[ballot.UUID][]string{u: public}))
}

// rehearse lets two members open the test ballots.
func (m *provinceMeeting) rehearse(ctx context.Context) error {
	r, err := m.office.StartRehearsal(ctx, m.secretary(), m.u)
	if err != nil {
		return err
	}
	return m.decrypt(ctx, r.Rehearsal.UUID)
}

// decrypt lets two members sign the closing file of a poll and open its sum.
func (m *provinceMeeting) decrypt(ctx context.Context, poll ballot.UUID) error {
	for i := 1; i <= 2; i++ {
		if err := m.signClosing(ctx, poll, i); err != nil {
			return err
		}
	}
	for i := 1; i <= 2; i++ {
		if err := m.contribute(ctx, poll, i); err != nil {
			return err
		}
	}
	return nil
}

func (m *provinceMeeting) signClosing(ctx context.Context, poll ballot.UUID, i int) error {
	text, err := m.office.ClosingFile(ctx, m.member(i), m.u, poll)
	if err != nil {
		return err
	}
	c, err := tally.ParseClosing(text)
	if err != nil {
		return err
	}
	c.Signatures = nil
	c.Sign(i, threshold.SigningKey(m.seeds[i-1]))
	var file struct{ Signatures []json.RawMessage }
	if err := json.Unmarshal(c.AppendJSON(nil), &file); err != nil {
		return err
	}
	return done(m.office.SignClosing(ctx, m.member(i), m.u, poll, i, file.Signatures[0]))
}

func (m *provinceMeeting) contribute(ctx context.Context, poll ballot.UUID, i int) error {
	b, err := m.server.store.Box(ctx, poll)
	if err != nil {
		return err
	}
	product, err := b.Product(ctx)
	if err != nil {
		return err
	}
	t, err := m.transcript(ctx)
	if err != nil {
		return err
	}
	device, err := ceremony.ResumeMember(t.Terms(), m.seeds[i-1], i, "")
	if err != nil {
		return err
	}
	key, err := device.Share(t)
	if err != nil {
		return err
	}
	c := tally.Decrypt(b.Election(), product, i, key)
	return done(m.office.Contribute(ctx, m.member(i), m.u, poll, c.AppendJSON(nil, b.Election())))
}

// open opens the poll: what the round says by now is loaded, the agency's own
// conditions are noted, and the slip of who is absent is taken out.
func (m *provinceMeeting) open(ctx context.Context, f *round.RoundFile) error {
	a, err := f.Assignment(m.Agency, m.Group)
	if err != nil {
		return err
	}
	var own []meeting.Precondition
	for _, b := range a.Before {
		if b.Group == "" {
			b.Done, b.About = provinceReview, "Biên bản họp sơ kết của cơ quan, đơn vị"
			own = append(own, b)
		}
	}
	return inTurn(
		func() error { return done(m.office.Assign(ctx, m.secretary(), m.u, a)) },
		func() error { return done(m.office.NoteBefore(ctx, m.secretary(), m.u, m.ready, own)) },
		func() error { return done(m.office.Approve(ctx, m.chair(), m.u, nil)) },
		func() error { return m.attend(ctx, m.voters) },
		func() error { return m.takeOut(ctx) },
		func() error { return done(m.office.Open(ctx, m.chair(), m.u)) },
	)
}

// takeOut brings the slips that nobody was handed to the desk. It may be repeated.
func (m *provinceMeeting) takeOut(ctx context.Context) error {
	r, err := m.record(ctx)
	if err != nil {
		return err
	}
	papers, err := r.BallotPapers()
	if err != nil {
		return err
	}
	for _, c := range m.slips[m.voters:] {
		proof := c.AppendDeskProof(nil, papers, meeting.DeskUnissued)
		if _, err := m.office.Desk(ctx, m.member(1), m.u, meeting.DeskUnissued, proof); err != nil {
			return err
		}
	}
	return nil
}

// vote lets every voter seal a ballot and cast it over HTTP, as a voter's page
// does.
func (m *provinceMeeting) vote(ctx context.Context) error {
	r, err := m.record(ctx)
	if err != nil {
		return err
	}
	address := path.Join("api/v1/elections", string(paper(r)))
	text, err := m.server.ask(ctx, http.MethodGet, address, nil, http.StatusOK)
	if err != nil {
		return err
	}
	e, err := ballot.ParseElection(text)
	if err != nil {
		return err
	}
	for voter := range m.voters {
		choices := make([][]int, len(e.Questions))
		for i := range choices {
			choices[i] = e.Questions[i].Mark(m.mark(m.number, voter, i))
		}
		b, err := ballot.Seal(e, m.slips[voter], choices)
		if err != nil {
			return err
		}
		if _, err := m.server.ask(ctx, http.MethodPost, address+"/ballots", b.Raw(), http.StatusCreated); err != nil {
			return fmt.Errorf("voter %d: %w", voter+1, err)
		}
	}
	return nil
}

// count closes, counts, prints and signs.
func (m *provinceMeeting) count(ctx context.Context) error {
	for i := 1; i <= 2; i++ {
		if _, err := m.office.Close(ctx, m.member(i), m.u); err != nil {
			return err
		}
	}
	for i := 1; i <= 2; i++ {
		if _, err := m.office.EnterIssued(ctx, m.member(i), m.u, m.voters); err != nil {
			return err
		}
	}
	r, err := m.record(ctx)
	if err != nil {
		return err
	}
	return inTurn(
		func() error { return m.decrypt(ctx, paper(r)) },
		func() error { return done(m.office.Print(ctx, m.chair(), m.u)) },
		func() error { return m.signPaper(ctx, meeting.MinutesFile, "head", "chair") },
	)
}

// signPaper lets invented people sign in places of a paper as it is by now; in all
// that are empty where none is named.
func (m *provinceMeeting) signPaper(ctx context.Context, name string, places ...string) error {
	r, err := m.record(ctx)
	if err != nil {
		return err
	}
	printed, err := m.office.PrintedFile(ctx, m.chair(), m.u, paper(r), name, meeting.LatestVersion)
	if err != nil {
		return err
	}
	if len(places) == 0 {
		if places, err = pades.EmptyFields(printed.Content); err != nil {
			return err
		}
	}
	signed, err := m.sign(printed.Content, places)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return done(m.office.Return(ctx, m.chair(), m.u, paper(r), name, signed))
}

// pack makes the package of the result, once the public log has it.
func (m *provinceMeeting) pack(ctx context.Context, why string) (*meeting.Sending, error) {
	if !m.server.site.log.Round(ctx) {
		return nil, errors.New("public log: not published")
	}
	r, err := m.record(ctx)
	if err != nil {
		return nil, err
	}
	if r, err = m.office.Pack(ctx, m.chair(), m.u, paper(r), why); err != nil {
		return nil, err
	}
	return lastSending(r), nil
}

// paper is the ballot paper of a meeting with one.
func paper(m *meeting.Meeting) ballot.UUID { return m.Papers[0].UUID }

// lastSending is the package of the only paper that was made last.
func lastSending(m *meeting.Meeting) *meeting.Sending {
	list := m.Sendings[0]
	return &list[len(list)-1]
}

// answered waits until the superior's answer to the last package is as wanted.
func (m *provinceMeeting) answered(ctx context.Context, wanted func(*meeting.Sending) bool) (*meeting.Sending, error) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		r, err := m.record(ctx)
		if err != nil {
			return nil, err
		}
		if s := lastSending(r); wanted(s) {
			return s, nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
