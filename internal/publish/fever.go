package publish

import (
	"math"
	"slices"

	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/work"
)

// A Fever is how the buffers of what was issued are used.
type Fever struct {
	Rows []FeverRow `json:"rows"`
	More int        `json:"more"` // rows that are not shown
	Bare int        `json:"bare"` // chains without a buffer
	// Open: nothing was free behind the end as issued for the buffer of the whole.
	Open    bool `json:"open"`
	Picture SVG  `json:"-"`
}

// A FeverRow is one buffer.
type FeverRow struct {
	Whole  bool     `json:"whole"` // it is the project buffer
	After  Name     `json:"after"` // of a feeding buffer: what it stands behind,
	Before Name     `json:"before"`
	Size   int      `json:"days"`
	Used   int      `json:"used"`
	Share  string   `json:"share"`
	Done   string   `json:"done"`
	Zone   string   `json:"zone"`
	Was    org.Date `json:"was_end"`
	Now    org.Date `json:"end"`

	share, done float64
}

// feverOf gives the use of the buffers; nil where none is told.
func feverOf(tag lang.Tag, r *work.Risk) *Fever {
	if r.Before == nil || r.Schedule.Standing == nil {
		return nil
	}
	w := r.Schedule.Work
	f := &Fever{Rows: []FeverRow{}, Bare: r.Bare, Open: r.Open}
	for _, b := range r.Fever {
		if len(f.Rows) == finishRows {
			f.More++
			continue
		}
		x := FeverRow{Whole: b.Into < 0, Size: b.Size, Used: b.Used, Share: work.Percent(b.Share()), Done: work.Percent(b.Done), Zone: b.Zone.String(), Was: b.Was, Now: b.Now, share: b.Share(), done: b.Done}
		if !x.Whole {
			x.After, x.Before = activityName(w, b.Chain[len(b.Chain)-1]), activityName(w, b.Into)
		}
		f.Rows = append(f.Rows, x)
	}
	if len(f.Rows) > 0 {
		f.Picture = feverPicture(tag, f)
	}
	return f
}

// feverTop is how much of a buffer the picture reaches up to; what is used beyond
// stands at its edge.
const feverTop = 1.5

// feverPicture draws each buffer as a point: across how much of its chain is done,
// up how much of it is used. Zones are told apart by their words, and points by
// their shapes, not by colour alone.
func feverPicture(tag lang.Tag, f *Fever) SVG {
	const w, h, left, right, head, foot = 900.0, 360.0, 52.0, 16.0, 26.0, 40.0
	var d pen
	d.start("fever", w, h, lang.Say(tag, "fever.picture"), lang.Say(tag, "fever.desc"))
	base := h - foot
	x := func(done float64) float64 { return left + (w-left-right)*done }
	y := func(used float64) float64 { return base - (base-head)*min(used, feverTop)/feverTop }
	at := func(done, used float64) string { return num(x(done)) + " " + num(y(used)) }
	y0, r0 := work.ZoneBounds(0)
	y1, r1 := work.ZoneBounds(1)
	d.path("green", "M"+at(0, 0)+"L"+at(0, y0)+"L"+at(1, y1)+"L"+at(1, 0)+"Z")
	d.path("yellow", "M"+at(0, y0)+"L"+at(0, r0)+"L"+at(1, r1)+"L"+at(1, y1)+"Z")
	d.path("red", "M"+at(0, r0)+"L"+at(0, feverTop)+"L"+at(1, feverTop)+"L"+at(1, r1)+"Z")
	for _, zone := range []struct {
		name string
		used float64
	}{{"green", (y0 + y1) / 5}, {"yellow", (y0 + y1 + r0 + r1) / 4}, {"red", (r0 + r1 + 2*feverTop) / 4}} {
		d.centred("zone", x(.5), y(zone.used)+5, lang.Say(tag, "fever."+zone.name), tag)
	}
	for _, part := range []float64{0, .5, 1} {
		d.line("grid", x(0), y(part), x(1), y(part))
		d.text("axis", 6, y(part)+4, work.Percent(part), "")
		d.centred("axis", min(x(part), w-right-16), base+16, work.Percent(part), tag)
	}
	d.text("axis", 6, 14, lang.Say(tag, "fever.axis-used"), tag)
	d.centred("axis", x(.5), h-6, lang.Say(tag, "fever.axis-done"), tag)
	type spot struct{ x, y string }
	last := map[spot]int{} // how many stand at one place
	for k := range f.Rows {
		last[spot{num(x(f.Rows[k].done)), num(y(f.Rows[k].share))}]++
	}
	var labels []label
	for k := range f.Rows {
		r := &f.Rows[k]
		px, py := x(r.done), y(r.share)
		here := spot{num(px), num(py)}
		n := last[here]
		if n == 0 {
			continue // it stands under one that is drawn
		}
		last[here] = 0
		of := lang.Say(tag, "fever.project")
		if !r.Whole {
			after, _ := r.After.In(tag)
			before, _ := r.Before.In(tag)
			of = lang.Say(tag, "fever.feeding", lang.Args{"After": after, "Before": before})
		}
		tip := lang.Say(tag, "fever.tip", lang.Args{"Number": k + 1, "Buffer": of, "Used": r.Share, "Done": r.Done})
		d.mark("point", r.Zone, px, py, tip)
		words := itoa(k + 1)
		if n > 1 {
			words += " +" + itoa(n-1)
		}
		at := label{px + 10, px + 10 + advance(words, 13), py - 6}
		if px > w-right-60 {
			at.from, at.to = px-14-advance(words, 13), px-14
		}
		for slices.ContainsFunc(labels, at.covers) {
			at.y -= 15
		}
		labels = append(labels, at)
		d.text("mark", at.from, at.y, words, tag)
	}
	return d.end()
}

// A label is where the words of a point stand.
type label struct{ from, to, y float64 }

func (l label) covers(o label) bool {
	return l.from < o.to+4 && o.from < l.to+4 && math.Abs(l.y-o.y) < 14
}

// mark draws the shape of a zone around a point: a circle, a triangle, a square.
func (p *pen) mark(class, zone string, x, y float64, tip string) {
	shape := ""
	switch zone {
	case "green":
		shape = "M" + num(x-6) + " " + num(y) + "a6 6 0 1 0 12 0a6 6 0 1 0 -12 0Z"
	case "yellow":
		shape = "M" + num(x) + " " + num(y-7) + "l8 13h-16Z"
	default:
		shape = "M" + num(x-6) + " " + num(y-6) + "h12v12h-12Z"
	}
	p.WriteString(`<path class="` + class + `" d="` + shape + `"><title>` + esc(tip) + `</title></path>`)
}
