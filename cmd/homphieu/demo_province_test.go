package main

import (
	"archive/zip"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
)

// A provinceResult is consolidated.json, as far as the demonstration looks at it.
type provinceResult struct {
	Counts round.Counts
	Kinds  []struct {
		Agencies []struct {
			ID    string
			Polls []struct {
				Group  string
				Source struct {
					Package string
					Entry   int64
				}
				Counts struct{ Summoned, Present, Issued, Collected, Base int }
				People []provinceRow
			}
		}
	}
	Late, Missing []struct {
		Agency, Group string
		Rules         []struct {
			ID, Rule string
			Late     bool
		}
	}
	Exempt        []struct{ Name, Reason string }
	SeveralPlaces []struct {
		Name   string
		Places []provinceRow
	} `json:"several_places"`
}

type provinceRow struct {
	Number      int
	Name, Title string
	Votes       provinceVotes
	Collected   int
}

type provinceVotes struct {
	High, Confidence, Low, Invalid int
	HighPercent                    string `json:"high_percent"`
}

// TestDemoProvince plays the letter's round, and looks at what it leaves as a
// superior would, with programs that others wrote and with our verifier.
func TestDemoProvince(t *testing.T) {
	out := t.TempDir()
	var said strings.Builder
	if err := run(t.Context(), []string{"demo", "--province", "--out", out}, &said); err != nil {
		t.Fatalf("%v\n%s", err, said.String())
	}
	var c provinceResult
	readJSON(t, filepath.Join(out, "consolidated.json"), &c)
	t.Run("said", func(t *testing.T) { checkProvinceSaid(t, said.String()) })
	t.Run("numbers", func(t *testing.T) { checkProvinceNumbers(t, &c) })
	t.Run("late and missing", func(t *testing.T) { checkProvinceLate(t, &c) })
	t.Run("persons", func(t *testing.T) { checkProvincePersons(t, &c) })
	t.Run("papers", func(t *testing.T) { checkProvincePapers(t, out, &c) })
	t.Run("verifier", func(t *testing.T) { checkProvinceVerdicts(t, out, &c) })
	t.Run("again", func(t *testing.T) {
		if err := (&province{demoOptions: demoOptions{out: out}}).clear(); err != nil {
			t.Fatal(err)
		}
		for _, left := range []string{"consolidated.pdf", "assessment.json", "packages/*", "receipts/*", "usb/*", "log/checkpoint", "log/tile"} {
			if list, err := filepath.Glob(filepath.Join(out, left)); err != nil || len(list) != 0 {
				t.Errorf("%v, %v", list, err)
			}
		}
	})
}

// checkProvinceSaid looks for what a reader of the demonstration must be told.
func checkProvinceSaid(t *testing.T, said string) {
	for _, line := range []string{
		"18/07/2023  Ban Thường vụ Huyện ủy Đồng Xanh: not opened · chưa được mở",
		"sau khi xong: Lấy phiếu tín nhiệm đối với các chức danh do hội đồng nhân dân các cấp bầu",
		"25/07/2023  Ban Thường vụ Huyện ủy Đồng Xanh, cap-uy: 10 ballots on 3 persons",
		"07/08/2023  Ban Dân vận Tỉnh ủy: a corrected package · gói đính chính: Bổ sung chữ ký còn thiếu",
		"Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh was told over HTTP · đã báo cho nơi gửi: gói để riêng",
		"minutes.pdf: the file is damaged",
		"Đảng ủy Khối các cơ quan tỉnh: held until its key is confirmed",
		"Hội Nông dân tỉnh, khac: xong ngày 18/08/2023 · done then",
		"sau 01 ngày tổ chức lấy phiếu tín nhiệm: chậm nhất ngày 16/8/2023",
		"Hội Liên hiệp Phụ nữ tỉnh, khac: chưa xong · not done",
		"sơ kết 6 tháng đầu năm 2023 của cơ quan, đơn vị, kết thúc trước ngày 31/8/2023",
		"xong trước ngày 31/7/2023",
		provinceTwice + ", Phó Chánh Văn phòng, Văn phòng Tỉnh ủy: ",
		provinceTwice + ", Phó Bí thư Đảng ủy Khối, Đảng ủy Khối các cơ quan tỉnh: ",
		"Giám đốc Sở Xây dựng, Ban cán sự đảng UBND tỉnh: Đã có thông báo nghỉ công tác chờ nghỉ hưu",
		"Giám đốc Sở Tư pháp, Ban cán sự đảng UBND tỉnh: Được bầu, bổ nhiệm trong năm lấy phiếu",
		"15 of 17 polls, 2 missing, 1 late",
		"entries, cosigned by nguoi-chung-kien-1, nguoi-chung-kien-2",
	} {
		if !strings.Contains(said, line) {
			t.Errorf("not said: %s", line)
		}
	}
	if valid, refused := strings.Count(said, "  VALID"), strings.Count(said, "  REFUSED"); valid != 16+1 || refused != 1 { // and the log
		t.Errorf("%d valid, %d refused", valid, refused)
	}
	if t.Failed() {
		t.Log(said)
	}
}

// checkProvinceNumbers counts the marks of all voters again: each row has those of
// its own poll, and no poll is there twice.
func checkProvinceNumbers(t *testing.T, c *provinceResult) {
	seen := map[round.Expected]bool{}
	row := 0
	for _, k := range c.Kinds {
		for _, a := range k.Agencies {
			for _, p := range a.Polls {
				e := expected(a.ID, p.Group)
				number := slices.IndexFunc(provincePolls, func(q *provincePoll) bool { return q.Expected == e })
				if number < 0 || seen[e] || provincePolls[number].tampered {
					t.Fatalf("%+v counts, or counts twice", e)
				}
				seen[e] = true
				poll := provincePolls[number]
				if n := p.Counts; n.Summoned != poll.voters+1 || n.Present != poll.voters || n.Issued != poll.voters || n.Collected != poll.voters || n.Base != poll.voters {
					t.Errorf("%+v: %+v, want %d", e, n, poll.voters)
				}
				if len(p.People) != len(poll.posts) {
					t.Fatalf("%+v: %d persons, want %d", e, len(p.People), len(poll.posts))
				}
				for i, person := range p.People {
					row++
					want := poll.votes(number, i)
					want.HighPercent = meeting.Percent(want.High, poll.voters)
					if person.Votes != want || person.Title != poll.posts[i] || person.Number != row {
						t.Errorf("%+v, person %d: %+v, want %+v", e, i+1, person, want)
					}
				}
			}
		}
	}
	if len(seen) != 15 {
		t.Errorf("%d polls", len(seen))
	}
}

// votes counts how the voters of a poll marked a person.
func (p *provincePoll) votes(number, person int) (v provinceVotes) {
	for voter := range p.voters {
		switch p.mark(number, voter, person) {
		case 0:
			v.High++
		case 1:
			v.Confidence++
		case 2:
			v.Low++
		default:
			v.Invalid++
		}
	}
	return v
}

// checkProvinceLate: one was late with its result; one whose package was changed
// on the way, and one of which nothing came, are missing.
func checkProvinceLate(t *testing.T, c *provinceResult) {
	if want := (round.Counts{Polls: 17, Sent: 15, Missing: 2, Late: 1, Agencies: 12, SentAll: 10, SentNone: 2, LateAgencies: 1}); c.Counts != want {
		t.Errorf("%+v, want %+v", c.Counts, want)
	}
	if len(c.Late) != 1 || c.Late[0].Agency != "hoi-nong-dan-tinh" {
		t.Fatalf("late: %+v", c.Late)
	}
	for _, r := range c.Late[0].Rules {
		if r.Late != (r.ID == round.RuleSend) {
			t.Errorf("%+v", r)
		}
	}
	var missing []string
	for _, m := range c.Missing {
		missing = append(missing, m.Agency)
	}
	if !slices.Equal(missing, []string{"mat-tran-to-quoc-tinh", "hoi-phu-nu-tinh"}) {
		t.Errorf("missing: %v", missing)
	}
}

// checkProvincePersons: who is voted on in two places stands there twice, each
// time with the votes of that place alone.
func checkProvincePersons(t *testing.T, c *provinceResult) {
	if len(c.SeveralPlaces) != 1 || c.SeveralPlaces[0].Name != provinceTwice || len(c.SeveralPlaces[0].Places) != 2 {
		t.Fatalf("%+v", c.SeveralPlaces)
	}
	for i, e := range []round.Expected{expected("van-phong-tinh-uy", "khac"), expected("dang-uy-khoi-tinh", "khac")} {
		number := slices.IndexFunc(provincePolls, func(q *provincePoll) bool { return q.Expected == e })
		poll, at := provincePolls[number], c.SeveralPlaces[0].Places[i]
		want := poll.votes(number, 1)
		want.HighPercent = meeting.Percent(want.High, poll.voters)
		if at.Votes != want || at.Collected != poll.voters {
			t.Errorf("%+v, want %+v of %d", at, want, poll.voters)
		}
	}
	if len(c.Exempt) != 2 || c.Exempt[0].Reason != "retirement_notice" || c.Exempt[1].Reason != "appointed_in_year" {
		t.Errorf("%+v", c.Exempt)
	}
}

// checkProvincePapers compares the pages with the data, and lets others judge the
// signatures.
func checkProvincePapers(t *testing.T, out string, c *provinceResult) {
	text := strings.Join(strings.Fields(office(t, out, "pdftotext", "-layout", "consolidated.pdf", "-")), " ")
	for _, k := range c.Kinds {
		for _, a := range k.Agencies {
			for _, p := range a.Polls {
				for _, person := range p.People {
					n, v := p.Counts, person.Votes
					numbers := fmt.Sprintf("%d %d %d %d %d %d %d %s %d", n.Summoned, n.Present, n.Issued, n.Collected, n.Collected-v.Invalid, v.Invalid,
						v.High, v.HighPercent, v.Confidence)
					if !strings.Contains(text, numbers) {
						t.Errorf("%s, %s: no %q in the report", a.ID, person.Name, numbers)
					}
				}
			}
		}
	}
	letter := strings.Join(strings.Fields(office(t, out, "pdftotext", "-layout", "cover.pdf", "-")), " ")
	for _, what := range []string{"TỈNH ỦY LÂM ĐỒNG", "ĐẢNG CỘNG SẢN VIỆT NAM", "TRƯỞNG BAN", "Thường trực Tỉnh ủy (b/c)"} {
		if !strings.Contains(letter, what) {
			t.Errorf("no %q in the letter: %s", what, letter)
		}
	}
	certificates := "sql:" + t.TempDir()
	office(t, out, "certutil", "-N", "-d", certificates, "--empty-password")
	office(t, out, "certutil", "-A", "-d", certificates, "-n", "trial", "-t", "CT,C,C", "-i", "ca.pem")
	for _, name := range []string{"consolidated.pdf", "cover.pdf"} {
		said := office(t, out, "pdfsig", "-nssdir", certificates, name)
		if valid := strings.Count(said, "Signature is Valid"); valid < 2 || valid != strings.Count(said, "Signature #") {
			t.Errorf("%s: %s", name, said)
		}
	}
	for _, name := range []string{"consolidated.docx", "cover.docx", "consolidated.xlsx"} {
		z, err := zip.OpenReader(filepath.Join(out, name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		z.Close()
	}
}

// checkProvinceVerdicts lets the verifier judge every package, each receipt, and
// the superior's log.
func checkProvinceVerdicts(t *testing.T, out string, c *provinceResult) {
	verifier := filepath.Join(t.TempDir(), "homphieu-verify")
	if said, err := exec.CommandContext(t.Context(), "go", "build", "-o", verifier, "../homphieu-verify").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	office(t, out, verifier, "log", logFolder)
	counts := map[string]bool{}
	for _, k := range c.Kinds {
		for _, a := range k.Agencies {
			for _, p := range a.Polls {
				counts[p.Source.Package[:8]] = true
			}
		}
	}
	list, err := filepath.Glob(filepath.Join(out, "packages", "*.zip"))
	if err != nil || len(list) != 17+8 { // results, and notices of those who are in the network
		t.Fatalf("%d packages, %v", len(list), err)
	}
	key := provinceKey(t, out)
	refused, corrected := 0, 0
	for _, path := range list {
		name := strings.TrimSuffix(filepath.Base(path), ".zip")
		receipt := filepath.Join(out, "receipts", name[3:]+".txt")
		args := []string{"package", path}
		if _, err := os.Stat(receipt); err == nil {
			args = append(args, "--receipt", receipt, "--key", key)
		}
		said, err := judge(t, out, verifier, args...)
		hash := name[len(name)-8:]
		switch notice := strings.Contains(said, "a notice, signed"); {
		case err != nil && strings.Contains(name, "mat-tran-to-quoc-tinh"):
			refused++
			if counts[hash] || len(args) > 2 || !strings.Contains(said, "minutes.pdf") {
				t.Errorf("%s: %s", name, said)
			}
		case err != nil:
			t.Errorf("%s: %v\n%s", name, err, said)
		case notice != (len(args) == 2):
			t.Errorf("%s: receipts are for results, and for all of them: %s", name, said)
		case !notice && !counts[hash]:
			if corrected++; !strings.Contains(name, "ban-dan-van-tinh-uy") {
				t.Errorf("%s does not count", name)
			}
		}
	}
	if refused != 1 || corrected != 1 {
		t.Errorf("%d refused, %d corrected", refused, corrected)
	}
}

// provinceKey is the key of receipts, as agencies get it on a stick.
func provinceKey(t *testing.T, out string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(out, "usb", "round.json"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := round.ParseFile(text)
	if err != nil {
		t.Fatal(err)
	}
	return f.Key
}

// The polls of the demonstration are those for which the letter's round waits,
// and no two persons or members of boards have one name but by intention.
func TestProvincePolls(t *testing.T) {
	letter, _ := round.Letter()
	var want, got []string
	for _, e := range letter.Expected {
		want = append(want, e.Agency+" "+e.Group)
	}
	names := map[string]int{}
	for number, p := range provincePolls {
		got = append(got, p.Agency+" "+p.Group)
		if p.sent == "" {
			continue
		}
		for _, person := range p.people(number) {
			names[person.Name]++
		}
		for _, member := range p.board(number) {
			names[member.Name]++
		}
	}
	slices.Sort(want)
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	for name, n := range names {
		if (n == 2) != (name == provinceTwice) || n > 2 {
			t.Errorf("%s %d times", name, n)
		}
	}
}

// What a province does not take is said on one line.
func TestDemoProvinceRefused(t *testing.T) {
	for _, args := range [][]string{
		{}, {"--out", t.TempDir(), "--voters", "3"}, {"--out", t.TempDir(), "--hold"}, {"--out", t.TempDir(), "--listen", "0.0.0.0:0"},
	} {
		err := run(t.Context(), append([]string{"demo", "--province"}, args...), t.Output())
		if exitStatus(err) != 2 || !strings.HasPrefix(fmt.Sprint(err), "demo: ") {
			t.Errorf("%v: %v", args, err)
		}
	}
}
