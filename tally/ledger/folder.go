package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/crypto/wire"
	"github.com/homphieu/homphieu/tally/archive"
)

// PolicyPath is the path of the policy among the files of a log, as
// [SignPolicy] writes it.
const PolicyPath = "policy"

// ErrArchive is returned for an archive, or a file of its poll, that is not the
// one of which the log speaks.
var ErrArchive = errors.New("archive: not the one in the log")

// ErrTakenBack is returned, with the number of the correction, for an archive
// whose poll the log has taken back, in whole or in part, without saying it anew.
var ErrTakenBack = errors.New("poll: taken back")

// A Folder is what [VerifyDir] found.
type Folder struct {
	Log       *Report
	Key       *Key // of the log, nil if the policy is not one
	Policy    *Policy
	OwnPolicy bool // the policy was that among the files, not one of the reader
	Archives  []Archive
	Reason    error // the first thing that is wrong, and where

	Unwitnessed bool // the policy asks for no cosignature

	paper Paper
}

// An Archive is one that was compared with the log.
type Archive struct {
	File     string // its name
	Election ballot.UUID
	Entries  []int64  // that speak of it; none if the log does not know it
	Same     []string // items that are what the entries say
	Signed   []string // papers that are what they say, and were signed since
	Absent   []string // items that are not there to compare
	Weak     bool     // decrypted without strong proofs, as far as can be seen
	Opened   bool     // the log has opened its result

	TakenBack int64 // number of the correction that took back what the log said of it, 0 if none did

	path   string
	report *archive.Report
	paper  Paper
}

// A Paper tells whether a paper, as it is now, is what was printed with
// signatures added and nothing else. To read papers is not for this package.
type Paper func(printed, now []byte) error

// Valid reports whether everything holds.
func (f *Folder) Valid() bool { return f.Reason == nil }

// Unknown returns the names of archives that the log does not know.
func (f *Folder) Unknown() []string {
	return f.names(func(a *Archive) bool { return !a.known() })
}

// NotOpened returns the names of archives that the log knows and whose result
// it has not opened: nobody is bound to their numbers yet.
func (f *Folder) NotOpened() []string {
	return f.names(func(a *Archive) bool { return a.known() && !a.Opened })
}

// Weak returns the names of archives that were decrypted without strong proofs.
func (f *Folder) Weak() []string {
	return f.names(func(a *Archive) bool { return a.Weak })
}

func (f *Folder) names(which func(*Archive) bool) (names []string) {
	for i := range f.Archives {
		if which(&f.Archives[i]) {
			names = append(names, f.Archives[i].File)
		}
	}
	return names
}

// known reports whether the log has ever spoken of an archive.
func (a *Archive) known() bool { return len(a.Entries) > 0 || a.TakenBack > 0 }

// MarshalJSON writes the findings for machines: {"valid","reason","key","digits",
// "own_policy","unwitnessed","log","archives"}, each archive as {"file",
// "election","entries","same","signed","absent","weak","opened","taken_back"};
// the last is the number of an entry or null.
func (f *Folder) MarshalJSON() ([]byte, error) {
	type one struct {
		File     string   `json:"file"`
		Election string   `json:"election"`
		Entries  []int64  `json:"entries"`
		Same     []string `json:"same"`
		Signed   []string `json:"signed"`
		Absent   []string `json:"absent"`
		Weak     bool     `json:"weak"`
		Opened   bool     `json:"opened"`
		Taken    *int64   `json:"taken_back"`
	}
	out := struct {
		Valid       bool    `json:"valid"`
		Reason      *string `json:"reason"`
		Key         string  `json:"key"`
		Digits      string  `json:"digits"`
		OwnPolicy   bool    `json:"own_policy"`
		Unwitnessed bool    `json:"unwitnessed"`
		Log         *Report `json:"log"`
		Archives    []one   `json:"archives"`
	}{Valid: f.Valid(), OwnPolicy: f.OwnPolicy, Unwitnessed: f.Unwitnessed, Log: f.Log, Archives: []one{}}
	if f.Reason != nil {
		reason := f.Reason.Error()
		out.Reason = &reason
	}
	if f.Key != nil {
		out.Key, out.Digits = f.Key.String(), f.Policy.Digits(f.Key)
	}
	for _, a := range f.Archives {
		this := one{
			a.File, string(a.Election), append([]int64{}, a.Entries...),
			append([]string{}, a.Same...), append([]string{}, a.Signed...), append([]string{}, a.Absent...), a.Weak, a.Opened, nil,
		}
		if a.TakenBack > 0 {
			this.Taken = &a.TakenBack
		}
		out.Archives = append(out.Archives, this)
	}
	return json.Marshal(out)
}

// VerifyDir rechecks the log whose files are in a folder, and the archives
// (UUID.bel) in it and in the folder above: that each is valid, that the closed
// entry is what the archive gives, that an opened entry names the last event
// and the strong proofs, that the files which it names are the same, and that
// result.json says the archive's numbers. Such a file is UUID.NAME, or NAME if
// there is one archive of the log only. A poll that was taken back is refused.
//
// The policy is that of the reader; without one it is the log's own, and then
// the log is only shown to be what the holder of that key says. A PDF may go on
// behind what the log names, since people sign by appending; paper judges what
// was appended, and if it is nil nothing may be. The error says that checkpoint
// or policy could not be read at all.
func VerifyDir(ctx context.Context, dir string, policy *Policy, paper Paper) (*Folder, error) {
	f := &Folder{OwnPolicy: policy == nil, Log: &Report{}, paper: paper}
	signed, err := archive.ReadFile(filepath.Join(dir, CheckpointPath), maxText)
	if err != nil {
		return nil, err
	}
	if f.OwnPolicy {
		text, err := archive.ReadFile(filepath.Join(dir, PolicyPath), maxText)
		if err != nil {
			return nil, err
		}
		if policy, err = OpenPolicy(text); err != nil {
			f.Reason = err
			return f, nil
		}
	}
	f.Policy, f.Unwitnessed = policy, policy.Unwitnessed()
	if f.Key, f.Reason = policy.LogKey(originOf(signed)); f.Reason != nil {
		return f, nil
	}
	if f.Log, err = Verify(ctx, Dir(os.DirFS(dir)), f.Key, policy); err != nil {
		return nil, err
	}
	if f.Reason = f.Log.Reason; f.Reason == nil {
		f.Reason = f.checkSignatures(signed, policy)
	}
	if f.Reason == nil {
		f.Reason = f.checkArchives(dir)
	}
	return f, nil
}

func (f *Folder) checkSignatures(signed []byte, policy *Policy) error {
	if err := plainSignatures(signed); err != nil {
		return fmt.Errorf("%w: %w", ErrCheckpoint, err)
	}
	if !f.OwnPolicy {
		return nil // the log may have more witnesses than the reader asks for
	}
	return policy.exact(signed, f.Key)
}

// checkArchives reads the archives first, to know how many there are of which
// the log speaks.
func (f *Folder) checkArchives(dir string) error {
	for _, folder := range []string{dir, filepath.Join(dir, "..")} {
		names, err := fs.Glob(os.DirFS(folder), "*.bel")
		if err != nil {
			return err
		}
		for _, name := range names {
			if err := f.read(filepath.Join(folder, name)); err != nil {
				return err
			}
		}
	}
	known := len(f.Archives) - len(f.Unknown())
	for i := range f.Archives {
		a := &f.Archives[i]
		if a.TakenBack > 0 {
			return fmt.Errorf("%s: %w by entry %d", a.File, ErrTakenBack, a.TakenBack)
		}
		for _, e := range f.Log.Polls[a.Election].Entries {
			if err := a.compare(e, known == 1); err != nil {
				return fmt.Errorf("entry %d (%s): %s: %w", e.Number, e.Body.Kind(), a.File, err)
			}
		}
	}
	return nil
}

// read verifies an archive by itself.
func (f *Folder) read(path string) error {
	a := Archive{File: filepath.Base(path), path: path, paper: f.paper}
	report, err := archive.VerifyFile(path, false)
	if err != nil {
		return fmt.Errorf("%s: %w", a.File, err)
	}
	a.report, a.Election, a.Weak = report, ballot.UUID(report.UUID), report.DecryptionProofs == archive.ProofsWeak
	if a.Election == "" {
		a.Election = ballot.UUID(strings.TrimSuffix(a.File, ".bel"))
	}
	poll := f.Log.Polls[a.Election]
	for _, e := range poll.Entries {
		a.Entries, a.Opened = append(a.Entries, e.Number), e.Body.Kind() == KindOpened
	}
	a.TakenBack = poll.TakenBack
	if report.Reason == nil {
		f.Archives = append(f.Archives, a)
		return nil
	}
	where := ""
	if len(a.Entries) > 0 {
		where = fmt.Sprintf("entry %d (%s): ", a.Entries[len(a.Entries)-1], poll.Entries[len(a.Entries)-1].Body.Kind())
	}
	return fmt.Errorf("%s%s: %w", where, a.File, report.Reason)
}

// compare compares an archive with an entry. Files of the poll may have their
// bare names if only is set.
func (a *Archive) compare(e Entry, only bool) error {
	switch b := e.Body.(type) {
	case Sealed:
		if a.report.Election.Fingerprint() != b.Fingerprint {
			return fmt.Errorf("%w: another election", ErrArchive)
		}
	case Closed:
		return a.compareClosed(b)
	case Opened:
		return a.compareOpened(b, only)
	}
	return nil
}

// The names of items that have their own rules.
const (
	closingItem = "closing.json"
	sharesItem  = "shares.json"
	resultItem  = "result.json"
)

func (a *Archive) compareOpened(b Opened, only bool) error {
	if a.report.State != archive.StateResult {
		return fmt.Errorf("%w: it ends before the result; delete it and fetch it again", ErrArchive)
	}
	result, err := a.beside(resultItem, only)
	if err != nil {
		return err
	}
	must := []string{LastEvent, sharesItem}
	if result != nil {
		must = append(must, resultItem)
	}
	for _, name := range must {
		if !slices.ContainsFunc(b.Hashes, func(item Item) bool { return item.Name == name }) {
			return fmt.Errorf("%w: the entry does not name %s", ErrArchive, name)
		}
	}
	for _, item := range b.Hashes {
		if err := a.compareItem(item, only); err != nil {
			return err
		}
	}
	if result != nil && !agrees(result, a.report) {
		return fmt.Errorf("%w: %s: other numbers than the archive's", ErrArchive, resultItem)
	}
	return nil
}

// agrees reports whether result.json says the poll and the numbers of an
// archive: ballots, and of each person high, confidence, low and invalid, which
// is the blank of the question. Names are taken as they are written.
func agrees(file []byte, r *archive.Report) bool {
	var said map[string]json.RawMessage
	var election *string
	var people []map[string]json.RawMessage
	if json.Unmarshal(file, &said) != nil || json.Unmarshal(said["election"], &election) != nil ||
		json.Unmarshal(said["people"], &people) != nil {
		return false
	}
	collected, err := countOf(said["collected"])
	if election == nil || *election != r.UUID || err != nil || collected != r.Ballots || len(people) != len(r.Result) {
		return false
	}
	for i, person := range people {
		want := slices.Clone(r.Result[i])
		if r.Election.Questions[i].Blank {
			want = append(want[1:], want[0])
		}
		if row, err := rowOf(person); err != nil || !slices.Equal(row, want) {
			return false
		}
	}
	return true
}

// rowOf returns the numbers of a person that are there, in the order of the
// archive with the blank last.
func rowOf(person map[string]json.RawMessage) (row []int, err error) {
	for _, name := range []string{"high", "confidence", "low", "invalid"} {
		text, found := person[name]
		if !found {
			continue
		}
		n, err := countOf(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		row = append(row, n)
	}
	return row, nil
}

// countOf reads a number in its one spelling: digits, no sign, no point, below
// 2^53. JSON has others for the same value, which not all programs take alike.
func countOf(text json.RawMessage) (int, error) {
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil || n < 0 || n >= wire.MaxInt || strconv.FormatInt(n, 10) != string(text) {
		return 0, errors.New("not a number in digits")
	}
	return int(n), nil
}

func (a *Archive) compareClosed(want Closed) error {
	if a.report.State == archive.StateOpen {
		return fmt.Errorf("%w: it ends before the poll did; delete it and fetch it again", ErrArchive)
	}
	closing, err := a.beside(closingItem, false)
	if err != nil {
		return err
	}
	bel, err := os.Open(a.path)
	if err != nil {
		return err
	}
	defer bel.Close()
	got, err := ReadClosed(bel, a.Election, closing)
	if err != nil {
		return err
	}
	if closing == nil {
		got.Closing = want.Closing
		a.Absent = append(a.Absent, closingItem)
	}
	for _, c := range []struct {
		what string
		same bool
	}{
		{"number of ballots", got.Ballots == want.Ballots},
		{"last event", got.LastEvent == want.LastEvent},
		{"root over the trackers", got.Trackers == want.Trackers},
		{closingItem, got.Closing == want.Closing},
	} {
		if !c.same {
			return fmt.Errorf("%w: another %s", ErrArchive, c.what)
		}
	}
	if closing != nil {
		a.Same = append(a.Same, closingItem)
	}
	return nil
}

func (a *Archive) compareItem(item Item, only bool) error {
	if item.Name == LastEvent {
		if a.report.LastEvent != item.Hash {
			return fmt.Errorf("%w: another %s", ErrArchive, item.Name)
		}
		a.Same = append(a.Same, item.Name)
		return nil
	}
	data, err := a.beside(item.Name, only)
	switch {
	case err != nil:
		return err
	case data == nil:
		a.Absent = append(a.Absent, item.Name)
	case sha256.Sum256(data) == item.Hash:
		a.Same = append(a.Same, item.Name)
	default:
		return a.compareSigned(item, data)
	}
	return nil
}

// compareSigned compares a file that is not the one of an item: a paper that was
// signed since is taken, if it is nothing else.
func (a *Archive) compareSigned(item Item, data []byte) error {
	printed := printed(data, item.Hash)
	if printed == nil || a.paper == nil || !strings.HasSuffix(item.Name, ".pdf") {
		return fmt.Errorf("%w: another %s", ErrArchive, item.Name)
	}
	if err := a.paper(printed, data); err != nil {
		return fmt.Errorf("%w: %s: more than signatures behind what was printed: %w", ErrArchive, item.Name, err)
	}
	a.Signed = append(a.Signed, item.Name)
	return nil
}

// printed returns the beginning of a PDF that has the hash, or nil. Revisions
// end with %%EOF, with or without the end of that line (ISO 32000-1 §7.5.5 and
// §7.5.6).
func printed(pdf []byte, hash [32]byte) []byte {
	sum, done := sha256.New(), 0
	for at := 0; ; {
		i := bytes.Index(pdf[at:], []byte("%%EOF"))
		if i < 0 {
			return nil
		}
		at += i + len("%%EOF")
		for end := at; end <= min(at+2, len(pdf)); end++ {
			sum.Write(pdf[done:end])
			if done = end; [32]byte(sum.Sum(nil)) == hash {
				return pdf[:end]
			}
		}
	}
}

// beside returns a file of the poll, or nil if it is not there. Names of items
// have no slashes (Entry).
func (a *Archive) beside(item string, bare bool) ([]byte, error) {
	names := []string{strings.TrimSuffix(a.File, ".bel") + "." + item, string(a.Election) + "." + item}
	if bare {
		names = append(names, item)
	}
	for _, name := range slices.Compact(names) {
		data, err := archive.ReadFile(filepath.Join(filepath.Dir(a.path), name), archive.MaxBeside)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return data, err
		}
	}
	return nil, nil
}
