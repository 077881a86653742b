package meeting_test

import (
	"testing"

	"github.com/homphieu/homphieu/meeting"
)

// TestLimit: "trước ngày 31/7/2023" ends on the 30th, and warns from that day.
func TestLimit(t *testing.T) {
	strict := meeting.Limit{Date: "2023-07-31", Before: true}
	loose := meeting.Limit{Date: "2023-07-31"}
	for _, c := range []struct {
		limit       meeting.Limit
		today       meeting.Date
		warns, over bool
	}{
		{strict, "2023-07-29", false, false},
		{strict, "2023-07-30", true, false},
		{strict, "2023-07-31", true, true},
		{loose, "2023-07-29", false, false},
		{loose, "2023-07-30", true, false},
		{loose, "2023-07-31", true, false},
		{loose, "2023-08-01", true, true},
		{meeting.Limit{}, "2023-08-01", false, false},
		{strict, "", false, false},
	} {
		if warns, over := c.limit.Warns(c.today), c.limit.Over(c.today); warns != c.warns || over != c.over {
			t.Errorf("%v on %s: warns %t over %t, want %t %t", c.limit, c.today, warns, over, c.warns, c.over)
		}
	}
	if last, ok := strict.Last(); last != "2023-07-30" || !ok {
		t.Errorf("last day %s %t", last, ok)
	}
	if last, ok := (meeting.Limit{}).Last(); last != "" || ok {
		t.Errorf("no limit ends on %s %t", last, ok)
	}
	if got := strict.Words(); got.Vi != "trước ngày 31/7/2023" || got.En != "before 31 July 2023" {
		t.Errorf("written %+v", got)
	}
	if got := loose.Words(); got.Vi != "chậm nhất ngày 31/7/2023" || got.En != "on or before 31 July 2023" {
		t.Errorf("written %+v", got)
	}
	if got := (meeting.Limit{}).Words(); got != (meeting.Text{}) {
		t.Errorf("no limit is written %+v", got)
	}
	if !meeting.Date("2023-07-30").DayOff() || meeting.Date("2023-07-31").DayOff() || meeting.Date("").DayOff() {
		t.Error("a Sunday is a day off, a Monday and no day are not")
	}
}
