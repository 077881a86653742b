package api

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/tally/ledger"
)

// The checking pages. What they check is checked in the browser (web/src/check):
// of what is said here, they believe nothing.

// checkList offers the polls of this server to be rechecked, and a field for
// receipts.
func (s *server) checkList(c *gin.Context) error {
	list, err := s.polls(c)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, "check-list", struct {
		page
		pollPage
	}{pollPage: list})
}

// checkPage offers one poll to be rechecked, beside the numbers that were
// published.
func (s *server) checkPage(c *gin.Context, b box.Box) error {
	p, status, err := s.pollOf(c, b)
	if err != nil {
		return err
	}
	data := boardData{poll: p, MembersOnly: b.Setup().Settings.MembersOnly}
	if status.Published && !data.MembersOnly {
		if err := s.addResult(c, b, &data); err != nil {
			return err
		}
	}
	return render(c, http.StatusOK, "check", data)
}

// hasReceipt reports whether the ballot that the path names has a receipt yet, and
// whether a QR code holds it.
func (s *server) hasReceipt(c *gin.Context, b box.Box) (there, inCode bool, err error) {
	receipt, err := s.receipt(c, b)
	if errors.Is(err, box.ErrNotFound) || errors.Is(err, ledger.ErrNotFound) {
		return false, false, nil
	}
	return err == nil, len(receipt) <= mostInCode, err
}
