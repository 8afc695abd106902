package main

import (
	"cmp"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/exchange"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// replayVerb replays an official history and compares it with its snapshots.
func replayVerb(e *env) verb {
	var backward, all bool
	var reader, vintage string
	return verb{name: "replay", min: 1, max: 1,
		flags: func(f *flags) {
			f.truth(&backward, "backward")
			f.truth(&all, "all")
			f.text(&reader, "reader", "")
			f.text(&vintage, "vintage", "")
		},
		run: func(args []string) (int, error) {
			// what is read is kept to the end, so there is little to collect
			defer debug.SetGCPercent(debug.SetGCPercent(400))
			h, problems, err := e.takeHistory(args[0], reader, vintage)
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
// them: with the reader of that name, or the one that knows the folder; as known
// at a vintage, or the newest.
func (e *env) takeHistory(dir, reader, vintage string) (*org.History, diag.List, error) {
	at, err := os.Stat(e.path(dir))
	if err != nil {
		return nil, nil, err
	}
	if !at.IsDir() {
		return nil, nil, cannot("not-folder", "Path", dir)
	}
	if reader == "" && vintage == "" {
		return exchange.DetectHistory(e.path(dir))
	}
	fsys := os.DirFS(e.path(dir))
	r, ok := exchange.ReaderNamed(reader)
	if !ok && reader != "" {
		var names []string
		for _, r := range exchange.Readers {
			names = append(names, r.Name)
		}
		return nil, nil, cannot("no-reader", "Reader", reader, "Readers", e.list(names))
	}
	if !ok {
		r, _ = exchange.Detect(fsys)
	}
	if vintage == "" {
		return r.Read(fsys)
	}
	known := r.Vintages(fsys)
	switch {
	case len(known) == 0:
		return nil, nil, cannot("no-vintages", "Path", dir)
	case !slices.Contains(known, vintage):
		return nil, nil, cannot("no-vintage", "Path", dir, "Vintage", vintage, "Vintages", e.list(known))
	}
	return r.ReadVintage(fsys, vintage)
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
	differing, causes, differences := 0, 0, 0
	for i := range r.Snapshots {
		c := &r.Snapshots[i]
		causes, differences = causes+len(c.Causes), differences+c.Rows()
		verdict := e.say("replay.agrees")
		if !c.Agrees() {
			verdict = e.say("replay.differs")
			differing++
		}
		if c.Unknown > 0 {
			verdict = e.and(verdict, e.say("replay.unknown", lang.Args{"Count": c.Unknown}))
		}
		rows = append(rows, []string{c.Date.String(), c.File, strconv.Itoa(c.Expected), strconv.Itoa(c.Got),
			strconv.Itoa(len(c.Missing)), strconv.Itoa(len(c.Extra)), strconv.Itoa(len(c.Differing)), strconv.Itoa(len(c.Causes)), verdict})
	}
	e.table([]string{e.say("replay.day"), e.say("replay.file"), e.say("replay.expected"), e.say("replay.got"),
		e.say("replay.missing"), e.say("replay.extra"), e.say("replay.differing"), e.say("replay.col.causes"), ""}, rows)
	var lines []string
	for i := range r.Snapshots {
		c := &r.Snapshots[i]
		why := map[string]string{} // by code, or name where there is none
		for k := range c.Causes {
			for _, u := range c.Causes[k].Units {
				why[cmp.Or(u.Code, u.Name)] = e.causeWords(&c.Causes[k])
			}
		}
		tell := func(unit, line string) { lines = append(lines, e.and(line, why[unit])) }
		for _, u := range c.Missing {
			tell(cmp.Or(u.Code, u.Name), e.say("replay.is-missing", lang.Args{"Day": c.Date.String(), "Unit": strings.TrimSpace(u.Code + " " + u.Name)}))
		}
		for _, u := range c.Extra {
			tell(cmp.Or(u.Code, u.Name), e.say("replay.is-extra", lang.Args{"Day": c.Date.String(), "Unit": strings.TrimSpace(u.Code + " " + u.Name)}))
		}
		for _, d := range c.Differing {
			tell(d.Code, e.say("replay.is-other", lang.Args{"Day": c.Date.String(), "Code": d.Code, "Field": e.say("col." + d.Field), "Want": d.Want, "Got": d.Got}))
		}
	}
	for _, b := range r.Broken {
		line := e.say("replay.broken-"+b.What, lang.Args{"Event": b.Event, "Day": b.Date.String(),
			"Place": fmt.Sprintf("%s:%d", b.File, b.Line), "Code": b.Code, "Field": e.fieldWord(b.Field), "Want": b.Want, "Got": b.Got})
		if b.Agrees != "" {
			line = e.and(line, e.say("replay.judged-"+b.Agrees))
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
		verdict = e.and(e.say("replay.some-differ", lang.Args{"Count": differing}),
			e.and(e.say("replay.rows", lang.Args{"Count": differences}), e.say("replay.causes", lang.Args{"Count": causes})))
	}
	if n := len(r.Broken); n > 0 {
		verdict = e.and(verdict, e.say("replay.broken", lang.Args{"Count": n}))
	}
	e.printf("%s\n", verdict)
}

// causeWords names the event that a difference comes of, and what the next
// snapshot says.
func (e *env) causeWords(c *check.Cause) string {
	if c.Event == "" {
		return e.say("replay.cause-none")
	}
	words := e.say("replay.cause", lang.Args{"Event": c.Event, "Day": c.Date.String(), "Place": fmt.Sprintf("%s:%d", c.File, c.Line)})
	if c.Next != "" {
		words = e.and(words, e.say("replay.next-"+c.Next))
	}
	return words
}

// and puts a second remark behind a first one.
func (e *env) and(first, second string) string {
	return e.say("replay.and", lang.Args{"First": first, "Second": second})
}

func (e *env) fieldWord(field string) string {
	if field == "" {
		return ""
	}
	return e.say("col." + field)
}
