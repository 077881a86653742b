package ledger_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/tally/ledger"
	"github.com/homphieu/homphieu/tally/ledger/ledgertest"
)

// witnessLines returns n lines that define witnesses w0, w1, … and a scene
// whose witnesses they are.
func witnessLines(t testing.TB, n int) (lines []string, s *scene) {
	t.Helper()
	s = newScene(t, 2, 0, n)
	for line := range strings.Lines(string(s.Text)) {
		if rest, found := strings.CutPrefix(line, "witness witness-"); found {
			lines = append(lines, "witness w"+strings.TrimSpace(rest))
		}
	}
	return lines, s
}

// cosignedBy returns the published checkpoint with the cosignatures of some.
func (s *scene) cosignedBy(t testing.TB, witnesses ...int) []byte {
	t.Helper()
	plain := *s.Keys
	plain.Policy = nil
	log := plain.Log(t, s.store.Copy())
	signed, err := log.Sign(t.Context())
	ok(t, err)
	signed = bytes.Clone(signed[:bytes.Index(signed, []byte("\n\n"))+2])
	all := published(t, s.log)
	for line := range bytes.Lines(all[len(signed):]) {
		keep := bytes.Contains(line, []byte(ledgertest.Origin))
		for _, i := range witnesses {
			keep = keep || bytes.Contains(line, fmt.Appendf(nil, " w%d.example.vn ", i))
		}
		if keep {
			signed = append(signed, line...)
		}
	}
	return signed
}

// TestQuorum: two levels of groups, as in the example of C2SP tlog-policy, for
// every set of witnesses.
func TestQuorum(t *testing.T) {
	lines, s := witnessLines(t, 5)
	for rule, want := range map[string]func(has func(int) bool) bool{
		"quorum none":                  func(func(int) bool) bool { return true },
		"quorum w3":                    func(has func(int) bool) bool { return has(3) },
		"group g any w0 w1\nquorum g":  func(has func(int) bool) bool { return has(0) || has(1) },
		"group g all w0 w1\nquorum\tg": func(has func(int) bool) bool { return has(0) && has(1) },
		"group x 2 w0 w1 w2\n group y any w3 w4\ngroup both all x y\n# two and one\n\nquorum both": func(has func(int) bool) bool {
			n := 0
			for i := range 3 {
				if has(i) {
					n++
				}
			}
			return n >= 2 && (has(3) || has(4))
		},
	} {
		policy, err := ledger.ParsePolicy([]byte(strings.Join(lines, "\n") + "\n" + rule + "\n"))
		ok(t, err)
		for set := range 32 {
			var who, missing []int
			has := func(i int) bool { return set>>i&1 == 1 }
			for i := range 5 {
				if has(i) {
					who = append(who, i)
				} else {
					missing = append(missing, i)
				}
			}
			c, q, err := policy.Check(s.cosignedBy(t, who...), s.Key)
			if want(has) {
				ok(t, err)
			} else {
				is(t, err, ledger.ErrQuorum, fmt.Sprintf("missing w%d", missing[0]))
			}
			if c.Size != 6 || !slices.Equal(q.Cosigned, names(who)) || !slices.Equal(q.Missing, names(missing)) {
				t.Errorf("%s: %v: %+v", rule, who, q)
			}
		}
	}
}

func names(list []int) (out []string) {
	for _, i := range list {
		out = append(out, fmt.Sprint("w", i))
	}
	return out
}

// TestPolicyCheckRefuses: a false cosignature is worse than a missing one; that
// of a stranger is nothing.
func TestPolicyCheckRefuses(t *testing.T) {
	s := newScene(t, 2, 1, 2)
	stranger := newScene(t, 2, 1, 1)
	good := s.cosignedBy(t, 0)
	older := published(t, s.log)
	s.grow(t, 2, 1)
	s.Publish(t, s.log, s.witnesses...)
	newer := published(t, s.log)
	foreign := lineOf(t, published(t, stranger.log), "w0.example.vn")
	_, q, err := s.Policy.Check(append(bytes.Clone(good), foreign...), s.Key)
	if err != nil || len(q.Cosigned) != 1 {
		t.Errorf("%+v, %v", q, err)
	}
	_, _, err = s.Policy.Check(append(bytes.Clone(s.onlyLog(t, newer)), lineOf(t, older, "w0.example.vn")...), s.Key)
	is(t, err, ledger.ErrCheckpoint, "")
	_, _, err = s.Policy.Check(append(s.onlyLog(t, newer), foreign...), s.Key)
	is(t, err, ledger.ErrQuorum, "missing witness-0, witness-1")
	_, _, err = s.Policy.Check([]byte(strings.Replace(string(newer), "— "+ledgertest.Origin, "— x", 1)), s.Key)
	is(t, err, ledger.ErrCheckpoint, "no signature of")
}

func (s *scene) onlyLog(t testing.TB, signed []byte) []byte {
	t.Helper()
	text := signed[:bytes.Index(signed, []byte("\n\n"))+2]
	return append(bytes.Clone(text), lineOf(t, signed, ledgertest.Origin)...)
}

// lineOf returns the signature line of a name.
func lineOf(t testing.TB, signed []byte, name string) []byte {
	t.Helper()
	for line := range bytes.Lines(signed) {
		if bytes.HasPrefix(line, []byte("— "+name+" ")) {
			return line
		}
	}
	t.Fatalf("no signature of %s in %s", name, signed)
	return nil
}

// TestPolicyRefused: each line that is none is named.
func TestPolicyRefused(t *testing.T) {
	w, s := witnessLines(t, 3)
	key := s.Key.String()
	witness := strings.Fields(w[0])[2]
	var many []string
	for i := range 65 {
		_, public, err := ledger.GenerateKey(fmt.Sprint("log", i))
		ok(t, err)
		many = append(many, "log "+public)
	}
	for name, c := range map[string]struct {
		lines []string
		part  string
	}{
		"nothing":             {nil, "no quorum"},
		"no quorum":           {w, "no quorum"},
		"two quorums":         {[]string{"quorum none", "quorum none"}, "line 2: quorum: twice"},
		"unknown quorum":      {[]string{"quorum w0"}, "line 1"},
		"quorum before":       {[]string{"quorum w0", w[0]}, "line 1"},
		"unknown keyword":     {[]string{w[0], "signer x"}, "line 2"},
		"carriage return":     {[]string{w[0] + "\r", "quorum w0"}, "line 1: a control character"},
		"no log key":          {[]string{"log x", "quorum none"}, "line 1"},
		"witness key for log": {[]string{"log " + witness, "quorum none"}, "line 1"},
		"log twice":           {[]string{"log " + key, "log " + key, "quorum none"}, "line 2"},
		"many logs":           {append(many, "quorum none"), "line 65"},
		"log key for witness": {[]string{"witness w9 " + key, "quorum none"}, "line 1"},
		"witness key renamed": {[]string{"witness w9 other" + witness, "quorum none"}, "line 1"},
		"witness twice":       {[]string{w[0], w[0], "quorum none"}, "line 2: name w0"},
		"witness's key twice": {[]string{w[0], "witness w9 " + witness, "quorum none"}, "line 2: witness w9: the key of another"},
		"witness none":        {[]string{"witness none " + witness, "quorum none"}, "line 1: name none"},
		"group of none":       {[]string{w[0], "group g any none", "quorum g"}, "line 2"},
		"group of strangers":  {[]string{w[0], "group g any w0 w1", "quorum g"}, "line 2"},
		"empty group":         {[]string{w[0], "group g any", "quorum g"}, "line 2"},
		"group in itself":     {[]string{w[0], "group g any g w0", "quorum g"}, "line 2"},
		"member twice":        {[]string{w[0], "group g 2 w0 w0", "quorum g"}, "line 2"},
		"member of two":       {[]string{w[0], w[1], "group g any w0", "group h any w0 w1", "quorum h"}, "line 4"},
		"threshold 0":         {[]string{w[0], "group g 0 w0", "quorum g"}, "line 2"},
		"threshold 2 of 1":    {[]string{w[0], "group g 2 w0", "quorum g"}, "line 2"},
		"threshold 01":        {[]string{w[0], "group g 01 w0", "quorum g"}, "line 2"},
		"threshold +1":        {[]string{w[0], "group g +1 w0", "quorum g"}, "line 2"},
		"threshold some":      {[]string{w[0], "group g some w0", "quorum g"}, "line 2"},
		"too long":            {[]string{"#" + strings.Repeat("x", 1<<17), "quorum none"}, "bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ledger.ParsePolicy([]byte(strings.Join(c.lines, "\n")))
			is(t, err, ledger.ErrPolicy, c.part)
		})
	}
}

// TestPolicyParts: what a policy says of logs and witnesses beside the quorum.
func TestPolicyParts(t *testing.T) {
	w, s := witnessLines(t, 2)
	p, err := ledger.ParsePolicy([]byte("log " + s.Key.String() + " https://hop.example.vn/log\n" + w[0] + "\n" + w[1] + " https://w1.example.vn/\nquorum w1\n"))
	ok(t, err)
	if len(p.Logs) != 1 || p.Logs[0].Key.Origin() != ledgertest.Origin || p.Logs[0].URL != "https://hop.example.vn/log" {
		t.Errorf("%+v", p.Logs)
	}
	if len(p.Witnesses) != 2 || p.Witnesses[0].URL != "" || p.Witnesses[1].URL != "https://w1.example.vn/" || p.Witnesses[1].Verifier.Name() != "w1.example.vn" {
		t.Errorf("%+v", p.Witnesses)
	}
}

func FuzzParsePolicy(f *testing.F) {
	w, s := witnessLines(f, 2)
	f.Add([]byte("log " + s.Key.String() + "\n" + strings.Join(w, "\n") + "\ngroup g 2 w0 w1\nquorum g\n"))
	f.Add([]byte("quorum none"))
	signed := published(f, s.log)
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := ledger.ParsePolicy(text)
		if err != nil {
			return
		}
		if _, q, err := p.Check(signed, s.Key); err == nil && len(q.Cosigned) == 0 && !bytes.Contains(text, []byte("none")) {
			t.Fatalf("%q needs no cosignature", text)
		}
	})
}
