package exchange

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// ReadBoard reads the tables of a board from a folder of fsys. A table that is
// not there is empty; columns that are not known are kept and passed through;
// the order of columns is free. All faults of all tables are in the list, each
// at its cell. The error is a broken machine or a folder that is not there,
// never a fault of the tables.
//
// When the list has errors the board holds what could be read. It is good for
// showing and for nothing else: what a faulty cell should say is not known.
//
// Duplicate ids and references to nothing are not looked at here.
func ReadBoard(fsys fs.FS, dir string) (*org.Board, diag.List, error) {
	if err := folder(fsys, dir); err != nil {
		return nil, nil, err
	}
	b := &org.Board{Tables: map[string]*org.Table{}}
	var list diag.List
	for _, t := range boardTables {
		found, err := t.read(b, fsys, dir)
		if err != nil {
			return nil, nil, err
		}
		list.Add(found...)
	}
	list.Sort()
	return b, list, nil
}

// Tables gives the tables of a board as files: file name to content. Tables
// without rows are left out. The same board always gives the same bytes: known
// columns first, in the order of the documentation, those that must be there
// and those in which some row says something; then the columns that are passed
// through. [ReadBoard] of the files gives an equal board.
func Tables(b *org.Board) map[string][]byte {
	out := map[string][]byte{}
	for _, t := range boardTables {
		if text := t.write(b); text != nil {
			out[t.file()] = text
		}
	}
	return out
}

// WriteBoard writes the tables of a board into a folder, which it makes when it
// is not there. Tables without rows are not written, and their files of an
// earlier writing are removed, so that the folder holds this board and nothing
// of another. Everything is written beside the folder first and then moved file
// by file: a crash leaves each file old or new and none half written.
func WriteBoard(dir string, b *org.Board) error {
	var gone []string
	files := Tables(b)
	for _, t := range boardTables {
		if files[t.file()] == nil {
			gone = append(gone, t.file())
		}
	}
	return writeFolder(dir, files, gone)
}

// writeFolder moves files, written beside it, into a folder and removes those
// that are gone.
func writeFolder(dir string, files map[string][]byte, gone []string) (err error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("exchange: %w", err)
	}
	parent, base := filepath.Split(filepath.Clean(dir))
	if base == "." || base == ".." || base == string(filepath.Separator) {
		parent, base = dir, "board" // the folder we stand in: beside it may be out of reach
	}
	temp, err := os.MkdirTemp(cmpOr(parent, "."), "."+base+".new-*")
	if err != nil {
		return fmt.Errorf("exchange: %w", err)
	}
	defer os.RemoveAll(temp)
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if err := writeSynced(filepath.Join(temp, name), files[name]); err != nil {
			return fmt.Errorf("exchange: %w", err)
		}
	}
	for _, name := range names {
		if err := os.Rename(filepath.Join(temp, name), filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("exchange: %w", err)
		}
	}
	for _, name := range gone {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("exchange: %w", err)
		}
	}
	return nil
}

func cmpOr(s, or string) string {
	if s == "" {
		return or
	}
	return s
}

func writeSynced(name string, text []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// A boardTable is one kind of file of a board, read and written by one
// description of its columns.
type boardTable interface {
	file() string
	known() []string // its columns
	read(b *org.Board, fsys fs.FS, dir string) (diag.List, error)
	write(b *org.Board) []byte
}

// table describes the file of the rows T.
type table[T any] struct {
	name    string
	rows    func(*org.Board) *[]T
	span    func(*T) *diag.Span
	extra   func(*T) *org.Extra
	life    func(*T) *org.Interval // nil: rows have no interval
	columns []column[T]            // those that must be there first
}

// column describes one column: how a cell is read into a row, and what is
// written for a row. An empty cell is what a row says without the column.
type column[T any] struct {
	name  string
	must  bool
	read  func(t *T, cell string) problem
	write func(t *T) string
}

// problem is what is wrong with a cell; its zero value is nothing.
type problem struct {
	code     diag.Code
	expected any
}

func (t *table[T]) file() string { return t.name + ".csv" }

func (t *table[T]) known() []string {
	var names []string
	for _, c := range t.columns {
		names = append(names, c.name)
	}
	return names
}

func (t *table[T]) read(b *org.Board, fsys fs.FS, dir string) (diag.List, error) {
	s, err := openSheet(fsys, join(dir, t.file()))
	if errors.Is(err, errAbsent) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	// blank is a row that says nothing; prepared once, it spares every row the
	// columns that the file does not have
	names := t.known()
	must := 0
	var blank T
	for _, c := range t.columns {
		if c.must {
			must++
		}
		c.read(&blank, "")
	}
	at, extra, ok := s.bind(names, must)
	written := &org.Table{Source: s.source, Columns: map[string]int{}}
	b.Tables[t.name] = written
	for i, n := range at {
		if n >= 0 {
			written.Columns[names[i]] = n
		}
	}
	for _, n := range extra {
		written.Extra = append(written.Extra, s.header[n])
	}
	if !ok {
		return s.faults.done(), nil
	}
	var ends int // the column "to"
	if t.life != nil {
		ends = at[slices.Index(names, "to")]
	}
	rows := make([]T, 0, s.rowsLeft())
	var shelf []string // the cells of many rows that are passed through
	for s.next() {
		if len(rows) == MaxRows {
			s.faults.add(TooLarge, s.at, diag.F("limit", MaxRows))
			break
		}
		rows = append(rows, blank)
		row := &rows[len(rows)-1]
		*t.span(row) = s.at
		faulty := false
		for i, n := range at {
			if n < 0 {
				continue
			}
			cell, ok := s.cell(n)
			if !ok {
				faulty = true
				continue
			}
			if p := t.columns[i].read(row, cell); p.code != "" {
				faulty = true
				facts := []diag.Fact{diag.F("column", names[i]), diag.F("value", short(cell))}
				if p.expected != nil {
					facts = append(facts, diag.F("expected", p.expected))
				}
				s.fault(p.code, n, facts...)
			}
		}
		if t.life != nil && !faulty {
			if life := *t.life(row); life.Empty() {
				s.fault(Backwards, ends, diag.F("from", life.From), diag.F("until", life.To))
			}
		}
		if extra != nil {
			if len(shelf) < len(extra) {
				shelf = make([]string, len(extra)*(1+4096/len(extra)))
			}
			said := false
			for i, n := range extra {
				shelf[i], _ = s.cell(n)
				said = said || shelf[i] != ""
			}
			if said {
				*t.extra(row) = shelf[:len(extra):len(extra)]
				shelf = shelf[len(extra):]
			}
		}
	}
	if len(rows) > 0 {
		*t.rows(b) = rows
	}
	return s.faults.done(), nil
}

func (t *table[T]) write(b *org.Board) []byte {
	rows := *t.rows(b)
	if len(rows) == 0 {
		return nil
	}
	var out []byte
	var used []column[T]
	for _, c := range t.columns {
		says := c.must
		for i := 0; i < len(rows) && !says; i++ {
			says = c.write(&rows[i]) != ""
		}
		if says {
			used = append(used, c)
		}
	}
	var extra []string
	if written := b.Tables[t.name]; written != nil {
		extra = written.Extra
	}
	for i, c := range used {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, c.name...)
	}
	for _, name := range extra {
		out = appendCell(append(out, ','), name)
	}
	out = append(out, '\n')
	for i := range rows {
		row := &rows[i]
		for j, c := range used {
			if j > 0 {
				out = append(out, ',')
			}
			out = appendCell(out, c.write(row))
		}
		cells := *t.extra(row)
		for j := range extra {
			out = append(out, ',')
			if j < len(cells) {
				out = appendCell(out, cells[j])
			}
		}
		out = append(out, '\n')
	}
	return out
}

// The kinds of column.

// id is the id of the row or of something that it must name.
func id[T any](name string, of func(*T) *string) column[T] {
	return column[T]{name, true, func(t *T, cell string) problem {
		*of(t) = cell
		if badID(cell) {
			return problem{code: BadID}
		}
		return problem{}
	}, func(t *T) string { return *of(t) }}
}

func badID(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c >= 0x7f {
			return strings.IndexFunc(s, func(r rune) bool {
				return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
			}) >= 0
		}
	}
	return s == ""
}

func text[T any](name string, of func(*T) *string) column[T] {
	return column[T]{name, false, func(t *T, cell string) problem {
		*of(t) = cell
		return problem{}
	}, func(t *T) string { return *of(t) }}
}

// date is a day; an empty cell means none.
func date[T any](name string, none org.Date, of func(*T) *org.Date) column[T] {
	return column[T]{name, false, func(t *T, cell string) problem {
		*of(t) = none
		if cell == "" {
			return problem{}
		}
		d, err := org.ParseDate(cell)
		if err != nil {
			return problem{NoSuchDate, "YYYY-MM-DD"}
		}
		*of(t) = d
		return problem{}
	}, func(t *T) string { return of(t).String() }}
}

func from[T any](of func(*T) *org.Interval) column[T] {
	return date("from", org.Always, func(t *T) *org.Date { return &of(t).From })
}

func to[T any](of func(*T) *org.Interval) column[T] {
	return date("to", org.Forever, func(t *T) *org.Date { return &of(t).To })
}

// yesNo is a yes or no; an empty cell means unless.
func yesNo[T any](name string, unless bool, of func(*T) *bool) column[T] {
	words := []string{"true", "false", "yes", "no", "1", "0"}
	return column[T]{name, false, func(t *T, cell string) problem {
		*of(t) = unless
		if cell == "" {
			return problem{}
		}
		for i, w := range words {
			if strings.EqualFold(cell, w) { // spreadsheets write TRUE
				*of(t) = i%2 == 0
				return problem{}
			}
		}
		return problem{NotAllowed, words}
	}, func(t *T) string {
		if *of(t) == unless {
			return ""
		}
		return strconv.FormatBool(*of(t))
	}}
}

// whole is a whole number from 0; an empty cell means -1, not limited.
func whole[T any](name string, of func(*T) *int) column[T] {
	return column[T]{name, false, func(t *T, cell string) problem {
		*of(t) = -1
		if cell == "" {
			return problem{}
		}
		n, err := strconv.ParseUint(cell, 10, 31)
		if err != nil {
			return problem{code: NotWhole}
		}
		*of(t) = int(n)
		return problem{}
	}, func(t *T) string {
		if *of(t) < 0 {
			return ""
		}
		return strconv.Itoa(*of(t))
	}}
}

// word is one of a closed set; an empty cell means what parse says of it.
func word[T any, V interface {
	comparable
	String() string
}](name string, parse func(string) (V, bool), allowed []string, of func(*T) *V) column[T] {
	unless, _ := parse("")
	return column[T]{name, false, func(t *T, cell string) problem {
		v, ok := parse(cell)
		if !ok {
			*of(t) = unless
			return problem{NotAllowed, allowed}
		}
		*of(t) = v
		return problem{}
	}, func(t *T) string {
		if *of(t) == unless {
			return ""
		}
		return (*of(t)).String()
	}}
}

func must[T any](c column[T]) column[T] {
	c.must = true
	return c
}

// boardTables are the files of a board, in the order in which they are read.
var boardTables = []boardTable{
	&table[org.Area]{"areas", func(b *org.Board) *[]org.Area { return &b.Areas },
		func(t *org.Area) *diag.Span { return &t.At }, func(t *org.Area) *org.Extra { return &t.Extra },
		areaLife, []column[org.Area]{
			id("code", func(t *org.Area) *string { return &t.Code }),
			must(text("name", func(t *org.Area) *string { return &t.Name })),
			must(text("level", func(t *org.Area) *string { return &t.Level })),
			text("name_en", func(t *org.Area) *string { return &t.NameEN }),
			text("parent", func(t *org.Area) *string { return &t.Parent }),
			from(areaLife), to(areaLife),
		}},
	&table[org.Body]{"bodies", func(b *org.Board) *[]org.Body { return &b.Bodies },
		func(t *org.Body) *diag.Span { return &t.At }, func(t *org.Body) *org.Extra { return &t.Extra },
		bodyLife, []column[org.Body]{
			id("id", func(t *org.Body) *string { return &t.ID }),
			must(text("name", func(t *org.Body) *string { return &t.Name })),
			text("name_en", func(t *org.Body) *string { return &t.NameEN }),
			text("kind", func(t *org.Body) *string { return &t.Kind }),
			text("level", func(t *org.Body) *string { return &t.Level }),
			text("area", func(t *org.Body) *string { return &t.Area }),
			text("superior", func(t *org.Body) *string { return &t.Superior }),
			text("rank", func(t *org.Body) *string { return &t.Rank }),
			from(bodyLife), to(bodyLife),
		}},
	&table[org.Duty]{"duties", func(b *org.Board) *[]org.Duty { return &b.Duties },
		func(t *org.Duty) *diag.Span { return &t.At }, func(t *org.Duty) *org.Extra { return &t.Extra },
		nil, []column[org.Duty]{
			id("id", func(t *org.Duty) *string { return &t.ID }),
			must(text("name", func(t *org.Duty) *string { return &t.Name })),
			text("name_en", func(t *org.Duty) *string { return &t.NameEN }),
			text("kind", func(t *org.Duty) *string { return &t.Kind }),
			text("matter", func(t *org.Duty) *string { return &t.Matter }),
			text("area", func(t *org.Duty) *string { return &t.Area }),
			text("subject", func(t *org.Duty) *string { return &t.Subject }),
			text("level", func(t *org.Duty) *string { return &t.Level }),
			text("basis", func(t *org.Duty) *string { return &t.Basis }),
			yesNo("protected", false, func(t *org.Duty) *bool { return &t.Protected }),
			text("part_of", func(t *org.Duty) *string { return &t.PartOf }),
			yesNo("exclusive", true, func(t *org.Duty) *bool { return &t.Exclusive }),
		}},
	&table[org.Responsibility]{"responsibilities", func(b *org.Board) *[]org.Responsibility { return &b.Responsibilities },
		func(t *org.Responsibility) *diag.Span { return &t.At }, func(t *org.Responsibility) *org.Extra { return &t.Extra },
		responsibilityLife, []column[org.Responsibility]{
			id("duty", func(t *org.Responsibility) *string { return &t.Duty }),
			id("body", func(t *org.Responsibility) *string { return &t.Body }),
			word("key", org.ParseKeys, []string{"all", "holder", "performer", "name", "means"},
				func(t *org.Responsibility) *org.Keys { return &t.Keys }),
			word("mode", org.ParseMode, []string{"sole", "lead", "assist", "joint"},
				func(t *org.Responsibility) *org.Mode { return &t.Mode }),
			text("area", func(t *org.Responsibility) *string { return &t.Area }),
			from(responsibilityLife), to(responsibilityLife),
			text("by", func(t *org.Responsibility) *string { return &t.By }),
		}},
	&table[org.Quota]{"quotas", func(b *org.Board) *[]org.Quota { return &b.Quotas },
		func(t *org.Quota) *diag.Span { return &t.At }, func(t *org.Quota) *org.Extra { return &t.Extra },
		quotaLife, []column[org.Quota]{
			id("body", func(t *org.Quota) *string { return &t.Body }),
			must(text("kind", func(t *org.Quota) *string { return &t.Kind })),
			must(whole("posts", func(t *org.Quota) *int { return &t.Posts })),
			whole("leaders", func(t *org.Quota) *int { return &t.Leaders }),
			whole("deputies", func(t *org.Quota) *int { return &t.Deputies }),
			from(quotaLife), to(quotaLife),
			text("by", func(t *org.Quota) *string { return &t.By }),
		}},
	&table[org.Post]{"posts", func(b *org.Board) *[]org.Post { return &b.Posts },
		func(t *org.Post) *diag.Span { return &t.At }, func(t *org.Post) *org.Extra { return &t.Extra },
		postLife, []column[org.Post]{
			id("id", func(t *org.Post) *string { return &t.ID }),
			id("body", func(t *org.Post) *string { return &t.Body }),
			must(text("title", func(t *org.Post) *string { return &t.Title })),
			text("kind", func(t *org.Post) *string { return &t.Kind }),
			word("role", org.ParseRole, []string{"head", "deputy"},
				func(t *org.Post) *org.Role { return &t.Role }),
			from(postLife), to(postLife),
		}},
	&table[org.Appointment]{"appointments", func(b *org.Board) *[]org.Appointment { return &b.Appointments },
		func(t *org.Appointment) *diag.Span { return &t.At }, func(t *org.Appointment) *org.Extra { return &t.Extra },
		appointmentLife, []column[org.Appointment]{
			id("post", func(t *org.Appointment) *string { return &t.Post }),
			id("person", func(t *org.Appointment) *string { return &t.Person }),
			from(appointmentLife), to(appointmentLife),
		}},
	&table[org.Item]{"items", func(b *org.Board) *[]org.Item { return &b.Items },
		func(t *org.Item) *diag.Span { return &t.At }, func(t *org.Item) *org.Extra { return &t.Extra },
		nil, []column[org.Item]{
			id("id", func(t *org.Item) *string { return &t.ID }),
			must(text("kind", func(t *org.Item) *string { return &t.Kind })),
			id("body", func(t *org.Item) *string { return &t.Body }),
			must(text("name", func(t *org.Item) *string { return &t.Name })),
			text("quantity", func(t *org.Item) *string { return &t.Quantity }),
			text("value", func(t *org.Item) *string { return &t.Value }),
			text("duty", func(t *org.Item) *string { return &t.Duty }),
			date("until", org.NoDate, func(t *org.Item) *org.Date { return &t.Until }),
		}},
	&table[org.Plate]{"plates", func(b *org.Board) *[]org.Plate { return &b.Plates },
		func(t *org.Plate) *diag.Span { return &t.At }, func(t *org.Plate) *org.Extra { return &t.Extra },
		plateLife, []column[org.Plate]{
			id("body", func(t *org.Plate) *string { return &t.Body }),
			must(text("name", func(t *org.Plate) *string { return &t.Name })),
			from(plateLife), to(plateLife),
		}},
}

func areaLife(t *org.Area) *org.Interval                     { return &t.Interval }
func bodyLife(t *org.Body) *org.Interval                     { return &t.Interval }
func responsibilityLife(t *org.Responsibility) *org.Interval { return &t.Interval }
func quotaLife(t *org.Quota) *org.Interval                   { return &t.Interval }
func postLife(t *org.Post) *org.Interval                     { return &t.Interval }
func appointmentLife(t *org.Appointment) *org.Interval       { return &t.Interval }
func plateLife(t *org.Plate) *org.Interval                   { return &t.Interval }
