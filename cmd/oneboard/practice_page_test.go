package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"oneboard/internal/diag"
)

// TestPracticePage holds docs/practice.md to the truth: it has every rule and
// every statement once, each code and each test that it names is there, and what
// it calls built has something to show for it.
func TestPracticePage(t *testing.T) {
	text, err := os.ReadFile("../../docs/practice.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]bool{}
	written := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	err = filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		switch name := filepath.Base(path); {
		case err != nil:
			return err
		case d.IsDir() && (name == "node_modules" || name == ".git"):
			return filepath.SkipDir
		case strings.HasSuffix(name, "_test.go"):
			code, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, m := range written.FindAllSubmatch(code, -1) {
				tests[string(m[1])] = true
			}
		case strings.HasSuffix(name, ".txtar") && strings.Contains(filepath.ToSlash(path), "/testdata/"):
			tests[name] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]bool{}
	for _, code := range diag.Codes() {
		codes[string(code)] = true
	}
	var rows []string
	quoted, rule := regexp.MustCompile("`([^`]+)`"), regexp.MustCompile(`^(R\d+|\d+)$`)
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(line, "|\n "), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if len(cells) != 5 || !rule.MatchString(cells[0]) {
			continue
		}
		id := cells[0]
		rows = append(rows, id)
		var shown int
		if cells[2] != "–" {
			for _, code := range strings.Split(cells[2], ", ") {
				if shown++; !codes[code] {
					t.Errorf("%s: there is no problem %s", id, code)
				}
			}
		}
		found := quoted.FindAllStringSubmatch(cells[3], -1)
		if len(found) == 0 && cells[3] != "–" {
			t.Errorf("%s: %q is no list of tests", id, cells[3])
		}
		for _, m := range found {
			if shown++; !tests[m[1]] {
				t.Errorf("%s: there is no test %s", id, m[1])
			}
		}
		switch built, _, _ := strings.Cut(strings.Replace(cells[4], ";", ":", 1), ":"); built {
		case "yes", "partly":
			if len(found) == 0 {
				t.Errorf("%s: nothing shows that it is built", id)
			}
		case "no", "outside":
			if shown > 0 {
				t.Errorf("%s: is said not to be built, and has problems or tests", id)
			}
		default:
			t.Errorf("%s: %q does not say whether it is built", id, cells[4])
		}
	}
	var want []string
	for n := 1; n <= 26; n++ {
		want = append(want, fmt.Sprint("R", n))
	}
	for n := 1; n <= 61; n++ {
		want = append(want, fmt.Sprint(n))
	}
	if !slices.Equal(rows, want) {
		t.Errorf("the page has %v", rows)
	}
}
