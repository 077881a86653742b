package data

import "github.com/homphieu/homphieu/ballot"

// A Listed is a file that a manifest names.
type Listed struct {
	Name      string
	Bytes     int
	SHA256    [32]byte
	MediaType string
}

// ReadManifest returns the election of a manifest, and its files in ascending
// order of their names. A text that [Manifest] did not write is [ErrManifest].
func ReadManifest(text []byte) (ballot.UUID, []Listed, error) {
	m, err := parseManifest(text)
	if err != nil {
		return "", nil, err
	}
	list := make([]Listed, len(m.Files))
	for i, e := range m.Files {
		sum, ok := parseHash(e.SHA256)
		if !ok || e.Bytes < 0 {
			return "", nil, ErrManifest
		}
		list[i] = Listed{e.Name, e.Bytes, sum, e.MediaType}
	}
	return m.Election, list, nil
}
