package exchange

import (
	"slices"
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
