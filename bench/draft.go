package main

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// edits is how many edits of the plan are measured, half of them taken back at
// once; again how often each: others who use the machine make an edit dearer now
// and then, the edit itself each time.
const edits, again = 2_400, 3

// measureDraft edits the plan of a city in every way in which a person does, and
// asks after each edit what is wrong. In the last round the full check is run now
// and then in the same process, from the index and from the board, and its problems
// are held against the draft's; the memory is that of the rounds before.
func measureDraft(dir string) (t took, err error) {
	m, err := read(dir)
	if err != nil {
		return t, err
	}
	x := check.IndexBoard(m.board)
	d := check.NewDraft(x, m.plan, m.packs...)
	var fromIndex, fromBoard time.Duration
	compared, faults := 0, 0
	runtime.GC()
	runtime.LockOSThread()
	var alone []time.Duration // processor time of each
	least := make([]time.Duration, edits)
	var slowest time.Duration
	slow := ""
	for round := range again {
		if round == again-1 { // then full checks are run beside it
			_, usage := used()
			t.Peak = peak(usage)
		}
		e := &editor{Rand: rand.New(rand.NewPCG(seed, 7)), matter: m, draft: d} // the same edits again
		for n := 0; n < edits; n += 2 {
			what, back := e.edit(n / 2)
			for k, step := range []func(){e.do, back} {
				begin, spent := time.Now(), onThread()
				step()
				problems := d.Problems()
				spent = onThread() - spent
				t.Many = append(t.Many, time.Since(begin))
				alone = append(alone, spent)
				if was := least[n+k]; was == 0 || spent < was {
					least[n+k] = spent
				}
				if spent > slowest {
					slowest, slow = spent, what
				}
				faults += min(len(problems), 1)
				if k == 0 && n%240 == 0 && round == again-1 {
					begin := onThread()
					full := x.Run(d.Plan(), m.packs...)
					fromIndex += onThread() - begin
					begin = onThread()
					check.Run(m.board, d.Plan(), m.packs...)
					fromBoard += onThread() - begin
					if !same(full.Problems, problems) {
						return t, fmt.Errorf("after %s the draft tells %d problems, a full check %d", what, len(problems), len(full.Problems))
					}
					compared++
				}
			}
		}
	}
	slices.Sort(t.Many)
	slices.Sort(alone)
	slices.Sort(least)
	if d.Whole() != "" {
		return t, fmt.Errorf("the plan can not be divided: %s; %v", d.Whole(), d.Problems())
	}
	t.Note = fmt.Sprintf("processor time %s median, %s at 99 of 100, %s at most; of the least of %d times %s and %s; %d of the plans had faults; the slowest was to %s; in the same process a full check takes %s of processor time from the index, %s from the board",
		short(alone[len(alone)/2]), short(alone[len(alone)*99/100]), short(slowest), again, short(least[len(least)/2]), short(least[len(least)*99/100]), faults, slow,
		short(fromIndex/time.Duration(compared)), short(fromBoard/time.Duration(compared)))
	return t, nil
}

// onThread is the processor time of this thread so far.
func onThread() time.Duration {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &now); err != nil {
		panic(err) // the system call takes no input that could be wrong
	}
	return time.Duration(now.Nano())
}

func same(a, b diag.List) bool {
	return slices.EqualFunc(a, b, func(x, y diag.Diagnostic) bool { return fmt.Sprint(x) == fmt.Sprint(y) })
}

// An editor makes edits: do makes the one that edit chose.
type editor struct {
	*rand.Rand
	matter
	draft *check.Draft
	do    func()
}

// edit chooses the n-th edit: what it is, and how it is taken back.
func (e *editor) edit(n int) (what string, back func()) {
	d := e.draft
	i := e.IntN(d.Len())
	was := d.Change(i)
	kind := was.Declared().Kind
	replace := func(how string, ch org.Change) (string, func()) {
		e.do = func() { d.Replace(i, ch) }
		return how + " a " + kind, func() { d.Replace(i, was) }
	}
	switch n % 4 {
	case 0: // a change of each kind in turn
		k := org.Kinds[n/4%len(org.Kinds)]
		fresh := e.change(k)
		e.do = func() { d.Insert(i, fresh) }
		return "insert a " + k.Word, func() { d.Remove(i) }
	case 1:
		e.do = func() { d.Remove(i) }
		return "remove a " + kind, func() { d.Insert(i, was) }
	case 2:
		ch := copyOf(was)
		ch.Declared().On = org.WrittenOn(ch.Declared().On.Date+org.Date(1+e.IntN(5)), ch.Declared().On.At)
		return replace("put off", ch)
	default: // another body, or one that there is not
		ch := copyOf(was)
		refs := refsOf(reflect.ValueOf(ch).Elem())
		r := refs[e.IntN(len(refs))]
		if r.ID = e.body(); e.IntN(4) == 0 {
			r.ID += "x"
		}
		return replace("change a word of", ch)
	}
}

func (e *editor) area() string { return e.board.Areas[1+e.IntN(len(e.board.Areas)-1)].Code }

func (e *editor) body() string { return e.board.Bodies[e.IntN(len(e.board.Bodies))].ID }

// change makes a change of a kind about things that there are.
func (e *editor) change(k org.Kind) org.Change {
	ch := k.New()
	row := e.board.Responsibilities[e.IntN(len(e.board.Responsibilities))]
	post := e.board.Posts[e.IntN(len(e.board.Posts))]
	seat := e.board.Appointments[e.IntN(len(e.board.Appointments))]
	words := map[string]string{"Duty": row.Duty, "Duties": row.Duty, "Posts": post.ID, "Post": post.ID, "People": seat.Person, "Person": "q" + seat.Person,
		"Items": "item", "Item": "item", "Area": e.area(), "Areas": e.area(), "In": e.area(), "Code": e.area(), "Parent": e.board.Areas[0].Code, "From": row.Body,
		"Class": "行政编制", "Name": "新名称", "Purposes": "清算"}
	if k.Word == "move-posts" {
		words["From"] = post.Body
	}
	fresh := k.Word == "establish" || k.Word == "merge" || k.Word == "split"
	var fill func(v reflect.Value, field string)
	fill = func(v reflect.Value, field string) {
		switch p := v.Addr().Interface().(type) {
		case *org.Common, *org.When:
		case *org.Ref:
			switch {
			case fresh && (field == "ID" || field == "Body"):
				p.ID = fmt.Sprintf("fresh%d", e.IntN(1000))
			case words[field] != "":
				p.ID = words[field]
			default:
				p.ID = e.body()
			}
		case *org.Text:
			p.Text = words[field]
		case *org.Number:
			*p = org.WrittenNumber(2, diag.Span{})
		case *org.Selection:
			p.Refs = []org.Ref{{ID: words[field]}}
		default:
			switch v.Kind() {
			case reflect.Struct:
				for i := range v.NumField() {
					if f := v.Type().Field(i); f.IsExported() {
						fill(v.Field(i), f.Name)
					}
				}
			case reflect.Slice:
				n := 2
				if k.Word == "change-area" { // one area becomes another; what divides areas is checked whole
					n = map[string]int{"Into": 1, "Areas": 1}[field]
				}
				v.Set(reflect.MakeSlice(v.Type(), n, n))
				for i := range n {
					fill(v.Index(i), field)
				}
			}
		}
	}
	fill(reflect.ValueOf(ch).Elem(), "")
	d := ch.Declared()
	d.Kind, d.On = k.Word, org.WrittenOn(e.plan.Start.Date+org.Date(30+e.IntN(60)), diag.Span{})
	for i := range e.plan.Instruments {
		if in := &e.plan.Instruments[i]; in.Kind == "plan" && len(d.By) == 0 {
			d.By = []org.Citation{{Instrument: org.Ref{ID: in.ID}, Clause: org.Text{Text: "9"}}}
		}
	}
	return ch
}

// copyOf gives a change whose words can be changed.
func copyOf(ch org.Change) org.Change {
	to := reflect.New(reflect.TypeOf(ch).Elem())
	to.Elem().Set(reflect.ValueOf(ch).Elem())
	var own func(v reflect.Value)
	own = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Slice:
			if v.CanSet() && v.Len() > 0 {
				fresh := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
				reflect.Copy(fresh, v)
				v.Set(fresh)
			}
		case reflect.Struct:
			for i := range v.NumField() {
				own(v.Field(i))
			}
		}
	}
	own(to.Elem())
	return to.Interface().(org.Change)
}

// refsOf lists the references of a change that are written, but for its papers.
func refsOf(v reflect.Value) (out []*org.Ref) {
	switch p := v.Addr().Interface().(type) {
	case *org.Common:
	case *org.Ref:
		if p.Given() {
			out = append(out, p)
		}
	default:
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() {
					out = append(out, refsOf(v.Field(i))...)
				}
			}
		case reflect.Slice:
			for i := range v.Len() {
				out = append(out, refsOf(v.Index(i))...)
			}
		}
	}
	return out
}
