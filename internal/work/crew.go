package work

import (
	"cmp"
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strings"
	"sync"

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
//
// Of n teams that people tie together there may be 2^n sets, of which a schedule
// comes near to a few. Where there are too many, the engine is given some, and each
// set that a schedule is found to ask too much of is added, until people suffice
// (cutting planes; a schedule under some of the sets bounds one under all, so proofs
// hold).

// Limits of a group of teams whose sets are all looked at, and of the sets that
// are made before any schedule.
const mostTied = 12

var mostSets = 256 // fewer in tests

// ties are the sets of teams that the engine is given a resource for. Sets are
// only added, so that the place of one never changes. Work that is derived from
// other work with the same people has the same ties.
type ties struct {
	mu   sync.Mutex
	list [][]int
	made []Resource // of the first of them
	some bool       // there are more
}

// resources gives the resources of the sets known so far, each made once.
func (t *ties) resources(w *Work) []Resource {
	if t == nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.made) < len(t.list) {
		t.made = append(t.made, w.together(t.list[len(t.made)]))
	}
	return slices.Clip(t.made)
}

// add adds sets, and reports whether any was new.
func (t *ties) add(sets [][]int) (grown bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, set := range sets {
		if len(set) > 1 && !slices.ContainsFunc(t.list, func(o []int) bool { return slices.Equal(o, set) }) {
			t.list, grown = append(t.list, set), true
		}
	}
	return grown
}

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
	c.w.Employ(func(k int) bool { return c.plan.Teams[k].Capacity.Given() })
}

// Employ lets the staff of the work do that of its resources. A resource has as
// many as can do its work; no more than its capacity, where that is limited. It is
// for who makes work, and asked once.
func (w *Work) Employ(limited func(resource int) bool) {
	for k := range w.Resources {
		r := &w.Resources[k]
		if r.limit, r.own = r.Capacity, r.Away; !limited(k) {
			r.limit = -1
		}
	}
	w.man()
}

// man gives the resources that people can do the work of their capacities, and
// finds which of them people tie together.
func (w *Work) man() {
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
	w.ties = w.tie()
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

// tie gives the sets of two or more resources that need a resource of the engine:
// those that no larger set says as much of (somebody outside could do nothing
// else), and that are not two apart from each other; the smallest where there are
// too many.
func (w *Work) tie() *ties {
	out := &ties{}
	for _, group := range w.tied() {
		can := map[string][]int{} // what one person can do of the group
		for i := range w.Staff {
			var mine []int
			for at, k := range group {
				if slices.Contains(w.Staff[i].Can, k) {
					mine = append(mine, at)
				}
			}
			if len(mine) > 0 {
				can[fmt.Sprint(mine)] = mine
			}
		}
		of := func(places []int) (set []int) {
			for _, at := range places {
				set = append(set, group[at])
			}
			return set
		}
		if len(group) > mostTied {
			out.some = true
			for _, name := range slices.Sorted(maps.Keys(can)) {
				out.add([][]int{of(can[name])})
			}
			out.add([][]int{group})
			continue
		}
		masks := map[uint32]bool{}
		for _, mine := range can {
			mask := uint32(0)
			for _, at := range mine {
				mask |= 1 << at
			}
			masks[mask] = true
		}
		for set := uint32(1); set < 1<<len(group); set++ {
			if bits.OnesCount32(set) < 2 || !closed(set, len(group), masks) || !whole(set, masks) {
				continue
			}
			var places []int
			for at := range group {
				if set>>at&1 == 1 {
					places = append(places, at)
				}
			}
			out.list = append(out.list, of(places))
		}
	}
	if len(out.list) > mostSets {
		slices.SortStableFunc(out.list, func(a, b []int) int { return cmp.Compare(len(a), len(b)) })
		out.list, out.some = slices.Clip(out.list[:mostSets]), true
	}
	return out
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

// together makes the resource of a set.
func (w *Work) together(set []int) Resource {
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
	return Resource{ID: strings.Join(ids, "+"), Name: name(lang.ZH), NameEN: name(lang.EN), Capacity: len(people),
		Away: w.there(people), At: w.Staff[people[0]].At, set: set}
}

// all gives the resources of the work and of its sets, which come after those.
func (w *Work) all() []Resource {
	return append(slices.Clip(w.Resources), w.ties.resources(w)...)
}

// ResourceOf gives a resource by its place, those of sets of teams included.
func (w *Work) ResourceOf(k int) *Resource {
	if k < len(w.Resources) {
		return &w.Resources[k]
	}
	return &w.ties.resources(w)[k-len(w.Resources)]
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
