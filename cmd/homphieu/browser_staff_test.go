package main

import (
	"bufio"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
)

// serveOffice runs homphieu serve on an empty folder and returns the address
// and the link for the first administrator, as they are printed.
func serveOffice(t testing.TB) (address, link string) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	said, output := io.Pipe()
	served := make(chan error, 1)
	go func() {
		served <- run(ctx, []string{"serve", "--data", t.TempDir(), "--listen", "localhost:0"}, output)
	}()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	lines := bufio.NewReader(said)
	var found []string
	for range 2 {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, strings.TrimSpace(line[strings.Index(line, "http"):]))
	}
	return found[0], found[1]
}

// testStaff is what the first administrator does: follow the link in the
// terminal, set a password, sign in, and hand a secretary the next link.
func testStaff(t *testing.T, b *browser) {
	address, link := serveOffice(t)
	p := b.tab(t, onLaptop)
	p.open(address)
	p.says("Chưa có quản trị viên.")
	holdsUp("first page without administrator", p)
	p.show(onLaptop)
	p.open(link)
	p.says("✓ Đã nhận liên kết.")
	if at := eval[string](p, `location.href + " " + history.length`); strings.Contains(at, "#") || !strings.Contains(at, "/staff/claim ") {
		t.Errorf("the address bar shows %s", at)
	}
	holdsUp("account link", p)
	p.show(onLaptop)
	p.button("Tiếp tục…")
	p.find("heading", "Đặt mật khẩu…")
	holdsUp("account", p)
	p.show(onLaptop)
	secret := eval[string](p, `document.querySelector("[name=secret]").value`)
	p.fillIn("Họ và tên…", "Nguyễn Thị Ánh")
	p.fillIn("Tên đăng nhập…", "anh")
	p.fillIn("Mật khẩu…", "mật khẩu rất dài")
	p.fillIn("Nhập lại mật khẩu…", "mật khẩu rất dài")
	p.fillIn("Mã đang hiện…", "000000")
	p.button("Đặt mật khẩu và đăng nhập…")
	p.find("link", "Mã xác nhận không đúng…")
	if typed := eval[string](p, `document.querySelector("[name=password]").value`); typed != "mật khẩu rất dài" {
		t.Errorf("after a wrong code the password is %q", typed)
	}
	holdsUp("account refused", p)
	p.show(onLaptop)
	p.fillIn("Mã đang hiện…", codeOf(t, secret))
	p.button("Đặt mật khẩu và đăng nhập…")
	p.find("heading", "Nguyễn Thị Ánh")
	holdsUp("office", p)
	p.show(onLaptop)

	p.press(p.find("link", "Tài khoản"))
	p.find("heading", "Tài khoản mới…")
	p.fillIn("Họ và tên…", "Trần Đạt")
	p.fillIn("Tên đăng nhập…", "thuky")
	p.button("Tạo tài khoản và hiện liên kết…")
	p.says("Liên kết chỉ hiện một lần này.")
	holdsUp("accounts", p)
	p.show(onLaptop)
	p.open(address + "/staff/audit")
	p.says("✓ Đã kiểm tra cả chuỗi: 3 dòng")
	holdsUp("audit", p)
	p.show(onLaptop)
	p.button("Thoát…")
	p.find("heading", "Đăng nhập…")
	holdsUp("login", p)
	p.show(onLaptop)
	p.open(address + "/staff/enter")
	p.find("heading", "Vào phòng họp…")
	holdsUp("enter", p)
}

// fillIn types into the field with a label.
func (p *tab) fillIn(label, text string) {
	p.Helper()
	field := p.find("textbox", label)
	p.press(field)
	on[bool](p, field, `function () { this.select(); return true; }`)
	p.key(text)
}

// codeOf is what an authenticator app shows now.
func codeOf(t testing.TB, secret string) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}
