package register

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"oneboard/internal/check"
	"oneboard/internal/exchange"
	"oneboard/internal/org"
	"oneboard/internal/planfile"
)

// An engine is a database to run the suite on: fresh gives the connection to a
// new, empty one.
type engine struct {
	name  string
	fresh func(t testing.TB) string
}

// each runs a test of the suite on every database that is there. PostgreSQL is
// there when ONEBOARD_TEST_POSTGRES has a connection string; see
// tools/postgres-for-tests.
func each(t *testing.T, test func(t *testing.T, dsn string)) {
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) { test(t, e.fresh(t)) })
	}
}

var engines = []engine{
	{"sqlite", func(t testing.TB) string { return filepath.Join(t.TempDir(), "登记 ?#%&.db") }},
	{"postgres", freshPostgres},
}

// lack skips a test whose server is not there, or fails it where nothing may be
// missing: ./test sets ONEBOARD_MUST once it has installed everything.
func lack(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("ONEBOARD_MUST") != "" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// freshPostgres makes a schema of its own for the test.
func freshPostgres(t testing.TB) string {
	dsn := os.Getenv("ONEBOARD_TEST_POSTGRES")
	if dsn == "" {
		lack(t, "ONEBOARD_TEST_POSTGRES has no connection string; tools/postgres-for-tests starts a server and prints one")
	}
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("t%d_%d", os.Getpid(), time.Now().UnixNano())
	admin := func(statement string) {
		d, err := openDatabase(dsn)
		if err == nil {
			_, err = d.write.Exec(statement)
			d.close()
		}
		if err != nil {
			t.Error(err)
		}
	}
	admin("CREATE SCHEMA " + name)
	t.Cleanup(func() { admin("DROP SCHEMA " + name + " CASCADE") })
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}

// raw opens a database past the register, as somebody with a tool would.
func raw(t testing.TB, dsn string) *sql.DB {
	t.Helper()
	d, err := openDatabase(dsn)
	if err == nil && !d.postgres {
		d.close()
		d, err = openSQLite("file:"+(&url.URL{Path: dsn}).EscapedPath()+"?_pragma=busy_timeout(10000)", "")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.close() })
	return d.write
}

func open(t testing.TB, dsn string) *Register {
	t.Helper()
	r, err := Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func at(day int) Stamp {
	return Stamp{"编办 王", time.Date(2018, 1, day, 9, 0, 0, 123456789, time.UTC)}
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func day(s string) org.Date {
	d, err := org.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// board is a small board with a row in every table.
func board() *org.Board {
	b := &org.Board{
		Areas:  []org.Area{{Code: "yh", Name: "云海市", Level: "city", Interval: org.Whole}, {Code: "yh/east", Name: "东城区", Parent: "yh", Interval: org.Whole}},
		Bodies: []org.Body{{ID: "gov", Name: "市政府", Interval: org.Whole}, {ID: "mlr", Name: "国土局", Superior: "gov", Interval: org.Whole}, {ID: "mwr", Name: "水务局", Superior: "gov", Interval: org.Interval{From: day("2001-01-01"), To: org.Forever}}},
		Duties: []org.Duty{{ID: "land", Name: "土地\t\"登记\"\u2028", Exclusive: true}, {ID: "water", Name: "水资源", Exclusive: true, Protected: true}},
		Responsibilities: []org.Responsibility{
			{Duty: "land", Body: "mlr", Keys: org.AllKeys, Interval: org.Whole, By: "law 1"},
			{Duty: "water", Body: "mwr", Keys: org.AllKeys, Interval: org.Whole}},
		Quotas:       []org.Quota{{Body: "mlr", Kind: "行政", Posts: 10, Leaders: -1, Deputies: -1, Interval: org.Whole}},
		Posts:        []org.Post{{ID: "p1", Body: "mlr", Title: "局长", Kind: "行政", Role: org.Head, Interval: org.Whole}},
		Appointments: []org.Appointment{{Post: "p1", Person: "u1", Interval: org.Interval{From: day("2010-05-01"), To: day("2030-01-01")}}},
		Items: []org.Item{{ID: "i1", Kind: "seal", Body: "mlr", Name: "印章", Until: org.NoDate, Extra: org.Extra{"", "red"}},
			{ID: "i2", Kind: "lease", Body: "mlr", Until: day("2020-02-29"), Extra: org.Extra{"x"}}},
		Plates: []org.Plate{{Body: "mlr", Name: "海洋局", Interval: org.Whole}},
		Tables: map[string]*org.Table{"items": {Extra: []string{"place", "colour"}}},
	}
	return b
}

const planText = `oneboard: plan/v1
id: yh
title: 机构改革方案
area: yh
start: 2018-02-01
instruments:
  - id: order
    title: 命令
    kind: order
    made: 2018-01-10
    effective: 2018-03-01
    clauses: ["1", "2"]
changes:
  - transfer: [water]
    from: mwr
    to: mlr
    by: order 1
    in_place: 2018-03-10
  - rename: mlr
    name: 自然资源局
    by: order 2
`

// checked gives the plan as checked against the board.
func checked(t testing.TB, b *org.Board, text string) *check.Checked {
	t.Helper()
	res := checkText(b, text)
	if res.Checked == nil {
		t.Fatalf("%v", res.Problems.Views("en"))
	}
	return res.Checked
}

func checkText(b *org.Board, text string) check.Result {
	p, problems := planfile.Parse("yh/plan.yaml", []byte(text))
	if problems.HasErrors() {
		return check.Result{Problems: problems}
	}
	return check.Run(b, p, &org.Pack{ID: "test", Required: org.AllKeys, FormerPerforms: org.Performer | org.Signatory,
		LeaderSteps: []org.LeaderStep{{UpTo: 0, Heads: 1, Deputies: 3}}})
}

func TestImportAndRead(t *testing.T) {
	each(t, func(t *testing.T, dsn string) {
		r := open(t, dsn)
		empty := must(r.At(t.Context(), Latest))(t)
		if empty.Seq != 0 || empty.Board.State() != (&org.Board{}).State() || empty.Timeline() == nil {
			t.Errorf("the empty register: %+v", empty)
		}
		b := board()
		got := must(r.Import(t.Context(), b, at(1)))(t)
		if got.Seq != 1 || !got.Recorded.Equal(at(1).At.Truncate(time.Microsecond)) {
			t.Errorf("receipt %+v", got)
		}
		v := must(r.At(t.Context(), Latest))(t)
		if v.Board.State() != b.State() {
			t.Errorf("the board is not the one imported:\n%+v", v.Board)
		}
		if again := must(r.At(t.Context(), AtEntry(1)))(t); again != v {
			t.Error("the view is not kept")
		}
		entries := must(r.Entries(t.Context(), 1, 10))(t)
		if len(entries) != 1 || entries[0].Who != at(1).Who || entries[0].Kind != KindImport || entries[0].Leaf != got.Leaf {
			t.Errorf("entries %+v", entries)
		}
		body := must(r.Body(t.Context(), 1))(t)
		if e := newEntry(1, got.Recorded, at(1).Who, KindImport, body); e.Leaf != got.Leaf {
			t.Error("the body is not the one hashed")
		}
		if _, err := r.Body(t.Context(), 2); !errors.Is(err, ErrNoEntry) {
			t.Errorf("no entry 2: %v", err)
		}
		if _, err := r.At(t.Context(), AtEntry(2)); !errors.Is(err, ErrNoEntry) {
			t.Errorf("no entry 2: %v", err)
		}
		intact(t, r)
	})
}

func intact(t testing.TB, r *Register, kept ...Checkpoint) Verification {
	t.Helper()
	v := must(r.Verify(context.Background(), kept...))(t)
	if !v.Whole {
		for _, f := range v.Findings {
			t.Errorf("%+v\n%s\n%s", f, f.In("en"), f.In("zh"))
		}
	}
	return v
}

func TestImportAnew(t *testing.T) {
	each(t, func(t *testing.T, dsn string) {
		r := open(t, dsn)
		first, second := board(), board()
		must(r.Import(t.Context(), first, at(1)))(t)
		second.Bodies[1].Name = "国土资源局"
		second.Posts = append(second.Posts, second.Posts[0])
		second.Plates = nil
		second.Bodies = append(second.Bodies, org.Body{ID: "new", Name: "新", Interval: org.Whole})
		must(r.Import(t.Context(), second, at(2)))(t)
		if v := must(r.At(t.Context(), AtEntry(1)))(t); v.Board.State() != first.State() {
			t.Error("what was known before has changed")
		}
		v := must(r.At(t.Context(), Latest))(t)
		if v.Board.State() != second.State() {
			t.Errorf("the second import is not known: %+v", v.Board)
		}
		if ids := v.Timeline().Bodies(); !slices.Equal(ids, []string{"gov", "mlr", "mwr", "new"}) {
			t.Errorf("the order of bodies: %v", ids)
		}
		var n int
		if err := r.db.row(t.Context(), "SELECT count(*) FROM body").Scan(&n); err != nil || n != 5 {
			t.Errorf("%d rows of bodies, %v: what did not change must stay known", n, err)
		}
		intact(t, r)
	})
}

func TestApply(t *testing.T) {
	each(t, func(t *testing.T, dsn string) {
		r := open(t, dsn)
		b := board()
		must(r.Import(t.Context(), b, at(1)))(t)
		c := checked(t, b, planText)
		must(r.Apply(t.Context(), c, at(12)))(t)

		v := must(r.At(t.Context(), Latest))(t)
		if len(v.Plans) != 1 || len(v.Packs) != 1 || v.Plans[0].Source.Text != planText {
			t.Fatalf("the plan is not there: %+v", v)
		}
		if got := v.Plans[0].Changes[0].Declared().At.Text(); got != "[water]" && got != "water" {
			t.Errorf("the change points at %q", got)
		}
		sameAnswers(t, r, v)
		old := must(r.At(t.Context(), AtEntry(1)))(t)
		if len(old.Plans) != 0 {
			t.Error("the plan is known before it was applied")
		}
		sameAnswers(t, r, old)
		who := func(d string, known Known) string {
			var out []string
			for _, h := range must(r.Who(t.Context(), "water", day(d), "", known))(t) {
				out = append(out, h.Key.String()+":"+h.Body)
			}
			return strings.Join(out, " ")
		}
		for _, c := range []struct {
			day   string
			known Known
			want  string
		}{
			{"2018-02-28", Latest, "holder:mwr performer:mwr name:mwr means:mwr"},
			{"2018-03-05", Latest, "holder:mlr performer:mwr name:mwr means:mlr"},
			{"2018-03-10", Latest, "holder:mlr performer:mlr name:mlr means:mlr"},
			{"2018-03-10", AtEntry(1), "holder:mwr performer:mwr name:mwr means:mwr"},
			{"2018-03-10", OnDay(day("2018-01-11"), time.UTC), "holder:mwr performer:mwr name:mwr means:mwr"},
			{"2018-03-10", OnDay(day("2018-01-12"), time.UTC), "holder:mlr performer:mlr name:mlr means:mlr"},
			{"2018-03-10", AsOf(at(1).At.Add(-time.Hour)), ""},
		} {
			if got := who(c.day, c.known); got != c.want {
				t.Errorf("%s as known %+v: %s, want %s", c.day, c.known, got, c.want)
			}
		}

		var first, cites string
		var on int64
		if err := r.db.row(t.Context(), "SELECT kind, on_day, cites FROM change_ ORDER BY position").Scan(&first, &on, &cites); err != nil ||
			first != "transfer" || org.Date(on) != day("2018-03-01") || cites != "order 1" {
			t.Errorf("the first change: %s on %v by %q, %v", first, org.Date(on), cites, err)
		}

		// the same again, another on top, another board: nothing is recorded
		if _, err := r.Apply(t.Context(), c, at(13)); !errors.Is(err, ErrStale) {
			t.Errorf("the same plan twice: %v", err)
		}
		other := checked(t, b, strings.Replace(planText, "id: yh", "id: other", 1))
		if _, err := r.Apply(t.Context(), other, at(13)); !errors.Is(err, ErrPlanned) {
			t.Errorf("a second plan: %v", err)
		}
		if _, err := r.Import(t.Context(), b, at(13)); !errors.Is(err, ErrPlanned) {
			t.Errorf("an import after a plan: %v", err)
		}
		if n := len(must(r.Entries(t.Context(), 0, 99))(t)); n != 2 {
			t.Errorf("%d entries", n)
		}
		intact(t, r)
	})
}

// sameAnswers holds Who against the timeline, for every duty, and around every
// day on which anything happens, and in every area.
func sameAnswers(t *testing.T, r *Register, v *View) {
	t.Helper()
	line := v.Timeline()
	days := []org.Date{day("2018-01-15"), day("2031-01-01")}
	for _, d := range line.Days() {
		days = append(days, d-1, d)
	}
	areas := []string{"", "nowhere"}
	for _, a := range v.Board.Areas {
		areas = append(areas, a.Code)
	}
	for _, duty := range append(line.Duties(), "no duty") {
		for _, d := range days {
			for _, area := range areas {
				want := line.Who(duty, d, area)
				got := must(r.Who(t.Context(), duty, d, area, AtEntry(v.Seq)))(t)
				if plain(got) != plain(want) {
					t.Fatalf("who has %s on %s in %q as known at %d:\n%s\nthe timeline says\n%s", duty, d, area, v.Seq, plain(got), plain(want))
				}
			}
		}
	}
}

func plain(hs []check.Holding) string {
	id := func(c org.Change) string {
		if c == nil || reflect.ValueOf(c).IsNil() {
			return "-"
		}
		return c.Declared().ID
	}
	var out []string
	for _, h := range hs {
		out = append(out, fmt.Sprint(h.Duty, h.Key, h.Body, h.Mode, h.Area, h.Interval, h.By, id(h.Began), id(h.Ended), h.Transitional, len(h.Except), h.Except))
	}
	return strings.Join(out, "\n")
}

func TestStale(t *testing.T) {
	each(t, func(t *testing.T, dsn string) {
		r := open(t, dsn)
		b := board()
		c := checked(t, b, planText)
		if _, err := r.Apply(t.Context(), c, at(1)); !errors.Is(err, ErrStale) {
			t.Errorf("applied to an empty register: %v", err)
		}
		must(r.Import(t.Context(), b, at(1)))(t)
		wrong := &org.Board{Plates: b.Plates}
		must(r.Correct(t.Context(), Correction{"抄错", "note 3", wrong, nil}, at(2)))(t)
		if _, err := r.Apply(t.Context(), c, at(3)); !errors.Is(err, ErrStale) {
			t.Errorf("the board has moved: %v", err)
		}
		intact(t, r)
	})
}

func TestClock(t *testing.T) {
	each(t, func(t *testing.T, dsn string) {
		r := open(t, dsn)
		must(r.Import(t.Context(), board(), at(2)))(t)
		_, err := r.Import(t.Context(), board(), at(1))
		if !errors.Is(err, ErrClock) || !strings.Contains(err.Error(), "2018-01-02T09:00:00.123456Z") {
			t.Errorf("an earlier clock: %v", err)
		}
		must(r.Import(t.Context(), board(), at(2)))(t)
		if _, err := r.Import(t.Context(), board(), Stamp{"", at(3).At}); err == nil {
			t.Error("nobody recorded")
		}
		if _, err := r.Import(t.Context(), board(), Stamp{"x", time.Time{}.AddDate(-3, 0, 0)}); !errors.Is(err, ErrClock) {
			t.Errorf("year -2: %v", err)
		}
	})
}

func TestTextThatCannotBeKept(t *testing.T) {
	each(t, func(t *testing.T, dsn string) {
		r := open(t, dsn)
		for _, text := range []string{"a\x00b", "\xff"} {
			b := board()
			b.Bodies[0].Name = text
			if _, err := r.Import(t.Context(), b, at(1)); err == nil || !strings.Contains(err.Error(), "can't be recorded") {
				t.Errorf("%q: %v", text, err)
			}
		}
		b := board()
		b.Bodies[0].Name = "\x01\x1f\x7f\u2028𠀀\\\"</script>"
		must(r.Import(t.Context(), b, at(1)))(t)
		if must(r.At(t.Context(), Latest))(t).Board.State() != b.State() {
			t.Error("changed on the way")
		}
	})
}

// An order made on 27 June takes effect from 29 May: who had the duty on 10
// June is one body as known on 20 June, and another as known on 28 June.
func TestRetroactiveOrder(t *testing.T) {
	each(t, func(t *testing.T, dsn string) {
		r := open(t, dsn)
		must(r.Import(t.Context(), board(), at(1)))(t)
		v := must(r.At(t.Context(), Latest))(t)
		row := v.Board.Responsibilities[1]
		before, after := row, row
		before.To = day("2018-05-29")
		after.From, after.Body, after.By = day("2018-05-29"), "mlr", "order-27 3"
		c := Correction{
			Reason: "命令追溯自 5 月 29 日起生效", Basis: "order-27 3",
			Wrong: &org.Board{Responsibilities: []org.Responsibility{row}},
			Right: &org.Board{Responsibilities: []org.Responsibility{before, after}},
		}
		made := Stamp{"编办", time.Date(2018, 6, 27, 8, 0, 0, 0, time.UTC)}
		must(r.Correct(t.Context(), c, made))(t)
		for known, want := range map[string]string{"2018-06-20": "mwr", "2018-06-26": "mwr", "2018-06-27": "mlr", "2018-06-28": "mlr"} {
			hs := must(r.Who(t.Context(), "water", day("2018-06-10"), "", OnDay(day(known), time.UTC)))(t)
			if len(hs) != 4 || hs[0].Body != want {
				t.Errorf("as known on %s: %v", known, hs)
			}
			view := must(r.At(t.Context(), OnDay(day(known), time.UTC)))(t)
			sameAnswers(t, r, view)
		}
		hs := must(r.Who(t.Context(), "water", day("2018-05-28"), "", Latest))(t)
		if len(hs) != 4 || hs[0].Body != "mwr" {
			t.Errorf("the day before it took effect: %v", hs)
		}
		if _, err := r.Correct(t.Context(), c, made); !errors.Is(err, ErrNoRow) {
			t.Errorf("the same correction twice: %v", err)
		}
		if _, err := r.Correct(t.Context(), Correction{Reason: "x", Wrong: c.Wrong}, made); err == nil {
			t.Error("a correction without a paper")
		}
		if _, err := r.Correct(t.Context(), Correction{Reason: "x", Basis: "y"}, made); err == nil {
			t.Error("a correction of nothing")
		}
		intact(t, r)
	})
}

// A correction under a plan that is applied carries through the plan.
func TestCorrectUnderAPlan(t *testing.T) {
	each(t, func(t *testing.T, dsn string) {
		r := open(t, dsn)
		b := board()
		must(r.Import(t.Context(), b, at(1)))(t)
		must(r.Apply(t.Context(), checked(t, b, planText), at(12)))(t)
		row := must(r.At(t.Context(), Latest))(t).Board.Responsibilities[1]
		split := row
		row.Keys, split.Keys, split.Body = org.Holder|org.Signatory, org.Performer|org.Means, "gov"
		must(r.Correct(t.Context(), Correction{"r", "b", &org.Board{Responsibilities: b.Responsibilities[1:]},
			&org.Board{Responsibilities: []org.Responsibility{row, split}}}, at(20)))(t)
		v := must(r.At(t.Context(), Latest))(t)
		sameAnswers(t, r, v)
		if v.Board.Responsibilities[1].Body != "mwr" || len(v.Plans) != 1 {
			t.Errorf("%+v", v.Board.Responsibilities)
		}
		intact(t, r)
	})
}

// The reform of 2018, as it is in the examples.
func TestStateCouncil(t *testing.T) {
	dir := os.DirFS("../../examples/state-council-2018")
	text, err := os.ReadFile("../../examples/state-council-2018/plan.yaml")
	if err != nil {
		t.Fatal(err)
	}
	each(t, func(t *testing.T, dsn string) {
		b, problems, err := exchange.ReadBoard(dir, ".")
		if err != nil || problems.HasErrors() {
			t.Fatal(err, problems)
		}
		p, problems := planfile.Parse("plan.yaml", text)
		if problems.HasErrors() {
			t.Fatal(problems)
		}
		packs, problems := planfile.Packs(p)
		if problems.HasErrors() {
			t.Fatal(problems)
		}
		r := open(t, dsn)
		must(r.Import(t.Context(), b, at(1)))(t)
		res := check.Run(b, p, packs...)
		if res.Checked == nil {
			t.Fatal("the example is not clean: its own test says why")
		}
		start := time.Now()
		must(r.Apply(t.Context(), res.Checked, at(2)))(t)
		t.Log("applied in", time.Since(start))
		v := must(r.At(t.Context(), Latest))(t)
		for _, duty := range res.Timeline.Duties() {
			if got, want := plain(v.Timeline().Holdings(duty)), plain(res.Timeline.Holdings(duty)); got != want {
				t.Fatalf("%s as recorded:\n%s\nas checked:\n%s", duty, got, want)
			}
			for _, d := range []string{"2018-03-20", "2018-03-21", "2018-06-01", "2018-12-31"} {
				got, want := plain(must(r.Who(t.Context(), duty, day(d), "", Latest))(t)), plain(res.Timeline.Who(duty, day(d), ""))
				if got != want {
					t.Fatalf("who has %s on %s:\n%s\nthe timeline says\n%s", duty, d, got, want)
				}
			}
		}
		intact(t, r)
	})
}

func TestCheckpoint(t *testing.T) {
	each(t, func(t *testing.T, dsn string) {
		r := open(t, dsn)
		var kept []Checkpoint
		var leaves []tlog.Hash
		kept = append(kept, must(r.Checkpoint(t.Context(), Latest))(t))
		for i := range 9 {
			b := board()
			b.Bodies[0].Name = fmt.Sprint(i)
			got := must(r.Import(t.Context(), b, at(i+1)))(t)
			kept, leaves = append(kept, got.Checkpoint), append(leaves, got.Leaf)
			if now := must(r.Checkpoint(t.Context(), AtEntry(int64(i+1))))(t); now != got.Checkpoint {
				t.Errorf("%v is not %v", now, got.Checkpoint)
			}
		}
		for _, k := range kept {
			parsed, err := ParseCheckpoint(k.String() + "\n— signature\n")
			if err != nil || parsed != k {
				t.Errorf("%v, %v", parsed, err)
			}
		}
		// another program's proof of inclusion
		last := kept[len(kept)-1]
		for i, leaf := range leaves {
			proof := must(tlog.ProveRecord(last.Size, int64(i), hashReader(t.Context(), r.db)))(t)
			if err := tlog.CheckRecord(proof, last.Size, last.Root, int64(i), leaf); err != nil {
				t.Error(err)
			}
		}
		v := intact(t, r, kept...)
		if v.Checkpoint != last || v.Entries != 9 {
			t.Errorf("%+v", v)
		}
		bad := kept[4]
		bad.Root[0]++
		longer := last
		longer.Size++
		if v := must(r.Verify(t.Context(), bad, longer))(t); v.Whole || len(v.Findings) != 2 || v.Findings[0].What != FoundFork {
			t.Errorf("%+v", v)
		}
	})
	for _, text := range []string{"", "a\n1\n", "a\n01\n" + strings.Repeat("A", 43) + "=\n", "a\n1\nxx\n", "\n1\n" + strings.Repeat("A", 43) + "=\n"} {
		if c, err := ParseCheckpoint(text); err == nil {
			t.Errorf("%q is a checkpoint: %v", text, c)
		}
	}
}
