package main

import (
	"fmt"
	"strconv"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// indicatorsVerb compares two days of a board by numbers, each of which names
// what it counts.
func indicatorsVerb(e *env) verb {
	var before, after org.Date
	var from source
	return verb{name: "indicators", max: 1,
		flags: func(f *flags) {
			f.date(&before, "before")
			f.date(&after, "after")
			from.declare(f)
		},
		run: func(args []string) (int, error) {
			if len(args) > 0 {
				from.plan = args[0]
			}
			s, code, err := from.open(e)
			if err != nil {
				return exitFail, err
			}
			first, last := s.timeline.Ends()
			if before.Known() {
				first = before
			}
			if after.Known() {
				last = after
			}
			if first > last {
				return exitFail, cannot("days-reversed", "Before", first.String(), "After", last.String())
			}
			x := s.timeline.Indicators(first, last)
			if e.json {
				return code, e.document(indicated{s.name, s.known, x})
			}
			e.printIndicators(x)
			return code, nil
		}}
}

// indicated is the JSON form of indicators.
type indicated struct {
	Source string `json:"source"`
	Known  int64  `json:"known,omitempty"`
	check.Indicators
}

// word gives a free word of the place in the language, when the catalogue has
// it.
func (e *env) word(group, word string) string {
	if word == "" {
		return lang.Say(e.tag, "term.none")
	}
	if id := group + "." + word; lang.Knows(e.tag, id) {
		return lang.Say(e.tag, id)
	}
	return word
}

func (e *env) printIndicators(x check.Indicators) {
	e.printf("%s\n", e.say("indicators.head", lang.Args{"Before": x.Before.String(), "After": x.After.String()}))
	pair := func(before, after int) []string {
		return []string{strconv.Itoa(before), strconv.Itoa(after), change(before, after)}
	}
	head := func(words ...string) []string {
		return append(words, e.say("indicators.col.before"), e.say("indicators.col.after"), e.say("indicators.col.change"))
	}
	part := func(id string, head []string, rows [][]string) {
		e.printf("\n%s\n", lang.Say(e.tag, "indicators."+id))
		e.table(head, rows)
	}
	var rows [][]string
	before, after := 0, 0
	for _, b := range x.Bodies {
		before, after = before+len(b.Before), after+len(b.After)
		rows = append(rows, append([]string{e.word("level", b.Level), e.word("bodykind", b.Kind)}, pair(len(b.Before), len(b.After))...))
	}
	rows = append(rows, append([]string{lang.Say(e.tag, "indicators.all"), ""}, pair(before, after)...))
	part("bodies", head(e.say("col.level"), e.say("col.kind")), rows)
	rows = nil
	plain := 0
	for _, f := range x.Fields {
		if len(f.Before.Bodies) <= 1 && len(f.After.Bodies) <= 1 {
			plain++ // at most one team, before and after: nothing to look at
			continue
		}
		rows = append(rows, append([]string{e.word("matter", f.Matter)},
			append(pair(len(f.Before.Bodies), len(f.After.Bodies)), pair(len(f.Before.Levels), len(f.After.Levels))...)...))
	}
	if len(x.Fields) > 0 {
		was, is := x.Teams()
		rows = append(rows, append([]string{lang.Say(e.tag, "indicators.all")}, pair(len(was), len(is))...))
		part("fields", append(head(lang.Say(e.tag, "indicators.col.field")), e.say("indicators.col.levels-before"), e.say("indicators.col.levels-after"), ""), rows)
		if plain > 0 {
			e.printf("  %s\n", lang.Say(e.tag, "indicators.plain", lang.Args{"Count": plain}))
		}
	}
	rows = nil
	for _, p := range x.Processes {
		rows = append(rows, append([]string{diag.Words(e.tag, p.Process), strconv.Itoa(len(p.Steps))}, pair(p.Before, p.After)...))
	}
	if len(rows) > 0 {
		part("processes", head(lang.Say(e.tag, "indicators.col.process"), lang.Say(e.tag, "indicators.col.steps")), rows)
	}
	rows = nil
	for _, l := range x.Levels {
		if len(l.Before.Posts)+len(l.After.Posts)+len(l.Before.Powers)+len(l.After.Powers) == 0 {
			continue
		}
		rows = append(rows, append([]string{e.word("level", l.Level), lang.Say(e.tag, "indicators.posts")}, pair(len(l.Before.Posts), len(l.After.Posts))...),
			append([]string{"", lang.Say(e.tag, "indicators.powers")}, pair(len(l.Before.Powers), len(l.After.Powers))...))
	}
	if len(rows) > 0 {
		part("levels", head(e.say("col.level"), ""), rows)
	}
	rows = nil
	known, all := 0, 0
	for _, s := range x.Staff {
		n := len(s.Known) + len(s.Unknown)
		if n == 0 {
			continue
		}
		known, all = known+len(s.Known), all+n
		rows = append(rows, []string{diag.Words(e.tag, s.Body), strconv.Itoa(n), strconv.Itoa(len(s.Known)), percent(len(s.Known), n)})
	}
	if len(rows) > 0 {
		rows = append(rows, []string{lang.Say(e.tag, "indicators.all"), strconv.Itoa(all), strconv.Itoa(known), percent(known, all)})
		part("staff", []string{e.say("indicators.col.ended"), e.say("col.people"), e.say("indicators.col.known"), e.say("indicators.col.share")}, rows)
	}
}

// change writes the difference of two numbers with its sign; "" for none.
func change(before, after int) string {
	if before == after {
		return ""
	}
	return fmt.Sprintf("%+d", after-before)
}

// percent writes a share; "" when there is nothing to share.
func percent(n, of int) string {
	if of == 0 {
		return ""
	}
	return strconv.FormatFloat(100*float64(n)/float64(of), 'f', 1, 64) + " %"
}
