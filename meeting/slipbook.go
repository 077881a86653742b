package meeting

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/tally/archive"
)

// OriginBoard is the origin of slips that the board's own computer made.
const OriginBoard = "board"

// maxPrinted bounds the slips of a meeting.
const maxPrinted = 2 * maxSummoned

// credentialLists returns the credentials object of each paper, in the order of
// the papers, or [ErrSlips].
func (m *Meeting) credentialLists(public map[ballot.UUID][]string) ([][]byte, error) {
	if _, err := m.BallotPapers(); err != nil {
		return nil, err
	}
	if len(public) != len(m.Papers) {
		return nil, refuse(ErrSlips, "", fmt.Sprintf("có danh sách của %d loại phiếu, cần %d", len(public), len(m.Papers)),
			fmt.Sprintf("lists of %d papers, want %d", len(public), len(m.Papers)))
	}
	n := len(public[m.Papers[0].UUID])
	if n < max(m.Attendance.Summoned, 1) || n > maxPrinted {
		return nil, refuse(ErrSlips, "", fmt.Sprintf("có %d phiếu, triệu tập %d người", n, m.Attendance.Summoned),
			fmt.Sprintf("%d slips, %d summoned", n, m.Attendance.Summoned))
	}
	lists, seen := make([][]byte, len(m.Papers)), map[string]bool{}
	for i, p := range m.Papers {
		list := public[p.UUID]
		if len(list) != n {
			return nil, refuse(ErrSlips, "", fmt.Sprintf("%s: %d phiếu, phiếu thứ nhất %d", p.label(i).Vi, len(list), n),
				fmt.Sprintf("%s: %d slips, the first has %d", p.label(i).En, len(list), n))
		}
		roll, err := readCredentials(list, seen)
		if err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrSlips, p.label(i).En, err)
		}
		lists[i] = roll.AppendJSON(nil)
	}
	return lists, nil
}

// readCredentials reads public credentials in ascending order that were not
// seen in another list.
func readCredentials(list []string, seen map[string]bool) (*archive.Roll, error) {
	elements := make([]*group.Element, len(list))
	for i, text := range list {
		e, err := group.ParseElement([]byte(text))
		if err != nil {
			return nil, fmt.Errorf("number %d: %w", i+1, err)
		}
		if i > 0 && text <= list[i-1] {
			return nil, fmt.Errorf("number %d: %w", i+1, ErrUnsorted)
		}
		if seen[text] {
			return nil, fmt.Errorf("number %d: on two papers", i+1)
		}
		seen[text], elements[i] = true, e
	}
	return archive.NewRoll(elements)
}

// A slip is one slip's public credentials, in the order of the papers. Who holds
// two slips can bring the papers of one with those of the other: the secrets of a
// slip are related by its code alone, which is not told. Then one of the two is
// counted, and the desk takes neither whole.
type slip []ballot.CredentialKey

// name is how the slip book names the slip.
func (s slip) name() string { return s[0].String() }

// slip reads the proof that a slip is held which came to the desk as a kind.
func (m *Meeting) slip(kind string, proof []byte) (slip, error) {
	if m.Slips.list(kind) == nil {
		return nil, refuse(ErrSlips, "kind", "không có loại này", "no such kind")
	}
	papers, err := m.BallotPapers()
	if err != nil {
		return nil, err
	}
	return papers.VerifyDeskProof(kind, proof)
}

// list returns the slips of a kind, or nil for a kind that there is not.
func (b *SlipBook) list(kind string) *[]string {
	switch kind {
	case DeskUnissued:
		return &b.Unissued
	case DeskExchanged:
		return &b.Exchanged
	case DeskReturned:
		return &b.Returned
	}
	return nil
}

// mayCount is errSame for a slip that was counted as this kind, and [ErrSlips]
// for one that was counted as another.
func (b *SlipBook) mayCount(name, kind string) error {
	for _, k := range []string{DeskUnissued, DeskExchanged, DeskReturned} {
		if !slices.Contains(*b.list(k), name) {
			continue
		}
		if k == kind {
			return errSame
		}
		return refuse(ErrSlips, "kind", "phiếu này đã được tính là: "+deskNames[k], "the slip was counted as "+k)
	}
	return nil
}

var deskNames = map[string]string{DeskUnissued: "chưa phát", DeskExchanged: "đổi", DeskReturned: "trả lại"}

// filed is a list of slips, which are kept in the order of their names, with one
// more: the log has the times of the desk, and the order of scanning beside it
// would give each slip its own.
func filed(list []string, name string) []string {
	i, _ := slices.BinarySearch(list, name)
	return slices.Insert(list, i, name)
}

// fileHalf keeps a half used slip in the same order.
func (b *SlipBook) fileHalf(h HalfUsed) {
	i, _ := slices.BinarySearchFunc(b.Half, h.Slip, func(have HalfUsed, name string) int { return cmp.Compare(have.Slip, name) })
	b.Half = slices.Insert(b.Half, i, h)
}

func (b *SlipBook) isHalf(name string) bool {
	return slices.ContainsFunc(b.Half, func(h HalfUsed) bool { return h.Slip == name })
}

// returnedIn is how many slips came back unused of one paper.
func (b *SlipBook) returnedIn(paper ballot.UUID) int {
	n := len(b.Returned)
	for _, h := range b.Half {
		if slices.Contains(h.Papers, paper) {
			n++
		}
	}
	return n
}

// countedIn is how many slips the desk has voided in one paper.
func (b *SlipBook) countedIn(paper ballot.UUID) int {
	return len(b.Exchanged) + len(b.Unissued) + b.returnedIn(paper)
}

// issuedBy is what a member counted as issued, or -1.
func (b *SlipBook) issuedBy(member int) int {
	i := slices.IndexFunc(b.Issued, func(c IssuedCount) bool { return c.Member == member })
	if i < 0 {
		return -1
	}
	return b.Issued[i].Count
}

func (b *SlipBook) enterIssued(member, count int) {
	i := slices.IndexFunc(b.Issued, func(c IssuedCount) bool { return c.Member == member })
	if i < 0 {
		b.Issued = append(b.Issued, IssuedCount{member, count})
		return
	}
	b.Issued[i].Count = count
}

// agreed is the number of slips that two members counted as issued. It is known
// when no two others agree on another number.
func (b *SlipBook) agreed() (count int, known bool) {
	for i, c := range b.Issued {
		for _, d := range b.Issued[:i] {
			if c.Count != d.Count {
				continue
			}
			if known && c.Count != count {
				return 0, false
			}
			count, known = c.Count, true
		}
	}
	return count, known
}
