package kernel_test

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestKernelKnowsNoPlan: what decides must stay small enough to be read at one
// sitting, and must not come to know what a plan means: of org it may name days,
// the four keys and the modes, and of this room only the document.
func TestKernelKnowsNoPlan(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range file.Imports {
			if !slices.Contains([]string{`"cmp"`, `"fmt"`, `"slices"`, `"oneboard/internal/org"`, `"oneboard/internal/witness/document"`}, i.Path.Value) {
				t.Errorf("%s imports %s", name, i.Path.Value)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if of, is := n.(*ast.SelectorExpr); is {
				if x, is := of.X.(*ast.Ident); is && x.Name == "org" && !slices.Contains([]string{"Date", "Interval", "Always", "Forever", "Keys", "EachKey", "AllKeys", "Joint"}, of.Sel.Name) {
					t.Errorf("%s: org.%s", set.Position(of.Pos()), of.Sel.Name)
				}
			}
			return true
		})
		lines += code(set, text)
	}
	t.Logf("%d lines", lines)
	if lines >= 400 {
		t.Errorf("the kernel has %d lines", lines)
	}
}

// code counts the lines on which anything stands but a comment.
func code(set *token.FileSet, text []byte) int {
	file := set.AddFile("", set.Base(), len(text))
	seen := map[int]bool{}
	var s scanner.Scanner
	s.Init(file, text, nil, 0)
	for {
		at, tok, lit := s.Scan()
		if tok == token.EOF {
			return len(seen)
		} else if tok == token.SEMICOLON && lit == "\n" {
			continue
		}
		for n := range strings.Count(lit, "\n") + 1 {
			seen[file.Line(at)+n] = true
		}
	}
}
