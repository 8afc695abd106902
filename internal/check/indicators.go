package check

import (
	"cmp"
	"slices"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// Indicators compare the board of two days, by counts that name what they count:
// each number is the length of a list of ids (A7 rows 13, 22, 26, 28 and 40 of
// the rules of practice).
type Indicators struct {
	Before org.Date `json:"before"`
	After  org.Date `json:"after"`
	// Bodies counts the bodies in force, by level and kind.
	Bodies []BodyCount `json:"bodies"`
	// Fields counts who enforces in each field: the matter of the duties of
	// enforcement kinds.
	Fields []FieldCount `json:"fields"`
	// Processes counts the hand-offs of each process that the plan declares.
	Processes []ProcessCount `json:"processes"`
	// Levels counts posts and powers by the level of the body that has them.
	Levels []LevelCount `json:"levels"`
	// Staff counts, for each body that is in force on the first day and not on
	// the last, the people whose destination is known.
	Staff []StaffCount `json:"staff"`
}

// A BodyCount is the bodies of one level and kind, by id, on both days.
type BodyCount struct {
	Level  string   `json:"level"`
	Kind   string   `json:"kind"`
	Before []string `json:"before"`
	After  []string `json:"after"`
}

// A FieldCount is one field of enforcement on both days.
type FieldCount struct {
	Matter string    `json:"matter"`
	Before Enforcing `json:"before"`
	After  Enforcing `json:"after"`
}

// Enforcing is who enforces in a field: the duties, the bodies that perform any
// of them, not only assisting, and the levels of those bodies.
type Enforcing struct {
	Duties []string `json:"duties"`
	Bodies []string `json:"bodies"`
	Levels []string `json:"levels"`
}

// A ProcessCount is one process on both days. A hand-off is a step performed by
// others than the one before it; steps that nobody performs that day, as when
// the duty has ended, are passed over.
type ProcessCount struct {
	Process diag.Name   `json:"process"`
	Steps   []StepCount `json:"steps"`
	Before  int         `json:"before"`
	After   int         `json:"after"`
}

// A StepCount is one step of a process: the duty, and who performs it.
type StepCount struct {
	Duty   diag.Name `json:"duty"`
	Before []string  `json:"before"`
	After  []string  `json:"after"`
}

// A LevelCount is the posts and powers of one level on both days.
type LevelCount struct {
	Level  string    `json:"level"`
	Before LevelSide `json:"before"`
	After  LevelSide `json:"after"`
}

// A LevelSide is the posts in bodies of a level, and the powers (duties of a
// kind of power) that a body of the level performs, not only assisting, by id.
type LevelSide struct {
	Posts  []string `json:"posts"`
	Powers []string `json:"powers"`
}

// A StaffCount is the filled posts of a body that ends: those whose people are
// in a post of a body in force on the last day, and those whose people are not.
// People are counted by the post that they have on the first day.
type StaffCount struct {
	Body    diag.Name `json:"body"`
	Known   []string  `json:"known"`
	Unknown []string  `json:"unknown"`
}

// Indicators counts on two days; NoDate stands for the day before the plan's
// first change, and for the plan's last day. O(the board).
func (t *Timeline) Indicators(before, after org.Date) Indicators {
	first, last := t.Ends()
	if !before.Known() {
		before = first
	}
	if !after.Known() {
		after = last
	}
	out := Indicators{Before: before, After: after}
	was, is := t.countOn(before), t.countOn(after)
	out.Bodies = countBodies(was, is)
	out.Fields = t.c.countFields(was, is)
	out.Processes = t.countProcesses(before, after)
	out.Levels = countLevels(was, is)
	out.Staff = countStaff(was, is)
	return out
}

// Ends gives the day before the plan's first change, and the day on which all of
// it is done; for a plan without a change that has a day, the first day that is
// checked, twice.
func (t *Timeline) Ends() (before, after org.Date) {
	days := t.Days()
	if len(days) == 0 {
		return t.c.start, t.c.start
	}
	return days[0] - 1, days[len(days)-1]
}

// Teams lists the bodies that enforce in any field, on both days.
func (x *Indicators) Teams() (before, after []string) {
	for i := range x.Fields {
		for _, id := range x.Fields[i].Before.Bodies {
			once(&before, id)
		}
		for _, id := range x.Fields[i].After.Bodies {
			once(&after, id)
		}
	}
	return before, after
}

// counting is the board of a day with what counts ask of it.
type counting struct {
	*org.Board
	bodies     map[string]*org.Body
	performers map[string][]string // by duty, without those that assist, sorted
}

func (t *Timeline) countOn(day org.Date) *counting {
	b := &counting{Board: t.On(day), bodies: map[string]*org.Body{}, performers: map[string][]string{}}
	for i := range b.Bodies {
		b.bodies[b.Bodies[i].ID] = &b.Bodies[i]
	}
	for i := range b.Responsibilities {
		r := &b.Responsibilities[i]
		if r.Keys&org.Performer != 0 && r.Mode != org.Assist {
			list := b.performers[r.Duty]
			if at, there := slices.BinarySearch(list, r.Body); !there {
				b.performers[r.Duty] = slices.Insert(list, at, r.Body)
			}
		}
	}
	return b
}

// byLevel orders words of level: from the highest, then those that are none.
func byLevel(a, b string) int {
	rank := func(s string) int {
		if n := org.LevelRank(s); n > 0 {
			return n
		}
		return len(org.Levels) + 1
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
}

func countBodies(was, is *counting) []BodyCount {
	type group struct{ level, kind string }
	found := map[group]*BodyCount{}
	for side, b := range []*counting{was, is} {
		for i := range b.Bodies {
			body := &b.Bodies[i]
			key := group{body.Level, body.Kind}
			x := found[key]
			if x == nil {
				x = &BodyCount{Level: key.level, Kind: key.kind, Before: []string{}, After: []string{}}
				found[key] = x
			}
			if side == 0 {
				x.Before = append(x.Before, body.ID)
			} else {
				x.After = append(x.After, body.ID)
			}
		}
	}
	out := make([]BodyCount, 0, len(found))
	for _, x := range found {
		slices.Sort(x.Before)
		slices.Sort(x.After)
		out = append(out, *x)
	}
	slices.SortFunc(out, func(a, b BodyCount) int { return cmp.Or(byLevel(a.Level, b.Level), cmp.Compare(a.Kind, b.Kind)) })
	return out
}

func (c *checker) countFields(was, is *counting) []FieldCount {
	kinds := c.rules.Enforcement
	if len(kinds) == 0 {
		kinds = org.EnforcementKinds
	}
	found := map[string]*FieldCount{}
	for side, b := range []*counting{was, is} {
		for i := range b.Duties {
			d := &b.Duties[i]
			if !slices.Contains(kinds, d.Kind) {
				continue
			}
			f := found[d.Matter]
			if f == nil {
				empty := func() Enforcing { return Enforcing{[]string{}, []string{}, []string{}} }
				f = &FieldCount{d.Matter, empty(), empty()}
				found[d.Matter] = f
			}
			e := &f.Before
			if side == 1 {
				e = &f.After
			}
			e.Duties = append(e.Duties, d.ID)
			for _, id := range b.performers[d.ID] {
				once(&e.Bodies, id)
				if body := b.bodies[id]; body != nil {
					once(&e.Levels, body.Level)
				}
			}
		}
	}
	out := make([]FieldCount, 0, len(found))
	for _, f := range found {
		for _, e := range []*Enforcing{&f.Before, &f.After} {
			slices.Sort(e.Duties)
			slices.Sort(e.Bodies)
			slices.SortFunc(e.Levels, byLevel)
		}
		out = append(out, *f)
	}
	slices.SortFunc(out, func(a, b FieldCount) int { return cmp.Compare(a.Matter, b.Matter) })
	return out
}

func (t *Timeline) countProcesses(before, after org.Date) []ProcessCount {
	out := []ProcessCount{}
	for i := range t.c.plan.Processes {
		p := &t.c.plan.Processes[i]
		x := ProcessCount{Process: p.Label(), Steps: []StepCount{}}
		for _, r := range p.Steps {
			if d := t.Duty(r.ID); d != nil {
				x.Steps = append(x.Steps, StepCount{d.Label(), t.performers(r.ID, before), t.performers(r.ID, after)})
			}
		}
		var was, is []string
		for _, s := range x.Steps {
			was, x.Before = handOff(was, s.Before, x.Before)
			is, x.After = handOff(is, s.After, x.After)
		}
		out = append(out, x)
	}
	return out
}

// handOff counts one more when a step is with others than the one before it.
func handOff(before, now []string, n int) ([]string, int) {
	switch {
	case len(now) == 0:
		return before, n
	case len(before) > 0 && !slices.Equal(before, now):
		n++
	}
	return now, n
}

// performers gives the bodies that perform a duty on a day, without those that
// assist, sorted.
func (t *Timeline) performers(duty string, day org.Date) []string {
	out := []string{}
	for _, h := range t.Who(duty, day, "") {
		if h.Key == org.Performer && h.Mode != org.Assist {
			once(&out, h.Body)
		}
	}
	slices.Sort(out)
	return out
}

func countLevels(was, is *counting) []LevelCount {
	found := map[string]*LevelCount{}
	at := func(level string) *LevelCount {
		if found[level] == nil {
			empty := func() LevelSide { return LevelSide{[]string{}, []string{}} }
			found[level] = &LevelCount{level, empty(), empty()}
		}
		return found[level]
	}
	for side, b := range []*counting{was, is} {
		pick := func(x *LevelCount) *LevelSide {
			if side == 0 {
				return &x.Before
			}
			return &x.After
		}
		for i := range b.Posts {
			if body := b.bodies[b.Posts[i].Body]; body != nil {
				x := pick(at(body.Level))
				x.Posts = append(x.Posts, b.Posts[i].ID)
			}
		}
		for i := range b.Duties {
			d := &b.Duties[i]
			if !slices.Contains(org.PowerKinds, d.Kind) {
				continue
			}
			levels := []string{}
			for _, id := range b.performers[d.ID] {
				if body := b.bodies[id]; body != nil && !slices.Contains(levels, body.Level) {
					levels = append(levels, body.Level)
					x := pick(at(body.Level))
					x.Powers = append(x.Powers, d.ID)
				}
			}
		}
	}
	out := make([]LevelCount, 0, len(found))
	for _, x := range found {
		for _, list := range [][]string{x.Before.Posts, x.Before.Powers, x.After.Posts, x.After.Powers} {
			slices.Sort(list)
		}
		out = append(out, *x)
	}
	slices.SortFunc(out, func(a, b LevelCount) int { return byLevel(a.Level, b.Level) })
	return out
}

func countStaff(was, is *counting) []StaffCount {
	settled := map[string]bool{} // people in a post of a body in force
	bodyOf := map[string]string{}
	for i := range is.Posts {
		bodyOf[is.Posts[i].ID] = is.Posts[i].Body
	}
	for _, a := range is.Appointments {
		settled[a.Person] = settled[a.Person] || is.bodies[bodyOf[a.Post]] != nil
	}
	clear(bodyOf)
	for i := range was.Posts {
		bodyOf[was.Posts[i].ID] = was.Posts[i].Body
	}
	found := map[string]*StaffCount{}
	for i := range was.Bodies {
		if b := &was.Bodies[i]; is.bodies[b.ID] == nil {
			found[b.ID] = &StaffCount{b.Label(), []string{}, []string{}}
		}
	}
	for _, a := range was.Appointments {
		switch x := found[bodyOf[a.Post]]; {
		case x == nil:
		case settled[a.Person]:
			x.Known = append(x.Known, a.Post)
		default:
			x.Unknown = append(x.Unknown, a.Post)
		}
	}
	out := make([]StaffCount, 0, len(found))
	for _, x := range found {
		slices.Sort(x.Known)
		slices.Sort(x.Unknown)
		out = append(out, *x)
	}
	slices.SortFunc(out, func(a, b StaffCount) int { return cmp.Compare(a.Body.ID, b.Body.ID) })
	return out
}
