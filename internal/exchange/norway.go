package exchange

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// What a reader takes for true where a source is not at one with itself.
var (
	// OfficialName: a list of changes writes a name otherwise than the list of
	// units; the list of units counts.
	OfficialName = diag.Define("OB0160", diag.Warning)
	// ListsOnly: a change that no list of changes has, though two lists of units
	// differ by it.
	ListsOnly = diag.Define("OB0161", diag.Warning)
	// NoPlace: a row that can't be put into the history.
	NoPlace = diag.Define("OB0162", diag.Error)
	// TwoDates: rows of one event give it different days.
	TwoDates = diag.Define("OB0163", diag.Warning)
)

// Statistics Norway (SSB) publishes the municipalities of 1 January of some
// years, and between each two of these lists the changes, a row for each pair
// of an old and a new code. The rows that hang together, by an old or a new
// code, are one event: several with one new code are a merger, several with one
// old code a split, and Tysfjord, which was split between two mergers in 2020,
// makes three of them one.

var norwayChanges = []string{"from_year", "to_year", "old_code", "old_name", "new_code", "new_name"}

func norwayLists(fsys fs.FS) []string {
	names, _ := fs.Glob(fsys, "municipalities_????-01-01.csv")
	return names
}

func detectNorway(fsys fs.FS) bool {
	return exists(fsys, "changes.csv") && len(norwayLists(fsys)) > 0
}

func readNorway(fsys fs.FS) (*org.History, diag.List, error) {
	h := &org.History{Title: "Norway: municipalities (Statistics Norway)", Compares: []string{"name"}}
	var list diag.List
	lists := map[int]map[string]org.Unit{} // by year
	var years []int
	for _, name := range norwayLists(fsys) {
		s, err := openSheet(fsys, name)
		if err != nil {
			return nil, nil, err
		}
		date, err := org.ParseDate(strings.TrimSuffix(strings.TrimPrefix(name, "municipalities_"), ".csv"))
		if err != nil {
			s.faults.add(NoSnapshotDate, diag.Span{Source: s.source}, diag.F("expected", "municipalities_YYYY-01-01.csv"))
			list.Add(s.faults.done()...)
			continue
		}
		snapshot := readSnapshot(s, date, unitColumns{"code", "name"})
		list.Add(s.faults.done()...)
		h.Snapshots = append(h.Snapshots, snapshot)
		year := date.Time().Year()
		years = append(years, year)
		lists[year] = map[string]org.Unit{}
		for _, u := range snapshot.Units {
			lists[year][u.Code] = u
		}
	}
	s, err := openSheet(fsys, "changes.csv")
	if err != nil {
		return nil, nil, err
	}
	changes := norwayRows(s)
	slices.Sort(years)
	for i := 1; i < len(years); i++ {
		was, is := years[i-1], years[i]
		h.Events = append(h.Events, norwayEvents(s, was, is, lists[was], lists[is], changes[[2]int{was, is}])...)
		delete(changes, [2]int{was, is})
	}
	for _, rows := range changes {
		for _, c := range rows {
			s.faults.add(NoPlace, c.at, diag.F("expected", years))
		}
	}
	list.Add(s.faults.done()...)
	list.Sort()
	return h, list, nil
}

// norwayRow is one row of the list of changes.
type norwayRow struct {
	old, new org.Unit // their At is the cell of the name
	at       diag.Span
}

func norwayRows(s *sheet) map[[2]int][]norwayRow {
	changes := map[[2]int][]norwayRow{}
	at, _, ok := s.bind(norwayChanges, len(norwayChanges))
	if !ok {
		return nil
	}
	for s.next() {
		var cells [6]string
		fine := true
		for i := range cells {
			cells[i], ok = s.cell(at[i])
			fine = fine && ok
		}
		var year [2]int
		for i := range year {
			n, err := strconv.Atoi(cells[i])
			if err != nil {
				s.fault(NotWhole, at[i], diag.F("column", norwayChanges[i]), diag.F("value", short(cells[i])))
				fine = false
			}
			year[i] = n
		}
		for _, i := range []int{2, 4} {
			if badID(cells[i]) {
				s.fault(BadID, at[i], diag.F("column", norwayChanges[i]), diag.F("value", short(cells[i])))
				fine = false
			}
		}
		if fine {
			changes[year] = append(changes[year], norwayRow{
				old: org.Unit{Code: cells[2], Name: cells[3], At: s.at.Cell(at[3])},
				new: org.Unit{Code: cells[4], Name: cells[5], At: s.at.Cell(at[5])}, at: s.at})
		}
	}
	return changes
}

// norwayEvents makes the events between two lists. The day within the years is
// not known; it is the one from which the second list holds.
func norwayEvents(s *sheet, wasYear, isYear int, was, is map[string]org.Unit, rows []norwayRow) []org.Event {
	// rows with an old or a new code in common belong to one event
	group := make([]int, len(rows))
	byOld, byNew := map[string]int{}, map[string]int{}
	find := func(i int) int {
		for group[i] != i {
			group[i] = group[group[i]]
			i = group[i]
		}
		return i
	}
	for i, c := range rows {
		group[i] = i
		for _, by := range []struct {
			first map[string]int
			code  string
		}{{byOld, c.old.Code}, {byNew, c.new.Code}} {
			if j, ok := by.first[by.code]; ok {
				a, b := find(i), find(j)
				group[max(a, b)] = min(a, b)
			} else {
				by.first[by.code] = i
			}
		}
	}
	official := func(u org.Unit, list map[string]org.Unit) org.Unit {
		listed, ok := list[u.Code]
		if ok && listed.Name != u.Name {
			s.faults.add(OfficialName, u.At, diag.F("value", u.Name), diag.F("expected", listed.Name))
			s.remark(OfficialName, listed.At, "list")
			u.Name = listed.Name
		}
		return u
	}
	date := org.Day(isYear, time.January, 1)
	var events []org.Event
	index := map[int]int{}
	touched := map[string]bool{}
	add := func(side *[]org.Unit, u org.Unit, list map[string]org.Unit) int {
		if i := slices.IndexFunc(*side, func(o org.Unit) bool { return o.Code == u.Code }); i >= 0 {
			return i
		}
		*side = append(*side, official(u, list))
		return len(*side) - 1
	}
	for i, c := range rows {
		k, ok := index[find(i)]
		if !ok {
			k = len(events)
			index[find(i)] = k
			events = append(events, org.Event{ID: fmt.Sprintf("%d-%s", isYear, c.new.Code), Date: date, At: c.at})
		}
		e := &events[k]
		link := org.Link{Before: add(&e.Before, c.old, was), After: add(&e.After, c.new, is)}
		e.Links = append(e.Links, link)
		// a municipality that takes in another one has no row of its own
		if stays, ok := was[c.new.Code]; ok {
			if _, gives := byOld[c.new.Code]; !gives {
				link.Before = add(&e.Before, stays, was)
				if !slices.Contains(e.Links, link) {
					e.Links = append(e.Links, link)
				}
			}
		}
		touched[c.old.Code], touched[c.new.Code] = true, true
	}
	for i := range events {
		if e := &events[i]; len(e.Before) == 1 || len(e.After) == 1 {
			e.Links = nil // there is but one way
		}
	}
	// what the lists differ by and no row has
	for code, listed := range is {
		before, ok := was[code]
		if touched[code] || ok && before.Name == listed.Name {
			continue
		}
		e := org.Event{ID: fmt.Sprintf("%d-list-%s", isYear, code), Date: date, After: []org.Unit{listed}, At: listed.At}
		if ok {
			e.Before = []org.Unit{before}
		}
		s.faults.add(ListsOnly, listed.At, diag.F("from", before.Name), diag.F("value", listed.Name))
		events = append(events, e)
	}
	for code, listed := range was {
		if _, ok := is[code]; !ok && !touched[code] {
			s.faults.add(ListsOnly, listed.At, diag.F("from", listed.Name))
			events = append(events, org.Event{ID: fmt.Sprintf("%d-list-%s", isYear, code), Date: date, Before: []org.Unit{listed}, At: listed.At})
		}
	}
	slices.SortStableFunc(events[len(index):], func(a, b org.Event) int { return cmp.Compare(a.ID, b.ID) })
	return events
}
