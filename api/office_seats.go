package api

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/meeting/staff"
)

// seatView is somebody's place at the meeting, for the column at the right.
type seatView struct {
	Name  string
	Place meeting.Text
	Taken bool
	Label string // the device
	Since string
}

// seats are the places that were handed out and not taken back.
func (v *visit) seats() ([]seatView, error) {
	list, err := v.register.Seats(v.c.Request.Context(), v.m.UUID)
	if err != nil {
		return nil, err
	}
	var views []seatView
	for _, s := range list {
		if !s.Revoked {
			views = append(views, seatView{Name: s.Name, Place: v.placeText(s.Role, s.Index), Taken: s.Taken(), Label: s.Label, Since: since(s.Claimed)})
		}
	}
	return views, nil
}

func since(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return clock(t)
}

// placeText names a seat: the chair's, a member's with the office, an auditor's.
func (v *visit) placeText(role staff.Role, index int) meeting.Text {
	if role == staff.Member && index >= 1 && index <= len(v.m.Board) {
		office := officeText(v.m.Board[index-1].Office)
		return meeting.Text{Vi: office.Vi + ", Ban kiểm phiếu", En: office.En}
	}
	return roleName(role)
}

// place is a row of the page that hands seats over.
type place struct {
	Role   staff.Role
	Index  int
	Name   string
	Text   meeting.Text
	Seat   string // ID of the seat, or empty as long as there is none
	Issued int    // links made so far
	Taken  bool
	Label  string
	Since  string
	// Other is the name under which the seat was handed over, if the plan or
	// the board has another one by now.
	Other string
}

// seatsData is what the page that hands seats over shows.
type seatsData struct {
	Places []place
	Uses   []seatUse
}

// seatUse is an entry of the log about a seat.
type seatUse struct {
	Time, Name, Device string
	What               meeting.Text
	Refused            bool
}

func (v *visit) seatsPage() (any, error) {
	seats, err := v.register.Seats(v.c.Request.Context(), v.m.UUID)
	if err != nil {
		return nil, err
	}
	uses, err := v.seatUses()
	return seatsData{Places: v.places(seats), Uses: uses}, err
}

// places are the seats that the meeting needs, and those of auditors.
func (v *visit) places(seats []staff.Seat) []place {
	list := []place{{Role: staff.Chair, Name: v.m.Plan.Chair}}
	for i, b := range v.m.Board {
		list = append(list, place{Role: staff.Member, Index: i + 1, Name: b.Name})
	}
	for _, s := range seats {
		if s.Role == staff.Auditor && !s.Revoked {
			list = append(list, place{Role: staff.Auditor, Name: s.Name})
		}
	}
	for i := range list {
		p := &list[i]
		p.Text = v.placeText(p.Role, p.Index)
		for _, s := range seats {
			if s.Revoked || s.Role != p.Role || s.Index != p.Index || (p.Role == staff.Auditor && s.Name != p.Name) {
				continue
			}
			p.Seat, p.Issued, p.Taken, p.Label, p.Since = s.ID, s.Issued, s.Taken(), s.Label, since(s.Claimed)
			if s.Name != p.Name {
				p.Other = s.Name
			}
		}
	}
	return list
}

// seatActions are the entries of the log about seats, and what people read.
var seatActions = map[string]meeting.Text{
	"seat.create":  {Vi: "Cấp liên kết lần đầu", En: "First link made"},
	"seat.issue":   {Vi: "Cấp liên kết mới, liên kết cũ hết hiệu lực", En: "New link made; the old one is void"},
	"seat.enter":   {Vi: "Vào phòng họp", En: "Entered"},
	"seat.refused": {Vi: "Bị từ chối: liên kết đang dùng trên thiết bị khác", En: "Refused: another device has the seat"},
	"seat.leave":   {Vi: "Rời phòng họp", En: "Left"},
	"seat.revoke":  {Vi: "Thu hồi liên kết", En: "Revoked"},
}

// seatUses are the entries of the log about seats of this meeting, the newest
// first.
func (v *visit) seatUses() ([]seatUse, error) {
	var uses []seatUse
	for from := 0; ; {
		page, err := v.Audit.Entries(v.c.Request.Context(), v.m.UUID, from, auditPiece)
		if err != nil {
			return nil, err
		}
		for _, e := range page {
			if text, ok := seatActions[e.Action]; ok {
				uses = append(uses, newSeatUse(e, text))
			}
		}
		if len(page) < auditPiece {
			break
		}
		from = page[len(page)-1].Number + 1
	}
	for i, j := 0, len(uses)-1; i < j; i, j = i+1, j-1 {
		uses[i], uses[j] = uses[j], uses[i]
	}
	return uses, nil
}

// auditPiece is how many entries of the log are read at a time.
const auditPiece = 500

func newSeatUse(e audit.Entry, text meeting.Text) seatUse {
	return seatUse{
		Time: clock(e.Time), Name: e.Detail["name"], Device: e.Detail["device"], What: text, Refused: e.Action == "seat.refused",
	}
}

// issueSeat makes a link for a place, or a new one, and shows it once.
func (v *visit) issueSeat() (string, error) {
	index, _ := strconv.Atoi(v.typed.Get("index"))
	want := staff.Seat{Meeting: v.m.UUID, Role: staff.Role(v.typed.Get("role")), Index: index, Name: v.typed.Get("name")}
	switch want.Role {
	case staff.Chair:
		want.Name = v.m.Plan.Chair
	case staff.Member:
		if index < 1 || index > len(v.m.Board) {
			return "", staff.ErrNoSeat
		}
		want.Name = v.m.Board[index-1].Name
	}
	if strings.TrimSpace(want.Name) == "" {
		return "", v.nameless(want.Role)
	}
	seat, token, err := v.linkFor(want)
	if err != nil {
		return "", err
	}
	return "", v.showLink(seat, token)
}

// nameless refuses a seat for nobody.
func (v *visit) nameless(role staff.Role) error {
	if role == staff.Chair {
		return wrong("", "Ghi tên người chủ trì trong kế hoạch trước khi cấp liên kết.", "Write the chair's name into the plan first.")
	}
	return wrong("auditor", "Ghi họ tên người kiểm tra.", "Write the auditor's name.")
}

// linkFor returns a new link for a seat. Where the name has changed, the old
// seat ends and the new person has one of their own.
func (v *visit) linkFor(want staff.Seat) (staff.Seat, string, error) {
	ctx := v.c.Request.Context()
	seats, err := v.register.Seats(ctx, v.m.UUID)
	if err != nil {
		return staff.Seat{}, "", err
	}
	for _, s := range seats {
		switch {
		case s.Revoked || !s.SamePlace(want):
		case s.Name == want.Name:
			return v.register.Reissue(ctx, v.actor, s.ID)
		default:
			if err := v.register.Revoke(ctx, v.actor, s.ID); err != nil {
				return staff.Seat{}, "", err
			}
		}
	}
	return v.register.NewSeat(ctx, v.actor, want)
}

// newLinkData is a new link, shown once.
type newLinkData struct {
	Name  string
	Place meeting.Text
	Link  *linkView
}

// showLink draws the page with the link of a seat, for this one time.
func (v *visit) showLink(s staff.Seat, token string) error {
	link, err := v.seatLink(s, token)
	if err != nil {
		return err
	}
	v.typed = nil
	return v.show(officePage{
		id: "link", title: meeting.Text{Vi: "Liên kết vào phòng họp", En: "Link to the meeting"},
		data: func(v *visit) (any, error) { return newLinkData{s.Name, v.placeText(s.Role, s.Index), link}, nil },
	}, http.StatusOK)
}

// revokeSeat ends a seat for good.
func (v *visit) revokeSeat() (string, error) {
	seats, err := v.register.Seats(v.c.Request.Context(), v.m.UUID)
	if err != nil {
		return "", err
	}
	for _, s := range seats {
		if s.ID == v.typed.Get("seat") {
			return "", v.register.Revoke(v.c.Request.Context(), v.actor, s.ID)
		}
	}
	return "", staff.ErrNoSeat
}
