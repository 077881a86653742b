package round

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/meeting/staff"
)

// What is kept of an agency in one round at most. As long as a key is not
// confirmed, anybody could have sent what is held.
const (
	// MaxPackage is how large a package may be.
	MaxPackage = 64 << 20

	maxHeld       = 8       // results, and as many notices
	maxHeldBytes  = 2 << 30 // of all agencies and rounds together
	maxHeldCopies = 1       // of one package that is held, besides it
	maxPackages   = 60      // of one expected poll under one key, whatever became of them
	maxCopies     = 10      // of one package that did not hold
	maxStrangers  = 20      // keys of packages that were not kept
)

// Receive takes a package from anybody, "https" or "file" having brought it, and
// returns what became of it: a result is checked later ([Office.Work]), a notice
// is taken at once, and what is signed with a key that nobody has confirmed is
// held. A package that came before is returned as it is by now, but one that did
// not hold makes room for a sound copy. What is not kept is [ErrPackage],
// [ErrStranger], [ErrClosed], [ErrKey] or [ErrFull].
func (o *Office) Receive(ctx context.Context, file []byte, by string) (*Package, error) {
	if len(file) > MaxPackage {
		return nil, refusal(ErrPackage, "file", "tệp lớn hơn 64 MiB", "larger than 64 MiB")
	}
	claim, err := o.Checker.Read(file)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(file)
	p := &Package{
		Claim: *claim, File: hex.EncodeToString(sum[:]), Size: len(file),
		Received: o.Clock().UTC(), By: by, Status: Held, Entry: -1,
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	known, err := o.Store.Package(ctx, p.Hash)
	if err != nil && !errors.Is(err, ErrNoPackage) {
		return nil, err
	}
	if known != nil && known.Status != Held && known.Status != Apart {
		return known, nil
	}
	a, err := o.expected(ctx, claim)
	if known != nil && !(err == nil && p.replaces(known, a)) {
		if err == nil && p.Key != known.Key {
			o.stranger(p.Agency, p.Key)
		}
		return known, nil
	}
	if err != nil {
		return nil, err
	}
	if known != nil {
		p.Earlier, p.EarlierSize = append(known.Earlier, known.File), known.EarlierSize+known.Size
	}
	if a, err = o.mayCome(ctx, p, a); err != nil {
		return nil, err
	}
	if _, err := o.Store.PutFile(ctx, file); err != nil {
		return nil, err
	}
	if a.Confirmed {
		return p, o.decide(ctx, audit.Server, p, a)
	}
	return p, o.keep(ctx, audit.Server, "package.held", p)
}

// replaces reports whether a package takes the place of one under the same hash
// that is held or apart: another copy of it, since the hash is that of the
// manifest alone and a copy may be damaged, or the same under the agency's own
// key, since anybody may have signed it before. Of what is held only so many copies
// are kept; of them the check takes the one that holds.
func (p *Package) replaces(known *Package, a Agency) bool {
	own, most := a.Confirmed && p.Key == a.Key, maxCopies
	if known.Status == Held && !own {
		most = maxHeldCopies
	}
	if p.File == known.File || slices.Contains(known.Earlier, p.File) || len(known.Earlier) >= most {
		return false
	}
	return own || p.Key == known.Key && !a.Confirmed
}

// stranger remembers the key of a package that is not kept, so that an officer can
// confirm it by its digits: it may be the agency's own, and what was in its way
// somebody else's. Nothing is written, so that nobody can fill disk or log.
func (o *Office) stranger(agency, key string) {
	keys := slices.DeleteFunc(o.strangers[agency], func(other string) bool { return other == key })
	if len(keys) >= maxStrangers {
		keys = keys[1:]
	}
	if o.strangers == nil {
		o.strangers = map[string][]string{}
	}
	o.strangers[agency] = append(keys, key)
}

// expected returns the agency of a package for which an open round waits.
func (o *Office) expected(ctx context.Context, c *Claim) (Agency, error) {
	r, err := o.Store.Round(ctx, c.Round)
	if errors.Is(err, ErrNoRound) {
		return Agency{}, refusal(ErrStranger, "round", "máy chủ này không có đợt "+string(c.Round), "this server has no round "+string(c.Round))
	}
	if err != nil {
		return Agency{}, err
	}
	d, err := o.Store.Directory(ctx)
	if err != nil {
		return Agency{}, err
	}
	a, known := d.Agency(c.Agency)
	for _, e := range r.Expected {
		if !known || e != (Expected{c.Agency, c.Group}) {
			continue
		}
		if r.Closed {
			return a, refusal(ErrClosed, "", r.Title+" đã kết thúc", r.Title+" is over")
		}
		return a, nil
	}
	return Agency{}, refusal(ErrStranger, "agency", "đợt này không chờ kết quả của đơn vị "+c.Agency+", nhóm "+c.Group,
		"this round expects nothing of agency "+c.Agency+", group "+c.Group)
}

// mayCome is [ErrKey] or [ErrFull] for a package that is not to be kept, and
// otherwise returns the agency, whose first key it notes.
func (o *Office) mayCome(ctx context.Context, p *Package, a Agency) (Agency, error) {
	if a.Confirmed && a.Key != p.Key {
		o.stranger(a.ID, p.Key)
		return a, cmp.Or(o.offer(ctx, &p.Claim), refusal(ErrKey, "key",
			"gói ký bằng khóa "+KeyDigits(p.Key)+", khác khóa "+KeyDigits(a.Key)+" đã xác nhận của "+a.Name+
				". Nếu đơn vị đã đổi khóa, hãy đọc khóa mới cho nơi nhận xác nhận rồi gửi lại",
			"signed with key "+KeyDigits(p.Key)+", not with the confirmed key "+KeyDigits(a.Key)+" of "+a.Name+
				". If the agency has a new key, read it to the receiving office, have it confirmed, and send again"))
	}
	if err := o.room(ctx, p, a); err != nil {
		if errors.Is(err, ErrFull) {
			o.stranger(a.ID, p.Key)
		}
		return a, err
	}
	if a.Key != "" {
		return a, nil
	}
	_, err := o.changeAgency(ctx, a.ID, func(stored *Agency) (audit.Draft, bool) {
		stored.Key = p.Key
		return o.draft(audit.Server, "round.key-came", detail{"agency": a.ID, "key": p.Key}), true
	})
	return a, err
}

// digits are the first digits of a package's hash, by which it is told from others.
func digits(hash string) string {
	text := ""
	for i := 0; i+4 <= min(len(hash), 16); i += 4 {
		text += hash[i:i+4] + " "
	}
	return text + "…"
}

// offer notes another key of an agency, the first that comes: so that an officer
// sees it, and nobody can fill the log.
func (o *Office) offer(ctx context.Context, c *Claim) error {
	_, err := o.changeAgency(ctx, c.Agency, func(a *Agency) (audit.Draft, bool) {
		if a.Offered != "" {
			return audit.Draft{}, false
		}
		a.Offered = c.Key
		return o.draft(audit.Server, "round.key-refused", detail{"agency": c.Agency, "key": c.Key, "package": c.Hash}), true
	})
	return err
}

// room is [ErrFull] when too much of an agency is kept already.
func (o *Office) room(ctx context.Context, p *Package, a Agency) error {
	packages, err := o.Store.PackagesOf(ctx, p.Round, p.Agency)
	if err != nil {
		return err
	}
	held, same := 0, 0
	for _, other := range packages {
		if other.Hash == p.Hash {
			continue // p takes its place
		}
		if other.Status == Held && other.Kind == p.Kind {
			held++
		}
		if other.Group == p.Group && other.Key == p.Key {
			same++
		}
	}
	switch {
	case same >= maxPackages:
		return refusal(ErrFull, "", fmt.Sprintf("đã giữ %d gói của %s cho nhóm này; hãy liên hệ nơi nhận", same, a.Name),
			fmt.Sprintf("%d packages of %s for this group are kept already; ask the receiving office", same, a.Name))
	case a.Confirmed:
		return nil
	case held >= maxHeld:
		return refusal(ErrFull, "", fmt.Sprintf("đang giữ %d gói của %s vì khóa chưa được xác nhận; hãy đọc khóa cho nơi nhận xác nhận, rồi gửi lại", held, a.Name),
			fmt.Sprintf("%d packages of %s are held because its key is not confirmed; read it to the receiving office, then send again", held, a.Name))
	}
	return o.roomForAll(ctx, p)
}

// roomForAll is [ErrFull] when so much is held of all agencies, with the copies of
// each package, that the disk could be filled by strangers.
func (o *Office) roomForAll(ctx context.Context, p *Package) error {
	rounds, err := o.Store.Rounds(ctx)
	if err != nil {
		return err
	}
	size := p.Size + p.EarlierSize
	for _, r := range rounds {
		packages, err := o.Store.Packages(ctx, r.UUID)
		if err != nil {
			return err
		}
		for _, other := range packages {
			if other.Status == Held && other.Hash != p.Hash {
				size += other.Size + other.EarlierSize
			}
		}
	}
	if size > maxHeldBytes {
		return refusal(ErrFull, "", "đang giữ quá nhiều gói chưa xác nhận khóa; nơi nhận phải xác nhận khóa của các đơn vị trước",
			"too many packages with keys that nobody confirmed are held; the receiving office must confirm keys first")
	}
	return nil
}

// keep saves a package with an entry about it.
func (o *Office) keep(ctx context.Context, by audit.Actor, action string, p *Package) error {
	return o.Store.SavePackages(ctx, []*Package{p}, nil, o.draft(by, action, p.detail()))
}

// detail is what the audit log says of a package.
func (p *Package) detail() detail {
	d := detail{"round": string(p.Round), "package": p.Hash, "agency": p.Agency, "group": p.Group, "kind": p.Kind}
	if p.Status == Apart {
		d["reason"] = short(p.Reason.Vi)
	}
	return d
}

// short is a text as the audit log has room for it.
func short(text string) string {
	const most = 500
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

// decide says what becomes of a package that came or was held, of an agency
// whose key is confirmed.
func (o *Office) decide(ctx context.Context, by audit.Actor, p *Package, a Agency) error {
	switch {
	case p.Key != a.Key:
		return o.setApart(ctx, by, p, refusal(ErrKey, "key", "ký bằng khóa "+KeyDigits(p.Key)+", khác khóa đã xác nhận của "+a.Name,
			"signed with key "+KeyDigits(p.Key)+", not with the confirmed key of "+a.Name))
	case p.Kind == KindNotice:
		return o.takeNotice(ctx, by, p)
	}
	p.Status = Checking
	if err := o.keep(ctx, by, "package.received", p); err != nil {
		return err
	}
	o.queue.add(p)
	return nil
}

// takeNotice takes what an agency says of how far it has come, unless a later
// notice did.
func (o *Office) takeNotice(ctx context.Context, by audit.Actor, p *Package) error {
	packages, err := o.Store.PackagesOf(ctx, p.Round, p.Agency)
	if err != nil {
		return err
	}
	changed := []*Package{p}
	for _, other := range packages {
		if other.Kind != KindNotice || other.Group != p.Group || other.Status != Accepted || other.Hash == p.Hash {
			continue
		}
		if !p.Made.After(other.Made) {
			return o.setApart(ctx, by, p, refusal(ErrPackage, "", "đã nhận thông báo lập sau thông báo này", "a later notice was taken already"))
		}
		other.Status, other.SupersededBy = Superseded, p.Hash
		changed = append(changed, other)
	}
	p.Status = Accepted
	return o.Store.SavePackages(ctx, changed, nil, o.draft(by, "package.notice", p.detail()))
}

// setApart keeps a package with the reason why it does not count.
func (o *Office) setApart(ctx context.Context, by audit.Actor, p *Package, cause error) error {
	p.Status, p.Reason = Apart, reasonOf(cause)
	return o.keep(ctx, by, "package.apart", p)
}

// Package returns what became of a package; it is for who knows the hash.
func (o *Office) Package(ctx context.Context, hash string) (*Package, error) {
	return o.Store.Package(ctx, hash)
}

// Packages returns the packages of a round in the order in which they came.
func (o *Office) Packages(ctx context.Context, actor staff.Actor, u ballot.UUID) ([]*Package, error) {
	if err := admit(actor); err != nil {
		return nil, err
	}
	return o.Store.Packages(ctx, u)
}

// PackageFile returns the file of a package, as it came.
func (o *Office) PackageFile(ctx context.Context, actor staff.Actor, hash string) ([]byte, error) {
	if err := admit(actor); err != nil {
		return nil, err
	}
	p, err := o.Store.Package(ctx, hash)
	if err != nil {
		return nil, err
	}
	return o.Store.File(ctx, p.File)
}

// Poll returns what the package of a result that counts was worked out to say.
func (o *Office) Poll(ctx context.Context, actor staff.Actor, hash string) (*Poll, error) {
	if err := admit(actor); err != nil {
		return nil, err
	}
	return o.Store.Poll(ctx, hash)
}
