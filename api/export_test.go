package api

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/tally"
	"github.com/homphieu/homphieu/web"
)

// ContentPolicy is the Content-Security-Policy of every answer.
const ContentPolicy = contentPolicy

// WaitingRequests is how many requests may wait at the gate.
const WaitingRequests = waitingRequests

// NewWithGate is New; fill lets no more requests through the gate until empty
// is called.
func NewWithGate(c Config) (handler http.Handler, fill func() (empty func())) {
	s := newServer(c)
	return s.handler(), func() func() {
		for range waitingRequests {
			s.gate.waiting <- struct{}{}
		}
		return func() {
			for range waitingRequests {
				<-s.gate.waiting
			}
		}
	}
}

// Routes lists the routes as "METHOD /path/{parameter}".
func Routes() (list []string) {
	engine := gin.New()
	(&server{}).routes(engine)
	for _, r := range engine.Routes() {
		parts := strings.Split(r.Path, "/")
		for i, p := range parts {
			if name, ok := strings.CutPrefix(p, ":"); ok {
				parts[i] = "{" + name + "}"
			}
		}
		list = append(list, r.Method+" "+strings.Join(parts, "/"))
	}
	return list
}

// ProblemCodes lists every code of a problem detail.
func ProblemCodes() []string {
	codes := []string{toProblem(http.ErrBodyNotAllowed).Code} // not in the table
	for _, row := range problems {
		codes = append(codes, row.code)
	}
	return codes
}

// BoardPage renders the public page of a counted poll with the given result.
func BoardPage(b box.Box, s box.Settings, result tally.Result, collected int) (string, error) {
	outcome, err := meeting.NewOutcome(b.Election(), s, result, collected)
	if err != nil {
		return "", err
	}
	var page strings.Builder
	err = web.Render(&page, "board", boardData{poll: poll{UUID: string(b.Election().UUID), State: words(box.Tallied)}, Outcome: newOutcomeView(outcome)})
	return page.String(), err
}
