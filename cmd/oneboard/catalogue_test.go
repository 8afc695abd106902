package main

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"oneboard/internal/lang"
)

const catalogueDir = "../../internal/lang/catalogue"

// messages reads the catalogue of one language as it is written, with every
// plural form.
func messages(t *testing.T, tag lang.Tag) map[string][]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(catalogueDir, string(tag)+".*json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no catalogue of %s: %v", tag, err)
	}
	out := map[string][]string{}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var entries map[string]any
		if err := json.Unmarshal(text, &entries); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for id, m := range entries {
			if _, twice := out[id]; twice {
				t.Errorf("%s: %s is in two files", filepath.Base(name), id)
			}
			switch m := m.(type) {
			case string:
				out[id] = []string{m}
			case map[string]any:
				for _, form := range m {
					out[id] = append(out[id], form.(string))
				}
			default:
				t.Errorf("%s: %s is neither a text nor its plural forms", filepath.Base(name), id)
			}
		}
	}
	return out
}

var variable = regexp.MustCompile(`\{\{\s*\.(\w+)\s*\}\}`)

func variables(forms []string) []string {
	var out []string
	for _, form := range forms {
		for _, m := range variable.FindAllStringSubmatch(form, -1) {
			out = append(out, m[1])
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// TestCataloguesAgree holds the languages against each other: the same
// messages, with the same variables, none empty.
func TestCataloguesAgree(t *testing.T) {
	first := messages(t, lang.Tags[0])
	for _, tag := range lang.Tags {
		these := messages(t, tag)
		for id, forms := range these {
			for _, form := range forms {
				if strings.TrimSpace(form) == "" {
					t.Errorf("%s: %s is empty", tag, id)
				}
			}
			if other, ok := first[id]; !ok {
				t.Errorf("%s is in %s and not in %s", id, tag, lang.Tags[0])
			} else if got, want := variables(forms), variables(other); !slices.Equal(got, want) {
				t.Errorf("%s has the variables %v in %s and %v in %s", id, got, tag, want, lang.Tags[0])
			}
		}
		for id := range first {
			if _, ok := these[id]; !ok {
				t.Errorf("%s is in %s and not in %s", id, lang.Tags[0], tag)
			}
		}
	}
}

// TestCatalogueIsUsed reads the program with the parser: every message that the
// door asks for by a whole word is there.
func TestCatalogueIsUsed(t *testing.T) {
	known := messages(t, lang.EN)
	said := map[string]bool{}
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return err
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			for prefix, at := range map[string]int{"say": 0, "cannot": 0, "broken": 1, "section": 0, "count": 1} {
				if called(call) != prefix || len(call.Args) <= at {
					continue
				}
				lit, ok := call.Args[at].(*ast.BasicLit)
				if !ok || lit.Kind != token.STRING {
					continue
				}
				id, _ := strconv.Unquote(lit.Value)
				if prefix == "cannot" || prefix == "broken" {
					id = "fault." + id
				}
				if _, ok := known["cmd."+id]; !ok && !strings.HasSuffix(id, "-") && !strings.HasSuffix(id, ".") {
					t.Errorf("%s: the catalogue has no cmd.%s", fset.Position(lit.Pos()), id)
				}
				said["cmd."+id] = true
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(said) < 20 {
		t.Fatalf("found only %d messages: the reader of the program is broken", len(said))
	}
	for id := range known {
		if what, ok := strings.CutPrefix(id, "cmd.fault."); ok && !said["cmd.fault."+strings.TrimSuffix(what, ".help")] {
			t.Errorf("nothing says %s any more", id)
		}
	}
}

// called names the function or method of a call.
func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}
