package api

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/homphieu/homphieu/meeting"
)

// maxOfficeForm bounds what a form may send: a document and some words.
const maxOfficeForm = 12 << 20

// formMemory is how much of a form is kept in memory; what is more waits on
// disk.
const formMemory = 1 << 20

// errFields refuses a form for what is in its fields.
var errFields = errors.New("form: fields not in order")

// errStale refuses a form that somebody else has changed meanwhile.
var errStale = errors.New("form: changed by somebody else in the meantime")

// A staleError is errStale with the stamp of what is stored by now.
type staleError struct{ seen string }

func (e *staleError) Error() string { return errStale.Error() }

func (e *staleError) Unwrap() error { return errStale }

// A formError carries the fields of a refused form.
type formError struct {
	cause  error
	fields []problemField
}

func (e *formError) Error() string { return e.cause.Error() }

func (e *formError) Unwrap() error { return e.cause }

// wrong refuses a form for one field.
func wrong(name, vi, en string) error { return &formError{errFields, []problemField{{name, vi, en}}} }

// fieldsOf returns the fields that an error is about.
func fieldsOf(err error) []problemField {
	var form *formError
	if errors.As(err, &form) {
		return form.fields
	}
	var refusal *meeting.Refusal
	if errors.As(err, &refusal) {
		return []problemField{{fieldName(refusal.Field), sentence(refusal.What.Vi), sentence(refusal.What.En)}}
	}
	return nil
}

// inRows names, in a refusal of a list, the row of the form: rows are the
// places in the form of what the list holds. A refusal that is about another
// list names no field.
func inRows(err error, list string, rows []int) error {
	var refusal *meeting.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	parts, name := strings.Split(refusal.Field, "."), ""
	switch {
	case len(parts) == 1 || parts[0] == "papers":
		return err
	case parts[0] == list:
		if i, _ := strconv.Atoi(parts[1]); i < len(rows) {
			parts[1] = strconv.Itoa(rows[i])
		}
		name = fieldName(strings.Join(parts, "."))
	}
	return about(err, name)
}

// about names the field of the form that a refusal is about.
func about(err error, name string) error {
	var refusal *meeting.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	return &formError{err, []problemField{{name, sentence(refusal.What.Vi), sentence(refusal.What.En)}}}
}

// fieldName turns the name of a field in the domain, such as people.3.name,
// into that of its input, name-3.
func fieldName(field string) string {
	parts := strings.Split(field, ".")
	switch {
	case len(parts) >= 3 && parts[0] == "references":
		return "reference_" + parts[2] + "-" + parts[1]
	case len(parts) >= 3:
		return parts[2] + "-" + parts[1]
	case parts[0] == "papers":
		return "papers"
	case len(parts) == 2 && isNumber(parts[1]):
		return parts[0] + "-" + parts[1]
	}
	return strings.Join(parts, "_")
}

func isNumber(text string) bool {
	_, err := strconv.Atoi(text)
	return err == nil
}

// sentence writes a cause as people read it: with a capital, and a full stop.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	first := []rune(text)[0]
	text = strings.ToUpper(string(first)) + strings.TrimPrefix(text, string(first))
	return strings.TrimSuffix(text, ".") + "."
}

// readOfficeForm reads a form of either kind, of so many bytes at most.
func readOfficeForm(c *gin.Context, most int64) (url.Values, error) {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, most)
	err := c.Request.ParseMultipartForm(formMemory)
	if errors.Is(err, http.ErrNotMultipart) {
		err = c.Request.ParseForm()
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, errTooLarge
	case err != nil:
		return nil, errForm
	}
	return c.Request.PostForm, nil
}

// upload returns the file of a form, or nil if none was chosen.
func upload(c *gin.Context, name string) (*multipart.FileHeader, error) {
	header, err := c.FormFile(name)
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return nil, nil
	}
	if err == nil && header.Size == 0 && header.Filename == "" {
		return nil, nil
	}
	return header, err
}

// readUpload returns the content of a file, which is no larger than a form.
func readUpload(header *multipart.FileHeader) ([]byte, error) {
	file, err := header.Open()
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(file)
	return content, errors.Join(err, file.Close())
}

// A reading turns the fields of a form into values, and collects what is wrong.
type reading struct {
	form  url.Values
	wrong []problemField
}

// err is what was wrong, or nil.
func (r *reading) err() error {
	if len(r.wrong) == 0 {
		return nil
	}
	return &formError{errFields, r.wrong}
}

func (r *reading) refuse(name, vi, en string) { r.wrong = append(r.wrong, problemField{name, vi, en}) }

// text is a field as it was typed, without spaces around it.
func (r *reading) text(name string) string { return strings.TrimSpace(r.form.Get(name)) }

// cell is field name of row i.
func (r *reading) cell(name string, i int) string {
	if v := r.form[name]; i < len(v) {
		return strings.TrimSpace(v[i])
	}
	return ""
}

// empty reports whether none of these fields of row i says anything.
func (r *reading) empty(i int, names ...string) bool {
	for _, name := range names {
		if r.cell(name, i) != "" {
			return false
		}
	}
	return true
}

// number is a whole number from 0, or 0 for an empty field.
func (r *reading) number(name string) int { return r.numberOf(name, r.text(name)) }

func (r *reading) numberOf(id, text string) int {
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 1_000_000 {
		r.refuse(id, "Ghi một số nguyên, ví dụ 48.", "Write a whole number, such as 48.")
		return 0
	}
	return n
}

// date is a day as the browser's field gives it, or as people write it,
// dd/mm/yyyy.
func (r *reading) date(id, text string) meeting.Date {
	if text == "" {
		return ""
	}
	for _, layout := range []string{time.DateOnly, "2/1/2006"} {
		if t, err := time.Parse(layout, text); err == nil {
			return meeting.Date(t.Format(time.DateOnly))
		}
	}
	r.refuse(id, "Ghi ngày theo dạng ngày/tháng/năm, ví dụ 31/08/2023.", "Write the day as day/month/year, such as 31/08/2023.")
	return ""
}

// evenRows makes all columns of a table as long as the longest, so that a row
// is one row whatever was sent.
func evenRows(form url.Values, columns []string) {
	rows := 0
	for _, name := range columns {
		rows = max(rows, len(form[name]))
	}
	for _, name := range columns {
		for len(form[name]) < rows {
			form[name] = append(form[name], "")
		}
	}
}

// editRows carries out what a button of a table asks of its rows when there is
// no script: add, up-3, down-3, remove-3. It reports whether there was one.
func editRows(form url.Values, columns ...string) bool {
	evenRows(form, columns)
	verb, at, _ := strings.Cut(form.Get("row"), "-")
	i, _ := strconv.Atoi(at) // 0 for "add"
	count := len(form[columns[0]])
	switch {
	case verb == "add":
		for _, name := range columns {
			form.Add(name, "")
		}
		return true
	case i < 0 || i >= count:
		return false
	case verb == "up" && i > 0:
		swapRows(form, columns, i, i-1)
	case verb == "down" && i < count-1:
		swapRows(form, columns, i, i+1)
	case verb == "remove":
		removeRow(form, columns, i)
	}
	return verb == "up" || verb == "down" || verb == "remove"
}

func swapRows(form url.Values, columns []string, i, j int) {
	for _, name := range columns {
		v := form[name]
		v[i], v[j] = v[j], v[i]
	}
}

// removeRow removes a row; one empty row is always left.
func removeRow(form url.Values, columns []string, i int) {
	for _, name := range columns {
		form[name] = slices.Delete(form[name], i, i+1)
		if len(form[name]) == 0 {
			form[name] = []string{""}
		}
	}
}

// dropEmptyRows removes the rows in which none of the given fields says
// anything.
func dropEmptyRows(form url.Values, columns []string, said ...string) {
	evenRows(form, columns)
	r := reading{form: form}
	for i := len(form[columns[0]]) - 1; i >= 0; i-- {
		if !r.empty(i, said...) {
			continue
		}
		for _, name := range columns {
			form[name] = slices.Delete(form[name], i, i+1)
		}
	}
}
