package main

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// measurePhone measures what a voter's phone takes: to seal a ballot of 20
// persons, as it stands in a cold page and in a processor that is six times
// slower, against belenios-tool on the same computer in turn; the bytes that it
// fetches; and the time to the first view on a slow connection.
func measurePhone(b *testing.B) []row {
	chromium := startBrowser(b)
	const rounds = 5
	var native, worker, workerSlow, press, pressSlow, paint, start []time.Duration
	for range rounds {
		q := newHall(b).poll(pollDraft{people: benchPeople, slips: 3})
		native = append(native, timeGenerate(b, q))
		worker = append(worker, timeSeal(b, chromium, q, 1))
		workerSlow = append(workerSlow, timeSeal(b, chromium, q, phoneSlow))
		press = append(press, timeCast(b, chromium, 1))
		pressSlow = append(pressSlow, timeCast(b, chromium, phoneSlow))
		first, ready := timeView(b, chromium, q)
		paint, start = append(paint, first), append(start, ready)
	}
	tool := fmt.Sprintf("generate-ballot %s ms", millis(native))
	ratio := func(ours []time.Duration) string {
		return fmt.Sprintf("%.2f", median(ours).Seconds()/median(native).Seconds())
	}
	script, all := wireBytes(b, chromium, newHall(b).poll(pollDraft{people: benchPeople, slips: 1}))
	return []row{
		{"sealing, new worker: script, tables, ballot", millis(worker) + " ms", tool, ratio(worker), "< 1"},
		{"sealing, new page: press to POST", millis(press) + " ms", tool, ratio(press), "< 1"},
		{"sealing, new worker, processor slowed 6 times", millis(workerSlow) + " ms", "", "", "< 1500 ms"},
		{"sealing, new page, slowed 6 times", millis(pressSlow) + " ms", "", "", "< 1500 ms"},
		{"voter's page and script over the wire", fmt.Sprintf("%.1f kB", script/1000), "", "", "< 60 kB"},
		{"the same with the style sheet", fmt.Sprintf("%.1f kB", all/1000), "", "", "< 60 kB"},
		{"first view, slow 4G, processor slowed 4 times", millis(paint) + " ms", "", "", "< 1000 ms"},
		{"start page with the slip checked, likewise", millis(start) + " ms", "", "", ""},
	}
}

// phoneSlow is how many times slower than this processor a phone's is taken to
// be.
const phoneSlow = 6

func millis(times []time.Duration) string { return fmt.Sprint(median(times).Milliseconds()) }

// timeGenerate lets belenios-tool seal a ballot of the poll.
func timeGenerate(b *testing.B, q *poll) time.Duration {
	b.Helper()
	tool, err := exec.LookPath("belenios-tool")
	if err != nil {
		b.Fatal("belenios-tool is missing: run .ci/belenios-tool and put .tools/bin on the PATH, as make bench does")
	}
	folder := b.TempDir()
	choice := make([]string, len(q.box.Election().Questions))
	for i := range choice {
		choice[i] = "[0,1,0,0]"
	}
	for name, content := range map[string]string{
		string(q.box.Election().UUID) + ".bel": string(q.get("/archive")),
		"credential":                           q.slips[0].Code(),
		"choice":                               "[" + strings.Join(choice, ",") + "]",
	} {
		benchOK(b, os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600))
	}
	command := exec.CommandContext(b.Context(), tool, "election", "generate-ballot", "--dir", ".", "--privcred", "credential", "--choice", "choice")
	command.Dir = folder
	begin := time.Now()
	if out, err := command.CombinedOutput(); err != nil {
		b.Fatalf("belenios-tool: %v: %s", err, out)
	}
	return time.Since(begin)
}

// timeSeal lets a new worker seal the ballot of the poll's second slip, or of
// its third if the processor is slow: from the bytes of the script to the
// ballot, which the server must take.
func timeSeal(b *testing.B, chromium *browser, q *poll, slow int) time.Duration {
	b.Helper()
	slip := 1
	if slow > 1 {
		slip = 2
	}
	p := chromium.tab(b, onPhone)
	p.open(q.link(slip))
	p.find("button", "Bắt đầu")
	election := string(q.box.Election().UUID)
	release := p.slowDown(slow)
	defer release()
	sealed := eval[struct {
		Ballot string
		Took   float64
	}](p, fmt.Sprintf(`(async () => {
		const bytes = async (path) => (await fetch(path)).arrayBuffer();
		const script = URL.createObjectURL(new Blob([await bytes("/assets/voter.js")]));
		const election = new Uint8Array(await bytes("/api/v1/elections/%[1]s"));
		const begin = performance.now();
		const worker = new Worker(script);
		const ask = (call) => new Promise((resolve, reject) => {
			worker.onmessage = ({ data }) => {
				if (data.kind === "value") resolve(data.value);
				if (data.kind === "error") reject(data.message);
			};
			worker.postMessage({ id: 1, uuid: "%[1]s", ...call });
		});
		await ask({ op: "load", election });
		const { ballot } = await ask({ op: "seal", code: "%[2]s", marks: Array.from({ length: 20 }, (_, i) => i %% 3) });
		return { Ballot: ballot, Took: performance.now() - begin };
	})()`, election, q.slips[slip].Code()))
	release()
	p.leave()
	address := q.site.url.JoinPath("api/v1/elections", election, "ballots").String()
	answer, err := http.Post(address, "application/json", strings.NewReader(sealed.Ballot)) //nolint:noctx // a benchmark's own server
	if err != nil {
		b.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusCreated {
		b.Fatalf("ballot of a new worker: status %d", answer.StatusCode)
	}
	return time.Duration(sealed.Took * float64(time.Millisecond))
}

// Lighthouse's mobile connection, "slow 4G".
var slow4G = network.Conditions{Latency: 150, DownloadThroughput: 1.6e6 / 8, UploadThroughput: 750e3 / 8}

// timeView opens the link of a slip in a new profile, on a slow connection and
// with the page's processor slowed four times, and returns when the first text
// was painted, and when the voter could begin.
func timeView(b *testing.B, chromium *browser, q *poll) (paint, start time.Duration) {
	b.Helper()
	p := chromium.tab(b, onPhone)
	call(p, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{&slow4G}})
	call(p, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: 4})
	p.open(q.link(0))
	p.find("button", "Bắt đầu")
	at := eval[[]float64](p, `[performance.getEntriesByName("first-contentful-paint")[0].startTime, performance.now()]`)
	p.leave()
	return time.Duration(at[0] * float64(time.Millisecond)), time.Duration(at[1] * float64(time.Millisecond))
}

// wireBytes returns what a phone without a cache receives until the voter can
// begin, headers included: for the page and its script, which the worker asks
// about once more; and with the style sheet.
func wireBytes(b *testing.B, chromium *browser, q *poll) (script, all float64) {
	b.Helper()
	p := chromium.tab(b, onPhone)
	var mu sync.Mutex
	paths := map[network.RequestID]string{}
	sizes := map[string]float64{}
	benchOK(b, chromedp.Listen(p.ctx, func(event any) {
		mu.Lock()
		defer mu.Unlock()
		switch event := event.(type) {
		case *network.EventRequestWillBeSent:
			if address, err := url.Parse(event.Request.URL); err == nil && address.Scheme == "http" {
				paths[event.RequestID] = address.Path
			}
		case *network.EventLoadingFinished:
			sizes[paths[event.RequestID]] += event.EncodedDataLength
		}
	}))
	link := q.link(0)
	p.open(link)
	p.find("button", "Bắt đầu")
	p.leave()
	address, err := url.Parse(link)
	benchOK(b, err)
	mu.Lock()
	defer mu.Unlock()
	for _, path := range []string{address.Path, "/assets/voter.js", "/assets/style.css"} {
		if sizes[path] == 0 {
			b.Fatalf("%s: not fetched", path)
		}
	}
	script = sizes[address.Path] + sizes["/assets/voter.js"]
	return script, script + sizes["/assets/style.css"]
}
