package bolt_test

import (
	"encoding/hex"
	"errors"
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
	m.Papers = []meeting.Paper{{Credentials: hex.EncodeToString([]byte(files[1].Key))}}
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

func wantBroken(t *testing.T, store *bolt.Store, e bolt.Entry) {
	t.Helper()
	if err := store.Check(t.Context()); !errors.Is(err, box.ErrCorrupt) {
		t.Errorf("became %q: %v", e, err)
	}
}
