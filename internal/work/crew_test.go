package work_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/sched"
	"oneboard/internal/work"
)

var crews = flag.Int("crews", 250, "random plans with people of several skills")

// crewed is a small plan with people, kept beside its text for the oracle.
type crewed struct {
	text  string
	tasks []struct {
		days, due int // due: the last day, from 0 on; -1: none
		after     []int
		needs     [3]int
	}
	can  []([3]bool)
	away [][2]int // per person, days from and up to; none: 0, 0
}

// Days are those from Monday 4 March 2019 on: no holidays for a month.
var monday = org.Day(2019, 3, 4)

// workday gives the k-th day of work from then on.
func workday(k int) org.Date { return monday + org.Date(k/5*7+k%5) }

func someCrew(rng *rand.Rand) crewed {
	var c crewed
	var b strings.Builder
	b.WriteString(head + "start: 2019-03-04\ndeadline: 2019-04-30\nresources:\n  - {id: r0}\n  - {id: r1}\n  - {id: r2}\nstaff:\n")
	for i := range 2 + rng.IntN(3) {
		var can [3]bool
		var words []string
		for r := range can {
			// Everybody can do one thing, so that no team is empty.
			if can[r] = r == i || i >= 3 && r == 0 || rng.IntN(2) == 0; can[r] {
				words = append(words, fmt.Sprintf("r%d", r))
			}
		}
		if i == 1 { // with two people, the third team is his
			can[2] = true
			words = append(words, "r2")
		}
		c.can = append(c.can, can)
		slices.Sort(words)
		fmt.Fprintf(&b, "  - id: p%d\n    can: [%s]\n", i, strings.Join(slices.Compact(words), ", "))
		away := [2]int{}
		if rng.IntN(3) == 0 {
			away[0] = rng.IntN(4)
			away[1] = away[0] + 1 + rng.IntN(3)
			fmt.Fprintf(&b, "    away: {days: %s/%s}\n", workday(away[0]), workday(away[1]-1))
		}
		c.away = append(c.away, away)
	}
	b.WriteString("tasks:\n")
	for i := range 2 + rng.IntN(3) {
		t := struct {
			days, due int
			after     []int
			needs     [3]int
		}{days: 1 + rng.IntN(2), due: -1}
		var needs []string
		for r := range t.needs {
			most := 0
			for _, can := range c.can {
				if can[r] {
					most++
				}
			}
			if rng.IntN(2) == 0 {
				t.needs[r] = 1 + rng.IntN(min(2, most))
				needs = append(needs, fmt.Sprintf("{team: r%d, people: %d}", r, t.needs[r]))
			}
		}
		fmt.Fprintf(&b, "  - id: t%d\n    title: T\n    body: bb\n    days: %d\n", i, t.days)
		if len(needs) > 0 {
			fmt.Fprintf(&b, "    needs: [%s]\n", strings.Join(needs, ", "))
		}
		for j := range i {
			if rng.IntN(3) == 0 {
				t.after = append(t.after, j)
			}
		}
		if len(t.after) > 0 {
			var words []string
			for _, j := range t.after {
				words = append(words, fmt.Sprintf("{of: t%d}", j))
			}
			fmt.Fprintf(&b, "    after: [%s]\n", strings.Join(words, ", "))
		}
		if rng.IntN(4) == 0 {
			t.due = t.days - 1 + rng.IntN(4)
			fmt.Fprintf(&b, "    deadline: %s\n", workday(t.due))
		}
		c.tasks = append(c.tasks, t)
	}
	c.text = b.String() + none + offices
	return c
}

// manned tries every way to give people to what goes on on a day.
func (c *crewed) manned(slots []int, busy []bool, day int) bool {
	if len(slots) == 0 {
		return true
	}
	for i := range c.can {
		if !busy[i] && c.can[i][slots[0]] && !(c.away[i][0] <= day && day < c.away[i][1]) {
			busy[i] = true
			if c.manned(slots[1:], busy, day) {
				busy[i] = false
				return true
			}
			busy[i] = false
		}
	}
	return false
}

// oracle tries all starts of the tasks: the least day after the last, or -1.
func (c *crewed) oracle(horizon int) int {
	start := make([]int, len(c.tasks))
	best := -1
	var try func(i, end int)
	try = func(i, end int) {
		if best >= 0 && end >= best {
			return
		}
		if i == len(c.tasks) {
			best = end
			return
		}
		t := &c.tasks[i]
		from := 0
		for _, j := range t.after {
			from = max(from, start[j]+c.tasks[j].days)
		}
	starts:
		for s := from; s+t.days <= horizon && (t.due < 0 || s+t.days-1 <= t.due); s++ {
			start[i] = s
			for day := s; day < s+t.days; day++ {
				var slots []int
				for j := range i + 1 {
					if start[j] <= day && day < start[j]+c.tasks[j].days {
						for r, n := range c.tasks[j].needs {
							for range n {
								slots = append(slots, r)
							}
						}
					}
				}
				if !c.manned(slots, make([]bool, len(c.can)), day) {
					continue starts
				}
			}
			try(i+1, max(end, s+t.days))
		}
	}
	try(0, 0)
	return best
}

// TestCrewOracle holds schedules with people of several skills against all
// starts and all ways to give people to them.
func TestCrewOracle(t *testing.T) {
	feasible, clashes, impossible := 0, 0, 0
	for seed := range *crews {
		c := someCrew(rand.New(rand.NewPCG(uint64(seed), 11)))
		w, wrong := tryCompile(t, c.text)
		want := c.oracle(14)
		if w == nil {
			impossible++
			if want >= 0 {
				t.Errorf("seed %d is refused, and could be done: %v\n%s", seed, wrong, c.text)
			}
			continue
		}
		s, clash := work.Place(w, sched.Options{Schedules: 2000})
		if s == nil {
			clashes++
			if want >= 0 || clash == nil {
				t.Errorf("seed %d: no schedule, and the oracle ends on day %d\n%s", seed, want, c.text)
			}
			if clash != nil {
				w.Why(clash)
			}
			continue
		}
		feasible++
		if want < 0 || s.End != workday(want-1) || !s.Optimal {
			t.Errorf("seed %d: ends on %s (proven %v), and the oracle after %d days\n%s", seed, s.End, s.Optimal, want, c.text)
		}
		// Who does what, held against the plan's text.
		at := map[[2]org.Date]bool{}
		count := map[[3]int]int{}
		for _, turn := range s.Crew {
			for k := range 20 {
				if d := workday(k); turn.From <= d && d <= turn.To {
					if at[[2]org.Date{org.Date(turn.Person), d}] {
						t.Errorf("seed %d: p%d does two things on %s", seed, turn.Person, d)
					}
					at[[2]org.Date{org.Date(turn.Person), d}] = true
					count[[3]int{turn.Activity, turn.Resource, k}]++
					if !c.can[turn.Person][turn.Resource] || c.away[turn.Person][0] <= k && k < c.away[turn.Person][1] {
						t.Errorf("seed %d: p%d can't do r%d on %s", seed, turn.Person, turn.Resource, d)
					}
				}
			}
		}
		for i := range c.tasks {
			for k := range 20 {
				for r, n := range c.tasks[i].needs {
					if s.Start[i] > workday(k) || s.Finish[i] < workday(k) {
						n = 0
					}
					if count[[3]int{i, r, k}] != n {
						t.Errorf("seed %d: t%d has %d of r%d on %s, and needs %d", seed, i, count[[3]int{i, r, k}], r, workday(k), n)
					}
				}
			}
		}
	}
	t.Logf("%d schedules, %d clashes, %d impossible", feasible, clashes, impossible)
	if feasible < *crews/4 || clashes < *crews/50 {
		t.Errorf("%d schedules and %d clashes are too few to mean much", feasible, clashes)
	}
}

const twoSkills = head + `start: 2019-03-04
deadline: 2019-03-29
resources:
  - {id: draft, name: 起草, name_en: Drafters}
  - {id: review, name: 审核, name_en: Reviewers}
staff:
  - {id: bb/zhang, title: 张科长, title_en: Section head, can: [draft, review]}
  - {id: bb/li, can: draft}
tasks:
  - {id: a, title: 甲, title_en: A, body: bb, days: 2, needs: {team: draft, people: 2}, deadline: 2019-03-06}
  - {id: b, title: 乙, title_en: B, body: bb, days: 2, needs: {team: review}, deadline: 2019-03-06}
` + none + offices

// TestTwoSkills: the one who can do both can't do both at once. The clash names
// the teams together, and one more of them is a way out.
func TestTwoSkills(t *testing.T) {
	w := compile(t, twoSkills)
	s, clash := work.Place(w, sched.Options{Schedules: 500})
	if s != nil || clash == nil {
		t.Fatal("two things at once")
	}
	d, ways := w.Why(clash)
	var b strings.Builder
	for _, n := range d.In(lang.EN).Notes {
		b.WriteString(n.Text + "\n")
	}
	var said []string
	for _, y := range ways {
		said = append(said, w.Say(lang.EN, y))
	}
	if !strings.Contains(b.String(), "Drafters, Reviewers together (draft+review): 2 of 2") {
		t.Errorf("notes: %s", b.String())
	}
	if !slices.ContainsFunc(said, func(s string) bool { return strings.HasPrefix(s, "1 more of Drafters, Reviewers together from ") }) {
		t.Errorf("ways: %q", said)
	}
	// A day more for one of them is enough, and the people stay at their work.
	w = compile(t, strings.Replace(twoSkills, "{team: review}, deadline: 2019-03-06", "{team: review}, deadline: 2019-03-07", 1))
	s, _ = work.Place(w, sched.Options{Schedules: 500})
	if s == nil {
		t.Fatal("no schedule")
	}
	if len(s.Crew) != 3 {
		t.Errorf("%d turns, not three: %+v", len(s.Crew), s.Crew)
	}
}

// TestEntangled: twelve teams that people tie together in more sets than are made
// before. Each of 12 tasks takes 4 people of one team for a day, and each team has
// just 4 who can do its work, three of whom can do that of others: 48 days of work
// for 24 people, so two days at the least, and nobody does two things at once.
func TestEntangled(t *testing.T) {
	var b strings.Builder
	b.WriteString(head + "start: 2019-03-04\nresources:\n")
	for r := range 12 {
		fmt.Fprintf(&b, "  - {id: r%d, capacity: 4}\n", r)
	}
	b.WriteString("staff:\n")
	for r := range 12 { // a ring, and each alone: every set that hangs together counts
		fmt.Fprintf(&b, "  - {id: p%d, can: [r%d, r%d, r%d]}\n  - {id: q%d, can: r%d}\n", r, r, (r+1)%12, (r+5)%12, r, r)
	}
	b.WriteString("tasks:\n")
	for r := range 12 {
		fmt.Fprintf(&b, "  - {id: t%d, title: 甲, body: bb, days: 1, needs: {team: r%d, people: 4}}\n", r, r)
	}
	s, clash := work.Place(compile(t, b.String()+none+offices), sched.Options{Schedules: 500})
	if s == nil {
		t.Fatalf("no schedule: %v", clash)
	}
	people := map[string]bool{}
	for _, turn := range s.Crew {
		for d := turn.From; d <= turn.To; d++ {
			key := fmt.Sprint(turn.Person, d)
			if people[key] {
				t.Errorf("%s does two things on %s", s.Work.Staff[turn.Person].ID, d)
			}
			people[key] = true
		}
	}
	if len(people) != 48 {
		t.Errorf("%d days of people, not 48", len(people))
	}
	if s.End.String() < "2019-03-05" {
		t.Errorf("all ends on %s", s.End)
	}
}
