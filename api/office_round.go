package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
)

// A Courier carries packages to the superior's server, and brings files of rounds
// from there.
type Courier interface {
	meeting.Courier
	// Carry tells, once, which office has the packages.
	Carry(o *meeting.Office)
	// Fetch brings a file of a round, or is [ErrFetch].
	Fetch(ctx context.Context, address string) ([]byte, error)
	// Trouble says what keeps a package from being delivered; nil for nothing.
	Trouble(pkg string) *meeting.Text
}

// ErrFetch is returned by a [Courier] that cannot bring a file of a round.
var ErrFetch = errors.New("round file: cannot be fetched")

// maxReceiptForm bounds the form with a receipt.
const maxReceiptForm = 256 << 10

// roundPlaceData is what the page of a meeting's round shows.
type roundPlaceData struct {
	Assignment *meeting.Assignment
	RuleSet    *meeting.Text // of the round, where the plan has another
	Duties     []dutyRow
	Checks     []check
	Next       *check   // the first that is left to do
	Blocks     bool     // the rule set keeps the poll shut
	Carries    bool     // packages can go over the network
	Posts      []string // of each ballot paper; empty for one that is in no round
	Notices    []sendingView
	Papers     []paperSendings
	Choice     *roundChoice // of a file that was loaded
	Key        string       // of this server, in groups of digits
	Superior   string       // digits of the superior's server and key
}

// dutyRow is a limit of the round, with the badge that says how it is.
type dutyRow struct {
	meeting.Duty
	DueDay string
	Badge  string
	Words  meeting.Text
}

// paperSendings are the packages of one ballot paper's result.
type paperSendings struct {
	Index    int
	Title    string
	UUID     ballot.UUID
	Unsigned bool // nobody has signed the minutes
	Again    bool // another package corrects one that was sent
	Waits    bool // the answer to the one before is awaited
	Sendings []sendingView
}

// sendingView is a package as people read it; Last is the one that can be sent.
type sendingView struct {
	meeting.Sending
	Short   string
	When    string
	SentDay string
	Path    string
	State   meeting.Text
	Badge   string
	Trouble *meeting.Text
	Last    bool
}

// roundChoice is what can be chosen of a round's file.
type roundChoice struct {
	File     *round.RoundFile
	Text     string
	Superior string // digits of the superior's server and key; empty for neither
	Changed  bool   // they were others in the file of this round before
	Agencies []option
	Groups   []option
}

// roundPlaceValues is what was noted of the round, as the form shows it.
func roundPlaceValues(v *visit) url.Values {
	form := url.Values{}
	if a := v.m.Plan.Assignment; a != nil {
		form.Set("prepared", string(a.Prepared))
		for _, p := range a.Before {
			form.Add("done", string(p.Done))
			form.Add("about", p.About)
		}
	}
	return form
}

// besideRound keeps what is stored on the page, when another of its forms is
// refused.
func (v *visit) besideRound() {
	for name, values := range roundPlaceValues(v) {
		if v.typed.Get("form") != "before" {
			v.typed[name] = values
		}
	}
}

func (v *visit) roundPlacePage() (any, error) {
	today := v.today()
	d := roundPlaceData{Assignment: v.m.Plan.Assignment, Choice: v.roundChoice(), Key: round.KeyDigits(v.SealKey)}
	if d.Assignment == nil {
		return d, nil
	}
	d.Superior = d.Assignment.Superior()
	for i := range v.m.Papers {
		posts := ""
		if of := d.Assignment.Of(i); of != nil {
			posts = of.Posts
			d.RuleSet = cmp.Or(d.RuleSet, otherRules(of.RuleSet, v.m.Plan.RuleSet))
		}
		d.Posts = append(d.Posts, posts)
	}
	if rules, err := meeting.RuleSetByID(v.m.Plan.RuleSet); err == nil {
		d.Blocks = rules.Order == meeting.OrderBlocks
	}
	d.Carries = d.Assignment.URL != "" && v.Courier != nil
	for _, duty := range meeting.Duties(v.m, meeting.Day(today)) {
		row := dutyRow{Duty: duty, DueDay: dayText(duty.Due)}
		row.Badge, row.Words = dutyBadge(duty, today)
		d.Duties = append(d.Duties, row)
	}
	for _, n := range v.m.Notices {
		d.Notices = append(d.Notices, v.sendingView(n))
	}
	for i, p := range v.paperPolls() {
		if d.Assignment.Of(i) == nil {
			continue
		}
		d.Papers = append(d.Papers, v.paperSendings(i, p))
	}
	d.Checks = v.roundChecks(d)
	if i := slices.IndexFunc(d.Checks, func(c check) bool { return !c.Good }); i >= 0 {
		d.Next = &d.Checks[i]
	}
	return d, nil
}

// otherRules names the rule set of a round, if the plan has chosen another.
func otherRules(of, planned string) *meeting.Text {
	rules, err := meeting.RuleSetByID(of)
	if err != nil || of == planned || planned == "" {
		return nil
	}
	return &rules.Name
}

func dutyBadge(d meeting.Duty, today time.Time) (class string, words meeting.Text) {
	due, known := d.Due.Day()
	left := int(due.Sub(today).Hours() / 24)
	switch {
	case d.Done != "" && d.Late:
		return "badge-stop", meeting.Text{Vi: "✗ Đã làm, quá hạn", En: "done, too late"}
	case d.Done != "" && !known:
		return "badge-done", meeting.Text{Vi: "✓ Đã làm", En: "done"}
	case d.Done != "":
		return "badge-done", meeting.Text{Vi: "✓ Đã làm, đúng hạn", En: "done in time"}
	case d.Late && d.Plan > d.Due:
		return "badge-stop", meeting.Text{Vi: "✗ Dự kiến " + dayText(d.Plan) + ", quá hạn", En: "planned too late"}
	case d.Late:
		return "badge-stop", meeting.Text{Vi: fmt.Sprintf("✗ Quá hạn %d ngày", -left), En: fmt.Sprintf("%d days overdue", -left)}
	case d.ID == "send" && !known:
		return "badge-note", meeting.Text{Vi: "Tính từ ngày lấy phiếu", En: "counted from the vote"}
	case !known:
		return "badge-note", meeting.Text{Vi: "Đợt không đặt hạn", En: "no limit"}
	case left == 0:
		return "badge-wait", meeting.Text{Vi: "Hôm nay là ngày cuối", En: "today is the last day"}
	case d.Warn:
		return "badge-wait", meeting.Text{Vi: fmt.Sprintf("Sắp hết hạn, còn %d ngày", left), En: fmt.Sprintf("near: %d days left", left)}
	}
	return "badge-note", meeting.Text{Vi: fmt.Sprintf("Còn %d ngày", left), En: fmt.Sprintf("%d days left", left)}
}

// roundChecks is what the round asks, each done or left to do.
func (v *visit) roundChecks(d roundPlaceData) []check {
	a, m := d.Assignment, v.m
	list := []check{{
		Text: meeting.Text{Vi: "Chuẩn bị xong (bước 1)", En: "Preparation done (step 1)"}, Good: a.Prepared != "", Page: "round#before",
		Why: meeting.Text{Vi: "Ghi ngày chuẩn bị xong ở mục 3.", En: "Enter the day in part 3."},
	}}
	for _, p := range a.Before {
		c := check{
			Text: meeting.Text{Vi: "Xong trước: " + p.Name, En: "Before the vote"}, Good: p.Done != "", Page: "round#before",
			Why: meeting.Text{Vi: "Ghi ngày xong và căn cứ ở mục 3.", En: "Enter the day and how it is known in part 3."},
		}
		if p.Done != "" {
			c.Text.Vi += " (" + dayText(p.Done) + ", " + p.About + ")"
		}
		list = append(list, c)
	}
	held := m.State == meeting.Closed || v.counted()
	list = append(list, check{
		Text: meeting.Text{Vi: "Lấy phiếu", En: "The vote"}, Good: held, Page: "plan",
		Why: meeting.Text{Vi: "Dự kiến ngày " + dayText(m.Plan.Date) + ".", En: "Planned for " + dayText(m.Plan.Date) + "."},
	})
	for _, p := range d.Papers {
		name := ""
		if len(d.Papers) > 1 {
			name = ": " + p.Title
		}
		s := m.Sending(p.Index)
		list = append(list, check{
			Text: meeting.Text{Vi: "Gửi gói kết quả" + name, En: "The package of the result sent" + name}, Good: s != nil && s.Sent != "", Page: "round#send",
			Why: meeting.Text{Vi: "Lập gói rồi gửi ở mục 4.", En: "Make the package and send it in part 4."},
		}, check{
			Text: meeting.Text{Vi: "Có biên nhận của cấp trên" + name, En: "The superior's receipt" + name}, Good: s != nil && s.Receipt != "", Page: "round#send",
			Why: meeting.Text{Vi: "Biên nhận về sau khi cấp trên kiểm tra xong.", En: "It comes when the superior has checked everything."},
		})
	}
	return list
}

func (v *visit) paperSendings(i int, p pollView) paperSendings {
	view := paperSendings{Index: i, Title: p.Title, UUID: p.UUID}
	if i < len(v.m.Sendings) {
		for j, s := range v.m.Sendings[i] {
			row := v.sendingView(s)
			row.Last = j == len(v.m.Sendings[i])-1
			view.Sendings = append(view.Sendings, row)
		}
		slices.Reverse(view.Sendings)
	}
	counts := v.m.Sending(i)
	view.Again = counts != nil || v.m.Before != ""
	view.Waits = counts != nil && counts.Underway()
	if i < len(v.m.Records) {
		signed := slices.ContainsFunc(v.m.Records[i].Returned, func(b meeting.Returned) bool { return b.Name == meeting.MinutesFile })
		byHand := v.m.State == meeting.Signed && v.m.Ending != nil && v.m.Ending.OnPaper
		view.Unsigned = !signed && !byHand
	}
	return view
}

func (v *visit) sendingView(s meeting.Sending) sendingView {
	view := sendingView{Sending: s, Short: s.Package[:min(len(s.Package), 12)], When: clock(s.Made), SentDay: dayText(s.Sent), Path: v.base + "/round/packages/" + s.Package}
	view.Badge, view.State = sendingState(s)
	if v.Courier != nil && s.Underway() {
		view.Trouble = v.Courier.Trouble(s.Package)
	}
	return view
}

// sendingState says in words how far a package has come.
func sendingState(s meeting.Sending) (badge string, state meeting.Text) {
	switch {
	case s.Receipt != "":
		return "badge-done", meeting.Text{Vi: "✓ Cấp trên đã kiểm tra và nhận", En: "checked and taken by the superior"}
	case s.Notice && s.Answer == meeting.AnswerAccepted:
		return "badge-done", meeting.Text{Vi: "✓ Cấp trên đã nhận", En: "taken by the superior"}
	case s.Answer == meeting.AnswerApart:
		return "badge-stop", meeting.Text{Vi: "✗ Cấp trên không nhận", En: "not taken by the superior"}
	case s.Answer == meeting.AnswerHeld:
		return "badge-wait", meeting.Text{Vi: "Đã đến nơi; chờ cấp trên xác nhận khóa của máy chủ này", En: "arrived; the superior must confirm this server's key"}
	case s.Answer != meeting.NoAnswer:
		return "badge-wait", meeting.Text{Vi: "Đã đến nơi; cấp trên đang kiểm tra", En: "arrived; the superior is checking"}
	case s.By == meeting.ByHTTPS:
		return "badge-wait", meeting.Text{Vi: "Đang gửi", En: "on its way"}
	case s.By == meeting.ByFile:
		return "badge-wait", meeting.Text{Vi: "Đã giao tệp; chờ biên nhận", En: "handed over; the receipt is awaited"}
	}
	return "badge-note", meeting.Text{Vi: "Chưa gửi", En: "not sent"}
}

// roundChoice is the file that was loaded with the form, to be chosen from.
func (v *visit) roundChoice() *roundChoice {
	text := v.typed.Get("roundfile")
	f, err := round.ParseFile([]byte(text))
	if text == "" || err != nil {
		return nil
	}
	c := &roundChoice{File: f, Text: text, Agencies: []option{{}}, Groups: []option{{}}}
	c.Superior = meeting.SuperiorDigits(f.URL, f.Key)
	if a := v.m.Plan.Assignment; a != nil && a.Round == f.UUID {
		c.Changed = a.Superior() != "" && a.Superior() != c.Superior
	}
	chosen := v.typed.Get("agency")
	for _, a := range f.Agencies {
		if chosen == "" && strings.EqualFold(a.Name, v.m.Plan.Agency) {
			chosen = a.ID
		}
		c.Agencies = append(c.Agencies, option{Value: a.ID, Text: meeting.Text{Vi: a.Name, En: a.Name}})
	}
	for _, g := range f.Groups {
		c.Groups = append(c.Groups, option{Value: g.ID, Text: meeting.Text{Vi: g.Name, En: g.Name}})
	}
	v.typed.Set("agency", chosen)
	return c
}

// loadRound reads a round's file, or fetches it, and shows what can be chosen.
func (v *visit) loadRound() (string, error) {
	v.besideRound()
	text, err := v.roundFile()
	if err != nil {
		return "", err
	}
	// What browsers send in a field has line breaks of their own.
	if _, err := round.ParseFile(text); err != nil {
		return "", about(err, "file")
	}
	v.typed.Set("roundfile", string(text))
	if a := v.m.Plan.Assignment; a != nil {
		v.typed.Set("agency", a.Agency)
		v.typed["group"] = []string{a.Group}
		for _, p := range a.Papers {
			v.typed.Add("group", p.Group)
		}
	}
	v.notes = append(v.notes, meeting.Text{Vi: "Đã đọc tệp của đợt. Chọn cơ quan, nhóm chức danh ở mục 1 rồi bấm “Ghi đợt này”.", En: "The file was read. Choose agency and group of posts in part 1, then press “Take this round”."})
	return "", errShowAgain
}

func (v *visit) roundFile() ([]byte, error) {
	header, err := upload(v.c, "file")
	if err != nil {
		return nil, err
	}
	if header != nil {
		return readUpload(header)
	}
	address := strings.TrimSpace(v.typed.Get("address"))
	switch {
	case address == "":
		return nil, wrong("file", "Chọn tệp của đợt, hoặc ghi địa chỉ.", "Choose the file of the round, or write its address.")
	case v.Courier == nil:
		return nil, wrong("address", "Máy chủ này không dùng mạng ngoài; chọn tệp.", "This server has no network; choose the file.")
	}
	text, err := v.Courier.Fetch(v.c.Request.Context(), address)
	if errors.Is(err, ErrFetch) {
		return nil, &formError{err, []problemField{{"address", "Không lấy được tệp của đợt ở địa chỉ này.", "The file of the round is not to be had at this address."}}}
	}
	return text, err
}

// takeRound gives the meeting its place in the round whose file was loaded.
func (v *visit) takeRound() (string, error) {
	v.besideRound()
	text := strings.ReplaceAll(v.typed.Get("roundfile"), "\r\n", "\n")
	v.typed.Set("roundfile", text)
	f, err := round.ParseFile([]byte(text))
	if err != nil {
		return "", about(err, "file")
	}
	agency := v.typed.Get("agency")
	if agency == "" {
		return "", wrong("agency", "Chọn cơ quan, đơn vị.", "Choose the agency.")
	}
	a, err := v.placeIn(f, agency)
	if err != nil {
		return "", err
	}
	if digits := v.typed.Get("compared"); digits == a.Superior() {
		a.Compared = digits
	}
	_, err = v.office.Assign(v.c.Request.Context(), v.actor, v.m.UUID, a)
	return "", inPapers(err)
}

// placeIn is the meeting's place in a round, with the group of posts that was
// chosen for each ballot paper.
func (v *visit) placeIn(f *round.RoundFile, agency string) (a *meeting.Assignment, err error) {
	r := reading{form: v.typed}
	for i := range v.m.Papers {
		var of *meeting.Assignment
		group := r.cell("group", i)
		if group != "" || i == 0 {
			if of, err = f.Assignment(agency, group); errors.Is(err, round.ErrStranger) {
				return nil, notExpected(f, agency, i)
			}
			if err != nil {
				return nil, err
			}
		}
		if i == 0 {
			a = of
		} else {
			a.Add(of)
		}
	}
	return a, nil
}

// notExpected says of which groups the round expects a poll of the agency.
func notExpected(f *round.RoundFile, agency string, paper int) error {
	var names []string
	for _, g := range f.GroupsOf(agency) {
		names = append(names, g.Name)
	}
	list := strings.Join(names, "; ")
	return wrong("group-"+strconv.Itoa(paper), "Chọn một nhóm chức danh mà đợt chờ cơ quan này: "+list+".", "Choose a group of posts that the round expects of this agency: "+list+".")
}

// inPapers names, in a refusal about a ballot paper's group, its field.
func inPapers(err error) error {
	var refusal *meeting.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	if i, ok := strings.CutPrefix(refusal.Field, "papers."); ok {
		n, _ := strconv.Atoi(i)
		return about(err, "group-"+strconv.Itoa(n+1))
	}
	return err
}

// leaveRound takes the meeting out of its round.
func (v *visit) leaveRound() (string, error) {
	v.besideRound()
	_, err := v.office.Assign(v.c.Request.Context(), v.actor, v.m.UUID, nil)
	return "", err
}

// noteBefore keeps what is known of what must be done before the vote.
func (v *visit) noteBefore() (string, error) {
	if err := v.fresh("round"); err != nil {
		return "", err
	}
	r := reading{form: v.typed}
	prepared := r.date("prepared", r.text("prepared"))
	var before []meeting.Precondition
	if a := v.m.Plan.Assignment; a != nil {
		for i, p := range a.Before {
			p.Done, p.About = r.date("done-"+strconv.Itoa(i), r.cell("done", i)), r.cell("about", i)
			before = append(before, p)
		}
	}
	if err := r.err(); err != nil {
		return "", err
	}
	_, err := v.office.NoteBefore(v.c.Request.Context(), v.actor, v.m.UUID, prepared, before)
	return "", err
}

// notify tells the superior how far this has come.
func (v *visit) notify() (string, error) {
	v.besideRound()
	_, err := v.office.Notify(v.c.Request.Context(), v.actor, v.m.UUID, v.typed.Get("by"))
	return "round?saved#notice", about(err, "notice")
}

// makePackage makes the package of a ballot paper's result.
func (v *visit) makePackage() (string, error) {
	v.besideRound()
	paper := ballot.UUID(v.typed.Get("election"))
	_, err := v.office.Pack(v.c.Request.Context(), v.actor, v.m.UUID, paper, v.typed.Get("why"))
	return "round?saved#send", about(err, "why-"+strconv.Itoa(max(0, paperOf(v.m, paper))))
}

// sendPackageUp has a package carried, or notes that its file was handed over. A
// ticked box says that the digits of the superior were compared.
func (v *visit) sendPackageUp() (string, error) {
	v.besideRound()
	if digits := v.typed.Get("compared"); digits != "" {
		if _, err := v.office.Compare(v.c.Request.Context(), v.actor, v.m.UUID, digits); err != nil {
			return "", about(err, "send")
		}
	}
	_, err := v.office.Send(v.c.Request.Context(), v.actor, v.m.UUID, v.typed.Get("package"), v.typed.Get("by"))
	return "round?saved#send", about(err, "send")
}

// takeReceipt takes a receipt, as a file or pasted.
func (v *visit) takeReceipt() (string, error) {
	v.besideRound()
	text := []byte(strings.ReplaceAll(v.typed.Get("receipt"), "\r\n", "\n"))
	header, err := upload(v.c, "file")
	if err != nil {
		return "", err
	}
	if header != nil {
		if text, err = readUpload(header); err != nil {
			return "", err
		}
	}
	if len(text) == 0 {
		return "", wrong("receipt", "Chọn tệp biên nhận, hoặc dán nội dung vào đây.", "Choose the receipt's file, or paste it here.")
	}
	_, err = v.office.TakeReceipt(v.c.Request.Context(), v.actor, v.m.UUID, text)
	return "round?saved#send", about(err, "receipt")
}

// sendPackageFile gives the file of a package, or its receipt, to an officer who
// may have it.
func (v *visit) sendPackageFile() error {
	pkg := v.c.Param("hash")
	if !meeting.May(v.actor.Role, meeting.ActSend) {
		return meeting.ErrRole
	}
	content, err := v.office.PackageFile(v.c.Request.Context(), v.actor, v.m.UUID, pkg)
	if err != nil {
		return err
	}
	sandbox(v.c)
	attachment(v.c, "application/zip", "goi-"+pkg[:min(len(pkg), 12)]+".zip")
	_, err = reader{v.c.Writer}.Write(content)
	return err
}

// sendReceiptFile gives the superior's receipt of a package.
func (v *visit) sendReceiptFile() error {
	for _, made := range v.m.Sendings {
		for _, s := range made {
			if s.Package == v.c.Param("hash") && s.Receipt != "" {
				sandbox(v.c)
				attachment(v.c, "text/plain; charset=utf-8", "bien-nhan-"+s.Package[:12]+".txt")
				v.c.Status(http.StatusOK)
				_, err := reader{v.c.Writer}.Write([]byte(s.Receipt))
				return err
			}
		}
	}
	return errNoRoute
}

// outOfOrder is what the round puts before this poll and is not done.
func (v *visit) outOfOrder() string {
	var names []string
	for _, p := range v.m.Plan.Assignment.Pending() {
		names = append(names, p.Name)
	}
	return strings.Join(names, "; ")
}

// orderBlocks reports whether the rule set keeps the poll shut until the round's
// order is met.
func (v *visit) orderBlocks() bool {
	rules, err := meeting.RuleSetByID(v.m.Plan.RuleSet)
	return err == nil && rules.Order == meeting.OrderBlocks
}

// orderChecks is the condition of opening that the round sets, if the rule set
// blocks.
func (v *visit) orderChecks() []check {
	a := v.m.Plan.Assignment
	if a == nil || len(a.Before) == 0 || !v.orderBlocks() {
		return nil
	}
	return []check{{
		Text: meeting.Text{Vi: "Đã xong những việc mà đợt “" + a.Title + "” xếp trước", En: "What the round puts before this poll is done"},
		Good: len(a.Pending()) == 0, Page: "round#before",
		Why: meeting.Text{Vi: "Chưa xong: " + v.outOfOrder() + ". Thư ký ghi ngày xong và căn cứ.", En: "Not done: " + v.outOfOrder() + ". The secretary enters the day and how it is known."},
	}}
}

// whyNotSend says why packages are not for the officer yet.
func (v *visit) whyNotSend(a meeting.Action) *meeting.Text {
	switch {
	case v.m.Plan.Assignment == nil:
		return &meeting.Text{Vi: "Cuộc họp chưa thuộc đợt nào.", En: "The meeting is in no round."}
	case (a == meeting.ActPack || a == meeting.ActSend) && v.counted() && !v.published() && !v.m.Counts(v.actor):
		return &meeting.Text{Vi: "Kết quả chưa công bố; trước đó chỉ chủ trì lập và gửi gói.", En: "The result is not published; before that the chair alone makes and sends packages."}
	case a == meeting.ActPack && v.counted() && len(v.m.Records) == 0:
		return &meeting.Text{Vi: "Chưa lập biên bản, báo cáo.", En: "Minutes and report are not made yet."}
	}
	return nil
}

// waitingForSending is who has to send the result up.
func (v *visit) waitingForSending() []wait {
	a := v.m.Plan.Assignment
	if a == nil || v.m.Sent() {
		return nil
	}
	by := dayText(a.SendBy(v.m.Plan.Date))
	who := secretaryText
	if !v.published() {
		who = v.chairText()
	}
	for i := range v.m.Papers {
		if a.Of(i) != nil && v.m.Sending(i) == nil {
			return []wait{{who, meeting.Text{Vi: "gửi gói kết quả lên cấp trên, hạn " + by, En: "sends the package of the result up, by " + by}, "round"}}
		}
	}
	superior := meeting.Text{Vi: cmp.Or(v.m.Plan.Superior, "Cấp trên"), En: "Superior"}
	return []wait{{superior, meeting.Text{Vi: "kiểm tra gói và gửi biên nhận", En: "checks the package and sends a receipt"}, "round"}}
}
