package paper

import (
	"fmt"
	"strings"

	"github.com/homphieu/homphieu/meeting"
)

// members are those of the counting board, with blanks for a board that is not
// known: a head, a secretary and a member.
func (c *composer) members() []meeting.BoardMember {
	if len(c.Board) > 0 {
		return c.Board
	}
	return []meeting.BoardMember{{Office: meeting.Head}, {Office: meeting.BoardSecretary}, {Office: meeting.Ordinary}}
}

// named is a person with the word of address before the name.
func (c *composer) named(name string) string { return c.person + " " + or(name, longBlank) }

// headOf is the name of the head of the board, or nothing.
func (c *composer) headOf() string {
	for _, m := range c.members() {
		if m.Office == meeting.Head && !m.Replaced {
			return m.Name
		}
	}
	return ""
}

// boardSize counts the board, or dots when it is not known.
func (c *composer) boardSize() string {
	return number(len(c.Board), len(c.Board) > 0) + " " + c.unit
}

// listBoard adds one line for each member. Who was replaced is named, and the
// place of the other one left blank.
func (c *composer) listBoard() {
	for i, m := range c.members() {
		text := fmt.Sprintf("%d. %s", i+1, upperFirst(c.named(m.Name)))
		if m.Replaced {
			text = fmt.Sprintf("%d. %s, thay %s do %s quyết định", i+1, upperFirst(c.named("")), c.named(m.Name), c.gathering)
		} else if post := line(m.Post); post != "" {
			text += ", " + post
		}
		end := ";"
		if i == len(c.members())-1 {
			end = "."
		}
		c.say(text + " – " + offices[m.Office] + end)
	}
}

// allSign are the places to sign of the whole board and the chair.
func (c *composer) allSign() []Signature {
	all := []Signature{c.headSigns()}
	for i, m := range c.members() {
		if m.Office == meeting.Head {
			continue
		}
		s := Signature{Field: fmt.Sprintf("member-%d", i+1), Title: strings.ToUpper(offices[m.Office]), Name: line(m.Name)}
		if m.Office == meeting.BoardSecretary {
			s.Field = "secretary"
		}
		if m.Replaced {
			s.Name = ""
		}
		all = append(all, s)
	}
	return append(all, c.chairSigns())
}

func (c *composer) headSigns() Signature {
	return Signature{Field: "head", Above: c.behalf + " BAN KIỂM PHIẾU", Title: "TRƯỞNG BAN", Name: line(c.headOf())}
}

func (c *composer) chairSigns() Signature {
	return Signature{Field: "chair", Above: "XÁC NHẬN CỦA", Title: strings.ToUpper(c.chairs + " " + c.gathering), Name: line(c.Plan.Chair)}
}
