package check_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// TestBylawsThatLapse: of the case with its marks, what lapses in each new area and
// on what day.
func TestBylawsThatLapse(t *testing.T) {
	ar, err := txtar.ParseFile("testdata/plans/bylaws-lapse.txtar")
	if err != nil {
		t.Fatal(err)
	}
	res, _ := runArchive(t, ar)
	var got []string
	for _, d := range res.Problems {
		if d.Code != check.BylawsLapse {
			continue
		}
		var ids []string
		for _, n := range d.Fact("bylaws").([]diag.Name) {
			ids = append(ids, n.ID)
		}
		slices.Sort(ids)
		got = append(got, fmt.Sprintf("%s %v: %s", d.Fact("area").(diag.Name).ID, d.Fact("lapses").(org.Date), strings.Join(ids, " ")))
	}
	want := []string{"n3 2022-02-20: market-2 trees", "s1 2022-06-01: water", "e1 2022-06-01: east-2", "x 2023-06-01: noise parking west"}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestBylawsOracle: over random plans, what is told is what a clerk finds who goes
// through the days one by one with a list of what is in force where, and until when.
func TestBylawsOracle(t *testing.T) {
	n := 1500
	if testing.Short() {
		n = 300
	}
	told := 0
	for seed := range n {
		text, want := bylawCase(rand.New(rand.NewPCG(8, uint64(seed))))
		res, _ := runArchive(t, txtar.Parse([]byte(text)))
		var got []string
		for _, d := range res.Problems {
			switch d.Code {
			case check.BylawsLapse:
				for _, b := range d.Fact("bylaws").([]diag.Name) {
					got = append(got, fmt.Sprintf("%s lapses in %s on %v", b.ID, d.Fact("area").(diag.Name).ID, d.Fact("lapses").(org.Date)))
				}
			case check.ConfirmedLate:
				for _, a := range d.Fact("areas").([]diag.Name) {
					got = append(got, fmt.Sprintf("%s confirmed too late in %s by %s", d.Fact("bylaw").(diag.Name).ID, a.ID, d.Fact("instrument").(diag.Name).ID))
				}
			case check.SiteOpen, check.NoHead, check.Gap:
			default:
				t.Fatalf("seed %d: %s at %q %v\n%s", seed, d.Code, d.Span.Text(), d.Facts, text)
			}
		}
		slices.Sort(got)
		told += len(got)
		if !slices.Equal(got, want) {
			t.Fatalf("seed %d: told\n%s\nthe clerk finds\n%s\n%s", seed, strings.Join(got, "\n"), strings.Join(want, "\n"), text)
		}
	}
	if told < n {
		t.Errorf("only %d things told of %d plans", told, n)
	}
}

// bylawCase makes a plan in which areas become others up to twice, with papers that
// confirm and replace bylaws, and what a clerk finds in it.
func bylawCase(r *rand.Rand) (text string, want []string) {
	start := org.Day(2020, 1, 1)
	type shift struct {
		day        org.Date
		from, into []string
	}
	first, second := start+org.Date(1+r.IntN(400)), start+org.Date(500+r.IntN(500))
	shifts := [][]shift{
		{{first, []string{"a", "b"}, []string{"m"}}, {second, []string{"m", "c"}, []string{"z"}}},
		{{first, []string{"a", "b"}, []string{"a"}}, {second, []string{"a"}, []string{"y"}}, {second + 1, []string{"y", "c"}, []string{"z"}}},
		{{first, []string{"a"}, []string{"p", "q"}}, {second, []string{"q", "c"}, []string{"z"}}},
		{{first, []string{"a"}, []string{"b"}}, {second, []string{"b", "c"}, []string{"c"}}},
		{{first, []string{"a", "b"}, []string{"m"}}, {second, []string{"m"}, []string{"k"}}, {second + 90, []string{"k", "c"}, []string{"z"}}},
	}[r.IntN(5)]
	type paper struct {
		id, bylaw, in string
		from          org.Date
		anew          bool
	}
	bylaws := []string{"ba", "bb", "bc"}
	areas := []string{"a", "b", "c"}
	var papers []paper
	for k := range r.IntN(6) {
		p := paper{id: fmt.Sprintf("p%d", k), bylaw: bylaws[r.IntN(3)], from: start + org.Date(401+r.IntN(1500)), anew: r.IntN(4) == 0}
		if slices.ContainsFunc(papers, func(o paper) bool { return o.from == p.from }) {
			continue
		}
		if s := shifts[0]; !p.anew && len(s.into) > 1 && r.IntN(2) == 0 {
			p.in = s.into[r.IntN(2)]
		}
		papers = append(papers, p)
	}
	var plan strings.Builder
	fmt.Fprintf(&plan, "-- plan.yaml --\noneboard: plan/v1\nid: x\ntitle: x\nboard: .\npacks: [nl-arhi]\nstart: %v\ninstruments:\n  - {id: n, title: n, kind: law, effective: %v}\n", start, start)
	for _, p := range papers {
		word := "confirms"
		if p.anew {
			word = "supersedes"
		}
		fmt.Fprintf(&plan, "  - {id: %s, title: %s, kind: decision, effective: %v, %s: [%s]", p.id, p.id, p.from, word, p.bylaw)
		if p.in != "" {
			fmt.Fprintf(&plan, ", confirms_in: %s", p.in)
		}
		plan.WriteString("}\n")
	}
	plan.WriteString("changes:\n")
	for _, s := range shifts {
		fmt.Fprintf(&plan, "  - change-area: [%s]\n    by: n 1\n    on: %v\n    into:\n", strings.Join(s.from, ", "), s.day)
		for _, n := range s.into {
			fmt.Fprintf(&plan, "      - {code: %s, name: %s, level: county}\n", n, n)
		}
	}
	plan.WriteString("-- areas.csv --\ncode,name,level\na,甲,county\nb,乙,county\nc,丙,county\n-- bodies.csv --\nid,name,area\nga,甲府,a\ngb,乙府,b\ngc,丙府,c\n")
	plan.WriteString("-- items.csv --\nid,kind,body,name\nba,bylaw,ga,一\nbb,bylaw,gb,二\nbc,bylaw,gc,三\n")

	// The clerk's list: of each bylaw where it is in force, and, where its clock runs
	// or has run out, in which new area that began, until when, and the paper that came
	// too late.
	type entry struct {
		bylaw, area, clock, late string
		until                    org.Date
	}
	var list []entry
	for i, b := range bylaws {
		list = append(list, entry{b, areas[i], "", "", org.Forever})
	}
	for day := start; day < start+3000; day++ {
		for _, s := range shifts {
			if s.day != day {
				continue
			}
			renumbered := len(s.from) == 1 && len(s.into) == 1 && !slices.Contains(areas, s.into[0])
			var next []entry
			for _, e := range list {
				if !slices.Contains(s.from, e.area) || slices.Contains(s.into, e.area) {
					next = append(next, e)
					continue
				}
				for _, n := range s.into {
					to := e
					to.area = n
					if e.clock == "" && !renumbered {
						to.clock, to.until = n, org.Day(day.Time().Year()+2, day.Time().Month(), day.Time().Day())
					}
					next = append(next, to)
				}
			}
			list = next
		}
		for _, p := range papers { // in time on the day itself
			if p.anew && p.from == day {
				list = slices.DeleteFunc(list, func(e entry) bool { return e.bylaw == p.bylaw && e.until >= day })
			}
		}
		for k := range list {
			for _, p := range papers {
				e := &list[k]
				switch {
				case p.anew || p.from != day || p.bylaw != e.bylaw || e.clock == "" || p.in != "" && p.in != e.area:
				case day < e.until:
					e.clock, e.until = "", org.Forever
				case e.late == "":
					e.late = p.id
				}
			}
		}
	}
	for _, e := range list {
		switch {
		case e.late != "":
			want = append(want, fmt.Sprintf("%s confirmed too late in %s by %s", e.bylaw, e.clock, e.late))
		case e.until != org.Forever:
			want = append(want, fmt.Sprintf("%s lapses in %s on %v", e.bylaw, e.clock, e.until))
		}
	}
	slices.Sort(want)
	return plan.String(), want
}
