package main

import (
	"context"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/report"
	"github.com/homphieu/homphieu/report/identity"
	"github.com/homphieu/homphieu/report/parcel"
	"github.com/homphieu/homphieu/tally/ledger"
	"github.com/homphieu/homphieu/tally/ledger/witness"
)

// A packer makes packages under the server's seal, with what its public log says
// of each poll. It implements meeting.Packer.
type packer struct {
	seal identity.Identity
	log  *witness.Publisher // nil where no log is kept
}

// Pack implements meeting.Packer.
func (k *packer) Pack(ctx context.Context, p *meeting.Parcel) ([]byte, string, error) {
	a := p.Assignment
	c := round.Claim{
		Kind: round.KindNotice, Round: a.Round, Agency: a.Agency, Group: a.Group, Made: p.Made.UTC().Truncate(time.Second),
		Prepared: a.Prepared, Condition: a.Condition(), Planned: p.Planned, Voted: p.Voted,
	}
	if p.Notice {
		return parcel.Pack(c, parcel.Contents{}, k.seal)
	}
	c.Kind, c.Poll, c.Meeting, c.Supersedes, c.Why, c.ByHand = round.KindResult, p.Poll, p.Meeting, p.Corrects, p.Why, p.ByHand
	if p.Papers > 1 {
		c.Papers = p.Papers
	}
	proof, err := k.proof(ctx, p)
	if err != nil {
		return nil, "", err
	}
	return parcel.Pack(c, parcel.Contents{Archive: p.Archive, Shares: p.Shares, Closing: p.Closing, Printed: p.Files, Log: proof}, k.seal)
}

// resultPlace is how many entries of a poll there are when the log has its
// result: sealed, closed, result.
const resultPlace = 3

// proof is what the log says of a poll. As long as the result is not under a
// checkpoint with enough cosignatures there is none.
func (k *packer) proof(ctx context.Context, p *meeting.Parcel) (*parcel.LogProof, error) {
	if k.log == nil {
		return nil, nil
	}
	entries, err := k.log.Prove(ctx, p.Poll)
	if errors.Is(err, ledger.ErrNotFound) || len(entries) < resultPlace {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	proof := &parcel.LogProof{Policy: k.log.Policy(), Entries: entries}
	if n, err := hex.Decode(proof.Salt[:], []byte(p.Salt)); err != nil || n != len(proof.Salt) {
		return nil, fmt.Errorf("salt of %s: malformed", p.Poll)
	}
	return proof, nil
}

// Receipt implements meeting.Packer.
func (k *packer) Receipt(text []byte, a *meeting.Assignment) (string, error) {
	r, err := parcel.OpenReceipt(text, a.Key)
	switch {
	case err != nil:
		return "", &meeting.Refusal{
			Cause: fmt.Errorf("%w: %w", meeting.ErrReceipt, err), Field: "file",
			What: meeting.Text{Vi: "không phải biên nhận ký bằng khóa của cấp trên trong đợt này", En: "not a receipt signed with the superior's key of this round"},
		}
	case r.Round != a.Round || r.Agency != a.Agency || r.Group != a.Group:
		return "", &meeting.Refusal{
			Cause: meeting.ErrReceipt, Field: "file",
			What: meeting.Text{Vi: "biên nhận của đợt, cơ quan hoặc nhóm chức danh khác", En: "a receipt of another round, agency or group"},
		}
	}
	return r.Package, nil
}

// A noteSigner signs receipts of packages with the key of the public log. It
// implements round.Signer: what it signs begins with another line than any
// checkpoint.
type noteSigner struct{ signer note.Signer }

// Sign implements round.Signer.
func (s noteSigner) Sign(text string) ([]byte, error) {
	return note.Sign(&note.Note{Text: text}, s.signer)
}

// A packageLog notes packages in the public log. It implements round.Log.
type packageLog struct{ log *witness.Publisher }

// AppendPackage implements round.Log.
func (l packageLog) AppendPackage(ctx context.Context, agency, hash string) (int64, error) {
	body := ledger.Package{Agency: agency}
	if n, err := hex.Decode(body.Hash[:], []byte(hash)); err != nil || n != len(body.Hash) {
		return 0, fmt.Errorf("package %q: %w", hash, ledger.ErrEntry)
	}
	numbers, err := l.log.Append(ctx, body)
	if err != nil {
		return 0, err
	}
	return numbers[0], nil
}

// joinRounds puts together what packages go out and come in by: the agency's side
// for the meetings of this server, and the superior's for its rounds.
// Both need the server's seal, and the second its public log.
func (s *site) joinRounds(o serveOptions, config *api.Config) error {
	press, sealed := config.Press.(*report.Press)
	if !sealed {
		return nil
	}
	roots, err := trustedServers(o.trust)
	if err != nil {
		return err
	}
	if config.Meetings != nil {
		s.courier = newCourier(roots, config.Log)
		config.Packer, config.Courier = &packer{press.Seal, s.log}, s.courier
		config.SealKey = parcel.KeyOf(press.Seal.Chain[0])
	}
	if o.rounds == nil || s.log == nil {
		return nil
	}
	s.rounds = &round.Office{
		Store: o.rounds, Checker: &parcel.Checker{Roots: press.Roots}, Press: press,
		Signer: noteSigner{s.log.Signer}, Log: packageLog{s.log}, URL: s.url.String(), Key: s.log.Key.String(),
		Clock: func() time.Time { return time.Now().In(vietnam) },
		Warn: func(cause error) {
			config.Log.Error("packages wait to be checked; it is tried again", "cause", cause.Error())
		},
	}
	config.Rounds = s.rounds
	return nil
}

// trustedServers are the authorities of the system and those of a file, by which
// the superior's server is known.
func trustedServers(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil // those of the system
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	roots.AppendCertsFromPEM(text)
	return roots, nil
}
