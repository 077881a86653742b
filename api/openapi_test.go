package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/api"
)

// A triple is a route with a status and the code of its problem.
type triple struct {
	route  string // METHOD /path/{parameter}
	status int
	code   string
}

// document is openapi.json.
var document = func() (d map[string]any) {
	text, err := os.ReadFile("openapi.json")
	if err == nil {
		err = json.Unmarshal(text, &d)
	}
	if err != nil {
		panic(err)
	}
	return d
}()

// at follows members of the document, and references.
func at(node any, names ...string) any {
	for _, name := range names {
		node = resolve(node)
		m, _ := node.(map[string]any)
		node = m[name]
	}
	return resolve(node)
}

func resolve(node any) any {
	m, _ := node.(map[string]any)
	reference, ok := m["$ref"].(string)
	if !ok {
		return node
	}
	return at(document, strings.Split(strings.TrimPrefix(reference, "#/"), "/")...)
}

func members(node any) []string {
	m, _ := node.(map[string]any)
	return slices.Sorted(maps.Keys(m))
}

// documentedRoutes lists the routes of the document.
func documentedRoutes() (list []string) {
	for _, path := range members(document["paths"]) {
		for _, method := range members(at(document, "paths", path)) {
			list = append(list, strings.ToUpper(method)+" "+path)
		}
	}
	return list
}

// documentedProblems lists every problem that the document foresees.
func documentedProblems() map[triple]bool {
	all := map[triple]bool{}
	for _, route := range documentedRoutes() {
		method, path, _ := strings.Cut(route, " ")
		responses := at(document, "paths", path, strings.ToLower(method), "responses")
		for _, status := range members(responses) {
			n, _ := strconv.Atoi(status)
			parts, _ := at(responses, status, "content", "application/problem+json", "schema", "allOf").([]any)
			for _, part := range parts {
				codes, _ := at(part, "properties", "code", "enum").([]any)
				for _, code := range codes {
					if c, ok := code.(string); ok && n != 0 && at(part, "properties", "status", "const") != nil {
						all[triple{route, n, c}] = true
					}
				}
			}
		}
	}
	return all
}

// routeOf returns the documented route of a request, or "".
func routeOf(method, path string) string {
	for _, route := range documentedRoutes() {
		pattern := regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllString(route, `[^/]+`)
		if regexp.MustCompile("^" + pattern + "$").MatchString(method + " " + path) {
			return route
		}
	}
	return ""
}

// problem reads the problem detail that an answer is, if it is one.
func (a *answer) problem() (p struct{ Type, Title, Detail, Code, Tracker string }) {
	a.Helper()
	if strings.HasPrefix(a.Header.Get("Content-Type"), "application/problem+json") {
		if err := json.Unmarshal([]byte(a.body), &p); err != nil {
			a.Fatalf("%s: %v: %s", a.request, err, a.body)
		}
	}
	return p
}

// checkDocumented holds an answer of the API against the document: status,
// code, type and content.
func (a *answer) checkDocumented(method, path string) {
	a.Helper()
	if !strings.HasPrefix(path, "/api/") && !strings.HasPrefix(path, "/log/") && path != "/healthz" {
		return
	}
	if strings.HasPrefix(path, "/log/") && a.StatusCode >= 400 && strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
		return // who follows a link gets a page
	}
	if method == "HEAD" {
		return // answered as GET, without a body to hold against anything
	}
	code := a.problem().Code
	route := routeOf(method, path)
	if route == "" {
		if strings.HasPrefix(path, "/log/") && a.StatusCode == 404 && (code == "not-found" || code == "no-such-page") {
			return // of a path below /log that is none of a log's files
		}
		if path != "/healthz" && (a.StatusCode < 400 || code != "no-such-page" && code != "method-not-allowed") {
			a.Errorf("%s: %d %q, but openapi.json has no such route", a.request, a.StatusCode, code)
		}
		return
	}
	_, pattern, _ := strings.Cut(route, " ")
	contents := at(document, "paths", pattern, strings.ToLower(method), "responses", strconv.Itoa(a.StatusCode), "content")
	kind, _, _ := strings.Cut(a.Header.Get("Content-Type"), ";")
	schema := at(contents, kind, "schema")
	if schema == nil {
		a.Fatalf("%s: %d of type %q is not in openapi.json", a.request, a.StatusCode, kind)
	}
	var value any = a.body
	if strings.HasSuffix(kind, "json") {
		a.ok(json.Unmarshal([]byte(a.body), &value))
	}
	if err := matches(schema, value); err != nil {
		a.Errorf("%s: %d is not as in openapi.json: %v: %.300s", a.request, a.StatusCode, err, a.body)
	}
	if code != "" {
		a.seen[triple{route, a.StatusCode, code}] = true
	}
}

// matches is as much of JSON Schema as the document uses; other words fail.
func matches(schema, value any) error {
	schema = resolve(schema)
	for _, word := range members(schema) {
		if err := matchesWord(word, schema, value); err != nil {
			return err
		}
	}
	return nil
}

func matchesWord(word string, schema, value any) error {
	want := at(schema, word)
	list, _ := want.([]any)
	object, _ := value.(map[string]any)
	text, _ := value.(string)
	number, _ := value.(float64)
	good := true
	switch word {
	case "type":
		good = typeOf(value) == want || want == "integer" && typeOf(value) == "number" && number == math.Trunc(number)
	case "const":
		good = value == want
	case "enum":
		good = slices.Contains(list, value)
	case "pattern":
		good = regexp.MustCompile(fmt.Sprint(want)).MatchString(text)
	case "minimum":
		least, _ := want.(float64)
		good = number >= least
	case "required":
		good = !slices.ContainsFunc(list, func(name any) bool { _, has := object[fmt.Sprint(name)]; return !has })
	case "additionalProperties":
		known := members(at(schema, "properties"))
		good = !slices.ContainsFunc(members(value), func(name string) bool { return !slices.Contains(known, name) })
	case "oneOf":
		fitting := slices.DeleteFunc(slices.Clone(list), func(s any) bool { return matches(s, value) != nil })
		good = len(fitting) == 1
	case "properties", "items", "allOf":
		return matchesParts(word, want, value)
	case "description":
	default:
		return fmt.Errorf("schema: %s is not understood", word)
	}
	if !good {
		return fmt.Errorf("%s: not %v", word, want)
	}
	return nil
}

// matchesParts compares a value with schemas of its parts, or with several.
func matchesParts(word string, want, value any) error {
	object, _ := value.(map[string]any)
	for name, part := range object {
		if schema := at(want, name); word == "properties" && schema != nil {
			if err := matches(schema, part); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	list, _ := value.([]any)
	for i, item := range list {
		if err := matches(want, item); word == "items" && err != nil {
			return fmt.Errorf("item %d: %w", i, err)
		}
	}
	schemas, _ := want.([]any)
	for _, schema := range schemas {
		if err := matches(schema, value); err != nil {
			return err
		}
	}
	return nil
}

func typeOf(value any) any {
	switch value.(type) {
	case string:
		return "string"
	case bool:
		return "boolean"
	case float64:
		return "number"
	case map[string]any:
		return "object"
	case []any:
		return "array"
	}
	return nil
}

// The document has every route of the API with its methods, and no other.
func TestDocumentHasEveryRoute(t *testing.T) {
	var registered []string
	for _, route := range api.Routes() {
		if strings.Contains(route, " /api/") || strings.HasSuffix(route, "/healthz") {
			registered = append(registered, route)
		}
	}
	// What lies below /log is one route of the server; TestLogFiles asks for
	// each of its kinds.
	documented := slices.DeleteFunc(documentedRoutes(), func(route string) bool { return strings.HasPrefix(route, "GET /log/") })
	slices.Sort(registered)
	slices.Sort(documented)
	if !slices.Equal(registered, documented) {
		t.Errorf("routes:\n%s\nopenapi.json:\n%s", strings.Join(registered, "\n"), strings.Join(documented, "\n"))
	}
	if document["openapi"] != "3.1.0" {
		t.Errorf("openapi %v", document["openapi"])
	}
}

// The document has every code of problem.go, with its meaning, and no other.
func TestDocumentHasEveryCode(t *testing.T) {
	codes := map[string]bool{}
	for _, code := range api.ProblemCodes() {
		codes[code] = true
	}
	list, _ := at(document, "components", "schemas", "Problem", "properties", "code", "enum").([]any)
	meaning := fmt.Sprint(at(document, "components", "schemas", "Problem", "properties", "code", "description"))
	for _, code := range list {
		if !codes[fmt.Sprint(code)] {
			t.Errorf("%s is in openapi.json, not in problem.go", code)
		}
		delete(codes, fmt.Sprint(code))
		if !strings.Contains(meaning, fmt.Sprint(code)+": ") {
			t.Errorf("%s: no meaning", code)
		}
	}
	for code := range codes {
		t.Errorf("%s is in problem.go, not in openapi.json", code)
	}
	for p := range documentedProblems() {
		if !slices.Contains(list, any(p.code)) {
			t.Errorf("%v: unknown code", p)
		}
	}
}

// Every example fits its schema, and every reference leads somewhere.
func TestDocumentIsConsistent(t *testing.T) {
	var walk func(where string, node any)
	walk = func(where string, node any) {
		if list, ok := node.([]any); ok {
			for i, item := range list {
				walk(fmt.Sprint(where, "/", i), item)
			}
		}
		m, _ := node.(map[string]any)
		if m["$ref"] != nil && resolve(m) == nil {
			t.Errorf("%s: %v leads nowhere", where, m["$ref"])
		}
		examples := []any{m["example"]}
		for _, name := range members(m["examples"]) {
			examples = append(examples, at(m["examples"], name, "value"))
		}
		for _, example := range examples {
			if m["schema"] != nil && example != nil {
				if err := matches(m["schema"], example); err != nil {
					t.Errorf("%s: example: %v", where, err)
				}
			}
		}
		for name, part := range m {
			walk(where+"/"+name, part)
		}
	}
	walk("#", document)
}
