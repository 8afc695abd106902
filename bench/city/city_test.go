package city

import (
	"strings"
	"testing"
)

// TestSize holds cities to the sizes that the figures are given for.
func TestSize(t *testing.T) {
	for _, s := range []struct {
		shape                 Shape
		bodies, duties, posts int
	}{
		{Usual(1), Bodies, Duties, Posts},
		{Nation, 2_000_000 / 400, 10_000_000 / 400, 50_000_000 / 400},
	} {
		c := Make(s.shape, 1)
		for _, n := range []struct {
			what      string
			got, want int
		}{
			{"bodies", len(c.Board.Bodies), s.bodies},
			{"duties", len(c.Board.Duties), s.duties},
			{"posts", len(c.Board.Posts), s.posts},
			{"changes", strings.Count(c.Plan[strings.Index(c.Plan, "\nchanges:"):], "\n  - "), Changes},
		} {
			if n.got != n.want {
				t.Errorf("%+v: %d %s, want %d", s.shape, n.got, n.what, n.want)
			}
		}
		if again := Make(s.shape, 1); again.Plan != c.Plan || again.Board.State() != c.Board.State() {
			t.Errorf("%+v: the same shape and seed gave another city", s.shape)
		}
	}
}
