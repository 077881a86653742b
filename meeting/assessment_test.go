package meeting_test

import (
	"testing"

	"github.com/homphieu/homphieu/meeting"
)

// More than one half and less than two thirds is the middle group, two thirds or
// more the high one, under every rule set, compared in integers.
func TestGroup(t *testing.T) {
	for _, test := range []struct {
		base, low int
		want      meeting.Group
	}{
		{48, 24, meeting.GroupNone}, {48, 25, meeting.GroupMid}, {48, 31, meeting.GroupMid}, {48, 32, meeting.GroupHigh},
		{47, 23, meeting.GroupNone}, {47, 24, meeting.GroupMid}, {47, 31, meeting.GroupMid}, {47, 32, meeting.GroupHigh},
		{150, 99, meeting.GroupMid}, {150, 100, meeting.GroupHigh}, // 66,00; 66,67 as printed, exactly two thirds
		{47, 25, meeting.GroupMid}, {485, 6, meeting.GroupNone},
		{0, 0, meeting.GroupNone}, {1, 1, meeting.GroupHigh}, {2, 1, meeting.GroupNone}, {3, 2, meeting.GroupHigh},
	} {
		for _, rules := range meeting.RuleSets() {
			if got := rules.Group(test.low, test.base); got != test.want {
				t.Errorf("%s: %d low of %d: %s, want %s", rules.ID, test.low, test.base, got, test.want)
			}
		}
	}
}

// A group is worded as the rule set words it.
func TestEffect(t *testing.T) {
	rules, err := meeting.RuleSetByID(meeting.RuleSetReg96)
	if err != nil {
		t.Fatal(err)
	}
	for group, want := range map[meeting.Group]meeting.Text{meeting.GroupNone: {}, meeting.GroupMid: rules.EffectMid, meeting.GroupHigh: rules.EffectHigh} {
		if got := rules.Effect(group); got != want {
			t.Errorf("%s: %v", group, got)
		}
	}
}
