package slips

import "testing"

// Folded, the flap covers the code, and carries the QR code itself.
func TestFoldHidesTheSecrets(t *testing.T) {
	if codeBox.y < fold-flap || codeBox.y+codeBox.h > fold {
		t.Errorf("the code at %v is not under the flap", codeBox)
	}
	if sealBox.y+sealBox.h > fold-flap || sealBox.w < 35 || sealBox.h < 35 {
		t.Errorf("the seal's place at %v is not in view", sealBox)
	}
}

// Version v of a QR code has 17 + 4v modules.
func TestModules(t *testing.T) {
	for v := 1; v <= 8; v++ {
		n := float64(17 + 4*v)
		size, err := moduleSize(17 + 4*v)
		switch {
		case err != nil:
			t.Errorf("version %d: %v", v, err)
		case size < leastModule, size*n < 30:
			t.Errorf("version %d: module of %.2f mm, symbol of %.1f mm", v, size, size*n)
		case size*(quiet+n)+max(sheetEdge, size*quiet) > flap+1e-9, size*(n+2*quiet) > slipWidth:
			t.Errorf("version %d: %.1f mm do not fit the flap", v, size*n)
		}
	}
	if _, err := moduleSize(17 + 4*9); err == nil {
		t.Error("version 9 is not refused")
	}
}

func TestHalves(t *testing.T) {
	for code, want := range map[string][2]string{
		"7BJKr-2QmNnP-xS4dE-zU9pWq": {"7BJKr-2QmNnP-", "xS4dE-zU9pWq"},
		"7BJKr-2QmNnP":              {"7BJKr-", "2QmNnP"},
		"7BJKr":                     {"7BJKr", ""},
	} {
		if got := halves(code); [2]string(got) != want {
			t.Errorf("halves(%s) = %q", code, got)
		}
	}
}
