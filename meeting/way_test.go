package meeting_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/crypto/threshold"
	"github.com/homphieu/homphieu/crypto/threshold/ceremony"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/tally"
)

// prepare writes down the plan, people, board and how many are summoned.
func (r *room) prepare() {
	r.Helper()
	m, err := r.office.Create(r.Context(), secretary, meeting.Plan{Title: "Hội nghị"})
	r.ok(err)
	r.u = m.UUID
	r.do(func() (*meeting.Meeting, error) { return r.office.SetPlan(r.Context(), secretary, r.u, somePlan) })
	r.setPeople(somePeople, somePapers)
	r.do(func() (*meeting.Meeting, error) { return r.office.SetBoard(r.Context(), secretary, r.u, someBoard) })
	r.attend(summoned, 0)
}

func (r *room) setPeople(people []meeting.Person, papers []string) {
	r.Helper()
	r.do(func() (*meeting.Meeting, error) {
		return r.office.SetPeople(r.Context(), secretary, r.u, people, papers)
	})
}

func (r *room) attend(summoned, present int) {
	r.Helper()
	r.do(func() (*meeting.Meeting, error) {
		return r.office.SetAttendance(r.Context(), secretary, r.u, meeting.Attendance{Summoned: summoned, Present: present})
	})
}

// makeKeys goes through the ceremony.
func (r *room) makeKeys() {
	r.Helper()
	r.do(func() (*meeting.Meeting, error) { return r.office.StartKeys(r.Context(), secretary, r.u, 0) })
	r.ceremony(ceremony.Finished)
	if m := r.get(); m.State != meeting.Keys || m.Ceremony.State != meeting.CeremonyDone {
		r.Fatalf("%s, ceremony %s", m.State, m.Ceremony.State)
	}
	r.do(func() (*meeting.Meeting, error) { return r.office.DrawUp(r.Context(), secretary, r.u) })
}

// ceremony lets the members send their messages until a step has been reached.
func (r *room) ceremony(until ceremony.Step) {
	r.Helper()
	r.seeds, r.holders = nil, nil
	for i := range r.get().Board {
		seed := threshold.NewSeed()
		m, err := ceremony.NewMember(r.transcript().Terms(), seed, i+1)
		r.ok(err)
		r.seeds, r.holders = append(r.seeds, seed), append(r.holders, m)
	}
	for t := r.transcript(); t.Step() < until; t = r.transcript() {
		for _, i := range t.Waiting() {
			message, err := r.holders[i-1].Next(t)
			r.ok(err)
			r.do(func() (*meeting.Meeting, error) {
				return r.office.CeremonyMessage(r.Context(), r.member(i), r.u, message)
			})
		}
	}
}

func (r *room) transcript() *ceremony.Transcript {
	r.Helper()
	t, err := ceremony.ParseTranscript([]byte(r.get().Ceremony.Transcript))
	r.ok(err)
	return t
}

// makeSlips draws codes, as the board's own computer does, and uploads the
// public half.
func (r *room) makeSlips(n int) {
	r.Helper()
	r.slips = nil
	for range n {
		r.slips = append(r.slips, ballot.NewCredential())
	}
	public := r.public()
	r.do(func() (*meeting.Meeting, error) {
		return r.office.UploadSlips(r.Context(), r.member(1), r.u, public)
	})
}

// public is the public half of the slips.
func (r *room) public() map[ballot.UUID][]string {
	r.Helper()
	public := map[ballot.UUID][]string{}
	for _, p := range r.get().Papers {
		list := []string{}
		for _, c := range r.slips {
			list = append(list, c.Public(p.UUID).String())
		}
		slices.Sort(list)
		public[p.UUID] = list
	}
	return public
}

// rehearse lets members open the test ballots.
func (r *room) rehearse(members ...int) {
	r.Helper()
	r.do(func() (*meeting.Meeting, error) { return r.office.StartRehearsal(r.Context(), secretary, r.u) })
	u := r.get().Rehearsal.UUID
	r.sign(u, 1, 2)
	for _, i := range members {
		r.contribute(u, i)
	}
}

// sign lets members sign the closing file of a poll.
func (r *room) sign(poll ballot.UUID, members ...int) {
	r.Helper()
	for _, i := range members {
		signature := r.signature(poll, i)
		r.do(func() (*meeting.Meeting, error) {
			return r.office.SignClosing(r.Context(), r.member(i), r.u, poll, i, signature)
		})
	}
}

// signature is what member i's device makes of the closing file.
func (r *room) signature(poll ballot.UUID, i int) []byte {
	r.Helper()
	text, err := r.office.ClosingFile(r.Context(), r.member(i), r.u, poll)
	r.ok(err)
	c, err := tally.ParseClosing(text)
	r.ok(err)
	c.Signatures = nil
	c.Sign(i, threshold.SigningKey(r.seeds[i-1]))
	var file struct{ Signatures []json.RawMessage }
	r.ok(json.Unmarshal(c.AppendJSON(nil), &file))
	return file.Signatures[0]
}

// contribution is what member i's device makes of the tally of a poll.
func (r *room) contribution(poll ballot.UUID, i int) []byte {
	r.Helper()
	b, err := r.store.Box(r.Context(), poll)
	r.ok(err)
	product, err := b.Product(r.Context())
	r.ok(err)
	t := r.transcript()
	m, err := ceremony.ResumeMember(t.Terms(), r.seeds[i-1], i, "")
	r.ok(err)
	key, err := m.Share(t)
	r.ok(err)
	c := tally.Decrypt(b.Election(), product, i, key)
	return c.AppendJSON(nil, b.Election())
}

func (r *room) contribute(poll ballot.UUID, i int) {
	r.Helper()
	text := r.contribution(poll, i)
	r.do(func() (*meeting.Meeting, error) {
		return r.office.Contribute(r.Context(), r.member(i), r.u, poll, text)
	})
}

func (r *room) seal() {
	r.Helper()
	r.do(func() (*meeting.Meeting, error) { return r.office.Seal(r.Context(), r.chair(), r.u) })
}

func (r *room) approve(replaced ...int) {
	r.Helper()
	r.do(func() (*meeting.Meeting, error) { return r.office.Approve(r.Context(), r.chair(), r.u, replaced) })
}

// desk brings a slip, by its place among those printed, to the desk.
func (r *room) desk(kind string, slip int) error {
	r.Helper()
	_, err := r.office.Desk(r.Context(), r.member(1), r.u, kind, r.held(slip, kind))
	return err
}

// held proves that a slip is held, as the desk asks for it.
func (r *room) held(slip int, kind string) []byte {
	r.Helper()
	papers, err := r.get().BallotPapers()
	r.ok(err)
	return r.slips[slip].AppendDeskProof(nil, papers, kind)
}

func (r *room) bring(kind string, slips ...int) {
	r.Helper()
	for _, s := range slips {
		r.do(func() (*meeting.Meeting, error) {
			return r.office.Desk(r.Context(), r.member(1), r.u, kind, r.held(s, kind))
		})
	}
}

func (r *room) open() {
	r.Helper()
	r.do(func() (*meeting.Meeting, error) { return r.office.Open(r.Context(), r.chair(), r.u) })
}

// cast lets the holder of a slip mark level for everybody on a paper.
func (r *room) cast(slip, paper, level int) error {
	r.Helper()
	b, err := r.store.Box(r.Context(), r.get().Papers[paper].UUID)
	r.ok(err)
	e := b.Election()
	choices := make([][]int, len(e.Questions))
	for i := range choices {
		choices[i] = e.Questions[i].Mark(level)
	}
	sealed, err := ballot.Seal(e, r.slips[slip], choices)
	r.ok(err)
	return b.Accept(r.Context(), sealed)
}

// castAll lets holders of slips vote on every paper.
func (r *room) castAll(level int, slips ...int) {
	r.Helper()
	for _, s := range slips {
		for paper := range r.get().Papers {
			r.ok(r.cast(s, paper, level))
		}
	}
}

func (r *room) close(members ...int) {
	r.Helper()
	for _, i := range members {
		r.do(func() (*meeting.Meeting, error) { return r.office.Close(r.Context(), r.member(i), r.u) })
	}
}

func (r *room) issued(count int, members ...int) {
	r.Helper()
	for _, i := range members {
		r.do(func() (*meeting.Meeting, error) { return r.office.EnterIssued(r.Context(), r.member(i), r.u, count) })
	}
}

// A snapshot is a room as it was left: the file, and what its people keep.
type snapshot struct {
	file  []byte
	u     ballot.UUID
	seeds []string
	slips []ballot.Credential
}

// snapshots are meetings that were taken to a state, the shortest way.
var snapshots = map[meeting.State]snapshot{}

// reach returns a room whose meeting is in a state, with the slips of [room.to].
func reach(t *testing.T, state meeting.State) *room {
	t.Helper()
	r := newRoom(t)
	s, made := snapshots[state]
	if !made {
		r.to(state)
		r.ok(r.store.Close())
		file, err := os.ReadFile(r.file)
		r.ok(err)
		s = snapshot{file, r.u, r.seeds, r.slips}
		snapshots[state] = s
	} else {
		r.ok(r.store.Close())
		r.ok(os.WriteFile(r.file, s.file, 0o600))
	}
	r.u, r.seeds, r.slips = s.u, slices.Clone(s.seeds), slices.Clone(s.slips)
	r.start()
	return r
}

// to takes a meeting to a state. Slips 0 to 5 are cast, 6 is not returned, 7 and
// beyond are not issued.
func (r *room) to(state meeting.State) {
	r.Helper()
	r.prepare()
	steps := []struct {
		from meeting.State
		take func()
	}{
		{meeting.Keys, func() {
			r.do(func() (*meeting.Meeting, error) { return r.office.StartKeys(r.Context(), secretary, r.u, 0) })
		}},
		{meeting.Slips, func() {
			r.ceremony(ceremony.Finished)
			r.do(func() (*meeting.Meeting, error) { return r.office.DrawUp(r.Context(), secretary, r.u) })
		}},
		{meeting.Rehearsed, func() {
			r.makeSlips(printed)
			r.rehearse(1, 2)
		}},
		{meeting.Sealed, r.seal},
		{meeting.Open, func() {
			r.approve()
			r.attend(summoned, present)
			r.bring(meeting.DeskUnissued, 7, 8, 9)
			r.open()
		}},
		{meeting.Closed, func() {
			r.castAll(0, 0, 1, 2, 3, 4, 5)
			r.close(1, 2)
		}},
		{meeting.Tallied, func() {
			r.issued(present, 1, 2)
			for _, p := range r.get().Papers {
				r.sign(p.UUID, 1, 2)
				r.contribute(p.UUID, 1)
				r.contribute(p.UUID, 2)
			}
		}},
	}
	for _, s := range steps {
		if r.get().State == state {
			break
		}
		s.take()
	}
	r.state(state)
}
