package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"oneboard/bench/psplib/peers"
	"oneboard/internal/referee"
)

const oneboard = "Oneboard"

// measure gives each problem of the chosen files to all engines, and enters what
// they answer. They take turns, another first for each problem, so that what else
// the machine does meets all alike. Every answer is looked at by the referee, and
// held against the best known bounds. Where an engine has no answer in time, the
// first schedule that all were given stands for it in the mean, so that the means
// are of the same problems. What the book holds already is not measured again.
func (o *options) measure(ctx context.Context, b *book, set string, files []string, engines []peers.Engine, known map[string][2]int) error {
	names := []string{oneboard}
	for _, e := range engines {
		names = append(names, e.Name)
	}
	one := func(turn int, file string) error {
		p, err := read(file)
		if err != nil {
			return err
		}
		task, err := peers.New(p)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		problem := problemOf(file)
		for i := range names {
			at := (turn + i) % len(names)
			if _, done := b.has(set, problem, names[at], o.terms()); done || ctx.Err() != nil {
				continue
			}
			r := result{set: set, problem: problem, engine: names[at], terms: o.terms(), path: task.Least, known: known[problem]}
			var a peers.Answer
			if at == 0 {
				processors := 1
				if o.atOnce == 1 && len(engines) == 0 {
					processors = runtime.NumCPU()
				}
				var t told
				a, t = o.own(ctx, file, processors)
				r.lower, r.schedules, r.steps = t.Lower, t.Schedules, t.Steps
			} else {
				a = engines[at-1].Solve(task, time.Duration(o.processor*float64(time.Second)))
			}
			if ctx.Err() != nil {
				return nil // it may have been cut short
			}
			r.judge(task, a)
			if err := b.enter(r); err != nil {
				return err
			}
			if o.each {
				fmt.Printf("%s\t%s\t%d\t%d\t%v\t%v\t%d..%d\t%s\n", problem, r.engine, r.end, r.lower, r.proven, r.took.Round(time.Microsecond), r.known[0], r.known[1], r.fault)
			}
		}
		return nil
	}
	next := make(chan int)
	errs := make([]error, o.atOnce)
	var work sync.WaitGroup
	for w := range o.atOnce {
		work.Go(func() {
			for i := range next {
				if errs[w] == nil && ctx.Err() == nil {
					errs[w] = one(i, files[i])
				}
			}
		})
	}
	for i := range files {
		next <- i
	}
	close(next)
	work.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func problemOf(file string) string { return strings.TrimSuffix(filepath.Base(file), ".sm") }

// judge enters an answer; a wrong one is as none.
func (r *result) judge(t *peers.Case, a peers.Answer) {
	wrong := func(format string, args ...any) {
		r.fault = fmt.Sprintf(format, args...)
		a.Start, a.Proven = nil, false
	}
	if a.Err != nil {
		wrong("%v", a.Err)
	}
	r.end, r.took, r.processor = t.Most, a.Took, a.Processor
	if a.Start != nil {
		if breaches := referee.Check(t.Problem, a.Start); len(breaches) > 0 {
			wrong("%v", breaches[0])
		}
	}
	if a.Start != nil && r.known[1] > 0 {
		switch end := t.End(a.Start); {
		case end < r.known[0]:
			wrong("%d is below the known bound %d", end, r.known[0])
		case a.Proven && end > r.known[1]:
			wrong("the proof of %d is contradicted by a schedule of %d", end, r.known[1])
		case r.lower > r.known[1]:
			wrong("the bound %d is contradicted by a schedule of %d", r.lower, r.known[1])
		}
	}
	if a.Start != nil {
		r.end, r.answered, r.proven, r.mended = t.End(a.Start), true, a.Proven, a.Mended
	}
}

// row is a line of the table: what one engine did with a set.
type row struct {
	answered, equal, proven, mended int
	best, alone                     int // problems in which its end is the best of all, and only its
	better, worse, sooner           int // problems in which Oneboard is better or worse, and equal but sooner
	overPath, overBest              float64
	took                            []time.Duration
	processor                       time.Duration
}

// report prints what the engines did with a set, of the problems that all of them
// had, and gives how many answers are wrong.
func (o *options) report(out io.Writer, b *book, set string, files []string, engines []peers.Engine) (faults int) {
	names, versions := []string{oneboard}, []string{runtime.Version()}
	for _, e := range engines {
		names, versions = append(names, e.Name), append(versions, e.Version)
	}
	rows := make([]row, len(names))
	var own []result
	for _, file := range files {
		results := make([]result, len(names))
		all := true
		for i, name := range names {
			var ok bool
			results[i], ok = b.has(set, problemOf(file), name, o.terms())
			all = all && ok
		}
		if !all {
			continue
		}
		own = append(own, results[0])
		best := slices.MinFunc(results, func(x, y result) int { return x.end - y.end }).end
		at := 0
		for _, x := range results {
			if x.end == best {
				at++
			}
		}
		for i := range rows {
			rows[i].add(&results[i], &results[0], best, at)
			if f := results[i].fault; f != "" {
				fmt.Fprintf(out, "wrong: %s: %s: %s\n", results[i].problem, names[i], f)
			}
			faults += min(1, len(results[i].fault))
		}
	}
	if len(own) == 0 {
		fmt.Fprintf(out, "%s: no problem is measured yet\n", set)
		return faults
	}
	title := fmt.Sprintf("%s, %d problems, %s", set, len(own), o.limit())
	if len(own) < len(files) {
		title = fmt.Sprintf("%s, so far %d of %d problems, %s", set, len(own), len(files), o.limit())
	}
	if len(engines) > 0 {
		fmt.Fprintf(out, "| %s | answered | over the critical path | equal to the best known | proven | the best end of all | and alone in it | Oneboard better | worse | as good and proven, sooner | median | all, with start and translating |\n|---|---|---|---|---|---|---|---|---|---|---|---|\n", title)
	} else {
		fmt.Fprintf(out, "| %s | over the critical path | over the best known | equal to it | better | proven | median of these | processor |\n|---|---|---|---|---|---|---|---|\n", title)
	}
	for i := range rows {
		r, n := &rows[i], float64(len(own))
		slices.Sort(r.took)
		if len(engines) == 0 {
			median := "–"
			if proofs := proofs(own); len(proofs) > 0 {
				median = proofs[len(proofs)/2].Round(10 * time.Microsecond).String()
			}
			below := 0
			for _, x := range own {
				if x.known[1] > 0 && x.end < x.known[1] {
					below++
				}
			}
			fmt.Fprintf(out, "| %s (%s) | %.2f %% | %.3f %% | %d | %d | %d | %s | %.1f s |\n", names[i], versions[i], 100*r.overPath/n, 100*r.overBest/n,
				r.equal-below, below, r.proven, median, r.processor.Seconds())
			continue
		}
		answered := fmt.Sprint(r.answered)
		if r.mended > 0 {
			answered += fmt.Sprintf(", %d of them mended", r.mended)
		}
		against := fmt.Sprintf("%d | %d | %d", r.better, r.worse, r.sooner)
		if i == 0 {
			against = "– | – | –"
		}
		fmt.Fprintf(out, "| %s (%s) | %s | %.2f %% | %d | %d | %d | %d | %s | %v | %.1f s |\n", names[i], versions[i], answered, 100*r.overPath/n,
			r.equal, r.proven, r.best, r.alone, against, r.took[len(r.took)/2].Round(10*time.Microsecond), r.processor.Seconds())
	}
	fmt.Fprintln(out)
	o.progress(out, own)
	return faults
}

// add enters a result; best is the best end of all, and at how many are at it.
func (w *row) add(r, own *result, best, at int) {
	w.took = append(w.took, r.took)
	w.processor += r.processor
	w.overPath += float64(r.end-r.path) / float64(r.path)
	count := func(n *int, yes bool) {
		if yes {
			*n++
		}
	}
	if r.known[1] > 0 {
		w.overBest += float64(r.end-r.known[1]) / float64(r.known[1])
		count(&w.equal, r.answered && r.end <= r.known[1])
	}
	count(&w.answered, r.answered)
	count(&w.mended, r.mended)
	count(&w.proven, r.proven)
	count(&w.best, r.answered && r.end == best)
	count(&w.alone, r.answered && r.end == best && at == 1)
	count(&w.better, own.end < r.end || own.end == r.end && own.proven && !r.proven)
	count(&w.worse, own.end > r.end || own.end == r.end && !own.proven && r.proven)
	count(&w.sooner, own.end == r.end && own.proven && r.proven && own.took < r.took)
}

// proofs gives the times of the proofs, the shortest first.
func proofs(own []result) (out []time.Duration) {
	for _, x := range own {
		if x.proven {
			out = append(out, x.took)
		}
	}
	slices.Sort(out)
	return out
}

// progress prints what Oneboard had after less than the limit.
func (o *options) progress(out io.Writer, own []result) {
	limit := max(o.processor, o.seconds)
	head, rule, proven, over := "| Oneboard, after |", "|---|", "| proven |", "| over the critical path |"
	if limit == 0 {
		return
	}
	marks := slices.DeleteFunc([]float64{0.1, 1, 5, 10, 20, 60}, func(mark float64) bool { return mark >= limit })
	for _, mark := range append(marks, limit) {
		until := time.Duration(mark * float64(time.Second))
		if mark == limit {
			until = 1 << 62 // what was found at the limit is found
		}
		n, sum := 0, 0.0
		for _, x := range own {
			if x.proven && x.took <= until {
				n++
			}
			end := x.end
			for _, s := range slices.Backward(x.steps) {
				end = s.End
				if s.At <= until {
					break
				}
			}
			sum += float64(end-x.path) / float64(x.path)
		}
		head, rule = head+fmt.Sprintf(" %g s |", mark), rule+"---|"
		proven += fmt.Sprintf(" %d |", n)
		over += fmt.Sprintf(" %.2f %% |", 100*sum/float64(len(own)))
	}
	fmt.Fprintf(out, "%s\n%s\n%s\n%s\n\n", head, rule, proven, over)
}
