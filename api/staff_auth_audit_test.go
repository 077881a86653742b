package api_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/meeting/staff"
)

// note writes n entries about a meeting.
func (o *office) note(meeting ballot.UUID, n int) {
	o.Helper()
	for i := range n {
		_, err := o.store.Append(o.Context(), audit.Draft{
			Time: o.time, Meeting: meeting, Actor: audit.Actor{Role: "chair", Name: "Lê <Bình>", ID: "id"},
			Action: "meeting.open", Detail: map[string]string{"n": fmt.Sprint(i)},
		})
		o.ok(err)
	}
}

// entriesOn are the numbers of the entries that a page shows.
func entriesOn(page string) (list []string) {
	for _, found := range regexp.MustCompile(`data-label="Số · No\.">(\d+)<`).FindAllStringSubmatch(page, -1) {
		list = append(list, found[1])
	}
	return list
}

func TestAuditPage(t *testing.T) {
	o := newOffice(t)
	p := o.administrator() // two entries
	o.note("22222222222222", 150)
	o.note("33333333333333", 3)
	head, err := o.store.Head(t.Context())
	o.ok(err)
	page := p.get("/staff/audit", http.StatusOK)
	o.has(page, "✓ Đã kiểm tra cả chuỗi: 155 dòng", "The whole chain was checked: 155", ballot.Digits(head.Hash), "Lê &lt;Bình&gt;", "Mở bỏ phiếu", "Voting opened", "22/11/2026 15:01:00", "!class=\"overline\"><a href=\"/staff/seats")
	if list := entriesOn(page); len(list) != 100 || list[0] != "154" || list[99] != "55" {
		t.Errorf("%v", list)
	}
	o.has(page, `href="/staff/audit?back=1"`, "!Mới hơn")
	page = p.get("/staff/audit?back=1", http.StatusOK)
	if list := entriesOn(page); len(list) != 55 || list[0] != "54" || list[54] != "0" {
		t.Errorf("%v", list)
	}
	o.has(page, `href="/staff/audit?back=0"`, "!Cũ hơn", "In liên kết tạo quản trị viên ở máy chủ", "Đặt mật khẩu lần đầu")
	if list := entriesOn(p.get("/staff/audit?back=7", http.StatusOK)); len(list) > 0 && list[0] == "154" {
		t.Errorf("%v", list)
	}

	page = p.get("/staff/audit?meeting=22222222222222", http.StatusOK)
	if list := entriesOn(page); len(list) != 100 || list[0] != "151" {
		t.Errorf("%v", list)
	}
	o.has(page, "155 dòng", `href="/staff/audit?back=1&amp;meeting=22222222222222"`, `value="22222222222222"`)
	for _, nobody := range []string{"44444444444444", "%3Cscript%3E", "../x"} {
		o.has(p.get("/staff/audit?back=1&meeting="+nobody, http.StatusOK), "Chưa có dòng nào", "!<script>")
	}
}

// A seat sees what was done at its meeting, and nothing of others.
func TestAuditOfASeat(t *testing.T) {
	o := newOffice(t)
	o.note("33333333333333", 2)
	seat, token, err := o.register().NewSeat(t.Context(), staff.Actor{Role: staff.Secretary, ID: "id", Name: "Trần Đạt"}, staff.Seat{Meeting: "22222222222222", Role: staff.Auditor, Name: "Ánh"})
	o.ok(err)
	d := o.device()
	d.enterWith(seat.ID+"."+token).want(http.StatusSeeOther, "")
	page := d.get("/staff/seats/"+seat.ID+"/audit?meeting=33333333333333", http.StatusOK)
	if list := entriesOn(page); fmt.Sprint(list) != "[3 2]" {
		t.Errorf("%v", list)
	}
	o.has(page, "4 dòng", `href="/staff/seats/`+seat.ID+`"`, "!<select", "!/staff/audit/export", "!/staff/logout")
	d.script().send("GET", "/staff/audit/export", nil).want(http.StatusUnauthorized, "session-expired")
}

// The exported log is what Verify reads, up to the head that the page shows.
func TestAuditExport(t *testing.T) {
	o := newOffice(t)
	p := o.administrator()
	o.note("22222222222222", 5)
	a := p.send("GET", "/staff/audit/export", nil)
	head, err := audit.Verify(strings.NewReader(a.body))
	o.ok(err)
	if want, err := o.store.Head(t.Context()); err != nil || head != want || head.Length != 7 {
		t.Errorf("%+v, want %+v", head, want)
	}
	if got := a.Header.Get("Content-Type") + " " + a.Header.Get("Content-Disposition"); got != `application/jsonl; charset=utf-8 attachment; filename="homphieu-audit.jsonl"` {
		t.Errorf("%s", got)
	}
	if _, err := audit.Verify(strings.NewReader(strings.Replace(a.body, "Lê", "Lý", 1))); err == nil {
		t.Error("a changed name was not seen")
	}
}

// changedLog is a log of which somebody changed an entry.
type changedLog struct{ audit.Store }

func (l changedLog) Entries(ctx context.Context, meeting ballot.UUID, from, limit int) ([]audit.Entry, error) {
	list, err := l.Store.Entries(ctx, meeting, from, limit)
	for i := range list {
		if list[i].Number == 3 {
			list[i].Actor.Name = "Somebody else"
		}
	}
	return list, err
}

// A log that was changed is said to be, with the place; it is still shown.
func TestAuditTampered(t *testing.T) {
	o := newOffice(t)
	p := o.administrator()
	o.note("22222222222222", 5)
	o.config.Audit = changedLog{o.store}
	o.handler, o.fill = api.NewWithGate(o.config)
	page := p.get("/staff/audit", http.StatusOK)
	o.has(page, "✗ Nhật ký đã bị sửa hoặc hỏng", "The log was changed or is damaged", "entry 4: does not name the one before", "!✓ Đã kiểm tra")
	if list := entriesOn(page); len(list) != 7 {
		t.Errorf("%v", list)
	}
}
