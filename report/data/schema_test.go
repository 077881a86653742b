package data_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/report/data"
)

// A schema is a JSON Schema of as many words as ours use.
type schema struct {
	root map[string]any
}

func readSchema(t *testing.T, name string) schema {
	t.Helper()
	text, err := os.ReadFile("../../docs/schemas/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var s schema
	if err := json.Unmarshal(text, &s.root); err != nil {
		t.Fatal(err)
	}
	return s
}

// check returns what is wrong with a value, or with a schema that uses a word
// which is not looked at.
func (s schema) check(at string, rule map[string]any, v any) (wrong []string) {
	for _, word := range slices.Sorted(maps.Keys(rule)) {
		wrong = append(wrong, s.word(at, word, rule, v)...)
	}
	return wrong
}

func (s schema) word(at, word string, rule map[string]any, v any) []string {
	bad := func(format string, args ...any) []string { return []string{at + ": " + fmt.Sprintf(format, args...)} }
	switch arg := rule[word]; word {
	case "description", "title", "$schema", "$id", "$defs", "properties", "additionalProperties":
		if word == "properties" || word == "additionalProperties" && v == nil {
			return s.properties(at, rule, v)
		}
	case "$ref":
		name := strings.TrimPrefix(arg.(string), "#/$defs/")
		return s.check(at, s.root["$defs"].(map[string]any)[name].(map[string]any), v)
	case "type":
		if got := typeOf(v); got != arg {
			return bad("%s, not %s", got, arg)
		}
	case "const":
		if !reflect.DeepEqual(v, arg) {
			return bad("%v, not %v", v, arg)
		}
	case "enum":
		if !slices.Contains(arg.([]any), v) {
			return bad("%v, not one of %v", v, arg)
		}
	case "pattern":
		if text, _ := v.(string); !regexp.MustCompile(arg.(string)).MatchString(text) {
			return bad("%q is not like %s", v, arg)
		}
	case "minimum":
		if n, _ := v.(float64); n < arg.(float64) {
			return bad("%v is less than %v", n, arg)
		}
	case "required":
		for _, name := range arg.([]any) {
			if _, ok := v.(map[string]any)[name.(string)]; !ok {
				return bad("no %s", name)
			}
		}
	case "items":
		var wrong []string
		for i, item := range v.([]any) {
			wrong = append(wrong, s.check(fmt.Sprintf("%s[%d]", at, i), arg.(map[string]any), item)...)
		}
		return wrong
	default:
		return bad("the schema's word %s is not known", word)
	}
	return nil
}

func (s schema) properties(at string, rule map[string]any, v any) (wrong []string) {
	known, _ := rule["properties"].(map[string]any)
	object, _ := v.(map[string]any)
	for name, value := range object {
		if sub, ok := known[name]; ok {
			wrong = append(wrong, s.check(at+"."+name, sub.(map[string]any), value)...)
		} else if rule["additionalProperties"] == false {
			wrong = append(wrong, at+"."+name+": not in the schema")
		}
	}
	return wrong
}

func typeOf(v any) string {
	switch v := v.(type) {
	case map[string]any:
		return "object"
	case []any:
		return "array"
	case string:
		return "string"
	case bool:
		return "boolean"
	case float64:
		if v == float64(int64(v)) {
			return "integer"
		}
		return "number"
	}
	return "null"
}

func (s schema) wrong(text []byte) []string {
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return []string{err.Error()}
	}
	return s.check("$", s.root, v)
}

// Every file has the form that its schema describes.
func TestFilesFollowTheirSchemas(t *testing.T) {
	manifest, err := data.Manifest("DkJRztMSmZ4dXwsyUXHTi", []meeting.Printed{{Name: "result.json", MediaType: "application/json", Content: []byte("x")}})
	if err != nil {
		t.Fatal(err)
	}
	if wrong := readSchema(t, "manifest.schema.json").wrong(manifest); wrong != nil {
		t.Error(wrong)
	}
	for _, o := range []*meeting.Outcome{assembly(t), department(t), crowd(t), newOutcome(t, meeting.RuleSetNQ96, 0, 0, row{"A", "", "", [4]int{}})} {
		if wrong := readSchema(t, "result.schema.json").wrong(data.ResultJSON(o)); wrong != nil {
			t.Error(wrong)
		}
		if wrong := readSchema(t, "assessment.schema.json").wrong(data.AssessmentJSON(o)); wrong != nil {
			t.Error(wrong)
		}
	}
}

// A file that is not of the form is found: fields missing, added, of another
// type, out of range, not of the pattern.
func TestSchemaRefuses(t *testing.T) {
	s, good := readSchema(t, "result.schema.json"), string(data.ResultJSON(department(t)))
	for _, change := range [][2]string{
		{`"homphieu-result-v1"`, `"homphieu-result-v2"`}, {`"collected": 47`, `"collected": "47"`}, {`"collected": 47`, `"collected": 47.5`}, {`"collected": 47`, `"collected": -1`},
		{`"collected": 47`, `"gathered": 47`}, {`"high_percent": "40,43"`, `"high_percent": "40.43"`}, {`"percent_base": "collected"`, `"percent_base": "valid"`},
		{`"high": 19,`, ``}, {`"high": 19,`, `"high": 19, "threshold": "none",`}, {`"trial": false`, `"trial": null`}, {`"invalid_sheets": 0`, `"invalid_sheets": 1`},
	} {
		altered := strings.Replace(good, change[0], change[1], 1)
		if altered == good || s.wrong([]byte(altered)) == nil {
			t.Errorf("%s in the place of %s is taken", change[1], change[0])
		}
	}
	if s.check("$", map[string]any{"maximum": 1.0}, 2.0) == nil {
		t.Error("a word that is not looked at is passed over")
	}
}
