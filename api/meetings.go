package api

import (
	"errors"
	"net/http"
	"slices"
	"sync"

	"github.com/gin-gonic/gin"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
)

// papersAnswer tells a voter's page which ballot papers the slips of a meeting
// serve, in the order of the papers, and what there is to read about the
// persons on them.
type papersAnswer struct {
	UUID      ballot.UUID      `json:"uuid"`
	Elections []ballot.UUID    `json:"elections"`
	Documents []documentAnswer `json:"documents"`
}

// documentAnswer is a PDF about the person whom a question asks about.
type documentAnswer struct {
	Election ballot.UUID `json:"election"`
	Question int         `json:"question"`
	Title    string      `json:"title"`
	Kind     string      `json:"kind"`
	Href     string      `json:"href"`
	Bytes    int         `json:"bytes"`
}

func meetingParam(c *gin.Context) (ballot.UUID, error) {
	u := ballot.UUID(c.Param("uuid"))
	if !u.Valid() {
		return "", meeting.ErrNoMeeting
	}
	return u, nil
}

// publicMeeting returns a meeting that the path names, once its papers are
// sealed; before that it is nobody's business that there is one.
func (s *server) publicMeeting(c *gin.Context) (*meeting.Meeting, error) {
	u, err := meetingParam(c)
	if err != nil {
		return nil, err
	}
	if s.Meetings == nil {
		return nil, meeting.ErrNoMeeting
	}
	m, err := s.Meetings.Meeting(c.Request.Context(), u)
	if err != nil {
		return nil, err
	}
	if !m.HasBoxes() {
		return nil, meeting.ErrNoMeeting
	}
	return m, nil
}

// papers answers for a meeting, or for a poll that belongs to none and whose
// one paper has its own name.
func (s *server) papers(c *gin.Context) error {
	m, err := s.publicMeeting(c)
	if errors.Is(err, meeting.ErrNoMeeting) {
		return s.withBox(s.onlyPaper)(c)
	}
	if err != nil {
		return err
	}
	a := papersAnswer{UUID: m.UUID, Documents: []documentAnswer{}}
	for i, p := range m.Papers {
		a.Elections = append(a.Elections, p.UUID)
		if readableDocuments(m) {
			a.Documents = append(a.Documents, documentsOf(m, i)...)
		}
	}
	c.JSON(http.StatusOK, a)
	return nil
}

func (s *server) onlyPaper(c *gin.Context, b box.Box) error {
	u := b.Election().UUID
	c.JSON(http.StatusOK, papersAnswer{UUID: u, Elections: []ballot.UUID{u}, Documents: []documentAnswer{}})
	return nil
}

// readableDocuments reports whether voters still need to read what persons
// have handed in: from sealing until the box closes, and no longer.
func readableDocuments(m *meeting.Meeting) bool {
	return m.State == meeting.Sealed || m.State == meeting.Open
}

// documentsOf lists the documents of the persons on one paper, by question.
func documentsOf(m *meeting.Meeting, paper int) (list []documentAnswer) {
	for q, person := range m.OnPaper(paper) {
		for _, d := range person.Documents {
			list = append(list, documentAnswer{
				Election: m.Papers[paper].UUID, Question: q, Title: d.Title, Kind: d.Kind, Bytes: d.Size,
				Href: "/api/v1/meetings/" + string(m.UUID) + "/documents/" + d.Hash,
			})
		}
	}
	return list
}

// document gives a person's PDF to voters.
func (s *server) document(c *gin.Context) error {
	m, err := s.publicMeeting(c)
	if err != nil {
		return err
	}
	if !readableDocuments(m) {
		return box.ErrNotFound
	}
	return s.sendDocument(c, m, c.Param("hash"))
}

// sendDocument sends a PDF that somebody uploaded: only ever as a file to be
// kept, never as something that this site shows, and without any right if a
// browser shows it all the same.
func (s *server) sendDocument(c *gin.Context, m *meeting.Meeting, hash string) error {
	has := func(p meeting.Person) bool {
		return slices.ContainsFunc(p.Documents, func(d meeting.Document) bool { return d.Hash == hash })
	}
	if !slices.ContainsFunc(m.People, has) {
		return box.ErrNotFound
	}
	return s.sendRecordFile(c, m.UUID, meeting.RecordFile{Name: hash[:12] + ".pdf", MediaType: "application/pdf", Hash: hash})
}

// sendRecordFile sends a file of a meeting, to be kept.
func (s *server) sendRecordFile(c *gin.Context, u ballot.UUID, f meeting.RecordFile) error {
	content, giveBack, err := s.documents.borrow(f.Hash, func() ([]byte, error) {
		return s.Meetings.File(c.Request.Context(), u, f.Hash)
	})
	if err != nil {
		return err
	}
	defer giveBack()
	sandbox(c)
	attachment(c, f.MediaType, f.Name)
	_, err = reader{c.Writer}.Write(content)
	return err
}

// sandbox takes every right from what is sent, if a browser shows it all the
// same.
func sandbox(c *gin.Context) { c.Header("Content-Security-Policy", "default-src 'none'; sandbox") }

// A shelf holds the documents that are being sent. All who read the same one read
// the same bytes, so that a hall of phones, or somebody who asks a thousand times
// and reads none, takes the memory of each document once.
type shelf struct {
	mu   sync.Mutex
	lent map[string]*lentFile // by hash
}

type lentFile struct {
	content []byte
	readers int
}

func newShelf() *shelf { return &shelf{lent: map[string]*lentFile{}} }

// borrow returns a document, which read reads if nobody has it at the moment; it
// must not be changed. Call giveBack when it is sent.
func (s *shelf) borrow(hash string, read func() ([]byte, error)) (content []byte, giveBack func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.lent[hash]
	if f == nil {
		f = new(lentFile)
		if f.content, err = read(); err != nil {
			return nil, nil, err
		}
		s.lent[hash] = f
	}
	f.readers++
	return f.content, func() { s.takeBack(hash, f) }, nil
}

func (s *shelf) takeBack(hash string, f *lentFile) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.readers--; f.readers == 0 {
		delete(s.lent, hash)
	}
}
