package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"oneboard/bench/psplib/peers"
	"oneboard/internal/referee"
	"oneboard/internal/sched"
)

// row is a line of the table: what one engine did with a set.
type row struct {
	engine                          peers.Engine
	answered, equal, proven, mended int
	overPath                        float64
	took                            []time.Duration
	processor                       time.Duration
	faults                          []string
}

// compare measures Oneboard beside others on the same problems, each with the
// same processor time for each problem, and one processor. They take turns, another first
// for each problem, so that what else the machine does meets all alike. Every
// answer is looked at by the referee, and every proof held against the best known
// bounds. Where an engine has no answer in time, the first schedule that all were
// given stands for it in the mean, so that the means are of the same problems.
func (o *options) compare(sets, names []string) error {
	if o.processor <= 0 {
		return errors.New("-against needs -processor")
	}
	found, err := peers.Find(names)
	if err != nil {
		return err
	}
	// The others use one processor each.
	runtime.GOMAXPROCS(1)
	known, err := bestKnown(filepath.Join(o.from, "best_known.csv"))
	if err != nil {
		return err
	}
	var faults []string
	for _, set := range sets {
		files, err := o.choose(set)
		if err != nil {
			return err
		}
		rows := []*row{{engine: peers.Engine{Name: "Oneboard", Version: runtime.Version()}}}
		for _, e := range found {
			rows = append(rows, &row{engine: e})
		}
		for turn, file := range files {
			p, err := read(file)
			if err != nil {
				return err
			}
			task, err := peers.New(p)
			if err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			name := strings.TrimSuffix(filepath.Base(file), ".sm")
			best, ok := known[name]
			if !ok {
				return fmt.Errorf("%s: no best known bounds", name)
			}
			for i := range rows {
				r := rows[(turn+i)%len(rows)]
				var a peers.Answer
				if r.engine.Name == "Oneboard" {
					a = o.own(p)
				} else {
					a = r.engine.Solve(task, time.Duration(o.processor*float64(time.Second)))
				}
				end := r.count(name, task, a, best)
				if o.each {
					fmt.Printf("%s\t%s\t%d\t%v\t%v\t%d..%d\n", name, r.engine.Name, end, a.Proven, a.Took.Round(time.Millisecond), best[0], best[1])
				}
			}
		}
		fmt.Printf("| %s, %d problems, %g s of processor time each | answered | over the critical path | equal to the best known | proven | median | all, with start and translating |\n|---|---|---|---|---|---|---|\n", set, len(files), o.processor)
		for _, r := range rows {
			slices.Sort(r.took)
			answered := fmt.Sprint(r.answered)
			if r.mended > 0 {
				answered += fmt.Sprintf(", %d of them mended", r.mended)
			}
			fmt.Printf("| %s (%s) | %s | %.2f %% | %d | %d | %v | %.1f s |\n", r.engine.Name, r.engine.Version, answered,
				100*r.overPath/float64(len(files)), r.equal, r.proven, r.took[len(r.took)/2].Round(time.Millisecond), r.processor.Seconds())
			for _, f := range r.faults {
				fmt.Fprintln(os.Stderr, "psplib:", f)
			}
			faults = append(faults, r.faults...)
		}
		fmt.Println()
	}
	if len(faults) > 0 {
		return fmt.Errorf("%d answers are wrong, or engines failed", len(faults))
	}
	return nil
}

// own is Oneboard's answer.
func (o *options) own(p *sched.Problem) (a peers.Answer) {
	before := processorTime()
	in, fault := sched.Compile(p)
	if fault != nil {
		return peers.Answer{Err: fault}
	}
	placed := sched.Place(in, sched.Options{Seed: o.seed, Stop: o.stop()})
	took := processorTime() - before
	return peers.Answer{Start: placed.Start, Proven: placed.Optimal, Took: took, Processor: took}
}

// count enters an answer, and gives its end; a wrong one is as none.
func (r *row) count(name string, t *peers.Case, a peers.Answer, best [2]int) int {
	r.took = append(r.took, a.Took)
	r.processor += a.Processor
	wrong := func(format string, args ...any) {
		r.faults = append(r.faults, fmt.Sprintf("%s: %s: %s", name, r.engine.Name, fmt.Sprintf(format, args...)))
		a.Start, a.Proven = nil, false
	}
	if a.Err != nil {
		wrong("%v", a.Err)
	}
	end := t.Most
	if a.Start != nil {
		if breaches := referee.Check(t.Problem, a.Start); len(breaches) > 0 {
			wrong("%v", breaches[0])
		}
	}
	if a.Start != nil {
		end = t.End(a.Start)
		switch {
		case end < best[0]:
			wrong("%d is below the known bound %d", end, best[0])
		case a.Proven && end > best[1]:
			wrong("the proof of %d is contradicted by a schedule of %d", end, best[1])
		}
	}
	if a.Start == nil {
		end = t.Most
	} else {
		r.answered++
		if a.Mended {
			r.mended++
		}
		if a.Proven {
			r.proven++
		}
		if end <= best[1] {
			r.equal++
		}
	}
	r.overPath += float64(end-t.Least) / float64(t.Least)
	return end
}
