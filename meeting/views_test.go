package meeting_test

import (
	"slices"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
)

// Released to the public are the numbers, the report as it was signed, and what
// they can be checked by; nothing that names more than the ballots do.
func TestPublicFiles(t *testing.T) {
	u := ballot.NewUUID()
	record := meeting.Record{Returned: []meeting.Returned{{Name: meeting.ReportFile, Hash: "signed", Size: 2}}}
	for _, name := range []string{
		meeting.MinutesFile, meeting.ReportFile, "minutes.docx", "report.docx", "person-01.pdf", "result.json", "result.csv", "result.xlsx",
		meeting.AssessmentFile, "trackers.txt", "ca.pem", "manifest.json", "manifest.json.p7s",
	} {
		record.Files = append(record.Files, meeting.RecordFile{Name: name, Hash: "printed", Size: 1})
	}
	released := func(change func(m *meeting.Meeting)) (names []string) {
		m := &meeting.Meeting{
			Papers: []meeting.Paper{{UUID: u}}, Records: []meeting.Record{record}, Published: true, Release: &meeting.Release{Audience: meeting.AudiencePublic},
		}
		change(m)
		for _, f := range m.PublicFiles(u) {
			names = append(names, f.Name)
			if signed := f.Name == meeting.ReportFile; signed != (f.Hash == "signed" && f.Size == 2) {
				t.Errorf("%+v", f)
			}
		}
		return names
	}
	want := []string{meeting.ReportFile, "result.json", "result.csv", "result.xlsx", "ca.pem", "manifest.json", "manifest.json.p7s"}
	if got := released(func(*meeting.Meeting) {}); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	for name, change := range map[string]func(m *meeting.Meeting){
		"not published":       func(m *meeting.Meeting) { m.Published = false },
		"no release":          func(m *meeting.Meeting) { m.Release = nil },
		"for the room":        func(m *meeting.Meeting) { m.Release.Audience = meeting.AudienceMeeting },
		"for the agency":      func(m *meeting.Meeting) { m.Release.Audience = meeting.AudienceAgency },
		"archive for members": func(m *meeting.Meeting) { m.Plan.MembersOnly = true },
		"not printed":         func(m *meeting.Meeting) { m.Records = nil },
		"another poll":        func(m *meeting.Meeting) { m.Papers[0].UUID = ballot.NewUUID() },
	} {
		if got := released(change); got != nil {
			t.Errorf("%s: %q", name, got)
		}
	}
}
