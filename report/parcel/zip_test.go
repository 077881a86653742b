package parcel_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/report"
	"github.com/homphieu/homphieu/report/identity"
	"github.com/homphieu/homphieu/report/parcel"
	"github.com/homphieu/homphieu/report/parcel/parceltest"
)

// Other programs read a package, and find what belongs there in its order.
func TestPackIsZIP(t *testing.T) {
	c := good(t)
	file, _ := c.Pack(t)
	r, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	ok(t, err)
	u := string(c.Election.UUID)
	want := []string{
		"package.json", "package.json.p7s", u + ".bel", u + ".closing.json", u + ".shares.json", "ca.pem",
		"log/closed.proof", "log/policy", "log/result.proof", "log/salt", "log/sealed.proof", "manifest.json", "manifest.json.p7s", "minutes.pdf",
		"person-01.pdf", "person-02.pdf", "report.pdf", "result.csv", "result.json", "result.xlsx", "trackers.txt",
	}
	list, err := parcel.Split(file)
	ok(t, err)
	for i, f := range r.File {
		if i >= len(want) || f.Name != want[i] || f.Modified.Year() != 1980 || f.Comment != "" || len(f.Extra) != 0 || f.Flags != 0 {
			t.Fatalf("file %d: %+v, want %s", i, f.FileHeader, want[i])
		}
		in, err := f.Open()
		ok(t, err)
		content, err := io.ReadAll(in)
		ok(t, err)
		if !bytes.Equal(content, list[i].Content) || list[i].Name != f.Name {
			t.Errorf("%s: other content", f.Name)
		}
	}
	if len(r.File) != len(want) {
		t.Errorf("%d files, want %d", len(r.File), len(want))
	}
}

// The same contents give the same package, but for signatures that are drawn
// anew; and no time is in it but those that are signed for.
func TestPackRepeats(t *testing.T) {
	c := good(t)
	a, hash := c.Pack(t)
	slices.Reverse(c.Contents.Printed)
	b, again := c.Pack(t)
	one, err := parcel.Split(a)
	ok(t, err)
	two, err := parcel.Split(b)
	ok(t, err)
	for i := range one {
		if one[i].Name != two[i].Name || one[i].Name != parcel.SignatureFile && !bytes.Equal(one[i].Content, two[i].Content) {
			t.Errorf("%s differs", one[i].Name)
		}
	}
	if hash != again {
		t.Errorf("hash %s, then %s", hash, again)
	}
	joined, err := parcel.Join(one)
	if err != nil || !bytes.Equal(joined, a) {
		t.Errorf("the same files make another ZIP: %v", err)
	}
}

// The files have the names under which they were printed, but for those that
// packages leave out.
func TestNames(t *testing.T) {
	c := good(t)
	file, _ := c.Pack(t)
	list, err := parcel.Split(file)
	ok(t, err)
	for _, name := range report.Names(2) {
		sent := slices.ContainsFunc(list, func(f parcel.Member) bool { return f.Name == name })
		if sent == slices.Contains(parcel.Unsent, name) {
			t.Errorf("%s: in the package %v", name, sent)
		}
	}
	if !slices.Contains(parcel.Unsent, meeting.AssessmentFile) {
		t.Error("threshold groups are sent")
	}
}

// What cannot be sent is refused before it is signed.
func TestPackRefused(t *testing.T) {
	for name, alter := range map[string]func(c *parceltest.Case){
		"no archive's name": func(c *parceltest.Case) { c.Claim.Poll = "x" },
		"no minutes":        func(c *parceltest.Case) { drop(c, "minutes.pdf") },
		"a file twice":      func(c *parceltest.Case) { c.Contents.Printed = append(c.Contents.Printed, c.Contents.Printed[0]) },
		"a strange file": func(c *parceltest.Case) {
			c.Contents.Printed = append(c.Contents.Printed, meeting.Printed{Name: "annex.pdf"})
		},
		"a correction without reason": func(c *parceltest.Case) { c.Claim.Supersedes = strings.Repeat("a", 64) },
		"an unknown kind":             func(c *parceltest.Case) { c.Claim.Kind = "x" },
	} {
		c := good(t)
		alter(c)
		if file, hash, err := parcel.Pack(c.Claim, c.Contents, c.Seal); !errors.Is(err, parcel.ErrClaim) || file != nil || hash != "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	c := good(t)
	c.Contents.Archive = make([]byte, parcel.MaxContent+1)
	if _, _, err := parcel.Pack(c.Claim, c.Contents, c.Seal); err == nil {
		t.Error("too large")
	}
}

// A notice is package.json and its signature.
func TestNotice(t *testing.T) {
	c := good(t)
	c.Claim = round.Claim{Kind: round.KindNotice, Round: parceltest.Round, Agency: "a", Group: "b", Prepared: "2023-07-30", Planned: "2023-08-25", Made: parceltest.Now}
	file, hash := c.Pack(t)
	claim, err := new(parcel.Checker).Read(file)
	if err != nil || claim.Prepared != "2023-07-30" || claim.Hash != hash || claim.Poll != "" {
		t.Errorf("%+v, %v", claim, err)
	}
	if list, err := parcel.Split(file); err != nil || len(list) != 2 {
		t.Errorf("%d files, %v", len(list), err)
	}
}

// ends returns where the central directory of a package begins, and its end.
func ends(file []byte) (directory, last int) {
	last = len(file) - 22
	return int(binary.LittleEndian.Uint32(file[last+16:])), last
}

// A file that is a ZIP, but not the one form of a package, is refused by Read
// before anything in it is unpacked.
func TestReadHostile(t *testing.T) {
	c := good(t)
	file, _ := c.Pack(t)
	directory, last := ends(file)
	le := binary.LittleEndian
	set16 := func(at int, v uint16) []byte {
		b := bytes.Clone(file)
		le.PutUint16(b[at:], v)
		return b
	}
	set32 := func(at int, v uint32) []byte {
		b := bytes.Clone(file)
		le.PutUint32(b[at:], v)
		return b
	}
	list, err := parcel.Split(file)
	ok(t, err)
	join := func(alter func(list []parcel.Member) []parcel.Member) []byte {
		b, err := parcel.Join(alter(slices.Clone(list)))
		ok(t, err)
		return b
	}
	for name, b := range map[string][]byte{
		"nothing":                   nil,
		"a letter":                  []byte("Kính gửi"),
		"only an end":               file[last:],
		"bytes behind":              append(bytes.Clone(file), 0),
		"bytes before":              append([]byte{0}, file...),
		"a comment":                 append(set16(last+20, 3), "abc"...),
		"cut":                       file[:len(file)-1],
		"half":                      file[:len(file)/2],
		"twice":                     append(bytes.Clone(file), file...),
		"bytes before the end":      slices.Concat(file[:last], []byte{0}, file[last:]),
		"bytes before the list":     slices.Concat(file[:directory], []byte{0}, file[directory:]),
		"a size in the list":        set32(directory+24, 1),
		"a packed size in the list": set32(directory+20, 1),
		"a sum in the list":         set32(directory+16, 1),
		"a sum at the file":         set32(14, 1),
		"a size at the file":        set32(22, 1),
		"a large size":              set32(directory+24, 1<<31),
		"a time":                    set16(10, 1),
		"a time in the list":        set16(directory+12, 1),
		"a flag":                    set16(6, 1<<3),
		"a flag in the list":        set16(directory+8, 1<<11),
		"another method":            set16(8, 8),
		"another method, listed":    set16(directory+10, 8),
		"an extra field":            set16(28, 4),
		"a name of the file":        set16(30, 0x7070),
		"a name in the list":        set16(directory+46, 0x7070),
		"an attribute":              set32(directory+38, 0x20),
		"an offset":                 set32(directory+42, 1),
		"fewer files":               set16(last+10, 3),
		"no files":                  set16(last+10, 0),
		"another disk":              set16(last+4, 1),
		"another list":              set32(last+16, 0),
		"a long list":               set32(last+12, 1<<31),
		"ZIP64":                     set32(last+16, 0xffffffff),
		"packed again":              again(t, list, false),
		"packed again, streamed":    again(t, list, true),
		"files out of order":        join(func(l []parcel.Member) []parcel.Member { l[3], l[4] = l[4], l[3]; return l }),
		"package.json not first":    join(func(l []parcel.Member) []parcel.Member { l[0], l[1] = l[1], l[0]; return l }),
		"a file less":               join(func(l []parcel.Member) []parcel.Member { return l[:len(l)-1] }),
		"a file more":               join(func(l []parcel.Member) []parcel.Member { return append(l, parcel.Member{Name: "x"}) }),
		"a file twice":              join(func(l []parcel.Member) []parcel.Member { return append(l, l[len(l)-1]) }),
		"package.json twice":        join(func(l []parcel.Member) []parcel.Member { return append(l[:1:1], l...) }),
		"a path":                    join(func(l []parcel.Member) []parcel.Member { l[2].Name = "../../" + l[2].Name; return l }),
		"another size":              join(func(l []parcel.Member) []parcel.Member { l[2].Content = append(l[2].Content, 0); return l }),
		"no signature":              join(func(l []parcel.Member) []parcel.Member { return l[:1] }),
	} {
		if claim, err := new(parcel.Checker).Read(b); !errors.Is(err, round.ErrPackage) || claim != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		r := new(meeting.Refusal)
		if _, err := new(parcel.Checker).Verify(t.Context(), b); !errors.As(err, &r) || r.What.Vi == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	large := make([]byte, parcel.MaxSize+1)
	_, err = new(parcel.Checker).Read(large)
	refused(t, err, "", "larger than 64 MB")
}

// again packs files with another program.
func again(t *testing.T, list []parcel.Member, streamed bool) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range list {
		h := &zip.FileHeader{Name: f.Name, Method: zip.Deflate}
		var out io.Writer
		var err error
		if streamed {
			out, err = w.CreateHeader(h)
		} else {
			h.Method, h.CRC32, h.UncompressedSize64, h.CompressedSize64 = zip.Store, crc32.ChecksumIEEE(f.Content), uint64(len(f.Content)), uint64(len(f.Content))
			out, err = w.CreateRaw(h)
		}
		ok(t, err)
		_, err = out.Write(f.Content)
		ok(t, err)
	}
	ok(t, w.Close())
	return b.Bytes()
}

// What was deflated is never more than it says, and exactly that.
func TestUnpack(t *testing.T) {
	deflate := func(content []byte) []byte {
		var b bytes.Buffer
		w, err := flate.NewWriter(&b, flate.BestCompression)
		ok(t, err)
		_, err = w.Write(content)
		ok(t, err)
		ok(t, w.Close())
		return b.Bytes()
	}
	content := bytes.Repeat([]byte("Tín nhiệm cao "), 1000)
	packed, sum := deflate(content), crc32.ChecksumIEEE(content)
	if got, err := parcel.Content(parcel.JoinLying("x.json", packed, len(content), sum)); err != nil || !bytes.Equal(got, content) {
		t.Fatalf("%v", err)
	}
	for name, file := range map[string][]byte{
		"less than it is":   parcel.JoinLying("x.json", packed, len(content)-1, crc32.ChecksumIEEE(content[1:])),
		"more than it is":   parcel.JoinLying("x.json", packed, len(content)+1, sum),
		"another sum":       parcel.JoinLying("x.json", packed, len(content), sum+1),
		"bytes behind":      parcel.JoinLying("x.json", append(bytes.Clone(packed), 0), len(content), sum),
		"cut":               parcel.JoinLying("x.json", packed[:len(packed)-1], len(content), sum),
		"no deflate":        parcel.JoinLying("x.json", []byte("\xff\xff\xff"), 3, sum),
		"nothing":           parcel.JoinLying("x.json", nil, 3, sum),
		"stored and longer": parcel.JoinLying("x.pdf", content, len(content)-1, sum),
		"too dense":         parcel.JoinLying("x.json", make([]byte, 10), 100_000_000, sum),
	} {
		if got, err := parcel.Content(file); err == nil {
			t.Errorf("%s: %d bytes", name, len(got))
		}
	}
}

// A small file that says that it is huge costs no memory.
func TestReadBomb(t *testing.T) {
	const files = 200_000
	var list []byte
	entry := make([]byte, 47)
	binary.LittleEndian.PutUint32(entry, 0x02014b50)
	binary.LittleEndian.PutUint16(entry[28:], 1)
	for range files {
		list = append(list, entry...)
	}
	end := make([]byte, 22)
	binary.LittleEndian.PutUint32(end, 0x06054b50)
	binary.LittleEndian.PutUint16(end[8:], files&0xffff)
	binary.LittleEndian.PutUint16(end[10:], files&0xffff)
	binary.LittleEndian.PutUint32(end[12:], uint32(len(list)))
	bomb := append(list, end...)
	dense := parcel.JoinLying("package.json", make([]byte, 100), 100, 0)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, file := range [][]byte{bomb, dense} {
		if _, err := new(parcel.Checker).Read(file); !errors.Is(err, round.ErrPackage) {
			t.Errorf("error %v", err)
		}
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
		t.Errorf("%d bytes were allocated for %d", used, len(bomb))
	}
}

// Nothing that a stranger sends makes Read panic, and what it takes is signed.
func FuzzRead(f *testing.F) {
	authority, err := identity.NewTrial("Máy chủ", parceltest.Now)
	ok(f, err)
	seal, err := authority.Issue("Niêm phong", "", parceltest.Now)
	ok(f, err)
	claim := round.Claim{Kind: round.KindNotice, Round: parceltest.Round, Agency: "a", Group: "b", Prepared: "2023-07-30", Made: parceltest.Now}
	notice, hash, err := parcel.Pack(claim, parcel.Contents{}, seal)
	ok(f, err)
	f.Add(notice)
	f.Add(notice[:40])
	f.Add(append([]byte("PK\x05\x06"), make([]byte, 18)...))
	f.Fuzz(func(t *testing.T, file []byte) {
		claim, err := new(parcel.Checker).Read(file)
		if err == nil && claim.Hash != hash {
			t.Errorf("%+v was taken", claim)
		}
		if r := new(meeting.Refusal); err != nil && (!errors.As(err, &r) || !errors.Is(err, round.ErrPackage)) {
			t.Errorf("%v", err)
		}
		list, err := parcel.Split(file)
		if err != nil {
			return
		}
		if again, err := parcel.Join(list); err != nil || len(again) == 0 && len(file) > 0 {
			t.Errorf("%v", err)
		}
	})
}
