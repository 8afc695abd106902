package check

import (
	"cmp"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// A Draft is a plan that is being written: it is changed one change at a time,
// and what is wrong with it is known again after each. The problems are those of
// a check of the whole plan, one by one, with their places, facts and notes; so
// is the timeline, which is worked out when it is asked for.
//
// The changes of a plan fall into clusters that don't bear on each other (see
// key). An edit costs what the clusters that it touches cost, and a copy of
// eight bytes for each change behind the place where one is inserted or removed.
// Some plans can't be divided so and are checked in full after each edit: see
// Whole.
//
// A Draft is not safe for concurrent use. It keeps its own copies of the changes.
type Draft struct {
	x     *Index
	rules org.Pack
	packs []*org.Pack
	head  org.Plan // the plan without its changes
	start org.Date

	nodes            []*node
	things           map[key]*thing
	bind             *binding
	c                *checker            // its bodies, duties and posts are those of the index between runs
	troubled         map[*cluster]bool   // those with problems
	ending           map[*cluster]bool   // those with ends
	ends             []org.Date          // those of the board alone
	lived            map[int32]*lived    // the bodies that the plan touches
	circle           bool                // superiors go round
	seals, astray    int                 // of the board, when the packs say what becomes of them; and those whose fate is faulty
	round            uint32              // of regrouping: who was seen in it is marked with it
	numbering        uint32              // of changes by their places: who has his number of it is marked with it
	last             org.Date            // on which the last change is complete
	reform, approved map[string]org.Date // of instruments
	brought          map[string]int      // how often the changes bring an id, by what it is of
	headWhole        string              // why no plan with this head, board and packs can be divided
	given            map[string][]*node  // changes by the id that is written for them
	twice            int                 // ids that are written for several
	likely           map[string]bool     // ids that are written and look as if a place had given them
	waiting          map[*node]bool      // changes that say after or before
	saying           map[string]*int     // how many things are said of what and which things; see says
	odd              int                 // changes for which the plan must be checked whole
	dated            []*node             // see redate
	asked            []org.Need

	levels   []level        // by rank
	latest   *node          // the change that is complete last, unless it must be looked for
	hands    map[*node]bool // changes that hand protected duties over
	gripping map[*node]bool // changes that may break a freeze
	closed   closed

	board []problem // what is wrong without any change
	order []problem // what is wrong with the waits
	far   []problem // what is wrong between changes that are far apart: see across
	near  map[string]guess
	whole string
	all   diag.List // of the whole plan, when it can't be divided

	demanded map[*org.Demand][]int32 // see counted
	touched  map[string]part         // see touchedBodies; nil: to be made again
	frozen   map[*org.Freeze]*window // the days of freezes, as long as touched stays
}

// A node is a change in its draft.
type node struct {
	ch       org.Change
	order    int64  // grows with the place
	numbered uint32 // see Draft.numbering
	gone     bool   // it is no more in the draft
	day      org.Date
	links    []link
	says     []saidAmong
	cluster  *cluster
	seen     uint32 // see Draft.round
	bad      bool   // it is not carried out
	odd      bool   // the plan must be checked whole for it: it is in no cluster

	// What is asked of it in across.
	standing
	level   int  // the rank of its level
	ranked  bool // which stays as it is
	grips   []grip
	touches []touch
	handed  []*org.Duty
}

// A saidAmong is what a change says, and how often a draft says something of that.
type saidAmong struct {
	said
	times *int
}

// A thing is what changes bear on each other through.
type thing struct {
	nodes []*node
	how   []share
	count [acts + 1]int32 // of each share
	seen  uint32          // see Draft.round
}

func (t *thing) joins() bool { return t.count[acts] > 0 || t.count[reads] > 0 && t.count[gets] > 0 }

// A cluster is changes that bear on each other, and what is wrong with them.
type cluster struct {
	nodes    []*node
	problems []problem
	seen     uint32     // see Draft.round
	numbered bool       // a problem names a change by a number that is its place
	bodies   []int32    // those in lived
	astray   int        // seals
	ends     []org.Date // see scope
}

// A lived body is one that the plan touches.
type lived struct {
	rises []rise
	// what it is through the days, and what brings it and is the how manieth of
	// its bodies: where the levels are asked for bodies
	versions []version
	by       *node
	nth      int32
	at       diag.Span // the words that bring it
}

// A rise says that a body is under another for some days; of, that it is there.
type rise struct {
	org.Interval
	superior int32 // or none
}

// A problem of a part of a plan.
type problem struct {
	diag.Diagnostic
	// once: it is told of the first change of the plan alone that has it
	once string
	at   int32 // that change: in its cluster
	// of is the thing that a problem of the board is about: a cluster that acts on
	// the thing looks at it itself
	of    key
	owned bool
	// lacks: the id that is perhaps meant is still to be found, among all that the
	// plan brings; of several that tell it, the one of the first turn does
	lacks    string
	turn     uint8
	orDuties bool // it would do as a duty, too
}

// NewDraft starts a draft with a plan. It costs a full check.
func NewDraft(x *Index, p *org.Plan, packs ...*org.Pack) *Draft {
	d := &Draft{x: x, packs: packs, rules: org.Together(packs), near: map[string]guess{}}
	x.open()
	x.nearby("bodies")
	x.nearby("duties")
	x.persons()
	d.begin(p)
	return d
}

// begin takes over a plan from the start.
func (d *Draft) begin(p *org.Plan) {
	d.head = *p
	d.head.Changes = nil
	d.reform, d.approved = p.Reform(d.rules.Approve), p.Approved()
	d.headWhole = d.whyHead()
	d.seals = 0
	if d.rules.Seals.Asked() {
		kinds := sealKinds(&d.rules)
		for i := range d.x.board.Items {
			if d.x.itemBody[i] >= 0 && slices.Contains(kinds, d.x.board.Items[i].Kind) {
				d.seals++
			}
		}
	}
	d.head.Instruments, d.head.Waivers = slices.Clone(p.Instruments), slices.Clone(p.Waivers)
	d.nodes = make([]*node, len(p.Changes))
	d.given, d.brought, d.likely = map[string][]*node{}, map[string]int{}, map[string]bool{}
	d.saying = map[string]*int{}
	d.waiting, d.odd, d.twice = map[*node]bool{}, 0, 0
	for i, ch := range p.Changes {
		d.nodes[i] = newNode(ch)
		d.count(d.nodes[i], 1)
	}
	d.spread()
	d.numbering++
	d.rebuild()
}

func newNode(ch org.Change) *node {
	n := &node{ch: copyOf(ch), day: org.NoDate}
	n.ch.Declared().Position = -1 // see number
	return n
}

// copyOf gives a change whose place and derived id are its own.
func copyOf(ch org.Change) org.Change {
	to := reflect.New(reflect.TypeOf(ch).Elem())
	to.Elem().Set(reflect.ValueOf(ch).Elem())
	return to.Interface().(org.Change)
}

// room is how far apart the orders of neighbours are at first: changes can be
// inserted some forty times at one place before all are spread anew.
const room = 1 << 40

// spread gives all changes their orders.
func (d *Draft) spread() {
	for i, n := range d.nodes {
		n.order = int64(i+1) * room
	}
}

// enter gives the change at a place an order between those of its neighbours.
func (d *Draft) enter(i int) {
	before, after := int64(0), int64(len(d.nodes)+1)*room
	if i > 0 {
		before = d.nodes[i-1].order
		after = max(after, before+2*room)
	}
	if i+1 < len(d.nodes) {
		after = d.nodes[i+1].order
	}
	if d.nodes[i].order = before + (after-before)/2; d.nodes[i].order == before || d.nodes[i].order > 1<<62 {
		d.spread()
	}
}

func byOrder(a, b *node) int { return cmp.Compare(a.order, b.order) }

// place finds where a change stands. O(log n).
func (d *Draft) place(n *node) int {
	i, _ := slices.BinarySearchFunc(d.nodes, n, byOrder)
	return i
}

// number writes their places into changes, and the ids that follow from those. It
// is done for those that are about to be looked at: all that stand behind an edit
// have other places.
func (d *Draft) number(list ...*node) {
	for _, n := range list {
		if n.numbered == d.numbering {
			continue
		}
		n.numbered = d.numbering
		c, i := n.ch.Declared(), d.place(n)
		if c.GivenID.Given() {
			c.Position = i
		} else if c.Position != i {
			c.Position, c.ID = i, "c"+strconv.Itoa(i+1)
		}
	}
}

// count keeps the sums over all changes: by is 1 for one that comes, -1 for one
// that goes.
func (d *Draft) count(n *node, by int) {
	c := n.ch.Declared()
	if len(c.After)+len(c.Before) > 0 {
		if d.waiting[n] = true; by < 0 {
			delete(d.waiting, n)
		}
	}
	if n.odd = d.needsWhole(n.ch); n.odd {
		d.odd += by
	}
	if by > 0 {
		for _, s := range says(n.ch) {
			k := s.what + "\x00" + s.of
			if d.saying[k] == nil {
				d.saying[k] = new(int)
			}
			n.says = append(n.says, saidAmong{s, d.saying[k]})
		}
	}
	for _, s := range n.says {
		if *s.times += by; *s.times == 0 {
			delete(d.saying, s.what+"\x00"+s.of)
		}
	}
	newBodies(n.ch, func(id org.Ref, _ org.Body) { d.brought["bodies\x00"+id.ID] += by })
	newAreas(n.ch, func(a *org.Area) { d.brought["areas\x00"+a.Code] += by })
	if def := newDuty(n.ch); def != nil {
		d.brought["duties\x00"+def.ID] += by
	}
	if ch, ok := n.ch.(*org.Provide); ok && ch.Item.Given() {
		d.brought["items\x00"+ch.Item.ID] += by
	}
	if c.GivenID.Given() {
		id := c.GivenID.ID
		list := d.given[id]
		if len(list) > 1 {
			d.twice--
		}
		if by > 0 {
			list = append(list, n)
		} else {
			list = slices.DeleteFunc(list, func(m *node) bool { return m == n })
		}
		if len(list) > 1 {
			d.twice++
		}
		if len(list) > 0 {
			d.given[id] = list
		} else {
			delete(d.given, id)
		}
		if placeIn(id) >= 0 {
			if d.likely[id] = true; len(list) == 0 {
				delete(d.likely, id)
			}
		}
	}
}

// needsWhole reports whether one change is enough to make all of a plan bear on
// each other: it brings what cells of the board name and the board has not, or
// the first areas, or the first people in the first posts.
func (d *Draft) needsWhole(ch org.Change) bool {
	if (len(d.x.missing) > 0 || d.x.freeAreas) && d.x.answersChange(ch) {
		return true
	}
	switch ch := ch.(type) {
	case *org.SetPosts, *org.Appoint:
		return len(d.x.board.Posts) == 0 || len(d.x.board.Appointments) == 0
	case *org.ChangeArea: // where bodies sit then is said of all of them, and asked where they are counted
		return len(ch.Into) != 1 || len(ch.Into[0].Bodies) > 0 || len(d.head.Below) > 0 ||
			d.rules.Bylaws.Asked() // what becomes of bylaws is asked of all that there are
	case *org.Provide: // what becomes of seals, a pack may say of all of them
		return d.rules.Seals.Asked() && d.seals == 0
	}
	return false
}

// whyHead looks for what in the head of the plan, the board and the packs makes
// all of a plan bear on each other.
func (d *Draft) whyHead() string {
	h := &d.head
	switch {
	case len(d.rules.Rules) > 0:
		return "rules"
	case slices.ContainsFunc(h.Below, func(d org.Demand) bool { return d.Posts.Given() }), // who counts those, counts quotas of all bodies
		d.x.freeAreas && slices.ContainsFunc(h.Roles, func(r org.RoleHolder) bool { return r.Area.Given() }): // which make areas
		return "head"
	case d.x.knot:
		return "circle"
	}
	return ""
}

// Whole says why the plan can't be divided, and each edit costs a full check: ""
// when it can. It is one of "ids" (two changes have the same id), "brings" (a
// change brings what the board names and has not, or the first posts or areas, or
// decides where all bodies of an area sit, changes an area where the packs let
// bylaws lapse, or provides an item where they ask for seals and the board has none), "circle" (superiors go round), "head" (the plan asks a level for
// a number of posts, or its roles name areas where the board keeps none), "seals"
// (the packs ask for seals, and the fate of all is faulty) or "rules" (a pack has
// rules of its own).
func (d *Draft) Whole() string { return d.whole }

// Len is the number of changes.
func (d *Draft) Len() int { return len(d.nodes) }

// Change gives the change at a place. It must not be changed.
func (d *Draft) Change(i int) org.Change {
	d.number(d.nodes[i])
	return d.nodes[i].ch
}

// Plan gives the plan as it is now; later edits don't change it.
func (d *Draft) Plan() *org.Plan {
	p := d.head
	p.Changes = make([]org.Change, len(d.nodes))
	d.number(d.nodes...)
	for i, n := range d.nodes {
		p.Changes[i] = copyOf(n.ch)
	}
	return &p
}

// Insert puts a change before the one at a place, or at the end.
func (d *Draft) Insert(i int, ch org.Change) {
	n := newNode(ch)
	d.nodes = slices.Insert(d.nodes, i, n)
	d.enter(i)
	d.count(n, 1)
	d.edited(nil, n)
}

// Remove takes the change at a place away.
func (d *Draft) Remove(i int) {
	n := d.nodes[i]
	d.nodes = slices.Delete(d.nodes, i, i+1)
	d.count(n, -1)
	d.edited(n, nil)
}

// Replace puts another change in the place of one.
func (d *Draft) Replace(i int, ch org.Change) {
	was := d.nodes[i]
	n := newNode(ch)
	n.order = was.order
	d.count(was, -1)
	d.nodes[i] = n
	d.count(n, 1)
	d.edited(was, n)
}

// edited brings what is known of the plan up to date: one change went and another
// came, in its place; either may be nil.
func (d *Draft) edited(went, came *node) {
	var stale []*cluster
	if went != nil {
		went.gone = true
		d.stand(went, standing{})
		delete(d.hands, went)
		delete(d.gripping, went)
	}
	if went == nil || came == nil {
		d.numbering++
		d.closed.renumbered = true
		from := cmp.Or(went, came).order
		for cl := range d.troubled {
			if cl.numbered && cl.nodes[len(cl.nodes)-1].order > from {
				stale = append(stale, cl)
			}
		}
	}
	if d.undivided() {
		return
	}
	if d.c == nil { // it could not be divided before
		d.rebuild()
		return
	}
	if !d.sameNeeds(went, came) {
		d.rebuild()
		return
	}
	moved := d.redate(came)
	if start := d.firstDay(); start != d.start {
		d.rebuild()
		return
	}
	dirty := map[*cluster]bool{}
	for _, cl := range stale {
		dirty[cl] = true
	}
	if went != nil {
		d.unlink(went, dirty)
	}
	var loose []*node
	for _, n := range moved {
		if n != came {
			d.unlink(n, dirty)
		}
		d.link(n)
		loose = append(loose, n)
	}
	if came != nil && !slices.Contains(moved, came) {
		d.link(came)
		loose = append(loose, came)
	}
	d.regroup(dirty, loose)
}

// undivided checks the plan whole when it can't be divided, and reports whether
// that was so.
func (d *Draft) undivided() bool {
	if d.whole = d.why(); d.whole == "" {
		return false
	}
	d.c = nil
	d.checkWhole()
	return true
}

func (d *Draft) checkWhole() { d.all = d.x.Run(d.Plan(), d.packs...).Problems }

func (d *Draft) why() string {
	if d.twice > 0 {
		return "ids"
	}
	for id := range d.likely {
		if d.derived(id) != nil {
			return "ids"
		}
	}
	return d.headWhole
}

// derived gives the change that an id means by its place, or nil.
func (d *Draft) derived(id string) *node {
	at := placeIn(id)
	if at < 0 || at >= len(d.nodes) || d.nodes[at].ch.Declared().GivenID.Given() {
		return nil
	}
	return d.nodes[at]
}

// placeIn gives the place that an id is derived from; none when it can't be.
func placeIn(id string) int {
	if len(id) < 2 || len(id) > 9 || id[0] != 'c' || id[1] == '0' {
		return int(none)
	}
	at := 0
	for _, r := range id[1:] {
		if r < '0' || r > '9' {
			return int(none)
		}
		at = at*10 + int(r-'0')
	}
	return at - 1
}

func (d *Draft) byID(id string) *node {
	if list := d.given[id]; len(list) > 0 {
		return list[0]
	}
	return d.derived(id)
}

// rebuild looks at everything anew.
func (d *Draft) rebuild() {
	if d.undivided() {
		return
	}
	d.asked = d.need()
	d.c = newChecker(d.x, &org.Plan{}, d.rules)
	d.c.staff.posts = append(make([]post, 0, len(d.x.posts)+1000), d.x.posts...)
	d.levels, d.latest, d.touched, d.closed = make([]level, len(org.Levels)+1), nil, nil, closed{}
	d.hands, d.gripping = map[*node]bool{}, map[*node]bool{}
	for _, n := range d.nodes {
		n.day, n.standing, n.handed = org.NoDate, standing{}, nil
	}
	d.redate(d.nodes...)
	d.start = d.firstDay()
	d.bind = newBinding(d.x, &d.rules, &d.head, d.start)
	d.things = make(map[key]*thing, 8*len(d.nodes))
	d.troubled, d.ending = map[*cluster]bool{}, map[*cluster]bool{}
	d.lived, d.circle, d.astray = map[int32]*lived{}, false, 0
	for _, n := range d.nodes {
		n.cluster = nil
		d.link(n)
	}
	d.board = d.lookAt(nil)
	d.regroup(map[*cluster]bool{}, d.nodes)
}

// need is what the packs ask of the whole plan before a body may act.
func (d *Draft) need() []org.Need {
	if len(d.rules.Able) == 0 {
		return nil
	}
	p := d.head
	p.Changes = make([]org.Change, len(d.nodes))
	for i, n := range d.nodes {
		p.Changes[i] = n.ch
	}
	return d.rules.Asked(d.x.board, &p)
}

// sameNeeds reports whether the edit leaves what the packs ask.
func (d *Draft) sameNeeds(edits ...*node) bool {
	if len(d.rules.Able) == 0 {
		return true
	}
	for _, n := range edits {
		if n == nil {
			continue
		}
		switch n.ch.(type) {
		case *org.Provide, *org.SetPosts, *org.Appoint:
			return reflect.DeepEqual(d.asked, d.need())
		}
	}
	return true
}

func (d *Draft) firstDay() org.Date {
	if d.head.Start.Given() {
		return d.head.Start.Date
	}
	day := org.Forever
	for _, n := range d.nodes {
		if n.day.Known() {
			day = min(day, n.day)
		}
	}
	if day != org.Forever {
		return day
	}
	return d.x.newest
}

// redate gives changes their nominal days, those of the edit and those that wait
// for each other, and lists the ones whose day is another than before.
func (d *Draft) redate(edited ...*node) (moved []*node) {
	put := func(n *node, day org.Date) {
		if n.day != day {
			n.day = day
			moved = append(moved, n)
		}
	}
	alone := &checker{plan: &d.head, unknown: map[string]bool{}}
	var bound map[*node]bool
	d.order = nil
	if len(d.waiting) > 0 || len(d.dated) > 0 {
		bound = map[*node]bool{}
		for n := range d.waiting {
			c := n.ch.Declared()
			bound[n] = true
			for _, r := range slices.Concat(c.After, c.Before) {
				if m := d.byID(r.ID); m != nil {
					bound[m] = true
				}
			}
		}
		for _, n := range d.dated { // those that waited before may do no more
			if !bound[n] && !n.gone {
				edited = append(edited, n)
			}
		}
		list := make([]*node, 0, len(bound))
		for n := range bound {
			list = append(list, n)
		}
		slices.SortFunc(list, byOrder)
		d.dated = list
		c := d.partial(list)
		c.changeIDs = func() []string {
			d.number(d.nodes...)
			out := make([]string, len(d.nodes))
			for i, n := range d.nodes {
				out[i] = n.ch.Declared().ID
			}
			return out
		}
		c.order()
		for i, n := range list {
			put(n, c.dates[i])
		}
		for _, p := range c.problems {
			d.order = append(d.order, problem{Diagnostic: p})
		}
	}
	for _, n := range edited {
		if n == nil || bound[n] {
			continue
		}
		put(n, alone.nominal(n.ch.Declared(), nil))
	}
	return moved
}

// partial is a checker that knows nothing but some changes and their ids.
func (d *Draft) partial(list []*node) *checker {
	p := d.head
	p.Changes = make([]org.Change, len(list))
	c := &checker{plan: &p, unknown: map[string]bool{}, changeIx: map[string]int32{}}
	d.number(list...)
	for i, n := range list {
		p.Changes[i] = n.ch
		c.changeIx[n.ch.Declared().ID] = int32(i)
	}
	return c
}

// link enters a change at all that it has to do with.
func (d *Draft) link(n *node) {
	if n.odd {
		return
	}
	n.links = d.bind.of(n.ch, n.day)
	for i := range n.links {
		l := &n.links[i]
		t := d.things[l.key]
		if t == nil {
			t = &thing{}
			d.things[l.key] = t
		}
		t.nodes = append(t.nodes, n)
		t.how = append(t.how, l.share)
		t.count[l.share]++
		l.thing = t
	}
}

// unlink takes it away again; its cluster must be looked at anew.
func (d *Draft) unlink(n *node, dirty map[*cluster]bool) {
	for _, l := range n.links {
		t := l.thing
		i := slices.Index(t.nodes, n)
		last := len(t.nodes) - 1
		t.count[t.how[i]]--
		t.nodes[i], t.how[i] = t.nodes[last], t.how[last]
		t.nodes[last] = nil
		t.nodes, t.how = t.nodes[:last], t.how[:last]
		if last == 0 {
			delete(d.things, l.key)
		}
	}
	n.links = nil
	if n.cluster != nil {
		dirty[n.cluster] = true
		n.cluster.nodes = slices.DeleteFunc(n.cluster.nodes, func(m *node) bool { return m == n })
		n.cluster = nil
	}
}

// regroup divides changes into clusters anew, the given ones and those of the
// given clusters with all that they bear on, and looks at each. It asks of the bodies
// of those, and of others given, whether they stand above themselves.
func (d *Draft) regroup(dirty map[*cluster]bool, loose []*node, bodies ...int32) {
	todo := slices.Clone(loose)
	for cl := range dirty {
		todo = append(todo, cl.nodes...)
	}
	d.round++
	round := d.round
	dissolve := func(cl *cluster) {
		if cl != nil && cl.seen != round {
			cl.seen = round
			delete(d.troubled, cl)
			delete(d.ending, cl)
			d.astray -= cl.astray
			for _, b := range cl.bodies {
				delete(d.lived, b)
			}
			bodies = append(bodies, cl.bodies...) // they may be where the board has them again
			todo = append(todo, cl.nodes...)
		}
	}
	for cl := range dirty {
		dissolve(cl)
	}
	var fresh []*cluster
	for k := 0; k < len(todo); k++ {
		if todo[k].seen == round || todo[k].odd {
			continue
		}
		cl := &cluster{}
		queue := []*node{todo[k]}
		todo[k].seen = round
		for len(queue) > 0 {
			n := queue[len(queue)-1]
			queue = queue[:len(queue)-1]
			dissolve(n.cluster)
			cl.nodes = append(cl.nodes, n)
			for _, l := range n.links {
				t := l.thing
				if t.seen == round || len(t.nodes) < 2 || !t.joins() {
					continue
				}
				t.seen = round
				for _, m := range t.nodes {
					if m.seen != round {
						m.seen = round
						queue = append(queue, m)
					}
				}
			}
		}
		slices.SortFunc(cl.nodes, byOrder)
		fresh = append(fresh, cl)
	}
	for _, cl := range fresh {
		for _, n := range cl.nodes {
			n.cluster = cl
		}
		cl.problems = d.lookAt(cl)
		if len(cl.problems) > 0 {
			d.troubled[cl] = true
			cl.numbered = slices.ContainsFunc(cl.problems, func(p problem) bool { return mentionsNumber(&p.Diagnostic) })
		}
	}
	// superiors are looked at across clusters
	for _, cl := range fresh {
		bodies = append(bodies, cl.bodies...)
	}
	if d.circle {
		bodies = bodies[:0]
		for b := range d.lived {
			bodies = append(bodies, b)
		}
	}
	if d.moveLast(bodies) {
		return
	}
	switch d.circle = d.goesRound(bodies); {
	case d.odd > 0:
		d.whole = "brings"
		d.checkWhole()
	case d.circle:
		d.whole = "circle"
		d.checkWhole()
	case d.seals > 0 && d.astray >= d.seals:
		d.whole = "seals"
		d.checkWhole()
	default:
		d.across()
	}
}

// moveLast finds the last day of the plan, and looks again at what is told
// otherwise when that is another than before. It reports whether clusters were
// among that, which then have been looked at, as the bodies given have.
func (d *Draft) moveLast(bodies []int32) bool {
	if len(d.x.shared().groups) == 0 {
		return false // nothing asks for it
	}
	was, last := d.last, d.lastDay()
	if d.last = last; was == last {
		return false
	}
	other := func(ends []org.Date) bool {
		return slices.ContainsFunc(ends, func(day org.Date) bool { return (day <= was) != (day <= last) })
	}
	if other(d.ends) {
		d.board = d.lookAt(nil)
	}
	again := map[*cluster]bool{}
	for cl := range d.ending {
		if other(cl.ends) {
			again[cl] = true
		}
	}
	if len(again) > 0 {
		d.regroup(again, nil, bodies...)
	}
	return len(again) > 0
}

// lastDay is checker.lastDay of the whole plan.
func (d *Draft) lastDay() org.Date {
	if d.latest == nil {
		for _, n := range d.nodes {
			d.seeEnd(n)
		}
	}
	if d.latest == nil {
		return d.start
	}
	return max(d.start, d.latest.end)
}

// seeEnd notes the change when it is complete after all others.
func (d *Draft) seeEnd(n *node) {
	if n.day.Known() && !n.bad && (d.latest == nil || n.end > d.latest.end) {
		d.latest = n
	}
}

// lookAt checks the changes of a cluster by themselves; of nil, the board without
// any change.
func (d *Draft) lookAt(cl *cluster) []problem {
	p := d.head
	c := d.c
	c.again(&p, d.start, d.asked)
	if cl != nil {
		d.number(cl.nodes...)
		p.Changes = make([]org.Change, len(cl.nodes))
		c.dates = make([]org.Date, len(cl.nodes))
		c.scope = &scope{things: map[key]bool{}, number: d.bind.number, last: d.last, archives: d.bind.archives, sealed: d.seals > 0}
		c.scope.says = make([][]said, len(cl.nodes))
		for i, n := range cl.nodes {
			p.Changes[i] = n.ch
			c.dates[i] = n.day
			for k := range n.says {
				if s := &n.says[k]; *s.times > 1 {
					c.scope.says[i] = append(c.scope.says[i], s.said)
				}
			}
			for _, l := range n.links {
				if l.thing.joins() {
					c.scope.add(l.key, c)
				}
			}
		}
	} else {
		c.scope = &scope{board: true, number: d.bind.number, last: d.last}
	}
	c.tellBoard()
	c.collect()
	c.look()
	out := make([]problem, len(c.problems))
	for i := range out {
		out[i] = problem{Diagnostic: c.problems[i]}
	}
	for _, t := range c.scope.onces {
		out[t.problem].once, out[t.problem].at = t.key, t.change
	}
	for _, t := range c.scope.lacks {
		out[t.problem].lacks, out[t.problem].turn, out[t.problem].orDuties = t.what, t.turn, t.orDuties
	}
	for _, t := range c.scope.owners {
		out[t.problem].of, out[t.problem].owned = t.of, true
	}
	if cl != nil {
		d.note(cl)
		if cl.ends = c.scope.ends; len(cl.ends) > 0 {
			d.ending[cl] = true
		}
	} else {
		d.ends = c.scope.ends
	}
	c.restore()
	return out
}

// note keeps of the changes of a cluster, and of the bodies that they touch, what is
// asked across clusters.
func (d *Draft) note(cl *cluster) {
	c := d.c
	for i, n := range cl.nodes {
		n.bad, n.grips = c.bad[i], nil
		if !n.ranked {
			n.level, n.ranked = c.lastingRank(n.ch)
		}
		level := n.level
		if !n.ranked {
			level = org.LevelRank(c.levelOf(n.ch))
		}
		d.stand(n, c.standing(int32(i), level))
		if n.handed = c.handed[int32(i)]; len(n.handed) > 0 {
			d.hands[n] = true
		} else {
			delete(d.hands, n)
		}
		if n.day.Known() && len(d.rules.Freezes) > 0 {
			if n.touches == nil {
				n.touches = append([]touch{}, touches(n.ch)...)
				d.touched = nil
			}
			if !n.bad {
				n.grips = c.frozenBy(int32(i), d.reform, d.approved)
			}
		}
		if len(n.grips) > 0 {
			d.gripping[n] = true
		} else {
			delete(d.gripping, n)
		}
	}
	if d.seals > 0 {
		for i := range c.staff.items.loose {
			if int(i) < len(d.x.board.Items) && c.isSeal(i) {
				cl.astray++
			}
		}
		d.astray += cl.astray
	}
	for _, i := range c.lived {
		b := &c.bodies[i]
		at, _ := d.bind.place(aLife, d.x.bodyIx, len(d.x.bodies), b.id)
		l := &lived{rises: make([]rise, 0, len(b.versions))}
		for _, v := range b.versions {
			up := none
			if v.Superior != "" {
				up, _ = d.bind.place(aLife, d.x.bodyIx, len(d.x.bodies), v.Superior)
			}
			l.rises = append(l.rises, rise{v.Interval, up})
		}
		if len(d.head.Below) > 0 {
			l.versions = b.versions
			if b.by >= 0 {
				l.by, l.nth, l.at = cl.nodes[b.by], i, c.bodyWords(i)
			}
		}
		d.lived[at] = l
		cl.bodies = append(cl.bodies, at)
	}
}

// goesRound reports whether one of the bodies comes to stand above itself on some
// day, as checker.goesRound does.
func (d *Draft) goesRound(bodies []int32) bool {
	steps := 4*len(d.x.bodies) + 1000
	for _, b := range bodies {
		if d.above(b, b, org.Interval{From: d.start, To: org.Forever}, &steps) {
			return true
		}
	}
	return false
}

func (d *Draft) above(who, of int32, days org.Interval, steps *int) bool {
	if *steps--; *steps < 0 {
		return true
	}
	it, touched := d.lived[of]
	if !touched {
		if int(of) >= len(d.x.bodies) {
			return false
		}
		up := d.x.superior[of]
		days = days.And(d.x.bodies[of].life)
		return up >= 0 && !days.Empty() && (up == who || d.above(who, up, days, steps))
	}
	for _, r := range it.rises {
		if days := days.And(r.Interval); r.superior >= 0 && !days.Empty() && (r.superior == who || d.above(who, r.superior, days, steps)) {
			return true
		}
	}
	return false
}

// Problems gives everything that is wrong with the plan as it is now, sorted.
func (d *Draft) Problems() diag.List {
	if d.whole != "" {
		return slices.Clone(d.all)
	}
	var out diag.List
	type first struct {
		at      int64
		problem int
	}
	onces := map[string]first{}
	put := func(p *problem, at int64) {
		g := p.Diagnostic
		once := p.once
		if p.lacks != "" {
			id := g.Fact("id").(string)
			once, at = p.lacks+"\x00"+id, int64(p.turn)
			if near := d.meant(p.lacks, id); near != "" {
				g.Facts = append(slices.Clip(g.Facts), diag.F("known", near))
			}
		}
		if once != "" {
			if was, told := onces[once]; told {
				if at < was.at {
					out[was.problem] = g
					onces[once] = first{at, was.problem}
				}
				return
			}
			onces[once] = first{at, len(out)}
		}
		out = append(out, g)
	}
	for i := range d.board {
		p := &d.board[i]
		if p.owned {
			if t := d.things[p.of]; t != nil && t.joins() {
				continue
			}
		}
		if p.lacks != "" {
			if id := p.Fact("id").(string); d.brings(p.lacks, id) || p.orDuties && d.brings("duties", id) {
				continue
			}
		}
		if p.at == ghost {
			put(p, math.MaxInt64) // after all changes
		} else {
			put(p, -1)
		}
	}
	for i := range d.order {
		put(&d.order[i], -1)
	}
	for i := range d.far {
		put(&d.far[i], -1)
	}
	for cl := range d.troubled {
		for i := range cl.problems {
			at := int64(-1)
			if p := &cl.problems[i]; p.once != "" && p.at >= 0 {
				at = cl.nodes[p.at].order
			}
			put(&cl.problems[i], at)
		}
	}
	c := &checker{plan: &d.head, start: d.start, problems: out}
	c.waive()
	c.problems.Sort()
	return c.problems
}

// brings reports whether a change brings an id of a kind into being, or has it.
func (d *Draft) brings(what, id string) bool {
	return d.brought[what+"\x00"+id] > 0 || what == "tasks" && d.byID(id) != nil
}

// mentionsNumber reports whether a problem may name a change by its place.
func mentionsNumber(d *diag.Diagnostic) bool {
	in := func(facts []diag.Fact) bool {
		return slices.ContainsFunc(facts, func(f diag.Fact) bool {
			s, ok := f.Value.(string)
			for ok {
				i := strings.IndexByte(s, 'c')
				if i < 0 || i+1 == len(s) {
					return false
				}
				if s = s[i+1:]; s[0] >= '1' && s[0] <= '9' {
					return true
				}
			}
			return false
		})
	}
	return in(d.Facts) || slices.ContainsFunc(d.Notes, func(n diag.Note) bool { return in(n.Facts) })
}
