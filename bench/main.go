// Command bench measures what Oneboard promises about speed, and prints the
// table of bench/README.md. From the root of the repository:
//
//	go run ./bench                 every row
//	go run ./bench -only city      rows whose name holds the word
//	go run ./bench -profile FILE   a processor profile of the check of the city,
//	                               or, with -child 'WORK' and its arguments, of that
//	go run ./bench -rules 100000   the rules against databases, at a size
//	go run ./bench -nation 400     a nation in pieces, of so many cities
//
// Each figure is of a process of its own, so that nothing is warm and the peak
// of memory is that row's. Processor time is user and system together, of all
// threads, the garbage collector's too.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"oneboard/bench/city"
	"oneboard/internal/check"
	"oneboard/internal/exchange"
	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/planfile"
	"oneboard/internal/web"
)

// seed is that of every city measured.
const seed = 2019

// A row is one line of the table.
type row struct {
	name string
	goal string
	runs int
	// measure does the work once and says what it took.
	measure func() (took, error)
	// figure puts what the runs took into words.
	figure func([]took) string
}

// took is what one run took. Peak is the most memory that was resident.
type took struct {
	CPU, Wall time.Duration
	Peak      int64 // bytes
	Note      string
	// Many is what each of many like pieces of work took, sorted.
	Many []time.Duration `json:",omitempty"`
}

func main() {
	only := flag.String("only", "", "measure only rows whose name holds this word")
	profile := flag.String("profile", "", "write a processor profile of the check of the city, or of the -child, to this file")
	switzerland := flag.String("switzerland", "", "replay the communes of Switzerland too, from this folder of published files")
	sources := flag.String("sources", "", "replay the published files of all sources too, from this folder of their folders")
	rules := flag.String("rules", "", "hold the rules against databases, at these numbers of bodies, as 100000,1000000")
	nation := flag.Int("nation", 0, "measure a nation of so many cities, a multiple of four: 400 are 2 million bodies")
	engines := flag.String("engines", "", "with -rules: only these, of oneboard,postgresql,sqlite,duckdb,shacl")
	child := flag.String("child", "", "do one measured piece of work, on the arguments, and print what it took: nation-prove 8")
	flag.Parse()
	o := options{*only, *profile, *switzerland, *sources, *rules, *engines, *child, *nation, flag.Args()}
	if err := o.run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// options are what the command line says.
type options struct {
	only, profile, switzerland, sources, rules, engines, child string
	nation                                                     int
	args                                                       []string
}

func (o options) run() error {
	if o.child != "" {
		work, ok := children[o.child]
		if !ok {
			return fmt.Errorf("there is no piece of work %q", o.child)
		}
		if o.profile != "" {
			stop, err := profiled(o.profile)
			if err != nil {
				return err
			}
			defer stop()
		}
		t, err := work(o.args)
		if err != nil {
			return err
		}
		return json.NewEncoder(os.Stdout).Encode(t)
	}
	temp, err := os.MkdirTemp("", "oneboard-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	b := &bench{temp: temp, switzerland: o.switzerland, sources: o.sources}
	if o.profile != "" {
		return b.profile(o.profile)
	}
	b.program = filepath.Join(temp, "oneboard")
	if out, err := exec.Command("go", "build", "-trimpath", "-o", b.program, "./cmd/oneboard").CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	fmt.Printf("%s, %d processors, %s/%s, %s\n\n", runtime.Version(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, processor())
	if o.rules != "" {
		return b.rulesAgainst(o.rules, o.engines)
	}
	fmt.Println("| what | measured | goal |\n|---|---|---|")
	rows := b.rows()
	if o.nation > 0 {
		rows = b.nationRows(o.nation)
	}
	for _, r := range rows {
		if !strings.Contains(r.name, o.only) {
			continue
		}
		all := make([]took, r.runs)
		for i := range all {
			if all[i], err = r.measure(); err != nil {
				return fmt.Errorf("%s: %w", r.name, err)
			}
		}
		goal := r.goal
		if goal == "" {
			goal = "–"
		}
		fmt.Printf("| %s | %s | %s |\n", r.name, r.figure(all), goal)
	}
	return nil
}

// processor names the machine's processor, as far as the system tells.
func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(name), ":"))
		}
	}
	return "unknown processor"
}

type bench struct{ temp, program, switzerland, sources string }

func (b *bench) rows() []row {
	rows := []row{
		{"city 1×, check of values", "0.5 s of processor time, 400 MB", 7, b.child("check", 1), processorTime},
		{"city 1×, `oneboard check` of the folder", "", 5, b.checkFolder(1), processorTime},
	}
	for _, k := range []int{2, 4, 10} {
		rows = append(rows,
			row{fmt.Sprintf("city %d×, check of values", k), "grows as n log n", 3, b.child("check", k), processorTime},
			row{fmt.Sprintf("city %d×, `oneboard check` of the folder", k), "", 2, b.checkFolder(k), processorTime})
	}
	rows = append(rows,
		row{"city 1×, proof over every order, each handover in a window of ten days", "", 5, b.child("prove", 1), processorTime},
		row{"city 10×, proof over every order, each handover in a window of ten days", "3 s on 2 processors", 2, b.child("prove", 10), processorTime},
		row{"city 1×, right again after one edit", "1 ms at 99 of 100", 1, b.child("draft", 1), pages},
		row{"city 10×, right again after one edit", "", 1, b.child("draft", 10), pages},
		row{"Yunhai, right again after one edit", "1 ms at 99 of 100", 1, func() (took, error) { return measured("draft", "examples/yunhai") }, pages},
		row{"city 1×, page of a body, from the handler", "10 ms", 1, b.child("pages", 1), pages},
		row{"start of `oneboard check`, State Council", "50 ms", 20, b.command("check", "examples/state-council-2018/plan.yaml"), median},
		row{"scheduling, 100,000 tasks with 150,000 links: critical path with calendars and all slack", "30 ms", 1, alone("network"), pages},
		row{"scheduling, the same: one change", "2 ms at 99 of 100", 1, alone("changes"), pages},
		row{"scheduling, the same with 500 resources: first valid plan", "1 s", 3, alone("large"), processorTime},
		row{"scheduling, 10,000 tasks that can't be done: irreducible set", "2 s", 3, alone("clash"), processorTime},
		row{"`oneboard replay`, Norway 2013 to 2020", "", 5, b.command("replay", "examples/norway-2020"), processorTime},
	)
	if b.switzerland != "" {
		rows = append(rows, row{"`oneboard replay`, Switzerland 1848 to 2026", "", 3, b.replaySwitzerland, processorTime})
	}
	if b.sources != "" {
		rows = append(rows,
			row{"`oneboard replay`, all of France 1943 to 2026 with 29 lists", "1 s", 3, b.replay("fr-communes"), processorTime},
			row{"`oneboard replay`, all six sources one after the other", "10 s", 2, b.replay("no-municipalities", "ch-communes", "fr-communes", "cn-areacodes", "uk-government", "cn-divisions-5level"), processorTime})
	}
	return rows
}

// replaySwitzerland reads the folder as the Federal Statistical Office publishes
// it, which is not in this repository, once, and replays it.
func (b *bench) replaySwitzerland() (took, error) {
	dir := filepath.Join(b.temp, "switzerland")
	if _, err := os.Stat(dir); err != nil {
		if _, err := b.command("import", "--history", b.switzerland, "--to", dir)(); err != nil {
			return took{}, err
		}
	}
	return b.command("replay", dir)()
}

// figures

func processorTime(all []took) string {
	slices.SortFunc(all, func(a, b took) int { return int(a.CPU - b.CPU) })
	least, mid := all[0], all[len(all)/2]
	peak := int64(0)
	for _, t := range all {
		peak = max(peak, t.Peak)
	}
	s := fmt.Sprintf("%.2f s processor (median %.2f), %.2f s wall, %d MB", least.CPU.Seconds(), mid.CPU.Seconds(), least.Wall.Seconds(), peak>>20)
	return s + note(least)
}

func median(all []took) string {
	slices.SortFunc(all, func(a, b took) int { return int(a.Wall - b.Wall) })
	mid := all[len(all)/2]
	return fmt.Sprintf("%s median of %d (%s to %s), %d MB", short(mid.Wall), len(all), short(all[0].Wall), short(all[len(all)-1].Wall), mid.Peak>>20) + note(mid)
}

func short(d time.Duration) string {
	if d < time.Millisecond {
		return fmt.Sprintf("%.2f ms", float64(d)/1e6)
	}
	return fmt.Sprintf("%.1f ms", float64(d)/1e6)
}

func note(t took) string {
	if t.Note == "" {
		return ""
	}
	return "; " + t.Note
}

func pages(all []took) string {
	t := all[0]
	at := func(share float64) string { return short(t.Many[int(share*float64(len(t.Many)-1))]) }
	return fmt.Sprintf("%s median of %d, %s at 99 of 100, %s at most, %d MB", at(0.5), len(t.Many), at(0.99), at(1), t.Peak>>20) + note(t)
}

// folder writes the city of a scale once, and gives its folder.
func (b *bench) folder(scale int) (string, error) {
	dir := filepath.Join(b.temp, fmt.Sprint("city-", scale))
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	// In a process of its own: the peak of memory of a child counts from its
	// parent's, and a large city would be in every later row.
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	if out, err := exec.Command(self, "-child", "make", dir, strconv.Itoa(scale)).CombinedOutput(); err != nil {
		return "", fmt.Errorf("making the city: %w\n%s", err, out)
	}
	return dir, nil
}

// child measures a piece of work in a process of its own, on a city.
func (b *bench) child(work string, scale int) func() (took, error) {
	return func() (t took, err error) {
		dir, err := b.folder(scale)
		if err != nil {
			return t, err
		}
		return measured(work, dir)
	}
}

// alone measures a piece of work that makes for itself what it needs.
func alone(work string) func() (took, error) {
	return func() (took, error) { return measured(work) }
}

// measured does a piece of work in a process of its own.
func measured(work string, args ...string) (t took, err error) {
	self, err := os.Executable()
	if err != nil {
		return t, err
	}
	c := exec.Command(self, append([]string{"-child", work}, args...)...)
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err != nil {
		return t, err
	}
	return t, json.Unmarshal(out, &t)
}

// command measures a run of the program from start to end.
func (b *bench) command(args ...string) func() (took, error) {
	return func() (t took, err error) {
		c := exec.Command(b.program, args...)
		begin := time.Now()
		out, err := c.CombinedOutput()
		t.Wall = time.Since(begin)
		if c.ProcessState != nil {
			t.CPU = c.ProcessState.UserTime() + c.ProcessState.SystemTime()
			t.Peak = peak(c.ProcessState.SysUsage().(*syscall.Rusage))
		}
		if err != nil {
			return t, fmt.Errorf("%w\n%.2000s", err, out)
		}
		return t, nil
	}
}

// replay replays published files, which are not in this repository, one source
// after the other. A list that differs is a finding and no failure.
func (b *bench) replay(names ...string) func() (took, error) {
	return func() (sum took, err error) {
		for _, name := range names {
			t, err := b.command("replay", filepath.Join(b.sources, name))()
			var exit *exec.ExitError
			if err != nil && !(errors.As(err, &exit) && exit.ExitCode() == 1) {
				return sum, err
			}
			sum.CPU, sum.Wall, sum.Peak = sum.CPU+t.CPU, sum.Wall+t.Wall, max(sum.Peak, t.Peak)
		}
		return sum, nil
	}
}

func (b *bench) checkFolder(scale int) func() (took, error) {
	return func() (took, error) {
		dir, err := b.folder(scale)
		if err != nil {
			return took{}, err
		}
		return b.command("check", filepath.Join(dir, "plan.yaml"))()
	}
}

// peak gives the most memory that was resident, in bytes: Linux counts in KiB,
// others in bytes.
func peak(u *syscall.Rusage) int64 {
	if runtime.GOOS == "linux" {
		return int64(u.Maxrss) << 10
	}
	return int64(u.Maxrss)
}

// used is the processor time of this process so far.
func used() (time.Duration, *syscall.Rusage) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // the system call takes no input that could be wrong
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), &u
}

// children is the work that is measured in a process of its own, given a
// folder.
var children = map[string]func(args []string) (took, error){
	"check": func(args []string) (took, error) { return measureCheck(args[0]) },
	"make": sized(func(dir string, scale int) (took, error) {
		return took{}, city.Make(city.Usual(scale), seed).Write(dir)
	}),
	"draft":        func(args []string) (took, error) { return measureDraft(args[0]) },
	"pages":        func(args []string) (took, error) { return measurePages(args[0]) },
	"network":      measureNetwork,
	"changes":      measureChanges,
	"large":        measureLarge,
	"clash":        measureClash,
	"prove":        func(args []string) (took, error) { return measureProof(args[0]) },
	"plant":        sized(func(dir string, n int) (took, error) { return took{}, plant(dir, n, false) }),
	"plant-still":  sized(func(dir string, n int) (took, error) { return took{}, plant(dir, n, true) }),
	"rules":        sized(func(dir string, n int) (took, error) { return took{}, serveRules(dir, n, false) }),
	"rules-still":  sized(func(dir string, n int) (took, error) { return took{}, serveRules(dir, n, true) }),
	"make-nation":  sized(func(dir string, n int) (took, error) { return took{}, makeNation(dir, n) }),
	"nation-check": func(args []string) (took, error) { return nationOf(args[0], false) },
	"nation-prove": func(args []string) (took, error) { return nationOf(args[0], true) },
}

// sized is a piece of work with a folder and a number.
func sized(work func(dir string, n int) (took, error)) func([]string) (took, error) {
	return func(args []string) (took, error) {
		n, err := strconv.Atoi(args[1])
		if err != nil {
			return took{}, err
		}
		return work(args[0], n)
	}
}

func nationOf(cities string, prove bool) (took, error) {
	n, err := strconv.Atoi(cities)
	if err != nil {
		return took{}, err
	}
	return measureNation(n, prove)
}

// measureProof proves the plan of a city whose handovers may each be in place
// on any of ten days. The check before it is not counted.
func measureProof(dir string) (t took, err error) {
	m, err := read(dir)
	if err != nil {
		return t, err
	}
	window(m.plan)
	result := check.Run(m.board, m.plan, m.packs...)
	runtime.GC()
	before, _ := used()
	start := time.Now()
	proof := check.Prove(result)
	t.Wall = time.Since(start)
	after, usage := used()
	t.CPU, t.Peak = after-before, peak(usage)
	if !proof.Holds {
		return t, fmt.Errorf("the plan of the city does not prove: %v", proof.Problems)
	}
	duties := 0
	before, _ = used()
	certificate := proof.Certificate()
	after, _ = used()
	for _, p := range certificate.Proofs {
		duties += len(p.Duties)
	}
	t.Note = fmt.Sprintf("%d duties in %d groups, %d orders; its certificate, for who asks for it, %.2f s more",
		duties, proof.Signatures, proof.Runs, (after - before).Seconds())
	return t, nil
}

// matter is a plan and the board it is for, read from a folder.
type matter struct {
	board *org.Board
	plan  *org.Plan
	packs []*org.Pack
}

func read(dir string) (m matter, err error) {
	text, err := os.ReadFile(filepath.Join(dir, "plan.yaml"))
	if err != nil {
		return m, err
	}
	p, problems := planfile.Parse("plan.yaml", text)
	packs, more := planfile.Packs(p)
	b, rest, err := exchange.ReadBoard(os.DirFS(dir), p.Board.Text)
	if err != nil {
		return m, err
	}
	if problems = append(append(problems, more...), rest...); len(problems) > 0 {
		problems.WriteText(os.Stderr, lang.EN, 10)
		return m, fmt.Errorf("%s does not read clean", dir)
	}
	return matter{b, p, packs}, nil
}

func measureCheck(dir string) (t took, err error) {
	m, err := read(dir)
	if err != nil {
		return t, err
	}
	debug.FreeOSMemory() // what reading left behind is not the check's
	before, _ := used()
	begin := time.Now()
	r := check.Run(m.board, m.plan, m.packs...)
	t.Wall = time.Since(begin)
	after, usage := used()
	t.CPU, t.Peak = after-before, peak(usage)
	if len(r.Problems) > 0 {
		r.Problems.WriteText(os.Stderr, lang.EN, 10)
		return t, fmt.Errorf("%s does not check clean", dir)
	}
	if r.Checked == nil {
		return t, fmt.Errorf("%s gave no checked plan", dir)
	}
	return t, nil
}

// measurePages asks the handler for the page of every fifth body, in turns in
// Chinese and English.
func measurePages(dir string) (t took, err error) {
	m, err := read(dir)
	if err != nil {
		return t, err
	}
	r := check.Run(m.board, m.plan, m.packs...)
	handler := web.New(web.Config{
		Boards: []web.Board{{Slug: "city", At: func(context.Context, string) (check.Result, error) { return r, nil }}},
		Today:  func() org.Date { return org.Day(2019, 2, 20) },
	})
	ask := func(tag lang.Tag, body string) (time.Duration, error) {
		request := httptest.NewRequest("GET", fmt.Sprintf("/%s/b/city/bodies/%s", tag, body), nil)
		answer := httptest.NewRecorder()
		begin := time.Now()
		handler.ServeHTTP(answer, request)
		if answer.Code != http.StatusOK {
			return 0, fmt.Errorf("%s: status %d\n%.500s", request.URL, answer.Code, answer.Body)
		}
		return time.Since(begin), nil
	}
	bodies := r.Timeline.Bodies()
	first, err := ask(lang.ZH, bodies[1])
	if err != nil {
		return t, err
	}
	t.Note = "the first page, which works out the view, " + short(first)
	for i := 0; i < len(bodies); i += 5 {
		one, err := ask(lang.Tags[i%len(lang.Tags)], bodies[i])
		if err != nil {
			return t, err
		}
		t.Many = append(t.Many, one)
	}
	slices.Sort(t.Many)
	_, usage := used()
	t.Peak = peak(usage)
	return t, nil
}

// profile checks the city for ten seconds and writes where the time goes.
func (b *bench) profile(file string) error {
	dir, err := b.folder(1)
	if err != nil {
		return err
	}
	m, err := read(dir)
	if err != nil {
		return err
	}
	stop, err := profiled(file)
	if err != nil {
		return err
	}
	defer stop()
	for begin := time.Now(); time.Since(begin) < 10*time.Second; {
		check.Run(m.board, m.plan, m.packs...)
	}
	return nil
}

// profiled writes where the processor's time goes, from now until the end, into
// a file.
func profiled(file string) (stop func(), err error) {
	f, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, err
	}
	return func() {
		pprof.StopCPUProfile()
		f.Close()
	}, nil
}
