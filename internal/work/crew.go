package work

import (
	"math/bits"
	"slices"
	"strings"

	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/sched"
)

// People who can do the work of several teams. On each day everybody does one
// thing at most. Whether the people of a day can do what goes on that day is a
// question of sets: for every set of teams, what is asked of them together must
// not be more than the people who can do the work of any of them (Hall 1935).
// So the engine is given a resource for each such set, and who does what is found
// afterwards, day by day (sched.Assign), and refereed.

// TooEntangled: people tie more teams together than can be reckoned with.
var TooEntangled = diag.Define("OB0863", diag.Error)

// Limits of a group of teams that people tie together, and of the sets that are
// made of it.
const (
	mostTied = 16
	mostSets = 256
)

// staff puts the plan's people into the work. A team without a capacity of its
// own has the people who can do its work, and no team is larger than those.
func (c *compiler) staff() {
	for i := range c.plan.Staff {
		s := &c.plan.Staff[i]
		p := Person{ID: s.ID.ID, Title: s.Title.Text, TitleEN: s.TitleEN.Text, At: s.ID.At}
		for _, r := range s.Can {
			if k, ok := c.resource[r.ID]; ok && !slices.Contains(p.Can, k) {
				p.Can = append(p.Can, k)
			}
		}
		for _, a := range append(absences(s.Away), c.closings(s.Calendar)...) {
			if a.Capacity == 0 {
				p.Away = append(p.Away, a.Interval)
			}
		}
		c.w.Staff = append(c.w.Staff, p)
	}
	c.problems.Add(c.w.Employ(func(k int) bool { return c.plan.Teams[k].Capacity.Given() })...)
}

// Employ lets the staff of the work do that of its resources. A resource has as
// many as can do its work; no more than its capacity, where that is limited. Where
// people tie too many resources together, that is told. It is for who makes work,
// and asked once.
func (w *Work) Employ(limited func(resource int) bool) diag.List {
	for k := range w.Resources {
		r := &w.Resources[k]
		if r.limit, r.own = r.Capacity, r.Away; !limited(k) {
			r.limit = -1
		}
	}
	return w.man()
}

// man gives the resources that people can do the work of their capacities, and
// tells when people tie too many together.
func (w *Work) man() (out diag.List) {
	for k := range w.Resources {
		r := &w.Resources[k]
		people := w.able([]int{k})
		if len(people) == 0 {
			continue
		}
		r.Capacity = len(people)
		if r.limit >= 0 {
			r.Capacity = min(r.Capacity, r.limit)
		}
		r.Away = slices.Clip(r.own)
		for _, a := range w.there(people) {
			if !slices.Contains(r.own, a) { // a schedule that was written and is read again has it
				r.Away = append(r.Away, a)
			}
		}
	}
	sets, ok := w.tiedSets()
	if w.sets = w.together(sets); !ok {
		at := w.mostAble()
		var names []string
		for _, k := range w.Staff[at].Can {
			names = append(names, w.Resources[k].ID)
		}
		out.Add(diag.At(TooEntangled, w.Staff[at].At, diag.F("teams", names)))
	}
	return out
}

// able lists the people who can do the work of any of some resources.
func (w *Work) able(resources []int) (out []int) {
	for i := range w.Staff {
		if slices.ContainsFunc(w.Staff[i].Can, func(k int) bool { return slices.Contains(resources, k) }) {
			out = append(out, i)
		}
	}
	return out
}

// there gives the days on which not all of some people are there, and how many
// are then.
func (w *Work) there(people []int) (out []Away) {
	var days []org.Date
	for _, i := range people {
		for _, a := range w.Staff[i].Away {
			days = append(days, a.From, a.To)
		}
	}
	slices.Sort(days)
	days = slices.Compact(days)
	for k := 0; k+1 < len(days); k++ {
		n := len(people)
		for _, i := range people {
			if slices.ContainsFunc(w.Staff[i].Away, func(a org.Interval) bool { return a.Holds(days[k]) }) {
				n--
			}
		}
		if n < len(people) {
			out = append(out, Away{org.Interval{From: days[k], To: days[k+1]}, n})
		}
	}
	return out
}

// tied groups the resources that people who can do the work of several tie
// together; groups of one are left out.
func (w *Work) tied() (out [][]int) {
	group := make([]int, len(w.Resources))
	for k := range group {
		group[k] = k
	}
	var find func(int) int
	find = func(k int) int {
		if group[k] != k {
			group[k] = find(group[k])
		}
		return group[k]
	}
	for i := range w.Staff {
		for _, k := range w.Staff[i].Can {
			group[find(k)] = find(w.Staff[i].Can[0])
		}
	}
	members := map[int][]int{}
	for k := range group {
		members[find(k)] = append(members[find(k)], k)
	}
	for k := range group {
		if m := members[k]; len(m) > 1 {
			out = append(out, m)
		}
	}
	return out
}

// tiedSets gives the sets of two or more resources that need a resource of the
// engine: those that no larger set says as much of (somebody outside could do
// nothing else), and that are not two apart from each other. ok is false when
// there are more than can be reckoned with.
func (w *Work) tiedSets() (out [][]int, ok bool) {
	for _, group := range w.tied() {
		if len(group) > mostTied {
			return nil, false
		}
		can := map[uint32]bool{} // what one person can do, as a set of the group
		for i := range w.Staff {
			mask := uint32(0)
			for _, k := range w.Staff[i].Can {
				if at := slices.Index(group, k); at >= 0 {
					mask |= 1 << at
				}
			}
			if mask != 0 {
				can[mask] = true
			}
		}
		for set := uint32(1); set < 1<<len(group); set++ {
			if bits.OnesCount32(set) < 2 || !closed(set, len(group), can) || !whole(set, can) {
				continue
			}
			var members []int
			for at, k := range group {
				if set>>at&1 == 1 {
					members = append(members, k)
				}
			}
			if out = append(out, members); len(out) > mostSets {
				return nil, false
			}
		}
	}
	return out, true
}

// closed reports whether no other resource has only people who can also do the
// work of one of the set.
func closed(set uint32, n int, can map[uint32]bool) bool {
	for at := range n {
		if r := uint32(1) << at; set&r == 0 {
			apart := false
			for mask := range can {
				apart = apart || mask&r != 0 && mask&set == 0
			}
			if !apart {
				return false
			}
		}
	}
	return true
}

// whole reports whether people tie all of the set together.
func whole(set uint32, can map[uint32]bool) bool {
	reached := set & -set
	for grown := true; grown; {
		grown = false
		for mask := range can {
			if mask &= set; mask&reached != 0 && mask&^reached != 0 {
				reached |= mask
				grown = true
			}
		}
	}
	return reached == set
}

// mostAble gives the person who can do the work of the most teams.
func (w *Work) mostAble() int {
	most := 0
	for i := range w.Staff {
		if len(w.Staff[i].Can) > len(w.Staff[most].Can) {
			most = i
		}
	}
	return most
}

// together makes the resources of sets, which come after those of the work.
func (w *Work) together(sets [][]int) (out []Resource) {
	for _, set := range sets {
		people := w.able(set)
		name := func(tag lang.Tag) string {
			var names []string
			for _, k := range set {
				names = append(names, w.Resources[k].called(tag))
			}
			return lang.Say(tag, "work.together", lang.Args{"Teams": strings.Join(names, lang.Say(tag, "list.comma"))})
		}
		var ids []string
		for _, k := range set {
			ids = append(ids, w.Resources[k].ID)
		}
		out = append(out, Resource{ID: strings.Join(ids, "+"), Name: name(lang.ZH), NameEN: name(lang.EN), Capacity: len(people),
			Away: w.there(people), At: w.Staff[people[0]].At, set: set})
	}
	return out
}

// all gives the resources of the work and of its sets.
func (w *Work) all() []Resource {
	return append(slices.Clip(w.Resources), w.sets...)
}

// ResourceOf gives a resource by its place, those of sets of teams included.
func (w *Work) ResourceOf(k int) *Resource {
	if k < len(w.Resources) {
		return &w.Resources[k]
	}
	return &w.sets[k-len(w.Resources)]
}

// needs gives what an activity takes of all resources, those of sets included.
func (a *Activity) needs(all []Resource, own int) (out []sched.Need) {
	for _, n := range a.Needs {
		out = append(out, sched.Need(n))
	}
	for k := own; k < len(all); k++ {
		sum := 0
		for _, n := range a.Needs {
			if slices.Contains(all[k].set, n.Resource) {
				sum += n.Amount
			}
		}
		if sum > 0 {
			out = append(out, sched.Need{Resource: k, Amount: sum})
		}
	}
	return out
}

// A Turn is a stretch of days on which somebody does part of an activity.
type Turn struct {
	Activity, Resource, Person int
	From, To                   org.Date // both included
}

// crew gives the people in the engine's words.
func (w *Work) crew(axis *sched.Calendar) []sched.Person {
	var out []sched.Person
	for i := range w.Staff {
		p := sched.Person{Can: w.Staff[i].Can}
		for _, a := range w.Staff[i].Away {
			from, to := w.unit(axis, max(a.From, w.From)), w.unit(axis, max(a.To, w.From))
			if from < to {
				p.Away = append(p.Away, sched.Stretch{From: from, To: to})
			}
		}
		out = append(out, p)
	}
	return out
}
