package check_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/exchange"
	"oneboard/internal/org"
	"oneboard/internal/planfile"
)

// TestPlans runs each case of testdata/plans: a plan with its board, the
// problems it must have marked in the plan itself; in the file "lanes", who has
// what, drawn with one letter a day; and in the file "items", what bodies have
// in their hands on a day, in brackets what they may use for some purposes only.
func TestPlans(t *testing.T) {
	files, err := filepath.Glob("testdata/plans/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			ar := txtar.Parse(text)
			res, src := runArchive(t, ar)
			for _, unmet := range diag.Unmet(src, res.Problems) {
				t.Error(unmet)
			}
			for _, f := range ar.Files {
				if f.Name == "items" {
					if got := inHands(t, res.Timeline, string(f.Data)); got != string(f.Data) {
						t.Errorf("the items differ; got\n%swant\n%s", got, f.Data)
					}
				}
				if f.Name == "lanes" {
					if got := redraw(t, res.Timeline, string(f.Data)); got != string(f.Data) {
						t.Errorf("the lanes differ; got\n%swant\n%s", got, f.Data)
					}
				}
			}
		})
	}
}

// runArchive puts the files of an archive through reading and checking.
func runArchive(t testing.TB, ar *txtar.Archive) (check.Result, *diag.Source) {
	t.Helper()
	fsys := fstest.MapFS{}
	var plan []byte
	for _, f := range ar.Files {
		fsys["board/"+f.Name] = &fstest.MapFile{Data: f.Data}
		if f.Name == "plan.yaml" {
			plan = f.Data
		}
	}
	board, problems, err := exchange.ReadBoard(fsys, "board")
	if err != nil {
		t.Fatal(err)
	}
	p, more := planfile.Parse("plan.yaml", plan)
	problems.Add(more...)
	packs, more, err := planfile.PacksIn(p, fsys, "board")
	if err != nil {
		t.Fatal(err)
	}
	problems.Add(more...)
	res := check.Run(board, p, packs...)
	res.Problems.Add(problems...)
	return res, diag.NewSource("plan.yaml", string(plan))
}

// redraw draws the lanes that a drawing asks for. Its first lines are a legend
// ("L land") and the first day ("from 2019-01-18"); then each line names a duty,
// a key, perhaps an area as "@code", and shows one letter a day: who is sole or
// leads, "." for nobody, "!" for several.
func redraw(t *testing.T, tl *check.Timeline, drawing string) string {
	t.Helper()
	legend := map[string]string{}
	from := org.NoDate
	var out strings.Builder
	for _, line := range strings.SplitAfter(drawing, "\n") {
		words := strings.Fields(line)
		switch {
		case len(words) == 2 && words[0] == "from":
			day, err := org.ParseDate(words[1])
			if err != nil {
				t.Fatal(err)
			}
			from = day
		case len(words) == 2 && len(words[0]) == 1:
			legend[words[1]] = words[0]
		case len(words) >= 3:
			area := ""
			lane := words[len(words)-1]
			if strings.HasPrefix(words[2], "@") {
				area = words[2][1:]
			}
			key, ok := org.ParseKeys(words[1])
			if !ok {
				t.Fatalf("no key %q", words[1])
			}
			var drawn strings.Builder
			for i := range lane {
				drawn.WriteString(letter(tl, legend, words[0], key, area, from+org.Date(i)))
			}
			line = line[:strings.LastIndex(line, lane)] + drawn.String() + "\n"
		}
		out.WriteString(line)
	}
	return out.String()
}

// inHands lists again what "2019-01-19 land: seal (account)" lists, and holds
// the board of that day against it.
func inHands(t *testing.T, tl *check.Timeline, listed string) string {
	t.Helper()
	var out strings.Builder
	for line := range strings.Lines(listed) {
		head, _, _ := strings.Cut(strings.TrimSpace(line), ":")
		date, body, _ := strings.Cut(head, " ")
		day, err := org.ParseDate(date)
		if err != nil {
			t.Fatal(err)
		}
		out.WriteString(head + ":")
		var have, on []string
		for _, stay := range tl.ItemsOf(body, "", day) {
			have = append(have, stay.ID)
			if stay.Body != body || !stay.Holds(day) {
				t.Errorf("%s: %s is with %s in %v", head, stay.ID, stay.Body, stay.Interval)
			}
			if stay.Usable(day) {
				out.WriteString(" " + stay.ID)
			} else {
				out.WriteString(" (" + stay.ID + ")")
			}
		}
		for _, it := range tl.On(day).Items {
			if it.Body == body {
				on = append(on, it.ID)
			}
		}
		if strings.Join(have, " ") != strings.Join(on, " ") {
			t.Errorf("%s: %v in its hands, %v on the board of the day", head, have, on)
		}
		out.WriteByte('\n')
	}
	return out.String()
}

func letter(tl *check.Timeline, legend map[string]string, duty string, key org.Keys, area string, day org.Date) string {
	at := "."
	for _, h := range tl.Who(duty, day, area) {
		if h.Key != key || h.Mode == org.Assist {
			continue
		}
		if at != "." {
			return "!"
		}
		if at = legend[h.Body]; at == "" {
			at = "?"
		}
	}
	return at
}

// TestEveryKindIsHandled runs one change of each kind with nothing but its first
// key: whatever is missing, the check must say so and not fall over.
func TestEveryKindIsHandled(t *testing.T) {
	for _, kind := range org.Kinds {
		plan := fmt.Sprintf("oneboard: plan/v1\nid: x\ntitle: x\nboard: .\nchanges:\n  - %s: a\n    by: n 1\n", kind.Word)
		ar := &txtar.Archive{Files: []txtar.File{{Name: "plan.yaml", Data: []byte(plan)},
			{Name: "bodies.csv", Data: []byte("id,name\na,甲\nb,乙\n")}}}
		res, _ := runArchive(t, ar)
		if res.Timeline == nil {
			t.Errorf("%s: no timeline", kind.Word)
		}
		for _, ch := range res.Timeline.Plan().Changes {
			org.BodiesOf(ch)
		}
	}
}
