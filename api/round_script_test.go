package api_test

import (
	"time"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/meeting/staff"
)

// officer takes the steps of rounds in scripts.
var officer = staff.Actor{Role: staff.Superior, ID: "id", Name: "Đỗ Thị Hạnh"}

// withRounds makes the site a superior's.
func (s *script) withRounds() {
	s.Helper()
	s.config.Rounds = newRounds(s.site, time.Now)
	s.handler, s.fill = api.NewWithGate(s.config)
	s.work(s.config.Rounds)
}

// newRound orders a round of two agencies; the key of the first is confirmed.
func (s *script) newRound() {
	s.Helper()
	ctx, office := s.Context(), s.config.Rounds
	_, err := office.SetDirectory(ctx, officer, &round.Directory{Agencies: []round.Agency{
		{ID: "so-noi-vu", Name: "Sở Nội vụ", Kind: "Sở"}, {ID: "so-y-te", Name: "Sở Y tế", Kind: "Sở"},
	}})
	s.ok(err)
	_, err = office.ConfirmKey(ctx, officer, "so-noi-vu", keyOfAgency("so-noi-vu"))
	s.ok(err)
	s.round, err = office.SaveRound(ctx, officer, &round.Round{
		Title: "Lấy phiếu tín nhiệm", Superior: "Ban Thường vụ Tỉnh ủy", Office: "Ban Tổ chức Tỉnh ủy", RuleSet: meeting.RuleSetReg96, SendDays: 1,
		Groups:   []round.Group{{ID: "lead", Name: "Lãnh đạo"}},
		Expected: []round.Expected{{Agency: "so-noi-vu", Group: "lead"}, {Agency: "so-y-te", Group: "lead"}},
	})
	s.ok(err)
}

func (s *script) endRound() {
	s.Helper()
	s.round.Closed = true
	var err error
	s.round, err = s.config.Rounds.SaveRound(s.Context(), officer, s.round)
	s.ok(err)
}

// settle waits until package N is checked.
func (s *script) settle(n int) {
	s.Helper()
	_, err := s.config.Rounds.Settled(s.Context(), s.packageOf("so-noi-vu", n).Claim.Hash)
	s.ok(err)
}

// packageOf is package N of an agency; the second corrects the first, and the
// third does not hold.
func (s *script) packageOf(agency string, n int) parcelOfTest {
	names := []string{"", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"}
	v := newParcel(s.round, round.Expected{Agency: agency, Group: "lead"}, names[n], outcome("Nguyễn Thị Ánh", "Giám đốc", 6, 2, 1, 0))
	switch {
	case agency != "so-noi-vu":
	case n == 2:
		v.Claim.Supersedes, v.Claim.Why = s.packageOf(agency, 1).Claim.Hash, "sửa biên bản"
	case n == 3:
		v.Refuse = "minutes.pdf: không có ai ký"
	}
	return v
}

// parcel returns things about packages.
func (s *script) parcel(name string, n int) string {
	s.Helper()
	switch name {
	case "round":
		return string(s.round.UUID)
	case "package": // N of the agency whose key is confirmed
		return string(s.packageOf("so-noi-vu", n).bytes())
	case "package hash":
		return s.packageOf("so-noi-vu", n).Claim.Hash
	case "held": // N of the other
		return string(s.packageOf("so-y-te", n).bytes())
	case "held hash":
		return s.packageOf("so-y-te", n).Claim.Hash
	case "stranger's package":
		return string(s.packageOf("so-tai-chinh", n).bytes())
	case "foreign package": // under another agency's key
		v := s.packageOf("so-noi-vu", 9)
		v.Claim.Key = keyOfAgency("so-y-te")
		return string(v.bytes())
	}
	s.complain("{%s} is not understood", name)
	return ""
}
