package main

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/homphieu/homphieu/report"
	"github.com/homphieu/homphieu/report/identity"
)

// sealFile is the server's own seal, among its files: as secret as its key.
const sealFile = "seal.pem"

// newPress returns the press of a server: with the seal that the office gave
// it, or else with one of its own, which says that it has no legal value.
func (o *serveOptions) newPress() (*report.Press, error) {
	p := &report.Press{Program: programName(), Clock: time.Now}
	var err error
	if p.Seal, err = o.seal(time.Now()); err != nil {
		return nil, fmt.Errorf("serve: seal: %w", err)
	}
	if o.trust == "" {
		return p, nil
	}
	text, err := os.ReadFile(o.trust)
	if err != nil {
		return nil, err
	}
	p.Roots = x509.NewCertPool()
	if !p.Roots.AppendCertsFromPEM(text) {
		return nil, usageError{fmt.Errorf("serve: --trust %s: no certificate in PEM", o.trust)}
	}
	return p, nil
}

func (o *serveOptions) seal(now time.Time) (identity.Identity, error) {
	if o.sealKey == "" {
		name, err := o.sealName()
		if err != nil {
			return identity.Identity{}, err
		}
		return ownSeal(filepath.Join(o.data, sealFile), name, now)
	}
	content, err := os.ReadFile(o.sealKey)
	if err != nil {
		return identity.Identity{}, err
	}
	password, err := os.ReadFile(o.sealPassword)
	if err != nil {
		return identity.Identity{}, err
	}
	line, _, _ := strings.Cut(string(password), "\n")
	seal, err := identity.ParsePKCS12(content, strings.TrimRight(line, "\r"), now)
	if err != nil {
		return seal, usageError{fmt.Errorf("%s: %w", o.sealKey, err)}
	}
	if len(seal.Chain) == 1 { // ca.pem would be the seal itself, which nobody can trust
		return seal, usageError{fmt.Errorf("%s: has the certificate of the seal alone; export it again with that of the authority that issued it", o.sealKey)}
	}
	return seal, nil
}

// sealWords is what the name of a server's own seal begins with.
const sealWords = "Niêm phong của máy chủ "

// mostSealName is how long that name may be, in characters (X.520, ub-common-name).
const mostSealName = 64

// sealName is the host that people know the server by, of a long one its end.
func (o *serveOptions) sealName() (string, error) {
	host := o.listen
	if o.publicURL != "" {
		u, err := parsePublicURL(o.publicURL)
		if err != nil {
			return "", fmt.Errorf("--public-url: %w", err)
		}
		host = u.Host
	}
	name, room := []rune(host), mostSealName-utf8.RuneCountInString(sealWords)
	if len(name) > room {
		return "…" + string(name[len(name)-room+1:]), nil
	}
	return host, nil
}

// ownSeal reads the seal that this server made for itself, or makes one. One
// that has run out is replaced: papers that it sealed say when. So is one that is
// not valid yet, since it was made while the clock was ahead.
func ownSeal(path, name string, now time.Time) (identity.Identity, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return newSeal(path, name, now)
	}
	if err != nil {
		return identity.Identity{}, err
	}
	seal, err := readSeal(text, now)
	if errors.Is(err, identity.ErrExpired) || errors.Is(err, identity.ErrNotYetValid) {
		return newSeal(path, name, now)
	}
	if err != nil {
		return seal, fmt.Errorf("%s: %w", path, err)
	}
	return seal, nil
}

// readSeal takes the file as newSeal wrote it, to the byte: a seal without its
// authority would still seal.
func readSeal(text []byte, now time.Time) (identity.Identity, error) {
	seal, err := identity.ParsePEM(text, now)
	if err != nil {
		return seal, err
	}
	if whole, err := seal.MarshalPEM(); err != nil || !bytes.Equal(whole, text) {
		return seal, identity.ErrMalformed
	}
	return seal, nil
}

func newSeal(path, name string, now time.Time) (identity.Identity, error) {
	authority, err := identity.NewTrial(name, now)
	if err != nil {
		return identity.Identity{}, err
	}
	seal, err := authority.Issue(sealWords+name, "seal", now)
	if err != nil {
		return identity.Identity{}, err
	}
	text, err := seal.MarshalPEM()
	if err != nil {
		return identity.Identity{}, err
	}
	return seal, writeWhole(path, text)
}
