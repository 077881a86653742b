package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/report"
	"github.com/homphieu/homphieu/report/pades"
	"github.com/homphieu/homphieu/store/bolt"
	"github.com/homphieu/homphieu/tally/ledger"
	"github.com/homphieu/homphieu/tally/ledger/witness"
)

// logFolder is where a demonstration leaves its log.
const logFolder = "log"

// trialWitnesses cosign the log of a demonstration, both of them.
var trialWitnesses = []string{"nguoi-chung-kien-1", "nguoi-chung-kien-2"}

// committed are the files that the result entry names, as they were printed.
var committed = []string{report.ResultFile, report.ManifestFile, meeting.MinutesFile, meeting.ReportFile}

// A trialLog is the public log of one demonstration: that of its server, with
// witnesses which the server asks over HTTP, each with a store of its own.
type trialLog struct {
	publisher *witness.Publisher // of the server
	witnesses []*trialWitness
	salt      [32]byte
	items     []ledger.Item // that the result entry commits to
}

// A trialWitness is one witness in the same process.
type trialWitness struct {
	key      string // public half
	signer   note.Signer
	store    *bolt.Store
	listener net.Listener
	server   *http.Server // nil until it watches
}

// witnessFile is where newTrialLog says who the witnesses are, in its folder.
const witnessFile = "witnesses"

// newTrialLog makes the witnesses. What they have seen is kept in folder.
func newTrialLog(folder string) (t *trialLog, err error) {
	t = &trialLog{salt: ledger.NewSalt()}
	var settings bytes.Buffer
	for _, name := range trialWitnesses {
		w, err := newTrialWitness(name, filepath.Join(folder, name+".db"))
		if err != nil {
			return nil, errors.Join(err, t.close())
		}
		t.witnesses = append(t.witnesses, w)
		fmt.Fprintf(&settings, "witness %s http://%s/\n", w.key, w.listener.Addr())
	}
	fmt.Fprintf(&settings, "quorum %d\nrequired\n", len(t.witnesses))
	if err := writeWhole(filepath.Join(folder, witnessFile), settings.Bytes()); err != nil {
		return nil, errors.Join(err, t.close())
	}
	return t, nil
}

func newTrialWitness(name, path string) (w *trialWitness, err error) {
	secret, public, err := ledger.GenerateWitnessKey(name)
	if err != nil {
		return nil, err
	}
	w = &trialWitness{key: public}
	if w.signer, err = ledger.NewCosigner(secret); err != nil {
		return nil, err
	}
	if w.store, err = bolt.Open(path); err != nil {
		return nil, err
	}
	if w.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, errors.Join(err, w.store.Close())
	}
	return w, nil
}

// watch lets the witnesses cosign the log of a publisher, which first asks them
// what they have seen.
func (t *trialLog) watch(ctx context.Context, p *witness.Publisher) error {
	t.publisher = p
	for _, w := range t.witnesses {
		refused := func([]byte, error) {} // the server hears it, and ends the demonstration
		w.server = &http.Server{
			Handler:           witness.NewHandler(ledger.NewWitness(w.signer, w.store.Witness(), p.Key), refused),
			ReadHeaderTimeout: 10 * time.Second,
		}
		go func() { _ = w.server.Serve(w.listener) }() // until it is closed
	}
	return t.round(ctx)
}

func (t *trialLog) close() error {
	var faults []error
	for _, w := range t.witnesses {
		if w.server != nil {
			faults = append(faults, w.server.Close())
		} else {
			faults = append(faults, w.listener.Close())
		}
		faults = append(faults, w.store.Close())
	}
	return errors.Join(faults...)
}

// publish writes an entry and has the log cosigned by all witnesses.
func (t *trialLog) publish(ctx context.Context, body ledger.Body) (number int64, err error) {
	numbers, err := t.publisher.Append(ctx, body)
	if err != nil {
		return 0, err
	}
	return numbers[0], t.round(ctx)
}

// round has the log cosigned by all witnesses.
func (t *trialLog) round(ctx context.Context) error {
	if t.publisher.Round(ctx) {
		return nil
	}
	state, err := t.publisher.State(ctx)
	return errors.Join(err, fmt.Errorf("public log: not cosigned by %s: %v", strings.Join(state.Missing, ", "), state.Trouble))
}

// logSealed says in the log that the poll is sealed.
func (d *demonstration) logSealed(ctx context.Context) error {
	e := d.box.Election()
	_, err := d.log.publish(ctx, ledger.Sealed{Election: e.UUID, Fingerprint: e.Fingerprint()})
	return err
}

// logClosed says how it ended. From archive and closing file anybody can write
// the same entry.
func (d *demonstration) logClosed(ctx context.Context) error {
	facts, err := meeting.BoxFacts(ctx, d.box)
	if err != nil {
		return err
	}
	closing, err := d.box.Attached(ctx, box.Closing)
	if err != nil {
		return err
	}
	closed := ledger.Closed{
		Election: d.box.Election().UUID, Ballots: len(facts.Trackers), LastEvent: facts.EndBallots, Closing: sha256.Sum256(closing),
	}
	if closed.Trackers, err = ledger.TrackersRoot(facts.Trackers); err != nil {
		return err
	}
	_, err = d.log.publish(ctx, closed)
	return err
}

// logResult commits to the result and its printed files.
func (d *demonstration) logResult(ctx context.Context, files []meeting.Printed) (number int64, err error) {
	status, err := d.box.Status(ctx)
	if err != nil {
		return 0, err
	}
	shares, err := d.box.Attached(ctx, box.Shares)
	if err != nil {
		return 0, err
	}
	d.log.items = []ledger.Item{{Name: ledger.LastEvent, Hash: status.Head}, {Name: "shares.json", Hash: sha256.Sum256(shares)}}
	for _, f := range files {
		if slices.Contains(committed, f.Name) {
			d.log.items = append(d.log.items, ledger.Item{Name: f.Name, Hash: sha256.Sum256(f.Content)})
		}
	}
	return d.log.publish(ctx, ledger.NewResult(d.box.Election().UUID, d.log.salt, d.log.items))
}

// logOpened opens the result entry of that number.
func (d *demonstration) logOpened(ctx context.Context, result int64) error {
	_, err := d.log.publish(ctx, ledger.NewOpened(d.box.Election().UUID, result, d.log.salt, d.log.items))
	return err
}

// leaveLog leaves the files of the log in the folder, as anybody would fetch
// them.
func (d *demonstration) leaveLog(ctx context.Context) error {
	source, err := newLogSource(d.site.url.String())
	if err != nil {
		return err
	}
	m := mirror{dir: filepath.Join(d.out, logFolder), fetch: source.file}
	_, err = m.bring(ctx)
	return err
}

// removeLog removes the log of an earlier demonstration.
func removeLog(folder string) error {
	for _, name := range []string{ledger.CheckpointPath, ledger.PolicyPath, "tile"} {
		if err := os.RemoveAll(filepath.Join(folder, name)); err != nil {
			return err
		}
	}
	return nil
}

// logVerdict rechecks the log that was left, and the files beside it.
func (d *demonstration) logVerdict(ctx context.Context) error {
	dir := filepath.Join(d.out, logFolder)
	f, err := ledger.VerifyDir(ctx, dir, nil, pades.SignedOnly)
	if err == nil {
		err = f.Reason
	}
	if err != nil {
		return fmt.Errorf("homphieu-verify log: %w", err)
	}
	fmt.Fprintf(d.stdout, "homphieu-verify log %s\n  VALID · HỢP LỆ: %d entries, cosigned by %s\n", dir, f.Log.Size, orNobody(f.Log.Cosigned))
	return nil
}
