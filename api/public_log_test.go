package api_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/store/bolt"
	"github.com/homphieu/homphieu/tally/ledger"
	"github.com/homphieu/homphieu/tally/ledger/ledgertest"
	"github.com/homphieu/homphieu/tally/ledger/witness"
)

// A bourse is a council whose server keeps a public log, with one witness.
type bourse struct {
	*council
	secret, public string // of the log
	settings       witness.Settings
	without        []string // witnesses whose answer is not waited for
	log            *witness.Publisher
	down           atomic.Bool // the witness does not answer
}

// newBourse is a council with a public log, before its first round.
func newBourse(t *testing.T, required bool) *bourse {
	t.Helper()
	c := &bourse{council: newCouncil(t)}
	var err error
	c.secret, c.public, err = ledger.GenerateKey(ledgertest.Origin)
	c.ok(err)
	_, key, err := ledgertest.ParseKeys(c.secret, c.public)
	c.ok(err)
	secret, public, err := ledger.GenerateWitnessKey("so-noi-vu")
	c.ok(err)
	cosigner, err := ledger.NewCosigner(secret)
	c.ok(err)
	handler := witness.NewHandler(ledger.NewWitness(cosigner, ledgertest.NewWitnessMemory(), key), func([]byte, error) {})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c.down.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	c.settings = witness.Settings{Witnesses: []witness.Setting{{Name: "so-noi-vu", Key: public, URL: server.URL}}, Quorum: 1, Required: required}
	c.serve(c.store.Ledger())
	return c
}

// serve starts the server with the log of a store.
func (c *bourse) serve(store bolt.Ledger) {
	c.Helper()
	signer, key, err := ledgertest.ParseKeys(c.secret, c.public)
	c.ok(err)
	c.log, err = witness.NewPublisher(c.Context(), witness.Config{Store: store, Signer: signer, Key: key, Settings: c.settings, Without: c.without, Log: c.config.Log})
	c.ok(err)
	c.config.Ledger = c.log
	c.handler, c.fill = api.NewWithGate(c.config)
}

// upTo takes the meeting to a state.
func (c *bourse) upTo(state meeting.State) {
	c.Helper()
	for _, s := range councilStates {
		if c.to(s); s == state {
			return
		}
	}
}

// fetch reads a file of the log as anybody may.
func (c *bourse) fetch(_ context.Context, path string) ([]byte, error) {
	a := c.do(http.MethodGet, "/log/"+path, "")
	if a.StatusCode == http.StatusNotFound {
		return nil, fs.ErrNotExist
	}
	a.want(http.StatusOK, "")
	return []byte(a.body), nil
}

// A log that waits for a witness names it, and says what to do; whose answer is not
// waited for is said as well.
func TestLogNamesTheSilent(t *testing.T) {
	c := newBourse(t, false)
	c.down.Store(true)
	c.upTo(meeting.Sealed)
	c.log.Round(t.Context())
	page := html.UnescapeString(c.chair.page("/log"))
	for _, part := range []string{"Sổ công bố đang chờ so-noi-vu", "waits for so-noi-vu", "--without-witness", "với --log và khóa của sổ", c.log.Key.String()} {
		if !strings.Contains(page, part) {
			t.Errorf("the page does not say %q", part)
		}
	}
	c.without = []string{"so-noi-vu"}
	c.serve(c.store.Ledger())
	c.log.Round(t.Context())
	page = c.chair.page("/log")
	if strings.Contains(page, "--without-witness") || !strings.Contains(page, "không chờ người chứng kiến: <strong translate=\"no\">so-noi-vu") {
		t.Errorf("the page does not say whom the server does not wait for")
	}
}

// Anybody with a C2SP client rechecks the log from its files; voters get
// receipts that hold without the server.
func TestLogFiles(t *testing.T) {
	c := newBourse(t, false)
	c.upTo(meeting.Tallied)
	u := c.meeting().Papers[0].UUID
	b, err := c.store.Box(t.Context(), u)
	c.ok(err)
	hashes, err := b.Hashes(t.Context())
	c.ok(err)
	proof := "/api/v1/elections/" + string(u) + "/ballots/" + hex.EncodeToString(hashes[0][:]) + "/proof"
	c.do(http.MethodGet, "/log/checkpoint", "").want(http.StatusNotFound, "not-found")
	c.do(http.MethodGet, proof, "").want(http.StatusNotFound, "not-found")
	c.log.Round(t.Context())
	c.members[0].press("/papers/print", url.Values{})
	c.publish(meeting.AudiencePublic)
	if !c.log.Round(t.Context()) {
		t.Fatal("the round is not complete")
	}
	text, err := c.fetch(t.Context(), "policy")
	c.ok(err)
	policy, err := ledger.OpenPolicy(text)
	c.ok(err)
	key := policy.Logs[0].Key
	report, err := ledger.Verify(t.Context(), c.fetch, key, policy)
	c.ok(err)
	if !report.Valid() || report.Size != 8 || report.Kinds["opened"] != 2 {
		t.Errorf("%d entries %v: %v", report.Size, report.Kinds, report.Reason)
	}
	heads := c.do(http.MethodGet, "/log/heads.json", "").want(http.StatusOK, "")
	var said struct {
		Signed, Published int64
		Cosigned, Missing []string
		Required          bool
	}
	c.ok(json.Unmarshal([]byte(heads.body), &said))
	if said.Signed != 8 || said.Published != 8 || !slices.Equal(said.Cosigned, []string{"so-noi-vu"}) || len(said.Missing) != 0 || said.Required {
		t.Errorf("%s", heads.body)
	}
	for _, hash := range hashes {
		path := "/api/v1/elections/" + string(u) + "/ballots/" + hex.EncodeToString(hash[:]) + "/proof"
		text := c.do(http.MethodGet, path, "").want(http.StatusOK, "").body
		_, proven, err := ledger.VerifyReceipt([]byte(text), key, policy)
		c.ok(err)
		if proven.Election != u {
			t.Errorf("a receipt about %s", proven.Election)
		}
		if svg := c.do(http.MethodGet, path+".svg", "").want(http.StatusOK, ""); !strings.HasPrefix(svg.body, "<svg") {
			t.Errorf("%.100s", svg.body)
		}
	}
	c.do(http.MethodGet, strings.Replace(proof, hex.EncodeToString(hashes[0][:]), strings.Repeat("0", 64), 1), "").want(http.StatusNotFound, "not-found")
	c.do(http.MethodGet, strings.Replace(proof, hex.EncodeToString(hashes[0][:]), "x", 1), "").want(http.StatusBadRequest, "malformed-hash")
	for _, path := range []string{"tile/0/000", "tile/0/000.p/9", "tile/entries/001", "nothing", "", "tile/../policy", "tile/0/0"} {
		c.do(http.MethodGet, "/log/"+path, "").want(http.StatusNotFound, "not-found")
	}
	c.do(http.MethodPost, "/log/checkpoint", "").want(http.StatusMethodNotAllowed, "method-not-allowed")
}

// A server without a log has none of its files, and says so to officers.
func TestNoLog(t *testing.T) {
	c := councilIn(t, meeting.Draft)
	c.do(http.MethodGet, "/log/checkpoint", "").want(http.StatusNotFound, "not-found")
	if page := c.chair.page("/log"); !strings.Contains(page, "không giữ sổ công bố") {
		t.Errorf("page: %s", page)
	}
}

// Where the log is required, the chair's page says what is missing and whom it
// waits for, a release is refused, and it is taken when the log has it.
func TestReleaseWaitsForTheLog(t *testing.T) {
	c := newBourse(t, true)
	c.upTo(meeting.Tallied)
	refused := func(parts ...string) {
		t.Helper()
		form := url.Values{"audience": {"public"}, "unanimous": {"yes"}}
		page := c.chair.post(c.chair.base+"/publish", form, http.StatusConflict)
		for _, part := range parts {
			if got := c.chair.page("/papers"); !strings.Contains(got, part) || !strings.Contains(page, part) {
				t.Errorf("no page says %q", part)
			}
		}
		if c.meeting().Published {
			t.Fatal("published after a refusal")
		}
	}
	refused("chưa lập biên bản, báo cáo", "minutes and report are not made yet")
	c.log.Round(t.Context())
	c.down.Store(true)
	c.members[0].press("/papers/print", url.Values{})
	c.log.Round(t.Context())
	refused("chưa đủ chữ ký xác nhận", "còn chờ: so-noi-vu", "still waiting for: so-noi-vu")
	log := c.secretary.get(c.base+"/log", http.StatusOK)
	for _, part := range []string{"chưa xác nhận", "không trả lời được · <span lang=\"en\">no good answer</span><br><code lang=\"en\" translate=\"no\">", "chờ xác nhận", "có 4 mục; 2 mục đang chờ xác nhận", "Đã kiểm phiếu"} {
		if !strings.Contains(log, part) {
			t.Errorf("the page of the log does not say %q: %s", part, log)
		}
	}
	salt := c.meeting().Records[0].Salt
	for _, path := range []string{"", "/papers", "/result", "/log"} {
		if len(salt) != 64 || strings.Contains(c.chair.page(path), salt) {
			t.Errorf("%s shows the salt %q before the release", path, salt)
		}
	}
	c.down.Store(false)
	c.log.Round(t.Context())
	if page := c.chair.page("/papers"); strings.Contains(page, "Chưa công bố được") {
		t.Error("the page still says that something is missing")
	}
	c.chair.press("/publish", url.Values{"audience": {"public"}, "unanimous": {"yes"}})
	c.log.Round(t.Context())
	for name, page := range map[string]string{
		"chair": c.chair.page("/log"), "member": c.members[1].page("/log"), "auditor": c.auditor.page("/log"), "secretary": c.secretary.get(c.base+"/log", http.StatusOK),
	} {
		for _, part := range []string{"Đã công bố; mã của kết quả, biên bản, báo cáo được công bố", "đã xác nhận", ledgertest.Origin, "có 8 mục."} {
			if !strings.Contains(page, part) {
				t.Errorf("%s: the page of the log does not say %q", name, part)
			}
		}
	}
}

// Of a meeting whose archive is for members only the log does not open the
// result; its officers get the salt after the release.
func TestSaltOfMembersOnly(t *testing.T) {
	c := newBourse(t, false)
	c.upTo(meeting.Signed)
	change := func(do func(m *meeting.Meeting)) {
		t.Helper()
		m := c.meeting()
		do(m)
		c.ok(c.store.Save(t.Context(), m, audit.Draft{Time: c.config.Clock(), Meeting: c.u, Action: "test", Actor: audit.Server}))
	}
	change(func(m *meeting.Meeting) { m.Plan.MembersOnly = true })
	salt := c.meeting().Records[0].Salt
	if strings.Contains(c.auditor.page("/log"), salt) {
		t.Error("the salt is shown before the release")
	}
	change(func(m *meeting.Meeting) {
		m.Published, m.Release = true, &meeting.Release{Audience: meeting.AudienceMeeting, Time: c.config.Clock()}
	})
	c.log.Round(t.Context())
	if page := c.auditor.page("/log"); !strings.Contains(page, salt) || strings.Contains(page, "Đã công bố;") {
		t.Errorf("page: %s", page)
	}
}

// After a restore from an old backup the log is not written or signed any more;
// the server goes on, and officers read what to do. What a witness refuses as
// another history is shown as evidence.
func TestLogStops(t *testing.T) {
	c := newBourse(t, false)
	c.upTo(meeting.Sealed)
	c.log.Round(t.Context())
	empty, err := bolt.Open(t.TempDir() + "/data.bolt")
	c.ok(err)
	defer empty.Close()
	c.serve(empty.Ledger())
	c.log.Round(t.Context())
	page := c.chair.page("/log")
	for _, part := range []string{"Sổ công bố dừng lại", "khôi phục bản sao lưu mới hơn", "restore a newer backup", "--recover-log", "Nếu không có bản sao lưu mới hơn và cũng không có bản sao của sổ", "<p><code lang=\"en\" translate=\"no\">"} {
		if !strings.Contains(page, part) {
			t.Errorf("the page does not say %q", part)
		}
	}
	c.to(meeting.Open) // nothing waits for the log
	c.do(http.MethodGet, "/log/checkpoint", "").want(http.StatusNotFound, "not-found")

	other, err := bolt.Open(t.TempDir() + "/data.bolt")
	c.ok(err)
	defer other.Close()
	signer, key, err := ledgertest.ParseKeys(c.secret, c.public)
	c.ok(err)
	forged, err := ledger.NewLog(t.Context(), other.Ledger(), signer, key, nil)
	c.ok(err)
	_, err = forged.Append(t.Context(), ledgertest.Poll(0)...)
	c.ok(err)
	_, err = forged.Sign(t.Context())
	c.ok(err)
	c.serve(other.Ledger())
	c.log.Round(t.Context())
	page = c.chair.page("/log")
	if !strings.Contains(page, "homphieu evidence v1") || !strings.Contains(page, "hai lịch sử khác nhau") {
		t.Errorf("no evidence: %s", page)
	}
	for _, evidence := range c.evidence() {
		_, err = ledger.VerifyEvidence(evidence)
		c.ok(err)
	}
	if n := len(c.evidence()); n != 1 {
		t.Errorf("%d files of evidence", n)
	}
}

func (c *bourse) evidence() [][]byte {
	c.Helper()
	s, err := c.log.State(c.Context())
	c.ok(err)
	return s.Evidence
}

// Officers see the digits that agencies are to compare, which are those of the
// policy that the server serves, and the keys behind them: names tell nothing.
func TestLogDigits(t *testing.T) {
	c := newBourse(t, false)
	c.upTo(meeting.Sealed)
	served := c.do(http.MethodGet, "/log/policy", "")
	served.want(http.StatusOK, "")
	policy, err := ledger.OpenPolicy([]byte(served.body))
	c.ok(err)
	key := policy.Logs[0].Key
	digits := regexp.MustCompile(`^([0-9]{4} ){5}[0-9]{4}$`)
	if !digits.MatchString(policy.Digits(key)) || len(policy.Witnesses) == 0 {
		t.Fatalf("%q of %s", policy.Digits(key), served.body)
	}
	page := html.UnescapeString(c.chair.page("/log"))
	for _, part := range []string{`digits" translate="no">` + policy.Digits(key) + "<", string(policy.Canonical(key)), policy.Witnesses[0].Key(), "so tên người chứng kiến thì không đủ"} {
		if !strings.Contains(page, part) {
			t.Errorf("the page does not say %q: %s", part, page)
		}
	}
}

// While witnesses have not been asked, officers read that the log waits.
func TestLogWaits(t *testing.T) {
	c := newBourse(t, false)
	c.down.Store(true)
	c.upTo(meeting.Sealed)
	c.log.Round(t.Context())
	if page := c.chair.page("/log"); !strings.Contains(page, "Sổ công bố đang chờ") || !strings.Contains(page, "Sổ chưa có mục nào") {
		t.Errorf("page: %s", page)
	}
	c.down.Store(false)
	if !c.log.Round(t.Context()) {
		t.Fatal("the round is not complete")
	}
	if page := c.chair.page("/log"); strings.Contains(page, "đang chờ:") || !strings.Contains(page, fmt.Sprint("mục số <span translate=\"no\">", 0)) {
		t.Errorf("page: %s", page)
	}
}
