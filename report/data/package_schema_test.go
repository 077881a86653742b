package data_test

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/report/identity"
	"github.com/homphieu/homphieu/report/parcel"
	"github.com/homphieu/homphieu/report/parcel/parceltest"
)

// packageJSON is the first file of a package.
func packageJSON(t *testing.T, file []byte) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	in, err := r.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// The package of a result, and a notice, have the form that their schema
// describes; what is not of the form is found.
func TestPackagesFollowTheirSchema(t *testing.T) {
	s := readSchema(t, "package.schema.json")
	c := parceltest.New(t, parceltest.Options{})
	c.Claim.Supersedes, c.Claim.Why, c.Claim.ByHand = strings.Repeat("a", 64), "In lại biên bản", true
	file, _ := c.Pack(t)
	good := packageJSON(t, file)
	if wrong := s.wrong(good); wrong != nil {
		t.Error(wrong)
	}
	notice := round.Claim{
		Kind: round.KindNotice, Round: parceltest.Round, Agency: "a", Group: "b", Voted: "2023-08-25", Prepared: "2023-07-30",
		Condition: "2023-08-01", Planned: "2023-08-25", Made: parceltest.Now,
	}
	file, _, err := parcel.Pack(notice, parcel.Contents{}, identity.Identity{Chain: c.Seal.Chain, Key: c.Seal.Key})
	if err != nil {
		t.Fatal(err)
	}
	if wrong := s.wrong(packageJSON(t, file)); wrong != nil {
		t.Error(wrong)
	}
	for _, change := range [][2]string{
		{`"homphieu-package-v1"`, `"x"`}, {`"result"`, `"results"`}, {`"by_hand":true`, `"by_hand":false`}, {`"made":"`, `"made":"x`},
		{`"sha256":"`, `"sha256":"x`}, {`"agency":"`, `"agency":"A`}, {`"files":`, `"file":`}, {`"bytes":`, `"bytes":-`}, {`"why":"`, `"reason":"`},
	} {
		altered := strings.Replace(string(good), change[0], change[1], 1)
		if altered == string(good) || s.wrong([]byte(altered)) == nil {
			t.Errorf("%s in the place of %s is taken", change[1], change[0])
		}
	}
}
