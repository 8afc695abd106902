package main

import (
	"os"
	"strings"
	"testing"

	"oneboard/internal/diag"
)

// TestChangelogNamesCodes: a code is part of what we promise, so a new one is
// told where changes are told.
func TestChangelogNamesCodes(t *testing.T) {
	text, err := os.ReadFile("../../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range diag.Codes() {
		if !strings.Contains(string(text), "- "+string(code)+" ") {
			t.Errorf("CHANGELOG.md does not name %s", code)
		}
	}
}
