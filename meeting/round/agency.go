package round

// An Agency is one body that holds votes, or stands above some that do.
type Agency struct {
	// ID is a short name in lower-case ASCII letters, digits and dashes, at most
	// 32, that the superior gives and that packages carry.
	ID   string `json:"id"`
	Name string `json:"name"`
	// Kind is the line of the address list under which the agency is written to,
	// such as "Ban Tỉnh ủy": any text. Kinds stand in the order in which they
	// first come up in the list of agencies.
	Kind string `json:"kind"`
	// Superior is the ID of the agency above, or empty.
	Superior string `json:"superior,omitempty"`
	// Contact says whom to ask, as text: a name, a telephone number.
	Contact string `json:"contact,omitempty"`
	// Key is the SHA-256, in hexadecimal, of the public key (SubjectPublicKeyInfo)
	// with which the agency's server seals its packages; empty until one came or
	// was typed.
	Key string `json:"key,omitempty"`
	// Confirmed tells that an officer compared the key's digits with the agency.
	Confirmed bool `json:"confirmed,omitempty"`
	// Offered is another key than the confirmed one, under which a package was
	// refused: the first since the key was confirmed.
	Offered string `json:"offered,omitempty"`
}

// A Directory is the tree of agencies, in the order in which reports have them.
type Directory struct {
	Revision uint64   `json:"revision"` // of the stored record, for compare and swap
	Agencies []Agency `json:"agencies"`
}

// Agency returns the agency of this ID.
func (d *Directory) Agency(id string) (Agency, bool) {
	for _, a := range d.Agencies {
		if a.ID == id {
			return a, true
		}
	}
	return Agency{}, false
}

// Kinds returns the kinds of agencies, each once, in their order.
func (d *Directory) Kinds() (kinds []string) {
	seen := map[string]bool{}
	for _, a := range d.Agencies {
		if !seen[a.Kind] {
			seen[a.Kind] = true
			kinds = append(kinds, a.Kind)
		}
	}
	return kinds
}
