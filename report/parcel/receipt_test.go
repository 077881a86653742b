package parcel_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/report/parcel"
	"github.com/homphieu/homphieu/report/parcel/parceltest"
	"github.com/homphieu/homphieu/tally/ledger/ledgertest"
)

func receipt() parcel.Receipt {
	return parcel.Receipt{
		Package: strings.Repeat("ab", 32), Round: parceltest.Round, Agency: "so-noi-vu", Group: "cac-chuc-danh", Poll: "DkJRztMSmZ4dXwsyUXHTi",
		Received: time.Date(2023, 8, 5, 10, 0, 0, 0, time.UTC), Entry: 17,
	}
}

// sign signs a receipt as a superior's server does.
func sign(t testing.TB, keys *ledgertest.Keys, text string) []byte {
	t.Helper()
	signed, err := note.Sign(&note.Note{Text: text}, keys.Signer)
	ok(t, err)
	return signed
}

// A receipt says which package was accepted, when, and where that is logged.
func TestReceipt(t *testing.T) {
	keys := ledgertest.NewKeys(t, 0, 0)
	for name, alter := range map[string]func(r *parcel.Receipt){
		"of a result": func(*parcel.Receipt) {}, "without a log": func(r *parcel.Receipt) { r.Entry = -1 }, "of a notice": func(r *parcel.Receipt) { r.Poll = "" },
		"the first entry": func(r *parcel.Receipt) { r.Entry = 0 },
	} {
		want := receipt()
		alter(&want)
		got, err := parcel.OpenReceipt(sign(t, keys, want.Text()), keys.Key.String())
		if err != nil || !reflect.DeepEqual(got, &want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	want := "homphieu-receipt-v1\n" + strings.Repeat("ab", 32) + "\nRoundTest23abc\nso-noi-vu\ncac-chuc-danh\nDkJRztMSmZ4dXwsyUXHTi\nreceived 2023-08-05T10:00:00Z\nentry 17\n"
	if r := receipt(); r.Text() != want {
		t.Errorf("%q", r.Text())
	}
}

// It is of one package.
func TestReceiptOf(t *testing.T) {
	r := receipt()
	c := round.Claim{Hash: r.Package, Round: r.Round, Agency: r.Agency, Group: r.Group, Poll: r.Poll}
	ok(t, r.Of(&c))
	for i, alter := range []func(c *round.Claim){
		func(c *round.Claim) { c.Hash = "" }, func(c *round.Claim) { c.Round = "" }, func(c *round.Claim) { c.Agency = "" },
		func(c *round.Claim) { c.Group = "" }, func(c *round.Claim) { c.Poll = "" },
	} {
		other := c
		alter(&other)
		if err := r.Of(&other); !errors.Is(err, parcel.ErrReceipt) {
			t.Errorf("%d: %v", i, err)
		}
	}
}

// Who did not sign it, and what is not spelt so, is refused.
func TestReceiptRefused(t *testing.T) {
	keys, r := ledgertest.NewKeys(t, 0, 0), receipt()
	good := r.Text()
	for name, signed := range map[string][]byte{
		"another key": sign(t, ledgertest.NewKeys(t, 0, 0), good), "not signed": []byte(good), "nothing": nil,
		"altered": []byte(strings.Replace(string(sign(t, keys, good)), "entry 17", "entry 18", 1)),
		"long":    []byte(strings.Repeat("x", 5000)),
	} {
		if r, err := parcel.OpenReceipt(signed, keys.Key.String()); !errors.Is(err, parcel.ErrReceipt) || r != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := parcel.OpenReceipt(sign(t, keys, good), "no key"); !errors.Is(err, parcel.ErrReceipt) {
		t.Errorf("error %v", err)
	}
	for _, change := range [][2]string{
		{"homphieu-receipt-v1", "homphieu-receipt-v2"}, {"abab", "ABAB"}, {"abab", "ab"}, {"RoundTest23abc", "x"}, {"so-noi-vu", ""}, {"cac-chuc-danh", "Các"},
		{"DkJRztMSmZ4dXwsyUXHTi", "0"}, {"received ", ""}, {"10:00:00Z", "10:00:00+00:00"}, {"10:00:00Z", "10:00:00.0Z"}, {"10:00:00Z", "17:00:00+07:00"},
		{"entry ", ""}, {"entry 17", "entry 017"}, {"entry 17", "entry -1"}, {"entry 17", "entry x"}, {"entry 17\n", "entry 17"}, {"entry 17\n", "entry 17\n\n"},
	} {
		altered := strings.Replace(good, change[0], change[1], 1)
		if r, err := parcel.ParseReceipt(altered); !errors.Is(err, parcel.ErrReceipt) || r != nil {
			t.Errorf("%q in the place of %q: %v", change[1], change[0], err)
		}
	}
}

func FuzzParseReceipt(f *testing.F) {
	r := receipt()
	f.Add(r.Text())
	f.Fuzz(func(t *testing.T, text string) {
		if r, err := parcel.ParseReceipt(text); err == nil && r.Text() != text {
			t.Errorf("%q is %+v", text, r)
		}
	})
}
