package org

import "strings"

// A Sheet describes one table of a board cell by cell. It is the one place that
// lists the cells of a row, for all who treat every table alike: the hash of a
// board, and the ledger that records one.
type Sheet struct {
	Name    string   // the file's name without ".csv"
	Columns []string // the names of the cells, as the files have them
	Len     func(b *Board) int
	// Cells appends a pointer to each cell of row i to to, in the order of
	// Columns: *string, *bool, *int, *Date, *Keys, *Mode or *Role.
	Cells func(b *Board, i int, to []any) []any
	// Extra gives the passed-through cells of row i.
	Extra func(b *Board, i int) *Extra
	// Grow appends n empty rows.
	Grow func(b *Board, n int)
}

func sheet[T any](name, columns string, rows func(*Board) *[]T, cells func(*T, []any) []any, extra func(*T) *Extra) Sheet {
	return Sheet{
		Name: name, Columns: strings.Fields(columns),
		Len:   func(b *Board) int { return len(*rows(b)) },
		Cells: func(b *Board, i int, to []any) []any { return cells(&(*rows(b))[i], to) },
		Extra: func(b *Board, i int) *Extra { return extra(&(*rows(b))[i]) },
		Grow: func(b *Board, n int) {
			r := rows(b)
			*r = append(*r, make([]T, n)...)
		},
	}
}

// Sheets lists the tables of a board, in the order of its fields.
var Sheets = []Sheet{
	sheet("areas", "code name name_en level parent from to",
		func(b *Board) *[]Area { return &b.Areas },
		func(r *Area, to []any) []any {
			return append(to, &r.Code, &r.Name, &r.NameEN, &r.Level, &r.Parent, &r.From, &r.To)
		},
		func(r *Area) *Extra { return &r.Extra }),
	sheet("bodies", "id name name_en kind level area superior rank from to",
		func(b *Board) *[]Body { return &b.Bodies },
		func(r *Body, to []any) []any {
			return append(to, &r.ID, &r.Name, &r.NameEN, &r.Kind, &r.Level, &r.Area, &r.Superior, &r.Rank, &r.From, &r.To)
		},
		func(r *Body) *Extra { return &r.Extra }),
	sheet("duties", "id name name_en kind matter area subject level basis part_of protected exclusive",
		func(b *Board) *[]Duty { return &b.Duties },
		func(r *Duty, to []any) []any {
			return append(to, &r.ID, &r.Name, &r.NameEN, &r.Kind, &r.Matter, &r.Area, &r.Subject, &r.Level,
				&r.Basis, &r.PartOf, &r.Protected, &r.Exclusive)
		},
		func(r *Duty) *Extra { return &r.Extra }),
	sheet("responsibilities", "duty body key mode area from to by",
		func(b *Board) *[]Responsibility { return &b.Responsibilities },
		func(r *Responsibility, to []any) []any {
			return append(to, &r.Duty, &r.Body, &r.Keys, &r.Mode, &r.Area, &r.From, &r.To, &r.By)
		},
		func(r *Responsibility) *Extra { return &r.Extra }),
	sheet("quotas", "body kind posts leaders deputies from to by",
		func(b *Board) *[]Quota { return &b.Quotas },
		func(r *Quota, to []any) []any {
			return append(to, &r.Body, &r.Kind, &r.Posts, &r.Leaders, &r.Deputies, &r.From, &r.To, &r.By)
		},
		func(r *Quota) *Extra { return &r.Extra }),
	sheet("posts", "id body title kind role from to",
		func(b *Board) *[]Post { return &b.Posts },
		func(r *Post, to []any) []any {
			return append(to, &r.ID, &r.Body, &r.Title, &r.Kind, &r.Role, &r.From, &r.To)
		},
		func(r *Post) *Extra { return &r.Extra }),
	sheet("appointments", "post person from to",
		func(b *Board) *[]Appointment { return &b.Appointments },
		func(r *Appointment, to []any) []any { return append(to, &r.Post, &r.Person, &r.From, &r.To) },
		func(r *Appointment) *Extra { return &r.Extra }),
	sheet("items", "id kind body name quantity value duty until",
		func(b *Board) *[]Item { return &b.Items },
		func(r *Item, to []any) []any {
			return append(to, &r.ID, &r.Kind, &r.Body, &r.Name, &r.Quantity, &r.Value, &r.Duty, &r.Until)
		},
		func(r *Item) *Extra { return &r.Extra }),
	sheet("plates", "body name from to",
		func(b *Board) *[]Plate { return &b.Plates },
		func(r *Plate, to []any) []any { return append(to, &r.Body, &r.Name, &r.From, &r.To) },
		func(r *Plate) *Extra { return &r.Extra }),
}
