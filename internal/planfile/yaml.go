package planfile

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"oneboard/internal/diag"
)

// The limits of a text. A plan that a person wrote comes near none of them.
const (
	MaxPlanBytes = 16 << 20
	MaxPackBytes = 1 << 20
	// maxDepth is the deepest nesting of lists and mappings. The parser below
	// goes down by recursion, so that depth must be known before it starts.
	maxDepth = 32
	// maxBlankLines is the most empty lines in one entry.
	maxBlankLines = 100
	// maxFaults ends the reading of a text that is wrong all over: nobody reads
	// more, and each costs memory.
	maxFaults = 1000
)

type shape uint8

const (
	absent  shape = iota // a key with nothing behind it
	scalar               // words
	list                 // items
	mapping              // fields
	broken               // could not be read; the fault is reported
)

// A node is one value of a text and where it stands. All scalars are kept as
// they were written: what is a number or a date is for the reader of the key to
// say, so that clause 1.10 does not become 1.1.
type node struct {
	shape  shape
	quoted bool // or a block scalar: surely words
	text   string
	at     diag.Span // the words, without quotes
	items  []node
	fields []field
}

type field struct {
	key   string
	keyAt diag.Span
	value node
}

// A document reads one text. The text is cut at its top-level keys, and the
// lists below them at their entries; each piece is parsed by itself. So a fault
// in one does not hide the others, and the time is linear in the pieces.
type document struct {
	src   *diag.Source
	diags diag.List

	body     string  // the source without byte order mark, its lines ended by "\n"
	starts   []int32 // where each line of text starts
	thorough bool    // never the short way of simple.go: for the test that holds it against the parser
	shifts   []int32 // what to add to an offset in a line of text to get one of src; nil: nothing
}

// open guards the text: what is not text at all, or too much of it, is not read
// any further, and open reports false.
func open(name string, text []byte, limit int) (*document, bool) {
	d := &document{}
	if len(text) > limit {
		head := text[:min(len(text), 1<<10)]
		d.src = diag.NewSource(name, string(bytes.ToValidUTF8(head, []byte("?"))))
		d.add(Refused, d.span(0, 0), diag.F("reason", diag.Word("yaml.too_large")), diag.F("limit", limit), diag.F("found", len(text)))
		return d, false
	}
	s := string(text)
	if bad := firstBad(s); bad >= 0 {
		d.src = diag.NewSource(name, sameLength(s))
		d.add(NotText, d.span(bad, bad+1), diag.F("value", hexByte(s[bad])))
		return d, false
	}
	d.src = diag.NewSource(name, s)
	d.lines()
	return d, true
}

// firstBad finds the first byte that is not text: not UTF-8, or a control
// character other than tab and line ends.
func firstBad(s string) int {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c < 0x20 && c != '\t' && c != '\n' && c != '\r' || c == 0x7f {
				return i
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// sameLength makes UTF-8 of any bytes and keeps every offset.
func sameLength(s string) string {
	b := []byte(s)
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			b[i] = '?'
		}
		i += n
	}
	return string(b)
}

func hexByte(b byte) string {
	const digits = "0123456789ABCDEF"
	return "0x" + string([]byte{digits[b>>4], digits[b&15]})
}

const byteOrderMark = "\ufeff"

// lines fills text, starts and shifts. The parser counts lines wrongly when
// they end in CR, so it is never shown one.
func (d *document) lines() {
	text, shift := d.src.Text, int32(0)
	if strings.HasPrefix(text, byteOrderMark) {
		text, shift = text[len(byteOrderMark):], int32(len(byteOrderMark))
	}
	d.starts = append(make([]int32, 0, strings.Count(text, "\n")+1), 0)
	if shift == 0 && strings.IndexByte(text, '\r') < 0 {
		d.body = text
		for i := 0; i < len(text); i++ {
			n := strings.IndexByte(text[i:], '\n')
			if n < 0 {
				break
			}
			i += n
			d.starts = append(d.starts, int32(i+1))
		}
		return
	}
	b := make([]byte, 0, len(text))
	d.shifts = append(d.shifts, shift)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '\r', '\n':
			if c == '\r' && i+1 < len(text) && text[i+1] == '\n' {
				i++
				shift++
			}
			b = append(b, '\n')
			d.starts = append(d.starts, int32(len(b)))
			d.shifts = append(d.shifts, shift)
		default:
			b = append(b, c)
		}
	}
	d.body = string(b)
}

func (d *document) add(code diag.Code, at diag.Span, facts ...diag.Fact) {
	if len(d.diags) < maxFaults {
		d.diags.Add(diag.At(code, at, facts...))
	}
}

// span makes a span of two offsets in the source.
func (d *document) span(start, end int) diag.Span {
	return diag.Span{Source: d.src, Start: int32(start), End: int32(end)}
}

// words makes a span of the source from two offsets in the text, given the
// line (from 0) in which the first stands.
func (d *document) words(line, start, end int) diag.Span {
	if d.shifts == nil {
		return d.span(start, end)
	}
	last := line
	for last+1 < len(d.starts) && int(d.starts[last+1]) < end {
		last++
	}
	return d.span(start+int(d.shifts[line]), end+int(d.shifts[last]))
}

// line gives line n (from 0) without its end, and where it starts.
func (d *document) line(n int) (string, int) {
	start := int(d.starts[n])
	if n+1 < len(d.starts) {
		return d.body[start : d.starts[n+1]-1], start
	}
	return d.body[start:], start
}

// lineWords is the span of a line without the blanks around it and without the
// comment behind it.
func (d *document) lineWords(n int) diag.Span {
	line, start := d.line(n)
	words := strings.Trim(line, " \t")
	if i := strings.Index(words, " #"); i > 0 {
		words = strings.TrimRight(words[:i], " \t")
	}
	start += strings.Index(line, words)
	return d.words(n, start, start+len(words))
}

// blank reports whether a line says nothing.
func blank(line string) bool {
	line = strings.TrimLeft(line, " \t")
	return line == "" || line[0] == '#'
}

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// entry reports whether the words begin an entry of a block list.
func entry(words string) bool {
	return words == "-" || strings.HasPrefix(words, "- ") || strings.HasPrefix(words, "-\t")
}

func marker(line, mark string) bool {
	return strings.HasPrefix(line, mark) && (len(line) == len(mark) || line[len(mark)] == ' ' || line[len(mark)] == '\t')
}

// top reads the whole text: its top-level keys in their order.
func (d *document) top() []field {
	var out []field
	begun, ended := false, false
	for n := 0; n < len(d.starts) && len(d.diags) < maxFaults; {
		line, _ := d.line(n)
		switch {
		case blank(line):
			n++
			continue
		case marker(line, "---") || marker(line, "..."):
			// One document may be marked; what follows a second mark is another
			// document, and a plan is one.
			if begun && line[0] == '-' || strings.Trim(line[3:], " \t") != "" && !blank(line[3:]) {
				d.add(Refused, d.lineWords(n), diag.F("reason", diag.Word("yaml.documents")))
				return out
			}
			begun, ended = true, line[0] == '.'
			n++
			continue
		case ended:
			d.add(Refused, d.lineWords(n), diag.F("reason", diag.Word("yaml.documents")))
			return out
		case line[0] == '%':
			d.add(Refused, d.lineWords(n), diag.F("reason", diag.Word("yaml.directive")))
			n++
			continue
		}
		begun = true
		end := n + 1
		if strings.IndexByte("{[", line[0]) >= 0 {
			end = len(d.starts) // a document in flow style can't be cut
		}
		for end < len(d.starts) {
			next, _ := d.line(end)
			if !blank(next) && strings.IndexByte(" \t]}", next[0]) < 0 && !entry(next) {
				break
			}
			end++
		}
		out = append(out, d.piece(n, end)...)
		n = end
	}
	return out
}

// piece reads the lines from n up to end, which begin with a top-level key.
func (d *document) piece(n, end int) []field {
	line, start := d.line(n)
	if key, rest, ok := strings.Cut(line, ":"); ok && blank(rest) && bare(key) {
		first := n + 1
		for first < end {
			if l, _ := d.line(first); !blank(l) {
				break
			}
			first++
		}
		if first < end {
			if l, _ := d.line(first); entry(strings.TrimLeft(l, " ")) {
				at := d.words(n, start, start+len(key))
				return []field{{key: key, keyAt: at, value: d.entries(first, end, indent(l))}}
			}
		}
	}
	value := d.parse(n, end)
	switch value.shape {
	case mapping:
		return value.fields
	case broken:
		return nil
	}
	at := value.at
	if at.IsZero() || value.shape == absent {
		at = d.lineWords(n)
	}
	d.add(NotYAML, at, diag.F("reason", diag.Word(d.whyNoKey(at))))
	return nil
}

// whyNoKey says why words that should be "key: value" are not.
func (d *document) whyNoKey(at diag.Span) string {
	if strings.Contains(at.Text(), "：") {
		return "yaml.wide_colon"
	}
	return "yaml.no_key"
}

// bare reports whether a key stands without quotes or anything that could make
// it something else.
func bare(key string) bool {
	for i := 0; i < len(key); i++ {
		c := key[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' && c != '-' {
			return false
		}
	}
	return key != "" && key[0] != '-'
}

// entries reads a block list whose entries are indented by so much, one by one.
func (d *document) entries(n, end, depth int) node {
	out := node{shape: list}
	for n < end && len(d.diags) < maxFaults {
		line, _ := d.line(n)
		if blank(line) {
			n++
			continue
		}
		if indent(line) != depth || !entry(line[depth:]) {
			why := "yaml.indent"
			if line[indent(line)] == '\t' {
				why = "yaml.tab"
			}
			d.add(NotYAML, d.lineWords(n), diag.F("reason", diag.Word(why)))
			n++
			continue
		}
		stop := n + 1
		for stop < end {
			next, _ := d.line(stop)
			if !blank(next) && indent(next) <= depth {
				break
			}
			stop++
		}
		value := d.parse(n, stop)
		switch {
		case value.shape == list && len(value.items) == 1:
			out.items = append(out.items, value.items[0])
		case value.shape == broken:
			out.items = append(out.items, value)
		default:
			d.add(NotYAML, d.lineWords(n), diag.F("reason", diag.Word("yaml.indent")))
			out.items = append(out.items, node{shape: broken, at: d.lineWords(n)})
		}
		n = stop
	}
	out.at = d.around(out.items)
	return out
}

func (d *document) around(items []node) diag.Span {
	if len(items) == 0 {
		return diag.Span{}
	}
	out := items[0].at
	for _, n := range items[1:] {
		out.End = max(out.End, n.at.End)
	}
	return out
}

// parse reads the lines from n up to end as one YAML value. Whatever happens
// inside the parser becomes a diagnostic and a broken node.
func (d *document) parse(n, end int) (out node) {
	// comments below belong to what follows; but a deeper line with # may be the
	// end of a block of text
	first, _ := d.line(n)
	column := indent(first)
	if entry(first[column:]) {
		column += 2
	}
	for end > n+1 {
		if line, _ := d.line(end - 1); !blank(line) || strings.Trim(line, " \t") != "" && indent(line) > column {
			break
		}
		end--
	}
	blanks := 0
	for stop := n + 1; stop < end; stop++ {
		if line, _ := d.line(stop); strings.Trim(line, " \t") != "" {
			blanks = 0
		} else if blanks++; blanks > maxBlankLines {
			// The parser copies what it has of a block for each empty line.
			d.add(Refused, d.lineWords(n), diag.F("reason", diag.Word("yaml.blank_lines")), diag.F("limit", maxBlankLines))
			return node{shape: broken, at: d.lineWords(n)}
		}
	}
	if !d.thorough {
		if value, ok := d.simple(n, end); ok {
			return value
		}
	}
	text := d.body[d.starts[n]:]
	if end < len(d.starts) {
		text = d.body[d.starts[n]:d.starts[end]]
	}
	out = node{shape: broken, at: d.lineWords(n)}
	defer func() {
		if r := recover(); r != nil {
			d.add(NotYAML, d.lineWords(n), diag.F("reason", diag.Word("yaml.other")))
			out = node{shape: broken, at: d.lineWords(n)}
		}
	}()
	tokens := lexer.Tokenize(text)
	p := piece{document: d, first: n, last: end - 1}
	if !p.allowed(tokens) {
		return out
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		p.fault(err)
		return out
	}
	var body ast.Node
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		if body != nil { // the parser took an outdented line for a new document
			d.add(NotYAML, p.token(doc.Body.GetToken()), diag.F("reason", diag.Word("yaml.indent")))
			return out
		}
		body = doc.Body
	}
	if body == nil {
		return node{shape: absent}
	}
	before := len(d.diags)
	value := p.node(body)
	if len(d.diags) > before {
		return out
	}
	return value
}

// A piece is the lines first..last of a document while they are parsed.
type piece struct {
	*document
	first, last int
	cursor      int // where the words of the last token ended, in text
}

// allowed refuses what a plan has no use for, before anything recurses.
func (p *piece) allowed(tokens token.Tokens) bool {
	flow := 0
	var columns []int
	refuse := func(t *token.Token, why string) bool {
		at := p.token(t)
		if end := at.Start + 1; at.Start == at.End && int(end) <= len(p.src.Text) {
			at.End = end
		}
		p.add(Refused, at, diag.F("reason", diag.Word(why)))
		return false
	}
	for _, t := range tokens {
		column := t.Position.Column
		switch t.Type {
		case token.AnchorType, token.AliasType:
			return refuse(t, "yaml.anchor")
		case token.TagType:
			return refuse(t, "yaml.tag")
		case token.MergeKeyType:
			return refuse(t, "yaml.merge")
		case token.DirectiveType:
			return refuse(t, "yaml.directive")
		case token.DocumentHeaderType, token.DocumentEndType:
			return refuse(t, "yaml.documents")
		case token.MappingKeyType:
			return refuse(t, "yaml.question")
		case token.SequenceStartType, token.MappingStartType:
			flow++
		case token.SequenceEndType, token.MappingEndType:
			flow = max(0, flow-1)
		case token.MappingValueType, token.SequenceEntryType:
			if flow > 0 && t.Type == token.SequenceEntryType {
				// The parser would go down one level for each, and copy all that
				// is left every time.
				p.add(NotYAML, p.token(t), diag.F("reason", diag.Word("yaml.other")))
				return false
			}
			if flow > 0 {
				continue
			}
			if t.Type == token.MappingValueType && t.Prev != nil {
				column = t.Prev.Position.Column
			}
			for len(columns) > 0 && columns[len(columns)-1] >= column {
				columns = columns[:len(columns)-1]
			}
			columns = append(columns, column)
		}
		if flow+len(columns) > maxDepth {
			at := p.token(t)
			at.End = at.Start + 1
			p.add(Refused, at, diag.F("reason", diag.Word("yaml.too_deep")), diag.F("limit", maxDepth))
			return false
		}
	}
	return true
}

// syntaxFault is what the parser's errors have.
type syntaxFault interface {
	GetToken() *token.Token
	GetMessage() string
}

// reasons sorts the parser's sentences into ours, which are in two languages
// and say what to do. The first that fits counts.
var reasons = [...]struct{ sentence, word string }{
	{"tab", "yaml.tab"},
	{"\t", "yaml.tab"},
	{"quoted", "yaml.quote"},
	{"escape", "yaml.escape"},
	{"UTF-", "yaml.escape"},
	{"surrogate", "yaml.escape"},
	{"reserved", "yaml.reserved"},
	{"']'", "yaml.bracket"},
	{"'}'", "yaml.bracket"},
	{"flow map", "yaml.bracket"},
	{"found ','", "yaml.comma"},
	{"block sequence entries", "yaml.indent"},
	{"mapping value is not allowed", "yaml.colon"},
	{"non-map value", "yaml.no_key"},
	{"not allowed in this context", "yaml.indent"},
	{"map key", "yaml.no_key"},
	{"key name", "yaml.no_key"},
	{"separator", "yaml.documents"},
}

func (p *piece) fault(err error) {
	at, message := p.lineWords(p.first), ""
	if f, ok := err.(syntaxFault); ok {
		message = f.GetMessage()
		if t := f.GetToken(); t != nil {
			at = p.token(t)
		}
	}
	why := "yaml.other"
	for _, r := range reasons {
		if strings.Contains(message, r.sentence) {
			why = r.word
			break
		}
	}
	if why == "yaml.no_key" || why == "yaml.indent" || why == "yaml.other" {
		// The most frequent slip in Chinese text: the colon of the other keyboard.
		line, _ := at.Position()
		for n := p.first; n <= p.last; n++ {
			l, start := p.line(n)
			i := strings.Index(l, "：")
			sl, _ := p.words(n, start, start).Position()
			if i >= 0 && sl >= line-1 && sl <= line && !strings.Contains(l, ": ") && !strings.HasSuffix(l, ":") {
				at, why = p.words(n, start+i, start+i+len("：")), "yaml.wide_colon"
				break
			}
		}
	}
	p.add(NotYAML, at, diag.F("reason", diag.Word(why)))
}

// offset finds the line (from 0) and the offset in text of a token.
func (p *piece) offset(pos *token.Position) (line, offset int) {
	if pos == nil {
		return p.first, int(p.starts[p.first])
	}
	line = min(max(p.first+pos.Line-1, p.first), p.last)
	text, start := p.line(line)
	i := 0
	for c := pos.Column; c > 1 && i < len(text); c-- {
		if text[i] < utf8.RuneSelf {
			i++
			continue
		}
		_, n := utf8.DecodeRuneInString(text[i:])
		i += n
	}
	return line, start + i
}

// end is where the piece's last line ends.
func (p *piece) end() int {
	text, start := p.line(p.last)
	return start + len(text)
}

// token gives the words of any token, for a fault.
func (p *piece) token(t *token.Token) diag.Span {
	line, start := p.offset(t.Position)
	text, lineStart := p.line(line)
	rest := text[start-lineStart:]
	words := strings.TrimLeft(rest, " \t")
	start += len(rest) - len(words)
	n := len(strings.TrimRight(words, " \t"))
	if v, _, _ := strings.Cut(strings.Trim(t.Value, " \t\n"), "\n"); v != "" && strings.HasPrefix(words, v) {
		n = len(v)
	}
	return p.words(line, start, start+n)
}

// node turns a value of the parser into one of ours.
func (p *piece) node(n ast.Node) node {
	switch n := n.(type) {
	case nil:
		return node{}
	case *ast.MappingNode:
		out := node{shape: mapping, fields: make([]field, 0, len(n.Values))}
		for _, v := range n.Values {
			p.field(&out, v)
		}
		p.bounds(&out, n.IsFlowStyle, n.Start, n.End)
		return out
	case *ast.MappingValueNode:
		out := node{shape: mapping, fields: make([]field, 0, 1)}
		p.field(&out, n)
		p.bounds(&out, false, nil, nil)
		return out
	case *ast.SequenceNode:
		out := node{shape: list, items: make([]node, 0, len(n.Values))}
		for _, v := range n.Values {
			out.items = append(out.items, p.node(v))
		}
		p.bounds(&out, n.IsFlowStyle, n.Start, n.End)
		return out
	case *ast.NullNode:
		line, at := p.offset(n.Token.Position)
		if n.Token.Type == token.ImplicitNullType || n.Token.Value == "" {
			if p.cursor < int(p.starts[p.first]) { // nothing before it but its "-"
				at = min(at+1, p.end())
				return node{at: p.words(line, at-1, at)}
			}
			line = p.lineOf(p.cursor)
			return node{at: p.words(line, p.cursor, p.cursor)}
		}
		return node{at: p.words(line, at, at+len(n.Token.Value))}
	case *ast.LiteralNode:
		return p.block(n)
	case *ast.StringNode:
		if n.Token.Type == token.SingleQuoteType || n.Token.Type == token.DoubleQuoteType {
			return p.quotation(n)
		}
		return p.plain(n.Token, n.Value)
	case ast.ScalarNode:
		return p.plain(n.GetToken(), n.GetToken().Value)
	}
	p.add(Refused, p.token(n.GetToken()), diag.F("reason", diag.Word("yaml.question")))
	return node{shape: broken, at: p.token(n.GetToken())}
}

func (p *piece) field(out *node, n *ast.MappingValueNode) {
	key := p.node(n.Key)
	if key.shape != scalar {
		if key.shape != broken {
			p.add(NotYAML, p.token(n.Key.GetToken()), diag.F("reason", diag.Word("yaml.no_key")))
		}
		return
	}
	value := p.node(n.Value)
	if value.at.IsZero() {
		value.at = diag.Span{Source: p.src, Start: key.at.End, End: key.at.End}
	}
	out.fields = append(out.fields, field{key.text, key.at, value})
}

// bounds gives a list or mapping its span: its brackets, or its first to its
// last word.
func (p *piece) bounds(n *node, flow bool, start, end *token.Token) {
	if flow && start != nil && end != nil {
		l1, from := p.offset(start.Position)
		l2, to := p.offset(end.Position)
		n.at = p.words(l1, from, from)
		n.at.End = p.words(l2, to, to).End + 1
		if int(n.at.End) > len(p.src.Text) || n.at.End < n.at.Start {
			n.at.End = n.at.Start
		}
		p.cursor = max(p.cursor, to+1)
		return
	}
	switch {
	case len(n.fields) > 0:
		n.at = n.fields[0].keyAt
		n.at.End = max(n.at.End, n.fields[len(n.fields)-1].value.at.End)
	case len(n.items) > 0:
		n.at = p.around(n.items)
	}
}

// plain finds the words of a scalar without quotes. The parser's position is
// right for one on one line, and may be off for one that runs over several; so
// the words themselves decide, from where the last ones ended.
func (p *piece) plain(t *token.Token, value string) node {
	out := node{shape: scalar, text: value}
	value = strings.Trim(value, " \t\n")
	line, start := p.offset(t.Position)
	n := follows(p.body[start:p.end()], value)
	if n < 0 {
		first, _, _ := strings.Cut(value, "\n")
		first, _, _ = strings.Cut(first, " ")
		from := max(p.cursor, int(p.starts[p.first]))
		if i := strings.Index(p.body[min(from, p.end()):p.end()], first); i >= 0 {
			start = from + i
			line = p.lineOf(start)
			n = follows(p.body[start:p.end()], value)
		}
		if n < 0 {
			n = 0
		}
	}
	out.at = p.words(line, start, start+n)
	p.cursor = start + n
	return out
}

func (p *piece) lineOf(offset int) int {
	line := p.first
	for line < p.last && int(p.starts[line+1]) <= offset {
		line++
	}
	return line
}

// follows reports how many bytes of text say value, any white space in the one
// standing for any in the other; -1 when it says something else.
func follows(text, value string) int {
	if strings.HasPrefix(text, value) {
		return len(value)
	}
	white := func(c byte) bool { return c == ' ' || c == '\t' || c == '\n' }
	i, j := 0, 0
	for j < len(value) {
		switch {
		case i < len(text) && text[i] == value[j] && !white(text[i]):
			i, j = i+1, j+1
		case white(value[j]) && i < len(text) && white(text[i]):
			for i < len(text) && white(text[i]) {
				i++
			}
			for j < len(value) && white(value[j]) {
				j++
			}
		default:
			return -1
		}
	}
	return i
}

// quotation finds the words between quotes.
func (p *piece) quotation(n *ast.StringNode) node {
	out := node{shape: scalar, quoted: true, text: n.Value}
	quote := byte('"')
	if n.Token.Type == token.SingleQuoteType {
		quote = '\''
	}
	line, start := p.offset(n.Token.Position)
	if start >= p.end() || p.body[start] != quote {
		from := min(max(p.cursor, int(p.starts[p.first])), p.end())
		if i := strings.IndexByte(p.body[from:p.end()], quote); i >= 0 {
			start = from + i
			line = p.lineOf(start)
		}
	}
	start = min(start+1, p.end())
	i := start
	for ; i < p.end(); i++ {
		if p.body[i] == '\\' && quote == '"' {
			i++
			continue
		}
		if p.body[i] == quote {
			if quote == '\'' && i+1 < p.end() && p.body[i+1] == quote {
				i++
				continue
			}
			break
		}
	}
	i = min(i, p.end())
	out.at = p.words(line, start, i)
	p.cursor = i + 1
	return out
}

// block finds the words of a block scalar: the lines below its mark that are
// indented at least like the first of them.
func (p *piece) block(n *ast.LiteralNode) node {
	out := node{shape: scalar, quoted: true}
	if n.Value != nil {
		out.text = n.Value.Value
	}
	line, start := p.offset(n.Start.Position)
	out.at = p.words(line, start, min(start+1, p.end()))
	p.cursor = start + 1
	first, depth := -1, 0
	for l := line + 1; l <= p.last; l++ {
		text, from := p.line(l)
		if strings.Trim(text, " \t") == "" {
			continue
		}
		if first < 0 {
			first, depth = l, indent(text)
			start = from + depth
		} else if indent(text) < depth {
			break
		}
		if strings.Trim(out.text, " \t\n") == "" {
			break
		}
		p.cursor = from + len(strings.TrimRight(text, " \t"))
		out.at = p.words(first, start, p.cursor)
	}
	return out
}
