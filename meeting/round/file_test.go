package round_test

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
)

// A server of the superior, and the verifier key of its receipts.
const (
	superiorURL = "https://btctu.example"
	superiorKey = "btctu.example/log+b21b6dee+AQOq1CU8o5Y7rGyBzSwDG0B9FkDM0jJ1LcwUwhR8NnPF"
)

// letterFile is the file of the letter's round.
func letterFile(t testing.TB, done ...round.Finished) []byte {
	t.Helper()
	r, d := letter(t)
	for i := range d.Agencies {
		d.Agencies[i].Contact = "Đ/c Liên <0263>"
	}
	return round.File(r, d, done, superiorURL, superiorKey)
}

// TestFile: what is written is read back, and names no contact.
func TestFile(t *testing.T) {
	text := letterFile(t, round.Finished{Group: "hdnd-bau", Day: "2023-07-14"})
	f, err := round.ParseFile(text)
	if err != nil {
		t.Fatal(err)
	}
	r, d := letter(t)
	if f.UUID != r.UUID || f.Title != r.Title || !reflect.DeepEqual(f.Groups, r.Groups) || len(f.Expected) != 17 || len(f.Agencies) != 12 || f.URL != superiorURL || f.Key != superiorKey {
		t.Errorf("%+v", f)
	}
	if bytes.Contains(text, []byte("0263")) || !bytes.HasPrefix(text, []byte("{\n  \"type\": \"homphieu-round-v1\",\n")) {
		t.Errorf("%.200s", text)
	}
	if groups := f.GroupsOf(district); len(groups) != 3 || groups[0].ID != "hdnd-bau" {
		t.Errorf("%+v", groups)
	}
	for _, url := range []string{"http://127.0.0.1:8080", "http://[::1]:8080", "https://btctu.example:8443/hom-phieu/"} {
		if f, err := round.ParseFile(round.File(r, d, nil, url, "")); err != nil || f.URL != url {
			t.Errorf("%s: %v", url, err)
		}
	}
	r.Expected = nil
	if f, err := round.ParseFile(round.File(r, d, nil, "", "")); err != nil || len(f.Agencies) != 0 {
		t.Errorf("a round that waits for nobody: %v", err)
	}
}

// TestAssignment: what the letter asks of one poll, in the agency's meeting.
func TestAssignment(t *testing.T) {
	assignment := func(group string, done ...round.Finished) *meeting.Assignment {
		f, err := round.ParseFile(letterFile(t, done...))
		if err != nil {
			t.Fatal(err)
		}
		a, err := f.Assignment(district, group)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	before := "Lấy phiếu tín nhiệm đối với các chức danh do hội đồng nhân dân các cấp bầu"
	want := &meeting.Assignment{
		Round: letterUUID, Title: "Tổ chức, thực hiện lấy phiếu tín nhiệm năm 2023 (Công văn số 1535-CV/BTCTU)", Agency: district, Group: "cap-uy",
		Posts: "Các chức danh lãnh đạo cấp ủy cấp huyện, cấp tỉnh", URL: superiorURL, Key: superiorKey,
		Prepare: meeting.Limit{Date: "2023-07-31", Before: true}, SendDays: 1, RuleSet: meeting.RuleSetReg96, Before: []meeting.Precondition{{Name: before, Group: "hdnd-bau"}},
	}
	if a := assignment("cap-uy"); !reflect.DeepEqual(a, want) {
		t.Errorf("%+v", a)
	}
	want.Before[0].Done, want.Before[0].About = "2023-07-14", "Ban Tổ chức Tỉnh ủy thông báo"
	if a := assignment("cap-uy", round.Finished{Group: "hdnd-bau", Day: "2023-07-14"}); !reflect.DeepEqual(a, want) {
		t.Errorf("%+v", a)
	}
	if a := assignment("cap-uy", round.Finished{Group: "hdnd-bau"}); len(a.Before) != 0 {
		t.Errorf("waits for a group of nobody: %+v", a.Before)
	}
	a := assignment("khac")
	if a.Finish != (meeting.Limit{Date: "2023-08-31", Before: true}) || !reflect.DeepEqual(a.Before, []meeting.Precondition{{Name: "sơ kết 6 tháng đầu năm 2023 của cơ quan, đơn vị"}}) {
		t.Errorf("%+v", a)
	}
	if a := assignment("hdnd-bau"); a.RuleSet != meeting.RuleSetNQ96 || len(a.Before) != 0 {
		t.Errorf("%+v", a)
	}
	f, err := round.ParseFile(letterFile(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range []round.Expected{{Agency: publicity, Group: "cap-uy"}, {Agency: district, Group: "x"}, {Agency: "x", Group: "khac"}} {
		_, err := f.Assignment(e.Agency, e.Group)
		refusedFor(t, e.Agency+" "+e.Group, err, round.ErrStranger, "group")
	}
}

// TestBadFile: a file that anybody changed is refused, however little.
func TestBadFile(t *testing.T) {
	good := string(letterFile(t, round.Finished{Group: "hdnd-bau", Day: "2023-07-14"}))
	for title, c := range map[string]struct{ old, to string }{
		"another type":            {`homphieu-round-v1`, `homphieu-round-v2`},
		"an unknown member":       {`"uuid"`, `"more": 1,` + "\n" + `  "uuid"`},
		"a member of other case":  {`"uuid"`, `"UUID"`},
		"a member twice":          {`"send_days": 1`, `"send_days": 2,` + "\n" + `  "send_days": 1`},
		"another order":           {`"superior": "Ban Thường vụ Tỉnh ủy",` + "\n" + `  "office": "Ban Tổ chức Tỉnh ủy"`, `"office": "Ban Tổ chức Tỉnh ủy",` + "\n" + `  "superior": "Ban Thường vụ Tỉnh ủy"`},
		"other white space":       {`"send_days": 1`, `"send_days":  1`},
		"escaped letters":         {`Ban Tổ chức Tỉnh ủy`, `B\u0061n Tổ chức Tỉnh ủy`},
		"a number with a point":   {`"send_days": 1`, `"send_days": 1.0`},
		"a negative number":       {`"send_days": 1`, `"send_days": -1`},
		"no UUID":                 {`"uuid": "T1aiCDgidEAfPd"`, `"uuid": ""`},
		"not a UUID":              {`"uuid": "T1aiCDgidEAfPd"`, `"uuid": "../../etc"`},
		"an unknown rule set":     {`"ruleset": "reg96_2023"`, `"ruleset": "reg97"`},
		"an untidy text":          {`"title": "Tổ`, `"title": " Tổ`},
		"a text that is not NFC":  {`"office": "Ban Tổ`, "\"office\": \"Ban Tô\u0309"},
		"an unknown group before": {`"hdnd-bau"` + "\n" + `      ]`, `"hdnd"` + "\n" + `      ]`},
		"a strange group done":    {`"group": "hdnd-bau",` + "\n" + `      "day"`, `"group": "x",` + "\n" + `      "day"`},
		"done on no day":          {`"day": "2023-07-14"`, `"day": "14/7"`},
		"another scheme":          {`https://btctu.example`, `javascript://btctu.example`},
		"a name in the address":   {`https://btctu.example`, `https://a:b@btctu.example`},
		"an address with a query": {`https://btctu.example`, `https://btctu.example?a`},
		"an agency without name":  {`"name": "Hội Nông dân tỉnh"`, `"name": ""`},
		"null":                    {`"references": [`, `"references": null, "x": [`},
		"something behind":        {"\n}\n", "\n}\n{}"},
		"no line feed":            {"\n}\n", "\n}"},
	} {
		bad := good
		if i := strings.LastIndex(good, c.old); i >= 0 {
			bad = good[:i] + c.to + good[i+len(c.old):]
		}
		if bad == good {
			// of those that are there once the first is the last
			if bad = strings.Replace(good, c.old, c.to, 1); bad == good {
				t.Fatalf("%s: nothing changed", title)
			}
		}
		var refusal *meeting.Refusal
		if f, err := round.ParseFile([]byte(bad)); f != nil || !errors.Is(err, round.ErrRound) || !errors.As(err, &refusal) || refusal.What.Vi == "" {
			t.Errorf("%s: %v", title, err)
		}
	}
	for title, bad := range map[string]string{"nothing": "", "null": "null", "a list": "[]", "an empty object": "{}", "too long": good + strings.Repeat(" ", round.MaxRoundFile)} {
		if _, err := round.ParseFile([]byte(bad)); !errors.Is(err, round.ErrRound) {
			t.Errorf("%s: %v", title, err)
		}
	}
}

func FuzzParseFile(f *testing.F) {
	f.Add(letterFile(f))
	f.Add(letterFile(f, round.Finished{Group: "hdnd-bau", Day: "2023-07-14"}))
	f.Add([]byte(`{"type":"homphieu-round-v1"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := round.ParseFile(text)
		if err != nil {
			if !errors.Is(err, round.ErrRound) {
				t.Errorf("%v", err)
			}
			return
		}
		for _, e := range file.Expected {
			if _, err := file.Assignment(e.Agency, e.Group); err != nil {
				t.Errorf("%+v: %v", e, err)
			}
		}
	})
}
