package main

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"oneboard/internal/diag"
	"oneboard/internal/lang"
)

// withoutExample lists the codes whose trigger does not fit on a page, and why.
var withoutExample = map[diag.Code]string{
	"OB0130": "a table of more than 256 MiB",
}

// TestManual runs every page of the manual through the real pipeline: the code
// must be reported where the page says and nothing else anywhere. It runs the
// page as a reader sees it too, without the marks.
func TestManual(t *testing.T) {
	for _, code := range diag.Codes() {
		t.Run(string(code), func(t *testing.T) {
			page, ok := diag.Manual(code)
			if !ok {
				t.Fatalf("no page internal/diag/manual/%s.txtar", code)
			}
			if len(page.Files) == 0 {
				if withoutExample[code] == "" {
					t.Error("the page has no example")
				}
				return
			}
			problems, err := pageProblems(page.Files)
			if err != nil {
				t.Fatal(err)
			}
			for _, unmet := range diag.Unmet(marked(page.Files), problems) {
				t.Error(unmet)
			}
			if !slices.ContainsFunc(problems, func(d diag.Diagnostic) bool { return d.Code == code }) {
				t.Error("the page does not trigger its own code")
			}
			shown, err := pageProblems(withoutWants(page.Files))
			if err != nil {
				t.Fatal(err)
			}
			if got, want := codesOf(shown), codesOf(problems); !slices.Equal(got, want) {
				t.Errorf("without its marks the page gives %v, with them %v", got, want)
			}
		})
	}
}

// marked gives the file that holds the marks of a page: the plan, else the
// first file with a mark.
func marked(files []txtar.File) *diag.Source {
	for _, f := range files {
		if f.Name == planName {
			return diag.NewSource(f.Name, string(f.Data))
		}
	}
	for _, f := range files {
		if strings.Contains(string(f.Data), "# want ") {
			return diag.NewSource(f.Name, string(f.Data))
		}
	}
	return diag.NewSource(files[0].Name, string(files[0].Data))
}

func codesOf(l diag.List) (out []string) {
	for _, d := range l {
		out = append(out, string(d.Code))
	}
	slices.Sort(out)
	return out
}

// TestWords holds the words of every diagnostic: there in each language, and of
// the form that the house style asks for.
func TestWords(t *testing.T) {
	for _, tag := range lang.Tags {
		for _, code := range diag.Codes() {
			for _, part := range []string{".title", ".why"} {
				if !lang.Knows(tag, string(code)+part) {
					t.Errorf("%s: no %s%s", tag, code, part)
				}
			}
			title := lang.Say(tag, string(code)+".title")
			if strings.ContainsAny(title, "{.。") || tag == lang.EN && (len(strings.Fields(title)) > 8 || title != strings.ToLower(title[:1])+title[1:]) {
				t.Errorf("%s: %s.title is not a short fixed phrase: %q", tag, code, title)
			}
		}
	}
}

// TestFactsHaveLabels runs every page in every language: no rendering may lack
// a word, whatever the facts are.
func TestFactsHaveLabels(t *testing.T) {
	for _, code := range diag.Codes() {
		page, ok := diag.Manual(code)
		if !ok || len(page.Files) == 0 {
			continue
		}
		problems, err := pageProblems(page.Files)
		if err != nil {
			t.Errorf("%s: %v", code, err)
			continue
		}
		for _, tag := range lang.Tags {
			var b strings.Builder
			if err := problems.WriteText(&b, tag, 0); err != nil {
				t.Fatal(err)
			}
			if s := b.String(); strings.Contains(s, "«") || strings.Contains(s, "<no value>") {
				t.Errorf("%s in %s lacks a word:\n%s", code, tag, s)
			}
		}
	}
}
