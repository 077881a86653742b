package bolt_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/meeting/audit/audittest"
	"github.com/homphieu/homphieu/meeting/staff"
	"github.com/homphieu/homphieu/meeting/staff/stafftest"
	"github.com/homphieu/homphieu/store/bolt"
)

// openBolt opens an empty store that is sound when the test ends.
func openBolt(t *testing.T) (store *bolt.Store, reopen func() *bolt.Store) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "data.bolt")
	s := openAt(t, path)
	t.Cleanup(func() {
		if err := s.Check(context.Background()); err != nil {
			t.Error(err)
		}
		s.Close()
	})
	return s, func() *bolt.Store {
		t.Helper()
		ok(t, s.Check(t.Context()))
		ok(t, s.Close())
		s = openAt(t, path)
		return s
	}
}

func TestAudit(t *testing.T) {
	audittest.Run(t, func(t *testing.T) (audit.Store, func() audit.Store) {
		s, reopen := openBolt(t)
		return s, func() audit.Store { return reopen() }
	})
}

func TestStaff(t *testing.T) {
	stafftest.Run(t, func(t *testing.T) (stafftest.Store, func() stafftest.Store) {
		s, reopen := openBolt(t)
		return s, func() stafftest.Store { return reopen() }
	})
}

// TestCheckFindsChangedLog changes each entry of the log, its index, and what
// is kept of people, one at a time. None may pass.
func TestCheckFindsChangedLog(t *testing.T) {
	store, _ := openBolt(t)
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	register := staff.NewRegister(store, store, func() time.Time { return now })
	by := staff.Actor{Role: staff.Secretary, ID: "id", Name: "Trần Đạt"}
	_, _, err := register.Invite(t.Context(), by, "anh", "Nguyễn Thị Ánh", staff.Secretary)
	ok(t, err)
	_, _, err = register.NewSeat(t.Context(), by, staff.Seat{Meeting: "22222222222222", Role: staff.Chair, Name: "Trần Đạt"})
	ok(t, err)
	ok(t, store.Check(t.Context()))
	for _, bucket := range []string{"audit", "accounts", "claims", "seats"} {
		list := store.DumpRoot(t, bucket)
		if len(list) == 0 {
			t.Fatalf("%s is empty", bucket)
		}
		for i, e := range list {
			broken := []bolt.Entry{{Bucket: bucket, Key: flip(e.Key), Value: e.Value}, value(e, e.Value[:len(e.Value)-1])}
			if bucket == "audit" {
				broken = append(broken, value(e, flip(e.Value)))
			}
			if bucket == "audit" && i < len(list)-1 {
				broken = append(broken, bolt.Entry{Bucket: bucket})
			}
			for _, b := range broken {
				store.ReplaceRoot(t, e, b)
				if err := store.Check(t.Context()); !errors.Is(err, box.ErrCorrupt) {
					t.Errorf("%s %q became %q: %v", bucket, e, b, err)
				}
				store.ReplaceRoot(t, b, e)
			}
		}
	}
	ok(t, store.Check(t.Context()))
}

// TestLogIsWithTheWrite: a write that is refused leaves no entry, and one whose
// entry cannot be written is refused.
func TestLogIsWithTheWrite(t *testing.T) {
	store, _ := openBolt(t)
	a := staff.Account{ID: "id", Login: "anh", Name: "Ánh", Role: staff.Secretary}
	bad := audit.Draft{Action: "no word"}
	if err := store.CreateAccount(t.Context(), a, staff.Claim{Account: a.ID}, bad); !errors.Is(err, audit.ErrDraft) {
		t.Errorf("error %v", err)
	}
	list, err := store.Accounts(t.Context())
	ok(t, err)
	if len(list) > 0 {
		t.Errorf("an account without its entry: %+v", list)
	}
}
