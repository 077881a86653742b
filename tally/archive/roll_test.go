package archive_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/wire"
	"github.com/homphieu/homphieu/tally/archive"
)

// rollText writes credentials in the order given.
func rollText(elements ...string) []byte {
	return wire.AppendList(nil, len(elements), func(b []byte, i int) []byte { return wire.AppendText(b, elements[i]) })
}

// elements returns g, g², … in their wire form.
func elements(n int) (list []string) {
	for i := range n {
		list = append(list, group.BaseExp(group.ScalarFromInt(i+1)).String())
	}
	return list
}

// The points of small order, which are of the curve and not of the group: of
// order 2, 4 and 8 (RFC 7748 §7), and the identity, which is of the group.
const (
	order2   = "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec"
	order4   = "0000000000000000000000000000000000000000000000000000000000000000"
	order8   = "7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7"
	identity = "0000000000000000000000000000000000000000000000000000000000000001"
)

func TestReadRoll(t *testing.T) {
	good := elements(5)
	slices.Sort(good)
	reversed := slices.Clone(good)
	slices.Reverse(reversed)
	mixed := mixedTorsion(t)
	for _, c := range []struct {
		name string
		text []byte
		err  error
	}{
		{"sorted", rollText(good...), nil},
		{"unsorted", rollText(reversed...), nil},
		{"one", rollText(good[0]), nil},
		{"none", []byte("[]"), nil},
		{"one twice", rollText(good[0], good[1], good[0]), archive.ErrCredentials},
		{"neighbours twice", rollText(good[0], good[0]), archive.ErrCredentials},
		{"identity", rollText(good[0], identity), errAny},
		{"order 2", rollText(good[0], order2), group.ErrElement},
		{"order 4", rollText(order4, good[0]), group.ErrElement},
		{"order 8", rollText(good[0], order8), group.ErrElement},
		{"of the group, plus a point of small order", rollText(good[0], mixed), group.ErrElement},
		{"upper case", rollText(strings.ToUpper(good[0])), group.ErrElement},
		{"off the curve", rollText(strings.Repeat("2", 64)), group.ErrElement},
		{"too short", rollText(good[0][1:]), errAny},
		{"too long", rollText(good[0] + "0"), errAny},
		{"nothing", nil, wire.ErrCanonical},
		{"half", rollText(good...)[:100], wire.ErrCanonical},
		{"no end", rollText(good...)[:5*67], wire.ErrCanonical},
		{"a comma at the end", []byte(`["` + good[0] + `",]`), errAny},
		{"something after it", append(rollText(good...), ' '), wire.ErrCanonical},
		{"something after none", []byte("[] "), wire.ErrCanonical},
		{"space", []byte(`[ "` + good[0] + `"]`), errAny},
		{"an object", []byte("{}"), errAny},
	} {
		t.Run(c.name, func(t *testing.T) {
			roll, err := archive.ReadRoll(bytes.NewReader(c.text))
			if !is(err, c.err) {
				t.Fatalf("error %v, want %v", err, c.err)
			}
			if err != nil {
				return
			}
			if keys := roll.Keys(); !slices.IsSortedFunc(keys, func(a, b ballot.CredentialKey) int { return bytes.Compare(a[:], b[:]) }) ||
				len(keys) != roll.Len() || roll.Len() != bytes.Count(c.text, []byte(`"`))/2 {
				t.Errorf("keys %v", keys)
			}
		})
	}
}

// TestReadRollNamesTheBad: wherever it stands among many that are read together.
func TestReadRollNamesTheBad(t *testing.T) {
	good := elements(130)
	for _, bad := range []string{order8, identity} {
		for _, at := range []int{0, 1, 62, 63, 64, 65, 127, 128, 129} {
			list := slices.Clone(good)
			list[at] = bad
			_, err := archive.ReadRoll(bytes.NewReader(rollText(list...)))
			if want := fmt.Sprintf("credentials: number %d: ", at+1); err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("%v, want %s", err, want)
			}
		}
	}
	roll, err := archive.ReadRoll(bytes.NewReader(rollText(good...)))
	if err != nil || roll.Len() != len(good) {
		t.Errorf("%d credentials: %v", roll.Len(), err)
	}
}

// mixedTorsion is an element times a point of small order: the first alpha of
// the ballot that point-with-torsion.bel is refused for.
func mixedTorsion(t *testing.T) string {
	t.Helper()
	raw := readSteps(t, refusedFile(t, "point-with-torsion"))[2].data[0]
	_, rest, _ := bytes.Cut(raw, []byte(`"alpha":"`))
	return string(rest[:64])
}

// TestRollInAnArchive: the credentials need not be sorted there, and a bad list
// is refused before any ballot.
func TestRollInAnArchive(t *testing.T) {
	v := theVote()
	credentials := slices.Clone(v.Setup.Credentials)
	items := strings.Split(strings.Trim(string(credentials), `[]"`), `","`)
	slices.Reverse(items)
	wantValid(t, verify(t, tell(setupOf(v.Setup.Election, v.Setup.Trustees, rollText(items...)), v.steps[1], v.steps[2]), archive.Options{}), archive.StateOpen)
	for words, bad := range map[string]string{items[0] + " twice": items[0], "number 5: the identity": identity, "number 5: element": order8} {
		text := tell(append([]step{setupOf(v.Setup.Election, v.Setup.Trustees, rollText(append(slices.Clone(items), bad)...))}, v.steps[1:]...)...)
		r := verify(t, text, archive.Options{})
		if r.Valid() || !strings.Contains(r.Reason.Error(), "event 0 (Setup): credentials: ") || !strings.Contains(r.Reason.Error(), words) {
			t.Errorf("%s: %v", words, r.Reason)
		}
	}
}

// TestRollReaders gives the text in pieces, and a reader that breaks.
func TestRollReaders(t *testing.T) {
	text := rollText(elements(40)...)
	for name, r := range map[string]io.Reader{
		"byte by byte":    iotest.OneByteReader(bytes.NewReader(text)),
		"by halves":       iotest.HalfReader(bytes.NewReader(text)),
		"end with data":   iotest.DataErrReader(bytes.NewReader(text)),
		"all at one time": bytes.NewReader(text),
	} {
		roll, err := archive.ReadRoll(r)
		if err != nil || roll.Len() != 40 {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, n := range []int{0, 1, 67, 500, len(text)} {
		broken := io.MultiReader(bytes.NewReader(text[:n]), iotest.ErrReader(errors.New("disk")))
		if _, err := archive.ReadRoll(broken); err == nil {
			t.Errorf("a disk that breaks after %d bytes was not noticed", n)
		}
	}
}

// TestRollMarks spends credentials across the borders of words.
func TestRollMarks(t *testing.T) {
	roll, err := archive.ReadRoll(bytes.NewReader(rollText(elements(130)...)))
	ok(t, err)
	for i, key := range roll.Keys() {
		ok(t, roll.Unspent(key))
		if i%3 == 0 {
			ok(t, roll.Spend(key))
		}
	}
	for i, key := range roll.Keys() {
		spent := roll.Unspent(key)
		if errors.Is(spent, ballot.ErrSpent) != (i%3 == 0) {
			t.Errorf("credential %d: %v", i, spent)
		}
		if i%3 == 0 && !errors.Is(roll.Spend(key), ballot.ErrSpent) {
			t.Errorf("credential %d was spent twice", i)
		}
	}
	for _, key := range []ballot.CredentialKey{{}, {255}} {
		if !errors.Is(roll.Spend(key), ballot.ErrUnknownCredential) || !errors.Is(roll.Unspent(key), ballot.ErrUnknownCredential) {
			t.Errorf("%s is not on the list", key)
		}
	}
}

// TestNewRoll writes what ReadRoll reads.
func TestNewRoll(t *testing.T) {
	var publics []*group.Element
	for i := range 20 {
		publics = append(publics, group.BaseExp(group.ScalarFromInt(i+1)))
	}
	roll, err := archive.NewRoll(publics)
	ok(t, err)
	again, err := archive.ReadRoll(bytes.NewReader(roll.AppendJSON(nil)))
	ok(t, err)
	if !slices.Equal(roll.Keys(), again.Keys()) || !bytes.Equal(roll.AppendJSON(nil), again.AppendJSON(nil)) {
		t.Error("differs after writing and reading")
	}
	if _, err := archive.NewRoll(append(publics, publics[3])); !errors.Is(err, archive.ErrCredentials) {
		t.Errorf("one twice: %v", err)
	}
}

// TestMemory: what a verification holds grows by at most 64 bytes per ballot.
func TestMemory(t *testing.T) {
	e := theVote().Election.Election
	all := elements(5000)
	for _, n := range []int{1, 63, 64, 65, 100, 1000, 1025, 4999, 5000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			roll, err := archive.ReadRoll(bytes.NewReader(rollText(all[:n]...)))
			ok(t, err)
			const limit = 64
			if got := archive.GrowthPerBallot(e, roll); got > limit*n {
				t.Errorf("%d bytes for %d ballots, %.1f each", got, n, float64(got)/float64(n))
			}
		})
	}
}
