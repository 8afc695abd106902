package diag

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"

	"oneboard/internal/lang"
)

// Printed is how many diagnostics a terminal shows when not asked for all.
const Printed = 20

// A View is one diagnostic put into words of one language. Every rendering,
// text, JSON and web page alike, is made from it and from nothing else.
type View struct {
	Code     Code   `json:"code"`
	Severity string `json:"severity"`
	Title    string `json:"title"`
	Place
	Facts  []FactView `json:"facts"`
	Notes  []NoteView `json:"notes,omitempty"`
	Help   string     `json:"help,omitempty"`
	Waived *Place     `json:"waived,omitempty"`
}

// A Place is where words stand: file, line and column (characters, from 1),
// length in characters, and the same as byte offsets.
type Place struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Length int    `json:"length,omitempty"`
	Start  int32  `json:"start"`
	End    int32  `json:"end"`
	Words  string `json:"words,omitempty"`
	span   Span
}

// Span gives the place as a span again.
func (p Place) Span() Span { return p.span }

// A FactView is one fact in words: Name is the stable key, Label and Text are
// for people, Value is for programs.
type FactView struct {
	Name  string `json:"name"`
	Label string `json:"label"`
	Text  string `json:"text"`
	Value any    `json:"value"`
}

// A NoteView is one note in words.
type NoteView struct {
	Text string `json:"text"`
	Place
}

func placeOf(sp Span) Place {
	line, column := sp.Position()
	words := sp.Text()
	return Place{File: sp.File(), Line: line, Column: column, Length: len([]rune(words)),
		Start: sp.Start, End: sp.End, Words: words, span: sp}
}

// In puts the diagnostic into the words of a language.
func (d Diagnostic) In(tag lang.Tag) View {
	v := View{Code: d.Code, Severity: d.Severity.String(),
		Title: lang.Say(tag, string(d.Code)+".title"), Place: placeOf(d.Span), Facts: []FactView{}}
	args := arguments(tag, d.Facts)
	for _, f := range d.Facts {
		v.Facts = append(v.Facts, FactView{f.Name, lang.Say(tag, "fact."+f.Name), Words(tag, f.Value), machine(f.Value)})
	}
	for _, n := range d.Notes {
		v.Notes = append(v.Notes, NoteView{lang.Say(tag, "note."+n.Say, arguments(tag, n.Facts)), placeOf(n.Span)})
	}
	if id := string(d.Code) + ".help"; lang.Knows(tag, id) {
		v.Help = lang.Say(tag, id, args)
	}
	if !d.Waived.IsZero() {
		p := placeOf(d.Waived)
		v.Waived = &p
	}
	return v
}

func arguments(tag lang.Tag, facts []Fact) lang.Args {
	args := lang.Args{}
	for _, f := range facts {
		args[f.Name] = Words(tag, f.Value)
	}
	return args
}

// Words prints the value of a fact in a language. A list of more than eight is
// cut with a count of the rest.
func Words(tag lang.Tag, value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case Word:
		return lang.Say(tag, string(v))
	case Name:
		name := v.ZH
		if tag == lang.EN && v.EN != "" {
			name = v.EN
		}
		if name == "" || name == v.ID {
			return v.ID
		}
		return name + " (" + v.ID + ")"
	case fmt.Stringer:
		return v.String()
	}
	if rv := reflect.ValueOf(value); rv.Kind() == reflect.Slice {
		var parts []string
		n := min(rv.Len(), 8)
		for i := range n {
			parts = append(parts, Words(tag, rv.Index(i).Interface()))
		}
		out := strings.Join(parts, lang.Say(tag, "list.comma"))
		if rest := rv.Len() - n; rest > 0 {
			out += lang.Say(tag, "list.more", lang.Args{"Count": rest})
		}
		return out
	}
	return fmt.Sprint(value)
}

// machine gives the value that the JSON form holds.
func machine(value any) any {
	switch v := value.(type) {
	case Word:
		s := string(v)
		return s[strings.LastIndexByte(s, '.')+1:]
	case Name:
		return v
	case fmt.Stringer:
		return v.String()
	}
	if rv := reflect.ValueOf(value); rv.IsValid() && rv.Kind() == reflect.Slice {
		out := make([]any, rv.Len())
		for i := range out {
			out[i] = machine(rv.Index(i).Interface())
		}
		return out
	}
	return value
}

// WriteText prints the list for people: each problem with its words and
// carets, then the counts. It prints at most limit problems (0: all).
func (l List) WriteText(w io.Writer, tag lang.Tag, limit int) error {
	var b bytes.Buffer
	for i, d := range l {
		if limit > 0 && i == limit {
			fmt.Fprintf(&b, "%s\n\n", lang.Say(tag, "diag.more", lang.Args{"Count": len(l) - i}))
			break
		}
		d.In(tag).writeText(&b, tag)
		b.WriteByte('\n')
	}
	_, err := w.Write(b.Bytes())
	return err
}

func (v View) writeText(b *bytes.Buffer, tag lang.Tag) {
	head := lang.Say(tag, "severity."+v.Severity)
	if v.Waived != nil {
		head = lang.Say(tag, "severity.waived")
	}
	fmt.Fprintf(b, "%s[%s]: %s\n", head, v.Code, v.Title)
	margin := len(strconv.Itoa(max(v.Line, 1)))
	for _, n := range v.Notes {
		margin = max(margin, len(strconv.Itoa(max(n.Line, 1))))
	}
	writeSnippet(b, v.Place, margin)
	pad := strings.Repeat(" ", margin)
	for _, f := range v.Facts {
		if f.Text != "" {
			fmt.Fprintf(b, "%s = %s%s%s\n", pad, f.Label, lang.Say(tag, "list.colon"), f.Text)
		}
	}
	for _, n := range v.Notes {
		fmt.Fprintf(b, "%s%s%s\n", lang.Say(tag, "diag.note"), lang.Say(tag, "list.colon"), n.Text)
		writeSnippet(b, n.Place, margin)
	}
	if v.Help != "" {
		fmt.Fprintf(b, "%s%s%s\n", lang.Say(tag, "diag.help"), lang.Say(tag, "list.colon"), v.Help)
	}
}

// snippetCells is the most of a line that is shown: a table's row or a pasted
// paragraph must not flood the screen.
const snippetCells = 160

func writeSnippet(b *bytes.Buffer, p Place, margin int) {
	if p.File == "" {
		return
	}
	pad := strings.Repeat(" ", margin)
	fmt.Fprintf(b, "%s--> %s:%d:%d\n", pad, p.File, p.Line, p.Column)
	line := p.span.Source.Line(p.Line)
	if line == "" {
		return
	}
	start := min(int(p.Start)-int(p.span.Source.Offset(p.Line, 1)), len(line))
	end := min(start+int(p.End-p.Start), len(line))
	line, start, end = around(line, start, end)
	fmt.Fprintf(b, "%*d | %s\n", margin, p.Line, visible(line))
	before, under := Cells(line[:start]), max(1, Cells(line[:end])-Cells(line[:start]))
	fmt.Fprintf(b, "%s | %s%s\n", pad, strings.Repeat(" ", before), strings.Repeat("^", under))
}

// around cuts a long line to the part that holds the words.
func around(line string, start, end int) (string, int, int) {
	if Cells(line) <= snippetCells {
		return line, start, end
	}
	from, cells := start, 0
	for from > 0 && cells < snippetCells/4 {
		from--
		for from > 0 && line[from]&0xc0 == 0x80 {
			from--
		}
		cells++
	}
	to, cells := from, 0
	for i, r := range line[from:] {
		if cells += runeCells(r, cells); cells > snippetCells {
			break
		}
		to = from + i + len(string(r))
	}
	return line[from:to], start - from, min(end, to) - from
}

// visible shows a line as a terminal can: tabs as spaces, control characters as
// dots, so that a binary file can't drive the terminal.
func visible(line string) string {
	var b strings.Builder
	at := 0
	for _, r := range line {
		n := runeCells(r, at)
		switch {
		case r == '\t':
			b.WriteString(strings.Repeat(" ", n))
		case r < 0x20 || r == 0x7f || (r >= 0x80 && r < 0xa0):
		default:
			b.WriteRune(r)
		}
		at += n
	}
	return b.String()
}

// Views puts the whole list into the words of a language; never nil.
func (l List) Views(tag lang.Tag) []View {
	out := make([]View, len(l))
	for i, d := range l {
		out[i] = d.In(tag)
	}
	return out
}

// MarshalJSON gives the list as an array of views in English. Use [List.Views]
// for another language.
func (l List) MarshalJSON() ([]byte, error) { return json.Marshal(l.Views(lang.EN)) }
