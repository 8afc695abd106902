package sched

import (
	"cmp"
	"slices"
)

// A Person is somebody who can do the work of some resources, one unit of one of
// them at a time.
type Person struct {
	Can  []int // resources
	Away []Stretch
}

// A Stretch is time from From up to, but not including, To.
type Stretch struct{ From, To int }

// A Turn is a stretch of time in which somebody is one unit of what a task needs
// of a resource.
type Turn struct {
	Task, Resource, Person int
	Stretch
}

// free reports whether a person is there at a time.
func (p *Person) free(t int) bool {
	return !slices.ContainsFunc(p.Away, func(s Stretch) bool { return s.From <= t && t < s.To })
}

// A slot is one unit of what a task needs.
type slot struct{ task, resource, unit int }

// Assign says who does what, of a schedule and people: every need of a resource
// that somebody can do the work of gets so many people at each time of the task.
// Who is at something stays at it as long as he can, also from one task to another
// that of says are the same work (nil: none are); a new task goes to who can do
// the least else, and of those to who is there the longest. It is false, with
// nothing, when at some time the people do not suffice: then the schedule uses
// more of some set of resources than there are people who can do any of it. The
// cost is for each time that of a matching of the people at work: slots × people
// × skills.
func Assign(p *Problem, staff []Person, start, of []int) ([]Turn, bool) {
	if of == nil {
		of = make([]int, len(p.Tasks))
		for i := range of {
			of[i] = i
		}
	}
	able := ablePeople(p, staff)
	m := matching{staff: staff, able: able, at: make([]slot, len(staff)), busy: make([]bool, len(staff))}
	open := map[slot]int{}   // the turn that goes on
	latest := map[slot]int{} // who was last at a slot of the same work
	var out []Turn
	suffice := true
	eachTime(p, able, start, func(t int, slots []slot) bool {
		was := make(map[slot]int, len(slots))
		for _, s := range slots {
			if i, ok := latest[slot{of[s.task], s.resource, s.unit}]; ok {
				was[s] = i
			}
		}
		who, ok := m.match(t, slots, was, func(s slot) int { return start[s.task] + p.Tasks[s.task].Duration })
		if suffice = ok; !ok {
			return false
		}
		now := make(map[slot]int, len(slots))
		for k, s := range slots {
			latest[slot{of[s.task], s.resource, s.unit}] = who[k]
			if o, goes := open[s]; goes && out[o].Person == who[k] && out[o].To == t {
				out[o].To++
				now[s] = o
				continue
			}
			out = append(out, Turn{s.task, s.resource, who[k], Stretch{t, t + 1}})
			now[s] = len(out) - 1
		}
		open = now
		return true
	})
	if !suffice {
		return nil, false
	}
	return out, true
}

// ablePeople lists the people for each resource, those who can do the least first.
func ablePeople(p *Problem, staff []Person) [][]int {
	able := make([][]int, len(p.Resources))
	for i := range staff {
		for _, r := range staff[i].Can {
			able[r] = append(able[r], i)
		}
	}
	for r := range able {
		slices.SortStableFunc(able[r], func(a, b int) int { return cmp.Compare(len(staff[a].Can), len(staff[b].Can)) })
	}
	return able
}

// eachTime tells what people are needed for at each time of a schedule, until it
// is told to stop. Where nobody is needed it tells of no slots.
func eachTime(p *Problem, able [][]int, start []int, tell func(t int, slots []slot) bool) {
	begins := map[int][]int{} // tasks that somebody does, by when they start
	var times []int
	last := 0
	for i, t := range p.Tasks {
		if t.Duration > 0 && slices.ContainsFunc(t.Needs, func(n Need) bool { return len(able[n.Resource]) > 0 && n.Amount > 0 }) {
			if len(begins[start[i]]) == 0 {
				times = append(times, start[i])
			}
			begins[start[i]] = append(begins[start[i]], i)
			last = max(last, start[i]+t.Duration)
		}
	}
	if len(times) == 0 {
		return
	}
	var under []int
	for t := slices.Min(times); t < last; t++ {
		under = append(slices.DeleteFunc(under, func(i int) bool { return start[i]+p.Tasks[i].Duration <= t }), begins[t]...)
		var slots []slot
		for _, i := range under {
			unit := map[int]int{}
			for _, n := range p.Tasks[i].Needs {
				if len(able[n.Resource]) == 0 {
					continue
				}
				for range n.Amount {
					slots = append(slots, slot{i, n.Resource, unit[n.Resource]})
					unit[n.Resource]++
				}
			}
		}
		if !tell(t, slots) {
			return
		}
	}
}

// Short finds where the people of a schedule do not suffice: sets of resources of
// which, at some time, more is asked than there are people who can do the work of
// any of them (Hall 1935), each once, in the order of times. Together they are
// empty exactly when [Assign] finds people for all.
func Short(p *Problem, staff []Person, start []int) (out [][]int) {
	able := ablePeople(p, staff)
	m := matching{staff: staff, able: able, at: make([]slot, len(staff)), busy: make([]bool, len(staff))}
	eachTime(p, able, start, func(t int, slots []slot) bool {
		set := m.short(t, slots)
		if set != nil && !slices.ContainsFunc(out, func(o []int) bool { return slices.Equal(o, set) }) {
			out = append(out, set)
		}
		return true
	})
	return out
}

// matching finds people for the slots of one time.
type matching struct {
	staff []Person
	able  [][]int
	at    []slot // per person what he is at, when busy
	busy  []bool
}

// match matches the slots of a time: who was at one stays if he is there, then who
// is free comes, and then others are moved (augmenting paths; Kuhn 1955). ends
// says until when a slot's task goes on.
func (m *matching) match(t int, slots []slot, was map[slot]int, ends func(slot) int) ([]int, bool) {
	clear(m.busy)
	place := make(map[slot]int, len(slots))
	who := make([]int, len(slots))
	for k, s := range slots {
		place[s], who[k] = k, -1
		if i, stays := was[s]; stays && !m.busy[i] && m.staff[i].free(t) {
			who[k], m.at[i], m.busy[i] = i, s, true
		}
	}
	for k, s := range slots {
		if who[k] >= 0 {
			continue
		}
		best, reach := -1, 0
		for _, i := range m.able[s.resource] {
			if m.busy[i] || !m.staff[i].free(t) {
				continue
			}
			there := t + 1
			for there < ends(s) && m.staff[i].free(there) {
				there++
			}
			if best < 0 || there > reach && len(m.staff[i].Can) <= len(m.staff[best].Can) {
				best, reach = i, there
			}
		}
		if best >= 0 {
			who[k], m.at[best], m.busy[best] = best, s, true
		}
	}
	for k, s := range slots {
		if who[k] < 0 && !m.move(t, s, place, who, make([]bool, len(m.staff))) {
			return nil, false
		}
	}
	return who, true
}

// move finds somebody for a slot, and others for what he was at.
func (m *matching) move(t int, s slot, place map[slot]int, who []int, tried []bool) bool {
	for _, i := range m.able[s.resource] {
		if tried[i] || !m.staff[i].free(t) {
			continue
		}
		tried[i] = true
		if !m.busy[i] || m.move(t, m.at[i], place, who, tried) {
			who[place[s]], m.at[i], m.busy[i] = i, s, true
			return true
		}
	}
	return false
}

// short finds a set of resources that the people of a time can't serve together;
// nil: they can. Who is looked at for a slot that nobody can be moved to is at some
// slot already, as is everybody else who can do what these are of: those slots, and
// this one, are more than the people who can do any of them.
func (m *matching) short(t int, slots []slot) []int {
	clear(m.busy)
	place, who := make(map[slot]int, len(slots)), make([]int, len(slots))
	for k, s := range slots {
		place[s], who[k] = k, -1
	}
	for _, s := range slots {
		tried := make([]bool, len(m.staff))
		if m.move(t, s, place, who, tried) {
			continue
		}
		set := []int{s.resource}
		for i, looked := range tried {
			if looked {
				set = append(set, m.at[i].resource)
			}
		}
		slices.Sort(set)
		return slices.Compact(set)
	}
	return nil
}
