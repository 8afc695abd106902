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
