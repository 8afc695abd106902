package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/exchange"
	"oneboard/internal/org"
	"oneboard/internal/planfile"
)

// planLimit is the largest plan that is read. A plan of 2,000 changes has about
// a tenth of a mebibyte; what is larger is not a plan, and isn't taken into
// memory to find out.
const planLimit = 16 << 20

// planName is the name of the plan in its folder.
const planName = "plan.yaml"

// standardInput is how diagnostics name what came from there.
const standardInput = "<stdin>"

// boardFiles are the tables of a board: a folder that has one is a board.
var boardFiles = []string{"areas.csv", "bodies.csv", "duties.csv", "responsibilities.csv", "quotas.csv", "posts.csv", "appointments.csv", "items.csv", "plates.csv"}

// A folder opens files by the names that people write: relative to where the
// program stands, absolute, or with "..", which os.DirFS would refuse. So each
// file has one name, in diagnostics and errors alike.
type folder string

// Open implements fs.FS.
func (dir folder) Open(name string) (fs.File, error) {
	f, err := os.Open(dir.real(name))
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return nil, &fs.PathError{Op: pe.Op, Path: name, Err: pe.Err}
	}
	return f, err
}

// real gives the name by which the system knows a file.
func (dir folder) real(name string) string {
	real := filepath.FromSlash(name)
	if !filepath.IsAbs(real) {
		real = filepath.Join(string(dir), real)
	}
	return real
}

// files gives the folder in which the program stands; while a plan is watched, one
// that remembers what was opened.
func (e *env) files() fs.FS {
	if e.seen != nil {
		return e.seen
	}
	return folder(e.dir)
}

// readBoard reads a board, and its index where it is kept for the next check.
func readBoard(files fs.FS, where string) (*org.Board, *check.Index, diag.List, error) {
	if s, ok := files.(*sightings); ok {
		b, err := s.board(where)
		if err != nil {
			return nil, nil, nil, err
		}
		return b.board, b.index, b.problems, nil
	}
	b, problems, err := exchange.ReadBoard(files, where)
	return b, nil, problems, err
}

// A matter is what a person handed in to be looked at: a plan with its board
// and rule packs, or a board alone; and everything that is wrong with the text
// of these files.
type matter struct {
	name     string // the plan's file, or the board's folder
	plan     *org.Plan
	board    *org.Board
	index    *check.Index // of the board; nil when nothing keeps it
	packs    []*org.Pack
	rules    *org.WorkRules // what its work is made under
	problems diag.List
	above    *matter // the plan of the level above, with those above it; nil when none is named or it can't be read
}

// take reads a plan (a file, a folder that holds plan.yaml, or "-" for the
// standard input) or a folder of board tables. Wrong text is the matter's
// problems; an error is that something could not be read at all.
func (e *env) take(arg string) (*matter, error) {
	files := e.files()
	if arg == "-" {
		text, err := readLimited(e.in, standardInput, planLimit)
		if err != nil {
			return nil, err
		}
		return readMatter(files, standardInput, ".", text)
	}
	if e.isRegister(arg) {
		return nil, cannot("is-register", "Path", shownRegister(arg))
	}
	name := path.Clean(filepath.ToSlash(arg))
	at, err := fs.Stat(files, name)
	if err != nil {
		return nil, err
	}
	if at.IsDir() {
		plan := path.Join(name, planName)
		if _, err := fs.Stat(files, plan); err != nil {
			if !errors.Is(err, fs.ErrNotExist) {
				return nil, err
			}
			return e.takeBoard(name)
		}
		name = plan
	}
	text, err := readFile(files, name)
	if err != nil {
		return nil, err
	}
	return readMatter(files, name, path.Dir(name), text)
}

// takeBoard reads a folder of board tables.
func (e *env) takeBoard(name string) (*matter, error) {
	files := e.files()
	if !isBoard(files, name) {
		return nil, cannot("folder-without-plan", "Path", name)
	}
	m := &matter{name: name}
	var err error
	m.board, m.index, m.problems, err = readBoard(files, name)
	return m, err
}

func isBoard(files fs.FS, dir string) bool {
	for _, f := range boardFiles {
		if _, err := fs.Stat(files, path.Join(dir, f)); err == nil {
			return true
		}
	}
	return false
}

// readFile reads one text of a person, refusing what can't be one by its size
// before it is read.
func readFile(files fs.FS, name string) ([]byte, error) { return readUpTo(files, name, planLimit) }

// readUpTo is readFile with a limit of its own, in bytes.
func readUpTo(files fs.FS, name string, limit int64) ([]byte, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	at, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if at.IsDir() {
		return nil, cannot("is-folder", "Path", name)
	}
	if at.Mode().IsRegular() && at.Size() > limit {
		return nil, tooLarge(name, limit)
	}
	return readLimited(f, name, limit)
}

func readLimited(r io.Reader, name string, limit int64) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if int64(len(text)) > limit {
		return nil, tooLarge(name, limit)
	}
	return text, nil
}

func tooLarge(name string, limit int64) error {
	return cannot("too-large", "Path", name, "Limit", fmt.Sprintf("%d MiB", limit>>20))
}

// readMatter reads a plan's text, the board that it names, from the folder that
// the plan stands in, its rule packs, and the plans of the levels above, one after
// another, each with all that belongs to it.
func readMatter(files fs.FS, name, dir string, text []byte) (*matter, error) {
	return readUnder(files, name, dir, text, nil)
}

// readUnder is readMatter of a plan that stands above those of the files named.
func readUnder(files fs.FS, name, dir string, text []byte, below []string) (*matter, error) {
	m, err := readAlone(files, name, dir, text)
	if err != nil || m.plan == nil || m.plan.Above.Text == "" {
		return m, err
	}
	where := seenFrom(dir, m.plan.Above.Text)
	at, err := fs.Stat(files, where)
	if err == nil && at.IsDir() {
		where = path.Join(where, planName)
		_, err = fs.Stat(files, where)
	}
	missing := func(reason string) (*matter, error) {
		m.problems.Add(diag.At(aboveMissing, m.plan.Above.At, diag.F("file", where), diag.F("reason", diag.Word(reason))))
		return m, nil
	}
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrInvalid): // or outside of where files are seen
		return missing("reason.not_there")
	case err != nil:
		return nil, err
	}
	below = append(slices.Clip(below), path.Clean(name))
	if slices.Contains(below, path.Clean(where)) {
		return missing("reason.is_itself")
	}
	text, err = readFile(files, where)
	if err != nil {
		return nil, err
	}
	if m.above, err = readUnder(files, where, path.Dir(where), text, below); err != nil {
		return nil, err
	}
	if m.above.board == nil {
		m.above = nil
		return missing("reason.unreadable")
	}
	return m, nil
}

// seenFrom gives the name of a file that a plan in a folder names.
func seenFrom(dir, name string) string {
	where := filepath.ToSlash(name)
	if !path.IsAbs(where) && !filepath.IsAbs(name) {
		where = path.Join(dir, where)
	}
	return where
}

// readAlone reads a plan without what stands above it.
func readAlone(files fs.FS, name, dir string, text []byte) (*matter, error) {
	m := &matter{name: name}
	m.plan, m.problems = planfile.Parse(name, text)
	if m.plan == nil {
		return m, nil
	}
	packs, problems, err := planfile.PacksIn(m.plan, files, dir)
	if err != nil {
		return nil, err
	}
	m.packs = packs
	m.problems.Add(problems...)
	if m.rules, problems, err = planfile.WorkIn(m.plan, files, dir, exchange.ReadDays); err != nil {
		return nil, err
	}
	m.problems.Add(problems...)
	if m.plan.Board.Text == "" {
		if !m.problems.HasErrors() { // else the board may be named where the text can't be read
			m.board = &org.Board{} // a plan from nothing
		}
		return m, nil
	}
	where := seenFrom(dir, m.plan.Board.Text)
	if at, err := fs.Stat(files, where); err != nil || !at.IsDir() {
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		m.problems.Add(diag.At(boardMissing, m.plan.Board.At, diag.F("folder", where)))
		return m, nil
	}
	if m.board, m.index, problems, err = readBoard(files, where); err != nil {
		return nil, err
	}
	m.problems.Add(problems...)
	return m, nil
}

// boardMissing: the folder that a plan names as its board is not there. The
// door finds it, since only the door knows where a plan's file stands.
var boardMissing = diag.Define("OB0190", diag.Error)

var (
	// aboveMissing: the plan that a plan names as the one above it can't be read.
	aboveMissing = diag.Define("OB0700", diag.Error)
	// aboveFaulty: the plan above has errors, so what is said of this plan under
	// it may not be all.
	aboveFaulty = diag.Define("OB0701", diag.Warning)
)

// check runs the check over what was read, holds it against the plans above, and
// puts all problems of all files into one order.
func (m *matter) check() check.Result {
	r := m.checkAlone()
	m.hold(&r, m.checkAbove())
	return r
}

// checkAbove checks the plans above, the nearest first, each held against those
// above it.
func (m *matter) checkAbove() []check.Result {
	if m.above == nil {
		return nil
	}
	r, higher := m.above.checkAlone(), m.above.checkAbove()
	m.above.hold(&r, higher)
	return append([]check.Result{r}, higher...)
}

// checkAlone is check without the plans above.
func (m *matter) checkAlone() check.Result {
	var r check.Result
	switch {
	case m.index != nil:
		r = m.index.Run(m.plan, m.packs...)
	case m.board != nil:
		r = check.Run(m.board, m.plan, m.packs...)
	}
	r.Problems = append(follows(m.problems, r.Problems), m.problems...)
	r.Problems.Sort()
	if m.problems.HasErrors() {
		r.Checked = nil
	}
	return r
}

// hold holds a result against those of the plans above, and adds what is wrong
// between the levels; of a plan above that is faulty itself, only that it is.
func (m *matter) hold(r *check.Result, above []check.Result) {
	if r.Timeline == nil {
		return
	}
	up := m.above
	for i := range above {
		if n, _, _ := above[i].Problems.Count(); n > 0 {
			r.Problems.Add(diag.At(aboveFaulty, m.plan.Above.At, diag.F("file", up.name), diag.F("count", n)))
		}
		up = up.above
	}
	if r.Above = check.Against(*r, above...); r.Above != nil {
		r.Problems.Add(follows(m.problems, r.Above.Told())...)
	} else {
		r.Problems.Add(follows(m.problems, check.Within(*r))...)
	}
	r.Problems.Sort()
	if r.Problems.HasErrors() {
		r.Checked = nil
	}
}

// follows takes out of found what stands at words that are faulty as text: it
// follows from that fault, and one cause gives one diagnostic.
func follows(text, found diag.List) diag.List {
	faulty := map[diag.Span]bool{}
	for _, d := range text {
		if d.Severity == diag.Error {
			faulty[d.Span] = true
		}
	}
	var out diag.List
	for _, d := range found {
		if !faulty[d.Span] {
			out = append(out, d)
		}
	}
	return out
}
