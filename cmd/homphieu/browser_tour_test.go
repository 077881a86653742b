package main

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// inspected are the screens of a meeting that no other test looks at: axe finds
// nothing on them, and on a phone nothing is cut off or too small to touch.
var inspected = map[string]bool{
	"seats link":           true,
	"ceremony seed":        true,
	"ceremony seed asked":  true,
	"ceremony digits":      true,
	"ceremony waiting":     true,
	"key file":             true,
	"slips print":          true,
	"tally sign rehearsal": true,
	"tally share tally":    true,
	"seal compare":         true,
	"opening ready":        true,
	"desk":                 true,
	"closing counted":      true,
	"closing agrees":       true,
	"groups":               true,
	"papers":               true,
	"papers refused":       true,
	"result published":     true,
	"projector result":     true,
}

// pictured are the screens of which README.md or the guide has a picture.
var pictured = map[string]struct {
	file   string
	screen screen
}{
	"ceremony digits": {"member-digits", screen{740, 1060, false}},
	"projector":       {"projector", onLaptop},
	"opening ready":   {"opening", screen{1280, 1040, false}},
	"closing agrees":  {"closing", screen{1280, 1180, false}},
	"kiosk":           {"kiosk", onLaptop},
}

// look inspects what somebody sees now, and makes pictures of it where a flag
// asks for them: whole pages with -pictures, those of README.md with
// -screenshots. A screen that comes again is not looked at again.
func (m *theMeeting) look(name string, p *tab) {
	m.Helper()
	if m.seen == nil || m.seen[name] { // nil in the tests that play a part of a meeting only
		return
	}
	m.seen[name] = true
	own, place := p.screen, eval[float64](p, "scrollY")
	if inspected[name] {
		p.look(onPhone, false, 16)
		p.accessible(name)
		p.fits(name)
	}
	if *pictures != "" {
		for size, s := range map[string]screen{"phone": onPhone, "laptop": onLaptop} {
			p.look(s, false, 16)
			p.wholePicture(filepath.Join(*pictures, "meeting-"+strings.ReplaceAll(name, " ", "-")+"-"+size+".png"))
		}
	}
	if to, ok := pictured[name]; ok && *screenshots != "" {
		p.look(to.screen, false, 16)
		eval[any](p, "scrollTo(0, 0)")
		p.shoot(to.file, 1)
	}
	p.look(own, false, 16)
	eval[any](p, fmt.Sprintf("scrollTo(0, %g)", place))
}

// allLooked fails if a screen that is to be inspected never came.
func (m *theMeeting) allLooked() {
	m.Helper()
	for _, name := range slices.Sorted(maps.Keys(inspected)) {
		if !m.seen[name] {
			m.Errorf("nobody has seen %q", name)
		}
	}
}

// isAt tells whoever looks over a person's shoulder what the page shows now.
func (p *person) isAt(screen string) {
	p.Helper()
	if p.overShoulder != nil {
		p.overShoulder(screen, p.tab)
	}
}
