package api

import "github.com/homphieu/homphieu/meeting"

// OfficeForms are the forms of a meeting's pages, by path, and the action that
// each takes.
func OfficeForms() map[string]meeting.Action {
	forms := map[string]meeting.Action{}
	for _, f := range officeForms {
		forms[f.path] = f.action
	}
	return forms
}

// OfficePages are the pages of a meeting, by the ends of their addresses.
func OfficePages() []string {
	var list []string
	for _, p := range officePages {
		list = append(list, p.id)
	}
	return list
}
