package check

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// A Report is what a replay gives: the replayed units held against every
// official snapshot on the way, and every event that did not fit the state it
// came upon.
type Report struct {
	Title    string   `json:"title,omitempty"`
	Backward bool     `json:"backward"`
	From     org.Date `json:"from"`   // the day of the snapshot that it starts from
	Units    int      `json:"units"`  // in that snapshot
	Events   int      `json:"events"` // replayed; those before the start are not
	// Inferred is how many of them stand in a day whose order the source does
	// not give.
	Inferred int `json:"inferred"`
	// Ops counts the events by their kind: the source's word, or else [OpOf].
	Ops       map[string]int `json:"ops"`
	Snapshots []Compared     `json:"snapshots"` // in the order of the replay; never nil
	Broken    []Broken       `json:"broken"`    // never nil
}

// Agrees reports whether every snapshot came out exactly. Broken preconditions
// don't count by themselves: a source may contradict itself on the way and be
// right in the end.
func (r *Report) Agrees() bool {
	return !slices.ContainsFunc(r.Snapshots, func(c Compared) bool { return !c.Agrees() })
}

// Compared is one official snapshot against the units as replayed.
type Compared struct {
	Date      org.Date   `json:"date"`
	File      string     `json:"file,omitempty"`
	Expected  int        `json:"expected"` // units in the snapshot
	Got       int        `json:"got"`      // units as replayed
	Compares  []string   `json:"compares"` // besides the code: name, kind, parent
	Missing   []UnitName `json:"missing"`  // in the snapshot only; by code; never nil
	Extra     []UnitName `json:"extra"`    // replayed only; by code; never nil
	Differing []Differs  `json:"differing"`
	// Unknown counts what the snapshot gives and the replay can't know, since
	// neither the start nor any event says it.
	Unknown int `json:"unknown"`
	// Causes puts what differs together by what it comes of; never nil.
	Causes []Cause `json:"causes"`
}

// Agrees reports whether the snapshot came out exactly.
func (c *Compared) Agrees() bool {
	return c.Rows() == 0
}

// Rows counts what differs: units missing, extra, and cells that differ. One
// event that a list has late can make several; see Causes.
func (c *Compared) Rows() int { return len(c.Missing) + len(c.Extra) + len(c.Differing) }

// UnitName is a unit as people name it.
type UnitName struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// Differs is a unit that is there but not as the snapshot has it.
type Differs struct {
	Code  string `json:"code"` // or the name, of a unit without a code
	Field string `json:"field"`
	Want  string `json:"want"`
	Got   string `json:"got"`
}

// Broken is an event that did not fit the state it came upon. It was applied
// all the same.
type Broken struct {
	Event string    `json:"event"`
	Date  org.Date  `json:"date"`
	File  string    `json:"file,omitempty"`
	Line  int       `json:"line,omitempty"`
	Span  diag.Span `json:"-"`
	// What is "absent" (a unit that the event starts from is not there),
	// "occupied" (the code that it gives to a unit is another's), "differs" (the
	// unit is there, but Field is Got and not Want), "twice" (one unit is named
	// twice on one side) or "nameless" (a side without code and name).
	What  string `json:"what"`
	Code  string `json:"code"`
	Field string `json:"field,omitempty"`
	Want  string `json:"want,omitempty"`
	Got   string `json:"got,omitempty"`
	// Agrees is the judgement: with which of two readings the next snapshot
	// agrees, in all units that the event names. "event": the event happened as it
	// says; "state": it did not, and the units stayed as the replay had them;
	// "both": both come to the same; "neither". It is empty when there is no later
	// snapshot, and when later events changed the units again and the snapshot
	// does not agree with the outcome.
	Agrees string `json:"agrees,omitempty"`
}

// OpOf gives the kind of an event: the source's own word, or else what its
// sides show: establish, abolish, merge, split, recode, rename, regrade, move,
// or transfer for everything that leaves the same units or trades parts.
func OpOf(e *org.Event) string {
	if e.Op != "" {
		return e.Op
	}
	switch b, a := len(e.Before), len(e.After); {
	case b == 0:
		return "establish"
	case a == 0:
		return "abolish"
	case b > a && a == 1:
		return "merge"
	case a > b && b == 1:
		return "split"
	case a == 1 && b == 1:
		was, is := e.Before[0], e.After[0]
		differ := func(x, y string) bool { return x != y && x != "" && y != "" }
		switch {
		case was.Code != is.Code:
			return "recode"
		case differ(was.Name, is.Name):
			return "rename"
		case differ(was.Kind, is.Kind):
			return "regrade"
		case differ(was.Parent, is.Parent):
			return "move"
		}
	}
	return "transfer"
}

// Replay starts from the earliest snapshot (backward: from the latest), applies
// the events by date, and compares with every other snapshot on its day. It
// never stops: an event that does not fit is reported and applied.
//
// A unit is known by its code, or by its name where it has none. Within a day
// events go by their seq, and where they have none, in an order in which each
// finds the units it needs and free codes for those it makes; events that wait
// for each other in a circle, such as two units that trade codes, are applied
// at once. Where several orders fit, an event that leaves a unit in place goes
// before one that ends it, and then the listed order counts.
//
// What a side leaves out (name, kind, parent) stays as it was: with the same
// code, or with the other unit of a one-to-one event; kind and parent also when
// all units that the event starts from agree; a unit that returns has what it
// had. Backward, what the rows leave out and can't be derived so is taken from
// a replay forward; what they say is never replaced.
//
// The time is near linear in the number of events and units.
func Replay(h *org.History, backward bool) Report {
	r := &replay{h: h, report: Report{Title: h.Title, Ops: map[string]int{}, Snapshots: []Compared{}, Broken: []Broken{}}}
	if backward {
		forward := &replay{h: h, learned: map[int][]org.Unit{}, learnedOrder: map[org.Date][]deed{}, learning: true}
		forward.report.Ops = map[string]int{}
		forward.run()
		r.learned, r.learnedOrder, r.backward, r.report.Backward = forward.learned, forward.learnedOrder, true, true
	}
	r.run()
	return r.report
}

// unitKey is what a unit is known by: its code, or a NUL, which no table can
// hold, and its name.
type unitKey string

func keyOf(u org.Unit) unitKey {
	if u.Code != "" || u.Name == "" {
		return unitKey(u.Code)
	}
	return unitKey("\x00" + u.Name)
}

func (k unitKey) String() string { return strings.TrimPrefix(string(k), "\x00") }

// replay is one run over a history, one way.
type replay struct {
	h        *org.History
	backward bool
	report   Report
	units    map[unitKey]org.Unit // in force
	ended    map[unitKey]org.Unit // the last state of those that are not

	// learned has, by event, its before side with everything filled in, and
	// learnedOrder, by day, what was applied one after the other, by event, where
	// all fitted. They are written by a run forward when learning, and read by a
	// run backward.
	learned      map[int][]org.Unit
	learnedOrder map[org.Date][]deed
	learning     bool

	// listed are the units in force as the last snapshot was compared with them;
	// touched are those that have changed since. Snapshots are compared by going
	// along two lists, since looking a whole country up takes longer than
	// replaying it.
	listed, spare []listedUnit
	touched       []unitKey

	naming map[unitKey][]int // see eventsOf

	journal []undo  // of the day's attempt
	doubts  []doubt // that no snapshot has judged yet

	// traced, when not nil, is told each day's steps in the order in which they
	// were applied at last.
	traced func(steps []step, order []applied)
}

// listedUnit is what is compared of a unit in force.
type listedUnit struct {
	key                unitKey
	named, kind, under string
}

func listing(key unitKey, u *org.Unit) listedUnit { return listedUnit{key, u.Name, u.Kind, u.Parent} }

func (l *listedUnit) name() UnitName {
	if strings.HasPrefix(string(l.key), "\x00") {
		return UnitName{Name: l.named}
	}
	return UnitName{string(l.key), l.named}
}

func (l *listedUnit) field(f string) *string {
	switch f {
	case "name":
		return &l.named
	case "kind":
		return &l.kind
	}
	return &l.under
}

// refreshed gives the units in force by key.
func (r *replay) refreshed() []listedUnit {
	if r.listed == nil {
		r.listed = make([]listedUnit, 0, len(r.units))
		for key, u := range r.units {
			r.listed = append(r.listed, listing(key, &u))
		}
		slices.SortFunc(r.listed, func(a, b listedUnit) int { return strings.Compare(string(a.key), string(b.key)) })
		r.touched = nil
	}
	if len(r.touched) == 0 {
		return r.listed
	}
	slices.Sort(r.touched)
	r.touched = slices.Compact(r.touched)
	out, from := r.spare[:0], 0
	for _, key := range r.touched {
		to := from
		n, there := slices.BinarySearchFunc(r.listed[from:], key, func(l listedUnit, key unitKey) int { return strings.Compare(string(l.key), string(key)) })
		to += n
		out = append(out, r.listed[from:to]...)
		if from = to; there {
			from++
		}
		if u, ok := r.units[key]; ok {
			out = append(out, listing(key, &u))
		}
	}
	out = append(out, r.listed[from:]...)
	r.listed, r.spare = out, r.listed
	r.touched = r.touched[:0]
	return r.listed
}

// applied are the steps that were applied at once, and the units that they made
// in the order of the steps and their makes.
type applied struct {
	steps []int
	made  []org.Unit
}

// doubt is an event that did not fit, until the next snapshot tells which
// reading is the better one.
type doubt struct {
	broken, until int // its places in Report.Broken
	keys          []unitKey
	state, event  []org.Unit // by key, without and with the event; zero: not there
}

// undo brings back what a unit was before an attempt at a day.
type undo struct {
	key           unitKey
	was, wasEnded org.Unit
	had, hadEnded bool
}

func (r *replay) run() {
	snapshots := make([]*org.Snapshot, len(r.h.Snapshots))
	for i := range r.h.Snapshots {
		snapshots[i] = &r.h.Snapshots[i]
	}
	order := make([]int, len(r.h.Events))
	for i := range order {
		order[i] = i
	}
	sign := 1
	if r.backward {
		sign = -1
	}
	slices.SortStableFunc(snapshots, func(a, b *org.Snapshot) int { return sign * cmp.Compare(a.Date, b.Date) })
	slices.SortStableFunc(order, func(a, b int) int { return sign * cmp.Compare(r.h.Events[a].Date, r.h.Events[b].Date) })

	r.units, r.ended = map[unitKey]org.Unit{}, map[unitKey]org.Unit{}
	var start *org.Snapshot
	if len(snapshots) > 0 {
		start, snapshots = snapshots[0], snapshots[1:]
		r.report.From, r.report.Units = start.Date, len(start.Units)
		r.units = make(map[unitKey]org.Unit, len(start.Units)+len(start.Units)/8)
		for _, u := range start.Units {
			r.units[keyOf(u)] = u
		}
	} else {
		r.report.From = org.NoDate
	}
	for i := 0; i < len(order); {
		date := r.h.Events[order[i]].Date
		j := i
		for j < len(order) && r.h.Events[order[j]].Date == date {
			j++
		}
		// the state of a snapshot's day has the events of that day in it
		for len(snapshots) > 0 && (!r.backward && snapshots[0].Date < date || r.backward && snapshots[0].Date >= date) {
			r.compare(start, snapshots[0])
			snapshots = snapshots[1:]
		}
		if start == nil || !r.backward && date > start.Date || r.backward && date <= start.Date {
			r.report.Events += j - i
			r.day(order[i:j])
		}
		i = j
	}
	for _, s := range snapshots {
		r.compare(start, s)
	}
}

var allFields = []string{"name", "kind", "parent"}

func fieldOf(u *org.Unit, field string) *string {
	switch field {
	case "name":
		return &u.Name
	case "kind":
		return &u.Kind
	}
	return &u.Parent
}

// compares tells what a snapshot gives besides the code.
func (r *replay) compares(s *org.Snapshot) []string {
	switch {
	case s.Compares != nil:
		return s.Compares
	case r.h.Compares != nil:
		return r.h.Compares
	}
	return allFields
}

// compare holds the units as replayed against a snapshot. A field that the
// start did not give can't be asked of the replay.
func (r *replay) compare(start, s *org.Snapshot) {
	if r.traced != nil { // nobody asks how it comes out
		return
	}
	if r.learning { // that report is not asked for
		return
	}
	c := Compared{Date: s.Date, Expected: len(s.Units), Got: len(r.units),
		Compares: []string{}, Missing: []UnitName{}, Extra: []UnitName{}, Differing: []Differs{}}
	if s.Source != nil {
		c.File = s.Source.Name
	}
	for _, f := range allFields {
		if slices.Contains(r.compares(s), f) && slices.Contains(r.compares(start), f) {
			c.Compares = append(c.Compares, f)
		}
	}
	listed := r.refreshed()
	keys := make([]unitKey, len(s.Units))
	for i := range s.Units {
		keys[i] = keyOf(s.Units[i])
	}
	if !c.along(s.Units, keys, nil, listed) { // the snapshot does not go by key
		order := make([]int, len(keys))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int { return strings.Compare(string(keys[a]), string(keys[b])) })
		c.along(s.Units, keys, order, listed)
	}
	r.judge(s, c.Compares)
	byName := func(a, b UnitName) int { return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Name, b.Name)) }
	slices.SortFunc(c.Missing, byName)
	slices.SortFunc(c.Extra, byName)
	slices.SortFunc(c.Differing, func(a, b Differs) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Field, b.Field))
	})
	c.Causes = []Cause{}
	if !c.Agrees() {
		c.Causes = r.causes(&c)
	}
	if n := len(r.report.Snapshots); n > 0 && len(r.report.Snapshots[n-1].Causes) > 0 {
		r.settle(&r.report.Snapshots[n-1], &c)
	}
	r.report.Snapshots = append(r.report.Snapshots, c)
}

// along holds a snapshot against the units in force, both by key; false, with
// nothing found, when no order is given and the keys do not rise as they stand.
func (c *Compared) along(units []org.Unit, keys []unitKey, order []int, listed []listedUnit) bool {
	at := 0
	for n := range keys {
		i := n
		if order != nil {
			i = order[n]
		}
		key, last := keys[i], unitKey("") // the key before it
		if at > 0 {
			last = listed[at-1].key
		}
		switch {
		case at < len(listed) && listed[at].key == key: // nearly always
		case order != nil && n > 0 && keys[order[n-1]] == key: // a unit that stands twice
			if last != key {
				c.Missing = append(c.Missing, UnitName{units[i].Code, units[i].Name})
				continue
			}
			at--
		case order == nil && n > 0 && keys[n-1] >= key:
			c.Missing, c.Extra, c.Differing, c.Unknown = c.Missing[:0], c.Extra[:0], c.Differing[:0], 0
			return false
		default:
			for ; at < len(listed) && listed[at].key < key; at++ {
				c.Extra = append(c.Extra, listed[at].name())
			}
			if at == len(listed) || listed[at].key != key {
				c.Missing = append(c.Missing, UnitName{units[i].Code, units[i].Name})
				continue
			}
		}
		for _, f := range c.Compares {
			switch w, g := *fieldOf(&units[i], f), *listed[at].field(f); {
			case w == g || w == "":
			case g == "":
				c.Unknown++
			default:
				c.Differing = append(c.Differing, Differs{key.String(), f, w, g})
			}
		}
		at++
	}
	for ; at < len(listed); at++ {
		c.Extra = append(c.Extra, listed[at].name())
	}
	return true
}

// judge tells of every event in doubt with which reading a snapshot agrees.
func (r *replay) judge(s *org.Snapshot, compares []string) {
	if len(r.doubts) == 0 {
		return
	}
	official := map[unitKey]*org.Unit{}
	for _, d := range r.doubts {
		for _, key := range d.keys {
			official[key] = nil
		}
	}
	for i := range s.Units {
		if key := keyOf(s.Units[i]); len(official) > 0 {
			if _, asked := official[key]; asked {
				official[key] = &s.Units[i]
			}
		}
	}
	agrees := func(key unitKey, u org.Unit) bool {
		want := official[key]
		if want == nil || u == (org.Unit{}) {
			return want == nil && u == (org.Unit{})
		}
		return !slices.ContainsFunc(compares, func(f string) bool {
			w, g := *fieldOf(want, f), *fieldOf(&u, f)
			return w != g && w != ""
		})
	}
	for _, d := range r.doubts {
		now, event, state, untouched := true, true, true, true
		for i, key := range d.keys {
			unit := r.units[key]
			untouched = untouched && unit == d.event[i]
			now = now && agrees(key, unit)
			event = event && agrees(key, d.event[i])
			state = state && agrees(key, d.state[i])
		}
		verdict := ""
		switch {
		case !untouched:
			if now {
				verdict = "event"
			}
		case event && state:
			verdict = "both"
		case event:
			verdict = "event"
		case state:
			verdict = "state"
		default:
			verdict = "neither"
		}
		for i := d.broken; i < d.until; i++ {
			r.report.Broken[i].Agrees = verdict
		}
	}
	r.doubts = r.doubts[:0]
}

// A step is one event of a day, in the direction of the replay: it takes the
// units of needs and leaves those of makes.
type step struct {
	event        *org.Event
	index        int // of the event in the history
	needs, makes []org.Unit
	need, make   []unitKey
	seq          int // place among the ordered events of the day, from 0; -1: not ordered
	done, queued bool
}

func (s *step) keeps(key unitKey) bool { return slices.Contains(s.make, key) }

// day is the events of one day while they are being put in order.
type day struct {
	*replay
	steps     []step
	by        map[unitKey][]int // the steps that name a unit, on either side
	asleep    map[unitKey]int   // how many steps that name a unit wait for a change
	queue     []int
	later     []int // ready, but better after others
	turn      int   // the seq that may go now
	inTurn    []int // how many steps of each seq are left
	broken    []Broken
	doubts    []doubt
	order     []applied // kept only for traced
	searching bool      // steps are applied on trial, and none waits for another
	books     bool      // the search may go by books that balance
	loose     bool      // by books of which some row does not say all: what it leaves out is a guess
	deeds     []deed    // what was applied, kept when searching and when learning
}

// attempts is how many orders are tried on a day for the events that no search
// finds an order for. The orders of a day of more than manySteps are not tried
// again, and a search gives up after searchSteps.
const (
	attempts    = 8
	manySteps   = 200
	searchSteps = 20_000
)

// looks is how many steps that name the same unit are asked where the answer
// only makes a choice better: a unit that thousands name on one day must not
// make the replay quadratic.
const looks = 200

func (r *replay) day(events []int) {
	steps := make([]step, len(events))
	var faults []Broken
	for i, index := range events {
		steps[i] = r.step(index, &faults)
		r.report.Ops[OpOf(steps[i].event)]++
	}
	turns := seqs(steps, r.backward)
	inferred := 0
	for _, s := range steps {
		if len(steps) > 1 && s.seq < 0 {
			inferred++
		}
	}
	r.report.Inferred += inferred
	by := make(map[unitKey][]int, 2*len(steps))
	for i := range steps {
		for _, k := range steps[i].need {
			by[k] = append(by[k], i)
		}
		for _, k := range steps[i].make {
			if !slices.Contains(steps[i].need, k) {
				by[k] = append(by[k], i)
			}
		}
	}
	// the first attempt goes by the listed order. When that leaves something that
	// does not fit, orders are searched for; what no search solves goes by the
	// listed order again, by its reverse, then by orders drawn anew: always the
	// same ones
	best, bestOrder := -1, []int(nil)
	order := make([]int, len(steps))
	for i := range order {
		order[i] = i
	}
	var solved []deed
	dice := rand.New(rand.NewPCG(1, uint64(len(steps))))
	for n := 0; ; n++ {
		last := n == attempts || len(steps) == 1 || len(steps) > manySteps || n > 1 && inferred < 2
		if last && best >= 0 {
			copy(order, bestOrder)
		}
		for i := range steps {
			steps[i].done, steps[i].queued = false, false
		}
		d := &day{replay: r, steps: steps, by: by, asleep: map[unitKey]int{}, inTurn: slices.Clone(turns)}
		r.journal = r.journal[:0]
		switch {
		case n == 0 && r.backward:
			if !d.reverse(r.learnedOrder[steps[0].event.Date]) {
				r.rewind(0)
				for i := range steps {
					steps[i].done = false
				}
				d = &day{replay: r, steps: steps, by: by, asleep: map[unitKey]int{}, inTurn: slices.Clone(turns)}
			}
		case n == 1:
			solved = d.searchAll()
		default:
			d.redo(solved)
		}
		d.play(slices.DeleteFunc(slices.Clone(order), func(i int) bool { return steps[i].done }))
		if len(d.broken) == 0 && (!d.loose || n > 0) || last {
			r.report.Broken = append(r.report.Broken, faults...)
			for _, doubt := range d.doubts {
				doubt.broken, doubt.until = doubt.broken+len(r.report.Broken), doubt.until+len(r.report.Broken)
				r.doubts = append(r.doubts, doubt)
			}
			r.report.Broken = append(r.report.Broken, d.broken...)
			if r.listed != nil {
				for i := range r.journal {
					r.touched = append(r.touched, r.journal[i].key)
				}
			}
			if r.traced != nil {
				r.traced(steps, d.order)
			}
			if r.learning && len(d.broken) == 0 && len(steps) > 1 {
				for _, deed := range d.deeds {
					for i, n := range deed.steps {
						deed.steps[i] = steps[n].index
					}
				}
				r.learnedOrder[steps[0].event.Date] = d.deeds
			}
			return
		}
		if n > 0 && (best < 0 || len(d.broken) < best) {
			best, bestOrder = len(d.broken), slices.Clone(order)
		}
		r.rewind(0)
		switch n {
		case 0: // the search, then the same order for the rest
		case 1:
			slices.Reverse(order)
		default:
			dice.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		}
	}
}

// A deed is what was applied at once. Of one whose books balance, no order of
// its steps is the right one.
type deed struct {
	steps    []int
	balanced bool
}

// searchAll looks for an order of each group of steps that name a unit in
// common, and leaves what it found applied. It tells what it applied.
func (d *day) searchAll() (solved []deed) {
	group := map[int][]int{} // by its first step
	in := make([]int, len(d.steps))
	for i := range in {
		in[i] = i
	}
	first := func(i int) int {
		for in[i] != i {
			in[i] = in[in[i]]
			i = in[i]
		}
		return i
	}
	for _, list := range d.by {
		for _, i := range list[1:] {
			a, b := first(list[0]), first(i)
			in[max(a, b)] = min(a, b)
		}
	}
	for i := range d.steps {
		group[first(i)] = append(group[first(i)], i)
	}
	d.searching = true
	turns, turn := d.inTurn, d.turn
	for i := range d.steps {
		g := group[i]
		if g == nil {
			continue
		}
		// the order that the source gives matters among those that meet
		d.turn, d.inTurn = 0, make([]int, len(turns))
		for _, j := range g {
			if seq := d.steps[j].seq; seq >= 0 {
				d.inTurn[seq]++
			}
		}
		d.skipTurns()
		var keys []unitKey // what an outcome depends on, with the steps that are left
		for _, j := range g {
			keys = append(append(keys, d.steps[j].need...), d.steps[j].make...)
		}
		slices.Sort(keys)
		keys = slices.Compact(keys)
		for _, d.books = range [2]bool{false, true} { // by books only what has no order
			budget := searchSteps
			if d.search(g, keys, map[string]bool{}, &budget) {
				break
			}
		}
	}
	d.searching = false
	d.turn, d.inTurn = turn, turns
	for _, deed := range d.deeds {
		for _, i := range deed.steps {
			d.countTurn(&d.steps[i])
		}
	}
	d.skipTurns()
	return d.deeds
}

// reverse applies a day backward in the order in which it went forward; false
// when something does not fit, and the order has to be found anew.
func (d *day) reverse(deeds []deed) bool {
	at := map[int]int{} // the steps by their events
	for i := range d.steps {
		at[d.steps[i].index] = i
	}
	d.searching = true
	for _, forward := range slices.Backward(deeds) {
		steps := make([]int, len(forward.steps))
		for i, event := range forward.steps {
			steps[i] = at[event]
		}
		switch {
		case forward.balanced:
			if d.balance(steps) < len(steps) {
				return false
			}
		case len(steps) > 1:
			if d.circles(steps) < len(steps) {
				return false
			}
		case !d.ready(&d.steps[steps[0]]):
			return false
		default:
			d.apply(steps[0])
		}
	}
	d.searching, d.loose = false, false
	return true
}

// redo applies what a search found.
func (d *day) redo(solved []deed) {
	d.searching = true
	for _, deed := range solved {
		if deed.balanced {
			d.balance(deed.steps)
		} else {
			d.apply(deed.steps...)
		}
	}
	d.searching = false
}

// search applies the steps of a group in an order in which all fit, if it finds
// one; otherwise everything is as it was.
func (d *day) search(group []int, keys []unitKey, hopeless map[string]bool, budget *int) bool {
	var rest, first, second []int
	for _, i := range group {
		if s := &d.steps[i]; !s.done {
			rest = append(rest, i)
			if d.ready(s) {
				if d.better(i) {
					second = append(second, i)
				} else {
					first = append(first, i)
				}
			}
		}
	}
	if len(rest) == 0 {
		return true
	}
	left := bitsOf(rest)
	for _, key := range keys { // two orders of the same steps can leave other names
		u := d.units[key]
		left = append(append(append(append(append(append(left, 0), u.Name...), 0), u.Kind...), 0), u.Parent...)
	}
	here := string(left)
	if *budget -= len(rest); *budget < 0 || hopeless[here] {
		return false
	}
	mark := struct {
		journal, deeds, order, turn int
		inTurn                      []int
	}{len(d.journal), len(d.deeds), len(d.order), d.turn, slices.Clone(d.inTurn)}
	back := func() {
		for _, deed := range d.deeds[mark.deeds:] {
			for _, i := range deed.steps {
				d.steps[i].done = false
			}
		}
		d.rewind(mark.journal)
		d.deeds, d.order, d.turn = d.deeds[:mark.deeds], d.order[:mark.order], mark.turn
		copy(d.inTurn, mark.inTurn)
	}
	for _, i := range append(first, second...) {
		d.apply(i)
		if d.search(group, keys, hopeless, budget) {
			return true
		}
		back()
	}
	if d.circles(rest) > 0 {
		if d.search(group, keys, hopeless, budget) {
			return true
		}
		back()
	}
	if d.books && d.balance(rest) > 0 {
		if d.search(group, keys, hopeless, budget) {
			return true
		}
		back()
	}
	hopeless[here] = true
	return false
}

// bitsOf writes small numbers as a set.
func bitsOf(numbers []int) (bits []byte) {
	for _, n := range numbers {
		for n/8 >= len(bits) {
			bits = append(bits, 0)
		}
		bits[n/8] |= 1 << (n % 8)
	}
	return bits
}

// step turns an event into the direction of the replay and takes out what is no
// unit or a unit twice.
func (r *replay) step(index int, faults *[]Broken) step {
	e := &r.h.Events[index]
	s := step{event: e, index: index, seq: -1}
	side := func(units []org.Unit) ([]org.Unit, []unitKey) {
		keys := make([]unitKey, 0, len(units))
		kept := units[:0:0]
		var seen map[unitKey]bool // only for sides that are long enough to need one
		if len(units) > 8 {
			seen = make(map[unitKey]bool, len(units))
		}
		for _, u := range units {
			key := keyOf(u)
			what := ""
			if key == "" {
				what = "nameless"
			} else if seen[key] || seen == nil && slices.Contains(keys, key) {
				what = "twice"
			}
			if what != "" {
				*faults = append(*faults, brokenAt(e, u, what))
				continue
			}
			if seen != nil {
				seen[key] = true
			}
			keys, kept = append(keys, key), append(kept, u)
		}
		return kept, keys
	}
	s.needs, s.need = side(e.Before)
	s.makes, s.make = side(e.After)
	if r.backward {
		if full, ok := r.learned[index]; ok {
			s.needs = full // the same units, with everything filled in
		}
		s.needs, s.need, s.makes, s.make = s.makes, s.make, s.needs, s.need
	}
	return s
}

func brokenAt(e *org.Event, u org.Unit, what string) Broken {
	span := u.At
	if span.IsZero() {
		span = e.At
	}
	line, _ := span.Position()
	return Broken{Event: e.ID, Date: e.Date, File: span.File(), Line: line, Span: span, What: what, Code: keyOf(u).String()}
}

// seqs numbers the ordered steps by their turn and counts the steps of each.
func seqs(steps []step, backward bool) (turns []int) {
	var given []int
	for _, s := range steps {
		if s.event.Ordered {
			given = append(given, s.event.Seq)
		}
	}
	slices.Sort(given)
	given = slices.Compact(given)
	if backward {
		slices.Reverse(given)
	}
	place := make(map[int]int, len(given))
	for i, seq := range given {
		place[seq] = i
	}
	turns = make([]int, len(given))
	for i := range steps {
		if s := &steps[i]; s.event.Ordered {
			s.seq = place[s.event.Seq]
			turns[s.seq]++
		}
	}
	return turns
}

// play applies all steps of the day, those that fit first.
func (d *day) play(order []int) {
	left := len(order)
	d.queue = order
	for _, i := range order {
		d.steps[i].queued = true
	}
	for {
		left -= d.greedy()
		if left == 0 {
			return
		}
		var rest []int
		for _, i := range order {
			if !d.steps[i].done {
				rest = append(rest, i)
			}
		}
		n := d.circles(rest)
		if n == 0 {
			n = d.balance(rest)
		}
		if n == 0 {
			n = d.force(rest)
		}
		left -= n
	}
}

// greedy applies steps as long as one is ready and tells how many.
func (d *day) greedy() (n int) {
	queue := d.queue
	for len(queue) > 0 || len(d.later) > 0 {
		late := len(queue) == 0
		if late {
			queue, d.later = d.later[:1:1], d.later[1:]
		}
		i := queue[0]
		queue = queue[1:]
		s := &d.steps[i]
		if s.done {
			continue
		}
		if !d.ready(s) {
			s.queued = false
			d.sleep(s, 1)
			continue
		}
		if !late && d.better(i) {
			d.later = append(d.later, i)
			continue
		}
		d.queue = queue
		d.apply(i)
		queue = d.queue
		n++
	}
	d.queue = nil
	return n
}

func (d *day) inOrder(s *step) bool { return s.seq < 0 || s.seq == d.turn }

// ready reports whether a step finds what it needs and room for what it makes.
func (d *day) ready(s *step) bool {
	if !d.inOrder(s) {
		return false
	}
	for i := range s.needs {
		if !d.finds(s, i) {
			return false
		}
	}
	for _, key := range s.make {
		if _, taken := d.units[key]; taken && !slices.Contains(s.need, key) {
			return false
		}
	}
	return true
}

// finds reports whether the i-th unit that a step needs is there as it needs it.
func (d *day) finds(s *step, i int) bool {
	got, ok := d.units[s.need[i]]
	return ok && fits(&s.needs[i], &got)
}

// fits reports whether a unit is as a row has it; what either does not say
// fits.
func fits(want, got *org.Unit) bool {
	same := func(w, g string) bool { return w == g || w == "" || g == "" }
	return same(want.Name, got.Name) && same(want.Kind, got.Kind) && same(want.Parent, got.Parent)
}

func firstOf(steps []int) []int { return steps[:min(len(steps), looks)] }

// better reports whether a ready step is better after others: it takes away a
// state of a unit that another one of the day has yet to act on and leaves as it
// is, or it ends a unit that another one leaves in place, or it makes one that
// stays while another one makes the same for a step that is waiting for it.
func (d *day) better(i int) bool {
	s := &d.steps[i]
	for m, key := range s.need {
		stays := slices.Index(s.make, key)
		for _, j := range firstOf(d.by[key]) {
			o := &d.steps[j]
			if j == i || o.done || o.seq > s.seq && s.seq >= 0 {
				continue
			}
			left := slices.Index(o.make, key)
			n := slices.Index(o.need, key)
			if left < 0 || n < 0 || !d.finds(o, n) {
				continue
			}
			if stays < 0 || !fits(&o.needs[n], &s.makes[stays]) && fits(&s.needs[m], &o.makes[left]) {
				return true
			}
		}
	}
	for n, key := range s.make {
		if slices.Contains(s.need, key) {
			continue
		}
		used, wanted, other := false, false, false
		for _, j := range firstOf(d.by[key]) {
			o := &d.steps[j]
			if j == i || o.done || o.seq > s.seq && s.seq >= 0 {
				continue
			}
			if m := slices.Index(o.need, key); m < 0 {
				other = true
			} else if fits(&o.needs[m], &s.makes[n]) {
				used = true
				break
			} else {
				wanted = true
			}
		}
		if !used && wanted && other {
			return true
		}
	}
	return false
}

// apply takes the needs away, puts the makes in, and wakes the steps that name
// any of them.
func (d *day) apply(indices ...int) {
	type put struct {
		key  unitKey
		unit org.Unit
	}
	var puts []put
	for _, i := range indices {
		s := &d.steps[i]
		was := make([]org.Unit, len(s.needs))
		for j, key := range s.need {
			was[j] = s.needs[j]
			if got, ok := d.units[key]; ok {
				was[j] = filled(s.needs[j], got)
			}
		}
		if d.learning {
			d.learned[s.index] = was
		}
		for j := range s.makes {
			puts = append(puts, put{s.make[j], d.made(s, j, was)})
		}
	}
	for _, i := range indices {
		for _, key := range d.steps[i].need {
			d.note(key)
			if u, ok := d.units[key]; ok {
				d.ended[key] = u
				delete(d.units, key)
			}
		}
	}
	for _, p := range puts {
		d.note(p.key)
		d.units[p.key] = p.unit
	}
	if d.traced != nil {
		one := applied{steps: slices.Clone(indices)}
		for _, p := range puts {
			one.made = append(one.made, p.unit)
		}
		d.order = append(d.order, one)
	}
	if d.searching || d.learning {
		d.deeds = append(d.deeds, deed{steps: slices.Clone(indices)})
	}
	for _, i := range indices {
		s := &d.steps[i]
		s.done = true
		d.countTurn(s)
		if d.searching {
			continue
		}
		if !s.queued { // applied with others, or by force
			d.sleep(s, -1)
		}
		for _, key := range s.need {
			d.wake(key)
		}
		for _, key := range s.make {
			d.wake(key)
		}
	}
	if d.skipTurns() && !d.searching {
		for i := range d.steps {
			if d.steps[i].seq == d.turn {
				d.rouse(i)
			}
		}
	}
}

// countTurn counts a step out of those of its place in the day.
func (d *day) countTurn(s *step) {
	if s.seq >= 0 {
		d.inTurn[s.seq]--
	}
}

// skipTurns goes on to the first place in the day of which a step is left.
func (d *day) skipTurns() (turned bool) {
	for d.turn < len(d.inTurn) && d.inTurn[d.turn] == 0 {
		d.turn, turned = d.turn+1, true
	}
	return turned
}

// sleep counts a step in (1) or out (-1) of those that wait for a change.
func (d *day) sleep(s *step, n int) {
	for _, key := range s.need {
		d.asleep[key] += n
	}
	for _, key := range s.make {
		d.asleep[key] += n
	}
}

// rouse has a step that waits looked at again.
func (d *day) rouse(i int) {
	if s := &d.steps[i]; !s.done && !s.queued {
		s.queued = true
		d.sleep(s, -1)
		d.queue = append(d.queue, i)
	}
}

// wake has the steps that name a unit looked at again.
func (d *day) wake(key unitKey) {
	if d.asleep[key] == 0 {
		return
	}
	for _, i := range d.by[key] {
		d.rouse(i)
	}
}

// filled gives a row's unit with what it leaves out from the unit as it is.
func filled(row, got org.Unit) org.Unit {
	row.Name = cmp.Or(row.Name, got.Name)
	row.Kind = cmp.Or(row.Kind, got.Kind)
	row.Parent = cmp.Or(row.Parent, got.Parent)
	return row
}

// made gives the j-th unit that a step makes out of the units it took.
func (d *day) made(s *step, j int, was []org.Unit) org.Unit {
	u := s.makes[j]
	if u.Name != "" && u.Kind != "" && u.Parent != "" {
		return u
	}
	if i := slices.Index(s.need, s.make[j]); i >= 0 {
		return filled(u, d.passed(s, i, was))
	}
	if len(was) == 1 && len(s.makes) == 1 {
		return filled(u, d.passed(s, 0, was))
	}
	if len(was) == 0 {
		old, ok := d.ended[s.make[j]]
		if ok && !d.backward && (s.event.Op == "" || s.event.Op == "restore") && (u.Name == "" || u.Name == old.Name) {
			return filled(u, old)
		}
		return u
	}
	if d.backward { // what is common to those that came of it need not be its own
		return u
	}
	common := org.Unit{Kind: was[0].Kind, Parent: was[0].Parent}
	for _, w := range was {
		if w.Kind != common.Kind {
			common.Kind = ""
		}
		if w.Parent != common.Parent {
			common.Parent = ""
		}
	}
	return filled(u, common)
}

// passed is what a unit that a step took hands on: forward all that it was,
// backward only what the row did not say anew.
func (d *day) passed(s *step, i int, was []org.Unit) org.Unit {
	u := was[i]
	if d.backward {
		for _, f := range allFields {
			if *fieldOf(&s.needs[i], f) != "" {
				*fieldOf(&u, f) = ""
			}
		}
	}
	return u
}

func (r *replay) note(key unitKey) {
	was, had := r.units[key]
	wasEnded, hadEnded := r.ended[key]
	r.journal = append(r.journal, undo{key, was, wasEnded, had, hadEnded})
}

// rewind takes back what an attempt at a day did since the journal was so long.
func (r *replay) rewind(mark int) {
	for _, u := range slices.Backward(r.journal[mark:]) {
		if u.had {
			r.units[u.key] = u.was
		} else {
			delete(r.units, u.key)
		}
		if u.hadEnded {
			r.ended[u.key] = u.wasEnded
		} else {
			delete(r.ended, u.key)
		}
	}
	r.journal = r.journal[:mark]
}

// circles finds steps that wait for each other to give up a code, applies each
// circle at once, and tells how many steps that were. A step can be in one when
// it finds all it needs and every code that is in its way belongs to a unit
// that another such step ends.
func (d *day) circles(rest []int) (n int) {
	inWay := map[int][]unitKey{} // of the steps that may be in a circle
	for _, i := range rest {
		s := &d.steps[i]
		fine := d.inOrder(s)
		for j := range s.needs {
			fine = fine && d.finds(s, j)
		}
		if !fine {
			continue
		}
		blocked := []unitKey{}
		for _, key := range s.make {
			if _, taken := d.units[key]; taken && !slices.Contains(s.need, key) {
				blocked = append(blocked, key)
			}
		}
		inWay[i] = blocked
	}
	// who clears the way: the first step, in listed order, that ends the unit
	passed := map[unitKey]int{} // those before this place can't, and never will
	clears := func(key unitKey) int {
		steps := d.by[key]
		for ; passed[key] < len(steps); passed[key]++ {
			j := steps[passed[key]]
			if s := &d.steps[j]; !s.done && slices.Contains(s.need, key) && !s.keeps(key) {
				if _, can := inWay[j]; can {
					return j
				}
			}
		}
		return -1
	}
	doubtful := slices.Clone(rest)
	for len(doubtful) > 0 {
		i := doubtful[len(doubtful)-1]
		doubtful = doubtful[:len(doubtful)-1]
		blocked, can := inWay[i]
		if !can || !slices.ContainsFunc(blocked, func(key unitKey) bool { return clears(key) < 0 }) {
			continue
		}
		delete(inWay, i)
		for _, key := range d.steps[i].need {
			for _, j := range d.by[key] {
				if slices.Contains(inWay[j], key) {
					doubtful = append(doubtful, j)
				}
			}
		}
	}
	// every step that is left leads to a circle: walk on until one is met twice
	seen := map[int]int{}
	for _, i := range rest {
		if _, can := inWay[i]; !can || d.steps[i].done || seen[i] != 0 {
			continue
		}
		at := i
		for seen[at] == 0 && !d.steps[at].done && len(inWay[at]) > 0 {
			seen[at] = i + 1
			at = clears(inWay[at][0])
			if at < 0 {
				break
			}
		}
		if at < 0 || seen[at] != i+1 || d.steps[at].done {
			continue
		}
		// the circle, and whatever else must move for its steps
		circle, in := []int{at}, map[int]bool{at: true}
		for k := 0; k < len(circle); k++ {
			for _, key := range inWay[circle[k]] {
				if j := clears(key); j < 0 {
					circle = nil
				} else if !in[j] {
					in[j] = true
					circle = append(circle, j)
				}
			}
		}
		if len(circle) == 0 || !d.disjoint(circle) || n > 0 && !d.together(circle) {
			continue
		}
		slices.Sort(circle)
		d.apply(circle...)
		n += len(circle)
	}
	return n
}

// together reports whether steps that wait for each other still find what they
// need, after another circle was applied, and make room for each other.
func (d *day) together(steps []int) bool {
	ends := map[unitKey]bool{}
	for _, i := range steps {
		s := &d.steps[i]
		for j, key := range s.need {
			if !d.finds(s, j) {
				return false
			}
			ends[key] = true
		}
	}
	for _, i := range steps {
		for _, key := range d.steps[i].make {
			if _, taken := d.units[key]; taken && !ends[key] {
				return false
			}
		}
	}
	return true
}

// disjoint reports whether no two steps need, and no two make, the same unit.
func (d *day) disjoint(steps []int) bool {
	need, made := map[unitKey]bool{}, map[unitKey]bool{}
	for _, i := range steps {
		for _, k := range d.steps[i].need {
			if need[k] {
				return false
			}
			need[k] = true
		}
		for _, k := range d.steps[i].make {
			if made[k] {
				return false
			}
			made[k] = true
		}
	}
	return true
}

// balance applies at once every group of steps (those that name a unit in
// common) whose books balance, and tells how many steps that were: each state
// that is needed is there or is made, and at most one is left of each unit. Then
// the outcome is the same in whatever order they happened.
func (d *day) balance(rest []int) (n int) {
	grouped := map[int]bool{}
	for _, i := range rest {
		if grouped[i] {
			continue
		}
		grouped[i] = true
		group := []int{i}
		left := map[org.Unit]int{} // how many there are of each state
		keys := map[unitKey]bool{}
		taken := map[unitKey]bool{} // units in force that a step can start from
		for k := 0; k < len(group); k++ {
			s := &d.steps[group[k]]
			for _, side := range [2][]unitKey{s.need, s.make} {
				for _, key := range side {
					if keys[key] {
						continue
					}
					keys[key] = true
					for _, j := range d.by[key] {
						if !d.steps[j].done && !grouped[j] {
							grouped[j] = true
							group = append(group, j)
						}
					}
				}
			}
			for i, u := range s.needs {
				left[bareUnit(u)]--
				taken[s.need[i]] = taken[s.need[i]] || d.finds(s, i)
			}
			for _, u := range s.makes {
				left[bareUnit(u)]++
			}
		}
		lacks := map[unitKey][]org.Unit{} // states that are needed more often than made
		for u, count := range left {
			if count < 0 {
				lacks[keyOf(u)] = append(lacks[keyOf(u)], u)
			}
		}
		balanced := true
		for key := range keys {
			if u, ok := d.units[key]; ok {
				left[onlyOne(lacks[key], bareUnit(u))]++
				// what nobody takes away is in the way of all that name it
				balanced = balanced && taken[key]
			}
		}
		rest := map[unitKey]org.Unit{}
		for u, count := range left {
			_, twice := rest[keyOf(u)]
			balanced = balanced && (count == 0 || count == 1 && !twice)
			if count > 0 {
				rest[keyOf(u)] = u
			}
		}
		if !balanced || !d.sameTurn(group) || !d.grounded(group) {
			continue
		}
		for u := range left {
			d.loose = d.loose || u.Name == "" || u.Kind == "" || u.Parent == ""
		}
		slices.Sort(group)
		d.apply(group...)
		if d.searching || d.learning {
			d.deeds[len(d.deeds)-1].balanced = true
		}
		for key := range keys { // what apply left depends on the order; this does not
			delete(d.units, key)
			if u, ok := rest[key]; ok {
				d.units[key] = u
			}
		}
		n += len(group)
	}
	return n
}

// grounded reports whether every step can start from the units in force, or from
// what others made that can: books also balance where steps make each other, or
// one itself, what was never there.
func (d *day) grounded(steps []int) bool {
	made := map[unitKey][]org.Unit{}
	there := func(want *org.Unit, key unitKey) bool {
		if got, ok := d.units[key]; ok && fits(want, &got) {
			return true
		}
		return slices.ContainsFunc(made[key], func(u org.Unit) bool { return fits(want, &u) })
	}
	waits := map[unitKey][]int{} // steps that lack a unit, by the first that they lack
	ready := slices.Clone(steps)
	left := len(steps)
next:
	for len(ready) > 0 {
		i := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		s := &d.steps[i]
		for j, key := range s.need {
			if !there(&s.needs[j], key) {
				waits[key] = append(waits[key], i)
				continue next
			}
		}
		left--
		for j, key := range s.make {
			made[key] = append(made[key], s.makes[j])
			ready = append(ready, waits[key]...)
			delete(waits, key)
		}
	}
	return left == 0
}

// onlyOne gives the state in which a unit must have been that does not say all:
// the only one of those that it may be, or else its own.
func onlyOne(states []org.Unit, u org.Unit) org.Unit {
	may := -1
	for i := range states {
		if states[i] == u {
			return u
		}
		if fits(&states[i], &u) {
			if may >= 0 {
				return u
			}
			may = i
		}
	}
	if may < 0 {
		return u
	}
	return states[may]
}

// bareUnit is a unit without the place where it was written, and without what
// no event says.
func bareUnit(u org.Unit) org.Unit {
	u.At, u.People, u.Hectares = diag.Span{}, 0, 0
	return u
}

// sameTurn reports whether the order that the source gives lets all the steps
// go now.
func (d *day) sameTurn(steps []int) bool {
	return !slices.ContainsFunc(steps, func(i int) bool { return !d.inOrder(&d.steps[i]) })
}

// force applies the steps that nothing which is still to come can help, and
// reports what they lack; when there is no such step, the first one.
func (d *day) force(rest []int) (n int) {
	var hopeless []int
	for _, i := range rest {
		if s := &d.steps[i]; d.inOrder(s) && d.hopeless(i) {
			hopeless = append(hopeless, i)
		}
	}
	if hopeless == nil {
		for _, i := range rest {
			if d.inOrder(&d.steps[i]) {
				hopeless = []int{i}
				break
			}
		}
	}
	for _, i := range hopeless {
		s := &d.steps[i]
		if d.ready(s) {
			d.apply(i)
			continue
		}
		doubt := doubt{broken: len(d.broken)}
		d.complain(s)
		doubt.until = len(d.broken)
		doubt.keys = append(doubt.keys, s.need...)
		for _, key := range s.make {
			if !slices.Contains(s.need, key) {
				doubt.keys = append(doubt.keys, key)
			}
		}
		doubt.state = d.states(doubt.keys)
		d.apply(i)
		doubt.event = d.states(doubt.keys)
		d.doubts = append(d.doubts, doubt)
	}
	return len(hopeless)
}

// states gives the units as they are now; zero for those that are not there.
func (r *replay) states(keys []unitKey) []org.Unit {
	out := make([]org.Unit, len(keys))
	for i, key := range keys {
		out[i] = r.units[key]
	}
	return out
}

// hopeless reports whether a step lacks something that no other one of the day
// can bring about.
func (d *day) hopeless(i int) bool {
	s := &d.steps[i]
	helped := func(key unitKey, wants func(o *step) bool) bool {
		for _, j := range firstOf(d.by[key]) {
			if o := &d.steps[j]; j != i && !o.done && wants(o) {
				return true
			}
		}
		return false
	}
	for n, key := range s.need {
		if !d.finds(s, n) && !helped(key, func(o *step) bool { return o.keeps(key) }) {
			return true
		}
	}
	for _, key := range s.make {
		if _, taken := d.units[key]; taken && !slices.Contains(s.need, key) &&
			!helped(key, func(o *step) bool { return !o.keeps(key) }) {
			return true
		}
	}
	return false
}

// complain reports everything that a step lacks.
func (d *day) complain(s *step) {
	for i, key := range s.need {
		got, ok := d.units[key]
		if !ok {
			d.broken = append(d.broken, brokenAt(s.event, s.needs[i], "absent"))
			continue
		}
		for _, f := range allFields {
			if w, g := *fieldOf(&s.needs[i], f), *fieldOf(&got, f); w != g && w != "" && g != "" {
				b := brokenAt(s.event, s.needs[i], "differs")
				b.Field, b.Want, b.Got = f, w, g
				d.broken = append(d.broken, b)
			}
		}
	}
	for i, key := range s.make {
		if _, taken := d.units[key]; taken && !slices.Contains(s.need, key) {
			d.broken = append(d.broken, brokenAt(s.event, s.makes[i], "occupied"))
		}
	}
}
