package ceremony

import (
	"fmt"
	"testing"
)

// BenchmarkParseTranscript verifies whole ceremonies, as who loads one does.
func BenchmarkParseTranscript(b *testing.B) {
	for _, s := range []struct{ threshold, size int }{{2, 3}, {26, MaxSize}} {
		r := newRun(b, s.threshold, s.size)
		r.finish(b)
		text := r.transcript.AppendJSON(nil)
		b.Run(fmt.Sprintf("%d-of-%d", s.threshold, s.size), func(b *testing.B) {
			for b.Loop() {
				if _, err := ParseTranscript(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
