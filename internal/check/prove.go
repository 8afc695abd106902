package check

import (
	"encoding/binary"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// Prove looks for a run of a checked plan in which a duty has nobody, or two, or
// a body unable to act, or in which a body would give what it has not. Which
// runs there are is said by the windows of days and the waits of the plan; what
// happens in a run is found by the same steps as in Run. Every order that the
// events can have is looked at, for each group of duties by itself, so the
// answer is exact: see docs/certificate.md for what is not part of it.
//
// The cost grows with the number of groups and, in each, with the number of
// orders that the plan leaves open; both are in the Proof. It uses all cores.
func Prove(res Result) Proof {
	if res.Checked == nil {
		return Proof{}
	}
	p := newProver(res.Timeline.c)
	p.state, p.packs = res.Checked.State, res.Checked.packs
	if problems := p.tighten(); len(problems) > 0 {
		problems.Sort()
		return Proof{Attempted: true, Problems: problems}
	}
	p.group()
	proof := p.run()
	proof.PlannedOnly = p.plannedOnly()
	return proof
}

// maxRuns bounds the orders that are looked at for one group of duties.
const maxRuns = 100_000

// A prover is one proof. It is read only while the groups are worked on.
type prover struct {
	c      *checker
	state  func() [32]byte // of the board
	packs  []*org.Pack
	start  org.Date
	events []event    // of the plan; then the days at which the board itself changes
	next   [][]int32  // for each event, those that are not earlier than it
	law    []int32    // of each change: the event in law
	places [][3]int32 // of each change: the event that moves performer, name, means
	all    [][]int32  // of each change: all its events, law first

	moves   []*move
	naming  map[int32][]int32 // moves that name a duty
	allFrom map[int32][]int32 // moves of all that a body has
	alters  map[int32][]int32 // changes of a duty that are no moves
	whole   map[int32]int32   // what a duty is a part of
	acts    map[int32][]act   // beginnings and ends of bodies
	heads   map[int32][]int32 // the events that give a new body its head
	post    map[int32]bool    // bodies that may have the post of a head; only when a need asks for heads
	due     map[int32]int32   // the end of the days that a new body may be without, when there are any
	stuck   map[int32]bool    // bodies in, or after, a circle of giving

	needs    []org.Need // of the pack, those held in every order
	supplies []*supply  // the items that they ask for

	waivers []int32 // those that are about the proof

	ofPlan int                // how many events are of the plan
	onDay  map[org.Date]int32 // the event of a day
	groups []*bunch
}

// An event is the moment at which one part of a change happens.
type event struct {
	change int32 // or none: a day of the board
	part   eventPart
	lo, hi org.Date // the first and the last day on which it can happen
}

type eventPart uint8

const (
	inLaw eventPart = iota
	inPlace
	placePerformer
	placeName
	placeMeans
)

var partWords = [...]string{inLaw: ".law", inPlace: ".place", placePerformer: ".place.performer", placeName: ".place.name", placeMeans: ".place.means"}

func (p *prover) eventID(e int32) string {
	if p.events[e].change < 0 {
		return p.events[e].lo.String()
	}
	return p.c.plan.Changes[p.events[e].change].Declared().ID + partWords[p.events[e].part]
}

// A bunch is duties with which the same can happen.
type bunch struct {
	duties []int32
	family []int32 // the first of them, and what it is a part of
	moves  []int32
	alters []int32
	areas  []int32 // changes of areas, when they bear on it
	bodies []int32 // those reached that begin or end
	heads  []int32 // those reached that need a head
	events []int32
	// what the pack's needs ask of those reached
	asking   bool
	supplies []int32
	beside   []int32 // events that bear on nothing but what is needed, or on what it is a part of
	// the keys that its duties need
	required org.Keys
	pred     []uint64 // of each event: those that are not later
	lags     []edge   // pairs of events that lie exactly so many days apart

	runs  int
	proof *Case
	fault *counterExample
	// a run whose faults waivers excuse, and these
	excuse  *counterExample
	excuses []int32
}

func newProver(c *checker) *prover {
	p := &prover{c: c, start: c.start, naming: map[int32][]int32{}, allFrom: map[int32][]int32{}, alters: map[int32][]int32{},
		onDay: map[org.Date]int32{}, whole: map[int32]int32{}, acts: map[int32][]act{}, heads: map[int32][]int32{}, due: map[int32]int32{}}
	p.makeEvents()
	for i := range c.plan.Waivers {
		if w := &c.plan.Waivers[i]; ofProof(w) && w.Until.Date >= c.start {
			p.waivers = append(p.waivers, int32(i))
		}
	}
	for i := range c.duties {
		for _, part := range c.duties[i].parts {
			p.whole[part] = int32(i)
		}
	}
	for i, ch := range c.plan.Changes {
		i := int32(i)
		if p.law[i] < 0 {
			continue
		}
		for _, m := range c.movesOf(i, ch) {
			n := int32(len(p.moves))
			p.moves = append(p.moves, m)
			if m.all {
				p.allFrom[m.giver] = append(p.allFrom[m.giver], n)
			}
			for _, r := range m.duties {
				if d := c.dutyIx.find(r.ID); d >= 0 {
					p.naming[d] = append(p.naming[d], n)
				}
			}
		}
		alter := func(r org.Ref) {
			if d := c.dutyIx.find(r.ID); d >= 0 {
				p.alters[d] = append(p.alters[d], i)
			}
		}
		switch ch := ch.(type) {
		case *org.EndDuty:
			for _, r := range ch.Duties {
				alter(r)
			}
		case *org.Assign:
			alter(ch.Duty)
		case *org.Declare:
			alter(ch.Duty)
		}
	}
	for _, a := range c.acts() {
		if a.what != alters {
			p.acts[a.body] = append(p.acts[a.body], a)
		}
	}
	p.findNeeds()
	byNeed := slices.ContainsFunc(p.needs, func(n org.Need) bool { return n.ID == org.NeedHead })
	if c.rules.HeadRequired || byNeed {
		p.findHeads()
	}
	if byNeed {
		p.findPosts()
	}
	p.findStuck()
	return p
}

// makeEvents names the events of the plan, with the days that are written for
// them and what each waits for.
func (p *prover) makeEvents() {
	c := p.c
	n := len(c.plan.Changes)
	p.law, p.places, p.all = make([]int32, n), make([][3]int32, n), make([][]int32, n)
	waits := c.waits()
	unsaid := map[int32]bool{} // events without a written day that others may put off
	for i, ch := range c.plan.Changes {
		p.law[i] = none
		d := ch.Declared()
		nominal := c.dates[i]
		if c.bad[i] || !nominal.Known() {
			continue
		}
		add := func(part eventPart, lo, hi org.Date) int32 {
			e := int32(len(p.events))
			p.events = append(p.events, event{int32(i), part, lo, hi})
			p.all[i] = append(p.all[i], e)
			return e
		}
		switch {
		case d.On.Given():
			p.law[i] = add(inLaw, d.On.First(), d.On.Date)
		case len(d.After) > 0:
			p.law[i] = add(inLaw, org.Always, c.plan.Deadline.Or(org.Forever))
		default:
			own := p.ownDay(d)
			p.law[i] = add(inLaw, own, own)
			unsaid[p.law[i]] = true
		}
		words := handovers(ch) // in place; performer, name, means
		for k := range p.places[i] {
			p.places[i][k] = p.law[i]
		}
		if len(words) == 0 {
			continue
		}
		if w := words[0]; w.Given() {
			place := add(inPlace, w.First(), w.Date)
			for k, key := range org.EachKey[1:] {
				if c.rules.Handed()&key != 0 {
					p.places[i][k] = place
				}
			}
		}
		for k, w := range words[1:] {
			if w.Given() {
				p.places[i][k] = add(placePerformer+eventPart(k), w.First(), w.Date)
			}
		}
	}
	p.ofPlan = len(p.events)
	p.next = make([][]int32, len(p.events))
	for _, list := range p.all {
		for _, e := range list {
			if e != list[0] {
				p.next[list[0]] = append(p.next[list[0]], e)
			}
		}
	}
	for _, w := range waits {
		if p.law[w.then] < 0 {
			continue
		}
		for _, e := range p.all[w.first] {
			p.next[e] = append(p.next[e], p.law[w.then])
		}
	}
	putOff(len(p.events), p.next, func(e, f int32) bool {
		if unsaid[f] && p.events[f].hi < p.events[e].hi {
			p.events[f].hi = p.events[e].hi
			return true
		}
		return false
	})
	if !c.plan.Start.Given() {
		for i := range p.events {
			if lo := p.events[i].lo; lo.Known() {
				p.start = min(p.start, lo)
			}
		}
	}
}

// ownDay is the day that a change without a date and without "after" has by its
// instruments, or that on which the plan starts. Others that must come before it
// may put it off, as long as they may take.
func (p *prover) ownDay(d *org.Common) org.Date {
	day := org.NoDate
	for _, by := range d.By {
		if in := p.c.plan.Instrument(by.Instrument.ID); in != nil {
			day = max(day, in.Effective.Or(in.Made.Or(org.NoDate)))
		}
	}
	if day == org.NoDate {
		day = p.c.plan.Start.Or(org.Always)
	}
	return day
}

// tighten takes from every window the days that what the event waits for, or
// what waits for it, don't leave. An event with no day left is told.
func (p *prover) tighten() diag.List {
	prev := make([][]int32, len(p.events))
	for e, list := range p.next {
		for _, f := range list {
			prev[f] = append(prev[f], int32(e))
		}
	}
	written := make([]org.Date, len(p.events))
	for i := range p.events {
		written[i] = p.events[i].hi
	}
	putOff(len(p.events), p.next, func(e, f int32) bool {
		if p.events[f].lo < p.events[e].lo {
			p.events[f].lo = p.events[e].lo
			return true
		}
		return false
	})
	putOff(len(p.events), prev, func(e, f int32) bool {
		if p.events[f].hi > p.events[e].hi {
			p.events[f].hi = p.events[e].hi
			return true
		}
		return false
	})
	// what comes too late for what is written is told, not all that it waits for
	var out diag.List
	told := map[int32]bool{}
	for i, e := range p.events {
		if e.lo > e.hi && e.hi == written[i] && !told[e.change] {
			told[e.change] = true
			d := p.c.plan.Changes[e.change].Declared()
			at := d.On.At
			if w := p.written(e); w.Given() {
				at = w.At
			}
			if at.IsZero() {
				at = d.At
			}
			out.Add(diag.At(NoDayLeft, at, diag.F("change", d.ID), diag.F("event", e.word()),
				diag.F("earliest", e.lo), diag.F("latest", e.hi)))
		}
	}
	return out
}

// dayEvent gives the event that is nothing but a day: something of the board
// begins or ends, or the proof does.
func (p *prover) dayEvent(day org.Date) int32 {
	if e, ok := p.onDay[day]; ok {
		return e
	}
	e := int32(len(p.events))
	p.events = append(p.events, event{none, inLaw, day, day})
	p.next = append(p.next, nil)
	p.onDay[day] = e
	return e
}

// dueEvent gives the event that is nothing but the end of a new body's days of
// grace: from then on it needs its head.
func (p *prover) dueEvent(body int32) int32 {
	if e, ok := p.due[body]; ok {
		return e
	}
	begin, grace, e := p.law[p.c.bodies[body].by], org.Date(p.c.rules.HeadGrace), int32(len(p.events))
	lo, hi := p.events[begin].lo, p.events[begin].hi
	if hi != org.Forever {
		hi += grace
	}
	p.events = append(p.events, event{none, inLaw, lo + grace, hi})
	p.next = append(p.next, nil)
	p.next[begin] = append(p.next[begin], e)
	p.due[body] = e
	return e
}

// written is the day or window that stands in the plan for an event.
func (p *prover) written(e event) org.When {
	ch := p.c.plan.Changes[e.change]
	if e.part == inLaw {
		return ch.Declared().On
	}
	return handovers(ch)[e.part-inPlace]
}

func (e event) word() diag.Word {
	return diag.Word("event" + partWords[e.part])
}

// putOff calls relax along edges until nothing changes; the edges have no
// circle in which relax always gives true.
func putOff(n int, next [][]int32, relax func(from, to int32) bool) {
	queue := make([]int32, n)
	queued := make([]bool, n)
	for i := range queue {
		queue[i], queued[i] = int32(i), true
	}
	for len(queue) > 0 {
		e := queue[0]
		queue = queue[1:]
		queued[e] = false
		for _, f := range next[e] {
			if relax(e, f) && !queued[f] {
				queued[f] = true
				queue = append(queue, f)
			}
		}
	}
}

// findHeads lists, for each body that the plan brings, the events that give it
// a head in office.
func (p *prover) findHeads() {
	c := p.c
	s := &c.staff
	gain := func(r org.Ref, change int) {
		if b := c.bodyIx.find(r.ID); b >= 0 && c.bodies[b].by >= 0 && p.law[change] >= 0 {
			p.heads[b] = append(p.heads[b], p.law[change])
		}
	}
	filled := func(post int32) bool { // by the board
		for _, st := range s.in(post) {
			if st.change < 0 {
				return true
			}
		}
		return false
	}
	led := func(b int32) bool { // it has a head by the board
		if b < 0 {
			return false
		}
		for _, post := range s.seats.byBody.of(b) {
			if s.posts[post].role == org.Head && filled(post) {
				return true
			}
		}
		return false
	}
	for i, ch := range c.plan.Changes {
		switch ch := ch.(type) {
		case *org.Appoint:
			if ch.Body.Given() && ch.Role.Text == org.Head.String() {
				gain(ch.Body, i)
			} else if post := s.postIx.find(ch.Post.ID); ch.Post.Given() && post >= 0 && s.posts[post].role == org.Head {
				// the body whose post it is on that day
				if b := s.seats.on(post, c.dates[i]); b >= 0 {
					gain(org.Ref{ID: c.bodies[b].id}, i)
				}
			}
		case *org.MovePosts:
			heads := ch.Posts.All && led(c.bodyIx.find(ch.From.ID))
			for _, r := range ch.Posts.Refs {
				post := s.postIx.find(r.ID)
				heads = heads || post >= 0 && filled(post) && (s.posts[post].role == org.Head || ch.Role.Text == org.Head.String())
			}
			if heads && (ch.Role.Text == "" || ch.Role.Text == org.Head.String()) {
				gain(ch.To, i)
			}
		case *org.Merge:
			for _, r := range ch.From {
				if led(c.bodyIx.find(r.ID)) {
					gain(ch.Into.ID, i)
					break
				}
			}
		}
	}
}

// findStuck finds the bodies that are in a circle of giving, or come after one:
// there the order within a day depends on every other gift of the day.
func (p *prover) findStuck() {
	coming := map[int32]int{}
	gives := map[int32][]int32{}
	for _, m := range p.moves {
		coming[m.taker]++
		coming[m.giver] += 0
		gives[m.giver] = append(gives[m.giver], m.taker)
	}
	var ready []int32
	for b, n := range coming {
		if n == 0 {
			ready = append(ready, b)
		}
	}
	for len(ready) > 0 {
		b := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		for _, t := range gives[b] {
			if coming[t]--; coming[t] == 0 {
				ready = append(ready, t)
			}
		}
	}
	p.stuck = map[int32]bool{}
	for b, n := range coming {
		if n > 0 {
			p.stuck[b] = true
		}
	}
}

// lives on its own: the body's row says all.
func (p *prover) plain(b int32) bool {
	body := &p.c.bodies[b]
	return len(p.acts[b]) == 0 && len(p.allFrom[b]) == 0 && (body.row == nil || body.row.From <= p.start && body.row.To == org.Forever)
}

// group sorts the duties that anything can happen to into bunches.
func (p *prover) group() {
	c := p.c
	dull := make([]bool, len(c.bodies))
	for b := range dull {
		dull[b] = p.plain(int32(b))
	}
	byKey := map[string]*bunch{}
	var key []byte
	for d := range c.duties {
		d := int32(d)
		family := p.family(d)
		touched := len(p.alters[d]) > 0 || c.duties[d].by >= 0 || len(family) > 1
		if !touched {
			touched = len(p.naming[d]) > 0
			for _, r := range c.rowsOfDuty.of(d) {
				touched = touched || c.rowBody[r] >= 0 && !dull[c.rowBody[r]] || c.rowArea[r] >= 0 && len(c.areaShifts) > 0
			}
		}
		if !touched {
			continue
		}
		b := p.reach(d, family, len(family))
		key = p.signature(key[:0], b)
		if same := byKey[string(key)]; same != nil {
			same.duties = append(same.duties, d)
			continue
		}
		b.duties = []int32{d}
		byKey[string(key)] = b
		p.groups = append(p.groups, b)
	}
}

// family is a duty and, when a change names anything that it is a part of, all
// that it is a part of: a duty goes with its whole.
func (p *prover) family(d int32) []int32 {
	out := []int32{d}
	named := false
	for w, ok := p.whole[d]; ok && !slices.Contains(out, w); w, ok = p.whole[w] {
		out = append(out, w)
		named = named || len(p.naming[w]) > 0 || len(p.alters[w]) > 0
	}
	if !named {
		return out[:1]
	}
	return out
}

// reach follows a duty, and so many of its family, from the bodies of their rows
// over every move that could take them along, in any order, and collects all that
// bears on them.
func (p *prover) reach(first int32, family []int32, many int) *bunch {
	c := p.c
	b := &bunch{family: family, required: c.rules.RequiredOf(c.duties[first].def)}
	moved := map[int32]bool{}
	var reached []int32
	for _, d := range family[:many] {
		seen := map[int32]bool{}
		var todo []int32
		see := func(body int32) {
			if body >= 0 && !seen[body] {
				seen[body] = true
				todo = append(todo, body)
			}
		}
		for _, r := range c.rowsOfDuty.of(d) {
			see(c.rowBody[r])
		}
		for _, i := range p.alters[d] {
			if !slices.Contains(b.alters, i) {
				b.alters = append(b.alters, i)
			}
			for _, r := range org.BodiesOf(c.plan.Changes[i]) {
				see(c.bodyIx.find(r.ID))
			}
		}
		candidates := slices.Clone(p.naming[d])
		parts := []int32{d} // a move of the whole takes none that its giver names
		for _, w := range family[slices.Index(family, d)+1:] {
			for _, n := range p.naming[w] {
				if !slices.ContainsFunc(parts, func(part int32) bool { return c.named[pair(p.moves[n].giver, part)] }) {
					candidates = append(candidates, n)
				}
			}
			parts = append(parts, w)
		}
		for at := 0; at < len(todo); at++ {
			body := todo[at]
			take := func(n int32) {
				if !moved[n] {
					moved[n] = true
					b.moves = append(b.moves, n)
				}
				see(p.moves[n].taker)
			}
			for _, n := range candidates {
				if p.moves[n].giver == body {
					take(n)
				}
			}
			if k := pair(body, d); !c.named[k] && !c.implied[k] {
				for _, n := range p.allFrom[body] {
					take(n)
				}
			}
		}
		reached = append(reached, todo...)
		for _, body := range todo {
			if len(p.acts[body]) > 0 && !slices.Contains(b.bodies, body) {
				b.bodies = append(b.bodies, body)
			}
			if len(p.heads[body]) > 0 && !slices.Contains(b.heads, body) {
				b.heads = append(b.heads, body)
			}
		}
		// who names a duty and is never reached gives what he has not, in every run:
		// the nominal check tells that
	}
	for at, d := range family { // it ends with what it is a part of, unless a move names it
		if at < many {
			continue
		} else if slices.ContainsFunc(family[:at], func(d int32) bool { return c.moving[d] }) {
			break
		}
		for _, i := range p.alters[d] {
			if _, over := c.plan.Changes[i].(*org.EndDuty); over {
				b.alters = append(b.alters, i)
			}
		}
	}
	if slices.ContainsFunc(b.moves, func(n int32) bool { return p.stuck[p.moves[n].giver] }) {
		for n, m := range p.moves {
			if p.stuck[m.giver] && p.stuck[m.taker] && !moved[int32(n)] {
				b.moves = append(b.moves, int32(n))
			}
		}
	}
	var days []org.Date
	limits := func(in org.Interval) {
		for _, day := range [2]org.Date{in.From, in.To} {
			if day.Known() && day > p.start {
				days = append(days, day)
			}
		}
	}
	for _, d := range family[:many] {
		for _, r := range c.rowsOfDuty.of(d) {
			limits(c.board.Responsibilities[r].Interval)
		}
	}
	for _, body := range reached {
		if row := c.bodies[body].row; row != nil {
			limits(row.Interval)
		}
	}
	slices.Sort(b.moves)
	slices.Sort(b.alters)
	slices.Sort(b.bodies)
	slices.Sort(b.heads)
	add := func(e int32) {
		if !slices.Contains(b.events, e) {
			b.events = append(b.events, e)
		}
	}
	for _, n := range b.moves {
		m := p.moves[n]
		add(p.law[m.change])
		if !moved[n] { // it is there only for its place in a day
			continue
		}
		for k, key := range org.EachKey[1:] {
			if m.keys&key != 0 {
				add(p.places[m.change][k])
			}
		}
	}
	for _, i := range b.alters {
		add(p.law[i])
	}
	for _, body := range b.bodies {
		for _, a := range p.acts[body] {
			add(p.law[a.change])
		}
	}
	for _, body := range b.heads {
		for _, e := range p.heads[body] {
			add(e)
		}
		if p.c.rules.HeadRequired && p.c.rules.HeadGrace > 0 {
			add(p.dueEvent(body))
		}
	}
	if p.hasAreas(b, family[:many], moved) {
		for i, ch := range c.plan.Changes {
			if _, ok := ch.(*org.ChangeArea); ok && p.law[i] >= 0 {
				b.areas = append(b.areas, int32(i))
				add(p.law[i])
			}
		}
	}
	needed, until := p.want(b, reached)
	for _, n := range b.moves {
		needed = append(needed, p.places[p.moves[n].change][:]...)
	}
	for _, e := range needed {
		if !slices.Contains(b.events, e) {
			b.beside = append(b.beside, e)
			add(e)
		}
	}
	for _, day := range until {
		limits(org.Interval{From: day, To: day})
	}
	if slices.ContainsFunc(b.events, func(e int32) bool { return p.events[e].lo <= p.start }) {
		days = append(days, p.start)
	}
	for _, day := range days {
		add(p.dayEvent(day))
	}
	slices.Sort(b.events)
	if many > 1 { // what bears only on what it is a part of
		own := p.reach(first, family, 1)
		for _, e := range b.events {
			if (!slices.Contains(own.events, e) || slices.Contains(own.beside, e)) && !slices.Contains(b.beside, e) {
				b.beside = append(b.beside, e)
			}
		}
	}
	return b
}

// hasAreas reports whether anybody has, or could get, a part of a bunch's duties
// in one area alone. Moves that take none of them along don't count: they are there
// for their place in a day.
func (p *prover) hasAreas(b *bunch, family []int32, moved map[int32]bool) bool {
	for _, d := range family {
		for _, r := range p.c.rowsOfDuty.of(d) {
			if p.c.rowArea[r] >= 0 {
				return true
			}
		}
	}
	for _, n := range b.moves {
		if moved[n] && p.moves[n].area >= 0 {
			return true
		}
	}
	for _, i := range b.alters {
		switch ch := p.c.plan.Changes[i].(type) {
		case *org.Assign:
			if ch.In.Given() {
				return true
			}
		case *org.Declare:
			if ch.In.Given() {
				return true
			}
		}
	}
	return false
}

// signature says all that decides what can happen to a duty.
func (p *prover) signature(to []byte, b *bunch) []byte {
	num := func(n int32) { to = binary.AppendVarint(to, int64(n)) }
	list := func(l []int32) {
		num(int32(len(l)))
		for _, n := range l {
			num(n)
		}
	}
	if len(b.family) > 1 {
		list(b.family)
	}
	d := &p.c.duties[b.family[0]]
	num(int32(b.required))
	num(d.area)
	num(d.by)
	if d.def.Exclusive {
		num(1)
	}
	for _, r := range p.c.rowsOfDuty.of(b.family[0]) {
		row := &p.c.board.Responsibilities[r]
		num(p.c.rowBody[r])
		num(p.c.rowArea[r])
		num(int32(row.Keys)<<4 | int32(row.Mode))
		num(int32(row.From))
		num(int32(row.To))
	}
	num(none)
	list(b.moves)
	list(b.alters)
	for _, n := range p.waivers {
		if p.c.plan.Waivers[n].Object.ID == d.def.ID {
			num(n)
		}
	}
	list(b.supplies)
	list(p.naming[b.family[0]]) // others are there only for their place in a day
	return to
}

// run works on the bunches with all cores and puts together what comes out.
func (p *prover) run() Proof {
	var at atomic.Int32
	var wait sync.WaitGroup
	for range max(1, min(runtime.GOMAXPROCS(0), len(p.groups))) {
		wait.Go(func() {
			r := newRunner(p)
			for n := at.Add(1) - 1; int(n) < len(p.groups); n = at.Add(1) - 1 {
				r.settle(p.groups[n])
			}
		})
	}
	wait.Wait()
	out := Proof{Attempted: true, Holds: true, Signatures: len(p.groups)}
	for _, b := range p.groups {
		out.Runs += b.runs
		out.Holds = out.Holds && b.fault == nil
	}
	waived, claims := p.tellWaived()
	if out.Holds {
		out.certificate = sync.OnceValue(func() *Certificate { return p.certificate(claims) })
	} else {
		out.Problems, out.Failures = p.tell()
	}
	out.Waived = len(claims)
	out.Problems.Add(waived...)
	out.Problems.Sort()
	return out
}

// locate prepares the order of the events of a bunch: which of them the plan
// puts not later than which. It reports false when there are too many.
func (p *prover) locate(b *bunch, seen []int32, stamp *int32) bool {
	if len(b.events) > 64 {
		return false
	}
	b.pred = make([]uint64, len(b.events))
	last := org.Always
	for _, e := range b.events {
		last = max(last, p.events[e].hi)
	}
	var todo []int32
	for i, e := range b.events {
		*stamp++
		todo = append(todo[:0], e)
		seen[e] = *stamp
		for len(todo) > 0 {
			x := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			for _, y := range p.next[x] {
				if seen[y] == *stamp {
					continue
				}
				seen[y] = *stamp
				if j, found := slices.BinarySearch(b.events, y); found {
					b.pred[j] |= 1 << i
				}
				if p.events[y].lo <= last {
					todo = append(todo, y)
				}
			}
		}
	}
	for _, body := range b.heads {
		if due, ok := p.due[body]; ok {
			i, _ := slices.BinarySearch(b.events, p.law[p.c.bodies[body].by])
			j, _ := slices.BinarySearch(b.events, due)
			b.lags = append(b.lags, edge{i, j, org.Date(p.c.rules.HeadGrace)})
		}
	}
	return true
}
