// Package ledger is the public log: one chain over all polls, to which every
// tally is published, so that nobody can show one result to an agency and
// another to its superior, or quietly replace that of last month. The operator
// of the server is not trusted with it; the witnesses are, and only several of
// them together.
//
//	entry 0        entry 1        entry 2        entry 3
//	sealed  ◄prev─ closed  ◄prev─ result  ◄prev─ opened     a chain, for a person with sha256sum
//	   │              │              │              │
//	   leaf ───┬─── leaf             leaf ───┬─── leaf
//	          node                         node             a tree (RFC 6962), for short proofs
//	            └────────────┬───────────────┘
//	                        root
//	                         │
//	        checkpoint: origin, size 4, root               a note of three lines, signed by the log
//	          — log  — witness A  — witness B              and cosigned by those who keep watch on it
//
// # Entries
//
// An [Entry] is canonical JSON on one line, without white space, its members in
// exactly this order; the first four are the same in every kind:
//
//	{"version":1,"number":0,"prev":"00…00","kind":"sealed","election":UUID,"fingerprint":φ}
//	…"kind":"closed","election":UUID,"ballots":n,"last_event":H,"closing":H,"trackers":H}
//	…"kind":"result","election":UUID,"commitments":[{"name":…,"hash":H},…]}
//	…"kind":"opened","election":UUID,"result":n,"salt":H,"hashes":[{"name":…,"hash":H},…]}
//	…"kind":"correction","of":n,"reason":text}
//	…"kind":"package","agency":text,"hash":H}
//
// H is a SHA-256 in 64 hexadecimal digits. An entry holds nothing about a
// voter, and no time: when it was written can be told only from the time that
// a witness puts into its cosignature, which is that of a whole checkpoint.
//
// prev is the SHA-256 of the text of the entry before, zeros in the first. Who
// has the texts can follow the chain without any program of ours:
//
//	printf %s '{"version":1,"number":0,…}' | sha256sum
//
// prints what stands as prev in entry 1. The same bytes are the leaf of the
// tree: SHA-256(0x00 ‖ text), RFC 6962 §2.1.
//
// A poll is sealed, closed, has a result, and is opened, in this order and each
// once. A correction takes back the entry that it points at, and with it what
// followed of the same poll; then another may follow. So a result is never
// replaced without a correction that everybody can see.
//
// closed names the last event of the archive (EndBallots), the closing file and
// the root over the trackers ([Trackers]), so that anybody with the archive can
// write the same entry again ([ReadClosed]). result commits to hashes with a
// salt, because numbers as small as those of a meeting could be guessed from a
// bare hash; opened publishes the salt ([Commit]).
//
// # Checkpoints, tiles, witnesses
//
// Files have the paths and forms of C2SP, which other clients read:
// tlog-checkpoint, signed-note, tlog-tiles (tile height 8, entry bundles),
// tlog-cosignature (cosignature/v1), tlog-witness, tlog-policy and tlog-proof.
// [Files] lists them for a tree of some size. A full tile never changes.
//
// A [Log] has one writer. A [Witness] cosigns a checkpoint only if it extends
// the last one that it saw, which it keeps before it answers. A [Policy] says
// whose cosignatures make a checkpoint count. Two checkpoints of one log that
// contradict each other are [Evidence] against it. [Verify] rechecks a whole
// log from its files and [VerifyDir] also compares archives with it; [Monitor]
// compares it with what was seen before, and a [Follower] rechecks it while it
// grows; [VerifyReceipt] checks years later, without any server, that a ballot was
// in a poll and the poll in the log.
package ledger

import "errors"

// What can be wrong. They are wrapped with the place and the cause.
var (
	// ErrEntry is returned for what can be no entry: a text that is not in the
	// canonical form, or contents outside their limits.
	ErrEntry = errors.New("entry: malformed")
	// ErrChain is returned for an entry that does not name the one before it.
	ErrChain = errors.New("entry: does not continue the chain")
	// ErrOrder is returned for an entry that may not stand where it does, such
	// as a second result of one poll.
	ErrOrder = errors.New("entry: out of order")
	// ErrOpening is returned when what is opened is not what a result entry
	// commits to.
	ErrOpening = errors.New("opened: not what the result entry commits to")
	// ErrCheckpoint is returned for what is no checkpoint signed with the log's
	// key.
	ErrCheckpoint = errors.New("checkpoint: not one of this log")
	// ErrQuorum is returned for a checkpoint that too few witnesses of the
	// policy have cosigned.
	ErrQuorum = errors.New("checkpoint: too few cosignatures")
	// ErrNotFound is returned for a file that the log does not have (yet).
	ErrNotFound = errors.New("ledger: no such file")
	// ErrConflict is returned by a store when what it keeps is not what the
	// writer believed; nothing was written.
	ErrConflict = errors.New("ledger: changed meanwhile")
	// ErrRolledBack is returned by a log whose store is behind, or beside, what
	// it has signed before. It signs nothing any more.
	ErrRolledBack = errors.New("ledger: the store is not the log that was published")
	// ErrUnguarded is returned by a log that has witnesses and was not told yet
	// what they have seen ([Log.Guard]).
	ErrUnguarded = errors.New("ledger: witnesses not asked yet what they have seen")
	// ErrFork is returned for two checkpoints of one log that contradict each
	// other.
	ErrFork = errors.New("fork: the log shows two histories")
	// ErrShrunk is returned when a log has fewer entries than it had.
	ErrShrunk = errors.New("shrunk: the log has fewer entries than before")
)

// What [Verify] finds in the files of a log.
var (
	// ErrMissing is returned for a file that should be there.
	ErrMissing = errors.New("missing")
	// ErrTruncated is returned for a file that ends too early.
	ErrTruncated = errors.New("truncated")
	// ErrDropped is returned for an entry in whose place the next one stands.
	ErrDropped = errors.New("dropped")
	// ErrReordered is returned for an entry that belongs elsewhere.
	ErrReordered = errors.New("reordered")
	// ErrEdited is returned for an entry or tile that is not what was signed.
	ErrEdited = errors.New("edited")
)
