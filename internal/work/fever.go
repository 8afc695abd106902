package work

import (
	"cmp"
	"slices"

	"oneboard/internal/org"
	"oneboard/internal/sched"
)

// A BufferUse is how much of a buffer of what was issued is used, beside how much
// of the chain that it protects is done (fever chart).
//
// The buffer of the whole stands behind the end as issued, a feeding one between
// its chain and what waits for it; each is as large as the draws or the root of
// squares ask (see [Risk]), and no larger than there was room. It is used by the
// days of work that its chain now ends later than issued, as far as these don't
// fit into what room there was besides.
type BufferUse struct {
	Chain    []int // the activities that it protects
	Into     int   // the activity that waits for them; -1: it is the buffer of the whole
	Size     int   // days of work
	Used     int   // days of work; more than Size: it was not enough
	Done     float64
	Was, Now org.Date // the end of its chain, as issued and as forecast
	Zone     Zone
}

// Share gives the part of the buffer that is used.
func (b *BufferUse) Share() float64 { return float64(b.Used) / float64(b.Size) }

// A Zone says what the use of a buffer asks for.
type Zone uint8

// The zones. Halfway along a chain they are thirds of the buffer (Goldratt,
// Critical Chain, 1997; Newbold 1998): in the first nothing is asked, in the
// second a way out is prepared, in the third it is taken. Before that less may be
// used, and later more: the bounds rise evenly, from 0 and 1/3 when nothing is
// done to 2/3 and all when all is. Sloping bounds are usual (Leach, Critical Chain
// Project Management, 2005); their numbers differ, and these are ours.
const (
	Green  Zone = iota // go on
	Yellow             // prepare what to do
	Red                // do it
)

// String names the zone as the catalogue does.
func (z Zone) String() string { return [...]string{"green", "yellow", "red"}[z] }

// ZoneBounds gives the parts of a buffer above which yellow and red begin, when so
// much of its chain is done.
func ZoneBounds(done float64) (yellow, red float64) { return 2 * done / 3, 1./3 + 2*done/3 }

func zoneOf(used, size int, done float64) Zone {
	yellow, red := ZoneBounds(done)
	switch share := float64(used) / float64(size); {
	case share > red+1e-9:
		return Red
	case share > yellow+1e-9:
		return Yellow
	}
	return Green
}

// issuedSearch is how much is spent on placing work again as it was issued: where
// the plan is still the same there is nothing to search for.
const issuedSearch = 200

// beside sets the risk beside that of the days as issued.
func (r *Risk) beside(o RiskOptions) {
	if o.Issued == nil {
		return
	}
	s := r.Schedule
	was, _ := Replan(s.Work, o.Issued, nil, sched.Options{Schedules: issuedSearch, Seed: 1})
	if was == nil {
		return
	}
	o.Issued = nil
	r.Before = was.Risk(o)
	kept := map[int]int{}
	for _, d := range r.Before.Days {
		kept[d.Activity] = d.Kept
	}
	for k := range r.Days {
		if n, ok := kept[r.Days[k].Activity]; ok {
			r.Days[k].Was = n
		}
	}
	for k := range r.Plans {
		r.Plans[k].Was = r.Before.Plans[k].Kept
	}
	if s.Standing != nil {
		r.fever()
	}
}

// fever tells how the buffers of what was issued are used.
func (r *Risk) fever() {
	s, before := r.Schedule, r.Before
	w, axis := s.Work, s.placed.axis
	later := func(was, now org.Date) int { return w.unit(axis, now+1) - w.unit(axis, was+1) }
	var chain []int
	for _, step := range before.Chain {
		chain = append(chain, step.Activity)
	}
	use := func(b BufferUse, buffer Buffer, spare int) {
		b.Size = buffer.Days
		if buffer.Room >= 0 {
			b.Size = min(b.Size, buffer.Room)
		}
		if b.Size == 0 {
			if b.Into >= 0 {
				r.Bare++
			} else {
				r.Open = buffer.Days > 0
			}
			return
		}
		b.Used = max(0, later(b.Was, b.Now)-max(0, spare-b.Size))
		b.Done = s.Standing.done(w, b.Chain)
		b.Zone = zoneOf(b.Used, b.Size, b.Done)
		r.Fever = append(r.Fever, b)
	}
	use(BufferUse{Chain: chain, Into: -1, Was: before.Schedule.End, Now: s.End}, before.Buffer, 0)
	for _, f := range before.Feeding {
		last := f.Activities[len(f.Activities)-1]
		use(BufferUse{Chain: f.Activities, Into: f.Into, Was: before.Schedule.Finish[last], Now: s.Finish[last]}, f.Buffer, f.Room)
	}
	if len(r.Fever) > 1 && r.Fever[0].Into < 0 {
		sortFever(r.Fever[1:])
	} else {
		sortFever(r.Fever)
	}
}

// sortFever puts first what is worst.
func sortFever(list []BufferUse) {
	slices.SortStableFunc(list, func(a, b BufferUse) int {
		return cmp.Or(cmp.Compare(b.Zone, a.Zone), cmp.Compare(b.Share(), a.Share()))
	})
}

// done gives how much of some activities is done: of their days of work, or of
// their number where they take none.
func (st *Standing) done(w *Work, activities []int) float64 {
	sum, all, n := 0.0, 0.0, 0.0
	for _, i := range activities {
		days := float64(w.Activities[i].Duration)
		sum, all, n = sum+days*st.Share[i], all+days, n+st.Share[i]
	}
	switch {
	case all > 0:
		return sum / all
	case len(activities) > 0:
		return n / float64(len(activities))
	}
	return 0
}
