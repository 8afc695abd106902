package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/register"
)

// A source is where a verb that looks at a day takes the board from: a plan, or
// the register as it was known at some time.
type source struct {
	plan     string
	register string
	known    string
}

// declare declares the flags that choose the source.
func (s *source) declare(f *flags) {
	f.text(&s.register, "register", "")
	f.text(&s.known, "known", "")
}

// A seen is a board through time, and where it comes from.
type seen struct {
	name     string // the plan's file, the board's folder, or the register
	known    int64  // the register's entry; 0 when a file was read
	timeline *check.Timeline
	plan     *org.Plan // nil when there is none
	packs    []*org.Pack
	above    *check.Bond // nil when no plan above was read
}

// open reads the source. The exit code is exitFound when its plan has errors:
// what can be told of it is shown all the same, and the reader is told so.
func (s *source) open(e *env) (*seen, int, error) {
	if s.plan != "" && s.register != "" {
		return nil, exitFail, cannot("two-sources", "Plan", s.plan, "Register", shownRegister(s.register))
	}
	if s.plan != "" && !e.isRegister(s.plan) {
		if s.known != "" {
			return nil, exitFail, cannot("plan-is-not-known", "Plan", s.plan)
		}
		m, err := e.take(s.plan)
		if err != nil {
			return nil, exitFail, err
		}
		if m.board == nil {
			n, _, _ := m.problems.Count()
			return nil, exitFail, cannot("unreadable-plan", "Path", m.name, "Count", n)
		}
		r := m.check()
		return &seen{m.name, 0, r.Timeline, m.plan, m.packs, r.Above}, e.remark(m.name, r.Problems), nil
	}
	at := s.register
	if s.plan != "" {
		at = s.plan
	}
	known, err := e.knownAt(s.known)
	if err != nil {
		return nil, exitFail, err
	}
	reg, name, err := e.openRegister(at, false)
	if err != nil {
		return nil, exitFail, err
	}
	defer reg.Close()
	view, err := reg.At(e.ctx, known)
	if err != nil {
		return nil, exitFail, err
	}
	r := view.Result()
	out := &seen{name: name, known: view.Seq, timeline: r.Timeline, packs: view.Packs}
	if len(view.Plans) > 0 {
		out.plan = view.Plans[0]
	}
	return out, e.remark(name, r.Problems), nil
}

// remark tells a reader who looks at a plan with errors that it has them, and
// gives the exit code for it.
func (e *env) remark(name string, problems diag.List) int {
	n, _, _ := problems.Count()
	if n == 0 {
		return exitOK
	}
	fmt.Fprintf(e.err, "oneboard: %s\n", e.say("plan-has-errors", lang.Args{"Path": name, "Count": n}))
	return exitFound
}

// knownAt reads --known: the number of an entry, a day (its end, where the
// program runs), or an instant.
func (e *env) knownAt(s string) (register.Known, error) {
	if s == "" {
		return register.Latest, nil
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && n >= 0 {
		return register.AtEntry(n), nil
	}
	if day, err := org.ParseDate(s); err == nil {
		return register.OnDay(day, e.now().Location()), nil
	}
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		return register.AsOf(at), nil
	}
	return register.Latest, cannot("not-known-at", "Value", s)
}

// registerVariable is the environment's name for the register.
const registerVariable = "ONEBOARD_REGISTER"

// registerHere is the register that is used when none is named and it is here.
const registerHere = "oneboard.db"

// openRegister opens the register that was named, or that the environment
// names, or that lies here; and gives its name as a person may see it. A file
// that isn't there is made only when make is true.
func (e *env) openRegister(named string, make bool) (*register.Register, string, error) {
	if named == "" {
		named = e.getenv(registerVariable)
	}
	if named == "" {
		if _, err := os.Stat(e.path(registerHere)); err != nil && !make {
			return nil, "", cannot("no-source")
		}
		named = registerHere
	}
	if isServer(named) {
		reg, err := register.Open(e.ctx, named)
		return reg, shownRegister(named), err
	}
	at, err := os.Stat(e.path(named))
	switch {
	case err != nil && !(make && errors.Is(err, fs.ErrNotExist)):
		return nil, "", err
	case err == nil && at.IsDir():
		return nil, "", cannot("is-folder", "Path", named)
	case err == nil && at.Size() > 0 && !e.isRegister(named):
		return nil, "", cannot("not-a-register", "Path", named)
	}
	reg, err := register.Open(e.ctx, e.path(named))
	return reg, named, err
}

// registerExists reports whether the register that openRegister would open is
// there already.
func (e *env) registerExists(named string) bool {
	named = cmp.Or(named, e.getenv(registerVariable), registerHere)
	if isServer(named) {
		return true
	}
	_, err := os.Stat(e.path(named))
	return err == nil
}

func isServer(name string) bool {
	return strings.HasPrefix(name, "postgres://") || strings.HasPrefix(name, "postgresql://")
}

// shownRegister gives the name of a register without the password in it.
func shownRegister(name string) string {
	if u, err := url.Parse(name); err == nil && isServer(name) {
		return u.Redacted()
	}
	return name
}

// isRegister reports whether a name is that of a register: a connection string,
// or a file that begins as SQLite's do.
func (e *env) isRegister(name string) bool {
	if isServer(name) {
		return true
	}
	at, err := os.Stat(e.path(name))
	if err != nil || !at.Mode().IsRegular() {
		return false
	}
	f, err := os.Open(e.path(name))
	if err != nil {
		return false
	}
	defer f.Close()
	magic := []byte("SQLite format 3\x00")
	head := make([]byte, len(magic))
	_, err = io.ReadFull(f, head)
	return err == nil && bytes.Equal(head, magic)
}
