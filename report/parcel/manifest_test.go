package parcel_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/report/cms"
	"github.com/homphieu/homphieu/report/parcel"
	"github.com/homphieu/homphieu/report/parcel/parceltest"
)

// packageJSON is that of the good package.
func packageJSON(t testing.TB, c *parceltest.Case) string {
	t.Helper()
	file, _ := c.Pack(t)
	list, err := parcel.Split(file)
	ok(t, err)
	return string(list[0].Content)
}

// package.json has one spelling, and fields that can be.
func TestManifestRefused(t *testing.T) {
	c := good(t)
	c.Claim.Supersedes, c.Claim.Why = strings.Repeat("a", 64), "In lại"
	text := packageJSON(t, c)
	ok(t, parcel.CheckManifest([]byte(text)))
	for _, change := range [][2]string{
		{`"homphieu-package-v1"`, `"homphieu-package-v2"`},
		{`"kind":"result"`, `"kind":"notice"`},
		{`"kind":"result"`, `"kind":"x"`},
		{`"kind":"result"`, `"kind": "result"`},
		{`"kind":"result"`, `"Kind":"result"`},
		{`"kind":"result"`, `"kind":"result","kind":"result"`},
		{`"kind":"result"`, `"kind":"result","more":1`},
		{`"round":"RoundTest23abc"`, `"round":"0"`},
		{`"agency":"so-noi-vu"`, `"agency":""`},
		{`"agency":"so-noi-vu"`, `"agency":"So-noi-vu"`},
		{`"agency":"so-noi-vu"`, `"agency":"` + strings.Repeat("a", 33) + `"`},
		{`"group":"cac-chuc-danh"`, `"group":"a/b"`},
		{`"poll":"`, `"poll":"0`},
		{`"meeting":"`, `"meeting":"0`},
		{`"voted":"2023-08-25"`, `"voted":"2023-02-30"`},
		{`"voted":"2023-08-25",`, ``},
		{`"supersedes":"a`, `"supersedes":"A`},
		{`"supersedes":"` + strings.Repeat("a", 64) + `",`, ``},
		{`"why":"In lại",`, ``},
		{`"why":"In lại"`, `"why":" In lại"`},
		{`"why":"In lại"`, `"why":"In\nlại"`},
		{`"why":"In lại"`, `"why":"In` + "\u202e" + `lại"`},
		{`"why":"In lại"`, `"why":"In \u006cại"`},
		{`"why":"In lại"`, `"why":"` + strings.Repeat("a", 501) + `"`},
		{`"made":"2023-08-25T10:45:00Z"`, `"made":"2023-08-25T10:45:00.5Z"`},
		{`"made":"2023-08-25T10:45:00Z"`, `"made":"2023-08-25T17:45:00+07:00"`},
		{`"made":"2023-08-25T10:45:00Z"`, `"made":"0001-01-01T00:00:00Z"`},
		{`"made":"2023-08-25T10:45:00Z"`, `"made":"yesterday"`},
		{`"name":"minutes.pdf"`, `"name":"minutes.doc"`},
		{`"name":"ca.pem"`, `"name":"assessment.json"`},
		{`"name":"person-01.pdf"`, `"name":"person-1.pdf"`},
		{`"name":"person-01.pdf"`, `"name":"person-03.pdf"`},
		{`"name":"person-02.pdf"`, `"name":"person-01.pdf"`},
		{`"bytes":`, `"bytes":-`},
		{`"bytes":`, `"bytes":9999999999`},
		{`"sha256":"`, `"sha256":"0`},
		{`"files":[`, `"files":[{"name":"a","bytes":1,"sha256":"` + strings.Repeat("a", 64) + `"},`},
		{`]}`, `]}` + "\n"},
	} {
		altered := strings.Replace(text, change[0], change[1], 1)
		if altered == text {
			t.Fatalf("nothing to replace: %s", change[0])
		}
		if parcel.CheckManifest([]byte(altered)) == nil {
			t.Errorf("%s in the place of %s is taken", change[1], change[0])
		}
	}
	if parcel.CheckManifest([]byte(strings.Repeat(" ", parcel.MaxManifest)+text)) == nil {
		t.Error("too long")
	}
}

// A notice says how far an agency has come, and nothing else.
func TestNoticeRefused(t *testing.T) {
	for name, alter := range map[string]func(c *round.Claim){
		"says nothing":  func(c *round.Claim) { c.Prepared = "" },
		"of a poll":     func(c *round.Claim) { c.Poll = parceltest.Round },
		"of a meeting":  func(c *round.Claim) { c.Meeting = parceltest.Round },
		"corrects":      func(c *round.Claim) { c.Supersedes = strings.Repeat("a", 64) },
		"has a reason":  func(c *round.Claim) { c.Why = "x" },
		"is signed":     func(c *round.Claim) { c.ByHand = true },
		"has no day":    func(c *round.Claim) { c.Planned = "soon" },
		"has no time":   func(c *round.Claim) { c.Made = time.Time{} },
		"of no round":   func(c *round.Claim) { c.Round = "" },
		"of no group":   func(c *round.Claim) { c.Group = "" },
		"of two spaces": func(c *round.Claim) { c.Agency = "a  b" },
	} {
		c := round.Claim{Kind: round.KindNotice, Round: parceltest.Round, Agency: "a", Group: "b", Prepared: "2023-07-30", Made: parceltest.Now}
		alter(&c)
		if _, _, err := parcel.Pack(c, parcel.Contents{}, good(t).Seal); !errors.Is(err, parcel.ErrClaim) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The signature of package.json is of its very bytes, of a key for signing.
func TestReadSignature(t *testing.T) {
	c := good(t)
	file, _ := c.Pack(t)
	list, err := parcel.Split(file)
	ok(t, err)
	for name, a := range map[string]struct {
		der   []byte
		cause error
	}{
		"of another text": {signature(t, c.Seal, []byte("{}")), cms.ErrDigest},
		"none":            {nil, cms.ErrMalformed},
		"damaged":         {list[1].Content[:len(list[1].Content)-1], cms.ErrMalformed},
		"something else":  {[]byte("x"), cms.ErrMalformed},
		"far too long":    {make([]byte, 65<<10), parcel.ErrTooLarge},
	} {
		list[1].Content = a.der
		again, err := parcel.Join(list)
		ok(t, err)
		_, err = new(parcel.Checker).Read(again)
		if r := new(meeting.Refusal); !errors.Is(err, a.cause) || !errors.As(err, &r) || !strings.HasPrefix(r.Field, parcel.ManifestFile) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What a refusal repeats of a stranger's text is short and can be seen.
func TestHarmless(t *testing.T) {
	for text, want := range map[string]string{
		"Nguyễn\nVăn\tA": "Nguyễn Văn A", "a\x1b[31mb": "a[31mb", "x\u202ey\u2028z": "xy z", "\xff\xfea": "a",
		strings.Repeat("ă", 400): strings.Repeat("ă", 299) + "…",
	} {
		if got := parcel.Harmless(text); got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
}

func FuzzManifest(f *testing.F) {
	f.Add(`{"type":"homphieu-package-v1","kind":"notice","round":"RoundTest23abc","agency":"a","group":"b","prepared":"2023-07-30","made":"2023-08-25T09:45:00Z","files":[]}`)
	f.Add(`{"type":"homphieu-package-v1","kind":"notice","made":"9999-12-31T23:59:59+14:00"}`)
	f.Fuzz(func(t *testing.T, text string) { _ = parcel.CheckManifest([]byte(text)) })
}
