package round

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
)

// FileType is the type of a round file.
const FileType = "homphieu-round-v1"

// The bounds of a round file: its bytes, and the characters of an address or key
// in it.
const (
	MaxRoundFile = 8 << 20
	maxOrigin    = 500
)

// A RoundFile is what agencies load of a round, from the superior's server or from
// a stick: everything in it is public, and there are no contacts. Its text has one
// spelling, that of [File].
type RoundFile struct {
	Type        string              `json:"type"` // [FileType]
	UUID        ballot.UUID         `json:"uuid"`
	Title       string              `json:"title"`
	Superior    string              `json:"superior"`
	Office      string              `json:"office"`
	References  []meeting.Reference `json:"references"`
	RuleSet     string              `json:"ruleset"`
	Prepare     meeting.Limit       `json:"prepare"`
	PrepareText meeting.Text        `json:"prepare_text"`
	SendDays    int                 `json:"send_days"`
	Groups      []Group             `json:"groups"`
	Agencies    []FileAgency        `json:"agencies"` // those from which something is expected
	Expected    []Expected          `json:"expected"`
	// Done are the groups of posts on which the vote is over everywhere, as far as
	// the superior knew when the file was written.
	Done []Finished `json:"done"`
	// URL is the superior's server, and Key the verifier key (C2SP signed-note) of
	// its receipts; empty where packages go by file alone.
	URL string `json:"url"`
	Key string `json:"key"`
}

// A FileAgency is an agency as the file names it.
type FileAgency struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Kind string `json:"kind"`
}

// File writes the file of a round that is in order ([Round.Check]); done is what
// [Finish] returns, url the address of the superior's server and key that of its
// receipts.
func File(r *Round, d *Directory, done []Finished, url, key string) []byte {
	f := &RoundFile{
		Type: FileType, UUID: r.UUID, Title: r.Title, Superior: r.Superior, Office: r.Office, References: r.References,
		RuleSet: r.RuleSet, Prepare: r.Prepare, PrepareText: r.PrepareText, SendDays: r.SendDays, Groups: r.Groups,
		Expected: slices.Clone(r.Expected), Done: done, URL: url, Key: key,
	}
	order := newOrder(r, d)
	slices.SortStableFunc(f.Expected, order.compare)
	seen := map[string]bool{}
	for _, e := range f.Expected {
		if a := order.agency(e.Agency); !seen[e.Agency] {
			seen[e.Agency] = true
			f.Agencies = append(f.Agencies, FileAgency{a.ID, a.Name, a.Kind})
		}
	}
	return f.text()
}

// text is the one spelling of the file: indented by two spaces, lists that are
// empty as [], and a line feed at the end.
func (f *RoundFile) text() []byte {
	open := *f
	open.References, open.Groups = full(open.References), full(open.Groups)
	open.Agencies, open.Expected, open.Done = full(open.Agencies), full(open.Expected), full(open.Done)
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(&open); err != nil {
		panic("round: " + err.Error()) // of texts and numbers alone
	}
	return b.Bytes()
}

// full is a list that is never nil.
func full[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// ParseFile reads a round file, or is [ErrRound]: of another type, longer than
// [MaxRoundFile], not in its one spelling, with a member that it does not have, or of a
// round that cannot be.
func ParseFile(text []byte) (*RoundFile, error) {
	if len(text) > MaxRoundFile {
		return nil, refusal(ErrRound, "", "tệp của đợt lớn hơn 8 MB", "a round file is at most 8 MB")
	}
	f := new(RoundFile)
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(f); err != nil || f.Type != FileType || !bytes.Equal(f.text(), text) {
		return nil, refusal(ErrRound, "", "tệp không phải tệp của một đợt, hoặc đã bị sửa", "not a round file, or changed since it was written")
	}
	if err := f.check(); err != nil {
		return nil, err
	}
	if !bytes.Equal(f.text(), text) {
		return nil, refusal(ErrRound, "", "tệp của đợt có chữ không ở dạng chuẩn", "a round file with texts that are not tidy")
	}
	return f, nil
}

// check is that of the round that the file tells of.
func (f *RoundFile) check() error {
	r, d := f.round()
	if !f.UUID.Valid() {
		return refusal(ErrRound, "uuid", "tệp không có mã của đợt", "the file has no UUID of a round")
	}
	if err := d.Check(); err != nil {
		return fmt.Errorf("%w: %w", ErrRound, err)
	}
	if err := r.Check(d); err != nil {
		return err
	}
	for i, a := range d.Agencies {
		f.Agencies[i] = FileAgency{a.ID, a.Name, a.Kind}
	}
	f.Title, f.Superior, f.Office, f.PrepareText, f.References = r.Title, r.Superior, r.Office, r.PrepareText, r.References
	for i, done := range f.Done {
		if _, ok := r.Group(done.Group); !ok || slices.ContainsFunc(f.Done[:i], func(o Finished) bool { return o.Group == done.Group }) {
			return refusal(ErrRound, fmt.Sprintf("done.%d", i), "nhóm đã xong không có trong đợt", "a group that is done is not one of the round")
		}
		if err := checkDay(done.Day, fmt.Sprintf("done.%d.day", i)); err != nil {
			return err
		}
	}
	return f.checkOrigin()
}

// serverForm is the address of a server: scheme, host, port, and a path if it
// stands below one.
var serverForm = regexp.MustCompile(`^https?://([A-Za-z0-9.-]+|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?$`)

// checkOrigin accepts no server, or one that is reached over HTTPS, and over HTTP
// for who tries it on one computer.
func (f *RoundFile) checkOrigin() error {
	if err := tidy(text{"url", &f.URL, maxOrigin}, text{"key", &f.Key, maxOrigin}); err != nil || f.URL == "" {
		return err
	}
	if !serverForm.MatchString(f.URL) {
		return refusal(ErrRound, "url", "địa chỉ máy chủ của cấp trên không đúng dạng", "the address of the superior's server is malformed")
	}
	return nil
}

// round returns the round and the agencies of the file.
func (f *RoundFile) round() (*Round, *Directory) {
	d := &Directory{}
	for _, a := range f.Agencies {
		d.Agencies = append(d.Agencies, Agency{ID: a.ID, Name: a.Name, Kind: a.Kind})
	}
	return &Round{
		UUID: f.UUID, Title: f.Title, Superior: f.Superior, Office: f.Office, References: slices.Clone(f.References),
		RuleSet: f.RuleSet, Prepare: f.Prepare, PrepareText: f.PrepareText, SendDays: f.SendDays, Groups: f.Groups, Expected: f.Expected,
	}, d
}

// GroupsOf returns the groups of posts of an agency, those on which it is expected to vote, in the order of
// the round.
func (f *RoundFile) GroupsOf(agency string) (list []Group) {
	for _, g := range f.Groups {
		if slices.Contains(f.Expected, Expected{agency, g.ID}) {
			list = append(list, g)
		}
	}
	return list
}

// Assignment returns a poll's place in the round; [ErrStranger] when the round
// does not wait for it. What must come before stands as the superior knew it when
// the file was written.
func (f *RoundFile) Assignment(agency, group string) (*meeting.Assignment, error) {
	i := slices.IndexFunc(f.Groups, func(g Group) bool { return g.ID == group })
	if i < 0 || !slices.Contains(f.Expected, Expected{agency, group}) {
		return nil, refusal(ErrStranger, "group", "đợt này không chờ cơ quan này lấy phiếu đối với nhóm chức danh này", "the round does not wait for this poll of this agency")
	}
	g := f.Groups[i]
	a := &meeting.Assignment{
		Round: f.UUID, Title: f.Title, Agency: agency, Group: g.ID, Posts: g.Name, RuleSet: cmp.Or(g.RuleSet, f.RuleSet), URL: f.URL, Key: f.Key,
		Prepare: f.Prepare, Finish: g.Finish, SendDays: f.SendDays,
	}
	for _, id := range g.After {
		a.Before = append(a.Before, f.first(id)...)
	}
	if g.Condition != "" {
		a.Before = append(a.Before, meeting.Precondition{Name: g.Condition})
	}
	return a, nil
}

// first is a group of posts as something that must be done before: nothing when
// there is nobody in it to vote on.
func (f *RoundFile) first(id string) []meeting.Precondition {
	i := slices.IndexFunc(f.Groups, func(g Group) bool { return g.ID == id })
	if i < 0 {
		return nil
	}
	p := meeting.Precondition{Name: "Lấy phiếu tín nhiệm đối với " + inSentence(f.Groups[i].Name), Group: id}
	for _, done := range f.Done {
		if done.Group != id {
			continue
		}
		if done.Day == "" {
			return nil
		}
		p.Done, p.About = done.Day, f.Office+" thông báo"
	}
	return []meeting.Precondition{p}
}
