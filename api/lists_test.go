package api_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"testing"

	"github.com/homphieu/homphieu/meeting"
)

// Lists of the longest are kept, as browsers send them: each field of each row is
// a part of its own.
func TestLongestLists(t *testing.T) {
	c := councilIn(t, meeting.Draft)
	send := func(path string, form url.Values) {
		t.Helper()
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		for name, values := range form {
			for _, value := range values {
				c.ok(w.WriteField(name, value))
			}
		}
		c.ok(w.Close())
		c.secretary.sendText(c.base+path, w.FormDataContentType(), body.String()).want(http.StatusSeeOther, "")
	}
	attendance := url.Values{"mode": {"list"}}
	for i := range 5000 {
		for name, value := range map[string]string{"name": fmt.Sprint("Nguyễn Văn ", i), "post": "", "present": "no", "reason": ""} {
			attendance.Add(name, value)
		}
	}
	send("/attendance", attendance)
	people := url.Values{"papers": {""}}
	for i := range 300 {
		for name, value := range map[string]string{"id": "", "name": fmt.Sprint("Trần Thị ", i), "post": "", "block": "", "exempt": "", "places": "", "paper": "0"} {
			people.Add(name, value)
		}
	}
	send("/people", people)
	if m := c.meeting(); m.Attendance.Summoned != 5000 || len(m.People) != 300 {
		t.Errorf("%d summoned, %d persons", m.Attendance.Summoned, len(m.People))
	}
}
