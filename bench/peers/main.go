// Command peers lets a database find the faults of a board, for the
// measurements of bench: a module of its own, so that no database of a
// comparison is ever a dependency of Oneboard.
//
//	peers duckdb DIR
//	peers postgres DIR ADDRESS
//	peers sqlite DIR
//
// DIR has the tables as bench/planted writes them, and schema.sql, index.sql and
// r1.sql to r4.sql. It reads words from the standard input, a line each, and
// answers each with a line of JSON:
//
//	load    makes the tables and reads them
//	index   makes the indexes, and the statistics that the planner goes by
//	check   runs the rules, and tells what each took and what they found
//
// What is told is the processor time, user and system, of the thread or threads
// that do the work: of this process for DuckDB, of the server's process of the
// connection for PostgreSQL, of the program sqlite3 for SQLite.
package main

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	_ "github.com/duckdb/duckdb-go/v2"
	"github.com/jackc/pgx/v5"
)

// A took is what a piece of work took, in nanoseconds.
type took struct {
	What      string
	CPU, Wall int64
}

// An answer is what one word of the input brought about.
type answer struct {
	Took   []took
	Faults [][5]int64 `json:",omitempty"`
	Peak   int64      // the most memory that was resident, in bytes
	Is     string     // the engine and its version
}

// An engine is a database with the tables of one board.
type engine interface {
	load(dir string) error
	index(text string) error
	rule(text string) ([][5]int64, error)
	used() (cpu, peak int64) // nanoseconds, bytes
	is() string
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 2 {
		return fmt.Errorf("usage: peers duckdb|postgres|sqlite DIR [ADDRESS]")
	}
	var e engine
	var err error
	switch args[0] {
	case "duckdb":
		e, err = openDuckDB()
	case "postgres":
		if len(args) < 3 {
			return fmt.Errorf("which server?")
		}
		e, err = openPostgres(args[2])
	case "sqlite":
		e, err = openSQLite(filepath.Join(args[1], "sqlite.db"))
	default:
		return fmt.Errorf("there is no peer %q", args[0])
	}
	if err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		a := answer{Is: e.is()}
		timed := func(what string, work func() error) error {
			before, _ := e.used()
			begin := time.Now()
			if err := work(); err != nil {
				return fmt.Errorf("%s: %s: %w", args[0], what, err)
			}
			wall := time.Since(begin)
			after, peak := e.used()
			a.Took, a.Peak = append(a.Took, took{what, after - before, int64(wall)}), peak
			return nil
		}
		switch word := in.Text(); word {
		case "load":
			err = timed(word, func() error { return e.load(args[1]) })
		case "index":
			var text []byte
			if text, err = os.ReadFile(filepath.Join(args[1], "index.sql")); err == nil {
				err = timed(word, func() error { return e.index(string(text)) })
			}
		case "check":
			for n := 1; n <= 4 && err == nil; n++ {
				var text []byte
				if text, err = os.ReadFile(filepath.Join(args[1], fmt.Sprintf("r%d.sql", n))); err != nil {
					break
				}
				err = timed(fmt.Sprint("R", n), func() error {
					rows, err := e.rule(string(text))
					a.Faults = append(a.Faults, rows...)
					return err
				})
			}
		default:
			err = fmt.Errorf("there is no word %q", word)
		}
		if err != nil {
			return err
		}
		if err := out.Encode(a); err != nil {
			return err
		}
	}
	return in.Err()
}

// tables are the names of the tables, in the order in which they are read.
var tables = []string{"body", "area", "owner", "scope", "post", "quota"}

func schema(dir string) (string, error) {
	text, err := os.ReadFile(filepath.Join(dir, "schema.sql"))
	return string(text), err
}

// DuckDB, in this process, in memory, on one thread.
type duckDB struct {
	db      *sql.DB
	version string
}

func openDuckDB() (*duckDB, error) {
	db, err := sql.Open("duckdb", "?threads=1")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	d := &duckDB{db: db}
	return d, db.QueryRow("select version()").Scan(&d.version)
}

func (d *duckDB) is() string { return "DuckDB " + strings.TrimPrefix(d.version, "v") }

func (d *duckDB) load(dir string) error {
	text, err := schema(dir)
	if err != nil {
		return err
	}
	if _, err := d.db.Exec(text); err != nil {
		return err
	}
	for _, t := range tables {
		if _, err := d.db.Exec(fmt.Sprintf("copy %s from '%s.csv' (header false)", t, filepath.Join(dir, t))); err != nil {
			return err
		}
	}
	return nil
}

// index makes no index but the table of areas inside areas: DuckDB's indexes
// serve the look-up of single rows, and its plans of the rules use none. The
// tables are in the order of their keys, which its zone maps see.
func (d *duckDB) index(text string) error {
	for statement := range strings.SplitSeq(text, ";") {
		if strings.Contains(statement, "create table") {
			if _, err := d.db.Exec(statement); err != nil {
				return err
			}
		}
	}
	_, err := d.db.Exec("analyze")
	return err
}

func (d *duckDB) rule(text string) ([][5]int64, error) {
	rows, err := d.db.Query(text)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out [][5]int64
	for rows.Next() {
		var r [5]int64
		if err := rows.Scan(&r[0], &r[1], &r[2], &r[3], &r[4]); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

func (d *duckDB) used() (cpu, peak int64) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // the system call takes no input that could be wrong
	}
	return u.Utime.Nano() + u.Stime.Nano(), u.Maxrss << 10
}

// PostgreSQL, a real server, one process: no parallel workers.
type postgres struct {
	conn    *pgx.Conn
	pid     int
	version string
}

func openPostgres(address string) (*postgres, error) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return nil, err
	}
	p := &postgres{conn: conn}
	for _, set := range []string{
		"max_parallel_workers_per_gather = 0", "max_parallel_maintenance_workers = 0", "jit = off",
		"work_mem = '2GB'", "maintenance_work_mem = '2GB'", "synchronous_commit = off",
	} {
		if _, err := conn.Exec(ctx, "set "+set); err != nil {
			return nil, err
		}
	}
	return p, conn.QueryRow(ctx, "select pg_backend_pid(), split_part(version(), ' ', 2)").Scan(&p.pid, &p.version)
}

func (p *postgres) is() string { return "PostgreSQL " + p.version }

func (p *postgres) load(dir string) error {
	ctx := context.Background()
	text, err := schema(dir)
	if err != nil {
		return err
	}
	if _, err := p.conn.Exec(ctx, strings.ReplaceAll(text, "create table", "create unlogged table")); err != nil {
		return err
	}
	for _, t := range tables {
		f, err := os.Open(filepath.Join(dir, t+".csv"))
		if err != nil {
			return err
		}
		_, err = p.conn.PgConn().CopyFrom(ctx, f, "copy "+t+" from stdin (format csv)")
		f.Close()
		if err != nil {
			return fmt.Errorf("table %s: %w", t, err)
		}
	}
	return nil
}

func (p *postgres) index(text string) error {
	ctx := context.Background()
	if _, err := p.conn.Exec(ctx, text); err != nil {
		return err
	}
	_, err := p.conn.Exec(ctx, "vacuum (analyze)") // without it no scan reads an index alone
	return err
}

func (p *postgres) rule(text string) ([][5]int64, error) {
	rows, err := p.conn.Query(context.Background(), text)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (r [5]int64, err error) {
		return r, row.Scan(&r[0], &r[1], &r[2], &r[3], &r[4])
	})
}

func (p *postgres) used() (cpu, peak int64) { return processor(p.pid), resident(p.pid) }

// SQLite, as the program sqlite3: the engine as its authors build it.
type sqlite struct {
	in      io.WriteCloser
	out     *bufio.Reader
	pid     int
	version string
}

func openSQLite(file string) (*sqlite, error) {
	c := exec.Command("sqlite3", "-batch", "-csv", file)
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, err
	}
	s := &sqlite{in: in, out: bufio.NewReader(out), pid: c.Process.Pid}
	lines, err := s.say("pragma journal_mode = off; pragma synchronous = off; pragma temp_store = memory; pragma cache_size = -2000000; pragma mmap_size = 17179869184; select sqlite_version();")
	if err == nil && len(lines) > 0 {
		s.version = lines[len(lines)-1]
	}
	return s, err
}

func (s *sqlite) is() string { return "SQLite " + s.version }

// say hands statements over and gives the lines that come back.
func (s *sqlite) say(text string) (lines []string, err error) {
	const end = "-- that was all --"
	if _, err := fmt.Fprintf(s.in, "%s\n.print '%s'\n", text, end); err != nil {
		return nil, err
	}
	for {
		line, err := s.out.ReadString('\n')
		line = strings.TrimRight(line, "\r\n")
		if line == end {
			return lines, nil
		}
		if err != nil {
			return nil, fmt.Errorf("sqlite3 ended: %w", err)
		}
		lines = append(lines, line)
	}
}

func (s *sqlite) load(dir string) error {
	text, err := schema(dir)
	if err != nil {
		return err
	}
	for _, t := range tables {
		text += fmt.Sprintf("\n.import '%s.csv' %s", filepath.Join(dir, t), t)
	}
	_, err = s.say(text)
	return err
}

func (s *sqlite) index(text string) error {
	_, err := s.say(text + "\nanalyze;")
	return err
}

func (s *sqlite) rule(text string) ([][5]int64, error) {
	lines, err := s.say(text + ";")
	if err != nil {
		return nil, err
	}
	out := make([][5]int64, len(lines))
	for i, line := range lines {
		cells := strings.Split(line, ",")
		if len(cells) != 5 {
			return nil, fmt.Errorf("a row that has not five numbers: %q", line)
		}
		for k, c := range cells {
			if out[i][k], err = strconv.ParseInt(c, 10, 64); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

func (s *sqlite) used() (cpu, peak int64) { return processor(s.pid), resident(s.pid) }

// processor gives the time that a process was on a processor so far, in
// nanoseconds: Linux keeps it for each of its threads.
func processor(pid int) (sum int64) {
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	for _, file := range files {
		text, _ := os.ReadFile(file)
		on, _, _ := strings.Cut(string(text), " ")
		n, _ := strconv.ParseInt(on, 10, 64)
		sum += n
	}
	return sum
}

// resident gives the most memory of a process that was resident, in bytes.
func resident(pid int) int64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			return n << 10
		}
	}
	return 0
}
