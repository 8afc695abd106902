package publish

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/exchange"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// TraceKind says what became of a unit; see [check.Traced].
func TraceKind(tag lang.Tag, kind string) string { return lang.Say(tag, "trace.kind."+kind) }

// TraceOp says what kind of event it was: one of [check.OpOf]'s words, or the
// source's own.
func TraceOp(tag lang.Tag, op string) string {
	if lang.Knows(tag, "trace.op."+op) {
		return lang.Say(tag, "trace.op."+op)
	}
	return op
}

// Share says a share in percent, or that it is not known.
func Share(tag lang.Tag, share *float64) string {
	if share == nil {
		return lang.Say(tag, "trace.unknown")
	}
	percent := strconv.FormatFloat(*share*100, 'f', 1, 64)
	switch percent = strings.TrimSuffix(percent, ".0"); {
	case percent == "0" && *share > 0:
		percent = "<0.1"
	case percent == "100" && *share < 1-1e-9:
		percent = ">99.9"
	}
	return percent + "%"
}

// Measured says by what the shares of a course are measured, and that some are
// not known; "" when the unit went nowhere but as a whole.
func Measured(tag lang.Tag, c *check.Course) string {
	part := slices.ContainsFunc(c.Units, func(p check.Passage) bool { return p.Share != nil && *p.Share < 1-1e-9 })
	switch {
	case c.Unknown() && part:
		return sentences(lang.Say(tag, "trace.measured."+cmp.Or(c.Measure, "nothing")), lang.Say(tag, "trace.some-unknown"))
	case c.Unknown():
		return lang.Say(tag, "trace.some-unknown")
	case part:
		return lang.Say(tag, "trace.measured."+cmp.Or(c.Measure, "nothing"))
	}
	return ""
}

// ConversionCSV gives a conversion table as a file: one row for each pair, share
// empty where it is not known.
func ConversionCSV(table []check.Traced) []byte {
	rows := make([][]string, len(table))
	for i, r := range table {
		share, on := "", ""
		if r.Share != nil {
			share = strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(*r.Share, 'f', 6, 64), "0"), ".")
		}
		if r.On.Known() {
			on = r.On.String()
		}
		rows[i] = []string{r.FromCode, r.FromName, r.ToCode, r.ToName, share, r.Kind, on}
	}
	return exchange.CSV([]string{"from_code", "from_name", "to_code", "to_name", "share", "kind", "on"}, rows)
}

// The measures of the flow diagram.
const (
	flowW     = 210.0 // a column
	flowRoom  = 84.0  // between two columns
	flowGap   = 10.0  // between two bars
	flowLine  = 16.0
	flowWhole = 150.0 // the height of all there is
	flowTop   = 30.0
	flowType  = 13.0
	codeShort = 12 // longer codes are for machines
)

// flowStyle is what a picture outside a page needs to be seen.
const flowStyle = `<style>.flow{background:#fff;font-family:system-ui,sans-serif}.flow .bar{fill:#d7e3f4;stroke:#1e5aa8}.flow .bar.start{fill:#b5cdec}.flow .bar.dead{fill:#eee;stroke:#8a8a8a;stroke-dasharray:4 3}.flow .band{fill:#1e5aa8;fill-opacity:.22}.flow .band.stays{fill:#777;fill-opacity:.13}.flow .flowday{font-size:13px;font-weight:600;fill:#222}.flow .flowname{font-size:13px;fill:#111}.flow .flowcode{font-size:11px;fill:#444}.flow .flowend{font-size:12px;fill:#8c1d18}.flow .endmark{fill:#8c1d18}.flow .grid{stroke:#ccc}</style>`

// FlowFile is the flow diagram as a file of its own.
func FlowFile(tag lang.Tag, c *check.Course) []byte {
	picture := string(Flow(tag, c))
	at := strings.Index(picture, ">") + 1
	return []byte(picture[:at] + flowStyle + picture[at:] + "\n")
}

// flowBand leads from an earlier unit to a later one.
type flowBand struct {
	a, b int
	date org.Date
}

// Flow draws what became of a unit: time goes from left to right, a column for
// each day on which something happened, a bar for each unit, and bands from
// those before to those after. Heights are shares; where one is not known all
// bars are of one height, and the picture's description says so.
func Flow(tag lang.Tag, c *check.Course) SVG {
	low, high := min(c.From, c.To), max(c.From, c.To)
	bands := flowBands(c)
	ended := map[int]check.Traced{} // units that end without successor, or begin without predecessor
	for _, t := range c.Ends {
		if t.Kind == "ended" || t.Kind == "new" {
			for i, u := range c.Units {
				if t.Kind == "ended" && u.To == t.On || t.Kind == "new" && u.From == t.On {
					if !slices.ContainsFunc(bands, func(b flowBand) bool { return t.Kind == "ended" && b.a == i || t.Kind == "new" && b.b == i }) {
						ended[i] = t
					}
				}
			}
		}
	}
	days := []org.Date{low}
	for _, b := range bands {
		days = append(days, b.date)
	}
	for _, t := range ended {
		if t.On <= high && (!c.Backward || t.On > low) {
			days = append(days, t.On)
		}
	}
	slices.Sort(days)
	days = slices.Compact(days)
	// who is in each column
	columns := make([][]int, len(days))
	for k, day := range days {
		for i, u := range c.Units {
			if u.From <= day && day < u.To {
				columns[k] = append(columns[k], i)
			}
		}
	}
	equal := slices.ContainsFunc(c.Units, func(p check.Passage) bool { return p.Share == nil })
	height := make([]float64, len(c.Units))
	lines := make([][]string, len(c.Units)) // the name, and then the code and share
	least := 0.0
	for i, u := range c.Units {
		lines[i] = wrap(cmp.Or(u.Name, u.Code), flowW-18, flowType, 2)
		share := ""
		if u.Share != nil && *u.Share < 1-1e-9 {
			share = Share(tag, u.Share)
		}
		code := ""
		if u.Name != "" {
			code = shortCode(u.Code)
		}
		lines[i] = append(lines[i], strings.TrimSpace(code+"  "+share))
		height[i] = 10 + flowLine*float64(len(lines[i]))
		if lines[i][len(lines[i])-1] == "" {
			height[i] -= flowLine
		}
		least = max(least, height[i])
	}
	for i, u := range c.Units {
		if height[i] = least; !equal {
			height[i] = max(least, *u.Share*flowWhole)
		}
	}
	flowOrder(columns, bands, c.Backward)
	deepest := 0.0
	sums := make([]float64, len(columns))
	for k, list := range columns {
		for _, i := range list {
			sums[k] += height[i] + flowGap
		}
		deepest = max(deepest, sums[k])
	}
	y := make([]map[int]float64, len(columns))
	for k, list := range columns {
		at := flowTop + (deepest-sums[k])/2
		y[k] = map[int]float64{}
		for _, i := range list {
			y[k][i] = at
			at += height[i] + flowGap
		}
	}
	w := float64(len(columns))*(flowW+flowRoom) - flowRoom
	if slices.ContainsFunc(columns[len(columns)-1], func(i int) bool { _, dead := ended[i]; return dead }) {
		w += flowRoom
	}
	var p pen
	title := "picture.flow.title"
	if c.Backward {
		title = "picture.flow.title-back"
	}
	desc := lang.Say(tag, "picture.flow.desc", lang.Args{"Count": len(c.Units), "Steps": len(c.Steps)})
	if equal {
		desc = sentences(desc, lang.Say(tag, "picture.flow.equal"))
	}
	p.start("flow", max(w+2, 320), flowTop+deepest+4, lang.Say(tag, title, lang.Args{
		"Unit": UnitWords(c.Start), "From": c.From.String(), "To": c.To.String()}), desc)
	for k, day := range days {
		x := 1 + float64(k)*(flowW+flowRoom)
		id := "trace.since"
		if k == 0 {
			id = "trace.on"
		}
		p.text("flowday", x, 14, lang.Say(tag, id, lang.Args{"Day": day.String()}), tag)
		p.line("grid", x, 20, x+flowW, 20)
	}
	// bands below, bars above
	for k := 0; k+1 < len(columns); k++ {
		x := 1 + float64(k)*(flowW+flowRoom) + flowW
		var here []flowBand
		for _, b := range bands {
			if _, ok := y[k][b.a]; ok && b.date == days[k+1] {
				if _, ok := y[k+1][b.b]; ok {
					here = append(here, b)
				}
			}
		}
		left, right := flowEdges(c, here, height, y[k], y[k+1])
		for i := range columns[k] {
			if n := columns[k][i]; slices.Contains(columns[k+1], n) {
				p.ribbon("band stays", x, y[k][n], height[n], y[k+1][n], height[n], c.Units[n].Name)
			}
		}
		for i, b := range here {
			p.ribbon("band", x, left[i][0], left[i][1], right[i][0], right[i][1], c.Units[b.a].Name+" → "+c.Units[b.b].Name+", "+b.date.String())
		}
	}
	for k, list := range columns {
		x := 1 + float64(k)*(flowW+flowRoom)
		for _, i := range list {
			u := c.Units[i]
			class := "bar"
			if u.UnitName == c.Start && (u.From <= c.From && c.From < u.To) {
				class = "bar start"
			}
			t, dead := ended[i]
			last := k+1 == len(columns) || !slices.Contains(columns[k+1], i)
			first := k == 0 || !slices.Contains(columns[k-1], i)
			if dead && last {
				class = "bar dead"
			}
			tip := UnitWords(u.UnitName) + lang.Say(tag, "list.comma") + Between(tag, u.From, u.To) + lang.Say(tag, "list.comma") + Share(tag, u.Share)
			p.bar(class, x, y[k][i], flowW, height[i], 4, tip)
			name, sub := lines[i][:len(lines[i])-1], lines[i][len(lines[i])-1]
			at := y[k][i] + (height[i]-flowLine*float64(len(name)))/2 + 12.5
			if sub != "" {
				at -= flowLine / 2
			}
			for _, line := range name {
				p.text("flowname", x+9, at, line, languageOf(u.Name))
				at += flowLine
			}
			if sub != "" {
				p.text("flowcode", x+9, at, sub, "")
			}
			if dead && t.Kind == "ended" && last {
				p.tick("endmark", x+flowW+12, y[k][i]+height[i]/2, 5, lang.Say(tag, "trace.ended-on", lang.Args{"Day": t.On.String()}))
				p.text("flowend", x+flowW+21, y[k][i]+height[i]/2+4, TraceKind(tag, "ended"), tag)
			}
			if dead && t.Kind == "new" && first && k > 0 {
				p.tick("endmark", x-12, y[k][i]+height[i]/2, 5, lang.Say(tag, "trace.new-on", lang.Args{"Day": t.On.String()}))
			}
		}
	}
	return p.end()
}

// sentences puts one sentence behind another: Chinese leaves no room between.
func sentences(a, b string) string {
	if first, _ := utf8.DecodeRuneInString(b); diag.Cells(string(first)) == 2 {
		return a + b
	}
	return a + " " + b
}

// UnitWords names a unit as people do: its name, with its code before it when
// that is short enough to be read.
func UnitWords(u check.UnitName) string {
	if u.Name == "" {
		return u.Code
	}
	return strings.TrimSpace(shortCode(u.Code) + " " + u.Name)
}

func shortCode(code string) string {
	if len([]rune(code)) > codeShort {
		return ""
	}
	return code
}

// flowBands gives the bands from earlier to later units. A unit that lasted less
// than a day has no bar: its bands lead through it.
func flowBands(c *check.Course) []flowBand {
	var out []flowBand
	for _, b := range c.Bands {
		one := flowBand{b.From, b.To, b.Date}
		if c.Backward {
			one.a, one.b = b.To, b.From
		}
		out = append(out, one)
	}
	for i, u := range c.Units {
		if u.From < u.To {
			continue
		}
		var rest, in, on []flowBand
		for _, b := range out {
			switch i {
			case b.b:
				in = append(in, b)
			case b.a:
				on = append(on, b)
			default:
				rest = append(rest, b)
			}
		}
		for _, a := range in {
			for _, b := range on {
				if through := (flowBand{a.a, b.b, a.date}); !slices.Contains(rest, through) {
					rest = append(rest, through)
				}
			}
		}
		out = rest
	}
	return out
}

// flowOrder puts the units of each column in an order in which few bands cross:
// each stands by the mean place of those that it is linked with in the column
// before (backward: after).
func flowOrder(columns [][]int, bands []flowBand, backward bool) {
	for n := 1; n < len(columns); n++ {
		k, by := n, n-1
		if backward {
			k, by = len(columns)-1-n, len(columns)-n
		}
		place := map[int]int{}
		for at, i := range columns[by] {
			place[i] = at
		}
		mean := map[int]float64{}
		for _, i := range columns[k] {
			sum, count := 0.0, 0.0
			if at, ok := place[i]; ok {
				sum, count = float64(at), 1
			}
			for _, b := range bands {
				other := -1
				if b.b == i && !backward {
					other = b.a
				} else if b.a == i && backward {
					other = b.b
				}
				if at, ok := place[other]; ok && other >= 0 {
					sum, count = sum+float64(at), count+1
				}
			}
			mean[i] = sum / max(count, 1)
		}
		slices.SortStableFunc(columns[k], func(a, b int) int { return cmp.Compare(mean[a], mean[b]) })
	}
}

// flowEdges places the bands of one gap along the edges of the bars that they
// lead from and to: top and height on the left, and on the right.
func flowEdges(c *check.Course, bands []flowBand, height []float64, yl, yr map[int]float64) (left, right [][2]float64) {
	left, right = make([][2]float64, len(bands)), make([][2]float64, len(bands))
	outs, ins := map[int][]int{}, map[int][]int{}
	for i, b := range bands {
		outs[b.a] = append(outs[b.a], i)
		ins[b.b] = append(ins[b.b], i)
	}
	// what a band carries is known when it is all of one of its ends
	carries := func(i int) float64 {
		b := bands[i]
		switch {
		case len(ins[b.b]) == 1 && c.Units[b.b].Share != nil:
			return *c.Units[b.b].Share
		case len(outs[b.a]) == 1 && c.Units[b.a].Share != nil:
			return *c.Units[b.a].Share
		}
		return 0
	}
	edge := func(unit int, list []int, y map[int]float64, other map[int]float64, end func(flowBand) int, out [][2]float64) {
		slices.SortFunc(list, func(i, j int) int { return cmp.Compare(other[end(bands[i])], other[end(bands[j])]) })
		sum, known := 0.0, true
		for _, i := range list {
			known = known && carries(i) > 0
			sum += carries(i)
		}
		at := y[unit]
		for _, i := range list {
			part := 1 / float64(len(list))
			if known {
				part = carries(i) / sum
			}
			out[i] = [2]float64{at, height[unit] * part}
			at += height[unit] * part
		}
	}
	for unit, list := range outs {
		edge(unit, list, yl, yr, func(b flowBand) int { return b.b }, left)
	}
	for unit, list := range ins {
		edge(unit, list, yr, yl, func(b flowBand) int { return b.a }, right)
	}
	return left, right
}

// ribbon is a band over the room between two columns.
func (p *pen) ribbon(class string, x, y1, h1, y2, h2 float64, tip string) {
	x2, mid := x+flowRoom, x+flowRoom/2
	p.WriteString(`<path class="` + class + `" d="M` + num(x) + ` ` + num(y1) + `C` + num(mid) + ` ` + num(y1) + ` ` + num(mid) + ` ` + num(y2) + ` ` + num(x2) + ` ` + num(y2) +
		`V` + num(y2+h2) + `C` + num(mid) + ` ` + num(y2+h2) + ` ` + num(mid) + ` ` + num(y1+h1) + ` ` + num(x) + ` ` + num(y1+h1) + `Z"><title>` + esc(tip) + `</title></path>`)
}
