package exchange

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"oneboard/internal/check"
	"oneboard/internal/org"
)

// What is neither made nor lost: territory and people, through everything that
// happened between two lists that measure alike. Each difference that the
// offices' own figures have is told in docs/histories.md.

// unconserved holds the sizes of two lists against each other. Units that events
// bring together are one group, and a group has the same size before and after;
// so has a unit that nothing happened to. It gives each difference, the number of
// groups, and both totals.
func unconserved(h *org.History, was, is *org.Snapshot, size func(org.Unit) int) (differ []string, groupsOf int, before, after int) {
	index := map[string]int{}
	var codes []string
	at := func(code string) int {
		if _, ok := index[code]; !ok {
			index[code] = len(codes)
			codes = append(codes, code)
		}
		return index[code]
	}
	var joins [][2]int
	for _, e := range h.Events {
		if e.Date <= was.Date || e.Date > is.Date {
			continue
		}
		var first = -1
		for _, u := range slices.Concat(e.Before, e.After) {
			if i := at(u.Code); first < 0 {
				first = i
			} else {
				joins = append(joins, [2]int{first, i})
			}
		}
	}
	for _, s := range []*org.Snapshot{was, is} {
		for _, u := range s.Units {
			at(u.Code)
		}
	}
	together := groups(len(codes))
	for _, j := range joins {
		together.join(j[0], j[1])
	}
	sums := map[int]*[2]int{}
	members := map[int]int{}
	for side, s := range []*org.Snapshot{was, is} {
		for _, u := range s.Units {
			g := together.of(at(u.Code))
			if sums[g] == nil {
				sums[g] = &[2]int{}
			}
			sums[g][side] += size(u)
			members[g]++
		}
	}
	for g, sum := range sums {
		before, after = before+sum[0], after+sum[1]
		if members[g] > 2 {
			groupsOf++
		}
		if sum[0] != sum[1] {
			differ = append(differ, fmt.Sprintf("%s %d→%d", codes[g], sum[0], sum[1]))
		}
	}
	slices.Sort(differ)
	return differ, groupsOf, before, after
}

func TestSwissTerritoryIsConserved(t *testing.T) {
	h, _, err := readSwitzerland(shared(t, "ch-communes"), "")
	if err != nil {
		t.Fatal(err)
	}
	var measured []*org.Snapshot
	for i := range h.Snapshots {
		if slices.ContainsFunc(h.Snapshots[i].Units, func(u org.Unit) bool { return u.Hectares > 0 }) {
			measured = append(measured, &h.Snapshots[i])
		}
	}
	var told []string
	for i := 1; i < len(measured); i++ {
		was, is := measured[i-1], measured[i]
		differ, n, before, after := unconserved(h, was, is, func(u org.Unit) int { return u.Hectares })
		told = append(told, fmt.Sprintf("%s to %s: %d and %d hectares, %d groups of communes with events, %d units or groups differ", was.Date, is.Date, before, after, n, len(differ)))
		told = append(told, strings.Join(differ, ", "))
	}
	if text := strings.Join(told, "\n"); text != docBlock(t, "hectares") {
		t.Errorf("docs/histories.md has\n%s\nthe files give\n%s", docBlock(t, "hectares"), text)
	}
}

// Associated and delegated communes and the districts of cities: each typed row
// of the lists is a unit, none is a commune, and what differs is told.
func TestFranceParts(t *testing.T) {
	fsys := shared(t, "fr-communes")
	h, list, err := readFranceParts(fsys, 0)
	if err != nil || len(list) > 0 {
		t.Fatal(err, told(list))
	}
	communes, _, err := readFrance(fsys, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range h.Snapshots {
		sheet, err := openSheet(fsys, s.Source.Name)
		if err != nil {
			t.Fatal(err)
		}
		rows := map[string]int{}
		column := slices.Index(sheet.header, "typecom")
		for sheet.next() {
			rows[sheet.cells[column]]++
		}
		kinds := map[string]int{}
		for _, u := range s.Units {
			kinds[u.Kind]++
			if !strings.HasPrefix(u.Code, u.Kind+"-") || u.Parent == "" {
				t.Errorf("%s: %+v", s.Date, u)
			}
		}
		for _, c := range communes.Snapshots {
			if c.Source.Name == s.Source.Name {
				kinds[franceCommune] = len(c.Units)
			}
		}
		for kind, n := range rows {
			if kinds[kind] != n {
				t.Errorf("%s: %d of %d rows of %s", s.Date, kinds[kind], n, kind)
			}
		}
	}
	r := check.Replay(h, false)
	lines := []string{fmt.Sprintf("%d units, %d events, %d that do not fit", r.Units, r.Events, len(r.Broken))}
	for _, c := range r.Snapshots {
		lines = append(lines, fmt.Sprintf("%s: %d parts, %d missing, %d extra, %d differing", c.Date, c.Expected, len(c.Missing), len(c.Extra), len(c.Differing)))
	}
	if text := strings.Join(lines, "\n"); text != docBlock(t, "parts") {
		t.Errorf("docs/histories.md has\n%s\nthe files give\n%s", docBlock(t, "parts"), text)
	}
}
