package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// worldOf gives a world for one command in a folder, and what it writes.
func worldOf(t *testing.T, dir string) (e *env, out, errs *bytes.Buffer) {
	out, errs = &bytes.Buffer{}, &bytes.Buffer{}
	return &env{ctx: t.Context(), in: strings.NewReader(""), out: out, err: errs, dir: dir,
		getenv: func(string) string { return "" }, now: time.Now,
		browse: func(string) error { return nil }, state: func() (string, error) { return dir, nil }}, out, errs
}

// TestPanicIsToldAsABug: whatever breaks inside, a person reads that it is our
// fault and where to take it, and a program gets a document.
func TestPanicIsToldAsABug(t *testing.T) {
	e, out, errs := worldOf(t, "../../examples/state-council-2018")
	e.now = func() time.Time { panic("the clock is on fire") }
	if code := e.run([]string{"show", ".", "--json"}); code != exitFail {
		t.Errorf("exit code %d", code)
	}
	if s := errs.String(); !strings.Contains(s, "bug in Oneboard") || !strings.Contains(s, "the clock is on fire") || !strings.Contains(s, "goroutine") {
		t.Errorf("told:\n%s", s)
	}
	var doc failure
	if err := json.Unmarshal(out.Bytes(), &doc); err != nil || doc.Error.What != "bug" {
		t.Errorf("the document is %q (%v)", out, err)
	}
}

// TestEveryVerbGivesOneDocument runs every verb with --json: what it prints is
// one JSON document, when it works and when it can't.
func TestEveryVerbGivesOneDocument(t *testing.T) {
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	plan := filepath.Join(examples, "state-council-2018")
	register := filepath.Join(dir, "r.db")
	for _, args := range [][]string{
		{"check", plan}, {"check", "nowhere"}, {"check", filepath.Join(examples, "yunhai-broken")}, {"check"},
		{"diff", plan}, {"show", plan}, {"who", "mlr-duties", "--plan", plan}, {"who", "x", "--plan", plan},
		{"import", plan, "--register", register, "--by", "me"}, {"import", plan, "--register", register, "--by", "me"},
		{"show", "--register", register}, {"show", "--register", register, "--known", "0"}, {"verify", register},
		{"export", plan, "--to", filepath.Join(dir, "out")}, {"export", plan},
		{"replay", filepath.Join(examples, "norway-2020")}, {"replay", "nowhere"},
		{"explain"}, {"explain", "OB0301"}, {"explain", "merge"}, {"explain", "x"},
		{"schema"}, {"version"}, {"completion", "fish"}, {"serve"}, {"nonsense"}, {"check", "--nonsense"},
	} {
		for _, tag := range []string{"en", "zh"} {
			e, out, errs := worldOf(t, dir)
			code := e.run(append(args, "--json", "--lang", tag))
			dec := json.NewDecoder(out)
			var doc any
			if err := dec.Decode(&doc); err != nil {
				t.Errorf("%v %s: exit %d, no document: %v\n%s", args, tag, code, err, errs)
				continue
			}
			if dec.More() {
				t.Errorf("%v %s: something behind the document", args, tag)
			}
			if strings.Contains(errs.String(), "«") || strings.Contains(errs.String(), "<no value>") || strings.Contains(errs.String(), "goroutine") {
				t.Errorf("%v %s: %s", args, tag, errs)
			}
			if code == exitFail && len(doc.(map[string]any)) == 0 {
				t.Errorf("%v %s: an empty document", args, tag)
			}
		}
	}
}

// TestHelpHasWords: the help of every verb, in each language, lacks no word.
func TestHelpHasWords(t *testing.T) {
	for _, tag := range []string{"en", "zh"} {
		e, _, _ := worldOf(t, ".")
		_ = e.preset([]string{"--lang", tag})
		var code int
		for _, c := range e.root(&code).Commands() {
			e, out, _ := worldOf(t, ".")
			if code := e.run([]string{"help", c.Name(), "--lang", tag}); code != exitOK || strings.Contains(out.String(), "«") || out.Len() < 60 {
				t.Errorf("help %s in %s: exit %d\n%s", c.Name(), tag, code, out)
			}
		}
	}
}

// TestFaultsOfTheMachine: what the machine says is told in words, by its kind.
func TestFaultsOfTheMachine(t *testing.T) {
	e, _, _ := worldOf(t, "/home/clerk")
	for _, c := range []struct {
		err  error
		what string
		path string
	}{
		{&fs.PathError{Op: "open", Path: "/home/clerk/a.yaml", Err: fs.ErrNotExist}, "not-there", "a.yaml"},
		{&fs.PathError{Op: "open", Path: "/etc/shadow", Err: fs.ErrPermission}, "not-allowed", "/etc/shadow"},
		{&os.LinkError{Op: "rename", Old: "x", New: "/home/clerk/b", Err: fs.ErrPermission}, "not-allowed", "b"},
		{&fs.PathError{Op: "read", Path: "a", Err: errors.New("bad sector")}, "file", "a"},
		{errors.New("anything"), "machine", ""},
	} {
		f := e.faultOf(c.err)
		if f.what != c.what || c.path != "" && f.args["Path"] != c.path {
			t.Errorf("%v is told as %s %v, want %s %s", c.err, f.what, f.args, c.what, c.path)
		}
	}
}
