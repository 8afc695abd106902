// Command psplib measures the scheduling engine on the problems of PSPLIB, and
// prints rows of bench/README.md for each set:
//
//	go run ./bench/psplib -from FOLDER -schedules 5000
//	go run ./bench/psplib -from FOLDER -processor 20 -to FILE
//	go run ./bench/psplib -from FOLDER -time 60 -set j120 -at-once 1
//	go run ./bench/psplib -from FOLDER -against tj3,chuffed,gecode,clasp -processor 10 -to FILE
//	go run ./bench/psplib -make FOLDER
//
// The fourth puts it beside the schedulers of others: see package peers. The last
// writes problems of our own making, of the size of J60: see package made.
//
// With -processor the limit is processor time, of all threads together; each
// problem has a process of its own, with one processor, so that what else the
// machine does, and what is measured beside it, changes little.
//
// Results are written to FILE as they come. Started again with the same FILE and
// the same limit, the command goes on where it was; with -so-far it measures
// nothing, and prints the tables of what there is. Interrupted, it prints them too.
//
// FOLDER holds a folder of .sm files for each set, and best_known.csv with the
// best known lower and upper bounds, for as many as there are. An end below a
// known lower bound, or a proof that a known schedule contradicts, is a fault of
// the engine: the command says so and fails.
package main

import (
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"oneboard/bench/psplib/made"
	"oneboard/bench/psplib/peers"
	"oneboard/internal/diag"
	"oneboard/internal/exchange"
	"oneboard/internal/sched"
)

func main() {
	var o options
	flag.StringVar(&o.from, "from", "", "folder of the sets, with best_known.csv")
	flag.StringVar(&o.sets, "set", "j30,j120", "which sets")
	flag.IntVar(&o.schedules, "schedules", 0, "schedules for each problem; 0: no limit")
	flag.Float64Var(&o.seconds, "time", 0, "seconds for each problem; 0: no limit")
	flag.Float64Var(&o.processor, "processor", 0, "seconds of processor time for each problem; 0: no limit")
	flag.Uint64Var(&o.seed, "seed", 1, "seed of the random choices")
	flag.IntVar(&o.every, "every", 1, "only every so-manieth problem")
	flag.IntVar(&o.atOnce, "at-once", 2, "problems at a time; 1 gives each all processors")
	flag.StringVar(&o.only, "only", "", "only problems whose name holds one of these, with commas between")
	flag.BoolVar(&o.each, "each", false, "print a line for each problem")
	flag.StringVar(&o.against, "against", "", "measure beside these, of tj3,chuffed,gecode,clasp")
	flag.StringVar(&o.to, "to", "", "file that keeps each result")
	flag.BoolVar(&o.soFar, "so-far", false, "measure nothing: print what the file of -to has")
	one := flag.String("solve", "", "solve the problem in this file, and write what came of it")
	folder := flag.String("make", "", "write problems of our own making into this folder")
	flag.Parse()
	err := func() error {
		switch {
		case *one != "":
			return o.solve(*one)
		case *folder != "":
			return made.Write(*folder)
		}
		return o.all()
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, "psplib:", err)
		os.Exit(1)
	}
}

type options struct {
	from, sets, only, against, to string
	schedules, every, atOnce      int
	seconds, processor            float64
	seed                          uint64
	each, soFar                   bool
}

// all measures all sets.
func (o *options) all() error {
	if o.atOnce < 1 || o.every < 1 {
		return errors.New("-at-once and -every are at least 1")
	}
	if o.limit() == "" {
		return errors.New("a limit is wanted: -schedules, -time or -processor")
	}
	var engines []peers.Engine
	if o.against != "" {
		if o.processor <= 0 {
			return errors.New("-against needs -processor")
		}
		var err error
		if engines, err = peers.Find(strings.Split(o.against, ",")); err != nil {
			return err
		}
	}
	known, err := bestKnown(filepath.Join(o.from, "best_known.csv"))
	if err != nil {
		return err
	}
	b, err := openBook(o.to)
	if err != nil {
		return err
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	faults := 0
	for _, set := range strings.Split(o.sets, ",") {
		files, err := o.choose(set)
		if err != nil {
			return err
		}
		if !o.soFar && ctx.Err() == nil {
			err = o.measure(ctx, b, set, files, engines, known)
		}
		faults += o.report(os.Stdout, b, set, files, engines)
		if err != nil {
			return err
		}
	}
	switch {
	case faults > 0:
		return fmt.Errorf("%d answers are wrong, or engines failed", faults)
	case ctx.Err() != nil:
		return errors.New("stopped before the end")
	}
	return nil
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

// terms are what results must have in common to be comparable.
func (o *options) terms() string {
	return fmt.Sprintf("%s, seed %d, %d at once", o.limit(), o.seed, o.atOnce)
}

// bestKnown reads the best known bounds of each problem; without the file, none
// are known.
func bestKnown(file string) (map[string][2]int, error) {
	f, err := os.Open(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
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
