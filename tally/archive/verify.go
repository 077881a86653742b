package archive

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/tally"
)

// Options are what lies beside an archive.
type Options struct {
	Shares  []byte // content of UUID.shares.json, nil when absent
	Closing []byte // content of UUID.closing.json, nil when absent
	Strict  bool   // refuse when a file that should be there is absent
}

// The ways in which a chain of valid objects is no valid archive. They are
// wrapped with the place.
var (
	// ErrChain is returned for an event that does not continue the chain.
	ErrChain = errors.New("chain: broken")
	// ErrOrder is returned for an event, or data, where it may not stand.
	ErrOrder = errors.New("chain: event out of order")
	// ErrProfile is returned for an event of a kind that our archives never
	// have, such as a shuffle.
	ErrProfile = errors.New("chain: event outside the profile of docs/PROTOCOL.md")
	// ErrElectionKey is returned for an election key that is not the trustees'.
	ErrElectionKey = errors.New("election: public key is not the trustees' key")
	// ErrTally is returned for an encrypted tally that is not the product of
	// the ballots, or misstates their number.
	ErrTally = errors.New("encrypted tally: not the product of the ballots")
	// ErrSum is returned when the marks of a question do not add up.
	ErrSum = errors.New("result: marks do not add up to the ballots")
	// ErrMissing is returned, when strict, for a file that is not there.
	ErrMissing = errors.New("strict: file missing beside the archive")
)

// maxObject bounds every object but ballots and credentials.
const maxObject = 64 << 20

// Verify checks an archive of size bytes, with the files beside it: everything
// of docs/PROTOCOL.md §9. It returns [ErrNotArchive] if the file does not begin
// as one; every other fault is in the report.
//
// Memory grows by at most 64 bytes per ballot, and processors are all used.
func Verify(file io.ReaderAt, size int64, o Options) (*Report, error) {
	v := &verifier{report: &Report{State: StateOpen, Voided: -1}, options: o}
	scan, err := newScanner(file, size)
	if errors.Is(err, ErrNotArchive) {
		return nil, err
	}
	if err != nil {
		v.report.Reason = err
		return v.report, nil
	}
	v.scan = scan
	v.report.Reason = v.run()
	return v.report, nil
}

type verifier struct {
	scan    *scanner
	options Options
	report  *Report
	chain   Chain
	pending []entry // data since the last event

	election      *ballot.Election
	trustees      *tally.Trustees
	ballots       *pipeline // until EndBallots
	roll          *Roll
	endBallots    [32]byte
	product       ballot.Product
	contributions []tally.Contribution
}

func (v *verifier) run() error {
	err := v.readChain()
	// A bad ballot comes before whatever the chain says after it.
	if v.ballots != nil {
		if ballotErr := v.finishBallots(); ballotErr != nil {
			return ballotErr
		}
	}
	if err != nil {
		return err
	}
	if v.election == nil {
		return fmt.Errorf("%w: no Setup", ErrOrder)
	}
	return v.checkBeside()
}

func (v *verifier) readChain() error {
	for {
		e, err := v.scan.next()
		if errors.Is(err, io.EOF) {
			if len(v.pending) > 0 {
				return fmt.Errorf("%w: data without an event at the end", ErrOrder)
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("file %d: %w", v.scan.count+1, err)
		}
		if e.kind == KindData {
			v.pending = append(v.pending, e)
			if len(v.pending) > 4 {
				return fmt.Errorf("file %d: %w: data without an event", v.scan.count, ErrOrder)
			}
			continue
		}
		if err := v.event(e); err != nil {
			return err
		}
		v.pending = v.pending[:0]
	}
}

// event checks one link of the chain and what it is about.
func (v *verifier) event(at entry) error {
	text, err := v.scan.content(at, blockSize)
	if err != nil {
		return err
	}
	where := fmt.Sprintf("event %d", v.chain.Length)
	e, err := ParseEvent(text)
	if err != nil {
		return fmt.Errorf("%s: %w", where, err)
	}
	where += " (" + e.Type + ")"
	want, next := v.chain.Next(e.Type, e.Payload)
	if string(want) != string(text) {
		return fmt.Errorf("%s: %w: parent or height does not continue it", where, ErrChain)
	}
	if (e.Payload == nil) != (len(v.pending) == 0) || (e.Payload != nil && v.pending[len(v.pending)-1].hash != *e.Payload) {
		return fmt.Errorf("%s: %w: payload is not the data before it", where, ErrChain)
	}
	if err := v.step(e.Type, where); err != nil {
		return err
	}
	v.chain = next
	v.report.LastEvent = next.Head
	if e.Type == EndBallots {
		v.endBallots = next.Head
	}
	return nil
}

// step is the grammar of an archive: which event may stand where, with how
// many data before it, and what checks it.
func (v *verifier) step(kind, where string) error {
	type rule struct {
		data    int
		allowed bool
		check   func(where string) error
	}
	rules := map[string]rule{
		Setup:             {4, v.election == nil, v.setup},
		Ballot:            {1, v.ballots != nil, v.ballot},
		EndBallots:        {0, v.ballots != nil, v.endOfBallots},
		EncryptedTally:    {2, v.report.State == StateClosed, v.encryptedTally},
		PartialDecryption: {2, v.report.State == StateAggregated, v.partialDecryption},
		Result:            {1, v.report.State == StateAggregated, v.result},
	}
	r, known := rules[kind]
	if !known {
		return fmt.Errorf("%s: %w", where, ErrProfile)
	}
	if !r.allowed || len(v.pending) != r.data {
		return fmt.Errorf("%s: %w", where, ErrOrder)
	}
	if kind == Ballot || kind == EndBallots { // name the ballot at fault themselves
		return r.check(where)
	}
	if err := r.check(where); err != nil {
		return fmt.Errorf("%s: %w", where, err)
	}
	return nil
}

// object reads the i-th data before the present event.
func (v *verifier) object(i int) ([]byte, error) { return v.scan.content(v.pending[i], maxObject) }

func (v *verifier) setup(string) error {
	text, err := v.object(3)
	if err != nil {
		return err
	}
	payload, err := ParseSetupPayload(text)
	if err != nil {
		return fmt.Errorf("setup: %w", err)
	}
	if payload != (SetupPayload{v.pending[0].hash, v.pending[1].hash, v.pending[2].hash}) {
		return fmt.Errorf("setup: %w: names other objects than stand before it", ErrChain)
	}
	if text, err = v.object(0); err != nil {
		return err
	}
	e, err := ballot.ParseElection(text)
	if err != nil {
		return err
	}
	v.report.UUID, v.report.Election = string(e.UUID), e
	if text, err = v.object(1); err != nil {
		return err
	}
	if v.trustees, err = tally.ParseTrustees(text); err != nil {
		return err
	}
	if !v.trustees.PublicKey().Equal(e.PublicKey) {
		return ErrElectionKey
	}
	if v.roll, err = ReadRoll(v.scan.section(v.pending[2])); err != nil {
		return err
	}
	v.report.Setup, v.report.Trustees = v.pending[3].hash, v.trustees
	v.election, v.ballots = e, newPipeline(e, v.roll)
	return nil
}

func (v *verifier) ballot(where string) error {
	e := v.pending[0]
	raw, err := v.scan.contentInto(v.ballots.used(), e, int64(v.election.MaxBallotSize()))
	if err != nil {
		return fmt.Errorf("%s: %w: %w", where, ballot.ErrMalformed, err)
	}
	v.ballots.submit(&job{raw: raw, offset: e.offset, where: where, head: v.chain.Head})
	return nil
}

func (v *verifier) finishBallots() error {
	p := v.ballots
	v.ballots = nil
	err := p.finish()
	v.report.Ballots, v.product = p.number, p.product.Product()
	v.report.Product = v.product
	if err != nil {
		v.report.LastEvent = p.head
		return err
	}
	return p.checkDistinct(func(offset int64) ([]byte, error) {
		// The head of a ballot up to its first alpha has a fixed length.
		raw := make([]byte, 1024)
		n, err := v.scan.file.ReadAt(raw, offset)
		if err != nil && err != io.EOF {
			return nil, ErrTruncated
		}
		return firstAlpha(raw[:n]), nil
	})
}

func (v *verifier) endOfBallots(string) error {
	if err := v.finishBallots(); err != nil {
		return err
	}
	v.report.State = StateClosed
	return nil
}

func (v *verifier) encryptedTally(string) error {
	text, err := v.object(1)
	if err != nil {
		return err
	}
	sized, err := tally.ParseSized(text)
	if err != nil {
		return err
	}
	if sized.Tally != v.pending[0].hash {
		return fmt.Errorf("%w: names another tally than stands before it", ErrChain)
	}
	if sized.Ballots != v.report.Ballots {
		return fmt.Errorf("%w: says %d ballots, the archive has %d", ErrTally, sized.Ballots, v.report.Ballots)
	}
	if text, err = v.object(0); err != nil {
		return err
	}
	if sha256.Sum256(v.product.AppendJSON(nil)) != sized.Tally {
		if _, err := v.election.ParseProduct(text); err != nil {
			return err
		}
		return ErrTally
	}
	v.report.State = StateAggregated
	return nil
}

func (v *verifier) partialDecryption(string) error {
	text, err := v.object(1)
	if err != nil {
		return err
	}
	owned, err := tally.ParseOwned(text)
	if err != nil {
		return err
	}
	if owned.Payload != v.pending[0].hash {
		return fmt.Errorf("%w: names another partial decryption than stands before it", ErrChain)
	}
	for _, c := range v.contributions {
		if c.Owner == owned.Owner {
			return fmt.Errorf("%w: trustee %d decrypts twice", ErrOrder, owned.Owner)
		}
	}
	if text, err = v.object(0); err != nil {
		return err
	}
	partial, err := tally.ParsePartialDecryption(text)
	if err != nil {
		return err
	}
	c := tally.Contribution{Owner: owned.Owner, Partial: partial}
	if err := c.Verify(v.election, v.trustees, v.product); err != nil {
		return err
	}
	v.contributions = append(v.contributions, c)
	v.report.DecryptionProofs = ProofsWeak
	return nil
}

func (v *verifier) result(string) error {
	text, err := v.object(0)
	if err != nil {
		return err
	}
	result, err := tally.ParseResult(text)
	if err != nil {
		return err
	}
	if err := tally.VerifyResult(v.trustees, v.product, v.contributions, v.report.Ballots, result); err != nil {
		return err
	}
	if err := checkSums(v.election, result, v.report.Ballots); err != nil {
		return err
	}
	v.report.State, v.report.Result = StateResult, result
	return nil
}

// checkSums checks that the marks of each question account for every ballot,
// wherever the question fixes how many a ballot makes.
func checkSums(e *ballot.Election, result tally.Result, ballots int) error {
	for i, row := range result {
		q := &e.Questions[i]
		blank, marks := 0, row
		if q.Blank {
			blank, marks = row[0], row[1:]
		}
		sum := 0
		for _, n := range marks {
			sum += n
		}
		full := ballots - blank
		if full < 0 || sum < q.Min*full || sum > q.Max*full {
			return fmt.Errorf("%w: question %d: %d marks and %d blank on %d ballots", ErrSum, i+1, sum, blank, ballots)
		}
	}
	return nil
}
