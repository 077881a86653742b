package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/tally/ledger"
	"github.com/homphieu/homphieu/tally/ledger/witness"
)

// openLog opens the public log with the key in the data folder, which is made
// for the server's address at the first start and keeps that name.
func openLog(o serveOptions, at *url.URL, logger *slog.Logger) (*witness.Publisher, error) {
	path := filepath.Join(o.data, "log.key")
	signer, key, err := logKey(path, at.Host+"/log")
	if err != nil {
		return nil, err
	}
	config := witness.Config{
		Store: o.ledger, Signer: signer, Key: key, Without: o.without, Log: logger,
		Keep: func(evidence []byte) error {
			_, err := keepFile(o.data, "evidence", evidence)
			return err
		},
	}
	if o.witnesses != "" {
		text, err := os.ReadFile(o.witnesses)
		if err != nil {
			return nil, err
		}
		if config.Settings, err = witness.ParseSettings(text); err != nil {
			return nil, usageError{fmt.Errorf("serve: --witnesses %s: %w", o.witnesses, err)}
		}
	}
	if err := o.recoverEntries(config); err != nil {
		return nil, err
	}
	p, err := witness.NewPublisher(context.Background(), config)
	switch {
	case errors.Is(err, witness.ErrSettings):
		return nil, usageError{fmt.Errorf("serve: --without-witness: %w", err)}
	case errors.Is(err, ledger.ErrPolicy):
		return nil, usageError{fmt.Errorf("serve: --witnesses %s: %w", o.witnesses, err)}
	case errors.Is(err, ledger.ErrCheckpoint):
		return nil, fmt.Errorf("serve: %s is not the key of the public log in this folder; put the old file back: %w", path, err)
	}
	return p, err
}

// warnOfOrigin says that a log with witnesses has a name by which nobody else
// finds it. The name stands in the key, and so in what witnesses keep: it is
// that of the address at which the server was first started.
func warnOfOrigin(o *serveOptions, key *ledger.Key, logger *slog.Logger) {
	host, _, _ := strings.Cut(key.Origin(), "/")
	if o.witnesses == "" || !api.IsLoopback(host) {
		return
	}
	logger.Warn("public log is named after this computer alone; witnesses elsewhere cannot look at it. "+
		"Begin with the final --public-url in a new --data folder", "origin", key.Origin())
}

// logKey reads the key of the log, or makes one.
func logKey(path, origin string) (note.Signer, *ledger.Key, error) {
	secret, public, err := keyPair(path, func() (string, string, error) { return ledger.GenerateKey(origin) })
	if err != nil {
		return nil, nil, err
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		return nil, nil, fmt.Errorf("log key %s: %w", path, err)
	}
	key, err := ledger.ParseKey(public)
	if err != nil {
		return nil, nil, fmt.Errorf("log key %s: %w", path, err)
	}
	return signer, key, nil
}

// recoverEntries adds what the store lacks from a copy of the log.
func (o *serveOptions) recoverEntries(c witness.Config) (err error) {
	if o.recoverLog == "" {
		return nil
	}
	folder, err := os.OpenRoot(o.recoverLog)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	log, err := ledger.NewLog(context.Background(), c.Store, c.Signer, c.Key, nil)
	if err != nil {
		return err
	}
	if err := log.Recover(context.Background(), ledger.Dir(folder.FS())); err != nil {
		return fmt.Errorf("serve: --recover-log %s: %w", o.recoverLog, err)
	}
	return nil
}
