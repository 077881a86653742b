package bolt

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/meeting/staff"
)

// Accounts and seats by their ID, claims and sessions by their hash; each value
// is the JSON of the record.
var (
	bucketAccounts = []byte("accounts")
	bucketClaims   = []byte("claims")
	bucketSessions = []byte("sessions")
	bucketSeats    = []byte("seats")
)

var _ staff.Store = (*Store)(nil)

// write runs f in a writing transaction together with the entry of the log. When
// f returns errNoChange, nothing is written and there is no error.
func (s *Store) write(done audit.Draft, f func(tx *bolt.Tx) error) error {
	return s.change(func(tx *bolt.Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		return appendAudit(tx, done)
	})
}

// change is write without an entry.
func (s *Store) change(f func(tx *bolt.Tx) error) error {
	if err := s.db.Update(f); !errors.Is(err, errNoChange) {
		return err
	}
	return nil
}

// record reads a record of a bucket; one that is not there is missing.
func record[T any](tx *bolt.Tx, bucket, key []byte, missing error) (v T, err error) {
	text := tx.Bucket(bucket).Get(key)
	if text == nil {
		return v, missing
	}
	if err := json.Unmarshal(text, &v); err != nil {
		return v, fmt.Errorf("%w: %s: %w", box.ErrCorrupt, bucket, err)
	}
	return v, nil
}

func putRecord(tx *bolt.Tx, bucket, key []byte, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return tx.Bucket(bucket).Put(key, text)
}

// records reads all records of a bucket.
func records[T any](tx *bolt.Tx, bucket []byte) (list []T, err error) {
	err = tx.Bucket(bucket).ForEach(func(key, _ []byte) error {
		v, err := record[T](tx, bucket, key, nil)
		list = append(list, v)
		return err
	})
	return list, err
}

// remove deletes the records of a bucket that ended names.
func remove[T any](tx *bolt.Tx, bucket []byte, ended func(T) bool) error {
	var keys [][]byte
	err := tx.Bucket(bucket).ForEach(func(key, _ []byte) error {
		v, err := record[T](tx, bucket, key, nil)
		if err == nil && ended(v) {
			keys = append(keys, bytes.Clone(key))
		}
		return err
	})
	for _, key := range keys {
		err = errors.Join(err, tx.Bucket(bucket).Delete(key))
	}
	return err
}

// Accounts implements staff.Store.
func (s *Store) Accounts(context.Context) (list []staff.Account, err error) {
	err = s.db.View(func(tx *bolt.Tx) (err error) {
		list, err = records[staff.Account](tx, bucketAccounts)
		return err
	})
	slices.SortFunc(list, func(a, b staff.Account) int { return cmp.Compare(a.Login, b.Login) })
	return list, err
}

// Account implements staff.Store.
func (s *Store) Account(_ context.Context, id string) (a staff.Account, err error) {
	err = s.db.View(func(tx *bolt.Tx) (err error) {
		a, err = record[staff.Account](tx, bucketAccounts, []byte(id), staff.ErrNoAccount)
		return err
	})
	return a, err
}

// CreateAccount implements staff.Store.
func (s *Store) CreateAccount(_ context.Context, a staff.Account, c staff.Claim, done audit.Draft) error {
	return s.write(done, func(tx *bolt.Tx) error {
		if tx.Bucket(bucketAccounts).Get([]byte(a.ID)) != nil {
			return errNoChange
		}
		return errors.Join(putAccount(tx, a), putRecord(tx, bucketClaims, c.Hash[:], c))
	})
}

// putAccount writes an account whose login name no other has.
func putAccount(tx *bolt.Tx, a staff.Account) error {
	list, err := records[staff.Account](tx, bucketAccounts)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(list, func(other staff.Account) bool { return other.Login == a.Login && other.ID != a.ID }) {
		return staff.ErrLoginTaken
	}
	return putRecord(tx, bucketAccounts, []byte(a.ID), a)
}

// ResetAccount implements staff.Store.
func (s *Store) ResetAccount(_ context.Context, c staff.Claim, done audit.Draft) error {
	return s.write(done, func(tx *bolt.Tx) error {
		if tx.Bucket(bucketClaims).Get(c.Hash[:]) != nil {
			return errNoChange
		}
		a, err := record[staff.Account](tx, bucketAccounts, []byte(c.Account), staff.ErrNoAccount)
		if err != nil {
			return err
		}
		a.Password, a.Secret, a.Step, a.Disabled = "", "", 0, false
		if err := shut(tx, a); err != nil {
			return err
		}
		return putRecord(tx, bucketClaims, c.Hash[:], c)
	})
}

// DisableAccount implements staff.Store.
func (s *Store) DisableAccount(_ context.Context, id string, done audit.Draft) error {
	return s.write(done, func(tx *bolt.Tx) error {
		a, err := record[staff.Account](tx, bucketAccounts, []byte(id), staff.ErrNoAccount)
		if err != nil {
			return err
		}
		if a.Disabled {
			return errNoChange
		}
		a.Disabled = true
		return shut(tx, a)
	})
}

// shut writes an account that lets nobody in and ends what would let somebody
// in, unless it is the last administrator's.
func shut(tx *bolt.Tx, a staff.Account) error {
	before, err := record[staff.Account](tx, bucketAccounts, []byte(a.ID), staff.ErrNoAccount)
	if err != nil {
		return err
	}
	list, err := records[staff.Account](tx, bucketAccounts)
	if err != nil {
		return err
	}
	if before.Administers() && !slices.ContainsFunc(list, func(other staff.Account) bool { return other.ID != a.ID && other.Administers() }) {
		return staff.ErrLastAdministrator
	}
	return errors.Join(
		putRecord(tx, bucketAccounts, []byte(a.ID), a),
		remove(tx, bucketSessions, func(s staff.Session) bool { return s.Account == a.ID }),
		remove(tx, bucketClaims, func(c staff.Claim) bool { return c.Account == a.ID }),
	)
}

// OfferAdministrator implements staff.Store.
func (s *Store) OfferAdministrator(_ context.Context, c staff.Claim, done audit.Draft) error {
	return s.write(done, func(tx *bolt.Tx) error {
		if tx.Bucket(bucketClaims).Get(c.Hash[:]) != nil {
			return errNoChange
		}
		return errors.Join(
			remove(tx, bucketClaims, func(other staff.Claim) bool { return other.Account == "" }),
			putRecord(tx, bucketClaims, c.Hash[:], c),
		)
	})
}

// Claim implements staff.Store.
func (s *Store) Claim(_ context.Context, hash staff.Hash) (c staff.Claim, err error) {
	err = s.db.View(func(tx *bolt.Tx) (err error) {
		c, err = record[staff.Claim](tx, bucketClaims, hash[:], staff.ErrClaim)
		return err
	})
	return c, err
}

// UseClaim implements staff.Store.
func (s *Store) UseClaim(_ context.Context, hash staff.Hash, a staff.Account, session staff.Session, done audit.Draft) error {
	return s.write(done, func(tx *bolt.Tx) error {
		if tx.Bucket(bucketSessions).Get(session.Hash[:]) != nil {
			return errNoChange
		}
		c, err := record[staff.Claim](tx, bucketClaims, hash[:], staff.ErrClaim)
		if err != nil {
			return err
		}
		if !session.Created.Before(c.Expires) || (c.Account != "" && c.Account != a.ID) {
			return staff.ErrClaim
		}
		if err := putAccount(tx, a); err != nil {
			return err
		}
		return errors.Join(tx.Bucket(bucketClaims).Delete(hash[:]), putRecord(tx, bucketSessions, session.Hash[:], session))
	})
}

// StartSession implements staff.Store.
func (s *Store) StartSession(_ context.Context, session staff.Session, password string, step int64, done audit.Draft) error {
	return s.write(done, func(tx *bolt.Tx) error {
		if tx.Bucket(bucketSessions).Get(session.Hash[:]) != nil {
			return errNoChange
		}
		a, err := record[staff.Account](tx, bucketAccounts, []byte(session.Account), staff.ErrLogin)
		if err != nil {
			return err
		}
		if !a.Open() || a.Password != password || step <= a.Step {
			return staff.ErrLogin
		}
		a.Step = step
		return errors.Join(
			putRecord(tx, bucketAccounts, []byte(a.ID), a),
			remove(tx, bucketSessions, func(old staff.Session) bool { return !old.Alive(session.Created) }),
			putRecord(tx, bucketSessions, session.Hash[:], session),
		)
	})
}

// Session implements staff.Store.
func (s *Store) Session(_ context.Context, hash staff.Hash) (session staff.Session, err error) {
	err = s.db.View(func(tx *bolt.Tx) (err error) {
		session, err = record[staff.Session](tx, bucketSessions, hash[:], staff.ErrSession)
		return err
	})
	return session, err
}

// TouchSession implements staff.Store.
func (s *Store) TouchSession(_ context.Context, hash staff.Hash, now time.Time) error {
	return s.change(func(tx *bolt.Tx) error {
		session, err := record[staff.Session](tx, bucketSessions, hash[:], errNoChange)
		if err != nil {
			return err
		}
		if !now.After(session.Seen) {
			return errNoChange
		}
		session.Seen = now
		return putRecord(tx, bucketSessions, hash[:], session)
	})
}

// EndSession implements staff.Store.
func (s *Store) EndSession(_ context.Context, hash staff.Hash, done audit.Draft) error {
	return s.write(done, func(tx *bolt.Tx) error {
		if tx.Bucket(bucketSessions).Get(hash[:]) == nil {
			return errNoChange
		}
		return tx.Bucket(bucketSessions).Delete(hash[:])
	})
}

// Seats implements staff.Store.
func (s *Store) Seats(_ context.Context, meeting ballot.UUID) (list []staff.Seat, err error) {
	err = s.db.View(func(tx *bolt.Tx) (err error) {
		list, err = records[staff.Seat](tx, bucketSeats)
		return err
	})
	list = slices.DeleteFunc(list, func(seat staff.Seat) bool { return seat.Meeting != meeting })
	order := []staff.Role{staff.Chair, staff.Member, staff.Auditor}
	slices.SortFunc(list, func(a, b staff.Seat) int {
		return cmp.Or(
			cmp.Compare(slices.Index(order, a.Role), slices.Index(order, b.Role)),
			cmp.Compare(a.Index, b.Index), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID),
		)
	})
	return list, err
}

// Seat implements staff.Store.
func (s *Store) Seat(_ context.Context, id string) (seat staff.Seat, err error) {
	err = s.db.View(func(tx *bolt.Tx) (err error) {
		seat, err = record[staff.Seat](tx, bucketSeats, []byte(id), staff.ErrNoSeat)
		return err
	})
	return seat, err
}

// CreateSeat implements staff.Store.
func (s *Store) CreateSeat(_ context.Context, seat staff.Seat, done audit.Draft) error {
	return s.write(done, func(tx *bolt.Tx) error {
		if tx.Bucket(bucketSeats).Get([]byte(seat.ID)) != nil {
			return errNoChange
		}
		list, err := records[staff.Seat](tx, bucketSeats)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(list, func(other staff.Seat) bool { return !other.Revoked && other.SamePlace(seat) }) {
			return staff.ErrSeatExists
		}
		return putRecord(tx, bucketSeats, []byte(seat.ID), seat)
	})
}

// changeSeat rewrites a seat; f returns errNoChange if there is nothing to do.
func changeSeat(tx *bolt.Tx, id string, f func(seat *staff.Seat) error) error {
	seat, err := record[staff.Seat](tx, bucketSeats, []byte(id), staff.ErrNoSeat)
	if err != nil {
		return err
	}
	if err := f(&seat); err != nil {
		return err
	}
	return putRecord(tx, bucketSeats, []byte(id), seat)
}

// ReissueSeat implements staff.Store.
func (s *Store) ReissueSeat(_ context.Context, id string, link staff.Hash, done audit.Draft) error {
	return s.write(done, func(tx *bolt.Tx) error {
		return changeSeat(tx, id, func(seat *staff.Seat) error {
			switch {
			case seat.Revoked:
				return staff.ErrNoSeat
			case seat.Link == link:
				return errNoChange
			}
			seat.Reissue(link)
			return nil
		})
	})
}

// EnterSeat implements staff.Store.
func (s *Store) EnterSeat(_ context.Context, e staff.Entrance, done audit.Draft) error {
	return s.write(done, func(tx *bolt.Tx) error {
		return changeSeat(tx, e.Seat, func(seat *staff.Seat) error {
			before := *seat
			if err := seat.Enter(e); err != nil {
				return err
			}
			if before.Holds(e.Device, e.Time) {
				return errNoChange
			}
			return nil
		})
	})
}

// LeaveSeat implements staff.Store.
func (s *Store) LeaveSeat(_ context.Context, id string, device staff.Hash, done audit.Draft) error {
	return s.write(done, func(tx *bolt.Tx) error {
		return changeSeat(tx, id, func(seat *staff.Seat) error {
			if !seat.Taken() || !seat.Device.Equal(device) {
				return errNoChange
			}
			seat.Leave()
			return nil
		})
	})
}

// TouchSeat implements staff.Store.
func (s *Store) TouchSeat(_ context.Context, id string, device staff.Hash, now time.Time) error {
	return s.change(func(tx *bolt.Tx) error {
		return changeSeat(tx, id, func(seat *staff.Seat) error {
			if !seat.Taken() || !seat.Device.Equal(device) || !now.After(seat.Seen) {
				return errNoChange
			}
			seat.Seen = now
			return nil
		})
	})
}

// RevokeSeat implements staff.Store.
func (s *Store) RevokeSeat(_ context.Context, id string, done audit.Draft) error {
	return s.write(done, func(tx *bolt.Tx) error {
		return changeSeat(tx, id, func(seat *staff.Seat) error {
			if seat.Revoked {
				return errNoChange
			}
			seat.Revoked = true
			return nil
		})
	})
}

// checkStaff requires every record to be readable and to lie under its name.
func checkStaff(tx *bolt.Tx) error {
	for _, err := range []error{
		checkRecords(tx, bucketAccounts, func(a staff.Account) string { return a.ID }),
		checkRecords(tx, bucketSeats, func(s staff.Seat) string { return s.ID }),
		checkRecords(tx, bucketClaims, func(c staff.Claim) string { return string(c.Hash[:]) }),
		checkRecords(tx, bucketSessions, func(s staff.Session) string { return string(s.Hash[:]) }),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

func checkRecords[T any](tx *bolt.Tx, bucket []byte, name func(T) string) error {
	return tx.Bucket(bucket).ForEach(func(key, _ []byte) error {
		v, err := record[T](tx, bucket, key, nil)
		if err == nil && name(v) != string(key) {
			err = fmt.Errorf("%s: a record under another's name", bucket)
		}
		return err
	})
}
