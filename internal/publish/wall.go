package publish

import (
	"cmp"
	"slices"
	"strings"

	"oneboard/internal/check"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// fate is one thing that happens to a body, as facts.
type fate struct {
	word   string // id under "fate." in the catalogue
	on     org.Date
	others []string // bodies at the other end
	name   Name     // a new name, a plate
	old    Name     // the name before
	count  int      // of duties
}

// standing is what the plan means for one body, whatever the day.
type standing struct {
	id          string
	life        *check.BodyLife
	class       string // new, ended, changed, duties, same
	fates       []fate
	first, last org.Date // begin and end of its change; NoDate when nothing happens
	open        []org.Interval
	flow        flow
}

// standings works out for every body what happens to it. O(bodies + holdings),
// once.
func (v *View) standings() []standing {
	v.wallOnce.Do(func() {
		for _, id := range v.tl.Bodies() {
			if life := v.tl.Body(id); life != nil && len(life.Versions) > 0 {
				v.wall = append(v.wall, v.standing(id, life, v.flows()[id]))
			}
		}
	})
	return v.wall
}

// standing works out what happens to one body.
func (v *View) standing(id string, life *check.BodyLife, f flow) standing {
	s := standing{id: id, life: life, flow: f, first: org.NoDate, last: org.NoDate, open: f.open}
	reach := func(d org.Date) {
		if d.Known() {
			if s.first == org.NoDate {
				s.first = d
			}
			s.first, s.last = min(s.first, d), max(s.last, d)
		}
	}
	add := func(c org.Change, word string, others ...string) {
		s.fates = append(s.fates, fate{word: word, on: v.tl.DateOf(c), others: others})
	}
	for _, c := range v.tl.ChangesOf(id) {
		reach(v.tl.DateOf(c))
		reach(handover(c))
		has := func(refs []org.Ref) bool {
			return slices.ContainsFunc(refs, func(r org.Ref) bool { return r.ID == id })
		}
		switch c := c.(type) {
		case *org.Establish:
			if c.Body.ID == id {
				add(c, "established")
			}
		case *org.Reestablish:
			if c.Body.ID != id {
				continue // it is only named, as a superior
			}
			add(c, "reestablished")
		case *org.Restore:
			if c.Body.ID != id {
				continue // it is only named, as a superior
			}
			add(c, "restored")
		case *org.Abolish:
			if c.Body.ID != id {
				continue // it is only named, as a superior
			}
			add(c, "abolished", v.tl.Successors(id)...)
		case *org.Merge:
			if has(c.From) {
				add(c, "merged", c.Into.ID.ID)
			} else if c.Into.ID.ID == id {
				add(c, "formed", ids(c.From)...)
			}
		case *org.MergeInto:
			if has(c.From) {
				add(c, "merged", c.Into.ID)
			} else if c.Into.ID == id {
				add(c, "absorbs", ids(c.From)...)
			}
		case *org.Split:
			var into []string
			for _, n := range c.Into {
				into = append(into, n.ID.ID)
			}
			if c.From.ID == id {
				add(c, "split", into...)
			} else if slices.Contains(into, id) {
				add(c, "formed", c.From.ID)
			}
		case *org.Rename:
			if c.Body.ID != id {
				continue // it is only named, as a superior
			}
			add(c, "renamed")
			last := &s.fates[len(s.fates)-1]
			last.name, last.old = Name{ZH: c.Name.Text, EN: c.NameEN.Text}, v.body(id, last.on-1)
		case *org.Rerank:
			if c.Body.ID != id {
				continue // it is only named, as a superior
			}
			add(c, "reranked")
		case *org.ChangeSuperior:
			if has(c.Bodies) {
				if c.To.ID == "none" {
					add(c, "freed")
				} else {
					add(c, "superior", c.To.ID)
				}
			}
		case *org.AddPlate:
			if c.Body.ID != id {
				continue // it is only named, as a superior
			}
			add(c, "plated")
			s.fates[len(s.fates)-1].name = Name{ZH: c.Name.Text}
		case *org.RemovePlate:
			if c.Body.ID != id {
				continue // it is only named, as a superior
			}
			add(c, "unplated")
			s.fates[len(s.fates)-1].name = Name{ZH: c.Name.Text}
		case *org.CoLocate:
			var others []string
			for _, r := range c.Bodies {
				if r.ID != id {
					others = append(others, r.ID)
				}
			}
			add(c, "shares", others...)
		case *org.Host:
			if c.Office.ID == id {
				add(c, "housed", c.Where.ID)
			} else {
				add(c, "houses", c.Office.ID)
			}
		case *org.SetQuota, *org.MoveQuota, *org.SetPosts, *org.MovePosts, *org.MovePeople, *org.MoveItems, *org.Provide, *org.Withdraw, *org.Restrict, *org.Appoint, *org.Relieve:
			if !slices.ContainsFunc(s.fates, func(f fate) bool { return f.word == "staff" }) {
				add(c, "staff")
			}
		}
	}
	// a superior that went takes its inferiors along: no change names them
	for i := 1; i < len(life.Versions); i++ {
		a, b := &life.Versions[i-1], &life.Versions[i]
		told := slices.ContainsFunc(s.fates, func(f fate) bool {
			return (f.word == "superior" || f.word == "freed" || f.word == "reestablished" || f.word == "restored") && f.on == b.From
		})
		if a.Superior != b.Superior && b.Superior != "" && !told {
			s.fates = append(s.fates, fate{word: "superior", on: b.From, others: []string{b.Superior}})
			reach(b.From)
		}
	}
	s.settle()
	if n := len(f.gives); n > 0 && !s.said(f.to) {
		s.fates = append(s.fates, fate{word: "gives", on: org.NoDate, others: f.to, count: n})
	}
	if n := len(f.takes); n > 0 {
		s.fates = append(s.fates, fate{word: "takes", on: org.NoDate, others: f.from, count: n})
	}
	for _, o := range f.open {
		reach(o.From)
		reach(o.To)
	}
	s.class = classOf(s.fates)
	if s.class == "same" {
		// changes that only name it, as the superior of another, are not its own
		s.first, s.last = org.NoDate, org.NoDate
	}
	return s
}

// settle leaves out what another fate says already: who merges ends by that.
func (s *standing) settle() {
	merged := slices.ContainsFunc(s.fates, func(f fate) bool { return f.word == "merged" || f.word == "split" })
	if merged {
		s.fates = slices.DeleteFunc(s.fates, func(f fate) bool { return f.word == "abolished" })
	}
	for i := range s.fates {
		// the same bodies are named with their count of duties
		if s.fates[i].word == "abolished" && sameSet(s.fates[i].others, s.flow.to) {
			s.fates[i].others = nil
		}
	}
}

// said reports whether a merger names these bodies, which then have the duties
// as a matter of course.
func (s *standing) said(others []string) bool {
	return slices.ContainsFunc(s.fates, func(f fate) bool { return f.word == "merged" && sameSet(f.others, others) })
}

func sameSet(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for _, s := range a {
		if !slices.Contains(b, s) {
			return false
		}
	}
	return true
}

func classOf(fates []fate) string {
	class, weight := "same", 0
	for _, f := range fates {
		c, w := "changed", 2
		switch f.word {
		case "abolished", "merged", "split":
			c, w = "ended", 4
		case "established", "formed", "restored":
			c, w = "new", 3
		case "gives", "takes", "staff":
			c, w = "duties", 1
		}
		if w > weight {
			class, weight = c, w
		}
	}
	return class
}

// state says where a body stands on a day.
func (s *standing) state(day org.Date) string {
	switch {
	case s.first == org.NoDate:
		return "none"
	case day < s.first:
		return "waiting"
	case day < s.last:
		return "moving"
	}
	return "done"
}

// A WallQuery is what a reader wants to see of the wall chart.
type WallQuery struct {
	Day   org.Date
	Kind  string // only bodies of this group
	What  string // only bodies of this class, or to which this happens
	State string // only bodies that stand so
	Sort  string // "": in groups; body, what, state, days
	Down  bool   // the other way round
	Most  int    // rows of a group; 0: all
}

// A Wall is the wall chart (挂图): every body, what happens to it, and where it
// stands on a day.
type Wall struct {
	Day      org.Date  `json:"day"`
	Span     Span      `json:"span"`
	Deadline org.Date  `json:"deadline"`
	Left     int       `json:"days_left"` // to the deadline; negative when it is past
	Total    int       `json:"total"`     // of all bodies
	Found    int       `json:"found"`     // that the query lets through
	Whats    []Count   `json:"whats"`
	States   []Count   `json:"states"`
	Kinds    []Count   `json:"kinds"`
	Groups   []WallSet `json:"groups"`
}

// A Count is how many there are of a word.
type Count struct {
	Term
	N int `json:"count"`
}

// A WallSet is the bodies of one group: a kind of the plan's own area, or
// another area with all its bodies.
type WallSet struct {
	Kind   Term      `json:"kind"`
	Total  int       `json:"total"`  // bodies in the group
	Moved  int       `json:"moved"`  // those to which anything happens
	Done   int       `json:"done"`   // those of them that are done
	Rows   []WallRow `json:"rows"`   // at most the query's Most
	Hidden int       `json:"hidden"` // rows left out
}

// A WallRow is one body on the wall chart.
type WallRow struct {
	Body     Name     `json:"body"`
	Kind     Term     `json:"kind"`
	Superior *Name    `json:"superior,omitempty"`
	Class    Term     `json:"class"`
	What     []What   `json:"what"`
	State    Term     `json:"state"`
	From     org.Date `json:"from"`
	Until    org.Date `json:"until"`     // the day on which all of it is done
	DaysLeft int      `json:"days_left"` // to that day
	Open     int      `json:"open"`      // handovers open on the day
	Strip    SVG      `json:"-"`
}

// What is one thing that happens to a body.
type What struct {
	Term
	Words Sentence `json:"words"`
	On    org.Date `json:"on"`
}

// ClassWords are the classes of a body on the wall chart, in the order in which
// a filter offers them.
var ClassWords = []string{"new", "ended", "changed", "duties", "same"}

// StateWords are the states of a body on a day.
var StateWords = []string{"waiting", "moving", "done", "none"}

// WallChart gives the wall chart of a day. O(bodies) per call once the board's
// standings are known.
func (v *View) WallChart(tag lang.Tag, q WallQuery) Wall {
	span := v.Horizon(q.Day)
	w := Wall{Day: q.Day, Span: span, Deadline: v.Deadline(), Groups: []WallSet{}}
	if w.Deadline.Known() {
		w.Left = int(w.Deadline - q.Day)
	}
	whats, states, kinds := map[string]int{}, map[string]int{}, map[string]int{}
	var kindOrder []string
	type row struct {
		*standing
		kind, state string
	}
	var rows []row
	all := v.standings()
	for i := range all {
		s := &all[i]
		r := row{s, v.groupOf(&versionNear(s.life, q.Day).Body), s.state(q.Day)}
		w.Total++
		whats[s.class]++
		for _, f := range s.fates {
			if f.word == "gives" || f.word == "takes" {
				whats[f.word]++
			}
		}
		states[r.state]++
		if _, seen := kinds[r.kind]; !seen {
			kindOrder = append(kindOrder, r.kind)
		}
		kinds[r.kind]++
		if q.Kind != "" && q.Kind != r.kind || q.State != "" && q.State != r.state {
			continue
		}
		if q.What != "" && q.What != s.class && !slices.ContainsFunc(s.fates, func(f fate) bool { return f.word == q.What }) {
			continue
		}
		rows = append(rows, r)
	}
	w.Found = len(rows)
	for _, c := range append(slices.Clone(ClassWords), "gives", "takes") {
		w.Whats = append(w.Whats, Count{term(tag, "class", c), whats[c]})
	}
	for _, c := range StateWords {
		w.States = append(w.States, Count{term(tag, "state", c), states[c]})
	}
	slices.SortStableFunc(kindOrder, func(a, b string) int {
		x, y := strings.HasPrefix(a, areaMark), strings.HasPrefix(b, areaMark)
		switch {
		case x == y:
			return 0
		case x:
			return 1
		}
		return -1
	})
	for _, k := range kindOrder {
		w.Kinds = append(w.Kinds, Count{v.groupTerm(tag, k), kinds[k]})
	}
	if q.Sort != "" {
		title := map[string]string{}
		slices.SortStableFunc(rows, func(a, b row) int {
			n := 0
			switch q.Sort {
			case "body":
				for _, s := range []*standing{a.standing, b.standing} {
					if _, ok := title[s.id]; !ok {
						title[s.id], _ = v.body(s.id, q.Day).In(tag)
					}
				}
				n = strings.Compare(title[a.id], title[b.id])
			case "what":
				n = cmp.Compare(slices.Index(ClassWords, a.class), slices.Index(ClassWords, b.class))
			case "state":
				n = cmp.Compare(slices.Index(StateWords, a.state), slices.Index(StateWords, b.state))
			case "days":
				// nothing to wait for comes last, either way
				if x, y := a.last == org.NoDate, b.last == org.NoDate; x != y {
					if x {
						return 1
					}
					return -1
				}
				n = cmp.Compare(a.last, b.last)
			}
			if q.Down {
				return -n
			}
			return n
		})
		kindOrder = []string{""}
	}
	for _, k := range kindOrder {
		g := WallSet{Kind: v.groupTerm(tag, k), Rows: []WallRow{}}
		if q.Sort != "" {
			g.Kind = Term{"", lang.Say(tag, "wall.all")}
		}
		for i := range rows {
			r := &rows[i]
			if q.Sort == "" && r.kind != k {
				continue
			}
			g.Total++
			if r.class != "same" {
				g.Moved++
				if r.state == "done" {
					g.Done++
				}
			}
			if q.Most > 0 && len(g.Rows) == q.Most {
				g.Hidden++
				continue
			}
			g.Rows = append(g.Rows, v.wallRow(tag, q.Day, span, r.standing))
		}
		if g.Total > 0 {
			w.Groups = append(w.Groups, g)
		}
	}
	return w
}

// areaMark tells the id of a group that is an area from a kind.
const areaMark = "area:"

// groupOf puts a body of the plan's own area with those of its kind, and one of
// a lower area with those of that area: so a city's list has its departments
// together, and each district by itself.
func (v *View) groupOf(b *org.Body) string {
	if b.Area != "" && v.plan.Area.Given() && b.Area != v.plan.Area.ID {
		return areaMark + b.Area
	}
	return b.Kind
}

func (v *View) groupTerm(tag lang.Tag, group string) Term {
	code, ok := strings.CutPrefix(group, areaMark)
	if !ok {
		return term(tag, "bodykind", group)
	}
	text, _ := v.area(code).In(tag)
	return Term{group, text}
}

func (v *View) wallRow(tag lang.Tag, day org.Date, span Span, s *standing) WallRow {
	near := versionNear(s.life, day)
	r := WallRow{
		Body: Name{s.id, near.Name, near.NameEN}, Kind: term(tag, "bodykind", near.Kind),
		Class: term(tag, "class", s.class), State: term(tag, "state", s.state(day)),
		From: s.first, Until: s.last, What: v.whats(tag, day, s),
	}
	if near.Superior != "" {
		n := v.body(near.Superior, day)
		r.Superior = &n
	}
	if s.last.Known() && day < s.last {
		r.DaysLeft = int(s.last - day)
	}
	for _, o := range s.open {
		if o.Holds(day) {
			r.Open++
		}
	}
	if s.class != "same" {
		r.Strip = v.strip(tag, day, span, s)
	}
	return r
}

func (v *View) whats(tag lang.Tag, day org.Date, s *standing) []What {
	out := []What{}
	for _, f := range s.fates {
		at := f.on
		if !at.Known() {
			at = v.after()
		}
		holes := map[string]Sentence{"Others": v.bodyPieces(tag, at, f.others...), "Number": plain(itoa(f.count))}
		if f.name.ZH != "" || f.name.EN != "" {
			text, _ := f.name.In(tag)
			holes["Name"] = foreign(tag, text)
			text, _ = f.old.In(tag)
			holes["Old"] = foreign(tag, text)
		}
		id := "fate." + f.word
		if len(f.others) == 0 && lang.Knows(tag, id+".alone") {
			id += ".alone"
		}
		if f.count == 1 && lang.Knows(tag, id+".one") {
			id += ".one"
		}
		out = append(out, What{Term{f.word, lang.Say(tag, "fate."+f.word+".short")}, compose(tag, id, holes), f.on})
	}
	return out
}

// The size of a strip on the wall chart.
const stripW, stripH = 240.0, 22.0

// strip draws the life of a body over the plan's time on one line: in force,
// in transition, and each day on which something changes.
func (v *View) strip(tag lang.Tag, day org.Date, span Span, s *standing) SVG {
	var p pen
	sc := scale{span, 1, stripW - 2}
	near := versionNear(s.life, day)
	name, _ := Name{s.id, near.Name, near.NameEN}.In(tag)
	p.start("strip", stripW, stripH, lang.Say(tag, "strip.title", lang.Args{"Body": name}), "")
	p.line("base", 0, stripH/2, stripW, stripH/2)
	for i := range s.life.Versions {
		b := &s.life.Versions[i]
		if x, w, ok := sc.between(b.Interval); ok {
			class := "life"
			if b.Began != nil && i == 0 || i > 0 && !s.life.Versions[i-1].Meets(b.Interval) {
				class = "life new"
			}
			p.rect(class, x, stripH/2-5, w, 10, 2)
		}
	}
	if s.last > s.first {
		if x, w, ok := sc.between(org.Interval{From: s.first, To: s.last}); ok {
			p.rect("moving", x, stripH/2-5, w, 10, 0)
		}
	}
	if d := v.Deadline(); d.Known() {
		p.line("deadline", sc.at(d+1), 2, sc.at(d+1), stripH-2)
	}
	done := map[org.Date]bool{}
	for _, c := range v.tl.ChangesOf(s.id) {
		if on := v.tl.DateOf(c); on.Known() && !done[on] {
			done[on] = true
			p.tick("tick", sc.at(on), stripH/2, 4.5, Day(tag, on))
		}
	}
	if !s.life.Last().Holds(org.Forever - 1) {
		x := sc.at(s.life.Last().To)
		p.path("cross", "M"+num(x-4)+" "+num(stripH/2-4)+"l8 8m0 -8l-8 8")
	}
	p.line("today", sc.at(day), 0, sc.at(day), stripH)
	return p.end()
}
