package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/report"
	"github.com/homphieu/homphieu/store/bolt"
)

// demoOptions are the options of homphieu demo.
type demoOptions struct {
	out, table, board, listen string
	voters, people            int
	hold, province            bool
}

// The vote made up when only one of --voters and --people is given.
const (
	defaultVoters = 100
	defaultPeople = 14
)

// The largest vote that is demonstrated.
const (
	maxVoters = 100_000
	maxPeople = 200
)

// heldFile says where the open poll of a held demonstration is.
const heldFile = "demo.json"

// demoTitle is the name of the demonstrated meeting.
const demoTitle = "Hội nghị lấy phiếu tín nhiệm (trình diễn)"

// demo holds one complete vote: a real server, real HTTP, and simulated voters
// and board.
func demo(ctx context.Context, args []string, stdout io.Writer) error {
	var o demoOptions
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	flags.StringVar(&o.out, "out", "", "folder for the archive and the result")
	flags.IntVar(&o.voters, "voters", 0, "number of slips; with a table the rest stays unused, else the votes are made up")
	flags.IntVar(&o.people, "people", 0, "number of persons of a made-up vote")
	flags.StringVar(&o.table, "table", "", "CSV file with the vote to repeat (default: National Assembly, 2018)")
	flags.StringVar(&o.board, "board", "2/3", "counting board: T/M, any T of M members decrypt")
	flags.StringVar(&o.listen, "listen", "127.0.0.1:0", "loopback address of the server")
	flags.BoolVar(&o.hold, "hold", false, "stop with the poll open and nothing cast, and serve until interrupted")
	flags.BoolVar(&o.province, "province", false, "instead of one vote: a round of votes in twelve agencies, as Công văn 1535-CV/BTCTU orders it")
	if err := parseFlags(flags, args, 0); err != nil {
		return err
	}
	if o.province {
		return demoProvince(ctx, o, stdout)
	}
	d, err := newDemo(ctx, o, stdout)
	if err != nil {
		return err
	}
	return errors.Join(d.run(ctx), d.close())
}

// A demonstration is one vote from keys to verdicts.
type demonstration struct {
	demoOptions
	stdout  io.Writer
	plan    *table
	folder  string // of the server's files, removed at the end
	store   *bolt.Store
	site    *site
	board   *meeting.TrialBoard
	box     box.Box
	log     *trialLog
	secrets []ballot.Credential
}

func newDemo(ctx context.Context, o demoOptions, stdout io.Writer) (*demonstration, error) {
	d := &demonstration{demoOptions: o, stdout: stdout}
	t, m, err := o.check()
	if err != nil {
		return nil, err
	}
	if d.plan, err = o.plan(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(o.out, 0o750); err != nil {
		return nil, err
	}
	if err := d.removeLeftovers(); err != nil {
		return nil, err
	}
	if d.folder, err = os.MkdirTemp("", "homphieu-demo-"); err != nil {
		return nil, err
	}
	if err := d.prepare(ctx, t, m); err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

// removeLeftovers removes what an earlier demonstration left under names that
// are the same for every poll: nobody takes it for this one's.
func (o *demoOptions) removeLeftovers() error {
	for _, name := range append(report.Names(maxPeople), heldFile) {
		if err := os.Remove(filepath.Join(o.out, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return removeLog(filepath.Join(o.out, logFolder))
}

func (o *demoOptions) check() (t, m int, err error) {
	if o.out == "" {
		return 0, 0, usageError{errors.New("demo: --out is needed")}
	}
	threshold, size, _ := strings.Cut(o.board, "/")
	t, errT := strconv.Atoi(threshold)
	m, errM := strconv.Atoi(size)
	if errors.Join(errT, errM) != nil || t < 1 || t > m || m > 50 {
		return 0, 0, usageError{fmt.Errorf("demo: --board %s: not T/M with 1 ≤ T ≤ M ≤ 50", o.board)}
	}
	if o.table != "" && o.people != 0 {
		return 0, 0, usageError{errors.New("demo: --table says which persons there are, without --people")}
	}
	if o.voters < 0 || o.people < 0 || o.voters > maxVoters || o.people > maxPeople {
		return 0, 0, usageError{fmt.Errorf("demo: at most %d --voters and %d --people", maxVoters, maxPeople)}
	}
	if !api.IsLoopback(o.listen) {
		return 0, 0, usageError{fmt.Errorf("demo: --listen %s: not a loopback address", o.listen)}
	}
	return t, m, nil
}

func (o *demoOptions) plan() (*table, error) {
	if o.table != "" || (o.voters == 0 && o.people == 0) {
		t, err := loadTable(o.table)
		if err == nil && o.voters != 0 && o.voters < t.collected {
			return nil, usageError{fmt.Errorf("demo: --voters %d: the table has %d ballots", o.voters, t.collected)}
		}
		return t, err
	}
	voters, people := o.voters, o.people
	if voters == 0 {
		voters = defaultVoters
	}
	if people == 0 {
		people = defaultPeople
	}
	return randomTable(voters, people), nil
}

// prepare makes the board's keys and the slips, seals the poll, opens it, and
// starts to listen.
func (d *demonstration) prepare(ctx context.Context, t, m int) (err error) {
	if d.board, err = meeting.NewTrialBoard(t, m); err != nil {
		return err
	}
	draft := ballot.Draft{
		Name: demoTitle, Description: "Trình diễn trên máy này\n" + time.Now().Format("02/01/2006"),
		UUID: ballot.NewUUID(), PublicKey: d.board.Trustees().PublicKey(),
	}
	for _, p := range d.plan.persons {
		draft.Questions = append(draft.Questions, meeting.Question(p.title, ""))
	}
	e, err := ballot.NewElection(draft)
	if err != nil {
		return err
	}
	var credentials []byte
	if d.secrets, credentials, err = meeting.NewCredentials(e.UUID, max(d.voters, d.plan.collected)); err != nil {
		return err
	}
	if d.store, err = bolt.Open(filepath.Join(d.folder, "homphieu.db")); err != nil {
		return err
	}
	d.box, err = meeting.Seal(ctx, d.store, box.Setup{
		Election: e.Raw(), Trustees: d.board.Trustees().Raw(), Credentials: credentials,
		Timestamp: time.Now().Unix(), Settings: d.plan.settings(),
	})
	if err != nil {
		return err
	}
	if err := d.box.Open(ctx); err != nil {
		return err
	}
	if d.log, err = newTrialLog(d.folder); err != nil {
		return err
	}
	server := serveOptions{data: d.folder, listen: d.listen, witnesses: filepath.Join(d.folder, witnessFile), ledger: d.store.Ledger()}
	if d.site, err = newSite(server, api.Config{Store: d.store}); err != nil {
		return err
	}
	if err = d.log.watch(ctx, d.site.log); err == nil {
		err = d.logSealed(ctx)
	}
	if err != nil {
		return errors.Join(err, d.site.listener.Close())
	}
	return nil
}

// close lets everything go that newDemo took.
func (d *demonstration) close() error {
	var err error
	if d.log != nil {
		err = d.log.close()
	}
	if d.store != nil {
		err = errors.Join(err, d.store.Close())
	}
	return errors.Join(err, os.RemoveAll(d.folder))
}

// run serves while the vote goes on, and stops the server afterwards.
func (d *demonstration) run(ctx context.Context) error {
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	served := make(chan error, 1)
	go func() { served <- d.site.serve(serving) }()
	vote := d.vote
	if d.hold {
		vote = d.waitForVotes
	}
	err := vote(ctx)
	if err == nil {
		// Once interrupted, the count still has to be finished.
		err = d.count(context.WithoutCancel(ctx))
	}
	stop()
	return errors.Join(err, <-served)
}

// heldPoll is the content of heldFile.
type heldPoll struct {
	URL         string   `json:"url"`
	UUID        string   `json:"uuid"`
	Credentials []string `json:"credentials"`
}

// waitForVotes tells where the open poll is and waits until interrupted.
func (d *demonstration) waitForVotes(ctx context.Context) error {
	held := heldPoll{URL: d.site.url.String(), UUID: string(d.box.Election().UUID)}
	for _, c := range d.secrets {
		held.Credentials = append(held.Credentials, c.Code())
	}
	text, err := json.Marshal(held)
	if err != nil {
		return err
	}
	path := filepath.Join(d.out, heldFile)
	if err := writeWhole(path, text); err != nil {
		return err
	}
	fmt.Fprintf(d.stdout, "poll open at %s with %d slips, see %s\nfirst slip: %s\ninterrupt to close and count\n",
		d.site.url, len(d.secrets), path, d.secrets[0].Link(d.site.url.String(), ballot.OnePaper(d.box.Election())))
	<-ctx.Done()
	return nil
}

// writeWhole puts a file in place in one piece, so that who waits for it never
// reads half of it, and a kill leaves all of it or nothing.
func writeWhole(path string, content []byte) error {
	file, err := os.OpenFile(path+".part", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}

// count closes, counts and publishes as the board would, and leaves the files.
func (d *demonstration) count(ctx context.Context) error {
	if err := meeting.CloseTrial(ctx, d.box, d.board, d.slips()); err != nil {
		return err
	}
	if err := d.logClosed(ctx); err != nil {
		return err
	}
	status, err := d.box.Status(ctx) // now that no more can come
	if err != nil {
		return err
	}
	if status.Accepted == 0 {
		fmt.Fprintln(d.stdout, "no ballot was cast: closed, nothing to count")
		return errors.Join(d.download(ctx, "archive", "closing"), d.leaveLog(ctx))
	}
	outcome, err := d.outcome(ctx)
	if err != nil {
		return err
	}
	if !d.hold {
		if err := d.plan.compare(outcome); err != nil {
			return err
		}
	}
	if err := d.publish(ctx, outcome); err != nil {
		return err
	}
	printOutcome(d.stdout, outcome)
	fmt.Fprintf(d.stdout, "papers in %s: minutes.pdf, report.pdf and more, signed by invented people; %s says whom to trust\n\n", d.out, report.AuthorityFile)
	return d.verdicts(ctx)
}

// publish prints and signs the papers, publishes the result, and leaves all
// files. The log first commits to what was printed, and opens it afterwards.
func (d *demonstration) publish(ctx context.Context, o *meeting.Outcome) error {
	office, err := newTrialOffice(time.Now())
	if err != nil {
		return err
	}
	files, err := office.press.Print(o)
	if err != nil {
		return err
	}
	number, err := d.logResult(ctx, files)
	if err != nil {
		return err
	}
	if err := d.papers(office, files); err != nil {
		return err
	}
	if err := d.box.Publish(ctx); err != nil {
		return err
	}
	if err := d.logOpened(ctx, number); err != nil {
		return err
	}
	if err := d.download(ctx, "archive", "shares", "closing"); err != nil {
		return err
	}
	return d.leaveLog(ctx)
}
