package exchange

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// differences are the snapshots of a replay that do not come out, and what
// differs, by day.
func differences(r check.Report) (out []string) {
	for i := range r.Snapshots {
		if s := &r.Snapshots[i]; !s.Agrees() {
			out = append(out, s.Date.String()+" "+differing(s))
		}
	}
	slices.Sort(out)
	return out
}

// differing says what differs: what is missing, extra, and other than listed.
func differing(s *check.Compared) string {
	var out []string
	for _, u := range s.Missing {
		out = append(out, "-"+u.Code)
	}
	for _, u := range s.Extra {
		out = append(out, "+"+u.Code)
	}
	for _, d := range s.Differing {
		out = append(out, d.Code+"="+d.Got)
	}
	return strings.Join(out, " ")
}

func TestFranceAsPublished(t *testing.T) {
	h, list, err := readFrance(shared(t, "fr-communes"), 0)
	if err != nil || list.HasErrors() {
		t.Fatal(err, told(list))
	}
	var rest []string
	for _, line := range told(list) {
		if !strings.HasPrefix(line, "OB0159") {
			rest = append(rest, line[:strings.LastIndexByte(line, ':')])
		}
	}
	want := []string{ // the 17 communes of Mayotte, listed since 1968; Saint-Barthélemy and Saint-Martin, never listed
		"OB0158 events/mvtcommune_2026.csv.gz:15",
		"OB0164 census/cog_2023.csv.gz:2",
	}
	contradicted := 0
	for i := 0; i < len(rest); i++ {
		if strings.HasPrefix(rest[i], "OB0165") {
			contradicted++
			rest = slices.Delete(rest, i, i+1)
			i--
		}
	}
	if slices.Sort(rest); !slices.Equal(rest, want) || contradicted != repeats {
		t.Errorf("told %v and %d contradicted", rest, contradicted)
	}
	// of each list: how many events it has late or early, how many rows differ by
	// them, which, and what the next list says; as docs/histories.md has it
	doc := map[string]string{}
	for i, line := range strings.Split(docBlock(t, "france"), "\n") {
		if cells := strings.Split(strings.Trim(line, "| "), " | "); i >= 2 && len(cells) == 7 {
			doc[cells[0]] = strings.Join(append(cells[1:5:5], cells[6]), " | ")
		}
	}
	if len(doc) != 24 {
		t.Errorf("docs/histories.md tells of the lists of %d days", len(doc))
	}
	for _, backward := range []bool{false, true} {
		r := check.Replay(h, backward)
		events, rows := 0, 0
		for i := range r.Snapshots {
			c := &r.Snapshots[i]
			if backward && i == len(r.Snapshots)-1 {
				if !c.Agrees() { // that of 1943, which is none of the office's lists
					t.Errorf("backward it began with %s", differing(c))
				}
				continue
			}
			events, rows = events+len(c.Causes), rows+c.Rows()
			got := "0 | 0 | – | – | –"
			for _, cause := range c.Causes {
				if len(c.Causes) > 1 || cause.Event == "" {
					t.Errorf("backward %v: %s differs by more than one event, or by none: %+v", backward, c.File, c.Causes)
				}
				next := map[string]string{"": "either", "replay": "the movement", "snapshot": "the list"}[cause.Next]
				got = fmt.Sprintf("1 | %d | %s | %s | %s", c.Rows(), differing(c), cause.Event, next)
				t.Logf("backward %v: %s: %s", backward, c.File, got)
			}
			want := doc[c.Date.String()]
			if backward { // the next list is the one before
				got, want = got[:strings.LastIndex(got, " | ")], want[:max(0, strings.LastIndex(want, " | "))]
			}
			if got != want {
				t.Errorf("backward %v: %s: %s; docs/histories.md has %s", backward, c.File, got, want)
			}
		}
		if events != 5 || rows != 7 {
			t.Errorf("backward %v: %d events and %d rows differ", backward, events, rows)
		}
		if len(r.Snapshots) != 29 || r.Events != len(h.Events) || len(r.Broken) > 0 {
			t.Errorf("backward %v: %d snapshots, %d events, broken %v", backward, len(r.Snapshots), r.Events, r.Broken)
		}
		t.Logf("backward %v: %d events, %d in inferred order, %v", backward, r.Events, r.Inferred, r.Ops)
	}
}

// Written as a folder and read again, it is the same history.
func TestFranceAsFolder(t *testing.T) {
	h, _, err := readFrance(shared(t, "fr-communes"), 0)
	if err != nil {
		t.Fatal(err)
	}
	again, list, err := ReadHistory(files(HistoryTables(h)), ".")
	if err != nil || len(list) > 0 {
		t.Fatal(err, told(list))
	}
	if was, is := differences(check.Replay(h, false)), differences(check.Replay(again, false)); !slices.Equal(was, is) {
		t.Errorf("%s\nthen\n%s", strings.Join(was, "\n"), strings.Join(is, "\n"))
	}
}

// The vintages before 2024 have defects that later ones mend.
func TestFranceVintages(t *testing.T) {
	fsys := shared(t, "fr-communes")
	for _, c := range []struct{ year, differ, broken int }{{2019, 11, 5}, {2021, 5, 5}, {2022, 15, 4}, {2023, 15, 2}, {2024, 5, 0}, {2025, 5, 0}} {
		h, list, err := readFrance(fsys, c.year)
		if err != nil || list.HasErrors() {
			t.Fatal(err, told(list))
		}
		r := check.Replay(h, false)
		if got := differences(r); len(got) != c.differ || len(r.Broken) != c.broken {
			t.Errorf("as known in %d: %d snapshots differ, %d broken\n%s", c.year, len(got), len(r.Broken), strings.Join(got, "\n"))
		}
		if last := h.Snapshots[len(h.Snapshots)-1]; last.Date.Time().Year() != c.year {
			t.Errorf("as known in %d there is a list of %s", c.year, last.Date)
		}
	}
}

// Where two lists count with the same census, people are neither lost nor made:
// the lists of 2021 and 2022 do, and those of 2023 and 2024.
func TestFrancePeopleAreConserved(t *testing.T) {
	h, _, err := readFrance(shared(t, "fr-communes"), 0)
	if err != nil {
		t.Fatal(err)
	}
	people := func(year string) map[string]int {
		counts := map[string]int{}
		for _, s := range h.Snapshots {
			if strings.HasPrefix(s.Source.Name, "census/cog_"+year) {
				for _, u := range s.Units {
					counts[u.Code] = u.People
				}
			}
		}
		return counts
	}
	for _, years := range [][2]string{{"2021", "2022"}, {"2023", "2024"}} {
		was, is := people(years[0]), people(years[1])
		events := 0
		for _, e := range h.Events {
			if day := e.Date.String(); day <= years[0]+"-01-01" || day > years[1]+"-01-01" || len(e.Before)+len(e.After) < 3 {
				continue
			}
			var before, after int
			for _, u := range e.Before {
				before += was[u.Code]
			}
			for _, u := range e.After {
				after += is[u.Code]
			}
			events++
			if before != after {
				t.Errorf("%s: %d people before, %d after", e.ID, before, after)
			}
		}
		total := func(m map[string]int) (n int) {
			for _, people := range m {
				n += people
			}
			return n
		}
		if events == 0 || total(was) != total(is) {
			t.Errorf("%v: %d events, %d people, then %d", years, events, total(was), total(is))
		}
		t.Logf("%v: %d events, %d people", years, events, total(is))
	}
}

// What was decided, when it was published and when it took effect are three
// days; many acts were published when they were in effect.
func TestFrancePapers(t *testing.T) {
	h, _, err := readFrance(shared(t, "fr-communes"), 0)
	if err != nil {
		t.Fatal(err)
	}
	with, late := 0, 0
	for _, e := range h.Events {
		if len(e.Papers) > 0 {
			with++
		}
		for _, p := range e.Papers {
			if p.Published.Known() && p.Published > e.Date {
				late++
			}
		}
		if e.ID == "1955-03-31-10-01004" {
			if got := fmt.Sprintf("%d %s %s %s", len(e.Papers), e.Papers[0].Title, e.Papers[0].Made, e.Papers[0].Published); got != "1 décret du 25-03-1955 1955-03-25 1955-03-30" {
				t.Error(got)
			}
		}
	}
	if with < 4000 || late < 1000 {
		t.Errorf("%d events with papers, %d published late", with, late)
	}
	t.Logf("%d of %d events have papers; %d papers were published after the day", with, len(h.Events), late)
}

func TestUndouble(t *testing.T) {
	for doubled, want := range map[string]string{"AmbÃ©rieu": "Ambérieu", "CÅ“ur": "Cœur", "lâ€™Isle": "l’Isle", "Ã‰vian": "Évian", "Ambérieu": "", "Ã": "", "âge": "", "": ""} {
		if got, ok := undouble(doubled); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q, %v", doubled, got, ok)
		}
	}
}

func FuzzFrance(f *testing.F) {
	const head = "mod,date_eff,typecom_av,com_av,libelle_av,typecom_ap,com_ap,libelle_ap\n"
	seedTables(f, head)
	f.Add([]byte(head + "32,2016-01-01,COM,1,A,COM,2,B\n32,2016-01-01,COM,2,B,COM,2,B\n10,2016-01-01,COM,2,B,COM,2,C\n72,2017-01-01,COM,2,C,COMD,2,C\n20,1950-01-01,,,,COM,7,X\n"))
	f.Add([]byte("typecom,com,libelle\nCOM,1,BÃ©by\nCOM,1,B\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		fsys := files(map[string][]byte{"events/mvtcommune_2026.csv": text, "snapshots/commune_2020.csv": []byte("typecom,com,libelle\nCOM,1,A\nCOM,2,B\n"),
			"snapshots/commune_2021.csv": text, "events/historiq_2018.csv": text})
		h, list, err := readFrance(fsys, 0)
		if err != nil {
			t.Fatal(err)
		}
		holds(t, h, list)
	})
}

// holds is what the outcome of any reader must stand, whatever the bytes.
func holds(t *testing.T, h *org.History, list diag.List) {
	for _, tag := range lang.Tags {
		list.Views(tag)
	}
	for _, backward := range []bool{false, true} {
		r := check.Replay(h, backward)
		r.Agrees()
	}
	HistoryTables(h)
}
