package exchange

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// The statistics bureau of China publishes all divisions down to the village
// with a code each, and no changes. A code has the code of the division that it
// lies in before it, and villages are numbered anew when a neighbour goes. So
// what changed is found level by level from above: under a division that is the
// same, what has the same name and the same code stayed, what has the same name
// alone was given another code, and what has the same code alone another name. A
// name that is left on both sides once within the division above that one has
// moved. All events are of the day of the later list.

var divisionColumns = unitColumns{"code", "name", "level", "parent_code"}

func divisionLists(fsys fs.FS) []string {
	names, _ := fs.Glob(fsys, "divisions_????-??-??.csv*")
	return slices.DeleteFunc(names, func(name string) bool {
		return !strings.HasSuffix(name, ".csv") && !strings.HasSuffix(name, ".csv.gz")
	})
}

func detectDivisions(fsys fs.FS) bool { return len(divisionLists(fsys)) > 0 }

func readDivisions(fsys fs.FS) (*org.History, diag.List, error) {
	h := &org.History{Title: "China: five levels of divisions (National Bureau of Statistics)", Compares: unitFields[:]}
	var list diag.List
	names := divisionLists(fsys)
	h.Snapshots = make([]org.Snapshot, len(names))
	told := make([]diag.List, len(names))
	failed := make([]error, len(names))
	var wait sync.WaitGroup
	for i, name := range names {
		wait.Go(func() {
			s, err := openSheet(fsys, name)
			if err != nil {
				failed[i] = err
				return
			}
			date, err := org.ParseDate(strings.TrimPrefix(path.Base(name), "divisions_")[:10])
			if err != nil {
				s.faults.add(NoSnapshotDate, diag.Span{Source: s.source}, diag.F("expected", "divisions_YYYY-MM-DD.csv"))
			}
			h.Snapshots[i] = readSnapshot(s, date, divisionColumns)
			told[i] = s.faults.done()
		})
	}
	wait.Wait()
	for i := range names {
		if failed[i] != nil {
			return nil, nil, failed[i]
		}
		list.Add(told[i]...)
	}
	h.Snapshots = slices.DeleteFunc(h.Snapshots, func(s org.Snapshot) bool { return !s.Date.Known() })
	slices.SortStableFunc(h.Snapshots, func(a, b org.Snapshot) int { return cmp.Compare(a.Date, b.Date) })
	for i := 1; i < len(h.Snapshots); i++ {
		was, is := &h.Snapshots[i-1], &h.Snapshots[i]
		events := divisionEvents(was, is)
		if len(events) > 0 {
			list.Add(diag.At(NoDocuments, diag.Span{Source: is.Source}, diag.F("list", was.Source.Name)))
		}
		h.Events = append(h.Events, events...)
	}
	list.Sort()
	return h, list, nil
}

// pair holds two lists against each other.
type pair struct {
	was, is  []org.Unit
	to       []int32 // by unit of was: the unit of is that it became, or -1
	from     []int32 // by unit of is: the unit of was that it was, or -1
	inWas    map[string]int32
	children [2]map[string][]int32 // by code of the parent, of was and of is
}

// divisionEvents finds what changed between two lists.
func divisionEvents(was, is *org.Snapshot) []org.Event {
	p := &pair{was: was.Units, is: is.Units, inWas: make(map[string]int32, len(was.Units))}
	p.to, p.from = unmatched(len(p.was)), unmatched(len(p.is))
	inIs := make(map[string]int32, len(p.is))
	for i := range p.was {
		p.inWas[p.was[i].Code] = int32(i)
	}
	for i := range p.is {
		inIs[p.is[i].Code] = int32(i)
	}
	for side, units := range [2][]org.Unit{p.was, p.is} {
		p.children[side] = map[string][]int32{}
		other, codes := p.is, inIs
		if side == 1 {
			other, codes = p.was, p.inWas
		}
		for i := range units {
			u := &units[i]
			// most are in both lists as they are, and no choice at all
			if j, ok := codes[u.Code]; ok && other[j].Name == u.Name && other[j].Parent == u.Parent {
				if side == 0 {
					p.match(int32(i), j)
				}
				continue
			}
			p.children[side][u.Parent] = append(p.children[side][u.Parent], int32(i))
		}
	}
	// from above, so that what a unit lies in is matched before it; of one length
	// by code
	var parents []string
	for code := range p.children[0] {
		parents = append(parents, code)
	}
	slices.SortFunc(parents, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b)) })
	for i := 0; i < len(parents); {
		j := i
		for ; j < len(parents) && len(parents[j]) == len(parents[i]); j++ {
			p.siblings(parents[j])
		}
		p.moved(parents[i:j])
		i = j
	}
	return p.events(is)
}

func unmatched(n int) []int32 {
	s := make([]int32, n)
	for i := range s {
		s[i] = -1
	}
	return s
}

func (p *pair) match(i, j int32) { p.to[i], p.from[j] = j, i }

// became gives the code that a parent has in the later list; its own when
// nothing is known of it.
func (p *pair) became(code string) string {
	if i, ok := p.inWas[code]; ok && p.to[i] >= 0 {
		return p.is[p.to[i]].Code
	}
	return code
}

// free gives the units that are not matched yet.
func free(units []int32, matched []int32) []int32 {
	var out []int32
	for _, i := range units {
		if matched[i] < 0 {
			out = append(out, i)
		}
	}
	return out
}

// siblings matches the units under one parent: by name, then by code.
func (p *pair) siblings(parent string) {
	old, new := free(p.children[0][parent], p.to), free(p.children[1][p.became(parent)], p.from)
	p.byName(old, new)
	codes := map[string]int32{}
	for _, j := range free(new, p.from) {
		codes[p.is[j].Code] = j
	}
	for _, i := range free(old, p.to) {
		if j, ok := codes[p.was[i].Code]; ok {
			p.match(i, j)
		}
	}
}

// byName matches what has a name that is there once on both sides.
func (p *pair) byName(old, new []int32) {
	type once struct {
		old, new int32
		twice    bool
	}
	names := map[string]once{}
	for _, i := range old {
		o, ok := names[p.was[i].Name]
		names[p.was[i].Name] = once{i, -1, ok || o.twice}
	}
	for _, j := range new {
		if o, ok := names[p.is[j].Name]; ok {
			o.twice = o.twice || o.new >= 0
			o.new = j
			names[p.is[j].Name] = o
		}
	}
	for _, o := range names {
		if !o.twice && o.new >= 0 {
			p.match(o.old, o.new)
		}
	}
}

// moved matches, by name, what is left under several parents of one level that
// lie in the same division.
func (p *pair) moved(parents []string) {
	above := func(units []org.Unit, i int32) string { // the code of the parent's parent
		code := units[i].Parent
		for _, n := range [...]int{9, 6, 4, 2} {
			if len(code) > n {
				return code[:n]
			}
		}
		return ""
	}
	left := map[string]*[2][]int32{}
	add := func(side int, key string, i int32) {
		if left[key] == nil {
			left[key] = &[2][]int32{}
		}
		left[key][side] = append(left[key][side], i)
	}
	for _, parent := range parents {
		for _, i := range free(p.children[0][parent], p.to) {
			add(0, p.became(above(p.was, i)), i)
		}
	}
	for parent, units := range p.children[1] {
		if len(parent) == len(parents[0]) {
			for _, j := range free(units, p.from) {
				add(1, above(p.is, j), j)
			}
		}
	}
	for _, l := range left {
		p.byName(l[0], l[1])
	}
}

func (p *pair) events(is *org.Snapshot) []org.Event {
	var events []org.Event
	add := func(op string, i, j int32) {
		e := org.Event{Date: is.Date, Op: op}
		code := ""
		if i >= 0 {
			e.Before, code = p.was[i:i+1:i+1], p.was[i].Code
			e.At = p.was[i].At
		}
		if j >= 0 {
			e.After, e.At = p.is[j:j+1:j+1], p.is[j].At
			if i < 0 {
				code = "+" + p.is[j].Code
			}
		}
		e.ID = fmt.Sprintf("%s-%s", is.Date, code)
		events = append(events, e)
	}
	for i := range p.was {
		j := p.to[i]
		switch u := &p.was[i]; {
		case j < 0:
			add("abolish", int32(i), -1)
		case p.is[j].Code != u.Code:
			add("recode", int32(i), j)
		case p.is[j].Name != u.Name:
			add("rename", int32(i), j)
		case p.is[j].Parent != u.Parent || p.is[j].Kind != u.Kind:
			add("move", int32(i), j)
		}
	}
	for j := range p.is {
		if p.from[j] < 0 {
			add("establish", -1, int32(j))
		}
	}
	return events
}
