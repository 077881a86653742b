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
	"strings"
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
	site, public, err := newWitnessSite(o, store.Witness(), newLog())
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "witness %s %s\n", public, site.url)
	if len(o.logs) == 0 {
		fmt.Fprintln(stdout, "Chưa theo dõi sổ nào: chạy lại với --log KHÓA. / No log is watched yet: start again with --log KEY.")
	}
	return site.serve(ctx)
}

// newWitnessSite opens the socket of a witness. It returns the public half of
// its key as well.
func newWitnessSite(o witnessOptions, store ledger.WitnessStore, logger *slog.Logger) (s *site, public string, err error) {
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
		Handler:           witness.NewHandler(w, func(body []byte, reason error) { o.accuse(w, body, reason, logger) }),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		WriteTimeout:      time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
	if o.cert != "" {
		certificate, err := newCertificate(o.cert, o.key, logger)
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

// accuse keeps what convicts a log, or at least what was refused, and says so.
func (o *witnessOptions) accuse(w *ledger.Witness, body []byte, reason error, logger *slog.Logger) {
	r, err := ledger.ParseRequest(body)
	if err != nil {
		return // refused before anything of it was believed
	}
	origin, _, _ := strings.Cut(string(r.Checkpoint), "\n")
	for _, key := range o.logs {
		if key.Origin() != origin {
			continue
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		kind, text := "evidence", body
		if evidence, err := witness.Evidence(ctx, w, key, body, reason); err == nil {
			text = evidence
		} else {
			kind = "refused"
		}
		path, err := keepFile(o.data, kind, text)
		logger.Error("checkpoint refused", "log", origin, "cause", reason.Error(), "file", path)
		if err != nil {
			logger.Error("evidence not kept", "cause", err.Error())
		}
		return
	}
}

// keepFile keeps a file once, under a name that follows from its content.
func keepFile(folder, kind string, text []byte) (path string, err error) {
	sum := sha256.Sum256(text)
	path = filepath.Join(folder, fmt.Sprintf("%s-%x.txt", kind, sum[:8]))
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	return path, writeWhole(path, text)
}
