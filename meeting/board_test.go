package meeting_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/tally"
)

// Any t members decrypt, whoever they are, and t − 1 do not.
func TestBoard(t *testing.T) {
	for _, size := range []struct{ t, m int }{{1, 1}, {1, 3}, {2, 2}, {2, 3}, {3, 5}, {5, 5}} {
		t.Run(fmt.Sprintf("%d of %d", size.t, size.m), func(t *testing.T) {
			board, err := meeting.NewTrialBoard(size.t, size.m)
			if err != nil {
				t.Fatal(err)
			}
			if board.Trustees().Len() != size.m || board.Trustees().Quorum() != size.t {
				t.Errorf("%d of %d", board.Trustees().Quorum(), board.Trustees().Len())
			}
			e, product := oneBallot(t, board)
			for _, members := range choose(size.m) {
				result, err := tally.Combine(board.Trustees(), product, board.Contribute(e, product, members...), 1)
				if len(members) < size.t && err == nil {
					t.Errorf("members %v decrypt", members)
				}
				if len(members) == size.t && (err != nil || string(result.AppendJSON(nil)) != `{"result":[[0,0,1,0]]}`) {
					t.Errorf("members %v: %v, %v", members, result, err)
				}
			}
		})
	}
}

// oneBallot is an election under the board's key and the product of one ballot
// that says confidence.
func oneBallot(t *testing.T, board *meeting.TrialBoard) (*ballot.Election, ballot.Product) {
	t.Helper()
	e, err := ballot.NewElection(ballot.Draft{
		Name: "Hội nghị", UUID: ballot.NewUUID(), PublicKey: board.Trustees().PublicKey(), Questions: []ballot.Question{meeting.Question("A", "")},
	})
	if err != nil {
		t.Fatal(err)
	}
	b, err := ballot.Seal(e, ballot.NewCredential(), [][]int{e.Questions[0].Mark(1)})
	if err != nil {
		t.Fatal(err)
	}
	product := e.NewProduct()
	product.Mul(b)
	return e, product
}

// choose lists the subsets of 1 … n in ascending order, except the empty one.
func choose(n int) (subsets [][]int) {
	for bits := 1; bits < 1<<n; bits++ {
		var members []int
		for i := range n {
			if bits>>i&1 == 1 {
				members = append(members, i+1)
			}
		}
		subsets = append(subsets, members)
	}
	return subsets
}

func TestBoardOfWrongSize(t *testing.T) {
	for _, size := range [][2]int{{0, 0}, {0, 3}, {4, 3}, {-1, 3}, {1, 0}, {1, -1}} {
		if _, err := meeting.NewTrialBoard(size[0], size[1]); err == nil {
			t.Errorf("%d of %d was made", size[0], size[1])
		}
	}
}

// A board that was kept decrypts and signs as it did before.
func TestBoardRoundTrip(t *testing.T) {
	board, err := meeting.NewTrialBoard(2, 3)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(board)
	if err != nil {
		t.Fatal(err)
	}
	var read meeting.TrialBoard
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	if again, err := json.Marshal(&read); err != nil || !bytes.Equal(again, text) {
		t.Errorf("%s\nwas\n%s, %v", again, text, err)
	}
	if !bytes.Equal(read.Trustees().Raw(), board.Trustees().Raw()) {
		t.Error("other trustees")
	}
	e, product := oneBallot(t, board)
	contributions := append(board.Contribute(e, product, 1), read.Contribute(e, product, 3)...)
	if _, err := tally.Combine(board.Trustees(), product, contributions, 1); err != nil {
		t.Error(err)
	}
	closing := &tally.Closing{Election: e.Fingerprint()}
	board.Sign(closing, 1)
	read.Sign(closing, 2)
	if err := closing.Verify(e, board.Trustees(), [32]byte{}, 0); err != nil {
		t.Error(err)
	}
}

func TestBoardMalformed(t *testing.T) {
	board, err := meeting.NewTrialBoard(2, 2)
	if err != nil {
		t.Fatal(err)
	}
	good, err := json.Marshal(board)
	if err != nil {
		t.Fatal(err)
	}
	var record struct {
		Seeds, Keys []string
		Trustees    string
	}
	if err := json.Unmarshal(good, &record); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"nothing":        "",
		"no object":      "[]",
		"no trustees":    "{}",
		"key":            strings.Replace(string(good), record.Keys[0], "0"+record.Keys[0], 1),
		"one key":        strings.Replace(string(good), `"`+record.Keys[0]+`",`, "", 1),
		"one seed":       strings.Replace(string(good), `"`+record.Seeds[0]+`",`, "", 1),
		"keys exchanged": strings.NewReplacer(record.Keys[0], record.Keys[1], record.Keys[1], record.Keys[0]).Replace(string(good)),
	} {
		if text == string(good) {
			t.Fatalf("%s: the same", name)
		}
		if err := json.Unmarshal([]byte(text), new(meeting.TrialBoard)); err == nil {
			t.Errorf("%s: read without complaint", name)
		}
	}
}

// A board and its slips are of one piece: what is printed by accident does not
// show a secret.
func TestBoardIsNotPrinted(t *testing.T) {
	h := newHall(t)
	b, err := meeting.CreateTrial(t.Context(), h.store, h.store)
	h.ok(err)
	trial, err := meeting.LoadTrial(t.Context(), h.store, b.Election().UUID)
	h.ok(err)
	kept, err := h.store.Trial(t.Context(), b.Election().UUID)
	h.ok(err)
	var record struct {
		Board struct{ Seeds, Keys []string }
		Codes []string
	}
	h.ok(json.Unmarshal(kept, &record))
	printed := fmt.Sprintf("%v %+v %s", trial.Credentials, trial.Credentials, trial.Credentials)
	for _, code := range record.Codes {
		if strings.Contains(printed, code) {
			t.Errorf("a code is printed")
		}
	}
	if s := b.Setup().Settings; !s.Trial || s != (box.Settings{MinBallots: 1, RuleSet: "reg96_2023", Trial: true}) || len(record.Codes) != 8 || len(record.Board.Keys) != 3 {
		t.Errorf("%+v, %d codes, %d keys", s, len(record.Codes), len(record.Board.Keys))
	}
}
