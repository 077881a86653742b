package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/crypto/threshold"
	"github.com/homphieu/homphieu/crypto/threshold/ceremony"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/tally"
	"github.com/homphieu/homphieu/tally/archive"
)

// A lie is what a server says of the paper's box instead of the truth. What is
// nil is true.
type lie struct {
	name    string
	archive []byte
	state   func(poll map[string]any)
	closing []byte
	words   string // of the page
}

// tellLie makes the server lie to a member.
func (s *stage) tellLie(p *person, l lie) {
	instead := func(text []byte) func([]byte) []byte {
		if text == nil {
			return nil
		}
		return func([]byte) []byte { return text }
	}
	s.lie(p.poll(s, "/archive"), instead(l.archive))
	s.lie(p.poll(s, "/closing"), instead(l.closing))
	s.lie(p.base+"/api/state", nil)
	if l.state != nil {
		s.lie(p.base+"/api/state", func(text []byte) []byte { return s.otherState(text, l.state) })
	}
}

// otherState changes what a state says of the paper's box.
func (s *stage) otherState(text []byte, change func(poll map[string]any)) []byte {
	var state map[string]any
	if json.Unmarshal(text, &state) != nil {
		return text
	}
	polls, _ := state["polls"].([]any)
	for _, one := range polls {
		if poll, _ := one.(map[string]any); poll["election"] == s.uuid {
			change(poll)
		}
	}
	text, _ = json.Marshal(state) // of what was JSON
	return text
}

// endedAs makes a state say how the box ended.
func endedAs(cast int, head [32]byte) func(poll map[string]any) {
	return func(poll map[string]any) { poll["cast"], poll["end_ballots"] = cast, fmt.Sprintf("%x", head) }
}

// stops waits until the page says in red that it sends nothing, and why.
func (p *person) stops(words string) {
	p.Helper()
	p.says(words)
	p.find("heading", "Dừng lại, không gửi gì…")
	if !p.holds(`document.querySelector("#member .notice-stop") !== null`) {
		p.Errorf("%s: not in red", words)
	}
}

// lookAgain lets the page load the box once more, and waits until it does.
func (p *person) lookAgain() {
	p.Helper()
	eval[string](p.tab, `document.querySelector("#member .notice-stop").id = "before"`)
	p.button("Tải lại và kiểm tra lần nữa…")
	p.await("another screen", func() bool { return p.holds(`document.getElementById("before") === null`) })
}

// What the page says.
const (
	saysTwoBoxes   = "Máy chủ nói hai điều khác nhau: số phiếu hoặc dãy số đóng hòm không khớp với hòm phiếu."
	saysBadClosing = "Biên bản đóng hòm phiếu không khớp với hòm phiếu."
	saysOtherSetup = "Hòm phiếu này không phải hòm phiếu đã ghi trong tệp khóa khi niêm phong."
	saysMember     = "Thành viên Ban kiểm phiếu thấy không khớp."
)

// testAnotherBox offers a member other boxes than the one that was closed, first
// when the closing file is to be signed, then when the key is to be used.
func testAnotherBox(t *testing.T, b *browser) {
	s := stageAt(t, b, meeting.Closed)
	f := s.forger()
	p := s.sit(1)
	contribution, closing := p.poll(s, "/contribution"), p.poll(s, "/closing")

	early := f.beforeSigning()
	s.tellLie(p, early[0])
	p.at("/tally")
	p.openKey(s.onDisk(s.keyFile(1)))
	for i, l := range early {
		if i > 0 {
			s.tellLie(p, l)
			p.lookAgain()
		}
		if l.words == saysMember {
			p.button("Sổ không khớp với bàn…")
		}
		p.stops(l.words)
	}
	if n := s.posted(closing); n != 0 {
		t.Fatalf("%d signatures were sent", n)
	}
	s.tellLie(p, lie{})
	p.lookAgain()
	p.button("Sổ khớp, ký biên bản…")
	p.find("heading", "Chờ đủ chữ ký biên bản…")

	late := f.beforeSharing()
	s.device(2).sign()
	p.find("heading", "Gửi phần giải mã…")
	s.tellLie(p, late[0])
	p.button("Mở khóa và làm trên trang này…")
	for i, l := range late {
		if i > 0 {
			s.tellLie(p, l)
			p.lookAgain()
		}
		p.stops(l.words)
		if n := s.posted(contribution); n != 0 {
			t.Fatalf("%s: %d shares were sent", l.name, n)
		}
	}
	s.tellLie(p, lie{})
	p.lookAgain()
	p.compare()
	p.saveKey()
	p.find("heading", "Đã gửi phần giải mã…")
	if n := s.posted(contribution); n != 1 || len(s.stored().Polls[0].Contributions) != 1 {
		t.Errorf("%d shares were sent, %d taken", n, len(s.stored().Polls[0].Contributions))
	}
}

// A forger makes boxes that never were.
type forger struct {
	*stage
	timestamp int64
	episodes  []episode // of the true archive: Setup, ballots, EndBallots
	ballots   int       // place of EndBallots
}

func (s *stage) forger() *forger {
	s.Helper()
	f := &forger{stage: s, timestamp: s.box().Setup().Timestamp, episodes: story(s, s.archive())}
	f.ballots = len(f.episodes) - 1
	if f.ballots != 1+voters {
		s.Fatalf("%d events in the archive", len(f.episodes))
	}
	return f
}

// without is the story without its i-th ballot, from 1.
func (f *forger) without(i int) []episode {
	return append(append([]episode{}, f.episodes[:i]...), f.episodes[i+1:]...)
}

// with is the story with one good ballot more.
func (f *forger) with(c ballot.Credential) []episode {
	f.Helper()
	more := f.sealed(f.box().Election(), c, high).Raw()
	return append(append([]episode{}, f.episodes[:f.ballots]...), episode{archive.Ballot, [][]byte{more}}, f.episodes[f.ballots])
}

// swapped is the story with the first two ballots in the other order.
func (f *forger) swapped() []episode {
	story := append([]episode{}, f.episodes...)
	story[1], story[2] = story[2], story[1]
	return story
}

// altered is the story with another digit in the last ballot.
func (f *forger) altered() []episode {
	raw := bytes.Clone(f.episodes[f.ballots-1].data[0])
	at := bytes.LastIndex(raw, []byte(`"response":"`)) + len(`"response":"`)
	raw[at] = '1' + (raw[at]-'0')%9
	story := append([]episode{}, f.episodes...)
	story[f.ballots-1] = episode{archive.Ballot, [][]byte{raw}}
	return story
}

// stuffed is a box of the same election with a list of codes, and ballots, of
// the forger's own.
func (f *forger) stuffed(e *ballot.Election, trustees []byte) []episode {
	f.Helper()
	codes, credentials, err := meeting.NewCredentials(e.UUID, printed)
	f.ok(err)
	setup := archive.SetupPayload{Election: archive.Hash(e.Raw()), Trustees: archive.Hash(trustees), Credentials: archive.Hash(credentials)}
	story := []episode{{archive.Setup, [][]byte{e.Raw(), trustees, credentials, setup.AppendJSON(nil)}}}
	for _, c := range codes[:voters] {
		story = append(story, episode{archive.Ballot, [][]byte{f.sealed(e, c, low).Raw()}})
	}
	return append(story, f.episodes[f.ballots])
}

// otherKey is an election that differs in its key alone, which the forger holds.
func (f *forger) otherKey() (*ballot.Election, *meeting.TrialBoard) {
	f.Helper()
	board, err := meeting.NewTrialBoard(2, 3)
	f.ok(err)
	draft := f.box().Election().Draft
	draft.PublicKey = board.Trustees().PublicKey()
	e, err := ballot.NewElection(draft)
	f.ok(err)
	return e, board
}

// A board that signs closing files.
type signers func(c *tally.Closing)

// joined are two members who join in the fraud.
func (f *forger) joined(c *tally.Closing) {
	for _, i := range []int{2, 3} {
		c.Sign(i, threshold.SigningKey(f.seeds[i-1]))
	}
}

// bare is a lie of which only the archive knows.
func (f *forger) bare(name, words string, story []episode) lie {
	bel, _ := tell(f.timestamp, story...)
	return lie{name: name, archive: bel, words: words}
}

// whole is a lie in which the state and a signed closing file join.
func (f *forger) whole(name, words string, story []episode, sign signers) lie {
	f.Helper()
	bel, head := tell(f.timestamp, story...)
	e, err := ballot.ParseElection(story[0].data[0])
	f.ok(err)
	cast := len(story) - 2
	c := &tally.Closing{
		Election: e.Fingerprint(), EndBallots: head,
		Slips: tally.Slips{Printed: printed, Issued: present, Unissued: printed - present, Cast: cast, NotReturned: present - cast},
	}
	sign(c)
	return lie{name: name, archive: bel, state: endedAs(cast, head), closing: c.AppendJSON(nil), words: words}
}

// beforeSigning are the lies to somebody who is to sign.
func (f *forger) beforeSigning() []lie {
	f.Helper()
	text, err := f.office().ClosingFile(f.Context(), f.actor(1), f.u, f.u)
	f.ok(err)
	numbers := func(old, new string) []byte {
		if !bytes.Contains(text, []byte(old)) {
			f.Fatalf("no %s in %s", old, text)
		}
		return bytes.Replace(text, []byte(old), []byte(new), 1)
	}
	honest, _ := tell(f.timestamp, f.episodes...)
	last := f.whole("a ballot dropped everywhere but in the closing file", saysBadClosing, f.without(3), f.joined)
	last.closing = nil
	trustees := f.box().Setup().Trustees
	other, board := f.otherKey()
	return []lie{
		f.bare("a ballot dropped", saysTwoBoxes, f.without(3)),
		f.bare("a ballot added for a slip that was not handed out", saysTwoBoxes, f.with(f.slips[7])),
		f.bare("two swapped", saysTwoBoxes, f.swapped()),
		{name: "not closed", archive: honest[:len(honest)-1024], words: "Hòm phiếu chưa đóng."},
		last,
		f.whole("a box with other slips", saysOtherSetup, f.stuffed(f.box().Election(), trustees), f.joined),
		f.whole("a box under another key", "Hòm phiếu không mang khóa mà Ban kiểm phiếu đã tạo.", f.stuffed(other, board.Trustees().Raw()), func(c *tally.Closing) { board.Sign(c, 1, 2) }),
		{name: "more issued", closing: numbers(`"issued":7`, `"issued":8`), words: saysBadClosing},
		{name: "fewer cast", closing: numbers(`"not_returned":1,"cast":6`, `"not_returned":2,"cast":5`), words: saysBadClosing},
		{name: "a used one voided", closing: f.usedVoided(text), words: saysBadClosing},
		{name: "other numbers that agree", closing: numbers(`"issued":7,"exchanged":0,"unissued":2,"returned":0,"not_returned":1`,
			`"issued":6,"exchanged":1,"unissued":2,"returned":0,"not_returned":0`), words: saysMember},
		f.whole("another closing that two have signed", saysMember, f.without(1), f.joined),
	}
}

// usedVoided is a closing file in which a slip that was used is called voided.
func (f *forger) usedVoided(text []byte) []byte {
	f.Helper()
	c, err := tally.ParseClosing(text)
	f.ok(err)
	c.Voided[0] = f.slips[0].Public(f.u).Key()
	slices.SortFunc(c.Voided, func(a, b ballot.CredentialKey) int { return bytes.Compare(a[:], b[:]) })
	return c.AppendJSON(nil)
}

// beforeSharing are the lies to somebody who is to use the key.
func (f *forger) beforeSharing() []lie {
	f.Helper()
	honest, _ := tell(f.timestamp, f.episodes...)
	bit := bytes.Clone(honest)
	bit[bytes.LastIndex(bit, []byte(`"credential":"`))+len(`"credential":"`)] ^= 1
	unsigned := f.whole("another closing that nobody has signed", saysBadClosing, f.without(1), func(*tally.Closing) {})
	return []lie{
		f.bare("a ballot dropped", saysBadClosing, f.without(1)),
		f.bare("a ballot added for a slip that was voided", saysBadClosing, f.with(f.slips[7])),
		f.bare("a ballot added for no slip", "Có lá phiếu không thuộc tờ phiếu nào đã in.", f.with(ballot.NewCredential())),
		f.bare("two swapped", saysBadClosing, f.swapped()),
		{name: "one bit", archive: bit, words: "Tệp hòm phiếu máy chủ đưa ra bị hỏng, thiếu hoặc bị sửa."},
		f.bare("an altered ballot in an unbroken chain", "Có lá phiếu không hợp lệ, hoặc đã bị sửa hay tráo.", f.altered()),
		unsigned,
		f.otherMeeting(),
		f.whole("a box with other slips", saysOtherSetup, f.stuffed(f.box().Election(), f.box().Setup().Trustees), f.joined),
		f.whole("another closing that two have signed", "Máy này đã ký biên bản hoặc gửi phần giải mã cho một lần đóng hòm khác.", f.without(1), f.joined),
	}
}

// otherMeeting is the box of another meeting, with all that belongs to it.
func (f *forger) otherMeeting() lie {
	f.Helper()
	other := stageAt(f, f.browser, meeting.Closed)
	other.signed()
	closing, err := other.box().Attached(f.Context(), box.Closing)
	f.ok(err)
	status, err := other.box().Status(f.Context())
	f.ok(err)
	return lie{
		name: "another meeting", archive: other.archive(), state: endedAs(status.Accepted, status.EndBallots), closing: closing,
		words: "Máy chủ đưa ra hòm phiếu của cuộc khác.",
	}
}

// testSecondEnd shows another end of the box, which two others have signed. The
// member finds it on the projector, and a key file that has given a share to the
// first end knows it by itself.
func testSecondEnd(t *testing.T, b *browser) {
	s := stageAt(t, b, meeting.Closed)
	s.signed()
	f := s.forger()
	k := s.keyFile(1)
	p := s.sit(1)
	l := f.whole("a second end", "Tệp khóa này đã gửi phần giải mã cho một lần đóng hòm khác. Gửi thêm có thể làm lộ từng lá phiếu.", f.without(1), f.joined)
	s.tellLie(p, l)
	p.at("/tally")
	p.button("Mở khóa và làm trên trang này…")
	p.openKey(s.onDisk(k))
	p.find("heading", "Đối chiếu trước khi mở…")
	p.fillIn("Gõ lại số phiếu đã bỏ…", fmt.Sprint(voters))
	p.button("Giống hệt, dùng khóa và gửi…")
	p.says(fmt.Sprintf("Đã gõ “%d”, không phải số lá phiếu trong hòm.", voters))
	p.button("Không giống…")
	p.stops(saysMember)

	status, err := s.box().Status(t.Context())
	s.ok(err)
	s.ok(k.Contribute(s.uuid, fmt.Sprintf("%x", status.EndBallots)))
	p.at("/tally")
	p.button("Mở khóa và làm trên trang này…")
	p.openKey(s.onDisk(k))
	p.stops(l.words)
	if n := s.posted(p.poll(s, "/contribution")); n != 0 {
		t.Errorf("%d shares were sent", n)
	}
	s.tellLie(p, lie{})
	p.lookAgain()
	p.compare() // of the first end another share tells nothing new
	p.find("heading", "Đã gửi phần giải mã…")
}

// testFalseRehearsal calls boxes what they are not: a key file that has recorded
// the sealed box opens no rehearsal, and no real box under that name.
func testFalseRehearsal(t *testing.T, b *browser) {
	s := stageAt(t, b, meeting.Closed)
	trial := string(s.stored().Rehearsal.UUID)
	for i, l := range []struct{ words string }{
		{"Tệp khóa này đã ghi hòm phiếu thật. Không mở tập dượt bằng khóa này nữa."}, // the first box
		{"Máy chủ gọi hòm phiếu thật là tập dượt, hoặc ngược lại."},                  // the second
	} {
		p := s.sit(i + 1)
		s.lie(p.base+"/api/state", func(text []byte) []byte { return asRehearsal(text, i) })
		p.at("/tally")
		p.openKey(s.onDisk(s.keyFile(i + 1)))
		p.stops(l.words)
		for _, poll := range []string{trial, s.uuid} {
			for _, what := range []string{"/closing", "/contribution"} {
				if n := s.posted(p.base + "/api/polls/" + poll + what); n != 0 {
					t.Errorf("%s was sent", what)
				}
			}
		}
	}
}

// asRehearsal makes a state say that a rehearsal is to be counted: box 0, which
// was one, or box 1, which is real.
func asRehearsal(text []byte, i int) []byte {
	var state map[string]any
	if json.Unmarshal(text, &state) != nil {
		return text
	}
	state["meeting"].(map[string]any)["state"] = "slips"
	polls := state["polls"].([]any)
	poll := polls[i].(map[string]any)
	poll["rehearsal"], poll["state"], poll["closing"] = true, "closed", "none"
	poll["signed_by"], poll["contributed"] = []int{}, []int{}
	state["polls"] = []any{poll}
	text, _ = json.Marshal(state) // of what was JSON
	return text
}

// testChangedOnTheWay changes what members send: it is refused, in words and in
// the log, and what they meant is taken.
func testChangedOnTheWay(t *testing.T, b *browser) {
	s := stageAt(t, b, meeting.Closed)
	p := s.sit(1)
	p.at("/tally")
	p.openKey(s.onDisk(s.keyFile(1)))
	s.change(p.poll(s, "/closing"), otherDigit(`"response":"`))
	p.button("Sổ khớp, ký biên bản…")
	p.find("heading", "Máy chủ không nhận…")
	p.says("Chữ ký không khớp với biên bản đóng hòm phiếu hiện nay")
	s.change(p.poll(s, "/closing"), nil)
	p.button("Gửi lại…")
	p.find("heading", "Chờ đủ chữ ký biên bản…")
	second := s.device(2)
	second.sign()

	var wrong [][]byte
	keep := func(f func([]byte) []byte) func([]byte) []byte {
		return func(text []byte) []byte {
			wrong = append(wrong, f(text))
			return wrong[len(wrong)-1]
		}
	}
	share := p.poll(s, "/contribution")
	s.change(share, keep(otherDigit(`"decryption_factors":[["`)))
	p.button("Mở khóa và làm trên trang này…")
	p.compare()
	p.saveKey()
	for i, f := range []func([]byte) []byte{keep(otherDigit(`"decryption_proofs":[[{"challenge":"`)), keep(otherDigit(`"response":"`)), nil} {
		p.find("heading", "Máy chủ không nhận…")
		p.says("Phần giải mã không hợp lệ nên không được nhận.")
		if n := len(s.stored().Polls[0].Contributions); n != 0 || s.posted(share) != i+1 {
			t.Fatalf("%d shares taken, %d sent", n, s.posted(share))
		}
		s.change(share, f)
		p.button("Gửi lại…")
	}
	p.find("heading", "Đã gửi phần giải mã…")
	second.contribute()
	p.find("heading", "Kiểm phiếu đã xong…")
	p.at("/audit")
	for _, words := range []string{"Từ chối phần giải mã không hợp lệ", "member: 1"} {
		if n := strings.Count(p.text(), words); n != len(wrong) {
			t.Errorf("the log has “%s” %d times, want %d: %s", words, n, len(wrong), p.text())
		}
	}
	s.onlyRight(wrong)
}

// otherDigit changes the first digit after some words.
func otherDigit(after string) func([]byte) []byte {
	return func(text []byte) []byte {
		text = bytes.Clone(text)
		at := bytes.Index(text, []byte(after)) + len(after)
		text[at] = '1' + (text[at]-'0')%9
		return text
	}
}

// onlyRight verifies the archive, in which nothing of the wrong shares is.
func (s *stage) onlyRight(wrong [][]byte) {
	s.Helper()
	bel := s.archive()
	closing, err := s.box().Attached(s.Context(), box.Closing)
	s.ok(err)
	shares, err := s.box().Attached(s.Context(), box.Shares)
	s.ok(err)
	report, err := archive.Verify(bytes.NewReader(bel), int64(len(bel)), archive.Options{Closing: closing, Shares: shares, Strict: true})
	if err != nil || !report.Valid() || report.State != archive.StateResult {
		s.Errorf("archive: %v, %+v", err, report)
	}
	for i, text := range wrong {
		var c struct{ Partial json.RawMessage }
		s.ok(json.Unmarshal(text, &c))
		if bytes.Contains(bel, c.Partial) {
			s.Errorf("wrong share %d is in the archive", i)
		}
	}
}

// testWrongFiles tries every file and seed but the right one, and then the seed
// from paper, without any file.
func testWrongFiles(t *testing.T, b *browser) {
	s := &stage{theMeeting: &theMeeting{room: newRoom(t), browser: b, boardNames: theBoardNames}}
	s.draft()
	s.did(s.office().StartKeys(t.Context(), theSecretary, s.u, 0))
	s.makeKeys(ceremony.StepDone) // and then somebody's device is lost
	old := s.onDisk(s.keyFile(1))
	s.did(s.office().StartKeys(t.Context(), theSecretary, s.u, 0))
	s.upTo(meeting.Closed)
	s.signed()
	k := s.keyFile(1)
	text, err := k.JSON()
	s.ok(err)
	other := stageAt(t, b, meeting.Slips)

	p := s.sit(1)
	p.at("/tally")
	p.button("Mở khóa và làm trên trang này…")
	for _, f := range []struct{ name, path, words string }{
		{"no key file", s.file("a.pdf", []byte("%PDF-1.7")), "Tệp này không phải tệp khóa. Chọn tệp có tên bắt đầu bằng “khoa-”."},
		{"cut short", s.file("b.json", text[:len(text)/2]), "Tệp này không phải tệp khóa."},
		{"another member's", s.onDisk(s.keyFile(2)), "Tệp khóa này là của " + theBoardNames[1] + ". Mỗi thành viên dùng tệp của chính mình."},
		{"another meeting's", other.onDisk(other.keyFile(1)), "Tệp khóa này thuộc cuộc họp khác."},
		{"an old ceremony's", old, "Tệp khóa này thuộc lần tạo khóa trước, nay không dùng nữa. Chọn tệp của lần tạo khóa sau cùng."},
		{"share altered", s.file("c.json", otherDigit(`"share": "`)(text)), "Tệp khóa này đã bị hỏng hoặc bị sửa. Dùng bản sao khác, hoặc gõ khóa hạt giống."},
		{"transcript altered", s.file("d.json", otherDigit(`"polynomial": "`)(text)), "Tệp khóa này đã bị hỏng hoặc bị sửa."},
		{"field missing", s.file("e.json", bytes.Replace(text, []byte(`"sealed"`), []byte(`"Sealed"`), 1)), "Tệp khóa này đã bị hỏng hoặc bị sửa."},
	} {
		p.openKey(f.path)
		p.await(f.name+": "+f.words, func() bool { return p.shows(f.words) })
		p.find("heading", "Mở khóa…")
	}
	for _, typed := range []struct{ seed, words string }{
		{s.seeds[0][1:], "Khóa hạt giống có 22 ký tự, mới gõ 21."},
		{"0" + s.seeds[0][1:], "Có ký tự không dùng trong khóa hạt giống: 0."},
		{s.seeds[1], "Khóa hạt giống này không phải khóa đã dùng khi tạo khóa chung. Kiểm tra lại từng ký tự."},
		{otherSeed(s.seeds[0]), "Khóa hạt giống này không phải khóa đã dùng khi tạo khóa chung."},
	} {
		p.typeSeed(typed.seed)
		p.says(typed.words)
		p.find("heading", "Mở khóa…")
	}

	p.typeSeed(s.seeds[0])
	p.find("heading", "Tệp khóa chưa ghi phần niêm phong…")
	digits := s.papers().Fingerprint().Digits()
	p.await("the digits of the slips", func() bool {
		return strings.Contains(strings.ReplaceAll(p.text(), " ", ""), strings.ReplaceAll(digits, " ", ""))
	})
	p.button("Giống hệt…")
	p.compare()
	saved := p.saveKey()
	p.find("heading", "Đã gửi phần giải mã…")
	s.device(3).contribute()
	p.find("heading", "Kiểm phiếu đã xong…")
	status, err := s.box().Status(t.Context())
	s.ok(err)
	if got := readKeyFile(t, saved); got.Contributed[s.uuid] != fmt.Sprintf("%x", status.EndBallots) || got.Share.String() != k.Share.String() {
		t.Errorf("the new key file records %v", got.Contributed)
	}
	s.onlyRight(nil)
}

// readKeyFile reads a file that a browser saved.
func readKeyFile(t *testing.T, path string) *ceremony.KeyFile {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	k, err := ceremony.ParseKeyFile(text)
	if err != nil {
		t.Fatal(err)
	}
	return k
}
