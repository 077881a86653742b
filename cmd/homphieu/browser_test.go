package main

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// TestBrowser votes as people do: with Chromium, on a telephone's screen, by
// what the page shows and says aloud (roles, names and visible text), never by
// how the page is made. One browser serves all of it; every tab has a profile
// of its own.
func TestBrowser(t *testing.T) {
	b := startBrowser(t)
	for _, s := range []struct {
		name string
		test func(*testing.T, *browser)
	}{
		{"vote", testVote},
		{"used", testUsed},
		{"counted", testCounted},
		{"refused", testRefused},
		{"unknown code typed", testUnknownTyped},
		{"not open yet", testNotOpen},
		{"closed meanwhile", testClosedMeanwhile},
		{"no script", testNoScript},
		{"lost connection", testLost},
		{"lost answer", testAnswerLost},
		{"reload", testReload},
		{"keyboard", testKeys},
		{"list", testList},
		{"cover", testCover},
		{"equal levels", testEqual},
		{"every state", testStates},
		{"sample meeting", testSample},
		{"staff", testStaff},
		{"elsewhere", testElsewhere},
		{"State form", testStateForm},
	} {
		t.Run(s.name, func(t *testing.T) { s.test(t, b) })
	}
}

// A browser is a running Chromium.
type browser struct{ ctx context.Context }

// startBrowser starts Chromium with an empty profile, and with more options.
// Without Chromium nothing is proved, so that is a failure.
func startBrowser(t testing.TB, more ...chromedp.ExecAllocatorOption) *browser {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil && path == "" {
			path = found
		}
	}
	if path == "" {
		t.Fatal("chromium is missing: run .ci/setup")
	}
	options := append([]chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()),
		chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("force-color-profile", "srgb"),
	}, more...)
	alloc, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, closeAll := chromedp.NewContext(alloc)
	t.Cleanup(func() {
		closeAll()
		stop()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("chromium: %v", err)
	}
	return &browser{ctx}
}

// A screen is what a tab is shown on.
type screen struct {
	width, height int64
	touch         bool
}

var (
	onPhone  = screen{360, 740, true}
	onNarrow = screen{320, 568, true}
	onLaptop = screen{1280, 800, false}
)

// A tab is one tab, whose failures end the test t.
type tab struct {
	testing.TB
	ctx    context.Context
	screen screen
	seen   *traffic
}

// tab opens an empty tab with a profile of its own.
func (b *browser) tab(t testing.TB, s screen) *tab {
	t.Helper()
	return newTab(b.ctx, t, s, chromedp.WithNewBrowserContext())
}

// another opens an empty tab beside p, with the same profile.
func (p *tab) another() *tab {
	p.Helper()
	return newTab(p.ctx, p.TB, p.screen)
}

func newTab(parent context.Context, t testing.TB, s screen, options ...chromedp.ContextOption) *tab {
	t.Helper()
	p := &tab{TB: t, screen: s, seen: &traffic{}}
	var leave context.CancelFunc
	p.ctx, leave = chromedp.NewContext(parent, append(options, chromedp.WithListener(p.seen.listen))...)
	t.Cleanup(leave)
	p.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) { return chromedp.Void{}, nil })
	p.show(s)
	return p
}

// show puts the tab on another screen.
func (p *tab) show(s screen) {
	p.Helper()
	p.screen = s
	call(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: s.width, Height: s.height, DeviceScaleFactor: 1, Mobile: s.touch,
	})
	call(p, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: s.touch})
}

// dark switches the system's dark colours on or off.
func (p *tab) dark(on bool) {
	p.Helper()
	value := "light"
	if on {
		value = "dark"
	}
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}},
	})
}

// patience is how long a page may take to come to what a test waits for.
const patience = 20 * time.Second

// do runs actions, or ends the test.
func (p *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	// The first actions start the tab, whose life is that of their context.
	if chromedp.FromContext(p.ctx).Target == nil {
		ctx = p.ctx
	}
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.Fatalf("browser: %v", err)
	}
}

// call sends one command of the DevTools protocol to a tab.
func call[P, R any](p *tab, command cdp.Command[P, R], params P) R {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	result, err := chromedp.Call(ctx, command, params)
	if err != nil {
		p.Fatalf("browser: %s: %v", command.Method, err)
	}
	return result
}

// eval evaluates a script in a tab. Voters cannot; it is for what a test looks
// up behind their backs.
func eval[T any](p *tab, script string) T {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		p.Fatalf("browser: %.200s: %v", script, err)
	}
	return value
}

// picture writes what the screen shows.
func (p *tab) picture(path string) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(path, png, 0o644)
	}
	if err != nil {
		p.Fatalf("picture: %v", err)
	}
}

// wholePicture writes the whole page, also what lies below the screen.
func (p *tab) wholePicture(path string) {
	p.Helper()
	height := eval[float64](p, `document.documentElement.scrollHeight`)
	content := call(p, page.CaptureScreenshot, page.CaptureScreenshotParams{
		CaptureBeyondViewport: new(true),
		Clip:                  &page.Viewport{Width: float64(p.screen.width), Height: height, Scale: 1},
	}).Data
	if err := os.WriteFile(path, content, 0o644); err != nil {
		p.Fatalf("picture: %v", err)
	}
}

// spaces makes one space of all white space, for comparing visible text.
func spaces(s string) string { return strings.Join(strings.Fields(s), " ") }
