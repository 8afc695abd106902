package register

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"oneboard/internal/org"
)

// Words of a date that is not a day, where the usual one of its column
// (nothing written) is not meant.
const (
	always  = "always"
	forever = "forever"
	noDate  = "none"
)

// usual is what an empty date of a column means.
func usual(column string) org.Date {
	switch column {
	case "from":
		return org.Always
	case "to":
		return org.Forever
	}
	return org.NoDate
}

// dateWord gives the JSON form of a date: a day, null for the usual empty one.
func dateWord(d, empty org.Date) any {
	switch d {
	case empty:
		return nil
	case org.Always:
		return always
	case org.Forever:
		return forever
	case org.NoDate:
		return noDate
	}
	return d.String()
}

func parseDateWord(v any, empty org.Date) (org.Date, error) {
	switch v {
	case nil:
		return empty, nil
	case always:
		return org.Always, nil
	case forever:
		return org.Forever, nil
	case noDate:
		return org.NoDate, nil
	}
	s, ok := v.(string)
	if !ok {
		return 0, fmt.Errorf("register: %v is not a date", v)
	}
	return org.ParseDate(s)
}

// board writes the rows of a board: for every table that has any, the names of
// its columns and of the passed-through ones, then one array for each row.
func (c *canonical) board(b *org.Board) {
	c.raw("{")
	first := true
	var cells []any
	sheets := slices.SortedFunc(slices.Values(org.Sheets), func(a, b org.Sheet) int { return strings.Compare(a.Name, b.Name) })
	for _, s := range sheets {
		n := s.Len(b)
		if n == 0 {
			continue
		}
		if !first {
			c.raw(",")
		}
		first = false
		extra := extraNames(b, s.Name)
		c.text(s.Name)
		c.raw(`:{"columns":`)
		c.value(texts(s.Columns))
		c.raw(`,"extra":`)
		c.value(texts(extra))
		c.raw(`,"rows":[`)
		for i := range n {
			if i > 0 {
				c.raw(",")
			}
			c.raw("[")
			cells = s.Cells(b, i, cells[:0])
			for j, cell := range cells {
				if j > 0 {
					c.raw(",")
				}
				c.cell(s.Columns[j], cell)
			}
			x := *s.Extra(b, i)
			if len(x) > len(extra) && c.err == nil {
				c.err = fmt.Errorf("register: row %d of %s has %d passed-through cells, its table names %d", i+1, s.Name, len(x), len(extra))
			}
			for _, text := range x[:min(len(x), len(extra))] {
				c.raw(",")
				c.text(text)
			}
			c.raw("]")
		}
		c.raw("]}")
	}
	c.raw("}")
}

func (c *canonical) cell(column string, cell any) {
	switch v := cell.(type) {
	case *string:
		c.text(*v)
	case *bool:
		c.value(*v)
	case *int:
		c.value(*v)
	case *org.Date:
		c.value(dateWord(*v, usual(column)))
	case fmt.Stringer: // keys, mode, role
		c.text(v.String())
	default:
		panic(fmt.Sprintf("register: a cell of type %T", cell))
	}
}

func extraNames(b *org.Board, table string) []string {
	if t := b.Tables[table]; t != nil {
		return t.Extra
	}
	return nil
}

func texts(s []string) []any {
	out := make([]any, len(s))
	for i, t := range s {
		out[i] = t
	}
	return out
}

// readBoard reads what board writes.
func readBoard(text json.RawMessage) (*org.Board, error) {
	var tables map[string]struct {
		Columns, Extra []string
		Rows           [][]any
	}
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	d.DisallowUnknownFields()
	if err := d.Decode(&tables); err != nil {
		return nil, fmt.Errorf("register: rows of a board: %w", err)
	}
	b := &org.Board{Tables: map[string]*org.Table{}}
	for _, s := range org.Sheets {
		t, ok := tables[s.Name]
		if !ok {
			continue
		}
		delete(tables, s.Name)
		// by name: a column that was added to the program later is not there
		at := make([]int, len(t.Columns))
		for i, column := range t.Columns {
			if at[i] = slices.Index(s.Columns, column); at[i] < 0 {
				return nil, fmt.Errorf("register: table %s has a column %q that this program does not know", s.Name, column)
			}
		}
		if len(t.Extra) > 0 {
			b.Tables[s.Name] = &org.Table{Extra: t.Extra}
		}
		s.Grow(b, len(t.Rows))
		var cells []any
		for i, row := range t.Rows {
			if len(row) < len(at) || len(row) > len(at)+len(t.Extra) {
				return nil, fmt.Errorf("register: row %d of %s has %d cells", i+1, s.Name, len(row))
			}
			cells = s.Cells(b, i, cells[:0])
			for j, cell := range cells {
				if d, ok := cell.(*org.Date); ok {
					*d = usual(s.Columns[j])
				}
			}
			for j, v := range row[:len(at)] {
				if err := readCell(s.Columns[at[j]], cells[at[j]], v); err != nil {
					return nil, fmt.Errorf("register: row %d of %s: %w", i+1, s.Name, err)
				}
			}
			if len(row) > len(at) {
				x := make(org.Extra, len(row)-len(at))
				for j := range x {
					if x[j], ok = row[len(at)+j].(string); !ok {
						return nil, fmt.Errorf("register: row %d of %s has a passed-through cell that is no text", i+1, s.Name)
					}
				}
				*s.Extra(b, i) = x
			}
		}
	}
	for name := range tables {
		return nil, fmt.Errorf("register: there is no table %q", name)
	}
	return b, nil
}

func readCell(column string, cell, v any) (err error) {
	text, isText := v.(string)
	ok := isText
	switch c := cell.(type) {
	case *string:
		*c = text
	case *bool:
		*c, ok = v.(bool)
	case *int:
		number, isNumber := v.(json.Number)
		n, err := number.Int64()
		*c, ok = int(n), isNumber && err == nil
	case *org.Date:
		*c, err = parseDateWord(v, usual(column))
		ok = true
	case *org.Keys:
		if *c, ok = org.ParseKeys(text); text == "" {
			*c, ok = 0, isText // the empty set, not the default of a table
		}
	case *org.Mode:
		*c, ok = org.ParseMode(text)
	case *org.Role:
		*c, ok = org.ParseRole(text)
	}
	if !ok && err == nil {
		err = fmt.Errorf("%v is no %s", v, column)
	}
	return err
}

// A relation is a derived table: its name, and its own columns without n, pos
// and the four of the two time axes.
type relation struct {
	name    string
	columns []string
}

var (
	instrumentRelation = relation{"instrument", strings.Fields("plan id title title_en kind issuer number made effective")}
	changeRelation     = relation{"change_", strings.Fields("plan id position kind on_day cites starts ends says")}
	holdingRelation    = relation{"holding", strings.Fields("duty key body mode area except_in by began ended transitional")}
)

// boardRelations are the derived tables of a board, in the order of org.Sheets.
var boardRelations = func() []relation {
	names := map[string]string{"areas": "area", "bodies": "body", "duties": "duty", "responsibilities": "responsibility",
		"quotas": "quota", "posts": "post", "appointments": "appointment", "items": "item", "plates": "plate"}
	var out []relation
	for _, s := range org.Sheets {
		r := relation{name: names[s.Name]}
		for _, c := range s.Columns {
			if c != "from" && c != "to" {
				r.columns = append(r.columns, c)
			}
		}
		r.columns = append(r.columns, "extra")
		out = append(out, r)
	}
	return out
}()

// relations are all derived tables with two time axes.
var relations = append(slices.Clone(boardRelations), instrumentRelation, changeRelation, holdingRelation)

// content names the columns that say what a row says: its own, and its days.
func (r relation) content() []string {
	return append(slices.Clone(r.columns), "valid_from", "valid_to")
}

// all names every column, in the order in which rows are written.
func (r relation) all() []string {
	return append(append([]string{"n", "pos"}, r.content()...), "known_from", "known_to")
}

// list gives column names for a statement.
func list(columns []string) string { return `"` + strings.Join(columns, `", "`) + `"` }

// content appends what row i of a sheet says, as the databases keep it, in the
// order of relation.content.
func content(s org.Sheet, b *org.Board, i int, extra extraWriter, to []any) []any {
	from, until := org.Always, org.Forever
	var buf [16]any
	for j, cell := range s.Cells(b, i, buf[:0]) {
		switch c := cell.(type) {
		case *org.Date:
			switch s.Columns[j] {
			case "from":
				from = *c
			case "to":
				until = *c
			default:
				to = append(to, int64(*c))
			}
		case *string:
			to = append(to, *c)
		case *bool:
			to = append(to, number(*c))
		case *int:
			to = append(to, int64(*c))
		case fmt.Stringer:
			to = append(to, c.String())
		}
	}
	return append(to, extra.text(*s.Extra(b, i)), int64(from), int64(until))
}

func number(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// An extraWriter writes passed-through cells as a canonical JSON object, so
// that the order of the columns does not count; "" when all are empty.
type extraWriter struct{ names []string }

func (w extraWriter) text(x org.Extra) string {
	object := map[string]any{}
	for i, text := range x {
		if text != "" && i < len(w.names) {
			object[w.names[i]] = text
		}
	}
	if len(object) == 0 {
		return ""
	}
	var c canonical
	c.value(object)
	return string(c.bytes)
}

// loadBoard gives the board as known after the entry seq. Bitemporal rows never
// lose what they said, so no transaction is needed: a later writer does not
// change the answer.
func loadBoard(ctx context.Context, q reader, seq int64) (*org.Board, error) {
	b := &org.Board{Tables: map[string]*org.Table{}}
	for i, s := range org.Sheets {
		if err := loadSheet(ctx, q, seq, s, boardRelations[i], b); err != nil {
			return nil, fmt.Errorf("register: table %s: %w", boardRelations[i].name, err)
		}
	}
	return b, nil
}

func loadSheet(ctx context.Context, q reader, seq int64, s org.Sheet, r relation, b *org.Board) error {
	var n int
	const known = " WHERE known_from <= ? AND known_to > ?"
	if err := q.row(ctx, `SELECT count(*) FROM `+r.name+known, seq, seq).Scan(&n); err != nil || n == 0 {
		return err
	}
	rows, err := q.rows(ctx, `SELECT `+list(r.content())+` FROM `+r.name+known+` ORDER BY pos, n`, seq, seq)
	if err != nil {
		return err
	}
	defer rows.Close()
	s.Grow(b, n)
	var (
		words    = make([]string, len(s.Columns))
		numbers  = make([]int64, len(s.Columns))
		extra    string
		extras   = map[int]map[string]string{}
		names    = map[string]bool{}
		from, to int64
		cells    []any
		targets  []any
	)
	i := 0
	for ; rows.Next(); i++ {
		if i == n {
			return fmt.Errorf("%d rows were counted, and there are more", n)
		}
		cells = s.Cells(b, i, cells[:0])
		targets = targets[:0]
		for j, cell := range cells {
			switch cell := cell.(type) {
			case *org.Date:
				if s.Columns[j] != "from" && s.Columns[j] != "to" {
					targets = append(targets, &numbers[j])
				}
			case *bool, *int:
				targets = append(targets, &numbers[j])
			case *string:
				targets = append(targets, cell)
			default:
				targets = append(targets, &words[j])
			}
		}
		if err := rows.Scan(append(targets, &extra, &from, &to)...); err != nil {
			return err
		}
		for j, cell := range cells {
			ok := true
			switch c := cell.(type) {
			case *org.Date:
				switch s.Columns[j] {
				case "from":
					*c = org.Date(from)
				case "to":
					*c = org.Date(to)
				default:
					*c = org.Date(numbers[j])
				}
			case *bool:
				*c = numbers[j] != 0
			case *int:
				*c = int(numbers[j])
			case *org.Keys:
				if *c, ok = org.ParseKeys(words[j]); words[j] == "" {
					*c, ok = 0, true
				}
			case *org.Mode:
				*c, ok = org.ParseMode(words[j])
			case *org.Role:
				*c, ok = org.ParseRole(words[j])
			}
			if !ok {
				return fmt.Errorf("%q is no %s", words[j], s.Columns[j])
			}
		}
		if extra != "" {
			var x map[string]string
			if err := json.Unmarshal([]byte(extra), &x); err != nil {
				return err
			}
			for name := range x {
				names[name] = true
			}
			extras[i] = x
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if i != n {
		return fmt.Errorf("%d rows were counted, %d are there", n, i)
	}
	if len(extras) == 0 {
		return nil
	}
	sorted := slices.Sorted(maps.Keys(names))
	for i, x := range extras {
		cells := make(org.Extra, len(sorted))
		for j, name := range sorted {
			cells[j] = x[name]
		}
		*s.Extra(b, i) = cells
	}
	b.Tables[s.Name] = &org.Table{Extra: sorted}
	return nil
}
