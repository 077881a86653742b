package api

import (
	"errors"
	"slices"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/tally/ledger"
	"github.com/homphieu/homphieu/tally/ledger/witness"
)

// logData is what the page of the public log shows.
type logData struct {
	Kept       bool // the server keeps one
	Required   bool
	Papers     []paperEntries
	Entries    int64  // under the published checkpoint
	Waiting    int64  // signed beyond it
	Checkpoint string // the published one, as it is signed
	Key        string
	Witnesses  []witnessView
	Stopped    *meeting.Text // why the log is not signed, and what to do
	Evidence   []string
}

// paperEntries are what the log says of one ballot paper.
type paperEntries struct {
	Title   string
	UUID    ballot.UUID
	Entries []entryView
	Salt    string // of a released result that the log does not open
}

// An entryView is an entry as people read it.
type entryView struct {
	Number    int64
	Name      meeting.Text
	Published bool
}

// A witnessView is a witness and what is known of it.
type witnessView struct {
	Name     string
	Cosigned bool
	Trouble  *meeting.Text
}

// entryNames are what entries say.
var entryNames = map[string]meeting.Text{
	ledger.KindSealed: {Vi: "Đã niêm phong", En: "Sealed"},
	ledger.KindClosed: {Vi: "Đã đóng hòm phiếu; gốc của mọi mã tra cứu", En: "Closed; the root over all trackers"},
	ledger.KindResult: {Vi: "Đã kiểm phiếu; kết quả, biên bản, báo cáo được cam kết", En: "Counted; committed to result, minutes and report"},
	ledger.KindOpened: {Vi: "Đã công bố; cam kết được mở", En: "Released; the commitments are opened"},
}

func (v *visit) logPage() (any, error) {
	d := logData{Kept: v.Ledger != nil}
	if !d.Kept {
		return d, nil
	}
	state, err := v.Ledger.State(v.c.Request.Context())
	if err != nil {
		return nil, err
	}
	d.Required, d.Key, d.Checkpoint = v.Ledger.Required(), v.Ledger.Key.String(), string(state.Checkpoint)
	d.Entries, d.Waiting = max(0, state.Published), max(0, state.Signed)-max(0, state.Published)
	d.Stopped = whyStopped(state)
	for _, evidence := range state.Evidence {
		d.Evidence = append(d.Evidence, string(evidence))
	}
	for _, w := range v.Ledger.Settings.Witnesses {
		d.Witnesses = append(d.Witnesses, witnessView{w.Name, slices.Contains(state.Cosigned, w.Name), troubleText(state.Trouble[w.Name])})
	}
	if !v.m.HasBoxes() {
		return d, nil
	}
	for i, p := range v.m.Papers {
		paper, err := v.paperEntries(i, p, d.Entries)
		if err != nil {
			return nil, err
		}
		d.Papers = append(d.Papers, paper)
	}
	return d, nil
}

func (v *visit) paperEntries(i int, p meeting.Paper, published int64) (paperEntries, error) {
	view := paperEntries{Title: p.Title, UUID: p.UUID}
	list, err := v.Ledger.Standing(v.c.Request.Context(), p.UUID)
	if err != nil {
		return view, err
	}
	for _, e := range list {
		view.Entries = append(view.Entries, entryView{e.Number, entryNames[e.Body.Kind()], e.Number < published})
	}
	if v.m.Published && !v.m.Opens() && i < len(v.m.Records) {
		view.Salt = v.m.Records[i].Salt
	}
	return view, nil
}

// whyStopped says in plain words why the log is not signed, and what to do.
func whyStopped(s witness.State) *meeting.Text {
	round := s.Trouble[""]
	switch {
	case errors.Is(s.Fault, ledger.ErrFork):
		return &meeting.Text{
			Vi: "Sổ công bố dừng lại: có người chứng kiến đã thấy một sổ khác, cũng ký bằng khóa của máy chủ này. Bỏ phiếu và kiểm phiếu vẫn tiếp tục. Giữ nguyên máy chủ, sao chép thư mục dữ liệu, gửi bằng chứng dưới đây cho cấp trên và mọi người chứng kiến. Ai có khóa này đã ký hai lịch sử khác nhau.",
			En: "The public log has stopped: a witness has seen another log, signed with this server's key too. Voting and counting go on. Leave the server as it is, copy its data folder, and send the evidence below to the superior and to all witnesses. Whoever holds the key has signed two different histories.",
		}
	case s.Fault != nil:
		return &meeting.Text{
			Vi: "Sổ công bố dừng lại: dữ liệu trên máy này cũ hơn, hoặc khác, dữ liệu đã được người chứng kiến xác nhận; thường do khôi phục từ bản sao lưu cũ. Máy chủ không ghi và không ký gì thêm vào sổ. Bỏ phiếu và kiểm phiếu vẫn tiếp tục. Việc cần làm: dừng máy chủ, sao chép thư mục dữ liệu; rồi khôi phục bản sao lưu mới hơn, hoặc chạy lại với --recover-log và một bản sao của sổ. Nếu không có cả hai, lập sổ mới dưới tên mới và báo cho mọi người chứng kiến.",
			En: "The public log has stopped: the data on this machine are older than, or other than, those that witnesses have seen; usually after a restore from an old backup. The server writes and signs nothing more in the log. Voting and counting go on. What to do: stop the server, copy its data folder; then restore a newer backup, or start with --recover-log and a copy of the log. If there is neither, begin a log under a new name and tell all witnesses.",
		}
	case errors.Is(round, meeting.ErrContradicted):
		return &meeting.Text{
			Vi: "Sổ công bố ghi về một cuộc bỏ phiếu khác với hòm phiếu trên máy này; máy chủ không tự sửa. Giữ nguyên máy chủ, sao chép thư mục dữ liệu và báo người phụ trách: " + round.Error(),
			En: "The public log says something else of a poll than its box on this machine; the server does not mend that by itself. Leave the server as it is, copy its data folder, and tell who is in charge: " + round.Error(),
		}
	case !s.Guarded && errors.Is(round, ledger.ErrUnguarded):
		return &meeting.Text{
			Vi: "Sổ công bố đang chờ: máy chủ chưa hỏi được đủ người chứng kiến xem họ đã thấy sổ đến đâu, nên chưa ghi và chưa ký gì. Bỏ phiếu và kiểm phiếu vẫn tiếp tục; máy chủ tự hỏi lại.",
			En: "The public log waits: not enough witnesses have told yet what they have seen, so nothing is written or signed. Voting and counting go on; the server asks again by itself.",
		}
	}
	return nil
}

// troubleText says in plain words what is wrong with a witness.
func troubleText(err error) *meeting.Text {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, witness.ErrNoAnswer):
		return &meeting.Text{Vi: "không liên lạc được; máy chủ tự hỏi lại", En: "cannot be reached; the server asks again by itself"}
	case errors.Is(err, ledger.ErrUnknownLog):
		return &meeting.Text{Vi: "không theo dõi sổ này: nơi đó phải chạy lại với --log và khóa của sổ", En: "does not watch this log: it must be started with --log and the log's key"}
	case errors.Is(err, ledger.ErrFork):
		return &meeting.Text{Vi: "từ chối: đã thấy một sổ khác", En: "refuses: it has seen another log"}
	case errors.Is(err, ledger.ErrRolledBack):
		return &meeting.Text{Vi: "từ chối: đã thấy sổ dài hơn", En: "refuses: it has seen a longer log"}
	}
	return &meeting.Text{Vi: "không trả lời được: " + err.Error(), En: "no good answer: " + err.Error()}
}

// unlogged is what the public log still lacks, where a result may not be
// released without it.
func (v *visit) unlogged() ([]meeting.Text, error) {
	if v.Ledger == nil || !v.Ledger.Required() || !v.counted() {
		return nil, nil
	}
	return v.office.Unlogged(v.c.Request.Context(), v.m)
}
