package api

import (
	"html/template"
	"math/rand/v2"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/report/slips"
)

// trialRoutes let a newcomer run a sample meeting, from this computer only.
func (s *server) trialRoutes(group *gin.RouterGroup) {
	if s.Trials == nil {
		return
	}
	group.POST("", s.handle(s.createTrial))
	group.GET("/:uuid", s.handle(s.withTrial(s.trialPage)))
	group.GET("/:uuid/slips.pdf", s.handle(s.withTrial(s.trialSlips)))
	group.GET("/:uuid/files/:name", s.handle(s.withTrial(s.trialFile)))
	group.POST("/:uuid/close", s.handle(s.withTrial(func(c *gin.Context, b box.Box, t *meeting.Trial) error {
		return s.thenTrialPage(c, b, t.Close(c.Request.Context(), b))
	})))
	group.POST("/:uuid/count", s.handle(s.withTrial(func(c *gin.Context, b box.Box, t *meeting.Trial) error {
		return s.thenTrialPage(c, b, t.Count(c.Request.Context(), b))
	})))
}

func (s *server) withTrial(h func(c *gin.Context, b box.Box, t *meeting.Trial) error) handler {
	return s.withBox(func(c *gin.Context, b box.Box) error {
		t, err := meeting.LoadTrial(c.Request.Context(), s.Trials, b.Election().UUID)
		if err != nil {
			return err
		}
		if err := t.Resume(c.Request.Context(), b); err != nil {
			return err
		}
		return h(c, b, t)
	})
}

func (s *server) createTrial(c *gin.Context) error {
	b, err := meeting.CreateTrial(c.Request.Context(), s.Store, s.Trials)
	return s.thenTrialPage(c, b, err)
}

func (s *server) thenTrialPage(c *gin.Context, b box.Box, err error) error {
	if err != nil {
		return err
	}
	c.Redirect(http.StatusSeeOther, "/staff/trial/"+string(b.Election().UUID))
	return nil
}

// slipView is a slip on the page of a sample meeting.
type slipView struct {
	slips.Slip
	QR template.URL
}

func (s *server) trialPage(c *gin.Context, b box.Box, t *meeting.Trial) error {
	p, status, err := s.pollOf(c, b)
	if err != nil {
		return err
	}
	data := struct {
		poll
		Issued int
		Local  bool
		Slips  []slipView
		Files  []string
	}{poll: p, Issued: len(t.Credentials), Local: IsLoopback(s.PublicURL.Host)}
	if s.Press != nil && status.State == box.Tallied {
		data.Files = trialFiles
	}
	if status.State == box.Open {
		_, list := slips.ForElection(b.Election(), s.PublicURL.String(), t.Credentials)
		for _, slip := range list {
			qr, err := qrDataURI(slip.Link)
			if err != nil {
				return err
			}
			data.Slips = append(data.Slips, slipView{slip, template.URL(qr)}) // #nosec G203 -- made above, of Base64
		}
	}
	return render(c, http.StatusOK, "trial", data)
}

// trialSlips prints the slips of a sample meeting in random order.
func (s *server) trialSlips(c *gin.Context, b box.Box, t *meeting.Trial) error {
	sheet, list := slips.ForElection(b.Election(), s.PublicURL.String(), t.Credentials)
	sheet.Trial = true
	rand.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] }) // #nosec G404 -- a sample's order
	c.Header("Content-Type", "application/pdf")
	c.Header("Content-Disposition", `inline; filename="slips.pdf"`)
	return slips.Write(reader{c.Writer}, sheet, list)
}

// trialFiles are the files of a sample meeting's result that its page offers.
var trialFiles = []string{meeting.MinutesFile, meeting.ReportFile, "minutes.docx", "result.xlsx", "result.json"}

// trialFile prints the papers of a sample meeting anew, and gives one of them.
func (s *server) trialFile(c *gin.Context, b box.Box, t *meeting.Trial) error {
	if s.Press == nil || !slices.Contains(trialFiles, c.Param("name")) {
		return box.ErrNotFound
	}
	outcome, err := t.Outcome(c.Request.Context(), b)
	if err != nil {
		return err
	}
	files, err := s.Press.Print(outcome)
	if err != nil {
		return err
	}
	for _, f := range files {
		if f.Name != c.Param("name") {
			continue
		}
		sandbox(c)
		attachment(c, f.MediaType, f.Name)
		_, err := reader{c.Writer}.Write(f.Content)
		return err
	}
	return box.ErrNotFound
}
