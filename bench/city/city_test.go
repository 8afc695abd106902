package city

import (
	"strings"
	"testing"
)

// TestSize holds the city to the size that the figures are given for.
func TestSize(t *testing.T) {
	c := Make(1, 1)
	for _, n := range []struct {
		what      string
		got, want int
	}{
		{"bodies", len(c.Board.Bodies), Bodies},
		{"duties", len(c.Board.Duties), Duties},
		{"posts", len(c.Board.Posts), Posts},
		{"changes", strings.Count(c.Plan[strings.Index(c.Plan, "\nchanges:"):], "\n  - "), Changes},
	} {
		if n.got != n.want {
			t.Errorf("%d %s, want %d", n.got, n.what, n.want)
		}
	}
	if again := Make(1, 1); again.Plan != c.Plan || again.Board.State() != c.Board.State() {
		t.Error("the same scale and seed gave another city")
	}
}
