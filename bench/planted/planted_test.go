package planted

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"oneboard/internal/check"
	"oneboard/internal/exchange"
	"oneboard/internal/org"
)

// size is that of the boards of these tests: every kind of fault is in them.
const size = 3000

// TestFound holds what the check finds on boards against what was planted in
// them, as values and as tables that were written and read.
func TestFound(t *testing.T) {
	for seed := range uint64(5) {
		rows := Make(size, seed)
		kinds := map[int]int{}
		for _, f := range rows.Planted {
			kinds[f.Rule]++
		}
		if kinds[1] == 0 || kinds[2] == 0 || kinds[3] == 0 || kinds[4] == 0 {
			t.Fatalf("seed %d plants %v faults of the rules: some has none", seed, kinds)
		}
		board := rows.Board()
		same(t, "the check", ask(t, board), rows.Planted)
		dir := t.TempDir()
		if err := exchange.WriteBoard(dir, board); err != nil {
			t.Fatal(err)
		}
		read, problems, err := exchange.ReadBoard(os.DirFS(dir), ".")
		if err != nil || len(problems) > 0 {
			t.Fatal(err, problems)
		}
		same(t, "the check of the tables", ask(t, read), rows.Planted)
	}
}

// TestStill finds the same faults in boards that stand still.
func TestStill(t *testing.T) {
	for seed := range uint64(5) {
		rows := Make(size, seed).Still()
		found, err := Answers(check.Run(rows.Board(), StillPlan()).Problems)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "the check", StillAnswers(found), rows.Planted)
	}
}

func ask(t *testing.T, board *org.Board) []Fault {
	t.Helper()
	found, err := Answers(check.Run(board, Plan()).Problems)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestDatabasesAgree has SQLite and PostgreSQL find the faults of a board.
func TestDatabasesAgree(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) {
		agrees(t, "sqlite", filepath.Join(t.TempDir(), "rows.db"))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		address := os.Getenv("ONEBOARD_TEST_POSTGRES")
		if address == "" {
			lack(t, "ONEBOARD_TEST_POSTGRES has no connection string; tools/postgres-for-tests starts a server and prints one")
		}
		agrees(t, "pgx", address)
	})
}

func lack(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("ONEBOARD_MUST") != "" {
		t.Fatal(what)
	}
	t.Skip(what)
}

func agrees(t *testing.T, driver, address string) {
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ctx := context.Background()
	c, err := db.Conn(ctx) // one connection: a schema is a connection's
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	do := func(text string) {
		t.Helper()
		if _, err := c.ExecContext(ctx, text); err != nil {
			t.Fatalf("%s\n%.200s", err, text)
		}
	}
	if driver == "pgx" {
		schema := pgx.Identifier{fmt.Sprintf("planted_%d", os.Getpid())}.Sanitize()
		do("create schema " + schema)
		defer func() { do("drop schema " + schema + " cascade") }()
		do("set search_path = " + schema)
	}
	do(Schema)
	rows := Make(size, 11)
	dir := t.TempDir()
	if err := rows.Write(dir); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"body", "area", "owner", "scope", "post", "quota"} {
		text, err := os.ReadFile(filepath.Join(dir, table+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		for some := range slices.Chunk(strings.Fields(string(text)), 1000) {
			do("insert into " + table + " values (" + strings.Join(some, "), (") + ")")
		}
	}
	do(Indexes)
	var found []Fault
	for _, rule := range Rules() {
		answer, err := c.QueryContext(ctx, rule)
		if err != nil {
			t.Fatal(err)
		}
		for answer.Next() {
			var f Fault
			if err := answer.Scan(&f.Rule, &f.Thing, &f.Part, &f.From, &f.Until); err != nil {
				t.Fatal(err)
			}
			found = append(found, f)
		}
		if err := answer.Err(); err != nil {
			t.Fatal(err)
		}
	}
	slices.SortFunc(found, Fault.Compare)
	same(t, driver, found, rows.Planted)
}

func same(t *testing.T, who string, got, want []Fault) {
	t.Helper()
	if slices.Equal(got, want) {
		return
	}
	for _, f := range want {
		if !slices.Contains(got, f) {
			t.Errorf("%s does not find %+v", who, f)
		}
	}
	for _, f := range got {
		if !slices.Contains(want, f) {
			t.Errorf("%s finds %+v, which was not planted", who, f)
		}
	}
}
