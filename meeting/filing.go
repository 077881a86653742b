package meeting

import "fmt"

// A Filing is what the papers of a result say that neither plan nor ballots
// know. Empty parts are left blank on paper, to be filled in by hand. The
// number is not among them: a clerk gives it.
type Filing struct {
	Place string `json:"place,omitempty"` // of signing: the province or town before the date
	Date  Date   `json:"date,omitempty"`  // of the papers; the day of the vote unless said otherwise
	Began string `json:"began,omitempty"` // hh:mm, when counting began
	Ended string `json:"ended,omitempty"` // hh:mm, when it was over
	// Copies is how many signed copies there are; 0 is [DefaultCopies].
	Copies int `json:"copies,omitempty"`
	// Recipients are the lines under "Nơi nhận".
	Recipients []string `json:"recipients,omitempty"`
}

// DefaultCopies is how many copies of the papers are usual.
const DefaultCopies = 3

// The bounds of a filing.
const (
	mostCopies     = 99
	mostRecipients = 30
)

// tidy brings a filing into the form in which it is kept, or refuses it with
// [ErrPlan].
func (f *Filing) tidy() error {
	if err := tidy(&f.Place, MaxLine, ErrPlan, "place"); err != nil {
		return err
	}
	if err := f.Date.check("date"); err != nil {
		return err
	}
	for field, text := range map[string]string{"began": f.Began, "ended": f.Ended} {
		if text != "" && !hour.MatchString(text) {
			return refuse(ErrPlan, field, "giờ không đúng dạng hh:mm", "time is not hh:mm")
		}
	}
	if f.Copies < 0 || f.Copies > mostCopies {
		return refuse(ErrPlan, "copies", "số bản phải từ 1 đến "+itoa(mostCopies), "copies are not 1 to "+itoa(mostCopies))
	}
	lines := make([]string, 0, len(f.Recipients))
	for i, line := range f.Recipients {
		if err := tidy(&line, MaxLine, ErrPlan, fmt.Sprintf("recipients.%d", i)); err != nil {
			return err
		}
		if line != "" {
			lines = append(lines, line)
		}
	}
	if f.Recipients = lines; len(lines) == 0 {
		f.Recipients = nil
	}
	if len(lines) > mostRecipients {
		return refuse(ErrPlan, "recipients", "nhiều hơn "+itoa(mostRecipients)+" nơi nhận", "more than "+itoa(mostRecipients)+" recipients")
	}
	return nil
}
