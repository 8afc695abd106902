// Package witness verifies certificates: that a plan leaves no duty without its
// body on any day, in whatever order its events happen. It is what a second
// office runs on the proof of a first one, so it shares nothing with package
// check but the nouns. It believes no reasoning: it works out from the plan what
// can happen when, lets every order of events take its course, day by day, and
// compares what a certificate says with what it sees. It is meant to be read in
// one sitting: certificate.go has the document, meaning.go what each change does,
// world.go when, order.go the orders of events, matter.go what bears on a duty,
// play.go the course of events, and this file the comparison.
package witness

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// A Refusal is one thing for which a certificate is not believed.
type Refusal struct {
	At   string    // where in the document, as a JSON pointer
	Why  string    // a fixed word: the message "witness.<why>" of the catalogue
	Args lang.Args // what the message names
}

// In says why in a language.
func (r Refusal) In(tag lang.Tag) string { return lang.Say(tag, "witness."+r.Why, r.Args) }

type verifier struct {
	*world
	refusals []Refusal
}

// refuse notes a refusal; args are pairs of a variable and its value.
func (v *verifier) refuse(at, why string, args ...string) {
	r := Refusal{at, why, lang.Args{}}
	for i := 0; i+1 < len(args); i += 2 {
		r.Args[args[i]] = args[i+1]
	}
	v.refusals = append(v.refusals, r)
}

func (v *verifier) same(at, got, want string) {
	if got != want {
		v.refuse(at, "differs", "Got", got, "Want", want)
	}
}

// Verify holds a certificate against the plan and the board that it is about:
// nil when everything in it is so and nothing is missing. text is the file that
// the plan was read from; packs are the rule packs that it names. Plan and board
// must have no standing error: who calls has checked them. The cost grows with
// the orders that the plan leaves open, as that of the proof does.
func Verify(board *org.Board, plan *org.Plan, packs []*org.Pack, text, document []byte) []Refusal {
	c, err := read(document)
	if err != nil {
		return []Refusal{{"", "unreadable", lang.Args{"Cause": err.Error()}}}
	}
	v := &verifier{world: newWorld(board, plan, packs)}
	v.heading(&c, board, plan, text)
	proved, waived := map[string]bool{}, map[string]bool{}
	for i := range c.Proofs {
		v.proof(fmt.Sprintf("/proofs/%d", i), &c.Proofs[i], proved)
	}
	for i, x := range c.Waived { // not proved, and said so
		at := fmt.Sprintf("/waived/%d", i)
		said := slices.ContainsFunc(plan.Waivers, func(w org.Waiver) bool {
			return x.Code == w.Code.Text && x.Object == w.Object.ID && x.Until == w.Until.Date.String() && x.By == w.By.Text && x.Because == w.Because.Text
		})
		if !said || !slices.Contains([]string{"OB0310", "OB0311", "OB0312"}, x.Code) || len(x.Duties) == 0 {
			v.refuse(at, "not-waived", "Code", x.Code, "Object", x.Object)
		}
		for _, d := range x.Duties {
			if v.duties[d] == nil || proved[d] || x.Object != d && !slices.Contains(v.matter(d).bodies, x.Object) {
				v.refuse(at+"/duties", "unknown", "ID", d)
			} else {
				waived[d] = true
			}
		}
	}
	alike := map[string]bool{}
	for _, d := range slices.Sorted(maps.Keys(v.duties)) {
		if proved[d] || waived[d] {
			continue
		}
		if m := v.matter(d); m.touched != "" {
			v.refuse("/proofs", "no-proof", "Duty", d, "By", m.touched)
		} else if key := m.key(); !alike[key] {
			alike[key] = true
			o := m.order(nil)
			o.runs(0, func(days []org.Date) bool {
				return v.each("/proofs", m.play(o, days), func(_, _ int, _ org.Interval, has []holding) ([]holding, bool) { return has, true })
			})
		}
	}
	return v.refusals
}

// proof verifies what is said of some duties, and notes them as proved.
func (v *verifier) proof(at string, p *proof, proved map[string]bool) {
	if len(p.Duties) == 0 {
		v.refuse(at+"/duties", "empty")
	}
	events, areas := v.mentioned(&p.branch)
	alike := map[string]bool{} // duties with which the same happens are one
	for n, d := range p.Duties {
		if v.duties[d] == nil || proved[d] {
			v.refuse(fmt.Sprintf("%s/duties/%d", at, n), "unknown", "ID", d)
			continue
		}
		m := v.matter(d, areas...)
		if proved[d] = true; !alike[m.key()] {
			alike[m.key()] = true
			v.branch(at, m, &p.branch, m.order(events), nil)
		}
	}
}

// heading compares what the certificate says of the plan as a whole.
func (v *verifier) heading(c *certificate, board *org.Board, plan *org.Plan, text []byte) {
	sum, state := sha256.Sum256(text), board.State()
	var packs []string
	for _, p := range plan.Packs {
		packs = append(packs, p.ID)
	}
	v.same("/oneboard", c.Oneboard, "certificate/v1")
	v.same("/plan", c.Plan, plan.ID)
	v.same("/plan_sha256", c.PlanHash, hex.EncodeToString(sum[:]))
	v.same("/board_sha256", c.BoardHash, hex.EncodeToString(state[:]))
	v.same("/packs", strings.Join(c.Packs, ", "), strings.Join(packs, ", "))
	v.same("/required", strings.Join(c.Required, ", "), strings.Join(v.rules.Required.Words(), ", "))
	v.same("/former_performs", strings.Join(c.Former, ", "), strings.Join(v.rules.FormerPerforms.Words(), ", "))
	v.same("/start", c.Start, v.start.String())
	listed := map[string]bool{}
	for i, e := range c.Events {
		at := fmt.Sprintf("/events/%d", i)
		n, known := v.number[e.ID]
		if !known || n == 0 || listed[e.ID] {
			v.refuse(at+"/id", "unknown", "ID", e.ID)
			continue
		}
		listed[e.ID] = true
		v.same(at+"/earliest", e.Earliest, v.lo[n].String())
		v.same(at+"/latest", e.Latest, v.hi[n].String())
	}
	for _, e := range v.ids[1:v.ofPlan] {
		if !listed[e] {
			v.refuse("/events", "event-missing", "ID", e)
		}
	}
}

// mentioned lists the events and areas that a branch names.
func (v *verifier) mentioned(b *branch) (events []int32, areas []string) {
	see := func(names ...string) {
		for _, name := range names {
			if e, ok := v.find(name); ok && !slices.Contains(events, e) {
				events = append(events, e)
			}
		}
	}
	for _, c := range b.Chains {
		areas = append(areas, c.Area)
		for _, l := range c.Links {
			if see(l.From, l.To); l.Kept != nil {
				see(l.Kept.Since)
			}
		}
		for _, o := range c.Orders {
			see(o.First, o.Then)
		}
	}
	if s := b.Split; s != nil {
		see(s.Events...)
		for _, part := range []*branch{s.Before, s.SameDay, s.After} {
			if part != nil {
				e, a := v.mentioned(part)
				areas = append(areas, a...)
				for _, e := range e {
					see(v.ids[e])
				}
			}
		}
	}
	return events, areas
}

// branch verifies a duty in the runs of an order; steps are the orders of two
// events that the splits above assume.
func (v *verifier) branch(at string, m *matter, b *branch, o *order, steps [][2]string) {
	switch s := b.Split; {
	case b.Impossible && s == nil && b.Chains == nil && len(steps) > 0:
		if o != nil {
			v.refuse(at+"/impossible", "possible")
		}
	case s != nil && !b.Impossible && b.Chains == nil && len(s.Events) == 2 && s.Before != nil && s.SameDay != nil && s.After != nil:
		a, okA := v.find(s.Events[0])
		b, okB := v.find(s.Events[1])
		x, y := o.at(a), o.at(b)
		if !okA || !okB || o == nil || x < 1 || y < 1 || x == y {
			v.refuse(at+"/split/events", "branch-shape")
			return
		}
		xy, yx := [2]string{s.Events[0], s.Events[1]}, [2]string{s.Events[1], s.Events[0]}
		three := o.three(x, y)
		v.branch(at+"/split/before", m, s.Before, three[0], append(slices.Clip(steps), xy))
		v.branch(at+"/split/same_day", m, s.SameDay, three[1], append(slices.Clip(steps), xy, yx))
		v.branch(at+"/split/after", m, s.After, three[2], append(slices.Clip(steps), yx))
	case s == nil && !b.Impossible && o != nil:
		v.chains(at+"/chains", m, b.Chains, o, steps)
	default:
		v.refuse(at, "branch-shape")
	}
}

// chains verifies the chains of a duty: what they say of orders, and then, in
// every run, that they say who has it and that this is as it must be.
func (v *verifier) chains(at string, m *matter, chains []chain, o *order, steps [][2]string) {
	before := len(v.refusals)
	for i := range chains {
		v.orders(fmt.Sprintf("%s/%d", at, i), m, &chains[i], o, steps)
	}
	if len(v.refusals) > before {
		return
	}
	seen, runs := map[mark]bool{}, 0
	o.runs(0, func(days []org.Date) bool {
		if runs++; runs > maxRuns {
			v.refuse(at, "too-many", "Duty", m.duty)
			return false
		}
		r := m.play(o, days)
		return v.compare(at, chains, r, seen)
	})
	for i, c := range chains {
		for n, l := range c.Links {
			for part, said := range [parts]bool{true, l.From != "start", l.To != "forever", l.Kept != nil, l.By != ""} {
				if said && !seen[mark{i, n, linkPart(part)}] && len(v.refusals) == before {
					v.refuse(fmt.Sprintf("%s/%d/links/%d", at, i, n), "never", "Body", l.Body)
				}
			}
		}
	}
}

// compare holds what chains say against a run: in each town, who has which key
// when, in which mode, by what. It marks what there was of each link.
func (v *verifier) compare(at string, chains []chain, r *run, seen map[mark]bool) bool {
	return v.each(at, r, func(t, k int, must org.Interval, has []holding) (said []holding, ok bool) {
		for _, x := range r.claims(chains, t, k, must) {
			n := slices.IndexFunc(has, func(o holding) bool {
				if x.bare {
					o.by = x.by
				}
				return o == x.holding
			})
			if n < 0 {
				v.refuse(fmt.Sprintf("%s/%d/links/%d", at, x.end.chain, x.end.link), "not-so", "Body", x.body, "From", x.From.String(), "To", x.To.String(), "Duty", r.duty)
				return nil, false
			}
			for _, m := range append(x.marks, x.end) {
				seen[m] = true
			}
			if has[n].by == x.by {
				seen[mark{x.first.chain, x.first.link, given}] = true
			}
			said, has = append(said, has[n]), slices.Delete(has, n, n+1)
		}
		if len(has) > 0 && v.duties[r.duty].Exclusive {
			v.refuse(at, "unclaimed", "Duty", r.duty, "Key", org.EachKey[k].String(), "Body", has[0].body, "From", has[0].From.String())
			return nil, false
		}
		return said, true
	})
}

// A claim is what links say of a town in a run, one that goes on with another
// taken together with it.
type claim struct {
	holding
	bare  bool // what it began with is before the days that are looked at
	marks []mark
	first mark
	end   mark
}

// A mark is a part of a link that can be seen in a run: that it is there, how it
// begins and ends, from when on it is kept by rule, and by what it was given.
type mark struct {
	chain, link int
	part        linkPart
}

type linkPart int

const (
	there linkPart = iota
	begins
	ends
	kept
	given
	parts
)

// claims lists what chains say of a key in a town: those of the smallest area
// around it are about it.
func (r *run) claims(chains []chain, t, k int, must org.Interval) (out []claim) {
	area, all := "", []claim(nil)
	for _, c := range chains {
		if c.Key == org.EachKey[k].String() && r.inside(r.towns[t].code, c.Area) && r.inside(c.Area, area) {
			area = c.Area
		}
	}
	for i, c := range chains {
		for n, l := range c.Links {
			if c.Key != org.EachKey[k].String() || c.Area != area {
				break
			}
			from, to := r.on(l.From), r.on(l.To)
			since, old := to, false
			if l.Kept != nil {
				since, old = min(max(from, r.on(l.Kept.Since)), to), l.Kept.Since == "start"
			}
			for part, whole := range [2]org.Interval{{From: from, To: since}, {From: since, To: to}} {
				in := whole.And(must)
				if in.Empty() {
					continue
				}
				x := claim{holding{l.Body, l.By, l.Mode, part == 1, in}, in.From > from || in.From <= r.start || in.From == r.towns[t].From, []mark{{i, n, there}}, mark{i, n, begins}, mark{i, n, there}}
				if in.From == from {
					x.marks = append(x.marks, mark{i, n, begins})
				}
				if part == 1 && (in.From == since || old) {
					x.marks = append(x.marks, mark{i, n, kept})
				}
				if in.To == to {
					x.end.part = ends
				}
				all = append(all, x)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b claim) int { return int(a.From) - int(b.From) })
	for _, x := range all {
		if n := slices.IndexFunc(out, func(o claim) bool { return o.joins(x.holding) }); n >= 0 {
			o := &out[n]
			o.To, o.end = x.To, x.end
			for _, m := range x.marks {
				if m.part != begins { // nobody sees it
					o.marks = append(o.marks, m)
				}
			}
		} else {
			out = append(out, x)
		}
	}
	slices.SortStableFunc(out, func(a, b claim) int { // those that say more choose first
		switch {
		case a.bare == b.bare:
			return 0
		case b.bare:
			return -1
		}
		return 1
	})
	return out
}

// each looks at every key in every town of a run on the days on which somebody
// must have it: what is found by look must be one body that is sole or leads, or
// such as are joint; and it must be able to act.
func (v *verifier) each(at string, r *run, look func(t, k int, must org.Interval, has []holding) ([]holding, bool)) bool {
	if r.lack != nil {
		v.refuse(at, "lack", "Change", r.lack.change, "Duty", r.duty)
		return false
	}
	for t := range r.towns {
		must := r.must(t)
		for k := range org.EachKey {
			for _, h := range r.holdings(t, k, must) {
				if day, wants := r.wanting(h, k); wants {
					v.refuse(at, "unable", "Duty", r.duty, "Body", h.body, "On", day.String())
					return false
				}
			}
		}
		for k, key := range org.EachKey {
			if r.need&key == 0 || must.Empty() {
				continue
			}
			list, ok := look(t, k, must, r.holdings(t, k, must))
			if !ok {
				return false
			}
			days := []org.Date{must.From}
			for _, h := range list {
				days = append(days, h.From, h.To)
				if day, unable := r.unable(h, key); unable {
					v.refuse(at, "unable", "Duty", r.duty, "Body", h.body, "On", day.String())
					return false
				}
			}
			for _, day := range days {
				one, joint := 0, 0
				for _, h := range list {
					if h.Holds(day) && h.mode == org.Joint.String() {
						joint++
					} else if h.Holds(day) {
						one++
					}
				}
				if must.Holds(day) && (one+joint == 0 || v.duties[r.duty].Exclusive && one > 0 && one+joint > 1) {
					v.refuse(at, "not-covered", "Duty", r.duty, "Key", key.String(), "On", day.String())
					return false
				}
			}
		}
	}
	return true
}

// orders verifies what a chain says of the order of events, and that it says what
// its links rest on.
func (v *verifier) orders(at string, m *matter, c *chain, o *order, steps [][2]string) {
	shown := map[[2]string]bool{}
	for i, s := range c.Orders {
		in := fmt.Sprintf("%s/orders/%d", at, i)
		a, okA := v.find(s.First)
		b, okB := v.find(s.Then)
		shown[[2]string{s.First, s.Then}] = true
		switch {
		case okA && okB && len(s.Path) > 1 && s.Calendar == nil:
			ok := s.Path[0] == s.First && s.Path[len(s.Path)-1] == s.Then
			for i := 0; ok && i+1 < len(s.Path); i++ {
				x, y := s.Path[i], s.Path[i+1]
				ok = slices.Contains(v.next[v.number[x]], v.number[y]) || slices.Contains(steps, [2]string{x, y})
			}
			if !ok {
				v.refuse(in+"/path", "path", "First", s.First, "Then", s.Then)
			}
		case okA && okB && s.Path == nil && len(s.Calendar) == 2:
			latest, earliest := -o.after[o.at(a)][0], o.after[0][o.at(b)]
			v.same(in+"/calendar/0", s.Calendar[0], latest.String())
			if v.same(in+"/calendar/1", s.Calendar[1], earliest.String()); latest > earliest {
				v.refuse(in+"/calendar", "calendar", "First", s.First, "Then", s.Then)
			}
		default:
			v.refuse(in, "order-shape")
		}
	}
	holds := func(a, b string) bool { return a == b || a == "start" || b == "forever" || shown[[2]string{a, b}] }
	must := func(a, b string) {
		if !holds(a, b) {
			v.refuse(at+"/orders", "order-missing", "First", a, "Then", b)
		}
	}
	if len(c.Links) == 0 || !slices.Contains(m.need.Words(), c.Key) {
		v.refuse(at, "not-asked", "Key", c.Key, "Area", c.Area)
	}
	for i, l := range c.Links {
		if i > 0 && l.From != c.Links[i-1].To || l.From == "start" && l.By != "" {
			v.refuse(fmt.Sprintf("%s/links/%d", at, i), "gap", "From", l.From)
		}
		must(l.From, l.To)
		until := l.To
		if lasting := m.rules.AfterEnd().Words(); l.Kept != nil && slices.Contains(lasting, c.Key) { // then it may have ended
			if until = l.Kept.Since; until == l.From {
				continue
			}
		}
		if begin, ok := m.begin[l.Body]; ok && l.From != "start" && m.back[l.Body] == nil {
			must(v.ids[begin], l.From)
		}
		for _, end := range m.end[l.Body] {
			if m.back[l.Body] == nil { // of who comes and goes only the runs show when he is there
				must(until, v.ids[end])
			}
		}
	}
}
