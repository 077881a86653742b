package ledger

import (
	"encoding/json"
	"os"
	"slices"
	"testing"
)

// TestRows: the numbers of result.json are read in one spelling only, the same
// in every reader that runs testdata/notes/results.json.
func TestRows(t *testing.T) {
	text, err := os.ReadFile("testdata/notes/results.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []struct {
			Name    string `json:"name"`
			Person  string `json:"person"`
			Refused string `json:"refused"`
			Row     []int  `json:"row"`
		} `json:"vectors"`
	}
	if err := json.Unmarshal(text, &file); err != nil || len(file.Vectors) == 0 {
		t.Fatal(err, "or empty")
	}
	for _, v := range file.Vectors {
		t.Run(v.Name, func(t *testing.T) {
			var person map[string]json.RawMessage
			if err := json.Unmarshal([]byte(v.Person), &person); err != nil {
				t.Fatal(err)
			}
			row, err := rowOf(person)
			if (err != nil) != (v.Refused != "") || !slices.Equal(row, v.Row) {
				t.Errorf("%v, %v", row, err)
			}
		})
	}
}
