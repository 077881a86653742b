package round

import (
	"slices"
	"time"

	"github.com/homphieu/homphieu/meeting"
)

// A Record is a consolidated report that was printed: a version of it stays for
// ever, and a later one has the next number.
type Record struct {
	Number int                  `json:"number"` // from 1
	AsOf   time.Time            `json:"as_of"`
	Files  []meeting.RecordFile `json:"files"`
	// Packages are those that counted, by hash, ascending.
	Packages []string           `json:"packages"`
	Returned []meeting.Returned `json:"returned,omitempty"` // at most one a name: the latest
	Release  *meeting.Release   `json:"release,omitempty"`
	// Public are the files as everybody gets them, made when the record was
	// released: without threshold groups, and without the numbers of small polls, of
	// which Hidden counts how many.
	Public []meeting.RecordFile `json:"public,omitempty"`
	Hidden int                  `json:"hidden,omitempty"`
}

// Names returns the hashes of all files of the record.
func (r *Record) Names() (hashes []string) {
	for _, f := range slices.Concat(r.Files, r.Public) {
		hashes = append(hashes, f.Hash)
	}
	for _, f := range r.Returned {
		hashes = append(hashes, f.Hash)
	}
	return hashes
}

// Back returns what came back signed of a file, or nil.
func (r *Record) Back(name string) *meeting.Returned {
	i := slices.IndexFunc(r.Returned, func(b meeting.Returned) bool { return b.Name == name })
	if i < 0 {
		return nil
	}
	return &r.Returned[i]
}
