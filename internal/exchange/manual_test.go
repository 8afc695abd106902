package exchange

import (
	"fmt"
	"strings"
	"testing"

	"oneboard/internal/diag"
	"oneboard/internal/lang"
)

// Every page of the manual that this room answers for shows exactly its code,
// and every code has its page and its words in each language.
func TestManual(t *testing.T) {
	for _, code := range diag.Codes() {
		if code < "OB0120" || code > "OB0169" {
			continue
		}
		t.Run(string(code), func(t *testing.T) {
			for _, tag := range lang.Tags {
				for _, part := range []string{".title", ".why"} {
					if !lang.Knows(tag, string(code)+part) {
						t.Errorf("no %s%s in %s", code, part, tag)
					}
				}
			}
			page, ok := diag.Manual(code)
			if !ok {
				t.Fatal("no page")
			}
			if len(page.Files) == 0 {
				if code != TooLarge { // no page can hold it; TestTooLargeIsNotRead
					t.Fatal("nothing on the page")
				}
				return
			}
			tables := map[string][]byte{}
			for _, f := range page.Files {
				tables[f.Name] = f.Data
			}
			var list diag.List
			var err error
			first := page.Files[0]
			if first.Name == "plan.yaml" {
				_, list, err = ReadBoard(files(tables), ".")
			} else if r, ok := Detect(files(tables)); !ok {
				t.Fatal("nobody reads this page")
			} else {
				_, list, err = r.Read(files(tables))
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, line := range diag.Unmet(diag.NewSource(first.Name, string(first.Data)), list) {
				t.Error(line)
			}
			if len(list) == 0 || list[0].Code != code {
				t.Errorf("shows %v", told(list))
			}
			for _, d := range list {
				for _, tag := range lang.Tags {
					if text := fmt.Sprintf("%+v", d.In(tag)); strings.Contains(text, "<no value>") {
						t.Errorf("%s", text)
					}
				}
			}
		})
	}
}
