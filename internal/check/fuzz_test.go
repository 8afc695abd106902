package check_test

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/exchange"
	"oneboard/internal/org"
	"oneboard/internal/planfile"
)

// FuzzRun puts arbitrary plans and tables through reading, checking and every
// question that a timeline answers: nothing may panic, hang, or disagree with
// itself.
func FuzzRun(f *testing.F) {
	for _, pattern := range []string{"testdata/plans/*.txtar", "../diag/manual/*.txtar"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			f.Fatal("no seeds in ", pattern, err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text)
		}
	}
	f.Add(txtar.Format(folder(f, "../../examples/state-council-2018")))
	f.Fuzz(func(t *testing.T, text []byte) {
		ar := txtar.Parse(text)
		if len(ar.Files) == 0 || len(text) > 1<<18 {
			return
		}
		for _, file := range ar.Files {
			if !fs.ValidPath("board/" + file.Name) {
				return
			}
		}
		res, _ := runArchive(t, ar)
		askEverything(res.Timeline)
		consistent(t, res, res.Timeline.Days())
	})
}

// folder puts the files of a folder, as far as a board and a plan need them,
// into an archive.
func folder(t testing.TB, dir string) *txtar.Archive {
	t.Helper()
	ar := &txtar.Archive{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() || e.Name() == "README.md" || e.Name() == "after.csv" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		ar.Files = append(ar.Files, txtar.File{Name: e.Name(), Data: text})
	}
	return ar
}

// askEverything asks a timeline all that it answers.
func askEverything(tl *check.Timeline) {
	tl.Plan()
	tl.Board()
	tl.Dependents()
	tl.Interfaces()
	tl.Indicators(org.NoDate, org.NoDate)
	days := around(tl.Days())
	days = append(days, tl.Start(), org.Always, org.Forever, org.NoDate)
	for _, id := range append(tl.Bodies(), "", "no such body") {
		life := tl.Body(id)
		life.Last()
		tl.HeldBy(id)
		tl.ChangesOf(id)
		tl.Successors(id)
		for _, day := range days {
			life.On(day)
			for _, stay := range tl.ItemsOf(id, "", day) {
				tl.Item(stay.ID)
				stay.Usable(day)
			}
		}
	}
	areas := []string{"", "no such area"}
	for i := range tl.Board().Areas {
		areas = append(areas, tl.Board().Areas[i].Code)
	}
	areas = areas[:min(len(areas), 5)]
	for _, id := range append(tl.Duties(), "", "no such duty") {
		tl.Duty(id)
		tl.DutyLife(id)
		tl.Parts(id)
		tl.Holdings(id)
		for _, area := range areas {
			tl.Who(id, tl.Start(), area)
		}
	}
	if p := tl.Plan(); p != nil {
		for _, ch := range p.Changes {
			tl.DateOf(ch)
			tl.CompleteOn(ch)
			check.Citations(ch)
		}
	}
	for _, day := range days[max(0, len(days)-8):] {
		tl.On(day)
	}
}

// around gives the days, and the days before and after each.
func around(days []org.Date) []org.Date {
	var out []org.Date
	for _, d := range days {
		out = append(out, d-1, d, d+1)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// consistent holds a timeline against what must be true of every timeline, and
// of one without errors, on the days given.
func consistent(t testing.TB, res check.Result, days []org.Date) {
	t.Helper()
	tl := res.Timeline
	bodies := map[string]bool{}
	for _, id := range tl.Bodies() {
		bodies[id] = true
	}
	for _, duty := range tl.Duties() {
		for _, h := range tl.Holdings(duty) {
			if h.Empty() {
				t.Errorf("%s: a holding of %s has no day: %v", duty, h.Body, h.Interval)
			}
			if !slices.Contains(org.EachKey[:], h.Key) {
				t.Errorf("%s: a holding of %s is not of one key: %v", duty, h.Body, h.Key)
			}
			if !bodies[h.Body] {
				t.Errorf("%s: a holding of %q, which is no body", duty, h.Body)
			}
		}
	}
	clean := !res.Problems.HasErrors()
	for _, day := range around(days) {
		board := tl.On(day)
		if day >= tl.Start() && clean {
			whole(t, tl, board, day)
		}
		answers(t, tl, board, day)
	}
	if !clean || len(days) == 0 {
		return
	}
	// what a sound plan ends in is a sound board, from which the next plan starts
	last := slices.Max(days)
	if again := check.Run(tl.On(last), nil, &org.Pack{Required: org.AllKeys}); again.Problems.HasErrors() {
		t.Errorf("the board of %v, after a plan without errors, has errors itself: %v", last, brief(again.Problems))
	}
}

func brief(problems diag.List) []string {
	var out []string
	for _, d := range problems {
		out = append(out, fmt.Sprintf("%s %q %v", d.Code, d.Span.Text(), d.Facts))
	}
	return out[:min(len(out), 5)]
}

// answers holds what Who says against the board of the day.
func answers(t testing.TB, tl *check.Timeline, board *org.Board, day org.Date) {
	t.Helper()
	type has struct {
		duty, body string
		key        org.Keys
		mode       org.Mode
	}
	said := map[has]bool{}
	living := map[string]bool{}
	for i := range board.Duties {
		d := board.Duties[i].ID
		living[d] = true
		for _, h := range tl.Who(d, day, "") {
			said[has{d, h.Body, h.Key, h.Mode}] = true
		}
	}
	written := map[has]bool{}
	for i := range board.Responsibilities {
		r := &board.Responsibilities[i]
		if !living[r.Duty] {
			t.Errorf("%v: a responsibility for %s, which is no duty that day", day, r.Duty)
		}
		for _, key := range org.EachKey {
			if r.Keys&key != 0 {
				written[has{r.Duty, r.Body, key, r.Mode}] = true
			}
		}
	}
	if !reflect.DeepEqual(said, written) {
		t.Errorf("%v: Who and On disagree: %v, %v", day, said, written)
	}
}

// whole holds the board of a day against its own references, and counts anew
// who answers for each duty.
func whole(t testing.TB, tl *check.Timeline, board *org.Board, day org.Date) {
	t.Helper()
	bodies, areas, posts := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i := range board.Bodies {
		bodies[board.Bodies[i].ID] = true
	}
	for i := range board.Areas {
		areas[board.Areas[i].Code] = true
	}
	for i := range board.Posts {
		posts[board.Posts[i].ID] = true
	}
	// a body that has ended may still hand over
	handing := func(id string) bool {
		life := tl.Body(id)
		return life != nil && life.Last().To <= day
	}
	ask := func(what, of, id string, there bool) {
		if id != "" && !there {
			t.Errorf("%v: %s %s refers to %s, which is not there", day, what, of, id)
		}
	}
	for i := range board.Bodies {
		b := &board.Bodies[i]
		ask("body", b.ID, b.Superior, bodies[b.Superior])
		ask("area of body", b.ID, b.Area, areas[b.Area] || len(areas) == 0)
	}
	for i := range board.Posts {
		p := &board.Posts[i]
		ask("post", p.ID, p.Body, bodies[p.Body] || handing(p.Body))
	}
	for i := range board.Appointments {
		a := &board.Appointments[i]
		ask("appointment", a.Person, a.Post, posts[a.Post])
	}
	for i := range board.Items {
		it := &board.Items[i]
		ask("item", it.ID, it.Body, bodies[it.Body] || handing(it.Body))
	}
	for i := range board.Quotas {
		ask("quota", board.Quotas[i].Kind, board.Quotas[i].Body, bodies[board.Quotas[i].Body])
	}
	for i := range board.Plates {
		ask("plate", board.Plates[i].Name, board.Plates[i].Body, bodies[board.Plates[i].Body])
	}
	leads, joint := map[string]*[4]int{}, map[string]*[4]int{}
	parted := map[string]bool{} // duties that areas divide: their days are swept by the check alone
	for i := range board.Responsibilities {
		r := &board.Responsibilities[i]
		ask("responsibility for", r.Duty, r.Body, bodies[r.Body] || handing(r.Body))
		parted[r.Duty] = parted[r.Duty] || r.Area != ""
		for k, key := range org.EachKey {
			if r.Keys&key == 0 || r.Mode == org.Assist {
				continue
			}
			count := leads
			if r.Mode == org.Joint {
				count = joint
			}
			if count[r.Duty] == nil {
				count[r.Duty] = new([4]int)
			}
			count[r.Duty][k]++
		}
	}
	for i := range board.Duties {
		d := &board.Duties[i]
		if parted[d.ID] || !d.Exclusive {
			continue
		}
		for k, key := range org.EachKey {
			l, j := 0, 0
			if leads[d.ID] != nil {
				l = leads[d.ID][k]
			}
			if joint[d.ID] != nil {
				j = joint[d.ID][k]
			}
			if l != 1 && (l != 0 || j == 0) || l == 1 && j > 0 {
				t.Errorf("%v: %s of %s has %d sole or leading and %d joint bodies, and no error", day, key, d.ID, l, j)
			}
		}
	}
}

// TestMutations takes the plan and the board of a whole city and breaks them in
// thousands of ways.
func TestMutations(t *testing.T) {
	base := load(t, "../../examples/yunhai")
	rounds := 150
	if testing.Short() {
		rounds = 40
	}
	first := 0 // MUTATIONS="400 2000" runs the seeds from 400 to 2000
	fmt.Sscan(os.Getenv("MUTATIONS"), &first, &rounds)
	clean := 0
	for seed := first; seed < rounds; seed++ {
		r := rand.New(rand.NewPCG(uint64(seed), 11))
		board, plan := base.copy()
		var done []string
		for range 1 + r.IntN(6) {
			done = append(done, mutate(r, board, plan))
		}
		begin := time.Now()
		res := check.Run(board, plan, base.packs...)
		if took := time.Since(begin); took > time.Minute {
			t.Fatalf("seed %d: %v took %v", seed, done, took)
		}
		failed := t.Failed()
		days := res.Timeline.Days()
		if len(days) > 2 {
			days = []org.Date{days[0], days[r.IntN(len(days))], days[len(days)-1]}
		}
		consistent(t, res, days)
		same(t, "a second run", res, check.Run(board, plan, base.packs...))
		shuffled := *plan
		shuffled.Changes = slices.Clone(plan.Changes)
		r.Shuffle(len(shuffled.Changes), func(i, j int) {
			shuffled.Changes[i], shuffled.Changes[j] = shuffled.Changes[j], shuffled.Changes[i]
		})
		for i, ch := range shuffled.Changes {
			ch.Declared().Position = i
		}
		unordered(t, res, check.Run(board, &shuffled, base.packs...))
		if seed%10 == 0 {
			askEverything(res.Timeline)
		}
		if !res.Problems.HasErrors() {
			clean++
		}
		if t.Failed() && !failed {
			t.Fatalf("seed %d: %s", seed, strings.Join(done, "; "))
		}
	}
	if clean == 0 {
		t.Error("every mutation is an error: the test says little of sound plans")
	}
}

// same holds two runs on one plan against each other: every word of what is
// wrong is the same.
func same(t *testing.T, what string, a, b check.Result) {
	t.Helper()
	if len(a.Problems) != len(b.Problems) {
		t.Errorf("%s tells %d problems, not %d", what, len(b.Problems), len(a.Problems))
		return
	}
	for i := range a.Problems {
		if x, y := fmt.Sprint(a.Problems[i]), fmt.Sprint(b.Problems[i]); x != y {
			t.Errorf("%s tells\n%s\ninstead of\n%s", what, y, x)
			return
		}
	}
}

// unordered holds a run against one on the same plan with its changes in
// another order: a plan is a set of statements. Where it contradicts itself, it
// must be told so in any order; where it does not, who has what is the same.
func unordered(t *testing.T, a, b check.Result) {
	t.Helper()
	counts := func(l diag.List) []string {
		var out []string
		for _, d := range l {
			out = append(out, string(d.Code))
		}
		sort.Strings(out)
		return out
	}
	if x, y := counts(a.Problems), counts(b.Problems); !slices.Equal(x, y) {
		t.Errorf("in another order the problems differ:\n%v\n%v\n%v\n%v", x, y, only(a.Problems, b.Problems), only(b.Problems, a.Problems))
		return
	}
	if a.Problems.HasErrors() {
		return
	}
	has := func(tl *check.Timeline) map[string]bool {
		out := map[string]bool{}
		for _, d := range tl.Duties() {
			for _, h := range tl.Holdings(d) {
				out[fmt.Sprint(h.Duty, h.Body, h.Key, h.Mode, h.Area, h.Except, h.Interval, h.By)] = true
			}
		}
		for _, id := range tl.Bodies() {
			for _, v := range tl.Body(id).Versions {
				out[fmt.Sprint(v.ID, v.Name, v.NameEN, v.Superior, v.Rank, v.Kind, v.Interval)] = true
			}
			for _, p := range tl.Body(id).Plates {
				out[fmt.Sprint(p.Body, p.Name, p.Interval)] = true
			}
		}
		return out
	}
	x, y := has(a.Timeline), has(b.Timeline)
	for k := range x {
		if !y[k] {
			t.Errorf("in another order this is lost: %s", k)
			return
		}
	}
	if len(x) != len(y) {
		t.Errorf("in another order %d things are said, not %d", len(y), len(x))
	}
}

// only lists what one list tells and the other does not.
func only(a, b diag.List) []string {
	told := map[string]int{}
	line := func(d diag.Diagnostic) string { return fmt.Sprintf("%s %q", d.Code, d.Span.Text()) }
	for _, d := range b {
		told[line(d)]++
	}
	var out []string
	for _, d := range a {
		if told[line(d)]--; told[line(d)] < 0 {
			out = append(out, fmt.Sprintf("%s %v", line(d), d.Facts))
		}
	}
	return out
}

// A sample is a plan and its board, to be copied and changed.
type sample struct {
	board *org.Board
	plan  *org.Plan
	packs []*org.Pack
}

func load(t testing.TB, dir string) sample {
	t.Helper()
	board, problems, err := exchange.ReadBoard(os.DirFS(dir), ".")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "plan.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	plan, more := planfile.Parse("plan.yaml", text)
	problems.Add(more...)
	packs, more := planfile.Packs(plan)
	problems.Add(more...)
	if problems.HasErrors() {
		t.Fatal(brief(problems))
	}
	return sample{board, plan, packs}
}

// copy gives a board and a plan that can be changed without changing the sample.
func (s sample) copy() (*org.Board, *org.Plan) {
	b := *s.board
	b.Areas, b.Bodies, b.Duties = slices.Clone(b.Areas), slices.Clone(b.Bodies), slices.Clone(b.Duties)
	b.Responsibilities, b.Quotas, b.Posts = slices.Clone(b.Responsibilities), slices.Clone(b.Quotas), slices.Clone(b.Posts)
	b.Appointments, b.Items, b.Plates = slices.Clone(b.Appointments), slices.Clone(b.Items), slices.Clone(b.Plates)
	p := *s.plan
	p.Instruments, p.Approvals, p.Waivers = slices.Clone(p.Instruments), slices.Clone(p.Approvals), slices.Clone(p.Waivers)
	p.Changes = make([]org.Change, len(s.plan.Changes))
	for i, ch := range s.plan.Changes {
		p.Changes[i] = copyChange(ch)
		d := p.Changes[i].Declared()
		d.ID = fmt.Sprintf("c%d", i+1)
		if d.GivenID.Given() {
			d.ID = d.GivenID.ID
		}
		d.Position = i
	}
	return &b, &p
}

func copyChange(ch org.Change) org.Change {
	to := reflect.New(reflect.TypeOf(ch).Elem())
	to.Elem().Set(reflect.ValueOf(ch).Elem())
	var deepen func(v reflect.Value)
	deepen = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Slice:
			if v.CanSet() && !v.IsNil() {
				fresh := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
				reflect.Copy(fresh, v)
				v.Set(fresh)
			}
		case reflect.Struct:
			for i := range v.NumField() {
				deepen(v.Field(i))
			}
		}
	}
	deepen(to.Elem())
	return to.Interface().(org.Change)
}

// parts lists every reference and date of a change, to be changed.
func parts(ch org.Change) (refs []*org.Ref, whens []*org.When, numbers []*org.Number, texts []*org.Text) {
	var see func(v reflect.Value)
	see = func(v reflect.Value) {
		switch p := v.Addr().Interface().(type) {
		case *org.Ref:
			refs = append(refs, p)
		case *org.When:
			whens = append(whens, p)
		case *org.Number:
			numbers = append(numbers, p)
		case *org.Text:
			texts = append(texts, p)
		default:
			switch v.Kind() {
			case reflect.Struct:
				for i := range v.NumField() {
					if v.Type().Field(i).IsExported() {
						see(v.Field(i))
					}
				}
			case reflect.Slice:
				for i := range v.Len() {
					see(v.Index(i))
				}
			}
		}
	}
	see(reflect.ValueOf(ch).Elem())
	return
}

// mutate makes one random change to a board or a plan and says which.
func mutate(r *rand.Rand, b *org.Board, p *org.Plan) string {
	return mutation(r, b, p, r.IntN(26))
}

// mutatePlan makes one random change to a plan and says which.
func mutatePlan(r *rand.Rand, b *org.Board, p *org.Plan) string {
	ofPlan := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 23, 24, 25}
	return mutation(r, b, p, ofPlan[r.IntN(len(ofPlan))])
}

func mutation(r *rand.Rand, b *org.Board, p *org.Plan, which int) string {
	n := len(p.Changes)
	if n == 0 {
		return "nothing is left"
	}
	at := r.IntN(n)
	ch := p.Changes[at]
	refs, whens, numbers, texts := parts(ch)
	name := fmt.Sprintf("change %s (%s %q)", ch.Declared().ID, ch.Declared().Kind, ch.Declared().At.Text())
	number := func() {
		for i, ch := range p.Changes {
			ch.Declared().Position = i
		}
	}
	added := func(ch org.Change) {
		d := ch.Declared()
		d.ID, d.GivenID = fmt.Sprintf("m%d", len(p.Changes)), org.Ref{}
		p.Changes = append(p.Changes, ch)
		number()
	}
	body := func() string { return b.Bodies[r.IntN(len(b.Bodies))].ID }
	duty := func() string { return b.Duties[r.IntN(len(b.Duties))].ID }
	switch which {
	case 0:
		p.Changes = slices.Delete(p.Changes, at, at+1)
		number()
		return "drop " + name
	case 1:
		added(copyChange(ch))
		return "say twice " + name
	case 2:
		other := p.Changes[r.IntN(n)]
		more, _, _, _ := parts(other)
		if len(refs) > 0 && len(more) > 0 {
			x, y := refs[r.IntN(len(refs))], more[r.IntN(len(more))]
			if x.Given() && y.Given() { // what must be written and is not, who reads the plan tells
				x.ID, y.ID = y.ID, x.ID
			}
		}
		return "swap an id of " + name + " and " + other.Declared().ID
	case 3:
		if len(whens) > 0 {
			w := whens[r.IntN(len(whens))]
			*w = org.WrittenOn(w.Or(org.Day(2019, 1, 24))+org.Date(r.IntN(21)-10), ch.Declared().At)
		}
		return "shift a day of " + name
	case 4:
		if len(refs) > 0 {
			refs[r.IntN(len(refs))].ID = body()
		}
		return "another body in " + name
	case 5:
		if len(refs) > 0 {
			refs[r.IntN(len(refs))].ID = duty()
		}
		return "a duty in " + name
	case 6:
		if len(refs) > 0 {
			refs[r.IntN(len(refs))].ID = "nobody-knows"
		}
		return "an unknown id in " + name
	case 7:
		if len(refs) > 1 {
			refs[r.IntN(len(refs))].ID = refs[r.IntN(len(refs))].ID
		}
		return "an id twice in " + name
	case 8:
		if len(numbers) > 0 {
			i := r.IntN(len(numbers))
			*numbers[i] = org.WrittenNumber([]int{0, 1, 7, 100, 2_000_000}[r.IntN(5)], ch.Declared().At)
		}
		return "another number in " + name
	case 9:
		if len(texts) > 0 {
			texts[r.IntN(len(texts))].Text = []string{"", "head", "deputy", "all", "none", "甲"}[r.IntN(6)]
		}
		return "other words in " + name
	case 10:
		i := r.IntN(len(b.Bodies))
		b.Bodies = slices.Delete(b.Bodies, i, i+1)
		return "drop a body"
	case 11:
		i := r.IntN(len(b.Responsibilities))
		b.Responsibilities = slices.Delete(b.Responsibilities, i, i+1)
		return "drop a responsibility"
	case 12:
		i := r.IntN(len(b.Posts))
		b.Posts = slices.Delete(b.Posts, i, i+1)
		return "drop a post"
	case 13:
		b.Bodies[r.IntN(len(b.Bodies))].Superior = body()
		return "another superior"
	case 14:
		i := r.IntN(len(b.Bodies))
		b.Bodies[i].Superior = b.Bodies[i].ID
		return b.Bodies[i].ID + " is under itself"
	case 15:
		ids := []string{duty(), duty(), duty()}
		for i := range b.Duties {
			for k, id := range ids {
				if b.Duties[i].ID == id {
					b.Duties[i].PartOf = ids[(k+1)%3]
				}
			}
		}
		return "parts of each other: " + strings.Join(ids, " ")
	case 16:
		from := r.IntN(len(b.Duties))
		for i := 1; i < 100; i++ {
			b.Duties[(from+i)%len(b.Duties)].PartOf = b.Duties[(from+i-1)%len(b.Duties)].ID
		}
		return "a hundred parts, one in another"
	case 17:
		if len(b.Areas) > 2 {
			i, j := r.IntN(len(b.Areas)), r.IntN(len(b.Areas))
			b.Areas[i].Parent, b.Areas[j].Parent = b.Areas[j].Code, b.Areas[i].Code
		}
		return "areas inside each other"
	case 18:
		i := r.IntN(len(b.Bodies))
		b.Bodies[i].To = org.Day(2019, 1, 1+r.IntN(60))
		return b.Bodies[i].ID + " ends by the board"
	case 19:
		i := r.IntN(len(b.Responsibilities))
		b.Responsibilities[i].From = org.Day(2019, 1, 1+r.IntN(60))
		return "a responsibility begins late"
	case 20:
		i := r.IntN(len(b.Responsibilities))
		row := b.Responsibilities[i]
		row.Body, row.Mode = body(), org.Mode(r.IntN(4))
		b.Responsibilities = append(b.Responsibilities, row)
		return "another body has " + row.Duty
	case 21:
		if len(b.Areas) > 0 {
			b.Responsibilities[r.IntN(len(b.Responsibilities))].Area = b.Areas[r.IntN(len(b.Areas))].Code
		}
		return "a responsibility in an area"
	case 22:
		i := r.IntN(len(b.Quotas))
		b.Quotas = slices.Delete(b.Quotas, i, i+1)
		return "drop a quota"
	case 23:
		// a change of any kind, filled at random
		kind := org.Kinds[r.IntN(len(org.Kinds))]
		fresh := kind.New()
		d := fresh.Declared()
		d.Kind, d.By, d.At = kind.Word, ch.Declared().By, ch.Declared().At
		d.On = org.WrittenOn(org.Day(2019, 1, 19+r.IntN(20)), d.At)
		fill(r, reflect.ValueOf(fresh).Elem(), func() string {
			switch r.IntN(8) {
			case 0:
				return duty()
			case 1:
				return b.Posts[r.IntN(len(b.Posts))].ID
			case 2:
				return fmt.Sprintf("new%d", r.IntN(3))
			case 3:
				if len(b.Areas) > 0 {
					return b.Areas[r.IntN(len(b.Areas))].Code
				}
			}
			return body()
		})
		added(fresh)
		return "a new " + kind.Word
	case 24:
		other := p.Changes[r.IntN(n)].Declared()
		d := ch.Declared()
		d.After = append(d.After, org.Ref{ID: other.ID, At: d.At})
		return name + " waits for " + other.ID
	default:
		d := ch.Declared()
		d.On = org.When{}
		return "no day for " + name
	}
}

func fill(r *rand.Rand, v reflect.Value, id func() string) {
	switch p := v.Addr().Interface().(type) {
	case *org.Common:
	case *org.Ref:
		p.ID = id()
	case *org.Text:
		p.Text = []string{"", "行政编制", "head", "deputy", "甲"}[r.IntN(5)]
	case *org.When:
		if r.IntN(2) == 0 {
			*p = org.WrittenOn(org.Day(2019, 1, 19+r.IntN(20)), diag.Span{})
		}
	case *org.Number:
		*p = org.WrittenNumber(r.IntN(20), diag.Span{})
	default:
		switch v.Kind() {
		case reflect.Bool:
			v.SetBool(r.IntN(3) == 0)
		case reflect.Struct:
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() {
					fill(r, v.Field(i), id)
				}
			}
		case reflect.Slice:
			v.Set(reflect.MakeSlice(v.Type(), r.IntN(4), 4))
			for i := range v.Len() {
				fill(r, v.Index(i), id)
			}
		}
	}
}

// TestGiants runs plans that are large in one way: each would take minutes or
// more if anything grew with the square of what is many.
func TestGiants(t *testing.T) {
	const many = 30_000
	day := org.WrittenOn(org.Day(2019, 1, 20), diag.Span{})
	ref := func(id string) org.Ref { return org.Ref{ID: id} }
	plan := func(changes ...org.Change) *org.Plan {
		for i, ch := range changes {
			d := ch.Declared()
			d.ID, d.Position, d.On = fmt.Sprintf("c%d", i), i, day
		}
		return &org.Plan{Changes: changes}
	}
	numbered := func(i int) string { return fmt.Sprintf("x%05d", i) }
	cases := map[string]func() (*org.Board, *org.Plan){
		"parts in parts": func() (*org.Board, *org.Plan) {
			b := &org.Board{Bodies: []org.Body{{ID: "a", Interval: org.Whole}, {ID: "b", Interval: org.Whole}}}
			for i := range many {
				d := org.Duty{ID: numbered(i), Exclusive: true}
				if i > 0 {
					d.PartOf = numbered(i - 1)
				}
				b.Duties = append(b.Duties, d)
				b.Responsibilities = append(b.Responsibilities, org.Responsibility{Duty: d.ID, Body: "a", Keys: org.AllKeys, Interval: org.Whole})
			}
			return b, plan(&org.Transfer{Duties: org.Selection{Refs: []org.Ref{ref(numbered(0))}}, From: ref("a"), To: ref("b")})
		},
		"bodies under bodies": func() (*org.Board, *org.Plan) {
			b := &org.Board{}
			for i := range many {
				body := org.Body{ID: numbered(i), Interval: org.Whole}
				if i > 0 {
					body.Superior = numbered(i - 1)
				}
				b.Bodies = append(b.Bodies, body)
			}
			return b, plan(&org.ChangeSuperior{Bodies: []org.Ref{ref(numbered(0))}, To: ref(numbered(many - 1))})
		},
		"people all at once": func() (*org.Board, *org.Plan) {
			b := &org.Board{Bodies: []org.Body{{ID: "a", Interval: org.Whole}, {ID: "b", Interval: org.Whole}}}
			for i := range many {
				id := numbered(i)
				b.Posts = append(b.Posts, org.Post{ID: id, Body: "a", Interval: org.Whole})
				b.Appointments = append(b.Appointments, org.Appointment{Post: id, Person: id, Interval: org.Whole})
			}
			return b, plan(&org.SetPosts{Body: ref("b"), Posts: org.WrittenNumber(many, diag.Span{})},
				&org.MovePeople{People: org.Selection{All: true}, From: ref("a"), To: ref("b")})
		},
		"plates, one change each": func() (*org.Board, *org.Plan) {
			b := &org.Board{}
			var changes []org.Change
			for i := range many {
				b.Bodies = append(b.Bodies, org.Body{ID: numbered(i), Interval: org.Whole})
				b.Plates = append(b.Plates, org.Plate{Body: numbered(i), Name: "x", Interval: org.Whole})
				changes = append(changes, &org.RemovePlate{Body: ref(numbered(i)), Name: org.Text{Text: "x"}})
			}
			return b, plan(changes...)
		},
		"duties, one change each": func() (*org.Board, *org.Plan) {
			b := &org.Board{Bodies: []org.Body{{ID: "a", Interval: org.Whole}, {ID: "b", Interval: org.Whole}}}
			var changes []org.Change
			for i := range many {
				b.Duties = append(b.Duties, org.Duty{ID: numbered(i), Exclusive: true})
				b.Responsibilities = append(b.Responsibilities, org.Responsibility{Duty: numbered(i), Body: "a", Keys: org.AllKeys, Interval: org.Whole})
				changes = append(changes, &org.Transfer{Duties: org.Selection{Refs: []org.Ref{ref(numbered(i))}}, From: ref("a"), To: ref("b")})
			}
			return b, plan(changes...)
		},
	}
	for name, make := range cases {
		t.Run(name, func(t *testing.T) {
			board, plan := make()
			begin := time.Now()
			res := check.Run(board, plan)
			res.Timeline.On(org.Day(2019, 2, 1))
			for _, id := range res.Timeline.Bodies() {
				res.Timeline.Body(id)
				res.Timeline.ChangesOf(id)
			}
			if took := time.Since(begin); took > time.Minute {
				t.Errorf("took %v", took)
			}
		})
	}
}
