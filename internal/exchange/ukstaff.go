package exchange

import (
	"cmp"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// Two other sources name the bodies that GOV.UK lists, each in its own words: the
// closed register of government organisations, with the day on which some ended,
// and the Cabinet Office's count of the civil service, rounded to five, with a
// sum for each department. Their rows are linked to the bodies by the address of
// the page, or else by the name without capitals, punctuation and what stands in
// brackets.

// What these sources and the lists don't agree on.
var (
	// Unlinked: a row of another source names a body that no list has.
	Unlinked = diag.Define("OB0133", diag.Warning)
	// SumDiffers: parts don't add up to the sum that is given beside them.
	SumDiffers = diag.Define("OB0134", diag.Warning)
	// InForceYet: a body had ended by another source and is in force on the lists.
	InForceYet = diag.Define("OB0135", diag.Warning)
)

const (
	ukRegister    = "registers/government-organisation.csv"
	ukStaff       = "staff_????-??-??.csv"
	ukPageOf      = "/government/organisations/"
	ukOverall     = " Overall"
	ukAllTogether = "Overall Civil Service"
)

// ukNames finds bodies by what other sources call them.
type ukNames struct {
	pages *ukPages
	named map[string]string // bare name to content_id
}

func ukNaming(pages *ukPages) *ukNames {
	n := &ukNames{pages: pages, named: map[string]string{}}
	for _, v := range pages.said {
		n.named[bareName(v.unit.Name)] = v.id // the last that bore it
	}
	return n
}

// bareName is a name without capitals, punctuation, a leading article and what
// stands in brackets.
func bareName(name string) string {
	if from := strings.IndexByte(name, '('); from >= 0 {
		if to := strings.IndexByte(name[from:], ')'); to >= 0 {
			name = name[:from] + name[from+to+1:]
		}
	}
	name = strings.ReplaceAll(strings.ToLower(name), "&", " and ")
	name = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == ' ' {
			return r
		}
		return -1
	}, name)
	words := strings.Fields(name)
	if len(words) > 1 && words[0] == "the" {
		words = words[1:]
	}
	return strings.Join(words, " ")
}

// register reads the closed register: what it calls a body that has a page, and
// whether one that it has ended is in force on the first list.
func (n *ukNames) register(s *sheet, first *org.Snapshot) {
	at, _, ok := s.bind([]string{"name", "website", "end-date"}, 3)
	if !ok {
		return
	}
	inForce := finder(first.Units)
	for s.next() {
		name, ok1 := s.cell(at[0])
		website, ok2 := s.cell(at[1])
		cell, ok3 := s.cell(at[2])
		ended, fine := lastDayOf(cell)
		if ok3 && !fine {
			s.fault(NoSuchDate, at[2], diag.F("column", "end-date"), diag.F("value", short(cell)), diag.F("expected", "YYYY-MM-DD"))
			continue
		}
		if !ok1 || !ok2 || !ok3 {
			continue
		}
		id := ""
		if _, slug, ok := strings.Cut(website, ukPageOf); ok {
			if i := strings.IndexAny(slug, "/?#"); i >= 0 {
				slug = slug[:i]
			}
			if n.pages.at[slug] != nil {
				id = n.pages.body(slug, first.Date)
			}
		}
		if id = cmp.Or(id, n.named[bareName(name)]); id == "" {
			s.fault(Unlinked, at[0], diag.F("value", short(name)))
			continue
		}
		if n.named[bareName(name)] == "" {
			n.named[bareName(name)] = id
		}
		if ended.Known() && ended <= first.Date {
			if i := inForce(id); i >= 0 {
				s.fault(InForceYet, at[2], diag.F("body", first.Units[i].Name), diag.F("date", ended), diag.F("listed", first.Date))
			}
		}
	}
}

// lastDayOf reads a day, or the last one of a month or a year; NoDate for nothing.
func lastDayOf(cell string) (org.Date, bool) {
	if cell == "" {
		return org.NoDate, true
	}
	if d, err := org.ParseDate(cell); err == nil {
		return d, true
	}
	if t, err := time.Parse("2006-01", cell); err == nil {
		return org.Day(t.AddDate(0, 1, 0).Date()) - 1, true
	}
	if t, err := time.Parse("2006", cell); err == nil {
		return org.Day(t.AddDate(1, 0, 0).Date()) - 1, true
	}
	return org.NoDate, false
}

// staff reads the count of the civil service into the units of the first list
// that is not earlier than the day of the count.
func (n *ukNames) staff(s *sheet, list *org.Snapshot) {
	at, _, ok := s.bind([]string{"organisation", "total", "parent_department"}, 3)
	if !ok {
		return
	}
	place := finder(list.Units)
	parts := map[string]int{} // by department, the sum so far
	whole := 0
	for s.next() {
		name, ok1 := s.cell(at[0])
		cell, ok2 := s.cell(at[1])
		department, ok3 := s.cell(at[2])
		if !ok1 || !ok2 || !ok3 {
			continue
		}
		heads, err := strconv.Atoi(cell)
		if hidden := cell == "[c]"; err != nil && !hidden || heads < 0 {
			s.fault(NotWhole, at[1], diag.F("column", "total"), diag.F("value", short(cell)))
			continue
		}
		sum, isSum := parts[department], strings.HasSuffix(name, ukOverall)
		if name == ukAllTogether {
			sum, isSum = whole, true
		} else if isSum {
			whole += heads
		}
		if isSum {
			if heads != sum {
				s.fault(SumDiffers, at[1], diag.F("body", department), diag.F("expected", heads), diag.F("found", sum))
			}
			continue
		}
		parts[department] += heads
		i := -1
		for id, tries := n.named[bareName(name)], 0; id != "" && tries < 8; tries++ {
			if i = place(id); i >= 0 {
				break
			}
			id = n.pages.renamed(id)
		}
		if i < 0 {
			s.fault(Unlinked, at[0], diag.F("value", short(name)))
			continue
		}
		list.Units[i].People += heads
	}
}

// renamed gives the body that a page says another one has become by no more than
// a new name; "" when none has.
func (p *ukPages) renamed(id string) string {
	for _, v := range slices.Backward(p.said) {
		if v.id == id {
			if v.why == "changed_name" && len(v.by) == 1 {
				return p.body(v.by[0], v.first)
			}
			break
		}
	}
	return ""
}

// ukCounts links the other sources to the bodies and gives the units of a list
// the heads that were counted; it is false when nothing was.
func ukCounts(fsys fs.FS, pages *ukPages, lists []org.Snapshot, known string) (counted bool, told diag.List, err error) {
	names := ukNaming(pages)
	if exists(fsys, ukRegister) {
		s, err := openSheet(fsys, ukRegister)
		if err != nil {
			return false, nil, err
		}
		names.register(s, &lists[0])
		told.Add(s.faults.done()...)
	}
	file, day := newest(fsys, ukStaff, known)
	if file == "" {
		return false, told, nil
	}
	date, err := org.ParseDate(day)
	i := slices.IndexFunc(lists, func(l org.Snapshot) bool { return l.Date >= date })
	if err != nil || i < 0 { // counted later than any list, or no day at all
		return false, told, nil
	}
	s, err := openSheet(fsys, file)
	if err != nil {
		return false, nil, err
	}
	names.staff(s, &lists[i])
	told.Add(s.faults.done()...)
	return slices.ContainsFunc(lists[i].Units, func(u org.Unit) bool { return u.People > 0 }), told, nil
}
