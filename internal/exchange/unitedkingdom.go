package exchange

import (
	"cmp"
	"io/fs"
	"path"
	"slices"
	"strings"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// What the British sources say twice, and not alike.
var (
	// LateEntry: a body had ended before the lists say so.
	LateEntry = diag.Define("OB0146", diag.Warning)
	// EndedBeforeListed: the day on which a body is said to have ended lies
	// before the day on which it was first listed.
	EndedBeforeListed = diag.Define("OB0147", diag.Warning)
	// TwoPages: a list has one body at two addresses.
	TwoPages = diag.Define("OB0145", diag.Warning)
	// EndedParent: a body in force stands under one that has ended.
	EndedParent = diag.Define("OB0148", diag.Warning)
)

// GOV.UK publishes a list of the bodies of central government, in which ended
// ones stay with the word "closed", the day on which they ended and the bodies
// that took over. A list is what was known on its day; the statements of a later
// list about an earlier day are better knowledge of that day. So there are two
// axes of time: lists are dated by when they were published, and an end by
// closed_at when any list up to the day known gives it. Everything else happened,
// as far as anybody can tell, on the day of the first list that has it.
//
// A unit is a body: its code is content_id, since the address of a page goes
// from one body to the next; its name the title, its kind the format, and its
// parent the codes of all its parents, sorted, with ";" between.

const ukVersions = "govuk_versions.csv"

var (
	ukColumns     = []string{"content_id", "slug", "title", "format", "govuk_status", "parents"}
	ukSaysColumns = []string{"content_id", "first_seen", "last_seen", "slug", "title", "format", "govuk_status", "closed_status", "closed_at", "parents", "superseded_by"}
	ukOps         = map[string]string{"changed_name": "rename", "merged": "merge", "split": "split"}
)

// ukEnded are the states of a page whose body is no body of central government
// any more.
func ukEnded(state string) bool { return state == "closed" || state == "devolved" }

func ukLists(fsys fs.FS) []string {
	names, _ := fs.Glob(fsys, "govuk/????-??-??.csv")
	return names
}

func detectUnitedKingdom(fsys fs.FS) bool {
	return exists(fsys, ukVersions) && len(ukLists(fsys)) > 0
}

// ukSaid is one version of a body's page: what the lists from first to last say.
type ukSaid struct {
	id, slug, state, why string
	unit                 org.Unit // parent not yet set
	first, last          org.Date
	closed               org.Date // NoDate: not said
	parents, by          []string // slugs
	closedCell           diag.Span
}

// ukLife is a time in which a body was in force.
type ukLife struct {
	id          string
	began, ends org.Date // ends is Forever while it lasts
	listed      org.Date // when it was first listed; after began when the lists were late
	states      []*ukSaid
	end         *ukSaid // the last that was said of its end; nil: it lasts, or its page is gone
	again       bool    // it was in force before
	made        bool    // an event of another body's end has it among its successors
}

// state gives what was said of a life last before a day.
func (l *ukLife) state(day org.Date) *ukSaid {
	out := l.states[0]
	for _, s := range l.states[1:] {
		if s.first < day {
			out = s
		}
	}
	return out
}

// ukPages are all versions, and which body had an address when.
type ukPages struct {
	said []*ukSaid
	at   map[string][]*ukSaid // by slug, in order of first
}

// body gives the content_id behind an address on a day; the address itself when
// no list has it.
func (p *ukPages) body(slug string, on org.Date) string {
	versions := p.at[slug]
	for _, s := range slices.Backward(versions) {
		if s.first <= on {
			return s.id
		}
	}
	if len(versions) > 0 {
		return versions[0].id
	}
	return slug
}

// parent joins the codes of all parents.
func (p *ukPages) parent(slugs []string, on org.Date) string {
	codes := make([]string, len(slugs))
	for i, s := range slugs {
		codes[i] = p.body(s, on)
	}
	slices.Sort(codes)
	return strings.Join(codes, ";")
}

func splitList(cell string) []string {
	return strings.FieldsFunc(cell, func(r rune) bool { return r == ';' || r == ' ' })
}

// readUnitedKingdom reads the bodies as known on a day ("": today's knowledge)
// and the lists up to then. The first snapshot is what was in force on the day
// of the first list by that knowledge, so that the first list is compared too.
func readUnitedKingdom(fsys fs.FS, known string) (*org.History, diag.List, error) {
	h := &org.History{Title: "United Kingdom: bodies of central government (GOV.UK)", Compares: unitFields[:]}
	var list diag.List
	until := org.Forever
	if known != "" {
		day, err := org.ParseDate(known)
		if err != nil {
			return nil, nil, err
		}
		until = day
	}
	s, err := openSheet(fsys, ukVersions)
	if err != nil {
		return nil, nil, err
	}
	pages := ukRead(s, until)
	days := map[org.Date]bool{}
	var published []org.Date
	for _, name := range ukLists(fsys) {
		date, err := org.ParseDate(strings.TrimSuffix(path.Base(name), ".csv"))
		if err != nil {
			list.Add(diag.At(NoSnapshotDate, diag.Span{Source: diag.NewSource(name, "")}, diag.F("expected", "YYYY-MM-DD.csv")))
			continue
		}
		if date > until {
			continue
		}
		ls, err := openSheet(fsys, name)
		if err != nil {
			return nil, nil, err
		}
		h.Snapshots = append(h.Snapshots, ukList(ls, date, pages))
		list.Add(ls.faults.done()...)
		days[date] = true
		published = append(published, date)
	}
	if len(h.Snapshots) == 0 {
		return nil, nil, errAbsent
	}
	slices.SortStableFunc(h.Snapshots, func(a, b org.Snapshot) int { return cmp.Compare(a.Date, b.Date) })
	counted, told, err := ukCounts(fsys, pages, h.Snapshots, known)
	if err != nil {
		return nil, nil, err
	}
	if counted {
		h.Counts = "staff"
	}
	list.Add(told...)
	base := h.Snapshots[0].Date
	lives := ukLives(s, pages, days, published, base)
	first := org.Snapshot{Date: base, Source: s.source}
	for _, l := range lives {
		if l.began <= base && l.ends > base {
			first.Units = append(first.Units, l.state(base+1).unit)
		}
	}
	h.Events = ukEvents(pages, lives, base)
	h.Snapshots = slices.Insert(h.Snapshots, 0, first)
	list.Add(s.faults.done()...)
	list.Sort()
	return h, list, nil
}

func ukRead(s *sheet, until org.Date) *ukPages {
	pages := &ukPages{at: map[string][]*ukSaid{}}
	at, _, ok := s.bind(ukSaysColumns, len(ukSaysColumns))
	if !ok {
		return pages
	}
	for s.next() {
		fine := true
		cell := func(i int) string {
			c, ok := s.cell(at[i])
			fine = fine && ok
			return c
		}
		date := func(i int, must bool) org.Date {
			c := cell(i)
			if c == "" && !must {
				return org.NoDate
			}
			d, err := org.ParseDate(c)
			if err != nil {
				s.fault(NoSuchDate, at[i], diag.F("column", ukSaysColumns[i]), diag.F("value", short(c)), diag.F("expected", "YYYY-MM-DD"))
				fine = false
			}
			return d
		}
		v := &ukSaid{id: cell(0), first: date(1, true), last: date(2, true), slug: cell(3), state: cell(6), why: cell(7),
			closed: date(8, false), parents: splitList(cell(9)), by: splitList(cell(10))}
		v.unit = org.Unit{Code: v.id, Name: cell(4), Kind: cell(5), At: s.at}
		if badID(v.id) {
			s.fault(BadID, at[0], diag.F("column", "content_id"), diag.F("value", short(v.id)))
			fine = false
		}
		if !fine || v.first > until {
			continue
		}
		if v.closed.Known() {
			v.closedCell = s.at.Cell(at[8])
		}
		pages.said = append(pages.said, v)
		pages.at[v.slug] = append(pages.at[v.slug], v)
	}
	byFirst := func(a, b *ukSaid) int { return cmp.Compare(a.first, b.first) }
	for _, versions := range pages.at {
		slices.SortStableFunc(versions, byFirst)
	}
	slices.SortStableFunc(pages.said, byFirst)
	for _, v := range pages.said {
		v.unit.Parent = pages.parent(v.parents, v.first)
	}
	return pages
}

// ukList reads the bodies in force of one list.
func ukList(s *sheet, date org.Date, pages *ukPages) org.Snapshot {
	out := org.Snapshot{Date: date, Source: s.source, Units: []org.Unit{}}
	at, _, ok := s.bind(ukColumns, len(ukColumns))
	if !ok {
		return out
	}
	ids := map[string]string{}
	first := map[string]diag.Span{}
	var parents [][]string
	for s.next() {
		var c [6]string
		fine := true
		for i := range c {
			var ok bool
			c[i], ok = s.cell(at[i])
			fine = fine && ok
		}
		switch before, twice := first[c[0]]; {
		case !fine:
			continue
		case badID(c[0]):
			s.fault(BadID, at[0], diag.F("column", "content_id"), diag.F("value", short(c[0])))
			continue
		case twice:
			s.fault(TwoPages, at[1], diag.F("body", c[2]), diag.F("value", short(c[1])))
			s.remark(TwoPages, before, "same_unit")
			ids[c[1]] = c[0]
			continue
		}
		first[c[0]], ids[c[1]] = s.at, c[0]
		if ukEnded(c[4]) {
			continue
		}
		out.Units = append(out.Units, org.Unit{Code: c[0], Name: c[2], Kind: c[3], At: s.at})
		parents = append(parents, splitList(c[5]))
	}
	for i, slugs := range parents {
		for j, slug := range slugs {
			if slugs[j] = ids[slug]; slugs[j] == "" { // a list can lack the page of a parent
				slugs[j] = pages.body(slug, date)
			}
		}
		slices.Sort(slugs)
		out.Units[i].Parent = strings.Join(slugs, ";")
	}
	return out
}

// ukLives finds the times in which each body was in force, in the order of
// their first pages.
func ukLives(s *sheet, pages *ukPages, listed map[org.Date]bool, published []org.Date, base org.Date) []*ukLife {
	for _, v := range pages.said {
		listed[v.first] = true
	}
	days := make([]org.Date, 0, len(listed))
	for d := range listed {
		days = append(days, d)
	}
	slices.Sort(days)
	// after is the first list after a day, Forever when there is none yet
	after := func(d org.Date) org.Date {
		if i, _ := slices.BinarySearch(days, d+1); i < len(days) {
			return days[i]
		}
		return org.Forever
	}
	var lives []*ukLife
	open := map[string]*ukLife{}  // the life that lasts
	ended := map[string]*ukLife{} // the one that ended last
	gone := func(l *ukLife, v *ukSaid, until org.Date) {
		// a page that is in no list between its last day and until is gone; that of
		// an ended body may go and come, and says no more than it did
		if day := after(v.last); l != nil && day < until {
			l.ends = day
			delete(open, v.id)
			ended[v.id] = l
		}
	}
	last := map[string]*ukSaid{}
	for _, v := range pages.said {
		if before := last[v.id]; before != nil {
			gone(open[v.id], before, v.first)
		}
		last[v.id] = v
		l := open[v.id]
		switch {
		case l != nil && ukEnded(v.state):
			l.ends, l.end = v.first, v
			delete(open, v.id)
			ended[v.id] = l
		case ukEnded(v.state):
			if l = ended[v.id]; l != nil && l.end != nil { // later lists know better
				better := *v
				if !better.closed.Known() {
					better.closed, better.closedCell = l.end.closed, l.end.closedCell
				}
				if better.by == nil {
					better.by = l.end.by
				}
				l.end = &better
			}
		case l != nil:
			l.states = append(l.states, v)
		default:
			l = &ukLife{id: v.id, began: v.first, listed: v.first, ends: org.Forever, states: []*ukSaid{v}, again: ended[v.id] != nil}
			open[v.id] = l
			lives = append(lives, l)
		}
	}
	for _, l := range lives {
		if open[l.id] == l {
			gone(l, last[l.id], org.Forever)
		}
	}
	// the day on which a body ended, by what is known of it
	for _, l := range lives {
		if l.end == nil || !l.end.closed.Known() || l.end.closed == l.ends {
			continue
		}
		noted := l.ends
		switch closed := l.end.closed; {
		case closed <= l.began && l.began > base:
			s.faults.add(EndedBeforeListed, l.end.closedCell, diag.F("body", l.end.unit.Name), diag.F("date", closed), diag.F("listed", l.began))
		case closed < noted:
			l.ends = closed
			if !slices.ContainsFunc(published, func(d org.Date) bool { return closed <= d && d < noted }) {
				continue // no list had it otherwise
			}
			s.faults.add(LateEntry, l.end.closedCell, diag.F("body", l.end.unit.Name), diag.F("date", closed), diag.F("listed", noted))
		default: // said to end later than the lists have it
			if next := slices.IndexFunc(lives, func(o *ukLife) bool { return o.id == l.id && o.began >= noted }); next < 0 || lives[next].began > closed {
				l.ends = closed
			}
		}
	}
	inForce := map[string]bool{}
	for _, l := range lives {
		inForce[l.id] = inForce[l.id] || l.ends == org.Forever
	}
	for _, l := range lives {
		if v := l.states[len(l.states)-1]; l.ends == org.Forever {
			for _, slug := range v.parents {
				if id := pages.body(slug, days[len(days)-1]); !inForce[id] {
					s.faults.add(EndedParent, v.unit.At, diag.F("body", v.unit.Name), diag.F("parent", slug))
				}
			}
		}
	}
	return lives
}

// ukEvents makes the events after the base day: ends with those who took over,
// beginnings, and what changed of a body between.
func ukEvents(pages *ukPages, lives []*ukLife, base org.Date) []org.Event {
	of := map[string][]*ukLife{}
	for _, l := range lives {
		of[l.id] = append(of[l.id], l)
	}
	ending := func(l *ukLife) bool { return l.end != nil && l.ends > base && l.ends < org.Forever && l.began < l.ends }
	// A body that took over from another was there on that day, even when the
	// lists had it only later, and by the time they told of the end.
	for _, l := range lives {
		if !ending(l) {
			continue
		}
		for _, slug := range l.end.by {
			id := pages.body(slug, l.end.first)
			for _, o := range of[id] {
				if o.began > l.ends && o.listed <= l.end.first && !o.again && o.ends > l.ends {
					o.began = l.ends
				}
			}
		}
	}
	var events []org.Event
	// ends of one day that lead into the same new body are one event
	joined := map[*ukLife]int{} // new body to its event
	for _, l := range lives {
		if !ending(l) {
			if l.end == nil && l.ends > base && l.ends < org.Forever {
				v := l.state(l.ends)
				events = append(events, org.Event{ID: l.ends.String() + "/gone/" + v.slug, Date: l.ends, Op: "abolish", Before: []org.Unit{v.unit}, At: v.unit.At})
			}
			continue
		}
		var heirs []*ukLife
		for _, slug := range l.end.by {
			id := pages.body(slug, l.end.first)
			for _, o := range of[id] {
				if o != l && o.began <= l.ends && o.ends > l.ends && !slices.Contains(heirs, o) {
					heirs = append(heirs, o)
				}
			}
		}
		k := -1
		for _, o := range heirs {
			if at, ok := joined[o]; ok && o.began == l.ends && k < 0 {
				k = at
			}
		}
		v := l.state(l.ends)
		if k < 0 {
			k = len(events)
			events = append(events, org.Event{ID: l.ends.String() + "/" + cmp.Or(l.end.why, "closed") + "/" + v.slug, Date: l.ends, At: l.end.unit.At})
		}
		e := &events[k]
		from := len(e.Before)
		e.Before = append(e.Before, v.unit)
		for _, o := range heirs {
			to := slices.IndexFunc(e.After, func(u org.Unit) bool { return u.Code == o.id })
			if to < 0 {
				at, fresh := joined[o]
				unit := org.Unit{Code: o.id, At: l.end.unit.At} // it stays as it is
				if o.began == l.ends && o.began > base && !(fresh && at != k) {
					unit, o.made, joined[o] = o.states[0].unit, true, k
				} else {
					e.Before = append(e.Before, unit)
				}
				to = len(e.After)
				e.After = append(e.After, unit)
				if unit.Name == "" {
					e.Links = append(e.Links, org.Link{Before: len(e.Before) - 1, After: to})
				}
			}
			e.Links = append(e.Links, org.Link{Before: from, After: to})
		}
		if len(e.Before) == 1 && !(ukOps[l.end.why] == "rename" && len(e.After) != 1) {
			e.Op = ukOps[l.end.why]
		} else {
			e.Op = ""
		}
	}
	for _, l := range lives {
		if !l.made && l.began > base && l.began < l.ends {
			v := l.states[0]
			e := org.Event{ID: l.began.String() + "/listed/" + v.slug, Date: l.began, After: []org.Unit{v.unit}, At: v.unit.At, Op: "establish"}
			if l.again {
				e.Op = "restore"
			}
			events = append(events, e)
		}
		was := l.states[0]
		for _, v := range l.states[1:] {
			same := was.unit.Name == v.unit.Name && was.unit.Kind == v.unit.Kind && was.unit.Parent == v.unit.Parent
			if !same && v.first > max(base, l.began) && v.first < l.ends {
				e := org.Event{ID: v.first.String() + "/changed/" + v.slug, Date: v.first, At: v.unit.At, Before: []org.Unit{was.unit}, After: []org.Unit{v.unit}}
				// a parent that is none any more can't be left out: nothing is what it says
				events = append(events, e)
			}
			was = v
		}
	}
	slices.SortStableFunc(events, func(a, b org.Event) int { return cmp.Or(cmp.Compare(a.Date, b.Date), strings.Compare(a.ID, b.ID)) })
	return events
}
