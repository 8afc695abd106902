package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// A browser is a real one, with what it complained of on the page it shows.
type browser struct {
	t    *testing.T
	ctx  context.Context
	base string
	axe  string // the text of axe-core

	mu    sync.Mutex
	heard []string // errors on the console; mu is held only for reading and appending
}

// lack skips a test whose browser is not there, or fails it where nothing may
// be missing: ./test sets ONEBOARD_MUST once it has installed everything.
func lack(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("ONEBOARD_MUST") != "" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// open starts Chromium and serves the cases to it. The test is skipped when the
// machine has no Chromium, or no axe-core.
func open(t *testing.T) *browser {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes its time")
	}
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		lack(t, "no Chromium on this machine")
	}
	axe := os.Getenv("ONEBOARD_AXE")
	if axe == "" {
		axe = "../../tools/browser/node_modules/axe-core/axe.min.js"
	}
	text, err := os.ReadFile(axe)
	if err != nil {
		lack(t, "no axe-core: run npm ci --prefix tools/browser, or set ONEBOARD_AXE")
	}
	server := httptest.NewServer(followed(t))
	t.Cleanup(server.Close)
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("no-first-run", true), chromedp.Flag("hide-scrollbars", true))
	ctx, stop := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	ctx, stop = context.WithTimeout(ctx, 12*time.Minute)
	t.Cleanup(stop)
	b := &browser{t: t, ctx: ctx, base: server.URL, axe: string(text)}
	if err := chromedp.Listen(ctx, b.listen); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *browser) listen(event any) {
	words := ""
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		words = e.ExceptionDetails.Text
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			words = e.Entry.Text + " " + e.Entry.URL
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			for _, a := range e.Args {
				words += " " + a.Description + string(a.Value)
			}
		}
	}
	if words != "" {
		b.mu.Lock()
		b.heard = append(b.heard, words)
		b.mu.Unlock()
	}
}

func (b *browser) complaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := b.heard
	b.heard = nil
	return out
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

func ask[T any](b *browser, script string, opts ...chromedp.EvaluateOption) T {
	b.t.Helper()
	out, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](script, opts...))
	if err != nil {
		b.t.Fatalf("%s: %v", script, err)
	}
	return out
}

// until waits for a script to say true. A question that a change of page cuts
// off is asked again.
func (b *browser) until(what, script string) {
	b.t.Helper()
	for range 100 {
		if yes, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](script)); err == nil && yes {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.t.Fatalf("waited in vain for %s", what)
}

func (b *browser) scheme(dark bool) {
	b.t.Helper()
	value := "light"
	if dark {
		value = "dark"
	}
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}}})
	if err != nil {
		b.t.Fatal(err)
	}
}

// sound holds a page against what every page must be.
func (b *browser) sound(where string) {
	b.t.Helper()
	for _, words := range b.complaints() {
		b.t.Errorf("%s: console: %s", where, words)
	}
	if over := ask[int](b, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
		widest := ask[string](b, `[...document.querySelectorAll("main *, header *")].filter(e => !e.parentElement.closest(".scroll, .source") && e.getBoundingClientRect().right > innerWidth + 1).slice(0, 3).map(e => e.tagName + "." + e.className).join(" ")`)
		b.t.Errorf("%s: the page scrolls sideways by %d px: %s", where, over, widest)
	}
	if lacking := ask[string](b, `(document.documentElement.outerHTML.match(/«[^»]*»/g) || []).join(" ")`); lacking != "" {
		b.t.Errorf("%s: words are lacking: %s", where, lacking)
	}
}

// accessible runs axe-core on the page that is shown.
func (b *browser) accessible(where string) {
	b.t.Helper()
	if !ask[bool](b, `typeof axe === "object"`) {
		ask[bool](b, b.axe+"; true")
	}
	text := ask[string](b, `axe.run(document, {resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
		.then(r => JSON.stringify(r.violations.map(v => ({id: v.id, help: v.help, nodes: v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + " | " + n.failureSummary.slice(0, 200))}))))`, chromedp.EvalAwaitPromise)
	var found []struct {
		ID, Help string
		Nodes    []string
	}
	if err := json.Unmarshal([]byte(text), &found); err != nil {
		b.t.Fatal(err)
	}
	for _, v := range found {
		b.t.Errorf("%s: %s: %s\n\t%s", where, v.ID, v.Help, strings.Join(v.Nodes, "\n\t"))
	}
}

// walked is every page of the walk, without the language.
func walked() []string {
	sc, city := "/b/state-council-2018", "/b/yunhai"
	return []string{sc + "/schedule", sc + "/schedule/load", sc + "/schedule/activities/c13%2Fstep?days=9", sc + "/schedule/progress", sc + "/schedule/compare", sc + "/schedule/finish?least=80&most=150", "/b/flawed/schedule", "/b/flawed/schedule/load", "/b/flawed/schedule?person=p0-0", "/", sc + "/wall?on=2018-03-25", sc + "/wall?on=2018-03-25&sort=state&what=ended", sc + "/chart?on=2018-03-25", sc + "/bodies/mnr?on=2018-03-25", sc + "/bodies/mlr",
		sc + "/duties/mfa-foreign-aid-coordination?on=2018-03-25", sc + "/problems", sc + "/papers", sc + "/papers/state-council-plan", sc + "/search?q=land", sc + "/search?q=%E8%87%AA%E7%84%B6",
		"/b/flawed/problems", "/b/yunhai-broken/problems", "/b/flawed/problems?severity=warning", "/codes/", "/codes/OB0201", "/nowhere",
		"/h/norway-2020/", "/h/norway-2020/?unit=Trondheim&from=2020-01-01&to=2013-01-01", "/h/norway-2020/?unit=5012&from=2019-12-31", "/h/norway-2020/?unit=heim&from=2019-12-31",
		city + "/dependents?on=2019-03-10", city + "/dependents?on=2019-02-01&sort=due&kind=delegation", city + "/indicators",
		city + "/bodies/gtj?on=2019-02-01", city + "/levels", city + "/bodies/swb", city + "/chart?on=2019-01-22&open=gov"}
}

func TestBrowserWalk(t *testing.T) {
	b := open(t)
	for _, tag := range lang.Tags {
		for _, width := range []int64{1440, 375} {
			// the wide page is tried light, the narrow one dark
			b.do(chromedp.EmulateViewport(width, 900))
			b.scheme(width < 1000)
			for _, path := range walked() {
				where := fmt.Sprintf("/%s%s at %d", tag, path, width)
				b.do(chromedp.Navigate(b.base + "/" + string(tag) + path))
				if path == "/nowhere" {
					b.complaints() // the browser says that the page is not there
				}
				b.sound(where)
				b.accessible(where)
			}
		}
		// the wall chart of a city is large: once is enough
		b.do(chromedp.Navigate(b.base + "/" + string(tag) + "/b/yunhai/wall?on=2019-01-22"))
		b.sound("wall of the city")
		b.accessible("wall of the city")
	}
}

// TestBrowserClicks goes the way that a reader goes.
func TestBrowserClicks(t *testing.T) {
	b := open(t)
	b.do(chromedp.EmulateViewport(1440, 900))
	click := func(selector, then string) {
		t.Helper()
		b.do(chromedp.Click(selector))
		b.until(then, fmt.Sprintf(`location.pathname.includes(%q) && document.readyState === "complete"`, then))
		b.sound(then)
	}
	b.do(chromedp.Navigate(b.base + "/zh/"))
	click(`.card h2 a[href*="state-council"]`, "/zh/b/state-council-2018/wall")
	click(`.languages a`, "/en/b/state-council-2018/wall")
	if got := ask[string](b, `document.documentElement.lang`); got != "en" {
		t.Errorf("the page is in %q", got)
	}
	ask[bool](b, `(() => { const w = document.querySelector("#what"); w.value = "ended"; return w.dispatchEvent(new Event("change", {bubbles: true})) })()`)
	b.until("the filter", `location.search.includes("what=ended") && document.readyState === "complete"`)
	if n := ask[int](b, `document.querySelectorAll("tr.row:not(.is-ended)").length`); n != 0 {
		t.Errorf("%d rows are of bodies that do not end", n)
	}
	click(`th.col-days a.sort`, "/wall")
	b.until("the order", `document.querySelector("[aria-sort=ascending]") !== null`)
	click(`tr.row th a`, "/bodies/")
	click(`table.duties th a`, "/duties/")
	click(`a[href*="/papers/"]`, "/papers/")
	click(`.changes a.line`, "/problems")
	if !ask[bool](b, `document.querySelector(":target") !== null`) {
		t.Error("the line of the plan is not found on the page")
	}
	click(`.menu a[href*="/chart"]`, "/chart")
	click(`svg.chart a`, "/bodies/")
	b.do(chromedp.SendKeys(`#q`, "海关\n"))
	b.until("the search", `document.querySelectorAll(".hits a").length > 0`)
	b.do(chromedp.Navigate(b.base + "/zh/b/flawed/problems"))
	b.do(chromedp.Click(`.problem .where`))
	b.until("the place", `location.hash.startsWith("#L") && document.querySelector(":target mark") !== null`)
	b.do(chromedp.Click(`tr:target .marked`))
	b.until("the problem", `document.querySelector("article:target") !== null`)
	click(`.problem a.code`, "/codes/OB")
	// by the keyboard: the first stop is the way to the content
	b.do(chromedp.Navigate(b.base+"/zh/b/state-council-2018/wall"), chromedp.KeyEvent("\t"))
	if got := ask[string](b, `document.activeElement.className`); got != "ds-skip-link" {
		t.Errorf("the first stop of the keyboard is %q", got)
	}
	for _, words := range b.complaints() {
		t.Errorf("console: %s", words)
	}
}

func TestBrowserSlider(t *testing.T) {
	b := open(t)
	b.do(chromedp.EmulateViewport(1440, 900), chromedp.Navigate(b.base+"/en/b/state-council-2018/chart?on=2018-01-15"))
	shown := `document.querySelector("#chart .shown b").textContent`
	if got := ask[string](b, shown); got != "15 January 2018" {
		t.Fatalf("shown is %q", got)
	}
	ask[bool](b, `document.body.dataset.same = "yes"; true`)
	ask[bool](b, `(() => { const s = document.querySelector("#slider"); s.value = 120; return s.dispatchEvent(new Event("input", {bubbles: true})) })()`)
	b.until("the picture to follow", shown+` !== "15 January 2018"`)
	day := ask[string](b, `document.querySelector("#on").value`)
	want, err := org.ParseDate(day)
	if err != nil {
		t.Fatal(err)
	}
	if got := ask[string](b, shown); got != want.Time().Format("2 January 2006") {
		t.Errorf("the picture shows %s, the field %s", got, day)
	}
	if !ask[bool](b, `document.body.dataset.same === "yes"`) {
		t.Error("the whole page was loaded again")
	}
	b.until("the address", `location.search.includes("on=`+day+`")`)
	b.sound("the slider")

	// the same without script
	if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.Navigate(b.base + "/en/b/state-council-2018/chart?on=2018-01-15"))
	b.do(chromedp.Focus(`#slider`), chromedp.KeyEvent(kb.ArrowRight+kb.ArrowRight+kb.ArrowRight))
	b.do(chromedp.Click(`.dayform button`))
	time.Sleep(time.Second)
	address, err := chromedp.Run(b.ctx, chromedp.Location())
	if err != nil {
		t.Fatal(err)
	}
	to, _ := url.Parse(address)
	if to.Query().Get("on") != "2018-01-18" {
		t.Errorf("without script the slider went to %s", address)
	}
	if to.Query().Has("was") {
		t.Errorf("the address is not the plain one: %s", address)
	}
}
