package diag

import (
	"sort"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// MaxSourceBytes is the size above which a file is not read: offsets are kept
// in 32 bits, and nothing a person writes by hand comes near it.
const MaxSourceBytes = 1 << 30

// A Source is one file that a person handed in: its name as they know it and
// its whole text. It is shared by all spans in it and never changes after it
// is made; safe for concurrent use.
type Source struct {
	Name string
	Text string

	once  sync.Once
	lines []int32 // byte offset of the first byte of each line
}

// NewSource makes a source of a name and a text. The text must be UTF-8 and
// shorter than MaxSourceBytes; who reads files checks that first.
func NewSource(name, text string) *Source { return &Source{Name: name, Text: text} }

func (s *Source) index() []int32 {
	s.once.Do(func() {
		s.lines = append(s.lines, 0)
		for i := 0; i < len(s.Text); {
			j := strings.IndexByte(s.Text[i:], '\n')
			if j < 0 {
				break
			}
			i += j + 1
			s.lines = append(s.lines, int32(i))
		}
	})
	return s.lines
}

// Lines is the number of lines; a text that ends with a line break has an
// empty last line.
func (s *Source) Lines() int { return len(s.index()) }

// Line gives the text of line n (from 1), without its line break; "" when
// there is no such line.
func (s *Source) Line(n int) string {
	lines := s.index()
	if n < 1 || n > len(lines) {
		return ""
	}
	end := len(s.Text)
	if n < len(lines) {
		end = int(lines[n]) - 1
	}
	return strings.TrimSuffix(s.Text[lines[n-1]:end], "\r")
}

// Position finds the line (from 1) and the column (characters, from 1) of a
// byte offset. O(log lines + line length).
func (s *Source) Position(offset int32) (line, column int) {
	lines := s.index()
	i := sort.Search(len(lines), func(i int) bool { return lines[i] > offset }) - 1
	if i < 0 {
		i = 0
	}
	end := min(max(int(offset), int(lines[i])), len(s.Text))
	return i + 1, utf8.RuneCountInString(s.Text[lines[i]:end]) + 1
}

// Offset is the byte offset of a line and column (characters), both from 1. A
// column beyond the line's end gives the line's end.
func (s *Source) Offset(line, column int) int32 {
	lines := s.index()
	if line < 1 {
		return 0
	}
	if line > len(lines) {
		return int32(len(s.Text))
	}
	off := int(lines[line-1])
	end := off + len(s.Line(line))
	for ; column > 1 && off < end; column-- {
		_, n := utf8.DecodeRuneInString(s.Text[off:])
		off += n
	}
	return int32(off)
}

// A Span is a stretch of a source: the words that declared something. The zero
// Span is "nowhere": a thing that no file declared.
type Span struct {
	Source     *Source
	Start, End int32 // byte offsets, End not included
}

// IsZero reports whether the span is nowhere.
func (sp Span) IsZero() bool { return sp.Source == nil }

// Text gives the words of the span.
func (sp Span) Text() string {
	if sp.Source == nil {
		return ""
	}
	n := int32(len(sp.Source.Text))
	start, end := min(max(sp.Start, 0), n), min(sp.End, n)
	return sp.Source.Text[start:max(start, end)]
}

// File is the name of the span's source, or "".
func (sp Span) File() string {
	if sp.Source == nil {
		return ""
	}
	return sp.Source.Name
}

// Position is the line and column where the span starts; 0, 0 for nowhere.
func (sp Span) Position() (line, column int) {
	if sp.Source == nil {
		return 0, 0
	}
	return sp.Source.Position(sp.Start)
}

// Cell gives the span of the n-th cell (from 0) of a span that is one CSV
// record, without the quotes around it; the whole record when it has no such
// cell. So tables need not keep a position per cell.
func (sp Span) Cell(n int) Span {
	text := sp.Text()
	if sp.Source == nil || n < 0 {
		return sp
	}
	i := 0
	for ; ; n-- {
		start, end := i, i
		if i < len(text) && text[i] == '"' {
			start++
			for i++; i < len(text); i++ {
				if text[i] == '"' {
					if i+1 < len(text) && text[i+1] == '"' {
						i++
						continue
					}
					break
				}
			}
			end = min(i, len(text))
			for i < len(text) && text[i] != ',' {
				i++
			}
		} else {
			for i < len(text) && text[i] != ',' {
				i++
			}
			end = i
		}
		if n == 0 {
			return Span{sp.Source, sp.Start + int32(start), sp.Start + int32(end)}
		}
		if i >= len(text) {
			return sp
		}
		i++
	}
}

// Cells is the number of columns that a text takes on a terminal: Chinese
// characters take two, combining marks none, a tab as many as reach the next
// multiple of four.
func Cells(s string) int {
	n := 0
	for _, r := range s {
		n += runeCells(r, n)
	}
	return n
}

func runeCells(r rune, at int) int {
	switch {
	case r == '\t':
		return 4 - at%4
	case r < 0x20 || r == 0x7f || unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}
