package register

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"oneboard/internal/lang"
)

// A Verification is what Verify found. It is whole when it has no findings.
type Verification struct {
	Whole      bool       `json:"whole"`
	Entries    int64      `json:"entries"`
	Rows       int64      `json:"rows"` // of all derived tables
	Checkpoint Checkpoint `json:"checkpoint"`
	Findings   []Finding  `json:"findings"`       // never nil
	More       int        `json:"more,omitempty"` // findings beyond the first hundred
}

// The kinds of finding.
const (
	FoundGap        = "gap"        // an entry is missing
	FoundClock      = "clock"      // an entry is earlier than the one before it
	FoundBody       = "body"       // the body is not what was hashed
	FoundLeaf       = "leaf"       // who, when, kind or hash is not what was hashed
	FoundUnreadable = "unreadable" // the entry can't be read, so nothing behind it could be rebuilt
	FoundMissing    = "missing"    // a row that follows from the ledger is not there
	FoundExtra      = "extra"      // a row that doesn't follow from the ledger
	FoundChanged    = "changed"    // a row says something else
	FoundGuard      = "guard"      // what stops changes in the database is gone or altered
	FoundFork       = "fork"       // a checkpoint that was kept does not fit
)

// A Finding is one thing that is wrong with a register.
type Finding struct {
	What  string `json:"what"`
	Table string `json:"table"`         // ledger, tree, or the derived table
	Row   int64  `json:"row,omitempty"` // the entry's number, the row's n
	Want  string `json:"want,omitempty"`
	Got   string `json:"got,omitempty"`
}

// In gives the finding in the words of a language.
func (f Finding) In(tag lang.Tag) string {
	return lang.Say(tag, "verify."+f.What, lang.Args{"Table": f.Table, "Row": f.Row, "Want": f.Want, "Got": f.Got})
}

// findingsKept is how many findings a verification lists.
const findingsKept = 100

func (v *Verification) found(f Finding) {
	if len(v.Findings) == findingsKept {
		v.More++
		return
	}
	v.Findings = append(v.Findings, f)
}

// Verify reads the whole ledger, checks every hash, rebuilds the tree and all
// derived tables from the entries in a database in memory, and compares them
// row by row with what is there. It also looks whether the guards of the
// ledger still stand. Whoever can write to the database can also write a new,
// consistent ledger: only checkpoints that were kept elsewhere show that, and
// each one given is held against the ledger. Writers may go on meanwhile; the
// ledger is verified as it was when it began. An error means that it could not
// run. Time and memory grow with the size of the whole register.
func (r *Register) Verify(ctx context.Context, kept ...Checkpoint) (Verification, error) {
	v := Verification{Findings: []Finding{}}
	now, err := r.db.snapshot(ctx)
	if err != nil {
		return v, err
	}
	defer now.tx.Rollback()
	scratch, err := openScratch()
	if err != nil {
		return v, err
	}
	defer scratch.close()
	if err := scratch.migrate(ctx, schema); err != nil {
		return v, err
	}
	err = scratch.transact(ctx, "", func(w *writer) error {
		complete, err := v.rebuild(ctx, now, w)
		if err != nil {
			return err
		}
		if complete { // else every table would differ from here on, by one cause
			if err := v.compare(ctx, now, w, "tree", []string{"place", "hash"}); err != nil {
				return err
			}
			if err := v.compare(ctx, now, w, "board_state", []string{"seq", "state"}); err != nil {
				return err
			}
			for _, r := range relations {
				if err := v.compare(ctx, now, w, r.name, r.all()); err != nil {
					return err
				}
			}
		}
		if err := v.guards(ctx, now, w); err != nil {
			return err
		}
		return v.checkpoints(ctx, now, w, kept)
	})
	v.Whole = err == nil && len(v.Findings) == 0
	return v, err
}

// snapshot gives a reader that sees the database as it is now, for as long as
// it takes.
func (d *database) snapshot(ctx context.Context) (*writer, error) {
	options := &sql.TxOptions{ReadOnly: true}
	if d.postgres {
		options.Isolation = sql.LevelRepeatableRead // SQLite's transactions are that anyway
	}
	tx, err := d.read.BeginTx(ctx, options)
	if err != nil {
		return nil, fmt.Errorf("register: %w", err)
	}
	return &writer{database: d, tx: tx}, nil
}

// rebuild checks the entries one by one and records them again in w. It reports
// false when it had to stop before the end.
func (v *Verification) rebuild(ctx context.Context, now, w *writer) (bool, error) {
	rows, err := now.rows(ctx, "SELECT seq, recorded, who, kind, coding, size, hash, leaf, body FROM ledger ORDER BY seq")
	if err != nil {
		return false, fmt.Errorf("register: %w", err)
	}
	defer rows.Close()
	var last Entry
	complete := true
	for rows.Next() {
		var (
			e                  Entry
			recorded           int64
			coding             string
			hash, leaf, packed []byte
		)
		if err := rows.Scan(&e.Seq, &recorded, &e.Who, &e.Kind, &coding, &e.Size, &hash, &leaf, &packed); err != nil {
			return false, fmt.Errorf("register: %w", err)
		}
		e.Recorded, e.hash, e.Hash = time.UnixMicro(recorded).UTC(), hash, hex.EncodeToString(hash)
		v.Entries++
		if e.Seq != last.Seq+1 {
			v.found(Finding{What: FoundGap, Table: "ledger", Row: last.Seq + 1})
			complete = false
		}
		if e.Recorded.Before(last.Recorded) {
			v.found(Finding{What: FoundClock, Table: "ledger", Row: e.Seq})
			complete = false
		}
		last = e
		body, err := unpack(coding, packed, e.Size)
		sum := sha256.Sum256(body)
		if err != nil || int64(len(body)) != e.Size || !bytes.Equal(sum[:], hash) {
			v.found(Finding{What: FoundBody, Table: "ledger", Row: e.Seq, Want: e.Hash, Got: hex.EncodeToString(sum[:])})
			complete = false
		}
		if want := tlog.RecordHash(e.Record()); !bytes.Equal(want[:], leaf) {
			v.found(Finding{What: FoundLeaf, Table: "ledger", Row: e.Seq, Want: want.String(), Got: hashText(leaf)})
			complete = false
		}
		if !complete {
			continue // what follows from it can't be told, but the other entries can be held against their hashes
		}
		entry, err := readBody(e.Kind, body)
		if err == nil {
			if err = appendEntry(ctx, w, newEntry(e.Seq, e.Recorded, e.Who, e.Kind, body), body); err == nil {
				err = w.derive(ctx, e.Seq, entry)
			}
		}
		if err := ctx.Err(); err != nil {
			return false, err
		}
		if err != nil {
			v.found(Finding{What: FoundUnreadable, Table: "ledger", Row: e.Seq, Got: err.Error()})
			complete = false
		}
	}
	if err := rows.Err(); err != nil {
		return false, fmt.Errorf("register: %w", err)
	}
	return complete, nil
}

func hashText(b []byte) string {
	var h tlog.Hash
	copy(h[:], b)
	return h.String()
}

// compare walks through a table as it is and as it was rebuilt, side by side,
// by its key, which is the first column.
func (v *Verification) compare(ctx context.Context, now, w *writer, table string, columns []string) error {
	question := `SELECT ` + list(columns) + ` FROM ` + table + ` ORDER BY "` + columns[0] + `"`
	is, err := newCursor(ctx, now, question, len(columns))
	if err != nil {
		return err
	}
	defer is.rows.Close()
	must, err := newCursor(ctx, w, question, len(columns))
	if err != nil {
		return err
	}
	defer must.rows.Close()
	for is.row != nil || must.row != nil {
		switch {
		case must.row == nil || is.row != nil && is.key() < must.key():
			v.found(Finding{What: FoundExtra, Table: table, Row: is.key(), Got: say(columns, is.row)})
			v.Rows++
			err = is.next()
		case is.row == nil || must.key() < is.key():
			v.found(Finding{What: FoundMissing, Table: table, Row: must.key(), Want: say(columns, must.row)})
			err = must.next()
		default:
			if want, got, same := differ(columns, must.row, is.row); !same {
				v.found(Finding{What: FoundChanged, Table: table, Row: is.key(), Want: want, Got: got})
			}
			v.Rows++
			if err = is.next(); err == nil {
				err = must.next()
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// A cursor is at one row of a question's answer; at none when row is nil.
type cursor struct {
	rows    *sql.Rows
	row     []any
	values  []any
	targets []any
}

func newCursor(ctx context.Context, q reader, question string, columns int) (*cursor, error) {
	rows, err := q.rows(ctx, question)
	if err != nil {
		return nil, fmt.Errorf("register: %w", err)
	}
	c := &cursor{rows: rows, values: make([]any, columns), targets: make([]any, columns)}
	for i := range c.values {
		c.targets[i] = &c.values[i]
	}
	return c, c.next()
}

func (c *cursor) next() error {
	c.row = nil
	if c.rows.Next() {
		if err := c.rows.Scan(c.targets...); err != nil {
			return fmt.Errorf("register: %w", err)
		}
		c.row = c.values
	}
	if err := c.rows.Err(); err != nil {
		return fmt.Errorf("register: %w", err)
	}
	return nil
}

func (c *cursor) key() int64 { n, _ := c.row[0].(int64); return n }

func equalValue(a, b any) bool {
	if x, ok := a.([]byte); ok {
		y, ok := b.([]byte)
		return ok && bytes.Equal(x, y)
	}
	if _, ok := b.([]byte); ok {
		return false
	}
	return a == b
}

// differ prints the columns in which two rows differ.
func differ(columns []string, must, is []any) (want, got string, same bool) {
	var names []string
	var wants, gots []any
	for i := range columns {
		if !equalValue(must[i], is[i]) {
			names, wants, gots = append(names, columns[i]), append(wants, must[i]), append(gots, is[i])
		}
	}
	return say(names, wants), say(names, gots), len(names) == 0
}

func say(columns []string, row []any) string {
	var out []string
	for i, v := range row {
		if b, ok := v.([]byte); ok {
			v = hex.EncodeToString(b)
		}
		out = append(out, fmt.Sprintf("%s=%v", columns[i], v))
	}
	return strings.Join(out, " ")
}

// guards looks whether the database still refuses to change the ledger: in
// SQLite, whether the whole schema is as the migrations make it; in PostgreSQL,
// whether the triggers are there and switched on.
func (v *Verification) guards(ctx context.Context, now, w *writer) error {
	question := `SELECT name, coalesce(sql, '') FROM sqlite_master WHERE type IN ('table', 'trigger') AND name NOT LIKE 'sqlite_%'`
	if now.postgres {
		question = `SELECT t.tgname, t.tgenabled::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
			WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace`
	}
	read := func(q reader, question string) (map[string]string, error) {
		pairs, err := collect(ctx, q, func(r *sql.Rows) (p [2]string, err error) {
			err = r.Scan(&p[0], &p[1])
			return p, err
		}, question)
		out := map[string]string{}
		for _, p := range pairs {
			out[p[0]] = p[1]
		}
		return out, err
	}
	is, err := read(now, question)
	if err != nil {
		return err
	}
	must := map[string]string{"ledger_append_only": "O", "ledger_in_order": "O", "tree_append_only": "O", "tree_in_order": "O", "origin_append_only": "O"}
	if !now.postgres {
		if must, err = read(w, question); err != nil {
			return err
		}
	}
	var names []string
	for name := range must {
		if is[name] != must[name] && !(now.postgres && is[name] == "A") { // A: switched on always
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		v.found(Finding{What: FoundGuard, Table: name, Want: must[name], Got: is[name]})
	}
	return nil
}

// checkpoints holds the ledger against checkpoints that were kept, and makes
// the one of now. It goes by the tree as rebuilt from the entries.
func (v *Verification) checkpoints(ctx context.Context, now, w *writer, kept []Checkpoint) error {
	var origin string
	if err := now.row(ctx, "SELECT name FROM origin").Scan(&origin); err != nil {
		return fmt.Errorf("register: %w", err)
	}
	rebuilt, err := head(ctx, w)
	if err != nil {
		return err
	}
	v.Checkpoint = Checkpoint{Origin: origin, Size: rebuilt.Seq}
	if v.Checkpoint.Root, err = tlog.TreeHash(rebuilt.Seq, hashReader(ctx, w)); err != nil {
		return err
	}
	for _, k := range kept {
		got := Checkpoint{Origin: origin, Size: rebuilt.Seq}
		if k.Size <= rebuilt.Seq {
			got.Size = k.Size
			if got.Root, err = tlog.TreeHash(k.Size, hashReader(ctx, w)); err != nil {
				return err
			}
		}
		if got != k {
			v.found(Finding{What: FoundFork, Table: "ledger", Row: k.Size, Want: k.String(), Got: got.String()})
		}
	}
	return nil
}
