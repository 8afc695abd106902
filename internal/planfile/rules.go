package planfile

import (
	"slices"
	"strings"

	"oneboard/internal/diag"
	"oneboard/internal/org"
	"oneboard/internal/rules"
)

// ownRules reads the rules that a pack has of its own. Those of the pack that it
// extends hold too; one with the same id takes the other's place.
func (d *document) ownRules(p *org.Pack, written []ruleText) {
	if len(written) > 0 {
		p.Rules = slices.Clone(p.Rules) // the other pack keeps its own
	}
	first := map[string]diag.Span{}
	for _, w := range written {
		if !w.ID.Given() {
			continue // told
		}
		if at, twice := first[w.ID.ID]; twice {
			if len(d.diags) < maxFaults {
				d.diags.Add(diag.At(RuleTwice, w.ID.At, diag.F("rule", w.ID.ID)).Note(at, "first_here"))
			}
			continue
		}
		first[w.ID.ID] = w.ID.At
		r := org.Rule{ID: w.ID.ID, Over: w.Over.Text, When: w.When, ZH: w.Says.ZH.Text, EN: w.Says.EN.Text,
			OnlyWarns: w.Severity.Text == "warning", At: w.ID.At}
		if r.ZH == "" && r.EN == "" {
			d.add(MissingKey, w.ID.At, diag.F("key_name", "says"), diag.F("kind", diag.Word("part.rules")))
		}
		if slices.Contains(rules.Overs, r.Over) && r.When.Text != "" {
			d.compile(&r)
		}
		if i := slices.IndexFunc(p.Rules, func(o org.Rule) bool { return o.ID == r.ID }); i >= 0 {
			p.Rules[i] = r
		} else {
			p.Rules = append(p.Rules, r)
		}
	}
}

// compile reports what is wrong with the expression of a rule, each fault where
// it stands.
func (d *document) compile(r *org.Rule) {
	_, faults, costly := rules.Compile(r.Over, r.When.Text)
	if costly > 0 {
		d.add(RuleTooCostly, r.When.At, diag.F("rule", r.ID), diag.F("found", int(min(costly, 1<<62))), diag.F("most", rules.MaxEstimate))
	}
	for _, f := range faults {
		facts := []diag.Fact{diag.F("rule", r.ID), diag.F("reason", diag.Word("rule.fault."+f.Kind))}
		if f.Name != "" {
			facts = append(facts, diag.F("value", f.Name))
		}
		if f.Known != "" {
			facts = append(facts, diag.F("known", f.Known))
		}
		if f.Kind == "name" || f.Kind == "field" {
			facts = append(facts, diag.F("over", r.Over))
		}
		facts = append(facts, diag.F("at_line", f.Line), diag.F("at_column", f.Column))
		if f.Cause != "" {
			facts = append(facts, diag.F("cause", f.Cause))
		}
		d.add(BadRule, wordsAt(r.When, f), facts...)
	}
}

// wordsAt gives the words of an expression at a fault, as near as they can be
// found in the file: the name that is at fault, else from there to the end of the
// line; the whole expression where YAML wrote it otherwise than it reads.
func wordsAt(when org.Text, f rules.Fault) diag.Span {
	lines := strings.Split(when.Text, "\n")
	if f.Line < 1 || f.Line > len(lines) {
		return when.At
	}
	written := when.At.Text()
	// The lines of a block stand in the file one below the other, each indented.
	at := 0
	for i := range f.Line {
		n := strings.Index(written[at:], lines[i])
		if n < 0 {
			return when.At
		}
		if at += n; i < f.Line-1 {
			at += len(lines[i])
		}
	}
	start := 0 // of the line, in the expression
	for i := range f.Line - 1 {
		start += len(lines[i]) + 1
	}
	within := f.Offset - start
	if within < 0 || within > len(lines[f.Line-1]) {
		return when.At
	}
	rest := lines[f.Line-1][within:]
	length := len(rest)
	if n := len(f.Name); f.Name != "" && strings.HasPrefix(rest, f.Name) {
		length = n
	}
	if length == 0 { // behind the last word: the word
		within, length = 0, len(lines[f.Line-1])
	}
	return diag.Span{Source: when.At.Source, Start: when.At.Start + int32(at+within), End: when.At.Start + int32(at+within+length)}
}
