package parcel

// The parts of a package, for tests that make hostile ones.

// Unsent are printed files that packages leave out.
var Unsent = unsent

// Limits of packages.
const (
	MaxFiles    = maxFiles
	MaxManifest = maxManifest
)

// A Member is a file in a package.
type Member struct {
	Name    string
	Content []byte
}

// Split takes a package apart.
func Split(file []byte) (list []Member, err error) {
	members, err := readZIP(file)
	for i := range members {
		content, err := members[i].content()
		if err != nil {
			return nil, err
		}
		list = append(list, Member{members[i].name, content})
	}
	return list, err
}

// Join makes a package of any files in any order.
func Join(list []Member) ([]byte, error) {
	var members []member
	for _, f := range list {
		m, err := pack(f.Name, f.Content)
		if err != nil {
			return nil, err
		}
		members = append(members, m)
	}
	return writeZIP(members)
}

// JoinLying makes a package of one deflated file that says another size and sum.
func JoinLying(name string, packed []byte, size int, crc uint32) []byte {
	b, err := writeZIP([]member{{name, crc, size, packed}})
	if err != nil {
		panic(err)
	}
	return b
}

// Content unpacks the only file of such a package.
func Content(file []byte) ([]byte, error) {
	members, err := readZIP(file)
	if err != nil {
		return nil, err
	}
	return members[0].content()
}

// CheckManifest reads package.json.
func CheckManifest(text []byte) error {
	_, err := parseManifest(text)
	return err
}

// Harmless is what a refusal repeats of a text.
var Harmless = harmless
