package publish

import (
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// A ChartQuery is what a reader wants to see of the organisation chart.
type ChartQuery struct {
	Day  org.Date
	Open string // the superior whose inferiors are shown though there are many
	// Link gives the address of a body's page, and Unfold that of this chart
	// with a superior's inferiors shown; nil: no links.
	Link, Unfold func(id string) string
}

// A Chart is the organisation chart (机构图) of a day: who is under whom, what
// is new on it since before the plan, what has changed, and what has ended.
type Chart struct {
	Day      org.Date   `json:"day"`
	Before   org.Date   `json:"before"`
	After    org.Date   `json:"after"`
	Span     Span       `json:"span"`
	Deadline org.Date   `json:"deadline"`
	Previous org.Date   `json:"previous"` // the change day before
	Next     org.Date   `json:"next"`
	Bodies   int        `json:"bodies"` // in force on the day
	Marks    []Count    `json:"marks"`  // of new, changed, ended
	Rows     []ChartRow `json:"rows"`
	Picture  SVG        `json:"-"`
}

// A ChartRow is one body of the chart, in the order of the tree.
type ChartRow struct {
	Body     Name  `json:"body"`
	Kind     Term  `json:"kind"`
	Superior *Name `json:"superior,omitempty"`
	Depth    int   `json:"depth"`
	Mark     Term  `json:"mark"` // new, changed, ended, same
}

// node is one body of the tree.
type node struct {
	id, mark string
	body     org.Body
	children []*node
	depth    int
}

// chartBudget is how many bodies a chart shows before it folds what hangs
// deeper than the second step.
const chartBudget = 220

// Chart gives the chart of a day. O(bodies).
func (v *View) Chart(tag lang.Tag, q ChartQuery) Chart {
	c := Chart{Day: q.Day, Before: v.before(), After: v.after(), Span: v.Horizon(q.Day), Deadline: v.Deadline(), Rows: []ChartRow{}}
	c.Previous, c.Next = v.Steps(q.Day)
	nodes := map[string]*node{}
	var order []*node
	marks := map[string]int{}
	before := v.before()
	for _, id := range v.tl.Bodies() {
		life := v.tl.Body(id)
		if life == nil || len(life.Versions) == 0 {
			continue
		}
		n := &node{id: id, mark: "same"}
		now, was := life.On(q.Day), life.On(before)
		switch {
		case now != nil:
			n.body = now.Body
			c.Bodies++
			if was == nil && q.Day > before && now.Began != nil {
				n.mark = "new"
			} else if was != nil && (was.Name != now.Name || was.Superior != now.Superior || was.Kind != now.Kind || was.Rank != now.Rank || now.Began != nil && now.From > before) {
				n.mark = "changed"
			}
		case was != nil:
			// what the plan ended stays to be seen, at the place it had
			near := versionNear(life, q.Day)
			n.body, n.mark = near.Body, "ended"
		default:
			continue
		}
		marks[n.mark]++
		nodes[id] = n
		order = append(order, n)
	}
	var roots []*node
	for _, n := range order {
		if up := nodes[n.body.Superior]; up != nil && up != n && !above(nodes, up, n) {
			up.children = append(up.children, n)
		} else {
			roots = append(roots, n)
		}
	}
	for _, m := range []string{"new", "changed", "ended", "same"} {
		c.Marks = append(c.Marks, Count{term(tag, "mark", m), marks[m]})
	}
	var walk func(list []*node, depth int)
	walk = func(list []*node, depth int) {
		for _, n := range list {
			n.depth = depth
			row := ChartRow{Body: Name{n.id, n.body.Name, n.body.NameEN}, Kind: term(tag, "bodykind", n.body.Kind), Depth: depth, Mark: term(tag, "mark", n.mark)}
			if n.body.Superior != "" {
				s := v.body(n.body.Superior, q.Day)
				row.Superior = &s
			}
			c.Rows = append(c.Rows, row)
			walk(n.children, depth+1)
		}
	}
	walk(roots, 0)
	c.Picture = v.chartPicture(tag, q, roots, len(order), c)
	return c
}

// above reports whether n stands above up in the tree: a circle of superiors is
// told as a problem, and must not hang the chart.
func above(nodes map[string]*node, up, n *node) bool {
	for i := 0; up != nil && i <= len(nodes); i++ {
		if up == n {
			return true
		}
		up = nodes[up.body.Superior]
	}
	return up != nil
}

// The measures of the chart.
const (
	chartW   = 1200.0
	boxGap   = 8.0
	boxPad   = 10.0
	indent   = 18.0
	typeSize = 14.0
	lineH    = 18.0
)

// chartPicture lays the tree out: a root is a bar over the full width; the
// bodies right under it stand in panels by kind, in columns; what hangs under
// those is indented below its superior. Where the board is large, the deeper
// steps are folded into a count, except for what the plan touches.
func (v *View) chartPicture(tag lang.Tag, q ChartQuery, roots []*node, total int, c Chart) SVG {
	var p pen
	var draw []func() // boxes are placed first, and drawn when the height is known
	y := 0.0
	fold := total > chartBudget

	// a branch is a body with all that is shown under it
	type placed struct {
		lines  []string
		n      *node
		depth  int
		folded int
		h      float64
	}
	var branch func(n *node, depth int, width float64) []placed
	branch = func(n *node, depth int, width float64) []placed {
		text, _ := Name{n.id, n.body.Name, n.body.NameEN}.In(tag)
		room := width - float64(depth)*indent - 2*boxPad
		if n.mark != "same" {
			room -= advance(lang.Say(tag, "mark."+n.mark), 12) + 22
		}
		b := placed{lines: wrap(text, room, typeSize, 4), n: n, depth: depth}
		b.h = float64(len(b.lines))*lineH + 10
		out := []placed{b}
		for _, child := range n.children {
			if fold && q.Open != n.id && child.mark == "same" && len(child.children) == 0 {
				out[0].folded++
				continue
			}
			out = append(out, branch(child, depth+1, width)...)
		}
		if out[0].folded == 1 { // a count of one says less than the name
			for i, child := range n.children {
				if child.mark == "same" && len(child.children) == 0 {
					out[0].folded = 0
					one := branch(n.children[i], depth+1, width)
					out = append(out, one...)
					break
				}
			}
		}
		if out[0].folded > 0 {
			out = append(out, placed{n: n, depth: depth + 1, folded: out[0].folded, h: 26})
			out[0].folded = 0
		}
		return out
	}
	box := func(b placed, x, y, width float64) {
		x += float64(b.depth) * indent
		w := width - float64(b.depth)*indent
		if b.folded > 0 {
			words := lang.Say(tag, "chart.folded", lang.Args{"Count": b.folded})
			p.link(q.Unfold, b.n.id)
			p.rect("box fold", x, y, w, b.h, 4)
			p.text("boxname", x+boxPad, y+18, fit(words, w-2*boxPad, typeSize), tag)
			p.unlink(q.Unfold)
			return
		}
		text, in := Name{b.n.id, b.n.body.Name, b.n.body.NameEN}.In(tag)
		mark := ""
		if b.n.mark != "same" {
			mark = lang.Say(tag, "mark."+b.n.mark)
		}
		p.link(q.Link, b.n.id)
		p.WriteString("<title>" + esc(text))
		if mark != "" {
			p.WriteString(esc(lang.Say(tag, "list.comma") + mark))
		}
		p.WriteString("</title>")
		p.rect("box "+b.n.mark, x, y, w, b.h, 4)
		if mark != "" {
			p.rect("edge "+b.n.mark, x, y, 4, b.h, 2)
		}
		for i, l := range b.lines {
			p.text("boxname "+b.n.mark, x+boxPad, y+lineH*float64(i)+19, l, in)
		}
		if mark != "" {
			mw := advance(mark, 12) + 12
			p.rect("tag "+b.n.mark, x+w-mw-6, y+5, mw, 18, 9)
			p.centred("tagword "+b.n.mark, x+w-mw/2-6, y+18.5, mark, tag)
		}
		p.unlink(q.Link)
	}
	// panel places a group of bodies in columns under a heading
	panel := func(heading string, list []*node, x, width float64) {
		columns := min(4, max(1, int(width/270)), max(1, (len(list)+1)/2))
		if len(list) <= 4 {
			columns = min(4, max(len(list), 2))
		}
		colW := (width - float64(columns-1)*2*boxGap - 2*boxGap) / float64(columns)
		var branches [][]placed
		sum := 0.0
		for _, n := range list {
			b := branch(n, 0, colW)
			branches = append(branches, b)
			for _, one := range b {
				sum += one.h + boxGap
			}
		}
		top := y
		y += 30
		// fill the columns to the least height that lets everything fit
		goal := sum / float64(columns)
		for {
			used, h := 1, 0.0
			for _, b := range branches {
				bh := 0.0
				for _, one := range b {
					bh += one.h + boxGap
				}
				if h > 0 && h+bh > goal+0.5 {
					used++
					h = 0
				}
				h += bh
			}
			if used <= columns {
				break
			}
			goal *= 1.04
		}
		col, cy, deepest := 0, y, y
		for _, b := range branches {
			bh := 0.0
			for _, one := range b {
				bh += one.h + boxGap
			}
			if cy > y && cy-y+bh > goal+0.5 {
				col++
				cy = y
			}
			cx := x + boxGap + float64(col)*(colW+2*boxGap)
			ends := map[int]float64{} // where the line of each depth starts
			for _, one := range b {
				one, at := one, cy
				if one.depth > 0 {
					lx := cx + float64(one.depth-1)*indent + indent/2
					from, mid := ends[one.depth-1], at+min(one.h/2, 16)
					draw = append(draw, func() {
						p.path("branch", "M"+num(lx)+" "+num(from)+"V"+num(mid)+"H"+num(lx+indent/2))
					})
				}
				ends[one.depth] = at + one.h
				draw = append(draw, func() { box(one, cx, at, colW) })
				cy += one.h + boxGap
			}
			deepest = max(deepest, cy)
		}
		h := deepest - top + 2
		draw = append([]func(){func() {
			p.rect("panel", x, top, width, h, 8)
			p.text("panelname", x+boxGap+2, top+21, heading, tag)
		}}, draw...)
		y = top + h
	}
	kinds := func(list []*node) (order []string, by map[string][]*node) {
		by = map[string][]*node{}
		for _, n := range list {
			if by[n.body.Kind] == nil {
				order = append(order, n.body.Kind)
			}
			by[n.body.Kind] = append(by[n.body.Kind], n)
		}
		return order, by
	}
	heading := func(kind string, list []*node) string {
		live := 0
		for _, n := range list {
			if n.mark != "ended" {
				live++
			}
		}
		return lang.Say(tag, "chart.panel", lang.Args{"Kind": term(tag, "bodykind", kind).Text, "Count": live})
	}
	// a root that leads many is a bar of its own; the others stand in panels
	var loose []*node
	for _, r := range roots {
		if len(r.children) < 5 {
			loose = append(loose, r)
			continue
		}
		root := branch(&node{id: r.id, mark: r.mark, body: r.body}, 0, chartW)[0]
		at := y
		draw = append(draw, func() { box(root, 0, at, chartW) })
		y += root.h
		order, by := kinds(r.children)
		from := y
		for _, k := range order {
			y += 12
			mid := y + 15
			draw = append(draw, func() { p.path("branch", "M10 "+num(from)+"V"+num(mid)+"H22") })
			panel(heading(k, by[k]), by[k], 22, chartW-22)
		}
		y += 24
	}
	order, by := kinds(loose)
	for _, k := range order {
		panel(heading(k, by[k]), by[k], 0, chartW)
		y += 14
	}
	y = max(y-10, 40)
	p.startLinked("chart", chartW, y, lang.Say(tag, "picture.chart.title", lang.Args{"Day": Day(tag, q.Day)}),
		lang.Say(tag, "picture.chart.desc", lang.Args{"Count": c.Bodies, "New": c.Marks[0].N, "Changed": c.Marks[1].N, "Ended": c.Marks[2].N}))
	for _, d := range draw {
		d()
	}
	return p.end()
}

func (p *pen) link(address func(string) string, id string) {
	if address == nil {
		p.group("")
		return
	}
	p.WriteString(`<a href="` + esc(address(id)) + `">`)
}

func (p *pen) unlink(address func(string) string) {
	if address == nil {
		p.close()
		return
	}
	p.WriteString(`</a>`)
}
