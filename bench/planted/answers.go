package planted

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// Plan is the plan that a board is checked with: it changes nothing, and says
// from which day on everything must be right.
func Plan() *org.Plan { return planFrom(Start) }

func planFrom(day org.Date) *org.Plan { return &org.Plan{Start: org.WrittenOn(day, diag.Span{})} }

// Answers puts what the check says of a board of Rows into faults, sorted. It
// is an error when the check says anything that is not one of the four rules.
func Answers(problems diag.List) ([]Fault, error) {
	var out []Fault
	for i := range problems {
		d := &problems[i]
		a := answer{d: d}
		switch d.Code {
		case check.Gap, check.Overlap:
			f := Fault{Rule: 1, Thing: a.name("duty"), From: a.date("from"), Until: org.Forever}
			if d.Fact("until") != nil {
				f.Until = a.date("until")
			}
			if areas, _ := d.Fact("area").([]diag.Name); len(areas) == 1 {
				f.Rule, f.Part = 4, a.number(areas[0].ID)
			}
			out = append(out, f)
		case check.NeverHeld:
			out = append(out, Fault{Rule: 1, Thing: a.name("duty"), From: Start, Until: org.Forever})
		case check.SuperiorCycle:
			path, _ := d.Fact("path").(string)
			ids := strings.Split(path, " → ")
			for _, id := range ids[1:] {
				out = append(out, Fault{Rule: 2, Thing: a.number(id)})
			}
		case check.InferiorsLeft:
			bodies, _ := d.Fact("bodies").([]diag.Name)
			for _, b := range bodies {
				out = append(out, Fault{Rule: 2, Thing: a.number(b.ID)})
			}
		case check.QuotaExceeded:
			kind, _ := d.Fact("kind").(string)
			out = append(out, Fault{Rule: 3, Thing: a.name("body"), Part: int32(slices.Index(Kinds[:], kind)), From: a.date("from")})
		default:
			a.wrong = true
		}
		if a.wrong {
			return nil, fmt.Errorf("planted: the check says what is no fault of the four rules: %s %v", d.Code, d.Facts)
		}
	}
	slices.SortFunc(out, Fault.Compare)
	return out, nil
}

// answer reads the facts of one diagnostic.
type answer struct {
	d     *diag.Diagnostic
	wrong bool
}

func (a *answer) number(id string) int32 {
	if len(id) < 2 {
		a.wrong = true
		return -1
	}
	n, err := strconv.ParseInt(id[1:], 10, 32)
	a.wrong = a.wrong || err != nil
	return int32(n)
}

func (a *answer) name(fact string) int32 {
	n, _ := a.d.Fact(fact).(diag.Name)
	return a.number(n.ID)
}

func (a *answer) date(fact string) org.Date {
	d, ok := a.d.Fact(fact).(org.Date)
	a.wrong = a.wrong || !ok
	return d
}
