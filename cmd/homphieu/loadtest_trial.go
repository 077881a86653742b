package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/store/bolt"
)

// A loadTrial is a trial meeting with a server of its own, in a temporary folder,
// that goes when it is closed.
type loadTrial struct {
	poll   *loadPoll
	folder string
	store  *bolt.Store
	box    box.Box
	stop   context.CancelFunc
	served chan error // what the server ended with; nil before it serves
}

// openLoadTrial opens a trial meeting on this computer's own address.
func openLoadTrial(ctx context.Context, voters, people int) (*loadTrial, error) {
	setup, slips, err := newLoadSetup(voters, people)
	if err != nil {
		return nil, err
	}
	t := &loadTrial{poll: &loadPoll{slips: slips}}
	if t.folder, err = os.MkdirTemp("", "homphieu-loadtest-"); err != nil {
		return nil, err
	}
	if err := t.open(ctx, setup); err != nil {
		return nil, errors.Join(err, t.close())
	}
	return t, nil
}

// newLoadSetup makes up a trial election, and its slips.
func newLoadSetup(voters, people int) (setup box.Setup, slips []ballot.Credential, err error) {
	board, err := meeting.NewTrialBoard(2, 3)
	if err != nil {
		return setup, nil, err
	}
	draft := ballot.Draft{Name: "Thử tải", UUID: ballot.NewUUID(), PublicKey: board.Trustees().PublicKey()}
	for _, p := range randomTable(0, people).persons {
		draft.Questions = append(draft.Questions, meeting.Question(p.title, ""))
	}
	e, err := ballot.NewElection(draft)
	if err != nil {
		return setup, nil, err
	}
	slips, credentials, err := meeting.NewCredentials(e.UUID, voters)
	return box.Setup{
		Election: e.Raw(), Trustees: board.Trustees().Raw(), Credentials: credentials, Timestamp: time.Now().Unix(),
		Settings: box.Settings{MinBallots: 1, RuleSet: meeting.RuleSetReg96, Trial: true},
	}, slips, err
}

// open seals and opens the poll, and starts to serve it.
func (t *loadTrial) open(ctx context.Context, setup box.Setup) (err error) {
	if t.store, err = bolt.Open(filepath.Join(t.folder, "homphieu.db")); err != nil {
		return err
	}
	if t.box, err = meeting.Seal(ctx, t.store, setup); err != nil {
		return err
	}
	if err := t.box.Open(ctx); err != nil {
		return err
	}
	s, err := newSite(serveOptions{data: t.folder, listen: "127.0.0.1:0"}, api.Config{Store: t.store})
	if err != nil {
		return err
	}
	t.poll.server, t.poll.uuid = s.url, t.box.Election().UUID
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	t.stop, t.served = stop, make(chan error, 1)
	go func() { t.served <- s.serve(serving) }()
	return nil
}

// close ends the meeting and removes its folder.
func (t *loadTrial) close() error {
	var err error
	if t.served != nil {
		t.stop()
		err = <-t.served
	}
	if t.store != nil {
		err = errors.Join(err, t.store.Close())
	}
	return errors.Join(err, os.RemoveAll(t.folder))
}
