package meeting

// A Group is how far a person's low votes reach under the thresholds of the
// rule set. It is worked out by this program; what follows from it is decided
// by people.
type Group string

// The groups, with the texts that files carry.
const (
	GroupNone Group = "none"
	GroupMid  Group = "mid"  // more than one half and less than two thirds
	GroupHigh Group = "high" // two thirds or more
)

// Group returns the group of low votes among base, compared in integers. Where
// there is nobody to compare with there is no group.
func (r *RuleSet) Group(low, base int) Group {
	switch {
	case base <= 0:
		return GroupNone
	case r.High.AtLeast(low, base):
		return GroupHigh
	case r.Mid.Exceeds(low, base):
		return GroupMid
	}
	return GroupNone
}

// Effect returns what the rule set says of a group, in its own words, and
// nothing for [GroupNone] or where the rule set has no such words.
func (r *RuleSet) Effect(g Group) Text {
	switch g {
	case GroupMid:
		return r.EffectMid
	case GroupHigh:
		return r.EffectHigh
	}
	return Text{}
}

// Groups returns each person's group, in ballot order. It is for the roles that
// the rule set names and goes into no paper and no log.
func (o *Outcome) Groups() []Group {
	groups := make([]Group, len(o.People))
	for i, p := range o.People {
		groups[i] = o.Rules.Group(p.Low.Votes, o.Base)
	}
	return groups
}
