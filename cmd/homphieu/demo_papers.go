package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/report"
	"github.com/homphieu/homphieu/report/identity"
	"github.com/homphieu/homphieu/report/pades"
)

// trialOffice prints and signs the papers of a demonstration. Its authority
// says in every certificate that it has no legal value.
type trialOffice struct {
	authority *identity.TrialCA
	press     *report.Press
	now       time.Time
}

func newTrialOffice(now time.Time) (*trialOffice, error) {
	authority, err := identity.NewTrial("Trình diễn", now)
	if err != nil {
		return nil, err
	}
	seal, err := authority.Issue("Máy chủ trình diễn", "niêm phong", now)
	if err != nil {
		return nil, err
	}
	press := &report.Press{Seal: seal, Program: programName(), Clock: func() time.Time { return now }}
	return &trialOffice{authority, press, now}, nil
}

// outcome is the result with what a demonstration knows of its meeting.
func (d *demonstration) outcome(ctx context.Context) (*meeting.Outcome, error) {
	result, err := meeting.CountTrial(ctx, d.box, d.board)
	if err != nil {
		return nil, err
	}
	facts, err := meeting.BoxFacts(ctx, d.box)
	if err != nil {
		return nil, err
	}
	facts.Summoned, facts.Present = d.plan.attendance(facts.Slips.Issued)
	facts.Plan = meeting.Plan{
		Title: demoTitle, Agency: "Cơ quan trình diễn", Superior: "Cấp trên trình diễn", Place: "Máy tính này",
		Date: meeting.Day(time.Now()), RuleSet: d.plan.ruleSet, Members: d.plan.members, Chair: "Chủ trì trình diễn",
	}
	for i := range d.board.Trustees().Len() {
		facts.Board = append(facts.Board, meeting.BoardMember{Name: fmt.Sprintf("Người thử số %d", i+1), Office: meeting.Ordinary})
	}
	facts.Board[0].Office = meeting.Head
	for _, p := range d.plan.persons {
		facts.People = append(facts.People, meeting.Person{Post: p.title})
	}
	return meeting.NewOutcome(d.box.Election(), d.box.Setup().Settings, result, facts.Slips.Cast, facts)
}

// papers leaves the papers and files of the outcome in the folder, the minutes
// and the report signed one after another by people of the demonstration.
func (d *demonstration) papers(office *trialOffice, files []meeting.Printed) error {
	for _, f := range files {
		if f.Name == meeting.MinutesFile || f.Name == meeting.ReportFile {
			var err error
			if f.Content, err = office.sign(f.Content); err != nil {
				return fmt.Errorf("%s: %w", f.Name, err)
			}
		}
		if err := writeWhole(filepath.Join(d.out, f.Name), f.Content); err != nil {
			return err
		}
	}
	return nil
}

// sign lets invented people sign in all places of a paper.
func (t *trialOffice) sign(paper []byte) ([]byte, error) {
	places, err := pades.EmptyFields(paper)
	if err != nil {
		return nil, err
	}
	return t.signIn(paper, places)
}

// signIn lets invented people sign in some places of a paper, one after another.
func (t *trialOffice) signIn(paper []byte, places []string) ([]byte, error) {
	for _, place := range places {
		who, err := t.authority.Issue("Người ký trình diễn ("+place+")", place, t.now)
		if err != nil {
			return nil, err
		}
		options := pades.Options{Field: place, Name: who.Name(), Time: t.now.In(vietnam), Appearance: &pades.Appearance{}}
		if paper, err = pades.Sign(paper, who, options); err != nil {
			return nil, err
		}
	}
	return paper, nil
}
