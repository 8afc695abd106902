package planfile

import (
	"strings"
)

// Nearly all lines of a plan are "key: words" or "key: [a, b]". The YAML parser
// takes about 25 µs for each such change, most of it for tokens and nodes that
// are thrown away again; simple reads the same text in one. It takes only what
// can have no other meaning and leaves everything else, also every fault, to
// the parser. A fuzz test holds the two against each other.

// simple reads the lines from n up to end as one mapping whose keys all stand
// in one column, or as one entry of a list that holds such a mapping. It
// reports false when there is anything else in them.
func (d *document) simple(n, end int) (node, bool) {
	line, _ := d.line(n)
	column, item := 0, strings.HasPrefix(strings.TrimLeft(line, " "), "- ")
	if item {
		dash := indent(line)
		column = dash + 1 + indent(line[dash+1:])
	}
	out := node{shape: mapping, fields: make([]field, 0, end-n)}
	for first := n; n < end; n++ {
		line, start := d.line(n)
		if n > first {
			if blank(line) {
				if strings.IndexByte(line, '\t') >= 0 {
					return node{}, false
				}
				continue
			}
			if indent(line) != column {
				return node{}, false
			}
		}
		f, ok := d.simpleField(n, start, line, column)
		if !ok {
			return node{}, false
		}
		out.fields = append(out.fields, f)
	}
	out.at = out.fields[0].keyAt
	out.at.End = out.fields[len(out.fields)-1].value.at.End
	if item {
		return node{shape: list, items: []node{out}, at: out.at}, true
	}
	return out, true
}

// simpleField reads "key: value" from a column of a line.
func (d *document) simpleField(n, start int, line string, column int) (field, bool) {
	rest := line[column:]
	colon := strings.IndexByte(rest, ':')
	if colon < 0 || !bare(rest[:colon]) || colon+1 >= len(rest) || rest[colon+1] != ' ' || nullWord(rest[:colon]) {
		return field{}, false
	}
	shift := start
	if d.shifts != nil {
		shift += int(d.shifts[n])
	}
	f := field{key: rest[:colon], keyAt: d.span(shift+column, shift+column+colon)}
	at := column + colon + 1
	at += indent(line[at:])
	if at >= len(line) {
		return field{}, false
	}
	if line[at] != '[' {
		value, stop, ok := d.simpleScalar(line, at, shift, false)
		f.value = value
		return f, ok && ended(line[stop:])
	}
	f.value.shape = list
	from := at
	for at++; ; at++ {
		at += indent(line[at:])
		if at >= len(line) {
			return field{}, false
		}
		value, stop, ok := d.simpleScalar(line, at, shift, true)
		if !ok {
			return field{}, false
		}
		f.value.items = append(f.value.items, value)
		at = stop + indent(line[stop:])
		if at >= len(line) || line[at] != ',' && line[at] != ']' {
			return field{}, false
		}
		if line[at] == ']' {
			break
		}
	}
	f.value.at = d.span(shift+from, shift+at+1)
	return f, ended(line[at+1:])
}

// ended reports whether nothing but a comment follows.
func ended(rest string) bool {
	words := strings.TrimLeft(rest, " ")
	return words == "" || words[0] == '#' && len(words) < len(rest)
}

// simpleScalar reads the words from at, and says where they end.
func (d *document) simpleScalar(line string, at, shift int, inList bool) (node, int, bool) {
	if quote := line[at]; quote == '\'' || quote == '"' {
		n := strings.IndexByte(line[at+1:], quote)
		if n < 0 {
			return node{}, 0, false
		}
		text, stop := line[at+1:at+1+n], at+n+2
		if quote == '"' && strings.IndexByte(text, '\\') >= 0 || stop < len(line) && line[stop] == quote || strings.IndexByte(text, '\t') >= 0 {
			return node{}, 0, false
		}
		return node{shape: scalar, quoted: true, text: text, at: d.span(shift+at+1, shift+stop-1)}, stop, true
	}
	stop := at
	for ; stop < len(line); stop++ {
		c := line[stop]
		if c == ',' && inList || c == ']' && inList || c == '#' && stop > at && line[stop-1] == ' ' {
			break
		}
		if !plainByte[c] || c == '-' && stop == at {
			return node{}, 0, false
		}
	}
	text := strings.TrimRight(line[at:stop], " ")
	if text == "" || nullWord(text) {
		return node{}, 0, false
	}
	return node{shape: scalar, text: text, at: d.span(shift+at, shift+at+len(text))}, at + len(text), true
}

func nullWord(s string) bool { return len(s) == 4 && strings.EqualFold(s, "null") }

// plainByte says which bytes mean only themselves in words without quotes.
var plainByte = func() (t [256]bool) {
	for c := range t {
		t[c] = c >= 0x80 || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
	}
	for _, c := range " -_/.+()=;$^" {
		t[c] = true
	}
	return t
}()
