package parcel_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/report"
	"github.com/homphieu/homphieu/report/cms"
	"github.com/homphieu/homphieu/report/data"
	"github.com/homphieu/homphieu/report/identity"
	"github.com/homphieu/homphieu/report/pades"
	"github.com/homphieu/homphieu/report/parcel"
	"github.com/homphieu/homphieu/report/parcel/parceltest"
	"github.com/homphieu/homphieu/tally/ledger"
	"github.com/homphieu/homphieu/tally/ledger/ledgertest"
)

var _ round.Checker = (*parcel.Checker)(nil)

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var (
	goodOnce sync.Once
	goodCase *parceltest.Case
)

// good is a package without a fault, of a result that is not released.
func good(t testing.TB) *parceltest.Case {
	t.Helper()
	goodOnce.Do(func() { goodCase = parceltest.New(t, parceltest.Options{}) })
	if goodCase == nil {
		t.Fatal("no good package")
	}
	return goodCase.Clone()
}

// refused requires a refusal for people about a file, that says so in English.
func refused(t *testing.T, err error, field, part string) {
	t.Helper()
	r := new(meeting.Refusal)
	if !errors.Is(err, round.ErrPackage) || !errors.As(err, &r) {
		t.Errorf("error %v, want a refusal about %q", err, field)
		return
	}
	if r.Field != field || !strings.Contains(r.What.En, part) || r.What.Vi == "" || r.What.Vi == r.What.En {
		t.Errorf("about %q: %+v, want about %q with %q", r.Field, r.What, field, part)
	}
	if field != "" && (!strings.HasPrefix(r.What.En, field+": ") || !strings.HasPrefix(r.What.Vi, "tệp "+field+": ")) {
		t.Errorf("%+v does not name %s", r.What, field)
	}
}

// A good package is what its poll was.
func TestVerify(t *testing.T) {
	c := good(t)
	file, hash := c.Pack(t)
	claim, err := new(parcel.Checker).Read(file)
	ok(t, err)
	want := c.Claim
	want.Hash, want.Key, want.Signer = hash, parcel.KeyOf(c.Seal.Chain[0]), "Niêm phong của máy chủ"
	if !reflect.DeepEqual(claim, &want) {
		t.Errorf("%+v, want %+v", claim, want)
	}
	poll, err := new(parcel.Checker).Verify(t.Context(), file)
	ok(t, err)
	o := c.Outcome
	if poll.Package != hash || poll.Election != o.Election || poll.Voted != "2023-08-25" || poll.Name != o.Plan.Title || poll.Place != "Hội trường tầng 2" || poll.RuleSet != meeting.RuleSetReg96 {
		t.Errorf("%+v", poll)
	}
	if poll.Summoned != 7 || poll.Present != 6 || poll.Issued != 6 || poll.Collected != 5 || poll.Voided != 1 || poll.Base != 5 {
		t.Errorf("%+v", poll)
	}
	if !reflect.DeepEqual(poll.People, o.People) || !reflect.DeepEqual(poll.Places, [][]string{nil, {"Đảng ủy các cơ quan tỉnh"}}) || poll.Exempt != nil {
		t.Errorf("%+v %v", poll.People, poll.Places)
	}
	if high := poll.People[0].High; high.Votes != 3 || high.Percent != "60,00" || poll.People[1].Invalid != 1 {
		t.Errorf("%+v", poll.People)
	}
	if poll.Entry != 5 || poll.Origin != ledgertest.Origin || !slices.Equal(poll.Cosigned, []string{"witness-0"}) || poll.ByHand {
		t.Errorf("log: %d %s %v", poll.Entry, poll.Origin, poll.Cosigned)
	}
	checkSigners(t, poll.Papers, false)
}

// checkSigners compares who signed with what the good package has.
func checkSigners(t *testing.T, papers []round.SignedPaper, trusted bool) {
	t.Helper()
	var got []string
	for _, p := range papers {
		for i, s := range p.Signatures {
			if s.Seal != (i == 0) || s.Trusted != (s.Seal || trusted) || s.Time.IsZero() || s.Issuer == "" {
				t.Errorf("%s: %+v", p.Name, s)
			}
			got = append(got, p.Name+" "+s.Field+" "+s.Signer)
		}
	}
	want := []string{
		"minutes.pdf server-seal Niêm phong của máy chủ", "minutes.pdf head Bùi Văn Khoa", "minutes.pdf chair Lê Thị Hòa",
		"report.pdf server-seal Niêm phong của máy chủ", "report.pdf head Bùi Văn Khoa",
		"person-01.pdf server-seal Niêm phong của máy chủ", "person-02.pdf server-seal Niêm phong của máy chủ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// verify packs a case and verifies it.
func verify(t *testing.T, c *parceltest.Case) (*round.Poll, error) {
	t.Helper()
	file, _ := c.Pack(t)
	return new(parcel.Checker).Verify(t.Context(), file)
}

// Other packages that are good too.
func TestVerifyOthers(t *testing.T) {
	for name, c := range map[string]struct {
		options parceltest.Options
		alter   func(c *parceltest.Case)
		check   func(p *round.Poll) bool
	}{
		"released": {parceltest.Options{Released: true}, nil, func(p *round.Poll) bool { return p.Entry == 5 && p.Origin != "" }},
		"signed by hand": {
			parceltest.Options{Unsigned: true}, func(c *parceltest.Case) { c.Claim.ByHand = true },
			func(p *round.Poll) bool { return p.ByHand && len(p.Papers[0].Signatures) == 1 },
		},
		"no log":          {parceltest.Options{}, func(c *parceltest.Case) { c.Contents.Log = nil }, func(p *round.Poll) bool { return p.Entry == -1 && p.Origin == "" }},
		"without persons": {parceltest.Options{}, func(c *parceltest.Case) { drop(c, "person-02.pdf") }, func(p *round.Poll) bool { return len(p.Papers) == 3 }},
		"a correction": {
			parceltest.Options{}, func(c *parceltest.Case) {
				c.Claim.Supersedes, c.Claim.Why = strings.Repeat("a", 64), "In lại biên bản"
			},
			func(p *round.Poll) bool { return true },
		},
		"of the State, one of two papers, with an exempt person": {
			parceltest.Options{
				RuleSet: meeting.RuleSetNQ85, Members: 60, Paper: "Phiếu số 2",
				People: []meeting.Person{{Name: "Vũ Hòa", Post: "Chủ tịch"}, {Post: "Phó Chủ tịch"}},
				Exempt: []meeting.Person{{Name: "Phạm Quỳnh", Post: "Phó Chủ tịch", Exempt: "retirement_notice"}},
			}, nil,
			func(p *round.Poll) bool {
				return p.Base == 60 && p.Name == "Phiếu số 2" && len(p.Exempt) == 1 && p.Places == nil
			},
		},
		"nobody voted for": {
			parceltest.Options{Votes: [][]int{{-1, -1}, {-1, -1}, {-1, -1}}}, nil,
			func(p *round.Poll) bool { return p.People[0].Invalid == 3 && p.Collected == 3 },
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := parceltest.New(t, c.options)
			if c.alter != nil {
				c.alter(a)
			}
			if p, err := verify(t, a); err != nil || !c.check(p) {
				t.Errorf("%+v, %v", p, err)
			}
		})
	}
}

func drop(c *parceltest.Case, name string) {
	c.Contents.Printed = slices.DeleteFunc(c.Contents.Printed, func(f meeting.Printed) bool { return f.Name == name })
}

// People are trusted by the roots of who checks, the seal by its own authority.
func TestVerifyTrust(t *testing.T) {
	c := good(t)
	file, _ := c.Pack(t)
	roots := x509.NewCertPool()
	roots.AddCert(c.People.Certificate())
	poll, err := (&parcel.Checker{Roots: roots}).Verify(t.Context(), file)
	ok(t, err)
	checkSigners(t, poll.Papers, true)
}

// A sample meeting counts only where samples do.
func TestVerifySample(t *testing.T) {
	c := parceltest.New(t, parceltest.Options{Trial: true})
	file, _ := c.Pack(t)
	_, err := new(parcel.Checker).Verify(t.Context(), file)
	refused(t, err, "result.json", "sample meeting")
	if _, err := (&parcel.Checker{Samples: true}).Verify(t.Context(), file); err != nil {
		t.Error(err)
	}
}

// Whatever file is exchanged on the way is named.
func TestVerifyExchanged(t *testing.T) {
	c := good(t)
	file, _ := c.Pack(t)
	list, err := parcel.Split(file)
	ok(t, err)
	for i := range list {
		exchanged := slices.Clone(list)
		exchanged[i].Content = bytes.Clone(list[i].Content)
		at := len(list[i].Content) / 2
		if list[i].Name == parcel.SignatureFile {
			at = len(list[i].Content) - 1 // of the value; certificates beside the signer's prove nothing
		}
		exchanged[i].Content[at] ^= 1
		again, err := parcel.Join(exchanged)
		ok(t, err)
		_, err = new(parcel.Checker).Verify(t.Context(), again)
		switch name := list[i].Name; name {
		case parcel.ManifestFile:
			r := new(meeting.Refusal)
			if !errors.As(err, &r) || r.Field != parcel.ManifestFile && r.Field != parcel.SignatureFile {
				t.Errorf("%s: %v", name, err)
			}
		case parcel.SignatureFile:
			refused(t, err, name, "does not fit what the package says")
		default:
			refused(t, err, name, "exchanged after signing")
		}
	}
}

// replace exchanges a part of a printed file.
func replace(t *testing.T, c *parceltest.Case, name, before, after string) {
	t.Helper()
	f := c.File(t, name)
	altered := bytes.Replace(f.Content, []byte(before), []byte(after), 1)
	if bytes.Equal(altered, f.Content) {
		t.Fatalf("%s: no %q", name, before)
	}
	f.Content = altered
}

// reprint has the agency's server print another outcome, sign and log it: the
// whole of a lie.
func reprint(t *testing.T, c *parceltest.Case, alter func(o *meeting.Outcome)) {
	t.Helper()
	o := *c.Outcome
	o.People, o.Facts.People, o.Exempt = slices.Clone(o.People), slices.Clone(o.Facts.People), slices.Clone(o.Exempt)
	alter(&o)
	c.Print(t, &o)
	c.Sign(t, meeting.MinutesFile, "head", "Bùi Văn Khoa")
	c.Record(t, false)
}

// An agency that says something else than its archive is refused, though it signs
// everything, prints everything anew and has it logged.
func TestVerifyLies(t *testing.T) {
	for name, c := range map[string]struct {
		alter func(o *meeting.Outcome)
		part  string
	}{
		"votes moved": {func(o *meeting.Outcome) {
			o.People[0].High = meeting.Share{Votes: 4, Percent: "80,00"}
			o.People[0].Low = meeting.Share{Votes: 0, Percent: "0,00"}
		}, `line 43 says “"high": 4,”, the archive gives “"high": 3,”`},
		"percentages moved":  {func(o *meeting.Outcome) { o.People[0].High.Percent = "90,00" }, `“"high_percent": "90,00",”`},
		"names exchanged":    {func(o *meeting.Outcome) { exchangeNames(o) }, "person 1 is"},
		"another name":       {func(o *meeting.Outcome) { o.People[0].Name = "Nguyễn Thị Anh" }, "person 1 is"},
		"another post":       {func(o *meeting.Outcome) { o.People[1].Post = "Giám đốc" }, "person 2 is"},
		"a person less":      {func(o *meeting.Outcome) { o.People, o.Facts.People = o.People[:1], o.Facts.People[:1] }, "it has 1 persons, the ballot 2"},
		"another title":      {func(o *meeting.Outcome) { o.Plan.Title = "Hội nghị khác" }, "not those on the ballot"},
		"another day":        {func(o *meeting.Outcome) { o.Plan.Date = "2023-08-20" }, "not those on the ballot"},
		"another place":      {func(o *meeting.Outcome) { o.Plan.Place = "Phòng họp" }, "not those on the ballot"},
		"another agency":     {func(o *meeting.Outcome) { o.Plan.Agency = "Sở Tài chính" }, "not those on the ballot"},
		"more ballots":       {func(o *meeting.Outcome) { o.Collected = 6 }, "the archive gives"},
		"more slips":         {func(o *meeting.Outcome) { o.Slips.Printed++ }, "the archive gives"},
		"fewer voided":       {func(o *meeting.Outcome) { o.Voided = 0 }, "the archive gives"},
		"another end":        {func(o *meeting.Outcome) { o.EndBallots[0] ^= 1 }, "the archive gives"},
		"another election":   {func(o *meeting.Outcome) { o.Election = ballot.NewUUID() }, "not the manifest of this poll"},
		"another base":       {func(o *meeting.Outcome) { o.Base = 10 }, "the archive gives"},
		"base of members":    {func(o *meeting.Outcome) { o.PercentBase = meeting.BaseMembers }, "percentages are not of what the rule set asks for"},
		"rule set of others": {func(o *meeting.Outcome) { o.Rules = ruleSet("reg1_1900", 1) }, "not known here"},
		"rule set to come":   {func(o *meeting.Outcome) { o.Rules = ruleSet(meeting.RuleSetReg96, 1000) }, "newer than the one here"},
		"few present":        {func(o *meeting.Outcome) { o.Present = 5 }, "7 summoned, 5 present, 6 slips issued"},
		"few summoned":       {func(o *meeting.Outcome) { o.Summoned = 5 }, "5 summoned, 6 present"},
		"another reason": {func(o *meeting.Outcome) {
			o.Exempt = []meeting.Person{{Name: "Ai", Exempt: "x"}}
			o.Rules = &meeting.RuleSet{ID: o.Rules.ID, Version: o.Rules.Version, Exempt: []meeting.Reason{{ID: "x", Text: meeting.Text{Vi: "lý do"}}}, Form: o.Rules.Form}
		}, "the archive gives"},
	} {
		t.Run(name, func(t *testing.T) {
			a := good(t)
			reprint(t, a, c.alter)
			_, err := verify(t, a)
			field := "result.json"
			if name == "another election" {
				field = "manifest.json"
				r := new(meeting.Refusal)
				if errors.As(err, &r) && r.Field == "result.json" { // its own bytes say so before the manifest does
					return
				}
			}
			refused(t, err, field, c.part)
		})
	}
}

func exchangeNames(o *meeting.Outcome) {
	o.People[0].Name, o.People[1].Name = o.People[1].Name, o.People[0].Name
	o.People[0].Post, o.People[1].Post = o.People[1].Post, o.People[0].Post
}

func ruleSet(id string, version int) *meeting.RuleSet {
	known, _ := meeting.RuleSetByID(meeting.RuleSetReg96)
	r := *known
	r.ID, r.Version = id, version
	return &r
}

// An agency that puts another file into the package is refused, whichever it is.
func TestVerifyFiles(t *testing.T) {
	other := parceltest.New(t, parceltest.Options{})
	u := string(good(t).Election.UUID)
	exchange := func(name string) func(t *testing.T, c *parceltest.Case) {
		return func(t *testing.T, c *parceltest.Case) { *c.File(t, name) = *other.File(t, name) }
	}
	edit := func(name, before, after string) func(t *testing.T, c *parceltest.Case) {
		return func(t *testing.T, c *parceltest.Case) { replace(t, c, name, before, after) }
	}
	for name, c := range map[string]struct {
		alter       func(t *testing.T, c *parceltest.Case)
		field, part string
	}{
		"archive of another poll": {func(_ *testing.T, c *parceltest.Case) { c.Contents.Archive = other.Contents.Archive }, u + ".bel", "another poll"},
		"all of another poll":     {func(_ *testing.T, c *parceltest.Case) { c.Contents = other.Contents }, u + ".bel", "another poll"},
		"archive cut": {func(_ *testing.T, c *parceltest.Case) {
			c.Contents.Archive = c.Contents.Archive[:len(c.Contents.Archive)-512]
		}, u + ".bel", "does not hold"},
		"archive without a result": {func(_ *testing.T, c *parceltest.Case) { c.Contents.Archive = cutResult(c.Contents.Archive) }, u + ".bel", "ends before the result"},
		"no archive":               {func(_ *testing.T, c *parceltest.Case) { c.Contents.Archive = []byte("x") }, u + ".bel", "not the archive of a poll"},
		"archive altered": {func(_ *testing.T, c *parceltest.Case) {
			c.Contents.Archive = bytes.Replace(c.Contents.Archive, []byte(`"choices"`), []byte(`"choicez"`), 1)
		}, u + ".bel", "does not hold"},
		"shares of another poll":  {func(_ *testing.T, c *parceltest.Case) { c.Contents.Shares = other.Contents.Shares }, u + ".shares.json", "made for another tally"},
		"no shares":               {func(_ *testing.T, c *parceltest.Case) { c.Contents.Shares = []byte("{}") }, u + ".shares.json", "proofs of decryption"},
		"closing of another poll": {func(_ *testing.T, c *parceltest.Case) { c.Contents.Closing = other.Contents.Closing }, u + ".closing.json", "does not fit the archive"},
		"no closing":              {func(_ *testing.T, c *parceltest.Case) { c.Contents.Closing = []byte("{}") }, u + ".closing.json", "not a closing file"},
		"counts altered": {func(_ *testing.T, c *parceltest.Case) {
			c.Contents.Closing = bytes.Replace(c.Contents.Closing, []byte(`"returned":1,"not_returned":0`), []byte(`"returned":0,"not_returned":1`), 1)
		}, u + ".closing.json", "closing file"},
		"result of another poll": {exchange("result.json"), "package.json", "day of the vote or meeting"},
		"result respaced":        {edit("result.json", `"collected": 5`, `"collected":5`), "result.json", "not of the form"},
		"rows":                   {edit("result.csv", "60,00", "80,00"), "result.csv", "line 2 has"},
		"rows more":              {edit("result.csv", "Trần Đạt", "Trần Đạt\r\nx"), "result.csv", "line"},
		"trackers": {func(t *testing.T, c *parceltest.Case) {
			c.File(t, "trackers.txt").Content = other.File(t, "trackers.txt").Content
		}, "trackers.txt", "not the list"},
		"trackers out of order": {func(t *testing.T, c *parceltest.Case) { turn(c.File(t, "trackers.txt")) }, "trackers.txt", "not the list"},
		"no trackers":           {func(t *testing.T, c *parceltest.Case) { c.File(t, "trackers.txt").Content = nil }, "trackers.txt", "not the list"},
		"trackers without end": {func(t *testing.T, c *parceltest.Case) {
			f := c.File(t, "trackers.txt")
			f.Content = bytes.TrimSuffix(f.Content, []byte("\n"))
		}, "trackers.txt", "not the list"},
		"table":                   {exchange("result.xlsx"), "result.xlsx", "not the file that was printed"},
		"authority":               {exchange("ca.pem"), "ca.pem", "not the file that was printed"},
		"manifest of another":     {exchange("manifest.json"), "manifest.json", "not the manifest of this poll"},
		"manifest respaced":       {edit("manifest.json", "\r\n", "\n"), "manifest.json", "not the manifest"},
		"manifest signed by none": {edit("manifest.json", `"bytes": `, `"bytes": 1`), "manifest.json.p7s", "digest mismatch"},
		"signature of another":    {exchange("manifest.json.p7s"), "manifest.json.p7s", "signature does not hold"},
		"signature damaged":       {func(t *testing.T, c *parceltest.Case) { c.File(t, "manifest.json.p7s").Content = []byte("x") }, "manifest.json.p7s", "malformed"},
		"manifest of more files":  {remanifest(func(l []meeting.Printed) []meeting.Printed { return append(l, meeting.Printed{Name: "annex.txt"}) }), "manifest.json", "annex.txt, which is not in the package"},
		"manifest of fewer files": {remanifest(func(l []meeting.Printed) []meeting.Printed {
			return slices.DeleteFunc(l, func(f meeting.Printed) bool { return f.Name == "result.xlsx" })
		}), "manifest.json", "does not name result.xlsx"},
		"minutes of another": {exchange("minutes.pdf"), "minutes.pdf", ""},
		"report of another":  {exchange("report.pdf"), "report.pdf", ""},
		"person of another":  {exchange("person-01.pdf"), "person-01.pdf", ""},
		"minutes for report": {func(t *testing.T, c *parceltest.Case) {
			c.File(t, "report.pdf").Content = c.File(t, "minutes.pdf").Content
		}, "report.pdf", "public log"},
		"no pdf":            {func(t *testing.T, c *parceltest.Case) { c.File(t, "minutes.pdf").Content = []byte("%PDF-1.7\n") }, "minutes.pdf", "malformed"},
		"a person too many": {func(t *testing.T, c *parceltest.Case) { c.File(t, "person-02.pdf").Name = "person-03.pdf" }, "person-03.pdf", "no such person"},
		"person nought":     {func(t *testing.T, c *parceltest.Case) { c.File(t, "person-02.pdf").Name = "person-00.pdf" }, "person-00.pdf", "no such person"},
		"slip for the report": {func(t *testing.T, c *parceltest.Case) {
			c.File(t, "report.pdf").Content = c.File(t, "person-01.pdf").Content
		}, "report.pdf", "the result.json inside it"},
	} {
		t.Run(name, func(t *testing.T) {
			a := good(t)
			c.alter(t, a)
			_, err := verify(t, a)
			refused(t, err, c.field, c.part)
		})
	}
}

// cutResult takes the last event and its data off an archive.
func cutResult(bel []byte) []byte {
	i := bytes.LastIndex(bel, []byte(`{"result":`))
	return bel[:i-512]
}

func turn(f *meeting.Printed) {
	lines := strings.SplitAfter(strings.TrimSuffix(string(f.Content), "\n"), "\n")
	slices.Reverse(lines)
	f.Content = []byte(strings.TrimSuffix(strings.Join(append(lines[:1], append([]string{"\n"}, lines[1:]...)...), ""), "\n") + "\n")
}

// remanifest has the seal sign another manifest.
func remanifest(alter func(list []meeting.Printed) []meeting.Printed) func(t *testing.T, c *parceltest.Case) {
	return func(t *testing.T, c *parceltest.Case) {
		t.Helper()
		var list []meeting.Printed
		for _, f := range c.Contents.Printed {
			if f.MediaType != "application/pdf" && !strings.HasPrefix(f.Name, "manifest.json") {
				list = append(list, f)
			}
		}
		text, err := data.Manifest(c.Election.UUID, alter(list))
		ok(t, err)
		c.File(t, "manifest.json").Content = text
		c.File(t, "manifest.json.p7s").Content = signature(t, c.Seal, text)
	}
}

// Who sealed the papers is who sent the package, or under the same authority.
func TestVerifySeals(t *testing.T) {
	c := good(t)
	c.Seal = c.Issue(t, "Máy chủ mới") // the server got a new key since
	if _, err := verify(t, c); err != nil {
		t.Errorf("another key of the authority: %v", err)
	}
	stranger := parceltest.New(t, parceltest.Options{})
	c.Seal = stranger.Seal
	_, err := verify(t, c)
	refused(t, err, "manifest.json.p7s", "not of the server that sent the package")
	c = good(t)
	c.Seal = stranger.Seal
	remanifest(func(l []meeting.Printed) []meeting.Printed { return l })(t, c)
	_, err = verify(t, c)
	refused(t, err, "minutes.pdf", "seal: not that of the server")
}

// A paper comes with the seal first, then signatures where they belong, and
// nothing else.
func TestVerifyPapers(t *testing.T) {
	c := good(t)
	who, err := c.People.Issue("Người lạ", "", parceltest.Now)
	ok(t, err)
	sign := func(pdf []byte, o pades.Options) []byte {
		t.Helper()
		signed, err := pades.Sign(pdf, who, o)
		ok(t, err)
		return signed
	}
	minutes := c.File(t, meeting.MinutesFile).Content
	for name, a := range map[string]struct {
		pdf  []byte
		part string
	}{
		"covering the table": {sign(minutes, pades.Options{Field: "x", Name: "x", Time: parceltest.Now, Appearance: &pades.Appearance{
			Page: 1, Rect: pades.Rect{Left: 90, Bottom: 300, Right: 500, Top: 400},
		}}), "may hide what the paper says"},
		"bytes behind":        {append(bytes.Clone(minutes), "x"...), "bytes behind the end"},
		"a signature damaged": {damage(minutes), "by more than signatures"},
		"cut in the middle":   {minutes[:len(minutes)-100], "behind the end"},
	} {
		t.Run(name, func(t *testing.T) {
			c := good(t)
			c.File(t, meeting.MinutesFile).Content = a.pdf
			_, err := verify(t, c)
			refused(t, err, meeting.MinutesFile, a.part)
		})
	}
	t.Run("not sealed", func(t *testing.T) {
		c := good(t)
		pdf := c.File(t, "person-01.pdf").Content
		unsealed := pdf[:bytes.Index(pdf, []byte("%%EOF"))+6]
		c.File(t, "person-01.pdf").Content = unsealed
		_, err := verify(t, c)
		refused(t, err, "person-01.pdf", "seal: not that of the server")
		c.File(t, "person-01.pdf").Content, err = pades.Sign(unsealed, c.Seal, pades.Options{Field: report.SealField, Name: "x", Time: parceltest.Now})
		ok(t, err)
		_, err = verify(t, c)
		refused(t, err, "person-01.pdf", "seal: not that of the server") // it certifies nothing
	})
}

// damage changes a byte in the last signature.
func damage(pdf []byte) []byte {
	pdf = bytes.Clone(pdf)
	i := bytes.LastIndex(pdf, []byte("/Contents"))
	at := i + 400
	pdf[at] ^= pdf[at] ^ map[bool]byte{true: '0', false: '1'}[pdf[at] == '1']
	return pdf
}

// Minutes that nobody signed are refused unless the agency says that they were
// signed by hand.
func TestVerifyUnsigned(t *testing.T) {
	c := parceltest.New(t, parceltest.Options{Unsigned: true})
	_, err := verify(t, c)
	refused(t, err, meeting.MinutesFile, "nobody has signed the minutes")
	if !errors.Is(err, meeting.ErrUnsigned) {
		t.Errorf("error %v", err)
	}
}

// What the package says of itself must fit the result.
func TestVerifyClaim(t *testing.T) {
	for name, alter := range map[string]func(c *parceltest.Case){
		"day":     func(c *parceltest.Case) { c.Claim.Voted = "2023-08-24" },
		"meeting": func(c *parceltest.Case) { c.Claim.Meeting = ballot.NewUUID() },
		"none":    func(c *parceltest.Case) { c.Claim.Meeting = "" },
	} {
		t.Run(name, func(t *testing.T) {
			c := good(t)
			alter(c)
			_, err := verify(t, c)
			refused(t, err, "package.json", "day of the vote or meeting")
		})
	}
	notice := good(t)
	notice.Claim = round.Claim{Kind: round.KindNotice, Round: parceltest.Round, Agency: "a", Group: "b", Prepared: "2023-07-30", Made: parceltest.Now}
	_, err := verify(t, notice)
	refused(t, err, "", "a notice")
}

// Questions whose answers stand in another order would turn the result round.
func TestVerifyLevels(t *testing.T) {
	turned := slices.Clone(meeting.Levels)
	slices.Reverse(turned)
	levels := meeting.Levels
	meeting.Levels = turned
	t.Cleanup(func() { meeting.Levels = levels })
	c := parceltest.New(t, parceltest.Options{})
	meeting.Levels = levels
	_, err := verify(t, c)
	refused(t, err, string(c.Election.UUID)+".bel", "three levels in their order")
}

// The agency's log must say the same, under a checkpoint that its policy asks for.
func TestVerifyLog(t *testing.T) {
	c := good(t)
	u := c.Election.UUID
	other := parceltest.New(t, parceltest.Options{})
	closed := ledgerClosed(t, c)
	salt := ledger.NewSalt()
	say := func(alter func(bodies []ledger.Body) []ledger.Body) func(t *testing.T, c *parceltest.Case) {
		return func(t *testing.T, c *parceltest.Case) {
			c.Say(t, salt, alter([]ledger.Body{
				ledger.Sealed{Election: u, Fingerprint: c.Election.Fingerprint()}, closed, ledger.NewResult(u, salt, c.Items(t)),
			})...)
		}
	}
	items := func(alter func(list []ledger.Item) []ledger.Item, opened bool) func(t *testing.T, c *parceltest.Case) {
		return func(t *testing.T, c *parceltest.Case) {
			list := alter(c.Items(t))
			bodies := []ledger.Body{ledger.Sealed{Election: u, Fingerprint: c.Election.Fingerprint()}, closed, ledger.NewResult(u, salt, list)}
			if opened {
				bodies = append(bodies, ledger.NewOpened(u, 5, salt, list))
			}
			c.Say(t, salt, bodies...)
		}
	}
	altered := func(name string) func(list []ledger.Item) []ledger.Item {
		return func(list []ledger.Item) []ledger.Item {
			i := slices.IndexFunc(list, func(item ledger.Item) bool { return item.Name == name })
			list[i].Hash[0] ^= 1
			return list
		}
	}
	without := func(name string) func(list []ledger.Item) []ledger.Item {
		return func(list []ledger.Item) []ledger.Item {
			return slices.DeleteFunc(list, func(item ledger.Item) bool { return item.Name == name })
		}
	}
	cases := map[string]struct {
		alter       func(t *testing.T, c *parceltest.Case)
		field, part string
	}{
		"of another poll": {func(_ *testing.T, c *parceltest.Case) { c.Contents.Log = other.Contents.Log }, "log/sealed.proof", "sealed another poll"},
		"of another log":  {func(_ *testing.T, c *parceltest.Case) { c.Contents.Log.Policy = other.Contents.Log.Policy }, "log/sealed.proof", "not proven"},
		"policy altered": {func(_ *testing.T, c *parceltest.Case) {
			c.Contents.Log.Policy = bytes.Replace(c.Contents.Log.Policy, []byte("witnesses 1"), []byte("witnesses 0"), 1)
		}, "log/policy", "not a policy"},
		"policy not signed":    {func(_ *testing.T, c *parceltest.Case) { c.Contents.Log.Policy = c.Keys.Text }, "log/policy", "not a policy"},
		"few cosignatures":     {func(t *testing.T, c *parceltest.Case) { c.Contents.Log.Policy = strict(t, c) }, "log/sealed.proof", "missing witness-1"},
		"another salt":         {func(_ *testing.T, c *parceltest.Case) { c.Contents.Log.Salt[0] ^= 1 }, string(u) + ".bel", "not the one of which"},
		"another end":          {say(func(b []ledger.Body) []ledger.Body { b[1] = alterClosed(closed); return b }), "log/closed.proof", "ended otherwise"},
		"another number":       {say(func(b []ledger.Body) []ledger.Body { c := closed; c.Ballots++; b[1] = c; return b }), "log/closed.proof", "ended otherwise"},
		"not counted":          {say(func(b []ledger.Body) []ledger.Body { return b[:2] }), "log/result.proof", "missing"},
		"entries exchanged":    {func(_ *testing.T, c *parceltest.Case) { slices.Reverse(c.Contents.Log.Entries) }, "log/closed.proof", "out of order"},
		"entry twice":          {func(_ *testing.T, c *parceltest.Case) { c.Contents.Log.Entries[1] = c.Contents.Log.Entries[0] }, "log/closed.proof", "out of order"},
		"of two states":        {func(t *testing.T, c *parceltest.Case) { c.Contents.Log.Entries[2] = later(t, c, salt) }, "log/result.proof", "not of one state"},
		"a proof of nothing":   {func(_ *testing.T, c *parceltest.Case) { c.Contents.Log.Entries[1] = &ledger.Proof{} }, "log/closed.proof", "not proven"},
		"speaks of others":     {items(func(l []ledger.Item) []ledger.Item { return append(l, ledger.Item{Name: "annex.pdf"}) }, false), "log/result.proof", "annex.pdf"},
		"not of the result":    {items(without("result.json"), false), "log/result.proof", "does not speak of result.json"},
		"not of the proofs":    {items(without("shares.json"), false), "log/result.proof", "does not speak of shares.json"},
		"not of the archive":   {items(without(ledger.LastEvent), true), "log/result.proof", "does not speak of last_event"},
		"opened is no opening": {func(t *testing.T, c *parceltest.Case) { foreign(t, c, salt) }, "log/opened.proof", "not the entry that opens"},
	}
	for _, name := range []string{ledger.LastEvent, "shares.json", "result.json", "manifest.json", "minutes.pdf", "report.pdf"} {
		field := map[string]string{ledger.LastEvent: string(u) + ".bel", "shares.json": string(u) + ".shares.json"}[name]
		if field == "" {
			field = name
		}
		for _, opened := range []bool{false, true} {
			a := cases["another salt"]
			a.alter, a.field, a.part = items(altered(name), opened), field, "not the one of which the agency's public log speaks"
			cases[fmt.Sprintf("another %s, opened %v", name, opened)] = a
		}
	}
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		t.Run(name, func(t *testing.T) {
			a := good(t)
			cases[name].alter(t, a)
			_, err := verify(t, a)
			refused(t, err, cases[name].field, cases[name].part)
		})
	}
}

func ledgerClosed(t *testing.T, c *parceltest.Case) ledger.Closed {
	t.Helper()
	closed, err := ledger.ReadClosed(bytes.NewReader(c.Contents.Archive), c.Election.UUID, c.Contents.Closing)
	ok(t, err)
	return closed
}

func alterClosed(c ledger.Closed) ledger.Closed {
	c.Closing[0] ^= 1
	return c
}

// A check ends with its context.
func TestVerifyCanceled(t *testing.T) {
	file, _ := good(t).Pack(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := new(parcel.Checker).Verify(ctx, file); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// Several packages are checked at once.
func TestVerifyAtOnce(t *testing.T) {
	c, checker := good(t), new(parcel.Checker)
	file, _ := c.Pack(t)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if p, err := checker.Verify(t.Context(), file); err != nil || p.Collected != 5 {
				t.Errorf("%+v, %v", p, err)
			}
		})
	}
	wait.Wait()
}

// signature is the detached signature of a file.
func signature(t *testing.T, who identity.Identity, content []byte) []byte {
	t.Helper()
	digest := sha256.Sum256(content)
	der, err := cms.Request{Digest: digest[:], Chain: who.Chain, Time: parceltest.Now}.Sign(who.Key)
	ok(t, err)
	return der
}

// strict is a policy of the log that asks for both witnesses.
func strict(t *testing.T, c *parceltest.Case) []byte {
	t.Helper()
	signed, err := ledger.SignPolicy(bytes.Replace(c.Keys.Text, []byte("witnesses 1"), []byte("witnesses 2"), 1), c.Keys.Signer)
	ok(t, err)
	return signed
}

// said is what a log that knows the poll of a case, and then another, proves of
// both.
func said(t *testing.T, c *parceltest.Case, salt [32]byte) (ours, others []*ledger.Proof) {
	t.Helper()
	log, u := c.Keys.Log(t, ledgertest.NewMemory()), c.Election.UUID
	_, err := log.Append(t.Context(), append(ledgertest.Poll(0),
		ledger.Sealed{Election: u, Fingerprint: c.Election.Fingerprint()}, ledgerClosed(t, c), ledger.NewResult(u, salt, c.Items(t)), ledgertest.Poll(9)[0])...)
	ok(t, err)
	c.Keys.Publish(t, log, c.Keys.Witness(t, 0, ledgertest.NewWitnessMemory()))
	ours, err = log.Prove(t.Context(), u)
	ok(t, err)
	others, err = log.Prove(t.Context(), ledgertest.UUID(9))
	ok(t, err)
	return ours, others
}

// later is the proof of the result in a log that has grown.
func later(t *testing.T, c *parceltest.Case, salt [32]byte) *ledger.Proof {
	t.Helper()
	ours, _ := said(t, c, salt)
	return ours[2]
}

// foreign puts the entry of another poll where that belongs which opens ours.
func foreign(t *testing.T, c *parceltest.Case, salt [32]byte) {
	t.Helper()
	ours, others := said(t, c, salt)
	c.Contents.Log.Entries = append(ours, others[0])
}
