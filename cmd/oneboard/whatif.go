package main

import (
	"fmt"
	"strconv"
	"strings"

	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/sched"
	"oneboard/internal/work"
)

// whatIf places the work beside other versions of it: other plans, and the same
// work with something supposed. What is wrong with any of the plans is told
// instead.
func (e *env) whatIf(arg string, others, supposed []string, o func() (sched.Options, error), all bool) (int, error) {
	branches, m, problems, err := e.branches(append([]string{arg}, others...), supposed, o)
	if err != nil {
		return exitFail, err
	}
	if problems.HasErrors() {
		return e.report(m, problems, all)
	}
	code := exitOK
	for _, b := range branches {
		if !b.Fits {
			code = exitFound
		}
	}
	list := work.Compare(branches)
	if e.json {
		return code, e.document(e.compareDocument(branches, list))
	}
	e.printCompared(branches, list, all)
	return code, nil
}

// branches places every version: plans, and the first of them with something
// supposed. A plan that is wrong comes back with its problems. o gives each
// version the time that the flags say.
func (e *env) branches(plans, supposed []string, o func() (sched.Options, error)) ([]work.Branch, *matter, diag.List, error) {
	var versions []*work.Work
	var names []string
	for _, arg := range plans {
		m, w, problems, err := e.takeWork(arg, org.Forever)
		if err != nil {
			return nil, nil, nil, err
		}
		if w == nil {
			return nil, m, problems, nil
		}
		versions, names = append(versions, w), append(names, m.name)
	}
	for _, words := range supposed {
		other, wrong := versions[0].Suppose(words)
		if wrong != nil {
			return nil, nil, nil, unsupposed(wrong)
		}
		versions, names = append(versions, other), append(names, words)
	}
	var out []work.Branch
	for k, w := range versions {
		options, err := o()
		if err != nil {
			return nil, nil, nil, err
		}
		out = append(out, work.Try(names[k], w, options))
	}
	return out, nil, nil, nil
}

// unsupposed says what is wrong with a supposition.
func unsupposed(x *work.Supposition) error {
	switch x.Wrong {
	case "what":
		return cannot("suppose-what", "Value", x.Words)
	case "value":
		return cannot("suppose-value", "Value", x.Words)
	case "days":
		return cannot("suppose-days", "Value", x.Words)
	}
	return cannot("suppose-form", "Value", x.Words)
}

// printCompared prints a column for each version.
func (e *env) printCompared(branches []work.Branch, list []work.Compared, all bool) {
	head := []string{""}
	for _, c := range list {
		head = append(head, c.Name)
	}
	var rows [][]string
	row := func(id string, cell func(k int, c *work.Compared) string) {
		cells := []string{e.say("compare." + id)}
		for k := range list {
			words := e.say("schedule.none")
			if list[k].Placed {
				words = cell(k, &list[k])
			}
			cells = append(cells, words)
		}
		rows = append(rows, cells)
	}
	row("fits", func(_ int, c *work.Compared) string {
		if c.Fits {
			return e.say("compare.yes")
		}
		return e.say("compare.no")
	})
	row("end", func(_ int, c *work.Compared) string { return c.End.String() })
	row("activities", func(_ int, c *work.Compared) string { return strconv.Itoa(c.Activities) })
	row("kept", func(_ int, c *work.Compared) string { return fmt.Sprintf("%d/%d", c.Kept, c.Deadlines) })
	row("late", func(_ int, c *work.Compared) string { return strconv.Itoa(c.Late) })
	row("moved", func(k int, c *work.Compared) string {
		if k == 0 {
			return ""
		}
		return strconv.Itoa(c.Moved)
	})
	row("new", func(k int, c *work.Compared) string {
		if c.New+c.Dropped == 0 {
			return ""
		}
		return fmt.Sprintf("+%d −%d", c.New, c.Dropped)
	})
	row("critical", func(_ int, c *work.Compared) string { return strconv.Itoa(c.Critical) })
	row("chain", func(_ int, c *work.Compared) string { return strconv.Itoa(len(c.Chain)) })
	shown := 0
	for _, t := range work.Teams(branches, list) {
		if shown++; shown > 12 && !all {
			break
		}
		cells := []string{e.say("compare.peak", lang.Args{"Team": e.name(t.Name, t.NameEN)})}
		for _, p := range t.Peaks {
			if p == nil {
				cells = append(cells, "")
			} else {
				cells = append(cells, e.say("compare.peak-of", lang.Args{"Used": p.Used, "Capacity": p.Capacity, "Full": p.Full}))
			}
		}
		rows = append(rows, cells)
	}
	e.table(head, rows)
	for k, c := range list {
		if !c.Placed {
			continue
		}
		w := branches[k].Schedule.Work
		var ids []string
		for _, i := range c.Chain {
			ids = append(ids, w.Activities[i].ID)
		}
		if len(ids) > 8 && !all {
			ids = append(ids[:3:3], append([]string{"…"}, ids[len(ids)-4:]...)...)
		}
		e.printf("%s\n", e.say("compare.chain-of", lang.Args{"Name": c.Name, "Chain": strings.Join(ids, " → ")}))
	}
}

// The JSON form of versions side by side.
type (
	comparedDocument struct {
		Branches []comparedLine `json:"branches"`
	}
	comparedLine struct {
		Name       string     `json:"name"`
		Placed     bool       `json:"placed"`
		Fits       bool       `json:"fits"`
		End        string     `json:"end,omitempty"`
		Activities int        `json:"activities"`
		Deadlines  int        `json:"deadlines"`
		Kept       int        `json:"deadlines_kept"`
		Late       int        `json:"late"`
		Moved      int        `json:"moved"`
		New        int        `json:"new"`
		Dropped    int        `json:"dropped"`
		Critical   int        `json:"critical"`
		Chain      []string   `json:"critical_chain"`
		Peaks      []peakLine `json:"peaks"`
	}
	peakLine struct {
		Resource string `json:"resource"`
		Peak     int    `json:"peak"`
		Capacity int    `json:"capacity"`
		Full     int    `json:"full_days"`
	}
)

func (e *env) compareDocument(branches []work.Branch, list []work.Compared) comparedDocument {
	out := comparedDocument{Branches: []comparedLine{}}
	for k, c := range list {
		line := comparedLine{Name: c.Name, Placed: c.Placed, Fits: c.Fits, Activities: c.Activities, Deadlines: c.Deadlines, Kept: c.Kept, Late: c.Late,
			Moved: c.Moved, New: c.New, Dropped: c.Dropped, Critical: c.Critical, Chain: []string{}, Peaks: []peakLine{}}
		if c.Placed {
			w := branches[k].Schedule.Work
			line.End = c.End.String()
			for _, i := range c.Chain {
				line.Chain = append(line.Chain, w.Activities[i].ID)
			}
			for _, p := range c.Peaks {
				line.Peaks = append(line.Peaks, peakLine{w.Resources[p.Resource].ID, p.Used, p.Capacity, p.Full})
			}
		}
		out.Branches = append(out.Branches, line)
	}
	return out
}
