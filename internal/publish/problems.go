package publish

import (
	"regexp"
	"slices"
	"sort"
	"strings"

	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// A ProblemsPage is everything that is wrong with a plan, with the plan's text
// beside it.
type ProblemsPage struct {
	Problems
	Severity string        `json:"severity,omitempty"` // only these are listed
	List     []ProblemView `json:"problems"`
	Hidden   int           `json:"hidden"` // beyond what a page can hold
	Texts    []Text        `json:"-"`
}

// A ProblemView is one problem in words, with its place in the texts.
type ProblemView struct {
	N int `json:"n"` // its number on the page, from 1
	diag.View
	Why    string `json:"why,omitempty"`
	Manual bool   `json:"manual"` // whether there is a manual page of its code
	Text   int    `json:"-"`      // index into Texts; -1: no file declared it, or its line is not shown
}

// A Text is one file that problems are in: the whole plan, of a table the rows
// that are spoken of.
type Text struct {
	Name  string
	Lines []Line
	Whole bool
}

// A Line is one line of a text. Marks are the stretches that problems speak of.
type Line struct {
	N     int
	Parts []Part
	Skip  int // lines left out before it
}

// A Part is a stretch of a line: marked when Problem is the number of the
// problem that starts it.
type Part struct {
	Words   string
	Problem int
	Note    bool // a note of the problem, not its place
}

// mostProblems is how many problems a page shows, and mostLines how many lines
// of a plan: a page that a browser can't hold helps nobody.
const (
	mostProblems = 500
	mostLines    = 20000
	mostColumns  = 2000
)

// ProblemsPage lists the problems, all or of one severity ("error", "warning",
// "waived"). Without people it names nobody of the plan's staff: the lines in
// which plans name theirs are left out of the texts, and of a problem that is about
// somebody there only the kind and the line are told.
func (v *View) ProblemsPage(tag lang.Tag, severity string, people bool) ProblemsPage {
	p := ProblemsPage{Problems: v.Problems(), Severity: severity, List: []ProblemView{}}
	list := slices.Clone(v.res.Problems)
	marks := map[*diag.Source][]mark{}
	var sources []*diag.Source
	staff := map[*diag.Source]map[int]bool{}
	leftOut := func(src *diag.Source) map[int]bool {
		if staff[src] == nil && !people {
			staff[src] = v.staffLines(src)
		}
		return staff[src]
	}
	named := func(sp diag.Span) bool {
		if sp.IsZero() {
			return false
		}
		line, _ := sp.Source.Position(sp.Start)
		return leftOut(sp.Source)[line]
	}
	note := func(sp diag.Span, n int, isNote bool) {
		if sp.IsZero() {
			return
		}
		if _, ok := marks[sp.Source]; !ok {
			sources = append(sources, sp.Source)
		}
		marks[sp.Source] = append(marks[sp.Source], mark{sp.Start, sp.End, n, isNote})
	}
	if src := v.plan.Source; src != nil {
		sources = append(sources, src)
		marks[src] = nil
	}
	for _, d := range list {
		kind := d.Severity.String()
		if !d.Waived.IsZero() {
			kind = "waived"
		}
		if severity != "" && severity != kind {
			continue
		}
		if len(p.List) == mostProblems {
			p.Hidden++
			continue
		}
		pv := ProblemView{N: len(p.List) + 1, View: d.In(tag), Text: -1}
		if id := string(d.Code) + ".why"; lang.Knows(tag, id) {
			pv.Why = lang.Say(tag, id)
		}
		_, pv.Manual = diag.Manual(d.Code)
		if named(d.Span) || slices.ContainsFunc(d.Notes, func(n diag.Note) bool { return named(n.Span) }) {
			pv.Facts, pv.Notes, pv.Words, pv.Help = []diag.FactView{}, nil, "", ""
			if id := string(d.Code) + ".help"; lang.Knows(tag, id) {
				pv.Help = helpWithout(tag, id)
			}
		}
		note(d.Span, pv.N, false)
		for _, n := range d.Notes {
			note(n.Span, pv.N, true)
		}
		pv.Severity = kind
		p.List = append(p.List, pv)
	}
	index := map[*diag.Source]int{}
	for _, src := range sources {
		whole := src == v.plan.Source
		index[src] = len(p.Texts)
		p.Texts = append(p.Texts, textOf(src, marks[src], whole, leftOut(src)))
	}
	for i := range p.List {
		if sp := p.List[i].Place.Span(); !sp.IsZero() && !named(sp) {
			p.List[i].Text = index[sp.Source]
		}
	}
	return p
}

// staffLines gives the lines in which a plan's text names its staff: from the key to
// the next one beside it, and where the reader found somebody. A plan in braces has no
// such end: all from the key on is taken. Comments are taken with what they stand in.
func (v *View) staffLines(src *diag.Source) map[int]bool {
	out := map[int]bool{}
	braces := strings.HasPrefix(strings.TrimSpace(src.Text), "{")
	below, in := false, 0
	for n := 1; n <= src.Lines(); n++ {
		line := src.Line(n)
		words := strings.TrimLeft(line, " ")
		if below && !braces && words != "" && len(line)-len(words) <= in && !strings.ContainsRune("#-[]{},", rune(words[0])) {
			below = false
		}
		if at := staffKey.FindStringIndex(line); !below && at != nil && (at[0] == 0 || braces) {
			below, in = true, len(line)-len(words)
		}
		if below {
			out[n] = true
		}
	}
	if v.plan != nil && src == v.plan.Source {
		for i := range v.plan.Staff {
			s := &v.plan.Staff[i]
			for _, sp := range []diag.Span{s.ID.At, s.Title.At, s.TitleEN.At} {
				if sp.Source == src {
					line, _ := src.Position(sp.Start)
					out[line] = true
				}
			}
		}
	}
	return out
}

// staffKey is the key of a plan's staff, however it is quoted.
var staffKey = regexp.MustCompile(`(^ *|[{,]\s*)["']?staff["']?\s*:`)

type mark struct {
	start, end int32
	n          int
	note       bool
}

// textOf cuts a source into lines and their marked parts. Where marks overlap
// the one that starts first keeps its words. Lines that are left out are not shown.
func textOf(src *diag.Source, marks []mark, whole bool, leftOut map[int]bool) Text {
	sort.SliceStable(marks, func(i, j int) bool { return marks[i].start < marks[j].start })
	t := Text{Name: src.Name, Whole: whole}
	wanted := map[int]bool{}
	if !whole {
		for _, m := range marks {
			line, _ := src.Position(m.start)
			for n := line - 1; n <= line+1; n++ {
				wanted[n] = true
			}
		}
		if len(wanted) > 0 {
			wanted[1] = true // the header says what the columns are
		}
	}
	last, shown := 0, 0
	for n := 1; n <= src.Lines() && shown < mostLines; n++ {
		if !whole && !wanted[n] || leftOut[n] {
			continue
		}
		text := src.Line(n)
		if n == src.Lines() && text == "" {
			break
		}
		from := src.Offset(n, 1)
		l := Line{N: n, Skip: n - last - 1}
		last = n
		shown++
		at := int32(0)
		end := int32(len(text))
		if len(text) > mostColumns {
			end = mostColumns
			for end > 0 && text[end]&0xc0 == 0x80 {
				end--
			}
		}
		for _, m := range marks {
			if m.start < from || m.start > from+end || m.start == from+end && end > 0 && m.end > m.start {
				continue
			}
			s, e := m.start-from, min(m.end-from, end)
			if s < at || s > end {
				continue
			}
			if s > at {
				l.Parts = append(l.Parts, Part{Words: text[at:s]})
			}
			e = max(e, s)
			l.Parts = append(l.Parts, Part{Words: text[s:e], Problem: m.n, Note: m.note})
			at = e
		}
		if at < end {
			l.Parts = append(l.Parts, Part{Words: text[at:end]})
		}
		t.Lines = append(t.Lines, l)
	}
	return t
}

// A ManualPage is the page of a code: what is wrong, why it matters, what to
// do, and a plan that shows it.
type ManualPage struct {
	Code     string   `json:"code"`
	Severity Term     `json:"severity"`
	Title    string   `json:"title"`
	Why      string   `json:"why,omitempty"`
	Help     string   `json:"help,omitempty"`
	Example  []Sample `json:"example"`
}

// A Sample is one file of an example.
type Sample struct {
	Name  string `json:"name"`
	Text  string `json:"text"`
	Lines []Line `json:"-"`
}

// Manual gives the page of a code, and whether there is such a code.
func Manual(tag lang.Tag, code diag.Code) (ManualPage, bool) {
	code = diag.Code(strings.ToUpper(string(code)))
	sev, ok := diag.SeverityOf(code)
	if !ok {
		return ManualPage{}, false
	}
	p := ManualPage{Code: string(code), Severity: term(tag, "severity", sev.String()), Title: lang.Say(tag, string(code)+".title"), Example: []Sample{}}
	if id := string(code) + ".why"; lang.Knows(tag, id) {
		p.Why = lang.Say(tag, id)
	}
	if id := string(code) + ".help"; lang.Knows(tag, id) {
		p.Help = helpWithout(tag, id)
	}
	page, _ := diag.Manual(code)
	for _, f := range page.Files {
		src := diag.NewSource(f.Name, string(f.Data))
		p.Example = append(p.Example, Sample{f.Name, src.Text, textOf(src, wanted(src), true, nil).Lines})
	}
	return p, true
}

// helpWithout says a help whose variables have no values: "…" stands for them.
func helpWithout(tag lang.Tag, id string) string {
	return strings.ReplaceAll(lang.Say(tag, id, lang.Args{}), "<no value>", "…")
}

// wanted marks the words that the want-comments of an example name.
func wanted(src *diag.Source) []mark {
	var out []mark
	for n := 1; n <= src.Lines(); n++ {
		line := src.Line(n)
		i := strings.Index(line, "# want OB")
		if i < 0 {
			continue
		}
		_, words, ok := strings.Cut(line[i:], " at ")
		if !ok {
			continue
		}
		words = strings.TrimSpace(words)
		on := n
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			for on++; strings.HasPrefix(strings.TrimSpace(src.Line(on)), "#"); on++ {
			}
		}
		if j := strings.Index(src.Line(on), words); j >= 0 && words != "" {
			start := src.Offset(on, 1) + int32(j)
			out = append(out, mark{start, start + int32(len(words)), 1, false})
		}
	}
	return out
}

// A PaperView is an instrument in a list.
type PaperView struct {
	ID        string     `json:"id"`
	Title     Name       `json:"title"`
	Kind      Term       `json:"kind"`
	Issuer    string     `json:"issuer"`
	Number    string     `json:"number"`
	Made      org.Date   `json:"made"`
	Effective org.Date   `json:"effective"`
	Approvals []Approval `json:"approvals"`
	Clauses   int        `json:"clauses"`
	Changes   int        `json:"changes"` // that rest on it
}

// An Approval of an instrument.
type Approval struct {
	By string   `json:"by"`
	On org.Date `json:"on"`
}

// A PaperPage is one instrument with its clauses, and what rests on each.
type PaperPage struct {
	PaperView
	Supersedes []Name       `json:"supersedes"`
	Confirms   []Name       `json:"confirms"` // bylaws of an old area
	Parts      []ClauseView `json:"parts"`
	Line       int          `json:"line,omitempty"`
}

// A ClauseView is one clause of an instrument.
type ClauseView struct {
	Number  string       `json:"number"`
	Words   string       `json:"words,omitempty"`
	Changes []ChangeView `json:"changes"`
}

func (v *View) restingOn(instrument string) []org.Change {
	v.paperOnce.Do(func() {
		v.resting = map[string][]org.Change{}
		for _, c := range v.plan.Changes {
			var done []string
			for _, by := range c.Declared().By {
				id := by.Instrument.ID
				if !slices.Contains(done, id) {
					v.resting[id] = append(v.resting[id], c)
					done = append(done, id)
				}
			}
		}
	})
	return v.resting[instrument]
}

func (v *View) paper(tag lang.Tag, in *org.Instrument) PaperView {
	p := PaperView{ID: in.ID, Title: Name{in.ID, in.Title, in.TitleEN}, Kind: term(tag, "paperkind", in.Kind), Issuer: in.Issuer, Number: in.Number,
		Made: in.Made.Or(org.NoDate), Effective: in.Effective.Or(org.NoDate), Approvals: []Approval{}, Clauses: len(in.Clauses), Changes: len(v.restingOn(in.ID))}
	for _, a := range v.plan.Approvals {
		if a.Instrument.ID == in.ID {
			p.Approvals = append(p.Approvals, Approval{a.By.Text, a.On.Or(org.NoDate)})
		}
	}
	return p
}

// Papers lists the instruments of the plan.
func (v *View) Papers(tag lang.Tag) []PaperView {
	out := []PaperView{}
	for i := range v.plan.Instruments {
		out = append(out, v.paper(tag, &v.plan.Instruments[i]))
	}
	return out
}

// Paper gives the page of an instrument, and whether there is such a one.
func (v *View) Paper(tag lang.Tag, id string, day org.Date) (PaperPage, bool) {
	in := v.plan.Instrument(id)
	if in == nil {
		return PaperPage{}, false
	}
	p := PaperPage{PaperView: v.paper(tag, in), Supersedes: []Name{}, Confirms: []Name{}, Parts: []ClauseView{}}
	if in.At.Source != nil && in.At.Source == v.plan.Source {
		p.Line, _ = in.At.Position()
	}
	for _, s := range in.Supersedes {
		p.Supersedes = append(p.Supersedes, v.cite(s.ID, "").Title)
	}
	for _, r := range in.Confirms {
		n := Name{ID: r.ID}
		if stays := v.tl.Item(r.ID); len(stays) > 0 {
			n.ZH = stays[0].Name
		}
		p.Confirms = append(p.Confirms, n)
	}
	place := map[string]int{}
	for _, c := range in.Clauses {
		place[c.Number] = len(p.Parts)
		p.Parts = append(p.Parts, ClauseView{c.Number, c.Text, []ChangeView{}})
	}
	for _, c := range v.restingOn(id) {
		var done []string
		for _, by := range c.Declared().By {
			n := by.Clause.Text
			if by.Instrument.ID != id || slices.Contains(done, n) {
				continue
			}
			done = append(done, n)
			i, ok := place[n]
			if !ok {
				i = len(p.Parts)
				place[n] = i
				p.Parts = append(p.Parts, ClauseView{n, "", []ChangeView{}})
			}
			p.Parts[i].Changes = append(p.Parts[i].Changes, v.change(tag, day, c))
		}
	}
	return p, true
}

// An Overview is what the first page says of a board.
type Overview struct {
	Title     Name     `json:"title"`
	Planned   bool     `json:"planned"`
	Start     org.Date `json:"start"`
	Deadline  org.Date `json:"deadline"`
	Left      int      `json:"days_left"` // from today to the deadline; negative when it is past
	Bodies    int      `json:"bodies"`
	Duties    int      `json:"duties"`
	Changes   int      `json:"changes"`
	Papers    int      `json:"papers"`
	Problems  Problems `json:"problems"`
	Classes   []Count  `json:"classes"`
	States    []Count  `json:"states"`
	FirstDay  org.Date `json:"first_day"` // of any change
	LastDay   org.Date `json:"last_day"`
	ChangeSet []Count  `json:"changes_by_kind"`
}

// Overview says what a board is about: its bodies as they are on a day, and how
// long there is from today to its deadline.
func (v *View) Overview(tag lang.Tag, day, today org.Date) Overview {
	o := Overview{Planned: v.Planned(), Title: Name{v.plan.ID, v.plan.Title.Text, v.plan.TitleEN.Text}, Start: v.plan.Start.Or(org.NoDate),
		Deadline: v.Deadline(), Bodies: len(v.tl.Bodies()), Duties: len(v.tl.Duties()), Changes: len(v.plan.Changes), Papers: len(v.plan.Instruments),
		Problems: v.Problems(), FirstDay: org.NoDate, LastDay: org.NoDate, ChangeSet: []Count{}}
	if o.Deadline.Known() {
		o.Left = int(o.Deadline - today)
	}
	if days := v.days(); len(days) > 0 {
		o.FirstDay, o.LastDay = days[0], days[len(days)-1]
	}
	classes, states := map[string]int{}, map[string]int{}
	all := v.standings()
	for i := range all {
		classes[all[i].class]++
		states[all[i].state(day)]++
	}
	for _, c := range ClassWords {
		o.Classes = append(o.Classes, Count{term(tag, "class", c), classes[c]})
	}
	for _, s := range StateWords {
		o.States = append(o.States, Count{term(tag, "state", s), states[s]})
	}
	kinds := map[string]int{}
	for _, c := range v.plan.Changes {
		kinds[c.Declared().Kind]++
	}
	for _, k := range org.Kinds {
		if n := kinds[k.Word]; n > 0 {
			o.ChangeSet = append(o.ChangeSet, Count{term(tag, "kind", k.Word), n})
		}
	}
	slices.SortStableFunc(o.ChangeSet, func(a, b Count) int { return b.N - a.N })
	return o
}
