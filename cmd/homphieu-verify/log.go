package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/homphieu/homphieu/report/pades"
	"github.com/homphieu/homphieu/tally/archive"
	"github.com/homphieu/homphieu/tally/ledger"
)

// logOptions are the options of the commands about the log.
type logOptions struct {
	policy string
	asJSON bool
}

// parseLog parses args, options before or behind the only argument. The status
// is that to exit with if it returns no argument.
func parseLog(name string, args []string, stderr io.Writer) (o logOptions, arg string, status int) {
	flags := flag.NewFlagSet("homphieu-verify "+name, flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	if name != "evidence" {
		flags.StringVar(&o.policy, "policy", "", "file with the log's key and the witnesses that you ask for (default: the file policy beside)")
		flags.BoolVar(&o.asJSON, "json", false, "print the report as one JSON object")
	}
	var list []string
	for rest := args; ; rest = flags.Args()[1:] {
		if err := flags.Parse(rest); errors.Is(err, flag.ErrHelp) {
			return o, "", exitValid
		} else if err != nil {
			return o, "", exitUnusable
		}
		if flags.NArg() == 0 {
			break
		}
		list = append(list, flags.Arg(0))
	}
	if len(list) != 1 || list[0] == "" {
		flags.Usage()
		return o, "", exitUnusable
	}
	return o, list[0], 0
}

// unusable says in one line why nothing could be checked.
func unusable(stderr io.Writer, err error, advice string) int {
	fmt.Fprintf(stderr, "homphieu-verify: %v; %s\n", err, advice)
	return exitUnusable
}

// print writes a report, for machines or people, and returns the status.
func (o logOptions) print(stdout, stderr io.Writer, valid bool, report any, people string) int {
	var err error
	if o.asJSON {
		err = json.NewEncoder(stdout).Encode(report)
	} else {
		_, err = io.WriteString(stdout, people)
	}
	if err != nil {
		return unusable(stderr, fmt.Errorf("report: %w", err), "print it elsewhere")
	}
	if !valid {
		return exitRefused
	}
	return exitValid
}

func verifyLog(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, dir, status := parseLog("log", args, stderr)
	if dir == "" {
		return status
	}
	const advice = "give the folder of a log, with the files checkpoint, policy and tile"
	var policy *ledger.Policy
	if o.policy != "" {
		var err error
		if policy, err = readPolicy(o.policy, ledger.ParsePolicy); err != nil {
			return unusable(stderr, err, "give the policy file that you were handed")
		}
	}
	f, err := ledger.VerifyDir(ctx, dir, policy, pades.SignedOnly)
	if err != nil {
		return unusable(stderr, err, advice)
	}
	return o.print(stdout, stderr, f.Valid(), f, describeLog(f))
}

// maxText bounds, in bytes, a policy, a receipt or a file of evidence.
const maxText = 1 << 20

func readPolicy(path string, read func(text []byte) (*ledger.Policy, error)) (*ledger.Policy, error) {
	text, err := archive.ReadFile(path, maxText)
	if err != nil {
		return nil, err
	}
	p, err := read(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return p, nil
}

func describeLog(f *ledger.Folder) string {
	var b strings.Builder
	describeVerdict(&b, f)
	if r := f.Log; r.Origin != "" {
		fmt.Fprintf(&b, "  log         %s\n  entries     %d of %d%s\n", visible(r.Origin), r.Entries, r.Size, kinds(r))
		fmt.Fprintf(&b, "  cosigned    %s\n  missing     %s\n", names(r.Cosigned), names(r.Missing))
	}
	if !f.Valid() {
		return b.String()
	}
	fmt.Fprintf(&b, "  head        %x\n  root        %x\n", f.Log.Head, f.Log.Root)
	describeKey(&b, f.Key, f.Policy, f.OwnPolicy)
	for _, c := range f.Log.Corrections {
		describeCorrection(&b, c)
	}
	for _, a := range f.Archives {
		describeArchive(&b, a)
	}
	return b.String()
}

// describeVerdict writes the headline: one line, or one for each reservation.
func describeVerdict(b *strings.Builder, f *ledger.Folder) {
	if !f.Valid() {
		fmt.Fprintf(b, "REFUSED · TỪ CHỐI: %s\n", visible(f.Reason.Error()))
		return
	}
	plain := true
	for _, but := range []struct {
		what string
		list []string
	}{
		{"VALID, BUT THE LOG DOES NOT KNOW · HỢP LỆ, NHƯNG SỔ KHÔNG CÓ", f.Unknown()},
		{"VALID, BUT NOT OPENED IN THE LOG · HỢP LỆ, NHƯNG SỔ CHƯA CÔNG BỐ KẾT QUẢ", f.NotOpened()},
		{"VALID, BUT WITH WEAK DECRYPTION PROOFS · HỢP LỆ, NHƯNG CHỨNG MINH GIẢI MÃ YẾU", f.Weak()},
	} {
		if len(but.list) > 0 {
			fmt.Fprintf(b, "%s: %s\n", but.what, names(but.list))
			plain = false
		}
	}
	for _, c := range f.Log.Replaced() {
		fmt.Fprintf(b, "VALID, BUT CORRECTED by entry %d · HỢP LỆ, NHƯNG ĐÃ ĐÍNH CHÍNH ở mục %[1]d: %s (%s)\n", c.Number, visible(c.Reason), c.Election)
		plain = false
	}
	if plain {
		fmt.Fprintf(b, "VALID · HỢP LỆ: every entry and every signature holds · mọi mục và mọi chữ ký đều đúng\n")
	}
}

// describeCorrection says what was taken back. A result that was printed anew
// before it was released is nothing to be wondered at.
func describeCorrection(b *strings.Builder, c ledger.Corrected) {
	when := "before its result was released · trước khi công bố kết quả"
	switch {
	case c.Released:
		when = "after its result was released · sau khi đã công bố kết quả"
	case c.Election == "":
		when = "a package · một gói hồ sơ"
	}
	fmt.Fprintf(b, "  corrected   entry %d by entry %d, %s: %s\n", c.Of, c.Number, when, visible(c.Reason))
}

// describeKey says on whose word all of it rests.
func describeKey(b *strings.Builder, key *ledger.Key, policy *ledger.Policy, ownPolicy bool) {
	fmt.Fprintf(b, "  digits      %s\n  key         %s\n", policy.Digits(key), visible(key.String()))
	for _, w := range policy.Witnesses {
		fmt.Fprintf(b, "  witness     %s: %s\n", visible(w.Name), visible(w.Key()))
	}
	if policy.Unwitnessed() {
		fmt.Fprintf(b, "              no witnesses: nobody but the holder of this key vouches that there is one history only\n"+
			"              không có người chứng kiến: chỉ có người giữ khóa này bảo đảm rằng sổ không có bản nào khác\n")
	}
	if ownPolicy {
		fmt.Fprintf(b, "              key and witnesses are as the log itself names them: compare the digits with those that you were handed, or give the policy with --policy\n"+
			"              khóa và người chứng kiến theo lời chính sổ này: hãy đối chiếu dãy số trên với dãy số đã được trao tận tay, hoặc dùng --policy\n")
	}
}

func describeArchive(b *strings.Builder, a ledger.Archive) {
	if len(a.Entries) == 0 {
		fmt.Fprintf(b, "  archive     %s: valid, but not in the log · hợp lệ, nhưng không có trong sổ\n", visible(a.File))
		return
	}
	fmt.Fprintf(b, "  archive     %s: as entries %s say · đúng như các mục này ghi\n", visible(a.File), strings.Trim(strings.ReplaceAll(fmt.Sprint(a.Entries), " ", ", "), "[]"))
	for _, line := range []struct {
		what string
		list []string
	}{
		{"the same · giống", a.Same},
		{"signed since, by whom is for you to look at · đã ký thêm, ai ký thì hãy tự xem", a.Signed},
		{"not here to compare · không có ở đây để đối chiếu", a.Absent},
	} {
		if len(line.list) > 0 {
			fmt.Fprintf(b, "              %s: %s\n", line.what, names(line.list))
		}
	}
}

// kinds tells how many entries there are of each kind.
func kinds(r *ledger.Report) string {
	var list []string
	for kind, n := range r.Kinds {
		list = append(list, fmt.Sprintf("%s %d", kind, n))
	}
	if len(list) == 0 {
		return ""
	}
	slices.Sort(list)
	return " (" + strings.Join(list, ", ") + ")"
}

func names(list []string) string { return orDash(visible(strings.Join(list, ", "))) }
