package publish

import (
	"slices"
	"sort"
	"sync"

	"oneboard/internal/org"
)

// staff is the quotas and posts of one body on a day.
type staff struct {
	quotas []org.Quota
	posts  []posts
}

type posts struct {
	kind                       string
	n, filled, heads, deputies int
}

// epochs keeps the staffing of the days that were asked for. Between two days
// on which a quota, post or appointment begins or ends it is the same, so that
// one board of a day serves a whole stretch of days.
type epochs struct {
	once  sync.Once
	edges []org.Date // sorted

	// mu is held while a day's board is made, so that many readers of one day
	// wait for one making of it.
	mu    sync.Mutex
	order []org.Date // edges kept, oldest use first
	kept  map[org.Date]map[string]staff
}

const epochsKept = 12

// staffing gives the quotas and posts of all bodies on a day. The first call
// for a stretch of days takes O(board); later ones are a lookup.
func (v *View) staffing(day org.Date) map[string]staff {
	e := &v.epochs
	e.once.Do(func() {
		seen := map[org.Date]bool{}
		edge := func(iv org.Interval) { seen[iv.From], seen[iv.To] = true, true }
		for _, d := range v.tl.Days() {
			seen[d] = true
		}
		for i := range v.board.Quotas {
			edge(v.board.Quotas[i].Interval)
		}
		for i := range v.board.Posts {
			edge(v.board.Posts[i].Interval)
		}
		for i := range v.board.Appointments {
			edge(v.board.Appointments[i].Interval)
		}
		for d := range seen {
			e.edges = append(e.edges, d)
		}
		slices.Sort(e.edges)
		e.kept = map[org.Date]map[string]staff{}
	})
	at := org.Always
	if i := sort.Search(len(e.edges), func(i int) bool { return e.edges[i] > day }); i > 0 {
		at = e.edges[i-1]
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if m, ok := e.kept[at]; ok {
		return m
	}
	m := staffOf(v.tl.On(day))
	if len(e.order) == epochsKept {
		delete(e.kept, e.order[0])
		e.order = e.order[1:]
	}
	e.order = append(e.order, at)
	e.kept[at] = m
	return m
}

func staffOf(b *org.Board) map[string]staff {
	filled := make(map[string]bool, len(b.Appointments))
	for i := range b.Appointments {
		filled[b.Appointments[i].Post] = true
	}
	out := map[string]staff{}
	for _, q := range b.Quotas {
		s := out[q.Body]
		s.quotas = append(s.quotas, q)
		out[q.Body] = s
	}
	for i := range b.Posts {
		p := &b.Posts[i]
		s := out[p.Body]
		n := slices.IndexFunc(s.posts, func(c posts) bool { return c.kind == p.Kind })
		if n < 0 {
			n = len(s.posts)
			s.posts = append(s.posts, posts{kind: p.Kind})
			out[p.Body] = s
		}
		c := &s.posts[n]
		c.n++
		if filled[p.ID] {
			c.filled++
		}
		switch p.Role {
		case org.Head:
			c.heads++
		case org.Deputy:
			c.deputies++
		}
	}
	return out
}

// under gives the bodies that ever have a body as their superior.
func (v *View) under(id string) []string {
	v.underOnce.Do(func() {
		v.inferiors = map[string][]string{}
		for _, b := range v.tl.Bodies() {
			life := v.tl.Body(b)
			if life == nil {
				continue
			}
			for i := range life.Versions {
				if s := life.Versions[i].Superior; s != "" {
					if list := v.inferiors[s]; len(list) == 0 || list[len(list)-1] != b {
						v.inferiors[s] = append(list, b)
					}
				}
			}
		}
	})
	return v.inferiors[id]
}
