package zkp

import (
	"bytes"
	"testing"

	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/wire"
)

func TestReadProof(t *testing.T) {
	p := Sign(secret(1), "message")
	text := p.AppendJSON(nil)
	r := wire.NewReader(text)
	got := ReadProof(r)
	if err := r.End(); err != nil || !got.Challenge.Equal(p.Challenge) || !got.Response.Equal(p.Response) {
		t.Fatalf("%s: %v", text, err)
	}
	for _, bad := range []string{
		``, `{}`, `{"challenge":"1"}`, `{"challenge":1,"response":2}`, `{"response":"2","challenge":"1"}`, `{"challenge":"1", "response":"2"}`,
		`{"challenge":"01","response":"2"}`, `{"challenge":"1","response":"-2"}`, `{"challenge":"1","response":"2","x":"3"}`, `{"Challenge":"1","response":"2"}`,
	} {
		r := wire.NewReader([]byte(bad))
		if ReadProof(r); r.End() == nil {
			t.Errorf("%s was read", bad)
		}
	}
}

// FuzzReadProof: what is accepted is written again as it was read, and no
// proof verifies that nobody made.
func FuzzReadProof(f *testing.F) {
	f.Add(Sign(secret(1), "message").AppendJSON(nil))
	f.Add(ProveKnowledge(secret(2)).AppendJSON(nil))
	f.Add(Proof{new(group.Scalar), group.ScalarFromInt(-1)}.AppendJSON(nil))
	f.Add([]byte(`{"challenge":"01","response":"2"}`))
	public := group.BaseExp(secret(3))
	f.Fuzz(func(t *testing.T, text []byte) {
		r := wire.NewReader(text)
		p := ReadProof(r)
		if r.End() != nil {
			return
		}
		if got := p.AppendJSON(nil); !bytes.Equal(got, text) {
			t.Fatalf("%q came back as %q", text, got)
		}
		if VerifyKnowledge(public, p) == nil || VerifySignature(public, "message", p) == nil {
			t.Fatalf("%q is a proof for %v", text, public)
		}
	})
}
