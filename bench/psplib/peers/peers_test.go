package peers

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"oneboard/internal/referee"
	"oneboard/internal/sched"
)

// random gives a problem as PSPLIB's are: a first and a last task of no duration,
// links forward, needs within the capacities.
func random(rng *rand.Rand, tasks int) *sched.Problem {
	p := &sched.Problem{Resources: []sched.Resource{{Capacity: 3}, {Capacity: 5}}}
	for i := range tasks {
		t := sched.Task{Deadline: sched.None}
		if i > 0 && i < tasks-1 {
			t.Duration = 1 + rng.IntN(6)
			for r := range p.Resources {
				t.Needs = append(t.Needs, sched.Need{Resource: r, Amount: rng.IntN(p.Resources[r].Capacity + 1)})
			}
			p.Links = append(p.Links, sched.Link{From: 0, To: i}, sched.Link{From: i, To: tasks - 1})
			if from := rng.IntN(i); from > 0 {
				p.Links = append(p.Links, sched.Link{From: from, To: i})
			}
		}
		p.Tasks = append(p.Tasks, t)
	}
	return p
}

func TestFirstScheduleKeepsTheRules(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		p := random(rng, 3+rng.IntN(20))
		c, err := New(p)
		if err != nil {
			t.Fatal(err)
		}
		if wrong := referee.Check(p, c.First); len(wrong) > 0 {
			t.Fatalf("%v in %+v", wrong, p)
		}
		for i, start := range c.First {
			if start < c.Earliest[i] || start > c.Latest[i] {
				t.Fatalf("task %d starts at %d, outside of %d to %d", i, start, c.Earliest[i], c.Latest[i])
			}
		}
	}
}

// Every engine must mean the same problem: what it proves is what Oneboard proves.
func TestEnginesMeanTheSameProblem(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the programs of others, which takes seconds each")
	}
	t.Chdir("../../..")
	rng := rand.New(rand.NewPCG(3, 4))
	for _, name := range []string{"tj3", "chuffed", "gecode", "clasp"} {
		found, err := Find([]string{name})
		if err != nil {
			t.Logf("not tried: %v", err)
			continue
		}
		for range 3 {
			p := random(rng, 9)
			c, err := New(p)
			if err != nil {
				t.Fatal(err)
			}
			in, fault := sched.Compile(p)
			if fault != nil {
				t.Fatal(fault)
			}
			best := sched.Place(in, sched.Options{Seed: 1})
			a := found[0].Solve(c, time.Minute)
			if a.Err != nil || a.Start == nil {
				t.Fatalf("%s: no answer: %v", name, a.Err)
			}
			if wrong := referee.Check(p, a.Start); len(wrong) > 0 {
				t.Fatalf("%s: %v in\n%s", name, wrong, tjp(c))
			}
			if end := c.End(a.Start); end < best.End || a.Proven && end != best.End {
				t.Errorf("%s: ends at %d, proven %v; the earliest is %d", name, end, a.Proven, best.End)
			}
			if !a.Proven && name != "tj3" {
				t.Errorf("%s: has no proof for %d tasks in a minute", name, len(p.Tasks))
			}
		}
	}
}

func TestLineThatWasCutOffIsNoAnswer(t *testing.T) {
	for line, good := range map[string]bool{
		"start(0,0) start(1,12)": true,
		"start(0,0) start(1,1":   false,
		"start(0,0)":             false,
		"start(0,0) start(2,1)":  false,
	} {
		if _, err := starts(line, 2); (err == nil) != good {
			t.Errorf("%q: %v", line, err)
		}
	}
}

func TestOtherLinksAreRefused(t *testing.T) {
	p := random(rand.New(rand.NewPCG(5, 6)), 5)
	p.Links[0].Lag = 1
	if _, err := New(p); err == nil || !strings.Contains(err.Error(), "lag") {
		t.Errorf("a lag gives %v", err)
	}
}
