package exchange

import (
	"fmt"
	"io/fs"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// By today's knowledge every difference from what was published is an end that
// the lists had late, or a successor that they had late; each is one of the
// reader's warnings. As known on the day of a list, nothing differs from it.
func TestUnitedKingdomAsPublished(t *testing.T) {
	fsys := shared(t, "uk-government")
	h, list, err := readUnitedKingdom(fsys, "")
	if err != nil {
		t.Fatal(err)
	}
	if list.HasErrors() {
		t.Fatal(told(list))
	}
	if len(h.Snapshots) != 48 || len(h.Events) < 400 {
		t.Errorf("%d snapshots, %d events", len(h.Snapshots), len(h.Events))
	}
	late := 0
	for _, d := range list {
		if d.Code == LateEntry {
			late++
			for _, f := range d.Facts {
				if f.Name == "more" { // the list stops at twenty of a kind
					late += f.Value.(int)
				}
			}
		}
	}
	for _, backward := range []bool{false, true} {
		r := check.Replay(h, backward)
		if len(r.Broken) > 0 {
			t.Errorf("backward %v: %v", backward, r.Broken)
		}
		missing, extra := map[string]bool{}, map[string]bool{}
		for _, s := range r.Snapshots {
			for _, u := range s.Missing {
				missing[u.Code] = true
			}
			for _, u := range s.Extra {
				extra[u.Code] = true
			}
			if len(s.Differing) > 0 {
				t.Errorf("%s: %v", s.Date, s.Differing)
			}
			if len(s.Missing) > 7 || len(s.Extra) > 4 {
				t.Errorf("%s: %d missing, %d extra", s.Date, len(s.Missing), len(s.Extra))
			}
		}
		if late != 28 || len(missing) != late || len(extra) != 7 {
			t.Errorf("backward %v: %d late, %d missing, %d extra", backward, late, len(missing), len(extra))
		}
	}
}

// The Cabinet Office's count: every row is a body of the lists or is named here,
// every sum is the sum of its parts or is named here, and the heads of each body
// come out again in what became of it.
func TestUnitedKingdomStaffIsConserved(t *testing.T) {
	fsys := shared(t, "uk-government")
	h, _, err := readUnitedKingdom(fsys, "")
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(h.Snapshots, func(s org.Snapshot) bool {
		return slices.ContainsFunc(s.Units, func(u org.Unit) bool { return u.People > 0 })
	})
	if i < 0 || h.Snapshots[i].Date.String() != "2025-04-01" || h.Counts != "staff" {
		t.Fatalf("counted in list %d, as %q", i, h.Counts)
	}
	linked, bodies := 0, 0
	for _, u := range h.Snapshots[i].Units {
		if u.People > 0 {
			linked, bodies = linked+u.People, bodies+1
		}
	}
	pages := &ukPages{at: map[string][]*ukSaid{}}
	if s, err := openSheet(fsys, ukVersions); err != nil {
		t.Fatal(err)
	} else {
		pages = ukRead(s, org.Forever)
	}
	// all rows, without the limit of twenty of a kind
	text, err := fs.ReadFile(fsys, "staff_2025-03-31.csv")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	heads, rows := 0, 0
	var apart, sums []string
	for _, line := range lines[1:] {
		if strings.TrimSpace(line) == "" {
			continue
		}
		s := newSheet("staff.csv", lines[0]+line)
		at, _, _ := s.bind([]string{"organisation", "total"}, 2)
		s.next()
		name, total := s.cells[at[0]], s.cells[at[1]]
		if strings.HasSuffix(name, ukOverall) || name == ukAllTogether {
			continue
		}
		n, _ := strconv.Atoi(total)
		rows, heads = rows+1, heads+n
		list := org.Snapshot{Units: slices.Clone(h.Snapshots[i].Units)}
		one := newSheet("staff.csv", lines[0]+line)
		ukNaming(pages).staff(one, &list)
		if len(one.faults.list) > 0 {
			apart = append(apart, fmt.Sprintf("%s %d", name, n))
			heads -= n
		}
	}
	s := newSheet("staff.csv", string(text))
	list := org.Snapshot{Units: slices.Clone(h.Snapshots[i].Units)}
	ukNaming(pages).staff(s, &list)
	for _, d := range s.faults.list {
		if d.Code == SumDiffers {
			sums = append(sums, fmt.Sprint(d.Facts[0].Value, d.Facts[2].Value.(int)-d.Facts[1].Value.(int)))
		}
	}
	if heads != linked {
		t.Errorf("%d heads in %d bodies, of %d in the rows that have a body", linked, bodies, heads)
	}
	told := strings.Join(append(append([]string{fmt.Sprintf("%d rows, %d bodies, %d heads", rows, bodies, linked)}, apart...), sums...), "\n")
	if doc := docBlock(t, "staff"); told != doc {
		t.Errorf("docs/histories.md has\n%s\nthe files give\n%s", doc, told)
	}
	// what became of them by the last list
	l := check.Trace(h)
	last := h.Snapshots[len(h.Snapshots)-1].Date
	out, gone, unknown := 0.0, 0.0, 0.0
	for _, u := range h.Snapshots[i].Units {
		if u.People == 0 {
			continue
		}
		from := h.Snapshots[i].Date
		if units, _ := l.Find(u.Code, from); units == nil { // it had ended that day
			from--
		}
		c, ok := l.Follow(u.Code, from, last)
		if !ok {
			t.Errorf("%s %s can't be followed", u.Code, u.Name)
			continue
		}
		known := 0.0
		for _, end := range c.Ends {
			switch {
			case end.Share == nil:
			case end.ToCode == "":
				gone += *end.Share * float64(u.People)
				known += *end.Share
			default:
				out += *end.Share * float64(u.People)
				known += *end.Share
			}
		}
		unknown += (1 - known) * float64(u.People)
		if known > 1.000001 || len(c.Ends) == 0 {
			t.Errorf("%s: %v of it is known, %d ends", u.Name, known, len(c.Ends))
		}
	}
	if total := out + gone + unknown; math.Abs(total-float64(linked)) > 0.5 {
		t.Errorf("%v heads of %d came out", total, linked)
	}
	t.Logf("of %d heads %.0f are in bodies in force, %.0f in bodies that ended without successor, of %.0f nobody knows in which successor", linked, out, gone, unknown)
}

// The bodies that are missing from lists and those that they lack, each with its
// days, are told in docs/histories.md as they come out.
func TestUnitedKingdomDifferencesAreTold(t *testing.T) {
	h, _, err := readUnitedKingdom(shared(t, "uk-government"), "")
	if err != nil {
		t.Fatal(err)
	}
	r := check.Replay(h, false)
	l := check.Trace(h)
	type seen struct {
		name        string
		first, last org.Date
		lists       int
	}
	missing, extra := map[string]*seen{}, map[string]*seen{}
	note := func(of map[string]*seen, u check.UnitName, day org.Date) {
		if of[u.Code] == nil {
			of[u.Code] = &seen{name: u.Name, first: day}
		}
		of[u.Code].last = day
		of[u.Code].lists++
	}
	for _, s := range r.Snapshots {
		for _, u := range s.Missing {
			note(missing, u, s.Date)
		}
		for _, u := range s.Extra {
			note(extra, u, s.Date)
		}
	}
	var told []string
	for code, m := range missing {
		ended := org.NoDate // the first event of its end
		for _, e := range h.Events {
			if ended == org.NoDate && e.Date <= m.first && slices.ContainsFunc(e.Before, func(u org.Unit) bool { return u.Code == code }) &&
				!slices.ContainsFunc(e.After, func(u org.Unit) bool { return u.Code == code }) {
				ended = e.Date
			}
		}
		row := fmt.Sprintf("%s | %s | %d", m.name, ended, m.lists)
		if ended == org.NoDate { // before the first list
			if units, _ := l.Find(code, l.First); units != nil {
				t.Errorf("%s has no event", m.name)
			}
			row = fmt.Sprintf("%s | before | %d", m.name, m.lists)
		}
		told = append(told, row)
	}
	for _, m := range extra {
		told = append(told, fmt.Sprintf("%s | %s to %s | %d", m.name, m.first, m.last, m.lists))
	}
	var doc []string
	for _, block := range []string{"missing", "extra"} {
		for i, line := range strings.Split(docBlock(t, block), "\n") {
			cells := strings.Split(strings.Trim(line, "| "), " | ")
			if i < 2 || len(cells) < 4 {
				continue
			}
			if day, err := org.ParseDate(cells[1]); err == nil && day <= h.Snapshots[0].Date {
				cells[1] = "before"
			}
			doc = append(doc, strings.Join([]string{cells[0], cells[1], cells[len(cells)-1]}, " | "))
		}
	}
	slices.Sort(told)
	slices.Sort(doc)
	if len(missing) != 28 || len(extra) != 7 || !slices.Equal(told, doc) {
		t.Errorf("%d missing, %d extra; docs/histories.md has\n%s\nthe replay gives\n%s", len(missing), len(extra), strings.Join(doc, "\n"), strings.Join(told, "\n"))
	}
}

// docBlock gives the lines of a block of docs/histories.md that is marked with
// its name: what is told there is what the files give.
func docBlock(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/histories.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "<!-- checked: "+name+" -->\n")
	if !ok {
		t.Fatalf("docs/histories.md has no block %q", name)
	}
	rest, _, _ = strings.Cut(rest, "<!-- end -->")
	return strings.TrimSpace(strings.TrimPrefix(strings.Trim(strings.TrimSpace(rest), "`"), "text"))
}

func TestUnitedKingdomAsKnown(t *testing.T) {
	fsys := shared(t, "uk-government")
	today, _, err := readUnitedKingdom(fsys, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range today.Snapshots[1:] {
		h, _, err := readUnitedKingdom(fsys, s.Date.String())
		if err != nil {
			t.Fatal(err)
		}
		r := check.Replay(h, false)
		last := r.Snapshots[len(r.Snapshots)-1]
		if last.Date != s.Date || !last.Agrees() {
			t.Errorf("as known on %s: missing %v, extra %v, differing %v", s.Date, last.Missing, last.Extra, last.Differing)
		}
	}
}

const (
	ukHead     = "content_id,slug,title,abbreviation,format,govuk_status,closed_status,closed_at,parents,superseded_by,updated_at\n"
	ukSaysHead = "content_id,first_seen,last_seen,slug,title,abbreviation,format,govuk_status,closed_status,closed_at,parents,superseded_by\n"
)

// Two departments end and three begin; the lists are a month late with one of
// them, and learn of another's day only at the end.
func TestUnitedKingdomEvents(t *testing.T) {
	fsys := fstest.MapFS{}
	for name, text := range map[string]string{
		"govuk/2023-02-01.csv": ukHead + "a,beis,BEIS,,Dept,live,,,,,\nb,dit,DIT,,Dept,live,,,,,\nd,office,Office,,Other,live,,,beis;dit,,\n",
		"govuk/2023-03-01.csv": ukHead + "a,beis,BEIS,,Dept,closed,split,2023-02-07,,dbt;desnz,\nb,dit,DIT,,Dept,live,,,,,\nc,dbt,DBT,,Dept,live,,,,,\ne,desnz,DESNZ,,Dept,live,,,,,\nd,office,Office,,Other,live,,,dbt,,\n",
		"govuk/2023-04-01.csv": ukHead + "a,beis,BEIS,,Dept,closed,split,2023-02-07,,dbt;desnz,\nb,dit,DIT,,Dept,closed,merged,2023-02-07,,dbt,\nc,dbt,DBT,,Dept,live,,,,,\ne,desnz,DESNZ,,Dept,live,,,,,\nd,office,Office,,Other,live,,,dbt,,\n",
		"govuk_versions.csv": ukSaysHead + "a,2023-02-01,2023-02-01,beis,BEIS,,Dept,live,,,,\na,2023-03-01,2023-04-01,beis,BEIS,,Dept,closed,split,2023-02-07,,dbt;desnz\n" +
			"b,2023-02-01,2023-03-01,dit,DIT,,Dept,live,,,,\nb,2023-04-01,2023-04-01,dit,DIT,,Dept,closed,merged,2023-02-07,,dbt\n" +
			"c,2023-03-01,2023-04-01,dbt,DBT,,Dept,live,,,,\ne,2023-03-01,2023-04-01,desnz,DESNZ,,Dept,live,,,,\n" +
			"d,2023-02-01,2023-02-01,office,Office,,Other,live,,,beis;dit,\nd,2023-03-01,2023-04-01,office,Office,,Other,live,,,dbt,\n",
	} {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	h, list, err := readUnitedKingdom(fsys, "")
	if err != nil {
		t.Fatal(err)
	}
	if got := told(list); !slices.Equal(got, []string{"OB0146 govuk_versions.csv:5:53 2023-02-07"}) {
		t.Error(got)
	}
	if len(h.Events) != 2 {
		t.Fatalf("%+v", h.Events)
	}
	e := h.Events[0]
	day, _ := org.ParseDate("2023-02-07")
	if e.Date != day || len(e.Before) != 2 || len(e.After) != 2 || !slices.Equal(e.Links, []org.Link{{Before: 0, After: 0}, {Before: 0, After: 1}, {Before: 1, After: 0}}) {
		t.Errorf("%+v", e)
	}
	if e := h.Events[1]; e.Before[0].Parent != "a;b" || e.After[0].Parent != "c" {
		t.Errorf("%+v", e)
	}
	r := check.Replay(h, false)
	if len(r.Broken) > 0 || len(r.Snapshots[1].Missing) != 1 || r.Snapshots[1].Missing[0].Code != "b" || !r.Snapshots[2].Agrees() {
		t.Errorf("%+v", r)
	}
}

func FuzzUnitedKingdom(f *testing.F) {
	f.Add(ukHead+"a,x,A,,K,live,,,,,\n", ukSaysHead+"a,2023-01-01,2023-01-02,x,A,,K,live,,,,\na,2023-02-01,2023-02-01,x,A,,K,closed,merged,2022-01-01,,x\nb,2023-01-01,2023-02-01,y,B,,K,live,,,x;y,\n")
	f.Add(ukHead+"a,x,A,,K,closed,,,,,\n", ukSaysHead+"a,2023-01-01,2023-01-01,x,A,,K,closed,,,,x\na,2023-01-03,2023-01-01,x,A,,K,live,,,,\n")
	f.Add("content_id\n\"", "\xff")
	f.Fuzz(func(t *testing.T, list, versions string) {
		fsys := fstest.MapFS{"govuk/2023-01-01.csv": {Data: []byte(list)}, "govuk/2023-02-01.csv": {Data: []byte(list)}, ukVersions: {Data: []byte(versions)}}
		h, _, err := readUnitedKingdom(fsys, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range h.Events {
			for _, l := range e.Links {
				if l.Before < 0 || l.Before >= len(e.Before) || l.After < 0 || l.After >= len(e.After) {
					t.Fatalf("%+v", e)
				}
			}
		}
		check.Replay(h, false)
		check.Replay(h, true)
	})
}

func TestDepartmentsAsPublished(t *testing.T) {
	h, list, err := readDepartments(shared(t, "uk-government/ifg"))
	if err != nil {
		t.Fatal(err)
	}
	if list.HasErrors() {
		t.Fatal(told(list))
	}
	count := map[diag.Code]int{}
	for _, d := range list {
		count[d.Code]++
	}
	if len(h.Events) != 51 || len(list) != 15 || count[ListsOnly] != 12 || count[OtherDay] != 3 {
		t.Errorf("%d events, %v", len(h.Events), told(list))
	}
	for _, backward := range []bool{false, true} {
		r := check.Replay(h, backward)
		if len(r.Broken) > 0 {
			t.Errorf("backward %v: %v", backward, r.Broken)
		}
		for _, s := range r.Snapshots {
			// the link has the Deputy Prime Minister's Office become another department
			// in 2006, its own row has it end in 2007
			odd := s.Date == org.Day(2007, time.January, 1) && len(s.Missing) == 1 && len(s.Extra) == 0 && s.Missing[0].Name == "Deputy Prime Minister's Office"
			if !s.Agrees() && !odd {
				t.Errorf("backward %v: %s: missing %v, extra %v", backward, s.Date, s.Missing, s.Extra)
			}
		}
	}
}

// An independent witness: on its first day in office a minister's department is
// in force by the links, but for a few days in which ministers moved before or
// after their department.
func TestMinistersHoldPostsInDepartments(t *testing.T) {
	fsys := shared(t, "uk-government/ifg")
	h, _, err := readDepartments(fsys)
	if err != nil {
		t.Fatal(err)
	}
	rows := func(name string, columns ...string) (out [][]string) {
		s, err := openSheet(fsys, name)
		if err != nil {
			t.Fatal(err)
		}
		at, _, ok := s.bind(columns, len(columns))
		for ok && s.next() {
			var row []string
			for _, i := range at {
				row = append(row, s.cells[i])
			}
			out = append(out, row)
		}
		return out
	}
	department := map[string]string{}
	for _, r := range rows("post.csv", "id", "organisation_id") {
		department[r[0]] = r[1]
	}
	l := check.Trace(h)
	outside, far, all := 0, 0, 0
	for _, r := range rows("appointment.csv", "post_id", "start_date") {
		day, err := org.ParseDate(r[1])
		if err != nil || day < l.First || department[r[0]] == "" {
			continue
		}
		all++
		units, spells := l.Find(department[r[0]], day)
		if len(units) > 0 {
			continue
		}
		outside++
		if !slices.ContainsFunc(spells, func(s check.Spell) bool { return day >= s.From-8 && day <= s.To+8 }) {
			far++
			t.Logf("%s %v", day, spells)
		}
	}
	if all < 3600 || outside > 1 || far > 0 {
		t.Errorf("%d of %d outside, %d by more than a week", outside, all, far)
	}
}
