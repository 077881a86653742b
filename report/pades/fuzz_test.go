package pades

import (
	"bytes"
	"testing"
)

// Whatever a file says, Verify does not panic, and calls a signature good only when one of ours made it.
func FuzzVerify(f *testing.F) {
	f.Add(paper())
	f.Add(signedByThree())
	f.Add(alter(paper(), withAnnotation(widget(nil))))
	f.Add(forged(func(d dict) { d["ByteRange"] = nil }, nil))
	for _, a := range attacks {
		f.Add(a.make(signedByHead(f)))
	}
	f.Fuzz(func(t *testing.T, pdf []byte) {
		r, err := Verify(pdf, trust())
		if err != nil && len(r.Signatures) > 0 {
			t.Error("a report with an error")
		}
		for _, s := range r.Signatures {
			if s.OK() && !bytes.HasPrefix(pdf, paper()) {
				t.Errorf("a signature that nobody made: %+v", s)
			}
		}
	})
}

// Whatever is appended, Continues does not panic, and takes it only with a signature.
func FuzzContinues(f *testing.F) {
	n := len(paper())
	f.Add(signedByThree()[n:])
	f.Add(signedByHead(f)[n:])
	for _, a := range attacks {
		f.Add(a.make(signedByHead(f))[n:])
	}
	f.Fuzz(func(t *testing.T, tail []byte) {
		r, err := Continues(paper(), append(bytes.Clone(paper()), tail...), trust())
		if err != nil {
			return
		}
		for _, s := range r.Signatures {
			if s.Err != nil || s.Signer == nil {
				t.Errorf("taken with a bad signature: %+v", s)
			}
		}
		if len(r.Signatures) == 0 {
			t.Error("taken without a signature")
		}
	})
}
