package round

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/staff"
)

// Rounds returns all rounds, by UUID.
func (o *Office) Rounds(ctx context.Context, actor staff.Actor) ([]*Round, error) {
	if err := admit(actor); err != nil {
		return nil, err
	}
	return o.Store.Rounds(ctx)
}

// Round returns a round.
func (o *Office) Round(ctx context.Context, actor staff.Actor, u ballot.UUID) (*Round, error) {
	if err := admit(actor); err != nil {
		return nil, err
	}
	return o.Store.Round(ctx, u)
}

// SaveRound keeps a round; one without UUID is new. What agencies have sent
// packages for stays expected, and the rule set stays once one of them was accepted.
func (o *Office) SaveRound(ctx context.Context, actor staff.Actor, r *Round) (*Round, error) {
	if err := admit(actor); err != nil {
		return nil, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.saveRound(ctx, actor, r)
}

func (o *Office) saveRound(ctx context.Context, actor staff.Actor, r *Round) (*Round, error) {
	d, err := o.Store.Directory(ctx)
	if err != nil {
		return nil, err
	}
	next := r.clone()
	if next.UUID == "" {
		next.UUID, next.Revision = ballot.NewUUID(), 0
	}
	if err := next.Check(d); err != nil {
		return nil, err
	}
	if next.Revision > 0 {
		if err := o.mayBecome(ctx, next); err != nil {
			return nil, err
		}
	}
	entry := o.draft(actor.Audit(), "round.save", detail{
		"round": string(next.UUID), "title": next.Title, "expected": fmt.Sprint(len(next.Expected)), "closed": fmt.Sprint(next.Closed),
	})
	if err := o.Store.SaveRound(ctx, next, entry); err != nil {
		return nil, err
	}
	return next, nil
}

// clone copies what [Round.Check] may change.
func (r *Round) clone() *Round {
	c := *r
	c.References, c.Groups, c.Expected = slices.Clone(r.References), slices.Clone(r.Groups), slices.Clone(r.Expected)
	c.Letterhead.Recipients = slices.Clone(r.Letterhead.Recipients)
	for i := range c.Groups {
		c.Groups[i].After = slices.Clone(c.Groups[i].After)
	}
	return &c
}

// mayBecome is [ErrRound] when packages that an agency is known to have sent would
// have no place in the round any more. What anybody may have sent binds nobody.
func (o *Office) mayBecome(ctx context.Context, next *Round) error {
	old, err := o.Store.Round(ctx, next.UUID)
	if err != nil {
		return err
	}
	packages, err := o.Store.Packages(ctx, next.UUID)
	if err != nil {
		return err
	}
	expected := make(map[Expected]bool, len(next.Expected))
	for _, e := range next.Expected {
		expected[e] = true
	}
	for _, p := range packages {
		if p.proven() && !expected[Expected{p.Agency, p.Group}] {
			return refusal(ErrRound, "expected", "đã nhận gói của "+p.Agency+" / "+p.Group+", không bỏ ra được",
				"a package of "+p.Agency+" / "+p.Group+" is here: it stays expected")
		}
		if p.Status == Accepted && p.Kind == KindResult && !sameRules(old, next, p.Group) {
			return refusal(ErrRound, "ruleset", "đã có kết quả theo quy định cũ, không đổi được", "results under the former rule set are here")
		}
	}
	return nil
}

func sameRules(old, next *Round, group string) bool {
	a, err := old.Rules(group)
	b, other := next.Rules(group)
	return err == nil && other == nil && a.ID == b.ID
}

// LoadLetter makes the round of Công văn 1535-CV/BTCTU with its example
// agencies. A round that was made so before is returned as it is by now.
func (o *Office) LoadLetter(ctx context.Context, actor staff.Actor) (*Round, error) {
	if err := admit(actor); err != nil {
		return nil, err
	}
	r, agencies := Letter()
	rounds, err := o.Store.Rounds(ctx)
	if err != nil {
		return nil, err
	}
	for _, have := range rounds {
		if have.Title == r.Title && reflect.DeepEqual(have.References, r.References) {
			return have, nil
		}
	}
	d, err := o.Store.Directory(ctx)
	if err != nil {
		return nil, err
	}
	before := len(d.Agencies)
	for _, a := range agencies {
		if _, ok := d.Agency(a.ID); !ok {
			d.Agencies = append(d.Agencies, a)
		}
	}
	if len(d.Agencies) > before {
		if _, err := o.SetDirectory(ctx, actor, d); err != nil {
			return nil, err
		}
	}
	r.UUID = ""
	return o.SaveRound(ctx, actor, r)
}

// Note keeps what an officer knows of an expected poll.
func (o *Office) Note(ctx context.Context, actor staff.Actor, u ballot.UUID, p Progress) error {
	if err := admit(actor); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	r, err := o.Store.Round(ctx, u)
	if err != nil {
		return err
	}
	if err := p.Check(r); err != nil {
		return err
	}
	p.By = actor.Name
	done := detail{"round": string(u), "agency": p.Agency, "group": p.Group}
	for name, text := range map[string]string{
		"prepared": string(p.Prepared), "condition": string(p.Condition), "planned": string(p.Planned), "voted": string(p.Voted),
		"excused": p.Excused, "done": p.Done,
	} {
		if text != "" {
			done[name] = text
		}
	}
	return o.Store.SaveProgress(ctx, u, []Progress{p}, o.draft(actor.Audit(), "round.note", done))
}

// Follow returns where every expected poll stands on a day.
func (o *Office) Follow(ctx context.Context, actor staff.Actor, u ballot.UUID, today meeting.Date) ([]Standing, error) {
	if err := admit(actor); err != nil {
		return nil, err
	}
	v, err := o.view(ctx, u)
	if err != nil {
		return nil, err
	}
	return Follow(v.Round, v.Directory, v.Known, v.Packages, today), nil
}

// view reads what following a round needs: no poll and no file.
func (o *Office) view(ctx context.Context, u ballot.UUID) (v ConsolidateInput, err error) {
	if v.Round, err = o.Store.Round(ctx, u); err != nil {
		return v, err
	}
	var faults [3]error
	v.Directory, faults[0] = o.Store.Directory(ctx)
	v.Known, faults[1] = o.Store.Progress(ctx, u)
	v.Packages, faults[2] = o.Store.Packages(ctx, u)
	return v, errors.Join(faults[:]...)
}

// RoundFile returns what agencies load of a round; it is for everybody.
func (o *Office) RoundFile(ctx context.Context, u ballot.UUID) ([]byte, error) {
	v, err := o.view(ctx, u)
	if err != nil {
		return nil, err
	}
	done := Finish(v.Round, Follow(v.Round, v.Directory, v.Known, v.Packages, o.today()))
	return File(v.Round, v.Directory, done, o.URL, o.Key), nil
}
