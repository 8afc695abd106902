// Package publish is what leaves the building: it makes the values that pages,
// open files and pictures are rendered from. A value here is plain: facts with
// their ids, and the words of one language beside them, so that the page, its
// JSON and its picture can't say different things. Pictures are SVG, made here,
// with classes instead of styles, so that they follow the page's colours and a
// strict content policy.
package publish

import (
	"sort"
	"sync"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// A View is one reading of a board: the result of a check, with what the pages
// look up again and again worked out once, when it is first asked for. It is
// safe for concurrent use.
type View struct {
	res   check.Result
	tl    *check.Timeline
	board *org.Board
	plan  *org.Plan // never nil: the empty plan when there is none

	daysOnce sync.Once
	changing []org.Date

	flowOnce sync.Once
	flow     map[string]flow

	paperOnce sync.Once
	resting   map[string][]org.Change // by instrument

	searchOnce sync.Once
	bodyText   []searchText
	dutyText   []searchText

	wallOnce sync.Once
	wall     []standing

	areaOnce sync.Once
	areas    map[string]*org.Area
	partsOf  map[string][]string // duty → its parts

	followOnce sync.Once
	dependents []check.Dependent
	interfaces []check.Interface

	underOnce sync.Once
	inferiors map[string][]string

	// mu guards what belongs to a schedule and not to the board: it is worked out
	// for the schedule asked for last.
	mu       sync.Mutex
	against  against
	compared compared
}

// Of makes a view of a result. The result must hold a timeline.
func Of(res check.Result) *View {
	v := &View{res: res, tl: res.Timeline, board: res.Timeline.Board(), plan: res.Timeline.Plan()}
	if v.board == nil {
		v.board = &org.Board{}
	}
	if v.plan == nil {
		v.plan = &org.Plan{}
	}
	return v
}

// Timeline gives the timeline that the view reads.
func (v *View) Timeline() *check.Timeline { return v.tl }

// days lists the days on which the plan changes anything.
func (v *View) days() []org.Date {
	v.daysOnce.Do(func() { v.changing = v.tl.Days() })
	return v.changing
}

// Planned reports whether there is a plan at all.
func (v *View) Planned() bool { return v.tl.Plan() != nil }

// A Name is what something is called: its id and its name in each language.
type Name struct {
	ID string `json:"id"`
	ZH string `json:"name,omitempty"`
	EN string `json:"name_en,omitempty"`
}

// In gives the name to show in a language, and the language it is in: a name
// that has no English form is shown as it is.
func (n Name) In(tag lang.Tag) (text string, in lang.Tag) {
	if tag == lang.EN && n.EN != "" {
		return n.EN, lang.EN
	}
	if n.ZH != "" {
		return n.ZH, languageOf(n.ZH)
	}
	if n.EN != "" {
		return n.EN, lang.EN
	}
	return n.ID, languageOf(n.ID)
}

// Other gives the name in the other language, "" when there is none.
func (n Name) Other(tag lang.Tag) string {
	shown, _ := n.In(tag)
	for _, s := range []string{n.ZH, n.EN} {
		if s != "" && s != shown {
			return s
		}
	}
	return ""
}

// languageOf tells Chinese words by their characters.
func languageOf(s string) lang.Tag {
	for _, r := range s {
		if r >= 0x2e80 && r <= 0x9fff || r >= 0xf900 && r <= 0xfaff || r >= 0x20000 && r <= 0x323af {
			return lang.ZH
		}
	}
	return lang.EN
}

// body gives the name that a body has on a day; before its time its first name,
// after it its last.
func (v *View) body(id string, day org.Date) Name {
	life := v.tl.Body(id)
	if life == nil || len(life.Versions) == 0 {
		return Name{ID: id}
	}
	b := versionNear(life, day)
	return Name{ID: id, ZH: b.Name, EN: b.NameEN}
}

// versionNear gives the version of a day, or the one nearest to it: the last
// that began before, else the first. The life must have a version.
func versionNear(life *check.BodyLife, day org.Date) *check.BodyVersion {
	near := &life.Versions[0]
	for i := range life.Versions {
		if life.Versions[i].From <= day {
			near = &life.Versions[i]
		}
	}
	return near
}

func (v *View) bodies(ids []string, day org.Date) []Name {
	out := make([]Name, 0, len(ids))
	for _, id := range ids {
		out = append(out, v.body(id, day))
	}
	return out
}

func (v *View) duty(id string) Name {
	if d := v.tl.Duty(id); d != nil {
		return Name{ID: id, ZH: d.Name, EN: d.NameEN}
	}
	return Name{ID: id}
}

func (v *View) lookups() {
	v.areaOnce.Do(func() {
		v.areas = map[string]*org.Area{}
		for i := range v.board.Areas {
			v.areas[v.board.Areas[i].Code] = &v.board.Areas[i]
		}
		v.partsOf = map[string][]string{}
		for _, id := range v.tl.Duties() {
			if d := v.tl.Duty(id); d != nil && d.PartOf != "" {
				v.partsOf[d.PartOf] = append(v.partsOf[d.PartOf], id)
			}
		}
	})
}

func (v *View) area(code string) Name {
	v.lookups()
	if a := v.areas[code]; a != nil {
		return Name{ID: code, ZH: a.Name, EN: a.NameEN}
	}
	return Name{ID: code}
}

// A Term is a word of a closed or free list: its key, and what it says in the
// language asked for.
type Term struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// term names a word by the catalogue; a word that the catalogue lacks, as the
// free words of a place are, is shown as it is.
func term(tag lang.Tag, group, word string) Term {
	if word == "" {
		return Term{"", lang.Say(tag, "term.none")}
	}
	if id := group + "." + word; lang.Knows(tag, id) {
		return Term{word, lang.Say(tag, id)}
	}
	return Term{word, word}
}

// A Span of days that a picture shows: From and To are both shown.
type Span struct {
	From org.Date `json:"from"`
	To   org.Date `json:"to"`
}

// Days is the number of steps from the first day to the last.
func (s Span) Days() int { return int(s.To - s.From) }

// Clip gives the day of the span that is nearest to a day.
func (s Span) Clip(day org.Date) org.Date { return min(max(day, s.From), s.To) }

// Horizon is the time that the board's pictures show: the plan's, with a margin
// on both sides, so that what was before and what comes after can be seen.
// Without a plan or dates it is the year around the day.
func (v *View) Horizon(day org.Date) Span {
	from, to := org.Forever, org.Always
	take := func(d org.Date) {
		if d.Known() {
			from, to = min(from, d), max(to, d)
		}
	}
	if v.plan.Start.Given() {
		take(v.plan.Start.Date)
	}
	if v.plan.Deadline.Given() {
		take(v.plan.Deadline.Date)
	}
	days := v.days()
	for i, d := range days {
		if i == 0 || i == len(days)-1 {
			take(d)
		}
	}
	if from > to {
		return Span{day - 182, day + 183}
	}
	margin := org.Date(max(3, int(to-from)/20))
	return Span{from - margin, to + margin}
}

// Deadline is the plan's last day for any change; NoDate when it has none.
func (v *View) Deadline() org.Date { return v.plan.Deadline.Or(org.NoDate) }

// before and after are the days on which the board is shown as it was before
// the plan, and as it is when all of it is done.
func (v *View) before() org.Date {
	if days := v.days(); len(days) > 0 {
		return days[0] - 1
	}
	return v.Horizon(0).From
}

func (v *View) after() org.Date {
	last := org.Always
	if days := v.days(); len(days) > 0 {
		last = days[len(days)-1]
	}
	return max(last, v.Deadline(), v.before()+1)
}

// Steps gives the days on which something changes that are next to a day, each
// NoDate when there is none.
func (v *View) Steps(day org.Date) (previous, next org.Date) {
	days := v.days()
	i := sort.Search(len(days), func(i int) bool { return days[i] >= day })
	previous, next = org.NoDate, org.NoDate
	if i > 0 {
		previous = days[i-1]
	}
	if i < len(days) && days[i] == day {
		i++
	}
	if i < len(days) {
		next = days[i]
	}
	return previous, next
}

// Day writes a day in words of a language; "" for what is not a day.
func Day(tag lang.Tag, d org.Date) string {
	if !d.Known() {
		return ""
	}
	t := d.Time()
	return lang.Say(tag, "date.full", lang.Args{"Year": t.Year(), "Month": int(t.Month()), "Day": t.Day(),
		"MonthName": lang.Say(tag, "date.month."+itoa(int(t.Month())))})
}

// A flow is how many duties a body gives away and receives by the plan, and
// until when a transition rule is in force at it.
type flow struct {
	gives, takes []string // duties, by the holder key
	to, from     []string // the bodies at the other end, in order of first duty
	open         []org.Interval
}

// flows works out for every body what moves. O(holdings), once.
func (v *View) flows() map[string]flow {
	v.flowOnce.Do(func() {
		v.flow = map[string]flow{}
		for _, id := range v.tl.Duties() {
			hs := v.tl.Holdings(id)
			for i := range hs {
				h := &hs[i]
				if h.Transitional && h.Mode != org.Assist {
					v.openAt(h.Body, h.Interval)
					for j := range hs {
						if r := &hs[j]; r.Key == org.Holder && r.Area == h.Area && r.From == h.From && r.Began != nil && r.Mode != org.Assist && r.Body != h.Body {
							v.openAt(r.Body, h.Interval)
						}
					}
				}
				if h.Key != org.Holder || h.Mode == org.Assist {
					continue
				}
				if h.Ended != nil && !heldBy(hs, h, h.To) {
					f := v.flow[h.Body]
					f.gives = appendOnce(f.gives, id)
					for j := range hs {
						if n := &hs[j]; follows(h, n) {
							f.to = appendOnce(f.to, n.Body)
						}
					}
					v.flow[h.Body] = f
				}
				if h.Began != nil && !heldBy(hs, h, h.From-1) {
					f := v.flow[h.Body]
					f.takes = appendOnce(f.takes, id)
					for j := range hs {
						if n := &hs[j]; follows(n, h) {
							f.from = appendOnce(f.from, n.Body)
						}
					}
					v.flow[h.Body] = f
				}
			}
		}
	})
	return v.flow
}

// follows reports whether b takes over from a: another body gets the same key
// for the same area by the change that ended it. Days alone do not tell it:
// many may have a catch-all at once.
func follows(a, b *check.Holding) bool {
	return a.Key == b.Key && a.Area == b.Area && a.Body != b.Body && a.To == b.From && a.Ended != nil && a.Ended == b.Began
}

func (v *View) openAt(body string, iv org.Interval) {
	f := v.flow[body]
	for _, o := range f.open {
		if o == iv {
			return
		}
	}
	f.open = append(f.open, iv)
	v.flow[body] = f
}

// heldBy reports whether the body of h has its key on a day too.
func heldBy(hs []check.Holding, h *check.Holding, day org.Date) bool {
	for i := range hs {
		if o := &hs[i]; o.Key == h.Key && o.Area == h.Area && o.Body == h.Body && o.Holds(day) {
			return true
		}
	}
	return false
}

func appendOnce(list []string, s string) []string {
	// duties come in order, so a repetition is the last one; bodies are few
	for i := len(list) - 1; i >= 0 && i >= len(list)-64; i-- {
		if list[i] == s {
			return list
		}
	}
	return append(list, s)
}

// Problems counts what is wrong.
type Problems struct {
	Errors   int `json:"errors"`
	Warnings int `json:"warnings"`
	Waived   int `json:"waived"`
}

// Problems counts what is wrong with the plan and its board.
func (v *View) Problems() Problems {
	e, w, x := v.res.Problems.Count()
	return Problems{e, w, x}
}

func wordsOf(tag lang.Tag, w diag.Word) string { return lang.Say(tag, string(w)) }
