package round_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
)

// TestKeysStayWithOfficers: a list of agencies neither confirms a key nor takes
// the confirmation of one away.
func TestKeysStayWithOfficers(t *testing.T) {
	d := newDesk(t)
	list, err := d.Directory(t.Context(), officer)
	d.ok(err)
	list.Agencies[0].Key, list.Agencies[0].Contact = "", "khác"
	list.Agencies[1].Key = strings.ToUpper(keyOf("another"))
	list.Agencies[2].Key, list.Agencies[2].Confirmed = keyOf("so-y-te"), true
	before := d.head()
	got, err := d.SetDirectory(t.Context(), officer, list)
	d.ok(err)
	d.logs(before, "round.agencies")
	for i, want := range []round.Agency{
		{Key: keyOf("dang-uy"), Confirmed: true}, {Key: keyOf("another")}, {Key: keyOf("so-y-te")},
	} {
		if a := got.Agencies[i]; a.Key != want.Key || a.Confirmed != want.Confirmed {
			t.Errorf("%s: key %s confirmed %t", a.ID, a.Key, a.Confirmed)
		}
	}
	_, err = d.SetDirectory(t.Context(), officer, list)
	d.refused(err, round.ErrRevision)
	list = got
	list.Agencies[2].Key = "no key"
	_, err = d.SetDirectory(t.Context(), officer, list)
	d.refused(err, round.ErrAgency)
	d.logs(before, "round.agencies")
}

// TestExpectedAgencyStays: an agency that a round waits for cannot go.
func TestExpectedAgencyStays(t *testing.T) {
	d := newDesk(t)
	list, err := d.Directory(t.Context(), officer)
	d.ok(err)
	list.Agencies = list.Agencies[:2]
	_, err = d.SetDirectory(t.Context(), officer, list)
	d.refused(err, round.ErrAgency)
	if !strings.Contains(err.Error(), "Sở Y tế") {
		t.Errorf("%v does not name the agency", err)
	}
	d.r.Expected = d.r.Expected[:3]
	d.r, err = d.SaveRound(t.Context(), officer, d.r)
	d.ok(err)
	_, err = d.SetDirectory(t.Context(), officer, list)
	d.ok(err)
}

// TestConfirmKey releases what is held under the key, and sets the rest apart.
func TestConfirmKey(t *testing.T) {
	d := newDesk(t)
	stranger := d.result("so-y-te", "rest", "forged")
	stranger.Claim.Key = keyOf("stranger")
	first, err := d.receive(stranger)
	d.ok(err)
	d.status(first, round.Held)
	second, err := d.receive(d.result("so-y-te", "rest", "true"))
	d.ok(err)
	d.status(second, round.Held)
	list, err := d.Directory(t.Context(), officer)
	d.ok(err)
	if a, _ := list.Agency("so-y-te"); a.Key != keyOf("stranger") || a.Confirmed {
		t.Errorf("the first key that came is not noted: %+v", a)
	}
	for _, typed := range []string{"", "1234", keyOf("x") + "0", strings.Repeat("g", 64)} {
		_, err := d.ConfirmKey(t.Context(), officer, "so-y-te", typed)
		d.refused(err, round.ErrAgency)
	}
	_, err = d.ConfirmKey(t.Context(), officer, "nobody", keyOf("x"))
	d.refused(err, round.ErrAgency)
	_, err = d.ConfirmKey(t.Context(), officer, "dang-bo-khac", round.KeyDigits(keyOf("x")))
	d.refused(err, round.ErrAgency)

	before := d.head()
	digits := round.KeyDigits(keyOf("so-y-te"))
	if len(digits) != 29 || round.KeyDigits("x") != "" {
		t.Errorf("digits %q", digits)
	}
	_, err = d.ConfirmKey(t.Context(), officer, "so-y-te", round.KeyDigits(keyOf("x")))
	d.refused(err, round.ErrAgency)
	list, err = d.ConfirmKey(t.Context(), officer, "so-y-te", " "+strings.ReplaceAll(digits, " ", "-")+"\n")
	d.ok(err)
	if a, _ := list.Agency("so-y-te"); a.Key != keyOf("so-y-te") || !a.Confirmed {
		t.Errorf("confirmed %+v", a)
	}
	d.logs(before, "round.key", "package.apart", "package.received")
	if p := d.status(first, round.Apart); !strings.Contains(p.Reason.Vi, "khóa") {
		t.Errorf("set apart because %q", p.Reason.Vi)
	}
	d.status(second, round.Checking)
	_, err = d.ConfirmKey(t.Context(), officer, "so-y-te", keyOf("so-y-te"))
	d.ok(err)
	d.logs(before, "round.key", "package.apart", "package.received")
	d.work()
	if p, err := d.Settled(t.Context(), second.Hash); err != nil || p.Status != round.Accepted {
		t.Errorf("%+v, %v", p, err)
	}
}

// TestConfirmedBeforeRestart: the program ended between the confirmation of a key
// and what follows from it.
func TestConfirmedBeforeRestart(t *testing.T) {
	d := newDesk(t)
	p, err := d.receive(d.result("so-y-te", "rest", "true"))
	d.ok(err)
	s := d.store.Rounds()
	list, err := s.Directory(t.Context())
	d.ok(err)
	list.Agencies[2].Confirmed = true
	entries, err := d.store.Entries(t.Context(), "", -1, 1)
	d.ok(err)
	d.ok(s.SaveDirectory(t.Context(), list, entries[0].Draft))
	d.open()
	d.status(p, round.Held)
	began := make(chan struct{})
	d.checker.began = func(string) { close(began) }
	d.work()
	<-began
	if p, err := d.Settled(t.Context(), p.Hash); err != nil || p.Status != round.Accepted {
		t.Errorf("%+v, %v", p, err)
	}
}

// TestAnotherKey: a package under another key than the confirmed one is refused;
// nothing of it is kept but its key, once.
func TestAnotherKey(t *testing.T) {
	d := newDesk(t)
	before := d.head()
	for i := range 3 {
		forged := d.result("dang-uy", "lead", fmt.Sprint("forged", i))
		forged.Claim.Key = keyOf(fmt.Sprint("stranger", i))
		_, err := d.receive(forged)
		d.refused(err, round.ErrKey)
		_, err = d.Package(t.Context(), forged.Claim.Hash)
		d.refused(err, round.ErrNoPackage)
	}
	d.logs(before, "round.key-refused")
	list, err := d.Directory(t.Context(), officer)
	d.ok(err)
	if a, _ := list.Agency("dang-uy"); a.Key != keyOf("dang-uy") || !a.Confirmed || a.Offered != keyOf("stranger0") {
		t.Errorf("agency %+v", a)
	}
	_, err = d.ConfirmKey(t.Context(), officer, "dang-uy", keyOf("stranger0"))
	d.ok(err)
	renewed := d.result("dang-uy", "lead", "renewed")
	_, err = d.receive(renewed)
	d.refused(err, round.ErrKey)
	renewed.Claim.Key = keyOf("stranger0")
	p, err := d.receive(renewed)
	d.ok(err)
	d.status(p, round.Checking)
}

// TestRounds saves a round again and again.
func TestRounds(t *testing.T) {
	d := newDesk(t)
	list, err := d.Rounds(t.Context(), officer)
	d.ok(err)
	if len(list) != 1 || list[0].UUID != d.r.UUID {
		t.Fatalf("%+v", list)
	}
	old := *d.r
	d.r.Title = " Lấy  phiếu "
	got, err := d.SaveRound(t.Context(), officer, d.r)
	d.ok(err)
	if got.Title != "Lấy phiếu" || got.Revision != old.Revision+1 || d.r.Title != " Lấy  phiếu " {
		t.Errorf("saved %+v", got)
	}
	_, err = d.SaveRound(t.Context(), officer, &old)
	d.refused(err, round.ErrRevision)
	got.Title = ""
	_, err = d.SaveRound(t.Context(), officer, got)
	d.refused(err, round.ErrRound)
	_, err = d.Round(t.Context(), officer, "nobody")
	d.refused(err, round.ErrNoRound)
}

// TestRoundKeepsItsPackages: what came for an expected poll keeps its place.
func TestRoundKeepsItsPackages(t *testing.T) {
	d := newDesk(t)
	d.work()
	d.send(d.result("so-noi-vu", "rest", "a", "An"))
	change := func(change func(r *round.Round)) error {
		r, err := d.Round(t.Context(), officer, d.r.UUID)
		d.ok(err)
		change(r)
		_, err = d.SaveRound(t.Context(), officer, r)
		return err
	}
	d.refused(change(func(r *round.Round) { r.Expected = r.Expected[:2] }), round.ErrRound)
	d.refused(change(func(r *round.Round) { r.RuleSet = meeting.RuleSetNQ96 }), round.ErrRound)
	d.refused(change(func(r *round.Round) { r.Groups[1].RuleSet = meeting.RuleSetNQ96 }), round.ErrRound)
	d.ok(change(func(r *round.Round) { r.Groups[0].RuleSet = meeting.RuleSetNQ96 }))
	d.ok(change(func(r *round.Round) { r.Expected = r.Expected[2:3] }))
}

// TestStrangersBindNoRound: what is held does not keep the round from changing. When
// the key is confirmed later, it is set apart, because nothing is expected there.
func TestStrangersBindNoRound(t *testing.T) {
	d := newDesk(t)
	p, err := d.receive(d.result("so-y-te", "rest", "a", "An"))
	d.ok(err)
	d.r.Expected = d.r.Expected[:3]
	d.r, err = d.SaveRound(t.Context(), officer, d.r)
	d.ok(err)
	_, err = d.ConfirmKey(t.Context(), officer, "so-y-te", keyOf("so-y-te"))
	d.ok(err)
	if p := d.status(p, round.Apart); !strings.Contains(p.Reason.Vi, "không chờ") {
		t.Errorf("set apart because %q", p.Reason.Vi)
	}
}

// TestLoadLetter makes the letter's round once, however often it is asked for.
func TestLoadLetter(t *testing.T) {
	d := newDesk(t)
	first, err := d.LoadLetter(t.Context(), officer)
	d.ok(err)
	before := d.head()
	again, err := d.LoadLetter(t.Context(), officer)
	d.ok(err)
	if first.UUID != again.UUID || len(first.Expected) == 0 || !first.UUID.Valid() {
		t.Errorf("%s with %d polls, then %s", first.UUID, len(first.Expected), again.UUID)
	}
	d.logs(before)
	list, err := d.Directory(t.Context(), officer)
	d.ok(err)
	if _, agencies := round.Letter(); len(list.Agencies) != 3+len(agencies) {
		t.Errorf("%d agencies", len(list.Agencies))
	}
	if a, _ := list.Agency("dang-uy"); !a.Confirmed {
		t.Error("an agency that was there lost its key")
	}
}

// TestNote keeps what an officer knows, under the officer's name.
func TestNote(t *testing.T) {
	d := newDesk(t)
	before := d.head()
	note := round.Progress{Expected: d.r.Expected[0], Prepared: "2023-07-20", By: "somebody else"}
	d.ok(d.Note(t.Context(), officer, d.r.UUID, note))
	d.refused(d.Note(t.Context(), officer, d.r.UUID, round.Progress{Expected: round.Expected{Agency: "nobody", Group: "lead"}}), round.ErrRound)
	d.refused(d.Note(t.Context(), officer, "nobody", note), round.ErrNoRound)
	d.logs(before, "round.note")
	standings, err := d.Follow(t.Context(), officer, d.r.UUID, "2023-07-21")
	d.ok(err)
	if s := standings[0]; s.Known.Prepared != "2023-07-20" || s.Known.By != officer.Name || s.Stage != round.StagePrepared {
		t.Errorf("%+v", s)
	}
	_, err = d.Follow(t.Context(), officer, "nobody", "2023-07-21")
	d.refused(err, round.ErrNoRound)
}

// TestRoundFile is what agencies load: it has the groups that are done, and no
// contact.
func TestRoundFile(t *testing.T) {
	d := newDesk(t)
	for _, e := range d.r.Expected[:2] {
		d.ok(d.Note(t.Context(), officer, d.r.UUID, round.Progress{Expected: e, Voted: "2023-07-20", Done: "họp riêng"}))
	}
	text, err := d.RoundFile(t.Context(), d.r.UUID)
	d.ok(err)
	if strings.Contains(string(text), "0263") {
		t.Error("a contact is public")
	}
	file, err := round.ParseFile(text)
	d.ok(err)
	a, err := file.Assignment("so-y-te", "rest")
	d.ok(err)
	if a.URL != d.URL || a.Key != d.Key || a.Round != d.r.UUID || len(a.Before) != 1 || a.Before[0].Done != "2023-07-20" {
		t.Errorf("%+v", a)
	}
	_, err = d.RoundFile(t.Context(), "nobody")
	d.refused(err, round.ErrNoRound)
}
