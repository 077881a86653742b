package round

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/meeting/staff"
)

// maxTries is how often the directory is changed again when somebody else has
// changed it in the meantime.
const maxTries = 5

// Directory returns the agencies.
func (o *Office) Directory(ctx context.Context, actor staff.Actor) (*Directory, error) {
	if err := admit(actor); err != nil {
		return nil, err
	}
	return o.Store.Directory(ctx)
}

// SetDirectory replaces the agencies; d must have been made from what is stored,
// otherwise it is [ErrRevision]. Keys that d does not have stay, and none is
// confirmed here. An agency that a round waits for cannot go: [ErrAgency].
func (o *Office) SetDirectory(ctx context.Context, actor staff.Actor, d *Directory) (*Directory, error) {
	if err := admit(actor); err != nil {
		return nil, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	old, err := o.Store.Directory(ctx)
	if err != nil {
		return nil, err
	}
	next := &Directory{Revision: d.Revision, Agencies: slices.Clone(d.Agencies)}
	if err := next.keepKeys(old); err != nil {
		return nil, err
	}
	if err := next.Check(); err != nil {
		return nil, err
	}
	if err := o.stillThere(ctx, old, next); err != nil {
		return nil, err
	}
	entry := o.draft(actor.Audit(), "round.agencies", detail{"agencies": fmt.Sprint(len(next.Agencies))})
	if err := o.Store.SaveDirectory(ctx, next, entry); err != nil {
		return nil, err
	}
	return next, nil
}

// keepKeys takes what is known of keys from the stored directory.
func (d *Directory) keepKeys(old *Directory) error {
	known := make(map[string]Agency, len(old.Agencies))
	for _, a := range old.Agencies {
		known[a.ID] = a
	}
	for i := range d.Agencies {
		a := &d.Agencies[i]
		before := known[a.ID]
		if a.Key != "" {
			key, err := parseKey(a.Key)
			if err != nil {
				return err
			}
			a.Key = key
		}
		if a.Key == "" || a.Key == before.Key {
			a.Key, a.Confirmed, a.Offered = before.Key, before.Confirmed, before.Offered
			continue
		}
		a.Confirmed, a.Offered = false, ""
	}
	return nil
}

// KeyDigits returns what people read to one another to compare a key: its digits as
// those of every fingerprint ([ballot.Digits]), or nothing for what is no key.
func KeyDigits(key string) string {
	sum, err := hex.DecodeString(key)
	if err != nil || len(sum) != sha256.Size {
		return ""
	}
	return ballot.Digits([32]byte(sum))
}

// parseKey reads the whole of a key as people write it.
func parseKey(typed string) (string, error) {
	key := compact(typed)
	if len(key) != 2*sha256.Size || strings.Trim(key, "0123456789abcdef") != "" {
		return "", refusal(ErrAgency, "key", "khóa là 64 chữ số và chữ cái từ a đến f", "a key is 64 digits and letters from a to f")
	}
	return key, nil
}

// compact is what people typed, without what they put between digits.
func compact(typed string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", ":", "", "-", "", "\r", "", "\n", "", "\t", "").Replace(typed))
}

// chosen returns the key that people mean by what they typed: the whole of one, or
// the digits of one that came.
func chosen(typed string, came []string) (string, error) {
	if key, err := parseKey(typed); err == nil {
		return key, nil
	}
	for _, key := range came {
		if digits := KeyDigits(key); digits != "" && strings.ReplaceAll(digits, " ", "") == compact(typed) {
			return key, nil
		}
	}
	if len(came) == 0 {
		return "", refusal(ErrAgency, "key", "chưa có khóa nào đến từ đơn vị này; đợi gói đầu tiên rồi đối chiếu", "no key has come from this agency yet; wait for the first package, then compare")
	}
	return "", refusal(ErrAgency, "key", "dãy số không phải của khóa nào đã đến; nếu đơn vị đọc đúng như vậy, gói đã đến không phải của họ",
		"the digits are not those of a key that came; if the agency reads them so, the package that came is not theirs")
}

// keysThatCame are those of an agency, of its packages that are held, and the last
// of those that were not kept.
func (o *Office) keysThatCame(ctx context.Context, agency string) (keys []string, err error) {
	d, err := o.Store.Directory(ctx)
	if err != nil {
		return nil, err
	}
	rounds, err := o.Store.Rounds(ctx)
	if err != nil {
		return nil, err
	}
	if a, _ := d.Agency(agency); a.Key != "" {
		keys = append(keys, a.Key, a.Offered)
	}
	for _, r := range rounds {
		packages, err := o.packagesOf(ctx, r.UUID, agency)
		if err != nil {
			return nil, err
		}
		for _, p := range packages {
			if p.Status == Held {
				keys = append(keys, p.Key)
			}
		}
	}
	return append(keys, o.strangers[agency]...), nil
}

// stillThere is [ErrAgency] when an agency is gone that a round waits for.
func (o *Office) stillThere(ctx context.Context, old, next *Directory) error {
	stays := make(map[string]bool, len(next.Agencies))
	for _, a := range next.Agencies {
		stays[a.ID] = true
	}
	rounds, err := o.Store.Rounds(ctx)
	if err != nil {
		return err
	}
	for _, r := range rounds {
		for _, e := range r.Expected {
			if !stays[e.Agency] {
				a, _ := old.Agency(e.Agency)
				return refusal(ErrAgency, "agencies", a.Name+" ("+e.Agency+") còn trong "+r.Title+": hãy bỏ khỏi đợt trước",
					a.Name+" ("+e.Agency+") is still expected in "+r.Title+": take it out of the round first")
			}
		}
	}
	return nil
}

// ConfirmKey says that an officer has compared a key with the agency: from now
// on its packages are those under this key. What waits under it is checked, and
// what waits under another is set apart.
func (o *Office) ConfirmKey(ctx context.Context, actor staff.Actor, agency, key string) (*Directory, error) {
	if err := admit(actor); err != nil {
		return nil, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	came, err := o.keysThatCame(ctx, agency)
	if err != nil {
		return nil, err
	}
	if key, err = chosen(key, came); err != nil {
		return nil, err
	}
	d, err := o.changeAgency(ctx, agency, func(a *Agency) (audit.Draft, bool) {
		same := a.Confirmed && a.Key == key
		entry := o.draft(actor.Audit(), "round.key", detail{"agency": agency, "key": key, "before": a.Key})
		a.Key, a.Confirmed, a.Offered = key, true, ""
		return entry, !same
	})
	if err != nil {
		return nil, err
	}
	return d, o.release(ctx, actor.Audit(), agency)
}

// changeAgency changes one agency, which must be there.
func (o *Office) changeAgency(ctx context.Context, id string, change func(*Agency) (audit.Draft, bool)) (*Directory, error) {
	for range maxTries {
		d, err := o.Store.Directory(ctx)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(d.Agencies, func(a Agency) bool { return a.ID == id })
		if i < 0 {
			return nil, refusal(ErrAgency, "agency", "không có đơn vị "+id, "no agency "+id)
		}
		entry, changed := change(&d.Agencies[i])
		if !changed {
			return d, nil
		}
		if err := o.Store.SaveDirectory(ctx, d, entry); !errors.Is(err, ErrRevision) {
			return d, err
		}
	}
	return nil, ErrRevision
}

// release decides about what is held, now that keys are confirmed: of one
// agency, or of all for "". It may be repeated.
func (o *Office) release(ctx context.Context, by audit.Actor, agency string) error {
	d, err := o.Store.Directory(ctx)
	if err != nil {
		return err
	}
	rounds, err := o.Store.Rounds(ctx)
	if err != nil {
		return err
	}
	for _, r := range rounds {
		packages, err := o.packagesOf(ctx, r.UUID, agency)
		if err != nil {
			return err
		}
		for _, p := range packages {
			a, _ := d.Agency(p.Agency)
			if p.Status != Held || !a.Confirmed {
				continue
			}
			_, err := o.expected(ctx, &p.Claim)
			switch {
			case errors.Is(err, ErrStranger): // since it came
				err = o.setApart(ctx, by, p, err)
			case err == nil || errors.Is(err, ErrClosed):
				err = o.decide(ctx, by, p, a)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (o *Office) packagesOf(ctx context.Context, u ballot.UUID, agency string) ([]*Package, error) {
	if agency == "" {
		return o.Store.Packages(ctx, u)
	}
	return o.Store.PackagesOf(ctx, u, agency)
}
