package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/publish"
)

// said is words with the language they are in.
type said struct {
	text string
	in   lang.Tag
}

func wordsIn(n publish.Name, tag lang.Tag) said {
	text, in := n.In(tag)
	return said{text, in}
}

// foreignTo marks Chinese words on a page of another language.
func foreignTo(tag lang.Tag, text string) said {
	_, in := publish.Name{ZH: text}.In(tag)
	if in == lang.ZH {
		return said{text, lang.ZH}
	}
	if tag == lang.ZH && text != "" && latinWords(text) {
		return said{text, lang.EN}
	}
	return said{text, tag}
}

// latinWords tells a sentence or name of several Latin words from an id or a
// number, which have no language.
func latinWords(s string) bool {
	letters, blanks := 0, 0
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z':
			letters++
		case r == ' ':
			blanks++
		}
	}
	return blanks > 0 && letters > 8
}

// caret stands for words that are marked, where there are none: a place.
func caret(words string) string {
	if words == "" {
		return "‸"
	}
	return words
}

// listed joins terms as the language does.
func (p *page) listed(terms []publish.Term) string {
	var words []string
	for _, t := range terms {
		words = append(words, t.Text)
	}
	return strings.Join(words, p.T("list.comma"))
}

// counts names what is counted in the language of the page.
func (p *page) counts(list []publish.NameCount) (out []publish.Count) {
	for _, c := range list {
		out = append(out, publish.Count{Term: publish.Term{ID: c.ID, Text: wordsIn(c.Name, p.tag).text}, N: c.N})
	}
	return out
}

// linked joins bodies as the language does.
func (p *page) linked(list []publish.Name) publish.Sentence {
	var s publish.Sentence
	for i, n := range list {
		if i > 0 {
			s = append(s, publish.Piece{Text: p.T("list.comma")})
		}
		text, in := n.In(p.tag)
		piece := publish.Piece{Text: text, Body: n.ID}
		if in != p.tag {
			piece.In = in
		}
		s = append(s, piece)
	}
	return s
}

// unlinked is linked for what has no page.
func (p *page) unlinked(list []publish.Name) publish.Sentence {
	s := p.linked(list)
	for i := range s {
		s[i].Body = ""
	}
	return s
}

// htmlLang is the tag that browsers choose fonts and voices by.
func htmlLang(tag lang.Tag) string {
	if tag == lang.ZH {
		return "zh-CN"
	}
	return string(tag)
}

func (p *page) boardTitle() string {
	text, _ := p.BoardName(p.board, p.view).In(p.tag)
	return text
}

func problemsOf(p *page) int {
	n := p.view.Problems()
	return n.Errors + n.Warnings
}

func (p *page) previous() org.Date { d, _ := p.view.Steps(p.day); return d }
func (p *page) next() org.Date     { _, d := p.view.Steps(p.day); return d }

// clause is the address of a clause of an instrument.
func (p *page) clause(c publish.Citation) string {
	to := p.To("papers", c.Instrument)
	if c.Clause != "" {
		to += "#" + url.PathEscape("c-"+c.Clause)
	}
	return to
}

// unlisted is a paper that the plan does not list, as it was written.
func unlisted(c publish.Citation) string {
	if c.Clause == "" {
		return c.Instrument
	}
	return c.Instrument + " " + c.Clause
}

// planLine is the address of a line of the plan: its text is the first on the
// page of problems.
func (p *page) planLine(n int) string { return p.To("problems") + "#" + lineID(0, n) }

func lineID(file, line int) string {
	if file < 0 {
		return "e" + strconv.Itoa(-file) + "L" + strconv.Itoa(line)
	}
	if file == 0 {
		return "L" + strconv.Itoa(line)
	}
	return "f" + strconv.Itoa(file) + "L" + strconv.Itoa(line)
}

func noteLine(d publish.ProblemView, file string, line int) string {
	if file == d.File {
		return "#" + lineID(d.Text, line)
	}
	return "#d" + strconv.Itoa(d.N)
}

func (p *page) limit(n int) string {
	if n < 0 {
		return p.T("posts.unset")
	}
	return strconv.Itoa(n)
}

// order reads by which column the rows stand, of those that can be asked for, and
// whether the other way round.
func (p *page) order(columns ...string) (sort string, down bool) {
	if sort = p.query.Get("sort"); !slices.Contains(columns, sort) {
		return "", false
	}
	return sort, p.query.Get("down") == "1"
}

// sorted is the address of the page in the order of a column, when it is in that
// of sort; a second time the other way round, a third time in its own again.
func (p *page) sorted(sort string, down bool, id string) string {
	switch {
	case sort != id:
		return p.With("sort", id, "down", "")
	case !down:
		return p.With("sort", id, "down", "1")
	}
	return p.With("sort", "", "down", "")
}

func sortWord(down bool) string {
	if down {
		return "descending"
	}
	return "ascending"
}

// openGroup reports whether a group of the wall chart is shown unfolded: when
// something happens in it, or the reader asked for something.
func openGroup(m publish.Wall, g publish.WallSet, q publish.WallQuery) bool {
	return g.Moved > 0 || q.Kind+q.What+q.State+q.Sort != "" || len(m.Groups) == 1
}
