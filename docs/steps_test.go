package docs_test

import (
	"slices"
	"testing"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/staff"
)

// The table of steps on the page is the table of the program: every action, and
// for each who may take it.
func TestStepsAreThoseOfTheProgram(t *testing.T) {
	roles := []staff.Role{staff.Administrator, staff.Secretary, staff.Chair, staff.Member, staff.Auditor, staff.Superior}
	var onPage []meeting.Action
	for _, r := range table(t, "steps") {
		action := meeting.Action(r.name)
		onPage = append(onPage, action)
		if r.reason == "" {
			t.Errorf("%s: the page does not say when", r.name)
		}
		for _, role := range roles {
			if may := meeting.May(role, action); may != slices.Contains(r.names, string(role)) {
				t.Errorf("%s by %s: %v in the program", r.name, role, may)
			}
		}
		for _, name := range r.names {
			if !slices.Contains(roles, staff.Role(name)) {
				t.Errorf("%s: no role %s", r.name, name)
			}
		}
	}
	if slices.Sort(onPage); !slices.Equal(onPage, meeting.Actions()) {
		t.Errorf("on the page %v\nin the program %v", onPage, meeting.Actions())
	}
}
