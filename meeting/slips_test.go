package meeting_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/zkp"
	"github.com/homphieu/homphieu/meeting"
)

func (r *room) upload(public map[ballot.UUID][]string) error {
	r.Helper()
	_, err := r.office.UploadSlips(r.Context(), r.member(2), r.u, public)
	return err
}

// The public half of the slips must fit the papers and each other.
func TestUploadRefused(t *testing.T) {
	r := reach(t, meeting.Slips)
	for range printed {
		r.slips = append(r.slips, ballot.NewCredential())
	}
	good := r.public()
	first, second := r.get().Papers[0].UUID, r.get().Papers[1].UUID
	for name, change := range map[string]func(p map[ballot.UUID][]string){
		"nothing":          func(p map[ballot.UUID][]string) { clear(p) },
		"one paper":        func(p map[ballot.UUID][]string) { delete(p, second) },
		"another paper":    func(p map[ballot.UUID][]string) { p[r.u] = p[second]; delete(p, second) },
		"one paper more":   func(p map[ballot.UUID][]string) { p[r.u] = p[second] },
		"fewer than there": func(p map[ballot.UUID][]string) { p[first], p[second] = p[first][:summoned-1], p[second][:summoned-1] },
		"fewer of one":     func(p map[ballot.UUID][]string) { p[second] = p[second][1:] },
		"not ascending":    func(p map[ballot.UUID][]string) { slices.Reverse(p[first]) },
		"one twice":        func(p map[ballot.UUID][]string) { p[second][1] = p[second][0] },
		"the same lists":   func(p map[ballot.UUID][]string) { p[second] = slices.Clone(p[first]) },
		"capitals":         func(p map[ballot.UUID][]string) { p[first][3] = strings.ToUpper(p[first][3]) },
		"no element":       func(p map[ballot.UUID][]string) { p[first][0] = strings.Repeat("0", 63) + "2" },
		"the identity":     func(p map[ballot.UUID][]string) { p[first][0] = group.Identity().String() },
	} {
		changed := map[ballot.UUID][]string{first: slices.Clone(good[first]), second: slices.Clone(good[second])}
		change(changed)
		if r.refused(r.upload(changed), meeting.ErrSlips); t.Failed() {
			t.Errorf("%s", name)
		}
	}
	if m := r.get(); m.Slips.Printed != 0 || m.Papers[0].Credentials != "" {
		t.Errorf("%+v", m.Slips)
	}
	r.ok(r.upload(good))
}

// Slips can be made again until the rehearsal has been passed; the same again is
// never an error. The first ones may come after the rehearsal.
func TestUploadAgain(t *testing.T) {
	r := reach(t, meeting.Slips)
	r.makeSlips(printed)
	first := r.get()
	r.makeSlips(printed + 1)
	if m := r.get(); m.Slips.Printed != printed+1 || m.Slips.Origin != meeting.OriginBoard || m.Papers[0].Credentials == first.Papers[0].Credentials {
		t.Errorf("%+v", m.Slips)
	}
	kept := maps.Clone(r.public())
	r.rehearse(1, 2)
	r.state(meeting.Rehearsed)
	r.ok(r.upload(kept))
	r.slips = append(r.slips, ballot.NewCredential())
	r.refused(r.upload(r.public()), meeting.ErrSlips)
	r.seal()
	r.ok(r.upload(kept))
	r.refused(r.upload(r.public()), meeting.ErrState)

	late := reach(t, meeting.Slips)
	late.rehearse(1, 2)
	_, err := late.office.Seal(t.Context(), late.chair(), late.u)
	late.refused(err, meeting.ErrSlips)
	late.makeSlips(printed)
	late.attend(printed+1, 0) // and more are summoned than there are slips
	_, err = late.office.Seal(t.Context(), late.chair(), late.u)
	late.refused(err, meeting.ErrSlips)
	late.attend(printed, 0)
	late.seal()

	draft := newRoom(t)
	draft.prepare()
	draft.refused(draft.upload(nil), meeting.ErrState)
}

// A slip is counted once, as one thing, in every paper.
func TestDesk(t *testing.T) {
	r := reach(t, meeting.Sealed)
	r.mode = doubled
	r.bring(meeting.DeskUnissued, 9)
	r.refused(r.desk(meeting.DeskReturned, 9), meeting.ErrSlips)
	r.refused(r.desk("lost", 8), meeting.ErrSlips)
	r.bring(meeting.DeskUnissued, 8)
	r.bring(meeting.DeskExchanged, 7)
	r.bring(meeting.DeskReturned, 6)
	want := meeting.SlipBook{
		Printed: printed, Origin: meeting.OriginBoard,
		Unissued: []string{r.name(9), r.name(8)}, Exchanged: []string{r.name(7)}, Returned: []string{r.name(6)},
	}
	slices.Sort(want.Unissued)
	got := r.get().Slips
	if !slices.Equal(got.Unissued, want.Unissued) || !slices.Equal(got.Exchanged, want.Exchanged) || !slices.Equal(got.Returned, want.Returned) {
		t.Errorf("%+v, want %+v", got, want)
	}
	for _, p := range r.get().Papers {
		b, err := r.store.Box(t.Context(), p.UUID)
		r.ok(err)
		voided, err := b.Voided(t.Context())
		if err != nil || len(voided) != 4 {
			t.Errorf("%d voided, %v", len(voided), err)
		}
	}
}

// name is how the slip book names a slip.
func (r *room) name(slip int) string {
	r.Helper()
	return r.slips[slip].Public(r.get().Papers[0].UUID).String()
}

func TestDeskRefused(t *testing.T) {
	r := reach(t, meeting.Open)
	r.castAll(0, 0)
	r.ok(r.cast(1, 0, 0)) // the first paper alone
	before := r.get().Revision
	r.refused(r.desk(meeting.DeskReturned, 0), ballot.ErrSpent)
	r.refused(r.desk(meeting.DeskReturned, 1), ballot.ErrSpent)
	r.ok(r.cast(1, 1, 0)) // the second is not voided

	papers, err := r.get().BallotPapers()
	r.ok(err)
	stranger := ballot.NewCredential().AppendDeskProof(nil, papers, meeting.DeskReturned)
	_, err = r.office.Desk(t.Context(), r.member(1), r.u, meeting.DeskReturned, stranger)
	r.refused(err, ballot.ErrUnknownCredential)
	if m := r.get(); m.Revision != before {
		t.Errorf("revision %d, was %d", m.Revision, before)
	}
	r.castAll(0, 2) // nothing of it was voided
	early := reach(t, meeting.Rehearsed)
	early.refused(early.desk(meeting.DeskUnissued, 0), meeting.ErrState)
}

// The record does not tell in which order slips came to the desk: whatever the
// order was, it is the same.
func TestDeskOrderIsNotKept(t *testing.T) {
	r := reach(t, meeting.Open)
	all := []int{0, 1, 2, 3, 4, 5, 6}
	slices.SortFunc(all, func(a, b int) int { return strings.Compare(r.name(b), r.name(a)) })
	r.bring(meeting.DeskReturned, all...)
	if got := r.get().Slips.Returned; !slices.IsSorted(got) || len(got) != len(all) {
		t.Errorf("%v", got)
	}

	r = reach(t, meeting.Open) // with the same slips
	second := r.get().Papers[1].UUID
	for _, slip := range all[:3] {
		r.use(r.store, racing{r.store, second, func() { r.ok(r.cast(slip, 1, 0)) }})
		r.refused(r.desk(meeting.DeskReturned, slip), ballot.ErrSpent)
		r.use(r.store, r.store)
	}
	half := r.get().Slips.Half
	sorted := slices.IsSortedFunc(half, func(a, b meeting.HalfUsed) int { return strings.Compare(a.Slip, b.Slip) })
	if !sorted || len(half) != 3 {
		t.Errorf("%+v", half)
	}
}

// The list of public credentials is public: who knows it, and does not hold the
// slip, has nothing voided and learns nothing, whatever became of the slip.
func TestDeskAsksForTheSlip(t *testing.T) {
	r := reach(t, meeting.Open)
	r.castAll(0, 0)
	r.bring(meeting.DeskReturned, 1)
	before := r.get().Revision
	for slip := range 3 { // used, voided, neither
		for what, row := range r.withoutTheSlip(slip) {
			if _, err := r.office.Desk(t.Context(), r.member(1), r.u, meeting.DeskReturned, []byte(row.proof)); !errors.Is(err, row.want) {
				t.Errorf("slip %d, %s: %v", slip, what, err)
			}
		}
	}
	if m := r.get(); m.Revision != before {
		t.Errorf("revision %d, was %d", m.Revision, before)
	}
	r.bring(meeting.DeskReturned, 2)
}

// Who holds two slips can join their papers, but not so that more slips are
// counted than are voided.
func TestDeskOfTwoSlips(t *testing.T) {
	r := reach(t, meeting.Open)
	papers, err := r.get().BallotPapers()
	r.ok(err)
	// The holder of slips i and j brings the first paper of i with the second of j.
	joined := func(i, j int) error {
		_, err := r.office.Desk(t.Context(), r.member(1), r.u, meeting.DeskReturned, joinedProof(papers, r.slips[i], r.slips[j]))
		return err
	}
	r.ok(joined(0, 1))
	r.ok(joined(0, 1)) // again
	r.refused(r.desk(meeting.DeskReturned, 0), meeting.ErrSlips)
	r.refused(r.desk(meeting.DeskReturned, 1), meeting.ErrSlips)
	r.refused(joined(2, 1), meeting.ErrSlips)
	r.bring(meeting.DeskReturned, 2)
	s := r.get().Slips
	if len(s.Returned) != 2 {
		t.Errorf("%v", s.Returned)
	}
	for i, p := range r.get().Papers {
		b, err := r.store.Box(t.Context(), p.UUID)
		r.ok(err)
		if voided, err := b.Voided(t.Context()); err != nil || len(voided) != len(s.Unissued)+len(s.Returned) {
			t.Errorf("paper %d: %d voided, %v", i+1, len(voided), err)
		}
	}
}

// joinedProof is what the holder of two slips proves who changes the page: the
// message names the credentials that are sent.
func joinedProof(p *ballot.Papers, first, second ballot.Credential) []byte {
	slips := []ballot.Credential{first, second}
	var credentials []string
	for i, e := range p.Elections {
		credentials = append(credentials, slips[i].Public(e.UUID).String())
	}
	text := []byte("{")
	for i, e := range p.Elections {
		message := strings.Join([]string{"homphieu-desk-v1", meeting.DeskReturned, string(p.UUID), string(e.Fingerprint()), strings.Join(credentials, ",")}, "|")
		if i > 0 {
			text = append(text, ',')
		}
		text = fmt.Appendf(text, `"%s":{"credential":"%s","signature":%s}`, e.UUID, credentials[i], zkp.Sign(slips[i].Secret(e.UUID), message).AppendJSON(nil))
	}
	return append(text, '}')
}

// badProof is no proof that a slip was returned, and how it is refused.
type badProof struct {
	proof string
	want  error
}

// withoutTheSlip is what can be sent about a slip by who knows what is public,
// another slip, or other proofs of its holder.
func (r *room) withoutTheSlip(slip int) map[string]badProof {
	r.Helper()
	papers, err := r.get().BallotPapers()
	r.ok(err)
	first, second := papers.Elections[0], papers.Elections[1]
	elsewhere, err := ballot.NewPapers("HomPhieuAnother", first, second)
	r.ok(err)
	c, other := r.slips[slip], ballot.NewCredential()
	both := func(of func(e *ballot.Election) string) string {
		return fmt.Sprintf(`{"%s":%s,"%s":%s}`, first.UUID, of(first), second.UUID, of(second))
	}
	status := func(e *ballot.Election) string {
		return string(c.ProvePossession(e.UUID, e.Fingerprint()).AppendJSON(nil))
	}
	good := string(r.held(slip, meeting.DeskReturned))
	theirs := string(other.AppendDeskProof(nil, papers, meeting.DeskReturned))
	forged, cut := theirs, `,"`+string(second.UUID)
	for _, e := range papers.Elections {
		forged = strings.Replace(forged, other.Public(e.UUID).String(), c.Public(e.UUID).String(), 1)
	}
	mixed := good[:strings.Index(good, cut)] + theirs[strings.Index(theirs, cut):]
	return map[string]badProof{
		"nothing":            {"", ballot.ErrMalformed},
		"the public half":    {both(func(e *ballot.Election) string { return `"` + c.Public(e.UUID).String() + `"` }), ballot.ErrMalformed},
		"one paper":          {good[:strings.Index(good, cut)] + "}", ballot.ErrMalformed},
		"in capitals":        {strings.Replace(good, c.Public(first.UUID).String(), strings.ToUpper(c.Public(first.UUID).String()), 1), ballot.ErrMalformed},
		"with another slip":  {forged, ballot.ErrProof},
		"of the slip status": {both(status), ballot.ErrProof},
		"of another kind":    {string(r.held(slip, meeting.DeskUnissued)), ballot.ErrProof},
		"of another meeting": {string(c.AppendDeskProof(nil, elsewhere, meeting.DeskReturned)), ballot.ErrProof},
		"of two slips":       {mixed, ballot.ErrProof},
	}
}

// A voter who hands the slip in while a ballot of it is on its way has voted on
// the papers that came first. The desk says so, and the counts still agree: of
// each paper.
func TestDeskAgainstVoter(t *testing.T) {
	r := reach(t, meeting.Open)
	second := r.get().Papers[1].UUID
	r.use(r.store, racing{r.store, second, func() { r.ok(r.cast(0, 1, 0)) }})
	r.refused(r.desk(meeting.DeskReturned, 0), ballot.ErrSpent)
	r.use(r.store, r.store)
	r.refused(r.desk(meeting.DeskReturned, 0), ballot.ErrSpent)
	r.refused(r.desk(meeting.DeskExchanged, 0), ballot.ErrSpent)
	r.refused(r.cast(0, 0, 0), ballot.ErrVoided)
	if half := r.get().Slips.Half; len(half) != 1 || half[0].Slip != r.name(0) || !slices.Equal(half[0].Papers, []ballot.UUID{r.get().Papers[0].UUID}) {
		t.Fatalf("%+v", half)
	}
	r.castAll(1, 1, 2, 3, 4, 5, 6)
	r.close(1, 2)
	r.issued(present, 1, 2)
	for i, p := range r.get().Papers {
		r.sign(p.UUID, 1, 2)
		for _, m := range []int{1, 2} {
			r.contribute(p.UUID, m)
		}
		result, err := r.office.Result(t.Context(), r.chair(), r.u, p.UUID)
		if want := 6 + i; err != nil || result[0][1]+result[0][2] != want {
			t.Errorf("paper %d: %v, %v", i+1, result, err)
		}
	}
	r.state(meeting.Tallied)
}

// racing is a store in which a ballot comes between the desk's look at a box and
// its voiding.
type racing struct {
	box.Store
	paper ballot.UUID
	cast  func()
}

func (s racing) Box(ctx context.Context, u ballot.UUID) (box.Box, error) {
	b, err := s.Store.Box(ctx, u)
	if u == s.paper && err == nil {
		return racingBox{b, s.cast}, nil
	}
	return b, err
}

type racingBox struct {
	box.Box
	cast func()
}

func (b racingBox) Void(ctx context.Context, key ballot.CredentialKey) error {
	b.cast()
	return b.Box.Void(ctx, key)
}

// Counts are entered from opening on, each member's own, and may be corrected.
func TestIssuedRefused(t *testing.T) {
	r := reach(t, meeting.Open)
	for _, n := range []int{-1, printed + 1} {
		_, err := r.office.EnterIssued(t.Context(), r.member(1), r.u, n)
		r.refused(err, meeting.ErrReconcile)
	}
	r.issued(0, 1)
	r.issued(5, 1, 2)
	r.issued(6, 1)
	got := r.get().Slips.Issued
	if !slices.Equal(got, []meeting.IssuedCount{{Member: 1, Count: 6}, {Member: 2, Count: 5}}) {
		t.Errorf("%+v", got)
	}
	sealed := reach(t, meeting.Sealed)
	_, err := sealed.office.EnterIssued(t.Context(), sealed.member(1), sealed.u, 1)
	sealed.refused(err, meeting.ErrState)
	_, err = sealed.office.ReportUsed(t.Context(), sealed.member(1), sealed.u, "")
	sealed.refused(err, meeting.ErrState)
}

// Every report of a used slip counts, but there are no more than slips.
func TestReportUsed(t *testing.T) {
	r := reach(t, meeting.Open)
	for _, note := range []string{" bàn  số 1 ", "", ""} {
		_, err := r.office.ReportUsed(t.Context(), r.member(2), r.u, note)
		r.ok(err)
	}
	if used := r.get().Slips.Used; len(used) != 3 || used[0] != (meeting.UsedReport{Member: 2, Note: "bàn số 1"}) {
		t.Errorf("%+v", used)
	}
	_, err := r.office.ReportUsed(t.Context(), r.member(2), r.u, strings.Repeat("x", meeting.MaxText+1))
	r.refusedField(err, meeting.ErrReason, "note")
	for range printed - 3 {
		_, err := r.office.ReportUsed(t.Context(), r.member(1), r.u, "")
		r.ok(err)
	}
	_, err = r.office.ReportUsed(t.Context(), r.member(1), r.u, "")
	r.refusedField(err, meeting.ErrSlips, "note")
}
