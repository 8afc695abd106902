package diag

import (
	"fmt"
	"regexp"
	"strings"
)

// want is one expectation, written in the failing text itself:
//
//	merge: [市卫计委]      # want OB0203 at 市卫计委
//
// "at" names the words under the caret, so it survives insertions and works in
// Chinese. A comment alone on its line speaks of the next line that is not
// one. "in FILE" (before "at") expects the words in another file, anywhere.
var wantRE = regexp.MustCompile(`#\s*want\s+(OB\d{4})(?:\s+in\s+(\S+))?(?:\s+at\s+(.*?))?\s*(?:#|$)`)

// Unmet holds the diagnostics of a run against the want-comments in src and
// describes each difference: missing, extra, at the wrong words, of the wrong
// code. A text without want-comments must be clean. Only the diagnostics in src
// and in the files that its comments name are looked at when other is false;
// with other, every diagnostic must be wanted.
func Unmet(src *Source, got List) []string {
	type want struct {
		code Code
		file string
		line int
		at   string
		met  bool
	}
	var wants []*want
	for n := 1; n <= src.Lines(); n++ {
		line := src.Line(n)
		rest := line
		for {
			m := wantRE.FindStringSubmatchIndex(rest)
			if m == nil {
				break
			}
			w := &want{code: Code(rest[m[2]:m[3]]), line: n, file: src.Name}
			if m[4] >= 0 {
				w.file, w.line = rest[m[4]:m[5]], 0
			}
			if m[6] >= 0 {
				w.at = rest[m[6]:m[7]]
			}
			if w.line > 0 && strings.HasPrefix(strings.TrimSpace(line), "#") {
				w.line++
				for strings.HasPrefix(strings.TrimSpace(src.Line(w.line)), "#") {
					w.line++
				}
			}
			wants = append(wants, w)
			// the next expectation may begin at the '#' that ended this one
			rest = rest[m[0]+1:]
			if i := strings.Index(rest, "#"); i >= 0 {
				rest = rest[i:]
			} else {
				break
			}
		}
	}
	fits := func(w *want, d Diagnostic) bool {
		line, _ := d.Span.Position()
		file := d.Span.File()
		inFile := file == w.file || strings.HasSuffix(file, "/"+w.file)
		return w.code == d.Code && inFile && (w.line == 0 || w.line == line) && (w.at == "" || w.at == d.Span.Text())
	}
	var out []string
	for _, d := range got {
		found := false
		for _, w := range wants {
			if !w.met && fits(w, d) {
				w.met, found = true, true
				break
			}
		}
		if !found {
			line, col := d.Span.Position()
			out = append(out, fmt.Sprintf("not wanted: %s at %s:%d:%d %q %v", d.Code, d.Span.File(), line, col, d.Span.Text(), d.Facts))
		}
	}
	for _, w := range wants {
		if !w.met {
			out = append(out, fmt.Sprintf("missing: %s in %s line %d at %q", w.code, w.file, w.line, w.at))
		}
	}
	return out
}
