package ballot

import (
	"crypto/sha256"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/crypto/group"
)

// goldenCredentialInputs are credentials with the elections they are for.
func goldenCredentialInputs() []goldenCredential {
	var in []goldenCredential
	for _, uuid := range []string{"HomPhieuGo1den", "P3sZCvZ8arL3b6", strings.Repeat("z", 64)} {
		for _, code := range []string{"11111-111111-11111-111111", "mbQJr-aUckds-bv94C-NcBrq3", "zzzzz-zzzzzz-zzzzz-zzzzzz"} {
			in = append(in, goldenCredential{UUID: uuid, Code: code})
		}
	}
	return in
}

// awkward is a name with everything that JSON or a page could trip over.
const awkward = "Đồng chí \"X\" \\ / \t\b\f\r\x01\x1f\x7f <b>&amp;</b> ' \u2028\u2029 Trần Thị Ưỡng e\u0323\u0302 👩🏽‍⚖️\nPhó Bí thư, \"Ban A\""

func goldenElections(t *testing.T) []*Election {
	t.Helper()
	levels := []string{"Tín nhiệm cao", "Tín nhiệm", "Tín nhiệm thấp"}
	key := group.BaseExp(hashScalar("golden|trustee"))
	drafts := []Draft{
		{
			Name: "Hội nghị \"lấy phiếu\" \\ 2026", Description: "Hà Nội\nQuy định 96-QĐ/TW\t<script>", PublicKey: key, UUID: "HomPhieuGo1den",
			Questions: []Question{
				{Text: "Nguyễn Văn An\nBí thư", Answers: levels, Blank: true, Min: 1, Max: 1},
				{Text: awkward, Answers: []string{"Có", "Không"}, Min: 1, Max: 1},
				{Text: "Lê Quốc Đạt", Answers: []string{"1", "\"", "\\", "\n", "🙂"}, Blank: true, Min: 1, Max: 1},
			},
		},
		{
			Name: "B", Description: "", PublicKey: key, UUID: "zzzzzzzzzzzzzz",
			Questions: []Question{{Text: "Một câu hỏi", Answers: levels[:2], Min: 1, Max: 1}},
		},
	}
	elections := make([]*Election, 0, len(drafts)+1)
	for _, d := range drafts {
		e, err := NewElection(d)
		if err != nil {
			t.Fatalf("%s: %v", d.Name, err)
		}
		elections = append(elections, e)
	}
	return append(elections, loadVector(t, "mixed").election) // written by belenios-tool
}

// goldenSlipInputs are the papers of slips. The last pair is one whose hash
// begins with a zero byte, which Base58 writes as another digit more.
func goldenSlipInputs(elections []*Election) [][]Fingerprint {
	a, b, c := elections[0].Fingerprint(), elections[1].Fingerprint(), elections[2].Fingerprint()
	list := [][]Fingerprint{{a}, {a, b}, {b, a}, {a, b, c}, {c, b, a}}
	for i := 0; ; i++ {
		pair := []Fingerprint{NewFingerprint(fmt.Appendf(nil, "golden|%d", i)), a}
		if sha256.Sum256([]byte(NewSlipFingerprint(pair...)))[0] == 0 {
			return append(list, pair)
		}
	}
}

type goldenBallotInput struct {
	election int
	code     string
	choices  [][]int
	edges    bool // draw scalars from the edges
}

var goldenBallotInputs = []goldenBallotInput{
	{0, "mbQJr-aUckds-bv94C-NcBrq3", [][]int{{0, 1, 0, 0}, {1, 0}, {0, 0, 0, 0, 0, 1}}, false},
	{0, "FnEtn-vmmHBC-V4ktm-TPF4pZ", [][]int{{1, 0, 0, 0}, {0, 1}, {1, 0, 0, 0, 0, 0}}, false},
	{0, "qtexi-VyRKUZ-q649F-Px7RhH", [][]int{{0, 0, 0, 1}, {0, 1}, {0, 0, 0, 1, 0, 0}}, true},
	{1, "XLJyw-Edipwk-oqmTN-afCzA9", [][]int{{1, 0}}, false},
	{1, "8tPo1-og91x4-zUjqt-ywUtDK", [][]int{{0, 1}}, true},
	{2, "b2KWR-sEu6GL-3UfUT-ibkQ4c", [][]int{{0, 0, 1, 0}, {0, 1, 0}}, false},
	{2, "n6ypL-dsB63i-8BC2K-FBcyLt", [][]int{{1, 0, 0, 0}, {0, 0, 1}}, false},
}

func goldenScalars() []goldenScalar {
	q := groupOrder
	plus := func(n int64) string { return new(big.Int).Add(q, big.NewInt(n)).String() }
	power := func(n uint) string { return new(big.Int).Lsh(big.NewInt(1), n).String() }
	scalars := []goldenScalar{}
	for _, s := range []string{"0", "1", "10", plus(-1), plus(-2), power(252), power(64), power(128), "123456789012345678901234567890"} {
		scalars = append(scalars, goldenScalar{s, true})
	}
	for _, s := range []string{
		"", "-1", "+1", "-0", "00", "01", plus(0), plus(1), plus(12), power(253), power(255), power(256), power(512),
		strings.Repeat("9", 76), "1" + strings.Repeat("0", 76), strings.Repeat("0", 77), " 1", "1 ", "1\n", "1 1", "1e3", "1.0", "0x1", "a", "1_0", "1,0",
		"１", "١", "1\x00",
	} {
		scalars = append(scalars, goldenScalar{s, false})
	}
	return scalars
}

func goldenElements() []goldenElement {
	g := "6666666666666666666666666666666666666666666666666666666666666658"
	identity := fmt.Sprintf("%064x", 1)
	some := group.BaseExp(hashScalar("golden|element")).String()
	elements := []goldenElement{{g, true, "the generator"}, {identity, true, "the identity"}, {negatePoint(g), true, "1/g"}}
	for i := range 8 {
		e := group.BaseExp(hashScalar(fmt.Sprintf("golden|element|%d", i))).String()
		elements = append(elements, goldenElement{e, true, "an element"})
	}
	refuse := func(why string, all ...string) {
		for _, hex := range all {
			elements = append(elements, goldenElement{hex, false, why})
		}
	}
	refuse("length", "", "01", g[:63], g+"0", g[:62], g+"00", identity+identity)
	refuse("upper case", strings.ToUpper(some), some[:63]+"A", "A"+some[1:])
	refuse("not hexadecimal", "g"+g[1:], g[:63]+" ", " "+g[:63], "0x"+g[2:], g[:62]+"-1", strings.Repeat("é", 32))
	refuse("y >= p", wideY(0), wideY(1), wideY(3), wideY(18), setSign(wideY(3)))
	refuse("x = 0 with the sign bit", setSign(identity), setSign(torsion[3]))
	refuse("off the curve", fmt.Sprintf("%064x", 2), fmt.Sprintf("%064x", 7))
	refuse("small order", torsion[:]...)
	for _, t := range torsion {
		refuse("outside the subgroup", addPoints(some, t))
	}
	refuse("outside the subgroup", addPoints(g, torsion[3]))
	return elements
}

// wideY returns the wire form of y = p + n.
func wideY(n int64) string { return fmt.Sprintf("%064x", new(big.Int).Add(fieldPrime, big.NewInt(n))) }

// setSign sets the bit of the sign of x.
func setSign(wire string) string {
	n, _ := new(big.Int).SetString(wire, 16)
	return fmt.Sprintf("%064x", n.SetBit(n, 255, 1))
}
