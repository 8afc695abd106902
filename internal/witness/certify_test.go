package witness

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"

	"oneboard/internal/org"
)

// certifier writes certificates by the witness's own lights, for tests that must
// not wait for a prover: it splits wherever the witness finds an order open.
type certifier struct {
	*facts
	org.Timetable
	failed bool
	splits int
}

// certify writes a certificate of a plan, or reports that it finds none.
func certify(b *org.Board, p *org.Plan, packs []*org.Pack, text []byte) (document []byte, splits int, ok bool) {
	start, rules := p.FirstDay(), org.Together(packs)
	c := &certifier{facts: &facts{p.Acts(b, rules.Handed()), p.Lives(b, start), start, rules, b.Territory(p.Changes)}, Timetable: p.Timetable(start)}
	sum, state := sha256.Sum256(text), b.State()
	var ids []string
	for _, r := range p.Packs {
		ids = append(ids, r.ID)
	}
	doc := map[string]any{"oneboard": "certificate/v1", "plan": p.ID, "plan_file": "plan.yaml", "plan_sha256": hex.EncodeToString(sum[:]),
		"board_sha256": hex.EncodeToString(state[:]), "packs": ids, "required": rules.Required.Words(), "former_performs": rules.FormerPerforms.Words(),
		"start": start.String()}
	var events, proofs []any
	for _, e := range slices.Sorted(maps.Keys(c.Windows)) {
		if w := c.Windows[e]; e != "start" && e != "forever" {
			events = append(events, map[string]any{"id": e, "earliest": w.Earliest.String(), "latest": w.Latest.String()})
		}
	}
	for _, d := range slices.Sorted(maps.Keys(c.Duties)) {
		v := &verifier{facts: c.facts, Timetable: c.Timetable}
		if v.unlisted(d); len(v.refusals) > 0 {
			proof := c.branch(d, c.Timetable, 0)
			if proof == nil {
				return nil, c.splits, false
			}
			proof["duties"] = []string{d}
			proofs = append(proofs, proof)
		}
	}
	doc["events"], doc["proofs"] = events, proofs
	document, err := json.MarshalIndent(doc, "", " ")
	return document, c.splits, err == nil && !c.failed
}

// open is a pair of events whose order must be known.
type open struct{ x, y string }

// branch writes the chains of a duty, or a split where an order is open.
func (c *certifier) branch(duty string, t org.Timetable, depth int) map[string]any {
	chains, undecided, ok := c.chains(duty, t)
	if ok {
		return map[string]any{"chains": chains}
	}
	if undecided == nil || depth > 7 {
		return nil
	}
	x, y := undecided.x, undecided.y
	split := map[string]any{"events": []string{x, y}}
	c.splits++
	for name, so := range map[string][]org.Step{"before": {{First: x, Then: y, Days: 1}}, "same_day": {{First: x, Then: y}, {First: y, Then: x}}, "after": {{First: y, Then: x, Days: 1}}} {
		in := t.With(so...)
		part := map[string]any{}
		for e, w := range in.Windows {
			if w.Earliest > w.Latest {
				part["impossible"] = e
			}
		}
		if len(part) == 0 {
			if part = c.branch(duty, in, depth+1); part == nil {
				return nil
			}
		}
		split[name] = part
	}
	return map[string]any{"split": split}
}

func (c *certifier) chains(duty string, t org.Timetable) (out []any, undecided *open, ok bool) {
	moves, atoms := c.reach(duty)
	if slices.ContainsFunc(c.Over[duty], func(e string) bool { return t.Before(e, c.start.String(), 0) }) {
		return []any{}, nil, true
	}
	for k, key := range org.EachKey {
		for _, atom := range atoms {
			if c.rules.RequiredOf(c.Duties[duty])&key == 0 {
				continue
			}
			w := &walk{facts: c.facts, Timetable: t, duty: duty, key: k, atom: atom, moves: moves}
			for _, l := range w.starts() {
				chain, undecided, ok := c.chain(w, l)
				if !ok {
					return nil, undecided, false
				}
				chain["key"], chain["area"] = key.String(), atom
				out = append(out, chain)
			}
		}
	}
	return out, nil, len(out) > 0
}

func (c *certifier) chain(w *walk, l link) (map[string]any, *open, bool) {
	var links, orders []any
	shown := map[open]bool{}
	var want *open
	decided := func(a, b string) bool {
		return w.Before(a, b, 1) || w.Before(b, a, 1) || w.Before(a, b, 0) && w.Before(b, a, 0)
	}
	show := func(a, b string) bool {
		if a == b || a == "start" || b == "forever" || shown[open{a, b}] {
			return true
		}
		if path := w.path(a, b); path != nil {
			orders = append(orders, map[string]any{"first": a, "then": b, "path": path})
		} else if x, y := w.Window(a), w.Window(b); x.Latest <= y.Earliest && x.Latest != org.Forever {
			orders = append(orders, map[string]any{"first": a, "then": b, "calendar": []string{x.Latest.String(), y.Earliest.String()}})
		} else {
			if !decided(a, b) {
				want = &open{a, b}
			}
			return false
		}
		shown[open{a, b}] = true
		return true
	}
	for range 20 {
		var n link
		var more bool
		l, n, more = w.shown(l)
		if w.open != "" {
			events := []string{l.from, l.law}
			for _, m := range w.moves {
				events = append(events, m.Law, m.At[w.key])
			}
			slices.Sort(events)
			events = slices.DeleteFunc(slices.Compact(events), func(e string) bool { return e == "" || e == "start" })
			for i, a := range events {
				for _, b := range events[:i] {
					if !decided(a, b) {
						return nil, &open{a, b}, false
					}
				}
			}
			return nil, nil, false
		}
		for _, e := range c.Over[w.duty] {
			if w.Before(e, l.to, 0) {
				l.to, more = e, false
			} else if !w.Before(l.to, e, 0) {
				return nil, &open{e, l.to}, false
			}
		}
		if w.Before(l.to, l.since, 0) {
			l.since = ""
		}
		if len(links) > 0 {
			l.from = links[len(links)-1].(map[string]any)["to"].(string) // the same day by another name
		}
		j := map[string]any{"body": l.body, "from": l.from, "to": l.to}
		if l.by != "" {
			j["by"] = l.by
		}
		until := l.to
		if l.since != "" {
			j["kept_by_rule"] = map[string]any{"since": l.since}
			until = l.since
		}
		links = append(links, j)
		if !show(l.from, l.to) || c.Begin[l.body] != "" && !show(c.Begin[l.body], l.from) {
			return nil, want, false
		}
		for _, e := range c.End[l.body] {
			if !slices.ContainsFunc(c.Back[l.body], func(back string) bool { return show(e, back) && show(back, l.from) }) && !show(until, e) {
				return nil, want, false
			}
		}
		for _, o := range l.others {
			if !c.placed(w, l, o, show) {
				return nil, want, false
			}
		}
		if !more || n.mode == org.Assist {
			break
		}
		l = n
	}
	return map[string]any{"mode": l.mode.String(), "links": links, "orders": orders}, nil, true
}

// placed shows when another change happens, anyhow.
func (c *certifier) placed(w *walk, l link, change string, show func(a, b string) bool) bool {
	for _, m := range w.moves {
		for _, e := range []string{m.Law, m.At[w.key]} {
			for _, b := range []string{l.from, l.to, l.law} {
				if m.Change == change && b != "" && b != "start" && b != "forever" && b != e && (show(e, b) || show(b, e)) {
					return true
				}
			}
		}
	}
	return false
}

// path finds the waits from one event to another.
func (w *walk) path(a, b string) []string {
	from := map[string]string{a: ""}
	for todo := []string{a}; len(todo) > 0; todo = todo[1:] {
		for _, s := range w.Steps[todo[0]] {
			if _, seen := from[s.Then]; !seen {
				from[s.Then] = s.First
				todo = append(todo, s.Then)
			}
		}
	}
	if _, ok := from[b]; !ok {
		return nil
	}
	var out []string
	for e := b; e != ""; e = from[e] {
		out = append([]string{e}, out...)
	}
	return out
}

// Certify lets the tests of the outside use it.
var Certify = certify
