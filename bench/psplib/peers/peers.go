// Package peers gives a problem of limited resources to schedulers of others and
// reads their answers, so that they can be measured beside the engine: see
// against.go of bench/psplib. Each is a program of its own that is started for
// each problem:
//
//   - tj3: TaskJuggler, from Debian. It plans by rule and searches for nothing.
//   - chuffed and gecode: in MiniZinc's WebAssembly, run by Node (minizinc.mjs);
//     the model is rcpsp.mzn.
//   - clasp: with gringo, both from Debian; the encoding is rcpsp.lp.
//
// The solvers are given what a planner would work out beforehand anyway: the
// earliest starts by the links, and the latest that end no later than a first
// schedule, made by one rule. Without it clasp would ground several times as
// much, and the others would take longer to their first answer.
package peers

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"oneboard/internal/sched"
)

// An Engine is one scheduler of others.
type Engine struct {
	Name    string
	Version string
	solve   func(*Case, time.Duration) Answer
}

// An Answer is what an engine came to.
type Answer struct {
	Start     []int         // per task; nil: nothing in the time
	Proven    bool          // the engine says that no schedule ends earlier
	Took      time.Duration // processor time of what the limit counts for
	Processor time.Duration // of all its processes, their start and translating too
	// Mended: the engine can't express that a task goes on without a break, and
	// interrupted one. Start is then made from its order of starts.
	Mended bool
	Err    error // the engine failed, for another reason than the time
}

// A Case is a problem as it is given to all engines, worked out once.
type Case struct {
	*sched.Problem
	Earliest, Latest []int // starts; the latest end by Most
	Least, Most      int   // the end that the links allow, and that of First
	First            []int // a schedule made by one rule: the smallest latest start first
}

//go:embed rcpsp.lp
var encoding string

// Folder is where the package's scripts are, from the root of the module.
const Folder = "bench/psplib/peers"

// Find gives the engines of these names, in this order, with their versions. An
// engine that is not installed is an error that says what installs it.
func Find(names []string) ([]Engine, error) {
	var out []Engine
	var wrong []error
	for _, name := range names {
		e := Engine{Name: name}
		var err error
		switch name {
		case "tj3":
			e.solve = taskJuggler
			e.Version, err = version("tj3", "--version")
		case "clasp":
			e.solve = answerSets
			var g string
			e.Version, err = version("clasp", "--version")
			if err == nil {
				g, err = version("gringo", "--version")
				e.Version += ", " + g
			}
		case "chuffed", "gecode":
			e.solve = func(t *Case, limit time.Duration) Answer { return miniZinc(t, limit, name) }
			e.Version, err = miniZincVersion(name)
		default:
			err = errors.New("no such engine; there are tj3, chuffed, gecode and clasp")
		}
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", name, err))
		}
		out = append(out, e)
	}
	if len(wrong) > 0 {
		return nil, fmt.Errorf("%w\napt-get install tj3 gringo clasp, and npm ci --prefix %s, install all", errors.Join(wrong...), Folder)
	}
	return out, nil
}

func version(program string, option string) (string, error) {
	text, err := exec.Command(program, option).Output()
	line, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimSpace(line), err
}

func miniZincVersion(name string) (string, error) {
	var about struct{ Version string }
	text, err := os.ReadFile(filepath.Join(Folder, "node_modules/minizinc/package.json"))
	if err == nil {
		err = json.Unmarshal(text, &about)
	}
	if err != nil {
		return "", err
	}
	text, err = exec.Command("node", filepath.Join(Folder, "minizinc.mjs"), "versions").Output()
	if err != nil {
		return "", err
	}
	for line := range strings.SplitSeq(string(text), `\n`) {
		line, _, _ = strings.Cut(strings.TrimSpace(line), " (")
		if solver, _, _ := strings.Cut(line, " "); strings.EqualFold(solver, name) {
			return line + ", npm minizinc " + about.Version, nil
		}
	}
	return "", errors.New("minizinc has no such solver")
}

// translating is the processor time a problem may take to become what a solver
// reads.
const translating = 5 * time.Minute

// Solve runs an engine for at most so much processor time. What it has told until
// then counts; then it is killed. To write the problem in the solver's own language, which is
// what MiniZinc and gringo do, is not in the limit, but in the processor time.
func (e *Engine) Solve(t *Case, limit time.Duration) Answer { return e.solve(t, limit) }

// New works out what the engines are given. The problem has links from finish to
// start without lags, and capacities that don't change, as those of PSPLIB.
func New(p *sched.Problem) (*Case, error) {
	for _, l := range p.Links {
		if l.Kind != sched.FinishStart || l.Lag != 0 {
			return nil, errors.New("only links from finish to start without a lag are translated")
		}
	}
	t := &Case{Problem: p, Earliest: make([]int, len(p.Tasks))}
	tail := make([]int, len(p.Tasks))
	for range p.Tasks { // as often as the longest chain is long
		for _, l := range p.Links {
			t.Earliest[l.To] = max(t.Earliest[l.To], t.Earliest[l.From]+p.Tasks[l.From].Duration)
			tail[l.From] = max(tail[l.From], tail[l.To]+p.Tasks[l.To].Duration)
		}
	}
	order := make([]int, len(p.Tasks))
	for i, task := range p.Tasks {
		if task.Release != 0 || task.Deadline != sched.None {
			return nil, errors.New("releases and deadlines are not translated")
		}
		t.Least = max(t.Least, t.Earliest[i]+task.Duration)
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return tail[b] + p.Tasks[b].Duration - tail[a] - p.Tasks[a].Duration })
	t.First = serial(p, order)
	t.Most = t.End(t.First)
	for i, task := range p.Tasks {
		t.Latest = append(t.Latest, t.Most-tail[i]-task.Duration)
	}
	return t, nil
}

// End gives the last finish of a schedule.
func (t *Case) End(start []int) (end int) {
	for i, s := range start {
		end = max(end, s+t.Tasks[i].Duration)
	}
	return end
}

// serial puts one task after the other as early as links and capacities allow,
// always the first of the order whose predecessors are all placed.
func serial(p *sched.Problem, order []int) []int {
	start, placed := make([]int, len(p.Tasks)), make([]bool, len(p.Tasks))
	used := make([][]int, len(p.Resources)) // per resource and time
	left := slices.Clone(order)
	for len(left) > 0 {
		at := slices.IndexFunc(left, func(i int) bool {
			return !slices.ContainsFunc(p.Links, func(l sched.Link) bool { return l.To == i && !placed[l.From] })
		})
		i := left[at]
		left = slices.Delete(left, at, at+1)
		task := p.Tasks[i]
		from := 0
		for _, l := range p.Links {
			if l.To == i {
				from = max(from, start[l.From]+p.Tasks[l.From].Duration)
			}
		}
		for fits := false; !fits; {
			fits = true
			for _, need := range task.Needs {
				u := &used[need.Resource]
				for len(*u) < from+task.Duration {
					*u = append(*u, 0)
				}
				for time := from + task.Duration - 1; fits && time >= from; time-- {
					if (*u)[time]+need.Amount > p.Resources[need.Resource].Capacity {
						from, fits = time+1, false
					}
				}
			}
		}
		for _, need := range task.Needs {
			for time := from; time < from+task.Duration; time++ {
				used[need.Resource][time] += need.Amount
			}
		}
		start[i], placed[i] = from, true
	}
	return start
}

// program runs one until it ends or has used so much processor time, and gives
// each line that it writes to read, which may say that the limit counts only from
// here on: until then allowance is the limit. Processor time, since the others on
// the machine would else decide who wins.
func program(allowance, limit time.Duration, in io.Reader, read func(line string) (restart bool), name string, args ...string) (took, processor time.Duration, killed bool, err error) {
	cmd := exec.Command(name, args...)
	cmd.Stdin = in
	// Node starts threads and tj3 may start processes: the whole group ends.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, 0, false, err
	}
	if err := cmd.Start(); err != nil {
		return 0, 0, false, err
	}
	var restarted atomic.Int64 // the processor time at which the limit began, if it did
	ended := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ended:
				return
			case <-tick.C:
			}
			most := allowance + limit
			if from := restarted.Load(); from > 0 {
				most = time.Duration(from) + limit
			}
			if used(cmd.Process.Pid) >= most {
				killed = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) == nil
				return
			}
		}
	})
	lines := bufio.NewReader(out)
	for {
		line, end := lines.ReadString('\n')
		if line != "" && read(strings.TrimSpace(line)) {
			restarted.Store(int64(used(cmd.Process.Pid)))
		}
		if end != nil {
			break
		}
	}
	// Its output has ended, so it has; not waited for, it keeps its number.
	close(ended)
	watch.Wait()
	err = cmd.Wait()
	processor = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	took = processor - time.Duration(restarted.Load())
	if err != nil && !killed && complaint.Len() > 0 {
		err = fmt.Errorf("%w: %s", err, strings.TrimSpace(complaint.String()))
	}
	return took, processor, killed, err
}

// used gives the processor time of a process, with all its threads and those of
// its children that it has waited for.
func used(pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// After the name, which may hold anything but ends with the last bracket,
	// the 12th to 15th word are ticks: user and system, its own and its children's.
	words := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	ticks := 0
	for _, w := range words[11:15] {
		n, _ := strconv.Atoi(w)
		ticks += n
	}
	return time.Duration(ticks) * time.Second / 100
}

// miniZinc gives the problem to a solver of MiniZinc.
func miniZinc(t *Case, limit time.Duration, solver string) Answer {
	need := make([][]int, len(t.Resources))
	capacity := []int{}
	for r := range t.Resources {
		need[r] = make([]int, len(t.Tasks))
		capacity = append(capacity, t.Resources[r].Capacity)
	}
	duration, before, after := []int{}, []int{}, []int{}
	for i, task := range t.Tasks {
		duration = append(duration, task.Duration)
		for _, n := range task.Needs {
			need[n.Resource][i] += n.Amount
		}
	}
	for _, l := range t.Links {
		before, after = append(before, l.From+1), append(after, l.To+1)
	}
	text, err := json.Marshal(map[string]any{
		"tasks": len(t.Tasks), "resources": len(t.Resources), "links": len(t.Links),
		"duration": duration, "earliest": t.Earliest, "latest": t.Latest,
		"before": before, "after": after, "capacity": capacity, "need": need,
		"least": t.Least, "most": t.Most,
	})
	if err != nil {
		return Answer{Err: err}
	}
	var a Answer
	var failure error
	read := func(line string) bool {
		var m struct {
			Type, Status, What, Message string
			Output                      struct{ JSON struct{ Start []int } }
			Statistics                  struct{ FlatTime *float64 }
		}
		if json.Unmarshal([]byte(line), &m) != nil {
			return false
		}
		switch m.Type {
		case "statistics":
			return m.Statistics.FlatTime != nil
		case "solution":
			a.Start = m.Output.JSON.Start
		case "status":
			a.Proven = m.Status == "OPTIMAL_SOLUTION"
		case "error":
			failure = fmt.Errorf("%s: %s", m.What, m.Message)
		}
		return false
	}
	var killed bool
	a.Took, a.Processor, killed, err = program(translating, limit, bytes.NewReader(text), read,
		"node", filepath.Join(Folder, "minizinc.mjs"), "org.minizinc."+map[string]string{"chuffed": "chuffed", "gecode": "gecode_presolver"}[solver])
	switch {
	case failure != nil:
		a.Err = failure
	case err != nil && !killed:
		a.Err = err
	}
	return a
}

// answerSets gives the problem to gringo, and what it grounds to clasp.
func answerSets(t *Case, limit time.Duration) Answer {
	var facts strings.Builder
	facts.WriteString(encoding)
	fmt.Fprintf(&facts, "least(%d). most(%d).\n", t.Least, t.Most)
	for i, task := range t.Tasks {
		fmt.Fprintf(&facts, "task(%d,%d,%d,%d).\n", i, task.Duration, t.Earliest[i], t.Latest[i])
		for _, n := range task.Needs {
			if n.Amount > 0 {
				fmt.Fprintf(&facts, "need(%d,%d,%d).\n", i, n.Resource, n.Amount)
			}
		}
	}
	for r := range t.Resources {
		fmt.Fprintf(&facts, "capacity(%d,%d).\n", r, t.Resources[r].Capacity)
	}
	for _, l := range t.Links {
		fmt.Fprintf(&facts, "link(%d,%d).\n", l.From, l.To)
	}
	var a Answer
	var ground strings.Builder
	_, processor, killed, err := program(translating, 0, strings.NewReader(facts.String()), func(line string) bool {
		ground.WriteString(line + "\n")
		return false
	}, "gringo", "-")
	if killed {
		err = errors.New("gringo did not end")
	}
	if err != nil {
		a.Err = err
		return a
	}
	model := false
	var failure error
	read := func(line string) bool {
		switch {
		case strings.HasPrefix(line, "Answer:"):
			model = true
		case model:
			model = false
			if start, err := starts(line, len(t.Tasks)); err != nil {
				failure = err
			} else {
				a.Start = start
			}
		case line == "OPTIMUM FOUND", line == "SATISFIABLE" && t.Least == t.Most: // then nothing is left to minimise
			a.Proven = true
		}
		return false
	}
	a.Processor = processor
	a.Took, processor, killed, err = program(0, limit, strings.NewReader(ground.String()), read, "clasp", "--outf=0")
	a.Processor += processor
	var exit *exec.ExitError
	switch {
	case failure != nil && !killed: // a line that was cut off by the end is none
		a.Err = failure
	case killed || err == nil:
	case errors.As(err, &exit) && exit.ExitCode()&^31 == 0 && exit.ExitCode() >= 10: // 10, 20 and 30 say what was found
	default:
		a.Err = err
	}
	return a
}

// starts reads clasp's line of start(I,T).
func starts(line string, tasks int) ([]int, error) {
	start, told := make([]int, tasks), 0
	for _, atom := range strings.Fields(line) {
		var i, at int
		if _, err := fmt.Sscanf(atom, "start(%d,%d)", &i, &at); err != nil || i < 0 || i >= tasks {
			return nil, fmt.Errorf("%q is no start", atom)
		}
		start[i] = at
		told++
	}
	if told != tasks {
		return nil, fmt.Errorf("%d starts of %d tasks", told, tasks)
	}
	return start, nil
}

// taskJuggler gives the problem to tj3. Time is an hour of a week without nights.
// It books people, not amounts: a resource of capacity 4 is a team of four
// people, and a task that needs 3 of it has 3 allocations of one of them, all
// mandatory, any of the team. Two things it can't express: an effort goes on
// later when its people are taken in between, so a task may be interrupted; and
// it looks for people for each allocation by itself, so a task may be under way
// with fewer of them, and longer. Such a plan isn't one for the problem: then its
// order of starts is kept, and the tasks are placed in it without breaks.
func taskJuggler(t *Case, limit time.Duration) Answer {
	folder, err := os.MkdirTemp("", "tj3")
	if err != nil {
		return Answer{Err: err}
	}
	defer os.RemoveAll(folder)
	plan := filepath.Join(folder, "plan.tjp")
	if err := os.WriteFile(plan, []byte(tjp(t)), 0o600); err != nil {
		return Answer{Err: err}
	}
	var a Answer
	var killed bool
	a.Took, a.Processor, killed, err = program(0, limit, nil, func(string) bool { return false },
		"tj3", "--silent", "--no-color", "--output-dir", folder, plan)
	if killed {
		return a
	}
	file, missing := os.Open(filepath.Join(folder, "out.csv"))
	if missing != nil {
		a.Err = errors.Join(err, missing)
		return a
	}
	defer file.Close()
	table := csv.NewReader(file)
	table.Comma = ';'
	rows, err := table.ReadAll()
	if err != nil || len(rows) != len(t.Tasks)+1 {
		a.Err = fmt.Errorf("%d rows for %d tasks: %v", len(rows), len(t.Tasks), err)
		return a
	}
	a.Start = make([]int, len(t.Tasks))
	for _, row := range rows[1:] {
		i, err := strconv.Atoi(strings.TrimPrefix(row[0], "t"))
		from, err2 := strconv.Atoi(row[1])
		to, err3 := strconv.Atoi(row[2])
		if err := errors.Join(err, err2, err3); err != nil || i < 0 || i >= len(t.Tasks) {
			return Answer{Err: fmt.Errorf("row %v: %v", row, err), Took: a.Took, Processor: a.Processor}
		}
		a.Start[i] = (from - year2000) / 3600
		a.Mended = a.Mended || to-from != 3600*t.Tasks[i].Duration
	}
	if a.Mended {
		order := make([]int, len(t.Tasks))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(x, y int) int { return a.Start[x] - a.Start[y] })
		a.Start = serial(t.Problem, order)
	}
	return a
}

const year2000 = 946684800 // 1 January 2000 in Unix time

// tjp writes a problem in TaskJuggler's language.
func tjp(t *Case) string {
	var out strings.Builder
	hours := 24
	for _, task := range t.Tasks {
		hours += task.Duration
	}
	fmt.Fprintf(&out, `project p "p" 2000-01-01 +%dd {
  timezone "UTC"
  timingresolution 60min
  dailyworkinghours 24
  yearlyworkingdays 365
  workinghours mon - sun 0:00 - 24:00
}
`, hours/24+1)
	for r := range t.Resources {
		fmt.Fprintf(&out, "resource r%d \"r\" {\n", r)
		for k := range t.Resources[r].Capacity {
			fmt.Fprintf(&out, "  resource r%dp%d \"p\"\n", r, k)
		}
		out.WriteString("}\n")
	}
	before := make([][]string, len(t.Tasks))
	for _, l := range t.Links {
		before[l.To] = append(before[l.To], fmt.Sprintf("!t%d", l.From))
	}
	for i, task := range t.Tasks {
		fmt.Fprintf(&out, "task t%d \"t\" {\n", i)
		if len(before[i]) > 0 {
			fmt.Fprintf(&out, "  depends %s\n", strings.Join(before[i], ", "))
		} else {
			out.WriteString("  start 2000-01-01\n")
		}
		people := 0
		for _, n := range task.Needs {
			people += n.Amount
			var team []string
			for k := 1; k < t.Resources[n.Resource].Capacity; k++ {
				team = append(team, fmt.Sprintf("r%dp%d", n.Resource, k))
			}
			others := ""
			if len(team) > 0 {
				others = "alternative " + strings.Join(team, ", ") + " select order "
			}
			for range n.Amount {
				fmt.Fprintf(&out, "  allocate r%dp0 { %smandatory }\n", n.Resource, others)
			}
		}
		switch {
		case task.Duration == 0:
			out.WriteString("  milestone\n")
		case people == 0:
			fmt.Fprintf(&out, "  duration %dh\n", task.Duration)
		default:
			fmt.Fprintf(&out, "  effort %dh\n", task.Duration*people)
		}
		out.WriteString("}\n")
	}
	out.WriteString("taskreport \"out\" { formats csv columns id, start, end timeformat \"%s\" }\n")
	return out.String()
}
