package ledgertest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/tally/ledger"
)

// Origin is the name of the logs of tests.
const Origin = "hop.example.vn/log"

// Keys are those of a log and its witnesses.
type Keys struct {
	Key       *ledger.Key
	Signer    note.Signer
	Cosigners []note.Signer
	Policy    *ledger.Policy // which asks for k of the witnesses
	Text      []byte         // of the policy
}

// NewKeys makes the keys of a log and n witnesses, "witness-0" and so on.
func NewKeys(t testing.TB, k, n int) *Keys {
	t.Helper()
	secret, public, err := ledger.GenerateKey(Origin)
	ok(t, err)
	keys := new(Keys)
	keys.Signer, err = note.NewSigner(secret)
	ok(t, err)
	keys.Key, err = ledger.ParseKey(public)
	ok(t, err)
	var witnesses [][2]string
	for i := range n {
		secret, public, err := ledger.GenerateWitnessKey(fmt.Sprintf("w%d.example.vn", i))
		ok(t, err)
		cosigner, err := ledger.NewCosigner(secret)
		ok(t, err)
		keys.Cosigners = append(keys.Cosigners, cosigner)
		witnesses = append(witnesses, [2]string{fmt.Sprintf("witness-%d", i), public})
	}
	keys.Text = ledger.FormatPolicy(public, k, witnesses...)
	keys.Policy, err = ledger.ParsePolicy(keys.Text)
	ok(t, err)
	return keys
}

// Log opens the log over a store, as if no witness had seen anything.
func (k *Keys) Log(t testing.TB, store ledger.Store) *ledger.Log {
	t.Helper()
	log, err := ledger.NewLog(context.Background(), store, k.Signer, k.Key, k.Policy)
	ok(t, err)
	ok(t, log.Guard(context.Background()))
	return log
}

// Witness makes the i-th witness.
func (k *Keys) Witness(t testing.TB, i int, store ledger.WitnessStore) *ledger.Witness {
	t.Helper()
	return ledger.NewWitness(k.Cosigners[i], store, k.Key)
}

// Publish signs what the log has and lets the witnesses cosign it.
func (k *Keys) Publish(t testing.TB, log *ledger.Log, witnesses ...*ledger.Witness) ledger.Checkpoint {
	t.Helper()
	ctx := context.Background()
	signed, err := log.Sign(ctx)
	ok(t, err)
	for _, w := range witnesses {
		old := int64(0)
		if last, err := w.Last(ctx, Origin); err == nil {
			c, err := ledger.OpenCheckpoint(last, k.Key)
			ok(t, err)
			old = c.Size
		}
		body, err := log.Request(ctx, old)
		ok(t, err)
		lines, err := w.Add(ctx, body)
		ok(t, err)
		_, err = log.AddCosignatures(ctx, lines)
		ok(t, err)
	}
	c, err := ledger.OpenCheckpoint(signed, k.Key)
	ok(t, err)
	return c
}

// UUID is that of the n-th poll.
func UUID(n int) ballot.UUID {
	digits := strings.NewReplacer("0", "z").Replace(fmt.Sprintf("%08d", n))
	return ballot.UUID("Testpo11" + digits)
}

// Tracker is the i-th of the n-th poll.
func Tracker(n, i int) string {
	return ballot.Tracker(sha256.Sum256(fmt.Appendf(nil, "ballot %d of poll %d", i, n)))
}

// TrackersOf returns those of the n-th poll, which has so many.
func TrackersOf(t testing.TB, n, ballots int) *ledger.Trackers {
	t.Helper()
	var list []string
	for i := range ballots {
		list = append(list, Tracker(n, i))
	}
	trackers, err := ledger.NewTrackers(list)
	ok(t, err)
	return trackers
}

// Poll returns what the log says of the n-th poll up to its result.
func Poll(n int) []ledger.Body {
	hash := func(what string) [32]byte { return sha256.Sum256(fmt.Appendf(nil, "%s of poll %d", what, n)) }
	return []ledger.Body{
		ledger.Sealed{Election: UUID(n), Fingerprint: ballot.NewFingerprint(fmt.Appendf(nil, "election %d", n))},
		ledger.Closed{Election: UUID(n), Ballots: 20, LastEvent: hash("end"), Closing: hash("closing"), Trackers: hash("trackers")},
		ledger.NewResult(UUID(n), Salt(n), Items(n)),
	}
}

// Salt is that of the n-th poll's result.
func Salt(n int) [32]byte { return sha256.Sum256(fmt.Appendf(nil, "salt %d", n)) }

// Items are what the n-th poll's result commits to.
func Items(n int) []ledger.Item {
	hash := func(what string) [32]byte { return sha256.Sum256(fmt.Appendf(nil, "%s of poll %d", what, n)) }
	return []ledger.Item{{Name: "shares.json", Hash: hash("shares")}, {Name: "result.json", Hash: hash("result")}, {Name: ledger.LastEvent, Hash: hash("last")}}
}

// ParseKeys reads the key pair of a log.
func ParseKeys(secret, public string) (note.Signer, *ledger.Key, error) {
	signer, err := note.NewSigner(secret)
	if err != nil {
		return nil, nil, err
	}
	key, err := ledger.ParseKey(public)
	return signer, key, err
}
