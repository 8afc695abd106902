package web

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/planfile"
	"oneboard/internal/work"
)

// flawed is a plan with faults: the State Council's with some words changed.
func flawed(tb testing.TB) Board {
	res := read(tb, "state-council-2018")
	text := res.Timeline.Plan().Source.Text
	head, changes, ok := strings.Cut(text, "\nchanges:")
	if !ok {
		tb.Fatal("the plan has no changes")
	}
	for _, r := range [][2]string{{"abolish: mlr", "abolish: mlrr"}, {"state-council-plan 1.2", "state-council-plan 9.9"}, {"to: mara", "to: <mara>&"}} {
		if !strings.Contains(changes, r[0]) {
			tb.Fatalf("the plan has no %q", r[0])
		}
		changes = strings.Replace(changes, r[0], r[1], 1)
	}
	var once check.Result
	return Board{Slug: "flawed", Title: "有问题的方案", TitleEN: "A plan with faults", At: func(context.Context, string) (check.Result, error) {
		readMu.Lock()
		defer readMu.Unlock()
		if once.Timeline == nil {
			plan, problems := planfile.Parse("flawed/plan.yaml", []byte(head+"\nchanges:"+changes))
			packs, _ := planfile.Packs(plan)
			once = check.Run(res.Timeline.Board(), plan, packs...)
			once.Problems = append(problems, once.Problems...)
		}
		return once, nil
	}}
}

func handler(tb testing.TB, also ...func(*Board)) http.Handler {
	boards := append(served(tb, "state-council-2018", "yunhai", "yunhai-broken"), flawed(tb))
	for _, change := range also {
		change(&boards[0])
	}
	return New(Config{Boards: boards, Histories: servedHistories(tb), Today: func() org.Date { return on("2026-11-23") }})
}

// followed is everything that can be served: a schedule under way beside what was
// issued and other versions, and one of people who are named.
func followed(tb testing.TB) http.Handler {
	boards := append(served(tb, "state-council-2018", "yunhai", "yunhai-broken"), flawed(tb))
	follow(tb, &boards[0])
	s := crewed(tb, 150)
	boards[3].Schedule = func(context.Context, string) (*work.Schedule, error) { return s, nil }
	return New(Config{Boards: boards, Histories: servedHistories(tb), People: true, Today: func() org.Date { return on("2026-11-23") }})
}

// get asks for a page and gives its answer and text.
func get(tb testing.TB, h http.Handler, address string, header ...string) (*http.Response, string) {
	tb.Helper()
	r := httptest.NewRequest(http.MethodGet, address, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result(), w.Body.String()
}

// TestEveryPage asks for the page of every body, duty and instrument of the
// real cases in both languages.
func TestEveryPage(t *testing.T) {
	h := handler(t)
	lacking := regexp.MustCompile(`«[^»]*»|<no value>|%!`)
	styled := regexp.MustCompile(`\sstyle=|\son[a-z]+=|<script>|<style`)
	for _, name := range []string{"state-council-2018", "yunhai"} {
		tl := read(t, name).Timeline
		for _, tag := range lang.Tags {
			base := "/" + string(tag) + "/b/" + name
			list := []string{base + "/wall", base + "/wall?sort=days&down=1", base + "/chart", base + "/problems", base + "/papers", base + "/search?q=a",
				base + "/dependents", base + "/dependents?sort=due&down=1&kind=document", base + "/indicators"}
			if name == "yunhai" {
				list = append(list, base+"/levels")
			}
			for i, id := range tl.Bodies() {
				if name == "state-council-2018" || i%7 == 0 {
					list = append(list, base+"/bodies/"+id)
				}
			}
			for i, id := range tl.Duties() {
				if name == "state-council-2018" || i%17 == 0 {
					list = append(list, base+"/duties/"+id)
				}
			}
			for _, in := range tl.Plan().Instruments {
				list = append(list, base+"/papers/"+in.ID)
			}
			for _, address := range list {
				res, text := get(t, h, address)
				if res.StatusCode != http.StatusOK {
					t.Errorf("%s: %s", address, res.Status)
				}
				if m := lacking.FindString(text); m != "" {
					t.Errorf("%s: words are lacking: %s", address, m)
				}
				if m := styled.FindString(text); m != "" {
					t.Errorf("%s: inline style or script: %s", address, m)
				}
			}
		}
	}
}

// TestLinks follows every link of the main pages that stays in the house.
func TestLinks(t *testing.T) {
	h := followed(t)
	href := regexp.MustCompile(`href="(/[^"#]*)(#[^"]*)?"`)
	seen := map[string]bool{}
	for _, tag := range lang.Tags {
		for _, path := range walked() {
			address := "/" + string(tag) + path
			_, text := get(t, h, address)
			for _, m := range href.FindAllStringSubmatch(text, -1) {
				to := strings.ReplaceAll(m[1], "&amp;", "&")
				if seen[to] || len(seen) > 3000 {
					continue
				}
				seen[to] = true
				if path == "/nowhere" {
					continue // its own address is no page in the other language either
				}
				res, target := get(t, h, to)
				if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusSeeOther {
					t.Errorf("%s: link to %s: %s", address, to, res.Status)
				}
				if id := strings.TrimPrefix(m[2], "#"); id != "" && !strings.Contains(target, `id="`+id+`"`) {
					t.Errorf("%s: link to %s: nothing there is called %s", address, to, id)
				}
			}
		}
	}
}

// TestStartPage: how long there is to a deadline is told from today, also when
// the day that is shown is the plan's last.
func TestStartPage(t *testing.T) {
	_, text := get(t, handler(t), "/en/?format=json")
	var rows []struct {
		Title struct{ ID string }
		Left  int `json:"days_left"`
	}
	if err := json.Unmarshal([]byte(text), &rows); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if want := int(on("2018-12-31") - on("2026-11-23")); r.Title.ID == "state-council-2018" && r.Left == want {
			return
		}
	}
	t.Errorf("no board with the days since 2018-12-31 among %v", rows)
}

func TestWallChart(t *testing.T) {
	h := handler(t)
	_, text := get(t, h, "/zh/b/state-council-2018/wall?on=2018-12-31&format=json")
	var m struct {
		Total int
		Left  int `json:"days_left"`
		Whats []struct {
			ID    string
			Count int
		}
		Groups []struct {
			Kind struct{ ID string }
			Rows []struct {
				Body  struct{ ID, Name string }
				Class struct{ ID string }
				State struct{ ID string }
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatal(err)
	}
	if m.Total != 110 || m.Left != 0 {
		t.Errorf("%d bodies and %d days left", m.Total, m.Left)
	}
	classes := map[string]string{}
	for _, g := range m.Groups {
		for _, r := range g.Rows {
			classes[r.Body.ID] = r.Class.ID
			if r.State.ID != "done" && r.State.ID != "none" {
				t.Errorf("%s is %s on the last day", r.Body.ID, r.State.ID)
			}
		}
	}
	for id, want := range map[string]string{"mnr": "new", "mlr": "ended", "most": "changed", "mfa": "duties", "moe": "same"} {
		if classes[id] != want {
			t.Errorf("%s is %q, not %q", id, classes[id], want)
		}
	}
}

func TestDutyThroughTime(t *testing.T) {
	h := handler(t)
	for day, want := range map[string]string{"2018-03-16": "mfa mfa mfa mfa", "2018-03-25": "cidca mfa mfa mfa", "2018-05-01": "cidca cidca cidca cidca"} {
		_, text := get(t, h, "/zh/b/state-council-2018/duties/mfa-foreign-aid-coordination?format=json&on="+day)
		var m struct {
			Who []struct {
				Has []struct{ Body struct{ ID string } }
			}
			Faults []any
		}
		if err := json.Unmarshal([]byte(text), &m); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, w := range m.Who {
			for _, o := range w.Has {
				got = append(got, o.Body.ID)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("on %s the keys are with %v, not %s", day, got, want)
		}
		if len(m.Faults) > 0 {
			t.Errorf("faults in a plan without any: %v", m.Faults)
		}
	}
}

func TestProblemsBesideText(t *testing.T) {
	h := handler(t)
	_, text := get(t, h, "/en/b/flawed/problems")
	for _, want := range []string{`<mark>mlrr</mark>`, `<mark>9.9</mark>`, `<mark>&lt;mara&gt;&amp;</mark>`, `href="/en/codes/OB0201"`} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(text, "<mara>") {
		t.Error("the plan's text is not escaped")
	}
	_, text = get(t, h, "/en/b/state-council-2018/problems")
	if !strings.Contains(text, lang.Say(lang.EN, "problems.none")) {
		t.Error("the page does not say that there is nothing wrong")
	}
}

func TestLanguages(t *testing.T) {
	h := handler(t)
	for _, c := range []struct{ accept, cookie, address, want string }{
		{"", "", "/", "/zh/"},
		{"en-GB,en;q=0.9", "", "/", "/en/"},
		{"fr", "", "/", "/zh/"},
		{"en", "zh", "/", "/zh/"},
		{"", "", "/?lang=en", "/en/?lang=en"},
		{"en", "", "/b/yunhai/wall?on=2019-01-20", "/en/b/yunhai/wall?on=2019-01-20"},
		{"en", "", "/codes/OB0201", "/en/codes/OB0201"},
	} {
		header := []string{"Accept-Language", c.accept}
		if c.cookie != "" {
			header = append(header, "Cookie", languageCookie+"="+c.cookie)
		}
		res, _ := get(t, h, c.address, header...)
		if got := res.Header.Get("Location"); got != c.want {
			t.Errorf("%+v: sent to %q", c, got)
		}
	}
	res, text := get(t, h, "/zh/b/yunhai/bodies/swb?on=2019-01-20")
	if !strings.Contains(text, `href="/en/b/yunhai/bodies/swb?on=2019-01-20"`) {
		t.Error("no way to the same page in English")
	}
	if c := res.Cookies(); len(c) != 1 || c[0].Value != "zh" || !c[0].HttpOnly {
		t.Errorf("cookies %v", c)
	}
}

func TestRefusals(t *testing.T) {
	h := handler(t)
	for address, want := range map[string]int{
		"/zh/b/nobody/wall": 404, "/zh/b/yunhai/bodies/nobody": 404, "/zh/b/yunhai/duties/..": 301, "/zh/b/yunhai/wall?on=2019-02-30": 400,
		"/zh/b/yunhai/wall?on=x": 400, "/zh/b/yunhai/wall?known=1999-01-01": 404, "/zh/b/yunhai/wall?known=soon": 400, "/zh/codes/OB9999": 404, "/x": 404,
		"/zh/b/yunhai/chart?was=x&n=999999999999&on=2019-01-20": 303, "/zh/b/yunhai/wall?on=9999-12-31": 200, "/zh/b/yunhai/chart?on=0001-01-01": 200,
		"/assets/x/oneboard.css": 404, "/zh/b/yunhai/search?q=%ff%00<script>": 200,
	} {
		res, text := get(t, h, address)
		if res.StatusCode != want && !(want == 301 && res.StatusCode >= 301 && res.StatusCode <= 308) {
			t.Errorf("%s: %s", address, res.Status)
		}
		if strings.Contains(text, "<script>") {
			t.Errorf("%s: what was asked for stands in the page as it is", address)
		}
	}
	r := httptest.NewRequest(http.MethodPost, "/zh/", nil)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", w.Code)
	}
	broken := New(Config{Log: slog.New(slog.DiscardHandler), Today: func() org.Date { return 0 }, Boards: []Board{{Slug: "b", At: func(context.Context, string) (check.Result, error) {
		return check.Result{}, io.ErrUnexpectedEOF
	}}}})
	if res, text := get(t, broken, "/zh/b/b/wall"); res.StatusCode != 500 || strings.Contains(text, "EOF") {
		t.Errorf("a broken board: %s", res.Status)
	}
	if res, _ := get(t, broken, "/zh/"); res.StatusCode != 200 {
		t.Errorf("a broken board takes the first page along: %s", res.Status)
	}
}

func TestHeaders(t *testing.T) {
	h := handler(t)
	res, text := get(t, h, "/zh/")
	if csp := res.Header.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") || !strings.Contains(csp, "default-src 'none'") {
		t.Errorf("policy %q", csp)
	}
	again, body := get(t, h, "/zh/", "If-None-Match", res.Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified || body != "" {
		t.Errorf("an unchanged page is sent again: %s", again.Status)
	}
	zipped, body := get(t, h, "/zh/", "Accept-Encoding", "gzip")
	z, err := gzip.NewReader(strings.NewReader(body))
	if err != nil || zipped.Header.Get("Content-Encoding") != "gzip" {
		t.Fatal(err)
	}
	if plain, _ := io.ReadAll(z); string(plain) != text {
		t.Error("the packed page is another")
	}
	for _, m := range regexp.MustCompile(`(?:href|src)="(/assets/[^"]+)"`).FindAllStringSubmatch(text, -1) {
		res, _ := get(t, h, m[1])
		if res.StatusCode != 200 || !strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %s", m[1], res.Status)
		}
	}
}

// city makes a board of the size of a large city, with a plan that moves a
// tenth of it. It is made here, not kept as a file: it says nothing of a case.
func city(tb testing.TB, bodies, duties int) check.Result {
	tb.Helper()
	b := &org.Board{}
	id := func(i int) string { return fmt.Sprintf("b%04d", i) }
	for i := range bodies {
		up := ""
		if i > 0 {
			up = id((i - 1) / 40)
		}
		b.Bodies = append(b.Bodies, org.Body{ID: id(i), Name: "机构" + id(i), NameEN: "Body " + id(i), Kind: []string{"政府工作部门", "事业单位", "执法队伍"}[i%3], Superior: up, Interval: org.Whole})
	}
	for i := range duties {
		d := fmt.Sprintf("d%05d", i)
		b.Duties = append(b.Duties, org.Duty{ID: d, Name: "职责" + d, Exclusive: true})
		b.Responsibilities = append(b.Responsibilities, org.Responsibility{Duty: d, Body: id(i % bodies), Keys: org.AllKeys, Interval: org.Whole})
	}
	var text strings.Builder
	text.WriteString("oneboard: plan/v1\nid: city\ntitle: 市\nboard: .\nstart: 2019-01-01\ndeadline: 2019-03-31\ninstruments:\n  - id: p\n    title: 方案\n    kind: notice\n    issuer: 市\n    made: 2019-01-10\n    effective: 2019-01-19\n    clauses: [\"1\"]\nchanges:\n")
	for i := 1; i < bodies/10; i++ {
		fmt.Fprintf(&text, "  - transfer: [d%05d]\n    from: %s\n    to: %s\n    by: p 1\n    in_place: 2019-02-0%d\n", i, id(i), id(i+1), 1+i%9)
	}
	plan, problems := planfile.Parse("plan.yaml", []byte(text.String()))
	if problems.HasErrors() {
		tb.Fatal(problems[0])
	}
	packs, _ := planfile.Packs(plan)
	return check.Run(b, plan, packs...)
}

func BenchmarkPages(b *testing.B) {
	res := city(b, 5000, 50000)
	if e, _, _ := res.Problems.Count(); e > 0 {
		b.Fatal(res.Problems[0].In(lang.EN))
	}
	h := New(Config{Boards: []Board{{Slug: "city", Title: "市", At: func(context.Context, string) (check.Result, error) { return res, nil }}}, Today: func() org.Date { return on("2019-01-25") }})
	for _, page := range []string{"wall", "chart", "bodies/b0007", "duties/d00007", "problems", "papers/p", "search?q=0007"} {
		b.Run(page, func(b *testing.B) {
			get(b, h, "/zh/b/city/"+page) // what is worked out once
			for b.Loop() {
				if res, _ := get(b, h, "/zh/b/city/"+page); res.StatusCode != 200 {
					b.Fatal(res.Status)
				}
			}
		})
	}
}

// TestManualPages shows that each code has a page in both languages.
func TestManualPages(t *testing.T) {
	h := handler(t)
	for _, tag := range lang.Tags {
		for _, code := range diag.Codes() {
			if res, text := get(t, h, "/"+string(tag)+"/codes/"+string(code)); res.StatusCode != 200 || !strings.Contains(text, string(code)) {
				t.Errorf("%s: %s", code, res.Status)
			}
		}
	}
}
