// Package planted makes an invented board with a known number of faults in it,
// of any size, to hold the check against databases: the same rows for all of
// them, and the same faults to be found. The same size and seed give the same
// board, byte for byte.
//
// For n bodies there are 10 n duties with some 22 n responsibilities, 10 n posts
// and some 4 n quotas, all with intervals through time. The rules that
// its faults break are those that a database can tell as well:
//
//	R1  a duty has exactly one holder on every day, from Start on
//	R2  every body in force on Day is, through its superiors, under the root
//	R3  a body has no more posts of a kind than its quota, on every day
//	R4  no two bodies have a duty in the same area, or one inside the other's, on
//	    the same day
package planted

import (
	"bufio"
	"cmp"
	_ "embed"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"oneboard/internal/org"
)

// The days of the boards.
var (
	// Start is the first day on which everything must be right.
	Start = org.Day(2000, 1, 1)
	// Day is the day on which every body must be under the root: after all that
	// the board says will have happened.
	Day = org.Day(2026, 1, 1)
	// Origin is the day on which the oldest rows begin.
	Origin = org.Day(1990, 1, 1)
)

// A Fault is one breach of a rule, in the numbers of the rows: what Oneboard
// says of it in words, a database says in these.
type Fault struct {
	// Rule is the number of the rule, 1 to 4.
	Rule int
	// Thing is the duty (1, 4) or the body (2, 3), Part the kind of posts (3) or
	// the area (4), else 0.
	Thing, Part int32
	// From and Until are the days of the breach: both for 1 and 4, the first day
	// for 3, none for 2 (0).
	From, Until org.Date
}

// Compare orders faults: by rule, thing, part, days.
func (f Fault) Compare(g Fault) int {
	return cmp.Or(cmp.Compare(f.Rule, g.Rule), cmp.Compare(f.Thing, g.Thing), cmp.Compare(f.Part, g.Part),
		cmp.Compare(f.From, g.From), cmp.Compare(f.Until, g.Until))
}

// Rows is a board as numbers: what Board makes of them has ids and names, what
// Write writes has the numbers themselves.
type Rows struct {
	Superior []int32        // of each body; none (-1) for the root and nobody else
	Life     []org.Interval // of each body
	Parent   []int32        // of each area, -1 for a city
	DutyArea []int32        // of each duty, -1 for a duty of the whole country
	Owners   []Owner        // who has a duty, by duty and area
	Posts    []Post         // by body
	Quotas   []Quota        // by body, kind, day

	// Planted is every fault that was put in, sorted.
	Planted []Fault
}

// An Owner says that a body has a duty in an area (-1: everywhere).
type Owner struct {
	Duty, Body, Area int32
	org.Interval
}

// A Post is a post of one of two kinds (1, 2).
type Post struct {
	Body, Kind int32
	org.Interval
}

// A Quota is how many posts of a kind a body may have.
type Quota struct {
	Body, Kind, Posts int32
	org.Interval
}

const (
	branching = 8 // bodies directly under a body
	perBody   = 10
	districts = 10 // of a city
	townships = 5  // of a district
)

// one in so many things is at fault
const (
	faultyDuties = 15_000 // a gap, and as many with two holders
	faultyBodies = 10_000 // in a circle, and as many under a body that has ended
	faultyQuotas = 1_000
	faultyScopes = 100
)

// Make makes a board of n bodies, at least 100.
func Make(n int, seed uint64) *Rows {
	m := &maker{n: int32(n), rand: rand.New(rand.NewPCG(seed, uint64(n)))}
	m.bodies()
	m.areas()
	m.duties()
	m.staff()
	slices.SortFunc(m.Planted, Fault.Compare)
	return &m.Rows
}

type maker struct {
	Rows
	n     int32
	rand  *rand.Rand
	whole []int32 // bodies that are always in force
}

func (m *maker) day(from, to org.Date) org.Date {
	return from + org.Date(m.rand.Int32N(int32(to-from)))
}

func (m *maker) plant(rule int, thing, part int32, from, until org.Date) {
	m.Planted = append(m.Planted, Fault{rule, thing, part, from, until})
}

// bodies makes a tree; one leaf in twenty has ended, one began late, and some
// are in circles or under a body that has ended.
func (m *maker) bodies() {
	m.Superior = make([]int32, m.n)
	m.Life = make([]org.Interval, m.n)
	firstLeaf := (m.n-2)/branching + 1
	for i := range m.n {
		m.Superior[i] = (i - 1) / branching
		m.Life[i] = org.Interval{From: Origin - org.Date(m.rand.Int32N(3000)), To: org.Forever}
		if i < firstLeaf {
			m.whole = append(m.whole, i)
		}
	}
	m.Superior[0] = -1
	leaves := make([]int32, 0, m.n-firstLeaf)
	for i := firstLeaf; i < m.n; i++ {
		leaves = append(leaves, i)
	}
	m.rand.Shuffle(len(leaves), func(i, j int) { leaves[i], leaves[j] = leaves[j], leaves[i] })
	take := func(k int) (out []int32) {
		out, leaves = leaves[:k], leaves[k:]
		return out
	}
	faults := max(1, int(m.n)/faultyBodies)
	ended := take(max(faults, int(m.n)/20))
	for _, i := range ended {
		m.Life[i].To = m.day(org.Day(2003, 1, 1), org.Day(2024, 1, 1))
	}
	for _, i := range take(int(m.n) / 20) {
		m.Life[i].From = m.day(org.Day(2001, 1, 1), org.Day(2015, 1, 1))
	}
	for k := range faults {
		circle := take(2 + k%3)
		for at, i := range circle {
			m.Superior[i] = circle[(at+1)%len(circle)]
			m.plant(2, i, 0, 0, 0)
		}
		orphan := take(1)[0]
		m.Superior[orphan] = ended[k]
		m.plant(2, orphan, 0, 0, 0)
		m.whole = append(m.whole, circle...)
		m.whole = append(m.whole, orphan)
	}
	m.whole = append(m.whole, leaves...)
	slices.Sort(m.whole)
}

// holder gives a body that is in force on all days of an interval: mostly one
// of the always in force, sometimes another.
func (m *maker) holder(in org.Interval) int32 {
	if b := m.rand.Int32N(m.n); m.Life[b].From <= in.From && in.To <= m.Life[b].To {
		return b
	}
	return m.whole[m.rand.IntN(len(m.whole))]
}

func (m *maker) areas() {
	for range max(1, m.n/1000) {
		city := int32(len(m.Parent))
		m.Parent = append(m.Parent, -1)
		for range districts {
			district := int32(len(m.Parent))
			m.Parent = append(m.Parent, city)
			for range townships {
				m.Parent = append(m.Parent, district)
			}
		}
	}
}

// district gives the area of a city's k-th district.
func district(city, k int32) int32 { return city + 1 + k*(1+townships) }

// duties gives every duty its holders: most one after the other in the whole
// country, every sixtieth by district of a city.
func (m *maker) duties() {
	count := m.n * perBody
	m.DutyArea = make([]int32, count)
	m.Owners = make([]Owner, 0, int(count)*22/10)
	cities := int32(len(m.Parent)) / (1 + districts*(1+townships))
	for d := range count {
		if d%60 == 59 {
			city := m.rand.Int32N(cities) * (1 + districts*(1+townships))
			m.DutyArea[d] = city
			m.scopes(d, city)
			continue
		}
		m.DutyArea[d] = -1
		m.chain(d)
	}
}

// chain gives a duty one to three holders, each until the next.
func (m *maker) chain(d int32) {
	const year = 365
	from := Origin + org.Date(m.rand.Int32N(3000))
	days := []org.Date{from}
	for range m.rand.IntN(3) {
		days = append(days, max(days[len(days)-1], Start)+org.Date(year+m.rand.Int32N(6*year)))
	}
	days = append(days, org.Forever)
	first := len(m.Owners)
	for i := 0; i+1 < len(days); i++ {
		in := org.Interval{From: days[i], To: days[i+1]}
		m.Owners = append(m.Owners, Owner{d, m.holder(in), -1, in})
	}
	if len(days) < 3 {
		return
	}
	second := &m.Owners[first+1]
	shift := org.Date(1 + m.rand.Int32N(60))
	switch m.rand.IntN(faultyDuties) {
	case 0: // nobody has it
		m.plant(1, d, 0, second.From, second.From+shift)
		second.From += shift
	case 1: // two have it
		second.Body = m.whole[m.rand.IntN(len(m.whole))]
		second.From -= shift
		m.plant(1, d, 0, second.From, second.From+shift)
		if second.Body == m.Owners[first].Body {
			second.Body = m.whole[0]
			if m.Owners[first].Body == second.Body {
				second.Body = m.whole[1]
			}
		}
	}
}

// scopes divides a duty by the districts of a city; two of the ten change their
// holder.
func (m *maker) scopes(d, city int32) {
	begin := Origin
	first := len(m.Owners)
	for k := range int32(districts) {
		in := org.Interval{From: begin, To: org.Forever}
		if k >= districts-2 {
			change := m.day(org.Day(2002, 1, 1), org.Day(2005, 1, 1))
			early := org.Interval{From: begin, To: change}
			m.Owners = append(m.Owners, Owner{d, m.holder(early), district(city, k), early})
			in.From = change
		}
		m.Owners = append(m.Owners, Owner{d, m.holder(in), district(city, k), in})
	}
	if m.rand.IntN(faultyScopes) != 0 {
		return
	}
	from := m.day(org.Day(2010, 1, 1), org.Day(2012, 1, 1))
	in := org.Interval{From: from, To: from + org.Date(1+m.rand.Int32N(400))}
	k := m.rand.Int32N(districts)
	area := district(city, k)
	switch m.rand.IntN(3) {
	case 0: // a second body in a district
		m.plant(4, d, area, in.From, in.To)
	case 1: // in a township of it
		area += 1 + m.rand.Int32N(townships)
		m.plant(4, d, area, in.From, in.To)
	case 2: // in the whole city
		area = city
		for k := range int32(districts) {
			m.plant(4, d, district(city, k), in.From, in.To)
		}
	}
	other := m.whole[m.rand.IntN(len(m.whole))]
	for slices.ContainsFunc(m.Owners[first:], func(o Owner) bool { return o.Body == other }) {
		other = m.whole[m.rand.IntN(len(m.whole))]
	}
	m.Owners = append(m.Owners, Owner{d, other, area, in})
	slices.SortFunc(m.Owners[first:], func(a, b Owner) int {
		return cmp.Or(cmp.Compare(a.Area, b.Area), cmp.Compare(a.From, b.From))
	})
}

// staff gives every body posts of two kinds, and quotas for them: the most that
// it has before and after a day, and up to two more.
func (m *maker) staff() {
	m.Posts = make([]Post, 0, m.n*perBody)
	m.Quotas = make([]Quota, 0, m.n*4)
	for b := range m.n {
		life := m.Life[b]
		for kind := range int32(2) {
			first := len(m.Posts)
			for range perBody / 2 {
				in := life
				late := org.Day(2024, 1, 1)
				if life.To != org.Forever {
					late = life.To
				}
				middle := max(life.From, Start-org.Date(m.rand.Int32N(1000)))
				switch m.rand.IntN(10) {
				case 0, 1:
					in.To = m.day(middle, late)
				case 2, 3:
					in.From = m.day(middle, late)
				}
				if !in.Empty() {
					m.Posts = append(m.Posts, Post{b, kind + 1, in})
				} else {
					m.Posts = append(m.Posts, Post{b, kind + 1, life})
				}
			}
			m.quotas(b, kind+1, life, m.Posts[first:])
		}
	}
}

func (m *maker) quotas(b, kind int32, life org.Interval, posts []Post) {
	change := max(life.From+1, Start+100)
	if life.To-change > 1 {
		change = m.day(change, min(life.To, org.Day(2024, 1, 1)))
	}
	for part, in := range []org.Interval{{From: life.From, To: change}, {From: change, To: life.To}} {
		most, peak := int32(0), in.From
		for _, day := range days(posts, in) {
			if n := holding(posts, day); n > most {
				most, peak = n, day
			}
		}
		limit := most + m.rand.Int32N(3)
		if most > 1 && part == 1 && m.rand.IntN(faultyQuotas) == 0 {
			// one less than the most: on which first day, the posts say
			limit = most - 1
			m.plant(3, b, kind, peak, 0)
		}
		m.Quotas = append(m.Quotas, Quota{b, kind, limit, in})
	}
}

// days lists the days of an interval on which a number of posts may rise.
func days(posts []Post, in org.Interval) []org.Date {
	out := []org.Date{in.From}
	for _, p := range posts {
		if in.Holds(p.From) {
			out = append(out, p.From)
		}
	}
	slices.Sort(out)
	return out
}

func holding(posts []Post, day org.Date) (n int32) {
	for _, p := range posts {
		if p.Holds(day) {
			n++
		}
	}
	return n
}

// Board makes the board of the rows: the thing of number 7 has the id "b7",
// "d7", "a7" or "p7".
func (r *Rows) Board() *org.Board {
	ids := func(prefix string, n int) []string {
		text := make([]byte, 0, n*10)
		ends := make([]int, n+1)
		for i := range n {
			text = strconv.AppendInt(append(text, prefix...), int64(i), 10)
			ends[i+1] = len(text)
		}
		all := string(text) // one string for all: millions of small ones are slow to make
		out := make([]string, n)
		for i := range out {
			out[i] = all[ends[i]:ends[i+1]]
		}
		return out
	}
	bodies, areas := ids("b", len(r.Superior)), ids("a", len(r.Parent))
	duties, posts := ids("d", len(r.DutyArea)), ids("p", len(r.Posts))
	of := func(list []string, i int32) string {
		if i < 0 {
			return ""
		}
		return list[i]
	}
	b := &org.Board{
		Areas: make([]org.Area, len(areas)), Bodies: make([]org.Body, len(bodies)), Duties: make([]org.Duty, len(duties)),
		Responsibilities: make([]org.Responsibility, len(r.Owners)), Posts: make([]org.Post, len(posts)), Quotas: make([]org.Quota, len(r.Quotas)),
	}
	for i, id := range areas {
		b.Areas[i] = org.Area{Code: id, Name: id, Parent: of(areas, r.Parent[i]), Interval: org.Whole}
	}
	for i, id := range bodies {
		b.Bodies[i] = org.Body{ID: id, Name: id, Superior: of(bodies, r.Superior[i]), Interval: r.Life[i]}
	}
	for i, id := range duties {
		b.Duties[i] = org.Duty{ID: id, Name: id, Area: of(areas, r.DutyArea[i]), Exclusive: true}
	}
	for i := range r.Owners {
		o := &r.Owners[i]
		b.Responsibilities[i] = org.Responsibility{Duty: duties[o.Duty], Body: bodies[o.Body], Keys: org.AllKeys,
			Area: of(areas, o.Area), Interval: o.Interval}
	}
	for i := range r.Posts {
		p := &r.Posts[i]
		b.Posts[i] = org.Post{ID: posts[i], Body: bodies[p.Body], Kind: Kinds[p.Kind], Interval: p.Interval}
	}
	for i := range r.Quotas {
		q := &r.Quotas[i]
		b.Quotas[i] = org.Quota{Body: bodies[q.Body], Kind: Kinds[q.Kind], Posts: int(q.Posts), Leaders: -1, Deputies: -1, Interval: q.Interval}
	}
	return b
}

// Kinds are the words of the kinds of posts, by number.
var Kinds = [...]string{"", "行政编制", "事业编制"}

// Write writes the rows as tables of numbers for a database, one file a table,
// without a head: body.csv (id, superior, from, until), area.csv (id, parent),
// duty.csv (id) of the duties of the whole country and owner.csv (duty, body,
// from, until) of who has them, scope.csv (id, duty, body, area, from, until) of
// who has the others, post.csv (body, kind, from, until), quota.csv (body, kind,
// posts, from, until). A day is a number of days since 1970, and the file day
// has [Day]; -1 is no superior and no area.
func (r *Rows) Write(dir string) error {
	table := func(name string, rows func(row func(...int32))) error {
		f, err := os.Create(filepath.Join(dir, name+".csv"))
		if err != nil {
			return err
		}
		w := bufio.NewWriterSize(f, 1<<20)
		var line []byte
		rows(func(cells ...int32) {
			line = line[:0]
			for i, c := range cells {
				if i > 0 {
					line = append(line, ',')
				}
				line = strconv.AppendInt(line, int64(c), 10)
			}
			w.Write(append(line, '\n')) // the first error is kept, and Flush gives it
		})
		if err := w.Flush(); err != nil {
			return err
		}
		return f.Close()
	}
	for _, t := range []struct {
		name string
		rows func(row func(...int32))
	}{
		{"body", func(row func(...int32)) {
			for i := range r.Superior {
				row(int32(i), r.Superior[i], int32(r.Life[i].From), int32(r.Life[i].To))
			}
		}},
		{"area", func(row func(...int32)) {
			for i, p := range r.Parent {
				row(int32(i), p)
			}
		}},
		{"duty", func(row func(...int32)) {
			for i, a := range r.DutyArea {
				if a < 0 {
					row(int32(i))
				}
			}
		}},
		{"owner", func(row func(...int32)) {
			for _, o := range r.Owners {
				if o.Area < 0 {
					row(o.Duty, o.Body, int32(o.From), int32(o.To))
				}
			}
		}},
		{"scope", func(row func(...int32)) {
			for i, o := range r.Owners {
				if o.Area >= 0 {
					row(int32(i), o.Duty, o.Body, o.Area, int32(o.From), int32(o.To))
				}
			}
		}},
		{"post", func(row func(...int32)) {
			for _, p := range r.Posts {
				row(p.Body, p.Kind, int32(p.From), int32(p.To))
			}
		}},
		{"quota", func(row func(...int32)) {
			for _, q := range r.Quotas {
				row(q.Body, q.Kind, q.Posts, int32(q.From), int32(q.To))
			}
		}},
	} {
		if err := table(t.name, t.rows); err != nil {
			return fmt.Errorf("table %s: %w", t.name, err)
		}
	}
	return os.WriteFile(filepath.Join(dir, "day"), []byte(strconv.Itoa(int(Day))), 0o644)
}

// The rules as SQL that PostgreSQL, SQLite and DuckDB read alike. Each rule
// gives rows of five numbers, a [Fault] each.
var (
	//go:embed rules/schema.sql
	Schema string
	//go:embed rules/index.sql
	Indexes string

	//go:embed rules/r1.sql
	r1 string
	//go:embed rules/r2.sql
	r2 string
	//go:embed rules/r3.sql
	r3 string
	//go:embed rules/r4.sql
	r4 string
)

// Rules are the queries of the four rules, with their days put in.
func Rules() []string {
	days := strings.NewReplacer(":start", strconv.Itoa(int(Start)), ":day", strconv.Itoa(int(Day)))
	out := []string{r1, r2, r3, r4}
	for i := range out {
		out[i] = days.Replace(out[i])
	}
	return out
}
