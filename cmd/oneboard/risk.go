package main

import (
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/work"
)

// usualDraws is how many draws --risk makes when it is not told: enough that a
// share of half of them is right to a hundredth.
const usualDraws = 10_000

// risking is what schedule --risk asks.
type risking struct {
	asked  bool
	draws  int
	spread spreadFlag
	shared shareFlag
}

func (r *risking) declare(f *flags) {
	f.truth(&r.asked, "risk")
	f.set.Var(&r.spread, "spread", f.words("spread"))
	f.set.Var(&r.shared, "shared", f.words("shared"))
}

// read takes the number of draws that stands behind the plans, and gives the rest.
func (r *risking) read(args []string) ([]string, error) {
	r.draws = usualDraws
	if !r.asked {
		if r.spread.Given() {
			return nil, cannot("risk-not-asked", "Argument", "--spread")
		}
		if r.shared.Given() {
			return nil, cannot("risk-not-asked", "Argument", "--shared")
		}
		return args, nil
	}
	last := len(args) - 1
	n, err := strconv.Atoi(args[last])
	if last == 0 || err != nil {
		return args, nil
	}
	if n < work.MinDraws || n > work.MaxDraws {
		return nil, cannot("bad-draws", "Value", args[last], "Least", work.MinDraws, "Most", work.MaxDraws)
	}
	r.draws = n
	return args[:last], nil
}

// of gives the risk of a schedule, beside that of what was issued (nil: nothing).
func (r *risking) of(s *work.Schedule, seed uint64, issued *org.Baseline) *work.Risk {
	return s.Risk(work.RiskOptions{Draws: r.draws, Seed: seed, Spread: r.spread.Spread, Shared: r.shared.Number, Issued: issued})
}

// spreadFlag is a spread on the command line: "80-150".
type spreadFlag struct{ org.Spread }

var _ pflag.Value = (*spreadFlag)(nil)

// String implements pflag.Value.
func (s *spreadFlag) String() string {
	if !s.Given() {
		return ""
	}
	return strconv.Itoa(s.Least.N) + "-" + strconv.Itoa(s.Most.N)
}

// Type implements pflag.Value.
func (s *spreadFlag) Type() string { return "spread" }

// Set implements pflag.Value.
func (s *spreadFlag) Set(text string) error {
	a, b, _ := strings.Cut(strings.TrimSpace(text), "-")
	least, err1 := strconv.Atoi(a)
	most, err2 := strconv.Atoi(b)
	if err1 != nil || err2 != nil || least < 0 || least > 100 || most < 100 || most > 1000 {
		return cannot("bad-spread", "Value", text)
	}
	s.Least, s.Most = org.WrittenNumber(least, diag.Span{}), org.WrittenNumber(most, diag.Span{})
	return nil
}

// shareFlag is a share in hundredths on the command line.
type shareFlag struct{ org.Number }

var _ pflag.Value = (*shareFlag)(nil)

// String implements pflag.Value.
func (s *shareFlag) String() string {
	if !s.Given() {
		return ""
	}
	return strconv.Itoa(s.N)
}

// Type implements pflag.Value.
func (s *shareFlag) Type() string { return "share" }

// Set implements pflag.Value.
func (s *shareFlag) Set(text string) error {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || n < 0 || n > 100 {
		return cannot("bad-share", "Value", text)
	}
	s.Number = org.WrittenNumber(n, diag.Span{})
	return nil
}

// The JSON form of what may become of a schedule, as docs/commands.md has it.
type (
	riskDocument struct {
		Draws      int            `json:"draws"`
		Seed       uint64         `json:"seed"`
		Unsure     int            `json:"unsure"`
		Assumed    int            `json:"assumed"`
		End        string         `json:"end"`
		P50        string         `json:"p50"`
		P80        string         `json:"p80"`
		P95        string         `json:"p95"`
		Until      string         `json:"until,omitempty"`
		KeptUntil  *int           `json:"kept_until,omitempty"`
		Ends       []riskEnd      `json:"ends"`
		Days       []riskDay      `json:"days"`
		Activities []riskActivity `json:"activities"`
		Chain      []riskStep     `json:"chain"`
		Buffer     riskBuffer     `json:"buffer"`
		Feeding    []riskFeeding  `json:"feeding"`
		Causes     []riskCause    `json:"causes,omitempty"`
		Plans      []riskPlan     `json:"plans,omitempty"`
		Issued     *riskIssued    `json:"issued,omitempty"`
		Fever      []riskFever    `json:"fever,omitempty"`
		Bare       int            `json:"bare,omitempty"`
		Open       bool           `json:"open,omitempty"`
	}
	riskCause struct {
		Cause  string  `json:"cause"` // "": none that the plan names
		Title  string  `json:"title,omitempty"`
		Share  float64 `json:"share"`
		Unsure int     `json:"unsure"`
	}
	riskPlan struct {
		Plan  string `json:"plan"`
		End   string `json:"end"`
		P50   string `json:"p50"`
		P80   string `json:"p80"`
		P95   string `json:"p95"`
		Until string `json:"until,omitempty"`
		Kept  *int   `json:"kept_until,omitempty"`
		Was   *int   `json:"was_kept_until,omitempty"`
	}
	riskIssued struct {
		End       string `json:"end"`
		P50       string `json:"p50"`
		P80       string `json:"p80"`
		P95       string `json:"p95"`
		KeptUntil *int   `json:"kept_until,omitempty"`
		Away      int    `json:"away"` // activities that can't be on the days issued any more
	}
	riskFever struct {
		Buffer     string   `json:"buffer"` // project, feeding
		Activities []string `json:"activities"`
		Into       string   `json:"into,omitempty"`
		Size       int      `json:"days"`
		Used       int      `json:"used"`
		Done       float64  `json:"done"` // of its chain, 0 to 1
		Zone       string   `json:"zone"`
		Was        string   `json:"was_end"`
		Now        string   `json:"end"`
	}
	riskEnd struct {
		Day   string `json:"day"`
		Draws int    `json:"draws"`
	}
	riskDay struct {
		Activity string `json:"activity"`
		Day      string `json:"day"`
		Kept     int    `json:"kept"`
		P80      string `json:"p80"`
		Was      *int   `json:"was_kept,omitempty"`
	}
	riskActivity struct {
		Activity string  `json:"activity"`
		Least    int     `json:"least"`
		Likely   int     `json:"likely"`
		Most     int     `json:"most"`
		Drives   int     `json:"drives"`
		Delays   int     `json:"delays"`
		Sway     float64 `json:"sway"`
	}
	riskStep struct {
		Activity string `json:"activity"`
		Why      string `json:"why"`
	}
	riskBuffer struct {
		Days int  `json:"days"`
		Room *int `json:"room,omitempty"`
	}
	riskFeeding struct {
		Activities []string `json:"activities"`
		Into       string   `json:"into"`
		riskBuffer
	}
)

// riskDocument is nil when nobody asked, or there is no schedule.
func (e *env) riskDocument(s *work.Schedule, seed uint64, issued *org.Baseline) *riskDocument {
	if !e.risk.asked || s == nil {
		return nil
	}
	r, w := e.risk.of(s, seed, issued), s.Work
	id := func(k int) string { return w.Activities[k].ID }
	buffer := func(b work.Buffer) riskBuffer {
		out := riskBuffer{Days: b.Days}
		if b.Room >= 0 {
			out.Room = &b.Room
		}
		return out
	}
	out := &riskDocument{Draws: r.Draws, Seed: r.Seed, Unsure: r.Unsure, Assumed: r.Assumed, End: s.End.String(),
		P50: r.By(.5).String(), P80: r.By(.8).String(), P95: r.By(.95).String(), Ends: []riskEnd{}, Days: []riskDay{}, Activities: []riskActivity{},
		Chain: []riskStep{}, Buffer: buffer(r.Buffer), Feeding: []riskFeeding{}}
	if w.Until.Known() {
		out.Until, out.KeptUntil = w.Until.String(), &r.Until
	}
	for _, d := range r.Ends {
		out.Ends = append(out.Ends, riskEnd{d.Day.String(), d.N})
	}
	for _, d := range r.Days {
		x := riskDay{Activity: id(d.Activity), Day: d.Day.String(), Kept: d.Kept, P80: d.P80.String()}
		if d.Was >= 0 {
			x.Was = &d.Was
		}
		out.Days = append(out.Days, x)
	}
	for _, x := range r.Work {
		out.Activities = append(out.Activities, riskActivity{id(x.Activity), x.Days.Least, x.Days.Likely, x.Days.Most, x.Drives, x.Delays, x.Sway})
	}
	for k := range r.Chain {
		out.Chain = append(out.Chain, riskStep{id(r.Chain[k].Activity), r.SayStep(e.tag, k)})
	}
	for _, c := range r.Causes {
		out.Causes = append(out.Causes, riskCause{c.ID, e.name(c.Title, c.TitleEN), c.Share, c.Unsure})
	}
	for k := range r.Plans {
		p := &r.Plans[k]
		part := &w.Plans[p.Plan]
		x := riskPlan{Plan: strings.TrimSuffix(part.Prefix, ":"), End: p.End.String(), P50: p.P50.String(), P80: p.P80.String(), P95: p.P95.String()}
		if part.Until != org.Forever {
			if x.Until, x.Kept = part.Until.String(), &p.Kept; r.Before != nil {
				x.Was = &p.Was
			}
		}
		out.Plans = append(out.Plans, x)
	}
	if b := r.Before; b != nil {
		out.Issued = &riskIssued{End: b.Schedule.End.String(), P50: b.By(.5).String(), P80: b.By(.8).String(), P95: b.By(.95).String(), Away: b.Schedule.Kept.Away}
		if w.Until.Known() {
			out.Issued.KeptUntil = &b.Until
		}
	}
	for _, b := range r.Fever {
		x := riskFever{Buffer: "project", Size: b.Size, Used: b.Used, Done: b.Done, Zone: b.Zone.String(), Was: b.Was.String(), Now: b.Now.String()}
		if b.Into >= 0 {
			x.Buffer, x.Into = "feeding", id(b.Into)
		}
		for _, a := range b.Chain {
			x.Activities = append(x.Activities, id(a))
		}
		out.Fever = append(out.Fever, x)
	}
	out.Bare, out.Open = r.Bare, r.Open
	for _, f := range r.Feeding {
		x := riskFeeding{Into: id(f.Into), riskBuffer: buffer(f.Buffer)}
		for _, a := range f.Activities {
			x.Activities = append(x.Activities, id(a))
		}
		out.Feeding = append(out.Feeding, x)
	}
	return out
}

// printRisk prints what may become of a schedule, when somebody asked.
func (e *env) printRisk(s *work.Schedule, seed uint64, issued *org.Baseline, all bool) {
	if !e.risk.asked {
		return
	}
	r, w := e.risk.of(s, seed, issued), s.Work
	word := func(id string, args ...any) string {
		a := lang.Args{}
		for i := 0; i+1 < len(args); i += 2 {
			a[args[i].(string)] = args[i+1]
		}
		return lang.Say(e.tag, "risk."+id, a)
	}
	line := func(id string, args ...any) { e.printf("%s\n", word(id, args...)) }
	title := func(k int) string { return e.name(w.Activities[k].Title, w.Activities[k].TitleEN) }
	if s.Standing != nil {
		done, _ := s.Standing.Count()
		line("forecast", "Day", s.Standing.On.String(), "Count", len(w.Activities)-done, "End", s.End.String())
	} else {
		line("issued", "Count", len(w.Activities), "End", s.End.String())
	}
	if r.Unsure == 0 {
		line("certain")
	} else {
		line("unsure", "Count", r.Unsure, "Total", len(w.Activities), "Assumed", r.Assumed)
		for _, c := range r.Causes {
			line(causeWords(c), "Cause", c.Called(e.tag), "Count", c.Unsure, "Share", work.Percent(c.Share))
		}
		line("drawn", "Draws", r.Draws, "P50", r.By(.5).String(), "P80", r.By(.8).String(), "P95", r.By(.95).String())
		if w.Until.Known() {
			line("until", "Day", w.Until.String(), "Share", work.Share(r.Until, r.Draws))
		}
		for _, p := range r.Plans {
			part := &w.Plans[p.Plan]
			line("plan", "Plan", e.name(part.Plan.Title.Text, part.Plan.TitleEN.Text), "P50", p.P50.String(), "P80", p.P80.String(), "P95", p.P95.String())
			if part.Until != org.Forever {
				line("plan-until", "Day", part.Until.String(), "Share", work.Share(p.Kept, r.Draws))
			}
		}
		if b := r.Before; b != nil {
			line("before", "End", b.Schedule.End.String(), "P50", b.By(.5).String(), "P80", b.By(.8).String(), "P95", b.By(.95).String())
			if w.Until.Known() {
				line("before-until", "Day", w.Until.String(), "Share", work.Share(b.Until, b.Draws))
			}
		} else if issued != nil {
			line("no-before")
		}
	}
	limit := func(n int) int {
		if all {
			return n
		}
		return min(n, printedRisks)
	}
	more := func(n int) {
		if n > limit(n) {
			line("more", "Count", n-limit(n))
		}
	}
	if unsure := r.Wavering(); r.Unsure > 0 && len(r.Days) > 0 {
		e.printf("\n")
		line("days", "Count", len(r.Days), "Kept", len(r.Days)-len(unsure))
		var rows [][]string
		for _, d := range unsure[:limit(len(unsure))] {
			row := []string{d.Day.String(), work.Share(d.Kept, r.Draws), d.P80.String(), title(d.Activity), w.Activities[d.Activity].ID}
			if r.Before != nil {
				row = slices.Insert(row, 2, work.ShareWas(d, r.Draws))
			}
			rows = append(rows, row)
		}
		if len(rows) > 0 {
			head := []string{word("day"), word("kept"), "P80", e.say("schedule.col.activity"), "id"}
			if r.Before != nil {
				head = slices.Insert(head, 2, word("was-kept"))
			}
			e.table(head, rows)
		}
		more(len(unsure))
	}
	if r.Unsure > 0 && len(r.Work) > 0 {
		e.printf("\n")
		line("hangs")
		var rows [][]string
		for _, x := range r.Work[:limit(len(r.Work))] {
			rows = append(rows, []string{work.Share(x.Drives, r.Draws), work.Share(x.Delays, r.Draws), strconv.FormatFloat(x.Sway, 'f', 2, 64), x.Range(), title(x.Activity), w.Activities[x.Activity].ID})
		}
		e.table([]string{word("drives"), word("delays"), word("sway"), e.say("schedule.col.days"), e.say("schedule.col.activity"), "id"}, rows)
		more(len(r.Work))
	}
	e.printf("\n")
	line("chain", "Count", len(r.Chain))
	var rows [][]string
	for k := range r.Chain {
		a := r.Chain[k].Activity
		rows = append(rows, []string{s.Start[a].String(), title(a), r.SayStep(e.tag, k)})
	}
	e.table(nil, rows)
	e.printFever(r, all)
	if r.Unsure == 0 {
		return
	}
	e.printf("\n")
	if r.Buffer.Room >= 0 {
		line("buffer", "Days", r.Buffer.Days, "Room", r.Buffer.Room)
	} else {
		line("buffer-open", "Days", r.Buffer.Days)
	}
	if len(r.Feeding) > 0 {
		line("feeding", "Count", len(r.Feeding))
		rows = rows[:0]
		for _, f := range r.Feeding[:limit(len(r.Feeding))] {
			rows = append(rows, []string{strconv.Itoa(f.Days), strconv.Itoa(f.Room), title(f.Activities[len(f.Activities)-1]), title(f.Into)})
		}
		e.table([]string{word("wanted"), word("room"), word("between"), word("into")}, rows)
		more(len(r.Feeding))
	}
}

// causeWords names the sentence for what activities have in common.
func causeWords(c work.CauseRisk) string {
	if c.ID == "" {
		return "cause-rest"
	}
	return "cause"
}

// printFever prints how the buffers of what was issued are used.
func (e *env) printFever(r *work.Risk, all bool) {
	if len(r.Fever)+r.Bare == 0 && !r.Open {
		return
	}
	w := r.Schedule.Work
	word := func(id string, args lang.Args) string { return lang.Say(e.tag, "fever."+id, args) }
	title := func(k int) string { return e.name(w.Activities[k].Title, w.Activities[k].TitleEN) }
	e.printf("\n%s\n", word("lead", nil))
	var rows [][]string
	for _, b := range r.Fever {
		if len(rows) == printedRisks && !all {
			break
		}
		of := word("project", nil)
		if b.Into >= 0 {
			of = word("feeding", lang.Args{"After": title(b.Chain[len(b.Chain)-1]), "Before": title(b.Into)})
		}
		rows = append(rows, []string{word("zone."+b.Zone.String(), nil), strconv.Itoa(b.Used) + "/" + strconv.Itoa(b.Size), work.Percent(b.Share()), work.Percent(b.Done), b.Was.String(), b.Now.String(), of})
	}
	if len(rows) > 0 {
		e.table([]string{word("zone", nil), word("days", nil), word("used", nil), word("done", nil), e.say("schedule.col.was-end"), word("now", nil), word("buffer", nil)}, rows)
	}
	if more := len(r.Fever) - len(rows); more > 0 {
		e.printf("%s\n", lang.Say(e.tag, "risk.more", lang.Args{"Count": more}))
	}
	if r.Open {
		e.printf("%s\n", word("open", nil))
	}
	if r.Bare > 0 {
		e.printf("%s\n", word("bare", lang.Args{"Count": r.Bare}))
	}
}

// printedRisks is how many rows of each table a terminal gets without --all.
const printedRisks = 15
