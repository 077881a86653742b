package witness

import (
	"context"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/tally/ledger"
)

// Prove returns the proofs of the entries about a poll, see [ledger.Log.Prove].
func (p *Publisher) Prove(ctx context.Context, poll ballot.UUID) ([]*ledger.Proof, error) {
	return p.log.Prove(ctx, poll)
}
