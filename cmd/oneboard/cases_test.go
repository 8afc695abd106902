package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// TestCases takes the examples that come with expected answers: answers.csv says
// who has the keys of a duty on a day, and variations.txtar what must be said
// when the plan is written otherwise at a place. The plan itself must be clean
// and prove.
func TestCases(t *testing.T) {
	names, err := filepath.Glob("../../examples/*/variations.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal("no cases", err)
	}
	for _, name := range names {
		dir := filepath.ToSlash(filepath.Dir(name))
		t.Run(filepath.Base(dir), func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(dir, planName))
			if err != nil {
				t.Fatal(err)
			}
			res := caseSays(t, dir, string(text))
			answered(t, dir, res)
			ar, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range ar.Files {
				t.Run(f.Name, func(t *testing.T) {
					varied := string(text)
					for place := range strings.SplitSeq(string(f.Data), "===\n") {
						is, other, ok := strings.Cut(place, "---\n")
						if n := strings.Count(varied, is); !ok || n != 1 {
							t.Fatalf("what it takes the place of stands there %d times:\n%s", n, is)
						}
						varied = strings.Replace(varied, is, other, 1)
					}
					caseSays(t, dir, varied)
				})
			}
		})
	}
}

// caseSays checks a text of the plan of a folder and, when that is clean, proves
// it: what is said must be what the text marks.
func caseSays(t *testing.T, dir, text string) check.Result {
	t.Helper()
	m, err := readMatter(folder("."), dir+"/"+planName, dir, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	res := m.check()
	problems := res.Problems
	if !problems.HasErrors() {
		proof := check.Prove(res)
		if !proof.Attempted {
			t.Error("the proof was not attempted")
		}
		problems.Add(proof.Problems...)
	}
	for _, unmet := range diag.Unmet(diag.NewSource(dir+"/"+planName, text), problems) {
		t.Error(unmet)
	}
	return res
}

// answered holds who has what on the days of answers.csv, "" for nobody.
func answered(t *testing.T, dir string, res check.Result) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "answers.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatal("no answers", err)
	}
	for _, row := range rows[1:] {
		day, err := org.ParseDate(row[1])
		if err != nil {
			t.Fatal(err)
		}
		got := row[:2:2]
		for _, key := range org.EachKey {
			var has []string
			for _, h := range res.Timeline.Who(row[0], day, "") {
				if h.Key == key {
					has = append(has, h.Body)
				}
			}
			got = append(got, strings.Join(has, " "))
		}
		if strings.Join(got, ",") != strings.Join(row, ",") {
			t.Errorf("got %s, want %s", strings.Join(got, ","), strings.Join(row, ","))
		}
	}
}
