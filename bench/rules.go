package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"oneboard/bench/planted"
	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/exchange"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// The rules that a database can tell as well, side by side in one run: every
// engine has the same rows loaded and indexed, finds the same faults, and then
// they take turns. See package planted for the rows and the rules, and peers
// for the databases.

// rounds is how often each engine runs the rules; the least counts.
const rounds = 5

// A pieceTook is what a piece of an engine's work took, in nanoseconds.
type pieceTook struct {
	What      string
	CPU, Wall int64
}

// An engineAnswer is what an engine gave back for a word: see peers.
type engineAnswer struct {
	Took   []pieceTook
	Faults [][5]int64
	Peak   int64
	Is     string
}

func (a *engineAnswer) sum() (cpu, wall time.Duration) {
	for _, t := range a.Took {
		cpu, wall = cpu+time.Duration(t.CPU), wall+time.Duration(t.Wall)
	}
	return cpu, wall
}

// faults gives what an engine found, sorted.
func (a *engineAnswer) faults() []planted.Fault {
	out := make([]planted.Fault, len(a.Faults))
	for i, f := range a.Faults {
		out[i] = planted.Fault{Rule: int(f[0]), Thing: int32(f[1]), Part: int32(f[2]), From: org.Date(f[3]), Until: org.Date(f[4])}
	}
	slices.SortFunc(out, planted.Fault.Compare)
	return out
}

// An engine is a program that holds a board and answers words.
type engine struct {
	name   string
	in     io.WriteCloser
	out    *bufio.Reader
	end    func() error
	load   engineAnswer
	index  engineAnswer
	checks []engineAnswer
	wall   time.Duration // of the checks, and what others used of the processors then
	others time.Duration
}

func startEngine(name string, c *exec.Cmd) (*engine, error) {
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
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &engine{name: name, in: in, out: bufio.NewReaderSize(out, 1<<20), end: func() error {
		in.Close()
		return c.Wait()
	}}, nil
}

// say gives an engine a word and waits for its answer.
func (e *engine) say(word string) (a engineAnswer, err error) {
	if _, err := fmt.Fprintln(e.in, word); err != nil {
		return a, fmt.Errorf("%s: %w", e.name, err)
	}
	line, err := e.out.ReadBytes('\n')
	if err != nil {
		return a, fmt.Errorf("%s ended at %q: %w", e.name, word, err)
	}
	return a, json.Unmarshal(line, &a)
}

// least gives the run that took the least processor time.
func (e *engine) least() *engineAnswer {
	best := &e.checks[0]
	for i := range e.checks {
		if a, _ := e.checks[i].sum(); a < func() time.Duration { c, _ := best.sum(); return c }() {
			best = &e.checks[i]
		}
	}
	return best
}

// rulesAgainst measures the rules at each size, and prints a table for each and
// how the cost grows.
func (b *bench) rulesAgainst(sizes, only string) error {
	peers := filepath.Join(b.temp, "peers")
	build := exec.Command("go", "-C", "bench/peers", "build", "-o", peers, ".")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build of bench/peers, which needs a C compiler: %w\n%s", err, out)
	}
	first := map[string]time.Duration{}
	firstSize := 0
	if only == "" || strings.Contains(only, "shacl") {
		if err := b.rulesStill(stillBodies); err != nil {
			return err
		}
	}
	for size := range strings.SplitSeq(sizes, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(size))
		if err != nil || n < 1000 {
			return fmt.Errorf("-rules takes sizes of at least 1000 with commas between them, not %q", size)
		}
		took, err := b.rulesAt(n, peers, only)
		if err != nil {
			return err
		}
		if firstSize == 0 {
			first, firstSize = took, n
			continue
		}
		fmt.Printf("\nGrowth from %d to %d bodies, %.1f times:", firstSize, n, float64(n)/float64(firstSize))
		for _, name := range slices.Sorted(mapKeys(took)) {
			fmt.Printf(" %s %.1f;", name, float64(took[name])/float64(first[name]))
		}
		fmt.Println()
	}
	return nil
}

func mapKeys[K comparable, V any](m map[K]V) func(func(K) bool) {
	return func(yield func(K) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// rulesAt holds all engines against each other at one size, and gives the least
// processor time of each.
func (b *bench) rulesAt(n int, peers, only string) (map[string]time.Duration, error) {
	dir, self, err := b.planted("plant", n)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	var engines []*engine
	defer func() {
		for _, e := range engines {
			e.end() // it has answered or failed already
		}
	}()
	start := func(name string, c *exec.Cmd) error {
		if only != "" && !slices.Contains(strings.Split(only, ","), strings.ToLower(name)) {
			return nil
		}
		e, err := startEngine(name, c)
		if err == nil {
			engines = append(engines, e)
		}
		return err
	}
	if err := start("Oneboard", exec.Command(self, "-child", "rules", dir, strconv.Itoa(n))); err != nil {
		return nil, err
	}
	if only == "" || strings.Contains(only, "postgres") {
		address, stop, err := startPostgres()
		if err != nil {
			return nil, err
		}
		defer stop()
		if err := start("PostgreSQL", exec.Command(peers, "postgres", dir, address)); err != nil {
			return nil, err
		}
	}
	if err := start("SQLite", exec.Command(peers, "sqlite", dir)); err != nil {
		return nil, err
	}
	if err := start("DuckDB", exec.Command(peers, "duckdb", dir)); err != nil {
		return nil, err
	}
	what := fmt.Sprintf("%d bodies, %d duties, %d posts", n, 10*n, 10*n)
	return measureRules(engines, what, rounds)
}

// planted makes a board in a folder of its own.
func (b *bench) planted(work string, n int) (dir, self string, err error) {
	if self, err = os.Executable(); err != nil {
		return "", "", err
	}
	if dir, err = os.MkdirTemp(b.temp, "rules-"); err != nil {
		return "", "", err
	}
	if out, err := exec.Command(self, "-child", work, dir, strconv.Itoa(n)).CombinedOutput(); err != nil {
		return "", "", fmt.Errorf("making the board: %w\n%s", err, out)
	}
	return dir, self, nil
}

// stillBodies is the size of the board that SHACL is given. Its rules know no
// days, so the board stands still.
const stillBodies = 10_000

// rulesStill holds the check against SHACL, where npm has installed it.
func (b *bench) rulesStill(n int) error {
	const shacl = "bench/peers/shacl"
	if _, err := os.Stat(filepath.Join(shacl, "node_modules/shacl-engine")); err != nil {
		fmt.Printf("\nSHACL is left out: npm ci --prefix %s installs it\n", shacl)
		return nil
	}
	dir, self, err := b.planted("plant-still", n)
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var engines []*engine
	defer func() {
		for _, e := range engines {
			e.end()
		}
	}()
	for name, c := range map[string]*exec.Cmd{
		"Oneboard": exec.Command(self, "-child", "rules-still", dir, strconv.Itoa(n)),
		"SHACL":    exec.Command("node", "--max-old-space-size=8192", filepath.Join(shacl, "shacl.mjs"), dir),
	} {
		e, err := startEngine(name, c)
		if err != nil {
			return err
		}
		engines = append(engines, e)
	}
	slices.SortFunc(engines, func(a, b *engine) int { return cmp.Compare(a.name, b.name) })
	_, err = measureRules(engines, fmt.Sprintf("%d bodies, %d duties, %d posts as on one day", n, 10*n, 10*n), 3)
	return err
}

// startPostgres starts a server that has memory for all tables.
func startPostgres() (address string, stop func(), err error) {
	c := exec.Command("tools/postgres-for-tests")
	c.Env = append(os.Environ(), "POSTGRES_OPTIONS=-c shared_buffers=4GB -c max_wal_size=8GB -c autovacuum=off -c fsync=off")
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err != nil {
		return "", nil, fmt.Errorf("tools/postgres-for-tests: %w", err)
	}
	address = strings.TrimSpace(string(out))
	return address, func() { _ = exec.Command("tools/postgres-for-tests", "stop", address).Run() }, nil
}

func measureRules(engines []*engine, what string, rounds int) (map[string]time.Duration, error) {
	var reference []planted.Fault
	for _, e := range engines {
		var err error
		if e.load, err = e.say("load"); err != nil {
			return nil, err
		}
		if e.index, err = e.say("index"); err != nil {
			return nil, err
		}
		a, err := e.say("check") // warms, and is compared
		if err != nil {
			return nil, err
		}
		found := a.faults()
		if reference == nil {
			reference = found
		}
		if !slices.Equal(found, reference) {
			return nil, fmt.Errorf("%s finds other faults than %s: %d and %d", e.name, engines[0].name, len(found), len(reference))
		}
	}
	for range rounds {
		for _, e := range engines {
			busy, begin := busyTime(), time.Now()
			a, err := e.say("check")
			if err != nil {
				return nil, err
			}
			cpu, _ := a.sum()
			e.wall += time.Since(begin)
			e.others += max(0, busyTime()-busy-cpu)
			e.checks = append(e.checks, a)
		}
	}
	count := [5]int{}
	for _, f := range reference {
		count[f.Rule]++
	}
	fmt.Printf("\n%s; every engine finds the same %d faults: R1 %d, R2 %d, R3 %d, R4 %d; least of %d runs in turns\n\n",
		what, len(reference), count[1], count[2], count[3], count[4], rounds)
	fmt.Println("| engine | check, processor | × | each rule | wall | load, processor | index, processor | memory | others' share |\n|---|---|---|---|---|---|---|---|---|")
	took := map[string]time.Duration{}
	base, _ := engines[0].least().sum()
	for _, e := range engines {
		best := e.least()
		cpu, wall := best.sum()
		took[e.name] = cpu
		var each []string
		if len(best.Took) > 1 {
			for _, t := range best.Took {
				each = append(each, fmt.Sprintf("%s %.3f", t.What, time.Duration(t.CPU).Seconds()))
			}
		}
		load, _ := e.load.sum()
		index, _ := e.index.sum()
		fmt.Printf("| %s | %.3f s | %.1f | %s | %.3f s | %.2f s | %.2f s | %d MB | %.0f %% |\n", best.Is, cpu.Seconds(), float64(cpu)/float64(base),
			cmp.Or(strings.Join(each, ", "), "–"), wall.Seconds(), load.Seconds(), index.Seconds(), best.Peak>>20,
			100*e.others.Seconds()/(e.wall.Seconds()*float64(runtime.NumCPU())))
	}
	return took, nil
}

// busyTime is the processor time that the whole machine has used so far; nought
// where the system does not tell.
func busyTime() time.Duration {
	text, _ := os.ReadFile("/proc/stat")
	line, _, _ := strings.Cut(string(text), "\n")
	var sum int64
	for i, word := range strings.Fields(line) {
		if i == 0 || i == 4 || i == 5 || i > 8 { // the name, idle, waiting, guests
			continue
		}
		ticks, _ := strconv.ParseInt(word, 10, 64)
		sum += ticks
	}
	return time.Duration(sum) * 10 * time.Millisecond
}

// tablesUpTo is the most bodies of which Oneboard reads its own tables: beyond,
// a table is larger than what it takes for a text of a person.
const tablesUpTo = 200_000

// plant writes a board's rows for the databases, and its tables for Oneboard.
func plant(dir string, n int, still bool) error {
	rows := planted.Make(n, seed)
	if still {
		return rows.Still().Write(dir)
	}
	if err := rows.Write(dir); err != nil {
		return err
	}
	texts := map[string]string{"schema.sql": planted.Schema, "index.sql": planted.Indexes}
	for i, rule := range planted.Rules() {
		texts[fmt.Sprintf("r%d.sql", i+1)] = rule
	}
	for name, text := range texts {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	if n > tablesUpTo {
		return nil
	}
	board := filepath.Join(dir, "board")
	if err := os.Mkdir(board, 0o755); err != nil {
		return err
	}
	return exchange.WriteBoard(board, rows.Board())
}

// serveRules is Oneboard as an engine: see peers for the words.
func serveRules(dir string, n int, still bool) error {
	rows, plan := planted.Make(n, seed), planted.Plan()
	if still {
		rows, plan = rows.Still(), planted.StillPlan()
	}
	want := rows.Planted
	var board *org.Board
	if n > tablesUpTo || still {
		board = rows.Board()
	}
	rows = nil
	var index *check.Index
	out := json.NewEncoder(os.Stdout)
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		a := engineAnswer{Is: "Oneboard"}
		var problems diag.List
		if in.Text() == "check" {
			// the first check from an index looks at every row, and later ones would
			// build on what it found: so each check has a new index
			index = check.IndexBoard(board)
			runtime.GC() // what is left behind is not the check's
		}
		before, _ := used()
		begin := time.Now()
		switch in.Text() {
		case "load":
			if board == nil {
				var err error
				if board, problems, err = exchange.ReadBoard(os.DirFS(dir), "board"); err != nil {
					return err
				}
				if len(problems) > 0 {
					problems.WriteText(os.Stderr, lang.EN, 5)
					return fmt.Errorf("the board does not read clean")
				}
			}
		case "index":
			index = check.IndexBoard(board)
		case "check":
			problems = index.Run(plan).Problems
		}
		wall := time.Since(begin)
		after, usage := used()
		a.Took, a.Peak = []pieceTook{{in.Text(), int64(after - before), int64(wall)}}, peak(usage)
		if in.Text() == "check" {
			found, err := planted.Answers(problems)
			if err != nil {
				return err
			}
			if still {
				found = planted.StillAnswers(found)
			}
			if !slices.Equal(found, want) {
				return fmt.Errorf("the check finds %d faults, %d were planted", len(found), len(want))
			}
			for _, f := range found {
				a.Faults = append(a.Faults, [5]int64{int64(f.Rule), int64(f.Thing), int64(f.Part), int64(f.From), int64(f.Until)})
			}
			problems = nil
		}
		if err := out.Encode(a); err != nil {
			return err
		}
	}
	return in.Err()
}
