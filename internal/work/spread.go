package work

import "oneboard/internal/org"

// days gives an activity the least and most days that are written for it, else
// those of the first spread that is given.
func (a *Activity) days(written org.Days, spreads ...org.Spread) {
	if written.Three() {
		a.Least, a.Most = a.Duration, a.Duration
		if written.Least.Given() {
			a.Least = written.Least.N
		}
		if written.Most.Given() {
			a.Most = written.Most.N
		}
		return
	}
	for _, s := range spreads {
		if s.Given() {
			a.Least, a.Most = s.Of(a.Duration)
			a.Assumed = true
			return
		}
	}
}

// Three gives the least, likely and most days of work of an activity.
func (a *Activity) Three() (least, likely, most int) {
	if a.Least == 0 && a.Most == 0 {
		return a.Duration, a.Duration, a.Duration
	}
	return a.Least, a.Duration, a.Most
}

// leaves makes of an activity what is left of it: the least and most days spread
// about those left as they did about all of them, rounded to whole days, half a
// day up. Who says how many are left knows more than who said once how many it
// would be; how wrong such a word may be has not changed.
func (a *Activity) leaves(left int) {
	was := a.Duration
	a.Duration = left
	if was == 0 || left == was || a.Least == 0 && a.Most == 0 {
		return
	}
	part := func(days int) int { return (2*days*left + was) / (2 * was) }
	a.Least, a.Most = min(left, max(1, part(a.Least))), max(left, part(a.Most))
}
