package main

import (
	"oneboard/internal/org"
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

// board gives the board of a day, the name of where it comes from, and the exit
// code that goes with it.
func (s *source) board(e *env, args []string, on org.Date) (*org.Board, string, int, error) {
	m, t, code, err := e.timeline(args[0])
	if err != nil {
		return nil, "", exitFail, err
	}
	return t.On(on), m.name, code, nil
}
