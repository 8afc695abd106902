package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// exampleMatter reads an example as the program does.
func exampleMatter(t *testing.T, plan string) *matter {
	t.Helper()
	e := &env{dir: "../../examples"}
	m, err := e.take(plan)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestYunhai holds the city's example: clean, of the size that its page says,
// with everybody in office and every duty covered to the last day.
func TestYunhai(t *testing.T) {
	m := exampleMatter(t, "yunhai/plan.yaml")
	r := m.check()
	if len(r.Problems) > 0 {
		var b strings.Builder
		r.Problems.WriteText(&b, lang.EN, 0)
		t.Fatal(b.String())
	}
	if r.Checked == nil {
		t.Fatal("no problem, and no checked plan")
	}

	count := map[string]int{}
	for i := range m.board.Bodies {
		switch b := &m.board.Bodies[i]; {
		case b.To.Known():
			count["ended"]++
		case b.Kind == "事业单位":
			count["institutions"]++
		default:
			count[b.Level]++
		}
	}
	for what, want := range map[string]int{"city": 60, "county": 120, "institutions": 250, "ended": 1} {
		if count[what] != want {
			t.Errorf("%d %s bodies, not %d", count[what], what, want)
		}
	}
	if n := len(m.board.Duties); n != 900 {
		t.Errorf("%d duties, not 900", n)
	}
	names := map[string]bool{}
	for i := range m.board.Duties {
		d := &m.board.Duties[i]
		if names[d.Name] || names[d.NameEN] || d.NameEN == "" {
			t.Errorf("duty %s: names %q, %q", d.ID, d.Name, d.NameEN)
		}
		names[d.Name], names[d.NameEN] = true, true
	}

	// 45 to 60 changes are of municipal bodies, all by the end of January; the
	// districts follow by the end of February
	january, february, kinds, municipal := org.Day(2019, 1, 31), org.Day(2019, 2, 28), map[string]bool{}, 0
	for _, ch := range m.plan.Changes {
		d := ch.Declared()
		kinds[d.Kind] = true
		by := d.By[0].Clause.Text
		last := january
		if strings.HasPrefix(by, "6.") || d.By[0].Instrument.ID == "qx" {
			last = february
		} else if ofBody[d.Kind] && by != "5.4" {
			municipal++
		}
		if day := d.On.Date; day > last || day < org.Day(2019, 1, 19) {
			t.Errorf("change %s is on %s", d.ID, day)
		}
	}
	if municipal < 45 || municipal > 60 {
		t.Errorf("%d changes of municipal bodies", municipal)
	}
	for _, k := range org.Kinds {
		if !kinds[k.Word] && k.Word != "change-area" {
			t.Errorf("no change is of the kind %s", k.Word)
		}
	}

	// the four keys of one duty are in different hands while a handover lasts
	day := org.Day(2019, 1, 26)
	holder := map[org.Keys]string{}
	for _, h := range r.Timeline.Who("gsj-01", day, "") {
		holder[h.Key] = h.Body
	}
	if holder[org.Holder] != "scj" || holder[org.Performer] != "gsj" {
		t.Errorf("on %s company registration is held by %s and performed by %s", day, holder[org.Holder], holder[org.Performer])
	}
	for _, h := range r.Timeline.Who("gsj-01", february, "") {
		if h.Body != "scj" {
			t.Errorf("after the reform %s has the %s of company registration", h.Body, h.Key)
		}
	}
	after := r.Timeline.On(february)
	for i := range after.Bodies {
		switch b := &after.Bodies[i]; b.ID {
		case "gtj", "hyj", "gsj", "zjj", "yjj", "hbj", "ajj", "wj", "lsj", "fzb", "gwyj":
			t.Errorf("%s is still there", b.Name)
		}
	}
}

// ofBody names the kinds of change that a reader of a plan counts: what is done
// to a body, not what goes with it.
var ofBody = map[string]bool{"establish": true, "re-establish": true, "restore": true, "abolish": true, "merge": true,
	"merge-into": true, "split": true, "rename": true, "re-rank": true, "change-superior": true, "add-plate": true,
	"remove-plate": true, "co-locate": true, "host": true}

// TestYunhaiBroken holds every plan of the broken example against the faults
// that are marked in it, and all of them together against what the check knows.
func TestYunhaiBroken(t *testing.T) {
	found := map[diag.Code]bool{}
	root := "../../examples/yunhai-broken"
	err := filepath.WalkDir(root, func(path string, at fs.DirEntry, err error) error {
		if err != nil || at.Name() != planName {
			return err
		}
		name, err := filepath.Rel("../../examples", path)
		if err != nil {
			return err
		}
		t.Run(filepath.ToSlash(filepath.Dir(name)), func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			m := exampleMatter(t, filepath.ToSlash(name))
			problems := m.check().Problems
			for _, unmet := range diag.Unmet(diag.NewSource(m.name, string(text)), problems) {
				t.Error(unmet)
			}
			for _, d := range problems {
				found[d.Code] = true
			}
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range diag.Codes() {
		if group := code[2:4]; group >= "02" && group <= "06" && !found[code] {
			t.Errorf("%s is planted nowhere", code)
		}
	}
}
