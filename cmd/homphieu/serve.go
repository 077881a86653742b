package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/meeting/staff"
	"github.com/homphieu/homphieu/store/bolt"
	"github.com/homphieu/homphieu/tally/ledger"
	"github.com/homphieu/homphieu/tally/ledger/witness"
)

// serveOptions are the options of homphieu serve.
type serveOptions struct {
	data, listen, publicURL, cert, key string
	sealKey, sealPassword, trust       string
	witnesses, recoverLog              string
	without                            []string // witnesses whose answer the log does not wait for
	claim                              bool

	ledger ledger.Store // of the public log; nil keeps none
	rounds round.Store  // of rounds that this server's office has ordered; nil keeps none
}

func serve(ctx context.Context, args []string, stdout io.Writer) (err error) {
	var o serveOptions
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	flags.StringVar(&o.data, "data", "data", "folder of the server's files")
	flags.StringVar(&o.listen, "listen", "localhost:8080", "address to listen at; without TLS only this computer's own")
	flags.StringVar(&o.publicURL, "public-url", "", "what links on slips begin with (default: the address listened at)")
	flags.StringVar(&o.cert, "tls-cert", "", "certificate chain in PEM; read again when it changes")
	flags.StringVar(&o.key, "tls-key", "", "private key in PEM; read again when it changes")
	flags.StringVar(&o.sealKey, "seal", "", "PKCS#12 file with which papers are sealed (default: a key of this server's own, without legal value)")
	flags.StringVar(&o.sealPassword, "seal-password-file", "", "file with the password of --seal")
	flags.StringVar(&o.trust, "trust", "", "certificates in PEM of the authorities whose signatures on papers count as trusted, and by which a superior's server is known")
	flags.StringVar(&o.witnesses, "witnesses", "", "file that names the witnesses of the public log and how many must cosign (default: none)")
	flags.Func("without-witness", "name of a witness of --witnesses without whose answer the log goes on, because it is lost or wrong; may be given several times", func(name string) error {
		o.without = append(o.without, name)
		return nil
	})
	flags.StringVar(&o.recoverLog, "recover-log", "", "folder with a copy of the public log, from which entries are taken that a restored backup lacks")
	flags.BoolVar(&o.claim, "claim", false, "print a link that makes a new administrator, also when there is one")
	if err := parseFlags(flags, args, 0); err != nil {
		return err
	}
	if (o.cert == "") != (o.key == "") {
		return usageError{errors.New("serve: --tls-cert and --tls-key go together")}
	}
	if (o.sealKey == "") != (o.sealPassword == "") {
		return usageError{errors.New("serve: --seal and --seal-password-file go together")}
	}
	if o.cert == "" && !api.IsLoopback(o.listen) {
		return usageError{fmt.Errorf("serve: %s needs TLS: give --tls-cert and --tls-key, or listen on localhost", o.listen)}
	}
	if err := os.MkdirAll(o.data, 0o700); err != nil {
		return err
	}
	press, err := o.newPress()
	if err != nil {
		return err
	}
	store, err := bolt.Open(filepath.Join(o.data, "homphieu.db"))
	if err != nil {
		return fmt.Errorf("serve: %w; is another homphieu using this --data?", err)
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	office := meeting.Office{Meetings: store, Boxes: store, Clock: time.Now}
	if err := office.Resume(ctx); err != nil {
		// One meeting that cannot go on must not keep the others from it.
		newLog().Error("meeting not resumed", "cause", err.Error())
	}
	config := api.Config{Store: store, Trials: store, Meetings: store, Staff: store, Audit: store, Press: press}
	if o.behindProxy() {
		config.Trials = nil // who comes through a proxy looks as if sitting here
	}
	o.ledger, o.rounds = store.Ledger(), store.Rounds()
	site, err := newSite(o, config)
	if err != nil {
		return err
	}
	warnOfOrigin(&o, site.log.Key, newLog())
	offer, err := offerAdministrator(ctx, staff.NewRegister(store, store, time.Now), o.claim, site.url)
	if err != nil {
		return errors.Join(err, site.listener.Close())
	}
	fmt.Fprintf(stdout, "Hòm phiếu: %s\n%sSổ công bố / public log: %s\n", site.url, offer, site.log)
	return site.serve(ctx)
}

// offerAdministrator returns a line with a link by which somebody becomes
// administrator, if there is none or always is set, and otherwise nothing. Who
// reads what this program prints also holds its disk, and needs no link.
func offerAdministrator(ctx context.Context, r *staff.Register, always bool, site *url.URL) (line string, err error) {
	has, err := r.HasAdministrator(ctx)
	if err != nil || (has && !always) {
		return "", err
	}
	token, err := r.OfferAdministrator(ctx)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("Quản trị viên / administrator: %s#%s\n", site.JoinPath("staff", "claim"), token), nil
}

// behindProxy reports whether something else must be answering at the public
// address and handing requests on.
func (o *serveOptions) behindProxy() bool {
	return o.cert == "" && o.publicURL != "" && !strings.HasPrefix(o.publicURL, "http://")
}

// newLog returns the log, which goes to standard error.
func newLog() *slog.Logger { return slog.New(slog.NewJSONHandler(os.Stderr, nil)) }

// A site is a server with the socket that it listens at.
type site struct {
	listener net.Listener
	server   *http.Server
	url      *url.URL
	grace    time.Duration      // for requests under way when the server stops
	stop     chan struct{}      // closed when it stops, for streams
	log      *witness.Publisher // nil keeps no public log
	rounds   *round.Office      // nil has no rounds
	courier  *courier           // nil carries no packages
}

// newSite opens the socket and puts the server together over the stores of
// config. The log goes to standard error.
func newSite(o serveOptions, config api.Config) (*site, error) {
	listener, err := net.Listen("tcp", o.listen)
	if err != nil {
		return nil, usageError{fmt.Errorf("serve: %w; choose another --listen", err)}
	}
	logger := newLog()
	s := &site{listener: listener, grace: 15 * time.Second, stop: make(chan struct{})}
	if s.url, err = publicURL(o, listener.Addr()); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	if o.ledger != nil {
		if s.log, err = openLog(o, s.url, logger); err != nil {
			return nil, errors.Join(err, listener.Close())
		}
		config.Ledger = s.log
	}
	config.PublicURL, config.Log, config.Stop = s.url, logger, s.stop
	if err := s.joinRounds(o, &config); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	config.Receipts, config.Verifier, err = receiptKey(filepath.Join(o.data, "receipt.key"), s.url.Hostname())
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	s.server = &http.Server{
		Handler:           api.New(config),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		WriteTimeout:      10 * time.Minute, // an archive over a slow line
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		// The standard log would name the addresses of phones.
		ErrorLog: log.New(io.Discard, "", 0),
	}
	if o.cert != "" {
		certificate, err := newCertificate(o.cert, o.key, logger)
		if err != nil {
			return nil, errors.Join(err, listener.Close())
		}
		s.server.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: certificate.get}
	}
	return s, nil
}

// serve answers until ctx ends, then lets requests under way finish. Those that
// take longer are broken off.
func (s *site) serve(ctx context.Context) error {
	collectSeldom()
	defer s.work(ctx)() // the store is closed afterwards
	done := make(chan error, 1)
	go func() {
		if s.server.TLSConfig != nil {
			done <- s.server.ServeTLS(s.listener, "", "")
		} else {
			done <- s.server.Serve(s.listener)
		}
	}()
	select {
	case err := <-done:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	close(s.stop)
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.grace)
	defer cancel()
	if err := s.server.Shutdown(grace); !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return s.server.Close()
}

// work begins what goes on beside answering, and returns what ends it.
func (s *site) work(ctx context.Context) (end func()) {
	ctx, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	if s.log != nil {
		running.Go(func() { s.log.Run(ctx) })
	}
	if s.courier != nil {
		running.Go(func() { s.courier.run(ctx) })
	}
	if s.rounds != nil {
		running.Go(func() { s.rounds.Work(ctx) })
	}
	return func() {
		stop()
		running.Wait()
	}
}

// publicURL returns the address that voters open.
func publicURL(o serveOptions, listening net.Addr) (*url.URL, error) {
	text := o.publicURL
	if text == "" {
		host, _, _ := net.SplitHostPort(o.listen)
		_, port, err := net.SplitHostPort(listening.String())
		if err != nil {
			return nil, err
		}
		if host == "" {
			host = "localhost"
		}
		text = "http://" + net.JoinHostPort(host, port)
		if o.cert != "" {
			text = "https" + strings.TrimPrefix(text, "http")
		}
	}
	u, err := parsePublicURL(text)
	if err != nil {
		return nil, fmt.Errorf("serve: --public-url: %w", err)
	}
	return u, nil
}

// parsePublicURL takes an https address, or an http one of this computer.
func parsePublicURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, usageError{err}
	}
	secure := u.Scheme == "https" || (u.Scheme == "http" && api.IsLoopback(u.Host))
	if !secure || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return nil, usageError{fmt.Errorf("%q is not https://NAME, without query and fragment", text)}
	}
	return u, nil
}

// receiptKey reads the key that signs receipts, or makes one.
func receiptKey(path, name string) (note.Signer, string, error) {
	secret, public, err := keyPair(path, func() (string, string, error) { return note.GenerateKey(rand.Reader, name) })
	if err != nil {
		return nil, "", err
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		return nil, "", fmt.Errorf("receipt key %s: %w", path, err)
	}
	return signer, public, nil
}

// keyPair reads a file of two lines, the secret and the public half of a key in
// the form of golang.org/x/mod/sumdb/note, or makes it.
func keyPair(path string, generate func() (secret, public string, err error)) (secret, public string, err error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		if secret, public, err = generate(); err != nil {
			return "", "", err
		}
		return secret, public, writeWhole(path, []byte(secret+"\n"+public+"\n"))
	}
	if err != nil {
		return "", "", err
	}
	secret, public, _ = strings.Cut(strings.TrimSpace(string(text)), "\n")
	return secret, public, nil
}
