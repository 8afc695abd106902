package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strconv"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/exchange"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// replayVerb replays an official history and compares it with its snapshots.
func replayVerb(e *env) verb {
	var backward, all bool
	var vintage string
	return verb{name: "replay", min: 1, max: 1,
		flags: func(f *flags) {
			f.truth(&backward, "backward")
			f.truth(&all, "all")
			f.text(&vintage, "vintage", "")
		},
		run: func(args []string) (int, error) {
			// what is read is kept to the end, so there is little to collect
			defer debug.SetGCPercent(debug.SetGCPercent(400))
			h, problems, err := e.takeVintage(args[0], vintage)
			if err != nil {
				return exitFail, err
			}
			doc := replayed{Source: args[0], Problems: problems.Views(e.tag)}
			limit := diag.Printed
			if all {
				limit = 0
			}
			if problems.HasErrors() { // part of a history proves nothing
				if e.json {
					return exitFail, e.document(doc)
				}
				return exitFail, problems.WriteText(e.out, e.tag, limit)
			}
			r := check.Replay(h, backward)
			doc.Report, doc.Agrees = &r, r.Agrees()
			code := exitOK
			if !doc.Agrees {
				code = exitFound
			}
			if e.json {
				return code, e.document(doc)
			}
			if len(problems) > 0 {
				if err := problems.WriteText(e.out, e.tag, limit); err != nil {
					return exitFail, err
				}
			}
			e.printReplay(&r, limit)
			return code, nil
		}}
}

// takeHistory reads a history folder, or the files of a source as it publishes
// them.
func (e *env) takeHistory(dir string) (*org.History, diag.List, error) {
	at, err := os.Stat(e.path(dir))
	if err != nil {
		return nil, nil, err
	}
	if !at.IsDir() {
		return nil, nil, cannot("not-folder", "Path", dir)
	}
	return exchange.DetectHistory(e.path(dir))
}

// takeVintage reads a source as known at a vintage; the newest when it is empty.
func (e *env) takeVintage(dir, vintage string) (*org.History, diag.List, error) {
	if vintage == "" {
		return e.takeHistory(dir)
	}
	fsys := os.DirFS(e.path(dir))
	known := exchange.Vintages(fsys)
	switch {
	case len(known) == 0:
		return nil, nil, cannot("no-vintages", "Path", dir)
	case !slices.Contains(known, vintage):
		return nil, nil, cannot("no-vintage", "Path", dir, "Vintage", vintage, "Vintages", e.list(known))
	}
	return exchange.ReadVintage(fsys, vintage)
}

// replayed is the JSON form of a replay; without a report when it could not run.
type replayed struct {
	Source   string      `json:"source"`
	Agrees   bool        `json:"agrees"`
	Problems []diag.View `json:"problems"`
	*check.Report
}

// printReplay prints a report for people: a line for each snapshot, then what
// differs.
func (e *env) printReplay(r *check.Report, limit int) {
	e.printf("%s\n", e.say("replay.head", lang.Args{"Day": r.From.String(), "Units": r.Units, "Events": r.Events, "Inferred": r.Inferred}))
	rows := [][]string{}
	differing := 0
	for i := range r.Snapshots {
		c := &r.Snapshots[i]
		verdict := e.say("replay.agrees")
		if !c.Agrees() {
			verdict = e.say("replay.differs")
			differing++
		}
		rows = append(rows, []string{c.Date.String(), c.File, strconv.Itoa(c.Expected), strconv.Itoa(c.Got),
			strconv.Itoa(len(c.Missing)), strconv.Itoa(len(c.Extra)), strconv.Itoa(len(c.Differing)), verdict})
	}
	e.table([]string{e.say("replay.day"), e.say("replay.file"), e.say("replay.expected"), e.say("replay.got"),
		e.say("replay.missing"), e.say("replay.extra"), e.say("replay.differing"), ""}, rows)
	var lines []string
	for i := range r.Snapshots {
		c := &r.Snapshots[i]
		for _, u := range c.Missing {
			lines = append(lines, e.say("replay.is-missing", lang.Args{"Day": c.Date.String(), "Code": u.Code, "Name": u.Name}))
		}
		for _, u := range c.Extra {
			lines = append(lines, e.say("replay.is-extra", lang.Args{"Day": c.Date.String(), "Code": u.Code, "Name": u.Name}))
		}
		for _, d := range c.Differing {
			lines = append(lines, e.say("replay.is-other", lang.Args{"Day": c.Date.String(), "Code": d.Code, "Field": e.say("col." + d.Field), "Want": d.Want, "Got": d.Got}))
		}
	}
	for _, b := range r.Broken {
		line := e.say("replay.broken-"+b.What, lang.Args{"Event": b.Event, "Day": b.Date.String(),
			"Place": fmt.Sprintf("%s:%d", b.File, b.Line), "Code": b.Code, "Field": e.fieldWord(b.Field), "Want": b.Want, "Got": b.Got})
		if b.Agrees != "" {
			line += lang.Say(e.tag, "list.comma") + e.say("replay.judged-"+b.Agrees)
		}
		lines = append(lines, line)
	}
	for i, line := range lines {
		if limit > 0 && i == limit {
			e.printf("%s\n", lang.Say(e.tag, "diag.more", lang.Args{"Count": len(lines) - i}))
			break
		}
		e.printf("%s\n", line)
	}
	verdict := e.say("replay.all-agree", lang.Args{"Count": len(r.Snapshots)})
	if differing > 0 {
		verdict = e.say("replay.some-differ", lang.Args{"Count": differing})
	}
	if n := len(r.Broken); n > 0 {
		verdict += lang.Say(e.tag, "list.comma") + e.say("replay.broken", lang.Args{"Count": n})
	}
	e.printf("%s\n", verdict)
}

func (e *env) fieldWord(field string) string {
	if field == "" {
		return ""
	}
	return e.say("col." + field)
}
