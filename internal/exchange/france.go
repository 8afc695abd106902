package exchange

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// The French statistical office (INSEE) publishes each January the movements of
// communes since 1943 and the list of communes. A movement is several rows of a
// unit before and a unit after; nothing numbers them, so the rows of one day and
// one kind that share a code are one event. Each year's movements correct what
// earlier ones had wrong: a vintage is what the office knew that year.
//
// A unit is a commune (COM). Associated and delegated communes and districts of
// cities live inside a commune and carry the code it had before: they are left
// out, and what happens among them alone is no event.
//
// The first snapshot is no official list: it has the communes that the movements
// name as being there before anything happened to them, and those of the first
// list that no movement names.
//
// Names are compared with the lists from 2008 on; those of the censuses of 1968
// to 1999 have them in capitals and often as they became later. Where a list
// writes a name as the movements do but for accents, ligatures, blanks or one
// letter, the movements' writing is taken.
//
// An older list of movements, to 1 January 2018, names the act that each rests
// on, with its day and that of its publication: they are the events' papers.

// What the reader takes for true where the office's files are not at one.
var (
	// Doubled: the names of a file were encoded as UTF-8 twice; they were read
	// back.
	Doubled = diag.Define("OB0164", diag.Warning)
	// Contradicted: a unit comes or goes that the lists on both sides of the day
	// have, or that neither has. The lists count.
	Contradicted = diag.Define("OB0165", diag.Warning)
	// PartOnly: a row says what part of a unit comes of it, and nothing says what
	// becomes of the unit itself. It stays.
	PartOnly = diag.Define("OB0158", diag.Warning)
	// Typography: a name in a list differs from the office's own writing elsewhere
	// by accents, ligatures, blanks or one letter, or was cut off.
	Typography = diag.Define("OB0159", diag.Warning)
)

// The types of unit: a commune, a district of a city.
const (
	franceCommune  = "COM"
	franceDistrict = "ARM"
)

// franceKinds says what the kinds of movement (mod) are. Those that move the
// code come before the fusions of the same day, and what ends a part of a
// commune before what moves the commune.
var franceKinds = map[string]struct {
	op     string
	begins bool // what stands on the side after only is new, and not a unit that stays
	turn   int  // place in the day, as far as it can be told from the kind alone
}{
	"10": {op: "rename", turn: 4},
	"20": {op: "establish", begins: true},
	"21": {op: "restore", begins: true},
	"30": {op: "abolish"},
	"31": {op: "merge", turn: 2},
	"32": {op: "merge", turn: 2},
	"33": {op: "merge", turn: 2},
	"34": {op: "transfer", turn: 3},
	"35": {op: "transfer", turn: 3},
	"41": {op: "recode", turn: 1},
	"50": {op: "recode", turn: 1},
	"70": {op: "transfer", turn: 3},
	"71": {op: "restore", begins: true},
	"72": {op: "restore", begins: true},
}

// franceFirst is the day of the first snapshot: the office has the movements
// since 1943.
var franceFirst = org.Day(1943, time.January, 1)

// franceCapitals is the last year whose list has its names in capitals.
const franceCapitals = 1999

func detectFrance(fsys fs.FS) bool {
	return len(yearly(fsys, "events/mvtcommune_", 0)) > 0
}

// A yearFile is a file whose name has a year behind its prefix.
type yearFile struct {
	year int
	name string
}

// yearly gives the files "prefixYYYY.csv" or "prefixYYYY.csv.gz" by year, those
// after until left out unless it is 0. Of two of one year the one that is not
// packed counts.
func yearly(fsys fs.FS, prefix string, until int) (files []yearFile) {
	names, _ := fs.Glob(fsys, prefix+"????.csv*") // by name: "….csv" before "….csv.gz"
	for _, name := range names {
		rest := name[len(prefix):]
		year, err := strconv.Atoi(rest[:4])
		if err != nil || rest[4:] != ".csv" && rest[4:] != ".csv.gz" || until > 0 && year > until {
			continue
		}
		if n := len(files); n == 0 || files[n-1].year != year {
			files = append(files, yearFile{year, name})
		}
	}
	return files
}

// readFrance reads the movements as known in a year (0: the newest) and the
// lists up to then.
func readFrance(fsys fs.FS, known int) (*org.History, diag.List, error) {
	var list diag.List
	h := &org.History{Title: "France: communes (INSEE)", Compares: []string{"name"}}
	vintages := yearly(fsys, "events/mvtcommune_", known)
	if len(vintages) == 0 {
		return nil, nil, errAbsent
	}
	vintage := vintages[len(vintages)-1]
	s, err := openSheet(fsys, vintage.name)
	if err != nil {
		return nil, nil, err
	}
	moves := franceRows(s)

	lists := slices.Concat(yearly(fsys, "census/cog_", vintage.year), yearly(fsys, "snapshots/commune_", vintage.year))
	slices.SortStableFunc(lists, func(a, b yearFile) int { return cmp.Compare(a.year, b.year) })
	snapshots := make([]org.Snapshot, len(lists))
	sheets := make([]*sheet, len(lists))
	failed := make([]error, len(lists))
	var wait sync.WaitGroup
	for i, f := range lists {
		wait.Go(func() {
			if sheets[i], failed[i] = openSheet(fsys, f.name); failed[i] == nil {
				// the list of a census has the communes of 1 January as well: those
				// that ended in the weeks before the census day are in it
				snapshots[i] = franceList(sheets[i], org.Day(f.year, time.January, 1))
			}
		})
	}
	wait.Wait()
	if err := errors.Join(failed...); err != nil {
		return nil, nil, err
	}
	// of two lists of one day the office's own has the names
	for i := range lists {
		if slices.ContainsFunc(lists[i+1:], func(o yearFile) bool { return o.year == lists[i].year }) {
			snapshots[i].Compares = []string{}
		}
	}
	moves = franceUncontradicted(s, moves, snapshots)
	h.Events = franceEvents(s, moves)
	list.Add(s.faults.done()...)
	for _, f := range yearly(fsys, "events/historiq_", vintage.year) {
		s, err := openSheet(fsys, f.name)
		if err != nil {
			return nil, nil, err
		}
		francePapers(s, h.Events)
		list.Add(s.faults.done()...)
	}
	first := franceSpell(sheets, snapshots, moves)
	for _, s := range sheets {
		list.Add(s.faults.done()...)
	}
	first.Source = s.source
	h.Snapshots = append([]org.Snapshot{first}, snapshots...)
	list.Sort()
	return h, list, nil
}

// franceList reads a list of communes: of a census (codgeo), or of a year.
func franceList(s *sheet, date org.Date) org.Snapshot {
	snapshot := org.Snapshot{Date: date, Source: s.source, Compares: []string{}}
	if date.Time().Year() > franceCapitals {
		snapshot.Compares = []string{"name"}
	}
	columns := []string{"com", "libelle", "typecom"}
	if slices.Contains(s.header, "codgeo") {
		columns = []string{"codgeo", "libgeo", "pop"}
	}
	at, _, ok := s.bind(columns, len(columns))
	if !ok {
		return snapshot
	}
	snapshot.Units = make([]org.Unit, 0, s.rowsLeft())
	var named named
	for s.next() {
		code, ok1 := s.cell(at[0])
		name, ok2 := s.cell(at[1])
		third := s.cells[at[2]]
		if !ok1 || !ok2 || columns[2] == "typecom" && third != franceCommune {
			continue
		}
		if badID(code) {
			s.fault(BadID, at[0], diag.F("column", columns[0]))
			continue
		}
		u := org.Unit{Code: code, Name: name, At: s.at}
		if first := named.before(snapshot.Units, u); first >= 0 {
			s.again(at[0], &snapshot.Units[first], u)
			continue
		}
		if single, doubled := undouble(name); doubled {
			if s.faults.count[Doubled] == 0 { // one mistake of the file, and not of each name
				s.fault(Doubled, at[1], diag.F("value", name), diag.F("expected", single))
			}
			u.Name = single
		}
		if columns[2] == "pop" {
			if n, err := strconv.Atoi(third); err == nil && n > 0 {
				u.People = n
			}
		}
		snapshot.Units = append(snapshot.Units, u)
	}
	return snapshot
}

// undouble takes back one of two encodings as UTF-8 (the first one's bytes were
// read as Windows-1252); false when there was one only.
func undouble(s string) (string, bool) {
	// the marks of what went wrong begin alike in UTF-8
	if strings.IndexByte(s, "Ã"[0]) < 0 || !strings.Contains(s, "Ã") && !strings.Contains(s, "Å") && !strings.Contains(s, "â") {
		return s, false
	}
	once := make([]byte, 0, len(s))
	high := false
	for _, r := range s {
		switch b, ok := windows1252[r]; {
		case ok:
			once, high = append(once, b), true
		case r < 0x80:
			once = append(once, byte(r))
		case r < 0x100:
			once, high = append(once, byte(r)), true
		default:
			return s, false
		}
	}
	return string(once), high && utf8.Valid(once)
}

// windows1252 has the characters that are not at their place in Latin-1.
var windows1252 = func() map[rune]byte {
	m := map[rune]byte{}
	for i, r := range []rune("€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ") {
		m[r] = byte(0x80 + i)
	}
	return m
}()

// franceMove is a row of the movements that names a commune on a side.
type franceMove struct {
	mod     string
	date    org.Date
	was, is org.Unit // Code "": no commune on this side
	whole   bool     // nothing at all stands on the side before
	part    string   // the type of the part of the commune that comes of it, if that is all
	at      diag.Span
}

// stays reports whether all that a row says of its commune is that a part of it
// ended inside it.
func (m *franceMove) stays() bool {
	return m.was.Code == "" && m.is.Code != "" && !franceKinds[m.mod].begins
}

var franceColumns = []string{"mod", "date_eff", "typecom_av", "com_av", "libelle_av", "typecom_ap", "com_ap", "libelle_ap"}

func franceRows(s *sheet) []franceMove {
	at, _, ok := s.bind(franceColumns, len(franceColumns))
	if !ok {
		return nil
	}
	moves := make([]franceMove, 0, s.rowsLeft())
	var cells [8]string
	for s.next() {
		fine := true
		for i := range cells {
			cells[i], ok = s.cell(at[i])
			fine = fine && ok
		}
		if !fine {
			continue
		}
		m := franceMove{mod: cells[0], at: s.at}
		if _, known := franceKinds[m.mod]; !known {
			s.fault(NoPlace, at[0], diag.F("column", "mod"), diag.F("value", short(m.mod)))
			continue
		}
		var err error
		if m.date, err = org.ParseDate(cells[1]); err != nil {
			s.fault(NoSuchDate, at[1], diag.F("column", "date_eff"), diag.F("value", short(cells[1])), diag.F("expected", "YYYY-MM-DD"))
			continue
		}
		if cells[2] == franceCommune {
			m.was = org.Unit{Code: cells[3], Name: cells[4], At: s.at}
		}
		if cells[5] == franceCommune {
			m.is = org.Unit{Code: cells[6], Name: cells[7], At: s.at}
		}
		m.whole = cells[2] == "" && cells[3] == ""
		if m.was.Code != "" && m.is.Code == "" {
			m.part = cells[5]
		}
		if cells[2] == franceCommune && badID(cells[3]) {
			s.fault(BadID, at[3], diag.F("column", "com_av"))
		} else if cells[5] == franceCommune && badID(cells[6]) {
			s.fault(BadID, at[6], diag.F("column", "com_ap"))
		} else if m.was.Code != "" || m.is.Code != "" {
			moves = append(moves, m)
		}
	}
	return moves
}

// franceEvents puts the rows together that are one event.
func franceEvents(s *sheet, moves []franceMove) []org.Event {
	type naming struct {
		date      org.Date
		mod, code string
	}
	group := groups(len(moves))
	first := map[naming]int{}
	for i, m := range moves {
		for _, code := range [2]string{m.was.Code, m.is.Code} {
			if code == "" {
				continue
			}
			if j, ok := first[naming{m.date, m.mod, code}]; ok {
				group.join(i, j)
			} else {
				first[naming{m.date, m.mod, code}] = i
			}
		}
	}
	var events []org.Event
	index := map[int]int{}
	has := func(side []org.Unit, code string) bool {
		return slices.ContainsFunc(side, func(u org.Unit) bool { return u.Code == code })
	}
	for i, m := range moves {
		k, ok := index[group.of(i)]
		if !ok {
			k = len(events)
			index[group.of(i)] = k
			events = append(events, org.Event{Date: m.date, Op: franceKinds[m.mod].op, At: m.at,
				ID: fmt.Sprintf("%s-%s-%s", m.date, m.mod, cmp.Or(m.was.Code, m.is.Code))})
		}
		e := &events[k]
		if m.was.Code != "" && !has(e.Before, m.was.Code) {
			e.Before = append(e.Before, m.was)
		}
		if m.is.Code != "" && !has(e.After, m.is.Code) {
			e.After = append(e.After, m.is)
		}
	}
	place := func(side []org.Unit, code string) int {
		return slices.IndexFunc(side, func(u org.Unit) bool { return u.Code == code })
	}
	for i, m := range moves {
		e := &events[index[group.of(i)]]
		if b, a := place(e.Before, m.was.Code), place(e.After, m.is.Code); b >= 0 && a >= 0 && !slices.Contains(e.Links, org.Link{Before: b, After: a}) {
			e.Links = append(e.Links, org.Link{Before: b, After: a})
		}
		switch {
		case m.stays() && !has(e.Before, m.is.Code):
			e.Before = append(e.Before, m.is)
		case m.part != "" && len(e.After) == 0:
			// what a commune is divided into lies inside it
			if m.part != franceDistrict {
				s.faults.add(PartOnly, m.at, diag.F("value", m.was.Code+" "+m.was.Name))
			}
			e.After = append(e.After, m.was)
		}
	}
	slices.SortStableFunc(events, func(a, b org.Event) int { return cmp.Compare(a.Date, b.Date) })
	return events
}

// groups are sets that are put together as it turns out that they are one: to
// begin with n sets of one number each.
func groups(n int) *sets {
	s := &sets{in: make([]int, n)}
	for i := range s.in {
		s.in[i] = i
	}
	return s
}

type sets struct{ in []int }

// of gives the number that stands for the set: its smallest.
func (s *sets) of(i int) int {
	for s.in[i] != i {
		s.in[i] = s.in[s.in[i]]
		i = s.in[i]
	}
	return i
}

func (s *sets) join(i, j int) {
	i, j = s.of(i), s.of(j)
	s.in[max(i, j)] = min(i, j)
}

// franceActs are the letters before the day of an act.
var franceActs = map[byte]string{'L': "loi", 'O': "ordonnance", 'D': "décret", 'A': "arrêté"}

// francePapers gives the events the acts that the older list names for a commune
// and a day.
func francePapers(s *sheet, events []org.Event) {
	at, _, ok := s.bind([]string{"depcom", "eff", "leg", "jo"}, 4)
	if !ok {
		return
	}
	type place struct {
		date org.Date
		code string
	}
	acts := map[place][]org.Paper{}
	for s.next() {
		leg := s.cells[at[2]]
		date, err := org.ParseDate(s.cells[at[1]])
		if err != nil {
			s.fault(NoSuchDate, at[1], diag.F("column", "eff"), diag.F("value", short(s.cells[at[1]])), diag.F("expected", "YYYY-MM-DD"))
			continue
		}
		published, err := org.ParseDate(s.cells[at[3]])
		if err != nil {
			published = org.NoDate
		}
		key := place{date, s.cells[at[0]]}
		for ; len(leg) >= 11; leg = leg[11:] { // several acts stand in one cell without anything between
			made, err := time.Parse("02-01-2006", leg[1:11])
			if err != nil {
				break
			}
			word := franceActs[leg[0]]
			if word == "" {
				word = leg[:1]
			}
			p := org.Paper{Title: word + " du " + leg[1:11], Made: org.Day(made.Date()), Published: published, Source: "INSEE", At: s.at}
			if !slices.ContainsFunc(acts[key], func(o org.Paper) bool { return o.Title == p.Title && o.Published == p.Published }) {
				acts[key] = append(acts[key], p)
			}
		}
	}
	for i := range events {
		e := &events[i]
		for _, side := range [2][]org.Unit{e.Before, e.After} {
			for _, u := range side {
				for _, p := range acts[place{e.Date, u.Code}] {
					if !slices.ContainsFunc(e.Papers, func(o org.Paper) bool { return o.Title == p.Title && o.Published == p.Published }) {
						e.Papers = append(e.Papers, p)
					}
				}
			}
		}
	}
}

// franceUncontradicted leaves out the rows by which a commune comes out of
// nothing or goes into nothing where the lists before and after say that it was
// there all along, or never.
func franceUncontradicted(s *sheet, moves []franceMove, lists []org.Snapshot) []franceMove {
	alone := func(m franceMove) string { // the commune that comes or goes
		switch {
		case m.was.Code == "" && franceKinds[m.mod].begins && m.whole:
			return m.is.Code
		case m.is.Code == "" && m.part == "":
			return m.was.Code
		}
		return ""
	}
	in := map[string][]bool{} // by commune, whether each list has it
	for _, m := range moves {
		if code := alone(m); code != "" {
			in[code] = make([]bool, len(lists))
		}
	}
	for i := range lists {
		has := finder(lists[i].Units)
		for code, listed := range in {
			listed[i] = has(code) >= 0
		}
	}
	return slices.DeleteFunc(moves, func(m franceMove) bool {
		code := alone(m)
		if code == "" {
			return false
		}
		after, _ := slices.BinarySearchFunc(lists, m.date, func(l org.Snapshot, d org.Date) int { return cmp.Compare(l.Date, d) })
		listed, comes := in[code], m.was.Code == ""
		// a list says nothing of the day when the commune changes again in between
		again := func(from, to org.Date) bool {
			return slices.ContainsFunc(moves, func(o franceMove) bool {
				return o.at != m.at && from < o.date && o.date <= to && (o.was.Code == code || o.is.Code == code)
			})
		}
		var by *org.Snapshot
		switch {
		case after > 0 && listed[after-1] == comes && !again(lists[after-1].Date, m.date):
			by = &lists[after-1]
		case after < len(lists) && listed[after] != comes && !again(m.date, lists[after].Date):
			by = &lists[after]
		default:
			return false
		}
		s.faults.add(Contradicted, m.at, diag.F("value", code+" "+m.was.Name+m.is.Name), diag.F("list", by.Source.Name))
		return true
	})
}

// finder gives the place of a unit by its code, or -1. Lists that go by code, as
// nearly all do, need no index.
func finder(units []org.Unit) func(code string) int {
	if !slices.IsSortedFunc(units, func(a, b org.Unit) int { return strings.Compare(a.Code, b.Code) }) {
		index := make(map[string]int, len(units))
		for i := range units {
			index[units[i].Code] = i
		}
		return func(code string) int {
			if i, ok := index[code]; ok {
				return i
			}
			return -1
		}
	}
	return func(code string) int {
		i, ok := slices.BinarySearchFunc(units, code, func(u org.Unit, code string) int { return strings.Compare(u.Code, code) })
		if !ok {
			return -1
		}
		return i
	}
}

// franceSpell gives the first snapshot, and writes the names of the lists as the
// movements have them on the day, where that is the same name.
func franceSpell(sheets []*sheet, lists []org.Snapshot, moves []franceMove) org.Snapshot {
	slices.SortStableFunc(moves, func(a, b franceMove) int {
		return cmp.Or(cmp.Compare(a.date, b.date), cmp.Compare(franceKinds[a.mod].turn, franceKinds[b.mod].turn))
	})
	known := map[string][]franceSpelling{}
	first := org.Snapshot{Date: franceFirst, Compares: []string{"name"}}
	mentioned := map[string]bool{}
	mention := func(u org.Unit) {
		if !mentioned[u.Code] {
			first.Units = append(first.Units, u)
			mentioned[u.Code] = true
		}
	}
	for i := 0; i < len(moves); {
		// all of one day and one turn: what it takes was there before
		same := func(m franceMove) bool {
			return m.date == moves[i].date && franceKinds[m.mod].turn == franceKinds[moves[i].mod].turn
		}
		j := i
		for ; j < len(moves) && same(moves[j]); j++ {
			if was := moves[j].was; was.Code != "" {
				known[was.Code] = append(known[was.Code], franceSpelling{moves[j].date, was.Name, true})
				mention(was)
			}
		}
		for _, m := range moves[i:j] {
			switch {
			case m.is.Code == "":
			case m.stays():
				mention(m.is)
			default:
				known[m.is.Code] = append(known[m.is.Code], franceSpelling{m.date, m.is.Name, false})
				mentioned[m.is.Code] = true
			}
		}
		i = j
	}
	if len(lists) == 0 {
		return first
	}
	newest := map[string]string{} // names of communes that no movement names
	for _, u := range lists[len(lists)-1].Units {
		if !mentioned[u.Code] {
			newest[u.Code] = u.Name
		}
	}
	for _, u := range lists[0].Units {
		if !mentioned[u.Code] {
			u.Name, u.People = cmp.Or(newest[u.Code], u.Name), 0
			first.Units = append(first.Units, u)
		}
	}
	// what is known of each commune's name, by code: lists go by code too
	names := make([]franceName, 0, len(known)+len(newest))
	for code, spellings := range known {
		names = append(names, franceName{code: code, spellings: spellings})
	}
	for code, name := range newest {
		names = append(names, franceName{code: code, name: name})
	}
	slices.SortFunc(names, func(a, b franceName) int { return strings.Compare(a.code, b.code) })
	var wait sync.WaitGroup
	for i := range lists {
		wait.Go(func() { spellList(&lists[i], names, &sheets[i].faults) })
	}
	wait.Wait()
	return first
}

// franceName is what is known of a commune's name: as each movement found it and
// left it, or the one that it has if none names it.
type franceName struct {
	code, name string
	spellings  []franceSpelling
}

type franceSpelling struct {
	date org.Date
	name string
	was  bool // the name until the day, not from it on
}

// on gives the name on a day: as the last movement left it, and as the next one
// finds it.
func (n *franceName) on(day org.Date) (left, finds string) {
	for _, k := range n.spellings {
		if k.date > day {
			if k.was {
				finds = k.name
			}
			break
		}
		if !k.was {
			left = k.name
		}
	}
	if n.spellings == nil {
		left = n.name
	}
	return left, finds
}

// spellList writes the names of one list.
func spellList(l *org.Snapshot, names []franceName, told *faults) {
	at := 0
	for j := range l.Units {
		u := &l.Units[j]
		if at < len(names) && names[at].code != u.Code { // nearly always the next one is it
			if at > 0 && names[at-1].code >= u.Code { // the list does not go by code here
				at, _ = slices.BinarySearchFunc(names, u.Code, func(n franceName, code string) int { return strings.Compare(n.code, code) })
			}
			for at < len(names) && names[at].code < u.Code {
				at++
			}
		}
		if at == len(names) || names[at].code != u.Code {
			continue
		}
		left, finds := names[at].on(l.Date)
		at++
		if u.Name == left || u.Name == finds {
			continue
		}
		for _, name := range [2]string{left, finds} {
			if name == "" || !sameName(u.Name, name, len(l.Compares) > 0) {
				continue
			}
			if len(l.Compares) > 0 {
				told.add(Typography, u.At, diag.F("value", u.Name), diag.F("expected", name))
			}
			u.Name = name
			break
		}
	}
}

// sameName reports whether a list writes a name as the movements do but for
// typography. A name can be cut off where names are compared at all.
func sameName(listed, name string, compared bool) bool {
	if plainlySame(listed, name) {
		return true
	}
	bare, own := bareCapitals(listed), bareCapitals(name)
	cut := compared && utf8.RuneCountInString(listed) >= franceCut && strings.HasPrefix(own, bare)
	return nearly(own, bare) || cut || bareCapitals(bareArticle(name)) == bare
}

// plainlySame reports whether a name is another one in capitals, as far as the
// letters that French uses tell at a glance.
func plainlySame(capitals, name string) bool {
	i := 0
	for j := 0; ; {
		for i < len(capitals) && !('A' <= capitals[i] && capitals[i] <= 'Z') {
			if capitals[i] >= utf8.RuneSelf || '0' <= capitals[i] && capitals[i] <= '9' || 'a' <= capitals[i] && capitals[i] <= 'z' {
				return false
			}
			i++
		}
		letter := byte(0)
		for ; j < len(name) && letter == 0; j++ {
			switch c := name[j]; {
			case 'a' <= c && c <= 'z':
				letter = c - 'a' + 'A'
			case 'A' <= c && c <= 'Z':
				letter = c
			case c == latin[0][0] && j+1 < len(name): // U+00C0 to U+00FF
				if letter = latin[1][name[j+1]&0x3f]; letter == '?' {
					return false
				}
				j++
			case c >= utf8.RuneSelf || '0' <= c && c <= '9':
				return false
			}
		}
		if i == len(capitals) || letter == 0 {
			return i == len(capitals) && letter == 0
		}
		if capitals[i] != letter {
			return false
		}
		i++
	}
}

// latin has the byte with which the letters U+00C0 to U+00FF begin in UTF-8, and
// what is left of each in capitals without its accent; "?" where it is not one
// letter.
var latin = [2]string{"\xc3", "AAAAAA?CEEEEIIII?NOOOOO??UUUUY??AAAAAA?CEEEEIIII?NOOOOO??UUUUY?Y"}

// franceCut is the length from which on names in the list of 2014 are cut off.
const franceCut = 33

// nearly reports whether two names differ by one letter at most: one that is
// missing, too many, or another.
func nearly(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	return a[i:] == b[i:] || i < len(b) && (a[i:] == b[i+1:] || i < len(a) && a[i+1:] == b[i+1:])
}

// bareCapitals is a name without everything that capitals leave open: accents,
// ligatures, hyphens and apostrophes.
func bareCapitals(name string) string {
	plain := true
	for i := range len(name) {
		plain = plain && name[i] < utf8.RuneSelf
	}
	if !plain {
		name = norm.NFD.String(name)
	}
	out := make([]byte, 0, len(name))
	for _, r := range name {
		switch r = unicode.ToUpper(r); {
		case 'A' <= r && r <= 'Z' || '0' <= r && r <= '9':
			out = append(out, byte(r))
		case r == 'Œ':
			out = append(out, "OE"...)
		case r == 'Æ':
			out = append(out, "AE"...)
		}
	}
	return string(out)
}

// bareArticle is a name without its article.
func bareArticle(name string) string {
	for _, article := range []string{"L'", "Le ", "La ", "Les ", "Los ", "Las ", "Aux ", "Au "} {
		if rest, ok := strings.CutPrefix(name, article); ok {
			return rest
		}
	}
	return name
}
