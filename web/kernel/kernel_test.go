package kernel

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/big"
	"testing"
)

// The examples of the DWARF standard (version 5, §7.6), where the encoding comes
// from, and numbers at which its length changes.
func TestNumbersInBytes(t *testing.T) {
	for n, want := range map[uint32][]byte{0: {0}, 2: {2}, 127: {127}, 128: {0x80, 1}, 129: {0x81, 1}, 12857: {0xb9, 0x64}, 1<<32 - 1: {0xff, 0xff, 0xff, 0xff, 0x0f}} {
		if got := unsigned(n); !bytes.Equal(got, want) {
			t.Errorf("unsigned %d: % x", n, got)
		}
	}
	for n, want := range map[int32][]byte{
		0: {0}, 2: {2}, -2: {0x7e}, 63: {63}, 64: {0xc0, 0}, -64: {0x40}, -65: {0xbf, 0x7f}, 127: {0xff, 0}, -127: {0x81, 0x7f},
		128: {0x80, 1}, -128: {0x80, 0x7f}, math.MaxInt32: {0xff, 0xff, 0xff, 0xff, 0x07}, math.MinInt32: {0x80, 0x80, 0x80, 0x80, 0x78},
	} {
		if got := signed(n); !bytes.Equal(got, want) {
			t.Errorf("signed %d: % x", n, got)
		}
	}
}

// A module is its head, then its sections in the order of their numbers, each
// as long as it says, with a body for every function and nothing imported.
func TestModule(t *testing.T) {
	module := Bytes()
	if !bytes.Equal(module, Bytes()) {
		t.Error("not the same bytes every time")
	}
	rest, ok := bytes.CutPrefix(module, []byte("\x00asm\x01\x00\x00\x00"))
	if !ok {
		t.Fatalf("head: % x", module[:8])
	}
	counts := map[byte]uint64{}
	var order []byte
	for len(rest) > 0 {
		id := rest[0]
		size, n := binary.Uvarint(rest[1:])
		body := rest[1+n:]
		if n <= 0 || size > uint64(len(body)) {
			t.Fatalf("section %d: %d bytes of %d", id, size, len(body))
		}
		counts[id], _ = binary.Uvarint(body)
		order = append(order, id)
		rest = body[size:]
	}
	if want := []byte{1, 3, 5, 6, 7, 10, 11}; !bytes.Equal(order, want) {
		t.Errorf("sections %v, want %v", order, want)
	}
	if counts[sectionFunction] != counts[sectionCode] || counts[sectionMemory] != 1 || counts[sectionExport] != 12 {
		t.Errorf("counts %v", counts)
	}
}

// A number stands in limbs that are multiples of their units and reduced, twice.
func TestNumbers(t *testing.T) {
	for _, want := range []*big.Int{zero, one, big.NewInt(1 << 21), d2(), new(big.Int).Sub(prime, one), new(big.Int).Rsh(prime, 1)} {
		m := &module{}
		m.numbers(want)
		limbsOf := m.data[0][len(m.data[0])-number:]
		got := new(big.Int)
		for i := range limbs {
			x := math.Float64frombits(binary.LittleEndian.Uint64(limbsOf[16*i:]))
			if !bytes.Equal(limbsOf[16*i:16*i+8], limbsOf[16*i+8:16*i+16]) {
				t.Errorf("%v: limbs %d differ", want, i)
			}
			unit := math.Ldexp(1, begins(i))
			if x != unit*math.Trunc(x/unit) || math.Abs(x) > math.Ldexp(1, begins(i+1)-1)+19 {
				t.Errorf("%v: limb %d is %g", want, i, x)
			}
			limb, _ := big.NewFloat(x).Int(nil)
			got.Add(got, limb)
		}
		if got.Mod(got, prime).Cmp(want) != 0 {
			t.Errorf("%v: %v", want, got)
		}
	}
}

// RFC 8032 §5.1 writes d out.
func TestConstantOfTheCurve(t *testing.T) {
	d, _ := new(big.Int).SetString("37095705934669439343138083508754565189542113879843219016388785533085940283555", 10)
	d.Lsh(d, 1).Mod(d, prime)
	if d2().Cmp(d) != 0 {
		t.Errorf("%v", d2())
	}
}

func TestMistakesOfOurs(t *testing.T) {
	refuses := func(name string, mistake func(f *function)) {
		defer func() {
			if recover() == nil {
				t.Errorf("%s: no panic", name)
			}
		}()
		mistake((&module{}).function(2))
	}
	refuses("a call without arguments", func(f *function) { f.call(f) })
	refuses("a number behind a vector", func(f *function) {
		f.vector()
		f.number()
	})
}
