package planfile

import (
	"bytes"
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"oneboard/internal/org"
)

// Format writes a plan in the one canonical form: the keys in their order, one
// entry after another, quotes only where other readers of YAML would take the
// words for something else. Reading it again gives the same plan, and
// formatting that again the same text. Comments, and what this version doesn't
// read, are not part of a plan's value and are not written. The plan should be
// one that was read without errors.
func Format(p *org.Plan) []byte {
	t := planText{
		Oneboard: org.Text{Text: "plan/v1"}, ID: org.Ref{ID: p.ID}, Title: p.Title, TitleEN: p.TitleEN,
		Area: p.Area, Board: p.Board, Packs: p.Packs, Calendar: p.Calendar,
		Start: p.Start, Deadline: p.Deadline, Changes: p.Changes,
		Above: p.Above, Below: p.Below, Upward: p.Upward, Windows: p.Windows, Contacts: p.Contacts,
		Processes: p.Processes,
		Templates: p.Templates, WorkFrom: p.WorkFrom, Roles: p.Roles, Resources: p.Teams, Staff: p.Staff, Rests: p.Rests, Causes: p.Causes, Tasks: p.Tasks,
		Spread: p.Spread,
	}
	text := func(s string) org.Text { return org.Text{Text: s} }
	for _, in := range p.Instruments {
		t.Instruments = append(t.Instruments, instrumentText{
			ID: org.Ref{ID: in.ID}, Title: text(in.Title), TitleEN: text(in.TitleEN), Kind: text(in.Kind),
			Issuer: text(in.Issuer), Number: text(in.Number), Made: in.Made, Effective: in.Effective,
			Clauses: in.Clauses, Supersedes: in.Supersedes, Confirms: in.Confirms, ConfirmsIn: in.ConfirmsIn, Body: in.Body, Under: in.Under, PublicFrom: in.PublicFrom,
		})
	}
	for _, a := range p.Approvals {
		t.Approvals = append(t.Approvals, approvalText{Instrument: a.Instrument, By: a.By, On: a.On})
	}
	for _, w := range p.Waivers {
		t.Waivers = append(t.Waivers, waiverText{Code: w.Code, Object: w.Object, Until: w.Until, By: w.By, Because: w.Because})
	}
	w := &writer{}
	w.fields(reflect.ValueOf(t), tableOf(reflect.TypeFor[planText]()), "", "")
	return w.Bytes()
}

type writer struct{ bytes.Buffer }

// fields writes a mapping; first is what stands before its first key instead of
// the indent ("- " for an entry of a list).
func (w *writer) fields(v reflect.Value, t *table, indent, first string) {
	lead := first
	if lead == "" {
		lead = indent
	}
	for i := range t.specs {
		s := &t.specs[i]
		before := w.Len()
		w.WriteString(lead)
		w.WriteString(s.key)
		w.WriteByte(':')
		if !w.value(v.FieldByIndex(s.index), s, indent) {
			w.Truncate(before)
			continue
		}
		lead = indent
	}
	if lead == first && first != "" { // an entry that says nothing is still one
		w.WriteString(strings.TrimRight(first, " ") + " {}\n")
	}
}

// value writes what stands behind a key, with its line ends; false when there
// is nothing to write.
func (w *writer) value(v reflect.Value, s *spec, indent string) bool {
	switch x := v.Interface().(type) {
	case org.Text:
		return w.words(x.Text, indent)
	case org.Ref:
		return w.words(x.ID, indent)
	case org.When:
		return x.Given() && w.line(" ", x.String())
	case org.Number:
		return x.Given() && w.line(" ", strconv.Itoa(x.N))
	case org.Days:
		if !x.Three() {
			return x.Given() && w.line(" ", strconv.Itoa(x.N))
		}
		var parts []string
		for _, p := range []struct {
			key string
			n   org.Number
		}{{"least", x.Least}, {"likely", x.Number}, {"most", x.Most}} {
			if p.n.Given() {
				parts = append(parts, p.key+": "+strconv.Itoa(p.n.N))
			}
		}
		return w.line(" {", strings.Join(parts, ", "), "}")
	case org.Selection:
		if x.All {
			return w.line(" ", "all")
		}
		return w.row(ids(x.Refs), indent)
	case []org.Ref:
		return w.row(ids(x), indent)
	case []org.Text:
		out := make([]string, len(x))
		for i, t := range x {
			out[i] = t.Text
		}
		return w.row(out, indent)
	case []org.Citation:
		out := make([]string, len(x))
		for i, c := range x {
			out[i] = strings.TrimRight(c.Instrument.ID+" "+c.Clause.Text, " ")
		}
		return w.row(out, indent)
	case []org.Clause:
		return w.clauses(x, indent)
	case changeList:
		w.WriteByte('\n')
		for _, c := range x {
			e := reflect.ValueOf(c).Elem()
			w.fields(e, tableOf(e.Type()), indent+"    ", indent+"  - ")
		}
		return len(x) > 0
	}
	w.WriteByte('\n')
	before := w.Len()
	if s.form == structForm {
		w.fields(v, s.below, indent+"  ", "")
		return w.Len() > before
	}
	for i := range v.Len() {
		w.fields(v.Index(i), s.below, indent+"    ", indent+"  - ")
	}
	return w.Len() > before
}

func (w *writer) line(parts ...string) bool {
	for _, p := range parts {
		w.WriteString(p)
	}
	w.WriteByte('\n')
	return true
}

func ids(refs []org.Ref) []string {
	out := make([]string, len(refs))
	for i, r := range refs {
		out[i] = r.ID
	}
	return out
}

// row writes one value as it is and several as [a, b].
func (w *writer) row(values []string, indent string) bool {
	if len(values) < 2 {
		return len(values) == 1 && w.words(values[0], indent)
	}
	w.WriteString(" [")
	for i, v := range values {
		if i > 0 {
			w.WriteString(", ")
		}
		w.WriteString(quoted(v, true))
	}
	return w.line("]")
}

func (w *writer) clauses(clauses []org.Clause, indent string) bool {
	worded := false
	for _, c := range clauses {
		worded = worded || c.Text != ""
	}
	if !worded {
		w.WriteString(" [")
		for i, c := range clauses {
			if i > 0 {
				w.WriteString(", ")
			}
			w.WriteString(quoted(c.Number, true))
		}
		return w.line("]") && len(clauses) > 0
	}
	w.WriteByte('\n')
	for _, c := range clauses {
		w.WriteString(indent + "  " + quoted(c.Number, true) + ":")
		if !w.words(c.Text, indent+"  ") {
			w.WriteByte('\n')
		}
	}
	return true
}

// words writes text behind a key: on its line, or below it when it has lines
// of its own.
func (w *writer) words(text, indent string) bool {
	if text == "" {
		return false
	}
	if !lines(text) {
		return w.line(" ", quoted(text, false))
	}
	w.WriteString(" |")
	if !strings.HasSuffix(text, "\n") {
		w.WriteByte('-')
	}
	w.WriteByte('\n')
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		if line != "" {
			w.WriteString(indent + "  " + line)
		}
		w.WriteByte('\n')
	}
	return true
}

// lines reports whether a text can stand as a block of lines, as it is.
func lines(text string) bool {
	body := strings.TrimSuffix(text, "\n")
	if !strings.Contains(body, "\n") || strings.HasPrefix(body, "\n") || strings.HasSuffix(body, "\n") {
		return false
	}
	for line := range strings.SplitSeq(body, "\n") {
		if line != strings.Trim(line, " ") || !printable(line) {
			return false
		}
	}
	return true
}

func printable(s string) bool {
	for _, r := range s {
		if r != ' ' && !unicode.IsGraphic(r) || unicode.IsSpace(r) && r != ' ' && r != '\u3000' && r != '\u00a0' || r == utf8.RuneError {
			return false
		}
	}
	return true
}

// quoted gives the words as YAML writes them, in quotes when they could be
// taken for something else.
func quoted(s string, inList bool) string {
	switch {
	case plain(s, inList):
		return s
	case !printable(s):
		return escaped(s)
	case !strings.ContainsAny(s, `"\`):
		return `"` + s + `"`
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}

// plain reports whether words need no quotes. It is careful: a reader of YAML
// other than this one must also take them for words.
func plain(s string, inList bool) bool {
	if s == "" || s != strings.TrimSpace(s) || !printable(s) || !plainByte[s[0]] || s[0] == '-' || s[0] == '=' {
		return false
	}
	number := true
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case plainByte[c]:
		case inList:
			return false
		case c == ':' && (i+1 == len(s) || s[i+1] == ' '), c == '#' && s[i-1] == ' ':
			return false
		case strings.IndexByte("{}[]\\`", c) >= 0:
			return false
		}
		number = number && (c >= '0' && c <= '9' || strings.IndexByte("+-._:xobeEABCDFabcdf", c) >= 0)
	}
	if number && (s[0] >= '0' && s[0] <= '9' || s[0] == '.' || s[0] == '+') {
		return false
	}
	switch strings.ToLower(s) {
	case "null", "true", "false", "yes", "no", "on", "off", "y", "n", ".inf", "+.inf", ".nan", "...":
		return false
	}
	return true
}

func escaped(s string) string {
	const hex = "0123456789abcdef"
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case printable(string(r)):
			b.WriteRune(r)
		case r < 0x10000:
			b.WriteString(`\u`)
			for shift := 12; shift >= 0; shift -= 4 {
				b.WriteByte(hex[r>>shift&15])
			}
		default:
			b.WriteString(`\U`)
			for shift := 28; shift >= 0; shift -= 4 {
				b.WriteByte(hex[r>>shift&15])
			}
		}
	}
	b.WriteByte('"')
	return b.String()
}
