package main

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// certificate serves a certificate from files and reads them again when they
// change, so that renewing it needs no restart.
type certificate struct {
	certFile, keyFile string
	log               *slog.Logger

	mu      sync.Mutex
	current *tls.Certificate
	changed [2]time.Time // of both files, when current was read
	warned  string       // why a new one was not taken, as logged last
}

func newCertificate(certFile, keyFile string, logger *slog.Logger) (*certificate, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile, log: logger}
	if err := c.reload(); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.reload(); err != nil {
		// A half-written renewal must not end the service. It is logged once:
		// an entry for each connection would tell when voters come.
		if cause := err.Error(); cause != c.warned {
			c.warned = cause
			c.log.Warn("certificate kept", "cause", cause)
		}
	}
	return c.current, nil
}

// reload reads the files if they changed since they were read.
func (c *certificate) reload() error {
	changed, err := modified(c.certFile, c.keyFile)
	if err != nil {
		return err
	}
	if c.current != nil && changed == c.changed {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return fmt.Errorf("certificate: %w", err)
	}
	c.current, c.changed, c.warned = &pair, changed, ""
	return nil
}

func modified(files ...string) (times [2]time.Time, err error) {
	for i, name := range files {
		info, err := os.Stat(name)
		if err != nil {
			return times, err
		}
		times[i] = info.ModTime()
	}
	return times, nil
}
