package exchange

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// The faults that a folder of what really happened can have.
var (
	// NoSnapshotDate: a snapshot's file name has no date.
	NoSnapshotDate = diag.Define("OB0150", diag.Error)
	// NoSide: an event's row is neither before nor after.
	NoSide = diag.Define("OB0151", diag.Error)
	// Nameless: a row with neither code nor name.
	Nameless = diag.Define("OB0152", diag.Error)
	// Disagree: rows of one event give it different dates, places or kinds.
	Disagree = diag.Define("OB0153", diag.Error)
	// Incomplete: an event without id or date.
	Incomplete = diag.Define("OB0154", diag.Error)
	// NoSnapshot: nothing to start from.
	NoSnapshot = diag.Define("OB0155", diag.Error)
	// NoEvents: nothing to replay.
	NoEvents = diag.Define("OB0156", diag.Error)
	// UnitTwice: one unit twice in a snapshot.
	UnitTwice = diag.Define("OB0157", diag.Error)
	// RowTwice: a row that says what an earlier one of its list, or of its side of
	// an event, says already. It counts once.
	RowTwice = diag.Define("OB0132", diag.Warning)
)

const (
	eventsFile     = "events.csv"
	eventLinksFile = "links.csv"
	snapshotPrefix = "snapshot-"
)

// ReadHistory reads a folder of snapshots and events. A snapshot is a file
// "snapshot-YYYY-MM-DD.csv"; a second one of the same day has a word behind the
// date, "snapshot-2023-01-01-directory.csv". Snapshots are given by date, events
// in the order of their first rows; rows of one event need not stand together.
//
// All faults are in the list, each at its cell; the error is a broken machine or
// a folder that is not there. When the list has errors the history holds what
// could be read.
func ReadHistory(fsys fs.FS, dir string) (*org.History, diag.List, error) {
	if err := folder(fsys, dir); err != nil {
		return nil, nil, err
	}
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil, nil, err
	}
	h := &org.History{}
	if dir != "." {
		h.Title = path.Base(dir)
	}
	var list diag.List
	place := diag.Span{Source: diag.NewSource(dir, "")}
	snapshots := 0
	var dates []org.Date
	var names []string
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, snapshotPrefix) || path.Ext(name) != ".csv" {
			continue
		}
		snapshots++
		date, ok := snapshotDate(name)
		if !ok {
			list.Add(diag.At(NoSnapshotDate, diag.Span{Source: diag.NewSource(join(dir, name), "")}, diag.F("expected", "snapshot-YYYY-MM-DD.csv")))
			continue
		}
		dates, names = append(dates, date), append(names, join(dir, name))
	}
	if snapshots == 0 {
		list.Add(diag.At(NoSnapshot, place))
	}
	h.Snapshots = make([]org.Snapshot, len(names))
	sheets, failed := make([]*sheet, len(names)), make([]error, len(names))
	var wait sync.WaitGroup
	for i, name := range names {
		wait.Go(func() {
			if sheets[i], failed[i] = openSheet(fsys, name); failed[i] == nil {
				h.Snapshots[i] = readSnapshot(sheets[i], dates[i], snapshotColumns)
			}
		})
	}
	wait.Wait()
	if err := errors.Join(failed...); err != nil {
		return nil, nil, err
	}
	for _, s := range sheets {
		list.Add(s.faults.done()...)
	}
	slices.SortFunc(h.Snapshots, func(a, b org.Snapshot) int { // of one day: "….csv" before "…-2.csv" before "…-10.csv"
		x, y := a.Source.Name, b.Source.Name
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(len(x), len(y)), strings.Compare(x, y))
	})
	s, err := openSheet(fsys, join(dir, eventsFile))
	switch {
	case errors.Is(err, errAbsent):
		list.Add(diag.At(NoEvents, place))
	case err != nil:
		return nil, nil, err
	default:
		h.Events = readEvents(s)
		list.Add(s.faults.done()...)
	}
	s, err = openSheet(fsys, join(dir, eventLinksFile))
	switch {
	case errors.Is(err, errAbsent):
	case err != nil:
		return nil, nil, err
	default:
		readLinks(s, h.Events)
		list.Add(s.faults.done()...)
	}
	list.Sort()
	return h, list, nil
}

func snapshotDate(name string) (org.Date, bool) {
	date := strings.TrimSuffix(strings.TrimPrefix(name, snapshotPrefix), ".csv")
	if len(date) > 10 && strings.ContainsRune("-_", rune(date[10])) {
		date = date[:10]
	}
	d, err := org.ParseDate(date)
	return d, err == nil
}

// unitColumns says in which columns a table has the parts of a unit: code, name,
// kind, parent. The names of those that a table may lack can be empty.
type unitColumns [4]string

var snapshotColumns = unitColumns{"code", "name", "kind", "parent"}

// unitFields are what a snapshot can give besides the code.
var unitFields = [3]string{"name", "kind", "parent"}

// knownBy are the columns of which a table of Oneboard's own format needs one: a
// unit is known by its code, or by its name where it has none.
var knownBy = []string{"code", "name"}

// readSnapshot reads the units of a list. Code and name are columns that must
// be there, in a list of the own format one of them; what else there is, is
// compared.
func readSnapshot(s *sheet, date org.Date, columns unitColumns) org.Snapshot {
	snapshot := org.Snapshot{Date: date, Source: s.source, Compares: []string{}}
	var either []string
	if columns == snapshotColumns { // an office's list has the columns that it always has
		either = knownBy
	}
	at, _, ok := s.bindOr(columns[:], 2, either)
	if !ok {
		return snapshot
	}
	sizes := [2]int{slices.Index(s.header, "people"), slices.Index(s.header, "hectares")}
	for i, field := range unitFields {
		if at[i+1] >= 0 {
			snapshot.Compares = append(snapshot.Compares, field)
		}
	}
	snapshot.Units = make([]org.Unit, 0, s.rowsLeft())
	var named named
	for s.next() {
		u, ok := s.unit(at)
		if !ok {
			continue
		}
		if first := named.before(snapshot.Units, u); first >= 0 {
			s.again(at[0], &snapshot.Units[first], u)
			continue
		}
		for i, size := range [2]*int{&u.People, &u.Hectares} {
			if cell, ok := s.cell(sizes[i]); ok && cell != "" {
				if n, err := strconv.Atoi(cell); err == nil && n >= 0 {
					*size = n
				} else {
					s.fault(NotWhole, sizes[i], diag.F("column", s.header[sizes[i]]), diag.F("value", short(cell)))
				}
			}
		}
		snapshot.Units = append(snapshot.Units, u)
	}
	return snapshot
}

// named tells of each unit of a list whether it stood there before. Most lists
// go by code, and need no index.
type named struct {
	last  string
	index map[string]int // nil while keys only rise
}

func nameKey(u org.Unit) string {
	if u.Code == "" {
		return "\x00" + u.Name // no table holds a NUL
	}
	return u.Code
}

// before gives the place of a unit among those that were read, or -1 when it is
// new: then it must become the next one of them.
func (n *named) before(units []org.Unit, u org.Unit) int {
	key := nameKey(u)
	if n.index == nil {
		if key > n.last {
			n.last = key
			return -1
		}
		n.index = make(map[string]int, cap(units))
		for i := range units {
			n.index[nameKey(units[i])] = i
		}
	}
	if i, ok := n.index[key]; ok {
		return i
	}
	n.index[key] = len(units)
	return -1
}

// again takes a row about a unit that an earlier row is about. Rows that differ
// in the parent only give a unit several parents; the same row twice counts
// once; anything else is a fault.
func (s *sheet) again(column int, first *org.Unit, u org.Unit) {
	code := UnitTwice
	if u.Code == first.Code && u.Name == first.Name && u.Kind == first.Kind {
		if u.Parent != first.Parent && u.Parent != "" && first.Parent != "" {
			if both := parentsOf(first.Parent + ";" + u.Parent); both != first.Parent {
				first.Parent = both
				return
			}
		}
		code = RowTwice
	}
	s.fault(code, column, diag.F("id", cmp.Or(u.Code, u.Name)))
	s.remark(code, first.At, "same_unit")
}

// parentsOf gives a cell that may name several parents, with ";" between, in one
// way: each once, in order.
func parentsOf(cell string) string {
	if strings.IndexByte(cell, ';') < 0 {
		return cell
	}
	parts := strings.Split(cell, ";")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	slices.Sort(parts)
	return strings.TrimPrefix(strings.Join(slices.Compact(parts), ";"), ";") // none is no parent
}

// unit reads the unit of a row from the columns at: code, name, kind, parent.
func (s *sheet) unit(at []int) (org.Unit, bool) {
	var parts [4]string
	fine := true
	for i := range parts {
		var ok bool
		parts[i], ok = s.cell(at[i])
		fine = fine && ok
	}
	u := org.Unit{Code: parts[0], Name: parts[1], Kind: parts[2], Parent: parentsOf(parts[3]), At: s.at}
	if fine && u.Code == "" && u.Name == "" {
		s.fault(Nameless, -1)
		fine = false
	}
	return u, fine
}

// remark adds a note to the fault of that code that was reported last, when it
// is shown at all.
func (s *sheet) remark(code diag.Code, span diag.Span, say string) {
	if s.faults.count[code] <= repeats {
		d := &s.faults.list[len(s.faults.list)-1]
		*d = d.Note(span, say)
	}
}

var eventColumns = []string{"event", "date", "side", "code", "seq", "op", "name", "kind", "parent"}

func readEvents(s *sheet) []org.Event {
	at, _, ok := s.bindOr(eventColumns, 4, knownBy)
	if !ok {
		return nil
	}
	event, date, side, seq, op := at[0], at[1], at[2], at[4], at[5]
	parts := []int{at[3], at[6], at[7], at[8]}
	var events []org.Event
	var sides [][2]named // of each event
	index := map[string]int{}
	for s.next() {
		id, ok := s.cell(event)
		if ok && id == "" {
			s.fault(Incomplete, event, diag.F("column", "event"))
		}
		u, fine := s.unit(parts)
		if !ok || id == "" {
			continue
		}
		i, known := index[id]
		if !known {
			i = len(events)
			index[id] = i
			events = append(events, org.Event{ID: id, Date: org.NoDate, At: s.at})
			sides = append(sides, [2]named{})
		}
		e := &events[i]
		disagree := func(column int) {
			s.fault(Disagree, column, diag.F("column", s.header[column]), diag.F("event", id))
			s.remark(Disagree, e.At, "first_row")
		}
		if cell, ok := s.cell(date); ok && cell != "" {
			d, err := org.ParseDate(cell)
			switch {
			case err != nil:
				s.fault(NoSuchDate, date, diag.F("column", "date"), diag.F("value", short(cell)), diag.F("expected", "YYYY-MM-DD"))
				if e.Date == org.NoDate {
					e.Date = org.Always // said, though nobody knows what
				}
			case !e.Date.Known():
				e.Date = d
			case e.Date != d:
				disagree(date)
			}
		}
		if cell, ok := s.cell(seq); ok && cell != "" {
			n, err := strconv.Atoi(cell)
			switch {
			case err != nil:
				s.fault(NotWhole, seq, diag.F("column", "seq"), diag.F("value", short(cell)))
			case !e.Ordered:
				e.Seq, e.Ordered = n, true
			case e.Seq != n:
				disagree(seq)
			}
		}
		if cell, ok := s.cell(op); ok && cell != "" {
			if e.Op == "" {
				e.Op = cell
			} else if e.Op != cell {
				disagree(op)
			}
		}
		cell, ok := s.cell(side)
		switch {
		case !ok || !fine:
		case cell == "before", cell == "after":
			units, k := &e.Before, 0
			if cell == "after" {
				units, k = &e.After, 1
			}
			if first := sides[i][k].before(*units, u); first >= 0 && (u.Code != (*units)[first].Code || u.Name != (*units)[first].Name || u.Kind != (*units)[first].Kind) {
				*units = append(*units, u) // the replay says that it can't be
			} else if first >= 0 {
				s.again(parts[0], &(*units)[first], u)
			} else {
				*units = append(*units, u)
			}
		default:
			s.fault(NoSide, side, diag.F("value", short(cell)), diag.F("expected", []string{"before", "after"}))
		}
	}
	for i := range events {
		if events[i].Date == org.NoDate {
			s.faults.add(Incomplete, events[i].At, diag.F("column", "date"), diag.F("event", events[i].ID))
		}
	}
	// without a day an event has no place in the replay
	return slices.DeleteFunc(events, func(e org.Event) bool { return !e.Date.Known() })
}

// readLinks reads which unit of an event went into which: a row for each pair,
// by their codes, or names where they have none.
func readLinks(s *sheet, events []org.Event) {
	at, _, ok := s.bind([]string{"event", "before", "after"}, 3)
	if !ok {
		return
	}
	index := make(map[string]int, len(events))
	for i := range events {
		index[events[i].ID] = i
	}
	known := func(u org.Unit) string { return cmp.Or(u.Code, u.Name) }
	for s.next() {
		id, ok1 := s.cell(at[0])
		before, ok2 := s.cell(at[1])
		after, ok3 := s.cell(at[2])
		if !ok1 || !ok2 || !ok3 {
			continue
		}
		i, ok := index[id]
		if !ok {
			s.fault(NoPlace, at[0], diag.F("column", "event"), diag.F("value", short(id)))
			continue
		}
		e := &events[i]
		l := org.Link{
			Before: slices.IndexFunc(e.Before, func(u org.Unit) bool { return known(u) == before }),
			After:  slices.IndexFunc(e.After, func(u org.Unit) bool { return known(u) == after }),
		}
		switch {
		case l.Before < 0:
			s.fault(NoPlace, at[1], diag.F("event", id), diag.F("value", short(before)))
		case l.After < 0:
			s.fault(NoPlace, at[2], diag.F("event", id), diag.F("value", short(after)))
		default:
			e.Links = append(e.Links, l)
		}
	}
}

// HistoryTables gives a history as files: file name to content. The same
// history always gives the same bytes, and [ReadHistory] of the files gives an
// equal one, but for events without any row, which no file can hold.
func HistoryTables(h *org.History) map[string][]byte {
	out := map[string][]byte{}
	for i := range h.Snapshots {
		s := &h.Snapshots[i]
		compares := s.Compares
		if compares == nil {
			compares = h.Compares
		}
		says := unitsSay(s.Units)
		columns := []string{"code", "name"}
		for _, f := range unitFields[1:] {
			if slices.Contains(compares, f) || says[f] {
				columns = append(columns, f)
			}
		}
		for _, f := range [2]string{"people", "hectares"} {
			if slices.ContainsFunc(s.Units, func(u org.Unit) bool { return f == "people" && u.People > 0 || f == "hectares" && u.Hectares > 0 }) {
				columns = append(columns, f)
			}
		}
		text := append([]byte(strings.Join(columns, ",")), '\n')
		// a list whose names can't be compared has none in a folder, where all that
		// stands there is; the first one gives the units theirs
		bare := i > 0 && compares != nil && !slices.Contains(compares, "name")
		for _, u := range s.Units {
			if bare && u.Code != "" {
				u.Name = ""
			}
			text = appendUnit(text, u, columns)
			text = append(text, '\n')
		}
		name := snapshotPrefix + s.Date.String() + ".csv"
		for n := 2; out[name] != nil; n++ {
			name = snapshotPrefix + s.Date.String() + "-" + strconv.Itoa(n) + ".csv"
		}
		out[name] = text
	}
	says := map[string]bool{}
	for _, e := range h.Events {
		says["seq"] = says["seq"] || e.Ordered
		says["op"] = says["op"] || e.Op != ""
		for _, side := range [2][]org.Unit{e.Before, e.After} {
			for f := range unitsSay(side) {
				says[f] = true
			}
		}
	}
	lead := []string{"event", "date"}
	for _, f := range []string{"seq", "op"} {
		if says[f] {
			lead = append(lead, f)
		}
	}
	columns := []string{"code"}
	for _, f := range unitFields {
		if says[f] {
			columns = append(columns, f)
		}
	}
	text := []byte(strings.Join(lead, ",") + ",side," + strings.Join(columns, ",") + "\n")
	for _, e := range h.Events {
		for side, units := range [2][]org.Unit{e.Before, e.After} {
			for _, u := range units {
				text = appendCell(text, e.ID)
				text = append(append(text, ','), e.Date.String()...)
				if says["seq"] {
					text = append(text, ',')
					if e.Ordered {
						text = strconv.AppendInt(text, int64(e.Seq), 10)
					}
				}
				if says["op"] {
					text = appendCell(append(text, ','), e.Op)
				}
				text = append(text, [2]string{",before,", ",after,"}[side]...)
				text = append(appendUnit(text, u, columns), '\n')
			}
		}
	}
	out[eventsFile] = text
	if slices.ContainsFunc(h.Events, func(e org.Event) bool { return e.Links != nil }) {
		text := []byte("event,before,after\n")
		for _, e := range h.Events {
			for _, l := range e.Links {
				b, a := e.Before[l.Before], e.After[l.After]
				text = append(appendCell(text, e.ID), ',')
				text = append(appendCell(text, cmp.Or(b.Code, b.Name)), ',')
				text = append(appendCell(text, cmp.Or(a.Code, a.Name)), '\n')
			}
		}
		out[eventLinksFile] = text
	}
	return out
}

// unitsSay tells which fields any of the units gives.
func unitsSay(units []org.Unit) map[string]bool {
	says := map[string]bool{}
	for _, u := range units {
		for i, cell := range [3]string{u.Name, u.Kind, u.Parent} {
			if cell != "" {
				says[unitFields[i]] = true
			}
		}
	}
	return says
}

func appendUnit(text []byte, u org.Unit, columns []string) []byte {
	for i, column := range columns {
		if i > 0 {
			text = append(text, ',')
		}
		switch column {
		case "code":
			text = appendCell(text, u.Code)
		case "name":
			text = appendCell(text, u.Name)
		case "kind":
			text = appendCell(text, u.Kind)
		case "parent":
			text = appendCell(text, u.Parent)
		case "people":
			if u.People > 0 {
				text = strconv.AppendInt(text, int64(u.People), 10)
			}
		case "hectares":
			if u.Hectares > 0 {
				text = strconv.AppendInt(text, int64(u.Hectares), 10)
			}
		}
	}
	return text
}

// WriteHistory writes a history into a folder, which it makes when it is not
// there; snapshots of an earlier writing are removed. As with [WriteBoard], a
// crash leaves each file old or new and none half written.
func WriteHistory(dir string, h *org.History) error {
	files := HistoryTables(h)
	var gone []string
	old, _ := filepath.Glob(filepath.Join(dir, snapshotPrefix+"*.csv")) // the pattern is well formed
	for _, name := range old {
		if base := filepath.Base(name); files[base] == nil {
			gone = append(gone, base)
		}
	}
	if files[eventLinksFile] == nil && exists(os.DirFS(dir), eventLinksFile) {
		gone = append(gone, eventLinksFile)
	}
	return writeFolder(dir, files, gone)
}

// A Reader reads what one office publishes as it publishes it, so that nothing
// has to be made ready by hand. A new source is a new file of this package and
// a line in Readers.
type Reader struct {
	Name string // as the command line has it
	// About says what it reads: a message of the catalogue.
	About diag.Word
	// Detect looks at the names of files, and at headers where names do not
	// tell, and reads nothing else.
	Detect func(fsys fs.FS) bool
	// Read gives the whole history. Where the source is not at one with itself
	// the list says, as a warning at the place, what was taken for true.
	Read func(fsys fs.FS) (*org.History, diag.List, error)
}

// Readers are all that there are: Oneboard's own folder first.
var Readers = []Reader{
	{"history", "reader.history",
		func(fsys fs.FS) bool {
			names, _ := fs.Glob(fsys, snapshotPrefix+"*.csv")
			return len(names) > 0 || exists(fsys, eventsFile)
		},
		func(fsys fs.FS) (*org.History, diag.List, error) { return ReadHistory(fsys, ".") }},
	{"norway", "reader.norway", detectNorway, readNorway},
	{"switzerland", "reader.switzerland", detectSwitzerland, func(fsys fs.FS) (*org.History, diag.List, error) {
		return readSwitzerland(fsys, "")
	}},
	{"france", "reader.france", detectFrance, func(fsys fs.FS) (*org.History, diag.List, error) {
		return readFrance(fsys, 0)
	}},
	{franceParts, "reader.france-parts", notDetected, func(fsys fs.FS) (*org.History, diag.List, error) {
		return readFranceParts(fsys, 0)
	}},
	{"china", "reader.china", detectChina, readChina},
	{"divisions", "reader.divisions", detectDivisions, readDivisions},
	{"united-kingdom", "reader.united-kingdom", detectUnitedKingdom, func(fsys fs.FS) (*org.History, diag.List, error) {
		return readUnitedKingdom(fsys, "")
	}},
	{"united-kingdom-departments", "reader.united-kingdom-departments", detectDepartments, readDepartments},
}

// notDetected is for a reader of files that another one reads too: it has to be
// asked for by name.
func notDetected(fs.FS) bool { return false }

// ReaderNamed gives a reader by its name.
func ReaderNamed(name string) (Reader, bool) {
	i := slices.IndexFunc(Readers, func(r Reader) bool { return r.Name == name })
	if i < 0 {
		return Reader{}, false
	}
	return Readers[i], true
}

// Detect finds the reader of a folder.
func Detect(fsys fs.FS) (Reader, bool) {
	for _, r := range Readers {
		if r.Detect(fsys) {
			return r, true
		}
	}
	return Reader{}, false
}

func exists(fsys fs.FS, name string) bool {
	st, err := fs.Stat(fsys, name)
	return err == nil && !st.IsDir()
}

// DetectHistory finds the reader of a folder on disk and reads it.
func DetectHistory(dir string) (*org.History, diag.List, error) {
	fsys := os.DirFS(dir)
	if err := folder(fsys, "."); err != nil {
		return nil, nil, err
	}
	r, ok := Detect(fsys)
	if !ok {
		return ReadHistory(fsys, ".") // it says what is missing
	}
	return r.Read(fsys)
}
