// Package kernel decides whether what a certificate says of a duty is so in every
// order in which its events can happen. It knows nothing of what a plan means: it
// is told which events there are, between which days, and what waits for what; and,
// for the days that they have in one run, who has the duty on a day. It believes no
// reasoning: it lets every order that the days and the waits leave take its course
// and compares. order.go has the orders; this file, the branches of a proof, what its
// links rest on, and one run, day by day.
package kernel

import (
	"cmp"
	"fmt"
	"slices"

	"oneboard/internal/org"
	"oneboard/internal/witness/document"
)

// A Duty is what the kernel is told of a duty.
type Duty struct {
	ID        string
	Exclusive bool
	Keys      org.Keys // that somebody must have
	Places    []string // areas in which to look at it; "" is all
	Inside    func(a, b string) bool
	Events    []Event  // that bear on it: on other days nothing changes
	AfterEnd  org.Keys // that who only keeps them by rule may have after his end
	// The second of each pair in Apart comes exactly so many days after the first.
	Apart [][2]Event
	Days  org.Date
	// Life gives the events that begin a body (0: none), end it, and let it return.
	Life func(body string) (begin Event, ends, returns []Event)
	Play func(day []org.Date) Run
}

// A Run is what becomes of a duty when each event has its day.
type Run interface {
	// Fault names a change that can't be carried out, or "".
	Fault() string
	// Must gives the days on which somebody must have the duty in a place, and
	// whether nobody had it before: else that is only not told.
	Must(place int) (days org.Interval, first bool)
	// Who has a key on a day on which somebody must. Who only assists has nothing.
	Who(place, key int, on org.Date) []Having
}

// A Having is that a body has a key in a place on a day.
type Having struct {
	Body, Mode string
	Kept       bool   // by the rule only
	By         string // the change that gave it; "" is the board
	Unable     bool   // to act
}

// A Kernel holds what is said of duties against a calendar.
type Kernel struct {
	*Calendar
	// Refuse is told each thing that is not believed: where in the document, a
	// fixed word, and pairs of a variable and its value.
	Refuse func(at, why string, args ...string)
	// Refused is how many those were.
	Refused int
}

func (k *Kernel) no(at, why string, args ...string) bool {
	k.Refused++
	k.Refuse(at, why, args...)
	return false
}

// Same refuses what is not as it must be.
func (k *Kernel) Same(at, got, want string) bool {
	return got == want || k.no(at, "differs", "Got", got, "Want", want)
}

// maxRuns bounds the runs that are looked at in one branch.
const maxRuns = 200_000

// Proof verifies what is said of a duty.
func (k *Kernel) Proof(at string, d *Duty, b *document.Branch) {
	k.branch(at, d, b, k.known(d), nil)
}

// Untold looks at every run of a duty of which nothing is said.
func (k *Kernel) Untold(at string, d *Duty) {
	k.known(d).runs(0, func(day []org.Date) bool { return k.Run(at, d, day) })
}

// Run looks at one run of a duty of which nothing is said.
func (k *Kernel) Run(at string, d *Duty, day []org.Date) bool { return k.watch(at, d, day, nil) }

// branch verifies a duty in the runs of an order; steps are the orders of two
// events that the splits above assume.
func (k *Kernel) branch(at string, d *Duty, b *document.Branch, o *order, steps [][2]string) {
	switch s := b.Split; {
	case b.Impossible && s == nil && b.Chains == nil && len(steps) > 0:
		if o != nil {
			k.no(at+"/impossible", "possible")
		}
	case o != nil && s != nil && !b.Impossible && b.Chains == nil && len(s.Events) == 2 && s.Before != nil && s.SameDay != nil && s.After != nil:
		x, y := o.row(k.Number[s.Events[0]]), o.row(k.Number[s.Events[1]])
		if x < 1 || y < 1 || x == y {
			k.no(at+"/split/events", "branch-shape")
			return
		}
		three, xy, yx := o.three(x, y), [2]string{s.Events[0], s.Events[1]}, [2]string{s.Events[1], s.Events[0]}
		k.branch(at+"/split/before", d, s.Before, three[0], append(slices.Clip(steps), xy))
		k.branch(at+"/split/same_day", d, s.SameDay, three[1], append(slices.Clip(steps), xy, yx))
		k.branch(at+"/split/after", d, s.After, three[2], append(slices.Clip(steps), yx))
	case o != nil && s == nil && !b.Impossible:
		k.chains(at+"/chains", d, b.Chains, o, steps)
	default:
		k.no(at, "branch-shape")
	}
}

// chains verifies the chains of a duty: what they say of orders, and then, in
// every run, that they say who has it and that this is as it must be.
func (k *Kernel) chains(at string, d *Duty, chains []document.Chain, o *order, steps [][2]string) {
	before, keys := k.Refused, org.AllKeys.Words()
	for i := range chains {
		k.chain(fmt.Sprintf("%s/%d", at, i), d, &chains[i], o, steps)
	}
	if k.Refused == before && !slices.IsSortedFunc(chains, func(a, b document.Chain) int {
		return cmp.Or(slices.Index(keys, a.Key)-slices.Index(keys, b.Key), cmp.Compare(a.Area, b.Area), cmp.Compare(a.Links[0].Body, b.Links[0].Body))
	}) {
		k.no(at, "unsorted")
	}
	if k.Refused > before {
		return
	}
	runs, s := 0, &saying{chains, map[mark]bool{}}
	o.runs(0, func(day []org.Date) bool {
		if runs++; runs > maxRuns {
			return k.no(at, "too-many", "Duty", d.ID)
		}
		return k.watch(at, d, day, s)
	})
	for i, c := range chains {
		for n, l := range c.Links {
			for part, said := range map[string]bool{"": true, "from": l.From != "start", "to": l.To != "forever", "kept": l.Kept != nil, "by": l.By != ""} {
				if said && !s.seen[mark{i, n, part}] && k.Refused == before {
					k.no(fmt.Sprintf("%s/%d/links/%d", at, i, n), "never", "Body", l.Body)
				}
			}
		}
	}
}

// chain verifies that the links of a chain meet, at events that bear on the duty,
// and what it says of the order of events: all that its links rest on, as it comes,
// each once, and nothing else.
func (k *Kernel) chain(at string, d *Duty, c *document.Chain, o *order, steps [][2]string) {
	var shown [][2]string
	never := func(first, then string) { // is it later
		pair := [2]string{first, then}
		if first == then || first == "start" || first == "forever" || then == "forever" || slices.Contains(shown, pair) {
			return
		}
		if len(shown) < len(c.Orders) {
			k.order(fmt.Sprintf("%s/orders/%d", at, len(shown)), pair, &c.Orders[len(shown)], o, steps)
		}
		shown = append(shown, pair)
	}
	if len(c.Links) == 0 || !slices.Contains(d.Keys.Words(), c.Key) {
		k.no(at, "not-asked", "Key", c.Key, "Area", c.Area)
	}
	for i, l := range c.Links {
		in, names, until := fmt.Sprintf("%s/links/%d", at, i), []string{l.From, l.To}, l.To
		if i > 0 && l.From != c.Links[i-1].To || l.From == "start" && l.By != "" {
			k.no(in, "gap", "From", l.From)
		}
		if l.Kept != nil {
			names = append(names, l.Kept.Since)
			if slices.Contains(d.AfterEnd.Words(), c.Key) {
				until = l.Kept.Since
			}
		}
		for _, name := range names {
			if name != "start" && name != "forever" && o.row(k.Number[name]) < 1 {
				k.no(in, "unknown", "ID", name)
			}
		}
		never(l.From, l.To)
		begin, ends, returns := d.Life(l.Body)
		if returns != nil || l.Kept != nil && until == l.From { // only the runs show when he is there
			continue
		}
		if begin > 0 && l.From != "start" {
			never(k.IDs[begin], l.From)
		}
		for _, end := range ends {
			never(until, k.IDs[end])
		}
	}
	k.Same(at+"/orders", fmt.Sprint(len(c.Orders)), fmt.Sprint(len(shown)))
}

// order verifies that an event is never later than another, as a path of waits or
// the days show.
func (k *Kernel) order(at string, pair [2]string, s *document.Order, o *order, steps [][2]string) {
	k.Same(at+"/first", s.First, pair[0])
	k.Same(at+"/then", s.Then, pair[1])
	a, b := o.row(k.Number[s.First]), o.row(k.Number[s.Then])
	switch n := len(s.Path); {
	case a > 0 && b > 0 && n > 1 && s.Calendar == nil:
		leads := s.Path[0] == s.First && s.Path[n-1] == s.Then
		for i := range n - 1 {
			x, y := s.Path[i], s.Path[i+1]
			leads = leads && (slices.Contains(k.Next[k.Number[x]], k.Number[y]) || slices.Contains(steps, [2]string{x, y}))
		}
		if !leads {
			k.no(at+"/path", "path", "First", s.First, "Then", s.Then)
		}
	case a > 0 && b > 0 && s.Path == nil && len(s.Calendar) == 2:
		latest, earliest := -o.after[a][0], o.after[0][b]
		k.Same(at+"/calendar/0", s.Calendar[0], latest.String())
		if k.Same(at+"/calendar/1", s.Calendar[1], earliest.String()); latest > earliest {
			k.no(at+"/calendar", "calendar", "First", s.First, "Then", s.Then)
		}
	default:
		k.no(at, "order-shape")
	}
}

// A saying is what chains say of a duty, and which parts of it showed in a run.
type saying struct {
	chains []document.Chain
	seen   map[mark]bool
}

// A mark is a part of a link that can be seen in a run: that it is there (""), its
// "from", its "to", from when on it is "kept", and "by" what it was given.
type mark struct {
	chain, link int
	part        string
}

// about gives the smallest area around a place of which chains of a key speak.
func (s *saying) about(d *Duty, place, key string) (area string) {
	for _, c := range s.chains {
		if c.Key == key && d.Inside(place, c.Area) && d.Inside(c.Area, area) {
			area = c.Area
		}
	}
	return area
}

// A scene is who has a key in a place on a day, and who had it on the day before
// on which anything could change.
type scene struct {
	on, before org.Date
	has, had   []Having
	told       bool // what was before
}

// like counts those that have a key as another does, whatever gave it.
func like(list []Having, a Having) (n int) {
	for _, b := range list {
		if a.Body == b.Body && a.Mode == b.Mode && a.Kept == b.Kept {
			n++
		}
	}
	return n
}

// watch looks at every key in every place of a run, as often as anything can change:
// on each day somebody must have it who is able to act, one body that is sole or
// leads, or such as are joint; and it must be as is said, if anything is.
func (k *Kernel) watch(at string, d *Duty, day []org.Date, s *saying) bool {
	no := func(at, why string, args ...string) bool { return k.no(at, why, append(args, "Duty", d.ID)...) }
	when := func(event string) org.Date {
		switch event {
		case "start": // before all days
			return org.Always
		case "forever":
			return org.Forever
		}
		return day[k.Number[event]]
	}
	run := d.Play(day)
	if change := run.Fault(); change != "" {
		return no(at, "lack", "Change", change)
	}
	for p, place := range d.Places {
		must, first := run.Must(p)
		days := []org.Date{must.From, must.To}
		for _, e := range d.Events {
			if must.Holds(day[e]) {
				days = append(days, day[e])
			}
		}
		days = slices.Compact(slices.Sorted(slices.Values(days)))
		for key, word := range org.EachKey {
			now := scene{on: org.Always}
			for i, on := range days {
				now = scene{on, now.on, nil, now.has, i > 0 || first}
				if must.Holds(on) {
					now.has = run.Who(p, key, on)
				}
				if i := slices.IndexFunc(now.has, func(h Having) bool { return h.Unable }); i >= 0 {
					return no(at, "unable", "Body", now.has[i].Body, "On", on.String())
				}
				if must.Empty() || d.Keys&word == 0 {
					continue
				}
				said, wrong := now.has, mark{link: -1}
				if s != nil {
					said, wrong = s.hold(&now, word.String(), s.about(d, place, word.String()), when)
				}
				alone := slices.ContainsFunc(said, func(h Having) bool { return h.Mode != org.Joint.String() })
				switch {
				case wrong.link >= 0:
					return no(fmt.Sprintf("%s/%d/links/%d", at, wrong.chain, wrong.link), "not-so", "Body", s.chains[wrong.chain].Links[wrong.link].Body, "On", on.String())
				case d.Exclusive && len(said) < len(now.has):
					return no(at, "unclaimed", "Key", word.String(), "Body", now.has[0].Body, "From", on.String())
				case must.Holds(on) && (len(said) == 0 || d.Exclusive && len(said) > 1 && alone):
					return no(at, "not-covered", "Key", word.String(), "On", on.String())
				}
			}
		}
	}
	return true
}

// hold holds what the chains of a key in an area say against a scene. It gives
// those of whom it is said, or the first part of a link that is wrong.
func (s *saying) hold(now *scene, key, area string, when func(event string) org.Date) (said []Having, wrong mark) {
	// what goes on before what begins: a link that says not by what takes the former
	left := slices.SortedStableFunc(slices.Values(now.has), func(a, b Having) int { return cmp.Compare(slices.Index(now.had, b), slices.Index(now.had, a)) })
	for i, c := range s.chains {
		for n, l := range c.Links {
			if c.Key != key || c.Area != area {
				break
			}
			see := func(part string) { s.seen[mark{i, n, part}] = true }
			from, to, since := when(l.From), when(l.To), org.Forever
			if l.Kept != nil {
				since = max(from, when(l.Kept.Since))
			}
			is := Having{Body: l.Body, Mode: l.Mode, Kept: now.on >= since, By: l.By}
			was := Having{Body: l.Body, Mode: l.Mode, Kept: now.before >= since}
			switch {
			case from <= now.on && now.on < to && now.has != nil:
				at := slices.Index(left, is)
				if at < 0 {
					at = slices.IndexFunc(left, func(h Having) bool { return like([]Having{h}, is) > 0 })
				}
				if at < 0 {
					return nil, mark{i, n, ""}
				}
				h := left[at]
				said, left = append(said, h), slices.Delete(left, at, at+1)
				if see(""); now.on == since || now.on > since && l.Kept.Since == "start" {
					see("kept")
				}
				if like(now.had, is) >= like(now.has, is) { // it goes on
					continue
				}
				if now.on == from {
					see("from")
				}
				if h.By == l.By {
					see("by")
				} else if now.on == from && now.told {
					return nil, mark{i, n, "by"}
				}
			case from < to && now.on == to && like(now.had, was) > like(now.has, was):
				see("to")
			}
		}
	}
	return said, mark{link: -1}
}
