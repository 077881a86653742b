package round

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/staff"
)

// Questions returns what an officer must decide about persons of the same name.
func (o *Office) Questions(ctx context.Context, actor staff.Actor, u ballot.UUID) ([]Question, error) {
	if err := admit(actor); err != nil {
		return nil, err
	}
	in, err := o.input(ctx, u)
	if err != nil {
		return nil, err
	}
	_, questions := People(in.Round, in.Directory, in.Polls, in.Links)
	return questions, nil
}

// Declared returns what agencies said of persons of the same name by naming places,
// and what officers did not contradict: of the polls that count, and of those that
// are kept apart because somebody would be in too many places.
func (o *Office) Declared(ctx context.Context, actor staff.Actor, u ballot.UUID) (list []Question, err error) {
	if err := admit(actor); err != nil {
		return nil, err
	}
	in, err := o.input(ctx, u)
	if err != nil {
		return nil, err
	}
	crowds, err := o.crowds(ctx, in)
	for _, polls := range append([][]*Poll{in.Polls}, crowds...) {
		for _, q := range Declared(in.Round, in.Directory, polls, in.Links) {
			if !slices.ContainsFunc(list, func(other Question) bool { return other.Link(true) == q.Link(true) }) {
				list = append(list, q)
			}
		}
	}
	return list, err
}

// crowds are, for each poll that is kept apart because somebody would be in too many
// places, the polls among which it would count.
func (o *Office) crowds(ctx context.Context, in ConsolidateInput) (crowds [][]*Poll, err error) {
	packages, err := o.Store.Packages(ctx, in.Round.UUID)
	for _, p := range packages {
		if p.Status != Apart || p.Outcome == nil {
			continue
		}
		beside := slices.DeleteFunc(slices.Clone(in.Polls), func(other *Poll) bool {
			return other.Election == p.Poll || p.Supersedes != "" && other.Agency == p.Agency && other.Group == p.Group
		})
		crowds = append(crowds, append(beside, p.Outcome))
	}
	return crowds, err
}

// SaveLink says of two entries of one name whether they are one person, whoever said
// so or not before; one of them may be of a package that is kept apart because
// somebody would be in too many places ([Office.Recheck] lets it count if that is
// over). What would put somebody in too many places is [ErrPlaces].
func (o *Office) SaveLink(ctx context.Context, actor staff.Actor, u ballot.UUID, l Link) error {
	if err := admit(actor); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	in, err := o.read(ctx, u)
	if err != nil {
		return err
	}
	if l.A > l.B {
		l.A, l.B, l.PostA, l.PostB = l.B, l.A, l.PostB, l.PostA
	}
	if l, err = o.asked(ctx, in, l); err != nil {
		return err
	}
	others := slices.DeleteFunc(in.Links, l.Answers)
	if err := TooMany(in.Round, in.Directory, in.Polls, append(others, l), nil); err != nil {
		return err
	}
	return o.Store.SaveLink(ctx, u, l, o.draft(actor.Audit(), "round.link", detail{
		"round": string(u), "name": l.Name, "a": string(l.A), "b": string(l.B), "post-a": l.PostA, "post-b": l.PostB, "same": fmt.Sprint(l.Same),
	}))
}

// asked returns an answer in the words in which it is asked, if there are two such
// entries.
func (o *Office) asked(ctx context.Context, in ConsolidateInput, l Link) (Link, error) {
	crowds, err := o.crowds(ctx, in)
	if err != nil {
		return l, err
	}
	only := map[string]bool{meeting.FoldedName(l.Name): true}
	for _, polls := range append([][]*Poll{in.Polls}, crowds...) {
		if q, ok := match(in.Round, in.Directory, polls, nil, only).about(l); ok {
			return q.Link(l.Same), nil
		}
	}
	return l, refusal(ErrRound, "link", "không có hai người như vậy cùng tên "+l.Name, "there are no such two entries of the name "+l.Name)
}

// input reads everything of a round, as of one moment.
func (o *Office) input(ctx context.Context, u ballot.UUID) (ConsolidateInput, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.read(ctx, u)
}

func (o *Office) read(ctx context.Context, u ballot.UUID) (in ConsolidateInput, err error) {
	if in, err = o.view(ctx, u); err != nil {
		return in, err
	}
	if in.Polls, err = o.polls(ctx, u); err != nil {
		return in, err
	}
	in.Links, err = o.Store.Links(ctx, u)
	return in, err
}

// Consolidate puts together what verified packages say by now, late and missing
// as of a time, with the groups under the thresholds.
func (o *Office) Consolidate(ctx context.Context, actor staff.Actor, u ballot.UUID, asOf time.Time) (*Consolidation, error) {
	if err := admit(actor); err != nil {
		return nil, err
	}
	in, err := o.input(ctx, u)
	if err != nil {
		return nil, err
	}
	in.AsOf, in.Levels = asOf, true
	return Consolidate(in), nil
}

// Print makes the papers and files of the consolidated result as of now, and
// keeps them as the next record.
func (o *Office) Print(ctx context.Context, actor staff.Actor, u ballot.UUID) (*Record, error) {
	if err := admit(actor); err != nil {
		return nil, err
	}
	if o.Press == nil {
		return nil, refusal(ErrRound, "", "máy chủ này không có chữ ký số để lập báo cáo", "this server has no seal to print with")
	}
	o.printing.Lock()
	defer o.printing.Unlock()
	in, err := o.input(ctx, u)
	if err != nil {
		return nil, err
	}
	records, err := o.Store.Records(ctx, u)
	if err != nil {
		return nil, err
	}
	in.AsOf, in.Levels = o.Clock(), true
	r := Record{Number: len(records) + 1, AsOf: in.AsOf.UTC(), Packages: hashes(in.Polls)}
	if r.Files, err = o.print(ctx, Consolidate(in)); err != nil {
		return nil, err
	}
	return &r, o.Store.SaveRecord(ctx, u, r, o.draft(actor.Audit(), "round.print", detail{
		"round": string(u), "record": fmt.Sprint(r.Number), "packages": fmt.Sprint(len(r.Packages)),
	}))
}

func hashes(polls []*Poll) (list []string) {
	for _, p := range polls {
		list = append(list, p.Package)
	}
	slices.Sort(list)
	return list
}

// print makes the papers of a consolidation and keeps them.
func (o *Office) print(ctx context.Context, c *Consolidation) (list []meeting.RecordFile, err error) {
	files, err := o.Press.PrintRound(c)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if c.Public && f.Name == meeting.AssessmentFile {
			continue
		}
		hash, err := o.Store.PutFile(ctx, f.Content)
		if err != nil {
			return nil, err
		}
		list = append(list, meeting.RecordFile{Name: f.Name, MediaType: f.MediaType, Hash: hash, Size: len(f.Content)})
	}
	return list, nil
}

// Records returns what was printed of a round, by number.
func (o *Office) Records(ctx context.Context, actor staff.Actor, u ballot.UUID) ([]Record, error) {
	if err := admit(actor); err != nil {
		return nil, err
	}
	return o.Store.Records(ctx, u)
}

// record returns a record by its number, or box.ErrNotFound.
func (o *Office) record(ctx context.Context, u ballot.UUID, number int) (*Record, error) {
	records, err := o.Store.Records(ctx, u)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(records, func(r Record) bool { return r.Number == number })
	if i < 0 {
		return nil, fmt.Errorf("record %d: %w", number, box.ErrNotFound)
	}
	return &records[i], nil
}

// RecordFile returns a file of a record, as it came back signed if it did.
func (o *Office) RecordFile(ctx context.Context, actor staff.Actor, u ballot.UUID, number int, name string) (*meeting.Printed, error) {
	if err := admit(actor); err != nil {
		return nil, err
	}
	r, err := o.record(ctx, u, number)
	if err != nil {
		return nil, err
	}
	f, err := printed(r.Files, name)
	if err != nil {
		return nil, err
	}
	if back := r.Back(name); back != nil {
		f.Hash = back.Hash
	}
	return o.open(ctx, f)
}

// printed returns a file of a list by its name, or box.ErrNotFound.
func printed(files []meeting.RecordFile, name string) (meeting.RecordFile, error) {
	i := slices.IndexFunc(files, func(f meeting.RecordFile) bool { return f.Name == name })
	if i < 0 {
		return meeting.RecordFile{}, fmt.Errorf("%s: %w", name, box.ErrNotFound)
	}
	return files[i], nil
}

func (o *Office) open(ctx context.Context, f meeting.RecordFile) (*meeting.Printed, error) {
	content, err := o.Store.File(ctx, f.Hash)
	if err != nil {
		return nil, err
	}
	return &meeting.Printed{Name: f.Name, MediaType: f.MediaType, Content: content}, nil
}

// maxReturned is how large a signed paper may be.
const maxReturned = 64 << 20

// ReturnPaper takes back a paper of a record that people have signed: what was
// printed, or came back before, with further signatures and nothing else.
// Otherwise it is [meeting.ErrReturned]. The same again changes nothing.
func (o *Office) ReturnPaper(ctx context.Context, actor staff.Actor, u ballot.UUID, number int, name string, signed []byte) (*Record, error) {
	if err := admit(actor); err != nil {
		return nil, err
	}
	o.printing.Lock()
	defer o.printing.Unlock()
	r, err := o.record(ctx, u, number)
	if err != nil {
		return nil, err
	}
	back, err := o.takeBack(ctx, r, name, signed)
	if err != nil || back == nil {
		return r, err
	}
	if before := r.Back(name); before != nil {
		*before = *back
	} else {
		r.Returned = append(r.Returned, *back)
	}
	return r, o.Store.SaveRecord(ctx, u, *r, o.draft(actor.Audit(), "round.return", detail{
		"round": string(u), "record": fmt.Sprint(number), "file": name, "sha256": back.Hash,
	}))
}

// takeBack checks and keeps a signed paper; nil is one that is here already.
func (o *Office) takeBack(ctx context.Context, r *Record, name string, signed []byte) (*meeting.Returned, error) {
	if len(signed) > maxReturned {
		return nil, refusal(meeting.ErrReturned, "file", "tệp lớn hơn 64 MiB", "larger than 64 MiB")
	}
	f, err := printed(r.Files, name)
	if err != nil {
		return nil, err
	}
	original, err := o.Store.File(ctx, f.Hash)
	if err != nil {
		return nil, err
	}
	signatures, err := o.Press.Check(original, signed)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(signatures, func(s meeting.PaperSignature) bool { return !s.Seal }) {
		return nil, refusal(meeting.ErrReturned, "file", "tệp chưa có chữ ký của ai", "nobody has signed it")
	}
	if before := r.Back(name); before != nil {
		have, err := o.Store.File(ctx, before.Hash)
		if err != nil || bytes.Equal(have, signed) {
			return nil, err
		}
		if !bytes.HasPrefix(signed, have) {
			return nil, refusal(meeting.ErrReturned, "file", "thiếu chữ ký đã có; hãy tải bản mới nhất về rồi ký tiếp",
				"signatures that were there are missing; download the latest version and sign that one")
		}
	}
	hash, err := o.Store.PutFile(ctx, signed)
	return &meeting.Returned{Name: name, Hash: hash, Size: len(signed), Signatures: signatures}, err
}
