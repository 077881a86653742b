package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/crypto/threshold"
	"github.com/homphieu/homphieu/crypto/threshold/ceremony"
	"github.com/homphieu/homphieu/meeting"
)

// A ring is a ceremony of which the first member sits before a browser, and the
// others' devices follow.
type ring struct {
	*stage
	page   *person
	others []*device
}

// newRing takes a meeting to the ceremony and lets the first member make a seed.
func newRing(t *testing.T, b *browser) *ring {
	t.Helper()
	s := stageAt(t, b, meeting.Keys)
	r := &ring{s, s.sit(1), []*device{s.device(2), s.device(3)}}
	r.page.at("/keys")
	r.begin()
	return r
}

// begin lets everybody make new seeds and say hello.
func (r *ring) begin() {
	r.Helper()
	r.page.makeSeed()
	r.newHolders(r.page.seed, threshold.NewSeed(), threshold.NewSeed())
	r.follow(ceremony.StepHello)
}

// follow lets the others send their messages of a step when it has come.
func (r *ring) follow(step ceremony.Step) {
	r.Helper()
	r.come(step)
	for _, d := range r.others {
		d.speak(step)
	}
}

// come waits for a step.
func (r *ring) come(step ceremony.Step) {
	r.Helper()
	r.page.await("the step "+step.String(), func() bool { return r.transcript().Step() == step })
}

// said waits until the page has sent its message of a step.
func (r *ring) said(step ceremony.Step) {
	r.Helper()
	r.page.await("the page's "+step.String(), func() bool { return r.transcript().Sent(step, 1) })
}

// tickAll ticks what the others have read aloud.
func (r *ring) tickAll() {
	r.Helper()
	r.page.find("heading", "Đọc và so bốn chữ số…")
	for i, digits := range r.page.digits() {
		if digits != r.transcript().Digits(i+1) {
			r.Errorf("member %d has the digits %s, read %s", i+1, digits, r.transcript().Digits(i+1))
		}
	}
	r.page.tick("heard-2")
	r.page.tick("heard-3")
}

// compare lets everybody agree that the digits are right.
func (r *ring) compare() {
	r.Helper()
	r.tickAll()
	r.page.button("Chữ số của mọi người đều đúng…")
	r.follow(ceremony.StepCommit)
}

// finish goes on from the reveals to the end.
func (r *ring) finish() {
	r.Helper()
	r.follow(ceremony.StepReveal)
	r.follow(ceremony.StepKey)
	r.page.saveKey()
	r.follow(ceremony.StepDone)
	r.page.find("heading", "Đã tạo xong khóa chung…")
	if c := r.stored().Ceremony; c.State != meeting.CeremonyDone {
		r.Errorf("the ceremony is %s", c.State)
	}
}

// stopped waits until the page says whose message does not hold, and at which
// step, and fails if it has sent more than its n messages.
func (r *ring) stopped(name, step string, n int) {
	r.Helper()
	r.page.says("Dữ liệu mang tên " + name + " không đúng ở bước “" + step + "”.")
	r.page.find("heading", "Dừng lại: kiểm tra không đạt…")
	r.page.says("Máy này không gửi gì thêm.")
	if sent := r.posted(r.page.base + "/api/ceremony"); sent != n {
		r.Errorf("the page has sent %d messages, want %d", sent, n)
	}
}

// again lets the secretary begin again; the page goes on by itself.
func (r *ring) again(p *person) {
	r.Helper()
	before := r.stored().Ceremony.ID
	p.at("/keys")
	p.confirm("Tạo khóa lại từ đầu", "Bắt đầu với Ban kiểm phiếu 3 người…")
	r.page.find("button", "Tạo khóa hạt giống…")
	if id := r.stored().Ceremony.ID; id == before {
		r.Error("the ceremony has the old name")
	}
}

// testCertificateExchanged shows the page another certificate than the one that
// was announced; the next ceremony comes to its end.
func testCertificateExchanged(t *testing.T, b *browser) {
	r := newRing(t, b)
	r.said(ceremony.StepCertificate)
	true2, false2 := r.message(2), r.certificateOfAnother(2)
	r.lie(r.page.base+"/api/ceremony", func(text []byte) []byte { return bytes.Replace(text, true2, false2, 1) })
	r.others[0].speak(ceremony.StepCertificate)
	r.stopped(r.boardNames[1], "Các máy trao đổi chứng thư", 2)
	r.others[1].speak(ceremony.StepCertificate)
	r.come(ceremony.StepCommit)
	r.others[0].speak(ceremony.StepCommit)
	r.stopped(r.boardNames[1], "Các máy trao đổi chứng thư", 2)
	r.lie(r.page.base+"/api/ceremony", nil)

	r.again(r.desktop(r.account()))
	r.begin()
	r.follow(ceremony.StepCertificate)
	r.compare()
	r.finish()
}

// certificateOfAnother is the certificate that member i would have sent with
// another seed.
func (r *ring) certificateOfAnother(i int) []byte {
	r.Helper()
	t, err := ceremony.New(r.transcript().Terms())
	r.ok(err)
	var m *ceremony.Member
	for j := range t.Terms().Size {
		one, err := ceremony.NewMember(t.Terms(), threshold.NewSeed(), j+1)
		r.ok(err)
		hello, err := one.Next(t)
		r.ok(err)
		r.ok(t.Add(hello))
		if j+1 == i {
			m = one
		}
	}
	text, err := m.Next(t)
	r.ok(err)
	return text
}

// testComplaint gives the page a bad share: once the server alters it, once the
// member who made it.
func testComplaint(t *testing.T, b *browser) {
	r := newRing(t, b)
	r.follow(ceremony.StepCertificate)
	r.compare()
	r.said(ceremony.StepReveal)
	r.lie(r.page.base+"/api/ceremony", r.alterShare(3))
	r.others[1].speak(ceremony.StepReveal)
	r.stopped(r.boardNames[2], "Các máy trao đổi phần khóa", 4)
	r.lie(r.page.base+"/api/ceremony", nil)

	secretary := r.desktop(r.account())
	r.again(secretary)
	r.begin()
	r.follow(ceremony.StepCertificate)
	r.compare()
	r.come(ceremony.StepReveal)
	r.others[0].post("/api/ceremony", r.badReveal())
	r.others[1].speak(ceremony.StepReveal)
	r.page.find("heading", "Lần tạo khóa này đã dừng…")
	r.page.says(fmt.Sprintf("Máy của %s báo: phần khóa nhận từ máy của %s không đúng.", r.boardNames[0], r.boardNames[1]))
	secretary.at("/keys")
	secretary.says("Tạo khóa không thành. " + r.boardNames[0] + " → " + r.boardNames[1])
	r.again(secretary)
}

// alterShare changes what member i has sealed to the first.
func (r *ring) alterShare(i int) func([]byte) []byte {
	r.Helper()
	message := fmt.Appendf(nil, `"type":"homphieu-reveal-v1","ceremony":"%s","index":%d`, r.stored().Ceremony.ID, i)
	return func(text []byte) []byte {
		at := bytes.Index(text, message)
		if at < 0 {
			return text
		}
		text = bytes.Clone(text)
		at += bytes.Index(text[at:], []byte(`"shares":["`)) + len(`"shares":["`)
		text[at+80] = '1' + (text[at+80]-'0')%9
		return text
	}
}

// badReveal is the second member's message with a share that the first cannot
// open, signed as it should be.
func (r *ring) badReveal() []byte {
	r.Helper()
	var v struct {
		Type      string          `json:"type"`
		Ceremony  string          `json:"ceremony"`
		Index     int             `json:"index"`
		Coefexps  json.RawMessage `json:"coefexps"`
		Signature json.RawMessage `json:"signature"`
		Shares    []string        `json:"shares"`
		Statement json.RawMessage `json:"statement"`
	}
	r.ok(json.Unmarshal(r.message(2), &v))
	v.Shares[0] = v.Shares[2]
	shares, err := json.Marshal(v.Shares)
	r.ok(err)
	statement := fmt.Sprintf("homphieu-reveal-v1|%s|%s|2|%x|%x", r.uuid, v.Ceremony, sha256.Sum256(r.certificates()), sha256.Sum256(shares))
	v.Statement = threshold.Sign(threshold.SigningKey(r.seeds[1]), []byte(statement)).AppendJSON(nil)
	text, err := json.Marshal(v)
	r.ok(err)
	return text
}

// certificates is the list of all certificate messages.
func (r *ring) certificates() []byte {
	r.Helper()
	var t struct{ Messages []json.RawMessage }
	r.ok(json.Unmarshal([]byte(r.stored().Ceremony.Transcript), &t))
	var list []string
	for _, m := range t.Messages {
		if bytes.HasPrefix(m, []byte(`{"type":"homphieu-certificate-v1"`)) {
			list = append(list, string(m))
		}
	}
	return []byte("[" + strings.Join(list, ",") + "]")
}

// testRestartKeys stops the server while digits are compared.
func testRestartKeys(t *testing.T, b *browser) {
	r := newRing(t, b)
	r.follow(ceremony.StepCertificate)
	r.tickAll()
	r.stop()
	r.page.button("Chữ số của mọi người đều đúng…")
	r.page.says("Chưa kết nối được với máy chủ. Trang này tự thử lại, không có gì bị mất.")
	r.start()
	r.follow(ceremony.StepCommit)
	r.finish()
}
