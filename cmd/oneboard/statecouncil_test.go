package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/exchange"
	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/planfile"
)

const stateCouncil = "../../examples/state-council-2018"

// stateCouncilChecked runs the check on the example, which must be clean.
func stateCouncilChecked(t *testing.T) (*org.Board, *org.Plan, *check.Timeline) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(stateCouncil, "plan.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	clean := func(problems diag.List) {
		t.Helper()
		if len(problems) > 0 {
			var b strings.Builder
			problems.WriteText(&b, lang.EN, 0)
			t.Fatal(b.String())
		}
	}
	p, problems := planfile.Parse("plan.yaml", text)
	clean(problems)
	packs, problems := planfile.Packs(p)
	clean(problems)
	b, problems, err := exchange.ReadBoard(os.DirFS(stateCouncil), p.Board.Text)
	if err != nil {
		t.Fatal(err)
	}
	clean(problems)
	r := check.Run(b, p, packs...)
	clean(r.Problems)
	if r.Checked == nil {
		t.Fatal("no problem, and no checked plan")
	}
	return b, p, r.Timeline
}

// record reads one table of the public record: a map of cells for each row.
func record(t *testing.T, name string) []map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join(stateCouncil, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, row := range rows[1:] {
		r := map[string]string{}
		for i, column := range rows[0] {
			r[column] = row[i]
		}
		out = append(out, r)
	}
	return out
}

var (
	reformAdopted = org.Day(2018, 3, 17)
	reformInPlace = org.Day(2018, 4, 20)
	reformYear    = org.Interval{From: org.Day(2018, 1, 1), To: org.Day(2019, 1, 1)}
)

// TestStateCouncilOutcome: applying the plan gives the published bodies, name by
// name, with their class and superior, and no other.
func TestStateCouncilOutcome(t *testing.T) {
	_, _, timeline := stateCouncilChecked(t)
	type body struct{ id, name, nameEN, class, superior string }
	var got, want []body
	for _, b := range timeline.On(reformYear.To - 1).Bodies {
		got = append(got, body{b.ID, b.Name, b.NameEN, b.Kind, b.Superior})
	}
	for _, r := range record(t, "after.csv") {
		want = append(want, body{r["id"], r["name_zh"], r["name_en"], r["class"], r["superior"]})
	}
	byID := func(a, b body) int { return strings.Compare(a.id, b.id) }
	slices.SortFunc(got, byID)
	slices.SortFunc(want, byID)
	for _, b := range got {
		if !slices.Contains(want, b) {
			t.Errorf("not in the published lists: %v", b)
		}
	}
	for _, b := range want {
		if !slices.Contains(got, b) {
			t.Errorf("missing: %v", b)
		}
	}
	count := func(class string) (n int) {
		for _, b := range got {
			if b.class == class {
				n++
			}
		}
		return n
	}
	// The 26 are the departments besides the General Office, whose class is its own.
	for class, n := range map[string]int{"constituent": 26, "direct": 10, "state-administration": 16} {
		if count(class) != n {
			t.Errorf("%d bodies of class %s, want %d", count(class), class, n)
		}
	}
}

// TestStateCouncilCover walks through every day of 2018: each key of each duty
// has exactly one body, and between law and handover it is the former one that
// performs.
func TestStateCouncilCover(t *testing.T) {
	board, _, timeline := stateCouncilChecked(t)
	before := map[string]string{}
	for _, r := range board.Responsibilities {
		before[r.Duty] = r.Body
	}
	for _, duty := range timeline.Duties() {
		for day := reformYear.From; day < reformYear.To; day++ {
			have := map[org.Keys]string{}
			for _, h := range timeline.Who(duty, day, "") {
				if have[h.Key] != "" {
					t.Fatalf("%s on %s: %s and %s both have the key %s", duty, day, have[h.Key], h.Body, h.Key)
				}
				have[h.Key] = h.Body
			}
			if len(have) != len(org.EachKey) {
				t.Fatalf("%s on %s: only the keys %v have somebody", duty, day, have)
			}
			former, performer, holder := before[duty], have[org.Performer], have[org.Holder]
			switch {
			case day < reformAdopted && holder != former, day < reformInPlace && performer != former:
				t.Fatalf("%s on %s: %s holds and %s performs, want the former body, %s", duty, day, holder, performer, former)
			case day >= reformInPlace && performer != holder:
				t.Fatalf("%s on %s: %s holds and %s performs, after the handover", duty, day, holder, performer)
			}
		}
	}
}

// TestStateCouncilRows holds each of the 160 rows of the record against its
// change and against what the change does.
func TestStateCouncilRows(t *testing.T) {
	board, plan, timeline := stateCouncilChecked(t)
	byID := map[string]org.Change{}
	var order []string
	for _, c := range plan.Changes {
		d := c.Declared()
		byID[d.ID] = c
		if strings.HasPrefix(d.ID, "r") {
			order = append(order, d.ID)
		}
	}
	rows := record(t, "record/changes.csv")
	if len(rows) != 160 || len(order) != 160 {
		t.Fatalf("%d rows and %d changes for them, want 160 of each", len(rows), len(order))
	}
	duties := map[string]org.Duty{}
	for _, d := range board.Duties {
		duties[d.ID] = d
	}
	heldBefore := map[string]string{}
	for _, r := range board.Responsibilities {
		heldBefore[r.Duty] = r.Body
	}
	named := map[string]bool{} // duties that a clause names
	for _, r := range rows {
		if ch, ok := byID["r"+r["n"]].(*org.Transfer); ok {
			for _, d := range ch.Duties.Refs {
				named[d.ID] = true
			}
		}
	}
	after := func(duty string) string {
		for _, h := range timeline.Who(duty, reformYear.To-1, "") {
			if h.Key == org.Holder {
				return h.Body
			}
		}
		return ""
	}
	// goesTo holds that all that is left of a giver is the taker's afterwards.
	rest := func(r map[string]string) {
		for duty, giver := range heldBefore {
			if giver == r["source"] && !named[duty] && after(duty) != r["target"] {
				t.Errorf("row %s: %s is %s's, want %s", r["n"], duty, after(duty), r["target"])
			}
		}
	}
	name := func(id string) string {
		for _, b := range board.Bodies {
			if b.ID == id {
				return b.Name
			}
		}
		return ""
	}
	for i, r := range rows {
		id := "r" + r["n"]
		if order[i] != id {
			t.Fatalf("change %s stands where row %s of the record does", order[i], r["n"])
		}
		c := byID[id]
		d := c.Declared()
		cited := slices.ContainsFunc(d.By, func(by org.Citation) bool { return by.Clause.Text == r["clause"] })
		ok := cited
		switch c := c.(type) {
		case *org.Establish:
			ok = ok && r["op"] == "establish" && c.Body.ID == r["target"]
		case *org.Reestablish:
			ok = ok && r["op"] == "re-establish" && c.Body.ID == r["target"]
		case *org.Abolish:
			ok = ok && r["op"] == "abolish" && c.Body.ID == r["target"] && timeline.Body(r["target"]).On(reformYear.To-1) == nil
		case *org.MergeInto:
			ok = ok && r["op"] == "merge-into" && len(c.From) == 1 && c.From[0].ID == r["source"] && c.Into.ID == r["target"]
			rest(r)
		case *org.ChangeSuperior:
			ok = ok && r["op"] == "change-superior" && len(c.Bodies) == 1 && c.Bodies[0].ID == r["target"] && c.To.ID == r["source"]
		case *org.AddPlate:
			ok = ok && r["op"] == "keep-name" && c.Body.ID == r["target"] && c.Name.Text == name(r["source"])
			if ok && !slices.ContainsFunc(timeline.Body(r["target"]).Plates, func(p org.Plate) bool { return p.Name == c.Name.Text }) {
				t.Errorf("row %s: %s does not carry %s", r["n"], r["target"], c.Name.Text)
			}
		case *org.Transfer:
			ok = ok && r["op"] == "transfer" && c.From.ID == r["source"] && c.To.ID == r["target"] && c.Duties.All == (r["duty_zh"] == "*")
			if c.Duties.All {
				rest(r)
				break
			}
			ok = ok && len(c.Duties.Refs) == 1
			if !ok {
				break
			}
			moved := c.Duties.Refs[0].ID
			if def := duties[moved]; def.Name != r["duty_zh"] || def.NameEN != r["duty_en"] {
				t.Errorf("row %s: moves %s %q, want %q", r["n"], moved, def.Name, r["duty_zh"])
			}
			if heldBefore[moved] != r["source"] {
				t.Errorf("row %s: %s was %s's before, want the giver's, %s", r["n"], moved, heldBefore[moved], r["source"])
			}
			if after(moved) != r["target"] {
				t.Errorf("row %s: %s is %s's afterwards, want %s", r["n"], moved, after(moved), r["target"])
			}
		default:
			ok = false
		}
		if !ok {
			t.Errorf("row %s of the record (%s %s %s %s) is not what change %s says: %s", r["n"], r["clause"], r["op"], r["target"], r["source"], id, d.Kind)
		}
	}
}
