package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// A shell block of the documents is run when an HTML comment stands on the line
// before it:
//
//	<!-- run -->            every line that starts with "$ " is a command and
//	                        must exit with 0; without any such line, every line
//	<!-- run: exits 1 -->   …its last command exits with 1
//	<!-- run: shown -->     …and the lines after a command must be what it
//	                        prints, where a line "…" stands for any lines
//	<!-- not run: why -->   a block that can't be run here, and the reason
//
// A shell block without any of these fails the test: a document promises only
// what is run. "go run ./cmd/oneboard" and "oneboard" both mean the program
// under test. The blocks of one document share a folder, in which examples/ is
// a copy.
var (
	blockMark = regexp.MustCompile(`^<!--\s*(run|not run)(?::\s*(.*?))?\s*-->\s*$`)
	blockOpen = regexp.MustCompile("^```(sh|shell|bash|console)\\s*$")
)

type block struct {
	line     int
	run      bool
	exits    int
	shown    bool
	commands []string
	outputs  []string
}

// blocksOf finds the shell blocks of a document.
func blocksOf(text string) (blocks []block, complaints []string) {
	var mark []string
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		if m := blockMark.FindStringSubmatch(lines[i]); m != nil {
			mark = m
			continue
		}
		if !blockOpen.MatchString(lines[i]) {
			if strings.TrimSpace(lines[i]) != "" {
				mark = nil
			}
			continue
		}
		b := block{line: i + 1}
		var body []string
		for i++; i < len(lines) && !strings.HasPrefix(lines[i], "```"); i++ {
			body = append(body, lines[i])
		}
		switch {
		case mark == nil:
			complaints = append(complaints, fmt.Sprintf("line %d: a shell block that is neither run nor says why not", b.line))
			continue
		case mark[1] == "not run":
			if mark[2] == "" {
				complaints = append(complaints, fmt.Sprintf("line %d: not run, without a reason", b.line))
			}
			mark = nil
			continue
		}
		b.run = true
		for word := range strings.FieldsFuncSeq(mark[2], func(r rune) bool { return r == ',' || r == ';' }) {
			word = strings.TrimSpace(word)
			if _, err := fmt.Sscanf(word, "exits %d", &b.exits); err == nil || word == "" {
				continue
			}
			if word != "shown" {
				complaints = append(complaints, fmt.Sprintf("line %d: unknown mark %q", b.line, word))
			}
			b.shown = true
		}
		mark = nil
		prompted := strings.Contains("\n"+strings.Join(body, "\n"), "\n$ ")
		for _, line := range body {
			command, ok := strings.CutPrefix(line, "$ ")
			switch {
			case ok || !prompted && strings.TrimSpace(line) != "":
				b.commands = append(b.commands, command)
				b.outputs = append(b.outputs, "")
			case prompted && len(b.commands) > 0:
				b.outputs[len(b.outputs)-1] += line + "\n"
			}
		}
		blocks = append(blocks, b)
	}
	return blocks, complaints
}

// script turns the blocks of a document into a test script.
func script(blocks []block) string {
	var s strings.Builder
	files := map[string]string{}
	for n, b := range blocks {
		fmt.Fprintf(&s, "# line %d\n", b.line)
		for i, command := range b.commands {
			exits := 0
			if i == len(b.commands)-1 {
				exits = b.exits
			}
			name := fmt.Sprintf("block-%d-%d", n, i)
			files[name+".sh"] = strings.ReplaceAll(command, "go run ./cmd/oneboard", "oneboard") + "\n"
			fmt.Fprintf(&s, "exits %d sh -c '. ./%s.sh'\n", exits, name)
			if b.shown && b.outputs[i] != "" {
				files[name+".want"] = b.outputs[i]
				fmt.Fprintf(&s, "shown %s.want\n", name)
			}
		}
	}
	for name, text := range files {
		fmt.Fprintf(&s, "-- %s --\n%s", name, text)
	}
	return s.String()
}

// cmdShown holds the last output against a file in which a line "…" stands for
// any lines.
func cmdShown(ts *testscript.TestScript, neg bool, args []string) {
	want, got := ts.ReadFile(args[0]), ts.ReadFile("stdout")
	pattern := regexp.QuoteMeta(strings.TrimRight(want, "\n"))
	pattern = regexp.MustCompile(`(?m)^…$\n?`).ReplaceAllString(pattern, `(?:.*\n)*`)
	if !regexp.MustCompile(`^` + pattern + `\n*$`).MatchString(got) {
		ts.Fatalf("the document shows\n%s\nand the program prints\n%s", want, got)
	}
}

// TestDocuments runs every shell block of README.md and docs that is marked to
// be run.
func TestDocuments(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	documents, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"README.md", "README.zh.md", "CONTRIBUTING.md"} {
		if _, err := os.Stat(filepath.Join(root, name)); err == nil {
			documents = append(documents, filepath.Join(root, name))
		}
	}
	dir := t.TempDir()
	for _, name := range documents {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		blocks, complaints := blocksOf(string(text))
		for _, c := range complaints {
			t.Errorf("%s: %s", filepath.Base(name), c)
		}
		if len(blocks) > 0 {
			to := filepath.Join(dir, strings.TrimSuffix(filepath.Base(name), ".md")+".txtar")
			if err := os.WriteFile(to, []byte(script(blocks)), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if made, _ := filepath.Glob(filepath.Join(dir, "*.txtar")); len(made) == 0 {
		t.Skip("no document has a block to run")
	}
	params := scriptParams(root)
	params.Dir = dir
	setup := params.Setup
	params.Setup = func(e *testscript.Env) error {
		if err := os.CopyFS(filepath.Join(e.WorkDir, "examples"), os.DirFS(filepath.Join(root, "examples"))); err != nil {
			return err
		}
		return setup(e)
	}
	testscript.Run(t, params)
}

// TestBlocks holds the reader of the blocks itself.
func TestBlocks(t *testing.T) {
	text := "<!-- run: exits 1, shown -->\n```sh\n$ oneboard check x\nerror\n…\n```\n```sh\nrm -rf /\n```\n<!-- not run: needs a browser -->\n```sh\nopen\n```\n"
	blocks, complaints := blocksOf(text)
	if len(blocks) != 1 || len(complaints) != 1 || blocks[0].exits != 1 || !blocks[0].shown || blocks[0].outputs[0] != "error\n…\n" {
		t.Errorf("got %+v, %q", blocks, complaints)
	}
}
