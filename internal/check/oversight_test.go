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

// aPlan runs a plan of a level with its tables.
func aPlan(t testing.TB, head, changes, bodies, duties, rows string) check.Result {
	t.Helper()
	if changes == "" {
		changes = " []"
	}
	res, _ := runArchive(t, txtar.Parse([]byte(`
-- plan.yaml --
oneboard: plan/v1
board: .
`+head+`
instruments:
  - {id: n, title: 通知, kind: notice, effective: 2018-01-01}
changes:`+changes+`
-- areas.csv --
code,name,level,parent
0,某国,nation,
1,某省,province,0
11,某市,city,1
111,某县,county,11
-- bodies.csv --
id,name,level,superior
`+bodies+`
-- duties.csv --
id,name,matter
`+duties+`
-- responsibilities.csv --
duty,body
`+rows)))
	return res
}

// told lists the functions that nobody above supervises, each with its days and
// the body that did before.
func told(list diag.List) (out []string) {
	for _, p := range list {
		if p.Code != check.Unsupervised {
			continue
		}
		line := fmt.Sprint(p.Fact("matters"), " ", p.Fact("from"))
		if to := p.Fact("until"); to != nil {
			line += fmt.Sprint("/", to)
		}
		if by, ok := p.Fact("supervised_by").(diag.Name); ok {
			line += " " + by.ID
		}
		if !p.Waived.IsZero() {
			line += " waived"
		}
		out = append(out, line)
	}
	return out
}

const (
	provinceHead = "id: p\ntitle: p\nstart: 2018-10-01\npacks: [generic]"
	cityHead     = "id: c\ntitle: c\nabove: p.yaml\nstart: 2019-01-01\n"
	provinceHas  = "p-x,甲厅,province,\np-y,乙厅,province,\n"
	provinceDoes = "p-1,指导收费,收费\np-2,指导价格,价格\n"
	provinceRows = "p-1,p-x\np-2,p-x\n"
	cityHas      = "c-x,甲局,city,\n"
	cityDoes     = "c-1,收费,收费\nc-2,价格,价格\n"
	cityRows     = "c-1,c-x\nc-2,c-x\n"
)

// TestUnsupervised: a lower function without upper supervisor is told, whatever
// took the supervisor away; "basically corresponding", what the place declares
// with its reason, and the relay of levels are accepted.
func TestUnsupervised(t *testing.T) {
	for name, c := range map[string]struct {
		up, city, changes string // the province's changes, the city's head and changes
		want              []string
	}{
		"nothing moves": {"", "packs: [generic]", "", nil},
		"it ends above, before the lower plan begins":  {"\n  - {end-duty: p-1, by: n 1, on: 2018-11-05}", "packs: [generic]", "", []string{"[收费] 2019-01-01 p-x"}},
		"it ends above, in the time of the lower plan": {"\n  - {end-duty: p-1, by: n 1, on: 2019-03-05}", "packs: [generic]", "", []string{"[收费] 2019-03-05 p-x"}},
		"it goes to another body above":                {"\n  - {transfer: p-1, from: p-x, to: p-y, by: n 1, on: 2018-11-05}", "packs: [generic]", "", nil},
		"bodies above merge":                           {"\n  - {merge: [p-x, p-y], into: {id: p-z, name: 丙厅, level: province}, by: n 1, on: 2018-11-05}", "packs: [generic]", "", nil},
		"both levels give it up on one day":            {"\n  - {end-duty: p-1, by: n 1, on: 2019-03-05}", "packs: [generic]", "\n  - {end-duty: c-1, by: n 1, on: 2019-03-05}", nil},
		"the lower level gives it up later": {"\n  - {end-duty: p-1, by: n 1, on: 2019-03-05}", "packs: [generic]",
			"\n  - {end-duty: c-1, by: n 1, on: 2019-04-05}", []string{"[收费] 2019-03-05/2019-04-05 p-x"}},
		// R2: during a relay who had it above stands over the body not yet adjusted
		"the same in a relay of levels": {"\n  - {end-duty: p-1, by: n 1, on: 2019-03-05}", "packs: [cn-2018]",
			"\n  - {end-duty: c-1, by: n 1, on: 2019-04-05}", nil},
		"the body is adjusted and keeps it": {"\n  - {end-duty: p-1, by: n 1, on: 2019-03-05}", "packs: [cn-2018]",
			"\n  - {re-establish: c-x, name: 新局, by: n 1, on: 2019-04-05}", []string{"[收费] 2019-04-05 p-x"}},
		"nothing of it is still to be adjusted": {"\n  - {end-duty: p-1, by: n 1, on: 2019-03-05}", "packs: [cn-2018]",
			"\n  - {re-establish: c-x, name: 新局, by: n 1, on: 2019-02-05}", []string{"[收费] 2019-03-05 p-x"}},
		"who had it above is gone": {"\n  - {transfer: p-2, from: p-x, to: p-y, by: n 1, on: 2019-03-05}\n  - {end-duty: p-1, by: n 1, on: 2019-03-05}\n  - {abolish: p-x, by: n 1, on: 2019-03-05}", "packs: [cn-2018]",
			"\n  - {end-duty: c-1, by: n 1, on: 2019-04-05}", []string{"[收费] 2019-03-05/2019-04-05 p-x"}},
		// R25: a local special body with its reason, and what is declared to correspond
		"special to the place, with a reason": {"\n  - {end-duty: p-1, by: n 1, on: 2018-11-05}", "packs: [generic]\nupward:\n  - {is: c-x, why: 本地港口收费}", "", nil},
		"another body above is named":         {"\n  - {end-duty: p-1, by: n 1, on: 2018-11-05}", "packs: [generic]\nupward:\n  - {of: p-y, is: c-x}", "", nil},
		"the named body ends too": {"\n  - {end-duty: p-1, by: n 1, on: 2018-11-05}\n  - {abolish: p-y, by: n 1, on: 2019-02-01}", "packs: [generic]\nupward:\n  - {of: p-y, is: c-x}", "",
			[]string{"[收费] 2019-02-01 p-y"}},
		"waived": {"\n  - {end-duty: p-1, by: n 1, on: 2018-11-05}",
			"packs: [generic]\nwaivers:\n  - {code: OB0316, on: c-x, until: 2019-06-30, by: 省编办, because: 过渡}", "", []string{"[收费] 2019-01-01 p-x waived"}},
		// what the plan itself brings
		"a new function of a body that corresponds": {"", "packs: [generic]", "\n  - {assign: c-3, to: c-x, name: 收费公示, by: n 1, on: 2019-02-01}", nil},
		"a new function of a body that does not": {"\n  - {end-duty: [p-1, p-2], by: n 1, on: 2018-01-01}", "packs: [generic]",
			"\n  - {assign: c-3, to: c-x, name: 收费公示, by: n 1, on: 2019-02-01}", []string{"[收费公示] 2019-02-01"}},
	} {
		t.Run(name, func(t *testing.T) {
			up := aPlan(t, provinceHead, c.up, provinceHas, provinceDoes, provinceRows)
			low := aPlan(t, cityHead+c.city, c.changes, cityHas, cityDoes, cityRows)
			got := told(check.Against(low, up).Told())
			if !slices.Equal(got, c.want) {
				t.Errorf("%v, not %v\n%v", got, c.want, low.Problems)
			}
		})
	}
}

// TestUnsupervisedWithin: the same on one board of two levels, by matters and by
// superiors of a higher level.
func TestUnsupervisedWithin(t *testing.T) {
	bodies := "c-x,甲局,city,\nc-y,乙局,city,\nk-x,甲县局,county,\nk-v,县分局,county,c-x\n"
	duties := "c-1,收费,收费\nc-2,价格,价格\nk-1,县收费,收费\nk-9,县渔政,渔政\n"
	rows := "c-1,c-x\nc-2,c-y\nk-1,k-x\nk-9,k-v\n"
	for _, c := range []struct {
		changes string
		want    []string
	}{
		{"", nil},
		{"\n  - {end-duty: c-1, by: n 1, on: 2019-02-01}", []string{"[收费] 2019-02-01 c-x"}},
		{"\n  - {transfer: c-1, from: c-x, to: k-x, by: n 1, on: 2019-02-01}", []string{"[收费] 2019-02-01 c-x"}},
		{"\n  - {delegate: c-1, from: c-x, to: k-x, by: n 1, on: 2019-02-01}", nil}, // who delegates stands over it
		{"\n  - {take-up: k-1, from: k-x, to: c-x, by: n 1, on: 2019-02-01}", nil},  // nobody is left below
		{"\n  - {change-superior: k-v, to: k-x, by: n 1, on: 2019-02-01}", []string{"[渔政] 2019-02-01 c-x"}},
		{"\n  - {change-superior: k-v, to: c-y, by: n 1, on: 2019-02-01}", nil},
	} {
		res := aPlan(t, "id: c\ntitle: c\nstart: 2019-01-01\npacks: [generic]", c.changes, bodies, duties, rows)
		if got := told(check.Within(res)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, not %v\n%v", c.changes, got, c.want, res.Problems)
		}
	}
}

// TestUnsupervisedOracle: over random plans of two levels, the days told are those
// on which, day by day and by what the timelines answer, nobody above has the
// matter of a function that somebody above had before.
func TestUnsupervisedOracle(t *testing.T) {
	n := 3000
	if testing.Short() {
		n = 300
	}
	start, _ := org.ParseDate("2019-01-01")
	const span = 12
	seen := 0
	for seed := range uint64(n) {
		rng := rand.New(rand.NewPCG(seed, 316))
		random := func(prefix, to string, bodies int) string {
			out := ""
			for k, count := 0, rng.IntN(4); k < count; k++ {
				d, day := fmt.Sprint(prefix, 1+rng.IntN(3)), start+org.Date(rng.IntN(span))
				from, taker := fmt.Sprint(to, rng.IntN(bodies)), fmt.Sprint(to, rng.IntN(bodies))
				switch rng.IntN(3) {
				case 0:
					out += fmt.Sprintf("\n  - {end-duty: %s, by: n 1, on: %s}", d, day)
				default:
					out += fmt.Sprintf("\n  - {transfer: %s, from: %s, to: %s, by: n 1, on: %s}", d, from, taker, day)
				}
			}
			return out
		}
		board := func(prefix, to, level string) (bodies, duties, rows string) {
			for b := range 3 {
				bodies += fmt.Sprintf("%s%d,%s%d,%s,\n", to, b, to, b, level)
			}
			for d := 1; d <= 3; d++ {
				duties += fmt.Sprintf("%s%d,%s%d,m%d\n", prefix, d, prefix, d, rng.IntN(3))
				rows += fmt.Sprintf("%s%d,%s%d\n", prefix, d, to, rng.IntN(3))
			}
			return bodies, duties, rows
		}
		bodies, duties, rows := board("u", "p", "province")
		up := aPlan(t, "id: p\ntitle: p\nstart: 2019-01-01\npacks: [generic]", random("u", "p", 3), bodies, duties, rows)
		bodies, duties, rows = board("d", "c", "city")
		low := aPlan(t, "id: c\ntitle: c\nabove: p.yaml\nstart: 2019-01-01\npacks: [generic]", random("d", "c", 3), bodies, duties, rows)
		if up.Problems.HasErrors() || low.Problems.HasErrors() {
			continue
		}
		got := map[string]bool{} // duty and day
		for _, p := range check.Against(low, up).Told() {
			if p.Code != check.Unsupervised {
				continue
			}
			to, known := p.Fact("until").(org.Date)
			if !known {
				to = start + span + 1
			}
			for _, d := range p.Fact("duties").([]diag.Name) {
				for day := p.Fact("from").(org.Date); day < min(to, start+span+1); day++ {
					got[fmt.Sprint(d.ID, " ", day)] = true
				}
			}
		}
		want := map[string]bool{}
		has := func(tl *check.Timeline, duty string, day org.Date) bool {
			return slices.ContainsFunc(tl.Who(duty, day, ""), func(h check.Holding) bool { return h.Key == org.Holder })
		}
		for d := 1; d <= 3; d++ {
			id := fmt.Sprint("d", d)
			had := false
			for day := start - 1; day <= start+span; day++ {
				above := false
				for u := 1; u <= 3; u++ {
					upper := fmt.Sprint("u", u)
					above = above || up.Timeline.Duty(upper).Matter == low.Timeline.Duty(id).Matter && has(up.Timeline, upper, day)
				}
				if day >= start && !above && had && has(low.Timeline, id, day) {
					want[fmt.Sprint(id, " ", day)] = true
				}
				had = had || above
			}
		}
		if len(got) != len(want) || slices.ContainsFunc(strings.Split(keysOf(want), ","), func(k string) bool { return k != "" && !got[k] }) {
			t.Fatalf("seed %d: told %s, not %s", seed, keysOf(got), keysOf(want))
		}
		if len(want) > 0 {
			seen++
		}
	}
	if seen < n/60 {
		t.Errorf("only %d of %d plans have such a function", seen, n)
	}
}

func keysOf(m map[string]bool) string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return strings.Join(out, ",")
}
