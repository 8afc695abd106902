package diag

import (
	"embed"
	"strings"

	"golang.org/x/tools/txtar"
)

//go:embed manual
var manual embed.FS

// A Page is the manual page of a code: what it means in each language, and a
// plan (with the tables it needs) that triggers it, marked with want-comments.
// A test runs every page, so the manual can't drift from the program.
type Page struct {
	Code  Code
	Files []txtar.File // plan.yaml, bodies.csv, …
}

// Manual gives the manual page of a code, and whether there is one.
func Manual(code Code) (Page, bool) {
	text, err := manual.ReadFile("manual/" + strings.ToUpper(string(code)) + ".txtar")
	if err != nil {
		return Page{}, false
	}
	return Page{Code: code, Files: txtar.Parse(text).Files}, true
}
