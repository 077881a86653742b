package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/meeting/staff"
	"github.com/homphieu/homphieu/tally"
	"github.com/homphieu/homphieu/tally/ledger"
)

// Errors that only HTTP has.
var (
	errNoRoute     = errors.New("route: none")
	errMethod      = errors.New("method: not allowed here")
	errPanic       = errors.New("panic")
	errTooLarge    = errors.New("body: larger than any ballot")
	errBusy        = errors.New("gate: too many wait")
	errParcels     = errors.New("packages: too many are coming")
	errScreens     = errors.New("live: too many screens")
	errMembersOnly = errors.New("archive: for members only")
	errHash        = errors.New("hash: not 64 lower-case hexadecimal digits")
	errUnknownSlip = errors.New("slip: unknown")
	errElsewhere   = errors.New("request: not from this computer")
	errCrossOrigin = errors.New("request: from another site's page")
	errGone        = errors.New("reader: gone")
	errNotYourRole = errors.New("request: not for this role")
	errTooMany     = errors.New("request: too many of the kind")
	errPasswords   = fmt.Errorf("%w: passwords: differ", staff.ErrInput)
	errForm        = errors.New("form: cannot be read")
	errNotZIP      = errors.New("body: not of type application/zip")
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
	// Fields are the fields of a form that must be mended.
	Fields []problemField `json:"fields,omitempty"`
	// Seen is, with changed-meanwhile, what the form says by now: sent with it
	// again, the form is meant to replace that.
	Seen string `json:"seen,omitempty"`
}

// A problemField says what is wrong with a field of a form.
type problemField struct {
	Name string `json:"name"`
	Vi   string `json:"vi"`
	En   string `json:"en"`
}

// words returns the detail in Vietnamese and in English.
func (p problem) words() (vi, en string) {
	vi, en, _ = strings.Cut(p.Detail, " · ")
	return vi, en
}

// fieldProblems tells which field an error is about. Several may hold at once.
var fieldProblems = []struct {
	err error
	problemField
}{
	{staff.ErrLoginName, problemField{"login", "Tên đăng nhập gồm 2 đến 32 chữ cái không dấu, chữ số, dấu chấm, gạch ngang hoặc gạch dưới.", "A login name has 2 to 32 letters without marks, digits, dots, dashes or underscores."}},
	{staff.ErrLoginTaken, problemField{"login", "Tên đăng nhập này đã có người dùng. Chọn tên khác.", "This login name is taken. Choose another."}},
	{staff.ErrName, problemField{"name", "Nhập họ và tên, tối đa 100 ký tự.", "Enter a name, at most 100 characters."}},
	{staff.ErrRole, problemField{"role", "Chọn vai trò.", "Choose a role."}},
	{staff.ErrPassword, problemField{"password", "Mật khẩu cần ít nhất 10 ký tự và không được chứa tên đăng nhập.", "A password needs at least 10 characters and may not contain the login name."}},
	{errPasswords, problemField{"again", "Hai lần nhập mật khẩu khác nhau. Nhập lại.", "The two passwords differ. Enter them again."}},
	{staff.ErrCode, problemField{"code", "Mã xác nhận không đúng. Quét mã QR rồi nhập 6 chữ số đang hiện trong ứng dụng.", "The code is wrong. Scan the QR code and enter the 6 digits that the app shows now."}},
	{staff.ErrClaim, problemField{"link", "Mở lại đúng liên kết đã nhận, hoặc đề nghị cấp liên kết mới.", "Open the link that you received again, or ask for a new one."}},
	{staff.ErrLink, problemField{"link", "Mở lại đúng liên kết mới nhất đã nhận, hoặc đề nghị cấp liên kết mới.", "Open the newest link that you received again, or ask for a new one."}},
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
	{errParcels, http.StatusTooManyRequests, "slow-down", "Máy chủ đang nhận nhiều gói khác. Gói sẽ tự gửi lại.", "Other packages are coming in. This one will be sent again."},
	{errScreens, http.StatusTooManyRequests, "slow-down", "Có quá nhiều màn hình đang theo dõi. Đóng bớt rồi tải lại trang.", "Too many screens are watching. Close some, then load the page again."},
	{errHash, http.StatusBadRequest, "malformed-hash", "Mã tra cứu không đúng dạng.", "The tracker is not in the right form."},
	{box.ErrNoBox, http.StatusNotFound, "unknown-election", "Không có cuộc bỏ phiếu này.", "There is no such poll."},
	{meeting.ErrNoMeeting, http.StatusNotFound, "unknown-election", "Không có cuộc bỏ phiếu này.", "There is no such poll."},
	{ledger.ErrNotFound, http.StatusNotFound, "not-found", "Không tìm thấy, hoặc chưa có.", "Not found, or not there yet."},
	{box.ErrNotFound, http.StatusNotFound, "not-found", "Không tìm thấy.", "Not found."},
	{errMembersOnly, http.StatusForbidden, "members-only", "Hồ sơ này chỉ dành cho Ban kiểm phiếu và người kiểm tra.", "This record is for the counting board and auditors only."},
	{errElsewhere, http.StatusForbidden, "not-here", "Chỉ mở được trang này trên chính máy đang chạy chương trình.", "This page opens only on the computer that runs the program."},
	{errCrossOrigin, http.StatusForbidden, "cross-origin", "Trang của một địa chỉ khác đã gửi yêu cầu này.", "A page of another address sent this request."},
	{meeting.ErrTooFewBallots, http.StatusConflict, "too-few-ballots", "Số phiếu thu về ít hơn mức tối thiểu để giữ bí mật nên không được kiểm phiếu.", "Fewer ballots were cast than may be counted without giving secrets away."},
	{box.ErrState, http.StatusConflict, "wrong-state", "Việc này chưa làm được hoặc không còn làm được ở bước hiện tại.", "This cannot be done yet, or any more, at the present step."},
	{errNoRoute, http.StatusNotFound, "no-such-page", "Không có trang này.", "There is no such page."},
	{errMethod, http.StatusMethodNotAllowed, "method-not-allowed", "Phương thức này không được hỗ trợ ở đây.", "This method is not allowed here."},

	// People who run meetings.
	{staff.ErrSession, http.StatusUnauthorized, "session-expired", "Phiên làm việc đã hết hạn. Nội dung đã nhập vẫn còn trên trang này. Ở một thẻ khác, đăng nhập lại, hoặc mở lại liên kết riêng trên chính thiết bị này; rồi quay lại đây và gửi lại.", "Your session has ended. What you typed is still on this page. In another tab, sign in again, or open your personal link again on this same device; then come back here and send again."},
	{errNotYourRole, http.StatusForbidden, "not-your-role", "Vai trò của người đang đăng nhập không được làm việc này.", "Who is signed in here may not do this."},
	{staff.ErrLogin, http.StatusForbidden, "login-refused", "Tên đăng nhập, mật khẩu hoặc mã xác nhận không đúng. Mỗi mã chỉ dùng được một lần: chờ ứng dụng hiện mã mới rồi thử lại.", "Login name, password or code is not right. Each code works once: wait until the app shows a new one, then try again."},
	{staff.ErrClaim, http.StatusGone, "claim-not-valid", "Liên kết này không đúng, đã được dùng hoặc đã hết hạn. Nếu vừa đặt mật khẩu xong, đăng nhập bằng mật khẩu đó. Nếu chưa, đề nghị quản trị viên cấp liên kết mới.", "This link is not right, was used, or is too old. If you have just set your password, sign in with it. If not, ask an administrator for a new link."},
	{staff.ErrLink, http.StatusGone, "seat-link-not-valid", "Liên kết này không đúng hoặc đã được thay bằng liên kết mới. Đề nghị thư ký cấp liên kết mới.", "This link is not right, or a newer one has replaced it. Ask the secretary for a new link."},
	{staff.ErrSeatTaken, http.StatusConflict, "seat-taken", "Liên kết này đã được mở trên một thiết bị khác. Dùng tiếp thiết bị đó; nếu không phải thiết bị của mình, báo ngay cho thư ký và đề nghị cấp liên kết mới.", "This link was opened on another device. Go on with that device; if it is not yours, tell the secretary at once and ask for a new link."},
	{staff.ErrSeatExists, http.StatusConflict, "seat-exists", "Người này đã có liên kết. Cấp lại liên kết thay vì tạo mới.", "This person has a link already. Issue it again instead of making another."},
	{staff.ErrNoSeat, http.StatusNotFound, "not-found", "Không tìm thấy.", "Not found."},
	{staff.ErrNoAccount, http.StatusNotFound, "not-found", "Không tìm thấy.", "Not found."},
	{staff.ErrLastAdministrator, http.StatusConflict, "last-administrator", "Đây là quản trị viên duy nhất. Tạo thêm một quản trị viên và chờ người đó đặt mật khẩu xong rồi làm lại.", "This is the only administrator. Make another, wait until that person has set a password, then try again."},
	{staff.ErrInput, http.StatusBadRequest, "invalid-input", "Có ô chưa điền đúng. Nội dung khác đã nhập vẫn còn.", "A field is not filled in correctly. Everything else that you typed is kept."},
	{errForm, http.StatusBadRequest, "invalid-input", "Không đọc được nội dung gửi lên. Tải lại trang rồi thử lại.", "What was sent could not be read. Load the page again and try once more."},
	{errTooMany, http.StatusTooManyRequests, "too-many-attempts", "Đã thử quá nhiều lần. Chờ ít phút rồi thử lại.", "Too many attempts. Wait a few minutes and try again."},

	// Meetings. What is wrong in particular stands in the fields.
	{meeting.ErrRole, http.StatusForbidden, "not-your-role", "Vai trò của người đang đăng nhập không được làm việc này. Đề nghị đúng người thực hiện.", "Who is signed in here may not do this. Ask the person whose part it is."},
	{meeting.ErrRevision, http.StatusConflict, "changed-meanwhile", "Nhiều người đang sửa cùng lúc nên chưa lưu được. Nội dung đã nhập vẫn còn: bấm lại.", "Several people are changing this at the same time, and it was not saved. What you typed is kept: press again."},
	{errStale, http.StatusConflict, "changed-meanwhile", "Người khác vừa sửa mục này. Nội dung đã nhập vẫn còn: mở trang này ở thẻ khác để so, rồi bấm lưu lần nữa để thay bằng nội dung của mình.", "Somebody else has just changed this. What you typed is kept: open this page in another tab to compare, then save again to replace it by yours."},
	{meeting.ErrDecision, http.StatusConflict, "no-decision", "Chưa có văn bản cho phép lấy phiếu điện tử. Ghi số và ngày của văn bản vào kế hoạch.", "No decision allows an electronic ballot. Write its number and date into the plan."},
	{meeting.ErrQuorum, http.StatusConflict, "no-quorum", "Chưa đủ số người có mặt theo quy định. Cập nhật điểm danh khi có thêm người.", "Fewer are present than the quorum. Update attendance when more have come."},
	{meeting.ErrFewPresent, http.StatusConflict, "too-few-present", "Số người có mặt ít hơn số phiếu tối thiểu để kiểm, nên phiếu sẽ không được kiểm. Chuyển sang bỏ phiếu giấy.", "Fewer are present than ballots may be counted. Vote on paper."},
	{meeting.ErrBoardConfirmed, http.StatusConflict, "board-not-confirmed", "Ban kiểm phiếu chưa được hội nghị xác nhận đủ. Ghi kết quả biểu quyết ở trang “Trước khi mở bỏ phiếu”.", "The meeting has not confirmed enough of the board. Enter its decision on the page before opening."},
	{meeting.ErrUnissued, http.StatusConflict, "unissued-slips", "Còn phiếu của người vắng mặt chưa được vô hiệu. Ban kiểm phiếu quét các phiếu không phát ra tại bàn.", "Slips of absent people are not voided. The board scans the unissued slips at the desk."},
	{meeting.ErrRehearsal, http.StatusConflict, "not-rehearsed", "Tập dượt chưa thành công. Đủ số thành viên Ban kiểm phiếu mở thử bằng khóa của mình rồi mới niêm phong được.", "The rehearsal has not been passed. Enough members must open it with their keys before sealing."},
	{meeting.ErrReconcile, http.StatusConflict, "not-reconciled", "Số phiếu chưa khớp. Đếm lại tại bàn và sửa số đã ghi ở trang “Đối chiếu phiếu”.", "The slips do not reconcile. Count again at the desk and correct the numbers on the page of reconciliation."},
	{tally.ErrPartialDecryption, http.StatusBadRequest, "proof-failed", "Phần giải mã không hợp lệ nên không được nhận. Gửi lại; nếu vẫn bị từ chối, báo ngay Trưởng ban kiểm phiếu.", "The share does not hold and was not taken. Send it again; if it is refused once more, tell the head of the counting board at once."},
	{tally.ErrClosing, http.StatusConflict, "not-reconciled", "Chữ ký không khớp với biên bản đóng hòm phiếu hiện nay: số liệu vừa được sửa. Xem lại biên bản rồi ký lại.", "The signature does not fit the closing record as it is now: its numbers have just changed. Look at the record and sign again."},
	{meeting.ErrState, http.StatusConflict, "wrong-state", "Việc này chưa làm được hoặc không còn làm được ở bước hiện tại. Xem các bước ở cột bên.", "This cannot be done yet, or any more, at the present step. See the steps in the side column."},
	{meeting.ErrPlan, http.StatusUnprocessableEntity, "plan-refused", "Kế hoạch có mục chưa đúng. Sửa mục được nêu rồi lưu lại; nội dung đã nhập vẫn còn.", "Something in the plan is not right. Mend what is named and save again; what you typed is kept."},
	{meeting.ErrRuleSet, http.StatusUnprocessableEntity, "plan-refused", "Chọn một bộ quy tắc trong kế hoạch.", "Choose a rule set in the plan."},
	{meeting.ErrPeople, http.StatusUnprocessableEntity, "people-refused", "Danh sách có mục chưa đúng. Sửa mục được nêu rồi lưu lại; nội dung đã nhập vẫn còn.", "Something in the list is not right. Mend what is named and save again; what you typed is kept."},
	{meeting.ErrBoard, http.StatusUnprocessableEntity, "board-refused", "Ban kiểm phiếu chưa hợp lệ. Sửa mục được nêu rồi lưu lại; nội dung đã nhập vẫn còn.", "The counting board cannot be so. Mend what is named and save again; what you typed is kept."},
	{meeting.ErrAttendance, http.StatusUnprocessableEntity, "attendance-refused", "Điểm danh có mục chưa đúng. Sửa mục được nêu rồi lưu lại; nội dung đã nhập vẫn còn.", "Something in the attendance is not right. Mend what is named and save again; what you typed is kept."},
	{meeting.ErrDocument, http.StatusUnprocessableEntity, "document-refused", "Không nhận được tài liệu này. Chọn một tệp PDF không quá 10 MB.", "This document cannot be taken. Choose a PDF of at most 10 MB."},
	{meeting.ErrPublished, http.StatusConflict, "published", "Kết quả đã công bố nên không hủy được nữa.", "The result has been released; it cannot be abandoned any more."},
	{meeting.ErrReturned, http.StatusBadRequest, "not-the-paper", "Tệp này không phải là bản đã lập rồi ký thêm. Tải bản mới nhất ở trang này về, ký đúng tệp đó, không in lại hay lưu qua chương trình khác, rồi nộp lại.", "This is not the paper that was made, with signatures added. Download the latest version here, sign that very file, do not print or save it anew with another program, and send it again."},
	{meeting.ErrUnsigned, http.StatusConflict, "not-signed", "Biên bản chưa có chữ ký của ai. Nộp lại bản đã ký số; nếu đã ký tay trên bản in, đánh dấu vào ô xác nhận.", "Nobody has signed the minutes. Send the signed file back; if a printed copy was signed by hand, tick the box that says so."},
	{meeting.ErrUnanimous, http.StatusConflict, "unanimous", "Mọi phiếu đối với một người đều giống nhau, nên công bố là lộ lá phiếu của từng người đối với người đó. Nếu vẫn công bố, đánh dấu vào ô đã biết điều này.", "All ballots say the same of a person, so the result tells how everybody voted on that person. To release it all the same, tick the box that says you know."},
	{meeting.ErrUnlogged, http.StatusConflict, "not-logged", "Chưa công bố được: kết quả phải có trong sổ công bố và được đủ người chứng kiến xác nhận trước. Những gì còn thiếu ghi ở dưới; khi đủ, bấm lại.", "It cannot be released yet: the public log must have the result first, cosigned by enough witnesses. What is missing stands below; press again when it is there."},
	{meeting.ErrAudience, http.StatusBadRequest, "no-audience", "Chọn công bố kết quả cho ai.", "Choose to whom the result is released."},
	{meeting.ErrIdentity, http.StatusInternalServerError, "not-adding-up", "Kết quả không khớp với số phiếu thu về nên không hiển thị, không lập biên bản và không công bố. Giữ nguyên máy chủ và hồ sơ, báo ngay Ban kiểm phiếu.", "The result does not add up to the ballots collected, so it is not shown, printed or released. Leave server and record as they are and tell the counting board at once."},
	{meeting.ErrReason, http.StatusUnprocessableEntity, "reason-refused", "Nội dung ghi chưa đúng. Sửa mục được nêu rồi gửi lại.", "The text is not right. Mend what is named and send again."},
	{meeting.ErrSlips, http.StatusConflict, "slips-refused", "Không nhận được các phiếu này. Xem mục được nêu; nếu cần, làm lại phiếu.", "These slips cannot be taken. See what is named; make them again if needed."},
	{meeting.ErrMessage, http.StatusBadRequest, "message-refused", "Thông điệp tạo khóa không hợp lệ. Tải lại trang rồi tiếp tục bằng khóa của mình.", "The message of the ceremony does not hold. Load the page again and go on with your key."},
	{meeting.ErrCeremony, http.StatusConflict, "ceremony-state", "Bước tạo khóa này chưa đến hoặc đã qua. Tải lại trang để xem bước hiện tại.", "This step of the ceremony has not come or has passed. Load the page again to see the present one."},

	// Rounds.
	{round.ErrRole, http.StatusForbidden, "not-your-role", "Việc này chỉ dành cho tài khoản của cơ quan cấp trên ra đợt. Đăng nhập bằng tài khoản đó.", "This is for an account of the superior who ordered the round. Sign in with that account."},
	{round.ErrNoRound, http.StatusNotFound, "unknown-round", "Không có đợt này. Kiểm tra lại địa chỉ, hoặc hỏi cơ quan cấp trên.", "There is no such round. Check the address, or ask the superior."},
	{round.ErrNoPackage, http.StatusNotFound, "unknown-package", "Máy chủ này chưa nhận gói nào có mã như vậy. Gửi gói, hoặc kiểm tra lại mã.", "This server has received no package of this hash. Send the package, or check the hash."},
	{round.ErrRevision, http.StatusConflict, "changed-meanwhile", "Người khác vừa sửa cùng mục nên chưa lưu được. Nội dung đã nhập vẫn còn: bấm lại.", "Somebody else has just changed the same, and it was not saved. What you typed is kept: press again."},
	{round.ErrAgency, http.StatusUnprocessableEntity, "agencies-refused", "Danh sách cơ quan có mục chưa đúng. Sửa mục được nêu rồi lưu lại; nội dung đã nhập vẫn còn.", "Something in the list of agencies is not right. Mend what is named and save again; what you typed is kept."},
	{round.ErrRound, http.StatusUnprocessableEntity, "round-refused", "Đợt có mục chưa đúng. Sửa mục được nêu rồi lưu lại; nội dung đã nhập vẫn còn.", "Something in the round is not right. Mend what is named and save again; what you typed is kept."},
	{round.ErrClosed, http.StatusConflict, "round-over", "Đợt này đã kết thúc nên không nhận thêm gói. Liên hệ cơ quan cấp trên nếu vẫn phải gửi.", "This round is over and takes no more packages. Ask the superior if it must still be sent."},
	{round.ErrStranger, http.StatusForbidden, "package-unexpected", "Đợt này không chờ gói của cơ quan và nhóm chức danh ghi trong gói. Kiểm tra đã chọn đúng đợt, cơ quan, nhóm chưa; nếu đúng, đề nghị cấp trên thêm vào đợt rồi gửi lại.", "This round does not expect a package of the agency and group that it names. Check round, agency and group; if they are right, ask the superior to add them, and send again."},
	{round.ErrKey, http.StatusForbidden, "package-key", "Gói được ký bằng khóa khác với khóa mà cấp trên đã xác nhận cho cơ quan này. Gửi từ đúng máy chủ của cơ quan; nếu máy chủ đã đổi khóa, báo cấp trên đối chiếu và xác nhận khóa mới.", "The package is signed with another key than the one confirmed for this agency. Send it from the agency's own server; if that has a new key, ask the superior to compare and confirm it."},
	{round.ErrPackage, http.StatusBadRequest, "package-malformed", "Tệp này không phải là gói kết quả, hoặc đã hỏng trên đường đi. Tải lại gói từ máy chủ của cơ quan rồi gửi đúng tệp đó, không mở ra nén lại.", "This file is no package of a result, or was damaged on its way. Download the package again from the agency's server and send that very file; do not unpack and pack it anew."},
	{round.ErrPlaces, http.StatusConflict, "too-many-places", "Có người được lấy phiếu ở nhiều nơi hơn quy định. Xem người được nêu, rồi thống nhất với các cơ quan liên quan.", "Somebody would be voted on in more places than the rules allow. See who is named, and settle it with the agencies."},
	{round.ErrFull, http.StatusTooManyRequests, "too-many-packages", "Cơ quan này đã gửi quá nhiều gói chưa được xử lý. Liên hệ cấp trên để xử lý các gói đã gửi, rồi gửi lại.", "Too many packages of this agency wait. Ask the superior to deal with those that were sent, then send again."},
	{round.ErrStale, http.StatusConflict, "record-overtaken", "Từ khi lập bản này đã có gói mới hoặc gói thay thế. Lập báo cáo lại, rồi công bố bản mới.", "Packages have come or changed since this version was made. Make the report again, and release the new version."},
	{errNotZIP, http.StatusUnsupportedMediaType, "not-zip", "Gói phải được gửi với kiểu nội dung application/zip.", "A package is sent with the content type application/zip."},
	{meeting.ErrOrder, http.StatusConflict, "out-of-order", "Chưa mở bỏ phiếu được: đợt xếp việc khác phải xong trước. Thư ký ghi ngày xong và căn cứ ở trang “Đợt và gửi kết quả”.", "The poll cannot open yet: the round puts something else before it. The secretary enters when that was done, and how it is known, on the page of the round."},
	{meeting.ErrAssignment, http.StatusUnprocessableEntity, "round-refused", "Mục về đợt chưa đúng. Sửa mục được nêu rồi gửi lại; nội dung đã nhập vẫn còn.", "Something about the round is not right. Mend what is named and send again; what you typed is kept."},
	{meeting.ErrCorrection, http.StatusUnprocessableEntity, "correction-refused", "Gói trước đã gửi; muốn lập gói thay thế thì ghi lý do.", "A package was sent before; to make one that replaces it, say why."},
	{meeting.ErrUnproven, http.StatusConflict, "not-logged", "Chưa lập gói được: kết quả phải có trong sổ công bố và được đủ người chứng kiến xác nhận trước. Những gì còn thiếu ghi ở dưới; khi đủ, bấm lại.", "The package cannot be made yet: the public log must have the result first, cosigned by enough witnesses. What is missing stands below; press again when it is there."},
	{meeting.ErrReceipt, http.StatusBadRequest, "receipt-refused", "Biên nhận này không đúng nên không nhận. Xin cấp trên gửi lại biên nhận của gói này.", "This receipt does not hold and was not taken. Ask the superior to send that of this package again."},
	{ErrFetch, http.StatusUnprocessableEntity, "round-file-not-fetched", "Không lấy được tệp của đợt. Kiểm tra địa chỉ với cấp trên, hoặc xin tệp và chọn tệp ở đây.", "The file of the round could not be fetched. Check the address with the superior, or get the file and choose it here."},
	{errFields, http.StatusUnprocessableEntity, "invalid-input", "Có mục chưa điền đúng. Nội dung khác đã nhập vẫn còn.", "Something is not filled in correctly. Everything else that you typed is kept."},
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
	for _, row := range fieldProblems {
		if errors.Is(err, row.err) {
			p.Fields = append(p.Fields, row.problemField)
		}
	}
	p.Fields = append(p.Fields, fieldsOf(err)...)
	if stale := new(staleError); errors.As(err, &stale) {
		p.Seen = stale.seen
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
	setRetryAfter(c, p, err)
	if wantsPage(c) {
		s.problemPage(c, p)
		return
	}
	body, _ := json.Marshal(p) // of strings and a number: cannot fail
	c.Data(p.Status, "application/problem+json", body)
}

// setRetryAfter says when who came too often may come again, in seconds.
func setRetryAfter(c *gin.Context, p problem, err error) {
	seconds := 2
	if wait := new(tooMany); errors.As(err, &wait) {
		seconds = max(1, int(math.Ceil(wait.after.Seconds())))
	}
	if p.Status == http.StatusTooManyRequests {
		c.Header("Retry-After", strconv.Itoa(seconds))
	}
}
