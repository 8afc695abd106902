package web

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"sort"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"

	"oneboard/internal/lang"
	"oneboard/internal/publish"
)

// The numbers of the page fit together, and the picture says in words what it
// draws.
func TestFinishPage(t *testing.T) {
	h := scheduled(t, 250)
	_, text := get(t, h, "/en/b/state-council-2018/schedule/finish?least=50&most=300&format=json")
	var m publish.FinishPage
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatal(err)
	}
	draws := 0
	for k, e := range m.Ends {
		draws += e.Draws
		if k > 0 && e.Day <= m.Ends[k-1].Day {
			t.Errorf("%s stands behind %s", e.Day, m.Ends[k-1].Day)
		}
	}
	if draws != m.Draws || m.Ends[len(m.Ends)-1].By != "100%" || m.P50 > m.P80 || m.P80 > m.P95 || m.P50 < m.Ends[0].Day {
		t.Errorf("%d of %d draws; P50 %s, P80 %s, P95 %s", draws, m.Draws, m.P50, m.P80, m.P95)
	}
	if m.Unsure != 225 || m.Assumed != 225 || m.Sure+m.Waver != 25 { // every tenth is a milestone with a deadline
		t.Errorf("%d unsure, %d assumed, %d promised days", m.Unsure, m.Assumed, m.Sure+m.Waver)
	}
	if len(m.Chain) == 0 || m.Chain[len(m.Chain)-1].Finish != m.End {
		t.Errorf("the chain ends with %+v, all on %s", m.Chain, m.End)
	}
	_, text = get(t, h, "/en/b/state-council-2018/schedule/finish?format=json")
	if err := json.Unmarshal([]byte(text), &m); err != nil || m.Unsure != 0 || len(m.Ends) != 1 || m.Ends[0].Day != m.End {
		t.Errorf("without a spread: %v %+v", err, m.Ends)
	}
}

func TestBrowserFinish(t *testing.T) {
	b := open(t)
	server := httptest.NewServer(scheduled(t, 250))
	t.Cleanup(server.Close)
	for _, tag := range lang.Tags {
		for _, width := range []int64{1440, 390} {
			b.do(chromedp.EmulateViewport(width, 900))
			b.scheme(width < 1000)
			for _, query := range []string{"", "?least=50&most=300"} {
				where := fmt.Sprintf("/%s/b/state-council-2018/schedule/finish%s", tag, query)
				b.do(chromedp.Navigate(server.URL + where))
				b.sound(where)
				b.accessible(where)
			}
		}
	}
}

// TestBrowserLongSchedule scrolls through the page of 10,000 activities, twenty
// steps of half a window and back, and tells how long its frames take. Times are
// told, not judged: `go test ./internal/web -run BrowserLongSchedule -v`.
func TestBrowserLongSchedule(t *testing.T) {
	b := open(t)
	server := httptest.NewServer(scheduled(t, 10_000))
	t.Cleanup(server.Close)
	b.do(chromedp.EmulateViewport(1440, 900))
	b.do(chromedp.Navigate(server.URL + "/zh/b/state-council-2018/schedule?first=5000"))
	b.do(chromedp.Navigate(server.URL + "/zh/b/state-council-2018/schedule?first=5100"))
	b.until("the first paint", `performance.getEntriesByName("first-contentful-paint").length > 0`)
	paint := ask[float64](b, `performance.getEntriesByName("first-contentful-paint")[0].startTime`)
	sent := ask[float64](b, `performance.getEntriesByType("navigation")[0].transferSize`)
	whole := ask[float64](b, `performance.getEntriesByType("navigation")[0].decodedBodySize`)
	answered := ask[float64](b, `performance.getEntriesByType("navigation")[0].responseEnd`)
	nodes := ask[int](b, `document.querySelectorAll("*").length`)
	if _, err := chromedp.Call(b.ctx, performance.Enable, performance.EnableParams{TimeDomain: performance.EnableTimeDomainThreadTicks}); err != nil {
		t.Fatal(err)
	}
	ask[bool](b, `(() => { window.slow = []; new PerformanceObserver(list => window.slow.push(...list.getEntries())).observe({type: "long-animation-frame"}); return true })()`)
	before := spent(b)
	frames := ask[[]float64](b, `new Promise(done => {
		const times = [], most = document.documentElement.scrollHeight - innerHeight
		let last = performance.now(), k = 0
		const step = now => {
			times.push(now - last)
			last = now
			if (++k > 240) return done(times.slice(1))
			scrollTo(0, most * (1 - Math.cos(k * Math.PI / 120)) / 2)
			requestAnimationFrame(step)
		}
		requestAnimationFrame(step)
	})`, chromedp.EvalAwaitPromise)
	after := spent(b)
	// Of a long frame the page answers for what its thread does: the rest is waiting
	// for the processor, which other programs have.
	slow := ask[string](b, `window.slow.map(e => Math.round(e.duration) + " ms, scripts " + Math.round(e.scripts.reduce((sum, s) => sum + s.duration, 0)) + ", style and layout " + (e.styleAndLayoutStart ? Math.round(e.startTime + e.duration - e.styleAndLayoutStart) : 0)).join("; ")`)
	for _, name := range []string{"TaskDuration", "ScriptDuration", "RecalcStyleDuration", "LayoutDuration"} {
		t.Logf("%s: %.1f ms of processor time of the page's thread in %d frames", name, 1000*(after[name]-before[name]), len(frames))
	}
	t.Logf("layouts: %.0f; frames over 50 ms: %s", after["LayoutCount"]-before["LayoutCount"], slow)
	sort.Float64s(frames)
	t.Logf("10,000 activities: %.0f KB sent, %.0f KB of page, %d elements; answered after %.0f ms, first paint after %.0f ms; frames %.1f ms median, %.1f ms at 95, %.1f ms at 99 of 100",
		sent/1024, whole/1024, nodes, answered, paint, frames[len(frames)/2], frames[len(frames)*95/100], frames[len(frames)*99/100])
	// What keeps it so: the page does not grow with the schedule.
	if nodes > 8000 {
		t.Errorf("%d elements", nodes)
	}
	if len(frames) != 240 {
		t.Errorf("%d frames", len(frames))
	}
}

// spent gives the counters of the page's thread.
func spent(b *browser) map[string]float64 {
	b.t.Helper()
	res, err := chromedp.Call(b.ctx, performance.GetMetrics, cdp.Empty{})
	if err != nil {
		b.t.Fatal(err)
	}
	out := map[string]float64{}
	for _, m := range res.Metrics {
		out[m.Name] = m.Value
	}
	return out
}
