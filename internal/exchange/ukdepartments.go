package exchange

import (
	"cmp"
	"io/fs"
	"slices"
	"strings"
	"time"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// OtherDay: a department's own row has it end on another day than the link to
// its successor.
var OtherDay = diag.Define("OB0149", diag.Warning)

// The Institute for Government keeps the departments since 1979, each with its
// first day and the first day without it, and apart from that the links between
// them: mergers, demergers, changes of name, transfers of functions, each from
// the announcement to the last move. The events are read from the links, and
// held against the departments in force on each 1 January by their own rows.
//
// A link founds its second department when it lies within linkDays of that
// one's first day. A department ends with the last link that leaves it and is no
// transfer: a demerger alone does not say whether anything is left.

const (
	departmentsFile = "organisation.csv"
	linksFile       = "organisation_link.csv"
	linkDays        = 31
)

// ukSince is the day from which the departments are kept: a government was
// formed.
var ukSince = org.Day(1979, time.May, 4)

var (
	departmentColumns = []string{"id", "name", "start_date", "end_date"}
	linkColumns       = []string{"predecessor_organisation_id", "successor_organisation_id", "type", "link_start_date", "link_end_date"}
)

func detectDepartments(fsys fs.FS) bool {
	return exists(fsys, departmentsFile) && exists(fsys, linksFile)
}

type department struct {
	unit             org.Unit
	starts, ends     org.Date // Always and Forever when the row does not say
	startAt, endAt   diag.Span
	founded, endedBy bool // by an event
}

func (d *department) on(day org.Date) bool { return d.starts <= day && day < d.ends }

type departmentLink struct {
	from, to    string
	part        bool // only some functions went
	first, last org.Date
	at          diag.Span
}

func readDepartments(fsys fs.FS) (*org.History, diag.List, error) {
	h := &org.History{Title: "United Kingdom: departments since 1979 (Institute for Government)", Compares: []string{"name"}}
	var list diag.List
	s, err := openSheet(fsys, departmentsFile)
	if err != nil {
		return nil, nil, err
	}
	ls, err := openSheet(fsys, linksFile)
	if err != nil {
		return nil, nil, err
	}
	order, departments := departmentRows(s)
	links := linkRows(ls, departments)
	h.Events = departmentEvents(s, order, departments, links)
	lists := []org.Date{ukSince}
	last := ukSince
	for _, d := range departments {
		for _, day := range []org.Date{d.starts, d.ends} {
			if day.Known() {
				last = max(last, day)
			}
		}
	}
	for year := ukSince.Time().Year() + 1; ; year++ {
		day := org.Day(year, time.January, 1)
		lists = append(lists, day)
		if day > last {
			break
		}
	}
	for _, day := range lists {
		snapshot := org.Snapshot{Date: day, Source: s.source}
		for _, id := range order {
			if d := departments[id]; d.on(day) {
				snapshot.Units = append(snapshot.Units, d.unit)
			}
		}
		h.Snapshots = append(h.Snapshots, snapshot)
	}
	list.Add(s.faults.done()...)
	list.Add(ls.faults.done()...)
	list.Sort()
	return h, list, nil
}

// day reads a date cell; empty gives the preset.
func (s *sheet) day(column int, preset org.Date) (org.Date, bool) {
	c, ok := s.cell(column)
	if !ok || c == "" {
		return preset, ok
	}
	d, err := org.ParseDate(c)
	if err != nil {
		s.fault(NoSuchDate, column, diag.F("column", s.header[column]), diag.F("value", short(c)), diag.F("expected", "YYYY-MM-DD"))
		return preset, false
	}
	return d, true
}

func departmentRows(s *sheet) (order []string, departments map[string]*department) {
	departments = map[string]*department{}
	at, _, ok := s.bind(departmentColumns, len(departmentColumns))
	if !ok {
		return nil, departments
	}
	for s.next() {
		id, ok1 := s.cell(at[0])
		name, ok2 := s.cell(at[1])
		starts, ok3 := s.day(at[2], org.Always)
		ends, ok4 := s.day(at[3], org.Forever)
		if ok1 && badID(id) {
			s.fault(BadID, at[0], diag.F("column", "id"), diag.F("value", short(id)))
			continue
		}
		if !ok1 || !ok2 || !ok3 || !ok4 {
			continue
		}
		if before := departments[id]; before != nil {
			s.fault(UnitTwice, at[0], diag.F("id", id))
			s.remark(UnitTwice, before.unit.At, "same_unit")
			continue
		}
		order = append(order, id)
		departments[id] = &department{unit: org.Unit{Code: id, Name: name, At: s.at}, starts: starts, ends: ends,
			startAt: s.at.Cell(at[2]), endAt: s.at.Cell(at[3])}
	}
	return order, departments
}

func linkRows(s *sheet, departments map[string]*department) []departmentLink {
	at, _, ok := s.bind(linkColumns, len(linkColumns))
	if !ok {
		return nil
	}
	var links []departmentLink
	for s.next() {
		var l departmentLink
		var kind string
		var fine [5]bool
		l.from, fine[0] = s.cell(at[0])
		l.to, fine[1] = s.cell(at[1])
		kind, fine[2] = s.cell(at[2])
		l.first, fine[3] = s.day(at[3], org.NoDate)
		l.last, fine[4] = s.day(at[4], l.first)
		if slices.Contains(fine[:], false) {
			continue
		}
		for i, id := range []string{l.from, l.to} {
			if departments[id] == nil {
				s.fault(NoPlace, at[i], diag.F("value", short(id)))
				fine[0] = false
			}
		}
		if !l.first.Known() {
			s.fault(Incomplete, at[3], diag.F("column", "link_start_date"))
			fine[0] = false
		}
		if l.from == l.to { // nothing went anywhere
			s.fault(NoPlace, at[1], diag.F("value", short(l.to)))
			fine[0] = false
		}
		if fine[0] {
			l.part, l.at = strings.HasPrefix(kind, "Transfer"), s.at
			links = append(links, l)
		}
	}
	return links
}

func departmentEvents(s *sheet, order []string, departments map[string]*department, links []departmentLink) []org.Event {
	near := func(a, b org.Date) bool { return max(a, b)-min(a, b) <= linkDays }
	lastLink := map[string]org.Date{} // the last link that leaves a department and is no transfer
	for _, l := range links {
		if !l.part && l.first > lastLink[l.from] {
			lastLink[l.from] = l.first
		}
	}
	founds := func(l departmentLink) bool {
		d := departments[l.to]
		return d.starts > ukSince && near(l.first, d.starts)
	}
	ends := func(l departmentLink) bool {
		day, ok := lastLink[l.from]
		return ok && near(l.first, day) && departments[l.from].ends < org.Forever
	}
	// links that found one department, or end one, are one event
	group := make([]int, len(links))
	find := func(i int) int {
		for group[i] != i {
			group[i] = group[group[i]]
			i = group[i]
		}
		return i
	}
	first := map[[2]string]int{}
	for i, l := range links {
		group[i] = i
		join := func(key [2]string) {
			if j, ok := first[key]; ok {
				a, b := find(i), find(j)
				group[max(a, b)] = min(a, b)
			} else {
				first[key] = i
			}
		}
		if founds(l) {
			join([2]string{"founds", l.to})
		}
		if ends(l) {
			join([2]string{"ends", l.from})
		}
	}
	var events []org.Event
	index := map[int]int{}
	lasts := map[int]org.Date{}
	for i, l := range links {
		k, ok := index[find(i)]
		if !ok {
			k = len(events)
			index[find(i)] = k
			events = append(events, org.Event{ID: "link-" + l.first.String() + "-" + l.from[:min(8, len(l.from))] + "-" + l.to[:min(8, len(l.to))], Date: l.first, At: l.at})
		}
		e := &events[k]
		e.Date = max(e.Date, l.first)
		lasts[k] = max(lasts[k], l.last)
		side := func(units *[]org.Unit, id string) int {
			if i := slices.IndexFunc(*units, func(u org.Unit) bool { return u.Code == id }); i >= 0 {
				return i
			}
			*units = append(*units, departments[id].unit)
			return len(*units) - 1
		}
		link := func(from, to string) {
			one := org.Link{Before: side(&e.Before, from), After: side(&e.After, to)}
			if !slices.Contains(e.Links, one) {
				e.Links = append(e.Links, one)
			}
		}
		link(l.from, l.to)
		if founds(l) {
			departments[l.to].founded = true
		} else {
			link(l.to, l.to)
		}
		if ends(l) {
			departments[l.from].endedBy = true
		} else {
			link(l.from, l.from)
		}
	}
	reported := map[string]bool{}
	for i, l := range links {
		k := index[find(i)]
		d := departments[l.from]
		if ends(l) && !reported[l.from] && (d.ends < events[k].Date || d.ends > max(events[k].Date, lasts[k])) {
			reported[l.from] = true
			s.faults.add(OtherDay, d.endAt, diag.F("body", d.unit.Name), diag.F("value", d.ends), diag.F("expected", events[k].Date))
		}
	}
	// what the departments' own rows have and no link
	for _, id := range order {
		d := departments[id]
		if !d.founded && d.starts > ukSince {
			s.faults.add(ListsOnly, d.startAt, diag.F("value", d.unit.Name))
			events = append(events, org.Event{ID: "start-" + id, Date: d.starts, Op: "establish", After: []org.Unit{d.unit}, At: d.startAt})
		}
		if !d.endedBy && d.ends < org.Forever && d.ends > ukSince {
			s.faults.add(ListsOnly, d.endAt, diag.F("from", d.unit.Name))
			events = append(events, org.Event{ID: "end-" + id, Date: d.ends, Op: "abolish", Before: []org.Unit{d.unit}, At: d.endAt})
		}
	}
	slices.SortStableFunc(events, func(a, b org.Event) int { return cmp.Compare(a.Date, b.Date) })
	return events
}
