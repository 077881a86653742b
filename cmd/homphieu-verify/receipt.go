package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/homphieu/homphieu/tally/archive"
	"github.com/homphieu/homphieu/tally/ledger"
)

// A receiptReport is what is said of a receipt to machines.
type receiptReport struct {
	Valid    bool     `json:"valid"`
	Tracker  string   `json:"tracker"`
	Election string   `json:"election"`
	Ballots  int      `json:"ballots"`
	Entry    int64    `json:"entry"` // number of the closed entry
	Origin   string   `json:"origin"`
	Size     int64    `json:"size"` // of the checkpoint
	Cosigned []string `json:"cosigned"`
	Missing  []string `json:"missing"`
	Key      string   `json:"key"`         // of the log, empty if the policy has none for it
	Digits   string   `json:"digits"`      // of key, witnesses and quorum; empty if there is no key
	Policy   string   `json:"policy"`      // the file
	Own      bool     `json:"own_policy"`  // it was the one beside the receipt
	Alone    bool     `json:"unwitnessed"` // the policy asks for no cosignature
	Reason   *string  `json:"reason"`

	key    *ledger.Key
	policy *ledger.Policy
}

func verifyReceipt(args []string, stdout, stderr io.Writer) int {
	o, path, status := parseLog("receipt", args, stderr)
	if path == "" {
		return status
	}
	text, err := archive.ReadFile(path, maxText)
	if err != nil {
		return unusable(stderr, err, "give the file of a receipt")
	}
	own, read := o.policy == "", ledger.ParsePolicy
	if own { // whoever gives a receipt could give any policy with it
		o.policy, read = filepath.Join(filepath.Dir(path), ledger.PolicyPath), ledger.OpenPolicy
	}
	policy, err := readPolicy(o.policy, read)
	if err != nil {
		return unusable(stderr, err, "give with --policy the log's key and witnesses, as they were handed to you")
	}
	r := checkReceipt(text, policy)
	r.Policy, r.Own = o.policy, own
	return o.print(stdout, stderr, r.Valid, r, r.describe())
}

func checkReceipt(text []byte, policy *ledger.Policy) *receiptReport {
	r := &receiptReport{Cosigned: []string{}, Missing: []string{}, Alone: policy.Unwitnessed(), policy: policy}
	receipt, err := ledger.ParseReceipt(text)
	var key *ledger.Key
	if err == nil {
		key, err = policy.LogKey(receipt.Origin())
	}
	var proven *ledger.Proven
	if err == nil {
		r.key, r.Key, r.Digits = key, key.String(), policy.Digits(key)
		receipt, proven, err = ledger.VerifyReceipt(text, key, policy)
	}
	if proven != nil {
		r.Tracker, r.Election, r.Ballots, r.Entry = receipt.Tracker, string(proven.Election), proven.Closed.Ballots, receipt.Number
		r.Origin, r.Size = proven.Checkpoint.Origin, proven.Checkpoint.Size
		r.Cosigned, r.Missing = append(r.Cosigned, proven.Quorum.Cosigned...), append(r.Missing, proven.Quorum.Missing...)
	}
	if r.Valid = err == nil; !r.Valid {
		reason := err.Error()
		r.Reason = &reason
	}
	return r
}

func (r *receiptReport) describe() string {
	var b strings.Builder
	if r.Valid {
		fmt.Fprintf(&b, "VALID · HỢP LỆ: the ballot was in the box when the poll ended, and the log says so · phiếu có trong hòm khi kết thúc bỏ phiếu, và sổ công bố có ghi\n")
	} else {
		fmt.Fprintf(&b, "REFUSED · TỪ CHỐI: %s\n", visible(*r.Reason))
	}
	where := "given with --policy · do bạn đưa"
	if r.Own {
		where = "found beside the receipt, signed by its own log · nằm cạnh biên nhận, do chính sổ ký"
	}
	fmt.Fprintf(&b, "  policy      %s: %s\n", visible(r.Policy), where)
	if r.Tracker == "" {
		return b.String()
	}
	fmt.Fprintf(&b, "  tracker     %s\n  election    %s, %d ballots\n  entry       %d of %d in %s\n", r.Tracker, r.Election, r.Ballots, r.Entry, r.Size, visible(r.Origin))
	fmt.Fprintf(&b, "  cosigned    %s\n  missing     %s\n", names(r.Cosigned), names(r.Missing))
	describeKey(&b, r.key, r.policy, r.Own)
	return b.String()
}

func verifyEvidence(args []string, stdout, stderr io.Writer) int {
	_, path, status := parseLog("evidence", args, stderr)
	if path == "" {
		return status
	}
	text, err := archive.ReadFile(path, maxText)
	if err != nil {
		return unusable(stderr, err, "give the file that a witness or homphieu watch has left")
	}
	e, err := ledger.VerifyEvidence(text)
	if errors.Is(err, ledger.ErrEvidence) {
		fmt.Fprintf(stdout, "REFUSED · TỪ CHỐI: %s\n", visible(err.Error()))
		return exitRefused
	}
	first, second := e.Checkpoints()
	fmt.Fprintf(stdout, "CONVICTS · ĐỦ BẰNG CHỨNG: the holder of this key has signed two histories · người giữ khóa này đã ký hai lịch sử khác nhau\n"+
		"  key         %s\n  one         %d entries, root %x\n  other       %d entries, root %x\n", e.Key, first.Size, first.Root, second.Size, second.Root)
	return exitValid
}
