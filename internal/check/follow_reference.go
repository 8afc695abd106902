package check

import (
	"slices"
	"strings"
	"unicode/utf8"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// shortest is the least length, in characters, of a name that is looked for in
// texts: shorter ones stand inside other words by chance.
const shortest = 4

// mentions reports whether a text holds a name.
func mentions(text, name string) bool {
	return utf8.RuneCountInString(name) >= shortest && strings.Contains(text, name)
}

// A text is something written that may name a body.
type text struct {
	words  string
	what   string // body, duty, plate or instrument
	id     string
	label  diag.Name
	clause string
	org.Interval
	self int32 // the body whose own name or plate it is, or none
}

// references finds the texts that name a body that has ended or has another
// name, and the bases of duties that name the body that gave the duty away. The
// names are looked for all at once: O(the length of the texts).
func (f *following) references() {
	turnings := f.turnings()
	gone := map[string][]turning{}
	sought := newNeedles()
	for _, t := range turnings {
		if utf8.RuneCountInString(t.was) >= shortest {
			gone[t.was] = append(gone[t.was], t)
			sought.add(t.was)
		}
	}
	longer, areas := f.longer(sought), f.areaNames()
	for _, x := range f.texts() {
		for _, name := range sought.in(x.words, nil) {
			for _, t := range gone[name] {
				if x.self == t.body && x.what == "body" || !x.Holds(t.day) || x.From >= t.day || hidden(x.words, name, longer[name]) ||
					elsewhere(x.words, name, f.areaOf(t), areas) {
					continue
				}
				again := f.c.bodies[t.body].on(t.day)
				if again != nil && again.Name != t.was && mentions(x.words, again.Name) && hidden(x.words, name, []string{again.Name}) {
					continue // it names the body by what it is called now
				}
				why := "name"
				if t.ends {
					why = "end"
				}
				settled := org.Forever
				switch x.what {
				case "body":
					if f.follows(x.self, t) {
						continue // an institution: see bodies
					}
					settled = f.settledName(x.self, t)
				case "instrument":
					settled = f.superseded(x.id, t.day)
				case "plate": // which goes with who carries it
					if !f.c.bodies[x.self].holds(t.day) {
						continue
					}
					settled = min(x.To, f.settledBody(x.self, t.day, func(*org.Body, org.Date) bool { return false }))
				case "duty":
					settled = x.To
				}
				if f.readAsHolder(x.what) {
					settled = t.day
				}
				d := f.add(FollowReference, x.what, x.id, x.label, t.body, t.day, settled, why)
				f.by(d, t.change, none)
				once(&d.Clauses, x.clause)
			}
		}
	}
	f.bases()
}

// readAsHolder reports whether by the pack a reference in law, which instruments
// and the bases of duties hold, is read as one to the new holder (R5): then it is
// settled on the day itself. Names of bodies and plates are no such references.
func (f *following) readAsHolder(what string) bool {
	return f.c.rules.ReadAsHolder && (what == "duty" || what == "instrument")
}

// follows reports whether a body is a public institution under one that turns.
func (f *following) follows(i int32, t turning) bool {
	was := f.c.bodies[i].on(t.day - 1)
	return was != nil && was.Superior == f.c.bodies[t.body].id && slices.Contains(f.kinds, was.Kind)
}

// bases finds the duties whose basis names the body that gave them away.
func (f *following) bases() {
	for d := range f.c.duties {
		duty := &f.c.duties[d]
		if !duty.touch || duty.def.Basis == "" {
			continue
		}
		for _, l := range f.losses(duty.segs, org.Holder, none) {
			if l.gain || duty.to <= l.day {
				continue
			}
			if was := f.c.bodies[l.body].on(l.day - 1); was != nil && mentions(duty.def.Basis, was.Name) {
				settled := duty.to
				for i := range duty.segs { // it may have it again
					if s := &duty.segs[i]; s.key == org.Holder && s.body == l.body && s.From >= l.day && !s.Empty() {
						settled = min(settled, s.From)
					}
				}
				if f.readAsHolder("duty") {
					settled = l.day
				}
				f.by(f.add(FollowReference, "duty", duty.def.ID, duty.def.Label(), l.body, l.day, settled, "duty"), l.change, int32(d))
			}
		}
	}
}

// texts lists what is written on the board and in the plan and may name a body:
// names and plates of bodies, names and bases of duties, and the instruments
// that no change cites, for those that are cited are being carried out.
func (f *following) texts() (out []text) {
	c := f.c
	for i := range c.bodies {
		b, at := &c.bodies[i], int32(i)
		if b.versions == nil {
			out = append(out, text{b.row.Name, "body", b.id, b.row.Label(), "", b.life, at})
		}
		for k := range b.versions {
			v := &b.versions[k]
			if last := len(out) - 1; k > 0 && out[last].self == at && out[last].what == "body" && out[last].words == v.Name && out[last].To == v.From {
				out[last].To = v.To // the same words, in two versions
			} else if !v.Empty() {
				out = append(out, text{v.Name, "body", b.id, v.Label(), "", v.Interval, at})
			}
		}
		if o := c.said(at); o != nil {
			for _, p := range o.plates {
				out = append(out, text{p.Name, "plate", b.id, diag.Name{ID: b.id, ZH: p.Name}, "", p.Interval, at})
			}
		}
	}
	for d := range c.duties {
		duty := &c.duties[d]
		life := org.Interval{From: duty.from, To: duty.to}
		out = append(out, text{duty.def.Name, "duty", duty.def.ID, duty.def.Label(), "", life, none})
		if duty.def.Basis != "" {
			out = append(out, text{duty.def.Basis, "duty", duty.def.ID, duty.def.Label(), "", life, none})
		}
	}
	cited := map[string]bool{}
	for _, ch := range c.plan.Changes {
		for _, by := range ch.Declared().By {
			cited[by.Instrument.ID] = true
		}
	}
	for _, a := range c.plan.Approvals {
		cited[a.Instrument.ID] = true
	}
	for i := range c.plan.Instruments {
		in := &c.plan.Instruments[i]
		if cited[in.ID] {
			continue
		}
		life := org.Interval{From: in.Made.Or(in.Effective.Or(org.Always)), To: org.Forever}
		out = append(out, text{in.Title, "instrument", in.ID, in.Label(), "", life, none})
		for _, clause := range in.Clauses {
			out = append(out, text{clause.Text, "instrument", in.ID, in.Label(), clause.Number, life, none})
		}
	}
	return out
}

// longer gives, for each name that is looked for, the longer names of bodies
// that it stands inside of: 文化局 inside 市文化局 is another body's name.
func (f *following) longer(sought *needles) map[string][]string {
	out := map[string][]string{}
	see := func(name string, day org.Date) {
		for _, n := range sought.in(name, nil) {
			if n != name && !slices.Contains(out[n], name) {
				out[n] = append(out[n], name)
			}
		}
	}
	for i := range f.c.bodies {
		b := &f.c.bodies[i]
		if b.versions == nil {
			see(b.row.Name, b.life.From)
		}
		for k := range b.versions {
			if v := &b.versions[k]; !v.Empty() {
				see(v.Name, v.From)
			}
		}
	}
	return out
}

// hidden reports whether a name stands in a text only as a part of longer names.
// A text that is one of those names itself names the shorter one: the branch of
// a bureau names the bureau.
func hidden(words, name string, longer []string) bool {
	any := false
	for _, l := range longer {
		if l != words && strings.Contains(words, l) {
			words, any = strings.ReplaceAll(words, l, "\x00"), true
		}
	}
	return any && !strings.Contains(words, name)
}

// areaNames gives the areas by name.
func (f *following) areaNames() map[string][]string {
	out := map[string][]string{}
	for i := range f.c.areas {
		def := f.c.areas[i].def
		out[def.Name] = append(out[def.Name], def.Code)
	}
	return out
}

func (f *following) areaOf(t turning) string {
	if was := f.c.bodies[t.body].on(t.day - 1); was != nil {
		return was.Area
	}
	return ""
}

// elsewhere reports whether a name stands in a text only behind the rest of
// another area's name: 市环境保护局 in 白鹭市环境保护局 is the bureau of that city.
func elsewhere(words, name, area string, areas map[string][]string) bool {
	const longest = 12 // characters of an area's name that are looked back at
	at := 0
	for {
		i := strings.Index(words[at:], name)
		if i < 0 {
			return true
		}
		i += at
		other := false
		from := i
		for n := 0; n < longest && from > 0 && !other; n++ {
			_, size := utf8.DecodeLastRuneInString(words[:from])
			from -= size
			for end := range words[i : i+len(name)] {
				codes := areas[words[from:i+end]]
				other = other || end > 0 && len(codes) > 0 && !slices.Contains(codes, area)
			}
		}
		if !other {
			return false
		}
		at = i + len(name)
	}
}

// needles finds many names in a text at once, by their first characters.
type needles struct{ by map[[shortest]rune][]string }

func newNeedles() *needles { return &needles{map[[shortest]rune][]string{}} }

func head(s string) (h [shortest]rune, ok bool) {
	n := 0
	for _, r := range s {
		h[n] = r
		if n++; n == shortest {
			return h, true
		}
	}
	return h, false
}

func (n *needles) add(name string) {
	if h, ok := head(name); ok && !slices.Contains(n.by[h], name) {
		n.by[h] = append(n.by[h], name)
	}
}

// in gives the names that stand in a text, each once, after those of to.
func (n *needles) in(words string, to []string) []string {
	if len(n.by) == 0 {
		return to
	}
	for i := range words {
		h, ok := head(words[i:])
		if !ok {
			break
		}
		for _, name := range n.by[h] {
			if strings.HasPrefix(words[i:], name) && !slices.Contains(to, name) {
				to = append(to, name)
			}
		}
	}
	return to
}
