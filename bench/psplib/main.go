// Command psplib measures the scheduling engine on the problems of PSPLIB, and
// prints a row of bench/README.md for each set:
//
//	go run ./bench/psplib -from FOLDER -schedules 5000
//	go run ./bench/psplib -from FOLDER -time 60 -set j120 -at-once 1
//	go run ./bench/psplib -from FOLDER -processor 120 -set j120
//	go run ./bench/psplib -from FOLDER -against tj3,chuffed,gecode,clasp -processor 10
//
// The last puts it beside the schedulers of others: see against.go. With
// -processor the limit is processor time, of all threads together, and the
// problems come one after the other: so what else the machine does changes little.
//
// FOLDER holds a folder of .sm files for each set, and best_known.csv with the
// best known lower and upper bounds. An end below a known lower bound, or a
// proof that a known schedule contradicts, is a fault of the engine: the command
// says so and fails.
package main

import (
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"oneboard/internal/diag"
	"oneboard/internal/exchange"
	"oneboard/internal/referee"
	"oneboard/internal/sched"
)

func main() {
	var o options
	flag.StringVar(&o.from, "from", "", "folder of the sets, with best_known.csv")
	sets := flag.String("set", "j30,j120", "which sets")
	flag.IntVar(&o.schedules, "schedules", 0, "schedules for each problem; 0: no limit")
	flag.Float64Var(&o.seconds, "time", 0, "seconds for each problem; 0: no limit")
	flag.Float64Var(&o.processor, "processor", 0, "seconds of processor time for each problem; 0: no limit")
	flag.Uint64Var(&o.seed, "seed", 1, "seed of the random choices")
	flag.IntVar(&o.every, "every", 1, "only every so-manieth problem")
	flag.IntVar(&o.atOnce, "at-once", 2, "problems at a time; 1 gives each both processors")
	flag.StringVar(&o.only, "only", "", "only problems whose name holds one of these, with commas between")
	flag.BoolVar(&o.each, "each", false, "print a line for each problem")
	against := flag.String("against", "", "measure beside these, of tj3,chuffed,gecode,clasp")
	flag.Parse()
	if o.processor > 0 {
		o.atOnce = 1
	}
	if *against != "" {
		if err := o.compare(strings.Split(*sets, ","), strings.Split(*against, ",")); err != nil {
			fmt.Fprintln(os.Stderr, "psplib:", err)
			os.Exit(1)
		}
		return
	}
	for _, set := range strings.Split(*sets, ",") {
		if err := o.measure(set); err != nil {
			fmt.Fprintln(os.Stderr, "psplib:", err)
			os.Exit(1)
		}
	}
}

type options struct {
	from, only               string
	schedules, every, atOnce int
	seconds, processor       float64
	seed                     uint64
	each                     bool
}

// outcome is what came of one problem.
type outcome struct {
	name               string
	path, lower, upper int // critical path, and the best known bounds
	placed             sched.Placement
	took, processor    time.Duration
	fault              string
}

func (o *options) measure(set string) error {
	known, err := bestKnown(filepath.Join(o.from, "best_known.csv"))
	if err != nil {
		return err
	}
	chosen, err := o.choose(set)
	if err != nil {
		return err
	}
	outcomes := make([]outcome, len(chosen))
	next := make(chan int)
	var work sync.WaitGroup
	before := processorTime()
	for range o.atOnce {
		work.Go(func() {
			for i := range next {
				outcomes[i] = o.one(chosen[i], known)
				if x := outcomes[i]; o.each && x.fault == "" {
					fmt.Printf("%s\t%d\t%d\t%v\t%d\t%v\t%d..%d\n", x.name, x.placed.End, x.placed.LowerBound, x.placed.Optimal, x.placed.Schedules, x.processor.Round(time.Microsecond), x.lower, x.upper)
				}
			}
		})
	}
	for i := range chosen {
		next <- i
	}
	close(next)
	work.Wait()
	return o.report(set, outcomes, processorTime()-before)
}

// choose gives the files of the problems of a set that are measured.
func (o *options) choose(set string) ([]string, error) {
	files, _ := filepath.Glob(filepath.Join(o.from, set, "*.sm"))
	var chosen []string
	for i, f := range files {
		holds := func(word string) bool { return strings.Contains(filepath.Base(f), word) }
		if i%o.every == 0 && slices.ContainsFunc(strings.Split(o.only, ","), holds) {
			chosen = append(chosen, f)
		}
	}
	if len(chosen) == 0 {
		return nil, fmt.Errorf("no problem in %s", filepath.Join(o.from, set))
	}
	return chosen, nil
}

// read gives the problem in a file.
func read(file string) (*sched.Problem, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	instance, wrong := exchange.ReadInstance(diag.NewSource(file, string(text)))
	if instance == nil {
		return nil, fmt.Errorf("%v", wrong)
	}
	p := &sched.Problem{}
	for _, c := range instance.Capacity {
		p.Resources = append(p.Resources, sched.Resource{Capacity: c.N})
	}
	for i, t := range instance.Tasks {
		task := sched.Task{Duration: t.Duration, Deadline: sched.None}
		for k, n := range t.Needs {
			task.Needs = append(task.Needs, sched.Need{Resource: k, Amount: n.N})
		}
		p.Tasks = append(p.Tasks, task)
		for _, s := range t.Successors {
			p.Links = append(p.Links, sched.Link{From: i, To: s.N})
		}
	}
	return p, nil
}

func (o *options) one(file string, known map[string][2]int) outcome {
	out := outcome{name: strings.TrimSuffix(filepath.Base(file), ".sm")}
	p, err := read(file)
	if err != nil {
		out.fault = err.Error()
		return out
	}
	began, before := time.Now(), processorTime()
	in, fault := sched.Compile(p)
	if fault != nil {
		out.fault = fault.Error()
		return out
	}
	out.placed = sched.Place(in, sched.Options{Seed: o.seed, Schedules: o.schedules, Stop: o.stop()})
	out.took, out.processor = time.Since(began), processorTime()-before
	out.path = in.CriticalPath()
	best, ok := known[out.name]
	out.lower, out.upper = best[0], best[1]
	switch {
	case len(referee.Check(p, out.placed.Start)) > 0:
		out.fault = "the schedule breaks a rule"
	case ok && out.placed.End < out.lower:
		out.fault = fmt.Sprintf("%d is below the known bound %d", out.placed.End, out.lower)
	case ok && out.placed.LowerBound > out.upper:
		out.fault = fmt.Sprintf("the proof of %d is contradicted by a schedule of %d", out.placed.LowerBound, out.upper)
	}
	return out
}

// stop gives the question whether the time is over, from now on; nil: it never is.
func (o *options) stop() func() bool {
	if o.seconds <= 0 && o.processor <= 0 {
		return nil
	}
	began, before := time.Now(), processorTime()
	return func() bool {
		return o.seconds > 0 && time.Since(began).Seconds() > o.seconds ||
			o.processor > 0 && (processorTime()-before).Seconds() > o.processor
	}
}

// limit names the limit of each problem.
func (o *options) limit() string {
	var limits []string
	if o.schedules > 0 {
		limits = append(limits, fmt.Sprintf("%d schedules", o.schedules))
	}
	if o.seconds > 0 {
		limits = append(limits, fmt.Sprintf("%g s", o.seconds))
	}
	if o.processor > 0 {
		limits = append(limits, fmt.Sprintf("%g s of processor time", o.processor))
	}
	return strings.Join(limits, ", ")
}

func (o *options) report(set string, outcomes []outcome, processor time.Duration) error {
	var overPath, overBest float64
	proven, equal, below := 0, 0, 0
	var proofs []time.Duration
	var fault error
	for _, x := range outcomes {
		if x.fault != "" {
			fault = fmt.Errorf("%s: %s", x.name, x.fault)
			fmt.Fprintln(os.Stderr, "psplib:", fault)
			continue
		}
		overPath += float64(x.placed.End-x.path) / float64(x.path)
		overBest += float64(x.placed.End-x.upper) / float64(x.upper)
		if x.placed.Optimal {
			proven++
			if o.processor > 0 {
				proofs = append(proofs, x.processor)
			} else {
				proofs = append(proofs, x.took)
			}
		}
		if x.placed.End == x.upper {
			equal++
		}
		if x.placed.End < x.upper {
			below++
		}
	}
	n := float64(len(outcomes))
	slices.Sort(proofs)
	median := time.Duration(0)
	if len(proofs) > 0 {
		median = proofs[len(proofs)/2]
	}
	fmt.Printf("| %s, %d problems, %s | %.2f %% over the critical path, %.3f %% over the best known; %d equal it, %d better; %d proven, median of these %v; %.1f s processor |\n",
		set, len(outcomes), o.limit(), 100*overPath/n, 100*overBest/n, equal, below, proven, median.Round(time.Microsecond), processor.Seconds())
	return fault
}

// bestKnown reads the best known bounds of each problem.
func bestKnown(file string) (map[string][2]int, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, fmt.Errorf("%s: %v", file, err)
	}
	lower, upper := slices.Index(rows[0], "lower_bound"), slices.Index(rows[0], "upper_bound")
	name := slices.Index(rows[0], "instance")
	if lower < 0 || upper < 0 || name < 0 {
		return nil, fmt.Errorf("%s: columns instance, lower_bound and upper_bound are wanted", file)
	}
	out := map[string][2]int{}
	for _, r := range rows[1:] {
		a, _ := strconv.Atoi(r[lower])
		b, _ := strconv.Atoi(r[upper])
		out[r[name]] = [2]int{a, b}
	}
	return out, nil
}

func processorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
