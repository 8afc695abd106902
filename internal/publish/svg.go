package publish

import (
	"strconv"
	"strings"

	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// An SVG is one whole picture element, safe to put into a page as it is: what
// came from outside was escaped when it was drawn.
type SVG string

// pen draws an SVG. It knows no style: shapes have classes.
type pen struct{ strings.Builder }

func itoa(n int) string { return strconv.Itoa(n) }

// num writes a coordinate with at most one decimal: enough for a screen, and
// the same on every machine.
func num(f float64) string {
	s := strconv.FormatFloat(f, 'f', 1, 64)
	return strings.TrimSuffix(s, ".0")
}

var markup = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")

// esc escapes for text and attribute values alike, and leaves out characters
// that XML has no place for.
func esc(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\t' && r != '\n' || r == 0x7f || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, s)
	return markup.Replace(s)
}

// start opens the picture: its size, its name and what it shows, for those who
// don't see it.
func (p *pen) start(class string, w, h float64, title, desc string) {
	p.open(class, "img", w, h, title, desc)
}

// startLinked is start for a picture whose parts can be gone to: it is a group
// of links, not one image.
func (p *pen) startLinked(class string, w, h float64, title, desc string) {
	p.open(class, "group", w, h, title, desc)
}

func (p *pen) open(class, role string, w, h float64, title, desc string) {
	p.WriteString(`<svg class="` + class + `" role="` + role + `" aria-label="` + esc(title) + `" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ` + num(w) + ` ` + num(h) +
		`" width="` + num(w) + `" height="` + num(h) + `"><title>` + esc(title) + `</title>`)
	if desc != "" {
		p.WriteString(`<desc>` + esc(desc) + `</desc>`)
	}
}

func (p *pen) end() SVG {
	p.WriteString("</svg>")
	return SVG(p.String())
}

func (p *pen) group(class string) { p.WriteString(`<g class="` + class + `">`) }
func (p *pen) close()             { p.WriteString(`</g>`) }

func (p *pen) rect(class string, x, y, w, h, radius float64) {
	p.WriteString(`<rect class="` + class + `" x="` + num(x) + `" y="` + num(y) + `" width="` + num(max(w, 0)) + `" height="` + num(h) + `"`)
	if radius > 0 {
		p.WriteString(` rx="` + num(radius) + `"`)
	}
	p.WriteString(`/>`)
}

// bar is a rectangle with words for those who point at it.
func (p *pen) bar(class string, x, y, w, h, radius float64, tip string) {
	p.WriteString(`<rect class="` + class + `" x="` + num(x) + `" y="` + num(y) + `" width="` + num(max(w, 1.5)) + `" height="` + num(h) +
		`" rx="` + num(radius) + `"><title>` + esc(tip) + `</title></rect>`)
}

func (p *pen) line(class string, x1, y1, x2, y2 float64) {
	p.WriteString(`<line class="` + class + `" x1="` + num(x1) + `" y1="` + num(y1) + `" x2="` + num(x2) + `" y2="` + num(y2) + `"/>`)
}

func (p *pen) path(class, d string) { p.WriteString(`<path class="` + class + `" d="` + d + `"/>`) }

// centred is text around a point.
func (p *pen) centred(class string, x, y float64, words string, in lang.Tag) {
	p.WriteString(`<text text-anchor="middle" class="` + class + `" x="` + num(x) + `" y="` + num(y) + `" lang="` + string(in) + `">` + esc(words) + `</text>`)
}

func (p *pen) text(class string, x, y float64, words string, in lang.Tag) {
	p.WriteString(`<text class="` + class + `" x="` + num(x) + `" y="` + num(y) + `"`)
	if in != "" {
		p.WriteString(` lang="` + string(in) + `"`)
	}
	p.WriteString(`>` + esc(words) + `</text>`)
}

// tick is a small mark of a change: a lozenge.
func (p *pen) tick(class string, x, y, r float64, tip string) {
	p.WriteString(`<path class="` + class + `" d="M` + num(x) + ` ` + num(y-r) + `L` + num(x+r) + ` ` + num(y) + `L` + num(x) + ` ` + num(y+r) +
		`L` + num(x-r) + ` ` + num(y) + `Z"><title>` + esc(tip) + `</title></path>`)
}

// advance is the width of words in a type of the given size: Chinese takes a
// full square, Latin a little more than half.
func advance(words string, size float64) float64 {
	wide, narrow := 0, 0
	for _, r := range words {
		switch diag.Cells(string(r)) {
		case 2:
			wide++
		case 1:
			narrow++
		}
	}
	return float64(wide)*size + float64(narrow)*size*0.6
}

// fit cuts words to a width, with a mark that they go on; "" when hardly any of
// them would be left.
func fit(words string, width, size float64) string {
	if advance(words, size) <= width {
		return words
	}
	var b strings.Builder
	room := width - size*0.9
	for _, r := range words {
		w := advance(string(r), size)
		if room < w {
			break
		}
		room -= w
		b.WriteRune(r)
	}
	if diag.Cells(b.String()) < 5 {
		return ""
	}
	return strings.TrimRight(b.String(), " ") + "…"
}

// wrap breaks words into at most lines lines of a width; the last is cut.
// Chinese breaks anywhere, Latin between words and behind hyphens.
func wrap(words string, width, size float64, lines int) []string {
	var out []string
	rest := words
	for len(out) < lines-1 && advance(rest, size) > width {
		end, lastGap, room := 0, -1, width
		for i, r := range rest {
			w := advance(string(r), size)
			if room < w {
				break
			}
			room -= w
			end = i + len(string(r))
			if r == ' ' || r == '-' || diag.Cells(string(r)) == 2 {
				lastGap = end
			}
		}
		if end == 0 {
			break
		}
		if end < len(rest) {
			next := []rune(rest[end:])[0]
			if next != ' ' && diag.Cells(string(next)) == 1 && lastGap > 0 {
				end = lastGap
			}
		}
		out = append(out, strings.TrimSpace(rest[:end]))
		rest = strings.TrimSpace(rest[end:])
	}
	if cut := fit(rest, width, size); cut != "" {
		return append(out, cut)
	}
	return append(out, rest)
}

// A scale places days on a line.
type scale struct {
	Span
	x, w float64
}

func (s scale) at(d org.Date) float64 {
	d = s.Clip(d)
	return s.x + s.w*float64(d-s.From)/float64(max(1, s.Days()))
}

// between gives the stretch of an interval on the line, and whether any of it
// is shown.
func (s scale) between(iv org.Interval) (x, w float64, shown bool) {
	if iv.To <= s.From || iv.From > s.To || iv.Empty() {
		return 0, 0, false
	}
	x = s.at(iv.From)
	return x, s.at(min(iv.To, s.To)) - x, true
}

// axis draws the days under a picture: at most so many labels, on first days of
// months or years where the span is long.
func (p *pen) axis(tag lang.Tag, s scale, top, bottom float64) {
	steps := ticks(s.Span, int(s.w/88))
	for _, d := range steps {
		x := s.at(d)
		p.line("grid", x, top, x, bottom)
		p.text("axis", x+3, bottom-3, d.String(), "")
	}
}

// ticks gives the days that an axis names.
func ticks(s Span, most int) []org.Date {
	most = max(most, 2)
	var out []org.Date
	for _, months := range []int{0, 1, 3, 6, 12, 60, 120} {
		out = out[:0]
		if months == 0 {
			for _, step := range []int{1, 2, 5, 7, 10, 14} {
				if s.Days()/step < most {
					for d := s.From + org.Date(step) - 1; d <= s.To-org.Date(s.Days()/12); d += org.Date(step) {
						out = append(out, d)
					}
					return out
				}
			}
			continue
		}
		t := s.From.Time()
		y, m := t.Year(), int(t.Month())
		for k := 0; ; k++ {
			mm := (m-1)/months*months + 1 + k*months
			d := org.Day(y+(mm-1)/12, monthOf((mm-1)%12+1), 1)
			if d > s.To-org.Date(s.Days()/12) {
				break
			}
			if d >= s.From {
				out = append(out, d)
			}
		}
		if len(out) <= most {
			return out
		}
	}
	return out
}
