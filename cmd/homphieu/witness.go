package main

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/store/bolt"
	"github.com/homphieu/homphieu/tally/ledger"
	"github.com/homphieu/homphieu/tally/ledger/witness"
)

// witnessOptions are the options of homphieu witness.
type witnessOptions struct {
	data, listen, name, publicURL, cert, key string
	logs                                     []*ledger.Key
}

// keepWatch runs a witness of public logs.
func keepWatch(ctx context.Context, args []string, stdout io.Writer) (err error) {
	var o witnessOptions
	flags := flag.NewFlagSet("witness", flag.ContinueOnError)
	flags.StringVar(&o.data, "data", "witness", "folder of the witness's files")
	flags.StringVar(&o.listen, "listen", "localhost:8091", "address to listen at; without TLS only this computer's own")
	flags.StringVar(&o.name, "name", "", "name of this witness, taken when its key is made (default: this computer's)")
	flags.StringVar(&o.publicURL, "public-url", "", "where servers reach this witness (default: the address listened at)")
	flags.StringVar(&o.cert, "tls-cert", "", "certificate chain in PEM; read again when it changes")
	flags.StringVar(&o.key, "tls-key", "", "private key in PEM; read again when it changes")
	flags.Func("log", "key of a log to watch, as its /log/policy says it; may be given several times", func(text string) error {
		key, err := ledger.ParseKey(text)
		o.logs = append(o.logs, key)
		return err
	})
	if err := parseFlags(flags, args, 0); err != nil {
		return err
	}
	if (o.cert == "") != (o.key == "") {
		return usageError{errors.New("witness: --tls-cert and --tls-key go together")}
	}
	if o.cert == "" && !api.IsLoopback(o.listen) {
		return usageError{fmt.Errorf("witness: %s needs TLS: give --tls-cert and --tls-key, or listen on localhost", o.listen)}
	}
	if err := os.MkdirAll(o.data, 0o700); err != nil {
		return err
	}
	store, err := bolt.Open(filepath.Join(o.data, "witness.db"))
	if err != nil {
		return fmt.Errorf("witness: %w; is another homphieu using this --data?", err)
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	accuser := newAccuser(o, newLog())
	defer accuser.close()
	site, public, err := newWitnessSite(o, store.Witness(), accuser)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "witness %s %s\n", public, site.url)
	if len(o.logs) == 0 {
		fmt.Fprintln(stdout, "Chưa theo dõi sổ nào: chạy lại với --log KHÓA. / No log is watched yet: start again with --log KEY.")
	}
	return site.serve(ctx)
}

// newWitnessSite opens the socket of a witness, of whose refusals a hears. It
// returns the public half of its key as well.
func newWitnessSite(o witnessOptions, store ledger.WitnessStore, a *accuser) (s *site, public string, err error) {
	secret, public, err := o.keys()
	if err != nil {
		return nil, "", err
	}
	signer, err := ledger.NewCosigner(secret)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", filepath.Join(o.data, "witness.key"), err)
	}
	listener, err := net.Listen("tcp", o.listen)
	if err != nil {
		return nil, "", usageError{fmt.Errorf("witness: %w; choose another --listen", err)}
	}
	s = &site{listener: listener, grace: 15 * time.Second, stop: make(chan struct{})}
	if s.url, err = publicURL(serveOptions{listen: o.listen, publicURL: o.publicURL, cert: o.cert}, listener.Addr()); err != nil {
		return nil, "", errors.Join(err, listener.Close())
	}
	w := ledger.NewWitness(signer, store, o.logs...)
	s.server = &http.Server{
		Handler:           witness.NewHandler(w, func(body []byte, reason error) { a.hear(w, body, reason) }),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		WriteTimeout:      time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
	if o.cert != "" {
		certificate, err := newCertificate(o.cert, o.key, a.log)
		if err != nil {
			return nil, "", errors.Join(err, listener.Close())
		}
		s.server.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: certificate.get}
	}
	return s, public, nil
}

// keys reads the key pair of the witness, or makes one.
func (o *witnessOptions) keys() (secret, public string, err error) {
	return keyPair(filepath.Join(o.data, "witness.key"), func() (string, string, error) {
		name := o.name
		if name == "" {
			host, err := os.Hostname()
			if err != nil {
				return "", "", usageError{errors.New("witness: give --name")}
			}
			name = host
		}
		secret, public, err := ledger.GenerateWitnessKey(name)
		if err != nil {
			return "", "", usageError{fmt.Errorf("witness: --name %q: %w", name, err)}
		}
		return secret, public, nil
	})
}

// The most that strangers can make a witness keep.
const (
	maxKept    = 20 // files of each kind
	maxWaiting = 20 // checkpoints about which nothing is known yet
)

// An accuser keeps what convicts the logs of a witness. Everybody can send a
// witness what it must refuse; so an accuser keeps nothing about a good
// checkpoint, one file about a bad one, and asks one log at a time, while the
// witness goes on answering.
type accuser struct {
	folder string
	logs   []*ledger.Key
	log    *slog.Logger

	asking  context.Context
	stop    context.CancelFunc
	running sync.WaitGroup
	one     sync.Mutex // held by who asks a log

	mu      sync.Mutex // guards waiting and the files
	waiting map[[32]byte]bool
}

func newAccuser(o witnessOptions, logger *slog.Logger) *accuser {
	a := &accuser{folder: o.data, logs: o.logs, log: logger, waiting: map[[32]byte]bool{}}
	a.asking, a.stop = context.WithCancel(context.Background())
	return a
}

// close ends the questions that are under way. What is not answered yet counts
// as refused.
func (a *accuser) close() {
	a.stop()
	a.running.Wait()
}

// hear takes a request that the witness has refused because of what it has
// seen before. It returns at once.
func (a *accuser) hear(w *ledger.Witness, body []byte, reason error) {
	r, err := ledger.ParseRequest(body)
	if err != nil {
		return // refused before anything of it was believed
	}
	text, _, _ := strings.Cut(string(r.Checkpoint), "\n\n") // signatures can be added to it
	origin, _, _ := strings.Cut(text, "\n")
	at := slices.IndexFunc(a.logs, func(key *ledger.Key) bool { return key.Origin() == origin })
	if at < 0 {
		return
	}
	if stale := new(ledger.StaleError); errors.As(reason, &stale) && stale.Evidence != nil {
		a.keep("evidence", sha256.Sum256(stale.Evidence), stale.Evidence, reason)
		return
	}
	sum := sha256.Sum256([]byte(text))
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.waiting[sum] {
		return
	}
	if len(a.waiting) >= maxWaiting {
		a.log.Error("checkpoint refused; too many wait already for the log's tiles, nothing is kept of this one", "cause", reason.Error(), "checkpoint", text)
		return
	}
	a.waiting[sum] = true
	a.running.Go(func() {
		a.ask(w, a.logs[at], body, sum, reason)
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.waiting, sum)
	})
}

// ask finds out with the log's own tiles whether a checkpoint convicts it. The
// request with it is kept only as long as they cannot be had.
func (a *accuser) ask(w *ledger.Witness, key *ledger.Key, body []byte, sum [32]byte, reason error) {
	a.one.Lock()
	defer a.one.Unlock()
	ctx, cancel := context.WithTimeout(a.asking, time.Minute)
	defer cancel()
	evidence, err := witness.Evidence(ctx, w, key, body, reason)
	switch {
	case err != nil:
		a.keep("refused", sum, body, err)
	case evidence != nil:
		a.keep("evidence", sha256.Sum256(evidence), evidence, reason)
	}
}

// keep keeps a file once, and says so. Of requests that could not be judged only
// the last are kept: strangers can make any number of them.
func (a *accuser) keep(kind string, sum [32]byte, text []byte, cause error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	path := keptPath(a.folder, kind, sum)
	if _, err := os.Stat(path); err == nil {
		return
	}
	err := a.room(kind)
	if err == nil {
		err = writeWhole(path, text)
	}
	if err != nil {
		a.log.Error("evidence not kept", "cause", err.Error())
	}
	a.log.Error("checkpoint refused", "cause", cause.Error(), "file", path)
}

// room makes room for one file more of a kind, or says that there is none.
func (a *accuser) room(kind string) error {
	kept, err := filepath.Glob(filepath.Join(a.folder, kind+"-*.txt"))
	if err != nil || len(kept) < maxKept {
		return err
	}
	if kind != "refused" {
		return fmt.Errorf("%s: there are %d files of this kind already", a.folder, len(kept))
	}
	var oldest string
	var when time.Time
	for _, path := range kept {
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		if oldest == "" || info.ModTime().Before(when) {
			oldest, when = path, info.ModTime()
		}
	}
	return os.Remove(oldest)
}

// keptPath is where a file is kept about the thing with the given hash.
func keptPath(folder, kind string, sum [32]byte) string {
	return filepath.Join(folder, fmt.Sprintf("%s-%x.txt", kind, sum[:8]))
}

// keepFile keeps a file once, under a name that follows from its content.
func keepFile(folder, kind string, text []byte) (path string, err error) {
	path = keptPath(folder, kind, sha256.Sum256(text))
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	return path, writeWhole(path, text)
}
