package publish

import (
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"oneboard/internal/check"
	"oneboard/internal/exchange"
	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/planfile"
)

const cases = "../../examples"

// view reads a case through the real thing.
func view(tb testing.TB, name string) *View {
	tb.Helper()
	text, err := os.ReadFile(path.Join(cases, name, "plan.yaml"))
	if err != nil {
		tb.Fatal(err)
	}
	board, _, err := exchange.ReadBoard(os.DirFS(cases), name)
	if err != nil {
		tb.Fatal(err)
	}
	return planned(tb, board, string(text))
}

func planned(tb testing.TB, board *org.Board, text string) *View {
	tb.Helper()
	plan, problems := planfile.Parse("plan.yaml", []byte(text))
	packs, _ := planfile.Packs(plan)
	res := check.Run(board, plan, packs...)
	res.Problems = append(problems, res.Problems...)
	return Of(res)
}

func on(s string) org.Date {
	d, err := org.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// wellFormed holds a picture against XML, and against what a picture must have
// for those who don't see it.
func wellFormed(t *testing.T, what string, s SVG) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(s)))
	for {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("%s: %v\n%.400s", what, err, s)
		}
	}
	if !strings.Contains(string(s), "<title>") || !strings.Contains(string(s), "aria-label=") {
		t.Errorf("%s has no name", what)
	}
	if strings.Contains(string(s), "style=") || strings.Contains(string(s), "NaN") || strings.Contains(string(s), "+Inf") {
		t.Errorf("%s: a style or a broken number", what)
	}
}

// TestNamesAreEscaped puts markup into every name a picture or page can show.
func TestNamesAreEscaped(t *testing.T) {
	evil := `</text><script>alert("&'1")</script>` + "\x01\x7f"
	board := &org.Board{
		Bodies: []org.Body{{ID: "a<b>", Name: "甲" + evil, Kind: evil, Interval: org.Whole}, {ID: "b", Name: evil, Superior: "a<b>", Interval: org.Whole}},
		Duties: []org.Duty{{ID: "d", Name: evil, Exclusive: true}},
		Plates: []org.Plate{{Body: "b", Name: evil, Interval: org.Whole}},
		Responsibilities: []org.Responsibility{
			{Duty: "d", Body: "b", Keys: org.AllKeys, Area: evil, Interval: org.Interval{From: org.Always, To: on("2019-02-01")}, By: evil}},
	}
	v := planned(t, board, "oneboard: plan/v1\nid: x\ntitle: x\nboard: .\nstart: 2019-01-01\ndeadline: 2019-03-01\nchanges: []\n")
	day := on("2019-02-15")
	for _, tag := range lang.Tags {
		c := v.Chart(tag, ChartQuery{Day: day, Link: func(id string) string { return "/x?" + id + `"` }})
		b, _ := v.Body(tag, "b", day)
		d, _ := v.Duty(tag, "d", day)
		for what, s := range map[string]SVG{"chart": c.Picture, "body": b.Picture, "duty": d.Picture} {
			wellFormed(t, what, s)
			if strings.Contains(string(s), "<script") {
				t.Errorf("%s: a name became markup", what)
			}
		}
	}
}

// TestGapAndOverlapAreSeen: the faults of a duty stand in its page and picture.
func TestGapAndOverlapAreSeen(t *testing.T) {
	from := func(body, a, b string) org.Responsibility {
		r := org.Responsibility{Duty: "d", Body: body, Keys: org.AllKeys, Interval: org.Whole}
		if a != "" {
			r.From = on(a)
		}
		if b != "" {
			r.To = on(b)
		}
		return r
	}
	board := &org.Board{
		Bodies:           []org.Body{{ID: "a", Name: "甲", Interval: org.Whole}, {ID: "b", Name: "乙", Interval: org.Whole}},
		Duties:           []org.Duty{{ID: "d", Name: "事", Exclusive: true}},
		Responsibilities: []org.Responsibility{from("a", "", "2019-01-10"), from("b", "2019-01-13", ""), from("a", "2019-02-01", "2019-02-05")},
	}
	v := planned(t, board, "oneboard: plan/v1\nid: x\ntitle: x\nboard: .\nstart: 2019-01-01\ndeadline: 2019-03-01\nchanges: []\n")
	p, ok := v.Duty(lang.EN, "d", on("2019-01-11"))
	if !ok {
		t.Fatal("no duty")
	}
	var got []string
	for _, f := range p.Faults {
		if f.Key.ID == "holder" {
			got = append(got, fmt.Sprint(f.Kind.ID, " ", f.From, "/", f.To))
		}
	}
	want := "gap 2019-01-10/2019-01-13, overlap 2019-02-01/2019-02-05"
	if strings.Join(got, ", ") != want {
		t.Errorf("faults %v, not %s", got, want)
	}
	for _, a := range p.Who {
		if len(a.Has) != 0 {
			t.Errorf("somebody has %s in the gap", a.Key.ID)
		}
	}
	if n := strings.Count(string(p.Picture), `class="fault gap"`); n != 4 {
		t.Errorf("%d gaps are drawn", n)
	}
}

// TestCircleOfSuperiors: a chart of a broken board is drawn all the same.
func TestCircleOfSuperiors(t *testing.T) {
	board := &org.Board{Bodies: []org.Body{
		{ID: "a", Name: "甲", Superior: "b", Interval: org.Whole}, {ID: "b", Name: "乙", Superior: "c", Interval: org.Whole},
		{ID: "c", Name: "丙", Superior: "a", Interval: org.Whole}, {ID: "d", Name: "丁", Superior: "d", Interval: org.Whole}, {ID: "e", Name: "戊", Superior: "a", Interval: org.Whole}}}
	v := Of(check.Run(board, nil))
	c := v.Chart(lang.ZH, ChartQuery{Day: on("2019-01-01")})
	seen := map[string]int{}
	for _, r := range c.Rows {
		seen[r.Body.ID]++
	}
	for _, id := range []string{"a", "b", "c", "d", "e"} {
		if seen[id] != 1 {
			t.Errorf("%s stands %d times in the chart", id, seen[id])
		}
	}
	wellFormed(t, "chart", c.Picture)
}

func TestChartOfTheStateCouncil(t *testing.T) {
	v := view(t, "state-council-2018")
	for day, want := range map[string]map[string]int{
		"2018-01-10": {"constituent": 25, "state-administration": 16},
		"2018-12-31": {"constituent": 26, "direct": 10, "state-administration": 16},
	} {
		c := v.Chart(lang.EN, ChartQuery{Day: on(day)})
		got := map[string]int{}
		for _, r := range c.Rows {
			if r.Mark.ID != "ended" {
				got[r.Kind.ID]++
			}
		}
		for kind, n := range want {
			if day == "2018-12-31" && got[kind] != n {
				t.Errorf("on %s: %d of %s, not %d", day, got[kind], kind, n)
			}
		}
		wellFormed(t, "chart", c.Picture)
	}
	// what the chart marks is what the wall chart tells
	c := v.Chart(lang.EN, ChartQuery{Day: v.after()})
	w := v.WallChart(lang.EN, WallQuery{Day: v.after()})
	if c.Marks[0].N != w.Whats[0].N || c.Marks[2].N != w.Whats[1].N {
		t.Errorf("the chart has %d new and %d ended, the wall chart %d and %d", c.Marks[0].N, c.Marks[2].N, w.Whats[0].N, w.Whats[1].N)
	}
}

// TestEveryKindOfChangeIsTold: no kind lacks its sentence in a language.
func TestEveryKindOfChangeIsTold(t *testing.T) {
	v := view(t, "yunhai")
	for _, tag := range lang.Tags {
		for _, k := range org.Kinds {
			c := k.New()
			c.Declared().Kind = k.Word
			if text := v.tell(tag, c).String(); text == "" || strings.Contains(text, "«") || strings.Contains(text, holeOpen) {
				t.Errorf("%s in %s: %q", k.Word, tag, text)
			}
		}
		for _, c := range v.plan.Changes {
			if text := v.tell(tag, c).String(); strings.Contains(text, "«") || strings.Contains(text, "<no value>") {
				t.Errorf("%s in %s: %q", c.Declared().ID, tag, text)
			}
		}
	}
}

func TestDutiesOfABodyThroughTime(t *testing.T) {
	v := view(t, "state-council-2018")
	p, ok := v.Body(lang.ZH, "mlr", on("2018-03-25"))
	if !ok {
		t.Fatal("no body")
	}
	if p.Exists || p.State.ID != "moving" || p.Class.ID != "ended" {
		t.Errorf("exists %v, %s, %s", p.Exists, p.State.ID, p.Class.ID)
	}
	if p.Counts.Before == 0 || p.Counts.After != 0 || p.Counts.Gives != p.Counts.Before {
		t.Errorf("counts %+v", p.Counts)
	}
	for _, d := range p.Duties {
		if len(d.To) == 0 || !d.Now.Former {
			t.Errorf("%s: goes to %v, kept for now %v", d.Duty.ID, d.To, d.Now.Former)
		}
	}
}

func TestDaysInWords(t *testing.T) {
	d := on("2019-01-31")
	if got := Day(lang.ZH, d) + " " + Day(lang.EN, d) + Day(lang.EN, org.Forever); got != "2019年1月31日 31 January 2019" {
		t.Error(got)
	}
}

func TestWrap(t *testing.T) {
	for words, want := range map[string]string{
		"国务院深化医药卫生体制改革领导小组办公室":          "国务院深化医药卫生体制改|革领导小组办公室",
		"State Administration of Grain": "State Administration|of Grain",
		"审计署":                           "审计署",
		"Sainte-Marguerite-des-Loges":   "Sainte-Marguerite-|des-Loges",
		"Administration of Quality, Inspection and Quarantine and of Many Other Things": "Administration of|Quality, Inspection|and Quarantine and…",
	} {
		if got := strings.Join(wrap(words, 172, 14, 3), "|"); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}

func TestTicks(t *testing.T) {
	for _, s := range []Span{{on("2019-01-01"), on("2019-01-08")}, {on("2019-01-01"), on("2019-03-31")}, {on("2018-12-14"), on("2019-12-31")}, {on("1990-01-01"), on("2026-01-01")}} {
		got := ticks(s, 9)
		if len(got) < 2 || len(got) > 9 {
			t.Errorf("%v: %d ticks %v", s, len(got), got)
		}
		for i, d := range got {
			if d < s.From || d > s.To || i > 0 && d <= got[i-1] {
				t.Errorf("%v: ticks %v", s, got)
			}
		}
	}
}

// TestPaperTellsWhatItConfirms: the page of an instrument names the bylaws that it
// keeps in force, one that nobody has by its id.
func TestPaperTellsWhatItConfirms(t *testing.T) {
	board := &org.Board{
		Bodies: []org.Body{{ID: "a", Name: "甲", Interval: org.Interval{From: org.Always, To: org.Forever}}},
		Items:  []org.Item{{ID: "dogs", Kind: "bylaw", Body: "a", Name: "养犬规定", Until: org.NoDate}},
	}
	v := planned(t, board, "oneboard: plan/v1\nid: x\ninstruments:\n  - {id: n, title: n, kind: decision, confirms: [dogs, cats]}\nchanges: []\n")
	p, ok := v.Paper(lang.EN, "n", on("2019-01-01"))
	if want := []Name{{ID: "dogs", ZH: "养犬规定"}, {ID: "cats"}}; !ok || !slices.Equal(p.Confirms, want) {
		t.Errorf("%v, not %v", p.Confirms, want)
	}
}
