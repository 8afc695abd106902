package register

import (
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"oneboard/internal/check"
	"oneboard/internal/org"
)

// still is the known_to of what is still known.
const still = int64(math.MaxInt64)

// derive writes what follows from an entry into the derived tables. It is the
// only thing that writes them: when the entry is recorded, and again when a
// verification rebuilds them, so that the two can't differ but by tampering.
func (w *writer) derive(ctx context.Context, seq int64, entry any) error {
	switch e := entry.(type) {
	case imported:
		for i, s := range org.Sheets {
			extra := extraWriter{extraNames(e.board, s.Name)}
			err := w.replace(ctx, boardRelations[i], seq, s.Len(e.board), func(i int, to []any) []any {
				return content(s, e.board, i, extra, to)
			})
			if err != nil {
				return err
			}
		}
		return w.deriveBoard(ctx, seq, e.board)
	case planned:
		b, err := loadBoard(ctx, w, seq)
		if err != nil {
			return err
		}
		t, err := w.timeline(ctx, seq, b)
		if err != nil {
			return err
		}
		if err := w.derivePlan(ctx, seq, t); err != nil {
			return err
		}
		return w.deriveHoldings(ctx, seq, t)
	case corrected:
		for i, s := range org.Sheets {
			if err := w.correct(ctx, boardRelations[i], seq, s, e.Correction); err != nil {
				return err
			}
		}
		b, err := loadBoard(ctx, w, seq)
		if err != nil {
			return err
		}
		return w.deriveBoard(ctx, seq, b)
	}
	panic(fmt.Sprintf("register: an entry of type %T", entry))
}

// deriveBoard writes what follows from the board as a whole.
func (w *writer) deriveBoard(ctx context.Context, seq int64, b *org.Board) error {
	state := b.State()
	if err := w.exec(ctx, "INSERT INTO board_state (seq, state) VALUES (?, ?)", seq, state[:]); err != nil {
		return fmt.Errorf("register: %w", err)
	}
	t, err := w.timeline(ctx, seq, b)
	if err != nil {
		return err
	}
	return w.deriveHoldings(ctx, seq, t)
}

// timeline gives what the plan that is applied after the entry seq makes of the
// board.
func (w *writer) timeline(ctx context.Context, seq int64, b *org.Board) (*check.Timeline, error) {
	plans, packs, err := loadPlans(ctx, w, seq)
	if err != nil {
		return nil, err
	}
	return timeline(b, plans, packs).Timeline, nil
}

// deriveHoldings writes who has which key of what when.
func (w *writer) deriveHoldings(ctx context.Context, seq int64, t *check.Timeline) error {
	var all []check.Holding
	for _, d := range t.Duties() {
		all = append(all, t.Holdings(d)...)
	}
	id := func(c org.Change) string {
		if c == nil {
			return ""
		}
		return c.Declared().ID
	}
	return w.replace(ctx, holdingRelation, seq, len(all), func(i int, to []any) []any {
		h := &all[i]
		except := ""
		if len(h.Except) > 0 {
			var c canonical
			c.value(texts(h.Except))
			except = string(c.bytes)
		}
		return append(to, h.Duty, h.Key.String(), h.Body, h.Mode.String(), h.Area, except, h.By,
			id(h.Began), id(h.Ended), number(h.Transitional), int64(h.From), int64(h.To))
	})
}

// timeline checks the board with the plan that is applied to it.
func timeline(b *org.Board, plans []*org.Plan, packs []*org.Pack) check.Result {
	var plan *org.Plan
	if len(plans) > 0 {
		plan = plans[0] // there is at most one: see Register.Apply
	}
	return check.Run(b, plan, packs...)
}

// derivePlan writes the papers and the changes of a plan.
func (w *writer) derivePlan(ctx context.Context, seq int64, t *check.Timeline) error {
	p := t.Plan()
	date := func(d org.When) int64 { return int64(d.Or(org.NoDate)) }
	err := w.add(ctx, instrumentRelation, seq, len(p.Instruments), nil, func(i int, to []any) []any {
		in := &p.Instruments[i]
		return append(to, p.ID, in.ID, in.Title, in.TitleEN, in.Kind, in.Issuer, in.Number, date(in.Made), date(in.Effective),
			int64(in.Effective.Or(org.Always)), int64(org.Forever))
	})
	if err != nil {
		return err
	}
	var fault error
	err = w.add(ctx, changeRelation, seq, len(p.Changes), nil, func(i int, to []any) []any {
		c := p.Changes[i].Declared()
		start, end := int64(-1), int64(-1)
		if !c.At.IsZero() && c.At.Source == p.Source {
			start, end = int64(c.At.Start), int64(c.At.End)
		}
		var says canonical
		says.value(encode(reflect.ValueOf(&p.Changes[i]).Elem(), p.Source).(map[string]any)["says"])
		if says.err != nil {
			fault = says.err
		}
		day := int64(t.DateOf(p.Changes[i]))
		return append(to, p.ID, c.ID, int64(c.Position), c.Kind, day, check.Citations(p.Changes[i]), start, end, string(says.bytes),
			day, int64(org.Forever))
	})
	if err == nil {
		err = fault
	}
	return err
}

// add writes n new rows, known from seq on. pos gives their places for people;
// nil: behind all others, in their order.
func (w *writer) add(ctx context.Context, r relation, seq int64, n int, pos func(i int) int64, row func(i int, to []any) []any) error {
	if n == 0 {
		return nil
	}
	var lastN, lastPos int64
	if err := w.row(ctx, `SELECT coalesce(max(n), 0), coalesce(max(pos), 0) FROM `+r.name).Scan(&lastN, &lastPos); err != nil {
		return fmt.Errorf("register: table %s: %w", r.name, err)
	}
	if pos == nil {
		pos = func(i int) int64 { return lastPos + 1 + int64(i) }
	}
	var values []any
	err := w.insert(ctx, r.name, r.all(), n, func(i int) []any {
		values = append(values[:0], lastN+1+int64(i), pos(i))
		values = append(row(i, values), seq, still)
		return values
	})
	if err != nil {
		return fmt.Errorf("register: table %s: %w", r.name, err)
	}
	return nil
}

// replace makes n rows the whole of what is known of a table from seq on. Rows
// that were known already stay known since then; the others end, or begin.
func (w *writer) replace(ctx context.Context, r relation, seq int64, n int, row func(i int, to []any) []any) error {
	known, err := w.known(ctx, r)
	if err != nil {
		return err
	}
	if len(known) == 0 {
		return w.add(ctx, r, seq, n, func(i int) int64 { return int64(i + 1) }, row)
	}
	var fresh []int
	var values []any
	for i := range n {
		values = row(i, values[:0])
		key := rowKey(values)
		if ns := known[key]; len(ns) == 0 {
			fresh = append(fresh, i)
		} else if len(ns) == 1 {
			delete(known, key)
		} else {
			known[key] = ns[1:]
		}
	}
	var gone []int64
	for _, ns := range known {
		gone = append(gone, ns...)
	}
	if err := w.end(ctx, r, seq, gone); err != nil {
		return err
	}
	return w.add(ctx, r, seq, len(fresh),
		func(i int) int64 { return int64(fresh[i] + 1) },
		func(i int, to []any) []any { return row(fresh[i], to) })
}

// known gives the numbers of the rows that are still known, by what they say.
func (w *writer) known(ctx context.Context, r relation) (map[string][]int64, error) {
	rows, err := w.rows(ctx, `SELECT n, `+list(r.content())+` FROM `+r.name+` WHERE known_to = ? ORDER BY n`, still)
	if err != nil {
		return nil, fmt.Errorf("register: table %s: %w", r.name, err)
	}
	defer rows.Close()
	out := map[string][]int64{}
	values := make([]any, 1+len(r.content()))
	targets := make([]any, len(values))
	for i := range values {
		targets[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return nil, fmt.Errorf("register: table %s: %w", r.name, err)
		}
		key := rowKey(values[1:])
		out[key] = append(out[key], values[0].(int64))
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("register: table %s: %w", r.name, err)
	}
	return out, nil
}

// rowKey is a string that is equal for rows that say the same.
func rowKey(values []any) string {
	var b []byte
	for _, v := range values {
		switch v := v.(type) {
		case int64:
			b = binary.AppendVarint(append(b, 'i'), v)
		case string:
			b = append(binary.AppendUvarint(append(b, 's'), uint64(len(v))), v...)
		default:
			panic(fmt.Sprintf("register: a derived table holds a %T", v))
		}
	}
	return string(b)
}

// end makes rows known only up to the entry before seq.
func (w *writer) end(ctx context.Context, r relation, seq int64, ns []int64) error {
	slices.Sort(ns)
	for part := range slices.Chunk(ns, 500) {
		args := []any{seq}
		for _, n := range part {
			args = append(args, n)
		}
		marks := "?" + strings.Repeat(", ?", len(part)-1)
		if err := w.exec(ctx, `UPDATE `+r.name+` SET known_to = ? WHERE n IN (`+marks+`)`, args...); err != nil {
			return fmt.Errorf("register: table %s: %w", r.name, err)
		}
	}
	return nil
}

// correct ends the wrong rows of one table and adds the right ones, which take
// the wrong ones' places.
func (w *writer) correct(ctx context.Context, r relation, seq int64, s org.Sheet, c Correction) error {
	columns := r.content()
	question := `SELECT n, pos FROM ` + r.name + ` WHERE known_to = ?`
	for _, column := range columns {
		question += ` AND "` + column + `" = ?`
	}
	question += ` AND known_from < ? ORDER BY n LIMIT 1` // not one that this entry brought
	extra := extraWriter{extraNames(c.Wrong, s.Name)}
	var places []int64
	for i := range s.Len(c.Wrong) {
		args := append(content(s, c.Wrong, i, extra, []any{still}), seq)
		var n, pos int64
		switch err := w.row(ctx, question, args...).Scan(&n, &pos); {
		case err == sql.ErrNoRows:
			return fmt.Errorf("%w: %s %v", ErrNoRow, s.Name, args[1:len(args)-1])
		case err != nil:
			return fmt.Errorf("register: table %s: %w", r.name, err)
		}
		if err := w.end(ctx, r, seq, []int64{n}); err != nil {
			return err
		}
		places = append(places, pos)
	}
	extra = extraWriter{extraNames(c.Right, s.Name)}
	var pos func(int) int64
	if len(places) > 0 {
		pos = func(i int) int64 { return places[min(i, len(places)-1)] }
	}
	return w.add(ctx, r, seq, s.Len(c.Right), pos, func(i int, to []any) []any {
		return content(s, c.Right, i, extra, to)
	})
}
