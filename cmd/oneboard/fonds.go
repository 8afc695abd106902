package main

import (
	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// disposition is the JSON form of what becomes of the records of a reform.
type disposition struct {
	Source string     `json:"source"`
	Known  int64      `json:"known,omitempty"`
	Fonds  []fondsRow `json:"fonds"`
}

// A fondsRow is one item of records: what the rules say of it, and what the plan
// does with it.
type fondsRow struct {
	ID    string      `json:"id"`
	Name  string      `json:"name,omitempty"`
	Body  diag.Name   `json:"body"`
	Rule  string      `json:"rule"`
	Where []diag.Name `json:"where"` // who may have it in the end
	Goes  *diag.Name  `json:"goes"`  // who has it; null when nobody does
	On    org.Date    `json:"on,omitzero"`
	By    string      `json:"by,omitempty"`
	Fits  bool        `json:"fits"`
}

// dispositionOf lists the records whose body a plan changes.
func dispositionOf(s *seen) disposition {
	d := disposition{s.name, s.known, []fondsRow{}}
	name := func(id string) diag.Name { return bodyName(s.timeline, id, org.Forever) }
	for _, f := range s.timeline.Fonds() {
		row := fondsRow{ID: f.ID, Name: f.Name, Body: name(f.Body), Rule: f.Rule, Where: []diag.Name{}, On: f.On, Fits: f.Fits, By: check.Citations(f.By)}
		for _, id := range f.Where {
			row.Where = append(row.Where, name(id))
		}
		if f.Goes != "" {
			goes := name(f.Goes)
			row.Goes = &goes
		}
		d.Fonds = append(d.Fonds, row)
	}
	return d
}

func (e *env) printDisposition(d disposition) {
	e.printf("%s\n", e.say("show.fonds.head", lang.Args{"Count": len(d.Fonds)}))
	var rows [][]string
	for _, f := range d.Fonds {
		var where []string
		for _, n := range f.Where {
			where = append(where, diag.Words(e.tag, n))
		}
		goes, day := e.say("show.fonds.nobody"), ""
		if f.Goes != nil {
			goes = diag.Words(e.tag, *f.Goes)
		}
		if f.On.Known() {
			day = f.On.String()
		}
		fits := ""
		if !f.Fits {
			fits = e.say("show.fonds.astray")
		}
		title := f.ID
		if f.Name != "" {
			title = f.Name + " (" + f.ID + ")"
		}
		rows = append(rows, []string{title, diag.Words(e.tag, f.Body), lang.Say(e.tag, "fonds."+f.Rule), e.list(where), goes, day, f.By, fits})
	}
	if len(rows) > 0 {
		e.table([]string{e.say("show.fonds.item"), e.say("show.fonds.body"), e.say("show.fonds.rule"), e.say("show.fonds.where"), e.say("show.fonds.goes"),
			e.say("show.fonds.on"), e.say("show.fonds.by"), ""}, rows)
	}
}
