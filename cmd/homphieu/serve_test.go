package main

import (
	"net/url"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/homphieu/homphieu/meeting/staff"
	"github.com/homphieu/homphieu/store/bolt"
)

// A link that makes an administrator is printed as long as there is none, each
// time another, and afterwards on request alone.
func TestOfferAdministrator(t *testing.T) {
	store, err := bolt.Open(filepath.Join(t.TempDir(), "data.bolt"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	register := staff.NewRegister(store, store, time.Now)
	site := &url.URL{Scheme: "https", Host: "hop.example.vn"}
	offer := func(always bool) string {
		t.Helper()
		line, err := offerAdministrator(t.Context(), register, always, site)
		if err != nil {
			t.Fatal(err)
		}
		return line
	}
	form := regexp.MustCompile(`^Quản trị viên / administrator: https://hop\.example\.vn/staff/claim#([\w-]{43})\n$`)
	first, second := form.FindStringSubmatch(offer(false)), form.FindStringSubmatch(offer(true))
	if first == nil || second == nil || first[1] == second[1] {
		t.Fatalf("%q and %q", first, second)
	}
	secret := staff.NewSecret()
	_, _, err = register.Claim(t.Context(), second[1], staff.Setup{Login: "anh", Name: "Ánh", Password: "mật khẩu rất dài", Secret: secret, Code: codeOf(t, secret)})
	if err != nil {
		t.Fatal(err)
	}
	if line := offer(false); line != "" {
		t.Errorf("there is an administrator, and %q is printed", line)
	}
	if line := offer(true); !form.MatchString(line) {
		t.Errorf("asked for a link: %q", line)
	}
}
