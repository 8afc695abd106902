package main

import (
	"context"
	"sync"

	"oneboard/internal/diag"
	"oneboard/internal/org"
	"oneboard/internal/sched"
	"oneboard/internal/work"
)

// What the pages of a schedule are followed by: flags of serve.

// A servedFollowing is the files that the flags of serve name.
type servedFollowing struct {
	baselines, reports, others []string
	asOf                       org.Date
}

func (f *servedFollowing) declare(flags *flags) {
	flags.texts(&f.baselines, "baseline")
	flags.texts(&f.reports, "progress")
	flags.date(&f.asOf, "as-of")
	flags.texts(&f.others, "compare")
}

// known gives the day on which the schedule of a plan is made: that of its report,
// or [org.Forever].
func (f *servedFollowing) known(e *env, m *matter, alone bool) (org.Date, error) {
	if f.asOf.Known() && len(f.reports) > 0 {
		return f.asOf, nil
	}
	on := org.Forever
	for _, name := range f.reports {
		p, _, err := e.readProgress(name) // what is wrong with it is told where it is used
		if err != nil {
			return org.NoDate, err
		}
		if alone || m.plan != nil && p.Plan.ID == m.plan.ID {
			on = p.AsOf.Or(on)
		}
	}
	return on, nil
}

// of gives what the schedule of one plan is followed by. A baseline belongs to
// the plan that it names, and so does a report; one that names none belongs to
// the only plan. A file that is wrong is not served.
func (f *servedFollowing) of(e *env, m *matter, w *work.Work, alone bool) (*following, error) {
	out := &following{}
	wrong := func(name string, problems diag.List) error {
		n, _, _ := problems.Count()
		if n == 0 {
			return nil
		}
		if !e.json {
			if err := problems.WriteText(e.out, e.tag, diag.Printed); err != nil {
				return err
			}
		}
		return cannot("unreadable-follow", "Path", name, "Count", n)
	}
	for _, name := range f.baselines {
		b, problems, err := e.readBaseline(name)
		if err != nil {
			return nil, err
		}
		if !problems.HasErrors() && b.Plan != m.plan.ID && !alone {
			continue
		}
		if !problems.HasErrors() {
			problems.Add(w.Fits(b)...)
		}
		if err := wrong(name, problems); err != nil {
			return nil, err
		}
		out.against, out.baseline, out.replan = name, b, true
	}
	for _, name := range f.reports {
		p, problems, err := e.readProgress(name)
		if err != nil {
			return nil, err
		}
		if !problems.HasErrors() && !alone && p.Plan.ID != m.plan.ID {
			continue
		}
		if !problems.HasErrors() {
			on, err := statusDay(p, f.asOf, name)
			if err != nil {
				return nil, err
			}
			var more diag.List
			out.standing, more = w.Stand(p, on)
			problems.Add(more...)
		}
		if err := wrong(name, problems); err != nil {
			return nil, err
		}
		out.progress = name
	}
	return out, nil
}

// replanned is how much is spent on a page's schedule that keeps to a baseline.
const replanned = 500

// follow gives a board's schedule what it is followed by; w is the work of its
// plan, by what was known on a day.
func (s *show) follow(b *shownBoard, m *matter, w *work.Work, on org.Date) error {
	f, err := s.following.of(s.e, m, w, s.alone)
	if err != nil {
		return err
	}
	b.issued, b.reported = f.baseline, f.standing != nil
	o := sched.Options{Schedules: servedSchedules, Seed: 1}
	if f.replan {
		o.Schedules = replanned
	}
	placed := sync.OnceValue(func() *work.Schedule {
		s, _ := f.place(w, o)
		return s
	})
	b.schedule = func(_ context.Context, known string) (*work.Schedule, error) {
		if known != "" {
			return nil, nil // what was known earlier has no schedule of its own
		}
		return placed(), nil
	}
	if len(s.following.others) == 0 || !s.alone {
		return nil
	}
	var versions []*work.Work
	for _, arg := range s.following.others {
		other, v, problems, err := s.e.takeWork(arg, on)
		if err != nil {
			return err
		}
		if v == nil {
			n, _, _ := problems.Count()
			return cannot("unreadable-plan", "Path", other.name, "Count", n)
		}
		versions = append(versions, v)
	}
	branches := sync.OnceValue(func() []work.Branch {
		o := sched.Options{Schedules: servedSchedules, Seed: 1}
		out := []work.Branch{work.Try(m.name, w, o)}
		for k, v := range versions {
			out = append(out, work.Try(s.following.others[k], v, o))
		}
		return out
	})
	b.branches = func(context.Context) ([]work.Branch, error) { return branches(), nil }
	return nil
}
