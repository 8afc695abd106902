package exchange

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// The Ministry of Civil Affairs of China lists the divisions of county level and
// above each 31 December. A table of differences leads from one list to the
// next, under the papers by which the changes were approved: "-" a division that
// ends, "+" one that begins, "=" one that stays and gives or takes territory;
// behind ">" the divisions of the later list that its territory went to, behind
// "<" those of the earlier list that it came from. They are named by their name,
// by "_" (the same name), "." (the same code) or ".." (the code of the parent); a
// "?" behind takes the relation back, a "!" says that no paper has it.
//
// What hangs together by its relations is one event. A division of several
// levels has relations by those of the divisions in it: where counties went from
// one prefecture to another, so did territory.
//
// For the years that have no table of differences the relations are in the table
// of codes, result.csv, without the papers.
//
// A change is known to the year. Its day is that of the list, 31 December; the
// day of the approval stands with the paper.

// What a table of differences can say in vain.
var (
	// NoRelation: a division that a relation names is not there, or not the only
	// one of that name.
	NoRelation = diag.Define("OB0166", diag.Warning)
	// NoDocuments: the changes of a year are known without their papers.
	NoDocuments = diag.Define("OB0167", diag.Warning)
)

// The levels of divisions, by what their codes end in.
const (
	chinaProvince   = "省级"
	chinaPrefecture = "地级"
	chinaCounty     = "县级"
)

func chinaLevel(code string) string {
	switch {
	case strings.HasSuffix(code, "0000"):
		return chinaProvince
	case strings.HasSuffix(code, "00"):
		return chinaPrefecture
	}
	return chinaCounty
}

// chinaList is the divisions of one 31 December.
type chinaList struct {
	year   int
	source *diag.Source
	units  []org.Unit
	byCode map[string]int
	byName map[string][]int
}

// parent gives the code of the division that a code lies in: the prefecture when
// the list has it, else the province; "" for a province.
func (l *chinaList) parent(code string) string {
	switch chinaLevel(code) {
	case chinaProvince:
		return ""
	case chinaCounty:
		if p := code[:4] + "00"; l.has(p) {
			return p
		}
	}
	return code[:2] + "0000"
}

func (l *chinaList) has(code string) bool { _, ok := l.byCode[code]; return ok }

// unit gives a division as the list has it, or only the code when it has none.
func (l *chinaList) unit(code string) org.Unit {
	if i, ok := l.byCode[code]; ok {
		return l.units[i]
	}
	return org.Unit{Code: code, Kind: chinaLevel(code), Parent: l.parent(code)}
}

func chinaYears(fsys fs.FS) (years []int) {
	names, _ := fs.Glob(fsys, "snapshots/????.txt")
	for _, name := range names {
		if year, err := strconv.Atoi(strings.TrimSuffix(path.Base(name), ".txt")); err == nil {
			years = append(years, year)
		}
	}
	slices.Sort(years)
	return years
}

func detectChina(fsys fs.FS) bool {
	changes, _ := fs.Glob(fsys, "changes/????-????.diff")
	return len(chinaYears(fsys)) > 0 && (len(changes) > 0 || exists(fsys, "result.csv"))
}

func readChina(fsys fs.FS) (*org.History, diag.List, error) {
	h := &org.History{Title: "China: divisions of county level and above (Ministry of Civil Affairs)", Compares: unitFields[:]}
	var list diag.List
	var codes *sheet
	var successors map[int][]chinaEdge
	if exists(fsys, "result.csv") {
		var err error
		if codes, err = openSheet(fsys, "result.csv"); err != nil {
			return nil, nil, err
		}
		successors = chinaSuccessors(codes)
		list.Add(codes.faults.done()...)
	}
	var was *chinaList
	for _, year := range chinaYears(fsys) {
		text, err := openLines(fsys, fmt.Sprintf("snapshots/%d.txt", year))
		if err != nil {
			return nil, nil, err
		}
		is := chinaSnapshot(text, year)
		list.Add(text.faults.done()...)
		h.Snapshots = append(h.Snapshots, org.Snapshot{Date: org.Day(year, time.December, 31), Units: is.units, Source: is.source})
		if was != nil {
			y := chinaYear{was: was, is: is, faults: &faults{}}
			name := fmt.Sprintf("changes/%d-%d.diff", was.year, is.year)
			if exists(fsys, name) {
				changes, err := openLines(fsys, name)
				if err != nil {
					return nil, nil, err
				}
				y.faults = &changes.faults
				y.readChanges(changes)
			} else if y.compareLists(successors); len(y.rows) > 0 {
				y.faults.add(NoDocuments, diag.Span{Source: is.source}, diag.F("list", was.source.Name))
			}
			h.Events = append(h.Events, y.events()...)
			list.Add(y.faults.done()...)
		}
		was = is
	}
	list.Sort()
	return h, list, nil
}

// lines is a text that is read line by line.
type lines struct {
	source *diag.Source
	faults faults
	pos    int
	at     diag.Span // of the line that was read last
}

// openLines reads a file. One that is no text, or too large, gives no lines and
// holds the fault.
func openLines(fsys fs.FS, name string) (*lines, error) {
	text, tooLarge, err := readText(fsys, name)
	if err != nil {
		return nil, err
	}
	l := &lines{source: diag.NewSource(name, text)}
	if tooLarge > 0 {
		l.faults.add(TooLarge, diag.Span{Source: l.source}, diag.F("found", fmt.Sprintf("%d MiB", tooLarge>>20)), diag.F("limit", fmt.Sprintf("%d MiB", MaxTableBytes>>20)))
	} else if d, ok := notText(name, text); ok {
		l.source = diag.NewSource(name, "")
		l.faults.add(d.Code, d.Span, d.Facts...)
	}
	return l, nil
}

// next gives the next line without its end; the last one may lack an end.
func (l *lines) next() (string, bool) {
	text := l.source.Text
	if l.pos == 0 {
		l.pos = len(text) - len(strings.TrimPrefix(text, byteOrderMark))
	}
	if l.pos >= len(text) {
		return "", false
	}
	end := len(text)
	next := end
	if k := strings.IndexByte(text[l.pos:], '\n'); k >= 0 {
		end = l.pos + k
		next = end + 1
	}
	line := strings.TrimSuffix(text[l.pos:end], "\r")
	l.at = diag.Span{Source: l.source, Start: int32(l.pos), End: int32(l.pos + len(line))}
	l.pos = next
	return line, true
}

// chinaRecord takes a record apart: six digits, a blank, and a name up to where
// its relations begin.
func chinaRecord(text string) (code, name, relations string, ok bool) {
	if len(text) < 8 || text[6] != ' ' || strings.Trim(text[:6], "0123456789") != "" {
		return "", "", "", false
	}
	code, name = text[:6], text[7:]
	if i := strings.IndexAny(name, "<>"); i >= 0 {
		name, relations = name[:i], name[i:]
	}
	name = strings.TrimSpace(name)
	return code, name, relations, name != ""
}

func chinaSnapshot(text *lines, year int) *chinaList {
	l := &chinaList{year: year, source: text.source, byCode: map[string]int{}, byName: map[string][]int{}}
	for line, ok := text.next(); ok; line, ok = text.next() {
		if strings.TrimSpace(line) == "" {
			continue
		}
		code, name, relations, ok := chinaRecord(line)
		if !ok || relations != "" {
			text.faults.add(NoPlace, text.at, diag.F("value", short(line)))
			continue
		}
		if _, twice := l.byCode[code]; twice {
			text.faults.add(UnitTwice, text.at, diag.F("id", code))
			continue
		}
		l.byCode[code] = len(l.units)
		l.byName[name] = append(l.byName[name], len(l.units))
		l.units = append(l.units, org.Unit{Code: code, Name: name, Kind: chinaLevel(code), At: text.at})
	}
	for i := range l.units {
		l.units[i].Parent = l.parent(l.units[i].Code)
	}
	return l
}

// find gives the division of a list that a relation names, seen from a division
// of the other list.
func (l *chinaList) find(named string, from org.Unit, other *chinaList) (code string, ok bool) {
	switch named {
	case ".":
		return from.Code, l.has(from.Code)
	case "..":
		code := other.parent(from.Code)
		return code, l.has(code)
	case "_":
		named = from.Name
	}
	if same := l.byName[named]; len(same) == 1 {
		return l.units[same[0]].Code, true
	} else if len(same) > 1 { // several of that name: the one in the same parent
		if i, ok := other.byCode[other.parent(from.Code)]; ok {
			named = other.units[i].Name + named
		}
	}
	// the name of a division with that of its parent before it
	var found string
	for cut := range named {
		parents := l.byName[named[:cut]]
		if cut == 0 || len(parents) != 1 {
			continue
		}
		for _, i := range l.byName[named[cut:]] {
			if l.units[i].Parent == l.units[parents[0]].Code {
				if found != "" && found != l.units[i].Code {
					return "", false
				}
				found = l.units[i].Code
			}
		}
	}
	return found, found != ""
}

// chinaEdge says that territory of one division, by code in the earlier list,
// went to another, by code in the later list.
type chinaEdge struct{ old, new string }

// chinaRow is a line of a table of differences.
type chinaRow struct {
	mark   byte // '-', '+' or '='
	unit   org.Unit
	edges  []chinaEdge
	papers int // index in chinaYear.papers
}

// chinaYear is what leads from one list to the next.
type chinaYear struct {
	was, is *chinaList
	faults  *faults
	rows    []chinaRow
	papers  [][]org.Paper
}

// readChanges reads a table of differences.
func (y *chinaYear) readChanges(text *lines) {
	y.papers = [][]org.Paper{nil}
	var words []string
	var at diag.Span
	for line, ok := text.next(); ok; line, ok = text.next() {
		if rest, comment := strings.CutPrefix(line, "#"); comment {
			if words == nil {
				at = text.at
			}
			at.End = text.at.End
			words = append(words, strings.TrimPrefix(rest, " "))
			continue
		}
		if strings.TrimSpace(line) == "" {
			continue
		}
		if words != nil {
			y.papers = append(y.papers, chinaPapers(words, at))
			words = nil
		}
		code, name, relations, ok := chinaRecord(line[1:])
		if !ok || !strings.Contains("-+=", line[:1]) {
			y.faults.add(NoPlace, text.at, diag.F("value", short(line)))
			continue
		}
		row := chinaRow{mark: line[0], papers: len(y.papers) - 1}
		list := y.was
		if row.mark == '+' {
			list = y.is
		}
		row.unit = org.Unit{Code: code, Name: name, Kind: chinaLevel(code), Parent: list.parent(code), At: text.at}
		if relations != "" {
			y.relate(&row, relations)
		}
		y.rows = append(y.rows, row)
	}
}

// relate reads the relations of a row, which begin with "<" or ">".
func (y *chinaYear) relate(row *chinaRow, relations string) {
	from, to := y.was, y.is
	if relations[0] == '<' {
		from, to = y.is, y.was
	}
	for _, named := range strings.Split(relations[1:], ",") {
		named = strings.TrimSpace(named)
		if strings.HasSuffix(named, "?") || named == ".." && row.unit.Parent == "" {
			continue // taken back; and what a province lies in is no division
		}
		code, ok := to.find(strings.TrimSuffix(named, "!"), row.unit, from)
		switch {
		case !ok:
			y.faults.add(NoRelation, row.unit.At, diag.F("value", named), diag.F("list", to.source.Name))
		case relations[0] == '>':
			row.edges = append(row.edges, chinaEdge{row.unit.Code, code})
		default:
			row.edges = append(row.edges, chinaEdge{code, row.unit.Code})
		}
	}
}

// compareLists finds the changes of a year without a table of differences, with
// the relations that the table of codes has for it.
func (y *chinaYear) compareLists(successors map[int][]chinaEdge) {
	y.papers = [][]org.Paper{nil}
	relations := map[string][]chinaEdge{} // by the code of the earlier list
	for _, e := range successors[y.is.year] {
		relations[e.old] = append(relations[e.old], e)
	}
	for _, u := range y.was.units {
		mark := byte('=')
		if later := y.is.unit(u.Code); later.Name != u.Name {
			mark = '-'
		}
		var edges []chinaEdge
		for _, e := range relations[u.Code] {
			if mark == '-' || e.new != e.old {
				if y.is.has(e.new) {
					edges = append(edges, e)
				} else {
					y.faults.add(NoRelation, u.At, diag.F("value", e.new), diag.F("list", y.is.source.Name))
				}
			}
		}
		if mark == '-' || edges != nil {
			y.rows = append(y.rows, chinaRow{mark: mark, unit: u, edges: edges})
		}
	}
	for _, u := range y.is.units {
		if y.was.unit(u.Code).Name != u.Name {
			y.rows = append(y.rows, chinaRow{mark: '+', unit: u})
		}
	}
}

// chinaSuccessors reads from the table of codes which division went into which,
// by the year of the list that has it. Behind a code can stand a year of its
// own: "130108[2001];130111".
func chinaSuccessors(s *sheet) map[int][]chinaEdge {
	columns := []string{"代码", "变更/弃用时间", "新代码"}
	at, _, ok := s.bind(columns, len(columns))
	if !ok {
		return nil
	}
	edges := map[int][]chinaEdge{}
	for s.next() {
		code, later := s.cells[at[0]], s.cells[at[2]]
		if later == "" {
			continue
		}
		for _, part := range strings.Split(later, ";") {
			when := s.cells[at[1]]
			if i := strings.IndexByte(part, '['); i >= 0 {
				part, when = part[:i], strings.TrimSuffix(part[i+1:], "]")
			}
			year, err := strconv.Atoi(when)
			if err != nil || len(part) != 6 || len(code) != 6 {
				s.fault(NoPlace, at[2], diag.F("value", short(later)))
				break
			}
			edges[year] = append(edges[year], chinaEdge{code, part})
		}
	}
	return edges
}

// events makes what hangs together into events.
func (y *chinaYear) events() []org.Event {
	ended, begun := map[string]int{}, map[string]int{} // by code, the row that says it
	for i, r := range y.rows {
		switch r.mark {
		case '-':
			ended[r.unit.Code] = i
		case '+':
			begun[r.unit.Code] = i
		}
	}
	group := groups(len(y.rows))
	edges := map[chinaEdge]int{} // and a row that has it
	join := func(e chinaEdge, i int) {
		if j, ok := ended[e.old]; ok {
			group.join(i, j)
		}
		if j, ok := begun[e.new]; ok {
			group.join(i, j)
		}
	}
	for i, r := range y.rows {
		for _, e := range r.edges {
			if _, ok := edges[e]; !ok {
				edges[e] = i
			}
			join(e, i)
		}
	}
	y.joinStays(group)
	// where divisions went from one to another, so did territory of what they lie in
	for _, r := range y.rows {
		for _, e := range r.edges {
			for old, new := y.was.parent(e.old), y.is.parent(e.new); old != "" && new != ""; old, new = y.was.parent(old), y.is.parent(new) {
				if chinaLevel(old) != chinaLevel(new) {
					if chinaLevel(old) == chinaProvince { // the new one lies in a prefecture
						new = y.is.parent(new)
					} else {
						old = y.was.parent(old)
					}
				}
				i, ends := ended[old]
				j, begins := begun[new]
				if !ends && !begins {
					continue
				}
				if !ends {
					i = j
				}
				up := chinaEdge{old, new}
				if _, ok := edges[up]; !ok {
					edges[up] = i
				}
				join(up, i)
			}
		}
	}
	y.joinRenamed(group, ended, begun, edges)

	var events []org.Event
	index := map[int]int{}
	at := func(i int) *org.Event {
		k, ok := index[group.of(i)]
		if !ok {
			k = len(events)
			index[group.of(i)] = k
			events = append(events, org.Event{Date: org.Day(y.is.year, time.December, 31), At: y.rows[i].unit.At,
				ID: fmt.Sprintf("%d-%s%c", y.is.year, y.rows[i].unit.Code, y.rows[i].mark)})
		}
		return &events[k]
	}
	place := func(side *[]org.Unit, u org.Unit) int {
		if i := slices.IndexFunc(*side, func(o org.Unit) bool { return o.Code == u.Code }); i >= 0 {
			return i
		}
		*side = append(*side, u)
		return len(*side) - 1
	}
	papers := map[int]map[int]bool{} // those that an event has
	for i, r := range y.rows {
		e := at(i)
		switch r.mark {
		case '-':
			place(&e.Before, r.unit)
		case '+':
			place(&e.After, r.unit)
		default:
			place(&e.Before, r.unit)
			place(&e.After, y.is.unit(r.unit.Code))
		}
		g := group.of(i)
		if papers[g] == nil {
			papers[g] = map[int]bool{}
		}
		if !papers[g][r.papers] {
			papers[g][r.papers] = true
			e.Papers = append(e.Papers, y.papers[r.papers]...)
		}
	}
	sorted := make([]chinaEdge, 0, len(edges))
	for e := range edges {
		sorted = append(sorted, e)
	}
	slices.SortFunc(sorted, func(a, b chinaEdge) int { return cmp.Or(strings.Compare(a.old, b.old), strings.Compare(a.new, b.new)) })
	for _, edge := range sorted {
		e := at(edges[edge])
		// what stays stands on both sides, and keeps the most of itself
		if _, ok := ended[edge.old]; !ok {
			b, a := place(&e.Before, y.was.unit(edge.old)), place(&e.After, y.is.unit(edge.old))
			link(e, b, a)
		}
		if _, ok := begun[edge.new]; !ok {
			b, a := place(&e.Before, y.was.unit(edge.new)), place(&e.After, y.is.unit(edge.new))
			link(e, b, a)
		}
		b := slices.IndexFunc(e.Before, func(u org.Unit) bool { return u.Code == edge.old })
		a := slices.IndexFunc(e.After, func(u org.Unit) bool { return u.Code == edge.new })
		link(e, b, a)
	}
	return append(events, y.moves(ended, begun)...)
}

// link adds a link to an event, once.
func link(e *org.Event, before, after int) {
	l := org.Link{Before: before, After: after}
	if before >= 0 && after >= 0 && !slices.Contains(e.Links, l) {
		e.Links = append(e.Links, l)
	}
}

// joinStays joins the rows of one paper by which divisions that stay give
// territory to each other.
func (y *chinaYear) joinStays(group *sets) {
	type place struct {
		papers int
		code   string
	}
	first := map[place]int{}
	for i, r := range y.rows {
		if r.mark != '=' {
			continue
		}
		for _, e := range r.edges {
			for _, code := range [2]string{e.old, e.new} {
				if j, ok := first[place{r.papers, code}]; ok {
					group.join(i, j)
				} else {
					first[place{r.papers, code}] = i
				}
			}
		}
	}
}

// joinRenamed joins a division that ends without a relation to the one that
// begins under its code without a relation.
func (y *chinaYear) joinRenamed(group *sets, ended, begun map[string]int, edges map[chinaEdge]int) {
	related := map[string]bool{}
	for e := range edges {
		related["-"+e.old], related["+"+e.new] = true, true
	}
	for code, i := range ended {
		if j, ok := begun[code]; ok && !related["-"+code] && !related["+"+code] {
			group.join(i, j)
			edges[chinaEdge{code, code}] = i
		}
	}
}

// moves are the counties that no row names and that lie in another division
// because a prefecture came or went.
func (y *chinaYear) moves(ended, begun map[string]int) (events []org.Event) {
	for _, u := range y.was.units {
		_, ends := ended[u.Code]
		_, begins := begun[u.Code]
		i, ok := y.is.byCode[u.Code]
		if ends || begins || !ok || y.is.units[i].Parent == u.Parent {
			continue
		}
		e := org.Event{ID: fmt.Sprintf("%d-%s", y.is.year, u.Code), Date: org.Day(y.is.year, time.December, 31), Op: "move",
			Before: []org.Unit{u}, After: []org.Unit{y.is.units[i]}, At: y.is.units[i].At}
		for _, p := range [2]int{rowOf(ended, u.Parent), rowOf(begun, y.is.units[i].Parent)} {
			if p >= 0 {
				e.Papers = append(e.Papers, y.papers[y.rows[p].papers]...)
			}
		}
		events = append(events, e)
	}
	return events
}

func rowOf(rows map[string]int, code string) int {
	if i, ok := rows[code]; ok {
		return i
	}
	return -1
}

// chinaPapers reads the papers above some rows: each begins with a heading, with
// its number, day and source below.
func chinaPapers(words []string, at diag.Span) (papers []org.Paper) {
	var p *org.Paper
	var text []string
	end := func() {
		if p != nil {
			p.Text = strings.TrimSpace(strings.Join(text, "\n"))
			papers = append(papers, *p)
		}
		p, text = nil, nil
	}
	head := false // nothing but the heading and what stands below it so far
	for _, line := range words {
		if title, ok := strings.CutPrefix(line, "# "); ok {
			end()
			p, head = &org.Paper{Title: strings.TrimSpace(title), Made: org.NoDate, Published: org.NoDate, At: at}, true
			continue
		}
		if p == nil {
			p = &org.Paper{Made: org.NoDate, Published: org.NoDate, At: at}
		}
		key, value, ok := strings.Cut(line, "：")
		switch {
		case head && ok && key == "文号":
			p.Number = value
		case head && ok && key == "日期":
			p.Made = chineseDate(value)
		case head && ok && key == "来源":
			p.Source = value
		default:
			head = head && ok && utf8.RuneCountInString(key) <= 4
			text = append(text, line)
		}
	}
	end()
	return papers
}

// chineseDate reads a day in Chinese numerals or digits, 一九八二年一月二十三日 or
// 2008年8月14日; NoDate when it is none.
func chineseDate(s string) org.Date {
	var parts [3]int
	for i, unit := range []string{"年", "月", "日"} {
		number, rest, ok := strings.Cut(s, unit)
		if !ok {
			return org.NoDate
		}
		n, ok := chineseNumber(strings.TrimSpace(number))
		if !ok {
			return org.NoDate
		}
		parts[i], s = n, rest
	}
	t := time.Date(parts[0], time.Month(parts[1]), parts[2], 0, 0, 0, 0, time.UTC)
	if t.Year() != parts[0] || int(t.Month()) != parts[1] || t.Day() != parts[2] || strings.TrimSpace(s) != "" {
		return org.NoDate
	}
	return org.Day(t.Date())
}

// chineseNumber reads digits in either script one after the other, or a number
// up to 99 with tens.
func chineseNumber(s string) (n int, ok bool) {
	tens := false
	for _, r := range s {
		digit := -1
		switch {
		case '0' <= r && r <= '9':
			digit = int(r - '0')
		case r == '〇' || r == '○' || r == '零' || r == 'Ｏ':
			digit = 0
		case r == '十':
			if tens || n > 9 {
				return 0, false
			}
			tens, n = true, max(n, 1)*10
			continue
		default:
			if i := strings.IndexRune("一二三四五六七八九", r); i >= 0 {
				digit = i/3 + 1
			}
		}
		switch {
		case digit < 0 || n > 999:
			return 0, false
		case tens && n%10 == 0:
			n += digit
		default:
			n = n*10 + digit
		}
	}
	return n, s != ""
}
