package wire

import (
	"bytes"
	"encoding/json"
	"testing"
)

// FuzzReader: no text makes a reader panic, and what has one spelling only is
// written again as it was read.
func FuzzReader(f *testing.F) {
	for _, texts := range []map[string][]string{accepted, refused} {
		for _, list := range texts {
			for _, text := range list {
				if len(text) < 200 {
					f.Add([]byte(text))
				}
			}
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for kind, v := range values {
			r := NewReader(text)
			got := v.read(r)
			if err := r.End(); err == nil && v.spelled && !bytes.Equal(got, text) {
				t.Fatalf("%s of %q came back as %q", kind, text, got)
			}
			if r.Offset() < 0 || r.Offset() > len(text) {
				t.Fatalf("%s of %q: offset %d", kind, text, r.Offset())
			}
		}
		checkJSON(t, text)
	})
}

// checkJSON: Text takes what JSON calls a string in UTF-8, and nothing else.
func checkJSON(t *testing.T, text []byte) {
	t.Helper()
	r := NewReader(text)
	got := r.Text()
	if r.End() != nil {
		return
	}
	var want string
	if err := json.Unmarshal(text, &want); err != nil || got != want {
		t.Fatalf("Text of %q: %q; json: %q, %v", text, got, want, err)
	}
	again := NewReader(AppendText(nil, got))
	if again.Text() != got || again.End() != nil {
		t.Fatalf("%q is not read as it was written", got)
	}
}
