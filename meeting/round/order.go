package round

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/homphieu/homphieu/meeting"
)

// An order is that in which a round is told: agencies as in the directory, groups
// of posts as in the round, and last what is in neither.
type order struct {
	agencies map[string]Agency
	groups   map[string]Group
	places   map[string]int // of agencies
	ranks    map[string]int // of groups
}

func newOrder(r *Round, d *Directory) *order {
	o := &order{agencies: d.byID(), groups: map[string]Group{}, places: map[string]int{}, ranks: map[string]int{}}
	for i, a := range d.Agencies {
		o.places[a.ID] = i
	}
	for i, g := range r.Groups {
		o.groups[g.ID], o.ranks[g.ID] = g, i
	}
	return o
}

// agency returns the agency of an ID, which is all that is known of one that the
// directory has no more.
func (o *order) agency(id string) Agency {
	if a, ok := o.agencies[id]; ok {
		return a
	}
	return Agency{ID: id, Name: id}
}

// group is as agency.
func (o *order) group(id string) Group {
	if g, ok := o.groups[id]; ok {
		return g
	}
	return Group{ID: id, Name: id}
}

func (o *order) compare(a, b Expected) int {
	rank := func(m map[string]int, id string) int {
		if i, ok := m[id]; ok {
			return i
		}
		return len(m)
	}
	return cmp.Or(rank(o.places, a.Agency)-rank(o.places, b.Agency), cmp.Compare(a.Agency, b.Agency),
		rank(o.ranks, a.Group)-rank(o.ranks, b.Group), cmp.Compare(a.Group, b.Group))
}

// Ready returns the groups that must come before a group of posts and are not
// done, in the order in which the group names them; none when it may begin.
func Ready(r *Round, standings []Standing, group string) (missing []Group) {
	g, _ := r.Group(group)
	for _, id := range g.After {
		if first, ok := r.Group(id); ok && !isDone(standings, id) {
			missing = append(missing, first)
		}
	}
	return missing
}

// isDone reports whether the vote on a group of posts is over everywhere. A group
// for which no poll is expected is not done, since nobody knows.
func isDone(standings []Standing, group string) bool {
	found := false
	for i := range standings {
		if s := &standings[i]; s.Group.ID == group {
			if found = true; !s.held() {
				return false
			}
		}
	}
	return found
}

// held reports whether the vote is known to be over, or there is nothing to vote
// on.
func (s *Standing) held() bool {
	return s.Stage == StageExcused || s.Stage == StageSent || s.Stage == StagePart || s.Known.Voted != "" || s.Known.Done != ""
}

// A Finished is a group of posts on which the vote is over everywhere.
type Finished struct {
	Group string       `json:"group"`
	Day   meeting.Date `json:"day,omitempty"` // of the last vote; empty when there was nothing to vote on
}

// Finish returns the groups of posts that are done, in the order of the round.
func Finish(r *Round, standings []Standing) (list []Finished) {
	for _, g := range r.Groups {
		if !isDone(standings, g.ID) {
			continue
		}
		f := Finished{Group: g.ID}
		for i := range standings {
			if s := &standings[i]; s.Group.ID == g.ID {
				f.Day = max(f.Day, s.votedOn())
			}
		}
		list = append(list, f)
	}
	return list
}

// An Ahead is a group of posts that should have been done before a vote on another.
type Ahead struct {
	Group Group
	Over  meeting.Date // day of its last vote; empty when it is not known to be over
}

// Early returns the groups that come before a group of posts and on which the last
// vote was later than a day on which the group was voted on, or is not known to be
// over. A vote that was held too early counts all the same: it was secret and
// cannot be taken back. Whoever reads the result is told.
func Early(r *Round, standings []Standing, group string, voted meeting.Date) []Ahead {
	return early(r, Finish(r, standings), group, voted)
}

func early(r *Round, done []Finished, group string, voted meeting.Date) (list []Ahead) {
	g, _ := r.Group(group)
	for _, id := range g.After {
		first, ok := r.Group(id)
		i := slices.IndexFunc(done, func(f Finished) bool { return f.Group == id })
		switch {
		case !ok || voted == "":
		case i < 0:
			list = append(list, Ahead{Group: first})
		case voted < done[i].Day:
			list = append(list, Ahead{first, done[i].Day})
		}
	}
	return list
}

// Words say what is out of order, as part of a sentence: "lấy phiếu trước khi nhóm
// “…” xong (ngày 14/7/2023)".
func (a Ahead) Words() meeting.Text {
	t := meeting.Text{Vi: "lấy phiếu trước khi nhóm “" + a.Group.Name + "” xong ", En: "voted before “" + a.Group.Name + "” was done "}
	if a.Over == "" {
		return meeting.Text{Vi: t.Vi + "(đến nay chưa rõ đã xong)", En: t.En + "(not known to be done by now)"}
	}
	day := inWords(a.Over)
	return meeting.Text{Vi: t.Vi + "(ngày " + day.Vi + ")", En: t.En + "(on " + day.En + ")"}
}

// votedOn is the day of a vote that was held, as far as it is known: of several
// polls the last.
func (s *Standing) votedOn() meeting.Date {
	if s.Known.Voted == "" && (s.Stage == StageSent || s.Stage == StagePart) {
		return DayOf(s.Package.Received)
	}
	return max(s.Known.Voted, s.last)
}

func itoa(n int) string { return strconv.Itoa(n) }

// twoDigits writes a number as letters do, "01".
func twoDigits(n int) string {
	if n < 10 {
		return "0" + itoa(n)
	}
	return itoa(n)
}
