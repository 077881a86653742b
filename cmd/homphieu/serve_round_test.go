package main

import (
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/meeting/staff"
	"github.com/homphieu/homphieu/report"
	"github.com/homphieu/homphieu/report/identity"
	"github.com/homphieu/homphieu/report/parcel/parceltest"
	"github.com/homphieu/homphieu/store/bolt"
	"github.com/homphieu/homphieu/tally/ledger"
)

// aboveServer is a superior's server that is running, with the letter's round.
type aboveServer struct {
	*site
	store *bolt.Store
	actor staff.Actor
	round *round.Round
}

func newAboveServer(t *testing.T) *aboveServer {
	t.Helper()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s := &aboveServer{actor: staff.Actor{Role: staff.Superior, ID: "hanh", Name: "Đỗ Thị Hạnh"}}
	folder := t.TempDir()
	var err error
	s.store, err = bolt.Open(filepath.Join(folder, "homphieu.db"))
	ok(err)
	seal := trialSeal(t)
	o := serveOptions{data: folder, listen: "127.0.0.1:0", ledger: s.store.Ledger(), rounds: s.store.Rounds()}
	s.site, err = newSite(o, api.Config{
		Store: s.store, Meetings: s.store, Staff: s.store, Audit: s.store, Press: &report.Press{Seal: seal, Program: "thử", Clock: time.Now},
	})
	ok(err)
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := s.serve(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		stop()
		running.Wait()
		ok(s.store.Close())
	})
	s.round, err = s.rounds.LoadLetter(t.Context(), s.actor)
	ok(err)
	return s
}

// trialSeal is a server's seal.
func trialSeal(t *testing.T) identity.Identity {
	t.Helper()
	authority, err := identity.NewTrial("cấp trên", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	seal, err := authority.Issue("Niêm phong của máy chủ cấp trên", "seal", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return seal
}

// A package that an agency's server has made goes up over the network, waits for
// its key to be confirmed, is checked, and its receipt comes back: both sides as
// serve puts them together.
func TestPackageGoesUp(t *testing.T) {
	above := newAboveServer(t)
	r := newMailRoom(t)
	text, err := r.courier.Fetch(t.Context(), above.url.JoinPath("api", "v1", "rounds", string(above.round.UUID)).String())
	r.ok(err)
	file, err := round.ParseFile(text)
	r.ok(err)
	a, err := file.Assignment("ban-tuyen-giao-tinh-uy", "khac")
	r.ok(err)

	c := parceltest.New(t, parceltest.Options{Agency: a.Agency, Group: a.Group, RuleSet: a.RuleSet})
	pack := &packer{seal: c.Seal}
	r.office.Packer = pack
	p := &meeting.Parcel{
		Assignment: *a, Meeting: c.Claim.Meeting, Made: c.Claim.Made, Poll: c.Claim.Poll, Voted: c.Claim.Voted, Archive: c.Contents.Archive,
		Shares: c.Contents.Shares, Closing: c.Contents.Closing, Files: c.Contents.Printed,
	}
	zip, pkg, err := pack.Pack(t.Context(), p)
	r.ok(err)
	m := &meeting.Meeting{UUID: p.Meeting, State: meeting.Signed, Papers: []meeting.Paper{{UUID: p.Poll}}}
	m.Plan.Title, m.Plan.Assignment = "Hội nghị", a
	hash, err := r.store.PutFile(t.Context(), m.UUID, zip)
	r.ok(err)
	m.Sendings = [][]meeting.Sending{{{Package: pkg, File: hash, Size: len(zip), By: meeting.ByHTTPS}}}
	r.ok(r.store.Save(t.Context(), m, audit.Draft{Time: time.Now(), Meeting: m.UUID, Actor: audit.Server, Action: "meeting.create"}))
	r.run(r.courier)
	r.until(m.UUID, func(s meeting.Sending) bool { return s.Answer == meeting.AnswerHeld })

	got, err := above.rounds.Package(t.Context(), pkg)
	r.ok(err)
	_, err = above.rounds.ConfirmKey(t.Context(), above.actor, a.Agency, got.Key)
	r.ok(err)
	s := r.until(m.UUID, settled)
	if s.Receipt == "" || !strings.Contains(s.Receipt, above.log.Key.Origin()) {
		t.Fatalf("%+v", s)
	}
	got, err = above.rounds.Package(t.Context(), pkg)
	r.ok(err)
	if got.Status != round.Accepted || got.Entry < 0 {
		t.Errorf("%+v", got)
	}
	entries, err := above.packageEntries(t.Context())
	if err != nil || len(entries) != 1 || entries[0].Agency != "Ban Tuyên giáo Tỉnh ủy" {
		t.Errorf("the superior's log says %v, %v", entries, err)
	}
}

// packageEntries are what the superior's log says of packages.
func (s *aboveServer) packageEntries(ctx context.Context) (list []ledger.Package, err error) {
	log, err := ledger.NewLog(ctx, s.store.Ledger(), s.log.Signer, s.log.Key, nil)
	if err != nil {
		return nil, err
	}
	entries, err := log.Entries(ctx, 0, 100)
	for _, e := range entries {
		if p, ok := e.Body.(ledger.Package); ok {
			list = append(list, p)
		}
	}
	return list, err
}

// A notice says what the office has noted, and nothing else.
func TestPackNotice(t *testing.T) {
	above := newAboveServer(t)
	text, err := above.rounds.RoundFile(t.Context(), above.round.UUID)
	if err != nil {
		t.Fatal(err)
	}
	file, err := round.ParseFile(text)
	if err != nil {
		t.Fatal(err)
	}
	a, err := file.Assignment("ban-tuyen-giao-tinh-uy", "khac")
	if err != nil {
		t.Fatal(err)
	}
	a.Prepared, a.Before[0].Done, a.Before[0].About = "2023-07-28", "2023-07-20", "Biên bản"
	c := parceltest.New(t, parceltest.Options{})
	zip, _, err := (&packer{seal: c.Seal}).Pack(t.Context(), &meeting.Parcel{Assignment: *a, Notice: true, Planned: "2023-08-25", Made: time.Now(), Archive: []byte("không đi")})
	if err != nil {
		t.Fatal(err)
	}
	claim, err := above.rounds.Checker.Read(zip)
	if err != nil {
		t.Fatal(err)
	}
	if claim.Kind != round.KindNotice || claim.Prepared != "2023-07-28" || claim.Condition != "2023-07-20" || claim.Planned != "2023-08-25" || claim.Voted != "" || claim.Poll != "" {
		t.Errorf("%+v", claim)
	}
}

// Without a press a server neither packs nor carries, and without a store of
// rounds it has none.
func TestJoinRounds(t *testing.T) {
	for _, press := range []meeting.Press{nil, &report.Press{Seal: trialSeal(t)}} {
		s, config := new(site), api.Config{Press: press, Meetings: new(bolt.Store), Log: slog.New(slog.DiscardHandler)}
		if err := s.joinRounds(serveOptions{}, &config); err != nil {
			t.Fatal(err)
		}
		sealed := press != nil
		if (s.courier != nil) != sealed || (config.Packer != nil) != sealed || (config.Courier != nil) != sealed || config.Rounds != nil {
			t.Errorf("with a press %v: %+v", sealed, config)
		}
	}
}
