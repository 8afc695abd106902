package check

import (
	"cmp"
	"encoding/binary"
	"hash/maphash"
	"math/bits"
	"slices"
	"strings"
	"sync"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// An Index is a board made ready to be checked: its ids are places in arrays,
// its rows are grouped by what they belong to, and what the board has wrong by
// itself is found. A check that starts from it reads no id of the board again
// and looks only at what the plan touches, and at what the board leaves open.
//
// It never changes and is safe for concurrent use: many plans can be checked
// against one board at once. It keeps the board, which must not change either.
type Index struct {
	board *org.Board

	// What a check finds before the plan has done anything: copied, never written.
	bodies                                            []body
	duties                                            []duty
	areas                                             []area
	bodyIx, dutyIx, areaIx, postIx, itemIx            *names
	freeAreas                                         bool // see checker
	rowDuty, rowBody, rowArea                         []int32
	rowHow                                            []how          // of each responsibility: its days, keys and mode
	life                                              []org.Interval // of each body
	quotaKind                                         []int16        // of each quota
	rowsOfDuty, rowsOfBody                            groups
	areaDuties                                        []int32 // duties with a row that holds in an area only
	superior                                          []int32 // of each body
	inferiors                                         groups  // the bodies under each, as the board has it
	ended                                             []int32 // bodies that the board ends
	newest, newestBody                                org.Date
	ranks                                             uint // the levels of the bodies, a bit each
	posts                                             []post
	seats                                             []seat  // by post
	seatStart, seatPost                               []int32 // of each post: its first seat; of each seat: its post
	postBody, itemBody                                []int32
	postsOf, itemsOf, itemsOfDuty, quotasOf, platesOf groups
	kinds                                             []string
	limits                                            []limit // by body, kind and day; of each body from limitStart on
	limitStart                                        []int32
	persons                                           func() *persons
	shared                                            func() *shared

	ofKind func() map[string][]int32 // items; see items.go

	// What must be looked at although no change touches it; the rest is right from
	// the day given with it on. See open.go.
	open                  func() // fills them in, the first time that it is asked
	openDuties, openStaff []int32
	dutiesFrom, staffFrom org.Date
	dutyFrom, bodyFrom    []org.Date

	problems diag.List // ids that stand twice, parts of each other
	circles  diag.List // areas inside each other
	knot     bool      // the superiors, whatever the day, may go round
	loose    []loose   // ids that the board names and has not, in the order in which they are told
	missing  map[string]bool
	nearMu   sync.Mutex // guards near, which is filled as it is asked for
	near     map[string]*nearby
	brought  *brought // what of a plan the index was made with; nil for one of a board alone
}

// how is what a responsibility says besides who has what where. It stands by
// itself because every check reads it of every row, and nothing else of most.
type how struct {
	org.Interval
	keys org.Keys
	mode org.Mode
}

// A loose id is one that a cell of the board names and the board has not. The
// plan may bring it; where it does not, it is told at its stage.
type loose struct {
	stage stage
	ix    *names
	what  string
	id    string
	at    diag.Span
}

// A stage is a moment of a run at which ids of the board are told that nothing
// has: what is told first is told once.
type stage uint8

const (
	collecting stage = iota
	plating
	ordering
	linking
	posting
)

// IndexBoard makes the index of a board. The cost grows with the size of the
// board and nothing else.
func IndexBoard(b *org.Board) *Index { return index(b, nil) }

// Board is the board of the index.
func (x *Index) Board() *org.Board { return x.board }

// brought is what a plan brings into being that the board has not, in the order
// of the plan.
type brought struct {
	bodies, duties []string
	areas          []*org.Area
	parts          groups  // of duties: filled in when the board's are linked
	silent         []int32 // duties with a row that names what is not there
}

// index makes the index of a board of which some ids are a plan's: they have the
// places after the board's own.
func index(b *org.Board, plan *brought) *Index {
	x := &Index{board: b, missing: map[string]bool{}}
	l := &linker{x: x, told: map[string]bool{}}
	if plan != nil {
		l.place(plan)
	}
	l.bodies()
	l.duties()
	l.areas()
	l.linkAreas()
	l.linkDuties()
	l.plates()
	l.superiors()
	l.rows()
	l.posts()
	l.items()
	l.quotas()
	x.open = sync.OnceFunc(x.findOpen)
	x.persons = sync.OnceValue(x.listPersons)
	x.ofKind = sync.OnceValue(x.listKinds)
	x.shared = sync.OnceValue(x.listShared)
	return x
}

// A linker makes an index.
type linker struct {
	x    *Index
	told map[string]bool
	more map[string]int32 // what a plan brings: places by what it is and id
	plan *brought
}

func (l *linker) place(plan *brought) {
	l.plan, l.more = plan, map[string]int32{}
	l.x.brought = plan
	b := l.x.board
	for i, id := range plan.bodies {
		l.more["bodies\x00"+id] = int32(len(b.Bodies) + i)
	}
	for i, id := range plan.duties {
		l.more["duties\x00"+id] = int32(len(b.Duties) + i)
	}
	for i, a := range plan.areas {
		l.more["areas\x00"+a.Code] = int32(len(b.Areas) + i)
	}
}

// cell resolves an id in a cell of the board. It gives ghost for an id that is
// not there, which is noted once a stage.
func (l *linker) cell(s stage, ix *names, what, table string, row diag.Span, column, id string) int32 {
	if id == "" {
		return ghost // a required cell without an id was reported by who read the table
	}
	if at := ix.find(id); at != none {
		return at
	}
	key := what + "\x00" + id
	if at, ok := l.more[key]; ok {
		return at
	}
	x := l.x
	if ix == x.areaIx && x.freeAreas {
		x.areas = append(x.areas, freeArea(id))
		at := int32(len(x.areas) - 1)
		x.areaIx.add(at)
		return at
	}
	if !l.told[key] {
		l.told[key] = true
		x.missing[key] = true
		x.loose = append(x.loose, loose{s, ix, what, id, x.board.Cell(table, row, column)})
	}
	return ghost
}

func freeArea(code string) area {
	return area{by: none, life: org.Whole, parent: none, def: &org.Area{Code: code, Name: code, Interval: org.Whole}}
}

func (l *linker) duplicate(table, column, id string, at, first diag.Span) {
	b := l.x.board
	l.x.problems.Add(diag.At(DuplicateID, b.Cell(table, at, column), diag.F("id", id), diag.F("what", diag.Word("what."+table))).
		Note(b.Cell(table, first, column), "first_here"))
}

// again gives what tells of ids that stand twice in a table.
func (l *linker) again(table string, row func(int32) (string, diag.Span)) func(place, first int32) {
	return func(place, first int32) {
		id, at := row(place)
		_, there := row(first)
		l.duplicate(table, "id", id, at, there)
	}
}

func (l *linker) bodies() {
	x, rows := l.x, l.x.board.Bodies
	x.bodies, x.life = make([]body, len(rows)), make([]org.Interval, len(rows))
	x.bodyIx = newNames(len(rows), func(i int32) string { return rows[i].ID })
	x.newest, x.newestBody = org.Always, org.Always
	for i := range rows {
		row := &rows[i]
		if i == 0 || row.Level != rows[i-1].Level {
			x.ranks |= 1 << org.LevelRank(row.Level)
		}
		x.bodies[i] = body{id: row.ID, row: row, by: none, life: row.Interval}
		x.life[i] = row.Interval
		x.newestBody = max(x.newestBody, row.From)
		if row.To != org.Forever {
			x.ended = append(x.ended, int32(i))
		}
	}
	x.bodyIx.fill(len(rows), l.again("bodies", func(i int32) (string, diag.Span) { return rows[i].ID, rows[i].At }))
	x.newest = x.newestBody
}

func (l *linker) duties() {
	x, rows := l.x, l.x.board.Duties
	x.duties = make([]duty, len(rows))
	x.dutyIx = newNames(len(rows), func(i int32) string { return rows[i].ID })
	for i := range rows {
		row := &rows[i]
		x.duties[i] = duty{def: row, from: org.Always, to: org.Forever, by: none, area: none}
	}
	x.dutyIx.fill(len(rows), l.again("duties", func(i int32) (string, diag.Span) { return rows[i].ID, rows[i].At }))
}

func (l *linker) areas() {
	x, rows := l.x, l.x.board.Areas
	versions := map[string][]int32{} // of areas that have several rows
	x.areas = make([]area, len(rows))
	x.areaIx = newNames(len(rows), func(i int32) string { return x.areas[i].def.Code })
	for i := range rows {
		row := &rows[i]
		x.areas[i] = area{def: row, by: none, parent: none, life: row.Interval}
	}
	x.areaIx.fill(len(rows), func(i, first int32) {
		code := rows[i].Code
		if versions[code] == nil {
			versions[code] = []int32{first}
		}
		versions[code] = append(versions[code], i)
	})
	l.areaVersions(versions)
	x.freeAreas = len(x.areas) == 0 && (l.plan == nil || len(l.plan.areas) == 0)
}

// areaVersions looks at the rows of areas that have several: one row for each
// time during which the area was the same, with no day in two of them. Its code
// means the latest.
func (l *linker) areaVersions(versions map[string][]int32) {
	x := l.x
	for _, rows := range versions {
		slices.SortStableFunc(rows, func(i, j int32) int { return cmp.Compare(x.areas[i].def.From, x.areas[j].def.From) })
		latest := rows[0]
		for _, i := range rows[1:] {
			was, is := x.areas[latest].def, x.areas[i].def
			if !was.And(is.Interval).Empty() {
				if latest > i {
					was, is = is, was
				}
				l.duplicate("areas", "code", is.Code, is.At, was.At)
			}
			if x.areas[i].def.To > x.areas[latest].def.To {
				latest = i
			}
		}
		x.areaIx.put(latest)
	}
}

// linkAreas gives the areas of the board their parents.
func (l *linker) linkAreas() {
	x := l.x
	for i := range x.areas {
		if def := x.areas[i].def; def.Parent != "" {
			x.areas[i].parent = l.cell(collecting, x.areaIx, "areas", "areas", def.At, "parent", def.Parent)
		}
	}
	if l.plan != nil && len(l.plan.areas) > 0 {
		return // a run links them together with the plan's
	}
	x.circles = hang(x.board, x.areas)
}

// hang lists the areas inside each area, and opens the circles of areas that are
// inside each other, which would send every walk upward round for ever.
func hang(b *org.Board, areas []area) (problems diag.List) {
	path := func(i int32) (codes []string, circle bool) {
		codes = []string{areas[i].def.Code}
		at := areas[i].parent
		for n := 0; n < len(areas) && at >= 0; n++ {
			codes = append(codes, areas[at].def.Code)
			if at == i {
				return codes, true
			}
			at = areas[at].parent
		}
		return nil, false
	}
	for i := range areas {
		slow, fast := int32(i), int32(i)
		for fast >= 0 && areas[fast].parent >= 0 {
			slow, fast = areas[slow].parent, areas[areas[fast].parent].parent
			if slow == fast {
				if codes, circle := path(int32(i)); circle {
					problems.Add(diag.At(PartCircle, b.Cell("areas", areas[i].def.At, "parent"),
						diag.F("path", strings.Join(codes, " → "))))
				}
				areas[i].parent = none
				break
			}
		}
	}
	for i := range areas {
		if p := areas[i].parent; p >= 0 {
			areas[p].children = append(areas[p].children, int32(i))
		}
	}
	return problems
}

func (l *linker) linkDuties() {
	x := l.x
	lastArea, lastIx := "", none
	wholes := make([]int32, len(x.duties))
	nested := false
	for i := range x.duties {
		def := x.duties[i].def
		if def.Area != "" {
			if def.Area != lastArea {
				lastArea, lastIx = def.Area, l.cell(collecting, x.areaIx, "areas", "duties", def.At, "area", def.Area)
			}
			x.duties[i].area = lastIx
		}
		wholes[i] = none
		if def.PartOf != "" {
			wholes[i] = l.cell(collecting, x.dutyIx, "duties", "duties", def.At, "part_of", def.PartOf)
			nested = nested || wholes[i] >= 0
		}
	}
	if !nested {
		return
	}
	open := partCircles(x, wholes)
	parts := group(l.allDuties(), len(wholes), func(i int32) int32 {
		if open[i] {
			return none
		}
		return wholes[i]
	})
	for i := range x.duties {
		x.duties[i].parts = parts.of(int32(i))
	}
	if l.plan != nil {
		l.plan.parts = parts
	}
}

// partCircles finds duties that are, in the end, parts of themselves: each
// circle is told once, and opened at the duty given, so that the parts can be
// walked.
func partCircles(x *Index, wholes []int32) map[int32]bool {
	open := map[int32]bool{}
	whole := func(d int32) int32 {
		if int(d) < len(wholes) {
			return max(wholes[d], none)
		}
		return none
	}
	walk := make([]int32, len(wholes)) // the walk that came by, from 1
	for i := range wholes {
		var path []int32
		at := int32(i)
		for at >= 0 && int(at) < len(walk) && walk[at] == 0 {
			walk[at] = int32(i) + 1
			path = append(path, at)
			if at = whole(at); at == ghost {
				at = none
			}
		}
		if at < 0 || int(at) >= len(walk) || walk[at] != int32(i)+1 {
			continue
		}
		def := x.duties[at].def
		var ids []string
		for _, d := range path[slices.Index(path, at):] {
			ids = append(ids, x.duties[d].def.ID)
		}
		x.problems.Add(diag.At(PartCircle, x.board.Cell("duties", def.At, "part_of"),
			diag.F("path", strings.Join(append(ids, def.ID), " → "))))
		open[at] = true
	}
	return open
}

func (l *linker) plates() {
	x, rows := l.x, l.x.board.Plates
	at := make([]int32, len(rows))
	for i := range rows {
		at[i] = l.cell(plating, x.bodyIx, "bodies", "plates", rows[i].At, "body", rows[i].Body)
	}
	x.platesOf = group(l.owners(), len(rows), func(i int32) int32 { return at[i] })
}

// owners is how many bodies there are, those of the plan included.
func (l *linker) owners() int {
	if l.plan != nil {
		return len(l.x.bodies) + len(l.plan.bodies)
	}
	return len(l.x.bodies)
}

// allDuties is how many duties there are, those of the plan included.
func (l *linker) allDuties() int {
	if l.plan != nil {
		return len(l.x.duties) + len(l.plan.duties)
	}
	return len(l.x.duties)
}

func (l *linker) superiors() {
	x := l.x
	lastArea, lastID, lastAt := "", "", none
	x.superior = make([]int32, len(x.bodies))
	for i := range x.bodies {
		row := x.bodies[i].row
		if row.Area != "" && row.Area != lastArea {
			lastArea = row.Area
			l.cell(ordering, x.areaIx, "areas", "bodies", row.At, "area", row.Area)
		}
		if row.Superior != "" && row.Superior != lastID {
			lastID = row.Superior
			lastAt = l.cell(ordering, x.bodyIx, "bodies", "bodies", row.At, "superior", row.Superior)
		}
		x.superior[i] = none
		if row.Superior != "" {
			x.superior[i] = lastAt
		}
	}
	x.inferiors = group(l.owners(), len(x.bodies), func(i int32) int32 { return x.superior[i] })
	// whether the superiors can go round at all, on any day
	walk := make([]int32, len(x.bodies))
	for i := range x.bodies {
		at := int32(i)
		for at >= 0 && int(at) < len(walk) && walk[at] == 0 {
			walk[at] = int32(i) + 1
			at = x.superior[at]
		}
		if at >= 0 && int(at) < len(walk) && walk[at] == int32(i)+1 {
			x.knot = true
			return
		}
	}
}

// rows resolves the responsibilities.
func (l *linker) rows() {
	x, rows := l.x, l.x.board.Responsibilities
	x.rowArea, x.rowDuty = make([]int32, len(rows)), make([]int32, len(rows))
	x.rowBody = x.bodyIx.findAll(len(rows), func(i int) string { return rows[i].Body })
	x.rowHow = make([]how, len(rows))
	lastDuty := int32(0)
	divided := map[int32]bool{}
	for i := range rows {
		r := &rows[i]
		if x.rowBody[i] < 0 {
			x.rowBody[i] = l.cell(linking, x.bodyIx, "bodies", "responsibilities", r.At, "body", r.Body)
		}
		x.rowHow[i] = how{r.Interval, r.Keys, r.Mode}
		x.rowArea[i] = none
		if r.Area != "" {
			x.rowArea[i] = l.cell(linking, x.areaIx, "areas", "responsibilities", r.At, "area", r.Area)
		}
		// rows mostly stand in the order of their duties: look there before asking
		d := int32(ghost)
		switch {
		case int(lastDuty) < len(x.duties) && x.duties[lastDuty].def.ID == r.Duty && r.Duty != "" && x.dutyIx.n == len(x.duties):
			d = lastDuty
		case int(lastDuty)+1 < len(x.duties) && x.duties[lastDuty+1].def.ID == r.Duty && r.Duty != "" && x.dutyIx.n == len(x.duties):
			d = lastDuty + 1
		default:
			d = l.cell(linking, x.dutyIx, "duties", "responsibilities", r.At, "duty", r.Duty)
		}
		x.rowDuty[i] = d
		x.newest = max(x.newest, r.From)
		if d < 0 {
			continue
		}
		lastDuty = d
		if int(d) < len(x.duties) {
			if x.rowBody[i] == ghost || x.rowArea[i] == ghost {
				x.duties[d].silent = true // the unknown id is reported; what follows from it is not
			}
			if x.rowArea[i] >= 0 && !divided[d] {
				divided[d] = true
				x.areaDuties = append(x.areaDuties, d)
			}
		} else if x.rowBody[i] == ghost || x.rowArea[i] == ghost {
			l.plan.silent = append(l.plan.silent, d)
		}
	}
	slices.Sort(x.areaDuties)
	x.rowsOfDuty = group(l.allDuties(), len(rows), func(i int32) int32 { return x.rowDuty[i] })
	x.rowsOfBody = group(l.owners(), len(rows), func(i int32) int32 { return x.rowBody[i] })
}

func (l *linker) posts() {
	x, rows := l.x, l.x.board.Posts
	x.posts = make([]post, len(rows))
	x.postIx = newNames(len(rows), func(i int32) string { return rows[i].ID })
	x.postBody = make([]int32, len(rows))
	lastBody, lastAt := "", none
	lastKind, lastKindAt := "", int16(0)
	x.kinds = []string{""}
	for i := range rows {
		row := &rows[i]
		if row.Body != lastBody || i == 0 {
			lastBody, lastAt = row.Body, l.cell(posting, x.bodyIx, "bodies", "posts", row.At, "body", row.Body)
		}
		if row.Kind != lastKind {
			lastKind, lastKindAt = row.Kind, kindIn(&x.kinds, row.Kind)
		}
		x.postBody[i] = lastAt
		x.posts[i] = post{def: row, Interval: row.Interval, kind: lastKindAt, role: row.Role}
	}
	x.postIx.fill(len(rows), l.again("posts", func(i int32) (string, diag.Span) { return rows[i].ID, rows[i].At }))
	x.postsOf = group(l.owners(), len(rows), func(i int32) int32 { return x.postBody[i] })
	l.appointments()
}

// appointments seats the people of the board. One backing array holds all
// seats: a slice a post, made one by one, cost more than all the rest.
func (l *linker) appointments() {
	x, rows := l.x, l.x.board.Appointments
	of := make([]int32, len(rows))
	next := int32(0)
	for i := range rows {
		a := &rows[i]
		// people mostly stand in the order of their posts: look there before asking
		at := next
		for at < next+4 && int(at) < len(x.posts) && x.posts[at].def.ID != a.Post {
			at++
		}
		if at == next+4 || int(at) >= len(x.posts) {
			at = x.postIx.find(a.Post)
		}
		of[i] = at
		if at < 0 {
			if key := "posts\x00" + a.Post; !l.told[key] {
				l.told[key] = true
				x.missing[key] = true
				x.loose = append(x.loose, loose{posting, x.postIx, "posts", a.Post, x.board.Cell("appointments", a.At, "post")})
			}
			continue
		}
		next = at + 1
	}
	by := group(len(x.posts), len(rows), func(i int32) int32 { return of[i] })
	x.seats, x.seatStart, x.seatPost = make([]seat, len(by.items)), by.start, by.items
	for k, i := range by.items {
		x.seats[k] = seat{rows[i].Interval, rows[i].Person, none, none}
		x.seatPost[k] = of[i]
	}
}

func (l *linker) items() {
	x, rows := l.x, l.x.board.Items
	x.itemIx = newNames(len(rows), func(i int32) string { return rows[i].ID })
	x.itemBody = make([]int32, len(rows))
	of := make([]int32, len(rows))
	for i := range rows {
		row := &rows[i]
		x.itemBody[i] = l.cell(posting, x.bodyIx, "bodies", "items", row.At, "body", row.Body)
		of[i] = none
		if row.Duty != "" {
			of[i] = l.cell(posting, x.dutyIx, "duties", "items", row.At, "duty", row.Duty)
		}
		if row.Duty == "" && slices.Contains(dutiful, row.Kind) {
			x.problems.Add(diag.At(NothingBehind, x.board.Cell("items", row.At, "id"), diag.F("item", diag.Name{ID: row.ID, ZH: row.Name})))
		}
	}
	x.itemIx.fill(len(rows), l.again("items", func(i int32) (string, diag.Span) { return rows[i].ID, rows[i].At }))
	x.itemsOf = group(l.owners(), len(rows), func(i int32) int32 { return x.itemBody[i] })
	x.itemsOfDuty = group(l.allDuties(), len(rows), func(i int32) int32 { return of[i] })
}

func (l *linker) quotas() {
	x, rows := l.x, l.x.board.Quotas
	at := make([]int32, len(rows))
	x.quotaKind = make([]int16, len(rows))
	for i := range rows {
		q := &rows[i]
		if i > 0 && q.Body == rows[i-1].Body && at[i-1] >= 0 {
			at[i] = at[i-1]
		} else if at[i] = l.cell(posting, x.bodyIx, "bodies", "quotas", q.At, "body", q.Body); at[i] < 0 {
			continue
		}
		x.quotaKind[i] = kindIn(&x.kinds, q.Kind)
	}
	x.quotasOf = group(l.owners(), len(rows), func(i int32) int32 { return at[i] })
	// One list of all limits: a map of them cost more than reading the rows.
	x.limits, x.limitStart = make([]limit, 0, 2*len(rows)), make([]int32, l.owners()+1)
	for b := range l.owners() {
		x.limitStart[b] = int32(len(x.limits))
		for _, i := range x.quotasOf.of(int32(b)) {
			q, kind := &rows[i], x.quotaKind[i]
			x.limits = append(x.limits, limit{q.From, kind, q.Posts, q.Leaders, q.Deputies, none, i})
			if q.To != org.Forever {
				x.limits = append(x.limits, limit{q.To, kind, -1, -1, -1, none, i})
			}
		}
		slices.SortStableFunc(x.limits[x.limitStart[b]:], func(a, b limit) int {
			return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.day, b.day))
		})
	}
	x.limitStart[l.owners()] = int32(len(x.limits))
}

// limitsOf gives the quotas that the board has of a body and kind, by start.
func (x *Index) limitsOf(body int32, kind int16) []limit {
	if int(body)+1 >= len(x.limitStart) {
		return nil
	}
	list := x.limits[x.limitStart[body]:x.limitStart[body+1]]
	from, _ := slices.BinarySearchFunc(list, kind, func(l limit, kind int16) int { return cmp.Compare(l.kind, kind) })
	to := from
	for to < len(list) && list[to].kind == kind {
		to++
	}
	return list[from:to:to]
}

func kindIn(kinds *[]string, word string) int16 {
	if i := slices.Index(*kinds, word); i >= 0 {
		return int16(i)
	}
	*kinds = append(*kinds, word)
	return int16(len(*kinds) - 1)
}

// persons finds the seats of a person by the board: an open-addressing table of
// the first seat of each, and from each seat the next one of the same person.
type persons struct {
	x     *Index
	first *names
	next  []int32
}

// listPersons is asked for when a plan relieves or moves somebody by name.
func (x *Index) listPersons() *persons {
	p := &persons{x: x, first: newNames(len(x.seats), func(i int32) string { return x.seats[i].person }), next: make([]int32, len(x.seats))}
	last := map[int32]int32{} // of persons who have several seats
	for i := range p.next {
		p.next[i] = none
	}
	p.first.fill(len(x.seats), func(i, first int32) {
		at, again := last[first]
		if !again {
			at = first
		}
		p.next[at] = i
		last[first] = i
	})
	return p
}

// of lists the seats of a person, in the order of their posts.
func (p *persons) of(person string) (out []personSeat) {
	for i := p.first.find(person); i >= 0; i = p.next[i] {
		post := p.x.seatPost[i]
		out = append(out, personSeat{post, i - p.x.seatStart[post]})
	}
	return out
}

// names finds things by id: an open-addressing table of places in a list. A slot
// takes eight bytes, and each id that is not too long stands beside the others
// once more, in sixteen: most of the time of a look-up is waiting for memory, and
// an id where its row keeps it is two places further away.
type names struct {
	seed  maphash.Seed
	slots []uint64 // an entry each; 0 is free
	shift int      // of the hash in an entry, to the slot where it belongs
	n     int
	keys  []idKey // by place
	id    func(int32) string
}

// An idKey is an id and its length; of an id with more bytes than fit, that it has.
type idKey [2]uint64

const (
	idKeyBytes = 15
	longID     = 0xff << 56
)

func idKeyOf(id string) idKey {
	if len(id) > idKeyBytes {
		return idKey{0, longID}
	}
	var b [idKeyBytes + 1]byte
	copy(b[:], id)
	b[idKeyBytes] = byte(len(id))
	return idKey{binary.LittleEndian.Uint64(b[:8]), binary.LittleEndian.Uint64(b[8:])}
}

// An entry of names is 32 bits of the id's hash, which also say where it
// belongs, and the place + 1.
const (
	entryHash   = 0xffff_ffff_0000_0000
	entriesNear = 4096 // as many slots as stay in the first cache
)

func newNames(capacity int, id func(int32) string) *names {
	x := &names{seed: maphash.MakeSeed(), id: id, keys: make([]idKey, 0, capacity)}
	size := 16
	for size < 2*capacity {
		size *= 2
	}
	x.resize(size)
	return x
}

func (x *names) resize(size int) {
	x.slots, x.shift = make([]uint64, size), 64-bits.Len(uint(size-1))
}

func (x *names) entry(place int32, id string) uint64 {
	return maphash.String(x.seed, id)&entryHash | uint64(uint32(place+1))
}

// is reports whether the id of a place is the one of that key.
func (x *names) is(place int32, key idKey, id string) bool {
	return x.keys[place] == key && (key[1] != longID || x.id(place) == id)
}

// slot gives the slot that holds the id of an entry, or the free one where it
// belongs. The hash in the slot keeps all but a few look-ups away from other ids.
func (x *names) slot(e uint64, id string) uint64 {
	mask := uint64(len(x.slots) - 1)
	for i := e >> x.shift; ; i = (i + 1) & mask {
		s := x.slots[i]
		if s == 0 || (s^e)&entryHash == 0 && x.is(int32(uint32(s))-1, idKeyOf(id), id) {
			return i
		}
	}
}

// find gives the place of an id, or -1.
func (x *names) find(id string) int32 {
	return int32(uint32(x.slots[x.slot(x.entry(0, id), id)])) - 1
}

// findAll gives the places of many ids, or -1. Many at a time wait for memory
// together; one after the other, most of the time goes into waiting for each.
func (x *names) findAll(n int, id func(int) string) []int32 {
	out := make([]int32, n)
	var (
		key   [32]idKey
		entry [32]uint64
		found [32]uint64
	)
	for first := 0; first < n; first += len(key) {
		now := min(len(key), n-first)
		for j := range now {
			s := id(first + j)
			key[j], entry[j] = idKeyOf(s), x.entry(0, s)
		}
		for j := range now {
			found[j] = x.slots[entry[j]>>x.shift]
		}
		for j := range now {
			place := int32(uint32(found[j])) - 1
			if place < 0 || (found[j]^entry[j])&entryHash != 0 || x.keys[place] != key[j] || key[j][1] == longID {
				place = x.find(id(first + j)) // another stands there, or more is to be compared
			}
			out[first+j] = place
		}
	}
	return out
}

// add enters the next place; it gives the place that has the same id already, or
// -1.
func (x *names) add(place int32) int32 {
	if 2*(x.n+1) > len(x.slots) {
		old := x.slots
		x.resize(2 * len(old))
		mask := uint64(len(x.slots) - 1)
		for _, e := range old {
			if e != 0 {
				i := e >> x.shift
				for x.slots[i] != 0 {
					i = (i + 1) & mask
				}
				x.slots[i] = e
			}
		}
	}
	return x.enter(x.read(place))
}

// read gives the entry of the next place, and keeps its id.
func (x *names) read(place int32) uint64 {
	id := x.id(place)
	x.keys = append(x.keys, idKeyOf(id))
	return x.entry(place, id)
}

// enter adds an entry that was read.
func (x *names) enter(e uint64) int32 {
	mask := uint64(len(x.slots) - 1)
	place := int32(uint32(e)) - 1
	for i := e >> x.shift; ; i = (i + 1) & mask {
		s := x.slots[i]
		if s == 0 {
			x.slots[i] = e
			x.n++
			return -1
		}
		if at := int32(uint32(s)) - 1; (s^e)&entryHash == 0 && x.keys[at] == x.keys[place] &&
			(x.keys[at][1] != longID || x.id(at) == x.id(place)) {
			return at
		}
	}
}

// fill adds the places 0..n-1 to an empty table that was made for as many, and
// then tells of each whose id an earlier one has, with the first that has it.
// Entries go in by the part of the table where they belong: one by one, in the
// order of the list, most of the time went into waiting for memory.
func (x *names) fill(n int, again func(place, first int32)) {
	type twice struct{ place, first int32 }
	var found []twice
	enter := func(e uint64) {
		if first := x.enter(e); first != none {
			found = append(found, twice{int32(uint32(e)) - 1, first})
		}
	}
	if parts := len(x.slots) / entriesNear; parts <= 1 {
		for i := range int32(n) {
			enter(x.read(i))
		}
	} else {
		entries := make([]uint64, n)
		next := make([]int32, parts+1)
		shift := 64 - bits.Len(uint(parts-1))
		for i := range int32(n) {
			entries[i] = x.read(i)
			next[entries[i]>>shift+1]++
		}
		for i := range parts {
			next[i+1] += next[i]
		}
		sorted := make([]uint64, n)
		for _, e := range entries {
			part := e >> shift
			sorted[next[part]] = e
			next[part]++
		}
		for _, e := range sorted {
			enter(e)
		}
		slices.SortFunc(found, func(a, b twice) int { return cmp.Compare(a.place, b.place) })
	}
	for _, f := range found {
		again(f.place, f.first)
	}
}

// put has an id that is there mean another place.
func (x *names) put(place int32) {
	id := x.id(place)
	e := x.entry(place, id)
	x.slots[x.slot(e, id)] = e
}

// groups lists, for each of n owners, the places that belong to it: two arrays
// instead of a slice an owner.
type groups struct {
	start []int32
	items []int32
}

// group sorts the places 0..count-1 by owner (negative: none), keeping their
// order. O(n + count).
func group(n, count int, owner func(int32) int32) groups {
	g := groups{start: make([]int32, n+1)}
	total := int32(0)
	for i := int32(0); i < int32(count); i++ {
		if o := owner(i); o >= 0 {
			g.start[o+1]++
			total++
		}
	}
	for i := 0; i < n; i++ {
		g.start[i+1] += g.start[i]
	}
	g.items = make([]int32, total)
	next := make([]int32, n)
	copy(next, g.start[:n])
	for i := int32(0); i < int32(count); i++ {
		if o := owner(i); o >= 0 {
			g.items[next[o]] = i
			next[o]++
		}
	}
	return g
}

// of gives the places of one owner; owners that came later have none.
func (g groups) of(owner int32) []int32 {
	if int(owner) >= len(g.start)-1 {
		return nil
	}
	return g.items[g.start[owner]:g.start[owner+1]]
}
