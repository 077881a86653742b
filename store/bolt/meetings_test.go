package bolt_test

import (
	"encoding/hex"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/meeting/meetingtest"
	"github.com/homphieu/homphieu/store/bolt"
)

func TestMeetings(t *testing.T) {
	meetingtest.Run(t, func(t *testing.T) (meetingtest.Store, func() meetingtest.Store) {
		store, reopen := open(t)
		return store.(meetingtest.Store), func() meetingtest.Store { return reopen().(meetingtest.Store) }
	})
}

// TestCheckFindsChangedMeeting changes the record of a meeting and its files,
// one at a time. None may pass, and none is handed out.
func TestCheckFindsChangedMeeting(t *testing.T) {
	store, _ := openBolt(t)
	m := &meeting.Meeting{UUID: ballot.NewUUID()}
	for _, content := range []string{"%PDF-1.7 report", `["credentials"]`} {
		_, err := store.PutFile(t.Context(), m.UUID, []byte(content))
		ok(t, err)
	}
	files := store.DumpFiles(t, m.UUID)
	m.People = []meeting.Person{{Documents: []meeting.Document{{Hash: hex.EncodeToString([]byte(files[0].Key))}}}}
	m.Papers = []meeting.Paper{{UUID: ballot.NewUUID(), Credentials: hex.EncodeToString([]byte(files[1].Key))}}
	ok(t, store.Save(t.Context(), m, audit.Draft{Time: time.Unix(1_700_000_000, 0), Meeting: m.UUID, Actor: audit.Server, Action: "meeting.create"}))
	ok(t, store.Check(t.Context()))

	record := store.DumpRoot(t, "meetings")[0]
	for _, broken := range []bolt.Entry{
		{Bucket: "meetings", Key: flip(record.Key), Value: record.Value},
		value(record, flip(record.Value)), value(record, record.Value[1:]), value(record, ""),
	} {
		store.ReplaceRoot(t, record, broken)
		wantBroken(t, store, broken)
		if got, err := store.Meeting(t.Context(), m.UUID); err == nil {
			t.Errorf("read %+v", got)
		}
		store.ReplaceRoot(t, broken, record)
	}
	listed := store.DumpRoot(t, "meeting-papers")[0]
	for _, broken := range []bolt.Entry{
		{Bucket: listed.Bucket}, {Bucket: listed.Bucket, Key: flip(listed.Key), Value: listed.Value},
		value(listed, flip(listed.Value)), value(listed, listed.Value[1:]), value(listed, ""),
	} {
		store.ReplaceRoot(t, listed, broken)
		wantBroken(t, store, broken)
		if u, _, err := store.MeetingOf(t.Context(), m.Papers[0].UUID); err == nil {
			t.Errorf("found %s", u)
		}
		store.ReplaceRoot(t, broken, listed)
	}
	stray := bolt.Entry{Bucket: listed.Bucket, Key: string(ballot.NewUUID()), Value: listed.Value}
	store.ReplaceRoot(t, bolt.Entry{Bucket: listed.Bucket}, stray)
	wantBroken(t, store, stray)
	store.ReplaceRoot(t, stray, bolt.Entry{})
	for _, file := range files {
		for _, broken := range []bolt.Entry{
			{}, {Key: flip(file.Key), Value: file.Value}, value(file, flip(file.Value)), value(file, ""),
		} {
			store.ReplaceFile(t, m.UUID, file, broken)
			wantBroken(t, store, broken)
			if got, err := store.File(t.Context(), m.UUID, hex.EncodeToString([]byte(file.Key))); err == nil {
				t.Errorf("read %q", got)
			}
			store.ReplaceFile(t, m.UUID, broken, file)
		}
	}
}

// A file that was written before papers were listed gets the list when it is
// opened; one in which it cannot be made is not opened.
func TestListOfPapersInOldFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.bolt")
	store := openAt(t, path)
	m := &meeting.Meeting{UUID: ballot.NewUUID(), State: meeting.Open, Papers: []meeting.Paper{{UUID: ballot.NewUUID()}, {UUID: ballot.NewUUID()}}}
	ok(t, store.Save(t.Context(), m, audit.Draft{Time: time.Unix(1_700_000_000, 0), Meeting: m.UUID, Actor: audit.Server, Action: "meeting.create"}))
	store.DropRoot(t, "meeting-papers")
	ok(t, store.Close())
	store = openAt(t, path)
	for _, p := range m.Papers {
		if u, state, err := store.MeetingOf(t.Context(), p.UUID); err != nil || u != m.UUID || state != m.State {
			t.Errorf("%s %s, %v", u, state, err)
		}
	}
	ok(t, store.Check(t.Context()))
	record := store.DumpRoot(t, "meetings")[0]
	store.DropRoot(t, "meeting-papers")
	store.ReplaceRoot(t, record, value(record, flip(record.Value)))
	ok(t, store.Close())
	if _, err := bolt.Open(path); !errors.Is(err, box.ErrCorrupt) {
		t.Errorf("opened: %v", err)
	}
}

func wantBroken(t *testing.T, store *bolt.Store, e bolt.Entry) {
	t.Helper()
	if err := store.Check(t.Context()); !errors.Is(err, box.ErrCorrupt) {
		t.Errorf("became %q: %v", e, err)
	}
}
