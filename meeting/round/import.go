package round

import (
	"fmt"
	"io"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/roster"
)

// MaxAgencies bounds a directory.
const MaxAgencies = roster.MaxRows

// ImportAgencies reads a list of agencies and returns the directory that it makes
// of d. An agency that d has keeps its ID, its key where the list has none, and,
// under the same key, that it was confirmed; one that the list has not is left
// out. What is wrong is told line by line, and then the directory is not to be
// used.
func ImportAgencies(d *Directory, r io.Reader, format roster.Format) (*Directory, []roster.LineError) {
	list, faults := roster.ParseAgencies(r, format, entries(d.Agencies)...)
	fresh := &Directory{Revision: d.Revision, Agencies: make([]Agency, len(list))}
	byID := d.byID()
	for i, e := range list {
		a := Agency{ID: e.ID, Name: e.Name, Kind: e.Kind, Superior: e.Superior, Contact: e.Contact, Key: e.Key}
		if old := byID[a.ID]; a.Key == "" || a.Key == old.Key {
			a.Key, a.Confirmed = old.Key, old.Confirmed
		}
		fresh.Agencies[i] = a
	}
	return fresh, faults
}

// byID returns the agencies by ID.
func (d *Directory) byID() map[string]Agency {
	m := make(map[string]Agency, len(d.Agencies))
	for _, a := range d.Agencies {
		m[a.ID] = a
	}
	return m
}

// entries are agencies as lists have them.
func entries(agencies []Agency) []roster.Agency {
	list := make([]roster.Agency, len(agencies))
	for i, a := range agencies {
		list[i] = roster.Agency{ID: a.ID, Name: a.Name, Kind: a.Kind, Superior: a.Superior, Contact: a.Contact, Key: a.Key}
	}
	return list
}

// Check makes texts tidy and is a *[meeting.Refusal] of [ErrAgency] for agencies
// that cannot be; its field is as "agencies.3.superior".
func (d *Directory) Check() error {
	if len(d.Agencies) > MaxAgencies {
		return refusal(ErrAgency, "agencies", fmt.Sprintf("nhiều hơn %d cơ quan", MaxAgencies), fmt.Sprintf("more than %d agencies", MaxAgencies))
	}
	for i := range d.Agencies {
		a := &d.Agencies[i]
		a.Name, a.Kind, a.Contact = meeting.OneLine(a.Name), meeting.OneLine(a.Kind), meeting.OneLine(a.Contact)
		if a.Key == "" && a.Confirmed {
			return refusal(ErrAgency, fmt.Sprintf("agencies.%d.key", i), a.Name+": không có khóa để xác nhận", a.Name+": no key to confirm")
		}
	}
	for _, f := range roster.CheckAgencies(entries(d.Agencies)) {
		return refusal(ErrAgency, fmt.Sprintf("agencies.%d.%s", f.Index, f.Field), f.Text.Vi, f.Text.En)
	}
	return nil
}

// refusal is an error of this package with what people must see to mend it.
func refusal(cause error, field, vi, en string) error {
	return &meeting.Refusal{Cause: cause, Field: field, What: meeting.Text{Vi: vi, En: en}}
}
