package meeting

import (
	"fmt"
	"time"
)

// A Limit is the day by which something must be done, as an order writes it.
type Limit struct {
	Date Date `json:"date"` // empty for none
	// Before tells that the day itself is too late: "trước ngày 31/7/2023" ends
	// on the 30th.
	Before bool `json:"before,omitempty"`
}

// Last returns the last good day, or false for none.
func (l Limit) Last() (Date, bool) {
	day, ok := l.Date.Day()
	if !ok {
		return "", false
	}
	if l.Before {
		day = day.AddDate(0, 0, -1)
	}
	return Day(day), true
}

// Warns reports whether the limit is near on a day: from the day before the one
// that is written.
func (l Limit) Warns(today Date) bool {
	day, ok := l.Date.Day()
	now, known := today.Day()
	return ok && known && !now.Before(day.AddDate(0, 0, -1))
}

// Over reports whether the last good day has passed.
func (l Limit) Over(today Date) bool {
	last, ok := l.Last()
	return ok && today > last
}

// Words returns the limit as letters write it, "trước ngày 31/7/2023", or "" for
// none.
func (l Limit) Words() Text {
	day, ok := l.Date.Day()
	if !ok {
		return Text{}
	}
	vi, en := "chậm nhất ngày", "on or before"
	if l.Before {
		vi, en = "trước ngày", "before"
	}
	written := fmt.Sprintf("%d/%d/%d", day.Day(), day.Month(), day.Year())
	return Text{Vi: vi + " " + written, En: en + " " + day.Format("2 January 2006")}
}

// DayOff reports whether a day is a Saturday or a Sunday. Holidays are not known
// here.
func (d Date) DayOff() bool {
	day, ok := d.Day()
	return ok && (day.Weekday() == time.Saturday || day.Weekday() == time.Sunday)
}
