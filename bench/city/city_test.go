package city

import (
	"os"
	"strings"
	"testing"

	"oneboard/internal/check"
	"oneboard/internal/exchange"
	"oneboard/internal/lang"
	"oneboard/internal/planfile"
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

// TestPlanIsClean holds the plan of a city against its pack: what is measured is
// the work of a check that finds nothing.
func TestPlanIsClean(t *testing.T) {
	for _, shape := range []Shape{Usual(1), Nation} {
		c := Make(shape, 1)
		dir := t.TempDir()
		if err := c.Write(dir); err != nil {
			t.Fatal(err)
		}
		p, problems := planfile.Parse("plan.yaml", []byte(c.Plan))
		packs, more := planfile.Packs(p)
		board, rest, err := exchange.ReadBoard(os.DirFS(dir), ".")
		if err != nil {
			t.Fatal(err)
		}
		problems = append(append(append(problems, more...), rest...), check.Run(board, p, packs...).Problems...)
		if len(problems) > 0 {
			problems.WriteText(os.Stderr, lang.EN, 3)
			t.Errorf("%+v: the plan has %d problems", shape, len(problems))
		}
	}
}
