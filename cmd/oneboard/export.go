package main

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"

	"oneboard/internal/exchange"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// exportVerb writes the board of a day as a folder of tables.
func exportVerb(e *env) verb {
	var on org.Date
	var from source
	var to string
	var replace bool
	return verb{name: "export", max: 1,
		flags: func(f *flags) {
			f.date(&on, "on")
			f.text(&to, "to", "")
			f.truth(&replace, "replace")
			from.declare(f)
		},
		run: func(args []string) (int, error) {
			if to == "" {
				return exitFail, cannot("no-target")
			}
			if !on.Known() {
				on = e.today()
			}
			if len(args) > 0 {
				from.plan = args[0]
			}
			if at, err := os.Stat(e.path(to)); err == nil && !at.IsDir() {
				return exitFail, cannot("not-folder", "Path", to)
			} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return exitFail, err
			}
			// What lies there may be the only copy of somebody's work, or the very
			// board that is being read.
			if isBoard(folder(e.dir), to) && !replace {
				return exitFail, cannot("target-has-board", "Path", to)
			}
			s, code, err := from.open(e)
			if err != nil {
				return exitFail, err
			}
			board := s.timeline.On(on)
			if err := exchange.WriteBoard(e.path(to), board); err != nil {
				return exitFail, err
			}
			files := slices.Sorted(maps.Keys(exchange.Tables(board)))
			if e.json {
				return code, e.document(struct {
					Source string   `json:"source"`
					On     org.Date `json:"on"`
					Known  int64    `json:"known,omitempty"`
					To     string   `json:"to"`
					Files  []string `json:"files"`
				}{s.name, on, s.known, to, files})
			}
			e.printf("%s\n", e.say("export.done", lang.Args{"To": to, "Day": on.String(), "Files": e.list(files)}))
			return code, nil
		}}
}
