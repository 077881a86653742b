package api

import (
	"errors"
	"slices"
	"strings"

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
	Digits     string // of the policy, for people to compare
	Parties    string // the policy in its one spelling, of which the digits are
	Witnesses  []witnessView
	Stopped    *trouble // why the log is not signed, and what to do
	Without    string   // witnesses whose answer an operator told the server not to wait for
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
	Trouble  *trouble
}

// A trouble is what is wrong, in plain words.
type trouble struct {
	meeting.Text
	Raw string // the words of the program, where they say more
}

// entryNames are what entries say.
var entryNames = map[string]meeting.Text{
	ledger.KindSealed: {Vi: "Đã niêm phong", En: "Sealed"},
	ledger.KindClosed: {Vi: "Đã đóng hòm phiếu; một mã chung cho mọi mã tra cứu", En: "Closed; one hash over all trackers"},
	ledger.KindResult: {Vi: "Đã kiểm phiếu; mã của kết quả, biên bản, báo cáo được ghi kín", En: "Counted; the hashes of result, minutes and report are sealed"},
	ledger.KindOpened: {Vi: "Đã công bố; mã của kết quả, biên bản, báo cáo được công bố", En: "Released; the hashes of result, minutes and report are published"},
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
	d.Required, d.Key, d.Checkpoint = v.office.NeedsLog(v.m), v.Ledger.Key.String(), string(state.Checkpoint)
	d.Entries, d.Waiting = max(0, state.Published), max(0, state.Signed)-max(0, state.Published)
	d.Stopped, d.Without = whyStopped(state), strings.Join(state.Without, ", ")
	policy, err := ledger.ParsePolicy(v.Ledger.Policy())
	if err != nil {
		return nil, err
	}
	d.Digits, d.Parties = policy.Digits(v.Ledger.Key), string(policy.Canonical(v.Ledger.Key))
	for _, evidence := range state.Evidence {
		d.Evidence = append(d.Evidence, string(evidence))
	}
	for _, w := range v.Ledger.Settings.Witnesses {
		d.Witnesses = append(d.Witnesses, witnessView{w.Name, slices.Contains(state.Cosigned, w.Name), witnessTrouble(state.Trouble[w.Name])})
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
func whyStopped(s witness.State) *trouble {
	round := s.Trouble[""]
	switch {
	case errors.Is(s.Fault, ledger.ErrFork):
		return plainTrouble(meeting.Text{
			Vi: "Sổ công bố dừng lại: có người chứng kiến đã thấy một sổ khác, cũng ký bằng khóa của máy chủ này. Bỏ phiếu và kiểm phiếu vẫn tiếp tục. Giữ nguyên máy chủ, sao chép thư mục dữ liệu, gửi bằng chứng dưới đây cho cấp trên và mọi người chứng kiến. Ai có khóa này đã ký hai lịch sử khác nhau.",
			En: "The public log has stopped: a witness has seen another log, signed with this server's key too. Voting and counting go on. Leave the server as it is, copy its data folder, and send the evidence below to the superior and to all witnesses. Whoever holds the key has signed two different histories.",
		}, nil)
	case s.Fault != nil:
		return plainTrouble(meeting.Text{
			Vi: "Sổ công bố dừng lại: dữ liệu trên máy này cũ hơn, hoặc khác, dữ liệu đã được người chứng kiến xác nhận; thường do khôi phục từ bản sao lưu cũ. Máy chủ không ghi và không ký gì thêm vào sổ. Bỏ phiếu và kiểm phiếu vẫn tiếp tục. Việc cần làm: dừng máy chủ, sao chép thư mục dữ liệu. Nếu có thể chính người chứng kiến sai (tên ghi ở dưới), đối chiếu với họ trước. Rồi khôi phục bản sao lưu mới hơn, hoặc chạy lại với --recover-log và một bản sao của sổ. Nếu không có bản sao lưu mới hơn và cũng không có bản sao của sổ, lập sổ mới dưới tên mới và báo cho mọi người chứng kiến.",
			En: "The public log has stopped: the data on this machine are older than, or other than, those that witnesses have seen; usually after a restore from an old backup. The server writes and signs nothing more in the log. Voting and counting go on. What to do: stop the server, copy its data folder. If it may be the witness that errs (it is named below), compare with them first. Then restore a newer backup, or start with --recover-log and a copy of the log. If there is neither a newer backup nor a copy of the log, begin a log under a new name and tell all witnesses.",
		}, s.Fault)
	case errors.Is(round, meeting.ErrContradicted):
		return plainTrouble(meeting.Text{
			Vi: "Sổ công bố ghi về một cuộc bỏ phiếu khác với hòm phiếu trên máy này; máy chủ không tự sửa. Giữ nguyên máy chủ, sao chép thư mục dữ liệu và báo người phụ trách, kèm dòng dưới đây.",
			En: "The public log says something else of a poll than its box on this machine; the server does not mend that by itself. Leave the server as it is, copy its data folder, and tell who is in charge, with the line below.",
		}, round)
	case !s.Guarded && len(s.Silent) > 0:
		names := strings.Join(s.Silent, ", ")
		return plainTrouble(meeting.Text{
			Vi: "Sổ công bố đang chờ " + names + " trả lời đã thấy sổ đến đâu; trước đó máy chủ không ghi và không ký gì vào sổ, vì dữ liệu ở đây có thể là bản khôi phục cũ. Bỏ phiếu và kiểm phiếu vẫn tiếp tục; máy chủ tự hỏi lại và tự ghi tiếp ngay khi được trả lời. Nơi nào chưa biết sổ này thì chạy lại chương trình chứng kiến với --log và khóa của sổ ghi ở dưới. Nếu người chứng kiến đó không còn trả lời được, người phụ trách máy chủ chạy lại với --without-witness và tên đó.",
			En: "The public log waits for " + names + " to tell what they have seen. Until then nothing is written or signed in it, for the data here may be an old copy restored. Voting and counting go on; the server asks again by itself, and goes on as soon as it is answered. A witness that does not know this log must be started with --log and the log's key, which stands below. If a witness can answer no more, who runs the server starts it again with --without-witness and that name.",
		}, nil)
	}
	return nil
}

// plainTrouble says it in plain words, and behind them in those of an error, if
// there is one.
func plainTrouble(text meeting.Text, err error) *trouble {
	t := &trouble{Text: text}
	if err != nil {
		t.Raw = err.Error()
	}
	return t
}

// witnessTrouble says in plain words what is wrong with a witness.
func witnessTrouble(err error) *trouble {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, witness.ErrNoAnswer):
		return plainTrouble(meeting.Text{Vi: "không liên lạc được; máy chủ tự hỏi lại", En: "cannot be reached; the server asks again by itself"}, nil)
	case errors.Is(err, ledger.ErrUnknownLog):
		return plainTrouble(meeting.Text{Vi: "không theo dõi sổ này: nơi đó phải chạy lại với --log và khóa của sổ", En: "does not watch this log: it must be started with --log and the log's key"}, nil)
	case errors.Is(err, ledger.ErrFork):
		return plainTrouble(meeting.Text{Vi: "từ chối: đã thấy một sổ khác", En: "refuses: it has seen another log"}, nil)
	case errors.Is(err, ledger.ErrRolledBack):
		return plainTrouble(meeting.Text{Vi: "từ chối: đã thấy sổ dài hơn", En: "refuses: it has seen a longer log"}, nil)
	}
	return plainTrouble(meeting.Text{Vi: "không trả lời được", En: "no good answer"}, err)
}

// unlogged is what the public log still lacks, where a result may not be
// released without it.
func (v *visit) unlogged() ([]meeting.Text, error) {
	if v.Ledger == nil || !v.office.NeedsLog(v.m) || !v.counted() {
		return nil, nil
	}
	return v.office.Unlogged(v.c.Request.Context(), v.m)
}
