package sched

// A generator makes schedules of one instance, one at a time, in memory that it
// keeps: it is for one goroutine.
type generator struct {
	in       *Instance
	free     [][]uint64 // per word, what is free at each time, guards set
	used     int32      // times from here on are as they were at first
	earliest []int32
}

func newGenerator(in *Instance) *generator {
	g := &generator{in: in, free: make([][]uint64, in.words), earliest: make([]int32, in.n)}
	return g
}

// clear makes everything free again.
func (g *generator) clear() {
	for w := range g.free {
		full := g.in.full[w]
		free := g.free[w]
		used := min(int(g.used), len(free))
		k := copy(free[:used], full)
		for t := k; t < used; t++ {
			free[t] = g.in.last[w]
		}
	}
	g.used = 0
}

// grow has the profile reach to the time end.
func (g *generator) grow(end int32) {
	for w := range g.free {
		have := len(g.free[w])
		if int(end) <= have {
			continue
		}
		size := max(int(end), 2*have, 256)
		free := make([]uint64, size)
		copy(free, g.free[w])
		for t := have; t < size; t++ {
			if t < len(g.in.full[w]) {
				free[t] = g.in.full[w][t]
			} else {
				free[t] = g.in.last[w]
			}
		}
		g.free[w] = free
	}
}

// place finds the earliest time from t on at which task i fits, and takes it.
func (g *generator) place(i, t int32) int32 {
	d := g.in.dur[i]
	pieces := g.in.pieces[i]
	if len(pieces) == 0 || d == 0 {
		return t
	}
	if len(pieces) == 1 {
		p := pieces[0]
		free := g.free[p.word]
		for {
			if int(t+d) > len(free) {
				g.grow(t + d)
				free = g.free[p.word]
			}
			// From the end: the last time that does not fit is the furthest jump.
			window := free[t : t+d]
			k := len(window) - 1
			for k >= 0 && (window[k]-p.need)&guard == guard {
				k--
			}
			if k < 0 {
				break
			}
			t += int32(k) + 1
		}
		window := free[t : t+d]
		for k := range window {
			window[k] -= p.need
		}
	} else {
		t = g.placeWide(i, t, d, pieces)
	}
	g.used = max(g.used, t+d)
	return t
}

// placeWide is place for a task that needs resources of several words.
func (g *generator) placeWide(i, t, d int32, pieces []piece) int32 {
	for fits := 0; fits < len(pieces); {
		if int(t+d) > len(g.free[pieces[0].word]) {
			g.grow(t + d)
		}
		fits = 0
		for _, p := range pieces {
			window := g.free[p.word][t : t+d]
			k := len(window) - 1
			for k >= 0 && (window[k]-p.need)&guard == guard {
				k--
			}
			if k >= 0 {
				t += int32(k) + 1
				break
			}
			fits++
		}
	}
	for _, p := range pieces {
		window := g.free[p.word][t : t+d]
		for k := range window {
			window[k] -= p.need
		}
	}
	return t
}

// forward places the tasks in the order of list, in which every task stands
// after those it waits for, each as early as it can, and gives the end. This is
// the serial schedule generation scheme (Kelley 1963); its cost is the tasks
// times the length of what they step over.
func (g *generator) forward(list, start []int32) int32 {
	in := g.in
	g.clear()
	copy(g.earliest, in.release)
	end := int32(0)
	for _, i := range list {
		t := g.place(i, g.earliest[i])
		start[i] = t
		end = max(end, t+in.dur[i])
		for _, a := range in.succ.of(i) {
			g.earliest[a.task] = max(g.earliest[a.task], t+a.lag)
		}
	}
	return end
}
