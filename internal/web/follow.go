package web

import (
	"slices"
	"strconv"
	"strings"

	"oneboard/internal/check"
	"oneboard/internal/org"
	"oneboard/internal/publish"
)

func dependents(p *page) (reply, error) {
	p.title, p.active = p.T("dependents.title"), "dependents"
	if to, ok := p.moved("dependents"); ok {
		return reply{to: to}, nil
	}
	q := publish.FollowQuery{Day: p.day}
	q.Sort, q.Down = p.order("on", "due", "state", "kind", "body")
	if s := p.query.Get("state"); slices.Contains(check.FollowStates, s) {
		q.State = s
	}
	if k := p.query.Get("kind"); slices.Contains(check.FollowKinds, k) {
		q.Kind = k
	}
	m := p.view.Dependents(p.tag, q)
	return reply{model: m, shown: dependentsPage(p, m, q)}, nil
}

// indicators takes the two days that are compared from the query.
func indicators(p *page) (reply, error) {
	p.title, p.active = p.T("indicators.title"), "indicators"
	before, after := p.view.Timeline().Ends()
	for name, day := range map[string]*org.Date{"before": &before, "after": &after} {
		if text := p.query.Get(name); text != "" {
			d, err := org.ParseDate(text)
			if err != nil {
				return reply{}, errNoDay
			}
			*day = d
		}
	}
	m := p.view.Indicators(p.tag, min(before, after), max(before, after))
	return reply{model: m, shown: indicatorsPage(p, m)}, nil
}

// followSign is the class of the sign before a state.
func followSign(state string) string {
	switch state {
	case check.FollowSettled:
		return "done"
	case check.FollowOpen:
		return "moving"
	case check.FollowOverdue:
		return "overdue"
	}
	return "none"
}

// counted says how many bodies go, come and stay.
func (p *page) counted(r publish.PairRow) string {
	var out []string
	add := func(id string, n int) {
		if n > 0 {
			out = append(out, p.T("indicators."+id, "Count", n))
		}
	}
	add("gone", len(r.Gone))
	add("new", len(r.New))
	add("stay", len(r.Stay))
	return strings.Join(out, p.T("list.comma"))
}

// signed writes a difference with its sign.
func signed(before, after int) string {
	switch n := after - before; {
	case n > 0:
		return "+" + strconv.Itoa(n)
	case n < 0:
		return "−" + strconv.Itoa(-n)
	}
	return ""
}

func percent(n, of int) string {
	if of == 0 {
		return ""
	}
	return strconv.FormatFloat(100*float64(n)/float64(of), 'f', 1, 64) + " %"
}
