package roster_test

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/meeting/roster"
)

func (i input) agencies(known ...roster.Agency) ([]roster.Agency, []roster.LineError) {
	return roster.ParseAgencies(bytes.NewReader(i.content), i.format, known...)
}

const key = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

// A list with all columns is the same in every format: superiors by ID or name,
// kinds in the spelling of the first, keys without the signs between their digits.
func TestParseAgencies(t *testing.T) {
	text := "DANH SÁCH CƠ QUAN\t\t\t\t\t\t\n" +
		"TT\tMã\tTên cơ quan\tLoại\tCấp trên\tĐầu mối liên hệ\tKhóa\n" +
		"1\t\tHuyện ủy Đồng Xanh\tHuyện ủy\t\tĐ/c An; 0263\t\n" +
		"2\tDX-1\tĐảng ủy Chợ Mới\tĐảng ủy\tHUYỆN ỦY Đồng Xanh\t\t" + strings.ToUpper(key[:32]) + " " + key[32:] + "\n" +
		"\n" +
		"3\t\tĐảng ủy  Ánh Sáng\tđảng ủy\tdx-1\t\t"
	want := []roster.Agency{
		{ID: "huyen-uy-dong-xanh", Name: "Huyện ủy Đồng Xanh", Kind: "Huyện ủy", Contact: "Đ/c An; 0263"},
		{ID: "dx-1", Name: "Đảng ủy Chợ Mới", Kind: "Đảng ủy", Superior: "huyen-uy-dong-xanh", Key: key},
		{ID: "dang-uy-anh-sang", Name: "Đảng ủy Ánh Sáng", Kind: "Đảng ủy", Superior: "dx-1"},
	}
	for name, in := range forms(t, text) {
		if name == "semicolon" {
			in.content = bytes.ReplaceAll(in.content, []byte("Đ/c An; 0263"), []byte(`"Đ/c An; 0263"`))
		}
		got, faults := in.agencies()
		if len(faults) > 0 || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v %+v", name, got, faults)
		}
	}
}

// Pasted lines without a heading are name, kind, superior and contact.
func TestPastedAgencies(t *testing.T) {
	got, faults := input{roster.Text, []byte("1\tTỉnh ủy\tCấp ủy\n2\tHội Nông dân\tĐoàn thể\tTỉnh ủy\tĐ/c An")}.agencies()
	want := []roster.Agency{
		{ID: "tinh-uy", Name: "Tỉnh ủy", Kind: "Cấp ủy"},
		{ID: "hoi-nong-dan", Name: "Hội Nông dân", Kind: "Đoàn thể", Superior: "tinh-uy", Contact: "Đ/c An"},
	}
	if len(faults) > 0 || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v %+v", got, faults)
	}
}

// IDs are made from names, short and each once; a known agency keeps its own.
func TestAgencyIDs(t *testing.T) {
	known := []roster.Agency{{ID: "stp", Name: "Sở Tư pháp"}, {ID: "ban-dan-van", Name: "Ban Dân vận cũ"}}
	list := []string{
		"Sở Tư Pháp", "Ban Dân vận", "BAN DÂN-VẬN", "党", "Liên hiệp các tổ chức hữu nghị tỉnh nhà",
		"Liên hiệp các tổ chức hữu nghị tỉnh bạn", strings.Repeat("x", 60), strings.Repeat("x", 61),
	}
	got, faults := input{roster.Text, []byte("Tên\tLoại\n" + strings.Join(list, "\tSở\n") + "\tSở")}.agencies(known...)
	want := []string{
		"stp", "ban-dan-van-2", "ban-dan-van-3", "co-quan", "lien-hiep-cac-to-chuc-huu-nghi",
		"lien-hiep-cac-to-chuc-huu-nghi-2", strings.Repeat("x", 32), strings.Repeat("x", 30) + "-2",
	}
	if len(faults) > 0 || len(got) != len(want) {
		t.Fatalf("%+v %+v", got, faults)
	}
	for i, id := range want {
		if got[i].ID != id || !roster.IsID(got[i].ID) {
			t.Errorf("%s has the ID %q, want %q", got[i].Name, got[i].ID, id)
		}
	}
}

// What is wrong is told at its line, everything in one go.
func TestAgencyFaults(t *testing.T) {
	for title, c := range map[string]struct {
		lines string // name, ID, kind, superior, key
		at    []int
		says  string
	}{
		"no name":           {"\ta\tSở\t\t", []int{2}, "chưa có tên"},
		"no kind":           {"A\ta\t\t\t", []int{2}, "chưa ghi loại"},
		"an ID of a space":  {"A\ta b\tSở\t\t", []int{2}, "mã “a b”"},
		"an ID with đ":      {"A\tđa\tSở\t\t", []int{2}, "mã “đa”"},
		"too long an ID":    {"A\t" + strings.Repeat("a", 33) + "\tSở\t\t", []int{2}, "32 ký tự"},
		"one ID twice":      {"A\ta\tSở\t\t\nB\tA\tSở\t\t", []int{3}, "đã dùng cho cơ quan khác"},
		"one name twice":    {"An\ta\tSở\t\t\nAN\tb\tSở\t\t", []int{3}, "có hai lần"},
		"unknown superior":  {"A\ta\tSở\tTỉnh ủy\t", []int{2}, "không có cơ quan cấp trên “Tỉnh ủy”"},
		"its own superior":  {"A\ta\tSở\ta\t", []int{2}, "thành vòng: A → A"},
		"a circle of three": {"D\td\tSở\ta\t\nA\ta\tSở\tB\t\nB\tb\tSở\tc\t\nC\tc\tSở\ta\t", []int{3}, "A → B → C → A"},
		"two circles":       {"A\ta\tSở\tb\t\nB\tb\tSở\ta\t\nC\tc\tSở\tc\t", []int{2, 4}, "thành vòng"},
		"a short key":       {"A\ta\tSở\t\tabc", []int{2}, "64 chữ số"},
		"a key of letters":  {"A\ta\tSở\t\t" + strings.Repeat("g", 64), []int{2}, "64 chữ số"},
		"too long a name":   {strings.Repeat("Sở ", 70) + "\ta\tSở\t\t", []int{2}, "tên: dài quá 200"},
		"a hidden sign":     {"A\u202eB\ta\tSở\t\t", []int{2}, "không nhìn thấy"},
		"several":           {"A\ta\t\tx\t\nB\tb\tSở\t\t1", []int{2, 2, 3}, ""},
	} {
		_, faults := input{roster.Text, []byte("Tên\tMã\tLoại\tCấp trên\tKhóa\n" + c.lines)}.agencies()
		var at []int
		said := ""
		for _, f := range faults {
			at, said = append(at, f.Line), said+f.Text.Vi+"\n"
			if f.Text.En == "" {
				t.Errorf("%s: no English for %q", title, f.Text.Vi)
			}
		}
		if !reflect.DeepEqual(at, c.at) || !strings.Contains(said, c.says) {
			t.Errorf("%s: lines %v\n%s", title, at, said)
		}
	}
	for title, in := range map[string]input{
		"nothing":      {roster.Text, nil},
		"no heading":   {roster.CSV, []byte("Sở Tư pháp,Sở")},
		"heading only": {roster.CSV, []byte("Tên cơ quan,Loại")},
		"no sheet":     {roster.XLSX, []byte("PK")},
	} {
		if list, faults := in.agencies(); len(list) > 0 || len(faults) != 1 {
			t.Errorf("%s: %+v %+v", title, list, faults)
		}
	}
}

// A long circle does not name everybody in it.
func TestLongCircle(t *testing.T) {
	var list []roster.Agency
	for i := range 3000 {
		list = append(list, roster.Agency{ID: fmt.Sprintf("a%d", i), Name: fmt.Sprintf("Cơ quan %d", i), Kind: "Sở", Superior: fmt.Sprintf("a%d", (i+1)%3000)})
	}
	faults := roster.CheckAgencies(list)
	if len(faults) != 1 || faults[0].Index != 0 || len(faults[0].Text.Vi) > 200 {
		t.Errorf("%d faults: %.300v", len(faults), faults)
	}
}

// Hundreds of lines come in the order of the list.
func TestManyAgencies(t *testing.T) {
	var b strings.Builder
	b.WriteString("Tên\tLoại\tCấp trên")
	for i := range 1000 {
		above := ""
		if i > 0 {
			above = fmt.Sprintf("Cơ quan số %d", i/10)
		}
		fmt.Fprintf(&b, "\nCơ quan số %d\tLoại %d\t%s", i, i%7, above)
	}
	for name, in := range forms(t, b.String()) {
		list, faults := in.agencies()
		if len(list) != 1000 || len(faults) > 0 || list[999].ID != "co-quan-so-999" || list[999].Superior != "co-quan-so-99" {
			t.Errorf("%s: %d agencies, %.500v", name, len(list), faults)
		}
	}
}

// Nor does a list in which all have one name take long.
func TestOneName(t *testing.T) {
	list, faults := input{roster.Text, []byte("Tên\tLoại\n" + strings.Repeat("Sở\tSở\n", roster.MaxRows))}.agencies()
	if len(list) != roster.MaxRows || len(faults) != roster.MaxRows-1 || list[4999].ID != "so-5000" {
		t.Errorf("%d agencies, %d faults", len(list), len(faults))
	}
}

func FuzzParseAgencies(f *testing.F) {
	for _, in := range forms(f, "Mã\tTên\tLoại\tCấp trên\n\tÁnh\tSở\t\nb\tBan\tSở\tÁnh") {
		f.Add(string(in.format), in.content)
	}
	f.Fuzz(func(t *testing.T, format string, content []byte) {
		list, faults := input{roster.Format(format), content}.agencies()
		if len(list) == 0 && len(faults) == 0 {
			t.Error("neither agencies nor errors")
		}
		if len(faults) > 0 {
			return
		}
		if again := roster.CheckAgencies(list); len(again) > 0 {
			t.Errorf("taken, and refused when looked at again: %+v", again)
		}
	})
}
