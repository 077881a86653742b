package meeting

import (
	"context"
	"fmt"
	"slices"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/meeting/staff"
)

// Send has a package carried to the superior's server, or notes that its file was
// handed over. Before a result goes over the network, somebody must have compared
// where it goes ([Office.Compare]). Only the last that was made can be sent. One that the superior
// keeps apart may be sent again: what became of it may have changed there.
func (o *Office) Send(ctx context.Context, actor staff.Actor, u ballot.UUID, pkg, by string) (*Meeting, error) {
	m, err := o.step(ctx, actor, u, ActSend, func(m *Meeting) (detail, error) {
		paper, at := m.find(pkg)
		if paper < 0 {
			return nil, fmt.Errorf("%s: %w", pkg, box.ErrNotFound)
		}
		if err := m.knows(actor); err != nil {
			return nil, err
		}
		list := m.sendings(paper)
		s := &list[at]
		switch {
		case at != len(list)-1:
			return nil, refuse(ErrState, "package", "đã có gói mới hơn; gửi gói đó", "there is a later package; send that one")
		case s.Receipt != "", by != "" && s.By == by && s.Answer != AnswerApart:
			return nil, errSame
		}
		if err := o.send(m, s, by); err != nil {
			return nil, err
		}
		m.setSendings(paper, list)
		return detail{"package": pkg, "by": by}, nil
	})
	o.deliver(m, err)
	return m, err
}

// send marks how a package goes.
func (o *Office) send(m *Meeting, s *Sending, by string) error {
	a, err := m.assigned()
	if err != nil {
		return err
	}
	switch {
	case by == ByFile:
		s.Sent = max(s.Sent, o.today())
	case by != ByHTTPS:
		return refuse(ErrAssignment, "by", "chưa chọn cách gửi", "no way of sending chosen")
	case a.URL == "" || o.Courier == nil:
		return refuse(ErrAssignment, "by", "đợt này không có máy chủ nhận gói qua mạng; tải gói về và chuyển bằng tệp", "no server of the superior takes packages of this round; download the file and carry it")
	case !s.Notice && !a.Trusted():
		return refuse(ErrAssignment, "compared", "gọi cho cấp trên, đối chiếu dãy số của máy chủ và khóa trước khi gửi qua mạng", "call the superior and compare the digits of server and key before anything is sent over the network")
	}
	s.By, s.Answer, s.Refused = by, NoAnswer, Text{}
	return nil
}

// deliver tells the courier that a meeting may have something for it.
func (o *Office) deliver(m *Meeting, err error) {
	if err == nil && o.Courier != nil && len(m.Underway()) > 0 {
		o.Courier.Deliver(m.UUID)
	}
}

// find returns the paper and the place of a package, or -1.
func (m *Meeting) find(pkg string) (paper, at int) {
	for paper, list := range m.Sendings {
		if at := slices.IndexFunc(list, func(s Sending) bool { return s.Package == pkg }); at >= 0 {
			return paper, at
		}
	}
	return -1, -1
}

// Notify makes notices of how far the agency has come, one for each ballot paper
// in the round: what was prepared and met, the day of the vote to come, that it
// was held. They are carried to the superior's server, or their files are for
// somebody to carry. What was said already is not said again.
func (o *Office) Notify(ctx context.Context, actor staff.Actor, u ballot.UUID, by string) (*Meeting, error) {
	m, err := o.step(ctx, actor, u, ActNotice, func(m *Meeting) (detail, error) {
		a, err := m.assigned()
		if err != nil {
			return nil, err
		}
		if err := m.inState(order...); err != nil {
			return nil, err
		}
		if o.Packer == nil {
			return nil, errNoPacker
		}
		var notices []Sending
		for paper := range m.Papers {
			of := a.Of(paper)
			if of == nil {
				continue
			}
			s, err := o.notice(ctx, m, of, by)
			if err != nil {
				return nil, err
			}
			notices = append(notices, s)
		}
		if slices.Equal(notices, m.Notices) {
			return nil, errSame
		}
		m.Notices = notices
		return detail{"notices": itoa(len(notices)), "by": by}, nil
	})
	o.deliver(m, err)
	return m, err
}

// notice makes the notice of a place in a round, or returns the one that is there.
func (o *Office) notice(ctx context.Context, m *Meeting, a *Assignment, by string) (s Sending, err error) {
	p := &Parcel{Assignment: *a, Meeting: m.UUID, Notice: true, Planned: m.Plan.Date}
	if m.reached(Closed) {
		p.Planned, p.Voted = "", m.Plan.Date
	}
	of := digestOf([]string{a.place(), string(a.Prepared), string(a.Condition()), string(p.Planned), string(p.Voted)})
	i := slices.IndexFunc(m.Notices, func(n Sending) bool { return n.Of == of && n.By == by && n.Answer != AnswerApart })
	if i >= 0 {
		return m.Notices[i], nil
	}
	p.Made = o.Clock()
	if s, err = o.pack(ctx, p, of); err != nil {
		return s, err
	}
	return s, o.send(m, &s, by)
}

// maxReceipt is how large a receipt may be.
const maxReceipt = 64 << 10

// TakeReceipt takes the superior's receipt of one of the meeting's packages, which
// it names itself.
func (o *Office) TakeReceipt(ctx context.Context, actor staff.Actor, u ballot.UUID, text []byte) (*Meeting, error) {
	return o.step(ctx, actor, u, ActReceipt, func(m *Meeting) (detail, error) {
		pkg, err := o.readReceipt(m, text)
		if err != nil {
			return nil, err
		}
		s, put, err := m.sending(pkg)
		if err != nil {
			return nil, refuse(ErrReceipt, "file", "biên nhận của một gói khác, không phải của cuộc họp này", "it is the receipt of another package, none of this meeting's")
		}
		if s.Receipt == string(text) {
			return nil, errSame
		}
		o.received(s, string(text))
		put()
		return detail{"package": pkg}, nil
	})
}

// readReceipt returns which package a receipt is about.
func (o *Office) readReceipt(m *Meeting, text []byte) (pkg string, err error) {
	a, err := m.assigned()
	if err != nil {
		return "", err
	}
	switch {
	case o.Packer == nil:
		return "", errNoPacker
	case a.Key == "":
		return "", refuse(ErrReceipt, "file", "tệp của đợt không có khóa của cấp trên nên không kiểm tra được biên nhận", "the round file has no key of the superior, so no receipt can be checked")
	case len(text) > maxReceipt:
		return "", refuse(ErrReceipt, "file", "tệp quá lớn", "too large")
	}
	for paper := range a.papers() {
		of := a.Of(paper)
		if of == nil {
			continue
		}
		if pkg, err = o.Packer.Receipt(text, of); err == nil {
			return pkg, nil
		}
	}
	return "", err
}

// received notes a receipt that holds.
func (o *Office) received(s *Sending, text string) {
	s.Receipt, s.Answer, s.Refused = text, AnswerAccepted, Text{}
	if s.Sent == "" {
		s.Sent = o.today()
	}
	if s.By == "" {
		s.By = ByFile
	}
}

// sending returns a copy of the package of that name, and what puts it back.
func (m *Meeting) sending(pkg string) (s *Sending, put func(), err error) {
	if i := slices.IndexFunc(m.Notices, func(n Sending) bool { return n.Package == pkg }); i >= 0 {
		list := slices.Clone(m.Notices)
		return &list[i], func() { m.Notices = list }, nil
	}
	paper, at := m.find(pkg)
	if paper < 0 {
		return nil, nil, fmt.Errorf("%s: %w", pkg, box.ErrNotFound)
	}
	list := m.sendings(paper)
	return &list[at], func() { m.setSendings(paper, list) }, nil
}

// PackageFile returns the file of a package. That of a result is for who may know
// it.
func (o *Office) PackageFile(ctx context.Context, actor staff.Actor, u ballot.UUID, pkg string) ([]byte, error) {
	m, err := o.load(ctx, actor, u, ActSend)
	if err != nil {
		return nil, err
	}
	s, _, err := m.sending(pkg)
	if err != nil {
		return nil, err
	}
	if err := m.knows(actor); err != nil && !s.Notice {
		return nil, err
	}
	return o.Meetings.File(ctx, u, s.File)
}

// A Delivery is a package that is to be carried to a superior's server.
type Delivery struct {
	Meeting ballot.UUID
	Package string
	File    string // [Store.File]
	URL     string // of the server
	// Known tells that the server has said that it has it: then only what became
	// of it is asked.
	Known bool
}

// Underway returns the packages that are to be carried over the network and are
// not settled.
func (m *Meeting) Underway() (list []Delivery) {
	a := m.Plan.Assignment
	if a == nil {
		return nil
	}
	add := func(s *Sending) bool {
		if s.Underway() {
			list = append(list, Delivery{m.UUID, s.Package, s.File, a.URL, s.Answer != NoAnswer})
		}
		return s.Underway()
	}
	for i := range m.Notices {
		add(&m.Notices[i])
	}
	for _, made := range m.Sendings {
		for i := range made {
			if add(&made[i]) {
				break // one after another: each corrects the one before
			}
		}
	}
	return list
}

// Answered notes what the superior's server says of a package. A receipt is
// checked first; one that does not hold is [ErrReceipt], and nothing is noted.
func (o *Office) Answered(ctx context.Context, u ballot.UUID, pkg string, a Answer, why Text, receipt string) (*Meeting, error) {
	load := func() (*Meeting, error) { return o.Meetings.Meeting(ctx, u) }
	entry := audit.Draft{Time: o.Clock(), Meeting: u, Action: "package.answer", Actor: audit.Server}
	return o.take(ctx, load, entry, func(m *Meeting) (detail, error) {
		s, put, err := m.sending(pkg)
		if err != nil {
			return nil, err
		}
		if receipt != "" && !s.Notice {
			of, err := o.readReceipt(m, []byte(receipt))
			if err != nil {
				return nil, err
			}
			if of != pkg {
				return nil, refuse(ErrReceipt, "file", "biên nhận của một gói khác", "it is the receipt of another package")
			}
		}
		if s.Receipt != "" || s.Answer == a && receipt == "" && s.Refused == why {
			return nil, errSame
		}
		o.answer(s, a, why, receipt)
		put()
		return detail{"package": pkg, "answer": string(a)}, nil
	})
}

func (o *Office) answer(s *Sending, a Answer, why Text, receipt string) {
	s.Answer, s.Refused = a, Text{}
	if s.Sent == "" {
		s.Sent = o.today()
	}
	switch {
	case a == AnswerApart:
		s.Refused = why
	case receipt != "" && !s.Notice:
		o.received(s, receipt)
	}
}
