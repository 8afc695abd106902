package check

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"oneboard/internal/org"
	"pgregory.net/rapid"
)

// drawn reads a history as it is drawn in the tests: "= DATE" begins a
// snapshot, whose units follow; any other line is an event, "DATE [seq] units
// -> units". A unit is code:name:kind:parent, cut off where nothing follows.
func drawn(t testing.TB, text string) *org.History {
	t.Helper()
	unit := func(s string) org.Unit {
		parts := append(strings.Split(s, ":"), "", "", "")
		return org.Unit{Code: parts[0], Name: parts[1], Kind: parts[2], Parent: parts[3]}
	}
	units := func(s string) (out []org.Unit) {
		for _, w := range strings.Fields(s) {
			out = append(out, unit(w))
		}
		return out
	}
	day := func(s string) org.Date {
		d, err := org.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	h := &org.History{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if rest, ok := strings.CutPrefix(line, "= "); ok {
			date, list, _ := strings.Cut(rest, " ")
			h.Snapshots = append(h.Snapshots, org.Snapshot{Date: day(date), Units: units(list)})
			continue
		}
		if line == "" {
			continue
		}
		date, rest, _ := strings.Cut(line, " ")
		e := org.Event{ID: fmt.Sprintf("e%d", len(h.Events)+1), Date: day(date)}
		if first, more, _ := strings.Cut(rest, " "); strings.HasPrefix(first, "#") {
			e.Seq, _ = strconv.Atoi(first[1:])
			e.Ordered, rest = true, more
		}
		before, after, _ := strings.Cut(" "+rest+" ", "->")
		e.Before, e.After = units(before), units(after)
		h.Events = append(h.Events, e)
	}
	return h
}

// told gives what a report finds, a line each.
func toldReplay(r Report) string {
	var b strings.Builder
	for _, s := range r.Snapshots {
		for _, u := range s.Missing {
			fmt.Fprintf(&b, "%s missing %s%s\n", s.Date, u.Code, ":"+u.Name)
		}
		for _, u := range s.Extra {
			fmt.Fprintf(&b, "%s extra %s%s\n", s.Date, u.Code, ":"+u.Name)
		}
		for _, d := range s.Differing {
			fmt.Fprintf(&b, "%s %s %s want %s got %s\n", s.Date, d.Code, d.Field, d.Want, d.Got)
		}
	}
	for _, x := range r.Broken {
		fmt.Fprintf(&b, "%s %s %s %s\n", x.Event, x.What, x.Code, strings.TrimSpace(x.Field+" "+x.Want+" "+x.Got))
	}
	return strings.ReplaceAll(b.String(), " \n", "\n")
}

func TestReplay(t *testing.T) {
	for _, c := range []struct{ name, history, forward, backward string }{
		{name: "a merger and a renaming", history: `
			= 2019-12-31 1:A 2:B 3:C
			2020-01-01 1:A 2:B -> 9:AB
			2020-01-01 3:C -> 3:D
			= 2020-01-01 9:AB 3:D`},
		{name: "a town absorbs a village and becomes a city, listed the other way round", history: `
			= 2019-12-31 1:Village:village 2:Town:town
			2020-01-01 2:Town:town -> 2:Town:city
			2020-01-01 1:Village:village 2:Town:town -> 2:Town:town
			= 2020-01-01 2:Town:city`},
		{name: "the same with codes alone: who is ended goes last", history: `
			= 2019-12-31 1:V 2:T
			2020-01-01 2:T -> 7:C
			2020-01-01 1 2 -> 2
			= 2020-01-01 7:C`},
		{name: "a recoding, then a merger of the new code", history: `
			= 2019-12-31 1:A 2:B
			2020-01-01 11:A 2:B -> 3:AB
			2020-01-01 1:A -> 11:A
			= 2020-01-01 3:AB`},
		{name: "two units trade codes", history: `
			= 2019-12-31 1:A 2:B
			2020-01-01 1:A -> 2:A
			2020-01-01 2:B -> 1:B
			= 2020-01-01 1:B 2:A`},
		{name: "a circle of three, a chain that leads into a free code, and one more circle", history: `
			= 2019-12-31 1:A 2:B 3:C 4:D 5:E 6:F 7:G
			2020-01-01 1:A -> 2:A
			2020-01-01 2:B -> 3:B
			2020-01-01 3:C -> 1:C
			2020-01-01 4:D -> 5:D
			2020-01-01 5:E -> 8:E
			2020-01-01 6:F -> 7:F
			2020-01-01 7:G -> 6:G
			= 2020-01-01 2:A 3:B 1:C 5:D 8:E 7:F 6:G`},
		{name: "one circle done, the next one finds something else", history: `
			= 1970-01-01 183:n1 9:n5 69:n6 87:n3 196:n2
			1970-05-25 196:n2 -> 196:n7
			1970-05-25 87:n3 -> 183:n3
			1970-05-25 69:n3 -> 87:n3
			1970-05-25 69:n6 -> 87:n6
			1970-05-25 70:n6 196:n2 -> 196:n2
			1970-05-25 183:n1 -> 87:n1
			1970-05-25 87:n6 -> 9:n6
			1970-05-25 9:n5 -> 69:n5
			1970-05-25 87:n3 -> 69:n3
			1970-05-25 9:n6 -> 70:n6
			= 1970-05-25 183:n3 69:n5 87:n1 196:n7`},
		{name: "a circle with a merger in it", history: `
			= 2019-12-31 1:A 2:B 3:C
			2020-01-01 1:A 3:C -> 2:AC
			2020-01-01 2:B -> 1:B
			= 2020-01-01 1:B 2:AC`},
		{name: "a code is used again later", history: `
			= 2019-12-31 1:A 2:B
			2020-01-01 1:A -> 3:A
			2021-01-01 2:B -> 1:B
			2022-01-01 1:B ->
			2022-01-01 -> 1:New
			= 2020-06-01 3:A 2:B
			= 2021-01-01 3:A 1:B
			= 2022-01-01 3:A 1:New`},
		{name: "all end and all return on one day", history: `
			= 2019-12-31 1:A 2:B 3:C
			2020-01-01 -> 1:A 2:B
			2020-01-01 1:A 2:B 3:C ->
			2020-01-01 -> 3:C
			= 2020-01-01 1:A 2:B 3:C`},
		{name: "a unit returns with the name and the parent it had", history: `
			= 2019-12-31 1:A:town:p 2:B:town:p
			2020-01-01 1 ->
			2021-01-01 -> 1
			= 2020-01-01 2:B:town:p
			= 2021-01-01 1:A:town:p 2:B:town:p`},
		{name: "what a side leaves out stays", history: `
			= 2019-12-31 1:A:town:p 2:B:town:p 3:C:town:q
			2020-01-01 1 -> 10
			2020-01-01 2 -> 2:Bee
			2020-01-01 3 -> 31:X 32:Y
			= 2020-01-01 10:A:town:p 2:Bee:town:p 31:X:town:q 32:Y:town:q`},
		{name: "names are all there is", history: `
			= 2019-12-31 :A :B :C
			2020-01-01 :AB -> :D
			2020-01-01 :A :B -> :AB
			2020-01-01 :C -> :A
			= 2020-01-01 :D :A`},
		{name: "the order is given, and it is not the listed one", history: `
			= 2019-12-31 1:A
			2020-01-01 #2 1 -> 1:C
			2020-01-01 #1 1 -> 1:B
			= 2020-01-01 1:C`},
		{name: "a name changes, changes back and changes again", history: `
			= 2019-12-31 1:A
			2020-01-01 1:A -> 1:C
			2020-01-01 1:A -> 1:B
			2020-01-01 1:B -> 1:A
			= 2020-01-01 1:C`},
		{name: "what does not fit is reported and applied", history: `
			= 2019-12-31 1:A 2:B 3:C
			2020-01-01 8:X -> 9:X
			2020-01-01 1:Q -> 1:R
			2020-01-01 2:B -> 3:B
			= 2020-01-01 9:X 1:R 3:B`,
			forward:  "e1 absent 8\ne2 differs 1 name Q A\ne3 occupied 3\n",
			backward: "2019-12-31 missing 3:C\n2019-12-31 extra 8:X\n2019-12-31 1 name want A got Q\n"},
		{name: "one broken event does not break those that wait for it", history: `
			= 2019-12-31 1:A 2:B
			2020-01-01 4:D 2:B -> 5:E
			2020-01-01 3:C -> 4:D
			= 2020-01-01 1:A 5:E`,
			forward:  "e2 absent 3\n",
			backward: "2019-12-31 extra 3:C\n"},
		{name: "what makes itself, or each other, was never there", history: `
			= 2019-12-31 1:A 4:D 5:E
			2020-01-01 1:A 2:B -> 2:B
			2021-01-01 4:D 3:C -> 6:F
			2021-01-01 5:E 6:F -> 3:C
			= 2020-01-01 2:B 4:D 5:E
			= 2021-01-01 2:B 3:C`,
			forward:  "e1 absent 2\ne2 absent 3\n",
			backward: "2020-01-01 extra 3:C\n2019-12-31 extra 2:B\n2019-12-31 extra 3:C\n"},
		{name: "sides with faults", history: `
			= 2019-12-31 1:A
			2020-01-01 1:A 1:A -> 2:B
			2020-01-01 ->
			= 2020-01-01 2:B`,
			forward: "e1 twice 1\n", backward: "e1 twice 1\n"},
		{name: "events outside the snapshots", history: `
			= 2020-01-01 1:B
			2020-01-01 1:A -> 1:B
			2020-06-01 1:B -> 1:C
			= 2020-06-01 1:C`},
		{name: "a difference", history: `
			= 2019-12-31 1:A 2:B
			2020-01-01 1:A -> 1:C
			= 2020-01-01 1:D 3:E`,
			forward:  "2020-01-01 missing 3:E\n2020-01-01 extra 2:B\n2020-01-01 1 name want D got C\n",
			backward: "2019-12-31 missing 2:B\n2019-12-31 extra 3:E\ne1 differs 1 name C D\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := drawn(t, c.history)
			forward, backward := Replay(h, false), Replay(h, true)
			if got := toldReplay(forward); got != c.forward {
				t.Errorf("forward\n%swant\n%s", got, c.forward)
			}
			if got := toldReplay(backward); got != c.backward {
				t.Errorf("backward\n%swant\n%s", got, c.backward)
			}
			if agrees := !strings.Contains(c.forward, "2020"); forward.Agrees() != agrees {
				t.Errorf("agrees: %v", forward.Agrees())
			}
		})
	}
}

func TestReplayOfNothing(t *testing.T) {
	for _, h := range []*org.History{{}, {Events: []org.Event{{ID: "e"}}}, {Snapshots: []org.Snapshot{{}}}} {
		for _, backward := range []bool{false, true} {
			if r := Replay(h, backward); !r.Agrees() || r.Snapshots == nil || r.Broken == nil {
				t.Errorf("%+v", r)
			}
		}
	}
}

func TestOpOf(t *testing.T) {
	for line, want := range map[string]string{
		"2020-01-01 -> 1:A": "establish", "2020-01-01 1:A ->": "abolish", "2020-01-01 1:A 2:B -> 1:A": "merge",
		"2020-01-01 1:A -> 1:A 2:B": "split", "2020-01-01 1:A -> 2:A": "recode", "2020-01-01 1:A -> 1:B": "rename",
		"2020-01-01 1:A:town -> 1:A:city": "regrade", "2020-01-01 1:A::p -> 1:A::q": "move",
		"2020-01-01 1:A 2:B -> 1:A 2:B": "transfer", "2020-01-01 1:A -> 1": "transfer",
	} {
		if got := OpOf(&drawn(t, line).Events[0]); got != want {
			t.Errorf("%s: %s, want %s", line, got, want)
		}
	}
}

// trueHistory makes up what happened: from a random state, event after event,
// each of them possible when it comes. Every name is new, so that a state is
// told from every other. The snapshots are taken from the states.
func trueHistory(dice *rand.Rand, units, days, perDay, codes int) *org.History {
	names := 0
	fresh := func() string { names++; return fmt.Sprintf("n%d", names) }
	state := map[string]org.Unit{}
	free := func() string {
		for {
			if c := fmt.Sprint(dice.IntN(codes)); state[c].Code == "" {
				return c
			}
		}
	}
	snapshot := func(day int) org.Snapshot {
		s := org.Snapshot{Date: org.Date(day)}
		for _, u := range state {
			s.Units = append(s.Units, u)
		}
		return s
	}
	pick := func(n int) (out []org.Unit) {
		keys := make([]string, 0, len(state))
		for c := range state {
			keys = append(keys, c)
		}
		slices.Sort(keys)
		for n = min(n, len(keys)); n > 0; n-- {
			i := dice.IntN(len(keys))
			out = append(out, state[keys[i]])
			keys = slices.Delete(keys, i, i+1)
		}
		return out
	}
	for range units {
		c := free()
		state[c] = org.Unit{Code: c, Name: fresh(), Kind: "town", Parent: fmt.Sprint("p", dice.IntN(3))}
	}
	h := &org.History{Snapshots: []org.Snapshot{snapshot(0)}}
	for day := 1; day <= days; day++ {
		for seq := range perDay {
			e := org.Event{ID: fmt.Sprintf("%d-%d", day, seq), Date: org.Date(day), Seq: seq, Ordered: true}
			make1 := func(u org.Unit) {
				state[u.Code] = u
				e.After = append(e.After, u)
			}
			take := func(n int) []org.Unit {
				e.Before = pick(n)
				for _, u := range e.Before {
					delete(state, u.Code)
				}
				return e.Before
			}
			switch kind := dice.IntN(7); {
			case len(state) < 2 || kind == 0 && len(state) < units*2:
				make1(org.Unit{Code: free(), Name: fresh(), Kind: "town", Parent: "p1"})
			case kind == 1:
				take(1)
			case kind == 2: // merge into a new unit
				take(2 + dice.IntN(2))
				make1(org.Unit{Code: free(), Name: fresh(), Kind: "city", Parent: "p1"})
			case kind == 3: // absorb
				u := take(2 + dice.IntN(2))[0]
				u.Name = fresh()
				make1(u)
			case kind == 4 && len(state) < units*2: // split
				u := take(1)[0]
				u.Name = fresh()
				make1(u)
				make1(org.Unit{Code: free(), Name: fresh(), Kind: u.Kind, Parent: u.Parent})
			case kind == 5: // rename, regrade, move
				u := take(1)[0]
				u.Name, u.Kind, u.Parent = fresh(), []string{"town", "city"}[dice.IntN(2)], fmt.Sprint("p", dice.IntN(3))
				make1(u)
			default: // recode
				u := take(1)[0]
				u.Code = free()
				make1(u)
			}
			h.Events = append(h.Events, e)
		}
		h.Snapshots = append(h.Snapshots, snapshot(day))
	}
	return h
}

// forget takes the order out of every day.
func forget(dice *rand.Rand, h *org.History) {
	dice.Shuffle(len(h.Events), func(i, j int) { h.Events[i], h.Events[j] = h.Events[j], h.Events[i] })
	for i := range h.Events {
		h.Events[i].Seq, h.Events[i].Ordered = 0, false
	}
}

func TestReplayInfersTheOrderOfTheDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dice := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 7))
		h := trueHistory(dice, rapid.IntRange(1, 8).Draw(t, "units"), 3, rapid.IntRange(1, 8).Draw(t, "events a day"), 24)
		for _, backward := range []bool{false, true} {
			if r := Replay(h, backward); !r.Agrees() || len(r.Broken) > 0 {
				t.Fatalf("in order, backward %v\n%s", backward, toldReplay(r))
			}
		}
		forget(dice, h)
		for _, backward := range []bool{false, true} {
			if r := Replay(h, backward); !r.Agrees() || len(r.Broken) > 0 {
				t.Fatalf("shuffled, backward %v\n%s\n%+v", backward, toldReplay(r), h.Events)
			}
		}
	})
}

// Codes alone: the units in force come out right whatever order is chosen.
func TestReplayWithoutNames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dice := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 9))
		h := trueHistory(dice, rapid.IntRange(1, 8).Draw(t, "units"), 3, rapid.IntRange(1, 5).Draw(t, "events a day"), 60)
		forget(dice, h)
		for i := range h.Events {
			for _, side := range [][]org.Unit{h.Events[i].Before, h.Events[i].After} {
				for j := range side {
					side[j] = org.Unit{Code: side[j].Code}
				}
			}
		}
		h.Compares = []string{}
		for _, backward := range []bool{false, true} {
			if r := Replay(h, backward); !r.Agrees() {
				t.Fatalf("backward %v\n%s\n%+v", backward, toldReplay(r), h.Events)
			}
		}
	})
}

func TestReplayWholeCountryRenumbered(t *testing.T) {
	const n = 14_000
	h := &org.History{Snapshots: []org.Snapshot{{Date: 0}, {Date: 1}}}
	for i := range n { // one circle of all codes, and one code that stays
		was, is := fmt.Sprint(i), fmt.Sprint((i+1)%n)
		name := "n" + was
		h.Snapshots[0].Units = append(h.Snapshots[0].Units, org.Unit{Code: was, Name: name})
		h.Snapshots[1].Units = append(h.Snapshots[1].Units, org.Unit{Code: is, Name: name})
		h.Events = append(h.Events, org.Event{ID: was, Date: 1, Before: []org.Unit{{Code: was}}, After: []org.Unit{{Code: is}}})
	}
	for _, backward := range []bool{false, true} {
		if r := Replay(h, backward); !r.Agrees() || len(r.Broken) > 0 {
			t.Errorf("backward %v: %.300s", backward, toldReplay(r))
		}
	}
}

func BenchmarkReplay(b *testing.B) {
	h := trueHistory(rand.New(rand.NewPCG(1, 1)), 3000, 1400, 10, 30_000)
	h.Snapshots = []org.Snapshot{h.Snapshots[0], h.Snapshots[len(h.Snapshots)-1]}
	forget(rand.New(rand.NewPCG(2, 2)), h)
	for b.Loop() {
		Replay(h, false)
	}
}

// A broken precondition comes with a judgement: which of two readings the next
// snapshot agrees with.
func TestReplayJudges(t *testing.T) {
	const start = "= 2000-01-01 1:a 2:b\n"
	for _, c := range []struct{ name, history, want string }{
		{"the event", start + "2000-06-01 1:x -> 1:c\n= 2001-01-01 1:c 2:b", "differs 1 event"},
		{"the state", start + "2000-06-01 3:x -> 2:c\n= 2001-01-01 1:a 2:b", "absent 3 state, occupied 2 state"},
		{"either", start + "2000-06-01 3:x ->\n= 2001-01-01 1:a 2:b", "absent 3 both"},
		{"neither", start + "2000-06-01 1:x -> 1:c\n= 2001-01-01 1:z 2:b", "differs 1 neither"},
		{"changed again, as the snapshot has it", start + "2000-06-01 1:x -> 1:c\n2000-07-01 1:c -> 1:d\n= 2001-01-01 1:d 2:b", "differs 1 event"},
		{"changed again, otherwise", start + "2000-06-01 1:x -> 1:c\n2000-07-01 1:c -> 1:d\n= 2001-01-01 1:z 2:b", "differs 1"},
		{"only the next one judges", start + "2000-06-01 1:x -> 1:c\n= 2001-01-01 1:a 2:b\n= 2002-01-01 1:c 2:b", "differs 1 state"},
		{"no later one", start + "2000-06-01 1:x -> 1:c", "differs 1"},
		{"named twice", start + "2000-06-01 1 1 -> 1:c\n= 2001-01-01 1:c 2:b", "twice 1"},
	} {
		var got []string
		for _, b := range Replay(drawn(t, c.history), false).Broken {
			got = append(got, strings.TrimSpace(b.What+" "+b.Code+" "+b.Agrees))
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: got %v, want %s", c.name, got, c.want)
		}
	}
}

// What differs is put together by the event that it comes of, with what the next
// snapshot says.
func TestReplayTellsCauses(t *testing.T) {
	const start = "= 2000-01-01 1:a 2:b 3:c\n"
	for _, c := range []struct{ name, history, want string }{
		{"one event, taken up late", start + "2001-01-01 1:a 2:b -> 9:ab\n= 2001-01-01 1:a 2:b 3:c\n= 2002-01-01 9:ab 3:c", "[1 2 9] e1 replay"},
		{"one event, never taken up", start + "2001-01-01 1:a 2:b -> 9:ab\n= 2001-01-01 1:a 2:b 3:c\n= 2002-01-01 1:a 2:b 3:c", "[1 2 9] e1 snapshot | [1 2 9] e1"},
		{"two events", start + "2001-01-01 1:a -> 1:x\n2000-06-01 2:b ->\n= 2001-01-01 1:a 2:b 3:c", "[1] e1 | [2] e2"},
		{"no event", start + "= 2001-01-01 1:a 2:b 4:d", "[3]  | [4] "},
		{"changed before the next one", start + "2001-01-01 1:a -> 1:x\n2001-06-01 1:x -> 1:y\n= 2001-01-01 1:a 2:b 3:c\n= 2002-01-01 1:y 2:b 3:c", "[1] e1"},
		{"names alone", "= 2000-01-01 :a :b\n2000-06-01 :a -> :c\n= 2001-01-01 :a :b", "[a c] e1"},
	} {
		var got []string
		r := Replay(drawn(t, c.history), false)
		for _, s := range r.Snapshots {
			for _, cause := range s.Causes {
				var units []string
				for _, u := range cause.Units {
					units = append(units, cmp.Or(u.Code, u.Name))
				}
				line := fmt.Sprintf("%v %s", units, cause.Event)
				if cause.Next != "" {
					line += " " + cause.Next
				}
				got = append(got, line)
			}
		}
		if strings.Join(got, " | ") != c.want {
			t.Errorf("%s: got %q, want %q", c.name, strings.Join(got, " | "), c.want)
		}
	}
}
