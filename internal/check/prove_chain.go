package check

import (
	"cmp"
	"encoding/hex"
	"slices"

	"oneboard/internal/org"
)

// An edge is an order of two events of a bunch that a split takes for granted:
// to is at least lag days after from.
type edge struct {
	from, to int
	lag      org.Date
}

// A branch is the runs in which some splits are so.
type branch struct {
	runs   []oneRun
	edges  []edge
	lo, hi []org.Date // of the bunch's events, in these runs
}

// A bound is an end of a link: an event of the bunch, or a day.
type bound struct {
	event int // of the bunch, or noEvent
	day   org.Date
}

const noEvent = -1

func (x bound) on(run *oneRun) org.Date {
	if x.event >= 0 {
		return run.day[x.event]
	}
	return x.day
}

func (x bound) open() bool { return x.event < 0 && !x.day.Known() }

// A draft is a chain in the making.
type draft struct {
	lane  *lane
	at    []bound // where each link begins, and where the last ends
	kept  []bool
	since []bound // of the kept ones
}

// prove makes the proof of a bunch of which every run is sound: chains that say
// for all runs at once who has the duty, and, where that depends on the order
// of two events, a split by it. That the chains are right is seen by holding
// them against every run; the orders that they rest on are found in the plan.
func (r *runner) prove(b *bunch, runs []oneRun) *Case {
	whole := branch{runs: runs, lo: make([]org.Date, len(b.events)), hi: make([]org.Date, len(b.events))}
	for i, e := range b.events {
		whole.lo[i], whole.hi[i] = r.p.events[e].lo, r.p.events[e].hi
	}
	return r.proveBranch(b, whole)
}

func (r *runner) proveBranch(b *bunch, br branch) *Case {
	if at := br.tighten(b); at >= 0 {
		return &Case{Impossible: true}
	}
	// the run with most links says most; in others some links last no day
	model, most := 0, -1
	for i := range br.runs {
		n := 0
		for _, l := range br.runs[i].lanes {
			n += len(l.spans)
			for k := range l.spans {
				if l.spans[k].kept {
					n++
				}
			}
		}
		if n > most {
			model, most = i, n
		}
	}
	drafts := r.draw(b, &br, model)
	for i := range br.runs {
		if !tellsOf(drafts, &br.runs[i]) {
			if x, y, differ := r.apart(b, drafts, &br.runs[model], &br.runs[i]); differ {
				return r.splitCase(b, br, x, y)
			}
		}
	}
	w := &reasons{r: r, b: b, br: &br}
	var chains []Chain
	for i := range drafts {
		c := w.chain(&drafts[i])
		if w.split {
			return r.splitCase(b, br, w.x, w.y)
		}
		chains = append(chains, c)
	}
	slices.SortStableFunc(chains, func(a, b Chain) int { // by key, area and body
		return cmp.Or(cmp.Compare(keyAt(a.Key), keyAt(b.Key)), cmp.Compare(a.Area, b.Area), cmp.Compare(a.Links[0].Body, b.Links[0].Body))
	})
	return &Case{Chains: chains}
}

func keyAt(word string) int {
	return slices.IndexFunc(org.EachKey[:], func(k org.Keys) bool { return k.String() == word })
}

func (r *runner) splitCase(b *bunch, br branch, x, y int) *Case {
	part := func(edges []edge, in func(x, y org.Date) bool) *Case {
		next := branch{edges: append(slices.Clone(br.edges), edges...), lo: slices.Clone(br.lo), hi: slices.Clone(br.hi)}
		for _, run := range br.runs {
			if in(run.day[x], run.day[y]) {
				next.runs = append(next.runs, run)
			}
		}
		return r.proveBranch(b, next)
	}
	return &Case{Split: &Split{
		Events:  [2]string{r.p.eventID(b.events[x]), r.p.eventID(b.events[y])},
		Before:  part([]edge{{x, y, 1}}, func(x, y org.Date) bool { return x < y }),
		SameDay: part([]edge{{x, y, 0}, {y, x, 0}}, func(x, y org.Date) bool { return x == y }),
		After:   part([]edge{{y, x, 1}}, func(x, y org.Date) bool { return x > y }),
	}}
}

// tighten takes away the days that the branch does not leave, and gives an
// event that has none, or -1.
func (br *branch) tighten(b *bunch) int {
	late := 0 // an event that is still put off
	for rounds, changed := 0, true; changed; rounds++ {
		if rounds > 2*len(b.events)+2 {
			return late // round and round: it comes after itself
		}
		changed = false
		relax := func(from, to int, lag org.Date) {
			if br.lo[to] < br.lo[from]+lag {
				br.lo[to], changed, late = br.lo[from]+lag, true, to
			}
			if br.hi[to] != org.Forever && br.hi[from] > br.hi[to]-lag {
				br.hi[from], changed = br.hi[to]-lag, true
			}
		}
		for to := range b.events {
			for from := range b.events {
				if b.pred[to]&(1<<from) != 0 {
					relax(from, to, 0)
				}
			}
		}
		for _, e := range br.edges {
			relax(e.from, e.to, e.lag)
		}
		for i := range b.events {
			if br.lo[i] > br.hi[i] {
				return i
			}
		}
	}
	return -1
}

// draw makes chains of the lanes of one run: each end is put down to the event
// that happens then and moves with it in the other runs.
func (r *runner) draw(b *bunch, br *branch, model int) []draft {
	run := &br.runs[model]
	out := make([]draft, len(run.lanes))
	for i := range run.lanes {
		l := &run.lanes[i]
		d := draft{lane: l}
		for k := range l.spans {
			s := &l.spans[k]
			d.at = append(d.at, r.bound(b, br, run, i, k, s.from, s.began, l.key, func(o *holdSpan) org.Date { return o.from }))
			since := bound{noEvent, s.since}
			if s.kept && s.since > r.c.start {
				// the taking in law may have been before it came here itself
				if s.since == s.from {
					since = d.at[k]
				} else if at, found := slices.BinarySearch(b.events, r.p.law[max(s.taken, 0)]); found && s.taken >= 0 && run.day[at] == s.since {
					since = bound{at, 0}
				} else {
					since = r.bound(b, br, run, i, k, s.since, none, org.Holder, func(o *holdSpan) org.Date { return o.since })
				}
			}
			d.since = append(d.since, since)
		}
		last := len(l.spans) - 1
		d.kept = make([]bool, len(l.spans))
		for k := range l.spans {
			d.kept[k] = l.spans[k].kept
		}
		d.at = append(d.at, r.bound(b, br, run, i, last, l.spans[last].to, none, l.key, func(o *holdSpan) org.Date { return o.to }))
		out[i] = d
	}
	return out
}

// bound finds the event of an end: it must happen on that day in the model run
// and in every run with the same links.
func (r *runner) bound(b *bunch, br *branch, model *oneRun, lane, span int, day org.Date, by int32, key org.Keys, of func(*holdSpan) org.Date) bound {
	if !day.Known() || day <= r.c.start {
		return bound{noEvent, day}
	}
	moves := func(x bound) bool {
		for i := range br.runs {
			o := &br.runs[i]
			if alike(model, o) && x.on(o) != of(&o.lanes[lane].spans[span]) {
				return false
			}
		}
		return true
	}
	var candidates []int32
	if by >= 0 {
		candidates = append(candidates, r.p.keyEvent(by, key), r.p.law[by])
	}
	for _, e := range b.events {
		if !r.p.grace(e) && !slices.Contains(b.beside, e) {
			candidates = append(candidates, e)
		}
	}
	for _, e := range candidates {
		if at, found := slices.BinarySearch(b.events, e); found && model.day[at] == day && moves(bound{at, 0}) {
			return bound{at, 0}
		}
	}
	for _, e := range candidates { // it is another event in another run: a split will tell
		if at, found := slices.BinarySearch(b.events, e); found && model.day[at] == day {
			return bound{at, 0}
		}
	}
	return bound{noEvent, day}
}

// grace reports whether an event is only the end of somebody's days of grace: no
// chain tells of those.
func (p *prover) grace(e int32) bool {
	return p.events[e].change < 0 && (p.events[e].lo < p.events[e].hi || p.onDay[p.events[e].lo] != e)
}

// keyEvent gives the event with which a change moves a key.
func (p *prover) keyEvent(change int32, key org.Keys) int32 {
	for k, other := range org.EachKey[1:] {
		if other == key {
			return p.places[change][k]
		}
	}
	return p.law[change]
}

// alike reports whether two runs have the same links.
func alike(x, y *oneRun) bool {
	return slices.EqualFunc(x.lanes, y.lanes, func(a, b lane) bool {
		return a.key == b.key && a.area == b.area && slices.EqualFunc(a.spans, b.spans, func(a, b holdSpan) bool {
			return a.body == b.body && a.kept == b.kept && a.mode == b.mode
		})
	})
}

// tellsOf reports whether chains say of a run what is so in it. Links that last no
// day are nothing.
func tellsOf(drafts []draft, run *oneRun) bool {
	used := make([]bool, len(run.lanes))
	for i := range drafts {
		d := &drafts[i]
		found := false
		for k := range run.lanes {
			if !used[k] && d.lane.key == run.lanes[k].key && d.lane.area == run.lanes[k].area && d.says(run, &run.lanes[k]) {
				used[k], found = true, true
				break
			}
		}
		if !found {
			return false
		}
	}
	return !slices.Contains(used, false)
}

func (d *draft) says(run *oneRun, l *lane) bool {
	first := d.lane.spans[0].from
	if d.at[0].event >= 0 {
		first = d.at[0].on(run)
	}
	n := 0
	var now holdSpan
	begun := false
	match := func() bool {
		if n >= len(l.spans) {
			return false
		}
		s := &l.spans[n]
		n++
		return s.body == now.body && s.mode == now.mode && s.began == now.began && s.from == now.from && s.to == now.to && s.kept == now.kept && (!s.kept || s.since == now.since)
	}
	for k := range d.lane.spans {
		from, to := max(d.at[k].on(run), first), d.at[k+1].on(run)
		if k+1 == len(d.lane.spans) && d.at[k+1].event < 0 {
			to = d.at[k+1].day
		}
		if from >= to {
			if from > to {
				return false
			}
			continue
		}
		s := holdSpan{body: d.lane.spans[k].body, from: from, to: to, mode: d.lane.spans[k].mode, began: d.lane.spans[k].began}
		if d.kept[k] {
			s.since = max(d.since[k].on(run), from)
			s.kept = s.since < to
		}
		if begun && now.body == s.body && now.mode == s.mode && !now.kept {
			now.to = s.to
			if s.kept && !now.kept {
				now.kept, now.since = true, s.since
			}
			continue
		}
		if begun && !match() {
			return false
		}
		now, begun = s, true
	}
	return begun && match() && n == len(l.spans)
}

// apart finds two events whose order differs between two runs; those at the ends
// of the links come first.
func (r *runner) apart(b *bunch, drafts []draft, x, y *oneRun) (int, int, bool) {
	var ends []int
	see := func(at bound) {
		if at.event >= 0 && !slices.Contains(ends, at.event) {
			ends = append(ends, at.event)
		}
	}
	for i := range drafts {
		for _, at := range drafts[i].at {
			see(at)
		}
		for _, at := range drafts[i].since {
			see(at)
		}
	}
	n := len(ends)
	for i, e := range b.events {
		if !slices.Contains(ends, i) && !r.p.grace(e) && !slices.Contains(b.beside, e) {
			ends = append(ends, i)
		}
	}
	differ := func(i, j int) bool { return order(x, i, j) != order(y, i, j) }
	for _, limit := range [][2]int{{n, n}, {n, len(ends)}, {len(ends), len(ends)}} {
		for i := range limit[0] {
			for j := range limit[1] {
				if i != j && differ(ends[i], ends[j]) {
					return min(ends[i], ends[j]), max(ends[i], ends[j]), true
				}
			}
		}
	}
	return 0, 0, false
}

func order(run *oneRun, i, j int) int {
	switch {
	case run.day[i] < run.day[j]:
		return -1
	case run.day[i] > run.day[j]:
		return 1
	}
	return 0
}

// reasons finds the orders that chains rest on. When one of them is not so in
// every run of the branch, split is set and the two events are x and y.
type reasons struct {
	r     *runner
	b     *bunch
	br    *branch
	split bool
	x, y  int
	out   []Ordering
	told  map[[2]bound]bool
}

func (w *reasons) name(x bound) string {
	if x.event >= 0 {
		return w.r.p.eventID(w.b.events[x.event])
	}
	return x.day.String()
}

func (w *reasons) event(e int32) bound {
	at, _ := slices.BinarySearch(w.b.events, e)
	return bound{at, 0}
}

// always reports whether one end is not later than another in every run.
func (w *reasons) always(x, y bound) bool {
	for i := range w.br.runs {
		if x.on(&w.br.runs[i]) > y.on(&w.br.runs[i]) {
			return false
		}
	}
	return true
}

// need puts down that x is not later than y, with the reason, or asks for a
// split by the two.
func (w *reasons) need(x, y bound) {
	if w.split || w.name(x) == w.name(y) || x.open() || y.open() || x.event < 0 && x.day <= w.r.c.start {
		return
	}
	if !w.always(x, y) {
		if x.event < 0 || y.event < 0 || !w.differ(x.event, y.event) {
			w.out = append(w.out, Ordering{First: w.name(x), Then: w.name(y)}) // no proof: a test would find it
		} else {
			w.split, w.x, w.y = true, min(x.event, y.event), max(x.event, y.event)
		}
		return
	}
	if w.told[[2]bound{x, y}] {
		return
	}
	w.told[[2]bound{x, y}] = true
	o := Ordering{First: w.name(x), Then: w.name(y)}
	latest, earliest := x.day, y.day
	if x.event >= 0 {
		latest = w.br.hi[x.event]
	}
	if y.event >= 0 {
		earliest = w.br.lo[y.event]
	}
	if latest <= earliest {
		o.Calendar = &[2]org.Date{latest, earliest}
	} else {
		o.Path = w.path(x.event, y.event)
	}
	w.out = append(w.out, o)
}

// path finds the shortest way from an event to another over what the plan and
// the splits put not later.
func (w *reasons) path(x, y int) []string {
	p := w.r.p
	from, to := w.b.events[x], w.b.events[y]
	came := map[int32]int32{from: none}
	todo := []int32{from}
	for at := 0; at < len(todo); at++ {
		e := todo[at]
		if e == to {
			break
		}
		see := func(f int32) {
			if _, seen := came[f]; !seen && p.events[f].lo <= p.events[to].hi {
				came[f] = e
				todo = append(todo, f)
			}
		}
		for _, f := range p.next[e] {
			see(f)
		}
		for _, a := range w.br.edges {
			if w.b.events[a.from] == e {
				see(w.b.events[a.to])
			}
		}
	}
	if _, found := came[to]; !found {
		return nil
	}
	var out []string
	for e := to; e >= 0; e = came[e] {
		out = append(out, p.eventID(e))
	}
	slices.Reverse(out)
	return out
}

// chain writes a draft down with what it rests on.
func (w *reasons) chain(d *draft) Chain {
	c, key := &w.r.c, d.lane.key
	out := Chain{Key: key.String()}
	if d.lane.area >= 0 {
		out.Area = c.areas[d.lane.area].def.Code
	}
	w.out, w.told = nil, map[[2]bound]bool{}
	end := func(x bound, open string) string {
		if x.event < 0 && (!x.day.Known() || x.day <= c.start) {
			return open
		}
		return w.name(x)
	}
	for k := range d.lane.spans {
		s := &d.lane.spans[k]
		from, to := d.at[k], d.at[k+1]
		if from.event < 0 && from.day <= c.start {
			from.day = org.Always
		}
		link := Link{Body: c.bodies[s.body].id, Mode: s.mode.String(), From: end(from, "start"), To: end(to, "forever")}
		if s.began >= 0 && link.From != "start" {
			link.By = c.plan.Changes[s.began].Declared().ID
		}
		w.need(from, to)
		held := to // until when it needs to be in force
		if d.kept[k] {
			if c.rules.AfterEnd()&key != 0 {
				held = d.since[k]
			}
			link.Kept = &Kept{Since: end(d.since[k], "start")}
		}
		if held != from || !d.kept[k] {
			w.inForce(s.body, from, held)
		}
		out.Links = append(out.Links, link)
	}
	out.Orders = w.out
	return out
}

// inForce puts down that a body is in force from one end to the other.
func (w *reasons) inForce(body int32, from, to bound) {
	acts := w.r.p.acts[body]
	if slices.ContainsFunc(acts, func(a act) bool { return a.what == returns }) {
		return // it comes and goes: only the runs show when it is there
	}
	acts = slices.SortedFunc(slices.Values(acts), func(a, b act) int {
		return cmp.Or(cmp.Compare(a.what, b.what), cmp.Compare(a.change, b.change))
	})
	for _, a := range acts {
		e := w.event(w.r.p.law[a.change])
		switch a.what {
		case begins:
			w.need(e, from)
		case ends:
			w.need(to, e)
		}
	}
}

// differ reports whether two events are in different orders in the branch.
func (w *reasons) differ(x, y int) bool {
	if x == y {
		return false
	}
	for i := range w.br.runs {
		if order(&w.br.runs[i], x, y) != order(&w.br.runs[0], x, y) {
			return true
		}
	}
	return false
}

// certificate puts the proofs of all bunches together with what is not proved.
func (p *prover) certificate(waived []Waived) *Certificate {
	c := p.c
	state := p.state()
	out := &Certificate{Oneboard: "certificate/v1", Plan: c.plan.ID, BoardSHA256: hex.EncodeToString(state[:]),
		Packs: org.Texts(p.packs), Required: keyWords(c.rules.Required), FormerPerforms: keyWords(c.rules.FormerPerforms), Start: p.start,
		Waived: waived}
	for i, e := range p.events[:p.ofPlan] {
		out.Events = append(out.Events, Happening{p.eventID(int32(i)), e.lo, e.hi})
	}
	for _, b := range p.groups {
		if b.proof == nil {
			continue // waived
		}
		one := DutiesCase{Case: *b.proof}
		for _, d := range b.duties {
			one.Duties = append(one.Duties, c.duties[d].def.ID)
		}
		out.Proofs = append(out.Proofs, one)
	}
	return out
}

func keyWords(keys org.Keys) []string {
	out := []string{}
	for _, k := range org.EachKey {
		if keys&k != 0 {
			out = append(out, k.String())
		}
	}
	return out
}
