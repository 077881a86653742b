package archive_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/homphieu/homphieu/tally"
	"github.com/homphieu/homphieu/tally/archive"
)

// TestEvent writes and reads each form of event.
func TestEvent(t *testing.T) {
	a, b := [32]byte{0xab}, [32]byte{0xcd}
	const hexA = "ab00000000000000000000000000000000000000000000000000000000000000"
	const hexB = "cd00000000000000000000000000000000000000000000000000000000000000"
	for text, e := range map[string]archive.Event{
		`{"height":0,"type":"Setup","payload":"` + hexB + `"}`:                          {Type: archive.Setup, Payload: &b},
		`{"parent":"` + hexA + `","height":7,"type":"Ballot","payload":"` + hexB + `"}`: {Parent: &a, Height: 7, Type: archive.Ballot, Payload: &b},
		`{"parent":"` + hexA + `","height":8,"type":"EndBallots"}`:                      {Parent: &a, Height: 8, Type: archive.EndBallots},
	} {
		if got := e.AppendJSON([]byte("x")); string(got) != "x"+text {
			t.Errorf("%s, want %s", got, text)
		}
		got, err := archive.ParseEvent([]byte(text))
		if err != nil || !reflect.DeepEqual(got, e) {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
		for n := range text {
			if _, err := archive.ParseEvent([]byte(text[:n])); err == nil {
				t.Errorf("%s was read", text[:n])
			}
		}
	}
	for _, bad := range []string{
		``, `{}`, `null`, `{"height":0}`, `{"type":"Setup","height":0}`, `{"height":-1,"type":"Setup"}`, `{"height":"0","type":"Setup"}`,
		`{"height":0,"type":"Setup","payload":null}`, `{"height":0,"type":"Setup","payload":"` + hexA[1:] + `"}`, `{"height":0,"type":"Set\u0075p"}`,
		`{"height":9007199254740993,"type":"Setup"}`, `{"height":0,"type":"Setup"}` + "\n",
	} {
		if _, err := archive.ParseEvent([]byte(bad)); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}

// TestChainNext: the first event has no parent, each other the one before.
func TestChainNext(t *testing.T) {
	var c archive.Chain
	payload := [32]byte{1}
	for height := range 3 {
		text, next := c.Next("Ballot", &payload)
		e, err := archive.ParseEvent(text)
		ok(t, err)
		if e.Height != height || (e.Parent == nil) != (height == 0) || (e.Parent != nil && *e.Parent != c.Head) || next.Head != hashOf(text) || next.Length != height+1 {
			t.Errorf("%s after %+v gives %+v", text, c, next)
		}
		c = next
	}
}

func TestSetupPayload(t *testing.T) {
	want := archive.SetupPayload{Election: [32]byte{1}, Trustees: [32]byte{2}, Credentials: [32]byte{3}}
	text := want.AppendJSON(nil)
	got, err := archive.ParseSetupPayload(text)
	if err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	for _, bad := range [][]byte{nil, text[:len(text)-1], append(bytes.Clone(text), ' '), bytes.Replace(text, []byte("trustees"), []byte("Trustees"), 1)} {
		if _, err := archive.ParseSetupPayload(bad); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}

// TestReportJSON fixes the members and their order.
func TestReportJSON(t *testing.T) {
	const zeros = "0000000000000000000000000000000000000000000000000000000000000000"
	for want, r := range map[string]*archive.Report{
		`{"valid":true,"state":"open","uuid":"U","ballots":2,"last_event":"` + zeros + `","result":null,"decryption_proofs":null,"voided":"unknown","reason":null}`: {
			State: archive.StateOpen, UUID: "U", Ballots: 2, Voided: -1},
		`{"valid":true,"state":"result","uuid":"U","ballots":2,"last_event":"` + zeros + `","result":[[1,1]],"decryption_proofs":"strong","voided":0,"reason":null}`: {
			State: archive.StateResult, UUID: "U", Ballots: 2, Result: tally.Result{{1, 1}}, DecryptionProofs: archive.ProofsStrong},
		`{"valid":false,"state":"closed","uuid":"U","ballots":2,"last_event":"` + zeros + `","result":null,"decryption_proofs":null,"voided":3,"reason":"chain: broken"}`: {
			State: archive.StateClosed, UUID: "U", Ballots: 2, Voided: 3, Reason: archive.ErrChain},
	} {
		got, err := json.Marshal(r)
		if err != nil || string(got) != want {
			t.Errorf("%s, %v\nwant %s", got, err, want)
		}
	}
}
