package round

// Counts say how far a round has come: numbers of polls and of agencies, never
// of ballots.
type Counts struct {
	// Polls are those that the round expects. Each is Sent (a verified package
	// counts), Missing, or Excused (no package is awaited).
	Polls   int `json:"polls"`
	Sent    int `json:"sent"`
	Missing int `json:"missing"`
	Excused int `json:"excused"`
	Late    int `json:"late"` // among them, those that missed a limit
	// Agencies are those from which anything is expected and not excused. Each
	// has sent all, some or none of it.
	Agencies     int `json:"agencies"`
	SentAll      int `json:"agencies_sent_all"`
	SentSome     int `json:"agencies_sent_some"`
	SentNone     int `json:"agencies_sent_none"`
	LateAgencies int `json:"agencies_late"`
}

// Counts counts the polls and agencies of a consolidation.
func (c *Consolidation) Counts() Counts {
	sent, missing := map[Expected]bool{}, map[Expected]bool{}
	for _, section := range c.Sections {
		for _, a := range section.Agencies {
			for _, p := range a.Polls {
				sent[Expected{a.Agency.ID, p.Posts.ID}] = true
			}
		}
	}
	for _, s := range c.Missing {
		missing[Expected{s.Agency.ID, s.Group.ID}] = true
	}
	var n Counts
	open := map[string]Counts{} // by agency
	for _, e := range c.Round.Expected {
		a := open[e.Agency]
		switch {
		case sent[e]:
			a.Sent++
		case missing[e]:
			a.Missing++
		default:
			a.Excused++
		}
		open[e.Agency] = a
	}
	for _, a := range open {
		n.add(a)
	}
	late := map[string]bool{}
	for _, s := range c.Late {
		late[s.Agency.ID] = true
	}
	n.Late, n.LateAgencies = len(c.Late), len(late)
	return n
}

// add adds the polls of one agency.
func (n *Counts) add(a Counts) {
	n.Polls += a.Sent + a.Missing + a.Excused
	n.Sent += a.Sent
	n.Missing += a.Missing
	n.Excused += a.Excused
	switch {
	case a.Sent+a.Missing == 0:
		return
	case a.Missing == 0:
		n.SentAll++
	case a.Sent == 0:
		n.SentNone++
	default:
		n.SentSome++
	}
	n.Agencies++
}
