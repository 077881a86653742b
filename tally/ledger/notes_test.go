package ledger_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/homphieu/homphieu/tally/ledger"
	"github.com/homphieu/homphieu/tally/ledger/ledgertest"
)

var update = flag.Bool("update", false, "write testdata/notes again")

// What the files of testdata/notes hold; its README says what it means.
type (
	keyVector struct {
		Name    string `json:"name"`
		Kind    string `json:"kind"`
		Key     string `json:"key"`
		Refused string `json:"refused"`
	}
	checkpointVector struct {
		Name     string   `json:"name"`
		Note     string   `json:"note"`
		Refused  string   `json:"refused"`
		Origin   string   `json:"origin,omitempty"`
		Size     int64    `json:"size,omitempty"`
		Root     string   `json:"root,omitempty"`
		Cosigned []string `json:"cosigned,omitempty"`
	}
	policyVector struct {
		Name    string `json:"name"`
		Policy  string `json:"policy"`
		Origin  string `json:"origin"`
		Signed  bool   `json:"signed"`
		Refused string `json:"refused"`
		Key     string `json:"key,omitempty"`
		Digits  string `json:"digits,omitempty"`

		Canonical string `json:"canonical,omitempty"` // of which the SHA-256 gives the digits
		Bytes     []byte `json:"policy_base64,omitempty"`
	}
	receiptVector struct {
		Name    string `json:"name"`
		Receipt string `json:"receipt"`
		Policy  string `json:"policy,omitempty"`
		Refused string `json:"refused"`
		Tracker string `json:"tracker,omitempty"`
		Entry   int64  `json:"entry,omitempty"`
		Size    int64  `json:"size,omitempty"`
	}
	entryVector struct {
		Name    string `json:"name"`
		Entry   string `json:"entry"`
		Refused string `json:"refused"`
	}
	vectorFile[T any] struct {
		Key     string `json:"key,omitempty"`
		Policy  string `json:"policy,omitempty"`
		Vectors []T    `json:"vectors"`
	}
)

// TestNotes: keys, checkpoints, policies and receipts are read in one spelling
// only, the same in every reader that runs these files.
func TestNotes(t *testing.T) {
	if *update {
		writeNotes(t)
	}
	t.Run("keys", func(t *testing.T) {
		for _, v := range readVectors[keyVector](t, "keys").Vectors {
			t.Run(v.Name, func(t *testing.T) { refusedAs(t, readKey(v.Kind, v.Key), v.Refused) })
		}
	})
	t.Run("checkpoints", testCheckpointVectors)
	t.Run("policies", testPolicyVectors)
	t.Run("receipts", testReceiptVectors)
	t.Run("entries", func(t *testing.T) {
		for _, v := range readVectors[entryVector](t, "entries").Vectors {
			t.Run(v.Name, func(t *testing.T) {
				_, err := ledger.ParseEntry([]byte(v.Entry))
				refusedAs(t, err, v.Refused)
			})
		}
	})
}

// readKey reads a key; that of a witness only a policy reads.
func readKey(kind, text string) error {
	if kind == "log" {
		_, err := ledger.ParseKey(text)
		return err
	}
	_, err := ledger.ParsePolicy([]byte("witness w " + text + "\nquorum w\n"))
	return err
}

func testCheckpointVectors(t *testing.T) {
	file := readVectors[checkpointVector](t, "checkpoints")
	key, err := ledger.ParseKey(file.Key)
	ok(t, err)
	policy, err := ledger.ParsePolicy([]byte(file.Policy))
	ok(t, err)
	for _, v := range file.Vectors {
		t.Run(v.Name, func(t *testing.T) {
			c, q, err := policy.Check([]byte(v.Note), key)
			refusedAs(t, err, v.Refused)
			if v.Refused == "checkpoint" {
				return
			}
			if c.Origin != v.Origin || c.Size != v.Size || hex.EncodeToString(c.Root[:]) != v.Root || !slices.Equal(q.Cosigned, v.Cosigned) {
				t.Errorf("%+v, %+v", c, q)
			}
		})
	}
}

func testPolicyVectors(t *testing.T) {
	for _, v := range readVectors[policyVector](t, "policies").Vectors {
		t.Run(v.Name, func(t *testing.T) {
			read := ledger.ParsePolicy
			if v.Signed {
				read = ledger.OpenPolicy
			}
			policy, err := read(v.bytes())
			var key *ledger.Key
			if err == nil {
				key, err = policy.LogKey(v.Origin)
			}
			refusedAs(t, err, v.Refused)
			if v.Refused == "" && (key.String() != v.Key || string(policy.Canonical(key)) != v.Canonical || policy.Digits(key) != v.Digits) {
				t.Errorf("%s: %s, %s", key, policy.Digits(key), policy.Canonical(key))
			}
		})
	}
}

// bytes returns what is to be read: what is no text stands in Base64.
func (v policyVector) bytes() []byte {
	if v.Policy == "" {
		return v.Bytes
	}
	return []byte(v.Policy)
}

func testReceiptVectors(t *testing.T) {
	file := readVectors[receiptVector](t, "receipts")
	for _, v := range file.Vectors {
		t.Run(v.Name, func(t *testing.T) {
			text := file.Policy
			if v.Policy != "" {
				text = v.Policy
			}
			policy, err := ledger.ParsePolicy([]byte(text))
			ok(t, err)
			r, proven, err := checkReceipt([]byte(v.Receipt), policy)
			refusedAs(t, err, v.Refused)
			if proven != nil && (r.Tracker != v.Tracker || r.Number != v.Entry || proven.Checkpoint.Size != v.Size) {
				t.Errorf("%+v, %+v", r, proven)
			}
		})
	}
}

// checkReceipt chooses the log of a receipt as everybody must who has a policy.
func checkReceipt(text []byte, policy *ledger.Policy) (*ledger.Receipt, *ledger.Proven, error) {
	r, err := ledger.ParseReceipt(text)
	if err != nil {
		return nil, nil, err
	}
	key, err := policy.LogKey(r.Origin())
	if err != nil {
		return nil, nil, err
	}
	return ledger.VerifyReceipt(text, key, policy)
}

// refusedAs requires that an error is the one of a reason, or that there is none.
func refusedAs(t *testing.T, err error, reason string) {
	t.Helper()
	if reason == "" {
		ok(t, err)
		return
	}
	want := map[string]struct {
		err  error
		part string
	}{
		"key":        {nil, ""},
		"checkpoint": {ledger.ErrCheckpoint, ""},
		"quorum":     {ledger.ErrQuorum, ""},
		"policy":     {ledger.ErrPolicy, "line "},
		"unsigned":   {ledger.ErrPolicy, "sign"},
		"missing":    {ledger.ErrCheckpoint, "is no log of the policy"},
		"ambiguous":  {ledger.ErrPolicy, "two keys of"},
		"receipt":    {ledger.ErrReceipt, ""},
		"entry":      {ledger.ErrEntry, ""},
	}[reason]
	if err == nil || !strings.Contains(err.Error(), want.part) || (want.err != nil && !errors.Is(err, want.err)) {
		t.Errorf("%v is not refused as %q", err, reason)
	}
}

func readVectors[T any](t *testing.T, name string) (file vectorFile[T]) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "notes", name+".json"))
	ok(t, err)
	ok(t, json.Unmarshal(text, &file))
	if len(file.Vectors) == 0 {
		t.Fatalf("%s: empty", name)
	}
	return file
}

func writeVectors[T any](t *testing.T, name string, file vectorFile[T]) {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	ok(t, e.Encode(file))
	ok(t, os.WriteFile(filepath.Join("testdata", "notes", name+".json"), b.Bytes(), 0o600))
}

// writeNotes makes the files anew.
func writeNotes(t *testing.T) {
	t.Helper()
	s, _, receipt := receipts(t, 4, 20, 1, 2)
	good := string(published(t, s.log))
	witness := strings.Fields(string(s.Text))[4]
	writeVectors(t, "keys", vectorFile[keyVector]{Vectors: append(keySpellings(t, "log", s.Key.String(), witness), keySpellings(t, "witness", witness, s.Key.String())...)})
	writeVectors(t, "checkpoints", vectorFile[checkpointVector]{s.Key.String(), string(s.Text), checkpointSpellings(t, s, good)})
	writeVectors(t, "policies", vectorFile[policyVector]{Vectors: policySpellings(t, s)})
	writeVectors(t, "receipts", vectorFile[receiptVector]{Policy: string(s.Text), Vectors: receiptSpellings(t, s, receipt)})
}

// keySpellings are a good key and what a lenient reader takes for it.
func keySpellings(t *testing.T, kind, key, other string) []keyVector {
	t.Helper()
	parts := strings.SplitN(key, "+", 3)
	spell := func(name, id, material string) string { return name + "+" + id + "+" + material }
	list := []keyVector{
		{"good", "", key, ""},
		{"key hash in capitals", "", spell(parts[0], strings.ToUpper(parts[1]), parts[2]), "key"},
		{"another key hash", "", spell(parts[0], "00000000", parts[2]), "key"},
		{"a short key hash", "", spell(parts[0], parts[1][1:], parts[2]), "key"},
		{"padded", "", key + "=", "key"}, // 33 bytes need none, and have no unused bits
		{"a line end in its Base64", "", key[:len(key)-4] + "\n" + key[len(key)-4:], "key"},
		{"a digit less", "", key[:len(key)-1], "key"},
		{"Base64 of addresses", "", spell(parts[0], parts[1], strings.NewReplacer("+", "-", "/", "_").Replace(parts[2])+"-"), "key"},
		{"a byte behind it", "", key + "A", "key"},
		{"another name", "", spell("other.example.vn", parts[1], parts[2]), "key"},
		{"no name", "", spell("", parts[1], parts[2]), "key"},
		{"for the other purpose", "", other, "key"},
		{"empty", "", "", "key"},
	}
	algorithm := map[string]byte{"log": 1, "witness": 4}[kind]
	point, err := base64.StdEncoding.DecodeString(parts[2])
	ok(t, err)
	for _, name := range []string{"a\u0085b", "a\u00a0b", "a\u00adb", "a\u200bb", "a\u2028b", "a\u202eb", "a\u3000b", "a\ufeffb", "\ufeffa", "a\u007fb"} {
		list = append(list, keyVector{fmt.Sprintf("a name with %+q", name), "", keyOf(name, algorithm, point[1:]), "key"})
	}
	list = append(list, keyVector{"a name in Vietnamese", "", keyOf("sở-nội-vụ", algorithm, point[1:]), ""})
	for _, bad := range []struct{ name, hex string }{
		{"no point of the curve", "02" + strings.Repeat("00", 31)},
		{"the identity", "01" + strings.Repeat("00", 31)},
		{"a point of order 2", "ec" + strings.Repeat("ff", 30) + "7f"},
		{"a point of order 8", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"},
		{"the identity, not canonical", "ee" + strings.Repeat("ff", 30) + "7f"},
		{"a negative zero", "01" + strings.Repeat("00", 30) + "80"},
		{"y over p", strings.Repeat("ff", 32)},
	} {
		point, err := hex.DecodeString(bad.hex)
		ok(t, err)
		list = append(list, keyVector{"Ed25519: " + bad.name, "", keyOf(parts[0], algorithm, point), "key"})
	}
	for i := range list {
		list[i].Kind, list[i].Name = kind, kind+": "+list[i].Name
	}
	return list
}

// keyOf writes a key with a name and point that may be none.
func keyOf(name string, algorithm byte, point []byte) string {
	material := append([]byte{algorithm}, point...)
	sum := sha256.Sum256(slices.Concat([]byte(name+"\n"), material))
	return fmt.Sprintf("%s+%x+%s", name, sum[:4], base64.StdEncoding.EncodeToString(material))
}

// looseEnd sets an unused bit of the Base64 at the end of a text: there are four
// of them behind one byte, and two behind two.
func looseEnd(text string) string {
	bare := strings.TrimRight(text, "=")
	if bare == text {
		panic("no unused bits")
	}
	return bare[:len(bare)-1] + loose(bare[len(bare)-1]) + text[len(bare):]
}

// looseLine does so in the signature of a name in a note.
func looseLine(t *testing.T, signed, name string) string {
	t.Helper()
	line := strings.TrimSuffix(string(lineOf(t, []byte(signed), name)), "\n")
	return strings.Replace(signed, line, looseEnd(line), 1)
}

func checkpointSpellings(t *testing.T, s *scene, good string) []checkpointVector {
	t.Helper()
	c, err := ledger.OpenCheckpoint([]byte(good), s.Key)
	ok(t, err)
	text, lines, _ := strings.Cut(good, "\n\n")
	text += "\n"
	root := strings.Split(text, "\n")[2]
	own := string(lineOf(t, []byte(good), ledgertest.Origin))
	w0, w1 := string(lineOf(t, []byte(good), "w0.example.vn")), string(lineOf(t, []byte(good), "w1.example.vn"))
	stranger := string(lineOf(t, sign(t, text, newScene(t, 0, 0, 0).Signer), ledgertest.Origin))
	unknown := strings.Replace(stranger, ledgertest.Origin, "nobody.example.vn", 1)
	marked := strings.Replace(unknown, "nobody", "\ufeffnobody", 1)
	turned := strings.Replace(unknown, "nobody", "no\u0085body", 1)
	signedAs := func(text string) string { return string(sign(t, text, s.Signer)) }
	is := func(name, note string, cosigned ...string) checkpointVector {
		return checkpointVector{name, note, "", c.Origin, c.Size, hex.EncodeToString(c.Root[:]), cosigned}
	}
	alone := is("signed by the log alone", text+"\n"+own)
	alone.Refused = "quorum"
	large := checkpointVector{
		"a size of 2^53-1", signedAs(fmt.Sprintf("%s\n9007199254740991\n%s\n", c.Origin, root)), "quorum",
		c.Origin, 1<<53 - 1, hex.EncodeToString(c.Root[:]), nil,
	}
	list := []checkpointVector{
		is("good", good, "witness-0", "witness-1"),
		is("one witness", text+"\n"+own+w1, "witness-1"),
		is("in another order", text+"\n"+w1+own, "witness-1"),
		large,
		is("with the signature of a stranger", good+unknown, "witness-0", "witness-1"),
		alone,
	}
	for _, bad := range []struct{ name, note string }{
		{"empty", ""},
		{"no signature", text},
		{"no line of signatures", text + "\n"},
		{"unused bits set in the log's signature", looseLine(t, good, ledgertest.Origin)},
		{"unused bits set in that of a witness", looseLine(t, good, "w0.example.vn")},
		{"unused bits set in that of a stranger", looseLine(t, good+unknown, "nobody.example.vn")},
		{"Base64 without padding", strings.Replace(good, own, strings.TrimRight(own, "=\n")+"\n", 1)},
		{"a signature twice", good + w0},
		{"a false signature of a witness", text + "\n" + own + w0[:30] + flip(w0[30]) + w0[31:]},
		{"a false signature of the log", text + "\n" + own[:60] + flip(own[60]) + own[61:] + w0},
		{"of another key with the log's name", text + "\n" + stranger + w0},
		{"no line feed at the end", strings.TrimSuffix(good, "\n")},
		{"two line feeds at the end", good + "\n"},
		{"a byte behind it", good + "x"},
		{"a line behind it", good + "x\n"},
		{"a space behind a signature", text + "\n" + strings.TrimSuffix(own, "\n") + " \n" + w0},
		{"line ends of another system", strings.ReplaceAll(good, "\n", "\r\n")},
		{"an ordinary dash", strings.ReplaceAll(good, "— ", "- ")},
		{"edited", strings.Replace(good, text, strings.Replace(text, "\n11\n", "\n12\n", 1), 1)},
		{"a byte order mark", "\ufeff" + good},
		{"an extension line", signedAs(text + "more\n")},
		{"a leading zero", signedAs(fmt.Sprintf("%s\n0%d\n%s\n", c.Origin, c.Size, root))},
		{"a sign", signedAs(fmt.Sprintf("%s\n+%d\n%s\n", c.Origin, c.Size, root))},
		{"of a stranger whose name has a byte order mark", good + marked},
		{"of a stranger whose name has a line end of other systems", good + turned},
		{"a size of 2^53", signedAs(fmt.Sprintf("%s\n9007199254740992\n%s\n", c.Origin, root))},
		{"a size over 2^53", signedAs(fmt.Sprintf("%s\n9007199254740993\n%s\n", c.Origin, root))},
		{"unused bits set in the root", signedAs(fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, looseEnd(root)))},
		{"a short root", signedAs(fmt.Sprintf("%s\n%d\nAAAA\n", c.Origin, c.Size))},
		{"no entries, with a root", signedAs(fmt.Sprintf("%s\n0\n%s\n", c.Origin, root))},
		{"another origin", signedAs(fmt.Sprintf("other.example.vn\n%d\n%s\n", c.Size, root))},
		{"two lines", signedAs(fmt.Sprintf("%s\n%d\n", c.Origin, c.Size))},
	} {
		list = append(list, checkpointVector{Name: bad.name, Note: bad.note, Refused: "checkpoint"})
	}
	if lines == "" {
		t.Fatal("nobody has signed")
	}
	return list
}

// flip returns another digit of Base64.
func flip(c byte) string {
	if c == 'A' {
		return "B"
	}
	return "A"
}

// policySpellings have one log, two, two keys of one, and none.
func policySpellings(t *testing.T, s *scene) []policyVector {
	t.Helper()
	own, other := s.Key.String(), ledgertest.NewKeys(t, 0, 0).Key.String()
	_, elsewhere, err := ledger.GenerateKey("other.example.vn/log")
	ok(t, err)
	_, rest, _ := strings.Cut(string(s.Text), "\n")
	text := func(logs ...string) string { return "log " + strings.Join(logs, "\nlog ") + "\n" + rest }
	signed, err := ledger.SignPolicy(s.Text, s.Signer)
	ok(t, err)
	ofTwo, err := note.Sign(&note.Note{Text: text(own, elsewhere)}, s.Signer)
	ok(t, err)
	fields := strings.Fields(rest)
	witness, second := fields[2], fields[5]
	pair := func(a, b string) string {
		return "witness " + a + " " + witness + "\nwitness " + b + " " + second + "\n"
	}
	head := "log " + own + "\n"
	read := func(name, policy string) policyVector { return policyVector{Name: name, Policy: policy} }
	refused := func(name, policy, reason string) policyVector {
		return policyVector{Name: name, Policy: policy, Refused: reason}
	}
	list := []policyVector{
		read("one log", text(own)),
		read("two logs, the first", text(own, elsewhere)),
		read("two logs, the second", text(elsewhere, own)),
		read("with an address", text(own+" https://hop.example.vn/log/")),
		read("with comments", "# mine\n\n"+text(own)+"# end"),
		read("with tabs", strings.ReplaceAll(text(own), " ", "\t ")),
		read("witnesses in another order", head+pair("witness-0", "witness-1")+"group witnesses 1 witness-1 witness-0\nquorum witnesses\n"),
		read("other names for the witnesses", head+pair("b", "a")+"group witnesses 1 b a\nquorum witnesses\n"),
		read("names that sort by bytes, not by halves of characters", head+pair("\U0001f600", "\uff41")+"group witnesses all \U0001f600 \uff41\nquorum witnesses\n"),
		read("names that sort by bytes, not by alphabet", head+pair("đông", "Tây")+"group witnesses any đông Tây\nquorum witnesses\n"),
		read("any", strings.Replace(text(own), "witnesses 1 ", "witnesses any ", 1)),
		read("all", strings.Replace(text(own), "witnesses 1 ", "witnesses all ", 1)),
		read("one witness, asked for by name", head+pair("a", "b")+"quorum b\n"),
		read("nobody asked for", head+pair("a", "b")+"quorum none\n"),
		read("no witnesses", head+"quorum none\n"),
		read("groups of groups", head+pair("m", "a")+"group z 1 m\ngroup b all z a\nquorum b\n"),
		read("two keys of another log", text(own, elsewhere, mustKey(t, "other.example.vn/log"))),
		refused("another log", text(elsewhere), "missing"),
		refused("no log", rest, "missing"),
		refused("two keys of the log", text(own, other), "ambiguous"),
		refused("the log twice", text(own, own), "policy"),
		refused("key hash in capitals", strings.Replace(text(own), own, capital(own), 1), "policy"),
		refused("a witness's key hash in capitals", strings.Replace(text(own), witness, capital(witness), 1), "policy"),
		refused("padded key", text(own+"="), "policy"),
		refused("a witness's padded key", strings.Replace(text(own), witness, witness+"=", 1), "policy"),
		refused("a witness with the key of a log", strings.Replace(text(own), witness, own, 1), "policy"),
		refused("line ends of another system", strings.ReplaceAll(text(own), "\n", "\r\n"), "policy"),
		refused("more than there are", strings.Replace(text(own), "witnesses 1 ", "witnesses 3 ", 1), "policy"),
		refused("a byte order mark", "\ufeff"+text(own), "policy"),
		{Name: "a comment that is not UTF-8", Bytes: []byte("# \xff\n" + text(own)), Refused: "policy"},
		{Name: "a comment with half a character", Bytes: []byte("# \xed\xa0\x80\n" + text(own)), Refused: "policy"},
	}
	for _, name := range []string{"a\u0085b", "a\u00a0b", "a\u2003b", "a\u200bb", "a\ufeffb"} {
		list = append(list, refused(fmt.Sprintf("a witness called %+q", name), head+pair(name, "b")+"quorum none\n", "policy"))
	}
	for _, v := range []policyVector{
		read("signed by its log", string(signed)),
		refused("not signed", text(own), "unsigned"),
		refused("signed and edited", strings.Replace(string(signed), "witnesses 1 ", "witnesses 2 ", 1), "unsigned"),
		refused("signed, with a line behind it", string(signed)+"# more\n", "unsigned"),
		refused("signed, with unused bits set", looseEnd(strings.TrimSuffix(string(signed), "\n"))+"\n", "unsigned"),
		refused("signed, of two logs", strings.Replace(string(ofTwo), "\n\n— ", "\n# — ", 1), "unsigned"),
	} {
		v.Signed = true
		list = append(list, v)
	}
	for i := range list {
		describePolicy(t, &list[i])
	}
	return list
}

// describePolicy writes what is read in a policy, if it is.
func describePolicy(t *testing.T, v *policyVector) {
	t.Helper()
	v.Origin = ledgertest.Origin
	if v.Refused != "" {
		return
	}
	policy, err := ledger.ParsePolicy([]byte(v.Policy))
	ok(t, err)
	key, err := policy.LogKey(v.Origin)
	ok(t, err)
	v.Key, v.Canonical, v.Digits = key.String(), string(policy.Canonical(key)), policy.Digits(key)
}

func mustKey(t *testing.T, origin string) string {
	t.Helper()
	_, public, err := ledger.GenerateKey(origin)
	ok(t, err)
	return public
}

// capital writes the hash of a key in capitals.
func capital(key string) string {
	parts := strings.SplitN(key, "+", 3)
	return parts[0] + "+" + strings.ToUpper(parts[1]) + "+" + parts[2]
}

func receiptSpellings(t *testing.T, s *scene, r *ledger.Receipt) []receiptVector {
	t.Helper()
	good := string(r.Append(nil))
	size := int64(11)
	elsewhere := mustKey(t, "other.example.vn/log")
	_, rest, _ := strings.Cut(string(s.Text), "\n")
	text := func(logs ...string) string { return "log " + strings.Join(logs, "\nlog ") + "\n" + rest }
	is := func(name, receipt, policy, refused string) receiptVector {
		return receiptVector{name, receipt, policy, refused, r.Tracker, r.Number, size}
	}
	change := func(do func(r *ledger.Receipt)) string {
		other, err := ledger.ParseReceipt([]byte(good))
		ok(t, err)
		do(other)
		return string(other.Append(nil))
	}
	bare := change(func(r *ledger.Receipt) { r.Checkpoint = s.cosignedBy(t) })
	list := []receiptVector{
		is("good", good, "", ""),
		is("with a policy of two logs", good, text(elsewhere, s.Key.String()), ""),
		is("signed by the log alone", bare, "", "quorum"),
		is("with a policy that asks for nobody", bare, strings.Replace(string(s.Text), "quorum witnesses", "quorum none", 1), ""),
		is("with a policy that asks for two, of one", change(func(r *ledger.Receipt) { r.Checkpoint = s.cosignedBy(t, 1) }),
			strings.Replace(string(s.Text), "witnesses 1 ", "witnesses 2 ", 1), "quorum"),
		{Name: "with the policy of another log", Receipt: good, Policy: text(elsewhere), Refused: "missing"},
		{Name: "with a policy of two keys", Receipt: good, Policy: text(s.Key.String(), mustKey(t, ledgertest.Origin)), Refused: "ambiguous"},
		{Name: "with another key of the log", Receipt: good, Policy: text(mustKey(t, ledgertest.Origin)), Refused: "receipt"},
	}
	extra := strings.Split(good, "\n")[1]
	for _, bad := range []struct{ name, receipt string }{
		{"empty", ""},
		{"another version", strings.Replace(good, "tlog-proof@v1", "tlog-proof@v2", 1)},
		{"a byte behind it", good + "x"},
		{"a line feed behind it", good + "\n"},
		{"no line feed at the end", strings.TrimSuffix(good, "\n")},
		{"a space before it", " " + good},
		{"a byte order mark", "\ufeff" + good},
		{"line ends of another system", strings.ReplaceAll(good, "\n", "\r\n")},
		{"unused bits set in the log's signature", looseLine(t, good, ledgertest.Origin)},
		{"unused bits set in that of a witness", looseLine(t, good, "w1.example.vn")},
		{"a signature twice", good + string(lineOf(t, []byte(good), "w0.example.vn"))},
		{"a leading zero", strings.Replace(good, "\nindex ", "\nindex 0", 1)},
		{"Base64 without padding", strings.Replace(good, extra+"\n", strings.TrimRight(extra, "=")+"\n", 1)},
		{"another tracker", change(func(r *ledger.Receipt) { r.Tracker = ledgertest.Tracker(4, 3) })},
		{"another place", change(func(r *ledger.Receipt) { r.Place++ })},
		{"a path cut short", change(func(r *ledger.Receipt) { r.Path = r.Path[1:] })},
		{"another number", change(func(r *ledger.Receipt) { r.Number-- })},
		{"a proof cut short", change(func(r *ledger.Receipt) { r.Proof = r.Proof[1:] })},
		{"a proof with another hash", change(func(r *ledger.Receipt) { r.Proof[0][0] ^= 1 })},
		{"entry edited", change(func(r *ledger.Receipt) {
			r.Entry = bytes.Replace(r.Entry, []byte(`"ballots":20`), []byte(`"ballots":21`), 1)
		})},
		{"checkpoint edited", strings.Replace(good, "\n11\n", "\n12\n", 1)},
	} {
		list = append(list, receiptVector{Name: bad.name, Receipt: bad.receipt, Refused: "receipt"})
	}
	return list
}
