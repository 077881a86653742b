package report

import (
	"errors"
	"testing"
	"time"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/report/identity"
	"github.com/homphieu/homphieu/report/paper/papertest"
)

// A press prints and checks one thing after another: whoever comes meanwhile,
// here when it asks for the time, waits.
func TestOneAtATime(t *testing.T) {
	now := time.Date(2026, 12, 5, 9, 45, 0, 0, time.UTC)
	authority, err := identity.NewTrial("Máy chủ", now)
	if err != nil {
		t.Fatal(err)
	}
	seal, err := authority.Issue("Niêm phong", "", now)
	if err != nil {
		t.Fatal(err)
	}
	press, asked := &Press{Seal: seal}, 0
	press.Clock = func() time.Time {
		asked++
		if press.one.TryLock() {
			t.Error("somebody else could print or check")
			press.one.Unlock()
		}
		return now
	}
	if _, err := press.Print(papertest.Bare(t)); err != nil {
		t.Error(err)
	}
	if _, err := press.Check(nil, nil); !errors.Is(err, meeting.ErrReturned) {
		t.Error(err)
	}
	if asked < 2 || !press.one.TryLock() {
		t.Errorf("asked %d times, or still busy", asked)
	}
}
