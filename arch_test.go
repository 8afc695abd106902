package oneboard

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// allowed says which rooms each room may enter. It is the whole architecture:
// docs/ARCHITECTURE.md explains it, and a new room or arrow needs a row here
// and a decision record in docs/decisions. Everyone may enter lang, which
// enters nothing; cmd may enter everything.
var allowed = map[string]string{
	"lang":     "",
	"diag":     "",
	"sched":    "",
	"referee":  "sched", // its nouns only (docs/decisions/0060)
	"org":      "diag",
	"rules":    "org diag", // docs/decisions/0050
	"planfile": "rules org diag",
	"intake":   "org diag",
	"overlap":  "org diag",
	"exchange": "org diag",
	"check":    "rules org diag",
	"witness":  "org diag", // never check: it verifies what check proves (docs/decisions/0040)
	"access":   "org",
	"work":     "check sched referee org diag",
	"register": "work check access org diag",
	"publish":  "work check exchange org diag",
	"web":      "publish register access work check overlap exchange intake planfile org diag",
	"fleet":    "register work check overlap exchange org diag",
	// examples is files with an embed.go: the cases as a bare binary has them.
	"examples": "",
}

// reserved says which packages only some rooms may import, and why.
var reserved = []struct {
	packages string // a path, or a path and everything below it with "/..."
	rooms    string
	why      string
}{
	{"database/sql/...", "register", "only register talks to a database"},
	{"modernc.org/sqlite/...", "register", "only register imports a database driver"},
	{"github.com/jackc/pgx/v5/...", "register", "only register imports a database driver"},
	{"github.com/pressly/goose/v3/...", "register", "only register knows a schema"},
	// cmd starts and stops the server that web answers on: timeouts and
	// signals are the door's, pages are not (docs/decisions/0022).
	{"net/http/...", "web cmd", "only web serves HTTP"},
	{"cel.dev/cel-go/...", "rules", "only rules knows the language of rules (docs/decisions/0050)"},
	{"flag", "", "arguments are read by cmd, with cobra"},
	{"github.com/spf13/...", "cmd", "only cmd reads arguments"},
	{"os/exec", "cmd", "only cmd starts programs"},
	{"os/signal", "cmd", "only cmd hears signals"},
}

// outside lists what only cmd may use: the clock, the environment, arguments.
// Every other room is given these as values.
var outside = map[string]string{
	"time": "Now Since Until",
	"os":   "Args Getenv LookupEnv Environ ExpandEnv Getwd Exit Stdin Stdout Stderr UserHomeDir UserCacheDir UserConfigDir Hostname",
}

// silent are the algorithms: they do no input or output at all.
var silent = []string{"check", "witness", "sched", "referee", "overlap", "org", "diag"}

// loud are the packages that a silent room must not import.
var loud = []string{"os", "io/fs", "net", "net/http", "log", "log/slog", "path/filepath", "syscall"}

// TestArchitecture reads every file of the module with the parser. It runs no
// "go list": the test cache doesn't see what a child process reads, and would
// pass a broken rule from the cache.
func TestArchitecture(t *testing.T) {
	rooms := map[string]*room{}
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			base := d.Name()
			if name != "." && (base[0] == '.' || base == "testdata" || base == "node_modules" || base == "tmp" || base == "bin" || hasFile(name, "go.mod")) {
				return fs.SkipDir
			}
			return nil
		}
		name = filepath.ToSlash(name)
		if path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		which := roomOf(name)
		if rooms[which] == nil {
			rooms[which] = &room{name: which}
		}
		return rooms[which].read(name)
	})
	if err != nil {
		t.Fatal(err)
	}
	if rooms["cmd"] == nil || rooms["diag"] == nil || rooms["org"] == nil {
		t.Fatalf("the walk found only the rooms %v", slices.Sorted(keys(rooms)))
	}
	for _, r := range rooms {
		for _, broken := range r.broken() {
			t.Error(broken)
		}
	}
}

func keys(m map[string]*room) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func hasFile(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}

// roomOf names the room of a file: the folder under internal/, else the first
// folder; "" for a file at the root.
func roomOf(file string) string {
	parts := strings.Split(file, "/")
	switch {
	case parts[0] == "internal" && len(parts) > 2:
		return parts[1]
	case len(parts) > 1:
		return parts[0]
	}
	return ""
}

// A room is what the rules ask of the files of one folder.
type room struct {
	name    string
	imports []use
	calls   []use
	comment bool
}

// A use is a package, or a name in a package, and the place that uses it.
type use struct{ what, at string }

func (r *room) read(name string) error {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	if file.Doc != nil {
		text := file.Doc.Text()
		r.comment = r.comment || strings.HasPrefix(text, "Package "+file.Name.Name+" ") || file.Name.Name == "main" && strings.HasPrefix(text, "Command ")
	}
	names := map[string]string{} // the name a file gives a package → its path
	for _, spec := range file.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return err
		}
		r.imports = append(r.imports, use{p, fset.Position(spec.Pos()).String()})
		local := path.Base(p)
		if spec.Name != nil {
			local = spec.Name.Name
		}
		names[local] = p
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok && outside[names[x.Name]] != "" {
				r.calls = append(r.calls, use{names[x.Name] + "." + sel.Sel.Name, fset.Position(sel.Pos()).String()})
			}
		}
		return true
	})
	return nil
}

// broken tells every rule that the room breaks.
func (r *room) broken() (out []string) {
	complain := func(at, format string, args ...any) {
		out = append(out, at+": "+fmt.Sprintf(format, args...))
	}
	if r.name == "" || r.name == "bench" { // no room of its own: measurements and this test
		return nil
	}
	may, known := allowed[r.name]
	if !known && r.name != "cmd" {
		complain(r.name, "the table of rooms does not name this room")
		return out
	}
	if !r.comment {
		complain(r.name, "no file has a package comment")
	}
	for _, u := range r.imports {
		if inner, ok := strings.CutPrefix(u.what, "oneboard/"); ok {
			to := roomOf(inner + "/x.go")
			if r.name != "cmd" && to != r.name && to != "lang" && !has(may, to) {
				complain(u.at, "%s must not enter %s (it may enter: %s)", r.name, to, may)
			}
		}
		for _, rule := range reserved {
			if within(u.what, rule.packages) && !has(rule.rooms, r.name) {
				complain(u.at, "%s must not import %s: %s", r.name, u.what, rule.why)
			}
		}
		if slices.Contains(silent, r.name) && slices.Contains(loud, u.what) {
			complain(u.at, "%s must not import %s: it does no input or output", r.name, u.what)
		}
	}
	for _, u := range r.calls {
		pkg, name, _ := strings.Cut(u.what, ".")
		if r.name != "cmd" && has(outside[pkg], name) {
			complain(u.at, "%s must not use %s: only cmd reads the clock, the environment and arguments", r.name, u.what)
		}
	}
	return out
}

func has(words, word string) bool { return slices.Contains(strings.Fields(words), word) }

// within reports whether a package is the one named, or below it for a name
// that ends with "/...".
func within(pkg, pattern string) bool {
	root, deep := strings.CutSuffix(pattern, "/...")
	return pkg == root || deep && strings.HasPrefix(pkg, root+"/")
}

// TestArchitectureBites gives the rules rooms that break them: a rule that
// never fails is no rule.
func TestArchitectureBites(t *testing.T) {
	for _, c := range []struct{ file, text, want string }{
		{"internal/check/x.go", "// Package check is.\npackage check\nimport _ \"oneboard/internal/register\"", "check must not enter register"},
		{"internal/check/x.go", "// Package check is.\npackage check\nimport \"os\"\nvar _ = os.ReadFile", "does no input or output"},
		{"internal/web/x.go", "// Package web is.\npackage web\nimport clock \"time\"\nvar _ = clock.Now", "only cmd reads the clock"},
		{"internal/web/x.go", "// Package web is.\npackage web\nimport _ \"modernc.org/sqlite\"", "only register imports a database driver"},
		{"internal/publish/x.go", "// Package publish is.\npackage publish\nimport _ \"net/http\"", "only web serves HTTP"},
		{"internal/org/x.go", "package org", "no file has a package comment"},
		{"internal/drawer/x.go", "// Package drawer is.\npackage drawer", "does not name this room"},
		{"internal/lang/x.go", "// Package lang is.\npackage lang\nimport _ \"oneboard/internal/diag\"", "lang must not enter diag"},
		{"internal/diag/x.go", "// Package diag is.\npackage diag\nimport _ \"oneboard/internal/lang\"", ""},
		{"cmd/oneboard/x.go", "// Command oneboard is.\npackage main\nimport (\"time\"; _ \"net/http\"; _ \"oneboard/internal/web\")\nvar _ = time.Now", ""},
	} {
		dir := t.TempDir()
		file := filepath.Join(dir, "x.go")
		if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		r := &room{name: roomOf(c.file)}
		if err := r.read(file); err != nil {
			t.Fatal(err)
		}
		got := strings.Join(r.broken(), "\n")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q\ngot  %q\nwant %q", c.file, c.text, got, c.want)
		}
	}
}
