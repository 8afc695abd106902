// Package exchange reads and writes other people's formats: the tables of a
// board, folders of what really happened, and the files in which statistical
// offices publish both. What it reads is wrong as a matter of course, so every
// reader goes on to the end and tells all faults of a file in one run, each at
// its cell.
//
// Reading never runs a cell and never writes a file; writing leaves the old
// file or the new one, nothing between.
package exchange

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"oneboard/internal/diag"
)

// MaxTableBytes is the size above which a table is not read at all: twenty
// times the largest city's posts, so that a wrong file costs nothing.
const MaxTableBytes = 256 << 20

// MaxRows and MaxColumns bound what a table of that size can make of memory: a
// file of nothing but commas or line breaks is refused early.
const (
	MaxRows    = 4_000_000
	MaxColumns = 4096
)

// repeats is how many faults of one kind a file may show. The last one shown
// says how many more there are: a column in the wrong form is one mistake and
// not three hundred thousand.
const repeats = 20

// The faults that any table can have.
var (
	// NotText: the file is not UTF-8, or it is no text at all.
	NotText = diag.Define("OB0120", diag.Error)
	// ColumnMissing: the header lacks columns that the table must have.
	ColumnMissing = diag.Define("OB0121", diag.Error)
	// ColumnTwice: two columns of one name.
	ColumnTwice = diag.Define("OB0122", diag.Error)
	// WrongWidth: a row has more or fewer cells than the header.
	WrongWidth = diag.Define("OB0123", diag.Error)
	// StrayQuote: a quotation mark inside a cell, or one that is never closed.
	StrayQuote = diag.Define("OB0124", diag.Error)
	// FormulaCell: a cell that a spreadsheet would run.
	FormulaCell = diag.Define("OB0125", diag.Error)
	// NoSuchDate: a date that does not exist, or in another form.
	NoSuchDate = diag.Define("OB0126", diag.Error)
	// NotAllowed: a word that is not one of those the column takes.
	NotAllowed = diag.Define("OB0127", diag.Error)
	// NotWhole: not a whole number.
	NotWhole = diag.Define("OB0128", diag.Error)
	// BadID: an id that is empty or has white space in it.
	BadID = diag.Define("OB0129", diag.Error)
	// TooLarge: more than MaxTableBytes, MaxRows or MaxColumns.
	TooLarge = diag.Define("OB0130", diag.Error)
	// Backwards: an interval that ends before it begins, or as it begins.
	Backwards = diag.Define("OB0131", diag.Error)
)

// faults collects the diagnostics of one file, a limited number of each code.
type faults struct {
	list  diag.List
	count map[diag.Code]int
	last  map[diag.Code]int // index in list of the last one that is shown
}

func (f *faults) add(code diag.Code, span diag.Span, facts ...diag.Fact) {
	if f.count == nil {
		f.count, f.last = map[diag.Code]int{}, map[diag.Code]int{}
	}
	if f.count[code]++; f.count[code] > repeats {
		return
	}
	f.last[code] = len(f.list)
	f.list.Add(diag.At(code, span, facts...))
}

// done gives the list, with the count of what it does not show.
func (f *faults) done() diag.List {
	for code, n := range f.count {
		if n > repeats {
			d := &f.list[f.last[code]]
			d.Facts = append(d.Facts, diag.F("more", n-repeats))
		}
	}
	return f.list
}

// A sheet is one CSV file that is read from its first byte to its last, a row
// at a time. Cells are parts of the one text of the file wherever they hold no
// escape, so a table costs little more than its bytes.
type sheet struct {
	source *diag.Source
	faults faults
	header []string
	headAt diag.Span

	// of the row that was read last; the next row reuses cells
	cells []string
	at    diag.Span

	pos      int
	unclosed bool // a quotation mark without its partner was met
}

// errAbsent says that there is no such file.
var errAbsent = fs.ErrNotExist

// openSheet reads the file name and its header. A file that is not text or too
// large gives a sheet without rows that holds the fault; only a broken machine
// and an absent file (errAbsent) are errors.
func openSheet(fsys fs.FS, name string) (*sheet, error) {
	text, tooLarge, err := readText(fsys, name)
	if err != nil {
		return nil, err
	}
	if tooLarge > 0 {
		s := &sheet{source: diag.NewSource(name, "")}
		s.faults.add(TooLarge, diag.Span{Source: s.source},
			diag.F("found", fmt.Sprintf("%d MiB", tooLarge>>20)), diag.F("limit", fmt.Sprintf("%d MiB", MaxTableBytes>>20)))
		return s, nil
	}
	return newSheet(name, text), nil
}

// readText gives the text of a file, or its size when that is too large. A file
// "….gz" is unpacked; the limit holds for what comes out.
func readText(fsys fs.FS, name string) (text string, tooLarge int64, err error) {
	f, err := fsys.Open(name)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return "", 0, err
	}
	if st.IsDir() {
		return "", 0, fmt.Errorf("exchange: %s is a folder, not a table", name)
	}
	if st.Size() > MaxTableBytes {
		return "", st.Size(), nil
	}
	var b strings.Builder
	from := io.Reader(f)
	if strings.HasSuffix(name, ".gz") {
		all, err := io.ReadAll(io.LimitReader(f, MaxTableBytes))
		if err != nil {
			return "", 0, fmt.Errorf("exchange: %s: %w", name, err)
		}
		packed, err := gzip.NewReader(bytes.NewReader(all))
		if err != nil { // from memory there is no other reason
			return notPacked, 0, nil
		}
		from = packed
		// the last four bytes are the size of what comes out, if the file is whole;
		// nothing packs to less than a thousandth
		b.Grow(int(min(int64(binary.LittleEndian.Uint32(all[len(all)-4:])), MaxTableBytes, 1100*int64(len(all)))))
	} else {
		b.Grow(int(st.Size()))
	}
	// one byte more than allowed tells a file that grew since it was measured
	n, err := io.Copy(&b, io.LimitReader(from, MaxTableBytes+1))
	if err != nil {
		if from != io.Reader(f) { // see above
			return notPacked, 0, nil
		}
		return "", 0, fmt.Errorf("exchange: %s: %w", name, err)
	}
	if n > MaxTableBytes {
		return "", n, nil
	}
	return b.String(), 0, nil
}

// notPacked stands for the text of a packed file that can't be unpacked.
const notPacked = "\x1f\x8b\x00"

const byteOrderMark = "\ufeff"

func newSheet(name, text string) *sheet {
	if d, ok := notText(name, text); ok {
		s := &sheet{source: d.Span.Source}
		s.faults.add(d.Code, d.Span, d.Facts...)
		return s
	}
	s := &sheet{source: diag.NewSource(name, text)}
	if strings.HasPrefix(text, byteOrderMark) {
		s.pos = len(byteOrderMark)
	}
	s.headAt = diag.Span{Source: s.source, Start: int32(s.pos), End: int32(s.pos)}
	if !s.record() || len(s.faults.list) > 0 { // a broken header says nothing of the rows
		s.pos = len(text)
		return s
	}
	s.headAt = s.at
	if len(s.cells) > MaxColumns {
		s.faults.add(TooLarge, diag.Span{Source: s.source, Start: s.at.Start, End: s.at.Start}, diag.F("column", len(s.cells)), diag.F("limit", MaxColumns))
		s.pos = len(text)
		return s
	}
	s.header = slices.Clone(s.cells)
	seen := map[string]bool{}
	for i := range s.header {
		var ok bool
		if s.header[i], ok = unguard(s.header[i]); !ok {
			s.fault(FormulaCell, i, diag.F("value", short(s.header[i])))
		}
		if seen[s.header[i]] {
			s.fault(ColumnTwice, i, diag.F("column", short(s.header[i])))
		}
		seen[s.header[i]] = true
	}
	return s
}

// notText finds the first byte that is not UTF-8 text. The source it reports in
// ends there: what follows means nothing in any encoding that we know of.
func notText(name, text string) (diag.Diagnostic, bool) {
	bad := strings.IndexByte(text, 0)
	if bad < 0 {
		if utf8.ValidString(text) {
			return diag.Diagnostic{}, false
		}
	}
	for i := 0; i < len(text) && (bad < 0 || i < bad); {
		r, n := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && n == 1 {
			bad = i
			break
		}
		i += n
	}
	src := diag.NewSource(name, text[:bad]+"\ufffd")
	span := diag.Span{Source: src, Start: int32(bad), End: int32(len(src.Text))}
	return diag.At(NotText, span, diag.F("looks_like", diag.Word("encoding."+looksLike(text)))), true
}

// looksLike guesses what a text that is not UTF-8 is, by the shape of its bytes.
func looksLike(text string) string {
	if strings.HasPrefix(text, "\xff\xfe") || strings.HasPrefix(text, "\xfe\xff") {
		return "utf16"
	}
	if strings.HasPrefix(text, "PK\x03\x04") || strings.HasPrefix(text, "\xd0\xcf\x11\xe0") {
		return "office"
	}
	if strings.IndexByte(text, 0) >= 0 {
		return "binary"
	}
	// GBK writes a character in two bytes, the common ones both from 0xA1; a
	// letter of western Europe stands alone among plain letters
	pairs, alone := 0, 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c < 0x80:
		case i+1 < len(text) && c >= 0x81 && c <= 0xfe && text[i+1] >= 0x80 && text[i+1] != 0xff:
			pairs++
			i++
		default:
			alone++
		}
	}
	switch {
	case pairs > 4*alone:
		return "gbk"
	case alone > 4*pairs:
		return "latin1"
	}
	return "unknown"
}

// record reads the next record into cells and at. Blank lines are passed over.
// A record with a stray quote is reported and passed over too.
func (s *sheet) record() bool {
	text := s.source.Text
next:
	i := s.pos
	for i < len(text) && (text[i] == '\n' || text[i] == '\r' && (i+1 == len(text) || text[i+1] == '\n')) {
		i++
	}
	if i >= len(text) {
		s.pos = i
		return false
	}
	start, whole := i, true
	cells := s.cells[:0]
	for {
		var cell string
		begin := i
		stray := false
		if text[i:] != "" && text[i] == '"' {
			end, escaped := closing(text, i+1)
			if end < 0 {
				s.unclosedQuote(i)
				if s.pos >= len(text) {
					return false
				}
				goto next
			}
			cell = text[i+1 : end]
			if escaped {
				cell = strings.ReplaceAll(cell, `""`, `"`)
			}
			i = end + 1
			if i < len(text) && text[i] == '\r' && (i+1 == len(text) || text[i+1] == '\n') {
				i++
			}
			for i < len(text) && text[i] != ',' && text[i] != '\n' {
				stray = true
				i++
			}
		} else {
			for ; ; i++ {
				for i < len(text) && !special[text[i]] {
					i++
				}
				if i >= len(text) || text[i] != '"' {
					break
				}
				stray = true
			}
			cell = text[begin:i]
			if i >= len(text) || text[i] == '\n' {
				cell = strings.TrimSuffix(cell, "\r")
			}
		}
		last := i >= len(text) || text[i] == '\n'
		if len(cells) <= MaxColumns { // one more tells that there are too many
			cells = append(cells, cell)
		}
		if stray {
			whole = false
			s.faults.add(StrayQuote, diag.Span{Source: s.source, Start: int32(begin), End: int32(i)})
		}
		if last {
			break
		}
		i++
	}
	s.cells = cells
	end := i
	if end > start && text[end-1] == '\r' {
		end--
	}
	s.at = diag.Span{Source: s.source, Start: int32(start), End: int32(end)}
	s.pos = i
	if !whole {
		goto next
	}
	return true
}

// special are the bytes that mean something outside quotation marks.
var special = [256]bool{',': true, '\n': true, '"': true}

// closing finds the quotation mark that closes a cell begun before i, and tells
// whether there are doubled ones on the way; -1 when there is none.
func closing(text string, i int) (end int, escaped bool) {
	for {
		k := strings.IndexByte(text[i:], '"')
		if k < 0 {
			return -1, escaped
		}
		i += k
		if i+1 >= len(text) || text[i+1] != '"' {
			return i, escaped
		}
		escaped = true
		i += 2
	}
}

// unclosedQuote reports a cell that never ends. Reading goes on with the next
// line, once: a second time there is no telling what is inside and what outside.
func (s *sheet) unclosedQuote(at int) {
	text := s.source.Text
	end := len(text)
	if k := strings.IndexByte(text[at:], '\n'); k >= 0 {
		end = at + k
	}
	shown := end
	if shown > at+1 && text[shown-1] == '\r' {
		shown--
	}
	if s.unclosed {
		s.pos = len(text)
	} else {
		s.faults.add(StrayQuote, diag.Span{Source: s.source, Start: int32(at), End: int32(shown)})
		s.pos = end
	}
	s.unclosed = true
}

// bind finds the columns: for each known name its place in a row, or -1, and
// the places of the columns that are not known. It is false, and reported, when
// one of the first must names is missing.
func (s *sheet) bind(known []string, must int) (at, extra []int, ok bool) {
	return s.bindOr(known, must, nil)
}

// bindOr is bind where one of some columns will do for all of them.
func (s *sheet) bindOr(known []string, must int, either []string) (at, extra []int, ok bool) {
	there := func(name string) bool { return slices.Contains(s.header, name) }
	spared := slices.ContainsFunc(either, there)
	at = make([]int, len(known))
	var missing []string
	for i, name := range known {
		if at[i] = slices.Index(s.header, name); at[i] < 0 && i < must && !(spared && slices.Contains(either, name)) {
			missing = append(missing, name)
		}
	}
	for i, name := range s.header {
		if !slices.Contains(known, name) {
			extra = append(extra, i)
		}
	}
	if missing != nil {
		if len(s.faults.list) == 0 || s.header != nil { // a file that is not text has no header to speak of
			s.faults.add(ColumnMissing, s.headAt, diag.F("column", missing), diag.F("expected", known[:must]))
		}
		return at, extra, false
	}
	return at, extra, true
}

// next reads the next row that has as many cells as the header. Rows of empty
// cells only, which spreadsheets leave at the end, are passed over.
func (s *sheet) next() bool {
	for s.record() {
		if len(s.cells) == len(s.header) && s.cells[0] != "" {
			return true
		}
		if !slices.ContainsFunc(s.cells, func(c string) bool { return c != "" }) {
			continue
		}
		if len(s.cells) == len(s.header) {
			return true
		}
		s.faults.add(WrongWidth, s.at, diag.F("expected", len(s.header)), diag.F("found", len(s.cells)))
	}
	return false
}

// rowsLeft guesses how many rows are still to come, and seldom too few. Beyond
// what a common table has, lines of nothing don't count: room is made for rows
// of sixteen bytes and more.
func (s *sheet) rowsLeft() int {
	left := s.source.Text[s.pos:]
	return min(strings.Count(left, "\n")+1, max(1<<19, len(left)/16), len(left)/2+1)
}

// fault reports a cell of the row that was read last.
func (s *sheet) fault(code diag.Code, column int, facts ...diag.Fact) {
	span := s.at
	if column >= 0 && s.faults.count[code] < repeats { // finding the cell reads the row
		span = span.Cell(column)
	}
	s.faults.add(code, span, facts...)
}

// cell gives a cell of the row that was read last; false, and reported, when a
// spreadsheet would run it. A column of -1 has no cells: "".
func (s *sheet) cell(column int) (string, bool) {
	if column < 0 {
		return "", true
	}
	cell, ok := unguard(s.cells[column])
	if !ok {
		s.fault(FormulaCell, column, diag.F("column", s.header[column]), diag.F("value", short(cell)))
	}
	return cell, ok
}

// Formula cells. Spreadsheets run a cell that starts with one of = + - @ or a
// tab, and a table that goes round by mail is a way into somebody's machine. So
// reading refuses such a cell, unless it is a number or nothing but dashes; and
// a cell that has to start like that is written with an apostrophe before it,
// which spreadsheets understand as "this is text" and reading takes off again.
// A cell that starts with apostrophes and goes on like a formula gets one more,
// so that whatever is written is read back equal.

// unguard gives what a cell says; false when a spreadsheet would run it.
func unguard(cell string) (string, bool) {
	if cell == "" || cell[0] > '@' {
		return cell, true
	}
	switch cell[0] {
	case '\'':
		if runs(strings.TrimLeft(cell, "'")) {
			return cell[1:], true
		}
	case '=', '+', '-', '@', '\t', '\r':
		return cell, !runs(cell)
	}
	return cell, true
}

// guard gives what is written for a cell; see unguard.
func guard(cell string) string {
	if cell != "" && cell[0] <= '@' && runs(strings.TrimLeft(cell, "'")) {
		return "'" + cell
	}
	return cell
}

// runs reports whether a spreadsheet would take the cell for a formula.
func runs(cell string) bool {
	if cell == "" {
		return false
	}
	switch cell[0] {
	case '=', '@', '\t', '\r':
		return true
	case '+', '-':
		return strings.Trim(cell, "-") != "" && strings.Trim(cell[1:], "0123456789.,% ") != ""
	}
	return false
}

// short cuts a value for a message.
func short(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	n := most
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// appendCell writes one cell as RFC 4180 has it.
func appendCell(out []byte, cell string) []byte {
	cell = guard(cell)
	if !strings.ContainsAny(cell, ",\"\n\r") {
		return append(out, cell...)
	}
	out = append(out, '"')
	for {
		i := strings.IndexByte(cell, '"')
		if i < 0 {
			break
		}
		out = append(append(out, cell[:i]...), '"', '"')
		cell = cell[i+1:]
	}
	return append(append(out, cell...), '"')
}

// folder makes sure that dir is a folder of fsys.
func folder(fsys fs.FS, dir string) error {
	st, err := fs.Stat(fsys, dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("exchange: there is no folder %q: %w", dir, fs.ErrNotExist)
	case err != nil:
		return fmt.Errorf("exchange: folder %q: %w", dir, err)
	case !st.IsDir():
		return fmt.Errorf("exchange: %q is not a folder", dir)
	}
	return nil
}

func join(dir, name string) string { return path.Join(dir, name) }
