package pades

import "bytes"

// Contents are the parts of a PDF that can be compared with what it should say.
type Contents struct {
	// Attachments are the files inside it, by name.
	Attachments map[string][]byte

	// Pages are what draws each page, unpacked. Texts in it are as its program wrote them.
	Pages [][]byte
}

// maxAttachments is how many files a PDF may have inside.
const maxAttachments = 64

// Read returns the contents of a PDF as it is now. Files that another program
// packed in another way, or spread over a tree of names, are refused with
// ErrMalformed.
func Read(pdf []byte) (*Contents, error) {
	f, err := open(pdf)
	if err != nil {
		return nil, err
	}
	v, c := f.current(), &Contents{Attachments: make(map[string][]byte)}
	pages, err := v.pages()
	if err != nil {
		return nil, err
	}
	for _, p := range pages {
		drawn, err := v.drawn(p.dict["Contents"])
		if err != nil {
			return nil, err
		}
		c.Pages = append(c.Pages, drawn)
	}
	if err := v.attachments(c.Attachments); err != nil {
		return nil, err
	}
	return c, nil
}

// drawn returns the content stream of a page, or the several that make one
// (ISO 32000-2 §7.8.2).
func (v view) drawn(value any) ([]byte, error) {
	value, err := v.get(value)
	if err != nil || value == nil {
		return nil, err
	}
	list, ok := value.(array)
	if !ok {
		list = array{value}
	}
	var parts [][]byte
	for _, item := range list {
		part, err := v.content(item)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	return bytes.Join(parts, []byte("\n")), nil
}

// content follows a reference to a stream and unpacks that. What was never packed
// counts all the same: an array may name it a thousand times.
func (v view) content(value any) ([]byte, error) {
	value, err := v.get(value)
	if err != nil {
		return nil, err
	}
	s, ok := value.(stream)
	if !ok {
		return nil, ErrMalformed
	}
	if s.dict["Filter"] == nil {
		v.f.inflated += len(s.raw)
	}
	data, err := v.f.unpack(s)
	if v.f.inflated > maxInflated {
		return nil, ErrMalformed
	}
	return data, err
}

// attachments puts the embedded files into all (ISO 32000-2 §7.11.4).
func (v view) attachments(all map[string][]byte) error {
	root, err := v.catalog()
	if err != nil {
		return err
	}
	names, err := v.dict(root["Names"])
	if err != nil {
		return err
	}
	files, err := v.dict(names["EmbeddedFiles"])
	if err != nil {
		return err
	}
	list, err := v.array(files["Names"])
	if err != nil || files["Kids"] != nil || len(list)%2 != 0 || len(list) > 2*maxAttachments {
		return ErrMalformed
	}
	for ; len(list) > 0; list = list[2:] {
		title, ok := list[0].(text)
		if _, twice := all[decodeText(title.data)]; !ok || twice {
			return ErrMalformed
		}
		spec, err := v.dict(list[1])
		if err != nil {
			return err
		}
		embedded, err := v.dict(spec["EF"])
		if err != nil {
			return err
		}
		if all[decodeText(title.data)], err = v.content(embedded["F"]); err != nil {
			return err
		}
	}
	return nil
}
