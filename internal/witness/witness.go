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
	"cmp"
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
	for _, d := range v.deeds {
		if d.what == shifts && slices.ContainsFunc(d.objects, func(a string) bool { return v.parts[a] }) {
			v.refuse("/plan", "has-parts", "Change", d.change)
		}
	}
	told := map[string]bool{} // duties that are proved, or waived
	for i := range c.Proofs {
		v.proof(fmt.Sprintf("/proofs/%d", i), &c.Proofs[i], told)
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
			if v.duties[d] == nil || told[d] || x.Object != d && !slices.Contains(v.matter(d).bodies, x.Object) {
				v.refuse(at+"/duties", "unknown", "ID", d)
			}
		}
	}
	for _, x := range c.Waived { // several may be about one duty
		for _, d := range x.Duties {
			told[d] = true
		}
	}
	alike := map[string]bool{} // duties with which the same can happen are one
	for _, d := range slices.Sorted(maps.Keys(v.duties)) {
		if told[d] {
			continue
		}
		if m := v.matter(d); m.touched != "" {
			v.refuse("/proofs", "no-proof", "Duty", d, "By", m.touched)
		} else if key := m.key(); !alike[key] {
			alike[key] = true
			m.order().runs(0, func(day []org.Date) bool { return v.watch("/proofs", m.play(day), nil) })
		}
	}
	return v.refusals
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
	v.same("/events", fmt.Sprint(len(c.Events)), fmt.Sprint(v.ofPlan-1))
	for i, e := range c.Events {
		if at, n := fmt.Sprintf("/events/%d", i), i+1; n < v.ofPlan {
			v.same(at+"/id", e.ID, v.ids[n])
			v.same(at+"/earliest", e.Earliest, v.lo[n].String())
			v.same(at+"/latest", e.Latest, v.hi[n].String())
		}
	}
}

// proof verifies what is said of some duties, and notes them as told.
func (v *verifier) proof(at string, p *proof, told map[string]bool) {
	if len(p.Duties) == 0 {
		v.refuse(at+"/duties", "empty")
	}
	alike := map[string]bool{}
	for n, d := range p.Duties {
		if v.duties[d] == nil || told[d] {
			v.refuse(fmt.Sprintf("%s/duties/%d", at, n), "unknown", "ID", d)
			continue
		}
		m := v.matter(d)
		if told[d] = true; !alike[m.key()] {
			alike[m.key()] = true
			v.branch(at, m, &p.branch, m.order(), nil)
		}
	}
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
		x, y := o.at(v.number[s.Events[0]]), o.at(v.number[s.Events[1]])
		if x < 1 || y < 1 || x == y {
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

// A saying is what chains say of a duty, and which parts of it showed in a run.
type saying struct {
	chains []chain
	about  map[[2]int][]int // the chains that are about a town and a key
	seen   map[mark]bool
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

// chains verifies the chains of a duty: what they say of orders, and then, in
// every run, that they say who has it and that this is as it must be.
func (v *verifier) chains(at string, m *matter, chains []chain, o *order, steps [][2]string) {
	before, s := len(v.refusals), &saying{chains, map[[2]int][]int{}, map[mark]bool{}}
	for i := range chains {
		v.orders(fmt.Sprintf("%s/%d", at, i), m, &chains[i], o, steps)
	}
	if len(v.refusals) == before && !slices.IsSortedFunc(chains, byKey) {
		v.refuse(at, "unsorted")
	}
	if len(v.refusals) > before {
		return
	}
	for t := range m.towns { // those of the smallest area around it
		for k, key := range org.EachKey {
			for i, c := range chains {
				if list := s.about[[2]int{t, k}]; c.Key != key.String() || !m.inside(m.towns[t].code, c.Area) {
				} else if len(list) == 0 || c.Area != chains[list[0]].Area && m.inside(c.Area, chains[list[0]].Area) {
					s.about[[2]int{t, k}] = []int{i}
				} else if c.Area == chains[list[0]].Area {
					s.about[[2]int{t, k}] = append(list, i)
				}
			}
		}
	}
	runs := 0
	o.runs(0, func(day []org.Date) bool {
		if runs++; runs > maxRuns {
			v.refuse(at, "too-many", "Duty", m.object)
			return false
		}
		return v.watch(at, m.play(day), s)
	})
	for i, c := range chains {
		for n, l := range c.Links {
			for part, said := range [parts]bool{true, l.From != "start", l.To != "forever", l.Kept != nil, l.By != ""} {
				if said && !s.seen[mark{i, n, linkPart(part)}] && len(v.refusals) == before {
					v.refuse(fmt.Sprintf("%s/%d/links/%d", at, i, n), "never", "Body", l.Body)
				}
			}
		}
	}
}

// byKey sorts chains by key, area and the body of the first link.
func byKey(a, b chain) int {
	key := func(c chain) int {
		return slices.IndexFunc(org.EachKey[:], func(k org.Keys) bool { return k.String() == c.Key })
	}
	return cmp.Or(cmp.Compare(key(a), key(b)), cmp.Compare(a.Area, b.Area), cmp.Compare(a.Links[0].Body, b.Links[0].Body))
}

// watch looks at every key in every town of a run on the days on which somebody
// must have it, as often as anything can change: who has it must be one body that
// is sole or leads, or such as are joint, and able to act; and it must be as is
// said, if anything is.
func (v *verifier) watch(at string, r *run, s *saying) bool {
	no := func(at, why string, args ...string) bool {
		v.refuse(at, why, append(args, "Duty", r.object)...)
		return false
	}
	if r.lack != nil {
		return no(at, "lack", "Change", r.lack.change)
	}
	for t := range r.towns {
		must := r.must(t)
		days := []org.Date{must.From, must.To}
		for _, e := range r.events {
			days = append(days, r.day[e])
		}
		slices.Sort(days)
		days = slices.DeleteFunc(slices.Compact(days), func(on org.Date) bool { return must.Empty() || on < must.From || on > must.To })
		for k, key := range org.EachKey {
			had, before := []span(nil), org.Always
			for _, on := range days {
				has := r.who(t, k, on)
				if !must.Holds(on) {
					has = nil
				}
				for _, h := range has {
					if r.unable(h, k, on) {
						return no(at, "unable", "Body", h.body, "On", on.String())
					}
				}
				if r.need&key == 0 {
					continue
				}
				said := has
				if s != nil {
					ok := false
					if said, ok = s.hold(r, t, k, on, must.Holds(on), has, had, before, func(i, n int, body string) bool {
						return no(fmt.Sprintf("%s/%d/links/%d", at, i, n), "not-so", "Body", body, "From", on.String(), "To", on.String())
					}); !ok {
						return false
					}
				}
				joint := 0
				for _, h := range said {
					if h.mode == org.Joint {
						joint++
					}
				}
				switch exclusive := v.duties[r.object].Exclusive; {
				case exclusive && len(said) < len(has):
					return no(at, "unclaimed", "Key", key.String(), "Body", has[0].body, "From", on.String())
				case must.Holds(on) && (len(said) == 0 || exclusive && len(said) > 1 && joint < len(said)):
					return no(at, "not-covered", "Key", key.String(), "On", on.String())
				}
				had, before = has, on
			}
		}
	}
	return true
}

// hold holds what is said of a town and a key on a day against who has it then and
// had it before, and gives those of whom it is said; or it tells no of a link.
func (s *saying) hold(r *run, t, k int, on org.Date, must bool, has, had []span, before org.Date, no func(chain, link int, body string) bool) (said []span, ok bool) {
	left := slices.Clone(has)
	for _, i := range s.about[[2]int{t, k}] {
		for n, l := range s.chains[i].Links {
			see := func(part linkPart) { s.seen[mark{i, n, part}] = true }
			from, to, since := r.on(l.From), r.on(l.To), org.Forever
			if l.Kept != nil {
				since = max(from, r.on(l.Kept.Since))
			}
			like := func(o span, day, another org.Date) bool {
				return o.body == l.Body && o.mode.String() == l.Mode && o.kept(day) == (another >= since)
			}
			count := func(list []span, day, another org.Date) (n int) {
				for _, o := range list {
					if like(o, day, another) {
						n++
					}
				}
				return n
			}
			switch {
			case from <= on && on < to && must:
				at := slices.IndexFunc(left, func(o span) bool { return like(o, on, on) && o.by == l.By })
				if at < 0 {
					at = slices.IndexFunc(left, func(o span) bool { return like(o, on, on) })
				}
				if at < 0 {
					return nil, no(i, n, l.Body)
				}
				h := left[at]
				said, left = append(said, h), slices.Delete(left, at, at+1)
				if see(there); on == since || on > since && l.Kept.Since == "start" {
					see(kept)
				}
				if count(had, before, on) >= count(has, on, on) {
					continue
				}
				if on == from {
					see(begins)
				}
				if h.by == l.By {
					see(given)
				} else if on == from && on > r.start && on > r.towns[t].From { // what was before is not told
					return nil, no(i, n, l.Body)
				}
			case from < to && on == to && count(had, before, before) > count(has, on, before):
				see(ends)
			}
		}
	}
	return said, true
}

// orders verifies what a chain says of the order of events: all that its links rest
// on, each once, and nothing else.
func (v *verifier) orders(at string, m *matter, c *chain, o *order, steps [][2]string) {
	var rests [][2]string
	never := func(first, then string) {
		if pair := [2]string{first, then}; first != then && first != "start" && first != "forever" && then != "forever" && !slices.Contains(rests, pair) {
			rests = append(rests, pair)
		}
	}
	if len(c.Links) == 0 || !slices.Contains(m.need.Words(), c.Key) {
		v.refuse(at, "not-asked", "Key", c.Key, "Area", c.Area)
	}
	for i, l := range c.Links {
		in, names, until := fmt.Sprintf("%s/links/%d", at, i), []string{l.From, l.To}, l.To
		if i > 0 && l.From != c.Links[i-1].To || l.From == "start" && l.By != "" {
			v.refuse(in, "gap", "From", l.From)
		}
		never(l.From, l.To)
		if l.Kept != nil {
			names = append(names, l.Kept.Since)
			if slices.Contains(m.rules.AfterEnd().Words(), c.Key) { // then it may have ended
				until = l.Kept.Since
			}
		}
		for _, name := range names {
			if name != "start" && name != "forever" && o.at(v.number[name]) < 1 {
				v.refuse(in, "unknown", "ID", name)
			}
		}
		p := m.party(l.Body)
		if p.back != nil || l.Kept != nil && until == l.From { // only the runs show when he is there
			continue
		}
		if p.begin > 0 && l.From != "start" {
			never(v.ids[p.begin], l.From)
		}
		for _, end := range p.end {
			never(until, v.ids[end])
		}
	}
	v.same(at+"/orders", fmt.Sprint(len(c.Orders)), fmt.Sprint(len(rests)))
	for i := range min(len(c.Orders), len(rests)) {
		s, in := c.Orders[i], fmt.Sprintf("%s/orders/%d", at, i)
		v.same(in+"/first", s.First, rests[i][0])
		v.same(in+"/then", s.Then, rests[i][1])
		a, b := o.at(v.number[s.First]), o.at(v.number[s.Then])
		switch {
		case a > 0 && b > 0 && len(s.Path) > 1 && s.Calendar == nil:
			ok := s.Path[0] == s.First && s.Path[len(s.Path)-1] == s.Then
			for i := 0; ok && i+1 < len(s.Path); i++ {
				x, y := s.Path[i], s.Path[i+1]
				ok = slices.Contains(v.next[v.number[x]], v.number[y]) || slices.Contains(steps, [2]string{x, y})
			}
			if !ok {
				v.refuse(in+"/path", "path", "First", s.First, "Then", s.Then)
			}
		case a > 0 && b > 0 && s.Path == nil && len(s.Calendar) == 2:
			latest, earliest := -o.after[a][0], o.after[0][b]
			v.same(in+"/calendar/0", s.Calendar[0], latest.String())
			if v.same(in+"/calendar/1", s.Calendar[1], earliest.String()); latest > earliest {
				v.refuse(in+"/calendar", "calendar", "First", s.First, "Then", s.Then)
			}
		default:
			v.refuse(in, "order-shape")
		}
	}
}
