package sched

// Away tells a test when a task that is under way rests.
func (o *Order) Away(i, time int) bool {
	for _, g := range o.away[i] {
		if int(g.from) <= time && time < int(g.to) {
			return true
		}
	}
	return false
}

// Waits tells a test how many tasks wait for a resource.
func (o *Order) Waits() (n int) {
	for _, w := range o.waits {
		if w.link < 0 {
			n++
		}
	}
	return n
}
