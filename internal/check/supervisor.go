package check

import (
	"cmp"
	"slices"

	"oneboard/internal/org"
)

// Why a body stands over another: the catalogue's "supervises.<rule>".
const (
	// ByHolding: it holds in law a duty that the other performs.
	ByHolding = "holder"
	// ByMatter: it holds the duties of the same matters one level up.
	ByMatter = "matter"
	// ByTie: the lower plan names it as what corresponds above.
	ByTie = "tie"
	// ByMismatch: the upper body is already adjusted and the lower one not yet:
	// the upper body that the plan names supervises it (R2).
	ByMismatch = "R2"
	// BySuperior: nothing else says who; it is the body's superior.
	BySuperior = "superior"
)

// A Supervisor is a body that directs another one in some duties, on the days of
// the interval.
type Supervisor struct {
	Body   string    // an id of the board, or of a board above
	Above  *Timeline // of the plan above that it is of; nil: it is of the board itself
	Duties []string
	Rule   string
	org.Interval
	By string // the clause by which it has them, as the timeline has it
	// Adjusted is the change that gave it the duties or constituted it anew, and
	// Waits the change of the lower body that is still to come; nil when there is
	// none.
	Adjusted, Waits org.Change
}

// Supervisors answers who directs a body on a day, duty by duty, those with most
// duties first: who holds in law what the body performs, or who has the same
// matters at the next level up, on the board or on those of the plans above
// (above may be nil). When such a body was adjusted by its plan and the lower one
// not yet, it directs it from that day (R2), and the answer says which change is
// awaited; also when, during a relay of levels, it has the matter no more.
// Only when nothing is found is it the superior alone. With a duty only that one
// is asked about. O(duties of the body and of their matters).
func (t *Timeline) Supervisors(body, duty string, day org.Date, above *Bond) []Supervisor {
	c := t.c
	at := c.bodyIx.find(body)
	if at < 0 || c.bodies[at].on(day) == nil {
		return nil
	}
	r := &resolver{t: t, c: c, body: at, day: day, rank: c.rankOf(at), timelines: map[*checker]*Timeline{}}
	boards := []*checker{c}
	for _, b := range above.Bonds() {
		boards = append(boards, b.Upper.c)
		r.timelines[b.Upper.c] = b.Upper
		r.tied = tiedTo(b.Lower.plan, body)
	}
	r.adjusted, r.waits, r.until = c.adjustment(at, day)
	duties := c.dutiesOn(at, day)
	matters := map[string]bool{}
	for _, d := range duties {
		matters[matterOf(c.duties[d].def)] = true
	}
	r.oversight = newOversight(boards, matters)
	for _, d := range duties {
		if duty == "" || c.duties[d].def.ID == duty {
			r.ask(d)
		}
	}
	if len(r.out) == 0 && duty == "" {
		r.askTies()
	}
	if len(r.out) == 0 {
		if now := c.bodies[at].on(day); now.Superior != "" {
			r.out = append(r.out, Supervisor{Body: now.Superior, Rule: BySuperior, Interval: now.Interval})
		}
	}
	slices.SortStableFunc(r.out, func(x, y Supervisor) int { return cmp.Compare(len(y.Duties), len(x.Duties)) })
	return r.out
}

// tiedTo lists what the lower plan says corresponds above to a body.
func tiedTo(p *org.Plan, body string) (out []string) {
	for i := range p.Upward {
		if t := &p.Upward[i]; t.Is.ID == body && t.Of.Given() {
			out = append(out, t.Of.ID)
		}
	}
	return out
}

// resolver answers one question.
type resolver struct {
	*oversight
	t         *Timeline
	c         *checker
	timelines map[*checker]*Timeline // of the plans above
	body      int32
	day       org.Date
	rank      int
	tied      []string
	adjusted  org.Date // the day on which the lower body was adjusted; NoDate: not yet
	waits     org.Change
	until     org.Date // the day of waits
	out       []Supervisor
}

// dutiesOn lists the duties of which a body has a key on a day, but for those
// that everybody has.
func (c *checker) dutiesOn(body int32, day org.Date) (out []int32) {
	see := func(d int32) {
		if d < 0 || slices.Contains(out, d) || !c.duties[d].def.Exclusive {
			return
		}
		segs := c.segments(d)
		if slices.ContainsFunc(segs, func(s segment) bool { return s.body == body && s.Holds(day) }) {
			out = append(out, d)
		}
	}
	for _, r := range c.rowsOfBody.of(body) {
		see(c.rowDuty[r])
	}
	for _, d := range c.gained[body] {
		see(d)
	}
	slices.Sort(out)
	return out
}

// adjustment tells when a body was last adjusted by the plan, up to a day, and
// which change of it comes next and when.
func (c *checker) adjustment(body int32, day org.Date) (done org.Date, next org.Change, on org.Date) {
	done, on = org.NoDate, org.Forever
	for _, v := range c.bodies[body].versions {
		if v.began >= 0 && c.names(v.began, body) {
			if v.From <= day {
				done = max(done, v.From)
			} else if v.From < on {
				next, on = c.plan.Changes[v.began], v.From
			}
		}
		if v.ended >= 0 && v.To > day && v.To < on {
			next, on = c.plan.Changes[v.ended], v.To
		}
	}
	return done, next, on
}

// names reports whether a change names a body: one whose superior has merged has
// another superior, and is not adjusted by that.
func (c *checker) names(change, body int32) bool {
	return slices.ContainsFunc(org.BodiesOf(c.plan.Changes[change]), func(r org.Ref) bool { return r.ID == c.bodies[body].id })
}

// ask finds who stands over the body in one duty.
func (r *resolver) ask(d int32) {
	c := r.c
	segs := c.segments(d)
	var own *segment
	for i := range segs {
		if s := &segs[i]; s.body == r.body && s.Holds(r.day) {
			own = s
			break
		}
	}
	for i := range segs { // who holds in law what the body only performs
		if s := &segs[i]; s.key == org.Holder && s.mode != org.Assist && s.body >= 0 && s.body != r.body && s.Holds(r.day) && r.over(c, s.body) {
			r.add(c, s, d, ByHolding)
			return
		}
	}
	if own == nil || r.rank == 0 {
		return
	}
	list := r.byMatter(d, own)
	var found *watch
	for i := range list {
		w := &list[i]
		if found != nil && w.up != found.up {
			break // the nearest board that has one
		}
		if w.Holds(r.day) && (found == nil || w.up.rankOf(w.body) > found.up.rankOf(found.body)) {
			found = w
		}
	}
	if found != nil {
		r.add(found.up, found.by, d, ByMatter)
	} else if w, waits, until := r.meanwhile(list, own, r.day); w != nil {
		sup := Supervisor{Body: w.up.bodies[w.body].id, Above: r.timelines[w.up], Duties: []string{c.duties[d].def.ID}, Rule: ByMismatch,
			Interval: org.Interval{From: w.From, To: until}, Waits: waits}
		if ended := w.by.ended; ended >= 0 {
			sup.Adjusted = w.up.plan.Changes[ended]
			sup.By = Citations(sup.Adjusted)
		}
		r.put(sup)
	}
}

// over reports whether a body of a board is of a higher level than the one asked
// about.
func (r *resolver) over(board *checker, body int32) bool {
	rank := org.LevelRank(board.bodyLevel(body))
	return rank > 0 && r.rank > 0 && rank < r.rank
}

// askTies answers by what the lower plan declares.
func (r *resolver) askTies() {
	for _, id := range r.tied {
		for _, up := range r.boards[1:] {
			b := up.bodyIx.find(id)
			if b < 0 {
				continue
			}
			at := up.heir(b, r.day)
			if at < 0 {
				continue
			}
			s := Supervisor{Body: up.bodies[at].id, Above: r.timelines[up], Rule: ByTie, Interval: up.bodies[at].on(r.day).Interval}
			for _, v := range up.bodies[at].versions {
				if v.began >= 0 && v.Holds(r.day) {
					s.Adjusted, s.By = up.plan.Changes[v.began], Citations(up.plan.Changes[v.began])
				}
			}
			r.mismatch(&s, s.From)
			r.out = append(r.out, s)
			break
		}
	}
}

// heir gives the body that is there for one on a day: itself, or what it was
// merged into.
func (c *checker) heir(body int32, day org.Date) int32 {
	for n := 0; body >= 0 && n < len(c.bodies); n++ {
		if c.bodies[body].on(day) != nil {
			return body
		}
		body = c.merged(body)
	}
	return none
}

// add puts a duty to the supervisor who has it.
func (r *resolver) add(board *checker, s *segment, d int32, rule string) {
	id := r.c.duties[d].def.ID
	body := &board.bodies[s.body]
	sup := Supervisor{Body: body.id, Above: r.timelines[board], Duties: []string{id}, Rule: rule, Interval: s.Interval}
	switch {
	case s.began >= 0:
		sup.Adjusted = board.plan.Changes[s.began]
		sup.By = Citations(sup.Adjusted)
	case s.row >= 0:
		sup.By = board.board.Responsibilities[s.row].By
	}
	if slices.Contains(r.tied, body.id) {
		sup.Rule = ByTie
	}
	since := s.From
	for _, v := range body.versions { // constituted anew, it is another one
		if v.began >= 0 && v.Holds(r.day) && board.names(v.began, s.body) && (sup.Adjusted == nil || v.From > since) {
			sup.Adjusted, since = board.plan.Changes[v.began], v.From
			sup.From, sup.By = max(sup.From, v.From), Citations(sup.Adjusted)
		}
	}
	r.mismatch(&sup, since)
	r.put(sup)
}

// put puts an answer to the others; with one of the same body and reason it is
// one.
func (r *resolver) put(sup Supervisor) {
	for i := range r.out {
		if o := &r.out[i]; o.Body == sup.Body && o.Above == sup.Above && o.Rule == sup.Rule && o.By == sup.By {
			if !slices.Contains(o.Duties, sup.Duties[0]) {
				o.Duties = append(o.Duties, sup.Duties[0])
			}
			o.From, o.To = max(o.From, sup.From), min(o.To, sup.To)
			return
		}
	}
	r.out = append(r.out, sup)
}

// mismatch turns an answer into that of R2 when the upper body was adjusted on a
// day and the lower one not since.
func (r *resolver) mismatch(s *Supervisor, since org.Date) {
	if s.Adjusted == nil || r.adjusted != org.NoDate && r.adjusted >= since {
		return
	}
	if r.waits == nil { // the plan leaves the lower body as it is: no window, but a rule
		return
	}
	s.Rule, s.Waits = ByMismatch, r.waits
	s.To = min(s.To, r.until)
}
