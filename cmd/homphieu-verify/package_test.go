package main

import (
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/report/parcel"
	"github.com/homphieu/homphieu/report/parcel/parceltest"
	"github.com/homphieu/homphieu/tally/ledger/ledgertest"
)

// packages adds the package of a poll to files, others that are wrong, a notice,
// and receipts: superior.key is the key of the first.
func packages(t *testing.T, files map[string][]byte) {
	t.Helper()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	c := parceltest.New(t, parceltest.Options{})
	var hash string
	files["package.zip"], hash = c.Pack(t)
	lying := c.Clone()
	lying.File(t, "result.csv").Content = append(lying.File(t, "result.csv").Content, 'x')
	files["lying.zip"], _ = lying.Pack(t)
	bare := c.Clone()
	bare.Contents.Log, bare.Claim.ByHand = nil, true
	files["bare.zip"], _ = bare.Pack(t)
	notice := round.Claim{
		Kind: round.KindNotice, Round: parceltest.Round, Agency: c.Claim.Agency, Group: c.Claim.Group, Prepared: "2023-07-30", Planned: "2023-08-25", Made: parceltest.Now,
	}
	var err error
	files["notice.zip"], _, err = parcel.Pack(notice, parcel.Contents{}, c.Seal)
	ok(err)
	keys := ledgertest.NewKeys(t, 0, 0)
	r := parcel.Receipt{
		Package: hash, Round: c.Claim.Round, Agency: c.Claim.Agency, Group: c.Claim.Group, Poll: c.Claim.Poll, Received: parceltest.Now, Entry: 17,
	}
	files["package-receipt.txt"], err = note.Sign(&note.Note{Text: r.Text()}, keys.Signer)
	ok(err)
	r.Entry = -1
	files["unlogged-receipt.txt"], err = note.Sign(&note.Note{Text: r.Text()}, keys.Signer)
	ok(err)
	files["superior.key"] = []byte(keys.Key.String())
	files["other.key"] = []byte(ledgertest.NewKeys(t, 0, 0).Key.String())
}
