package api

import (
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/homphieu/homphieu/ballot"
)

// readBody reads the body of a request, at most limit bytes.
func readBody(c *gin.Context, limit int) ([]byte, error) {
	promised := min(c.Request.ContentLength, int64(limit))
	body, err := readAll(http.MaxBytesReader(c.Writer, c.Request.Body, int64(limit)), promised)
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, errTooLarge
	}
	if err != nil {
		return nil, fmt.Errorf("%w: body: %w", ballot.ErrMalformed, err)
	}
	return body, nil
}

// firstRead is the memory in bytes that a body gets before any of it has come,
// and trust how many times as much as has come it gets then: who promises a long
// body and sends little holds little.
const (
	firstRead = 8 << 10
	trust     = 8
)

// readAll reads everything. A ballot whose length was promised, and not -1, comes
// into memory of that size in two steps instead of twenty; whether the promise was
// true does not matter.
func readAll(r io.Reader, promised int64) ([]byte, error) {
	body := make([]byte, 0, firstRead)
	for {
		if len(body) == cap(body) {
			size := 2 * int64(len(body))
			if promised > int64(len(body)) {
				size = 1 + min(trust*int64(len(body))-1, promised) // one more, so as to see the end
			}
			body = append(make([]byte, 0, size), body...)
		}
		n, err := r.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		if err == io.EOF {
			return body, nil
		}
		if err != nil {
			return nil, err
		}
	}
}
