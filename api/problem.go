package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
)

// Errors that only HTTP has.
var (
	errNoRoute     = errors.New("route: none")
	errMethod      = errors.New("method: not allowed here")
	errPanic       = errors.New("panic")
	errTooLarge    = errors.New("body: larger than any ballot")
	errBusy        = errors.New("gate: too many wait")
	errMembersOnly = errors.New("archive: for members only")
	errHash        = errors.New("hash: not 64 lower-case hexadecimal digits")
	errUnknownSlip = errors.New("slip: unknown")
	errElsewhere   = errors.New("request: not from this computer")
	errCrossOrigin = errors.New("request: from another site's page")
	errGone        = errors.New("reader: gone")
)

// A problem is a problem detail of RFC 9457. Its type is a URN made from code,
// which is also given by itself for programs.
type problem struct {
	Type    string `json:"type"`
	Title   string `json:"title"`
	Status  int    `json:"status"`
	Detail  string `json:"detail"`
	Code    string `json:"code"`
	Tracker string `json:"tracker,omitempty"` // with spent-credential: the ballot that is in the box
}

// problems is the only table from error to HTTP. The first entry that fits is
// taken. Each says what to do, in Vietnamese and English.
var problems = []struct {
	err    error
	status int
	code   string
	vi, en string
}{
	{ballot.ErrWrongElection, http.StatusBadRequest, "wrong-election", "Phiếu này được làm cho một cuộc bỏ phiếu khác.", "This ballot was made for another poll."},
	{ballot.ErrMalformed, http.StatusBadRequest, "malformed-ballot", "Nội dung gửi lên không đúng dạng. Quét lại mã trên tờ phiếu.", "What was sent is not in the right form. Scan the slip again."},
	{ballot.ErrProof, http.StatusBadRequest, "proof-failed", "Chứng minh mật mã kèm theo phiếu không hợp lệ. Quét lại mã trên tờ phiếu.", "A proof in the ballot does not hold. Scan the slip again."},
	{ballot.ErrCiphertextTwice, http.StatusBadRequest, "repeated-ciphertext", "Phiếu này chép lại nội dung mã hóa của một phiếu khác. Quét lại mã trên tờ phiếu.", "This ballot repeats what another ballot encrypts. Scan the slip again."},
	{ballot.ErrUnknownCredential, http.StatusForbidden, "unknown-credential", "Không nhận ra mã phiếu. Kiểm tra lại từng chữ, phân biệt chữ hoa và chữ thường.", "This code is not known. Check each letter, upper and lower case."},
	{ballot.ErrVoided, http.StatusForbidden, "voided-credential", "Tờ phiếu này đã bị hủy. Đề nghị gặp Ban kiểm phiếu.", "This slip has been voided. Please see the counting board."},
	{ballot.ErrSpent, http.StatusConflict, "spent-credential", "Tờ phiếu này đã được dùng. Nếu không phải đồng chí (đại biểu) đã bỏ phiếu này, đề nghị báo ngay cho Ban kiểm phiếu.", "This slip has been used. If it was not you, tell the counting board at once."},
	{ballot.ErrNotOpen, http.StatusConflict, "poll-not-open", "Chưa đến giờ bỏ phiếu.", "Voting has not opened yet."},
	{ballot.ErrClosed, http.StatusGone, "poll-closed", "Cuộc bỏ phiếu đã kết thúc.", "Voting has ended."},
	{errUnknownSlip, http.StatusNotFound, "unknown-credential", "Không nhận ra mã phiếu. Kiểm tra lại từng chữ, phân biệt chữ hoa và chữ thường.", "This code is not known. Check each letter, upper and lower case."},
	{errTooLarge, http.StatusRequestEntityTooLarge, "too-large", "Nội dung gửi lên quá lớn.", "What was sent is too large."},
	{errBusy, http.StatusTooManyRequests, "slow-down", "Máy chủ đang bận. Phiếu sẽ tự gửi lại.", "The server is busy. The ballot will be sent again."},
	{errHash, http.StatusBadRequest, "malformed-hash", "Mã tra cứu không đúng dạng.", "The tracker is not in the right form."},
	{box.ErrNoBox, http.StatusNotFound, "unknown-election", "Không có cuộc bỏ phiếu này.", "There is no such poll."},
	{box.ErrNotFound, http.StatusNotFound, "not-found", "Không tìm thấy.", "Not found."},
	{errMembersOnly, http.StatusForbidden, "members-only", "Hồ sơ này chỉ dành cho Ban kiểm phiếu và người kiểm tra.", "This record is for the counting board and auditors only."},
	{errElsewhere, http.StatusForbidden, "not-here", "Chỉ mở được trang này trên chính máy đang chạy chương trình.", "This page opens only on the computer that runs the program."},
	{errCrossOrigin, http.StatusForbidden, "cross-origin", "Trang của một địa chỉ khác đã gửi yêu cầu này.", "A page of another address sent this request."},
	{meeting.ErrTooFewBallots, http.StatusConflict, "too-few-ballots", "Số phiếu thu về ít hơn mức tối thiểu để giữ bí mật nên không được kiểm phiếu.", "Fewer ballots were cast than may be counted without giving secrets away."},
	{box.ErrState, http.StatusConflict, "wrong-state", "Việc này chưa làm được hoặc không còn làm được ở bước hiện tại.", "This cannot be done yet, or any more, at the present step."},
	{errNoRoute, http.StatusNotFound, "no-such-page", "Không có trang này.", "There is no such page."},
	{errMethod, http.StatusMethodNotAllowed, "method-not-allowed", "Phương thức này không được hỗ trợ ở đây.", "This method is not allowed here."},
}

// toProblem finds an error in the table; what is not there is a 500 without
// detail.
func toProblem(err error) problem {
	p := problem{Status: http.StatusInternalServerError, Code: "internal",
		Detail: "Máy chủ gặp lỗi. Thử lại sau ít phút: một phiếu gửi lại không bị tính hai lần. · The server has a fault. Try again in a few minutes: a ballot sent again is not counted twice."}
	for _, row := range problems {
		if errors.Is(err, row.err) {
			p.Status, p.Code, p.Detail = row.status, row.code, row.vi+" · "+row.en
			break
		}
	}
	p.Title, p.Type = http.StatusText(p.Status), "urn:homphieu:problem:"+p.Code
	var spent *box.SpentError
	if errors.As(err, &spent) {
		p.Tracker = ballot.Tracker(spent.Ballot)
	}
	return p
}

// fail answers with the problem that err is. Only faults of the server are
// logged, with the route and never with the path, the address or the body.
func (s *server) fail(c *gin.Context, err error) {
	p := toProblem(err)
	gone := errors.Is(err, context.Canceled) || errors.Is(err, errGone)
	if p.Status == http.StatusInternalServerError && !gone {
		s.Log.Error("request failed", "route", c.FullPath(), "cause", err.Error())
	}
	if gone || c.Writer.Written() {
		// Nobody is there, or the answer has begun. Breaking the connection off
		// is the only way to say so: an empty answer would be a 200.
		panic(http.ErrAbortHandler)
	}
	if p.Status == http.StatusTooManyRequests {
		c.Header("Retry-After", "2")
	}
	if wantsPage(c) {
		s.problemPage(c, p)
		return
	}
	body, _ := json.Marshal(p) // of strings and a number: cannot fail
	c.Data(p.Status, "application/problem+json", body)
}
