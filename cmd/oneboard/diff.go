package main

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// diffVerb prints what a plan makes different: the board before and after.
// Differences are what a plan is for, so they are not "something wrong": the
// exit code is 1 only when the plan has errors.
func diffVerb(e *env) verb {
	var from, to org.Date
	var where source
	return verb{name: "diff", max: 1,
		flags: func(f *flags) {
			f.date(&from, "from")
			f.date(&to, "to")
			where.declare(f)
		},
		run: func(args []string) (int, error) {
			if len(args) > 0 {
				where.plan = args[0]
			}
			s, code, err := where.open(e)
			if err != nil {
				return exitFail, err
			}
			days := s.timeline.Days()
			if len(days) == 0 && (!from.Known() || !to.Known()) {
				if s.plan == nil {
					return exitFail, cannot("diff-needs-days", "Path", s.name)
				}
				days = []org.Date{s.plan.Start.Or(e.today())} // it changes nothing: any day shows that
			}
			if !from.Known() {
				from = days[0] - 1
			}
			if !to.Known() {
				to = days[len(days)-1]
			}
			if from > to {
				return exitFail, cannot("from-after-to", "From", from.String(), "To", to.String())
			}
			d := compare(s.timeline, from, to)
			d.Plan = s.name
			if e.json {
				return code, e.document(d)
			}
			e.printDifference(d)
			return code, nil
		}}
}

// A difference is what distinguishes the boards of two days. Things have the
// order of the board before, then that of the board after.
type difference struct {
	Plan   string      `json:"plan"`
	From   org.Date    `json:"from"`
	To     org.Date    `json:"to"`
	Bodies []bodyDiff  `json:"bodies"`
	Duties []dutyDiff  `json:"duties"`
	Plates []plateDiff `json:"plates"`
	Quotas []quotaDiff `json:"quotas"`
	Posts  []postDiff  `json:"posts"`
}

// A bodyDiff is a body that is new, ended or changed, and the papers for it.
type bodyDiff struct {
	diag.Name
	What    string          `json:"what"` // new, ended, changed
	Changed map[string]pair `json:"changed,omitempty"`
	By      []string        `json:"by,omitempty"`
	After   *bodyWords      `json:"after,omitempty"`
}

type bodyWords struct {
	Kind     string `json:"kind,omitempty"`
	Superior string `json:"superior,omitempty"`
	Rank     string `json:"rank,omitempty"`
}

type pair struct {
	Before string `json:"before"`
	After  string `json:"after"`
}

// A dutyDiff is a key of a duty that others have after than before.
type dutyDiff struct {
	diag.Name
	Area   string   `json:"area,omitempty"`
	Keys   []string `json:"keys"`
	Before []string `json:"before"`
	After  []string `json:"after"`
	By     string   `json:"by,omitempty"`
}

type plateDiff struct {
	Body  string `json:"body"`
	Plate string `json:"plate"`
	What  string `json:"what"` // new, ended
}

type quotaDiff struct {
	Body   string `json:"body"`
	Kind   string `json:"kind"`
	Before *quota `json:"before,omitempty"`
	After  *quota `json:"after,omitempty"`
}

type quota struct {
	Posts    int `json:"posts"`
	Leaders  int `json:"leaders"`
	Deputies int `json:"deputies"`
}

// A postDiff counts the posts that go from one body to another; "" on a side
// is a post that is new or ends.
type postDiff struct {
	From  string `json:"from,omitempty"`
	To    string `json:"to,omitempty"`
	Posts int    `json:"posts"`
}

// compare holds the boards of two days against each other. Identity is the id,
// never the name: a renamed body is one body.
func compare(t *check.Timeline, from, to org.Date) difference {
	a, b := t.On(from), t.On(to)
	d := difference{From: from, To: to, Bodies: []bodyDiff{}, Duties: []dutyDiff{}, Plates: []plateDiff{}, Quotas: []quotaDiff{}, Posts: []postDiff{}}
	d.bodies(t, a, b)
	d.duties(a, b)
	both(a.Plates, b.Plates, func(p *org.Plate) [2]string { return [2]string{p.Body, p.Name} }, func(id [2]string, x, y *org.Plate) {
		switch {
		case x == nil:
			d.Plates = append(d.Plates, plateDiff{id[0], id[1], "new"})
		case y == nil:
			d.Plates = append(d.Plates, plateDiff{id[0], id[1], "ended"})
		}
	})
	both(a.Quotas, b.Quotas, func(q *org.Quota) [2]string { return [2]string{q.Body, q.Kind} }, func(id [2]string, x, y *org.Quota) {
		words := func(q *org.Quota) *quota {
			if q == nil {
				return nil
			}
			return &quota{q.Posts, q.Leaders, q.Deputies}
		}
		if p, q := words(x), words(y); p == nil || q == nil || *p != *q {
			d.Quotas = append(d.Quotas, quotaDiff{id[0], id[1], p, q})
		}
	})
	moved := map[[2]string]int{}
	var order [][2]string
	both(a.Posts, b.Posts, func(p *org.Post) string { return p.ID }, func(_ string, x, y *org.Post) {
		var way [2]string
		if x != nil {
			way[0] = x.Body
		}
		if y != nil {
			way[1] = y.Body
		}
		if way[0] == way[1] {
			return
		}
		if moved[way] == 0 {
			order = append(order, way)
		}
		moved[way]++
	})
	for _, way := range order {
		d.Posts = append(d.Posts, postDiff{way[0], way[1], moved[way]})
	}
	return d
}

// both visits every id of two tables once: those of the first in its order,
// then those that only the second has. The first row of an id counts.
func both[T any, K comparable](a, b []T, id func(*T) K, visit func(id K, a, b *T)) {
	after := make(map[K]*T, len(b))
	for i := range b {
		if k := id(&b[i]); after[k] == nil {
			after[k] = &b[i]
		}
	}
	seen := make(map[K]bool, len(a))
	for i := range a {
		if k := id(&a[i]); !seen[k] {
			seen[k] = true
			visit(k, &a[i], after[k])
		}
	}
	for i := range b {
		if k := id(&b[i]); !seen[k] {
			seen[k] = true
			visit(k, nil, &b[i])
		}
	}
}

func (d *difference) bodies(t *check.Timeline, a, b *org.Board) {
	both(a.Bodies, b.Bodies, func(x *org.Body) string { return x.ID }, func(id string, x, y *org.Body) {
		out := bodyDiff{By: papers(t, id, d.From, d.To)}
		switch {
		case x == nil:
			out.What, out.Name = "new", y.Label()
			out.After = &bodyWords{y.Kind, y.Superior, y.Rank}
		case y == nil:
			out.What, out.Name = "ended", x.Label()
		default:
			out.What, out.Name, out.Changed = "changed", y.Label(), map[string]pair{}
			for _, f := range []struct{ name, before, after string }{
				{"name", x.Name, y.Name}, {"name_en", x.NameEN, y.NameEN}, {"kind", x.Kind, y.Kind}, {"level", x.Level, y.Level},
				{"area", x.Area, y.Area}, {"superior", x.Superior, y.Superior}, {"rank", x.Rank, y.Rank},
			} {
				if f.before != f.after {
					out.Changed[f.name] = pair{f.before, f.after}
				}
			}
			if len(out.Changed) == 0 {
				return
			}
		}
		d.Bodies = append(d.Bodies, out)
	})
}

// papers gives the clauses that the changes to a body between two days rest on.
func papers(t *check.Timeline, body string, from, to org.Date) (out []string) {
	for _, c := range t.ChangesOf(body) {
		if on := t.DateOf(c); on.Known() && from < on && on <= to {
			for _, cite := range c.Declared().By {
				if s := citation(cite); !slices.Contains(out, s) {
					out = append(out, s)
				}
			}
		}
	}
	return out
}

func citation(c org.Citation) string {
	return strings.TrimSpace(c.Instrument.ID + " " + c.Clause.Text)
}

// duties finds the keys that are with others after than before, and puts keys
// that go the same way together.
func (d *difference) duties(a, b *org.Board) {
	type place struct{ duty, area string }
	type state struct {
		with [4][]string
		by   [4]string
	}
	read := func(b *org.Board, order *[]place) map[place]*state {
		out := map[place]*state{}
		for _, r := range b.Responsibilities {
			p := place{r.Duty, r.Area}
			s := out[p]
			if s == nil {
				s = &state{}
				out[p] = s
				*order = append(*order, p)
			}
			who := r.Body
			if r.Mode != org.Sole {
				who += " (" + r.Mode.String() + ")"
			}
			for k, key := range org.EachKey {
				if r.Keys&key != 0 {
					s.with[k] = append(s.with[k], who)
					s.by[k] = cmp.Or(s.by[k], r.By)
				}
			}
		}
		return out
	}
	var order []place
	before := read(a, &order)
	after := read(b, &order)
	names := map[string]diag.Name{}
	for _, board := range []*org.Board{a, b} {
		for i := range board.Duties {
			names[board.Duties[i].ID] = board.Duties[i].Label()
		}
	}
	done := map[place]bool{}
	for _, p := range order {
		if done[p] {
			continue
		}
		done[p] = true
		x, y := before[p], after[p]
		if x == nil {
			x = &state{}
		}
		if y == nil {
			y = &state{}
		}
		first := len(d.Duties)
		for k, key := range org.EachKey {
			was, is := sorted(x.with[k]), sorted(y.with[k])
			if slices.Equal(was, is) {
				continue
			}
			same := slices.IndexFunc(d.Duties[first:], func(o dutyDiff) bool {
				return slices.Equal(o.Before, was) && slices.Equal(o.After, is)
			})
			if same >= 0 {
				o := &d.Duties[first+same]
				o.Keys = append(o.Keys, key.String())
				continue
			}
			name, ok := names[p.duty]
			if !ok {
				name = diag.Name{ID: p.duty}
			}
			d.Duties = append(d.Duties, dutyDiff{Name: name, Area: p.area, Keys: []string{key.String()}, Before: was, After: is, By: y.by[k]})
		}
	}
}

func sorted(words []string) []string {
	out := append([]string{}, words...)
	slices.Sort(out)
	return out
}

// printDifference prints a difference for people.
func (e *env) printDifference(d difference) {
	e.printf("%s\n", e.say("diff.head", lang.Args{"Plan": d.Plan, "From": d.From.String(), "To": d.To.String()}))
	if len(d.Bodies)+len(d.Duties)+len(d.Plates)+len(d.Quotas)+len(d.Posts) == 0 {
		e.printf("%s\n", e.say("diff.none"))
		return
	}
	section := func(id string, n int, rows [][]string) {
		if n > 0 {
			e.printf("\n%s\n", e.say(id, lang.Args{"Count": n}))
			e.table(nil, rows)
		}
	}
	colon, comma := lang.Say(e.tag, "list.colon"), lang.Say(e.tag, "list.comma")
	for _, what := range []struct{ word, mark string }{{"new", "+"}, {"ended", "-"}, {"changed", "~"}} {
		var rows [][]string
		for _, b := range d.Bodies {
			if b.What != what.word {
				continue
			}
			var says []string
			if b.After != nil && b.After.Superior != "" {
				says = append(says, e.say("col.superior")+colon+b.After.Superior)
			}
			for _, field := range slices.Sorted(maps.Keys(b.Changed)) {
				says = append(says, e.say("col."+field)+colon+b.Changed[field].Before+" → "+b.Changed[field].After)
			}
			rows = append(rows, []string{what.mark + " " + b.ID, e.name(b.ZH, b.EN), strings.Join(b.By, comma), strings.Join(says, comma)})
		}
		section("diff.bodies-"+what.word, len(rows), rows)
	}
	var rows [][]string
	none := e.say("diff.nobody")
	side := func(who []string) string { return cmp.Or(strings.Join(who, comma), none) }
	for _, m := range d.Duties {
		keys := e.keyWords(m.Keys)
		where := m.ID
		if m.Area != "" {
			where += " @ " + m.Area
		}
		rows = append(rows, []string{where, e.name(m.ZH, m.EN), keys, side(m.Before) + " → " + side(m.After), m.By})
	}
	section("diff.duties", len(rows), rows)
	rows = nil
	for _, p := range d.Plates {
		mark := map[string]string{"new": "+ ", "ended": "- "}[p.What]
		rows = append(rows, []string{mark + p.Body, p.Plate})
	}
	section("diff.plates", len(rows), rows)
	rows = nil
	for _, q := range d.Quotas {
		words := func(q *quota) string {
			if q == nil {
				return none
			}
			return e.say("diff.quota", lang.Args{"Posts": limited(q.Posts), "Leaders": limited(q.Leaders), "Deputies": limited(q.Deputies)})
		}
		rows = append(rows, []string{q.Body, q.Kind, words(q.Before) + " → " + words(q.After)})
	}
	section("diff.quotas", len(rows), rows)
	rows = nil
	for _, p := range d.Posts {
		rows = append(rows, []string{cmp.Or(p.From, none) + " → " + cmp.Or(p.To, none), e.say("count.posts", lang.Args{"Count": p.Posts})})
	}
	section("diff.posts", len(rows), rows)
}

// keyWords names a set of keys in the language.
func (e *env) keyWords(keys []string) string {
	if len(keys) == len(org.EachKey) {
		return lang.Say(e.tag, "key.all")
	}
	var out []string
	for _, k := range keys {
		out = append(out, lang.Say(e.tag, "key."+k))
	}
	return e.list(out)
}

// limited prints a number of a quota, whose negative is "not limited".
func limited(n int) string {
	if n < 0 {
		return "–"
	}
	return strconv.Itoa(n)
}
