package check_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/exchange"
	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/planfile"
)

// readExample reads a plan of the examples and its board, whatever is wrong with
// them.
func readExample(t testing.TB, name string) (*org.Board, *org.Plan, []*org.Pack) {
	t.Helper()
	dir := "../../examples/" + name
	text, err := os.ReadFile(dir + "/plan.yaml")
	if err != nil {
		t.Fatal(err)
	}
	board, _, err := exchange.ReadBoard(os.DirFS(dir), ".")
	if err != nil {
		t.Fatal(err)
	}
	plan, _ := planfile.Parse("plan.yaml", text)
	packs, _ := planfile.Packs(plan)
	return board, plan, packs
}

// identify gives what tells one problem of a run from the others.
func identify(d diag.Diagnostic) string {
	line, column := d.Span.Position()
	return fmt.Sprintf("%s %s:%d:%d %q", d.Code, d.Span.File(), line, column, d.Span.Text())
}

// A waiver for the thing that a problem is about excuses that problem and leaves
// every other as it was, for every code that the broken example has. What has no
// end is not excused by a waiver that has one.
func TestAWaiverExcusesOneProblem(t *testing.T) {
	board, plan, packs := readExample(t, "yunhai-broken")
	before := check.Run(board, plan, packs...).Problems
	tried := map[diag.Code]bool{}
	for _, d := range before {
		object := d.Span.Text()
		if d.Code == check.WaiverUnused || tried[d.Code] || strings.ContainsAny(object, " \n") {
			continue
		}
		tried[d.Code] = true
		until := org.Day(2030, 12, 31)
		p := *plan
		p.Waivers = append(slices.Clip(p.Waivers), org.Waiver{Code: org.Text{Text: string(d.Code)}, Object: org.Ref{ID: object},
			Until: org.WrittenOn(until, plan.At), By: org.Text{Text: "省委编办"}, Because: org.Text{Text: "有意为之"}, At: plan.At})
		after := check.Run(board, &p, packs...).Problems
		to, _ := d.Fact("until").(org.Date)
		endless := d.Fact("until") != nil && to == org.Forever
		var excused []string
		var left, was []string
		for _, x := range before {
			if identify(x) != identify(d) {
				was = append(was, identify(x)+fmt.Sprint(x.Waived.IsZero()))
			}
		}
		unused := false
		for _, x := range after {
			switch {
			case x.Code == check.WaiverUnused && x.Span == plan.At:
				unused = true
			case identify(x) != identify(d):
				left = append(left, identify(x)+fmt.Sprint(x.Waived.IsZero()))
			case !x.Waived.IsZero():
				excused = append(excused, identify(x))
				for _, tag := range lang.Tags {
					var b strings.Builder
					if err := (diag.List{x}).WriteText(&b, tag, 0); err != nil {
						t.Fatal(err)
					}
					if !strings.Contains(b.String(), "省委编办") || !strings.Contains(b.String(), "有意为之") || !strings.Contains(b.String(), "2030-12-31") {
						t.Errorf("%s in %s: who excuses it, why and until when is not said:\n%s", d.Code, tag, b.String())
					}
				}
			}
		}
		slices.Sort(left)
		slices.Sort(was)
		if !slices.Equal(left, was) {
			t.Errorf("%s: the waiver changes other problems:\n%v\n%v", identify(d), was, left)
		}
		if endless {
			if len(excused) > 0 || !unused {
				t.Errorf("%s has no end and is excused until %s", identify(d), until)
			}
			continue
		}
		if len(excused) != 1 || unused {
			t.Errorf("%s: excused %v, unused %v", identify(d), excused, unused)
		}

		// expired before the first day that is checked, it excuses nothing
		p.Waivers[len(p.Waivers)-1].Until = org.WrittenOn(org.Day(2018, 12, 31), plan.At)
		_, _, waived := check.Run(board, &p, packs...).Problems.Count()
		if _, _, was := before.Count(); waived != was {
			t.Errorf("%s: an expired waiver excuses %d problems", d.Code, waived-was)
		}
	}
	if len(tried) < 25 {
		t.Errorf("only %d codes were tried", len(tried))
	}
}
