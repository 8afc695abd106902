package exchange

import (
	"cmp"
	"io/fs"
	"slices"
	"strconv"
	"time"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// Inside French communes there are associated communes (COMA), delegated ones
// (COMD) and districts of cities (ARM). A part has the code that it had as a
// commune, which is the whole's code as well when the seat is there; so a part is
// known by type and code together, COMD-49144. They are a history of their own,
// beside that of the communes: the office's typed lists since 2019, and the rows
// of the movements that have a part on a side.
//
// A row with a part on one side only begins or ends it: what it was before, or
// becomes, is a commune, and that is told by the history of the communes.

const franceParts = "france-parts"

func isFrancePart(kind string) bool {
	return kind == "COMA" || kind == "COMD" || kind == franceDistrict
}

// readFranceParts reads the parts of communes as known in a year (0: the newest).
func readFranceParts(fsys fs.FS, known int) (*org.History, diag.List, error) {
	var list diag.List
	h := &org.History{Title: "France: associated and delegated communes (INSEE)", Compares: []string{"name", "kind"}}
	vintages := yearly(fsys, "events/mvtcommune_", known)
	if len(vintages) == 0 {
		return nil, nil, errAbsent
	}
	vintage := vintages[len(vintages)-1]
	for _, f := range yearly(fsys, "snapshots/commune_", vintage.year) {
		s, err := openSheet(fsys, f.name)
		if err != nil {
			return nil, nil, err
		}
		h.Snapshots = append(h.Snapshots, francePartList(s, org.Day(f.year, time.January, 1)))
		list.Add(s.faults.done()...)
	}
	s, err := openSheet(fsys, vintage.name)
	if err != nil {
		return nil, nil, err
	}
	h.Events = francePartEvents(s)
	list.Add(s.faults.done()...)
	list.Sort()
	return h, list, nil
}

func francePart(kind, code, name string, at diag.Span) org.Unit {
	return org.Unit{Code: kind + "-" + code, Name: name, Kind: kind, At: at}
}

func francePartList(s *sheet, date org.Date) org.Snapshot {
	snapshot := org.Snapshot{Date: date, Source: s.source, Compares: []string{"name", "kind"}, Units: []org.Unit{}}
	at, _, ok := s.bind([]string{"typecom", "com", "libelle", "comparent"}, 4)
	if !ok {
		return snapshot
	}
	var named named
	for s.next() {
		if !isFrancePart(s.cells[at[0]]) {
			continue
		}
		code, ok1 := s.cell(at[1])
		name, ok2 := s.cell(at[2])
		parent, ok3 := s.cell(at[3])
		if !ok1 || !ok2 || !ok3 {
			continue
		}
		if badID(code) {
			s.fault(BadID, at[1], diag.F("column", "com"))
			continue
		}
		u := francePart(s.cells[at[0]], code, name, s.at)
		u.Parent = parent
		if first := named.before(snapshot.Units, u); first >= 0 {
			s.again(at[1], &snapshot.Units[first], u)
			continue
		}
		snapshot.Units = append(snapshot.Units, u)
	}
	return snapshot
}

// francePartEvents makes an event of the rows of a day and kind that share a
// part. A part that comes out of a row as it went in is no event.
func francePartEvents(s *sheet) []org.Event {
	at, _, ok := s.bind(franceColumns, len(franceColumns))
	if !ok {
		return nil
	}
	type row struct {
		mod     string
		date    org.Date
		was, is org.Unit // Code "": no part
		at      diag.Span
	}
	var rows []row
	for s.next() {
		c := s.cells
		if !isFrancePart(c[at[2]]) && !isFrancePart(c[at[5]]) {
			continue
		}
		r := row{mod: c[at[0]], at: s.at}
		var err error
		if r.date, err = org.ParseDate(c[at[1]]); err != nil {
			s.fault(NoSuchDate, at[1], diag.F("column", "date_eff"), diag.F("value", short(c[at[1]])), diag.F("expected", "YYYY-MM-DD"))
			continue
		}
		fine := true
		for side, u := range [2]*org.Unit{&r.was, &r.is} {
			if kind := c[at[2+3*side]]; isFrancePart(kind) {
				code, ok1 := s.cell(at[3+3*side])
				name, ok2 := s.cell(at[4+3*side])
				if fine = fine && ok1 && ok2; badID(code) {
					s.fault(BadID, at[3+3*side], diag.F("column", franceColumns[3+3*side]))
					fine = false
				}
				*u = francePart(kind, code, name, s.at)
			}
		}
		if fine {
			rows = append(rows, r)
		}
	}
	type naming struct {
		date      org.Date
		mod, code string
	}
	group, first := groups(len(rows)), map[naming]int{}
	for i, r := range rows {
		for _, code := range [2]string{r.was.Code, r.is.Code} {
			if j, ok := first[naming{r.date, r.mod, code}]; code != "" && ok {
				group.join(i, j)
			} else if code != "" {
				first[naming{r.date, r.mod, code}] = i
			}
		}
	}
	var events []org.Event
	index := map[int]int{}
	place := func(side *[]org.Unit, u org.Unit) int {
		i := slices.IndexFunc(*side, func(o org.Unit) bool { return o.Code == u.Code })
		if i < 0 {
			i = len(*side)
			*side = append(*side, u)
		}
		return i
	}
	for i, r := range rows {
		k, ok := index[group.of(i)]
		if !ok {
			k = len(events)
			index[group.of(i)] = k
			events = append(events, org.Event{Date: r.date, At: r.at, ID: r.date.String() + "-" + r.mod + "-" + cmp.Or(r.was.Code, r.is.Code)})
		}
		e := &events[k]
		b, a := -1, -1
		if r.was.Code != "" {
			b = place(&e.Before, r.was)
		}
		if r.is.Code != "" {
			a = place(&e.After, r.is)
		}
		if b >= 0 && a >= 0 && !slices.Contains(e.Links, org.Link{Before: b, After: a}) {
			e.Links = append(e.Links, org.Link{Before: b, After: a})
		}
	}
	events = slices.DeleteFunc(events, func(e org.Event) bool {
		return len(e.Before) == 1 && len(e.After) == 1 && e.Before[0].Code == e.After[0].Code && e.Before[0].Name == e.After[0].Name
	})
	slices.SortStableFunc(events, func(a, b org.Event) int { return cmp.Compare(a.Date, b.Date) })
	return events
}

// francePartsVintage reads a vintage by its name, the year.
func francePartsVintage(fsys fs.FS, vintage string) (*org.History, diag.List, error) {
	year, err := strconv.Atoi(vintage)
	if err != nil {
		return nil, nil, err
	}
	return readFranceParts(fsys, year)
}
