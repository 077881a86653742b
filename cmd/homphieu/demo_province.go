package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/meeting/staff"
	"github.com/homphieu/homphieu/report/identity"
)

// A province is the demonstration of a round: a superior, agencies, and the days
// on which something happens between them.
type province struct {
	demoOptions
	stdout   io.Writer
	folder   string // of all servers, removed at the end
	calendar *calendar
	signers  *identity.TrialCA // whose certificates say that they have no legal value
	superior *provinceServer
	log      *trialLog // of the superior
	round    *round.Round
	names    map[string]string // of agencies
	agencies map[string]*provinceServer
	meetings []*provinceMeeting
}

// provinceOfficer takes the superior's steps.
var provinceOfficer = staff.Actor{Role: staff.Superior, ID: "can-bo", Name: "Cán bộ tổng hợp (trình diễn)"}

// demoProvince plays the round that Công văn 1535-CV/BTCTU orders, from the letter
// to the consolidated report: servers that speak HTTP, meetings with voters and
// boards, packages that go over the network or on a stick.
func demoProvince(ctx context.Context, o demoOptions, stdout io.Writer) (err error) {
	switch {
	case o.out == "":
		return usageError{errors.New("demo: --out is needed")}
	case o.table != "" || o.voters != 0 || o.people != 0 || o.hold:
		return usageError{errors.New("demo: --province has its own votes, without --table, --voters, --people and --hold")}
	case !api.IsLoopback(o.listen):
		return usageError{fmt.Errorf("demo: --listen %s: not a loopback address", o.listen)}
	}
	p := &province{
		demoOptions: o, stdout: stdout, calendar: new(calendar), names: map[string]string{}, agencies: map[string]*provinceServer{},
	}
	if err := p.clear(); err != nil {
		return err
	}
	if p.folder, err = os.MkdirTemp("", "homphieu-demo-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	if err := p.order(ctx); err != nil {
		return err
	}
	if err := p.play(ctx); err != nil {
		return err
	}
	return p.report(ctx)
}

func (p *province) close() error {
	var faults []error
	for _, a := range p.agencies {
		faults = append(faults, a.close())
	}
	if p.superior != nil {
		faults = append(faults, p.superior.close())
	}
	if p.log != nil {
		faults = append(faults, p.log.close())
	}
	return errors.Join(append(faults, os.RemoveAll(p.folder))...)
}

func (p *province) rounds() *round.Office { return p.superior.site.rounds }

// order starts the superior's server and loads the letter's round there.
func (p *province) order(ctx context.Context) (err error) {
	p.calendar.turn(provinceStart)
	if p.signers, err = identity.NewTrial("Trình diễn", p.calendar.now()); err != nil {
		return err
	}
	if p.log, err = newTrialLog(p.folder); err != nil {
		return err
	}
	p.superior, err = p.server("cap-tren", func(s *provinceServer, o *serveOptions, _ *api.Config) {
		o.listen, o.witnesses, o.rounds = p.listen, filepath.Join(p.folder, witnessFile), s.store.Rounds()
	})
	if err != nil {
		return err
	}
	p.rounds().Clock = p.calendar.now
	if err := p.log.watch(ctx, p.superior.site.log); err != nil {
		return err
	}
	p.superior.start(ctx)
	if p.round, err = p.rounds().LoadLetter(ctx, provinceOfficer); err != nil {
		return err
	}
	d, err := p.rounds().Directory(ctx, provinceOfficer)
	if err != nil {
		return err
	}
	for _, a := range d.Agencies {
		p.names[a.ID] = a.Name
	}
	fmt.Fprintf(p.stdout, "%s\n%d agencies, %d polls; the superior's server is %s\n\n", p.round.Title, len(d.Agencies), len(p.round.Expected), p.superior.site.url)
	return nil
}

// An occasion is what happens on a day.
type occasion struct {
	day  meeting.Date
	what func(ctx context.Context) error
}

// play lets the days of the round go by.
func (p *province) play(ctx context.Context) error {
	var days []occasion
	for number, poll := range provincePolls {
		if poll.sent == "" {
			continue
		}
		m := &provinceMeeting{provincePoll: poll, number: number, name: p.names[poll.Agency], sign: p.sign}
		p.meetings = append(p.meetings, m)
		days = append(days,
			occasion{poll.ready, func(ctx context.Context) error { return p.prepare(ctx, m) }},
			occasion{poll.voted, func(ctx context.Context) error { return p.vote(ctx, m) }},
			occasion{poll.sent, func(ctx context.Context) error { return p.send(ctx, m) }})
		if poll.corrected != "" {
			days = append(days, occasion{poll.corrected, func(ctx context.Context) error { return p.correct(ctx, m) }})
		}
		if poll.Expected == expected("huyen-uy-dong-xanh", "cap-uy") {
			days = append(days, occasion{provinceEarly, func(ctx context.Context) error { return p.early(ctx, m) }})
		}
	}
	slices.SortStableFunc(days, func(a, b occasion) int { return strings.Compare(string(a.day), string(b.day)) })
	for _, o := range days {
		p.calendar.turn(o.day)
		if err := o.what(ctx); err != nil {
			return fmt.Errorf("%s: %w", o.day, err)
		}
	}
	p.calendar.turn(provinceReport)
	return nil
}

// say tells what happened on a day.
func (p *province) say(format string, args ...any) {
	fmt.Fprintf(p.stdout, "%s  "+format+"\n", append([]any{meeting.Day(p.calendar.now()).Words()}, args...)...)
}

// sign lets invented people sign a paper, today.
func (p *province) sign(paper []byte, places []string) ([]byte, error) {
	return (&trialOffice{authority: p.signers, now: p.calendar.now()}).signIn(paper, places)
}

// agency returns the server of an agency, which is started when it is first asked
// for. The digits of its key are told to the superior, who confirms them: of the
// last agency only when its package has come.
func (p *province) agency(ctx context.Context, m *provinceMeeting) (*provinceServer, error) {
	if s := p.agencies[m.Agency]; s != nil {
		return s, nil
	}
	s, err := p.server(m.Agency, func(s *provinceServer, _ *serveOptions, c *api.Config) { c.Meetings = s.store })
	if err != nil {
		return nil, err
	}
	p.agencies[m.Agency] = s
	s.site.courier.pause = func(int) time.Duration { return 100 * time.Millisecond }
	if m.tampered {
		s.site.courier.client.Transport = meddler{s.site.courier.client.Transport}
	}
	s.start(ctx)
	if m.Agency == provinceHeld {
		return s, nil
	}
	_, err = p.rounds().ConfirmKey(ctx, provinceOfficer, m.Agency, s.key())
	return s, err
}

// provinceHeld is the agency whose key is confirmed last.
const provinceHeld = "dang-uy-khoi-tinh"

// roundFile is the file of the round as an agency gets it: from the superior's
// server, or from a stick.
func (p *province) roundFile(ctx context.Context, m *provinceMeeting) (*round.RoundFile, error) {
	var text []byte
	var err error
	if m.by == meeting.ByHTTPS {
		address := p.superior.site.url.JoinPath("api/v1/rounds", string(p.round.UUID)).String()
		text, err = m.server.site.courier.Fetch(ctx, address)
	} else if text, err = p.rounds().RoundFile(ctx, p.round.UUID); err == nil {
		err = p.leave("usb", "round.json", text)
	}
	if err != nil {
		return nil, err
	}
	return round.ParseFile(text)
}

// prepare makes a meeting ready, and tells the superior's server if it can be
// reached.
func (p *province) prepare(ctx context.Context, m *provinceMeeting) (err error) {
	if m.server, err = p.agency(ctx, m); err != nil {
		return err
	}
	m.office = m.server.site.courier.office
	f, err := p.roundFile(ctx, m)
	if err != nil {
		return err
	}
	if err := m.prepare(ctx, f); err != nil {
		return err
	}
	if m.by == meeting.ByHTTPS {
		_, err = m.office.Notify(ctx, m.secretary(), m.u, m.by)
	}
	return err
}

// early is a poll that is to be opened before what must come first.
func (p *province) early(ctx context.Context, m *provinceMeeting) error {
	f, err := p.roundFile(ctx, m)
	if err != nil {
		return err
	}
	err = m.open(ctx, f)
	refusal := new(meeting.Refusal)
	if !errors.Is(err, meeting.ErrOrder) || !errors.As(err, &refusal) {
		return fmt.Errorf("poll opened out of its turn: %w", err)
	}
	p.say("%s: not opened · chưa được mở\n            %s\n            %s", m.name, refusal.What.Vi, refusal.What.En)
	return nil
}

// vote holds a poll.
func (p *province) vote(ctx context.Context, m *provinceMeeting) error {
	f, err := p.roundFile(ctx, m)
	if err != nil {
		return err
	}
	err = inTurn(
		func() error { return m.open(ctx, f) },
		func() error { return m.vote(ctx) },
		func() error { return m.count(ctx) },
	)
	if err != nil {
		return fmt.Errorf("%s: %w", m.name, err)
	}
	p.say("%s, %s: %d ballots on %d persons", m.name, m.Group, m.voters, len(m.posts))
	return nil
}
