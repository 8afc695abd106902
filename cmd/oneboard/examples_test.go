package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/exchange"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// TestExamples takes every example as its reader would: a plan says in its marks
// what is wrong with it and where, and one without marks must be clean; so every
// example is a test against false alarms too. A folder of tables is checked, a
// history is replayed by its script.
func TestExamples(t *testing.T) {
	plans := 0
	err := filepath.WalkDir("../../examples", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() != planName {
			return err
		}
		plans++
		dir := filepath.ToSlash(filepath.Dir(name))
		t.Run(dir[len("../../examples/"):], func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			m, err := readMatter(folder("."), dir+"/"+planName, dir, text)
			if err != nil {
				t.Fatal(err)
			}
			res := m.check()
			if res.Timeline != nil {
				everyKindHasWords(t, res.Timeline)
			}
			marks := diag.NewSource(dir+"/"+planName, string(text))
			if beside, err := os.ReadFile(filepath.Join(filepath.Dir(name), "want.txt")); err == nil {
				marks = diag.NewSource("want.txt", string(beside)) // a plan that people read carries no marks
			}
			for _, unmet := range diag.Unmet(marks, res.Problems) {
				t.Error(unmet)
			}
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if plans < 2 {
		t.Fatalf("found %d plans", plans)
	}
}

// everyKindHasWords: an example that comes with Oneboard is read in both languages.
func everyKindHasWords(t *testing.T, tl *check.Timeline) {
	for _, id := range tl.Bodies() {
		for _, b := range tl.Body(id).Versions {
			for _, tag := range lang.Tags {
				if b.Kind != "" && !lang.Knows(tag, "bodykind."+b.Kind) {
					t.Errorf("%s: no words in %s for bodies of the kind %q", id, tag, b.Kind)
				}
			}
		}
	}
}

// TestBoardFiles: what the door takes for a board is what the reader reads.
func TestBoardFiles(t *testing.T) {
	for file := range exchange.Tables(fullBoard()) {
		found := false
		for _, known := range boardFiles {
			found = found || known == file
		}
		if !found {
			t.Errorf("boardFiles lacks %s", file)
		}
	}
}

// fullBoard has one row in every table.
func fullBoard() *org.Board {
	return &org.Board{
		Areas: make([]org.Area, 1), Bodies: make([]org.Body, 1), Duties: make([]org.Duty, 1),
		Responsibilities: make([]org.Responsibility, 1), Quotas: make([]org.Quota, 1), Posts: make([]org.Post, 1),
		Appointments: make([]org.Appointment, 1), Items: make([]org.Item, 1), Plates: make([]org.Plate, 1),
	}
}
