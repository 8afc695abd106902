package check

import (
	"slices"

	"oneboard/internal/org"
)

// A key names a thing through which changes of a plan bear on each other: a
// body's life, a duty, what a body has. Changes that share a key are looked at
// together when one of them at least acts on the thing, so that a draft can look
// at the others by themselves.
type key struct {
	kind keyKind
	at   int32    // the place on the board; behind those, what only the plan names
	day  org.Date // of gifts only
}

type keyKind uint8

const (
	aLife      keyKind = iota // of a body: when it is there, what it is called, whom it is under
	aDuty                     // who has it
	aHolding                  // what duties a body has, or had when it ended
	anInferior                // who is under a body
	aStaff                    // a body's posts, people, quotas and items, and its head
	aGift                     // of duties on a day: who gives waits for what comes to him
	anArea                    // a code that the board has not
	allAreas                  // when areas are in force, and what is in which
	aPost                     // an id that the board has not
	madePosts                 // the ids of posts that changes set
	anItem                    // an id that a change provides, or the board has not
	aPerson                   // where someone sits
	aFunding                  // what a body gets to carry out a power
	anOffice                  // a body's further names, and whose office it has or is
	aGain                     // what a body gets, which it must be able to do
	aGuard                    // which protected duties a body gives and gets
	archives                  // which bodies are archives
)

// How a change has to do with a thing. Changes bear on each other through it when
// what all of them do together is acts: one that reads alone, or two that read,
// leave each other be.
type share uint8

const (
	reads share = 1
	gets  share = 2 // of gifts: a reader's counterpart
	acts  share = reads | gets
)

type link struct {
	key
	share
	thing *thing // what has the key, in a draft
}

// A binding finds the links of changes.
type binding struct {
	x     *Index
	rules *org.Pack
	start org.Date
	able  bool             // the packs ask for something before a body may act
	named bool             // people must be named for protected duties, and there are such
	own   map[string]int32 // ids that the board has not, by kind of key and id

	contacts []org.Contact     // of the plan
	records  map[int32][]int32 // of bodies: their records, when the packs say what becomes of those
	archives []int32           // of the board, then too
	sealed   bool              // the packs say what becomes of seals

	seen map[key]share
}

func newBinding(x *Index, rules *org.Pack, head *org.Plan, start org.Date) *binding {
	l := &binding{x: x, rules: rules, start: start, able: len(rules.Able) > 0,
		named:    rules.Contacts > 0 && slices.ContainsFunc(x.board.Duties, func(d org.Duty) bool { return d.Protected }),
		contacts: head.Contacts, own: map[string]int32{}, seen: map[key]share{}}
	if rules.Fonds.Asked() {
		l.listRecords()
	}
	l.sealed = rules.Seals.Asked()
	return l
}

// listRecords lists who has records, and who may get them.
func (l *binding) listRecords() {
	kinds, words := seriesKinds(l.rules), archiveWords(l.rules)
	for i := range l.x.board.Items {
		if b := l.x.itemBody[i]; b >= 0 && slices.Contains(kinds, l.x.board.Items[i].Kind) {
			if l.records == nil {
				l.records = map[int32][]int32{}
			}
			l.records[b] = append(l.records[b], int32(i))
		}
	}
	for i := range l.x.board.Bodies {
		if r := &l.x.board.Bodies[i]; slices.Contains(words, r.ID) || r.Kind != "" && slices.Contains(words, r.Kind) {
			l.archives = append(l.archives, int32(i))
		}
	}
}

// leaves links to the records of a body that ends, has another name or gives a
// duty away: where they may go, and what they are of.
func (l *binding) leaves(b int32) {
	list := l.records[b]
	if len(list) == 0 {
		return
	}
	l.staff(b)
	l.add(archives, 0, reads)
	for _, i := range list {
		if id := l.x.board.Items[i].Duty; id != "" {
			l.duty(l.x.dutyIx.find(id))
		}
	}
}

// becomes links to a body that comes to be, or gets a kind: it may be an archive.
func (l *binding) becomes(b int32, id, kind string) {
	if len(l.records) == 0 {
		return
	}
	words := archiveWords(l.rules)
	if _, is := slices.BinarySearch(l.archives, b); is || slices.Contains(words, id) || kind != "" && slices.Contains(words, kind) {
		l.add(archives, 0, acts)
	}
}

func (l *binding) add(kind keyKind, at int32, s share) bool {
	k := key{kind: kind, at: at}
	was := l.seen[k]
	if was|s == was {
		return false
	}
	l.seen[k] = was | s
	return true
}

// place gives the number of an id: its place on the board, or one behind those.
func (l *binding) place(kind keyKind, ix *names, board int, id string) (at int32, there bool) {
	if at := ix.find(id); at != none {
		return at, true
	}
	return int32(board) + l.ownNumber(kind, id), false
}

// ownNumber gives the number of an id among those that the board has not.
func (l *binding) ownNumber(kind keyKind, id string) int32 {
	k := string(rune('a'+kind)) + id
	n, ok := l.own[k]
	if !ok {
		n = int32(len(l.own))
		l.own[k] = n
	}
	return n
}

// body links to a body that is named; what the board has not may be brought by
// another change, or by none.
func (l *binding) body(r org.Ref) int32 {
	if !r.Given() {
		return none
	}
	at, there := l.place(aLife, l.x.bodyIx, len(l.x.bodies), r.ID)
	if there {
		l.add(aLife, at, reads)
	} else {
		l.add(aLife, at, acts)
	}
	return at
}

// restless reports whether the board itself begins or ends a body in the time
// that is checked.
func (l *binding) restless(b int32) bool {
	return int(b) < len(l.x.bodies) && (l.x.bodies[b].life.To != org.Forever || l.x.bodies[b].life.From > l.start)
}

// holds links to the duties of a body: all of them, or as one who gets or loses
// one of them.
func (l *binding) holds(b int32, s share) {
	if b < 0 {
		return
	}
	if l.restless(b) {
		s = acts
	}
	if !l.add(aHolding, b, s) || s != acts {
		return
	}
	for _, r := range l.x.rowsOfBody.of(b) {
		l.duty(l.x.rowDuty[r])
	}
}

// duty links to a duty of the board and its parts.
func (l *binding) duty(d int32) {
	if d < 0 || !l.add(aDuty, d, acts) {
		return
	}
	if int(d) >= len(l.x.duties) {
		return
	}
	for _, r := range l.x.rowsOfDuty.of(d) {
		if b := l.x.rowBody[r]; b >= 0 && l.restless(b) {
			l.holds(b, acts)
		}
		if l.x.rowArea[r] != none {
			l.add(allAreas, 0, reads)
		}
	}
	for _, part := range l.x.duties[d].parts {
		l.duty(part)
	}
	powers := l.x.shared()
	if group, ok := powers.of[d]; ok {
		for _, other := range powers.groups[group] {
			l.duty(other)
		}
	}
	if len(l.rules.FollowingItems) > 0 {
		for _, i := range l.x.itemsOfDuty.of(d) {
			l.staff(l.x.itemBody[i])
		}
	}
}

func (l *binding) dutyRef(r org.Ref) {
	if r.Given() {
		d, _ := l.place(aDuty, l.x.dutyIx, len(l.x.duties), r.ID)
		l.duty(d)
	}
}

func (l *binding) staff(b int32) {
	if b >= 0 {
		l.add(aStaff, b, acts)
	}
}

// over links to who is under a body.
func (l *binding) over(b int32, s share) {
	if b < 0 {
		return
	}
	if int(b) < len(l.x.bodies) && l.x.bodies[b].life.To != org.Forever {
		s = acts
	}
	l.add(anInferior, b, s)
}

// alters links to a body of which something changes.
func (l *binding) alters(b int32) {
	if b < 0 {
		return
	}
	l.add(aLife, b, acts)
	l.leaves(b)
	if l.sealed {
		l.staff(b) // its seals bear its name, and it acts in that
		l.holds(b, acts)
	}
	if int(b) < len(l.x.bodies) {
		l.over(max(l.x.superior[b], none), reads)
	}
}

// lives links to a body that begins, ends or comes back.
func (l *binding) lives(b int32) {
	if b < 0 {
		return
	}
	l.alters(b)
	l.holds(b, acts)
	l.over(b, acts)
	l.staff(b)
}

func (l *binding) superior(r org.Ref) {
	if r.Given() && r.ID != "none" {
		b := l.body(r)
		l.over(b, reads)
		l.add(aFunding, b, reads)
	}
}

// area links to an area that must be in force.
func (l *binding) area(r org.Ref) {
	if r.Given() {
		l.add(allAreas, 0, reads)
		l.areaName(r)
	}
}

// areaName links to an area that must only be known.
func (l *binding) areaName(r org.Ref) {
	if !r.Given() {
		return
	}
	if l.x.freeAreas {
		l.everyArea() // one that is named is one more, and what is all of a duty's area is less
		return
	}
	if at, there := l.place(anArea, l.x.areaIx, len(l.x.areas), r.ID); !there {
		l.add(anArea, at, acts)
	}
}

// everyArea links to all that areas divide.
func (l *binding) everyArea() {
	if l.add(allAreas, 0, acts) {
		for _, d := range l.x.areaDuties {
			l.duty(d)
		}
	}
}

func (l *binding) fresh(n org.NewBody) {
	if n.ID.Given() {
		b := l.body(n.ID)
		l.lives(b)
		l.becomes(b, n.ID.ID, n.Class.Text)
	}
	l.superior(n.Superior)
	l.areaName(n.Area)
}

// gift links to a move of duties.
func (l *binding) gift(from, to, in org.Ref, duties []org.Ref, all bool, day org.Date) {
	giver, taker := l.body(from), l.body(to)
	l.leaves(giver)
	if l.sealed {
		// what becomes of the seals of who ends follows from those of who succeeds
		if l.restless(giver) {
			l.staff(giver)
		} else if giver >= 0 {
			l.add(aStaff, giver, reads)
		}
		if taker >= 0 {
			l.add(aStaff, taker, reads)
		}
	}
	l.area(in)
	if giver >= 0 {
		l.seen[key{aGift, giver, day}] |= reads
	}
	if taker >= 0 {
		l.seen[key{aGift, taker, day}] |= gets
	}
	for _, r := range duties {
		l.dutyRef(r)
	}
	l.holds(taker, reads)
	l.gains(taker)
	if int(giver) >= len(l.x.bodies) {
		l.gains(giver) // what it keeps of a part, a new body has by the plan too
	}
	if l.named {
		// what comes to a giver of all by other changes, those are linked for
		if list := l.protected(giver, duties, all); all || len(list) > 0 {
			l.guards(giver)
			l.guards(taker)
			l.callees(list)
		}
	}
	if all {
		l.holds(giver, acts)
	} else {
		l.holds(giver, reads)
	}
	if len(l.rules.FollowingItems) > 0 {
		l.staff(giver)
		l.staff(taker)
	}
	if up, down := l.rank(giver), l.rank(taker); taker >= 0 && (up < 0 || down < 0 || down > up && up > 0) {
		l.add(aFunding, taker, reads)
		if int(taker) < len(l.x.bodies) && l.x.superior[taker] >= 0 {
			l.add(aFunding, l.x.superior[taker], reads)
		}
	}
}

// gains links to a body that gets a duty: what it may not do yet is told once, and
// may be because of who heads it and what it has.
func (l *binding) gains(b int32) {
	if b >= 0 && l.able {
		l.add(aGain, b, acts)
		l.watches(b)
	}
}

// guards links to a body that gives or gets a protected duty: who is named for all
// of those is told once.
func (l *binding) guards(b int32) {
	if b >= 0 {
		l.add(aGuard, b, acts)
		l.watches(b)
	}
}

// watches links to who is in office at a body and what it has. Where the board
// itself leaves that open, its fault keeps others silent, so it must be found
// along with them.
func (l *binding) watches(b int32) {
	s := reads
	if int(b) < len(l.x.bodies) {
		if _, open := slices.BinarySearch(l.x.openStaff, b); open || l.x.bodyFrom[b] > l.start {
			s = acts
		}
	}
	l.add(aStaff, b, s)
}

// rank is the level of a body of the board; -1 for any other.
func (l *binding) rank(b int32) int {
	if b < 0 || int(b) >= len(l.x.bodies) {
		return -1
	}
	return org.LevelRank(l.x.bodies[b].row.Level)
}

// protected lists the protected duties of the board that a move is about: those
// named, or all of the giver, with their parts.
func (l *binding) protected(giver int32, duties []org.Ref, all bool) (out []int32) {
	var todo []int32
	if all && giver >= 0 {
		for _, r := range l.x.rowsOfBody.of(giver) {
			todo = append(todo, l.x.rowDuty[r])
		}
	}
	for _, r := range duties {
		todo = append(todo, l.x.dutyIx.find(r.ID))
	}
	most := len(todo) + len(l.x.duties) // parts that are of each other end somewhere
	for n := 0; len(todo) > 0 && n <= most; n++ {
		d := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if d < 0 || int(d) >= len(l.x.duties) {
			continue
		}
		if l.x.duties[d].def.Protected {
			out = append(out, d)
		}
		todo = append(todo, l.x.duties[d].parts...)
	}
	return out
}

// callees links to those whom the plan names for protected duties: where they are
// in office. Who never is, is told whatever he is named for.
func (l *binding) callees(duties []int32) {
	for i := range l.contacts {
		k := &l.contacts[i]
		named := k.Duties.All || slices.ContainsFunc(duties, func(d int32) bool {
			return slices.ContainsFunc(k.Duties.Refs, func(r org.Ref) bool { return r.ID == l.x.duties[d].def.ID })
		})
		for _, r := range k.People {
			seats := l.x.persons().of(r.ID)
			if !r.Given() || len(seats) > 0 && !named {
				continue
			}
			l.add(aPerson, l.ownNumber(aPerson, r.ID), reads)
			for _, p := range seats {
				if b := l.x.postBody[p.post]; b >= 0 {
					l.watches(b)
				}
			}
		}
	}
}

// funds links to a body that gets something to carry out a power with.
func (l *binding) funds(r org.Ref) {
	if b := l.body(r); b >= 0 {
		l.staff(b)
		l.add(aFunding, b, acts)
	}
}

// given links to a body that gets a duty otherwise.
func (l *binding) given(r, duty org.Ref) {
	b := l.body(r)
	l.holds(b, reads)
	l.gains(b)
	if l.named {
		if list := l.protected(none, []org.Ref{duty}, false); len(list) > 0 {
			l.guards(b)
			l.callees(list)
		}
	}
	if len(l.rules.FollowingItems) > 0 {
		l.staff(b)
	}
}

func (l *binding) postRef(r org.Ref) {
	if !r.Given() {
		return
	}
	at, there := l.place(aPost, l.x.postIx, len(l.x.posts), r.ID)
	if there {
		l.staff(l.x.postBody[at])
		return
	}
	l.add(aPost, at, acts)
	l.add(madePosts, 0, gets)
}

func (l *binding) itemRef(r org.Ref) {
	if !r.Given() {
		return
	}
	at, there := l.place(anItem, l.x.itemIx, len(l.x.board.Items), r.ID)
	if there {
		l.staff(l.x.itemBody[at])
	}
	l.add(anItem, at, acts)
}

func (l *binding) person(r org.Ref) {
	if !r.Given() {
		return
	}
	l.add(aPerson, l.ownNumber(aPerson, r.ID), acts)
	for _, p := range l.x.persons().of(r.ID) {
		l.staff(l.x.postBody[p.post])
	}
}

func (l *binding) office(r org.Ref) {
	if b := l.body(r); b >= 0 {
		l.add(anOffice, b, acts)
	}
}

// of lists all that a change has to do with when it takes effect on a day. A kind
// of change that acts on something new must be told here; what is forgotten, the
// comparison of drafts with full checks finds.
func (l *binding) of(ch org.Change, day org.Date) []link {
	clear(l.seen)
	ended := func(r org.Ref) int32 {
		b := l.body(r)
		l.lives(b)
		return b
	}
	switch ch := ch.(type) {
	case *org.Establish:
		l.fresh(org.NewBody{ID: ch.Body, Superior: ch.Superior, Area: ch.Area, Class: ch.Class})
	case *org.Merge:
		for _, r := range ch.From {
			l.heir(ended(r), ch.Into.ID)
			l.gift(r, ch.Into.ID, org.Ref{}, nil, true, day)
		}
		l.fresh(ch.Into)
	case *org.MergeInto:
		for _, r := range ch.From {
			l.heir(ended(r), ch.Into)
			l.gift(r, ch.Into, org.Ref{}, nil, true, day)
		}
	case *org.Split:
		ended(ch.From)
		for _, n := range ch.Into {
			l.fresh(n)
		}
	case *org.Abolish:
		ended(ch.Body)
	case *org.Restore:
		ended(ch.Body)
		l.superior(ch.Superior)
	case *org.Reestablish:
		b := l.body(ch.Body)
		l.alters(b)
		l.becomes(b, ch.Body.ID, ch.Class.Text)
		l.superior(ch.Superior)
	case *org.Rename:
		l.alters(l.body(ch.Body))
	case *org.Rerank:
		l.alters(l.body(ch.Body))
	case *org.ChangeSuperior:
		for _, r := range ch.Bodies {
			b := l.body(r)
			l.alters(b)
			l.becomes(b, r.ID, ch.Class.Text)
		}
		l.superior(ch.To)
	case *org.AddPlate:
		l.office(ch.Body)
	case *org.RemovePlate:
		l.office(ch.Body)
	case *org.CoLocate:
		for _, r := range ch.Bodies {
			l.office(r)
		}
	case *org.Host:
		l.office(ch.Office)
		l.office(ch.Where)
	case *org.Transfer:
		l.gift(ch.From, ch.To, ch.In, ch.Duties.Refs, ch.Duties.All, day)
	case *org.TakeUp:
		l.gift(ch.From, ch.To, ch.In, ch.Duties, false, day)
	case *org.Delegate:
		l.gift(ch.From, ch.To, ch.In, ch.Duties, false, day)
	case *org.Assign:
		l.dutyRef(ch.Duty)
		l.given(ch.To, ch.Duty)
		l.area(ch.In)
	case *org.Declare:
		l.dutyRef(ch.Duty)
		l.area(ch.In)
		l.given(ch.Lead, ch.Duty)
		for _, r := range slices.Concat(ch.Assist, ch.Joint) {
			l.given(r, ch.Duty)
		}
	case *org.EndDuty:
		for _, r := range ch.Duties {
			l.dutyRef(r)
		}
	case *org.SetQuota:
		l.funds(ch.Body)
	case *org.MoveQuota:
		l.staff(l.body(ch.From))
		l.funds(ch.To)
	case *org.SetPosts:
		l.funds(ch.Body)
		l.add(madePosts, 0, reads)
	case *org.MovePosts:
		l.staff(l.body(ch.From))
		l.funds(ch.To)
		for _, r := range ch.Posts.Refs {
			l.postRef(r)
		}
	case *org.MovePeople:
		l.staff(l.body(ch.From))
		l.funds(ch.To)
		for _, r := range ch.People.Refs {
			l.person(r)
		}
	case *org.MoveItems:
		l.staff(l.body(ch.From))
		l.funds(ch.To)
		for _, r := range ch.Items.Refs {
			l.itemRef(r)
		}
	case *org.Provide:
		l.funds(ch.To)
		l.itemRef(ch.Item)
		if ch.Duty.Given() && l.x.dutyIx.find(ch.Duty.ID) == none {
			l.dutyRef(ch.Duty)
		}
	case *org.Withdraw:
		l.staff(l.body(ch.From))
		for _, r := range ch.Items {
			l.itemRef(r)
		}
	case *org.Restrict:
		l.staff(l.body(ch.Of))
		for _, r := range ch.Items {
			l.itemRef(r)
		}
	case *org.Appoint:
		l.staff(l.body(ch.Body))
		l.postRef(ch.Post)
		l.person(ch.Person)
	case *org.Relieve:
		l.staff(l.body(ch.Body))
		l.postRef(ch.Post)
		l.person(ch.Person)
	case *org.ChangeArea:
		l.everyArea()
		for _, r := range ch.Areas {
			l.area(r)
		}
		for _, n := range ch.Into {
			l.area(n.Code)
			l.area(n.Parent)
		}
	default:
		panic("check: unknown kind of change")
	}
	out := make([]link, 0, len(l.seen))
	for k, s := range l.seen {
		out = append(out, link{key: k, share: s})
	}
	return out
}

// heir links to the bodies that come under who succeeds to their superior.
func (l *binding) heir(from int32, into org.Ref) {
	to := l.body(into)
	if from < 0 {
		return
	}
	for _, i := range l.x.inferiors.of(from) {
		l.alters(i)
	}
	l.over(to, reads)
	if to >= 0 {
		l.staff(to)
		l.add(aFunding, to, acts)
	}
}
