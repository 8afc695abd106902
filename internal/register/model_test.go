package register

import (
	"errors"
	"flag"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"oneboard/internal/check"
	"oneboard/internal/org"
)

// A fact is one row as the oracle keeps it: what it says, and the entries
// between which it is known. The oracle is a slice of facts and nothing else.
type fact struct {
	row         org.Responsibility
	known, gone int64
}

type oracle struct {
	facts   []fact
	fixed   *org.Board // the other tables, the same all the time
	planned int64      // the entry of the plan; 0: none
	plan    *org.Plan
	packs   []*org.Pack
	times   []time.Time // of the entries
}

// at is the board as known after an entry.
func (o *oracle) at(seq int64) *org.Board {
	b := &org.Board{}
	if seq == 0 {
		return b
	}
	*b = *o.fixed
	b.Responsibilities = nil
	for _, f := range o.facts {
		if f.known <= seq && seq < f.gone {
			b.Responsibilities = append(b.Responsibilities, f.row)
		}
	}
	return b
}

func (o *oracle) line(seq int64) *check.Timeline {
	if o.planned == 0 || seq < o.planned {
		return check.Run(o.at(seq), nil).Timeline
	}
	return check.Run(o.at(seq), o.plan, o.packs...).Timeline
}

func (o *oracle) still() (out []org.Responsibility) {
	for _, f := range o.facts {
		if f.gone == still {
			out = append(out, f.row)
		}
	}
	return out
}

func (o *oracle) end(row org.Responsibility, seq int64) {
	for i := range o.facts {
		if f := &o.facts[i]; f.gone == still && f.known < seq && reflect.DeepEqual(f.row, row) {
			f.gone = seq
			return
		}
	}
	panic("the oracle has no such row")
}

// Random imports, corrections and a plan; after each, random questions as known
// at random entries, to the register and to the oracle.
func TestModel(t *testing.T) {
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			e.fresh(t) // skips when the database is not there
			if checks := flag.Lookup("rapid.checks"); e.name == "postgres" && checks.Value.String() == checks.DefValue {
				// making a schema takes longer than the whole test on a file
				checks.Value.Set("20")
				defer checks.Value.Set(checks.DefValue)
			}
			var planned atomic.Int64
			rapid.Check(t, func(rt *rapid.T) { model(t, rt, e, &planned) })
			t.Log("plans applied:", planned.Load())
		})
	}
}

func model(t *testing.T, rt *rapid.T, e engine, planned *atomic.Int64) {
	fixed := board()
	fixed.Responsibilities = nil
	o := &oracle{fixed: fixed, times: []time.Time{time.Date(2018, 1, 1, 0, 0, 0, 0, time.UTC)}}
	r, err := Open(t.Context(), e.fresh(t))
	if err != nil {
		rt.Fatal(err)
	}
	defer r.Close()

	date := rapid.Custom(func(rt *rapid.T) org.Date { return day("2018-01-01") + org.Date(rapid.IntRange(0, 90).Draw(rt, "day")) })
	row := rapid.Custom(func(rt *rapid.T) org.Responsibility {
		x := org.Responsibility{
			Duty: rapid.SampledFrom([]string{"land", "water"}).Draw(rt, "duty"), Body: rapid.SampledFrom([]string{"mlr", "mwr", "gov"}).Draw(rt, "body"),
			Keys: org.Keys(rapid.IntRange(1, 15).Draw(rt, "keys")), Mode: org.Mode(rapid.IntRange(0, 3).Draw(rt, "mode")),
			Area:     rapid.SampledFrom([]string{"", "yh", "yh/east"}).Draw(rt, "area"),
			Interval: org.Whole, By: rapid.SampledFrom([]string{"", "law 1"}).Draw(rt, "by"),
		}
		if rapid.Bool().Draw(rt, "begins") {
			x.From = date.Draw(rt, "from")
		}
		if rapid.Bool().Draw(rt, "ends") {
			x.To = max(x.From, day("2018-01-01")) + org.Date(rapid.IntRange(1, 60).Draw(rt, "length"))
		}
		return x
	})
	stamp := func() Stamp {
		next := o.times[len(o.times)-1].Add(time.Duration(rapid.IntRange(0, 40).Draw(rt, "hours")) * time.Hour)
		return Stamp{"w", next}
	}
	recorded := func(s Stamp) int64 {
		o.times = append(o.times, s.At)
		return int64(len(o.times) - 1)
	}
	for range rapid.IntRange(1, 7).Draw(rt, "steps") {
		s := stamp()
		switch rapid.SampledFrom([]string{"import", "correct", "plan", "plan"}).Draw(rt, "step") {
		case "import":
			rows := rapid.SliceOfN(row, 0, 5).Draw(rt, "rows")
			if rapid.Bool().Draw(rt, "clean") { // a board that a plan can be applied to
				rows = board().Responsibilities
			}
			b := *fixed
			b.Responsibilities = rows
			_, err := r.Import(t.Context(), &b, s)
			if o.planned > 0 {
				if !errors.Is(err, ErrPlanned) {
					rt.Fatalf("an import after a plan: %v", err)
				}
				continue
			}
			if err != nil {
				rt.Fatal(err)
			}
			seq := recorded(s)
			for _, old := range o.still() {
				o.end(old, seq)
			}
			for _, x := range rows {
				o.facts = append(o.facts, fact{x, seq, still})
			}
		case "correct":
			if len(o.times) == 1 {
				continue
			}
			rows := o.still()
			wrong := rapid.SliceOfNDistinct(rapid.IntRange(0, max(0, len(rows)-1)), 0, min(2, len(rows)), rapid.ID[int]).Draw(rt, "wrong")
			c := Correction{Reason: "r", Basis: "b", Wrong: &org.Board{}, Right: &org.Board{Responsibilities: rapid.SliceOfN(row, 0, 2).Draw(rt, "right")}}
			for _, i := range wrong {
				c.Wrong.Responsibilities = append(c.Wrong.Responsibilities, rows[i])
			}
			if c.Wrong.State() == c.Right.State() {
				continue
			}
			if _, err := r.Correct(t.Context(), c, s); err != nil {
				rt.Fatal(err)
			}
			seq := recorded(s)
			for _, x := range c.Wrong.Responsibilities {
				o.end(x, seq)
			}
			for _, x := range c.Right.Responsibilities {
				o.facts = append(o.facts, fact{x, seq, still})
			}
		case "plan":
			// only a plan without errors can be applied: seldom on a random board
			c := checkText(o.at(int64(len(o.times)-1)), planText).Checked
			if c == nil {
				continue
			}
			_, err := r.Apply(t.Context(), c, s)
			switch {
			case len(o.times) == 1 || o.planned > 0:
				if !errors.Is(err, ErrStale) && !errors.Is(err, ErrPlanned) {
					rt.Fatalf("a plan that must be refused: %v", err)
				}
			case err != nil:
				rt.Fatal(err)
			default:
				o.planned, o.plan, o.packs = recorded(s), c.Timeline().Plan(), c.Packs()
				planned.Add(1)
			}
		}
	}
	for seq := range int64(len(o.times)) {
		v, err := r.At(t.Context(), AtEntry(seq))
		if err != nil {
			rt.Fatal(err)
		}
		if v.Board.State() != o.at(seq).State() {
			rt.Fatalf("at entry %d:\n%#v\nthe oracle has\n%#v", seq, v.Board.Responsibilities, o.at(seq).Responsibilities)
		}
	}
	for range 6 {
		seq := rapid.Int64Range(0, int64(len(o.times)-1)).Draw(rt, "known")
		known := AtEntry(seq)
		if rapid.Bool().Draw(rt, "by instant") && seq > 0 {
			known = AsOf(o.times[seq])
			for seq+1 < int64(len(o.times)) && o.times[seq+1].Equal(o.times[seq]) {
				seq++ // the last of one instant
			}
		}
		duty, d := rapid.SampledFrom([]string{"land", "water"}).Draw(rt, "duty"), date.Draw(rt, "day")
		area := rapid.SampledFrom([]string{"", "yh", "yh/east"}).Draw(rt, "area")
		got, err := r.Who(t.Context(), duty, d, area, known)
		if err != nil {
			rt.Fatal(err)
		}
		if want := o.line(seq).Who(duty, d, area); !sameHoldings(got, want) {
			rt.Fatalf("who has %s on %s in %q as known at %d:\n%s\nthe oracle says\n%s", duty, d, area, seq, plain(got), plain(want))
		}
	}
	v, err := r.Verify(t.Context())
	if err != nil || !v.Whole {
		rt.Fatalf("%+v, %v", v, err)
	}
}

// sameHoldings compares without the order of rows that say different things
// about one body, which follows the order of the board.
func sameHoldings(a, b []check.Holding) bool {
	x, y := strings.Split(plain(a), "\n"), strings.Split(plain(b), "\n")
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}
