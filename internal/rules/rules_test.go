package rules_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"oneboard/internal/org"
	"oneboard/internal/rules"
)

// reform is a small timeline: land gives land-use to mnr on 19 January 2019, and
// goes on performing until the 28th.
func reform() (*rules.Plan, map[string]any) {
	law, place := org.Day(2019, 1, 19), org.Day(2019, 1, 28)
	plan := &rules.Plan{Plan: &org.Plan{ID: "yunhai"}}
	made := &rules.Change{ID: "c2", Kind: "transfer", On: law, Bodies: []string{"land", "mnr"}, Duties: []string{"land-use"},
		Instruments: []*org.Instrument{{ID: "fa", Kind: "plan"}}, Clauses: []string{"2.1"}}
	duty := &rules.Duty{Duty: &org.Duty{ID: "land-use", Name: "用途管制", Kind: "administrative-licence", Protected: true}, Interval: org.Whole}
	land := &rules.Body{Body: org.Body{ID: "land", Level: "city", Interval: org.Interval{From: org.Always, To: law}}}
	mnr := &rules.Body{Body: org.Body{ID: "mnr", Interval: org.Interval{From: law, To: org.Forever}}, New: true,
		Items: func() []*rules.Item {
			return []*rules.Item{{Item: org.Item{ID: "s", Kind: "seal"}, Interval: org.Interval{From: place, To: org.Forever}}}
		}}
	kept := &rules.Holding{Duty: duty, Body: land, Key: "performer", Mode: "sole", Interval: org.Interval{From: law, To: place}, Transitional: true, Ended: made}
	has := &rules.Holding{Duty: duty, Body: mnr, Key: "performer", Mode: "sole", Interval: org.Interval{From: place, To: org.Forever}, Began: made}
	duty.Held = func() []*rules.Holding { return []*rules.Holding{kept, has} }
	mnr.Holds = func() []*rules.Holding { return []*rules.Holding{has} }
	return plan, map[string]any{org.OverDuty: duty, org.OverBody: mnr, org.OverChange: made, org.OverHolding: kept}
}

func TestHolds(t *testing.T) {
	plan, things := reform()
	for _, c := range []struct {
		over, when string
		want       bool
	}{
		{"holding", `holding.transitional && holding.to - holding.from > 8`, true},
		{"holding", `holding.transitional && holding.to - holding.from > 9`, false},
		{"holding", `holding.duty.protected && holding.body.level == "city"`, true},
		{"holding", `holding.from + 9 == holding.to`, true},
		{"holding", `holding.to - 9 <= holding.from`, true},
		{"holding", `holding.from >= date("2019-01-19") && holding.from < date("2019-01-20")`, true},
		{"holding", `holding.from > date("2019-01-19")`, false},
		{"holding", `holding.from.year() == 2019 && holding.from.month() == 1 && holding.from.day() == 19`, true},
		{"holding", `holding.from.weekday() == 6`, true}, // a Saturday
		{"holding", `holding.duty.to.known()`, false},
		{"holding", `holding.body.from.known()`, false},
		{"holding", `holding.duty.to - holding.from > 1000000`, true},
		{"holding", `string(holding.from) == "2019-01-19"`, true},
		{"holding", `has(holding.began)`, false},
		{"holding", `holding.began.kind == ""`, true},
		{"holding", `has(holding.ended) && holding.ended.kind == "transfer"`, true},
		{"duty", `duty.holdings.exists(h, h.body.id == "land" && h.transitional)`, true},
		{"duty", `duty.holdings.all(h, h.body.new)`, false},
		{"duty", `size(duty.holdings) == 2 && duty.name.contains("管制")`, true},
		{"duty", `duty.holdings[0].duty == duty`, true},
		{"duty", `duty.holdings[0].body == duty.holdings[1].body`, false},
		{"body", `body.new && body.items.exists(i, i.kind == "seal" && i.from > body.from)`, true},
		{"body", `body.holdings.exists(h, !body.items.exists(i, i.kind == "seal" && i.from <= h.from))`, false},
		{"body", `size(body.changes) == 0 && !has(body.superior)`, true},
		{"change", `change.kind == "transfer" && "land-use" in change.duties && change.clauses[0].startsWith("2.")`, true},
		{"change", `change.instruments.exists(i, i.kind == "plan" && !i.effective.known())`, true},
		{"change", `plan.id == "yunhai" && plan.deadline > change.on`, true},
		{"change", `change.bodies.filter(b, b.matches("^m")).size() == 1`, true},
	} {
		rule, faults, costly := rules.Compile(c.over, c.when)
		if rule == nil {
			t.Errorf("%s: %+v %d", c.when, faults, costly)
			continue
		}
		got, cost, err := rule.Holds(things[c.over], plan)
		if err != nil || got != c.want || cost == 0 {
			t.Errorf("%s: %v, cost %d, %v", c.when, got, cost, err)
		}
	}
}

// A fault is told where it stands in the expression, and what kind it is.
func TestFaults(t *testing.T) {
	for _, c := range []struct{ over, when, want string }{
		{"holding", "holding.to -", "1:13 syntax"},
		{"holding", "holding.transitional &&\n  holdin.key == 'name'", "2:3 name holdin (holding)"},
		{"holding", "holding.transtional", "1:9 field transtional (transitional)"},
		{"holding", `"职责" == holding.duty.nmae`, "1:22 field nmae (name)"},
		{"holding", "holding.from > 30", "1:14 overload >"},
		{"holding", "holding.key + 1 == 'a'", "1:13 overload +"},
		{"holding", "holding.key", "1:1 type string"},
		{"holding", `holding.from > date("2019-02-30")`, "1:21 date 2019-02-30"},
		{"duty", "holding.transitional", "1:1 name holding"},
		{"duty", `duty.name.matches("(")`, "1:19 other"},
		{"duty", "nobody(duty)", "1:7 name nobody"},
		{"duty", "duty{}.id == 'a'", "1:5 name duty"},
		{"", "true", "1:1 other "},
	} {
		_, faults, _ := rules.Compile(c.over, c.when)
		var got []string
		for _, f := range faults {
			line := fmt.Sprintf("%d:%d %s", f.Line, f.Column, f.Kind)
			if f.Kind != "syntax" && f.Kind != "other" || f.Name != "" {
				line += " " + f.Name
			}
			if f.Known != "" {
				line += " (" + f.Known + ")"
			}
			got = append(got, line)
			if lines := strings.Split(c.when, "\n"); f.Offset != len(strings.Join(lines[:f.Line-1], "\n"))+min(f.Line-1, 1)+len(string([]rune(lines[f.Line-1])[:f.Column-1])) {
				t.Errorf("%s: %d:%d is not byte %d", c.when, f.Line, f.Column, f.Offset)
			}
		}
		if strings.Join(got, "; ") != strings.TrimSpace(c.want) {
			t.Errorf("%s: %q, want %q %+v", c.when, strings.Join(got, "; "), c.want, faults)
		}
	}
}

func TestLimits(t *testing.T) {
	if _, _, costly := rules.Compile("body", `body.holdings.exists(a, a.duty.holdings.exists(b, b.body.holdings.exists(c, c.duty.id == a.duty.id)))`); costly <= rules.MaxEstimate {
		t.Error("three loops in each other are not too much:", costly)
	}
	if _, _, costly := rules.Compile("body", "true || "+strings.Repeat(" ", rules.MaxSource)+"true"); costly == 0 {
		t.Error("an expression of any length is read")
	}
	rule, faults, _ := rules.Compile("body", `body.holdings.all(a, body.holdings.all(b, b.from == a.from))`)
	if rule == nil {
		t.Fatal("two loops are too much", faults)
	}
	many := make([]*rules.Holding, 3000)
	for i := range many {
		many[i] = &rules.Holding{Duty: &rules.Duty{Duty: &org.Duty{ID: fmt.Sprint(i)}}}
	}
	_, cost, err := rule.Holds(&rules.Body{Holds: func() []*rules.Holding { return many }}, &rules.Plan{Plan: &org.Plan{}})
	if !errors.Is(err, rules.ErrTooCostly) || cost < rules.MaxCost || cost > 2*rules.MaxCost {
		t.Errorf("9,000,000 steps cost %d: %v", cost, err)
	}
	rule, _, _ = rules.Compile("duty", `1 / (duty.holdings.size() - duty.holdings.size()) > 0`)
	if _, _, err := rule.Holds(&rules.Duty{}, &rules.Plan{Plan: &org.Plan{}}); err == nil || errors.Is(err, rules.ErrTooCostly) {
		t.Error("a division by zero gives", err)
	}
}

// Every field of every kind can be asked of an empty thing.
func TestVocabulary(t *testing.T) {
	empty := map[string]any{org.OverDuty: &rules.Duty{}, org.OverBody: &rules.Body{}, org.OverChange: &rules.Change{}, org.OverHolding: &rules.Holding{}}
	way := map[string]string{"plan": "plan", "item": "body.items.all(x, %s)", "instrument": "change.instruments.all(x, %s)"}
	words := rules.Vocabulary()
	if len(words) != 7 {
		t.Errorf("%d kinds", len(words))
	}
	for kind, fields := range words {
		for _, f := range fields {
			over, what := kind, kind+"."+f[0]
			if kind == "plan" {
				over = org.OverDuty
			}
			when := "has(" + what + ") || " + what + " == " + what
			if empty[kind] == nil && kind != "plan" {
				over, _, _ = strings.Cut(way[kind], ".")
				when = fmt.Sprintf(way[kind], strings.ReplaceAll(when, kind+".", "x."))
			}
			rule, faults, _ := rules.Compile(over, when)
			if rule == nil {
				t.Errorf("%s: %+v", when, faults)
				continue
			}
			if ok, _, err := rule.Holds(empty[over], &rules.Plan{Plan: &org.Plan{}}); !ok || err != nil {
				t.Errorf("%s: %v %v", when, ok, err)
			}
		}
	}
}

func FuzzCompile(f *testing.F) {
	for _, s := range []string{`duty.protected`, `duty.holdings.exists(h, h.to - h.from > 3)`, `date("2019-02-30") > duty.from`, "duty.\n名", `1/0 == 1`, `date("9999-12-31") + 1 > duty.to`} {
		f.Add(s)
	}
	plan, things := reform()
	f.Fuzz(func(t *testing.T, s string) {
		rule, faults, costly := rules.Compile("duty", s)
		if n := 0; rule == nil && len(faults) == n && costly == 0 {
			t.Fatal("no rule and no reason")
		}
		for _, f := range faults {
			if f.Offset < 0 || f.Offset > len(s) || f.Line < 1 || f.Column < 1 {
				t.Fatalf("%+v", f)
			}
		}
		if rule != nil {
			rule.Holds(things["duty"], plan)
		}
	})
}

func BenchmarkHolds(b *testing.B) {
	plan, things := reform()
	rule, _, _ := rules.Compile("holding", `holding.transitional && holding.duty.protected && holding.to - holding.from > 9`)
	for b.Loop() {
		if _, _, err := rule.Holds(things["holding"], plan); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	n := 0
	for b.Loop() {
		n++
		rules.Compile("holding", fmt.Sprintf(`holding.transitional && holding.to - holding.from > %d`, n))
	}
}

// The manual says of each thing what the code knows, in the same order.
func TestManual(t *testing.T) {
	page, err := os.ReadFile("../../docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	words := rules.Vocabulary()
	for _, kind := range slices.Concat(rules.Overs, []string{"instrument", "item", "plan"}) {
		var groups []string
		for i, f := range words[kind] {
			if i > 0 && words[kind][i-1][1] == f[1] {
				last := len(groups) - 1
				groups[last] = strings.Replace(groups[last], " (", ", `"+f[0]+"` (", 1)
				continue
			}
			groups = append(groups, fmt.Sprintf("`%s` (%s)", f[0], f[1]))
		}
		fmt.Fprintf(&table, "| `%s` | %s |\n", kind, strings.Join(groups, "; "))
	}
	_, rest, _ := strings.Cut(string(page), "<!-- vocabulary -->\n| thing | fields |\n|---|---|\n")
	got, _, found := strings.Cut(rest, "<!-- end -->")
	if !found || got != table.String() {
		t.Errorf("docs/rules.md has\n%s\nand the code\n%s", got, table.String())
	}
}
