package api

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"net/url"
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/report/cms"
	"github.com/homphieu/homphieu/report/pades"
	"github.com/homphieu/homphieu/tally/ledger"
)

// maxPackage bounds a package, and maxPackageForm the form with one.
const (
	maxPackage     = 64 << 20
	maxPackageForm = maxPackage + 1<<20
)

// packageRowsOfPage is how many packages a page of their list has.
const packageRowsOfPage = 100

// A packageRow is a package in a list.
type packageRow struct {
	*round.Package
	Agency round.Agency
	Posts  round.Group
	Badge  badge
	When   string
	Path   string
}

// Short is the beginning of its hash.
func (p packageRow) Short() string { return p.Hash[:12] }

// AgencyPath is the address of the sender's page.
func (p packageRow) AgencyPath() string { return agencyPath(p.Package.Agency) }

// Way is how the package came.
func (p packageRow) Way() meeting.Text {
	if p.By == "file" {
		return both("từ tệp", "from a file")
	}
	return both("qua mạng", "over the network")
}

// packageRows are all packages of the round, the newest first.
func (v *roundVisit) packageRows() ([]packageRow, error) {
	list, err := v.Rounds.Packages(v.ctx(), v.actor, v.r.UUID)
	if err != nil {
		return nil, err
	}
	d, err := v.agencies()
	if err != nil {
		return nil, err
	}
	all := newAgencyTree(d).all
	rows := make([]packageRow, 0, len(list))
	for _, p := range slices.Backward(list) {
		rows = append(rows, v.newPackageRow(p, all[p.Agency]))
	}
	return rows, nil
}

func (v *roundVisit) newPackageRow(p *round.Package, a round.Agency) packageRow {
	row := packageRow{Package: p, Agency: a, Badge: statusBadge(p.Status), When: clock(p.Received), Path: v.packagePath(p.Hash)}
	if row.Agency.Name == "" {
		row.Agency = round.Agency{ID: p.Agency, Name: p.Agency}
	}
	if row.Posts, _ = v.r.Group(p.Group); row.Posts.Name == "" {
		row.Posts = round.Group{ID: p.Group, Name: p.Group}
	}
	return row
}

func (v *roundVisit) packagePath(hash string) string { return v.base() + "/packages/" + hash }

// packagesData is what the list shows.
type packagesData struct {
	Choices  []choice
	Query    url.Values
	Rows     []packageRow
	Received *packageRow // that was handed in last
	pageCut
}

func (v *roundVisit) packagesPage() (any, error) {
	all, err := v.packageRows()
	if err != nil {
		return nil, err
	}
	q := v.query("got")
	d := packagesData{Query: q}
	for i := range all {
		if all[i].Hash == v.c.Query("got") {
			d.Received = &all[i]
		}
	}
	all = slices.DeleteFunc(all, func(p packageRow) bool { return !matchesText(q.Get("q"), p.Agency.Name, p.Hash) })
	d.Choices = []choice{{Text: both("Tất cả", "All"), Count: len(all), Path: v.with(q, "status", ""), Here: q.Get("status") == ""}}
	for _, s := range packageStatuses {
		n := 0
		for _, p := range all {
			if p.Status == s.status {
				n++
			}
		}
		d.Choices = append(d.Choices, choice{s.Text, n, v.with(q, "status", string(s.status)), q.Get("status") == string(s.status), ""})
	}
	if status := q.Get("status"); status != "" {
		all = slices.DeleteFunc(all, func(p packageRow) bool { return string(p.Status) != status })
	}
	d.pageCut = v.cut(q, len(all), packageRowsOfPage)
	d.Rows = all[d.First-1 : d.Last]
	return d, nil
}

// receiveUpload takes in a package that was carried here as a file.
func (v *roundVisit) receiveUpload() (string, error) {
	header, err := upload(v.c, "file")
	if err != nil {
		return "", err
	}
	if header == nil {
		return "", wrong("file", "Chọn tệp gói kết quả (.zip).", "Choose the package (.zip).")
	}
	file, err := readUpload(header)
	if err != nil {
		return "", err
	}
	p, err := v.Rounds.Receive(v.ctx(), file, "file")
	if err != nil {
		return "", about(err, "file")
	}
	if p.Round != v.r.UUID {
		return roundsPath + "/" + string(p.Round) + "/packages?got=" + p.Hash, nil
	}
	return v.base() + "/packages?got=" + p.Hash, nil
}

// A partView is a file in a package.
type partView struct {
	Name  string
	Label meeting.Text
	Bytes uint64
	Path  string
}

// Kilobytes is its size as people read it.
func (p partView) Kilobytes() uint64 { return (p.Bytes + 1023) / 1024 }

// packageData is what the page of a package shows: everything that its numbers
// stand on.
type packageData struct {
	packageRow
	Poll       *round.Poll // as it was worked out here; nil unless it counts
	Rows       []personRowOfRound
	Parts      []partView
	Archive    *partView
	Superseded *packageRow // that it corrects
	By         *packageRow // that corrects it
	PollPath   string      // of the expected poll
	Signed     []signedPart
	Early      []round.Ahead // groups that should have been done before the vote
	Tile       string        // address of the file with its entry in this server's log
}

// A signedPart is a paper in a package, and who has signed it.
type signedPart struct {
	Name       string
	Label      meeting.Text
	Signatures []signatureView
}

// thePackage is the one that the path names, of this round.
func (v *roundVisit) thePackage() (*round.Package, error) {
	hash := v.c.Param("hash")
	if !isHash(hash) {
		return nil, round.ErrNoPackage
	}
	p, err := v.Rounds.Package(v.ctx(), hash)
	if err == nil && p.Round != v.r.UUID {
		err = round.ErrNoPackage
	}
	return p, err
}

// isHash reports whether a text is a SHA-256 in small hexadecimal digits.
func isHash(text string) bool {
	return len(text) == 64 && strings.Trim(text, "0123456789abcdef") == ""
}

func (v *roundVisit) packagePage() (any, error) {
	p, err := v.thePackage()
	if err != nil {
		return nil, err
	}
	list, err := v.agencies()
	if err != nil {
		return nil, err
	}
	a, _ := list.Agency(p.Agency)
	d := packageData{packageRow: v.newPackageRow(p, a)}
	d.PollPath = v.base() + "/polls/" + url.PathEscape(p.Agency) + "/" + url.PathEscape(p.Group)
	d.Superseded, d.By = v.otherPackage(p.Supersedes, a), v.otherPackage(p.SupersededBy, a)
	d.Poll, err = v.Rounds.Poll(v.ctx(), v.actor, p.Hash)
	if err != nil && !errors.Is(err, round.ErrNoPackage) {
		return nil, err
	}
	if d.Poll != nil && err == nil {
		all, err := v.standings()
		if err != nil {
			return nil, err
		}
		d.Early = round.Early(v.r, all, p.Group, d.Poll.Voted)
		for i, person := range d.Poll.People {
			d.Rows = append(d.Rows, newPersonRow(round.Row{PersonOutcome: person, Number: i + 1}, nil))
		}
	}
	if d.Tile, err = v.logTile(p.Entry); err != nil {
		return nil, err
	}
	return d, v.addParts(&d)
}

// logTile is the address of the file of this server's public log that holds an
// entry, or empty as long as that is not published.
func (v *roundVisit) logTile(entry int64) (string, error) {
	if v.Ledger == nil || entry < 0 {
		return "", nil
	}
	state, err := v.Ledger.State(v.ctx())
	if err != nil || entry >= state.Published {
		return "", err
	}
	n := entry / entriesOfTile
	width := min(entriesOfTile, state.Published-n*entriesOfTile)
	return "/log/" + ledger.TilePath(tlog.Tile{H: 8, L: -1, N: n, W: int(width)}), nil
}

// entriesOfTile is how many entries a file of the log holds (C2SP tlog-tiles).
const entriesOfTile = 256

// otherPackage is one that this page names, or nil.
func (v *roundVisit) otherPackage(hash string, a round.Agency) *packageRow {
	if hash == "" {
		return nil
	}
	p, err := v.Rounds.Package(v.ctx(), hash)
	if err != nil {
		return nil
	}
	row := v.newPackageRow(p, a)
	return &row
}

// partLabels are what the files of a package are, beside those of a result.
var partLabels = map[string]meeting.Text{
	"package.json":     both("Tệp kê khai: gói của ai, gồm những tệp nào", "What the package says of itself, and its files"),
	"package.json.p7s": both("Chữ ký số của máy chủ cơ quan", "Signature of the agency's server"),
	".bel":             both("Hồ sơ kiểm tra của cuộc bỏ phiếu", "Archive of the poll"),
	".shares.json":     both("Chứng minh giải mã", "Proofs of decryption"),
	".closing.json":    both("Biên bản đóng hòm phiếu, có chữ ký", "Signed closing file"),
	"log/":             both("Bằng chứng trong sổ công bố", "Proof in the public log"),
}

// addParts lists the files of the package.
func (v *roundVisit) addParts(d *packageData) error {
	content, err := v.Rounds.PackageFile(v.ctx(), v.actor, d.Hash)
	if err != nil {
		return err
	}
	files, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil // what is no archive has no files to list; the whole can be had
	}
	for _, f := range files.File {
		part := partView{Name: f.Name, Label: partLabel(f.Name), Bytes: f.UncompressedSize64, Path: d.Path + "/files/" + url.PathEscape(strings.ReplaceAll(f.Name, "/", ":"))}
		d.Parts = append(d.Parts, part)
		if strings.HasSuffix(f.Name, ".bel") {
			d.Archive = &part
		}
		if d.Poll != nil && (f.Name == meeting.MinutesFile || f.Name == meeting.ReportFile) {
			d.Signed = append(d.Signed, signedPart{f.Name, part.Label, signaturesOf(f)})
		}
	}
	return nil
}

// sealField is the signature field of a server's seal (package report), which is
// nobody's signature.
const sealField = "server-seal"

// signaturesOf are the signatures of people on a paper of a package that was
// verified.
func signaturesOf(f *zip.File) (list []signatureView) {
	content, err := unpack(f)
	if err != nil {
		return nil
	}
	report, err := pades.Verify(content, cms.Trust{})
	if err != nil {
		return nil
	}
	for _, s := range report.Signatures {
		if s.Signer == nil || s.Err != nil || s.Field == sealField {
			continue
		}
		list = append(list, newSignatureView(meeting.PaperSignature{
			Field: s.Field, Signer: s.Signer.Subject.CommonName, Issuer: s.Signer.Issuer.CommonName, Time: s.Time,
		}, nil))
	}
	return list
}

// unpack reads a file of a package.
func unpack(f *zip.File) ([]byte, error) {
	part, err := f.Open()
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(io.LimitReader(part, maxPart))
	return content, errors.Join(err, part.Close())
}

func partLabel(name string) meeting.Text {
	if label, known := fileLabels[name]; known {
		return label
	}
	for end, label := range partLabels {
		if name == end || strings.HasPrefix(end, ".") && strings.HasSuffix(name, end) || strings.HasSuffix(end, "/") && strings.HasPrefix(name, end) {
			return label
		}
	}
	return meeting.Text{}
}

// sendPackage gives the whole package, as it came.
func (v *roundVisit) sendPackage() error {
	p, err := v.thePackage()
	if err != nil {
		return err
	}
	content, err := v.Rounds.PackageFile(v.ctx(), v.actor, p.Hash)
	if err != nil {
		return err
	}
	return v.send("application/zip", "goi-"+p.Agency+"-"+p.Group+"-"+p.Hash[:12]+".zip", content)
}

// sendPart gives one file of a package. It is what somebody sent: only ever to
// be kept, never shown by this site.
func (v *roundVisit) sendPart() error {
	p, err := v.thePackage()
	if err != nil {
		return err
	}
	content, err := v.Rounds.PackageFile(v.ctx(), v.actor, p.Hash)
	if err != nil {
		return err
	}
	files, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return box.ErrNotFound
	}
	wanted := strings.ReplaceAll(v.c.Param("name"), ":", "/")
	if !isPartName(wanted) {
		return box.ErrNotFound
	}
	for _, f := range files.File {
		if f.Name != wanted {
			continue
		}
		content, err := unpack(f)
		if err != nil {
			return box.ErrNotFound // what does not unpack is not there
		}
		return v.send("application/octet-stream", path.Base(f.Name), content)
	}
	return box.ErrNotFound
}

// isPartName reports whether a name is of the letters that names in packages
// have.
func isPartName(name string) bool {
	return name != "" && strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789-_./") == ""
}

// maxPart bounds a file that is taken out of a package.
const maxPart = 256 << 20

// sendReceipt gives the receipt of a package, to be carried back.
func (v *roundVisit) sendReceipt() error {
	p, err := v.thePackage()
	if err != nil {
		return err
	}
	if p.Receipt == "" {
		return box.ErrNotFound
	}
	return v.send(textType, "bien-nhan-"+p.Hash[:12]+".txt", []byte(p.Receipt))
}

// send sends a file, to be kept.
func (v *roundVisit) send(mediaType, name string, content []byte) error {
	sandbox(v.c)
	attachment(v.c, mediaType, name)
	_, err := reader{v.c.Writer}.Write(content)
	return err
}

// recheck has a package checked again.
func (v *roundVisit) recheck() (string, error) {
	p, err := v.thePackage()
	if err != nil {
		return "", err
	}
	return "", v.Rounds.Recheck(v.ctx(), v.actor, p.Hash)
}
