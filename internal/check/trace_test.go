package check

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"oneboard/internal/org"
	"pgregory.net/rapid"
)

func date(t testing.TB, s string) org.Date {
	t.Helper()
	d, err := org.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// row gives a pair as the tests have it: "1:A > 2:B 60% split".
func row(r Traced) string {
	unit := func(code, name string) string {
		if code == "" && name == "" {
			return "-"
		}
		return strings.TrimSuffix(code+":"+name, ":")
	}
	share := "?"
	if r.Share != nil {
		share = fmt.Sprintf("%.0f%%", *r.Share*100)
	}
	return unit(r.FromCode, r.FromName) + " > " + unit(r.ToCode, r.ToName) + " " + share + " " + r.Kind
}

func rows(list []Traced) string {
	var out []string
	for _, r := range list {
		out = append(out, row(r))
	}
	return strings.Join(out, "\n")
}

func TestTrace(t *testing.T) {
	for _, c := range []struct {
		name, history, from, to string
		sizes                   map[string]int // hectares, by date/code
		people                  bool
		want                    string
	}{
		{name: "a merger, a renaming, a new code, both", from: "2019-12-31", to: "2020-01-01", history: `
			= 2019-12-31 1:A 2:B 3:C 4:D 5:E 6:F
			2020-01-01 1:A 2:B -> 9:AB
			2020-01-01 3:C -> 3:Cc
			2020-01-01 4:D -> 40:D
			2020-01-01 5:E -> 50:Ee`,
			want: "1:A > 9:AB 100% merged\n2:B > 9:AB 100% merged\n3:C > 3:Cc 100% renamed\n4:D > 40:D 100% recoded\n5:E > 50:Ee 100% succeeded\n6:F > 6:F 100% same"},
		{name: "a split without sizes has no shares", from: "2019-12-31", to: "2020-01-01", history: `
			= 2019-12-31 1:A
			2020-01-01 1:A -> 2:B 3:C`,
			want: "1:A > 2:B ? split\n1:A > 3:C ? split"},
		{name: "a split with sizes", from: "2019-12-31", to: "2020-01-01", history: `
			= 2019-12-31 1:A
			2020-01-01 1:A -> 2:B 3:C
			= 2020-01-01 2:B 3:C`, sizes: map[string]int{"2020-01-01/2": 30, "2020-01-01/3": 90},
			want: "1:A > 2:B 25% split\n1:A > 3:C 75% split"},
		{name: "what is split and joined again is whole, whatever the shares", from: "2019-12-31", to: "2021-01-01", history: `
			= 2019-12-31 1:A
			2020-01-01 1:A -> 2:B 3:C
			2021-01-01 2:B 3:C -> 4:D`,
			want: "1:A > 4:D 100% succeeded"},
		{name: "territory reckoned through an event", from: "2019-12-31", to: "2020-01-01", history: `
			= 2019-12-31 1:A 2:B
			2020-01-01 1:A 2:B -> 2:B 3:C`,
			want: "1:A > 2:B ? part\n1:A > 3:C ? part\n2:B > 2:B ? part\n2:B > 3:C ? part"},
		{name: "a code that is used again is another unit", from: "2019-12-31", to: "2022-01-01", history: `
			= 2019-12-31 1:A 2:B
			2020-01-01 1:A ->
			2021-01-01 -> 1:Other
			2022-01-01 2:B -> 3:B`,
			want: "- > 1:Other ? new\n1:A > - 100% ended\n2:B > 3:B 100% recoded"},
		{name: "a unit that returns is the same", from: "2019-12-31", to: "2022-01-01", history: `
			= 2019-12-31 1:A
			2020-01-01 1:A ->
			2021-01-01 -> 1:A`,
			want: "1:A > 1:A 100% same"},
		{name: "two units trade codes", from: "2019-12-31", to: "2020-01-01", history: `
			= 2019-12-31 1:A 2:B
			2020-01-01 1:A -> 2:A
			2020-01-01 2:B -> 1:B`,
			want: "1:A > 2:A 100% recoded\n2:B > 1:B 100% recoded"},
		{name: "a chain within a day, listed the other way round", from: "2019-12-31", to: "2020-01-01", history: `
			= 2019-12-31 1:A 2:B
			2020-01-01 11:A 2:B -> 3:AB
			2020-01-01 1:A -> 11:A`,
			want: "1:A > 3:AB 100% merged\n2:B > 3:AB 100% merged"},
		{name: "backward: shares are those of the later unit", from: "2020-01-01", to: "2019-12-31", people: true, history: `
			= 2019-12-31 1:A 2:B 3:C
			2020-01-01 1:A 2:B -> 9:AB
			2020-01-01 3:C ->
			2020-01-01 -> 4:D`, sizes: map[string]int{"2019-12-31/1": 100, "2019-12-31/2": 300, "2019-12-31/3": 1},
			want: "- > 3:C ? ended\n4:D > - 100% new\n9:AB > 1:A 25% merged\n9:AB > 2:B 75% merged"},
		{name: "sizes of two lists are not held against each other", from: "2019-12-31", to: "2020-01-01", people: true, history: `
			= 2019-12-31 1:A
			2020-01-01 1:A -> 2:B 3:C
			= 2021-01-01 2:B 3:C
			= 2022-01-01 2:B 3:C`, sizes: map[string]int{"2021-01-01/2": 30, "2022-01-01/3": 90},
			want: "1:A > 2:B ? split\n1:A > 3:C ? split"},
		{name: "names are all there is", from: "2019-12-31", to: "2020-01-01", history: `
			= 2019-12-31 :A :B
			2020-01-01 :A :B -> :AB`,
			want: ":A > :AB 100% merged\n:B > :AB 100% merged"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := drawn(t, c.history)
			for i := range h.Snapshots {
				s := &h.Snapshots[i]
				for j := range s.Units {
					size := c.sizes[s.Date.String()+"/"+s.Units[j].Code]
					if s.Units[j].Hectares = size; c.people {
						s.Units[j].People, s.Units[j].Hectares = size, 0
					}
				}
			}
			l := Trace(h)
			if got := rows(l.Table(date(t, c.from), date(t, c.to))); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// The links of an event say who went where; territory is reckoned along them.
func TestTraceLinks(t *testing.T) {
	h := drawn(t, `
		= 2019-12-31 1:A 2:B 3:C
		2020-01-01 1:A 2:B 3:C -> 4:D 5:E
		= 2020-01-01 4:D 5:E`)
	h.Events[0].Links = []org.Link{{Before: 0, After: 0}, {Before: 1, After: 0}, {Before: 1, After: 1}, {Before: 2, After: 1}, {Before: 9, After: 9}}
	from, to := date(t, "2019-12-31"), date(t, "2020-01-01")
	if got, want := rows(Trace(h).Table(from, to)), "1:A > 4:D 100% merged\n2:B > 4:D ? part\n2:B > 5:E ? part\n3:C > 5:E 100% merged"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for i, size := range []int{100, 80, 50} {
		h.Snapshots[0].Units[i].Hectares = size
	}
	h.Snapshots[1].Units[0].Hectares, h.Snapshots[1].Units[1].Hectares = 160, 70
	l := Trace(h)
	if got, want := rows(l.Table(from, to)), "1:A > 4:D 100% merged\n2:B > 4:D 75% part\n2:B > 5:E 25% part\n3:C > 5:E 100% merged"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	h.Snapshots[1].Units[1].Hectares = 170 // it does not add up
	if got := rows(Trace(h).Table(from, to)); !strings.Contains(got, "2:B > 4:D ? part") {
		t.Error(got)
	}
	c, ok := l.Follow("B", from, to)
	if !ok || len(c.Units) != 3 || len(c.Bands) != 2 || len(c.Steps) != 1 || c.Unknown() || c.Start.Code != "2" {
		t.Errorf("%v %+v", ok, c)
	}
	if _, ok := l.Follow("B", to, from); ok {
		t.Error("B is followed from a day on which it is not there")
	}
	if units, nearest := l.Find("B", to); units != nil || len(nearest) != 1 || nearest[0].To != to {
		t.Error(units, nearest)
	}
}

// drawHistory makes a small history at random whose events fit their states.
func drawHistory(t *rapid.T, restores bool) (h *org.History, days []org.Date) {
	first := org.Date(700000)
	h = &org.History{Snapshots: []org.Snapshot{{Date: first}}}
	now := map[string]int{}
	next := 0
	unit := func(code string) org.Unit { return org.Unit{Code: code} }
	fresh := func() string { next++; return fmt.Sprint("u", next) }
	for range rapid.IntRange(1, 5).Draw(t, "units") {
		c := fresh()
		now[c] = rapid.IntRange(1, 9).Draw(t, "size")
		h.Snapshots[0].Units = append(h.Snapshots[0].Units, org.Unit{Code: c, Hectares: now[c]})
	}
	measured := rapid.Bool().Draw(t, "measured")
	var past []string
	days = []org.Date{first}
	codes := func() (out []string) {
		for c := range now {
			out = append(out, c)
		}
		slices.Sort(out)
		return out
	}
	for i := range rapid.IntRange(1, 8).Draw(t, "events") {
		day := first + org.Date(i/2+1)*10
		if days[len(days)-1] != day {
			days = append(days, day)
		}
		list := codes()
		e := org.Event{ID: fmt.Sprint(i), Date: day, Seq: i, Ordered: true}
		n := min(len(list), rapid.IntRange(0, 3).Draw(t, "before"))
		sum := 0
		for range n {
			list = codes()
			c := list[rapid.IntRange(0, len(list)-1).Draw(t, "which")]
			e.Before = append(e.Before, unit(c))
			sum += now[c]
			delete(now, c)
			past = append(past, c)
		}
		for range rapid.IntRange(0, 3).Draw(t, "after") {
			c := fresh()
			if len(past) > 0 && rapid.IntRange(0, 2).Draw(t, "again") == 0 { // the code of another, or of itself
				if old := past[rapid.IntRange(0, len(past)-1).Draw(t, "old")]; now[old] == 0 && !slices.ContainsFunc(e.After, func(u org.Unit) bool { return u.Code == old }) {
					c = old
				}
			}
			e.After = append(e.After, unit(c))
		}
		for _, u := range e.After {
			now[u.Code] = max(1, sum/len(e.After))
		}
		if len(e.Before) > 1 && len(e.After) > 1 && rapid.Bool().Draw(t, "linked") {
			for b := range e.Before {
				for a := range e.After {
					if rapid.Bool().Draw(t, "link") {
						e.Links = append(e.Links, org.Link{Before: b, After: a})
					}
				}
			}
		}
		if restores && len(e.Before) == 0 {
			e.Op = "restore"
		} else if len(e.Before) == 0 {
			e.Op = "establish"
		}
		h.Events = append(h.Events, e)
		s := org.Snapshot{Date: day}
		for _, c := range codes() {
			u := unit(c)
			if measured {
				u.Hectares = now[c]
			}
			s.Units = append(s.Units, u)
		}
		if i%2 == 1 {
			h.Snapshots = append(h.Snapshots, s)
		}
	}
	if !measured {
		for i := range h.Snapshots[0].Units {
			h.Snapshots[0].Units[i].Hectares = 0
		}
	}
	return h, days
}

// Whoever follows a unit forward and all that came of it backward comes by it
// again.
func TestTraceThereAndBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, days := drawHistory(t, rapid.Bool().Draw(t, "restores"))
		l := Trace(h)
		a, b := rapid.SampledFrom(days).Draw(t, "a"), rapid.SampledFrom(days).Draw(t, "b")
		back := map[[2]string]bool{}
		for _, r := range l.Table(b, a) {
			back[[2]string{r.FromCode, r.ToCode}] = true
		}
		for _, r := range l.Table(a, b) {
			if r.FromCode != "" && r.ToCode != "" && !back[[2]string{r.ToCode, r.FromCode}] {
				t.Fatalf("%s became %s from %s to %s, and not back\n%+v", r.FromCode, r.ToCode, a, b, h.Events)
			}
			if r.Share != nil && (*r.Share < 0 || *r.Share > 1+1e-9) {
				t.Fatalf("share %v", *r.Share)
			}
			if r.FromCode != "" {
				if c, ok := l.Follow(r.FromCode, a, b); !ok || !slices.ContainsFunc(c.Ends, func(o Traced) bool { return row(o) == row(r) }) {
					t.Fatalf("the table has %s, following it gives\n%s", row(r), rows(c.Ends))
				}
			}
		}
	})
}

// What became of a unit can be followed in two parts.
func TestTraceComposes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, days := drawHistory(t, false)
		l := Trace(h)
		at := []int{0, 0, 0}
		for i := range at {
			at[i] = rapid.IntRange(0, len(days)-1).Draw(t, "day")
		}
		slices.Sort(at)
		if rapid.Bool().Draw(t, "backward") {
			slices.Reverse(at)
		}
		d1, d2, d3 := days[at[0]], days[at[1]], days[at[2]]
		type pair = [2]string
		table := func(a, b org.Date) (list []Traced, share map[pair]float64) {
			list, share = l.Table(a, b), map[pair]float64{}
			for _, r := range list {
				if r.FromCode != "" && r.ToCode != "" {
					if share[pair{r.FromCode, r.ToCode}] = math.NaN(); r.Share != nil {
						share[pair{r.FromCode, r.ToCode}] = *r.Share
					}
				}
			}
			return list, share
		}
		_, one := table(d1, d2)
		_, two := table(d2, d3)
		_, whole := table(d1, d3)
		both := map[pair]float64{}
		for p, x := range one {
			for q, y := range two {
				if p[1] == q[0] {
					both[pair{p[0], q[1]}] += x * y
				}
			}
		}
		for p, x := range both {
			y, ok := whole[p]
			if !ok {
				t.Fatalf("%s to %s by %s, not from %s to %s", p[0], p[1], d2, d1, d3)
			}
			if !math.IsNaN(x) && !math.IsNaN(y) && math.Abs(x-y) > 1e-9 {
				t.Fatalf("%s to %s: %v by %s, %v at once\n%+v", p[0], p[1], x, d2, y, h.Events)
			}
		}
		for p := range whole {
			if _, ok := both[p]; !ok {
				t.Fatalf("%s to %s from %s to %s, not by %s", p[0], p[1], d1, d3, d2)
			}
		}
	})
}

// The table is what walking over the events one by one gives: a set of codes for
// each unit of the first day.
func TestTraceAgainstWalking(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, days := drawHistory(t, false)
		a := rapid.IntRange(0, len(days)-1).Draw(t, "a")
		b := rapid.IntRange(a, len(days)-1).Draw(t, "b")
		from, to := days[a], days[b]
		in := map[string]map[string]bool{} // who of the first day is in a unit
		for _, u := range h.Snapshots[0].Units {
			in[u.Code] = map[string]bool{u.Code: true}
		}
		begun := false
		begin := func() {
			for c := range in {
				in[c] = map[string]bool{c: true}
			}
			begun = true
		}
		for _, e := range h.Events {
			if e.Date > from && !begun {
				begin()
			}
			if e.Date > to {
				break
			}
			after := map[string]map[string]bool{}
			for j, u := range e.After {
				after[u.Code] = map[string]bool{}
				for i, w := range e.Before {
					linked := e.Links == nil || slices.Contains(e.Links, org.Link{Before: i, After: j})
					if !linked && w.Code == u.Code && !slices.ContainsFunc(e.Links, func(l org.Link) bool { return l.Before == i }) {
						linked = true
					}
					if linked {
						for c := range in[w.Code] {
							after[u.Code][c] = true
						}
					}
				}
			}
			for _, w := range e.Before {
				delete(in, w.Code)
			}
			for c, set := range after {
				in[c] = set
			}
		}
		if !begun {
			begin()
		}
		var want, got []string
		for c, set := range in {
			for o := range set {
				want = append(want, o+" > "+c)
			}
		}
		for _, r := range Trace(h).Table(from, to) {
			if r.FromCode != "" && r.ToCode != "" {
				got = append(got, r.FromCode+" > "+r.ToCode)
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(want, got) {
			t.Fatalf("from %s to %s\ngot  %v\nwant %v\n%+v", from, to, got, want, h.Events)
		}
	})
}

// bigHistory has as many events as the largest country's.
func bigHistory(events int) *org.History {
	dice := rand.New(rand.NewPCG(1, 2))
	h := &org.History{Snapshots: []org.Snapshot{{Date: 700000}}}
	var now []string
	for i := range 20_000 {
		now = append(now, fmt.Sprint("c", i))
		h.Snapshots[0].Units = append(h.Snapshots[0].Units, org.Unit{Code: now[i], Name: now[i]})
	}
	for i := range events {
		e := org.Event{ID: fmt.Sprint(i), Date: 700001 + org.Date(i/4)}
		k := dice.IntN(len(now))
		e.Before = []org.Unit{{Code: now[k]}}
		switch i % 3 {
		case 0:
			e.After = []org.Unit{{Code: fmt.Sprint("n", i)}}
			now[k] = e.After[0].Code
		case 1:
			e.After = []org.Unit{{Code: now[k]}, {Code: fmt.Sprint("n", i)}}
			now = append(now, e.After[1].Code)
		default:
			if j := dice.IntN(len(now)); j != k {
				e.Before = append(e.Before, org.Unit{Code: now[j]})
				e.After = []org.Unit{{Code: now[k]}}
				now = slices.Delete(now, j, j+1)
			}
		}
		h.Events = append(h.Events, e)
	}
	return h
}

func BenchmarkTrace(b *testing.B) {
	h := bigHistory(14_000)
	for b.Loop() {
		l := Trace(h)
		if len(l.Table(700000, l.Last)) < 15_000 {
			b.Fatal("too few rows")
		}
	}
}
