package diag

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"oneboard/internal/lang"
)

// A code of its own, with words in the catalogue that fit any test.
var sample = Code("OB0301")

func spanOf(src *Source, words string) Span {
	i := int32(strings.Index(src.Text, words))
	return Span{src, i, i + int32(len(words))}
}

func diagnostic(span Span, facts ...Fact) Diagnostic {
	return Diagnostic{Code: sample, Severity: Error, Span: span, Facts: facts}
}

func render(d Diagnostic, tag lang.Tag) string {
	var b strings.Builder
	if err := (List{d}).WriteText(&b, tag, 0); err != nil {
		panic(err)
	}
	return b.String()
}

// The caret stands right under the words, counted in the cells of a terminal:
// two for a Chinese character, none for a combining mark.
func TestCaretsStandUnderTheWords(t *testing.T) {
	for _, c := range []struct{ line, words, under string }{
		{"abolish: land", "land", "         ^^^^"},
		{"撤销: 市国土资源局 # 一", "市国土资源局", "      ^^^^^^^^^^^^"},
		{"ＡＢ（甲）乙", "乙", "          ^^"},
		{"a\u0301bc d", "d", "    ^"},
		{"\tx: y", "y", "       ^"},
		{"Kárášjohka x", "x", "           ^"},
	} {
		src := NewSource("plan.yaml", "first\n"+c.line+"\nlast")
		out := render(diagnostic(spanOf(src, c.words)), lang.EN)
		lines := strings.Split(out, "\n")
		if got := strings.TrimPrefix(lines[3], "  | "); got != c.under {
			t.Errorf("%q: carets %q, want %q\n%s", c.line, got, c.under, out)
		}
	}
}

func TestLongLinesAreCutAroundTheWords(t *testing.T) {
	src := NewSource("t.csv", strings.Repeat("一二三四五，", 5000)+"WORDS"+strings.Repeat("六七八，", 5000))
	out := render(diagnostic(spanOf(src, "WORDS")), lang.ZH)
	for _, line := range strings.Split(out, "\n") {
		if Cells(line) > snippetCells+20 {
			t.Fatalf("a line of %d cells", Cells(line))
		}
		if !utf8.ValidString(line) {
			t.Fatal("a character was cut in two")
		}
	}
	if !strings.Contains(out, "WORDS") || !strings.Contains(out, "^^^^^") {
		t.Error("the words are not shown:", out)
	}
}

// A file can't drive the terminal: its control characters are not printed.
func TestControlCharactersAreNotPrinted(t *testing.T) {
	src := NewSource("x", "a\x1b[31mred\x07 \u009b2J WORDS")
	if out := render(diagnostic(spanOf(src, "WORDS")), lang.EN); strings.ContainsAny(out, "\x1b\x07\u009b") {
		t.Errorf("control characters in %q", out)
	}
}

func TestPositions(t *testing.T) {
	src := NewSource("x", "甲乙\r\nc\n\n丁")
	for _, c := range []struct {
		words        string
		line, column int
	}{{"甲", 1, 1}, {"乙", 1, 2}, {"c", 2, 1}, {"丁", 4, 1}} {
		sp := spanOf(src, c.words)
		if line, column := sp.Position(); line != c.line || column != c.column {
			t.Errorf("%s at %d:%d, want %d:%d", c.words, line, column, c.line, c.column)
		}
		if off := src.Offset(c.line, c.column); off != sp.Start {
			t.Errorf("%s: offset %d, want %d", c.words, off, sp.Start)
		}
	}
	if src.Line(1) != "甲乙" || src.Line(3) != "" || src.Line(9) != "" || src.Lines() != 4 {
		t.Error("lines")
	}
	if line, column := (Span{}).Position(); line != 0 || column != 0 || (Span{}).Text() != "" {
		t.Error("nowhere is somewhere")
	}
}

func TestCell(t *testing.T) {
	row := `a,"b, ""c""",,丁,"x`
	src := NewSource("t.csv", "h\n"+row+"\n")
	sp := Span{src, 2, int32(2 + len(row))}
	for i, want := range []string{"a", `b, ""c""`, "", "丁", "x"} {
		if got := sp.Cell(i).Text(); got != want {
			t.Errorf("cell %d = %q, want %q", i, got, want)
		}
	}
	if sp.Cell(9) != sp || sp.Cell(-1) != sp {
		t.Error("a cell that is not there is not the row")
	}
}

// Text, JSON and each language are renderings of one value.
func TestOneValueManyRenderings(t *testing.T) {
	src := NewSource("plan.yaml", "transfer: 食品监管\nabolish: 甲")
	d := diagnostic(spanOf(src, "食品监管"),
		F("duty", Name{"d1", "食品监管", "food supervision"}), F("keys", []Word{"key.holder", "key.means"}),
		F("days", 3), F("duties", []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"})).
		Note(spanOf(src, "甲"), "ends_here")
	en, zh := render(d, lang.EN), render(d, lang.ZH)
	for _, want := range []string{"food supervision (d1)", "holder in law, means", "and 2 more", "note: it ends here"} {
		if !strings.Contains(en, want) {
			t.Errorf("no %q in\n%s", want, en)
		}
	}
	for _, want := range []string{"食品监管 (d1)", "法定主体、人财物保障", "注：在此终止"} {
		if !strings.Contains(zh, want) {
			t.Errorf("no %q in\n%s", want, zh)
		}
	}
	text, err := json.Marshal(List{d})
	if err != nil {
		t.Fatal(err)
	}
	var got []struct {
		Code         string
		Line, Column int
		Start        int
		Words        string
		Facts        []struct {
			Name  string
			Value any
		}
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if g := got[0]; g.Code != "OB0301" || g.Line != 1 || g.Column != 11 || g.Start != 10 || g.Words != "食品监管" ||
		len(g.Facts) != 4 || g.Facts[2].Value != 3.0 {
		t.Errorf("JSON %s", text)
	}
}

func TestWaivedStopsNothing(t *testing.T) {
	src := NewSource("p", "a b")
	d := diagnostic(spanOf(src, "a"))
	if !(List{d}).HasErrors() {
		t.Error("an error stands and stops nothing")
	}
	d.Waived = spanOf(src, "b")
	l := List{d}
	if e, w, x := l.Count(); l.HasErrors() || e != 0 || w != 0 || x != 1 {
		t.Error("a waived error stops the plan")
	}
}

// The harness of want-comments finds each of the four failures.
func TestUnmet(t *testing.T) {
	for _, c := range []struct {
		name, text string
		at         string
		code       Code
		unmet      int
	}{
		{"met", "x: 甲 # want OB0301 at 甲", "甲", "OB0301", 0},
		{"met on the next line", "# want OB0301 at 甲\n# another\nx: 甲", "甲\n", "OB0301", 0},
		{"in another file", "# want OB0301 in p at 甲\n\n\nx: 甲", "甲\n", "OB0301", 0},
		{"wrong words", "x: 甲乙 # want OB0301 at 甲", "甲乙", "OB0301", 2},
		{"wrong code", "x: 甲 # want OB0302 at 甲", "甲", "OB0301", 2},
		{"wrong line", "y: 甲\nx: z # want OB0301 at 甲", "甲", "OB0301", 2},
		{"extra", "x: 甲", "甲", "OB0301", 1},
		{"missing", "x: 甲 # want OB0301 at 甲", "", "OB0301", 1},
	} {
		src := NewSource("p", c.text)
		var got List
		if words := strings.TrimSuffix(c.at, "\n"); words != "" {
			i := int32(strings.Index(c.text, words))
			if strings.HasSuffix(c.at, "\n") {
				i = int32(strings.LastIndex(c.text, words))
			}
			got = List{{Code: c.code, Span: Span{src, i, i + int32(len(words))}}}
		}
		if unmet := Unmet(src, got); len(unmet) != c.unmet {
			t.Errorf("%s: %d unmet, want %d: %v", c.name, len(unmet), c.unmet, unmet)
		}
	}
}
