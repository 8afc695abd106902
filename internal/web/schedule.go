package web

import (
	"slices"
	"strconv"

	"oneboard/internal/publish"
)

func schedule(p *page) (reply, error) {
	p.title, p.active = p.T("gantt.title"), "gantt"
	if p.board.Schedule == nil {
		return reply{}, errNotFound
	}
	s, err := p.board.Schedule(p.r.Context(), p.known)
	if err != nil {
		return reply{}, err
	}
	if s == nil {
		return reply{}, errNoSchedule
	}
	q := publish.ScheduleQuery{Body: p.query.Get("body"), Team: p.query.Get("team"), Critical: p.query.Get("critical") == "1",
		Sort: p.query.Get("sort"), Down: p.query.Get("down") == "1",
		Link: func(id string) string { return p.To("bodies", id) }}
	if !slices.Contains([]string{"body", "start", "finish", "days", "slack"}, q.Sort) {
		q.Sort, q.Down = "", false
	}
	if n, err := strconv.Atoi(p.query.Get("first")); err == nil {
		q.First = n
	}
	m := p.view.Schedule(p.tag, s, q)
	return reply{model: m, shown: schedulePage(p, m, q)}, nil
}

func scheduleLoad(p *page) (reply, error) {
	p.title, p.active = p.T("load.title"), "gantt"
	if p.board.Schedule == nil {
		return reply{}, errNotFound
	}
	s, err := p.board.Schedule(p.r.Context(), p.known)
	if err != nil {
		return reply{}, err
	}
	if s == nil {
		return reply{}, errNoSchedule
	}
	m := p.view.Load(p.tag, s)
	return reply{model: m, shown: loadPage(p, m)}, nil
}

// window is the address of the rows from one on.
func (p *page) window(first int) string {
	if first <= 0 {
		return p.With("first", "")
	}
	return p.With("first", strconv.Itoa(first))
}
