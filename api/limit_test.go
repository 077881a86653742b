package api_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/homphieu/homphieu/api"
)

// One address is one source, whatever the port; so is the network of a device
// with IPv6. Routes count apart.
func TestSources(t *testing.T) {
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	l := api.NewLimits(func() time.Time { return now })
	fill := func(address string) {
		for i := range 60 {
			if err := l.Source("/staff/login", fmt.Sprintf(address, i)); err != nil {
				t.Fatalf("%d of %s: %v", i, address, err)
			}
		}
	}
	fill("192.0.2.1:%d")
	fill("[2001:db8:1:1::%x]:443")
	for address, refused := range map[string]bool{
		"192.0.2.1:9": true, "[::ffff:192.0.2.1]:9": true, "192.0.2.2:9": false,
		"[2001:db8:1:1:ffff::]:1": true, "[2001:db8:1:2::1]:1": false, "": false, "@": false,
	} {
		if err := l.Source("/staff/login", address); (err != nil) != refused {
			t.Errorf("%s: %v", address, err)
		}
	}
	if err := l.Source("/staff/enter", "192.0.2.1:9"); err != nil {
		t.Error(err)
	}
}

// The memory of limits is bounded: who has nothing to wait for is forgotten
// first, so that a flood of names lets nobody try again sooner.
func TestLimitsAreForgotten(t *testing.T) {
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	l := api.NewLimits(func() time.Time { return now })
	for i := range api.MaxLimiters - 1 {
		if err := l.Login(fmt.Sprint("name", i)); err != nil {
			t.Fatal(err)
		}
	}
	now = now.Add(time.Hour)
	for range 5 {
		if err := l.Login("anh"); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Login("one more"); err != nil || l.Len() != 2 {
		t.Errorf("%d kept, %v", l.Len(), err)
	}
	if l.Login("anh") == nil {
		t.Error("the limit of a name was forgotten")
	}
	for i := range 3 * api.MaxLimiters {
		if err := l.Login(fmt.Sprint("flood", i)); err != nil {
			t.Fatal(err)
		}
	}
	if l.Len() > api.MaxLimiters {
		t.Errorf("%d kept", l.Len())
	}
}

// However many addresses they come from, there are not more screens than so many.
func TestScreensInAll(t *testing.T) {
	l := api.NewLimits(time.Now)
	for range 2 {
		var leave []func()
		for i := range api.MaxScreens {
			gone, err := l.Screen(fmt.Sprintf("198.51.%d.%d:443", i/256, i%256))
			if err != nil {
				t.Fatalf("screen %d: %v", i+1, err)
			}
			leave = append(leave, gone)
		}
		if _, err := l.Screen("192.0.2.1:443"); err == nil {
			t.Fatal("one more")
		}
		for _, gone := range leave {
			gone()
		}
	}
}
