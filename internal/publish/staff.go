package publish

import (
	"slices"

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

// staffing gives the quotas and posts of a body on a day.
func (v *View) staffing(id string, day org.Date) (s staff) {
	b := v.tl.StaffOf(id, day)
	s.quotas = b.Quotas
	filled := make(map[string]bool, len(b.Appointments))
	for i := range b.Appointments {
		filled[b.Appointments[i].Post] = true
	}
	for i := range b.Posts {
		p := &b.Posts[i]
		n := slices.IndexFunc(s.posts, func(c posts) bool { return c.kind == p.Kind })
		if n < 0 {
			n = len(s.posts)
			s.posts = append(s.posts, posts{kind: p.Kind})
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
	return s
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
