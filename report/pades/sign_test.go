package pades

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/homphieu/homphieu/report/cms"
	"github.com/homphieu/homphieu/report/identity"
)

func TestThreeSign(t *testing.T) {
	r, err := Verify(signedByThree(), trust())
	if err != nil || r.Revisions != 4 || len(r.Signatures) != 3 {
		t.Fatalf("%v, %+v", err, r)
	}
	for i, s := range r.Signatures {
		o := at(i)
		if !s.OK() || s.Revision != i+2 || s.Whole != (i == 2) || s.Certifies {
			t.Errorf("%s: %v, %v, %v, revision %d", s.Field, s.Err, s.Untrusted, s.Later, s.Revision)
		}
		if s.Field != o.Field || s.Name != o.Name || s.Reason != o.Reason || s.Location != o.Location || !s.Time.Equal(o.Time) {
			t.Errorf("%+v", s)
		}
		if s.Signer.Subject.CommonName != people()[i].Name() || len(s.Chain) != 2 {
			t.Errorf("signer %v", s.Signer.Subject)
		}
	}
	r, err = Continues(paper(), signedByThree(), trust())
	if err != nil || len(r.Signatures) != 3 {
		t.Errorf("Continues: %v", err)
	}
}

// Strangers' signatures are right, but not trusted: at another time, or under other roots.
func TestUntrusted(t *testing.T) {
	for name, trust := range map[string]cms.Trust{
		"no roots": {At: now}, "too late": {Roots: trust().Roots, At: now.AddDate(40, 0, 0)},
	} {
		r, err := Verify(signedByThree(), trust)
		if err != nil || r.Signatures[0].Err != nil || !errors.Is(r.Signatures[0].Untrusted, cms.ErrUntrusted) || r.Signatures[0].OK() {
			t.Errorf("%s: %v, %+v", name, err, r.Signatures[0])
		}
		if _, err := Continues(paper(), signedByThree(), trust); err != nil {
			t.Errorf("%s: Continues judges trust: %v", name, err)
		}
	}
}

func TestNotContinued(t *testing.T) {
	other := bytes.Replace(signedByThree(), []byte("/Producer"), []byte("/producer"), 1)
	for name, c := range map[string]struct {
		original, signed []byte
		want             error
	}{
		"nothing added":   {paper(), paper(), ErrNotContinued},
		"other bytes":     {paper(), other, ErrNotContinued},
		"shorter":         {signedByThree(), paper(), ErrNotContinued},
		"only a new line": {bytes.TrimSuffix(paper(), []byte("\n")), paper(), ErrNotContinued},
		"no signature":    {paper(), alter(paper(), withCatalog(dict{"Version": name("1.7")})), ErrUnsigned},
	} {
		if _, err := Continues(c.original, c.signed, trust()); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A PDF whose last line has no end is continued behind one.
	cut := bytes.TrimSuffix(paper(), []byte("\n"))
	if _, err := Continues(cut, sign(t, cut, 0, at(0)), trust()); err != nil {
		t.Error(err)
	}
	if r, err := Verify(paper(), trust()); err != nil || len(r.Signatures) != 0 || r.Revisions != 1 {
		t.Errorf("paper without signatures: %v, %+v", err, r)
	}
}

// The server certifies; after that people sign.
func TestCertify(t *testing.T) {
	seal := Options{Field: "server-seal", Certify: true, Time: now}
	pdf := sign(t, paper(), 1, seal)
	pdf = sign(t, pdf, 0, at(0))
	r, err := Continues(paper(), pdf, trust())
	if err != nil || !r.Signatures[0].OK() || !r.Signatures[0].Certifies || r.Signatures[1].Certifies {
		t.Errorf("%v, %+v", err, r)
	}
	if _, err := Prepare(pdf, Options{Field: "second", Certify: true}); !errors.Is(err, ErrCertified) {
		t.Errorf("certified again: %v", err)
	}
	locked := forged(func(d dict) {
		d["Reference"] = array{dict{"TransformMethod": name("DocMDP"), "TransformParams": dict{"P": 1}}}
	}, nil)
	if _, err := Prepare(locked, Options{Field: "second"}); !errors.Is(err, ErrLocked) {
		t.Errorf("signed though locked: %v", err)
	}
	changed := alter(locked, withCatalog(dict{"Version": name("1.7")}))
	if r, err := Verify(changed, trust()); err != nil || !errors.Is(r.Signatures[0].Later, ErrLocked) {
		t.Errorf("%v, %+v", err, r)
	}
	if _, err := Continues(locked, changed, trust()); !errors.Is(err, ErrLocked) {
		t.Errorf("Continues: %v", err)
	}
}

// What is prepared waits, as JSON, and is signed elsewhere.
func TestTwoPhases(t *testing.T) {
	o := at(0)
	first, err := Prepare(paper(), o)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Prepare(paper(), o)
	if err != nil || !bytes.Equal(first.PDF, again.PDF) {
		t.Error("the same options give other bytes")
	}
	var p Prepared
	if err := json.Unmarshal(must(json.Marshal(first)), &p); err != nil {
		t.Fatal(err)
	}
	who := people()[0]
	signature := must(cms.Request{Digest: p.Digest(), Chain: who.Chain}.Sign(who.Key))
	pdf, err := p.Embed(signature)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Continues(paper(), pdf, trust()); err != nil {
		t.Error(err)
	}
	if bytes.Equal(p.PDF, pdf) {
		t.Error("Embed wrote into what it was given")
	}
}

func TestEmbedRefused(t *testing.T) {
	who := people()[0]
	p := must(Prepare(paper(), at(0)))
	signature := must(cms.Request{Digest: p.Digest(), Chain: who.Chain}.Sign(who.Key))
	other := must(Prepare(paper(), at(1)))
	small := at(0)
	small.Reserve = 100
	tight := must(Prepare(paper(), small))
	tightSignature := must(cms.Request{Digest: tight.Digest(), Chain: who.Chain}.Sign(who.Key))
	for name, c := range map[string]struct {
		p         *Prepared
		signature []byte
		want      error
	}{
		"of another paper": {other, signature, cms.ErrDigest},
		"nothing":          {p, nil, cms.ErrMalformed},
		"no space":         {tight, tightSignature, ErrReserve},
		"hole moved":       {&Prepared{p.PDF, p.From + 1, p.To}, signature, ErrMalformed},
		"hole outside":     {&Prepared{p.PDF, p.From, len(p.PDF) + 1}, signature, ErrMalformed},
		"hole upside down": {&Prepared{p.PDF, p.To, p.From}, signature, ErrMalformed},
		"empty":            {&Prepared{}, signature, ErrMalformed},
	} {
		if _, err := c.p.Embed(c.signature); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestOptionsRefused(t *testing.T) {
	signed := signedByHead(t)
	with := func(change func(o *Options)) Options {
		o := at(1)
		change(&o)
		return o
	}
	for name, c := range map[string]struct {
		o    Options
		want error
	}{
		"no field":        {with(func(o *Options) { o.Field = "" }), ErrField},
		"field taken":     {with(func(o *Options) { o.Field = "head" }), ErrField},
		"field with dot":  {with(func(o *Options) { o.Field = "a.b" }), ErrField},
		"field too long":  {with(func(o *Options) { o.Field = strings.Repeat("a", 65) }), ErrField},
		"page 0":          {with(func(o *Options) { o.Appearance.Page = 0 }), ErrNoPage},
		"page 3":          {with(func(o *Options) { o.Appearance.Page = 3 }), ErrNoPage},
		"too large":       {with(func(o *Options) { o.Appearance.Rect = Rect{0, 0, 590, 145} }), ErrRect},
		"off the page":    {with(func(o *Options) { o.Appearance.Rect = Rect{550, 10, 700, 60} }), ErrRect},
		"upside down":     {with(func(o *Options) { o.Appearance.Rect = Rect{50, 50, 10, 10} }), ErrRect},
		"empty rectangle": {with(func(o *Options) { o.Appearance.Rect = Rect{} }), ErrRect},
		"no PNG":          {with(func(o *Options) { o.Appearance.Signature = []byte("GIF89a") }), ErrImage},
		"PNG cut":         {with(func(o *Options) { o.Appearance.Seal = drawing(9, 9, red)[:60] }), ErrImage},
		"text too long":   {with(func(o *Options) { o.Appearance.Text = []string{strings.Repeat("ạ", 99)} }), ErrText},
		"too many lines":  {with(func(o *Options) { o.Appearance.Text = make([]string, 21) }), ErrText},
		"certifies late":  {with(func(o *Options) { o.Certify = true }), ErrCertified},
	} {
		if _, err := Prepare(signed, c.o); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, err := Prepare(append(signed, 'x'), at(1)); !errors.Is(err, ErrTrailing) {
		t.Error(err)
	}
}

// A huge PNG is refused by its header, before anything is unpacked.
func TestHugeImage(t *testing.T) {
	huge := drawing(1, 1, red)
	copy(huge[16:], []byte{0, 1, 0, 0, 0, 1, 0, 0}) // 65536 × 65536
	if _, err := decodeImage(huge); !errors.Is(err, ErrImage) {
		t.Error(err)
	}
}

func TestSignRefusesExpired(t *testing.T) {
	o := at(0)
	o.Time = now.AddDate(50, 0, 0)
	if _, err := Sign(paper(), people()[0], o); !errors.Is(err, identity.ErrExpired) {
		t.Error(err)
	}
}

// Of two images the seal lies over the left third of the signature, and both are in the rectangle.
func TestLayout(t *testing.T) {
	for _, size := range [][2]float64{{150, 60}, {60, 60}, {300, 90}, {40, 120}} {
		for _, ratio := range []float64{0.5, 1, 2, 4} {
			signature, seal := &picture{width: int(100 * ratio), height: 100}, &picture{width: 50, height: 50}
			frame := Rect{0, 0, size[0], size[1]}
			s, m := layout(size[0], size[1], signature, seal)
			if !s.Inside(frame) || !m.Inside(frame) {
				t.Errorf("%v, ratio %v: signature %v, seal %v", size, ratio, s, m)
			}
			if covered := (m.Right - s.Left) / s.width(); covered < 0.32 || covered > 0.35 || m.Left > s.Left+0.01 && m.width() > s.width()/2 {
				t.Errorf("%v, ratio %v: the seal covers %.2f of the signature", size, ratio, covered)
			}
			if m.width() > sealSize+0.01 {
				t.Errorf("a seal of %v points is larger than a real one", m.width())
			}
			alone, _ := layout(size[0], size[1], signature, nil)
			if left, right := alone.Left, size[0]-alone.Right; !alone.Inside(frame) || left-right > 0.01 || right-left > 0.01 {
				t.Errorf("%v, ratio %v: alone at %v", size, ratio, alone)
			}
		}
	}
}

func TestTime(t *testing.T) {
	if got := string(encodeTime(now).data); got != "D:20260210093000+07'00'" {
		t.Error(got)
	}
	for s, want := range map[string]time.Time{
		"D:20260210093000+07'00'": now, "D:20260210093000+07'00": now, "D:20260210023000Z": now, "D:20260210023000Z00'00'": now,
		"D:20260210023000": now, "D:2026": {}, "": {}, "yesterday": {},
	} {
		if got := decodeTime(text{data: []byte(s)}); !got.Equal(want) {
			t.Errorf("%q: %v", s, got)
		}
	}
}

func TestText(t *testing.T) {
	for s, want := range map[string]string{
		"Nguyễn Thị Ngọc Ánh": "Nguyễn Thị Ngọc Ánh", "plain": "plain", "e\u0302\u0301": "ế", "a\n\x00b\u202e": "a b", "\xff": "?", "🗳": "🗳",
	} {
		if got := decodeText(encodeText(s).data); got != want {
			t.Errorf("%q: %q", s, got)
		}
	}
	if got := decodeText([]byte("\xef\xbb\xbfÁnh")); got != "Ánh" {
		t.Error(got)
	}
}

// Every letter of Vietnamese has a glyph, and keeps its outline in a subset.
func TestFontHasVietnamese(t *testing.T) {
	letters := "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ"
	f := newFace()
	f.encode(letters + strings.ToUpper(letters))
	small := parseTables(f.subset())
	for _, r := range letters + strings.ToUpper(letters) {
		g, ok := f.font.glyphs[r]
		if !ok {
			t.Errorf("%c is missing", r)
			continue
		}
		if !bytes.HasPrefix(small.outline(g), f.font.outline(g)) {
			t.Errorf("%c has another outline in the subset", r)
		}
		for _, part := range parts(f.font.outline(g)) {
			if len(f.font.outline(part)) > 0 && len(small.outline(part)) == 0 {
				t.Errorf("%c lacks part %d", r, part)
			}
		}
	}
	if code, _ := f.encode("☐"); code != fmt.Sprintf("%04x", f.font.glyphs['?']) {
		t.Errorf("a missing character becomes %s", code)
	}
}
