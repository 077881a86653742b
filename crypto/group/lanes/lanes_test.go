//go:build amd64 && !purego

package lanes

import (
	"bufio"
	"math/big"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"filippo.io/edwards25519"
	"pgregory.net/rapid"

	"github.com/homphieu/homphieu/crypto/group/grouptest"
)

// need ends a test on a processor without the instructions, where there is nothing
// to test. make engines says so in plain words.
func need(t testing.TB) {
	t.Helper()
	if !Available {
		t.Skip("NOT TESTED: no AVX-512 IFMA on this processor, or switched off by GODEBUG")
	}
}

// TestAvailable: on Linux, Available is what the system says of its processor,
// unless it was switched off. So the other tests of this package cannot pass by
// being passed over.
func TestAvailable(t *testing.T) {
	if runtime.GOOS == "linux" {
		off := strings.Contains(os.Getenv("GODEBUG"), "cpu.avx512dq=off")
		if want := processorHas("avx512ifma") && !off; Available != want {
			t.Errorf("available: %v, want %v", Available, want)
		}
	}
	need(t)
}

// processorHas reads the flags of /proc/cpuinfo.
func processorHas(flag string) bool {
	file, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return false
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if name, flags, _ := strings.Cut(lines.Text(), ":"); strings.TrimSpace(name) == "flags" {
			return slices.Contains(strings.Fields(flags), flag)
		}
	}
	return false
}

// number returns what a lane holds, not reduced.
func (f *Field) number(lane int) *big.Int {
	n := new(big.Int)
	for i := 4; i >= 0; i-- {
		n.Lsh(n, 51)
		n.Add(n, new(big.Int).SetUint64(f[i][lane]))
	}
	return n
}

// limbs draws a limb below a bound, with all edges.
func limbs(bound uint64) *rapid.Generator[uint64] {
	var edges []uint64
	for _, edge := range []uint64{0, 1 << 51, 1<<51 + excess, 1 << 52, bound} {
		for _, away := range []uint64{0, 1, 2, 18, 19, 20, 37, 38, 39} {
			edges = append(edges, edge-away, edge+away) // some wrap around: too large
		}
	}
	edges = slices.DeleteFunc(edges, func(e uint64) bool { return e >= bound })
	return rapid.OneOf(rapid.SampledFrom(edges), rapid.Uint64Range(0, bound-1))
}

// excess is by how much the first limb of what is tight may exceed 51 bits.
const excess = 1 << 18

// tight draws what every operation takes and gives.
func tight() *rapid.Generator[Field] { return fields(1<<51+excess, 1<<51) }

// loose draws what a product takes.
func loose() *rapid.Generator[Field] { return fields(1<<52, 1<<52) }

func fields(first, others uint64) *rapid.Generator[Field] {
	return rapid.Custom(func(t *rapid.T) (f Field) {
		for i := range f {
			bound := others
			if i == 0 {
				bound = first
			}
			for lane := range Width {
				f[i][lane] = limbs(bound).Draw(t, "limb")
			}
		}
		return f
	})
}

// largest has every limb one below its bound.
func largest(first, others uint64) (f Field) {
	for i := range f {
		for lane := range Width {
			if f[i][lane] = others - 1; i == 0 {
				f[i][lane] = first - 1
			}
		}
	}
	return f
}

// checkField compares every lane modulo p, and expects that it is tight.
func checkField(t rapid.TB, what string, got *Field, want func(lane int) *big.Int) {
	t.Helper()
	for lane := range Width {
		w := want(lane)
		if n := got.number(lane); n.Mod(n, grouptest.Prime).Cmp(w.Mod(w, grouptest.Prime)) != 0 {
			t.Fatalf("%s, lane %d: %x, want %x", what, lane, n, w)
		}
	}
	checkLimbs(t, what, got)
}

// setPoint takes a point of the library over, with whatever Z it has.
func setPoint(p *Points, lane int, from *edwards25519.Point) {
	x, y, z, t := from.ExtendedCoordinates()
	p.Set(lane, (*[32]byte)(x.Bytes()), (*[32]byte)(y.Bytes()), (*[32]byte)(z.Bytes()), (*[32]byte)(t.Bytes()))
}

// eight takes eight points over.
func eight(from func(lane int) *edwards25519.Point) (p Points) {
	for lane := range Width {
		setPoint(&p, lane, from(lane))
	}
	return p
}

// checkPoints compares every lane with what the library has, and its T with its X
// and Y.
func checkPoints(t rapid.TB, what string, got *Points, want func(lane int) *edwards25519.Point) {
	t.Helper()
	var xy, zt Field
	mul(&xy, &got.X, &got.Y)
	mul(&zt, &got.Z, &got.T)
	normal := []Points{*got}
	Normalize(normal)
	for lane := range Width {
		w := want(lane)
		if e := normal[0].Encode(lane); e != [32]byte(w.Bytes()) {
			t.Fatalf("%s, lane %d: %x, want %x", what, lane, e, w.Bytes())
		}
		if xy.Bytes(lane) != zt.Bytes(lane) {
			t.Fatalf("%s, lane %d: XY is not ZT", what, lane)
		}
		for _, f := range []*Field{&got.X, &got.Y, &got.Z, &got.T} {
			checkLimbs(t, what, f)
		}
	}
}

func checkLimbs(t rapid.TB, what string, f *Field) {
	t.Helper()
	bound := uint64(1<<51 + excess)
	for i := range f {
		if largest := slices.Max(f[i][:]); largest >= bound {
			t.Fatalf("%s: limb %d is %x", what, i, largest)
		}
		bound = 1 << 51
	}
}
