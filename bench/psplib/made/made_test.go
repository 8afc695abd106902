package made

import (
	"math"
	"math/rand/v2"
	"testing"

	"oneboard/internal/diag"
	"oneboard/internal/exchange"
	"oneboard/internal/sched"
)

// Problems have what their design says, and the files say the same.
func TestMakeKeepsTheDesign(t *testing.T) {
	for g, d := range Family(60) {
		p := d.Make(rand.New(rand.NewPCG(7, uint64(g))))
		if got := float64(len(p.Links)) / float64(len(p.Tasks)); math.Abs(got-d.Complexity) > 0.01 {
			t.Errorf("%+v: %g links for each job", d, got)
		}
		needs, in, out := 0, make([]int, len(p.Tasks)), make([]int, len(p.Tasks))
		for i, task := range p.Tasks {
			if dummy := i == 0 || i == len(p.Tasks)-1; dummy != (task.Duration == 0) || task.Duration > longest {
				t.Errorf("%+v: job %d takes %d", d, i, task.Duration)
			}
			for r, need := range task.Needs {
				if need.Amount > 0 {
					needs++
				}
				if need.Amount > p.Resources[r].Capacity {
					t.Errorf("%+v: job %d needs more than there is", d, i)
				}
			}
		}
		if got := float64(needs) / float64(d.Jobs*resources); math.Abs(got-d.Factor) > 0.01 {
			t.Errorf("%+v: factor %g", d, got)
		}
		reach := func(i, j, without int) bool { // by links other than one
			seen := make([]bool, len(p.Tasks))
			seen[i] = true
			for k, l := range p.Links { // sorted by where they come from
				if k != without && seen[l.From] {
					seen[l.To] = true
				}
			}
			return seen[j]
		}
		for k, l := range p.Links {
			out[l.From]++
			in[l.To]++
			if reach(l.From, l.To, k) {
				t.Errorf("%+v: link %v follows from others", d, l)
			}
		}
		for i := range p.Tasks {
			if in[i] > branches || out[i] > branches || in[i] == 0 && i > 0 || out[i] == 0 && i < len(p.Tasks)-1 {
				t.Errorf("%+v: job %d has %d links in and %d out", d, i, in[i], out[i])
			}
		}
		if d.Strength == 1 { // the earliest starts are a schedule
			if in, _ := sched.Compile(p); sched.Place(in, sched.Options{Schedules: 500}).End != in.CriticalPath() {
				t.Errorf("%+v: does not end with the critical path", d)
			}
		}
		instance, wrong := exchange.ReadInstance(diag.NewSource("made", text(p)))
		if instance == nil || len(instance.Tasks) != len(p.Tasks) {
			t.Fatalf("%+v: %v", d, wrong)
		}
		for i, task := range instance.Tasks {
			if task.Duration != p.Tasks[i].Duration || len(task.Successors) != out[i] {
				t.Errorf("%+v: job %d is not read as it was written", d, i)
			}
		}
		for r, c := range instance.Capacity {
			if c.N != p.Resources[r].Capacity {
				t.Errorf("%+v: resource %d is not read as it was written", d, r)
			}
		}
	}
}
