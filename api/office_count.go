package api

import (
	"slices"

	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/staff"
	"github.com/homphieu/homphieu/tally"
)

// closingData is what the page of reconciliation shows.
type closingData struct {
	votingData
	Lines   []ledgerLine
	Red     bool // an identity does not hold
	Ready   bool // all are known and hold
	Signed  bool
	Members []memberTask
	Signers int
}

// ledgerLine is an identity with its difference.
type ledgerLine struct {
	meeting.Line
	Class      string // is-good, is-bad
	Difference int
}

func (v *visit) closingPage() (any, error) {
	voting, err := v.votingPage()
	if err != nil {
		return nil, err
	}
	lines, err := v.office.Ledger(v.c.Request.Context(), v.m)
	if err != nil {
		return nil, err
	}
	d := closingData{votingData: voting.(votingData), Ready: v.m.HasBoxes(), Signers: tally.Signers, Members: v.memberTasks(v.paperPolls())}
	for _, l := range lines {
		line := ledgerLine{Line: l, Difference: l.Left - l.Right}
		switch {
		case l.Known && l.Good:
			line.Class = "is-good"
		case l.Known:
			line.Class, d.Red = "is-bad", true
		}
		d.Ready = d.Ready && l.Known && l.Good
		d.Lines = append(d.Lines, line)
	}
	d.Signed = allSigned(d.Papers)
	return d, nil
}

// allSigned reports whether the closing file of every paper is complete.
func allSigned(papers []pollView) bool {
	return len(papers) > 0 && !slices.ContainsFunc(papers, func(p pollView) bool { return !p.Signed })
}

// tallyData is what the page of the count shows.
type tallyData struct {
	Papers  []pollView
	Members []memberTask
	Needed  int
	Least   int
	Signed  bool
	TooFew  bool
	Done    bool
}

func (v *visit) tallyPage() (any, error) {
	papers := v.paperPolls()
	d := tallyData{
		Papers: papers, Members: v.memberTasks(papers), Needed: v.m.Ceremony.Threshold, Least: v.m.Plan.MinBallots,
		Done: v.m.State == meeting.Tallied || v.m.State == meeting.Signed,
	}
	d.Signed = allSigned(papers)
	for _, p := range papers {
		d.TooFew = d.TooFew || p.Sealed && p.Status.State >= box.Closed && p.Status.Accepted < v.m.Plan.MinBallots
	}
	return d, nil
}

// abandonData is what the page of giving up shows.
type abandonData struct {
	Asked   bool
	By      []string // who has asked so far
	Mine    bool     // this officer has asked
	Chair   bool     // the chair has
	Members int      // how many members have
	Final   bool
	Cast    int
}

func (v *visit) abandonPage() (any, error) {
	d := abandonData{Final: v.m.State == meeting.Abandoned, Cast: v.cast()}
	a := v.m.Abandon
	if a == nil {
		return d, nil
	}
	d.Asked, d.Chair, d.Members = true, a.Chair, len(a.Members)
	if a.Chair {
		d.By = append(d.By, v.chairText().Vi)
	}
	for _, member := range a.Members {
		d.By = append(d.By, v.memberText(member).Vi)
	}
	d.Mine = v.actor.Role == staff.Chair && a.Chair || v.actor.Role == staff.Member && slices.Contains(a.Members, v.actor.Index)
	return d, nil
}

func (v *visit) abandon() (string, error) {
	_, err := v.office.AskAbandon(v.c.Request.Context(), v.actor, v.m.UUID, v.typed.Get("reason"))
	return "", err
}

// newVersion copies an abandoned meeting and goes on with the copy.
func (v *visit) newVersion() (string, error) {
	m, err := v.office.NewVersion(v.c.Request.Context(), v.actor, v.m.UUID)
	if err != nil {
		return "", err
	}
	return "/staff/meetings/" + string(m.UUID) + "/plan", nil
}
