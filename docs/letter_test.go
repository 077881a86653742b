package docs_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/meeting/round"
	"github.com/homphieu/homphieu/store/bolt"
)

// address is a page of the server, as a page for people names it.
var address = regexp.MustCompile("`(/(?:staff|rounds|api)/[\\w/-]+)`")

// Every page that the table of the letter names is one of the server's.
func TestLetterNamesPages(t *testing.T) {
	store, err := bolt.Open(filepath.Join(t.TempDir(), "store.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	handler := api.New(api.Config{
		Store: store, Meetings: store, Staff: store, Audit: store, Rounds: &round.Office{Store: store.Rounds()},
		PublicURL: &url.URL{Scheme: "http", Host: "localhost"}, Log: slog.New(slog.DiscardHandler),
	})
	names := strings.NewReplacer("UUID", "HVAYvLvBxYWcPgVPL6Bdwn", "HASH", strings.Repeat("0", 64), "AGENCY", "so-noi-vu", "GROUP", "khac")
	routed := func(path string) bool {
		// No route takes this method, which is refused where there is a page.
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodDelete, names.Replace(path), http.NoBody))
		return answer.Code == http.StatusMethodNotAllowed
	}
	if routed("/staff/rounds/UUID/nowhere") {
		t.Fatal("a page that is not there looks as if it were")
	}
	found := address.FindAllStringSubmatch(text(t, "docs/LETTER.md"), -1)
	if len(found) < 20 {
		t.Fatalf("%d pages in the table", len(found))
	}
	for _, page := range found {
		if !routed(page[1]) {
			t.Errorf("no page %s", page[1])
		}
	}
}
