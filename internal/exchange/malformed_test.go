package exchange

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"oneboard/internal/diag"
)

// placed fails when a diagnostic stands outside of its text, or when something is
// refused without a reason.
func placedIn(t *testing.T, text string, refused bool, list diag.List) {
	t.Helper()
	if refused && !list.HasErrors() {
		t.Fatalf("refused without a reason:\n%s", text)
	}
	for _, d := range list {
		if d.Span.Start < 0 || int(d.Span.End) > len(text) || d.Span.Start > d.Span.End {
			t.Fatalf("%s has no place in the text:\n%s", d.Code, text)
		}
	}
}

const smallSM = `jobs (incl. supersource/sink ):  4
PRECEDENCE RELATIONS:
jobnr.    #modes  #successors   successors
   1        1          2           2   3
   2        1          1           4
   3        1          1           4
   4        1          0
************************************************************************
REQUESTS/DURATIONS:
jobnr. mode duration  R 1  R 2
------------------------------------------------------------------------
  1      1     0       0    0
  2      1     3       2    1
  3      1     2       1    0
  4      1     0       0    0
************************************************************************
RESOURCEAVAILABILITIES:
  R 1  R 2
   3    1
`

const smallRCP = `4 2
3 1
0 0 0 2 2 3
3 2 1 1 4
2 1 0 1 4
0 0 0 0
`

// TestInstanceCut: a problem cut off at any letter, or with any letter made
// another one, is read, or told.
func TestInstanceCut(t *testing.T) {
	for _, whole := range []string{smallSM, smallRCP} {
		if in, list := ReadInstance(diag.NewSource("p", whole)); in == nil || len(in.Tasks) != 4 || len(list) > 0 {
			t.Fatalf("the whole is not read: %v", told(list))
		}
		for n := range len(whole) {
			in, list := ReadInstance(diag.NewSource("p", whole[:n]))
			placedIn(t, whole[:n], in == nil, list)
			for _, with := range "09-x\n\x00" {
				text := whole[:n] + string(with) + whole[n+1:]
				in, list := ReadInstance(diag.NewSource("p", text))
				placedIn(t, text, in == nil, list)
			}
		}
	}
	// What is cut within the tasks is never taken for a whole.
	for n := range strings.LastIndex(smallRCP, "0") {
		if in, _ := ReadInstance(diag.NewSource("p", smallRCP[:n])); in != nil {
			t.Errorf("%d letters of %d are a problem of %d tasks", n, len(smallRCP), len(in.Tasks))
		}
	}
}

// TestInstanceWrong: each fault is told with its code.
func TestInstanceWrong(t *testing.T) {
	for _, c := range []struct{ whole, old, new, want string }{
		{smallSM, "   2        1          1           4", "   2        1          1           9", "OB0183"},
		{smallSM, "   2        1          1           4", "   2        1          1           2", "OB0183"},
		{smallSM, "   2        1          1           4", "   2        1          3           4", "OB0181"},
		{smallSM, "   2        1          1           4", "   2        2          1           4", "OB0184"},
		{smallSM, "  2      1     3       2    1", "  2      1     -3       2    1", "OB0180"},
		{smallSM, "  2      1     3       2    1", "  2      1     3       2", "OB0181"},
		{smallSM, "  2      1     3       2    1", "  2      1     99999999999999999999       2    1", "OB0180"},
		{smallSM, "  2      1     3       2    1", "  2      1     3.5       2    1", "OB0180"},
		{smallSM, "RESOURCEAVAILABILITIES", "RESOURCES", "OB0182"},
		{smallSM, "   3    1\n", "   3    1\n   3    1\n", "OB0181"},
		{smallSM, "  4      1     0       0    0\n", "", "OB0181"},
		{smallRCP, "4 2", "99999999 2", "OB0181"},
		{smallRCP, "4 2", "4 99999999", "OB0181"},
		{smallRCP, "0 0 0 2 2 3", "0 0 0 99999 2 3", "OB0181"},
		{smallRCP, "2 1 0 1 4", "2 1 0 1 0", "OB0183"},
		{smallRCP, "0 0 0 0\n", "0 0 0 0\n7\n", "OB0181"},
		{smallRCP, smallRCP, "", "OB0182"},
		{smallRCP, smallRCP, "-4 -2", "OB0180"},
		{smallRCP, smallRCP, "\ufeff" + smallRCP, "OB0180"},
		{smallRCP, smallRCP, "４ ２ 1 1", "OB0180"}, // digits, but wide ones
	} {
		text := strings.Replace(c.whole, c.old, c.new, 1)
		in, list := ReadInstance(diag.NewSource("p", text))
		placedIn(t, text, in == nil, list)
		if in != nil || !slices.ContainsFunc(list, func(d diag.Diagnostic) bool { return string(d.Code) == c.want }) {
			t.Errorf("%q: %v, want %s", c.new, told(list), c.want)
		}
	}
}

func FuzzReadInstance(f *testing.F) {
	f.Add(smallSM)
	f.Add(smallRCP)
	f.Add("2 0\n0 1 2\n0 0\n")
	f.Fuzz(func(t *testing.T, text string) {
		in, list := ReadInstance(diag.NewSource("p", text))
		placedIn(t, text, in == nil, list)
		if in == nil {
			return
		}
		for i := range in.Tasks {
			if len(in.Tasks[i].Needs) > len(in.Capacity) {
				t.Fatalf("task %d needs of %d resources, and there are %d", i, len(in.Tasks[i].Needs), len(in.Capacity))
			}
			for _, s := range in.Tasks[i].Successors {
				if s.N < 0 || s.N >= len(in.Tasks) {
					t.Fatalf("task %d is followed by %d", i, s.N)
				}
			}
		}
	})
}

// TestProjectCut: a project cut off anywhere is refused with a place; with any
// element taken out, or its text made another, it is read, or told.
func TestProjectCut(t *testing.T) {
	for n := range strings.LastIndex(foreign, "</Project>") {
		p, list := ReadProject(diag.NewSource("project.xml", foreign[:n]))
		placedIn(t, foreign[:n], p == nil, list)
		if p != nil {
			t.Fatalf("%d letters are a project", n)
		}
	}
	for at := strings.IndexByte(foreign, '>'); at >= 0 && at < len(foreign)-1; {
		end := strings.IndexByte(foreign[at+1:], '<')
		if end < 0 {
			break
		}
		for _, with := range []string{"", "-1", "99999999999999999999", "1e308", "NaN", "2019-02-30T08:00:00", "PT9999999999H0M0S", "PT-1H0M0S", "&lt;", "\U0010ffff", "\t\n"} {
			text := foreign[:at+1] + with + foreign[at+1+end:]
			p, list := ReadProject(diag.NewSource("project.xml", text))
			placedIn(t, text, p == nil, list)
		}
		next := strings.IndexByte(foreign[at+1+end:], '>')
		at += 1 + end + next
	}
	for _, text := range []string{"", "<", "<Project", "<Project>", "</Project>", "<Project></Tasks>", "<Project>&unknown;</Project>", "<Project>\x00</Project>",
		"<Project>\xff</Project>", "\xff\xfe<\x00P\x00", `<?xml version="1.0" encoding="GB18030"?><Project/>`, strings.Repeat("<Project>", 1000),
		`<!DOCTYPE a [<!ENTITY b "` + strings.Repeat("x", 1000) + `"><!ENTITY c "&b;&b;&b;">]><Project><Title>&c;</Title></Project>`} {
		p, list := ReadProject(diag.NewSource("project.xml", text))
		placedIn(t, text, p == nil, list)
		if p != nil {
			t.Errorf("%.60q is a project", text)
		}
	}
}

// TestProjectLong: text in very many pieces takes time in proportion to its
// length. Copied piece by piece, 100,000 pieces would be 10¹⁰ letters.
func TestProjectLong(t *testing.T) {
	text := "<Project><Title>" + strings.Repeat("ab<!-- -->", 100_000) + "</Title></Project>"
	p, list := ReadProject(diag.NewSource("project.xml", text))
	if p == nil || len(p.Title) != 200_000 {
		t.Fatalf("%v", told(list))
	}
}

// TestProjectSchema holds what is written against the published schema: every
// element known where it stands, in the schema's order, what must be there there,
// and no name longer than it may be.
func TestProjectSchema(t *testing.T) {
	text, err := os.ReadFile("testdata/mspdi.txt")
	if err != nil {
		t.Fatal(err)
	}
	type child struct {
		place int
		must  bool
	}
	schema := map[string]map[string]child{}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		parent, names, _ := strings.Cut(line, ": ")
		schema[parent] = map[string]child{}
		for k, n := range strings.Fields(names) {
			schema[parent][strings.TrimSuffix(n, "!")] = child{k, strings.HasSuffix(n, "!")}
		}
	}
	if len(schema) < 20 {
		t.Fatalf("%d elements", len(schema))
	}
	var hold func(e *element, path string)
	hold = func(e *element, path string) {
		known, last := schema[path], -1
		if known == nil && len(e.children) > 0 {
			t.Fatalf("%s has children", path)
		}
		there := map[string]bool{}
		for _, c := range e.children {
			k, ok := known[c.name]
			if !ok || k.place < last {
				t.Fatalf("%s: %s is not expected there", path, c.name)
			}
			last, there[c.name] = k.place, true
			if s := strings.TrimSpace(c.text); slices.Contains([]string{"Name", "Title", "Code"}, c.name) && utf8.RuneCountInString(s) > 512 {
				t.Fatalf("%s/%s has %d letters", path, c.name, utf8.RuneCountInString(s))
			}
			hold(c, path+"/"+c.name)
		}
		for n, k := range known {
			if k.must && !there[n] {
				t.Fatalf("%s has no %s", path, n)
			}
		}
	}
	seen := 0
	for seed := range uint64(200) {
		p := someProject(rand.New(rand.NewPCG(seed, 1)))
		for i := range p.Tasks {
			p.Tasks[i].Name = strings.Repeat("机构改革", int(seed)) + fmt.Sprint(i)
			seen++
		}
		root, list := elements(diag.NewSource("project.xml", string(p.XML())))
		if root == nil {
			t.Fatal(told(list))
		}
		hold(root, "Project")
	}
	if seen == 0 {
		t.Error("no tasks")
	}
}
