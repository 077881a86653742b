package round

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/audit"
)

// settle says what becomes of a package that was checked. If all of it holds it
// counts, unless it does not fit what counts already. It counts in one piece with
// its poll, its receipt and the packages that it corrects; its entry in the public
// log comes before, where one that is there is not noted again.
func (o *Office) settle(ctx context.Context, hash string, v *verdict) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	p, err := o.Store.Package(ctx, hash)
	if err != nil || p.Status != Checking || p.File != v.of {
		return err
	}
	p.Outcome = nil
	if v.cause != nil {
		return o.setApart(ctx, audit.Server, p, v.cause)
	}
	before, why := o.fits(ctx, p)
	if why == nil {
		why = o.holds(ctx, p, v.poll, before)
	}
	if why != nil {
		if !isRefusal(why) {
			return why
		}
		if errors.Is(why, ErrPlaces) {
			p.Outcome = v.poll
		}
		return o.setApart(ctx, audit.Server, p, why)
	}
	p.swap(v.file, v.size)
	return o.accept(ctx, p, v.poll, before)
}

// swap makes one of the earlier files the package's own.
func (p *Package) swap(file string, size int) {
	if i := slices.Index(p.Earlier, file); i >= 0 {
		p.Earlier[i], p.EarlierSize = p.File, p.EarlierSize-size+p.Size
		p.File, p.Size = file, size
	}
}

func isRefusal(err error) bool { return errors.As(err, new(*meeting.Refusal)) }

// fits returns the packages that p would correct, none if it corrects nothing, or
// why p cannot count beside those that came from the agency before. A meeting with
// several ballot papers sends a package of each; of another meeting nothing counts
// beside them, unless it corrects.
func (o *Office) fits(ctx context.Context, p *Package) (before []*Package, err error) {
	all, err := o.Store.PackagesOf(ctx, p.Round, p.Agency)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(other *Package) bool {
		return other.Kind != KindResult || other.Group != p.Group || other.Hash == p.Hash
	})
	packages := slices.DeleteFunc(slices.Clone(all), func(other *Package) bool { return other.Status != Accepted })
	same := find(packages, func(other *Package) bool { return other.Poll == p.Poll })
	if p.Supersedes != "" && !p.replacedBySister(all) {
		before := find(packages, func(other *Package) bool { return other.Hash == p.Supersedes })
		if err := p.corrects(before, same, packages); err != nil {
			return nil, err
		}
		return p.ousts(before, packages), nil
	}
	stranger := find(packages, func(other *Package) bool { return other.Meeting == "" || other.Meeting != p.Meeting })
	sister := find(packages, func(other *Package) bool { return other.Papers != p.Papers || len(packages) >= p.Papers })
	switch {
	case same != nil:
		return nil, refusal(ErrPackage, "supersedes", "kết quả của cuộc bỏ phiếu này đã nhận, trong gói "+digits(same.Hash)+"; muốn thay thì lập gói đính chính và ghi lý do",
			"the result of this poll is here already, in package "+digits(same.Hash)+"; to replace it make a package that corrects it, with the reason")
	case stranger != nil:
		return nil, refusal(ErrPackage, "supersedes", "đơn vị đã gửi kết quả của cuộc bỏ phiếu khác cho nhóm này, trong gói "+digits(stranger.Hash)+"; nếu bỏ phiếu lại thì lập gói đính chính và ghi lý do",
			"the agency has sent the result of another poll for this group, in package "+digits(stranger.Hash)+"; if it voted again, make a package that corrects that one, with the reason")
	case sister != nil:
		return nil, refusal(ErrPackage, "papers", fmt.Sprintf("gói này nói cuộc họp có %d phiếu, nhưng đã nhận %d gói của cuộc họp này", max(1, p.Papers), len(packages)),
			fmt.Sprintf("it says that the meeting had %d ballot papers, and %d packages of it are here", max(1, p.Papers), len(packages)))
	}
	return nil, nil
}

// ousts returns what goes when p corrects one of the packages that count: that
// one, or all of its meeting when the vote was held again in another.
func (p *Package) ousts(before *Package, packages []*Package) []*Package {
	if before.Poll == p.Poll {
		return []*Package{before}
	}
	return slices.DeleteFunc(packages, func(other *Package) bool { return other.Meeting != before.Meeting })
}

// replacedBySister reports whether what p corrects is gone already, because another
// paper of the same meeting has replaced all of the meeting before.
func (p *Package) replacedBySister(all []*Package) bool {
	old := find(all, func(other *Package) bool { return other.Hash == p.Supersedes && other.Status == Superseded })
	if old == nil || p.Meeting == "" || old.Meeting == p.Meeting {
		return false
	}
	return slices.ContainsFunc(all, func(other *Package) bool {
		return other.Hash == old.SupersededBy && other.Meeting == p.Meeting && other.Poll != p.Poll
	})
}

// corrects is why a package cannot correct another: there is none of its hash that
// counts, it is of another paper of the same meeting, or the reason is missing.
func (p *Package) corrects(before, same *Package, packages []*Package) error {
	switch {
	case len(packages) == 0:
		return refusal(ErrPackage, "supersedes", "gói này thay gói "+digits(p.Supersedes)+", nhưng chưa có gói nào được tính; hãy lập lại mà không thay gói nào",
			"it corrects package "+digits(p.Supersedes)+", and none counts so far; make it again, correcting none")
	case before == nil || same != nil && same != before:
		counts := packages[0]
		if same != nil {
			counts = same
		}
		return refusal(ErrPackage, "supersedes", "gói này thay gói "+digits(p.Supersedes)+", nhưng gói đang được tính là "+digits(counts.Hash),
			"it corrects package "+digits(p.Supersedes)+", and the one that counts is "+digits(counts.Hash))
	case before.Poll != p.Poll && before.Meeting != "" && before.Meeting == p.Meeting:
		return refusal(ErrPackage, "supersedes", "gói này thay gói của một phiếu khác trong cùng cuộc họp",
			"it corrects the package of another ballot paper of the same meeting")
	case meeting.OneLine(p.Why) == "":
		return refusal(ErrPackage, "why", "gói đính chính chưa ghi lý do", "a package that corrects another must give the reason")
	}
	return nil
}

func find(packages []*Package, is func(*Package) bool) *Package {
	if i := slices.IndexFunc(packages, is); i >= 0 {
		return packages[i]
	}
	return nil
}

// holds is why a poll, all of which was verified, cannot count in the round: it
// is not the one that the package announces, it counts elsewhere, or somebody
// would be voted on in too many places.
func (o *Office) holds(ctx context.Context, p *Package, poll *Poll, before []*Package) error {
	r, err := o.Store.Round(ctx, p.Round)
	if err != nil {
		return err
	}
	rules, err := r.Rules(p.Group)
	if err != nil {
		return err
	}
	switch {
	case poll.Election != p.Poll:
		return refusal(ErrPackage, "poll", "hồ sơ trong gói là của cuộc bỏ phiếu "+string(poll.Election)+", gói nói "+string(p.Poll),
			"what is in it is of poll "+string(poll.Election)+", and it announces "+string(p.Poll))
	case poll.Voted != p.Voted:
		return refusal(ErrPackage, "voted", "hồ sơ trong gói ghi ngày bỏ phiếu "+string(poll.Voted)+", gói nói "+string(p.Voted),
			"what is in it gives "+string(poll.Voted)+" as the day of the vote, and it announces "+string(p.Voted))
	case poll.Voted > DayOf(p.Received):
		return refusal(ErrPackage, "voted", "gói ghi ngày bỏ phiếu "+string(poll.Voted)+", sau ngày nhận gói "+string(DayOf(p.Received))+"; đơn vị xem lại ngày họp trong kế hoạch rồi lập lại gói",
			"it gives "+string(poll.Voted)+" as the day of the vote, after the day on which it came, "+string(DayOf(p.Received))+"; the agency must look at the day of its meeting and make the package again")
	case poll.RuleSet != rules.ID:
		return refusal(ErrPackage, "ruleset", "cuộc bỏ phiếu theo quy định "+poll.RuleSet+", đợt theo "+rules.ID,
			"the poll follows "+poll.RuleSet+", the round "+rules.ID)
	}
	poll.Package, poll.Agency, poll.Group = p.Hash, p.Agency, p.Group
	all, err := o.counted(ctx, p.Round)
	if err != nil {
		return err
	}
	return o.beside(ctx, r, all, poll, before)
}

// beside is why a poll cannot count beside the others: it does already, or
// somebody would be voted on in too many places. Only polls that share a name
// with it are looked at.
func (o *Office) beside(ctx context.Context, r *Round, all map[string]counted, poll *Poll, before []*Package) error {
	var others []*Poll
	names := namesOf(poll)
	for hash, other := range all {
		if find(before, func(p *Package) bool { return p.Hash == hash }) != nil {
			continue
		}
		if other.poll.Election == poll.Election {
			return refusal(ErrPackage, "poll", "cuộc bỏ phiếu này đã được tính cho đơn vị "+other.poll.Agency+", nhóm "+other.poll.Group,
				"this poll counts already for agency "+other.poll.Agency+", group "+other.poll.Group)
		}
		if slices.ContainsFunc(names, func(name string) bool { return slices.Contains(other.names, name) }) {
			others = append(others, other.poll)
		}
	}
	d, err := o.Store.Directory(ctx)
	if err != nil {
		return err
	}
	links, err := o.Store.Links(ctx, r.UUID)
	if err != nil {
		return err
	}
	return TooMany(r, d, sorted(others), links, poll)
}

// accept lets a package count.
func (o *Office) accept(ctx context.Context, p *Package, poll *Poll, before []*Package) error {
	d, err := o.Store.Directory(ctx)
	if err != nil {
		return err
	}
	a, _ := d.Agency(p.Agency)
	if o.Log != nil {
		if p.Entry, err = o.Log.AppendPackage(ctx, a.Name, p.Hash); err != nil {
			return err
		}
	}
	receipt, err := o.Signer.Sign(p.ReceiptText())
	if err != nil {
		return err
	}
	p.Status, p.Reason, p.Receipt = Accepted, meeting.Text{}, string(receipt)
	changed, done := []*Package{p}, p.detail()
	done["poll"], done["entry"] = string(p.Poll), fmt.Sprint(p.Entry)
	for _, old := range before {
		old.Status, old.SupersededBy = Superseded, p.Hash
		done["supersedes"], done["why"] = short(strings.TrimSpace(done["supersedes"]+" "+old.Hash)), short(p.Why)
	}
	changed = append(changed, before...)
	if err := o.Store.SavePackages(ctx, changed, poll, o.draft(audit.Server, "package.accepted", done)); err != nil {
		delete(o.counting, p.Round) // nobody knows whether it was written
		return err
	}
	if all := o.counting[p.Round]; all != nil {
		all[p.Hash] = counted{poll, namesOf(poll)}
		for _, old := range before {
			delete(all, old.Hash)
		}
	}
	return nil
}

// ReceiptText returns what a receipt says of a package that counts. It is signed
// as a note (C2SP signed-note):
//
//	homphieu-receipt-v1
//	HASH              of the package
//	UUID              of the round
//	AGENCY
//	GROUP
//	UUID              of the poll
//	received 2023-08-05T10:00:00Z
//	entry 17          in the superior's public log, or "entry -" for none
func (p *Package) ReceiptText() string {
	entry := "-"
	if p.Entry >= 0 {
		entry = fmt.Sprint(p.Entry)
	}
	return fmt.Sprintf("homphieu-receipt-v1\n%s\n%s\n%s\n%s\n%s\nreceived %s\nentry %s\n",
		p.Hash, p.Round, p.Agency, p.Group, p.Poll, p.Received.UTC().Format(time.RFC3339), entry)
}

// A counted is a poll that counts, with the names on it for comparing people.
type counted struct {
	poll  *Poll
	names []string
}

func namesOf(p *Poll) (names []string) {
	for _, person := range p.People {
		names = append(names, meeting.FoldedName(person.Name))
	}
	return names
}

// counted returns the polls of a round that count, by package hash. They are
// read once; who gets them must not change them.
func (o *Office) counted(ctx context.Context, u ballot.UUID) (map[string]counted, error) {
	if all := o.counting[u]; all != nil {
		return all, nil
	}
	list, err := o.Store.Polls(ctx, u)
	if err != nil {
		return nil, err
	}
	all := make(map[string]counted, len(list))
	for _, poll := range list {
		all[poll.Package] = counted{poll, namesOf(poll)}
	}
	if o.counting == nil {
		o.counting = map[ballot.UUID]map[string]counted{}
	}
	o.counting[u] = all
	return all, nil
}

// polls returns the polls of a round that count, by package hash.
func (o *Office) polls(ctx context.Context, u ballot.UUID) ([]*Poll, error) {
	all, err := o.counted(ctx, u)
	if err != nil {
		return nil, err
	}
	list := make([]*Poll, 0, len(all))
	for _, c := range all {
		list = append(list, c.poll)
	}
	return sorted(list), nil
}

func sorted(polls []*Poll) []*Poll {
	slices.SortFunc(polls, func(a, b *Poll) int { return cmp.Compare(a.Package, b.Package) })
	return polls
}
