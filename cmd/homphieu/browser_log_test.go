package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/tally/ledger"
	"github.com/homphieu/homphieu/tally/ledger/ledgertest"
)

// TestBrowserLog looks at an officer's page of the public log on every screen:
// with two witnesses that cosign and one that is away.
func TestBrowserLog(t *testing.T) {
	s := stageAt(t, startBrowser(t), meeting.Sealed)
	key := s.site.log.Key
	w := keepWatching(t, witnessOptions{data: t.TempDir(), name: "so-noi-vu-tinh-lam-dong", logs: []*ledger.Key{key}})
	defer func() { w.stop() }()
	other := keepWatching(t, witnessOptions{data: t.TempDir(), name: "so-tai-chinh-tinh-lam-dong", logs: []*ledger.Key{key}})
	defer func() { other.stop() }()
	away := keepWatching(t, witnessOptions{data: t.TempDir(), name: "may-chieu", logs: []*ledger.Key{key}})
	s.witnesses = filepath.Join(t.TempDir(), "witnesses")
	text := "quorum 2\n"
	for _, w := range []*watchman{w, other, away} {
		text += "witness " + w.public + " " + w.url + "\n"
	}
	must(t, os.WriteFile(s.witnesses, []byte(text), 0o600))
	s.restart()
	s.site.log.Round(t.Context())
	away.stop()
	_, err := s.site.log.Append(t.Context(), ledgertest.Poll(1)...)
	must(t, err)
	s.site.log.Round(t.Context())
	chair := s.sit(0)
	chair.at("/log")
	chair.says("đã được xác nhận")
	chair.says("không liên lạc được")
	policy, err := ledger.OpenPolicy(s.site.log.Policy())
	must(t, err)
	chair.says(policy.Digits(key))
	eval[bool](chair.tab, `document.querySelector("details.more").open = true`)
	chair.says(policy.Witnesses[2].Key())
	looksWell("public log", chair.tab)
}
