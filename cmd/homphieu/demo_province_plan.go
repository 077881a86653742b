package main

import (
	"fmt"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/round"
)

// A provincePoll is one poll of the demonstrated round: who votes on what, when,
// and how the result goes up.
type provincePoll struct {
	round.Expected
	ready meeting.Date // step 1 is done, and the meeting made ready
	voted meeting.Date
	sent  meeting.Date // empty: nothing is ever sent
	by    string       // meeting.ByHTTPS or meeting.ByFile

	posts  []string // of those who are voted on
	voters int

	tampered  bool         // a byte of the package is changed on the way
	corrected meeting.Date // day of a package that corrects the first
}

// provincePolls are those that the letter's round waits for, in the order of the
// days on which they are held. The letter names no agency and no day of a vote:
// these are made up.
var provincePolls = []*provincePoll{
	{Expected: expected("dang-doan-hdnd-tinh", "hdnd-bau"), ready: "2023-07-12", voted: "2023-07-18", sent: "2023-07-19", by: meeting.ByFile,
		posts: []string{"Chủ tịch HĐND tỉnh", "Phó Chủ tịch HĐND tỉnh", "Trưởng Ban Pháp chế HĐND tỉnh", "Trưởng Ban Dân tộc HĐND tỉnh"}, voters: 12},
	{Expected: expected("huyen-uy-dong-xanh", "hdnd-bau"), ready: "2023-07-12", voted: "2023-07-19", sent: "2023-07-19", by: meeting.ByHTTPS,
		posts: []string{"Chủ tịch HĐND huyện", "Chủ tịch UBND huyện", "Phó Chủ tịch UBND huyện"}, voters: 9},
	{Expected: expected("thanh-uy-suong-mai", "hdnd-bau"), ready: "2023-07-13", voted: "2023-07-20", sent: "2023-07-20", by: meeting.ByFile,
		posts: []string{"Chủ tịch HĐND thành phố", "Chủ tịch UBND thành phố"}, voters: 8},
	{Expected: expected("van-phong-tinh-uy", "cap-uy"), ready: "2023-07-14", voted: "2023-07-24", sent: "2023-07-25", by: meeting.ByFile,
		posts: []string{"Bí thư Đảng ủy Văn phòng", "Phó Bí thư Đảng ủy Văn phòng"}, voters: 7},
	{Expected: expected("huyen-uy-dong-xanh", "cap-uy"), ready: "2023-07-17", voted: "2023-07-25", sent: "2023-07-25", by: meeting.ByHTTPS,
		posts: []string{"Bí thư Huyện ủy", "Phó Bí thư Thường trực Huyện ủy", "Ủy viên Ban Thường vụ Huyện ủy"}, voters: 10},
	{Expected: expected("thanh-uy-suong-mai", "cap-uy"), ready: "2023-07-18", voted: "2023-07-26", sent: "2023-07-27", by: meeting.ByFile,
		posts: []string{"Bí thư Thành ủy", "Phó Bí thư Thành ủy"}, voters: 8},
	{Expected: expected("ban-tuyen-giao-tinh-uy", "khac"), ready: "2023-07-20", voted: "2023-08-02", sent: "2023-08-02", by: meeting.ByHTTPS,
		posts: []string{"Trưởng Ban", "Phó Trưởng Ban"}, voters: 7},
	{Expected: expected("ban-dan-van-tinh-uy", "khac"), ready: "2023-07-21", voted: "2023-08-03", sent: "2023-08-03", by: meeting.ByHTTPS, corrected: "2023-08-07",
		posts: []string{"Trưởng Ban", "Phó Trưởng Ban"}, voters: 6},
	{Expected: expected("uy-ban-kiem-tra-tinh-uy", "khac"), ready: "2023-07-21", voted: "2023-08-08", sent: "2023-08-09", by: meeting.ByFile,
		posts: []string{"Chủ nhiệm", "Phó Chủ nhiệm", "Ủy viên"}, voters: 9},
	{Expected: expected("van-phong-tinh-uy", "khac"), ready: "2023-07-24", voted: "2023-08-09", sent: "2023-08-10", by: meeting.ByFile,
		posts: []string{"Chánh Văn phòng", provinceTwicePost}, voters: 8},
	{Expected: expected("ban-can-su-dang-ubnd-tinh", "khac"), ready: "2023-07-25", voted: "2023-08-10", sent: "2023-08-11", by: meeting.ByHTTPS,
		posts: []string{"Giám đốc Sở Nội vụ", "Giám đốc Sở Y tế", "Giám đốc Sở Giáo dục và Đào tạo"}, voters: 11},
	{Expected: expected("mat-tran-to-quoc-tinh", "khac"), ready: "2023-07-26", voted: "2023-08-11", sent: "2023-08-11", by: meeting.ByHTTPS, tampered: true,
		posts: []string{"Chủ tịch", "Phó Chủ tịch"}, voters: 6},
	{Expected: expected("hoi-nong-dan-tinh", "khac"), ready: "2023-07-27", voted: "2023-08-15", sent: "2023-08-18", by: meeting.ByFile,
		posts: []string{"Chủ tịch", "Phó Chủ tịch"}, voters: 6},
	{Expected: expected("huyen-uy-dong-xanh", "khac"), ready: "2023-07-28", voted: "2023-08-22", sent: "2023-08-22", by: meeting.ByHTTPS,
		posts: []string{"Trưởng Ban Tổ chức Huyện ủy", "Trưởng phòng Nội vụ", "Trưởng phòng Tài chính - Kế hoạch"}, voters: 10},
	{Expected: expected("thanh-uy-suong-mai", "khac"), ready: "2023-07-28", voted: "2023-08-23", sent: "2023-08-24", by: meeting.ByFile,
		posts: []string{"Chánh Văn phòng Thành ủy", "Trưởng phòng Kinh tế"}, voters: 7},
	{Expected: expected("dang-uy-khoi-tinh", "khac"), ready: "2023-07-28", voted: "2023-08-24", sent: "2023-08-24", by: meeting.ByHTTPS,
		posts: []string{"Trưởng Ban Tổ chức Đảng ủy Khối", "Phó Bí thư Đảng ủy Khối"}, voters: 8},
	{Expected: expected("hoi-phu-nu-tinh", "khac")}, // sends nothing
}

// The days of the demonstration on which something else happens than a poll.
const (
	provinceStart  meeting.Date = "2023-07-07" // the letter is of the day before
	provinceEarly  meeting.Date = "2023-07-18" // a poll tries to open out of its turn
	provinceReport meeting.Date = "2023-09-01"
	// provinceReview is the day of every agency's six-month review.
	provinceReview meeting.Date = "2023-07-14"
)

// provinceTwice is voted on at two agencies, each of which names the other.
const (
	provinceTwice     = "Đặng Thị Minh Châu"
	provinceTwicePost = "Phó Chánh Văn phòng"
)

func expected(agency, group string) round.Expected {
	return round.Expected{Agency: agency, Group: group}
}

// people are those of a poll; the names are made up, and no two are the same but
// for the person in two places. Two more are on no ballot.
func (p *provincePoll) people(number int) (list []meeting.Person) {
	for i, post := range p.posts {
		list = append(list, meeting.Person{Name: provinceName(8*number + i), Post: post})
	}
	second := &list[len(list)-1]
	switch p.Expected {
	case expected("van-phong-tinh-uy", "khac"):
		second.Name, second.Places = provinceTwice, []string{"Đảng ủy Khối các cơ quan tỉnh"}
	case expected("dang-uy-khoi-tinh", "khac"):
		second.Name, second.Places = provinceTwice, []string{"Văn phòng Tỉnh ủy"}
	case expected("ban-can-su-dang-ubnd-tinh", "khac"):
		list = append(list,
			meeting.Person{Name: provinceName(8*number + 5), Post: "Giám đốc Sở Xây dựng", Exempt: "retirement_notice"},
			meeting.Person{Name: provinceName(8*number + 6), Post: "Giám đốc Sở Tư pháp", Exempt: "appointed_in_year"})
	}
	return list
}

// mark is how a voter marks a person: mostly high, seldom low, and one line in
// eleven left blank.
func (p *provincePoll) mark(number, voter, person int) int {
	switch v := (5*voter + 3*person + number) % 11; {
	case v < 6:
		return 0
	case v < 9:
		return 1
	case v == 9:
		return 2
	}
	return -1
}

// board is the counting board of a poll, by other names.
func (p *provincePoll) board(number int) (list []meeting.BoardMember) {
	for i, office := range []meeting.BoardOffice{meeting.Head, meeting.BoardSecretary, meeting.Ordinary} {
		list = append(list, meeting.BoardMember{Name: provinceName(400 + 8*number + i), Office: office})
	}
	return list
}

// provinceName is a name for each number below 1728.
func provinceName(n int) string {
	family := []string{"Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Võ", "Bùi", "Đỗ", "Hồ", "Dương"}
	middle := []string{"Văn", "Thị", "Đức", "Ngọc", "Quang", "Thanh", "Minh", "Hữu", "Xuân", "Thu", "Hồng", "Quốc"}
	given := []string{"An", "Bình", "Cường", "Dung", "Giang", "Hà", "Khánh", "Lan", "Nam", "Oanh", "Sơn", "Yến"}
	return fmt.Sprintf("%s %s %s", family[(n/12+n)%12], middle[(n/144+5*(n/12)+n)%12], given[n%12])
}
