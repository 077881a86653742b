package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/report"
	"github.com/homphieu/homphieu/report/pades"
	"github.com/homphieu/homphieu/report/parcel"
	"github.com/homphieu/homphieu/tally/ledger"
)

// provinceFolders are the folders that a demonstration leaves, with the ends of
// the names of its files.
var provinceFolders = map[string][]string{"packages": {".zip"}, "receipts": {".txt"}, "usb": {".zip", ".txt", ".json"}}

// clear removes what an earlier demonstration of the same kind left: nobody takes
// it for this one's.
func (p *province) clear() error {
	for _, name := range append(report.RoundNames(&round.Consolidation{}), meeting.AssessmentFile) {
		if err := os.Remove(filepath.Join(p.out, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	for folder, ends := range provinceFolders {
		for _, end := range ends {
			list, err := filepath.Glob(filepath.Join(p.out, folder, "*"+end))
			for _, path := range list {
				err = errors.Join(err, os.Remove(path))
			}
			if err != nil {
				return err
			}
		}
	}
	if err := removeLog(filepath.Join(p.out, logFolder)); err != nil {
		return err
	}
	return os.MkdirAll(p.out, 0o750)
}

// report says how the round stands on the last day, and leaves the consolidated
// result, every package, and the superior's public log.
func (p *province) report(ctx context.Context) error {
	today := meeting.Day(p.calendar.now())
	standings, err := p.rounds().Follow(ctx, provinceOfficer, p.round.UUID, today)
	if err != nil {
		return err
	}
	p.printStandings(today, standings)
	packages, err := p.rounds().Packages(ctx, provinceOfficer, p.round.UUID)
	if err != nil {
		return err
	}
	p.printApart(packages)
	c, err := p.rounds().Consolidate(ctx, provinceOfficer, p.round.UUID, p.calendar.now())
	if err != nil {
		return err
	}
	p.printPersons(c)
	return inTurn(
		func() error { return p.consolidate(ctx, c) },
		func() error { return p.verdicts(ctx, packages) },
		func() error { return p.leaveLog(ctx) },
	)
}

// stageWords say how far a poll has come.
var stageWords = map[round.Stage]string{
	round.StageNone: "chưa có gì · nothing", round.StagePrepared: "đã chuẩn bị · prepared", round.StageVoted: "đã lấy phiếu · voted",
	round.StageHeld: "chờ · waiting", round.StageApart: "để riêng · apart", round.StagePart: "mới có một phần · part", round.StageSent: "đã gửi · sent", round.StageExcused: "không phải gửi · excused",
}

func (p *province) printStandings(today meeting.Date, standings []round.Standing) {
	fmt.Fprintf(p.stdout, "\nTheo dõi đến ngày %s · follow-up\n", today.Words())
	for i := range standings {
		s := &standings[i]
		voted, late := "", ""
		if s.Package != nil {
			voted = s.Package.Voted.Words()
		}
		if s.Late() {
			late = "CHẬM SO VỚI THỜI HẠN · late"
		}
		fmt.Fprintf(p.stdout, "  %s %s %s %s %s\n", pad(s.Agency.Name, 40), pad(s.Group.ID, 9), pad(voted, 10), pad(stageWords[s.Stage], 24), late)
	}
	fmt.Fprint(p.stdout, "\nChậm so với thời hạn, theo quy định nào · late, and by which rule\n")
	for i := range standings {
		s := &standings[i]
		for _, m := range s.LateBy() {
			when := "chưa xong · not done"
			if m.Done != "" {
				when = "xong ngày " + m.Done.Words() + " · done then"
			}
			fmt.Fprintf(p.stdout, "  %s, %s: %s\n    %s\n    %s\n", s.Agency.Name, s.Group.ID, when, m.Rule.Vi, m.Rule.En)
		}
	}
}

func (p *province) printApart(packages []*round.Package) {
	fmt.Fprint(p.stdout, "\nGói để riêng, và vì sao · packages kept apart, and why\n")
	for _, k := range packages {
		if k.Status == round.Apart {
			fmt.Fprintf(p.stdout, "  %s %s\n    %s\n    %s\n", p.names[k.Agency], k.Hash[:16], k.Reason.Vi, k.Reason.En)
		}
	}
	fmt.Fprint(p.stdout, "\nGói đã được thay · packages that others have corrected\n")
	for _, k := range packages {
		if k.Status != round.Superseded || k.Kind != round.KindResult {
			continue
		}
		by := slices.IndexFunc(packages, func(o *round.Package) bool { return o.Hash == k.SupersededBy })
		fmt.Fprintf(p.stdout, "  %s %s → %s: %s\n", p.names[k.Agency], k.Hash[:16], k.SupersededBy[:16], packages[by].Why)
	}
}

func (p *province) printPersons(c *round.Consolidation) {
	fmt.Fprint(p.stdout, "\nNgười được lấy phiếu ở hai nơi, không cộng · in two places, side by side\n")
	for _, t := range c.Twice {
		for _, at := range t.At {
			fmt.Fprintf(p.stdout, "  %s, %s, %s: %d, %d, %d\n", t.Name, at.Post, at.Agency.Name, at.Result.High.Votes, at.Result.Confidence.Votes, at.Result.Low.Votes)
		}
	}
	fmt.Fprint(p.stdout, "\nKhông lấy phiếu · exempt\n")
	for _, e := range c.Exempt {
		fmt.Fprintf(p.stdout, "  %s, %s, %s: %s · %s\n", e.Person.Name, e.Person.Post, e.Agency.Name, e.Reason.Vi, e.Reason.En)
	}
}

// consolidate prints the consolidated result, has the papers signed, and leaves
// the files.
func (p *province) consolidate(ctx context.Context, c *round.Consolidation) error {
	record, err := p.rounds().Print(ctx, provinceOfficer, p.round.UUID)
	if err != nil {
		return err
	}
	for _, f := range record.Files {
		if err := p.leaveFile(ctx, record.Number, f.Name); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	n := c.Counts()
	fmt.Fprintf(p.stdout, "\nBáo cáo tổng hợp · consolidated: %d of %d polls, %d missing, %d late; %s in %s\n\n",
		n.Sent, n.Polls, n.Missing, n.Late, report.ConsolidatedFile, p.out)
	return nil
}

// leaveFile leaves a file of the consolidated result: a paper with signatures, of
// which the superior's office takes a copy back.
func (p *province) leaveFile(ctx context.Context, number int, name string) error {
	f, err := p.rounds().RecordFile(ctx, provinceOfficer, p.round.UUID, number, name)
	if err != nil {
		return err
	}
	if name == report.ConsolidatedFile || name == report.CoverFile {
		places, err := pades.EmptyFields(f.Content)
		if err != nil {
			return err
		}
		if f.Content, err = p.sign(f.Content, places); err != nil {
			return err
		}
		if _, err := p.rounds().ReturnPaper(ctx, provinceOfficer, p.round.UUID, number, name, f.Content); err != nil {
			return err
		}
	}
	return p.leave("", name, f.Content)
}

// verdicts leaves every package that came, and what the verifier says of each.
func (p *province) verdicts(ctx context.Context, packages []*round.Package) error {
	for i, k := range packages {
		file, err := p.rounds().PackageFile(ctx, provinceOfficer, k.Hash)
		if err != nil {
			return err
		}
		name := fmt.Sprintf("%02d-%s-%s-%s.zip", i+1, k.Agency, k.Group, k.Hash[:8])
		if err := p.leave("packages", name, file); err != nil {
			return err
		}
		if k.Kind == round.KindNotice {
			continue
		}
		if err := p.verdict(ctx, name, file, k.Status); err != nil {
			return err
		}
	}
	return nil
}

// verdict prints what the verifier says of the package of a result, which must be
// what the superior's server said.
func (p *province) verdict(ctx context.Context, name string, file []byte, status round.Status) error {
	poll, err := new(parcel.Checker).Verify(ctx, file)
	refusal := new(meeting.Refusal)
	switch {
	case (err == nil) != (status != round.Apart):
		return fmt.Errorf("homphieu-verify package %s: %w; the server has it as %s", name, err, status)
	case err == nil:
		fmt.Fprintf(p.stdout, "homphieu-verify package %s\n  VALID · HỢP LỆ: %d ballots, %d persons, entry %d of the agency's log\n", name, poll.Collected, len(poll.People), poll.Entry)
	case errors.As(err, &refusal):
		fmt.Fprintf(p.stdout, "homphieu-verify package %s\n  REFUSED · TỪ CHỐI: %s · %s\n", name, refusal.What.En, refusal.What.Vi)
	default:
		return err
	}
	return nil
}

// leaveLog leaves the superior's public log, as anybody would fetch it.
func (p *province) leaveLog(ctx context.Context) error {
	if err := p.log.round(ctx); err != nil {
		return err
	}
	source, err := newLogSource(p.superior.site.url.String())
	if err != nil {
		return err
	}
	dir := filepath.Join(p.out, logFolder)
	m := mirror{dir: dir, fetch: source.file, stdout: p.stdout}
	if _, err := m.bring(ctx); err != nil {
		return err
	}
	f, err := ledger.VerifyDir(ctx, dir, nil, pades.SignedOnly)
	if err == nil {
		err = f.Reason
	}
	if err != nil {
		return fmt.Errorf("homphieu-verify log: %w", err)
	}
	fmt.Fprintf(p.stdout, "\nhomphieu-verify log %s\n  VALID · HỢP LỆ: %d entries, cosigned by %s\n", dir, f.Log.Size, orNobody(f.Log.Cosigned))
	return nil
}
