package check

import (
	"maps"
	"slices"
	"strings"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// A version is a body as it is in an interval.
type version struct {
	org.Body
	began, ended int32 // changes, or none
}

// An act is what one change does to one body on its day.
type act struct {
	body   int32
	day    org.Date
	change int32
	what   actKind
	at     diag.Span
	alter  func(*org.Body)
	says   org.Text // the words of a change that is nothing but a new value
}

type actKind uint8

const (
	begins actKind = iota
	returns
	alters
	ends
)

// lives gives every body that the plan touches its versions. Changes of one day
// are taken together, in the order they need: a body begins before it is
// altered and is altered before it ends, unless it ends to be restored.
func (c *checker) lives() {
	acts := c.acts()
	slices.SortStableFunc(acts, func(a, b act) int {
		if a.body != b.body {
			return int(a.body) - int(b.body)
		}
		return int(a.day) - int(b.day)
	})
	for len(acts) > 0 {
		n := 1
		for n < len(acts) && acts[n].body == acts[0].body {
			n++
		}
		c.live(acts[0].body, acts[:n])
		acts = acts[n:]
	}
	c.succession()
	c.plates()
	c.superiors()
}

// succession puts the bodies under a merged body under its successor, but for
// those that other changes place.
func (c *checker) succession() {
	var merged []int32
	for _, i := range c.lived {
		if c.merged(i) >= 0 {
			merged = append(merged, i)
		}
	}
	if len(merged) == 0 {
		return
	}
	slices.Sort(merged)
	under := make(map[int32][]int32, len(merged))
	for _, m := range merged {
		under[m] = nil
		for _, i := range c.x.inferiors.of(m) {
			if c.bodies[i].versions == nil {
				under[m] = append(under[m], i)
			}
		}
	}
	for _, i := range c.lived {
		for _, v := range c.bodies[i].versions {
			if v.Superior == "" {
				continue
			}
			m := c.bodyIx.find(v.Superior)
			if list, ok := under[m]; ok && (len(list) == 0 || list[len(list)-1] != i) {
				under[m] = append(list, i)
			}
		}
	}
	for _, i := range merged {
		heir := c.merged(i)
		last := c.bodies[i].versions[len(c.bodies[i].versions)-1]
		slices.Sort(under[i])
		for _, j := range slices.Compact(under[i]) {
			now := c.bodies[j].on(last.To)
			if now != nil && now.Superior == c.bodies[i].id && j != heir {
				c.inherit(j, c.bodies[heir].id, last.To, last.ended)
			}
		}
	}
}

// inherit gives a body a new superior from a day on, until a version that has
// another one.
func (c *checker) inherit(i int32, heir string, day org.Date, by int32) {
	b := &c.bodies[i]
	if b.versions == nil {
		b.versions = []version{{Body: *b.row, began: none, ended: none}}
		c.lived = append(c.lived, i)
	}
	was := ""
	for k := 0; k < len(b.versions); k++ {
		v := &b.versions[k]
		switch {
		case v.Holds(day) && v.From < day:
			was = v.Superior
			next := *v
			next.From, next.began, next.Superior = day, by, heir
			v.To, v.ended = day, by
			b.versions = slices.Insert(b.versions, k+1, next)
			k++
		case v.From >= day && (was == "" || v.Superior == was):
			was = v.Superior
			v.Superior = heir
		case v.From >= day:
			return
		}
	}
}

func (c *checker) acts() []act {
	var out []act
	for i, ch := range c.plan.Changes {
		i := int32(i)
		if c.bad[i] || !c.dates[i].Known() {
			continue
		}
		on := func(r org.Ref, what actKind, alter func(*org.Body)) {
			if at := c.ref(c.bodyIx, r); at >= 0 {
				out = append(out, act{at, c.dates[i], i, what, r.At, alter, org.Text{}})
			}
		}
		value := func(words org.Text) {
			if n := len(out); n > 0 && out[n-1].change == i {
				out[n-1].says = words
			}
		}
		put := func(to *string, t org.Text) {
			if t.Text != "" {
				*to = t.Text
			}
		}
		switch ch := ch.(type) {
		case *org.Establish:
			on(ch.Body, begins, nil)
		case *org.Merge:
			on(ch.Into.ID, begins, nil)
			for _, r := range ch.From {
				on(r, ends, nil)
			}
		case *org.Split:
			for _, n := range ch.Into {
				on(n.ID, begins, nil)
			}
			on(ch.From, ends, nil)
		case *org.MergeInto:
			for _, r := range ch.From {
				on(r, ends, nil)
			}
		case *org.Abolish:
			on(ch.Body, ends, nil)
		case *org.Restore:
			on(ch.Body, returns, func(b *org.Body) {
				put(&b.Name, ch.Name)
				if ch.Superior.Given() {
					b.Superior = superior(ch.Superior)
				}
			})
		case *org.Reestablish:
			on(ch.Body, alters, func(b *org.Body) {
				put(&b.Name, ch.Name)
				put(&b.NameEN, ch.NameEN)
				put(&b.Kind, ch.Class)
				put(&b.Rank, ch.Rank)
				if ch.Superior.Given() {
					b.Superior = superior(ch.Superior)
				}
			})
		case *org.Rename:
			on(ch.Body, alters, func(b *org.Body) {
				b.NameEN = "" // a new name has no translation until one is given
				put(&b.Name, ch.Name)
				put(&b.NameEN, ch.NameEN)
			})
			value(ch.Name)
		case *org.Rerank:
			on(ch.Body, alters, func(b *org.Body) { put(&b.Rank, ch.Rank) })
			value(ch.Rank)
		case *org.ChangeSuperior:
			for _, r := range ch.Bodies {
				on(r, alters, func(b *org.Body) {
					b.Superior = superior(ch.To)
					put(&b.Kind, ch.Class)
					put(&b.Rank, ch.Rank)
				})
				value(org.Text{Text: r.ID, At: r.At})
			}
		case *org.ChangeArea:
			for _, p := range c.sited(ch, c.dates[i]) {
				out = append(out, act{p.body, c.dates[i], i, alters, p.at, func(b *org.Body) { b.Area = p.code }, org.Text{}})
			}
		}
	}
	return out
}

// live applies the acts on one body, sorted by day.
func (c *checker) live(i int32, acts []act) {
	b := &c.bodies[i]
	if b.row != nil {
		b.versions = []version{{Body: *b.row, began: none, ended: none}}
		c.lived = append(c.lived, i)
	}
	for len(acts) > 0 {
		day, n := acts[0].day, 1
		for n < len(acts) && acts[n].day == day {
			n++
		}
		today := slices.Clone(acts[:n])
		acts = acts[n:]
		alive := b.holds(day - 1)
		rank := func(a act) int {
			if alive && a.what == ends && slices.ContainsFunc(today, func(a act) bool { return a.what == returns }) {
				return -1
			}
			return int(a.what)
		}
		slices.SortStableFunc(today, func(x, y act) int { return rank(x) - rank(y) })
		for _, a := range today {
			c.act(b, a)
		}
	}
	if len(b.versions) > 0 {
		b.life = org.Interval{From: b.versions[0].From, To: b.versions[len(b.versions)-1].To}
	}
}

func (c *checker) act(b *body, a act) {
	last := &b.versions[len(b.versions)-1]
	switch a.what {
	case begins:
		last.Interval = org.Interval{From: a.day, To: org.Forever}
	case returns:
		if last.To > a.day {
			c.notInForce(a.at, a.body, a.day, "state.in_force")
			return
		}
		v := version{Body: last.Body, began: a.change, ended: none}
		v.Interval = org.Interval{From: a.day, To: org.Forever}
		a.alter(&v.Body)
		b.versions = append(b.versions, v)
	case alters:
		switch {
		case a.at.IsZero() && !last.Holds(a.day): // nobody says that it is there
		case last.From > a.day || last.From == org.Forever:
			c.notInForce(a.at, a.body, a.day, "state.not_begun")
		case last.To <= a.day:
			c.notInForce(a.at, a.body, a.day, "state.ended")
		case c.idle(a, last):
			c.noEffect(a.change, a.says.At, a.body, a.says.Text)
		case last.From == a.day:
			a.alter(&last.Body)
			if last.began == none {
				last.began = a.change
			}
		default:
			v := version{Body: last.Body, began: a.change, ended: last.ended}
			v.From = a.day
			a.alter(&v.Body)
			last.To, last.ended = a.day, a.change
			b.versions = append(b.versions, v)
		}
	case ends:
		switch {
		case last.From > a.day || last.From == org.Forever:
			c.notInForce(a.at, a.body, a.day, "state.not_begun")
		case last.To == a.day && last.ended >= 0:
			// said twice: plans write "merged into" and "no longer kept" side by side;
			// the merger says more
			if !c.leavesHeir(last.ended) && c.leavesHeir(a.change) {
				last.ended = a.change
			}
		case last.To <= a.day:
			c.notInForce(a.at, a.body, a.day, "state.ended")
		default:
			last.To, last.ended = a.day, a.change
		}
	}
}

// idle reports whether an act gives a body a name, rank or superior that it has.
func (c *checker) idle(a act, last *version) bool {
	if a.says.Text == "" {
		return false
	}
	before, after := &last.Body, last.Body
	a.alter(&after)
	return before.Name == after.Name && before.NameEN == after.NameEN && before.Kind == after.Kind && before.Rank == after.Rank &&
		before.Superior == after.Superior && before.Area == after.Area
}

// leavesHeir reports whether a change that ends a body names who succeeds it.
func (c *checker) leavesHeir(change int32) bool {
	switch c.plan.Changes[change].(type) {
	case *org.Merge, *org.MergeInto, *org.Split:
		return true
	}
	return false
}

// holds reports whether the body is in force on a day.
func (b *body) holds(day org.Date) bool {
	if b.versions == nil {
		return b.life.Holds(day)
	}
	for i := range b.versions {
		if b.versions[i].Holds(day) {
			return true
		}
	}
	return false
}

// holdsInto reports whether the body is in force on a day or ends on it: a body
// gives on its last morning.
func (b *body) holdsInto(day org.Date) bool {
	if b.versions == nil {
		return b.life.From <= day && day <= b.life.To
	}
	for i := range b.versions {
		if v := &b.versions[i]; v.From <= day && day <= v.To {
			return true
		}
	}
	return false
}

// on gives the body as it is on a day, or nil.
func (b *body) on(day org.Date) *org.Body {
	if b.versions == nil {
		if b.row != nil && b.life.Holds(day) {
			return b.row
		}
		return nil
	}
	for i := range b.versions {
		if b.versions[i].Holds(day) {
			return &b.versions[i].Body
		}
	}
	return nil
}

// absences are the intervals after its first day in which the body is not in
// force.
func (b *body) absences() []org.Interval {
	if b.versions == nil {
		if b.life.To == org.Forever {
			return nil
		}
		return []org.Interval{{From: b.life.To, To: org.Forever}}
	}
	var out []org.Interval
	for i := range b.versions {
		gap := org.Interval{From: b.versions[i].To, To: org.Forever}
		if i+1 < len(b.versions) {
			gap.To = b.versions[i+1].From
		}
		if !gap.Empty() {
			out = append(out, gap)
		}
	}
	return out
}

// endedBy gives the change that ended the body on a day, or none.
func (b *body) endedBy(day org.Date) int32 {
	for i := range b.versions {
		if b.versions[i].To == day {
			return b.versions[i].ended
		}
	}
	return none
}

func (c *checker) notInForce(at diag.Span, i int32, day org.Date, state string) {
	b := &c.bodies[i]
	if b.silent {
		return
	}
	d := diag.At(NotInForce, at, diag.F("body", c.bodyName(i)), diag.F("on", day), diag.F("state", diag.Word(state)))
	if b.life.From.Known() || b.life.To.Known() {
		d.Facts = append(d.Facts, diag.F("in_force", b.life))
	}
	if len(b.versions) > 0 {
		if last := &b.versions[len(b.versions)-1]; last.ended >= 0 {
			d = d.Note(c.plan.Changes[last.ended].Declared().At, "ends_here")
		} else if b.versions[0].began >= 0 {
			d = d.Note(c.plan.Changes[b.versions[0].began].Declared().At, "begins_here")
		}
	}
	c.report(d)
}

// takes reports whether a body can be given something on a day, and says why
// not.
func (c *checker) takes(r org.Ref, i int32, day org.Date) bool {
	return c.bodies[i].holds(day) || c.absent(r, i, day)
}

// gives reports whether a body can give something on a day, and says why not.
func (c *checker) gives(r org.Ref, i int32, day org.Date) bool {
	return c.bodies[i].holdsInto(day) || c.absent(r, i, day)
}

// absent tells that a body is not there on a day; it gives false, the answer of
// who asked.
func (c *checker) absent(r org.Ref, i int32, day org.Date) bool {
	state := "state.ended"
	if c.bodies[i].life.From > day {
		state = "state.not_begun"
	}
	c.notInForce(r.At, i, day, state)
	return false
}

func (c *checker) tooFew(i int32, at diag.Span, found, least int) {
	d := c.plan.Changes[i].Declared()
	c.report(diag.At(Cardinality, at, diag.F("kind", diag.Word("kind."+d.Kind)), diag.F("found", found), diag.F("least", least)))
}

// shapes holds each change against the number of parts that its kind has in
// law.
func (c *checker) shapes() {
	for i, ch := range c.plan.Changes {
		i := int32(i)
		few := func(refs []org.Ref, least int) {
			if len(refs) >= least {
				seen := map[string]bool{}
				for _, r := range refs {
					if seen[r.ID] {
						c.report(diag.At(DuplicateID, r.At, diag.F("id", r.ID), diag.F("what", diag.Word("what.bodies"))))
						c.bad[i] = true
					}
					seen[r.ID] = true
				}
				return
			}
			c.tooFew(i, ch.Declared().At, len(refs), least)
			c.bad[i] = true
		}
		same := func(from, to org.Ref) {
			if from.Given() && from.ID == to.ID {
				c.report(diag.At(Cardinality, to.At, diag.F("kind", diag.Word("kind."+ch.Declared().Kind)),
					diag.F("body", to.ID), diag.F("reason", diag.Word("reason.to_itself"))))
				c.bad[i] = true
			}
		}
		switch ch := ch.(type) {
		case *org.Merge:
			few(ch.From, 2)
		case *org.CoLocate:
			few(ch.Bodies, 2)
		case *org.Host:
			same(ch.Office, ch.Where)
		case *org.ChangeArea:
			few(ch.Areas, 1)
		case *org.MergeInto:
			few(ch.From, 1)
			for _, r := range ch.From {
				same(r, ch.Into)
			}
		case *org.Split:
			if len(ch.Into) < 2 {
				c.tooFew(i, ch.At, len(ch.Into), 2)
				c.bad[i] = true
			}
		case *org.Transfer:
			same(ch.From, ch.To)
		case *org.Delegate:
			same(ch.From, ch.To)
		case *org.TakeUp:
			same(ch.From, ch.To)
		case *org.MoveQuota:
			same(ch.From, ch.To)
		case *org.MovePosts:
			same(ch.From, ch.To)
		case *org.MovePeople:
			same(ch.From, ch.To)
		case *org.MoveItems:
			same(ch.From, ch.To)
		case *org.Declare:
			switch {
			case len(ch.Joint) > 0 && len(ch.Joint) < 2:
				c.tooFew(i, ch.Joint[0].At, len(ch.Joint), 2)
				c.bad[i] = true
			case len(ch.Joint) == 0 && !ch.Lead.Given():
				c.tooFew(i, ch.At, 0, 1)
				c.bad[i] = true
			}
		}
	}
}

// superiors holds the tree of bodies: every superior is there and in force,
// nobody is above himself, and a body that ends leaves nobody under it.
func (c *checker) superiors() {
	c.tellLoose(ordering)
	for i, ch := range c.plan.Changes {
		if c.bad[i] || !c.dates[i].Known() {
			continue
		}
		under := func(r org.Ref) {
			if !r.Given() || r.ID == "none" {
				return
			}
			if at := c.ref(c.bodyIx, r); at >= 0 {
				c.takes(r, at, c.dates[i])
			}
		}
		place := func(r org.Ref) { c.ref(c.areaIx, r) }
		switch ch := ch.(type) {
		case *org.Establish:
			under(ch.Superior)
			place(ch.Area)
		case *org.Merge:
			under(ch.Into.Superior)
			place(ch.Into.Area)
		case *org.Split:
			for _, n := range ch.Into {
				under(n.Superior)
				place(n.Area)
			}
		case *org.Reestablish:
			under(ch.Superior)
		case *org.Restore:
			under(ch.Superior)
		case *org.ChangeSuperior:
			under(ch.To)
		}
	}
	// a circle may go through several clusters: a draft looks for it by itself
	if c.scope == nil && (c.x.knot || c.goesRound()) {
		c.findCircles()
	}
	c.inferiors()
}

// goesRound reports whether a body comes to stand above itself on some day. The
// board's own superiors don't go round, so a circle has a body in it whose
// superior the plan changes. O(those bodies and the bodies above them).
func (c *checker) goesRound() bool {
	steps := 4*len(c.bodies) + 1000
	for _, i := range c.lived {
		if c.above(i, i, org.Interval{From: c.start, To: org.Forever}, &steps) {
			return true
		}
	}
	return false
}

// above reports whether a body stands above another on some of the days. It says
// yes when it runs out of steps: then somebody has to look properly.
func (c *checker) above(who, of int32, days org.Interval, steps *int) bool {
	if *steps--; *steps < 0 {
		return true
	}
	b := &c.bodies[of]
	if b.versions == nil {
		up := none
		if b.row.Superior != "" {
			up = c.bodyIx.find(b.row.Superior)
		}
		days = days.And(b.life)
		return up >= 0 && !days.Empty() && (up == who || c.above(who, up, days, steps))
	}
	for k := range b.versions {
		v := &b.versions[k]
		if days := days.And(v.Interval); v.Superior != "" && !days.Empty() {
			if up := c.bodyIx.find(v.Superior); up >= 0 && (up == who || c.above(who, up, days, steps)) {
				return true
			}
		}
	}
	return false
}

// findCircles tells every circle of superiors, on the day on which it closes.
// O(bodies).
func (c *checker) findCircles() {
	every := make([]int32, len(c.bodies))
	for i := range every {
		every[i] = int32(i)
	}
	w := &walks{last: make([]int32, len(c.bodies)), told: map[int32]bool{}}
	c.circles(c.start, every, w)
	// after the first day a circle can only close where a superior changes or a
	// body begins
	moved := map[org.Date][]int32{}
	for i := range c.bodies {
		if b := &c.bodies[i]; b.versions == nil && b.life.From > c.start && b.row.Superior != "" {
			moved[b.life.From] = append(moved[b.life.From], int32(i))
		}
		for _, v := range c.bodies[i].versions {
			if v.From > c.start && !v.Empty() && v.Superior != "" {
				moved[v.From] = append(moved[v.From], int32(i))
			}
		}
	}
	for _, day := range slices.Sorted(maps.Keys(moved)) {
		c.circles(day, moved[day], w)
	}
}

// walks are the ways up from bodies to their highest superiors, by number.
type walks struct {
	n    int32
	last []int32 // the last walk that came by each body
	told map[int32]bool
}

// circles finds bodies that are above themselves on a day, among those that
// stand over the given ones. O(bodies walked).
func (c *checker) circles(day org.Date, below []int32, w *walks) {
	up := func(i int32) int32 {
		b := c.bodies[i].on(day)
		if b == nil || b.Superior == "" {
			return none
		}
		return c.bodyIx.find(b.Superior)
	}
	morning := w.n
	for _, at := range below {
		w.n++
		for at >= 0 && w.last[at] <= morning {
			w.last[at] = w.n
			at = up(at)
		}
		if at >= 0 && w.last[at] == w.n && !w.told[at] {
			c.reportCircleOfBodies(at, day, up, w.told)
		}
	}
}

func (c *checker) reportCircleOfBodies(first int32, day org.Date, up func(int32) int32, told map[int32]bool) {
	var path []int32
	for at := first; ; {
		path = append(path, at)
		told[at] = true
		if at = up(at); at == first {
			break
		}
	}
	// the step that closed the circle is the newest one
	closing, newest := path[0], none
	for _, i := range path {
		if by := c.versionOn(i, day); by > newest {
			closing, newest = i, by
		}
	}
	at := slices.Index(path, closing)
	path = append(slices.Clone(path[at:]), path[:at]...)
	words := make([]string, 0, len(path)+1)
	for _, i := range append(path, closing) {
		words = append(words, c.bodies[i].id)
	}
	span := c.superiorWords(closing, day)
	d := diag.At(SuperiorCycle, span, diag.F("path", strings.Join(words, " → ")), diag.F("from", day))
	for _, i := range path[1:min(len(path), 12)] { // nobody reads on; the path is whole
		d = d.Note(c.superiorWords(i, day), "is_under", diag.F("body", c.bodyName(i)), diag.F("superior", c.bodies[i].on(day).Superior))
	}
	c.report(d)
}

// versionOn gives the change that brought the version of the day about.
func (c *checker) versionOn(i int32, day org.Date) int32 {
	for _, v := range c.bodies[i].versions {
		if v.Holds(day) {
			return v.began
		}
	}
	return none
}

// superiorWords gives the words that put a body under its superior.
func (c *checker) superiorWords(i int32, day org.Date) diag.Span {
	if by := c.versionOn(i, day); by >= 0 {
		switch ch := c.plan.Changes[by].(type) {
		case *org.ChangeSuperior:
			return ch.To.At
		case *org.Establish:
			return ch.Superior.At
		case *org.Reestablish:
			if ch.Superior.Given() {
				return ch.Superior.At
			}
		}
		return c.plan.Changes[by].Declared().At
	}
	if row := c.bodies[i].row; row != nil {
		return c.board.Cell("bodies", row.At, "superior")
	}
	return diag.Span{}
}

// inferiors finds bodies that stay under one that has ended.
func (c *checker) inferiors() {
	moved := map[int32][]int32{} // bodies with versions, by each superior that they have
	for _, i := range c.lived {
		for _, v := range c.bodies[i].versions {
			if v.Superior == "" {
				continue
			}
			if at := c.bodyIx.find(v.Superior); at >= 0 {
				moved[at] = append(moved[at], i)
			}
		}
	}
	over := []int32(nil)
	if c.part() {
		over = c.scope.over
	}
	for _, at := range c.mayBeGone(over) {
		left := slices.Clone(moved[at])
		for _, i := range c.x.inferiors.of(at) {
			if c.bodies[i].versions == nil {
				left = append(left, i)
			}
		}
		slices.Sort(left)
		gone := c.bodies[at].absences()
		var names []diag.Name
		for _, i := range slices.Compact(left) {
			if c.staysUnder(i, at, gone) {
				names = append(names, c.bodyName(i))
			}
		}
		if len(names) == 0 {
			continue
		}
		end := gone[0].From
		c.regarding(anInferior, at)
		c.report(diag.At(InferiorsLeft, c.endWords(at, end), diag.F("body", c.bodyName(at)), diag.F("from", end), diag.F("bodies", names)))
	}
	c.regardingNothing()
}

// staysUnder reports whether a body is under another on some of the days on which
// that one is gone.
func (c *checker) staysUnder(i, superior int32, gone []org.Interval) bool {
	b := &c.bodies[i]
	under := func(in org.Interval) bool {
		return slices.ContainsFunc(gone, func(g org.Interval) bool {
			both := g.And(in)
			return !both.Empty() && both.To > c.start
		})
	}
	if b.versions == nil {
		return under(b.life)
	}
	for k := range b.versions {
		if v := &b.versions[k]; v.Superior == c.bodies[superior].id && under(v.Interval) {
			return true
		}
	}
	return false
}

// mayBeGone lists the bodies that are not in force on all days from their first:
// those that the board ends (of a part of a plan, those in its scope), and those
// that the plan touches. In order.
func (c *checker) mayBeGone(scope []int32) []int32 {
	var out []int32
	if c.part() {
		out = c.inScope(scope)
	} else {
		out = sorted(slices.Concat(c.x.ended, c.lived))
	}
	return slices.DeleteFunc(out, func(i int32) bool {
		b := &c.bodies[i]
		return b.life.To == org.Forever && len(b.versions) < 2
	})
}

// endWords gives the words that end a body.
func (c *checker) endWords(i int32, day org.Date) diag.Span {
	if by := c.bodies[i].endedBy(day); by >= 0 {
		switch ch := c.plan.Changes[by].(type) {
		case *org.Merge:
			for _, r := range ch.From {
				if r.ID == c.bodies[i].id {
					return r.At
				}
			}
		case *org.MergeInto:
			for _, r := range ch.From {
				if r.ID == c.bodies[i].id {
					return r.At
				}
			}
		}
		return c.plan.Changes[by].Declared().At
	}
	if row := c.bodies[i].row; row != nil {
		return c.board.Cell("bodies", row.At, "to")
	}
	return diag.Span{}
}

// merged gives the body that succeeds to all that a merged body had, or none.
func (c *checker) merged(i int32) int32 {
	for _, v := range c.bodies[i].versions {
		if v.ended < 0 {
			continue
		}
		switch ch := c.plan.Changes[v.ended].(type) {
		case *org.Merge:
			return c.bodyIx.find(ch.Into.ID.ID)
		case *org.MergeInto:
			return c.bodyIx.find(ch.Into.ID)
		}
	}
	return none
}

// bodyWords gives the words that declare a body.
func (c *checker) bodyWords(i int32) diag.Span {
	b := &c.bodies[i]
	if b.row != nil {
		return c.board.Cell("bodies", b.row.At, "id")
	}
	switch ch := c.plan.Changes[b.by].(type) {
	case *org.Merge:
		return ch.Into.ID.At
	case *org.Split:
		for _, n := range ch.Into {
			if n.ID.ID == b.id {
				return n.ID.At
			}
		}
	}
	return c.plan.Changes[b.by].Declared().At
}

// inForce lists the intervals in which a body is in force, joined where they
// meet.
func (c *checker) inForce(i int32) []org.Interval {
	b := &c.bodies[i]
	if b.versions == nil {
		return []org.Interval{b.life}
	}
	var out []org.Interval
	for _, v := range b.versions {
		if n := len(out); n > 0 && out[n-1].To == v.From {
			out[n-1].To = v.To
		} else {
			out = append(out, v.Interval)
		}
	}
	return out
}
