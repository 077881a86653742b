package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
)

// send makes the package of a result and brings it to the superior.
func (p *province) send(ctx context.Context, m *provinceMeeting) error {
	s, err := m.pack(ctx, "")
	if err != nil {
		return fmt.Errorf("%s: %w", m.name, err)
	}
	if m.by == meeting.ByFile {
		return p.carry(ctx, m, s)
	}
	return p.deliver(ctx, m, s)
}

// deliver lets the agency's server send the package, and waits for the answer.
func (p *province) deliver(ctx context.Context, m *provinceMeeting, s *meeting.Sending) error {
	superior := p.rounds()
	if _, err := m.office.Compare(ctx, m.chair(), m.u, meeting.SuperiorDigits(superior.URL, superior.Key)); err != nil {
		return err
	}
	if _, err := m.office.Send(ctx, m.chair(), m.u, s.Package, meeting.ByHTTPS); err != nil {
		return err
	}
	if m.Agency == provinceHeld {
		if err := p.confirm(ctx, m); err != nil {
			return err
		}
	}
	s, err := m.answered(ctx, (*meeting.Sending).Settled)
	if err != nil {
		return err
	}
	if s.Answer == meeting.AnswerApart {
		p.say("%s was told over HTTP · đã báo cho nơi gửi: gói để riêng\n            %s\n            %s", m.name, s.Refused.Vi, s.Refused.En)
		return nil
	}
	return p.leave("receipts", p.fileName(m, s, ".txt"), []byte(s.Receipt))
}

// confirm waits until the superior holds the package of an agency whose key it
// does not know, and confirms the key.
func (p *province) confirm(ctx context.Context, m *provinceMeeting) error {
	if _, err := m.answered(ctx, func(s *meeting.Sending) bool { return s.Answer == meeting.AnswerHeld }); err != nil {
		return err
	}
	p.say("%s: held until its key is confirmed · chờ xác nhận khóa", m.name)
	_, err := p.rounds().ConfirmKey(ctx, provinceOfficer, m.Agency, round.KeyDigits(m.server.key()))
	return err
}

// carry takes the package to the superior on a stick, and the receipt back.
func (p *province) carry(ctx context.Context, m *provinceMeeting, s *meeting.Sending) error {
	file, err := m.office.PackageFile(ctx, m.chair(), m.u, s.Package)
	if err != nil {
		return err
	}
	name := p.fileName(m, s, ".zip")
	if err := p.leave("usb", name, file); err != nil {
		return err
	}
	if _, err := m.office.Send(ctx, m.chair(), m.u, s.Package, meeting.ByFile); err != nil {
		return err
	}
	if file, err = os.ReadFile(filepath.Join(p.out, "usb", name)); err != nil {
		return err
	}
	taken, err := p.rounds().Receive(ctx, file, meeting.ByFile)
	if err != nil {
		return err
	}
	if taken, err = p.rounds().Settled(ctx, taken.Hash); err != nil {
		return err
	}
	if taken.Status != round.Accepted {
		return fmt.Errorf("%s: package %s: %s", m.name, taken.Status, taken.Reason.En)
	}
	receipt := strings.TrimSuffix(name, ".zip") + ".txt"
	return inTurn(
		func() error { return p.leave("usb", receipt, []byte(taken.Receipt)) },
		func() error { return p.leave("receipts", receipt, []byte(taken.Receipt)) },
		func() error { return done(m.office.TakeReceipt(ctx, m.chair(), m.u, []byte(taken.Receipt))) },
	)
}

// correct signs the papers in the places that were left, and sends a package that
// takes the place of the first.
func (p *province) correct(ctx context.Context, m *provinceMeeting) error {
	const why = "Bổ sung chữ ký còn thiếu trên biên bản và báo cáo"
	for _, name := range []string{meeting.MinutesFile, meeting.ReportFile} {
		if err := m.signPaper(ctx, name); err != nil {
			return err
		}
	}
	s, err := m.pack(ctx, why)
	if err != nil {
		return fmt.Errorf("%s: %w", m.name, err)
	}
	p.say("%s: a corrected package · gói đính chính: %s", m.name, why)
	return p.deliver(ctx, m, s)
}

// fileName names the file of a package, or of its receipt.
func (p *province) fileName(m *provinceMeeting, s *meeting.Sending, end string) string {
	return fmt.Sprintf("%s-%s-%s%s", m.Agency, m.Group, s.Package[:8], end)
}

// leave writes a file into a folder of the demonstration.
func (p *province) leave(folder, name string, content []byte) error {
	if err := os.MkdirAll(filepath.Join(p.out, folder), 0o750); err != nil {
		return err
	}
	return writeWhole(filepath.Join(p.out, folder, name), content)
}
