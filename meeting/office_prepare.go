package meeting

import (
	"bytes"
	"context"
	"slices"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting/staff"
)

// SetPlan replaces the plan: in a draft everything; until sealing the opening
// of the session, the spares and the limit of reports; until opening the
// decision, the references and the hour.
func (o *Office) SetPlan(ctx context.Context, actor staff.Actor, u ballot.UUID, plan Plan) (*Meeting, error) {
	return o.step(ctx, actor, u, ActPlan, func(m *Meeting) (detail, error) {
		return detail{"title": m.Plan.Title}, m.setPlan(plan)
	})
}

// SetPeople replaces, in a draft, the persons and the titles of the ballot
// papers, of which there is at least one. Who keeps an ID keeps the documents.
func (o *Office) SetPeople(ctx context.Context, actor staff.Actor, u ballot.UUID, people []Person, papers []string) (*Meeting, error) {
	return o.step(ctx, actor, u, ActPeople, func(m *Meeting) (detail, error) {
		return detail{"people": itoa(len(people)), "papers": itoa(len(papers))}, m.setPeople(people, papers)
	})
}

// SetBoard replaces, in a draft, the counting board: 3 to 50 members with
// distinct names, one head, and nobody who is on a ballot.
func (o *Office) SetBoard(ctx context.Context, actor staff.Actor, u ballot.UUID, board []BoardMember) (*Meeting, error) {
	return o.step(ctx, actor, u, ActBoard, func(m *Meeting) (detail, error) {
		return detail{"members": itoa(len(board))}, m.setBoard(board)
	})
}

// SetPrepared notes on which day something that has a deadline in the rule set
// was done; an empty day takes it back.
func (o *Office) SetPrepared(ctx context.Context, actor staff.Actor, u ballot.UUID, deadline string, done Date) (*Meeting, error) {
	return o.step(ctx, actor, u, ActPrepare, func(m *Meeting) (detail, error) {
		return detail{"deadline": deadline, "done": string(done)}, m.setPrepared(deadline, done)
	})
}

func (m *Meeting) setPrepared(deadline string, done Date) error {
	if err := m.before(Signed); err != nil {
		return err
	}
	rules, err := RuleSetByID(m.Plan.RuleSet)
	if err != nil {
		return refuse(ErrRuleSet, "ruleset", "chưa chọn bộ quy tắc", "none chosen")
	}
	if !slices.ContainsFunc(rules.Deadlines, func(d Deadline) bool { return d.ID == deadline }) {
		return refuse(ErrPlan, "deadline", "quy định không có mốc thời gian này", "the rule set has no such deadline")
	}
	if err := done.check("done"); err != nil {
		return err
	}
	if m.Prepared[deadline] == done {
		return errSame
	}
	if m.Prepared == nil {
		m.Prepared = map[string]Date{}
	}
	m.Prepared[deadline] = done
	if done == "" {
		delete(m.Prepared, deadline)
	}
	return nil
}

// SetAttendance replaces who was summoned and who is there, until the closing
// file is signed: a count that does not reconcile must be open to correction.
// From a list the counts follow; otherwise present is at most summoned. Once the
// boxes are sealed, no more are summoned than percentages are of.
func (o *Office) SetAttendance(ctx context.Context, actor staff.Actor, u ballot.UUID, a Attendance) (*Meeting, error) {
	return o.step(ctx, actor, u, ActAttendance, func(m *Meeting) (detail, error) {
		if err := m.before(Tallied); err != nil {
			return nil, err
		}
		if err := o.unsigned(ctx, m); err != nil {
			return nil, err
		}
		a := a.clone()
		if err := a.settle(); err != nil {
			return nil, err
		}
		if err := m.covers(&a); err != nil {
			return nil, err
		}
		if a.equal(m.Attendance) {
			return nil, errSame
		}
		m.Attendance = a
		m.dropClosings()
		return detail{"summoned": itoa(a.Summoned), "present": itoa(a.Present)}, nil
	})
}

// covers is [ErrAttendance] for more people summoned than the base of percentages
// that was sealed. Before, sealing itself asks.
func (m *Meeting) covers(a *Attendance) error {
	if !m.reached(Sealed) {
		return nil
	}
	field := "summoned"
	if len(a.List) > 0 {
		field = "list"
	}
	return m.Plan.coverSummoned(a.Summoned, ErrAttendance, field)
}

// MaxDocument is how many bytes a document may have.
const MaxDocument = 10 << 20

// maxDocuments is how many documents a person may have.
const maxDocuments = 10

// AddDocument gives a person, until sealing, a document that voters can read:
// a PDF of at most [MaxDocument] bytes, of the kind "report" or "declaration".
func (o *Office) AddDocument(ctx context.Context, actor staff.Actor, u ballot.UUID, person, kind, title string, pdf []byte) (*Meeting, error) {
	return o.step(ctx, actor, u, ActDocuments, func(m *Meeting) (detail, error) {
		d := Document{Kind: kind, Title: title, Size: len(pdf)}
		p, err := m.checkDocument(person, &d, pdf)
		if err != nil {
			return nil, err
		}
		if d.Hash, err = o.Meetings.PutFile(ctx, u, pdf); err != nil {
			return nil, err
		}
		if slices.ContainsFunc(p.Documents, func(old Document) bool { return old.Hash == d.Hash }) {
			return nil, errSame
		}
		p.Documents = append(p.Documents, d)
		return detail{"person": p.Name, "kind": kind, "sha256": d.Hash}, nil
	})
}

// checkDocument returns the person of a document that may be added.
func (m *Meeting) checkDocument(person string, d *Document, pdf []byte) (*Person, error) {
	if err := m.before(Sealed); err != nil {
		return nil, err
	}
	i := m.person(person)
	if i < 0 {
		return nil, refuse(ErrPeople, "person", "không có người này trong danh sách", "no such person")
	}
	p := &m.People[i]
	switch {
	case d.Kind != "report" && d.Kind != "declaration":
		return nil, refuse(ErrDocument, "kind", "loại tài liệu không đúng", "kind is neither report nor declaration")
	case len(pdf) > MaxDocument:
		return nil, refuse(ErrDocument, "file", "tệp lớn hơn 10 MB", "larger than 10 MB")
	case !bytes.HasPrefix(pdf, []byte("%PDF-")):
		return nil, refuse(ErrDocument, "file", "tệp không phải là PDF", "not a PDF")
	case len(p.Documents) >= maxDocuments:
		return nil, refuse(ErrDocument, "file", p.Name+": đã có "+itoa(maxDocuments)+" tài liệu", p.Name+": has "+itoa(maxDocuments)+" documents")
	}
	if err := tidy(&d.Title, MaxLine, ErrDocument, "title"); err != nil {
		return nil, err
	}
	if d.Title == "" {
		return nil, refuse(ErrDocument, "title", "tài liệu chưa có tên", "no title")
	}
	return p, nil
}

// RemoveDocument takes a document away again, until sealing.
func (o *Office) RemoveDocument(ctx context.Context, actor staff.Actor, u ballot.UUID, person, hash string) (*Meeting, error) {
	return o.step(ctx, actor, u, ActDocuments, func(m *Meeting) (detail, error) {
		if err := m.before(Sealed); err != nil {
			return nil, err
		}
		i := m.person(person)
		if i < 0 {
			return nil, refuse(ErrPeople, "person", "không có người này trong danh sách", "no such person")
		}
		p := &m.People[i]
		n := len(p.Documents)
		p.Documents = slices.DeleteFunc(p.Documents, func(d Document) bool { return d.Hash == hash })
		if len(p.Documents) == n {
			return nil, errSame
		}
		return detail{"person": p.Name, "removed": hash}, nil
	})
}
