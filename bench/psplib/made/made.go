// Package made makes problems of limited resources by the published design of the
// families of PSPLIB (Kolisch, Sprecher, Drexl 1995; Kolisch, Sprecher 1996): of
// the size of J60, whose own problems may not be at hand. They are of our own
// making: no problem is one of PSPLIB's, and no result of one is a result of J60.
package made

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"oneboard/internal/sched"
)

// A Design is what problems of a family have in common.
type Design struct {
	Jobs       int
	Complexity float64 // links for each job, the first and the last counted, none of which follows from others
	Factor     float64 // share of the resources that a job needs, on average
	Strength   float64 // 0: as little of each resource as any job needs; 1: as much as all need at most when they start as early as they can
}

// The family of J60 has every combination of these, and four resources.
var (
	complexities = []float64{1.5, 1.8, 2.1}
	factors      = []float64{0.25, 0.5, 0.75, 1}
	strengths    = []float64{0.2, 0.5, 0.7, 1}
)

const (
	resources = 4
	longest   = 10 // units of time that a job takes
	greatest  = 10 // units of a resource that a job needs
	branches  = 3  // jobs that come first, and last; links into a job, and out of it
	problems  = 5  // of each combination
)

// Family gives the designs of problems of so many jobs.
func Family(jobs int) (out []Design) {
	for _, c := range complexities {
		for _, f := range factors {
			for _, s := range strengths {
				out = append(out, Design{jobs, c, f, s})
			}
		}
	}
	return out
}

// Write writes the family of 60 jobs into the folder made60 of a folder, five
// problems of each design, as files of PSPLIB. They are the same each time.
func Write(folder string) error {
	folder = filepath.Join(folder, "made60")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for g, d := range Family(60) {
		for k := range problems {
			name := fmt.Sprintf("made60_%02d_%d.sm", g+1, k+1)
			p := d.Make(rand.New(rand.NewPCG(uint64(g), uint64(k))))
			if err := os.WriteFile(filepath.Join(folder, name), []byte(text(p)), 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

// Make makes a problem: its first and last task take no time.
func (d Design) Make(rng *rand.Rand) *sched.Problem {
	var n *network
	for n == nil {
		n = d.network(rng) // a choice may leave no room for the links that are wanted
	}
	p := &sched.Problem{Tasks: make([]sched.Task, d.Jobs+2)}
	for i := range p.Tasks {
		p.Tasks[i].Deadline = sched.None
		if i > 0 && i <= d.Jobs {
			p.Tasks[i].Duration = 1 + rng.IntN(longest)
		}
		for _, j := range n.after[i] {
			p.Links = append(p.Links, sched.Link{From: i, To: j})
		}
	}
	for i, which := range d.needs(rng) {
		for r := range resources {
			amount := 0
			if which[r] {
				amount = 1 + rng.IntN(greatest)
			}
			p.Tasks[i+1].Needs = append(p.Tasks[i+1].Needs, sched.Need{Resource: r, Amount: amount})
		}
	}
	d.capacities(p)
	return p
}

// needs says which resources each job needs: at least one, and then at random
// until the factor is reached.
func (d Design) needs(rng *rand.Rand) [][resources]bool {
	which := make([][resources]bool, d.Jobs)
	for i := range which {
		which[i][rng.IntN(resources)] = true
	}
	for left := int(d.Factor*float64(d.Jobs*resources)+0.5) - d.Jobs; left > 0; {
		if need := &which[rng.IntN(d.Jobs)][rng.IntN(resources)]; !*need {
			*need = true
			left--
		}
	}
	return which
}

// capacities sets what there is of each resource, by the strength.
func (d Design) capacities(p *sched.Problem) {
	start := make([]int, len(p.Tasks))
	end := 0
	for _, l := range p.Links { // sorted by where they come from, and none goes back
		start[l.To] = max(start[l.To], start[l.From]+p.Tasks[l.From].Duration)
		end = max(end, start[l.To])
	}
	for r := range resources {
		used, least := make([]int, end), 0
		for i, t := range p.Tasks {
			if len(t.Needs) == 0 {
				continue
			}
			least = max(least, t.Needs[r].Amount)
			for time := start[i]; time < start[i]+t.Duration; time++ {
				used[time] += t.Needs[r].Amount
			}
		}
		most := slices.Max(used)
		p.Resources = append(p.Resources, sched.Resource{Capacity: least + int(d.Strength*float64(most-least)+0.5)})
	}
}

// network is the links between jobs 0 (the first) to jobs+1 (the last).
type network struct {
	after, before [][]int
	reach         [][]bool // whether a way leads from one to another, or to itself
	links         int
}

// network makes links: every job has one before and one after it, and then as
// many as the complexity says. nil: it can't be reached.
func (d Design) network(rng *rand.Rand) *network {
	total := d.Jobs + 2
	n := &network{after: make([][]int, total), before: make([][]int, total), reach: make([][]bool, total)}
	for i := range n.reach {
		n.reach[i] = make([]bool, total)
		n.reach[i][i] = true
	}
	last := d.Jobs - branches // the jobs after this one come last
	for i := 1; i <= branches; i++ {
		n.tie(0, i)
		n.tie(last+i, total-1)
	}
	try := func(pick func() (int, int)) bool {
		for range 1000 {
			if i, j := pick(); n.fits(i, j) {
				n.tie(i, j)
				return true
			}
		}
		return false
	}
	for j := branches + 1; j <= d.Jobs; j++ {
		if !try(func() (int, int) { return 1 + rng.IntN(min(j-1, last)), j }) {
			return nil
		}
	}
	for i := 1; i <= last; i++ {
		if len(n.after[i]) == 0 && !try(func() (int, int) { return i, max(branches, i) + 1 + rng.IntN(d.Jobs-max(branches, i)) }) {
			return nil
		}
	}
	for n.links < int(d.Complexity*float64(total)+0.5) {
		if !try(func() (int, int) { return 1 + rng.IntN(last), branches + 1 + rng.IntN(d.Jobs-branches) }) {
			return nil
		}
	}
	for i := range n.after {
		slices.Sort(n.after[i])
	}
	return n
}

// fits reports whether a link may be added: neither does it follow from others,
// nor do others from it then.
func (n *network) fits(i, j int) bool {
	if i >= j || n.reach[i][j] || len(n.after[i]) == branches || len(n.before[j]) == branches {
		return false
	}
	for a := range n.after {
		if n.reach[a][i] && slices.ContainsFunc(n.after[a], func(b int) bool { return n.reach[j][b] }) {
			return false
		}
	}
	return true
}

func (n *network) tie(i, j int) {
	n.after[i], n.before[j] = append(n.after[i], j), append(n.before[j], i)
	n.links++
	for a := range n.reach {
		for b := range n.reach {
			n.reach[a][b] = n.reach[a][b] || n.reach[a][i] && n.reach[j][b]
		}
	}
}

// text writes a problem as a file of PSPLIB.
func text(p *sched.Problem) string {
	var out strings.Builder
	rule := strings.Repeat("*", 72) + "\n"
	after := make([][]int, len(p.Tasks))
	for _, l := range p.Links {
		after[l.From] = append(after[l.From], l.To)
	}
	fmt.Fprintf(&out, "%sjobs (incl. supersource/sink ):  %d\nRESOURCES\n  - renewable                 :  %d   R\n%sPRECEDENCE RELATIONS:\njobnr.    #modes  #successors   successors\n", rule, len(p.Tasks), len(p.Resources), rule)
	for i := range p.Tasks {
		fmt.Fprintf(&out, "%4d %8d %11d    ", i+1, 1, len(after[i]))
		for _, j := range after[i] {
			fmt.Fprintf(&out, " %4d", j+1)
		}
		out.WriteString("\n")
	}
	fmt.Fprintf(&out, "%sREQUESTS/DURATIONS:\njobnr. mode duration ", rule)
	for r := range p.Resources {
		fmt.Fprintf(&out, " R %d", r+1)
	}
	out.WriteString("\n" + strings.Repeat("-", 72) + "\n")
	for i, t := range p.Tasks {
		fmt.Fprintf(&out, "%4d %6d %7d   ", i+1, 1, t.Duration)
		for r := range p.Resources {
			amount := 0
			for _, need := range t.Needs {
				if need.Resource == r {
					amount = need.Amount
				}
			}
			fmt.Fprintf(&out, " %4d", amount)
		}
		out.WriteString("\n")
	}
	out.WriteString(rule + "RESOURCEAVAILABILITIES:\n")
	for r := range p.Resources {
		fmt.Fprintf(&out, "  R %d", r+1)
	}
	out.WriteString("\n")
	for _, r := range p.Resources {
		fmt.Fprintf(&out, " %4d", r.Capacity)
	}
	return out.String() + "\n" + rule
}
