package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// A thing is what assistive technology finds on a page: a role and a name.
type thing struct {
	role, name string
	id         cdp.BackendNodeID
	states     map[string]string // checked, focused, level …
}

// things returns everything of a role that is not hidden, in the page's order.
func (p *tab) things(role string) []thing {
	p.Helper()
	list, err := p.query(role)
	if err != nil {
		p.Fatalf("browser: things of role %s: %v", role, err)
	}
	return list
}

// query is things without ending the test, for pages that are just changing.
func (p *tab) query(role string) ([]thing, error) {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	document, err := chromedp.Run(ctx, chromedp.Evaluate[*runtime.RemoteObject]("document"))
	if err != nil {
		return nil, err
	}
	answer, err := chromedp.Call(ctx, accessibility.QueryAXTree, accessibility.QueryAXTreeParams{ObjectID: document.ObjectID, Role: role})
	if err != nil {
		return nil, err
	}
	var list []thing
	for _, n := range answer.Nodes {
		if n.Ignored {
			continue
		}
		one := thing{id: n.BackendDOMNodeID, role: axText(n.Role), name: spaces(axText(n.Name)), states: map[string]string{}}
		for _, property := range n.Properties {
			one.states[string(property.Name)] = axText(property.Value)
		}
		list = append(list, one)
	}
	return list, nil
}

func axText(v *accessibility.Value) string {
	if v == nil {
		return ""
	}
	var text string
	if json.Unmarshal(v.Value, &text) == nil {
		return text
	}
	return string(v.Value)
}

// find waits for the one thing of a role whose name is name, or begins with it
// if it ends in "…".
func (p *tab) find(role, name string) thing {
	p.Helper()
	var found thing
	p.await(role+" "+name, func() bool {
		list, _ := p.query(role)
		list = named(list, name)
		if len(list) == 1 {
			found = list[0]
		}
		return len(list) == 1
	})
	return found
}

// has tells whether a thing is there now.
func (p *tab) has(role, name string) bool {
	p.Helper()
	return len(named(p.things(role), name)) > 0
}

func named(list []thing, name string) (found []thing) {
	prefix, cut := strings.CutSuffix(name, "…")
	for _, one := range list {
		if one.name == name || cut && strings.HasPrefix(one.name, prefix) {
			found = append(found, one)
		}
	}
	return found
}

// await asks again and again until a condition holds.
func (p *tab) await(what string, holds func() bool) {
	p.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); time.Now().Before(end); <-tick.C {
		if holds() {
			return
		}
	}
	p.Fatalf("never came: %s\nthe page says: %s\n%s", what, p.text(), p.outline())
}

// says waits until the page shows some words.
func (p *tab) says(words string) {
	p.Helper()
	p.await("the words “"+words+"”", func() bool { return p.shows(words) })
}

// shows tells whether the page shows some words now.
func (p *tab) shows(words string) bool {
	p.Helper()
	return strings.Contains(p.text(), words)
}

// text is all text that can be seen.
func (p *tab) text() string {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body?.innerText ?? ""`))
	if err != nil {
		return "" // between two pages
	}
	return spaces(text)
}

// outline lists what can be heard and pressed, for messages.
func (p *tab) outline() string {
	var s strings.Builder
	for _, role := range []string{"heading", "button", "radio", "checkbox", "switch", "textbox", "link", "img", "alert", "status", "progressbar"} {
		list, _ := p.query(role)
		for _, one := range list {
			fmt.Fprintf(&s, "  %s %q %v\n", one.role, one.name, one.states)
		}
	}
	return s.String()
}

// on calls a function of script on a thing's element.
func on[T any](p *tab, one thing, function string) T {
	p.Helper()
	object := call(p, dom.ResolveNode, dom.ResolveNodeParams{BackendNodeID: one.id}).Object
	// The browser must not keep for the test what the page has let go.
	defer call(p, runtime.ReleaseObject, runtime.ReleaseObjectParams{ObjectID: object.ObjectID})
	answer := call(p, runtime.CallFunctionOn, runtime.CallFunctionOnParams{
		FunctionDeclaration: function, ObjectID: object.ObjectID, ReturnByValue: new(true), AwaitPromise: new(true),
	})
	if answer.ExceptionDetails != nil {
		p.Fatalf("%s %q: %s", one.role, one.name, answer.ExceptionDetails.Exception.Description)
	}
	var value T
	if err := json.Unmarshal(answer.Result.Value, &value); err != nil {
		p.Fatalf("%s %q: %v", one.role, one.name, err)
	}
	return value
}

// A point is a place on the screen.
type point struct{ X, Y float64 }

// reach scrolls a thing into view and returns where a finger would touch it;
// what lies under something else cannot be touched.
func (p *tab) reach(one thing) point {
	p.Helper()
	var at *point
	p.await("a place to touch on "+one.role+" "+one.name, func() bool {
		at = on[*point](p, one, `function () {
			const target = this.labels?.length ? this.labels[0] : this;
			// Of a link that takes several lines, the largest part.
			const part = () => [...target.getClientRects()].sort((a, b) => b.width * b.height - a.width * a.height)[0];
			target.scrollIntoView({ block: "nearest", behavior: "instant" });
			let box = part();
			if (!box) return null;
			if (box.top < 0 || box.bottom > innerHeight) { target.scrollIntoView({ block: "center", behavior: "instant" }); box = part(); }
			const x = box.left + box.width / 2, y = box.top + box.height / 2, hit = document.elementFromPoint(x, y);
			return hit && (target.contains(hit) || this.contains(hit)) ? { X: x, Y: y } : null;
		}`)
		return at != nil
	})
	return *at
}

// press touches a thing, or clicks it on a screen without touch.
func (p *tab) press(one thing) {
	p.Helper()
	at := p.reach(one)
	if p.screen.touch {
		p.do(chromedp.TapXY(at.X, at.Y))
	} else {
		p.do(chromedp.MouseClickXY(at.X, at.Y))
	}
}

// button presses the button with a name.
func (p *tab) button(name string) {
	p.Helper()
	p.press(p.find("button", name))
}

// open follows a link and waits for the page.
func (p *tab) open(url string) {
	p.Helper()
	p.do(chromedp.Navigate(url))
}

// hold keeps a finger on a thing while f looks at the page.
func (p *tab) hold(one thing, f func()) {
	p.Helper()
	at := p.reach(one)
	touch := func(kind input.DispatchTouchEventType, points ...*input.TouchPoint) {
		call(p, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: points})
	}
	touch(input.DispatchTouchEventTypeTouchStart, &input.TouchPoint{X: at.X, Y: at.Y})
	f()
	touch(input.DispatchTouchEventTypeTouchEnd)
}

// key presses keys, such as kb.Tab.
func (p *tab) key(keys string) {
	p.Helper()
	p.do(chromedp.KeyEvent(keys))
}

// offline takes the network from a tab, or gives it back.
func (p *tab) offline(on bool) {
	p.Helper()
	call(p, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{Offline: on, DownloadThroughput: -1, UploadThroughput: -1}},
	})
	call(p, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: on, DownloadThroughput: -1, UploadThroughput: -1})
}
