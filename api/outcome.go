package api

import (
	"fmt"

	"github.com/homphieu/homphieu/meeting"
)

// outcomeView is an outcome as pages draw it: a table with a bar for each person,
// in ballot order.
type outcomeView struct {
	Title           string // of the ballot paper, where there are several
	Collected, Base int
	BaseVi, BaseEn  string
	Blocks          []outcomeBlock
}

// An outcomeBlock is persons who follow one another on the ballot and are of one
// block.
type outcomeBlock struct {
	Name   string // may be empty
	Others bool   // of no block, below persons who are of one
	Rows   []outcomeRow
}

type outcomeRow struct {
	Number                int
	Name, Post            string
	High, Confidence, Low outcomeCell
	Blank                 int
}

// outcomeCell is one level's votes, and its piece of the bar as percentages of
// the bar's length.
type outcomeCell struct {
	meeting.Share
	Class       string
	From, Width string
}

func newOutcomeView(o *meeting.Outcome) *outcomeView {
	v := &outcomeView{Title: o.Paper, Collected: o.Collected, Base: o.Base, BaseVi: "số phiếu thu về", BaseEn: "the ballots collected"}
	if o.PercentBase == meeting.BaseMembers {
		v.BaseVi, v.BaseEn = "tổng số đại biểu", "all members"
	}
	for i, p := range o.People {
		if i == 0 || p.Block != o.People[i-1].Block {
			v.Blocks = append(v.Blocks, outcomeBlock{Name: p.Block, Others: i > 0 && p.Block == ""})
		}
		rows := &v.Blocks[len(v.Blocks)-1].Rows
		*rows = append(*rows, newOutcomeRow(i+1, p, o.Base))
	}
	return v
}

func newOutcomeRow(number int, p meeting.PersonOutcome, base int) outcomeRow {
	row := outcomeRow{Number: number, Name: p.Name, Post: p.Post, Blank: p.Invalid}
	votes := 0
	piece := func(class string, share meeting.Share) outcomeCell {
		from := hundredths(votes, base)
		votes += share.Votes
		return outcomeCell{share, class, ofBar(from), ofBar(hundredths(votes, base) - from)}
	}
	row.High, row.Confidence, row.Low = piece("bar-high", p.High), piece("bar-confidence", p.Confidence), piece("bar-low", p.Low)
	return row
}

// hundredths are those of a percent of the base, rounded down.
func hundredths(votes, base int) int { return 10000 * votes / max(1, base) }

// ofBar writes hundredths of a percent as SVG reads them.
func ofBar(n int) string { return fmt.Sprintf("%d.%02d%%", n/100, n%100) }

// addBlocks says which block each person of an outcome is of, where the people
// on the paper are known: ballots do not say it.
func addBlocks(o *meeting.Outcome, people []meeting.Person) {
	if len(people) != len(o.People) {
		return
	}
	for i := range o.People {
		o.People[i].Block = people[i].Block
	}
}
