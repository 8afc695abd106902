// Package city makes an invented city and a reform plan for it, of any size, to
// measure with. The same scale and seed give the same city, byte for byte, and
// the plan is clean: what is measured is the work of a check that finds nothing.
//
// At scale 1 a city has 5,000 bodies, 50,000 duties, 300,000 posts (92 in 100 of
// them filled) and 2,000 changes of every usual kind on some forty days.
package city

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"oneboard/internal/exchange"
	"oneboard/internal/org"
)

// The size of a city at scale 1.
const (
	Bodies  = 5_000
	Duties  = 50_000
	Posts   = 300_000
	Changes = 2_000
)

const (
	departments  = 45 // of each government
	institutions = 9  // of each department, before the rest is spread
	dutiesEach   = Duties / Bodies
	manual       = 10 // of the posts of a body, those of the kind 工勤编制
	slack        = 3  // posts of the main kind that a body could still have
)

// A Shape is what a city is like.
type Shape struct {
	Scale  int // so many times the districts, bodies and changes of a usual city
	Duties int // in all: ten of each government and department, the rest the institutions'
	Posts  int // of each body, at least 25
}

// deputies is how many deputies the leader quota of a body of its size allows.
func (s Shape) deputies() int {
	if s.Posts < 40 {
		return 2
	}
	return 3
}

// Usual is the shape of a city of scale times the usual size; scale is at least 1.
func Usual(scale int) Shape { return Shape{scale, Duties * scale, Posts / Bodies} }

// Nation is the shape of one of the 400 cities of a nation of 2 million bodies,
// 10 million duties and 50 million posts.
var Nation = Shape{Scale: 1, Duties: 25_000, Posts: 25}

// A City is a board and the text of the plan that reforms it.
type City struct {
	Board *org.Board
	Plan  string
}

// Make makes a city.
func Make(shape Shape, seed uint64) *City {
	m := &maker{shape: shape, scale: shape.Scale, rand: rand.New(rand.NewPCG(seed, uint64(shape.Scale))), board: &org.Board{}, deputies: map[string]string{}}
	m.found()
	m.fill()
	m.plan()
	return &City{Board: m.board, Plan: m.text.String()}
}

// Write writes the city into a folder: the tables of the board and plan.yaml.
func (c *City) Write(dir string) error {
	if err := exchange.WriteBoard(dir, c.Board); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "plan.yaml"), []byte(c.Plan), 0o644)
}

type maker struct {
	shape       Shape
	scale       int
	rand        *rand.Rand
	board       *org.Board
	governments []government
	people      int
	deputies    map[string]string // who is in the first deputy's post of a body

	text         strings.Builder
	changes      int
	by           string
	day, inPlace org.Date // of the changes that follow; see on
}

// A government is the city's or a district's.
type government struct {
	id, area, name string
	departments    []department
}

type department struct {
	id, name     string
	institutions []string
}

// What the reform does with a department follows from its place among the 45 of
// its government, so that no two changes are in each other's way.
const (
	replaced  = 0  // 0 to 5: a new department takes its place
	merging   = 6  // 6 to 14: one of its institutions joins another one
	giving    = 15 // 15 to 34: it gives duties to the next department
	lastGives = 34
	regrouped = 35 // 35 to 44: its institutions, quota, plates and posts change
)

// institution is the kind of the bodies under a department.
const institution = "事业单位"

var fields = [departments]string{
	"国土", "环保", "农业", "文化", "卫生", "民政", "工商", "质监", "食药", "安监",
	"规划", "林业", "水务", "商务", "旅游", "发改", "教育", "科技", "工信", "公安",
	"司法", "财政", "人社", "住建", "交通", "审计", "统计", "体育", "物价", "粮食",
	"海洋", "信访", "档案", "园林", "城管", "民宗", "外事", "侨务", "金融", "国资",
	"人防", "地震", "气象", "法制", "机关事务",
}

func (m *maker) found() {
	b := m.board
	b.Areas = append(b.Areas, org.Area{Code: "C", Name: "测试市", Level: "city", Interval: org.Whole})
	m.government("gov", "C", "测试市", "")
	for i := range 10 * m.scale {
		code, name := fmt.Sprintf("C%03d", i+1), fmt.Sprintf("第%d区", i+1)
		b.Areas = append(b.Areas, org.Area{Code: code, Name: name, Level: "county", Parent: "C", Interval: org.Whole})
		m.government(fmt.Sprintf("g%03d", i+1), code, name, "gov")
	}
	for n := 0; len(b.Bodies) < Bodies*m.scale; n++ {
		g := &m.governments[n%len(m.governments)]
		m.institution(g, &g.departments[n/len(m.governments)%departments])
	}
}

func (m *maker) government(id, area, name, superior string) {
	b := m.board
	level := "city"
	if superior != "" {
		level = "county"
	}
	b.Bodies = append(b.Bodies, org.Body{ID: id, Name: name + "人民政府", Kind: "政府", Level: level, Area: area,
		Superior: superior, Interval: org.Whole})
	m.governments = append(m.governments, government{id: id, area: area, name: name})
	g := &m.governments[len(m.governments)-1]
	for k, field := range fields {
		d := department{id: fmt.Sprintf("%s-d%02d", id, k), name: name + field + "局"}
		b.Bodies = append(b.Bodies, org.Body{ID: d.id, Name: d.name, Kind: "工作部门", Level: level, Area: area,
			Superior: id, Interval: org.Whole})
		for range institutions {
			m.institution(g, &d)
		}
		g.departments = append(g.departments, d)
	}
}

func (m *maker) institution(g *government, d *department) {
	n := len(d.institutions) + 1
	id := fmt.Sprintf("%s-i%02d", d.id, n)
	d.institutions = append(d.institutions, id)
	m.board.Bodies = append(m.board.Bodies, org.Body{ID: id, Name: fmt.Sprintf("%s第%d中心", strings.TrimSuffix(d.name, "局"), n),
		Kind: institution, Area: g.area, Superior: d.id, Interval: org.Whole})
}

// fill gives every body its duties, quotas and posts.
func (m *maker) fill() {
	kinds := []string{"许可", "处罚", "强制", "征收", "给付", "检查", "确认", "奖励", "裁决", "公共服务"}
	place := map[string]int{} // of a department among those of its government
	inferior := map[string]string{}
	for _, g := range m.governments {
		for k, d := range g.departments {
			place[d.id], inferior[d.id] = k, d.institutions[len(d.institutions)-1]
		}
	}
	b := m.board
	upper := len(m.governments) * (1 + departments)
	lower, rest, at := len(b.Bodies)-upper, m.shape.Duties-upper*dutiesEach, 0
	for i := range b.Bodies {
		body := &b.Bodies[i]
		main := body.ID + "-x0"
		k, isDepartment := place[body.ID]
		duties := dutiesEach
		if body.Kind == institution {
			duties = (at+1)*rest/lower - at*rest/lower
			at++
		}
		for n := range duties {
			d := org.Duty{ID: fmt.Sprintf("%s-x%d", body.ID, n), Name: fmt.Sprintf("%s%s事项%d", body.Name, kinds[n], n),
				Kind: kinds[n], Area: body.Area, PartOf: main, Exclusive: true, Protected: n == 1 && m.rand.IntN(20) == 0}
			if n == 0 {
				d.Name, d.PartOf = body.Name+"的其余职责", ""
			}
			b.Duties = append(b.Duties, d)
			has := func(body string, keys org.Keys, mode org.Mode) {
				b.Responsibilities = append(b.Responsibilities, org.Responsibility{Duty: d.ID, Body: body, Keys: keys, Mode: mode,
					Interval: org.Whole, By: "old-plan 1"})
			}
			switch {
			case isDepartment && k >= regrouped && n == 5: // an institution does the work
				has(body.ID, org.Holder|org.Signatory, org.Sole)
				has(inferior[body.ID], org.Performer|org.Means, org.Sole)
			case isDepartment && k >= regrouped && n >= 7:
				has(body.ID, org.AllKeys, org.Lead)
				has(inferior[body.ID], org.AllKeys, org.Assist)
			default:
				has(body.ID, org.AllKeys, org.Sole)
			}
		}
		m.staff(body)
	}
}

func mainKind(body *org.Body) string {
	if body.Kind == institution {
		return "事业编制"
	}
	return "行政编制"
}

func (m *maker) staff(body *org.Body) {
	b, main := m.board, mainKind(body)
	b.Quotas = append(b.Quotas,
		org.Quota{Body: body.ID, Kind: main, Posts: m.shape.Posts - manual + slack, Leaders: 1, Deputies: m.shape.deputies(), Interval: org.Whole},
		org.Quota{Body: body.ID, Kind: "工勤编制", Posts: manual, Interval: org.Whole})
	for n := range m.shape.Posts {
		p := org.Post{ID: fmt.Sprintf("%s/%02d", body.ID, n), Body: body.ID, Title: "科员", Kind: main, Interval: org.Whole}
		switch {
		case n == 0:
			p.Role, p.Title = org.Head, "主要负责人"
		case n <= m.shape.deputies():
			p.Role, p.Title = org.Deputy, "副职"
		case n >= m.shape.Posts-manual:
			p.Kind, p.Title = "工勤编制", "工勤人员"
		}
		b.Posts = append(b.Posts, p)
		if p.Role != org.Ordinary || m.rand.IntN(100) < 92 {
			m.people++
			person := fmt.Sprintf("p%07d", m.people)
			if n == 1 {
				m.deputies[body.ID] = person
			}
			b.Appointments = append(b.Appointments, org.Appointment{Post: p.ID, Person: person, Interval: org.Whole})
		}
	}
}

func (m *maker) plan() {
	fmt.Fprintf(&m.text, `oneboard: plan/v1
id: bench-city-%d
title: 测试市机构改革方案
area: C
board: .
packs: [cn-2018]
start: 2019-01-01
deadline: 2019-12-31

instruments:
  - id: old-plan
    title: 原机构设置规定
    kind: order
    effective: 2014-01-01
  - id: city-plan
    title: 测试市机构改革方案
    kind: plan
    issuer: 测试市委
    made: 2019-01-12
    effective: 2019-01-19
  - id: district-plan
    title: 区级机构改革方案
    kind: plan
    issuer: 测试市委
    made: 2019-03-01
    effective: 2019-03-11

approvals:
  - instrument: city-plan
    by: 省委
    on: 2019-01-10
  - instrument: district-plan
    by: 省委
    on: 2019-02-25

changes:
`, m.scale)
	for i := range m.governments {
		m.reform(i)
	}
	// What is left of the number is filled with renamings of institutions that
	// nothing else touches, the commonest change of real plans.
	for round := 0; m.changes < Changes*m.scale; round++ {
		for i, g := range m.governments {
			for k := giving; k <= lastGives && m.changes < Changes*m.scale; k++ {
				d := g.departments[k]
				if m.on(i, 10+round); round < len(d.institutions) {
					m.change("rename", d.institutions[round], "name", fmt.Sprintf("%s综合服务中心%d", strings.TrimSuffix(d.name, "局"), round+1))
				}
			}
		}
	}
}

// on sets the clause and the days of the changes that follow: so many days
// after the plan of the government takes effect. The districts begin within three
// weeks of the day, 9 March, on which all that the city itself does is in place:
// the levels relay each other.
func (m *maker) on(government, later int) {
	instrument, base := "city-plan", org.Day(2019, 1, 19)
	if government > 0 {
		instrument, base = "district-plan", org.Day(2019, 3, 11)+org.Date(government%20)
	}
	m.by = fmt.Sprintf("%s %d.%d", instrument, government+1, later+1)
	m.day = base + org.Date(later)
	m.inPlace = m.day + 9 + org.Date(government%7)
}

// change writes one change: its kind and object, then its other keys.
func (m *maker) change(words ...string) {
	m.changes++
	for i := 0; i < len(words); i += 2 {
		lead := "    "
		if i == 0 {
			lead = "  - "
		}
		fmt.Fprintf(&m.text, "%s%s: %s\n", lead, words[i], words[i+1])
	}
	fmt.Fprintf(&m.text, "    by: %s\n    on: %s\n", m.by, m.day)
}

func list(ids ...string) string { return "[" + strings.Join(ids, ", ") + "]" }

func (m *maker) reform(i int) {
	g := &m.governments[i]
	posts, deputies := fmt.Sprint(m.shape.Posts-manual+slack), fmt.Sprint(m.shape.deputies())

	for k := replaced; k < merging; k++ {
		d, next := g.departments[k], g.departments[k+regrouped]
		fresh := fmt.Sprintf("%s-n%02d", g.id, k)
		m.on(i, k%3)
		handover := m.inPlace.String()
		m.change("establish", fresh, "name", g.name+"新"+fields[k]+"局", "kind", "工作部门", "area", g.area, "superior", g.id)
		m.change("transfer", list(d.id+"-x3", d.id+"-x4"), "from", d.id, "to", next.id, "in_place", handover)
		m.change("transfer", "all", "from", d.id, "to", fresh, "in_place", handover)
		m.change("set-quota", fresh, "kind", "行政编制", "posts", posts, "leaders", "1", "deputies", deputies)
		m.change("set-quota", fresh, "kind", "工勤编制", "posts", fmt.Sprint(manual))
		m.change("move-posts", "all", "from", d.id, "to", fresh)
		m.change("change-superior", list(d.institutions...), "to", fresh)
		m.change("abolish", d.id)
		m.change("add-plate", fresh, "name", d.name)
	}
	for k := merging; k < giving; k++ {
		d := g.departments[k]
		gone, stays := d.institutions[0], d.institutions[1]
		m.on(i, 3+k%3)
		m.change("merge-into", list(gone), "into", stays, "in_place", m.inPlace.String())
		m.change("move-posts", list(gone+"/00", gone+"/01", gone+"/02", gone+"/03"), "from", gone, "to", stays, "role", "ordinary")
		m.change("set-quota", stays, "kind", "事业编制", "posts", fmt.Sprint(2*(m.shape.Posts-manual+slack)), "leaders", "1", "deputies", deputies)
	}
	for k := giving; k <= lastGives; k++ {
		d, next := g.departments[k], g.departments[k+1]
		m.on(i, 6+k%4)
		m.change("transfer", d.id+"-x1", "from", d.id, "to", next.id, "in_place", m.inPlace.String())
		m.change("transfer", list(d.id+"-x2", d.id+"-x6"), "from", d.id, "to", next.id, "in_place", m.inPlace.String())
		if k < giving+10 {
			m.change("move-posts", list(d.id+"/10", d.id+"/11", d.id+"/12"), "from", d.id, "to", next.id)
			m.change("move-quota", "3", "kind", "行政编制", "from", d.id, "to", next.id)
		}
	}
	// A second step: what was received goes on once it is in place.
	m.on(i, 40)
	m.change("transfer", g.departments[giving].id+"-x1", "from", g.departments[giving+1].id, "to", g.departments[giving+2].id,
		"in_place", m.inPlace.String())

	for k := regrouped; k < regrouped+6; k++ {
		d, next := g.departments[k], g.departments[k+1]
		m.on(i, 10+k%5)
		m.change("change-superior", list(d.institutions[0]), "to", next.id)
		m.change("set-quota", d.institutions[1], "kind", "事业编制", "posts", fmt.Sprint(m.shape.Posts-manual+slack+2), "leaders", "1", "deputies", deputies)
	}
	a, b, c := g.departments[departments-3], g.departments[departments-2], g.departments[departments-1]
	m.on(i, 15)
	m.change("add-plate", a.id, "name", g.name+"营商环境办公室")
	m.change("add-plate", b.id, "name", g.name+"大数据中心")
	for n, d := range []department{a, b} {
		m.change("assign", fmt.Sprintf("%s-new%d", g.id, n), "to", d.id, "name", fmt.Sprintf("%s新增事项%d", g.name, n))
		m.change("end-duty", d.id+"-x2")
	}
	m.change("declare", b.id+"-x3", "lead", b.id, "assist", list(a.id, c.id))
	m.change("delegate", list(c.id+"-x4"), "from", c.id, "to", c.institutions[0])
	for _, d := range []department{a, b} {
		m.change("set-posts", d.institutions[2], "posts", "2", "kind", "事业编制")
		m.people++
		m.change("relieve", m.deputies[d.id], "post", d.id+"/01")
		m.change("appoint", fmt.Sprintf("p%07d", m.people), "post", d.id+"/01")
	}
}
