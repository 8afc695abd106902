package main

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/exchange"
	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/planfile"
	"oneboard/internal/sched"
	"oneboard/internal/work"
)

// explainVerb prints the manual: the page of a diagnostic with a plan that
// triggers it and what the check really says of that plan, the page of a kind of
// change, or that of a rule pack.
func explainVerb(e *env) verb {
	var words []string
	for _, code := range diag.Codes() {
		words = append(words, string(code))
	}
	for _, k := range org.Kinds {
		words = append(words, k.Word)
	}
	words = append(words, planfile.ShippedPacks()...)
	return verb{name: "explain", max: 1, complete: words, run: func(args []string) (int, error) {
		if len(args) == 0 {
			return e.contents()
		}
		for _, k := range planfile.Kinds() {
			if k.Word == strings.ToLower(args[0]) {
				return e.explainKind(k)
			}
		}
		if p, ok := planfile.PackManual(strings.ToLower(args[0])); ok {
			return e.explainPack(p)
		}
		code := diag.Code(strings.ToUpper(args[0]))
		severity, ok := diag.SeverityOf(code)
		if !ok {
			return exitFail, cannot("no-such-page", "Value", args[0])
		}
		return e.explainCode(code, severity)
	}}
}

// codeLine is one line of the list of diagnostics.
type codeLine struct {
	Code     diag.Code `json:"code"`
	Severity string    `json:"severity"`
	Title    string    `json:"title"`
}

func (e *env) codeLine(code diag.Code) codeLine {
	severity, _ := diag.SeverityOf(code)
	return codeLine{code, severity.String(), lang.Say(e.tag, string(code)+".title")}
}

// contents lists the pages of the manual.
func (e *env) contents() (int, error) {
	var codes []codeLine
	var kinds [][]string
	doc := struct {
		Codes []codeLine `json:"codes"`
		Kinds []kindLine `json:"kinds"`
		Packs []packLine `json:"packs"`
	}{}
	var packs [][]string
	for _, id := range planfile.ShippedPacks() {
		p, _ := planfile.PackManual(id)
		doc.Packs = append(doc.Packs, packLine{id, p.Title(e.tag)})
		packs = append(packs, []string{id, p.Title(e.tag)})
	}
	for _, code := range diag.Codes() {
		codes = append(codes, e.codeLine(code))
	}
	for _, k := range planfile.Kinds() {
		line := e.kindLine(k)
		doc.Kinds = append(doc.Kinds, line)
		kinds = append(kinds, []string{line.Kind, line.About})
	}
	if e.json {
		doc.Codes = codes
		return exitOK, e.document(doc)
	}
	var rows [][]string
	for _, c := range codes {
		rows = append(rows, []string{string(c.Code), lang.Say(e.tag, "severity."+c.Severity), c.Title})
	}
	e.printf("%s\n", e.say("explain.codes"))
	e.table(nil, rows)
	e.printf("\n%s\n", e.say("explain.kinds"))
	e.table(nil, kinds)
	e.printf("\n%s\n", e.say("explain.packs"))
	e.table(nil, packs)
	e.printf("\n%s\n", e.say("explain.more"))
	return exitOK, nil
}

// codePage is the JSON form of the manual page of a diagnostic.
type codePage struct {
	codeLine
	Why      string      `json:"why"`
	Files    []pageFile  `json:"files,omitempty"`
	Problems []diag.View `json:"problems,omitempty"`
}

type pageFile struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

func (e *env) explainCode(code diag.Code, severity diag.Severity) (int, error) {
	page, _ := diag.Manual(code)
	doc := codePage{codeLine: e.codeLine(code), Why: lang.Say(e.tag, string(code)+".why")}
	files := withoutWants(page.Files)
	for _, f := range files {
		doc.Files = append(doc.Files, pageFile{f.Name, string(f.Data)})
	}
	var problems diag.List
	if len(files) > 0 {
		var err error
		if problems, err = pageProblems(files); err != nil {
			return exitFail, err
		}
		doc.Problems = problems.Views(e.tag)
	}
	if e.json {
		return exitOK, e.document(doc)
	}
	e.printf("%s\n\n%s\n\n", e.say("explain.head", lang.Args{"Severity": lang.Say(e.tag, "severity."+severity.String()), "Code": string(code), "Title": doc.Title}), doc.Why)
	if len(files) == 0 {
		e.printf("%s\n", e.say("explain.no-plan"))
		return exitOK, nil
	}
	trigger, says := "explain.files", "explain.says-replay"
	if slices.ContainsFunc(files, func(f txtar.File) bool { return f.Name == planName }) {
		trigger, says = "explain.plan", "explain.says"
	} else if slices.ContainsFunc(files, func(f txtar.File) bool { return f.Name == problemName || f.Name == projectName }) {
		says = "explain.says-schedule"
	}
	e.printf("%s\n\n", e.say(trigger))
	for _, f := range doc.Files {
		e.printf("-- %s --\n", f.Name)
		for line := range strings.Lines(f.Text) {
			e.printf("%s\n", printable(line))
		}
	}
	e.printf("\n%s\n\n", e.say(says))
	return exitOK, problems.WriteText(e.out, e.tag, diag.Printed)
}

// printable shows a line that may hold anything: some pages are about text that
// is no text.
func printable(line string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' || r >= ' ' && r != 0x7f && r != '\ufeff' {
			return r
		}
		if r == '\n' || r == '\r' {
			return -1
		}
		return '\ufffd'
	}, line)
}

// wantMark is the expectation that a test reads, with the blanks before it.
var wantMark = regexp.MustCompile(`[ \t]*#[ \t]*want OB\d{4}[^\n]*`)

// withoutWants gives the files of a page without the marks for the test, and
// without the files that held nothing else.
func withoutWants(files []txtar.File) []txtar.File {
	var out []txtar.File
	for _, f := range files {
		var b strings.Builder
		for line := range strings.Lines(string(f.Data)) {
			kept := wantMark.ReplaceAllString(line, "")
			if strings.TrimSpace(kept) == "" && kept != line {
				continue
			}
			b.WriteString(kept)
		}
		if b.Len() > 0 || len(f.Data) == 0 {
			out = append(out, txtar.File{Name: f.Name, Data: []byte(b.String())})
		}
	}
	return out
}

// pageProblems runs the files of a page as the verbs would: a plan is checked,
// a history or a board is read.
func pageProblems(files []txtar.File) (diag.List, error) {
	fsys, err := txtar.FS(&txtar.Archive{Files: files})
	if err != nil {
		return nil, err
	}
	if text, err := fs.ReadFile(fsys, planName); err == nil {
		m, err := readMatter(fsys, planName, ".", text)
		if err != nil {
			return nil, err
		}
		result := m.check()
		if problems := result.Problems; !problems.HasErrors() {
			if len(m.plan.Templates)+len(m.plan.Tasks) > 0 {
				w, more := work.Compile(result.Checked, m.rules, org.Forever)
				problems.Add(more...)
				if text, err := fs.ReadFile(fsys, otherName); err == nil && w != nil {
					other, err := readMatter(fsys, otherName, ".", text)
					if err != nil {
						return nil, err
					}
					with, more := other.compile(org.Forever)
					problems.Add(more...)
					if with != nil {
						w, more = work.Join([]*work.Work{w, with})
						problems.Add(more...)
					}
				}
				if w != nil {
					problems.Add(followedOnPage(fsys, w)...)
					if _, clash := work.Place(w, sched.Options{Schedules: 1000}); clash != nil {
						d, _ := w.Why(clash)
						problems.Add(d)
					}
				}
			}
			problems.Add(check.Prove(result).Problems...)
			problems.Sort()
			return problems, nil
		}
		return result.Problems, nil
	}
	if text, err := fs.ReadFile(fsys, problemName); err == nil {
		_, _, problems := readProblem(problemName, text)
		return problems, nil
	}
	if text, err := fs.ReadFile(fsys, projectName); err == nil {
		_, problems := exchange.ReadProject(diag.NewSource(projectName, string(text)))
		return problems, nil
	}
	if reader, ok := exchange.Detect(fsys); ok {
		_, problems, err := reader.Read(fsys)
		return problems, err
	}
	_, problems, err := exchange.ReadBoard(fsys, ".")
	return problems, err
}

// packLine is one line of the list of rule packs.
type packLine struct {
	Pack  string `json:"pack"`
	Title string `json:"title"`
}

// packPage is the JSON form of the manual page of a rule pack.
type packPage struct {
	packLine
	Keys []packKey `json:"keys"`
	Text string    `json:"text"`
}

type packKey struct {
	Key   string `json:"key"`
	Value string `json:"value"`
	About string `json:"about"`
}

func (e *env) explainPack(p planfile.PackPage) (int, error) {
	doc := packPage{packLine: packLine{p.ID, p.Title(e.tag)}, Text: p.Text}
	for _, l := range p.Lines {
		doc.Keys = append(doc.Keys, packKey{l.Key, l.Value, l.About(e.tag)})
	}
	if e.json {
		return exitOK, e.document(doc)
	}
	e.printf("%s%s%s\n\n%s\n", p.ID, lang.Say(e.tag, "list.colon"), doc.Title, e.say("explain.keys"))
	for _, l := range doc.Keys {
		e.printf("  %s: %s\n      %s\n", l.Key, l.Value, l.About)
	}
	e.printf("\n%s\n\n", e.say("explain.text"))
	for line := range strings.Lines(p.Text) {
		e.printf("  %s", line)
	}
	return exitOK, nil
}

// kindLine is one line of the list of kinds of change.
type kindLine struct {
	Kind  string `json:"kind"`
	Title string `json:"title"`
	About string `json:"about"`
}

func (e *env) kindLine(k planfile.KindPage) kindLine {
	return kindLine{k.Word, k.Name(e.tag), k.About(e.tag)}
}

// kindPage is the JSON form of the manual page of a kind of change.
type kindPage struct {
	kindLine
	Keys    []keyLine `json:"keys"`
	Example string    `json:"example"`
}

type keyLine struct {
	Key      string   `json:"key"`
	Required bool     `json:"required"`
	Min      int      `json:"min,omitempty"` // a list's least length
	Takes    string   `json:"takes"`
	About    string   `json:"about"`
	Allowed  []string `json:"allowed,omitempty"`
}

func (e *env) explainKind(k planfile.KindPage) (int, error) {
	doc := kindPage{kindLine: e.kindLine(k), Keys: []keyLine{}, Example: k.Example}
	var rows [][]string
	for _, key := range k.Keys {
		line := keyLine{key.Word, key.Required, key.Min, key.Takes(e.tag), key.About(e.tag), key.Allowed}
		doc.Keys = append(doc.Keys, line)
		need := ""
		if line.Required {
			need = e.say("explain.required")
		}
		takes := line.Takes
		if len(line.Allowed) > 0 {
			takes = strings.Join(line.Allowed, " | ")
		}
		if line.Min > 1 {
			takes += e.say("explain.least", lang.Args{"Count": line.Min})
		}
		rows = append(rows, []string{line.Key, need, takes, line.About})
	}
	if e.json {
		return exitOK, e.document(doc)
	}
	title := doc.Kind
	if doc.Title != doc.Kind {
		title += lang.Say(e.tag, "list.colon") + doc.Title
	}
	e.printf("%s\n\n%s\n\n%s\n", title, doc.About, e.say("explain.keys"))
	e.table(nil, rows)
	e.printf("\n%s\n\n", e.say("explain.example"))
	for line := range strings.Lines(doc.Example) {
		e.printf("  %s", line)
	}
	return exitOK, nil
}
