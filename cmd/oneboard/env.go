package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// The exit codes of every verb.
const (
	exitOK    = 0 // clean
	exitFound = 1 // it ran, and found something wrong
	exitFail  = 2 // it could not run
)

// An env is everything that a command may touch. Tests build their own.
type env struct {
	ctx      context.Context // ends when the person interrupts
	in       io.Reader
	out, err io.Writer
	dir      string // the working folder; relative names start here
	getenv   func(string) string
	now      func() time.Time
	browse   func(url string) error
	state    func() (string, error) // where this person's programs keep what can be made again

	tag     lang.Tag      // the language to speak
	json    bool          // one JSON document on out, nothing else there
	risk    risking       // what schedule --risk asks
	printed *bufio.Writer // out, buffered: see flush
	seen    *sightings    // while a plan is watched: what its check looked at
	began   time.Time     // and when that began
}

// run carries out one command line and gives the exit code. It is the only
// place that catches a panic: whatever breaks, a person reads a sentence.
func (e *env) run(args []string) (code int) {
	e.tag = lang.EN
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := e.getenv(name); v != "" {
			if tag, ok := lang.Parse(v); ok {
				e.tag = tag
			}
			break
		}
	}
	e.printed = bufio.NewWriterSize(e.out, 1<<16)
	e.out = e.printed
	defer func() {
		if r := recover(); r != nil {
			code = e.fail(broken(fmt.Errorf("panic: %v", r), "bug"))
			e.printed.Flush()
			fmt.Fprintf(e.err, "\n%s", debug.Stack())
		}
	}()
	code, err := e.execute(args)
	if err != nil {
		code = e.fail(err)
	}
	if err := e.printed.Flush(); err != nil { // a full disk, a closed pipe: the reader has not got it all
		e.out = io.Discard
		code = e.fail(broken(err, "output"))
	}
	return code
}

// say gives a sentence of the door's own catalogue.
func (e *env) say(id string, args ...lang.Args) string { return lang.Say(e.tag, "cmd."+id, args...) }

// printf writes to the output. What can't be written is noticed at the end.
func (e *env) printf(format string, args ...any) { fmt.Fprintf(e.out, format, args...) }

// flush hands over what was printed so far: for who prints and then waits.
func (e *env) flush() error { return e.printed.Flush() }

// document prints the one JSON document of a --json run; while a plan is watched
// there are several, each on a line.
func (e *env) document(v any) error {
	enc := json.NewEncoder(e.out)
	enc.SetEscapeHTML(false)
	if e.seen == nil {
		enc.SetIndent("", "  ")
	}
	return enc.Encode(v)
}

// path gives the name of a file or folder, as a person wrote it, from where the
// program stands.
func (e *env) path(name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(e.dir, name)
}

// today is the civil date where the program runs.
func (e *env) today() org.Date { return org.DateOf(e.now()) }

// name chooses the name to print in the language: the English one when it is
// asked for and there.
func (e *env) name(zh, en string) string {
	if e.tag == lang.EN && en != "" {
		return en
	}
	return zh
}

// list joins words as the language does.
func (e *env) list(words []string) string {
	return strings.Join(words, lang.Say(e.tag, "list.comma"))
}
