package web

import (
	"slices"
	"strconv"

	"oneboard/internal/publish"
	"oneboard/internal/work"
)

// scheduleProgress is how the schedule stands to what was issued and reported.
func scheduleProgress(p *page) (reply, error) {
	s, err := p.scheduled("progress.title")
	if err != nil {
		return reply{}, err
	}
	if p.board.Issued == nil && s.Standing == nil {
		return reply{}, errNotFound
	}
	q := publish.ProgressQuery{Why: p.query.Get("why")}
	if n, err := strconv.Atoi(p.query.Get("first")); err == nil {
		q.First = n
	}
	var risk *work.Risk
	if p.board.Issued != nil && s.Standing != nil {
		risk = p.site.risks.of(p.board, s, assumption{})
	}
	m := p.view.Progress(p.tag, s, p.board.Issued, risk, q)
	if !slices.ContainsFunc(m.Why, func(c publish.Count) bool { return c.ID == q.Why }) {
		q.Why = ""
		m = p.view.Progress(p.tag, s, p.board.Issued, risk, q)
	}
	return reply{model: m, shown: progressPage(p, m, q)}, nil
}

// scheduleCompare sets versions of the plan side by side.
func scheduleCompare(p *page) (reply, error) {
	if _, err := p.scheduled("compare.title"); err != nil {
		return reply{}, err
	}
	if p.board.Branches == nil {
		return reply{}, errNotFound
	}
	branches, err := p.board.Branches(p.r.Context())
	if err != nil {
		return reply{}, err
	}
	m := p.view.Compare(branches)
	return reply{model: m, shown: comparePage(p, m)}, nil
}

// by writes a difference with its sign; a dash for none.
func by(n int) string {
	switch {
	case n > 0:
		return "+" + strconv.Itoa(n)
	case n < 0:
		return "−" + strconv.Itoa(-n)
	}
	return "–"
}

// tenths writes a number of days with one digit behind the point.
func tenths(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }

// ahead writes earned days ahead or behind, with a sign.
func ahead(x float64) string {
	if x < 0 {
		return "−" + tenths(-x)
	}
	return "+" + tenths(x)
}
