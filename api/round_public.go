package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
)

// What agencies' servers and everybody else ask of a superior: a round's file,
// packages handed in and what became of them, and what was published.

// packageAnswer tells a sender what became of a package.
type packageAnswer struct {
	Package string        `json:"package"`
	Status  round.Status  `json:"status"`
	Reason  *meeting.Text `json:"reason,omitempty"`
	// SupersededBy is the package that corrects this one.
	SupersededBy string `json:"superseded_by,omitempty"`
	Receipt      string `json:"receipt,omitempty"`
}

func answerPackage(c *gin.Context, p *round.Package) {
	a := packageAnswer{Package: p.Hash, Status: p.Status, SupersededBy: p.SupersededBy, Receipt: p.Receipt}
	if p.Reason != (meeting.Text{}) {
		a.Reason = &p.Reason
	}
	status := http.StatusOK
	if p.Status == round.Held || p.Status == round.Checking {
		status = http.StatusAccepted
	}
	c.JSON(status, a)
}

// takePackage receives a package from anybody. It lies on disk until all of it
// has come, so that slow senders take no memory.
func (s *server) takePackage(c *gin.Context) error {
	if s.Rounds == nil {
		return round.ErrNoRound
	}
	if err := s.limits.source(c.FullPath(), c.Request); err != nil {
		return err
	}
	if kind, _, _ := mime.ParseMediaType(c.GetHeader("Content-Type")); kind != "application/zip" {
		return errNotZIP
	}
	file, err := s.parcels.take(c, maxPackage)
	if err != nil {
		return err
	}
	defer s.parcels.done()
	p, err := s.Rounds.Receive(c.Request.Context(), file, "https")
	if err != nil {
		return err
	}
	answerPackage(c, p)
	return nil
}

// givePackage tells what became of a package to who knows its hash.
func (s *server) givePackage(c *gin.Context) error {
	hash := c.Param("hash")
	if !isHash(hash) {
		return errHash
	}
	if s.Rounds == nil {
		return round.ErrNoPackage
	}
	p, err := s.Rounds.Package(c.Request.Context(), hash)
	if err != nil {
		return err
	}
	answerPackage(c, p)
	return nil
}

// giveRound gives what agencies load of a round.
func (s *server) giveRound(c *gin.Context) error {
	u := ballot.UUID(c.Param("uuid"))
	if s.Rounds == nil || !u.Valid() {
		return round.ErrNoRound
	}
	file, err := s.Rounds.RoundFile(c.Request.Context(), u)
	if err != nil {
		return err
	}
	c.Data(http.StatusOK, "application/json", file)
	return nil
}

// How many packages may be on their way at once, each a file on disk, how many of
// them from one place, and how many in memory.
const (
	parcelsComing = 32
	parcelsOfOne  = 4
	parcelsHere   = 2
)

// A parcelDoor lets packages in.
type parcelDoor struct {
	coming, here chan struct{}

	mu sync.Mutex
	of map[string]int // how many are coming, by where from
}

func newParcelDoor() *parcelDoor {
	return &parcelDoor{coming: make(chan struct{}, parcelsComing), here: make(chan struct{}, parcelsHere), of: map[string]int{}}
}

// enter admits one more package that is on its way from somewhere, or is
// errParcels. Call leave when it has come.
func (d *parcelDoor) enter(from string) (leave func(), err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.of[from] >= parcelsOfOne {
		return nil, errParcels
	}
	select {
	case d.coming <- struct{}{}:
	default:
		return nil, errParcels
	}
	d.of[from]++
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		<-d.coming
		if d.of[from]--; d.of[from] == 0 {
			delete(d.of, from)
		}
	}, nil
}

// take reads a body of at most so many bytes by way of a file. Call done when the
// bytes are not needed any more, unless there is an error.
func (d *parcelDoor) take(c *gin.Context, most int64) (content []byte, err error) {
	leave, err := d.enter(source(c.Request))
	if err != nil {
		return nil, err
	}
	defer leave()
	file, err := os.CreateTemp("", "homphieu-package-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close(), os.Remove(file.Name())) }()
	body := newPaced(http.MaxBytesReader(c.Writer, c.Request.Body, most), http.NewResponseController(c.Writer), time.Now())
	if err := spool(file, body); err != nil {
		return nil, err
	}
	if err := body.come(time.Now()); err != nil {
		return nil, err
	}
	select {
	case d.here <- struct{}{}:
	case <-c.Request.Context().Done():
		return nil, errGone
	}
	content, err = io.ReadAll(file)
	if err != nil {
		d.done()
	}
	return content, err
}

// What is asked of who sends a package: at least so many bytes a second, after so
// long a start. Every other request has the server's own, much shorter time.
const (
	parcelRate  = 16 << 10
	parcelStart = time.Minute
	parcelCheck = 10 * time.Minute // to be read, checked for its form, and answered
)

// deadlines are those of a request ([http.ResponseController]).
type deadlines interface {
	SetReadDeadline(time.Time) error
	SetWriteDeadline(time.Time) error
}

// A paced body may take as long as it comes at the least rate.
type paced struct {
	body  io.Reader
	until deadlines
	begun time.Time
	read  int64
}

func newPaced(body io.Reader, until deadlines, begun time.Time) *paced {
	return &paced{body, until, begun, 0}
}

// newPacedBody is the body of a request that an officer sends, with a package in it.
func newPacedBody(c *gin.Context) io.ReadCloser {
	until := http.NewResponseController(c.Writer)
	return pacedBody{newPaced(c.Request.Body, until, time.Now()), c.Request.Body}
}

// A pacedBody ends with the answer's own time.
type pacedBody struct {
	*paced
	io.Closer
}

// Read implements io.Reader.
func (b pacedBody) Read(into []byte) (int, error) {
	n, err := b.paced.Read(into)
	if errors.Is(err, io.EOF) {
		if err := b.come(time.Now()); err != nil {
			return n, err
		}
	}
	return n, err
}

// Read implements io.Reader.
func (p *paced) Read(into []byte) (int, error) {
	next := p.read + int64(len(into))
	if err := p.readBy(p.begun.Add(parcelStart + time.Duration(next)*time.Second/parcelRate)); err != nil {
		return 0, err
	}
	n, err := p.body.Read(into)
	p.read += int64(n)
	return n, err
}

// readBy sets the deadline of the next bytes; what is no connection has none.
func (p *paced) readBy(t time.Time) error {
	if err := p.until.SetReadDeadline(t); !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return nil
}

// come gives the answer its own time, since all of the body is here.
func (p *paced) come(now time.Time) error {
	if err := p.until.SetWriteDeadline(now.Add(parcelCheck)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return p.readBy(now.Add(parcelCheck))
}

// spool writes a body to a file and goes back to its beginning.
func spool(file *os.File, body io.Reader) error {
	_, err := io.Copy(file, body)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return errTooLarge
	case err != nil:
		return fmt.Errorf("%w: %w", errGone, err)
	}
	_, err = file.Seek(0, io.SeekStart)
	return err
}

func (d *parcelDoor) done() { <-d.here }

// publicRound is what everybody may see of a round.
type publicRound struct {
	page
	Round   *round.Round
	Records []publicRecord
	RuleSet meeting.Text
}

type publicRecord struct {
	Number int
	When   string
	AsOf   string
	Hidden int
	Files  []fileView
}

// publishedRound shows what was published of a round; before that there is no
// such page.
func (s *server) publishedRound(c *gin.Context) error {
	u := ballot.UUID(c.Param("uuid"))
	if s.Rounds == nil || !u.Valid() {
		return round.ErrNoRound
	}
	r, records, err := s.Rounds.Published(c.Request.Context(), u)
	if err != nil {
		return err
	}
	data := publicRound{Round: r}
	if rules, err := meeting.RuleSetByID(r.RuleSet); err == nil {
		data.RuleSet = rules.Name
	}
	for _, record := range slices.Backward(records) {
		data.Records = append(data.Records, newPublicRecord(u, record))
	}
	if len(data.Records) == 0 {
		return round.ErrNoRound
	}
	return render(c, http.StatusOK, "round-public", data)
}

func newPublicRecord(u ballot.UUID, r round.Record) publicRecord {
	view := publicRecord{Number: r.Number, AsOf: clock(r.AsOf), Hidden: r.Hidden}
	if r.Release != nil {
		view.When = clock(r.Release.Time)
	}
	for _, f := range r.Public {
		view.Files = append(view.Files, newRoundFile("/rounds/"+string(u)+"/"+strconv.Itoa(r.Number)+"/", f))
	}
	return view
}

// A releasedRound is one of which everybody may see the result.
type releasedRound struct{ Title, Path string }

// releasedRounds are those of this server.
func (s *server) releasedRounds(ctx context.Context) (list []releasedRound, err error) {
	if s.Rounds == nil {
		return nil, nil
	}
	all, err := s.Rounds.Store.Rounds(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		_, records, err := s.Rounds.Published(ctx, r.UUID)
		if err != nil {
			return nil, err
		}
		if len(records) > 0 {
			list = append(list, releasedRound{r.Title, "/rounds/" + string(r.UUID)})
		}
	}
	return list, nil
}

// publishedRoundFile gives one of the files that everybody may have.
func (s *server) publishedRoundFile(c *gin.Context) error {
	u := ballot.UUID(c.Param("uuid"))
	number, err := strconv.Atoi(c.Param("number"))
	if s.Rounds == nil || !u.Valid() || err != nil {
		return round.ErrNoRound
	}
	f, err := s.Rounds.PublishedFile(c.Request.Context(), u, number, c.Param("name"))
	if err != nil {
		return err
	}
	sandbox(c)
	attachment(c, f.MediaType, f.Name)
	_, err = reader{c.Writer}.Write(f.Content)
	return err
}
