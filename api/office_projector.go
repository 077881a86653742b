package api

import (
	"html/template"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/homphieu/homphieu/meeting"
)

// projectorView is what the projector shows.
type projectorView struct {
	liveAnswer
	UUID    string
	Plan    meeting.Plan
	Day     string
	Word    meeting.Text // the state of the meeting
	Screen  string       // how to vote, turnout, or result
	Address string       // what the QR code says, for who types it
	QR      template.URL
	Clock   string
	Results []paperResult
}

// Number counts ballot papers for people, from 1.
func (d projectorView) Number(i int) int { return i + 1 }

// projector shows a sealed meeting to the room; nobody signs in. Its numbers
// are those of now, and go on by script.
func (s *server) projector(c *gin.Context) error {
	m, err := s.publicMeeting(c)
	if err != nil {
		return err
	}
	live, err := s.readLive(c.Request.Context(), m.UUID)
	if err != nil {
		return err
	}
	address := s.PublicURL.JoinPath("v", string(m.UUID)).String()
	qr, err := qrDataURI(address)
	if err != nil {
		return err
	}
	d := projectorView{
		liveAnswer: live, UUID: string(m.UUID), Plan: m.Plan, Day: dayText(m.Plan.Date), Word: stateText(m.State), Address: address,
		QR: template.URL(qr), Clock: s.Clock().In(vietnam).Format("15:04"), // #nosec G203 -- made above, of Base64
	}
	d.Screen = screenOf(m, live, c.Query("show"))
	if d.Screen == "result" {
		if d.Results, err = s.publicResults(c, m); err != nil {
			return err
		}
	}
	return render(c, http.StatusOK, "projector", d)
}

// screenOf is which of its three screens the projector shows: how to vote
// before opening or when asked for, then turnout, and the result once it is
// published to everybody.
func screenOf(m *meeting.Meeting, live liveAnswer, asked string) string {
	switch {
	case live.Published && !m.Plan.MembersOnly:
		return "result"
	case m.State == meeting.Sealed, m.State == meeting.Open && asked == "how":
		return "how"
	}
	return "turnout"
}

// publicResults are the published outcomes of all papers, as the verifier has
// found them in the archives.
func (s *server) publicResults(c *gin.Context, m *meeting.Meeting) ([]paperResult, error) {
	var list []paperResult
	for _, p := range m.Papers {
		b, err := s.Store.Box(c.Request.Context(), p.UUID)
		if err != nil {
			return nil, err
		}
		verdict, err := s.verdicts.of(c.Request.Context(), b)
		if err != nil {
			return nil, err
		}
		if !verdict.Valid() {
			continue
		}
		outcome, err := meeting.NewOutcome(b.Election(), b.Setup().Settings, verdict.Result, verdict.Ballots, meeting.Facts{})
		if err != nil {
			return nil, err
		}
		list = append(list, newPaperResult(p.Title, string(p.UUID), outcome))
	}
	return list, nil
}
