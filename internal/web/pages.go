package web

import (
	"context"
	"slices"
	"strconv"

	"oneboard/internal/diag"
	"oneboard/internal/org"
	"oneboard/internal/publish"
)

// startRow is one board on the first page.
type startRow struct {
	Slug string       `json:"slug"`
	Name publish.Name `json:"title"`
	Day  org.Date     `json:"day"`
	publish.Overview
	Broken bool `json:"broken,omitempty"` // it could not be read just now
	Twin   bool `json:"-"`                // another board has the same name
	page   *page
}

func start(p *page) (reply, error) {
	p.title, p.active = p.T("start.title"), "start"
	ctx, cancel := context.WithTimeout(p.r.Context(), timeout)
	defer cancel()
	rows := []startRow{}
	for i := range p.site.cfg.Boards {
		b := &p.site.cfg.Boards[i]
		sub := *p
		sub.board = b
		row := startRow{Slug: b.Slug, page: &sub}
		res, err := b.At(ctx, "")
		if err != nil {
			// one broken board must not take the others from the page
			p.site.cfg.Log.Error("board", "slug", b.Slug, "error", err)
			row.Broken, row.Name = true, publish.Name{ID: b.Slug, ZH: b.Title, EN: b.TitleEN}
			rows = append(rows, row)
			continue
		}
		if !p.site.public(res, p.today) {
			continue
		}
		sub.view = p.site.view(res)
		row.Day = sub.defaultDay()
		sub.day = row.Day
		row.Overview = sub.view.Overview(p.tag, row.Day, p.today)
		row.Name = p.BoardName(b, sub.view)
		rows = append(rows, row)
	}
	for i := range rows {
		rows[i].Twin = slices.ContainsFunc(rows, func(r startRow) bool { return r.Slug != rows[i].Slug && r.Name.ZH == rows[i].Name.ZH })
	}
	return reply{model: rows, shown: startPage(p, rows)}, nil
}

func overview(p *page) (reply, error) { return reply{to: p.To("wall")}, nil }

// wallRows is how many rows of a group the wall chart shows before it offers
// the rest.
const wallRows = 150

func wall(p *page) (reply, error) {
	p.title, p.active = p.T("wall.title"), "wall"
	if to, ok := p.moved("wall"); ok {
		return reply{to: to}, nil
	}
	q := publish.WallQuery{Day: p.day, Kind: p.query.Get("kind"), What: p.query.Get("what"), State: p.query.Get("state"), Most: wallRows}
	q.Sort, q.Down = p.order("body", "what", "state", "days")
	if q.Kind != "" || q.What != "" || q.State != "" || p.query.Get("all") == "1" {
		q.Most = 0
	}
	m := p.view.WallChart(p.tag, q)
	return reply{model: m, shown: wallPage(p, m, q)}, nil
}

// moved reads the day form, which has a slider, a date, and the day that both
// had when the page was made: the one that differs is what the reader moved.
// It gives the plain address of that day.
func (p *page) moved(path ...string) (string, bool) {
	if !p.query.Has("was") {
		return "", false
	}
	was, err := org.ParseDate(p.query.Get("was"))
	if err != nil {
		was = p.day
	}
	day := p.day
	if n, err := strconv.Atoi(p.query.Get("n")); err == nil && day == was {
		span := p.view.Horizon(p.today)
		day = span.Clip(span.From + org.Date(min(max(n, 0), 1<<20)))
	}
	q := p.carried()
	q.Del("on")
	if day != p.defaultDay() {
		q.Set("on", day.String())
	}
	for _, name := range []string{"kind", "what", "state", "sort", "down", "open", "all"} {
		if v := p.query.Get(name); v != "" {
			q.Set(name, v)
		}
	}
	return p.at(q, path...), true
}

func chart(p *page) (reply, error) {
	p.title, p.active = p.T("chart.title"), "chart"
	if to, ok := p.moved("chart"); ok {
		return reply{to: to}, nil
	}
	q := publish.ChartQuery{Day: p.day, Open: p.query.Get("open"),
		Link:   func(id string) string { return p.To("bodies", id) },
		Unfold: func(id string) string { return p.With("open", id) }}
	m := p.view.Chart(p.tag, q)
	return reply{model: m, shown: chartPage(p, m)}, nil
}

func body(p *page) (reply, error) {
	m, ok := p.view.Body(p.tag, p.r.PathValue("id"), p.day)
	if !ok {
		return reply{}, errNotFound
	}
	p.title, _ = m.Body.In(p.tag)
	return reply{model: m, shown: bodyPage(p, m)}, nil
}

func duty(p *page) (reply, error) {
	m, ok := p.view.Duty(p.tag, p.r.PathValue("id"), p.day)
	if !ok {
		return reply{}, errNotFound
	}
	p.title, _ = m.Duty.In(p.tag)
	return reply{model: m, shown: dutyPage(p, m)}, nil
}

func problems(p *page) (reply, error) {
	p.title, p.active = p.T("problems.title"), "problems"
	severity := p.query.Get("severity")
	if !slices.Contains([]string{"error", "warning", "waived"}, severity) {
		severity = ""
	}
	m := p.view.ProblemsPage(p.tag, severity, p.site.cfg.People)
	return reply{model: m, shown: problemsPage(p, m)}, nil
}

func papers(p *page) (reply, error) {
	p.title, p.active = p.T("papers.title"), "papers"
	m := p.view.Papers(p.tag)
	return reply{model: m, shown: papersPage(p, m)}, nil
}

func paper(p *page) (reply, error) {
	m, ok := p.view.Paper(p.tag, p.r.PathValue("id"), p.day)
	if !ok {
		return reply{}, errNotFound
	}
	p.active = "papers"
	p.title, _ = m.Title.In(p.tag)
	return reply{model: m, shown: paperPage(p, m)}, nil
}

func search(p *page) (reply, error) {
	p.title = p.T("search.title")
	words := p.query.Get("q")
	if len(words) > 200 {
		words = words[:200]
	}
	m := p.view.Search(words, p.day)
	return reply{model: m, shown: searchPage(p, m)}, nil
}

// codeRow is one code in the list of all.
type codeRow struct {
	Code  string `json:"code"`
	Title string `json:"title"`
}

func codes(p *page) (reply, error) {
	p.title, p.active = p.T("codes.title"), "codes"
	rows := []codeRow{}
	for _, c := range diag.Codes() {
		rows = append(rows, codeRow{string(c), p.T(string(c) + ".title")})
	}
	return reply{model: rows, shown: codesPage(p, rows)}, nil
}

func code(p *page) (reply, error) {
	m, ok := publish.Manual(p.tag, diag.Code(p.r.PathValue("code")))
	if !ok {
		return reply{}, errNotFound
	}
	p.title, p.active = m.Code+" "+m.Title, "codes"
	return reply{model: m, shown: codePage(p, m)}, nil
}
