package ledger

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"
)

// A Policy says whose cosignatures make a checkpoint count. It is the file of
// C2SP tlog-policy, one item a line:
//
//	# Two of the three must have seen it.
//	log hop.example.vn/log+1f2e3d4c+ARpc2…
//	witness so-noi-vu w1.example.vn+5a6b7c8d+BHj3…
//	witness tinh-uy w2.example.vn+9a8b7c6d+BKk1… https://w2.example.vn/
//	witness may-chieu w3.example.vn+0a1b2c3d+BMn8…
//	group hai-trong-ba 2 so-noi-vu tinh-uy may-chieu
//	quorum hai-trong-ba
//
// A group stands for its threshold: a number, "any" (1) or "all". Members and
// quorum are witnesses or groups of lines before; "quorum none" asks for no
// cosignature. Names stand for nothing outside the file.
type Policy struct {
	Logs      []PolicyLog
	Witnesses []PolicyWitness
	groups    map[string]quorumGroup
	quorum    string
}

// A PolicyLog is a log that the policy accepts.
type PolicyLog struct {
	Key *Key
	URL string // where it is read, may be empty
}

// A PolicyWitness is a witness by the name that the policy gives it.
type PolicyWitness struct {
	Name     string
	Verifier note.Verifier
	URL      string // where checkpoints are submitted, may be empty
	key      string
}

type quorumGroup struct {
	threshold int
	members   []string
}

// ErrPolicy is returned, with the line, for a policy file that is none.
var ErrPolicy = errors.New("policy: malformed")

// The limits of a policy: twice those that C2SP asks for.
const (
	maxPolicy      = maxText
	maxPolicyItems = 64
	none           = "none"
)

// ParsePolicy reads a policy file.
func ParsePolicy(text []byte) (*Policy, error) {
	p := &Policy{groups: map[string]quorumGroup{}}
	if len(text) > maxPolicy {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrPolicy, maxPolicy)
	}
	for i, line := range strings.Split(string(text), "\n") {
		if err := p.line(line); err != nil {
			return nil, fmt.Errorf("%w: line %d: %w", ErrPolicy, i+1, err)
		}
	}
	if p.quorum == "" {
		return nil, fmt.Errorf("%w: no quorum", ErrPolicy)
	}
	return p, nil
}

func (p *Policy) line(line string) error {
	if !utf8.ValidString(line) {
		return errors.New("not UTF-8")
	}
	if strings.ContainsFunc(line, func(r rune) bool { return (r < ' ' && r != '\t') || r == 0x7f }) {
		return errors.New("a control character")
	}
	items := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' })
	if len(items) == 0 || strings.HasPrefix(items[0], "#") {
		return nil
	}
	items, keyword := items[1:], items[0]
	switch {
	case keyword == "log" && (len(items) == 1 || len(items) == 2):
		return p.addLog(items)
	case keyword == "witness" && (len(items) == 2 || len(items) == 3):
		return p.addWitness(items)
	case keyword == "group" && len(items) >= 3:
		return p.addGroup(items[0], items[1], items[2:])
	case keyword == "quorum" && len(items) == 1:
		return p.setQuorum(items[0])
	}
	return fmt.Errorf("not log, witness, group or quorum with their items: %q", keyword)
}

func (p *Policy) addLog(items []string) error {
	key, err := ParseKey(items[0])
	if err != nil {
		return err
	}
	if len(p.Logs) == maxPolicyItems || slices.ContainsFunc(p.Logs, func(l PolicyLog) bool { return material(l.Key.text) == material(items[0]) }) {
		return errors.New("log: twice, or too many")
	}
	p.Logs = append(p.Logs, PolicyLog{Key: key, URL: strings.Join(items[1:], "")})
	return nil
}

func (p *Policy) addWitness(items []string) error {
	v, err := newCosignatureVerifier(items[1])
	if err != nil {
		return err
	}
	if err := p.newName(items[0]); err != nil {
		return err
	}
	if slices.ContainsFunc(p.Witnesses, func(w PolicyWitness) bool { return material(w.key) == material(items[1]) }) {
		return fmt.Errorf("witness %s: the key of another", items[0])
	}
	p.Witnesses = append(p.Witnesses, PolicyWitness{items[0], v, strings.Join(items[2:], ""), items[1]})
	return nil
}

// material returns what of a valid key, NAME+HASH+MATERIAL, does not depend on
// its name. Base64 may have a + as well.
func material(key string) string { return strings.SplitN(key, "+", 3)[2] }

func (p *Policy) newName(name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	if name == none || p.known(name) || len(p.Witnesses)+len(p.groups) >= 2*maxPolicyItems {
		return fmt.Errorf("name %s: taken, or too many", name)
	}
	return nil
}

func (p *Policy) known(name string) bool {
	_, isGroup := p.groups[name]
	return isGroup || slices.ContainsFunc(p.Witnesses, func(w PolicyWitness) bool { return w.Name == name })
}

// grouped reports whether a group has name as a member.
func (p *Policy) grouped(name string) bool {
	for _, g := range p.groups {
		if slices.Contains(g.members, name) {
			return true
		}
	}
	return false
}

func (p *Policy) addGroup(name, threshold string, members []string) error {
	if err := p.newName(name); err != nil {
		return err
	}
	for i, member := range members {
		if !p.known(member) {
			return fmt.Errorf("group %s: %s stands in no line before", name, member)
		}
		if p.grouped(member) || slices.Contains(members[:i], member) {
			return fmt.Errorf("group %s: %s is a member already", name, member)
		}
	}
	k, err := strconv.Atoi(threshold)
	switch threshold {
	case "any":
		k, err = 1, nil
	case "all":
		k, err = len(members), nil
	default:
		if strconv.Itoa(k) != threshold {
			err = errors.New("threshold: malformed")
		}
	}
	if err != nil || k < 1 || k > len(members) {
		return fmt.Errorf("group %s: threshold %q of %d", name, threshold, len(members))
	}
	p.groups[name] = quorumGroup{k, members}
	return nil
}

func (p *Policy) setQuorum(name string) error {
	if p.quorum != "" {
		return errors.New("quorum: twice")
	}
	if name != none && !p.known(name) {
		return fmt.Errorf("quorum: %s stands in no line before", name)
	}
	p.quorum = name
	return nil
}

// FormatPolicy writes the policy that asks for k of the given witnesses, whose
// names and public keys come in pairs; with k 0, for none of them.
func FormatPolicy(log string, k int, witnesses ...[2]string) []byte {
	b := fmt.Appendf(nil, "log %s\n", log)
	names := make([]string, len(witnesses))
	for i, w := range witnesses {
		b = fmt.Appendf(b, "witness %s %s\n", w[0], w[1])
		names[i] = w[0]
	}
	if k == 0 {
		return append(b, "quorum none\n"...)
	}
	return fmt.Appendf(b, "group witnesses %d %s\nquorum witnesses\n", k, strings.Join(names, " "))
}

// A Quorum says which witnesses of a policy have cosigned a checkpoint, by
// their names in the policy and in its order.
type Quorum struct{ Cosigned, Missing []string }

// Check verifies a signed checkpoint of the log and all cosignatures of the
// policy's witnesses on it. When they are too few, the checkpoint and the
// quorum are returned with [ErrQuorum], which names the missing. Signatures of
// others are ignored; a false one of a witness is [ErrCheckpoint].
//
// The policy's own logs are not looked at: key is the log that is meant. A nil
// policy asks for no cosignature.
func (p *Policy) Check(signed []byte, key *Key) (Checkpoint, Quorum, error) {
	c, q, _, err := p.open(signed, key)
	return c, q, err
}

func (p *Policy) open(signed []byte, key *Key) (c Checkpoint, q Quorum, n *note.Note, err error) {
	if c, n, err = openNote(signed, key, p.verifiers()...); err != nil || p == nil {
		return c, q, n, err
	}
	for _, w := range p.Witnesses {
		if signedBy(n, w.Verifier) {
			q.Cosigned = append(q.Cosigned, w.Name)
		} else {
			q.Missing = append(q.Missing, w.Name)
		}
	}
	if !p.satisfied(p.quorum, q.Cosigned) {
		err = fmt.Errorf("%w: missing %s", ErrQuorum, strings.Join(q.Missing, ", "))
	}
	return c, q, n, err
}

func (p *Policy) verifiers() (list []note.Verifier) {
	if p == nil {
		return nil
	}
	for _, w := range p.Witnesses {
		list = append(list, w.Verifier)
	}
	return list
}

// Unwitnessed reports whether the policy asks for no cosignature: then nobody
// but the log's own key speaks for what is signed.
func (p *Policy) Unwitnessed() bool { return p == nil || p.satisfied(p.quorum, nil) }

// satisfied reports whether a witness or group has cosigned.
func (p *Policy) satisfied(name string, cosigned []string) bool {
	g, isGroup := p.groups[name]
	if !isGroup {
		return name == none || slices.Contains(cosigned, name)
	}
	n := 0
	for _, member := range g.members {
		if p.satisfied(member, cosigned) {
			n++
		}
	}
	return n >= g.threshold
}
