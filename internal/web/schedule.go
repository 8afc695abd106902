package web

import (
	"strconv"

	"oneboard/internal/publish"
	"oneboard/internal/work"
)

func schedule(p *page) (reply, error) {
	s, err := p.scheduled("gantt.title")
	if err != nil {
		return reply{}, err
	}
	q := publish.ScheduleQuery{Body: p.query.Get("body"), Team: p.query.Get("team"), Critical: p.query.Get("critical") == "1", Issued: p.board.Issued, People: p.site.cfg.People, Person: p.query.Get("person"),
		Link: func(id string) string { return p.To("schedule", "activities", id) }}
	q.Sort, q.Down = p.order("body", "start", "finish", "days", "slack")
	if n, err := strconv.Atoi(p.query.Get("first")); err == nil {
		q.First = n
	}
	m := p.view.Schedule(p.tag, s, q)
	return reply{model: m, shown: schedulePage(p, m, q)}, nil
}

// scheduleActivity shows one activity, and what comes of it when it takes another
// time.
func scheduleActivity(p *page) (reply, error) {
	s, err := p.scheduled("gantt.activity")
	if err != nil {
		return reply{}, err
	}
	days, err := strconv.Atoi(p.query.Get("days"))
	if err != nil {
		days = 0
	}
	m, ok := p.view.Activity(p.tag, s, p.r.PathValue("id"), days)
	if !ok {
		return reply{}, errNotFound
	}
	p.title, _ = m.Activity.In(p.tag)
	return reply{model: m, shown: activityPage(p, m)}, nil
}

// tried is the number of days that the form of an activity's page begins with.
func tried(m publish.ActivityPage) int {
	if m.When != nil {
		return m.When.Days
	}
	return m.Left + 1
}

func scheduleLoad(p *page) (reply, error) {
	s, err := p.scheduled("load.title")
	if err != nil {
		return reply{}, err
	}
	q := publish.LoadQuery{People: p.site.cfg.People, Link: p.person}
	if n, err := strconv.Atoi(p.query.Get("first")); err == nil {
		q.First = n
	}
	m := p.view.Load(p.tag, s, q)
	return reply{model: m, shown: loadPage(p, m)}, nil
}

// scheduled gives the schedule of the board to one of its pages.
func (p *page) scheduled(title string) (*work.Schedule, error) {
	p.title, p.active = p.T(title), "gantt"
	if p.board.Schedule == nil {
		return nil, errNotFound
	}
	s, err := p.board.Schedule(p.r.Context(), p.known)
	if err == nil && s == nil {
		err = errNoSchedule
	}
	return s, err
}

// person is the address of what one person does.
func (p *page) person(id string) string {
	q := p.carried()
	q.Set("person", id)
	return p.at(q, "schedule")
}

// window is the address of the rows from one on.
func (p *page) window(first int) string {
	if first <= 0 {
		return p.With("first", "")
	}
	return p.With("first", strconv.Itoa(first))
}
