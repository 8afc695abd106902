package exchange

import (
	"cmp"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// The Swiss Federal Statistical Office (FSO) keeps a historicised register of
// communes (eCH-0071): a row for each version of a commune, with the number of
// the mutation that began it and of the one that ended it. A mutation is an
// event: what ends with its number goes, what begins with it comes. The day of
// abolition is the last day of validity, so it takes effect the day after.
//
// A unit is a commune: its code the office's number, its kind the canton, its
// parent the district's number (districts are named differently from list to
// list). Lakes shared by cantons and areas outside communes are in the register
// but in none of the official lists, and are left out.

const (
	swissCommune    = "11" // entry_mode
	swissFirstEntry = "20" // admission_mode
	// swissNoNumber stands in for the number of every commune that ended before
	// the office numbered them in 1960: those are known by their names
	swissNoNumber = "7700"
)

// swissOps names a mutation whose rows are all of one mode.
var swissOps = map[string]string{"23": "rename", "24": "move", "26": "transfer", "27": "recode"}

var (
	swissColumns  = []string{"hist_id", "district_hist_id", "canton", "bfs_nr", "name", "entry_mode", "admission_number", "admission_mode", "admission_date", "abolition_number", "abolition_mode", "abolition_date"}
	swissVintages = "register/communes_known_????-??-??.csv"
)

func detectSwitzerland(fsys fs.FS) bool {
	names, _ := fs.Glob(fsys, swissVintages)
	return len(names) > 0
}

// newest gives the last of the files that match, by the day in their name, that
// is not later than until; "" when there is none.
func newest(fsys fs.FS, pattern, until string) (name, day string) {
	names, _ := fs.Glob(fsys, pattern)
	for _, n := range names {
		base := strings.TrimSuffix(path.Base(n), ".csv")
		d := base[max(0, len(base)-10):]
		if d > day && (until == "" || d <= until) {
			name, day = n, d
		}
	}
	return name, day
}

// readSwitzerland reads the register as known on a day ("": the newest) and the
// official lists up to then. The history starts from the register's first
// entries: they are the first snapshot, which is the register's own and no
// official list.
func readSwitzerland(fsys fs.FS, known string) (*org.History, diag.List, error) {
	var list diag.List
	h := &org.History{Title: "Switzerland: communes (Federal Statistical Office)", Compares: unitFields[:]}
	communes, day := newest(fsys, swissVintages, known)
	if communes == "" {
		return nil, nil, errAbsent
	}
	// a district's versions never change their number, so the newest file is
	// good for every vintage
	districtsFile, _ := newest(fsys, "register/districts_known_????-??-??.csv", "")
	districts := map[string]string{}
	if districtsFile != "" {
		s, err := openSheet(fsys, districtsFile)
		if err != nil {
			return nil, nil, err
		}
		if at, _, ok := s.bind([]string{"hist_id", "district_nr"}, 2); ok {
			for s.next() {
				districts[s.cells[at[0]]] = s.cells[at[1]]
			}
		}
		list.Add(s.faults.done()...)
	}
	s, err := openSheet(fsys, communes)
	if err != nil {
		return nil, nil, err
	}
	versions := swissRows(s, districts)
	first, events := swissEvents(s, versions)
	list.Add(s.faults.done()...)
	h.Snapshots = append(h.Snapshots, first)
	h.Events = events
	names, _ := fs.Glob(fsys, "snapshots/????-??-??*.csv")
	for _, name := range names {
		date, err := org.ParseDate(path.Base(name)[:10])
		if err != nil || path.Base(name)[:10] > day {
			continue
		}
		s, err := openSheet(fsys, name)
		if err != nil {
			return nil, nil, err
		}
		snapshot := readSnapshot(s, date, unitColumns{"bfs_nr", "name", "canton", "district_nr"})
		list.Add(s.faults.done()...)
		if column := slices.Index(s.header, "area_ha"); column >= 0 {
			for i := range snapshot.Units {
				u := &snapshot.Units[i]
				u.Hectares, _ = strconv.Atoi(u.At.Cell(column).Text()) // not a number: not known
			}
		}
		h.Snapshots = append(h.Snapshots, snapshot)
	}
	list.Sort()
	return h, list, nil
}

// swissRow is one version of a commune.
type swissRow struct {
	unit       org.Unit
	begun      swissMutation
	ended      swissMutation // number "": not ended
	beginsCell diag.Span
	endsCell   diag.Span
}

type swissMutation struct {
	number, mode string
	date         org.Date // first day of what it leaves
}

func swissRows(s *sheet, districts map[string]string) []swissRow {
	at, _, ok := s.bind(swissColumns, len(swissColumns))
	if !ok {
		return nil
	}
	column := func(name string) int { return at[slices.Index(swissColumns, name)] }
	fine := true
	cell := func(name string) string {
		c, ok := s.cell(column(name))
		fine = fine && ok
		return c
	}
	date := func(name string) org.Date {
		c := cell(name)
		d, err := org.ParseDate(c)
		if err != nil {
			s.fault(NoSuchDate, column(name), diag.F("column", name), diag.F("value", short(c)), diag.F("expected", "YYYY-MM-DD"))
			fine = false
		}
		return d
	}
	var rows []swissRow
	for s.next() {
		fine = true
		if cell("entry_mode") != swissCommune {
			continue
		}
		row := swissRow{
			unit: org.Unit{Code: cell("bfs_nr"), Name: cell("name"), Kind: cell("canton"),
				Parent: districts[cell("district_hist_id")], At: s.at},
			begun:      swissMutation{cell("admission_number"), cell("admission_mode"), date("admission_date")},
			beginsCell: s.at.Cell(column("admission_date")),
			endsCell:   s.at.Cell(column("abolition_date")),
		}
		if number := cell("abolition_number"); number != "" {
			row.ended = swissMutation{number, cell("abolition_mode"), date("abolition_date") + 1}
		}
		if badID(row.unit.Code) {
			s.fault(BadID, column("bfs_nr"), diag.F("column", "bfs_nr"))
			fine = false
		}
		if row.unit.Code == swissNoNumber {
			row.unit.Code = ""
		}
		if fine {
			rows = append(rows, row)
		}
	}
	return rows
}

// swissEvents makes the mutations into events and the first entries of the
// register's first day into a snapshot. Later first entries are events.
func swissEvents(s *sheet, rows []swissRow) (org.Snapshot, []org.Event) {
	base := org.Forever
	for i := range rows {
		base = min(base, rows[i].begun.date)
	}
	first := org.Snapshot{Date: base, Source: s.source}
	var events []org.Event
	index := map[string]int{}
	modes := map[string]string{}
	event := func(m swissMutation, id string, cell diag.Span) *org.Event {
		i, ok := index[id]
		if !ok {
			i = len(events)
			index[id], modes[id] = i, m.mode
			events = append(events, org.Event{ID: id, Date: m.date, At: cell})
		}
		e := &events[i]
		if modes[id] != m.mode {
			modes[id] = ""
		}
		if e.Date != m.date {
			// the later day is the one on which the new state is there: until then
			// the register has, for a day, neither the old nor the new one
			s.faults.add(TwoDates, cell, diag.F("event", id), diag.F("date", []org.Date{min(e.Date, m.date), max(e.Date, m.date)}))
			e.Date = max(e.Date, m.date)
		}
		return e
	}
	for i := range rows {
		row := &rows[i]
		switch {
		case row.begun.mode == swissFirstEntry && row.begun.date == base:
			first.Units = append(first.Units, row.unit)
		case row.begun.mode == swissFirstEntry: // one number for all first entries of all days
			e := event(row.begun, row.begun.number+"/"+row.begun.date.String(), row.beginsCell)
			e.After = append(e.After, row.unit)
		default:
			e := event(row.begun, row.begun.number, row.beginsCell)
			e.After = append(e.After, row.unit)
		}
		if row.ended.number != "" {
			e := event(row.ended, row.ended.number, row.endsCell)
			e.Before = append(e.Before, row.unit)
		}
	}
	for i := range events {
		events[i].Op = swissOps[modes[events[i].ID]]
	}
	slices.SortStableFunc(events, func(a, b org.Event) int { return cmp.Compare(a.Date, b.Date) })
	return first, events
}
