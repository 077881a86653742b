package report

import (
	"strings"
	"testing"
)

// Names of strangers are cut to what a page can show, between letters.
func TestShort(t *testing.T) {
	for name, want := range map[string]string{
		"": "", "Nguyễn Thị Ưỡng": "Nguyễn Thị Ưỡng", strings.Repeat("ễ", longest): strings.Repeat("ễ", longest),
		strings.Repeat("ễ", longest+1): strings.Repeat("ễ", longest-1) + "…",
	} {
		if got := short(name); got != want {
			t.Errorf("%d letters: %q", len([]rune(name)), got)
		}
	}
}
