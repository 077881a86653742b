package api

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
	qrcode "github.com/skip2/go-qrcode"

	"github.com/homphieu/homphieu/ballot/box"
)

// quietZone is how many empty modules surround a QR code (ISO/IEC 18004 §5.3.8).
const quietZone = 4

// qrSVG draws text as a QR code of level M, in an image that scales.
func qrSVG(text string) ([]byte, error) { return qrSVGAt(text, qrcode.Medium) }

func qrSVGAt(text string, level qrcode.RecoveryLevel) ([]byte, error) {
	code, err := qrcode.New(text, level)
	if err != nil {
		return nil, fmt.Errorf("qr: %w", err)
	}
	code.DisableBorder = true
	bitmap := code.Bitmap()
	size := len(bitmap) + 2*quietZone
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges">`, size, size)
	fmt.Fprintf(&b, `<path fill="#fff" d="M0 0h%dv%dH0z"/><path fill="#000" d="`, size, size)
	for y, row := range bitmap {
		for x := 0; x < len(row); x++ {
			run := x
			for run < len(row) && row[run] {
				run++
			}
			if run > x {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x+quietZone, y+quietZone, run-x, run-x)
				x = run
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return []byte(b.String()), nil
}

// qrDataURI is the image as an address that needs no request.
func qrDataURI(text string) (string, error) {
	svg, err := qrSVG(text)
	return "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString(svg), err
}

// lookupQR draws the link to a ballot's page. The link is made for any hash,
// so that the image tells nothing about the box.
func (s *server) lookupQR(c *gin.Context, b box.Box) error {
	hash, err := hashParam(c)
	if err != nil {
		return err
	}
	svg, err := qrSVG(s.PublicURL.JoinPath("board", string(b.Election().UUID), hex.EncodeToString(hash[:])).String())
	if err != nil {
		return err
	}
	c.Data(http.StatusOK, "image/svg+xml", svg)
	return nil
}
