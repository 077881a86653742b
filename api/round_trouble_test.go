package api_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/homphieu/homphieu/meeting/round"
)

// A silentLog is a public log whose witness does not answer.
type silentLog struct{}

func (silentLog) AppendPackage(context.Context, string, string) (int64, error) {
	return 0, errors.New("witness silent <1>")
}

// Every page of the superior says that the check of packages is held up, since
// when and why; and the package waits.
func TestRoundHeldUp(t *testing.T) {
	p := newProvince(t)
	warned := make(chan error, 1)
	p.rounds.Log, p.rounds.Warn = silentLog{}, func(cause error) { warned <- cause }
	p.rounds.Pause = func() <-chan time.Time { return nil } // never again
	p.withLetter()
	p.has(p.superior.get(p.base+"/packages", http.StatusOK), `!id="held-up"`)
	v := p.parcel(p.expected(6), "đầu", outcome("Nguyễn Thị Ánh", "Trưởng ban", 6, 2, 1, 0))
	p.confirm(v.Claim.Agency)
	p.receive(v).want(http.StatusAccepted, "")
	<-warned
	for _, path := range []string{"/staff/rounds", p.base + "/packages"} {
		p.has(p.superior.get(path, http.StatusOK), `id="held-up"`, "đang tạm ngừng từ 09:", "held up since", "witness silent &lt;1&gt;", v.Claim.Hash[:16]+"…")
	}
	p.receive(v).want(http.StatusAccepted, "")
	if got, err := p.rounds.Package(t.Context(), v.Claim.Hash); err != nil || got.Status != round.Checking {
		t.Errorf("%+v, %v", got, err)
	}
}
