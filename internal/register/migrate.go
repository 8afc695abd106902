package register

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

//go:embed schema
var schema embed.FS

// Errors of a database that this program must not write to.
var (
	// ErrNewer: a newer program has changed the schema.
	ErrNewer = errors.New("register: the database was made by a newer Oneboard; use that one, or a later one")
	// ErrEdited: a migration that the database has run is not the one that this
	// program has under the same number.
	ErrEdited = errors.New("register: a migration that this database has run has been edited since")
)

// A migration is one step of the schema. Steps only go forward, and each runs
// once, in its own transaction.
type migration struct {
	number     int
	name, text string
}

func (m migration) hash() string {
	sum := sha256.Sum256([]byte(m.text))
	return hex.EncodeToString(sum[:])
}

// migrations reads the steps of one engine: files "NNNN_name.sql", numbered
// from 1 without a gap.
func migrations(fsys fs.FS, engine string) ([]migration, error) {
	files, err := fs.Glob(fsys, path.Join("schema", engine, "*.sql"))
	if err != nil {
		return nil, err
	}
	var out []migration
	for i, f := range files { // Glob sorts
		text, err := fs.ReadFile(fsys, f)
		if err != nil {
			return nil, err
		}
		name := strings.TrimSuffix(path.Base(f), ".sql")
		digits, _, _ := strings.Cut(name, "_")
		if n, err := strconv.Atoi(digits); err != nil || n != i+1 {
			return nil, fmt.Errorf("register: migration %s is not number %d", f, i+1)
		}
		out = append(out, migration{i + 1, name, string(text)})
	}
	return out, nil
}

func (d *database) engine() string {
	if d.postgres {
		return "postgres"
	}
	return "sqlite"
}

// migrate brings the schema to the newest step. Many programs may start at
// once on one database: each step is taken by one of them.
func (d *database) migrate(ctx context.Context, fsys fs.FS) error {
	steps, err := migrations(fsys, d.engine())
	if err != nil {
		return err
	}
	for {
		done, err := d.step(ctx, steps)
		if err != nil || done {
			return err
		}
	}
}

// step runs the first step that the database lacks, and reports true when it
// lacks none.
func (d *database) step(ctx context.Context, steps []migration) (done bool, err error) {
	// The lock is a number of our own: there is no table to lock yet.
	err = d.transact(ctx, "SELECT pg_advisory_xact_lock(8109632147)", func(w *writer) error {
		text, integer := "TEXT", " STRICT"
		if w.postgres {
			text, integer = `text COLLATE "C"`, ""
		}
		if err := w.exec(ctx, `CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, name `+text+` NOT NULL, hash `+text+` NOT NULL)`+integer); err != nil {
			return fmt.Errorf("register: %w", err)
		}
		type past struct {
			number     int
			name, hash string
		}
		ran, err := collect(ctx, w, func(r *sql.Rows) (m past, err error) {
			err = r.Scan(&m.number, &m.name, &m.hash)
			return m, err
		}, "SELECT number, name, hash FROM migration ORDER BY number")
		if err != nil {
			return err
		}
		if len(ran) > len(steps) {
			return fmt.Errorf("%w (its schema is at step %d, this one knows %d)", ErrNewer, len(ran), len(steps))
		}
		for i, m := range ran {
			if m.number != steps[i].number || m.hash != steps[i].hash() {
				return fmt.Errorf("%w: %s", ErrEdited, steps[i].name)
			}
		}
		if done = len(ran) == len(steps); done {
			return nil
		}
		next := steps[len(ran)]
		if err := w.exec(ctx, next.text); err != nil {
			return fmt.Errorf("register: migration %s: %w", next.name, err)
		}
		if err := w.exec(ctx, "INSERT INTO migration (number, name, hash) VALUES (?, ?, ?)", next.number, next.name, next.hash()); err != nil {
			return fmt.Errorf("register: migration %s: %w", next.name, err)
		}
		if next.number == 1 {
			// Two ledgers must never sign under one name: a proof from the one
			// would be taken for a proof from the other.
			name := make([]byte, 8)
			rand.Read(name)
			err := w.exec(ctx, "INSERT INTO origin (one, name) VALUES (1, ?)", "oneboard/"+hex.EncodeToString(name))
			if err != nil {
				return fmt.Errorf("register: %w", err)
			}
		}
		return nil
	})
	return done, err
}

// collect asks a question and reads all its rows.
func collect[T any](ctx context.Context, q reader, scan func(*sql.Rows) (T, error), statement string, args ...any) ([]T, error) {
	rows, err := q.rows(ctx, statement, args...)
	if err != nil {
		return nil, fmt.Errorf("register: %w", err)
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("register: %w", err)
		}
		out = append(out, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("register: %w", err)
	}
	return out, nil
}
