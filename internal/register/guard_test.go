package register

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"oneboard/internal/org"
)

// filled is a register with an import, a plan and a correction.
func filled(t *testing.T, dsn string) *Register {
	t.Helper()
	r := open(t, dsn)
	b := board()
	must(r.Import(t.Context(), b, at(1)))(t)
	must(r.Apply(t.Context(), checked(t, b, planText), at(2)))(t)
	must(r.Correct(t.Context(), Correction{"抄错", "note 3", &org.Board{Plates: b.Plates}, nil}, at(3)))(t)
	return r
}

func TestTheDatabaseRefusesChanges(t *testing.T) {
	each(t, func(t *testing.T, dsn string) {
		r := filled(t, dsn)
		db := raw(t, dsn)
		statements := []string{
			"UPDATE ledger SET who = 'x'", "UPDATE ledger SET seq = seq + 10 WHERE seq = 3", "DELETE FROM ledger", "DELETE FROM ledger WHERE seq = 3",
			"UPDATE tree SET hash = hash", "DELETE FROM tree", "UPDATE origin SET name = 'x'", "DELETE FROM origin",
			"INSERT INTO ledger SELECT 9, recorded, who, kind, coding, size, hash, leaf, body FROM ledger WHERE seq = 1",
			"INSERT INTO ledger SELECT 4, recorded - 99999999, who, kind, coding, size, hash, leaf, body FROM ledger WHERE seq = 1",
			"INSERT INTO ledger SELECT 4, recorded, '', kind, coding, size, hash, leaf, body FROM ledger WHERE seq = 3",
			"INSERT INTO ledger SELECT 4, recorded, who, 'gossip', coding, size, hash, leaf, body FROM ledger WHERE seq = 3",
			"INSERT INTO tree SELECT 99, hash FROM tree WHERE place = 0",
		}
		if r.db.postgres {
			statements = append(statements, "TRUNCATE ledger", "TRUNCATE tree", "INSERT INTO ledger SELECT * FROM ledger ON CONFLICT (seq) DO UPDATE SET who = 'x'")
		} else {
			statements = append(statements,
				"INSERT OR REPLACE INTO ledger SELECT seq, recorded, 'x', kind, coding, size, hash, leaf, body FROM ledger WHERE seq = 2",
				"REPLACE INTO origin VALUES (1, 'x')", "INSERT OR REPLACE INTO tree SELECT 0, hash FROM tree WHERE place = 1",
				"UPDATE OR REPLACE ledger SET seq = 1 WHERE seq = 2",
				"INSERT INTO ledger SELECT 4, 'yesterday', who, kind, coding, size, hash, leaf, body FROM ledger WHERE seq = 3")
		}
		for _, s := range statements {
			if _, err := db.Exec(s); err == nil {
				t.Errorf("the database did it: %s", s)
			}
		}
		intact(t, r)
	})
}

func TestTamperingIsFound(t *testing.T) {
	for _, c := range []struct{ name, statement, what, table string }{
		{"who", "UPDATE ledger SET who = 'x' WHERE seq = 2", FoundLeaf, "ledger"},
		{"instant", "UPDATE ledger SET recorded = recorded + 1 WHERE seq = 1", FoundLeaf, "ledger"},
		{"body", "UPDATE ledger SET body = (SELECT body FROM ledger WHERE seq = 3), coding = 'identity' WHERE seq = 2", FoundBody, "ledger"},
		{"entry gone", "DELETE FROM ledger WHERE seq = 2", FoundGap, "ledger"},
		{"last entry gone", "DELETE FROM ledger WHERE seq = 3", FoundExtra, "tree"},
		{"tree", "UPDATE tree SET hash = (SELECT leaf FROM ledger WHERE seq = 1) WHERE place = 2", FoundChanged, "tree"},
		{"state", "UPDATE board_state SET state = (SELECT leaf FROM ledger WHERE seq = 1) WHERE seq = 1", FoundChanged, "board_state"},
		{"a cell", "UPDATE body SET name = 'x' WHERE n = 2", FoundChanged, "body"},
		{"valid time", "UPDATE holding SET valid_to = valid_to - 1 WHERE n = 1", FoundChanged, "holding"},
		{"known time", "UPDATE plate SET known_to = known_to + 1 WHERE n = 1", FoundChanged, "plate"},
		{"row gone", "DELETE FROM duty WHERE n = 1", FoundMissing, "duty"},
		{"row made up", "INSERT INTO plate SELECT n + 1, pos, body, name, extra, valid_from, valid_to, known_from, known_to FROM plate", FoundExtra, "plate"},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, dsn string) {
				r := filled(t, dsn)
				db := raw(t, dsn)
				if r.db.postgres {
					for _, table := range []string{"ledger", "tree"} {
						run(t, db, "ALTER TABLE "+table+" DISABLE TRIGGER USER")
						defer run(t, db, "ALTER TABLE "+table+" ENABLE TRIGGER USER")
					}
					run(t, db, c.statement)
					v := must(r.Verify(t.Context()))(t)
					guards := 0
					for _, f := range v.Findings {
						if f.What == FoundGuard {
							guards++
						}
					}
					if guards != 4 {
						t.Errorf("%d guards are found to be off: %+v", guards, v.Findings)
					}
				} else {
					triggers := guardsOf(t, db)
					for name := range triggers {
						run(t, db, "DROP TRIGGER "+name)
					}
					run(t, db, c.statement)
					v := must(r.Verify(t.Context()))(t)
					if last := v.Findings[len(v.Findings)-1]; last.What != FoundGuard {
						t.Errorf("that the guards are gone is not found: %+v", v.Findings)
					}
					for _, text := range triggers {
						run(t, db, text)
					}
				}
				v := must(r.Verify(t.Context()))(t)
				if v.Whole || len(v.Findings) == 0 || v.Findings[0].What == FoundGuard && !r.db.postgres {
					t.Fatalf("not found: %+v", v)
				}
				for _, f := range v.Findings {
					if f.What == c.what && f.Table == c.table {
						return
					}
				}
				t.Errorf("want %s in %s: %+v", c.what, c.table, v.Findings)
			})
		})
	}
}

func guardsOf(t *testing.T, db *sql.DB) map[string]string {
	t.Helper()
	rows, err := db.Query("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			t.Fatal(err)
		}
		out[name] = text
	}
	return out
}

func run(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.Exec(statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// A whole forged ledger, hashes and all, is found by a checkpoint that was kept.
func TestForgeryIsFoundByACheckpoint(t *testing.T) {
	each(t, func(t *testing.T, dsn string) {
		r := filled(t, dsn)
		kept := must(r.Checkpoint(t.Context(), Latest))(t)
		intact(t, r, kept)
		forged := open(t, engines[0].fresh(t))
		b := board()
		b.Bodies[0].Name = "x"
		must(forged.Import(t.Context(), b, at(1)))(t)
		must(forged.Import(t.Context(), b, at(2)))(t)
		kept.Origin = must(forged.Checkpoint(t.Context(), Latest))(t).Origin
		v := must(forged.Verify(t.Context(), kept))(t)
		if len(v.Findings) != 1 || v.Findings[0].What != FoundFork {
			t.Errorf("%+v", v)
		}
	})
}

// Whatever stops a write between two steps, the old state stands.
func TestStoppedBetweenSteps(t *testing.T) {
	each(t, func(t *testing.T, dsn string) {
		r := open(t, dsn)
		b := board()
		must(r.Import(t.Context(), b, at(1)))(t)
		c := checked(t, b, planText)
		stop := errors.New("stopped")
		writes := map[string]func(context.Context) (Receipt, error){
			"import":  func(ctx context.Context) (Receipt, error) { return r.Import(ctx, &org.Board{}, at(2)) },
			"plan":    func(ctx context.Context) (Receipt, error) { return r.Apply(ctx, c, at(2)) },
			"correct": func(ctx context.Context) (Receipt, error) { return r.Correct(ctx, Correction{"r", "b", b, nil}, at(2)) },
		}
		for name, write := range writes {
			for _, step := range []string{"nothing", "entry", "derived", "checkpoint"} {
				for _, how := range []string{"error", "cancelled"} {
					ctx, cancel := context.WithCancel(t.Context())
					r.fault = func(now string) error {
						if now != step {
							return nil
						}
						if how == "cancelled" {
							cancel() // the transaction finds out by itself
							return nil
						}
						return stop
					}
					_, err := write(ctx)
					cancel()
					r.fault = nil
					if err == nil || how == "error" && !errors.Is(err, stop) {
						t.Errorf("%s, stopped after %q (%s): %v", name, step, how, err)
					}
					v := must(r.At(t.Context(), Latest))(t)
					if v.Seq != 1 || v.Board.State() != b.State() {
						t.Fatalf("%s, stopped after %q (%s), left %d entries", name, step, how, v.Seq)
					}
				}
			}
		}
		intact(t, r)
		must(r.Apply(t.Context(), c, at(2)))(t)
		intact(t, r)
	})
}

// A writer that is killed has lost nothing that it acknowledged.
func TestKilledWriter(t *testing.T) {
	if dsn := os.Getenv("ONEBOARD_TEST_WRITER"); dsn != "" {
		r := open(t, dsn)
		for i := range 100000 {
			b := board()
			b.Bodies[0].Name = fmt.Sprint(i)
			got := must(r.Import(t.Context(), b, at(1)))(t)
			fmt.Printf("recorded %d\n", got.Seq)
		}
		return
	}
	each(t, func(t *testing.T, dsn string) {
		r := open(t, dsn)
		acknowledged := int64(0)
		for round := range 4 {
			child := exec.Command(os.Args[0], "-test.run=^TestKilledWriter$")
			child.Env = append(os.Environ(), "ONEBOARD_TEST_WRITER="+dsn)
			out, err := child.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(out)
			for n := 0; n < 5+3*round && lines.Scan(); n++ {
				if _, err := fmt.Sscanf(lines.Text(), "recorded %d", &acknowledged); err != nil {
					t.Fatalf("the writer says %q", lines.Text())
				}
			}
			time.Sleep(time.Duration(round*7) * time.Millisecond) // into the middle of a write
			child.Process.Kill()
			for lines.Scan() { // what it said before it died
				fmt.Sscanf(lines.Text(), "recorded %d", &acknowledged)
			}
			child.Wait()
			v := intact(t, r)
			if v.Entries < acknowledged || v.Entries > acknowledged+1 {
				t.Fatalf("%d entries, %d acknowledged", v.Entries, acknowledged)
			}
		}
	})
}

// Readers see one entry or the next, never between.
func TestReadersBesideAWriter(t *testing.T) {
	each(t, func(t *testing.T, dsn string) {
		r := open(t, dsn)
		states := map[int64][32]byte{}
		var boards []*org.Board
		for i := range 12 {
			b := board()
			b.Bodies[1].Name = strings.Repeat("名", i)
			b.Responsibilities[0].By = fmt.Sprint("law ", i)
			boards, states[int64(i+1)] = append(boards, b), b.State()
		}
		must(r.Import(t.Context(), boards[0], at(1)))(t)
		var done sync.WaitGroup
		stop := make(chan struct{})
		for range 4 {
			done.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					v, err := r.At(t.Context(), Latest)
					if err != nil {
						t.Error(err)
						return
					}
					if v.Board.State() != states[v.Seq] {
						t.Errorf("the board of entry %d is not the one recorded", v.Seq)
						return
					}
					hs, err := r.Who(t.Context(), "land", day("2018-01-01"), "", AtEntry(v.Seq))
					if err != nil || len(hs) != 4 || hs[0].By != fmt.Sprint("law ", v.Seq-1) {
						t.Errorf("who at entry %d: %v, %v", v.Seq, hs, err)
						return
					}
				}
			})
		}
		for i, b := range boards[1:] {
			must(r.Import(t.Context(), b, at(i+2)))(t)
		}
		close(stop)
		done.Wait()
		intact(t, r)
	})
}

// Two programs that write at once get two entries, one after the other.
func TestWritersOneAfterTheOther(t *testing.T) {
	each(t, func(t *testing.T, dsn string) {
		var done sync.WaitGroup
		for range 3 {
			done.Go(func() {
				r, err := Open(context.Background(), dsn)
				if err != nil {
					t.Error(err)
					return
				}
				defer r.Close()
				for range 4 {
					if _, err := r.Import(context.Background(), board(), at(1)); err != nil {
						t.Error(err)
					}
				}
			})
		}
		done.Wait()
		if v := intact(t, open(t, dsn)); v.Entries != 12 {
			t.Errorf("%d entries", v.Entries)
		}
	})
}

func TestMigrations(t *testing.T) {
	// Released steps never change: their hashes are listed here.
	hashes := map[string]string{
		"sqlite/0001_ledger":   "8e9b9a5f702f09e432485be870c3b794b3990abcbbd1c30ee01080de3d911c64",
		"postgres/0001_ledger": "44c3afd9bf6573d6830c73487eea51f4d93ad6f5d67cb1beb51dca61bcac2557",
	}
	for _, name := range []string{"sqlite", "postgres"} {
		steps, err := migrations(schema, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range steps {
			if want, ok := hashes[name+"/"+m.name]; !ok || m.hash() != want {
				t.Errorf("migration %s/%s has hash %s; an edited one can't run on databases that have run it: add a new one", name, m.name, m.hash())
			}
		}
	}
	each(t, func(t *testing.T, dsn string) {
		r := open(t, dsn)
		engine := "schema/" + r.db.engine() + "/"
		first, err := schema.ReadFile(engine + "0001_ledger.sql")
		if err != nil {
			t.Fatal(err)
		}
		next := func(text string) fstest.MapFS {
			return fstest.MapFS{engine + "0001_ledger.sql": {Data: first}, engine + "0002_next.sql": {Data: []byte(text)}}
		}
		if err := r.db.migrate(t.Context(), next("CREATE TABLE a (b INTEGER); CREATE TABLE oops (")); err == nil {
			t.Error("a step that fails")
		}
		if err := r.db.migrate(t.Context(), schema); err != nil {
			t.Errorf("a step that failed has left something: %v", err)
		}
		if err := r.db.migrate(t.Context(), next("CREATE TABLE a (b INTEGER)")); err != nil {
			t.Error(err)
		}
		if err := r.db.migrate(t.Context(), schema); !errors.Is(err, ErrNewer) {
			t.Errorf("a newer database: %v", err)
		}
		if err := r.db.migrate(t.Context(), next("CREATE TABLE a (c INTEGER)")); !errors.Is(err, ErrEdited) {
			t.Errorf("an edited step: %v", err)
		}
		if _, err := Open(t.Context(), dsn); !errors.Is(err, ErrNewer) {
			t.Errorf("opening a newer database: %v", err)
		}
	})
	if _, err := migrations(fstest.MapFS{"schema/sqlite/0002_x.sql": {}}, "sqlite"); err == nil {
		t.Error("a step is missing")
	}
}

func TestOpenWhatIsNoRegister(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(file, []byte(strings.Repeat("not a database\n", 400)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dsn := range []string{"", dir, file, filepath.Join(dir, "no", "such", "folder.db"), "postgres://nobody@127.0.0.1:1/x?connect_timeout=1", "postgres://%zz"} {
		if r, err := Open(t.Context(), dsn); err == nil {
			r.Close()
			t.Errorf("%q was opened", dsn)
		} else if !strings.HasPrefix(err.Error(), "register: ") {
			t.Errorf("%q: %v", dsn, err)
		}
	}
	if got, err := os.ReadFile(file); err != nil || !strings.HasPrefix(string(got), "not a database") {
		t.Error("the file was written to")
	}
}
