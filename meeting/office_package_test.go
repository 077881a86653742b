package meeting_test

import (
	"testing"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/report"
	"github.com/homphieu/homphieu/report/identity"
	"github.com/homphieu/homphieu/report/pades"
	"github.com/homphieu/homphieu/report/parcel"
)

// What the office gathers of a meeting, with papers as they are printed and
// signed, passes every check of a superior: of each ballot paper, whose persons,
// title, place and day are those that voters saw.
func TestPackageHolds(t *testing.T) {
	r, packer, _ := counted(t)
	authority, err := identity.NewTrial("Máy chủ", now)
	r.ok(err)
	issue := func(name string) identity.Identity {
		who, err := authority.Issue(name, "", now)
		r.ok(err)
		return who
	}
	press := &report.Press{Seal: issue("Niêm phong của máy chủ"), Program: "homphieu", Clock: clock}
	r.office.Press = press
	r.print()
	for i, paper := range r.get().Papers {
		printed, err := r.office.PrintedFile(t.Context(), r.chair(), r.u, paper.UUID, meeting.MinutesFile, meeting.PrintedVersion)
		r.ok(err)
		signed, err := pades.Sign(printed.Content, issue("Trưởng ban"), pades.Options{Field: "head", Name: "Trưởng ban", Time: clock(), Appearance: &pades.Appearance{}})
		r.ok(err)
		_, err = r.office.Return(t.Context(), r.chair(), r.u, paper.UUID, meeting.MinutesFile, signed)
		r.ok(err)
		_, err = r.office.Pack(t.Context(), r.chair(), r.u, paper.UUID, "")
		r.ok(err)
		p := packer.packed[i]
		file, _, err := parcel.Pack(round.Claim{
			Kind: round.KindResult, Round: p.Assignment.Round, Agency: p.Assignment.Agency, Group: p.Assignment.Group,
			Poll: p.Poll, Meeting: p.Meeting, Voted: p.Voted, Made: p.Made,
		}, parcel.Contents{Archive: p.Archive, Shares: p.Shares, Closing: p.Closing, Printed: p.Files}, press.Seal)
		r.ok(err)
		poll, err := new(parcel.Checker).Verify(t.Context(), file)
		if err != nil {
			t.Fatalf("paper %d: %v", i+1, err)
		}
		if p.Papers != 1 || poll.Election != paper.UUID || poll.Name != paper.Title || poll.Voted != somePlan.Date || poll.Collected != 6 || len(poll.People) != len(r.get().OnPaper(i)) {
			t.Errorf("%+v", poll)
		}
		if minutes := poll.Papers[0].Signatures; len(minutes) != 2 || minutes[1].Signer != "Trưởng ban" {
			t.Errorf("%+v", poll.Papers)
		}
	}
}
