package register

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"modernc.org/sqlite"
)

// A database is one of the two that the register knows: an SQLite file, or
// PostgreSQL. All SQL is written by hand, once, in what both understand; what
// they do not share is here, in migrate.go, and in the two schema folders.
type database struct {
	postgres bool
	write    *sql.DB // SQLite: one connection, whose transactions lock at once
	read     *sql.DB
}

// readers is the most connections that read at the same time.
const readers = 8

func openDatabase(dsn string) (*database, error) {
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		config, err := pgx.ParseConfig(dsn)
		if err != nil {
			return nil, fmt.Errorf("register: the connection string of the database: %w", err)
		}
		pool := stdlib.OpenDB(*config)
		pool.SetMaxOpenConns(readers + 2)
		pool.SetMaxIdleConns(readers)
		return &database{postgres: true, write: pool, read: pool}, nil
	}
	if dsn == "" {
		return nil, errors.New("register: no file or connection string was given")
	}
	// FULL: an entry that was acknowledged survives a loss of power. Defensive:
	// no SQL reaches the pages of the tables behind the triggers' back.
	file := "file:" + (&url.URL{Path: dsn}).EscapedPath() +
		"?_pragma=busy_timeout(10000)&_pragma=synchronous(FULL)&_defensive=1&_dqs=0"
	return openSQLite(file+"&_txlock=immediate&_pragma=cache_size(-131072)", file+"&_pragma=query_only(1)&_pragma=mmap_size(268435456)")
}

// prepare makes an SQLite file one in which readers never wait for the writer
// (WAL). The file remembers it. SQLite does not wait by itself when others open
// the new file at the same time, so we do, for ten seconds like everywhere.
func (d *database) prepare(ctx context.Context) error {
	if d.postgres {
		return nil
	}
	for try := 0; ; try++ {
		var mode string
		err := d.write.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode)
		var busy *sqlite.Error
		if errors.As(err, &busy) && busy.Code()&0xff == sqliteBusy && try < 500 {
			select {
			case <-ctx.Done():
			case <-time.After(20 * time.Millisecond):
				continue
			}
		}
		if err == nil && mode != "wal" {
			err = fmt.Errorf("the journal mode is %s", mode)
		}
		if err != nil {
			return fmt.Errorf("register: %w", err)
		}
		return nil
	}
}

// sqliteBusy is SQLITE_BUSY: another connection has the lock.
const sqliteBusy = 5

// openScratch gives an empty database in memory, for rebuilding.
func openScratch() (*database, error) {
	d, err := openSQLite("file::memory:?_dqs=0&_pragma=synchronous(OFF)", "")
	return d, err
}

func openSQLite(write, read string) (*database, error) {
	open := func(dsn string, most int) (*sql.DB, error) {
		connector, err := sqlite.NewConnector(dsn)
		if err != nil {
			return nil, fmt.Errorf("register: %w", err)
		}
		pool := sql.OpenDB(connector)
		pool.SetMaxOpenConns(most)
		pool.SetMaxIdleConns(most)
		return pool, nil
	}
	d := &database{}
	var err error
	if d.write, err = open(write, 1); err != nil {
		return nil, err
	}
	if d.read = d.write; read != "" {
		if d.read, err = open(read, readers); err != nil {
			return nil, errors.Join(err, d.write.Close())
		}
	}
	return d, nil
}

func (d *database) close() error {
	if d.read == d.write {
		return d.write.Close()
	}
	return errors.Join(d.read.Close(), d.write.Close())
}

// sql puts a statement into the dialect of the database: the marks "?" become
// "$1", "$2", … for PostgreSQL. No statement of ours has a "?" of another
// meaning.
func (d *database) sql(statement string) string {
	if !d.postgres {
		return statement
	}
	var b strings.Builder
	for n := 1; ; n++ {
		before, after, found := strings.Cut(statement, "?")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteString("$" + strconv.Itoa(n))
		statement = after
	}
}

// A reader asks questions: of the pool of readers, or inside a writer's
// transaction.
type reader interface {
	rows(ctx context.Context, statement string, args ...any) (*sql.Rows, error)
	row(ctx context.Context, statement string, args ...any) *sql.Row
}

func (d *database) rows(ctx context.Context, statement string, args ...any) (*sql.Rows, error) {
	return d.read.QueryContext(ctx, d.sql(statement), args...)
}

func (d *database) row(ctx context.Context, statement string, args ...any) *sql.Row {
	return d.read.QueryRowContext(ctx, d.sql(statement), args...)
}

// A writer is the one transaction that writes. It sees what it has written.
type writer struct {
	*database
	conn *sql.Conn
	tx   *sql.Tx
}

// transact runs do in a transaction that excludes every other writer, and
// commits when do gives no error. Whatever happens otherwise, a cancelled
// context or a killed process included, nothing is written.
func (d *database) transact(ctx context.Context, lock string, do func(*writer) error) (err error) {
	conn, err := d.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("register: %w", err)
	}
	defer conn.Close()
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("register: %w", err)
	}
	defer tx.Rollback() // does nothing after a commit
	w := &writer{d, conn, tx}
	if d.postgres {
		// "on": the server may have been set to acknowledge before the disk has it
		for _, s := range []string{"SET LOCAL synchronous_commit = on", lock} {
			if _, err := tx.ExecContext(ctx, s); err != nil {
				return fmt.Errorf("register: %w", err)
			}
		}
	}
	if err := do(w); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("register: %w", err)
	}
	return nil
}

func (w *writer) rows(ctx context.Context, statement string, args ...any) (*sql.Rows, error) {
	return w.tx.QueryContext(ctx, w.sql(statement), args...)
}

func (w *writer) row(ctx context.Context, statement string, args ...any) *sql.Row {
	return w.tx.QueryRowContext(ctx, w.sql(statement), args...)
}

func (w *writer) exec(ctx context.Context, statement string, args ...any) error {
	_, err := w.tx.ExecContext(ctx, w.sql(statement), args...)
	return err
}

// insert adds n rows to a table. The slice that row gives may be the same each
// time.
func (w *writer) insert(ctx context.Context, table string, columns []string, n int, row func(i int) []any) error {
	if n == 0 {
		return nil
	}
	if w.postgres {
		return w.conn.Raw(func(driver any) error {
			i := 0
			_, err := driver.(*stdlib.Conn).Conn().CopyFrom(ctx, pgx.Identifier{table}, columns,
				pgx.CopyFromFunc(func() ([]any, error) {
					if i == n {
						return nil, nil
					}
					i++
					return row(i - 1), nil
				}))
			return err
		})
	}
	// Many rows to a statement: going into SQLite costs more than a row does.
	const batch = 64
	marks := "(?" + strings.Repeat(", ?", len(columns)-1) + ")"
	var statement *sql.Stmt
	defer func() {
		if statement != nil {
			statement.Close()
		}
	}()
	args := make([]any, 0, batch*len(columns))
	for from, prepared := 0, 0; from < n; from += prepared {
		if size := min(batch, n-from); size != prepared {
			if statement != nil {
				statement.Close()
			}
			var err error
			statement, err = w.tx.PrepareContext(ctx, `INSERT INTO `+table+` (`+list(columns)+`) VALUES `+marks+strings.Repeat(", "+marks, size-1))
			if err != nil {
				return err
			}
			prepared = size
		}
		args = args[:0]
		for i := range prepared {
			args = append(args, row(from+i)...)
		}
		if _, err := statement.ExecContext(ctx, args...); err != nil {
			return err
		}
	}
	return nil
}
