// Package witness verifies certificates: that a plan leaves no duty without its
// body on any day, in whatever order its events happen. It is what a second
// office runs on the proof of a first one, so it shares nothing with package
// check but the nouns: it works out from the plan and the board what can happen
// when, follows each duty from body to body, and compares. It is meant to be
// read in one sitting; docs/certificate.md has the format, and what a
// certificate does not say.
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

// facts is what the plan and the board say, sorted for asking.
type facts struct {
	*org.Acts
	org.Lives
	start org.Date
	rules org.Pack
	areas org.Territory
}

// reach lists the moves that could touch a duty, and the areas to look at.
func (f *facts) reach(duty string) (moves []*org.Act, atoms []string) {
	moves, named := f.Reach(duty)
	return moves, f.areas.Pieces(f.Duties[duty].Area, named)
}

type verifier struct {
	*facts
	org.Timetable
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

func (v *verifier) same(at, got, want string) bool {
	if got != want {
		v.refuse(at, "differs", "Got", got, "Want", want)
	}
	return got == want
}

// Verify holds a certificate against the plan and the board that it is about:
// nil when everything in it is so and nothing is missing. text is the file that
// the plan was read from; packs are the rule packs that it names. Plan and board
// must have no standing error: who calls has checked them.
func Verify(board *org.Board, plan *org.Plan, packs []*org.Pack, text, document []byte) []Refusal {
	c, err := read(document)
	if err != nil {
		return []Refusal{{"", "unreadable", lang.Args{"Cause": err.Error()}}}
	}
	start, rules := plan.FirstDay(), org.Together(packs)
	v := &verifier{facts: &facts{plan.Acts(board, rules.Handed()), plan.Lives(board, start), start, rules, board.Territory(plan.Changes)},
		Timetable: plan.Timetable(start)}
	v.about(&c, board, plan, text)
	proved := map[string]bool{}
	for i, p := range c.Proofs {
		at := fmt.Sprintf("/proofs/%d", i)
		if len(p.Duties) == 0 {
			v.refuse(at+"/duties", "empty")
		}
		for n, d := range p.Duties {
			if v.Duties[d] == nil || proved[d] {
				v.refuse(fmt.Sprintf("%s/duties/%d", at, n), "unknown", "ID", d)
				continue
			}
			proved[d] = true
			v.branch(at, d, &p.branch, v.Timetable)
		}
	}
	for _, d := range slices.Sorted(maps.Keys(v.Duties)) {
		if !proved[d] {
			v.unlisted(d)
		}
	}
	return v.refusals
}

// about compares what the certificate says of the plan as a whole.
func (v *verifier) about(c *certificate, board *org.Board, plan *org.Plan, text []byte) {
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
	listed := map[string]bool{"start": true, "forever": true}
	for i, e := range c.Events {
		at := fmt.Sprintf("/events/%d", i)
		w, known := v.Windows[e.ID]
		if !known || listed[e.ID] {
			v.refuse(at+"/id", "unknown", "ID", e.ID)
		} else if v.same(at+"/earliest", e.Earliest, w.Earliest.String()) {
			v.same(at+"/latest", e.Latest, w.Latest.String())
		}
		listed[e.ID] = true
	}
	for _, e := range slices.Sorted(maps.Keys(v.Windows)) {
		if !listed[e] {
			v.refuse("/events", "event-missing", "ID", e)
		}
	}
}

// branch verifies one duty in the runs in which what the splits above assume is
// so.
func (v *verifier) branch(at, duty string, b *branch, t org.Timetable) {
	if s := b.Split; s != nil && b.Chains == nil && b.Impossible == "" && len(s.Events) == 2 && s.Events[0] != s.Events[1] {
		x, y := s.Events[0], s.Events[1]
		for _, part := range []struct {
			name   string
			branch *branch
			so     []org.Step
		}{
			{"before", s.Before, []org.Step{{First: x, Then: y, Days: 1}}}, {"same_day", s.SameDay, []org.Step{{First: x, Then: y}, {First: y, Then: x}}}, {"after", s.After, []org.Step{{First: y, Then: x, Days: 1}}},
		} {
			in := at + "/split/" + part.name
			if part.branch == nil {
				v.refuse(in, "branch-missing")
				continue
			}
			assumed := t.With(part.so...)
			if e := part.branch.Impossible; e == "" || part.branch.Split != nil || part.branch.Chains != nil {
				v.branch(in, duty, part.branch, assumed)
			} else if w := assumed.Window(e); w.Earliest <= w.Latest {
				v.refuse(in+"/impossible", "possible", "ID", e)
			}
		}
	} else if s == nil && b.Impossible == "" {
		v.chains(at+"/chains", duty, b.Chains, t)
	} else {
		v.refuse(at, "branch-shape")
	}
}

// chains verifies that a duty has its body in one branch: for each key and area
// the chains are what the plan makes of the board, and one spans all days.
func (v *verifier) chains(at, duty string, chains []chain, t org.Timetable) {
	moves, atoms := v.reach(duty)
	asked := make([]bool, len(chains))
	for k, key := range org.EachKey {
		for _, atom := range atoms {
			if v.rules.RequiredOf(v.Duties[duty])&key == 0 || slices.ContainsFunc(v.Over[duty], func(e string) bool { return t.Before(e, v.start.String(), 0) }) {
				continue // nobody needs to have it
			}
			w := &walk{facts: v.facts, Timetable: t, duty: duty, key: k, atom: atom, moves: moves}
			links := w.links()
			if w.open != "" {
				v.refuse(at, "open", "Change", w.open, "Duty", duty, "Key", key.String())
				continue
			}
			var had [][]link
			for i := range chains {
				if c := &chains[i]; c.Key == key.String() && c.Area == atom {
					asked[i], had = true, append(had, v.chain(fmt.Sprintf("%s/%d", at, i), w, c, &links))
				}
			}
			if !v.spans(w, slices.Concat(had...)) {
				v.refuse(at, "no-chain", "Duty", duty, "Key", key.String(), "Area", atom)
			}
			for i, a := range had {
				for _, a := range a {
					for _, b := range slices.Concat(had[:i]...) {
						if v.Duties[duty].Exclusive && (a.mode != org.Joint || b.mode != org.Joint) && !t.Before(a.to, b.from, 0) && !t.Before(b.to, a.from, 0) {
							v.refuse(at, "two", "Duty", duty, "Key", key.String(), "A", b.body, "B", a.body)
						}
					}
				}
			}
			for _, l := range links { // what no chain has
				if over := func(e string) bool { return w.Before(e, l.from, 0) }; v.Duties[duty].Exclusive && !slices.ContainsFunc(v.Over[duty], over) {
					v.refuse(at, "unclaimed", "Duty", duty, "Key", key.String(), "Body", l.body, "From", l.from)
				}
			}
		}
	}
	for i, c := range chains {
		if !asked[i] {
			v.refuse(fmt.Sprintf("%s/%d", at, i), "not-asked", "Key", c.Key, "Area", c.Area)
		}
	}
}

// spans reports whether links follow each other from when the duty begins until
// it ends.
func (v *verifier) spans(w *walk, links []link) bool {
	reached := []string{"start"}
	if made := v.Made[w.duty]; made != "" {
		reached = []string{made}
	}
	for i := 0; i < len(reached); i++ {
		if at := reached[i]; at == "forever" || slices.ContainsFunc(v.Over[w.duty], func(e string) bool { return w.same(e, at) }) {
			return true
		}
		for _, l := range links {
			if (w.same(l.from, reached[i]) || l.from == "start" && w.Before(reached[i], v.start.String(), 0)) && !slices.Contains(reached, l.to) {
				reached = append(reached, l.to)
			}
		}
	}
	return false
}

// chain verifies one chain: each link is one that the plan makes, it meets the
// next, and its body can act as long as it lasts. It takes them from links, but
// for a duty that is not exclusive: there any part of what a body has will do.
func (v *verifier) chain(at string, w *walk, c *chain, links *[]link) (had []link) {
	shown, used := map[[2]string]bool{}, map[string]bool{}
	for i, o := range c.Orders {
		v.order(fmt.Sprintf("%s/orders/%d", at, i), &w.Timetable, o.First, o.Then, o.Path, o.Calendar)
		first, _, _ := strings.Cut(o.First, ".")
		then, _, _ := strings.Cut(o.Then, ".")
		shown[[2]string{o.First, o.Then}], used[first], used[then] = true, true, true
	}
	holds := func(a, b string) bool { return a == b || a == "start" || b == "forever" || shown[[2]string{a, b}] }
	must := func(a, b string) {
		if !holds(a, b) {
			v.refuse(at+"/orders", "order-missing", "First", a, "Then", b)
		}
	}
	old := func(e string) bool { return e == "start" || w.Before(e, v.start.String(), 0) }
	exclusive := v.Duties[w.duty].Exclusive
	for i, j := range c.Links {
		in := fmt.Sprintf("%s/links/%d", at, i)
		over := slices.ContainsFunc(v.Over[w.duty], func(e string) bool { return w.same(e, j.To) }) // of several ends each will do
		n := slices.IndexFunc(*links, func(l link) bool {
			ends := w.same(j.To, l.to) || (over || !exclusive) && w.Before(j.To, l.to, 0)
			begins := w.same(j.From, l.from) && j.By == l.by || !exclusive && w.Before(l.from, j.From, 0)
			kept := j.Kept == nil && (l.since == "" || w.Before(j.To, l.since, 0)) || // for no day, here and on the next line
				j.Kept != nil && l.since == "" && w.same(j.Kept.Since, l.to) ||
				j.Kept != nil && l.since != "" && (w.same(j.Kept.Since, l.since) || old(j.Kept.Since) && old(l.since))
			return l.body == j.Body && begins && ends && kept
		})
		if n < 0 || i > 0 && j.From != c.Links[i-1].To {
			v.refuse(in, "not-so", "Body", j.Body, "From", j.From, "To", j.To, "Duty", w.duty)
			return had
		}
		l := (*links)[n]
		if exclusive {
			*links = slices.Delete(*links, n, n+1)
		}
		if l.from, l.to, l.since = j.From, j.To, ""; j.Kept != nil {
			l.since = j.Kept.Since
		}
		v.able(w, l, must, holds)
		for _, o := range l.others {
			if !used[o] {
				v.refuse(at+"/orders", "order-of", "Change", o, "Body", l.body)
			}
		}
		had = append(had, l)
	}
	if len(had) == 0 || had[len(had)-1].mode.String() != c.Mode && exclusive {
		v.refuse(at, "mode", "Mode", c.Mode)
	}
	return had
}

// able verifies that a link's body can act as long as the link lasts.
func (v *verifier) able(w *walk, l link, must func(a, b string), holds func(a, b string) bool) {
	until := l.to
	if l.since != "" && v.rules.AfterEnd()&org.EachKey[w.key] != 0 {
		until = l.since // from there on the rule lets it keep the key, even past its end
	}
	must(l.from, l.to)
	if begin := v.Begin[l.body]; begin != "" {
		must(begin, l.from)
	}
	for _, end := range v.End[l.body] {
		if !slices.ContainsFunc(v.Back[l.body], func(back string) bool {
			return w.Before(end, v.start.String(), 0) && w.Before(back, l.from, 0) || holds(end, back) && holds(back, l.from)
		}) {
			must(until, end)
		}
	}
	if heads := v.Head[l.body]; v.rules.HeadRequired && v.New[l.body] && len(heads) > 0 && org.EachKey[w.key]&(org.Performer|org.Signatory) != 0 &&
		!slices.ContainsFunc(heads, func(h string) bool { return holds(h, l.from) }) {
		must(heads[0], l.from)
	}
}

// order verifies that one event never comes later than another: each step of
// the path is one that the plan or the branch makes, or the days say so.
func (v *verifier) order(at string, t *org.Timetable, first, then string, path, calendar []string) {
	a, b := t.Window(first), t.Window(then)
	switch {
	case len(path) > 1 && calendar == nil:
		ok := path[0] == first && path[len(path)-1] == then
		for i := 0; ok && i+1 < len(path); i++ {
			ok = slices.ContainsFunc(t.Steps[path[i]], func(s org.Step) bool { return s.Then == path[i+1] })
		}
		if !ok {
			v.refuse(at+"/path", "path", "First", first, "Then", then)
		}
	case path == nil && len(calendar) == 2:
		if v.same(at+"/calendar/0", calendar[0], a.Latest.String()) && v.same(at+"/calendar/1", calendar[1], b.Earliest.String()) &&
			(a.Latest > b.Earliest || a.Latest == org.Forever) {
			v.refuse(at+"/calendar", "calendar", "First", first, "Then", then)
		}
	default:
		v.refuse(at, "order-shape")
	}
}

// unlisted verifies that a duty without a proof needs none: no act, beginning or
// end touches it, and by the board it has its body on every day.
func (v *verifier) unlisted(duty string) {
	moves, atoms := v.reach(duty)
	touched := slices.Clone(v.Over[duty])
	for _, a := range slices.Concat(moves, v.Gifts[duty]) {
		touched = append(touched, a.Law)
	}
	days := []org.Date{v.start}
	for _, r := range v.Rows[duty] {
		if touched = append(touched, v.End[r.Body]...); v.Begin[r.Body] != "" {
			touched = append(touched, v.Begin[r.Body])
		}
		days = append(days, max(r.From, v.start), max(r.To, v.start))
	}
	if len(touched) > 0 {
		v.refuse("/proofs", "no-proof", "Duty", duty, "By", touched[0])
		return
	}
	for _, key := range org.EachKey {
		for _, atom := range atoms {
			for _, day := range days {
				count := map[org.Mode]int{}
				for _, r := range v.Rows[duty] {
					if r.Keys&key != 0 && r.Holds(day) && v.areas.Inside(atom, r.Area) {
						count[r.Mode]++
					}
				}
				one, joint := count[org.Sole]+count[org.Lead], count[org.Joint]
				if v.rules.RequiredOf(v.Duties[duty])&key != 0 && day != org.Forever && (one+joint == 0 || v.Duties[duty].Exclusive && one > 0 && one+joint > 1) {
					v.refuse("/proofs", "not-covered", "Duty", duty, "Key", key.String(), "On", day.String())
					return
				}
			}
		}
	}
}
