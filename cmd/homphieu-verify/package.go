package main

import (
	"context"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/report/parcel"
)

// A packageReport is what is said of a package to machines.
type packageReport struct {
	Valid   bool            `json:"valid"`
	Reason  *meeting.Text   `json:"reason"`
	Claim   *round.Claim    `json:"claim"`   // null when form or signature are wrong
	Poll    *round.Poll     `json:"poll"`    // null when something does not hold, and for a notice
	Receipt *parcel.Receipt `json:"receipt"` // null when none was given, or it does not hold
}

// packageOptions are the options of the command about packages.
type packageOptions struct {
	logOptions
	receipt, key string
}

func verifyPackage(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, path, status := parsePackage(args, stderr)
	if path == "" {
		return status
	}
	file, err := readAtMost(path, parcel.MaxSize+1)
	if err != nil {
		return unusable(stderr, err, "give the file of a package")
	}
	var receipt []byte
	if o.receipt != "" {
		if receipt, err = readAtMost(o.receipt, 1<<20); err != nil {
			return unusable(stderr, err, "give with --receipt the file of a receipt")
		}
	}
	r, err := checkPackage(ctx, file)
	if err == nil && r.Valid && receipt != nil {
		r.checkReceipt(receipt, o.key)
	}
	if err != nil {
		return unusable(stderr, err, "try again")
	}
	return o.print(stdout, stderr, r.Valid, r, r.describe())
}

// parsePackage parses args, options before or behind the only argument.
func parsePackage(args []string, stderr io.Writer) (o packageOptions, path string, status int) {
	flags := flag.NewFlagSet("homphieu-verify package", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	flags.StringVar(&o.receipt, "receipt", "", "file with the superior's receipt")
	flags.StringVar(&o.key, "key", "", "key of the superior's receipts, as the round file has it; needed with --receipt")
	flags.BoolVar(&o.asJSON, "json", false, "print the report as one JSON object")
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
	if len(list) != 1 || list[0] == "" || (o.receipt == "") != (o.key == "") {
		flags.Usage()
		return o, "", exitUnusable
	}
	return o, list[0], 0
}

// readAtMost reads a file, of a longer one only its beginning.
func readAtMost(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, limit))
}

// checkPackage checks a package. Its error says that the check was not finished.
func checkPackage(ctx context.Context, file []byte) (*packageReport, error) {
	r, checker := new(packageReport), new(parcel.Checker)
	var err error
	if r.Claim, err = checker.Read(file); err == nil && r.Claim.Kind == round.KindResult {
		r.Poll, err = checker.Verify(ctx, file)
	}
	refusal := new(meeting.Refusal)
	switch {
	case err == nil:
		r.Valid = true
	case errors.As(err, &refusal):
		r.Reason = &refusal.What
	default:
		return nil, err
	}
	return r, nil
}

func (r *packageReport) checkReceipt(signed []byte, key string) {
	receipt, err := parcel.OpenReceipt(signed, key)
	if err == nil {
		err = receipt.Of(r.Claim)
	}
	if err != nil {
		r.Valid = false
		r.Reason = &meeting.Text{Vi: "biên nhận không đúng với gói này, hoặc không do khóa này ký (" + err.Error() + ")", En: err.Error()}
		return
	}
	r.Receipt = receipt
}

func (r *packageReport) describe() string {
	var b strings.Builder
	switch {
	case !r.Valid:
		fmt.Fprintf(&b, "REFUSED · TỪ CHỐI: %s · %s\n", visible(r.Reason.En), visible(r.Reason.Vi))
	case r.Poll == nil:
		fmt.Fprintf(&b, "VALID · HỢP LỆ: a notice, signed · thông báo tiến độ, chữ ký đúng\n")
	default:
		fmt.Fprintf(&b, "VALID · HỢP LỆ: everything in the package holds · mọi thứ trong gói đều đúng\n")
	}
	if r.Claim != nil {
		describeClaim(&b, r.Claim)
	}
	if r.Poll != nil {
		describePoll(&b, r.Poll)
	}
	if r.Receipt != nil {
		entry := "no public log · không có sổ công bố"
		if r.Receipt.Entry >= 0 {
			entry = fmt.Sprintf("entry %d of the superior's log · mục %[1]d trong sổ của cấp trên", r.Receipt.Entry)
		}
		fmt.Fprintf(&b, "  receipt     accepted · đã nhận %s, %s\n", r.Receipt.Received.Format(time.RFC3339), entry)
	}
	return b.String()
}

func describeClaim(b *strings.Builder, c *round.Claim) {
	fmt.Fprintf(b, "  package     %s\n  round       %s\n  agency      %s, group %s\n", c.Hash, c.Round, c.Agency, c.Group)
	fmt.Fprintf(b, "  made        %s\n", c.Made.Format(time.RFC3339))
	for _, d := range []struct {
		what string
		day  meeting.Date
	}{{"prepared", c.Prepared}, {"condition", c.Condition}, {"planned", c.Planned}, {"voted", c.Voted}} {
		if d.day != "" {
			fmt.Fprintf(b, "  %-11s %s\n", d.what, d.day)
		}
	}
	if c.Supersedes != "" {
		fmt.Fprintf(b, "  corrects    %s: %s\n", c.Supersedes, visible(c.Why))
	}
	fmt.Fprintf(b, "  signed by   %s\n  key         %s\n", visible(c.Signer), c.Key)
	if sum, err := hex.DecodeString(c.Key); err == nil && len(sum) == 32 {
		fmt.Fprintf(b, "  in digits   %s: compare them with what the agency says · hãy đối chiếu với cơ quan\n", ballot.Digits([32]byte(sum)))
	}
}

func describePoll(b *strings.Builder, p *round.Poll) {
	fmt.Fprintf(b, "  poll        %s, %s\n  last event  %s\n", p.Election, visible(p.Name), p.LastEvent)
	fmt.Fprintf(b, "  slips       summoned %d, present %d, issued %d, collected %d, voided %d\n", p.Summoned, p.Present, p.Issued, p.Collected, p.Voided)
	if p.Entry < 0 {
		fmt.Fprintf(b, "  log         none came along · không có sổ công bố kèm theo\n")
	} else {
		fmt.Fprintf(b, "  log         entry %d of %s, cosigned by %s\n", p.Entry, visible(p.Origin), names(p.Cosigned))
	}
	if p.ByHand {
		fmt.Fprintf(b, "  minutes     signed by hand, as the agency says · ký tay, theo lời cơ quan\n")
	}
	for _, paper := range p.Papers {
		for _, s := range paper.Signatures {
			known := "not known here · chưa rõ nơi cấp"
			switch {
			case s.Seal:
				known = "the server's seal · niêm phong của máy chủ"
			case s.Trusted:
				known = "known"
			}
			fmt.Fprintf(b, "  %-13s %s: %s (%s)\n", paper.Name, visible(s.Field), visible(s.Signer), known)
		}
	}
	for i, person := range p.People {
		fmt.Fprintf(b, "  %3d. %s\n       high %d · confidence %d · low %d · invalid %d\n", i+1, visible(person.Name+", "+person.Post),
			person.High.Votes, person.Confidence.Votes, person.Low.Votes, person.Invalid)
	}
}
