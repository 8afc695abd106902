package exchange

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"oneboard/internal/check"
	"oneboard/internal/org"
)

// An invention is a country that never was, and everything that happened to it,
// day after day, each event possible when it comes. What a row of an event
// leaves out, becomes as docs/histories.md says: the simulator here knows nothing
// of how a replay works. The folder that comes of it has the events of a day in
// any order, and a place in the day only where the rows alone would allow two
// outcomes: small days are played in every order that there is.
type invention struct {
	dice *rand.Rand
	happening
	identity identity
	says     [3]bool // what rows say besides what a unit is known by: name, kind, parent
	gaps     bool    // now and then a row leaves out what it need not say
	names    int     // how many names there are; 0: a new one each time
	codes    int
	fresh    int
	today    []org.Event
	id       int
	ordered  int // days whose order had to be given
	days     int
}

// identity is what a country knows its units by.
type identity int

const (
	byCode identity = iota
	byNameOnly
	codeIsName
)

// happening is a state of affairs: the units in force, and those that were.
type happening struct{ now, gone map[string]org.Unit }

func (s happening) clone() happening { return happening{maps.Clone(s.now), maps.Clone(s.gone)} }

// String tells two states of affairs from one another.
func (s happening) String() string {
	var b strings.Builder
	for _, m := range []map[string]org.Unit{s.now, s.gone} {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			fmt.Fprintf(&b, "%s=%s,%s,%s;", k, m[k].Name, m[k].Kind, m[k].Parent)
		}
		b.WriteByte('|')
	}
	return b.String()
}

func keyOfUnit(u org.Unit) string {
	if u.Code != "" {
		return u.Code
	}
	return "\x00" + u.Name
}

func stayed(row, was org.Unit) org.Unit {
	if row.Name == "" {
		row.Name = was.Name
	}
	if row.Kind == "" {
		row.Kind = was.Kind
	}
	if row.Parent == "" {
		row.Parent = was.Parent
	}
	return row
}

// play is one event by the letter of docs/histories.md; false when it finds
// another state than its rows say.
func (s happening) play(e org.Event) bool {
	var was []org.Unit
	for _, row := range e.Before {
		u, ok := s.now[keyOfUnit(row)]
		if !ok || stayed(row, u) != stayed(u, row) { // what neither gainsays fits
			return false
		}
		was = append(was, stayed(row, u))
	}
	for _, row := range e.After {
		taken := slices.ContainsFunc(e.Before, func(b org.Unit) bool { return keyOfUnit(b) == keyOfUnit(row) })
		if _, there := s.now[keyOfUnit(row)]; there && !taken {
			return false
		}
	}
	var becomes []org.Unit
	for _, row := range e.After {
		i := slices.IndexFunc(e.Before, func(b org.Unit) bool { return keyOfUnit(b) == keyOfUnit(row) })
		old, returns := s.gone[keyOfUnit(row)]
		returns = returns && e.Op != "establish" && (row.Name == "" || row.Name == old.Name)
		switch {
		case i >= 0:
			row = stayed(row, was[i])
		case len(e.Before) == 1 && len(e.After) == 1:
			row = stayed(row, was[0])
		case len(e.Before) == 0 && returns:
			row = stayed(row, old)
		case len(e.Before) > 0:
			common := org.Unit{Kind: was[0].Kind, Parent: was[0].Parent}
			for _, u := range was {
				if u.Kind != common.Kind {
					common.Kind = ""
				}
				if u.Parent != common.Parent {
					common.Parent = ""
				}
			}
			row = stayed(row, common)
		}
		becomes = append(becomes, row)
	}
	for _, u := range was {
		delete(s.now, keyOfUnit(u))
		s.gone[keyOfUnit(u)] = u
	}
	for _, u := range becomes {
		s.now[keyOfUnit(u)] = u
	}
	return true
}

// outcomes plays events in every order that fits, and gives the different ends.
func outcomes(s happening, events []org.Event, found map[string]bool) {
	if len(events) == 0 {
		found[s.String()] = true
		return
	}
	for i, e := range events {
		if len(found) > 1 {
			return
		}
		if next := s.clone(); next.play(e) {
			outcomes(next, slices.Delete(slices.Clone(events), i, i+1), found)
		}
	}
}

func (v *invention) name() string {
	for {
		name := ""
		if v.names == 0 {
			v.fresh++
			name = "n" + strconv.Itoa(v.fresh)
		} else {
			name = "n" + strconv.Itoa(v.dice.IntN(v.names))
		}
		if v.identity == byCode {
			return name
		}
		if _, taken := v.now[v.key(name)]; !taken { // a name is what the unit is known by
			return name
		}
	}
}

func (v *invention) key(name string) string {
	if v.identity == byNameOnly {
		return "\x00" + name
	}
	return name
}

// known gives a unit a code that is free, where units have codes of their own.
func (v *invention) known(u org.Unit) org.Unit {
	switch v.identity {
	case byNameOnly:
		u.Code = ""
	case codeIsName:
		u.Code = u.Name
	default:
		for {
			u.Code = strconv.Itoa(v.dice.IntN(v.codes))
			if _, taken := v.now[u.Code]; !taken {
				return u
			}
		}
	}
	return u
}

func (v *invention) pick(n int) []org.Unit {
	keys := slices.Sorted(maps.Keys(v.now))
	v.dice.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	var out []org.Unit
	for _, k := range keys[:min(n, len(keys))] {
		out = append(out, v.now[k])
	}
	return out
}

func (v *invention) kind() string { return []string{"village", "town", "city"}[v.dice.IntN(3)] }

func (v *invention) parent() string {
	if u := v.pick(1); len(u) > 0 && v.dice.IntN(4) == 0 {
		return cmp.Or(u[0].Code, u[0].Name) // it may end, and leave those under it
	}
	if v.dice.IntN(9) == 0 {
		return "p1;p2"
	}
	return "p" + strconv.Itoa(v.dice.IntN(3))
}

func (v *invention) new() org.Unit {
	return v.known(org.Unit{Name: v.name(), Kind: v.kind(), Parent: v.parent()})
}

// happen writes an event down as its rows have it, and has it happen.
func (v *invention) happen(op string, before, after []org.Unit) {
	row := func(u org.Unit) org.Unit {
		if v.identity == byCode && !v.says[0] || v.gaps && v.identity == byCode && v.dice.IntN(4) == 0 {
			u.Name = ""
		}
		if !v.says[1] || v.gaps && v.dice.IntN(4) == 0 {
			u.Kind = ""
		}
		if !v.says[2] || v.gaps && v.dice.IntN(4) == 0 {
			u.Parent = ""
		}
		return u
	}
	v.id++
	e := org.Event{ID: "e" + strconv.Itoa(v.id)}
	if v.dice.IntN(3) == 0 || op == "establish" && v.gaps {
		e.Op = op
	}
	for _, u := range before {
		e.Before = append(e.Before, row(u))
	}
	for _, u := range after {
		e.After = append(e.After, row(u))
	}
	if !v.play(e) {
		panic("the invention does not fit itself")
	}
	v.today = append(v.today, e)
}

// whole reports whether rows say all that a unit is: then the outcome of a day
// does not depend on the order at all.
func (v *invention) whole() bool {
	return !v.gaps && v.says[1] && v.says[2] && (v.says[0] || v.identity != byCode)
}

// something has one thing happen, or a chain of them.
func (v *invention) something(most int) {
	fresh := func(u org.Unit) org.Unit { // a new name; another unit where that is the identity
		u.Name = v.name()
		if v.identity == codeIsName {
			u.Code = u.Name
		}
		return u
	}
	units := v.pick(4)
	if len(units) < 4 {
		v.happen("establish", nil, []org.Unit{v.new()})
		return
	}
	a, b, c := units[0], units[1], units[2]
	switch v.dice.IntN(17) {
	case 0:
		v.happen("establish", nil, []org.Unit{v.new()})
	case 1:
		v.happen("abolish", []org.Unit{a}, nil)
	case 2:
		v.happen("merge", units[:2+v.dice.IntN(3)], []org.Unit{v.new()})
	case 3: // one absorbs others, and stays
		after := a
		if v.dice.IntN(2) == 0 {
			after.Kind = v.kind()
		}
		v.happen("merge", units[:2+v.dice.IntN(3)], []org.Unit{after})
	case 4: // a part leaves
		v.happen("split", []org.Unit{a}, []org.Unit{a, v.new()})
	case 5: // into several, and none stays
		x := v.new()
		v.now[keyOfUnit(x)] = x
		y := v.new()
		delete(v.now, keyOfUnit(x))
		v.happen("split", []org.Unit{a}, []org.Unit{x, y})
	case 6:
		v.happen("rename", []org.Unit{a}, []org.Unit{fresh(a)})
	case 7:
		after := a
		after.Kind = v.kind()
		v.happen("regrade", []org.Unit{a}, []org.Unit{after})
	case 8:
		after := a
		after.Parent = v.parent()
		v.happen("move", []org.Unit{a}, []org.Unit{after})
	case 9:
		v.happen("recode", []org.Unit{a}, []org.Unit{v.known(a)})
	case 10: // territory moves and nobody ends
		v.happen("transfer", []org.Unit{a, b}, []org.Unit{a, b})
	case 11: // two trade codes
		if v.identity == byCode {
			x, y := a, b
			x.Code, y.Code = b.Code, a.Code
			if v.says[0] {
				v.happen("recode", []org.Unit{a, b}, []org.Unit{x, y})
			}
		}
	case 12: // the same told as two events, or three: neither could be first
		if v.identity == byCode && v.whole() {
			ring := units[:2+v.dice.IntN(2)]
			from := v.clone()
			for i, u := range ring {
				to := u
				to.Code = ring[(i+1)%len(ring)].Code
				v.now = maps.Clone(from.now)
				delete(v.now, to.Code)
				v.happen("recode", []org.Unit{u}, []org.Unit{to})
			}
			v.happening = from
			for i, u := range ring {
				v.gone[u.Code] = u
				u.Code = ring[(i+1)%len(ring)].Code
				v.now[u.Code] = u
			}
		}
	case 13: // one that is no more comes back
		keys := slices.Sorted(maps.Keys(v.gone))
		v.dice.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
		for _, k := range keys {
			if _, there := v.now[k]; !there {
				v.happen("restore", nil, []org.Unit{v.gone[k]})
				break
			}
		}
	case 14: // its code goes to another one on the same day
		v.happen("abolish", []org.Unit{a}, nil)
		if v.identity == byCode {
			x := v.new()
			x.Code = a.Code
			if v.says[0] {
				v.happen("establish", nil, []org.Unit{x})
			}
		}
	case 15: // a chain: recoded, then merged, then renamed
		x := v.known(a)
		v.happen("recode", []org.Unit{a}, []org.Unit{x})
		x = v.now[keyOfUnit(x)]
		b, c := v.now[keyOfUnit(b)], v.now[keyOfUnit(c)]
		v.happen("merge", []org.Unit{x, b}, []org.Unit{b})
		b = v.now[keyOfUnit(b)]
		v.happen("rename", []org.Unit{b}, []org.Unit{fresh(b)})
		_ = c
	case 16: // a government falls: all end, and many return, at once or in a while
		if len(v.now) > most {
			return
		}
		var ended []org.Unit
		for _, k := range slices.Sorted(maps.Keys(v.now)) {
			ended = append(ended, v.now[k])
		}
		if v.dice.IntN(2) == 0 {
			v.happen("abolish", ended, nil)
		} else {
			for _, u := range ended {
				v.happen("abolish", []org.Unit{u}, nil)
			}
		}
		for _, u := range ended {
			switch v.dice.IntN(6) {
			case 0: // gone for good, or until later
			case 1:
				u.Parent = v.parent()
				v.happen("restore", nil, []org.Unit{u})
			default:
				v.happen("restore", nil, []org.Unit{u})
			}
		}
	}
}

// history has days of it happen, each with so many things at most, and writes
// down what the country looked like.
func (v *invention) history(units, days, things int) *org.History {
	v.now, v.gone = map[string]org.Unit{}, map[string]org.Unit{}
	for range units {
		u := v.new()
		v.now[keyOfUnit(u)] = u
	}
	list := func(day org.Date) org.Snapshot {
		s := org.Snapshot{Date: day, Compares: unitFields[:]}
		for _, k := range slices.Sorted(maps.Keys(v.now)) {
			s.Units = append(s.Units, v.now[k])
		}
		v.dice.Shuffle(len(s.Units), func(i, j int) { s.Units[i], s.Units[j] = s.Units[j], s.Units[i] })
		return s
	}
	h := &org.History{Snapshots: []org.Snapshot{list(0)}}
	day := org.Date(0)
	for range days {
		day += org.Date(1 + v.dice.IntN(400))
		v.today = nil
		start := v.clone()
		for range 1 + v.dice.IntN(things) {
			v.something(3 * units)
			if !v.whole() && len(v.today) >= 6 {
				break
			}
		}
		v.days++
		if !v.whole() {
			found := map[string]bool{}
			if len(v.today) <= 7 {
				outcomes(start, v.today, found)
				if len(found) == 0 {
					panic("what happened is not possible")
				}
			}
			if len(found) != 1 { // the source has to say it
				v.ordered++
				for i := range v.today {
					v.today[i].Seq, v.today[i].Ordered = 10*(i+1), true
				}
			}
		}
		v.dice.Shuffle(len(v.today), func(i, j int) { v.today[i], v.today[j] = v.today[j], v.today[i] })
		for _, e := range v.today {
			e.Date = day
			h.Events = append(h.Events, e)
		}
		if v.dice.IntN(3) > 0 {
			h.Snapshots = append(h.Snapshots, list(day))
		}
	}
	h.Snapshots = append(h.Snapshots, list(day+1))
	return h
}

// written gives the cells of a unit's parents: one cell, in any order, or a row
// for each.
func (v *invention) written(parent string) []string {
	parts := strings.Split(parent, ";")
	if len(parts) == 1 || v.dice.IntN(3) == 0 {
		return []string{parent}
	}
	slices.Reverse(parts)
	if v.dice.IntN(2) == 0 {
		return []string{strings.Join(parts, "; ")}
	}
	return parts
}

// twice has a row stand twice, now and then.
func (v *invention) twice(rows *[][]string) {
	if n := len(*rows); n > 0 && v.dice.IntN(8) == 0 {
		*rows = slices.Insert(*rows, v.dice.IntN(n+1), (*rows)[v.dice.IntN(n)])
	}
}

// folder writes a history as offices do: columns in any order, some of no
// interest, lines that end as on another machine, rows that stand apart, a list
// without kinds, one row twice.
func (v *invention) folder(h *org.History) map[string][]byte {
	out := map[string][]byte{}
	write := func(name string, header []string, rows [][]string) {
		order := v.dice.Perm(len(header))
		var all [][]string
		for _, row := range append([][]string{header}, rows...) {
			var cells []string
			for _, i := range order {
				cells = append(cells, row[i])
			}
			all = append(all, cells)
		}
		text := CSV(all[0], all[1:])
		if v.dice.IntN(4) == 0 {
			text = bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
		}
		if v.dice.IntN(4) == 0 {
			text = append([]byte(byteOrderMark), text...)
		}
		if v.dice.IntN(4) == 0 {
			text = bytes.TrimRight(text, "\r\n")
		}
		out[name] = text
	}
	for i, s := range h.Snapshots {
		header := []string{"code", "name", "kind", "parent", "remark"}
		if v.dice.IntN(8) == 0 && (i > 0 || v.whole()) { // else the start tells less than the days need
			header = []string{"code", "name", "remark"}
		}
		var rows [][]string
		for _, u := range s.Units {
			for _, parent := range v.written(u.Parent) {
				row := []string{u.Code, u.Name, u.Kind, parent, "a, b"}
				if len(header) == 3 {
					row = []string{u.Code, u.Name, "-"}
				}
				rows = append(rows, row)
			}
		}
		v.twice(&rows)
		name := snapshotPrefix + s.Date.String()
		if i > 0 && h.Snapshots[i-1].Date == s.Date {
			name += "-again"
		}
		write(name+".csv", header, rows)
	}
	var rows [][]string
	for _, e := range h.Events {
		seq := ""
		if e.Ordered {
			seq = strconv.Itoa(e.Seq)
		}
		for side, units := range [2][]org.Unit{e.Before, e.After} {
			for _, u := range units {
				for _, parent := range v.written(u.Parent) {
					rows = append(rows, []string{e.ID, e.Date.String(), [2]string{"before", "after"}[side], u.Code, seq, e.Op, u.Name, u.Kind, parent, "x"})
				}
			}
		}
	}
	v.twice(&rows)
	if v.dice.IntN(3) == 0 {
		v.dice.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	}
	write(eventsFile, []string{"event", "date", "side", "code", "seq", "op", "name", "kind", "parent", "source"}, rows)
	return out
}

// invent draws what kind of country it is, and its history.
func invent(seed uint64) (*invention, map[string][]byte) {
	dice := rand.New(rand.NewPCG(seed, 11))
	v := &invention{dice: dice, identity: identity(dice.IntN(3))}
	v.says = [3]bool{dice.IntN(3) > 0, dice.IntN(3) > 0, dice.IntN(3) > 0}
	if dice.IntN(2) == 0 {
		v.says = [3]bool{true, true, true}
	}
	v.gaps = dice.IntN(4) == 0
	units := 1 + dice.IntN(8)
	v.codes = []int{30, 200, 100_000}[dice.IntN(3)]
	if v.names = []int{0, 60, 40}[dice.IntN(3)]; v.identity == byCode && v.names > 0 {
		v.names /= 4 // several of one name at a time
	}
	things := 1 + dice.IntN(5)
	if v.whole() {
		things = 1 + dice.IntN(12)
	}
	h := v.history(units, 1+dice.IntN(6), things)
	return v, v.folder(h)
}

// replayInvented replays a folder both ways and gives what is wrong. When rows
// say all, and the list to start from does, nothing is left unknown.
func replayInvented(folder map[string][]byte, whole bool) string {
	h, list, err := ReadHistory(files(folder), ".")
	var b strings.Builder
	for _, d := range list {
		if d.Code != RowTwice {
			fmt.Fprintln(&b, told(list))
		}
	}
	if err != nil {
		return err.Error()
	}
	for _, backward := range []bool{false, true} {
		r := check.Replay(h, backward)
		for _, line := range differences(r) {
			fmt.Fprintf(&b, "backward %v: %s\n", backward, line)
		}
		start := h.Snapshots[0]
		if backward {
			start = h.Snapshots[len(h.Snapshots)-1]
		}
		for _, c := range r.Snapshots {
			if whole && len(start.Compares) == 3 && c.Unknown > 0 {
				fmt.Fprintf(&b, "backward %v: %s: %d unknown\n", backward, c.Date, c.Unknown)
			}
		}
		for _, x := range r.Broken {
			if x.What == "differs" && len(start.Compares) < 3 {
				continue // a unit that changes and changes back, of which the start does not say as which it began
			}
			fmt.Fprintf(&b, "backward %v: %s %s %s %s %s %s\n", backward, x.Event, x.What, x.Code, x.Field, x.Want, x.Got)
		}
	}
	return b.String()
}

// Any history comes out, both ways, in whatever order its days are listed. More
// of them: ONEBOARD_INVENTED=20000 go test -run Invented.
func TestInventedHistoriesReplay(t *testing.T) {
	n := 3000
	if testing.Short() {
		n = 600
	}
	if more, err := strconv.Atoi(os.Getenv("ONEBOARD_INVENTED")); err == nil {
		n = more
	}
	seeds := []uint64{1027223} // a unit was in the way of books that balanced
	for seed := range n {
		seeds = append(seeds, uint64(seed))
	}
	wrong, days, ordered := 0, 0, 0
	for _, seed := range seeds {
		v, folder := invent(seed)
		days, ordered = days+v.days, ordered+v.ordered
		if what := replayInvented(folder, v.whole()); what != "" {
			if wrong++; wrong <= 3 {
				t.Errorf("seed %d: identity %v, says %v, gaps %v\n%s%s", seed, v.identity, v.says, v.gaps, what, shownFolder(folder))
			}
		}
	}
	t.Logf("%d histories, %d days, of which %d had to be given an order; %d wrong", len(seeds), days, ordered, wrong)
	if wrong > 0 || ordered > days/4 {
		t.Errorf("%d of %d histories wrong, %d of %d days ordered", wrong, len(seeds), ordered, days)
	}
}

func shownFolder(folder map[string][]byte) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(folder)) {
		fmt.Fprintf(&b, "--- %s\n%s\n", name, folder[name])
	}
	return b.String()
}
