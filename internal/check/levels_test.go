package check_test

import (
	"testing"

	"golang.org/x/tools/txtar"

	"oneboard/internal/check"
	"oneboard/internal/org"
)

// TestSitesAfterSplit: after a split the board of a day says where each body
// sits: where the plan puts it, or with its superior; before it, where it was.
func TestSitesAfterSplit(t *testing.T) {
	res, _ := runArchive(t, txtar.Parse([]byte(`
-- plan.yaml --
oneboard: plan/v1
id: x
title: x
board: .
start: 2019-01-01
instruments:
  - {id: n, title: 通知, kind: notice, effective: 2019-03-01}
changes:
  - change-area: bay
    into:
      - {code: north, name: 北区, parent: yun, bodies: [bay-gov]}
      - {code: south, name: 南区, parent: yun, bodies: [harbour]}
    by: n 1
-- areas.csv --
code,name,level,parent
yun,云海市,city,
bay,海湾县,county,yun
-- bodies.csv --
id,name,area,superior
bay-gov,县政府,bay,
school,中学,bay,bay-gov
annex,分校,bay,school
harbour,港务局,bay,
city-gov,市政府,yun,
`)))
	if len(res.Problems) > 0 {
		t.Fatal(res.Problems)
	}
	change, _ := org.ParseDate("2019-03-01")
	for day, want := range map[org.Date]map[string]string{
		change - 1: {"bay-gov": "bay", "school": "bay", "annex": "bay", "harbour": "bay", "city-gov": "yun"},
		change:     {"bay-gov": "north", "school": "north", "annex": "north", "harbour": "south", "city-gov": "yun"},
	} {
		for _, b := range res.Timeline.On(day).Bodies {
			if b.Area != want[b.ID] {
				t.Errorf("on %s %s sits in %q, not %q", day, b.ID, b.Area, want[b.ID])
			}
		}
	}
}

// TestBond: what the upper plan asks is found below by the facts, and what is
// not there is told; the bodies are the same, the upper plan differs.
func TestBond(t *testing.T) {
	upper := func(below string) check.Result {
		res, _ := runArchive(t, txtar.Parse([]byte(`
-- plan.yaml --
oneboard: plan/v1
id: up
title: up
board: .
start: 2018-10-01
instruments:
  - {id: u, title: 省方案, kind: notice, effective: 2018-10-08, clauses: ["1", "2"]}
below:
`+below+`
changes: []
-- bodies.csv --
id,name,level
p-health,省卫健委,province
p-sea,省海洋厅,province
-- duties.csv --
id,name,matter
p-1,指导医政,医政
p-2,指导公卫,公卫
p-3,指导中医,中医
p-4,指导海洋,海洋
-- responsibilities.csv --
duty,body
p-1,p-health
p-2,p-health
p-3,p-health
p-4,p-sea
`)))
		return res
	}
	lower, _ := runArchive(t, txtar.Parse([]byte(`
-- plan.yaml --
oneboard: plan/v1
id: low
title: low
board: .
above: up.yaml
start: 2019-01-01
instruments:
  - {id: l, title: 市方案, kind: notice, effective: 2019-01-08}
changes:
  - rename: health
    name: 卫健委
    by: l 1
    on: 2019-01-20
-- bodies.csv --
id,name,level
health,卫计委,city
hospital,医院,city
-- duties.csv --
id,name,matter
c-1,医政,医政
c-2,公卫,公卫
c-3,中医,中医
-- responsibilities.csv --
duty,body
c-1,health
c-2,health
c-3,hospital
`)))
	for _, c := range []struct {
		below string
		want  []string
	}{
		{"  - {by: u 1, level: city, counterparts: [p-health]}", nil}, // two of three matters are enough
		{"  - {by: u 1, level: city, counterparts: [p-sea]}", []string{"OB0705"}},
		{"  - {by: u 1, level: county, counterparts: [p-sea]}", nil}, // nobody of that level
		{"  - {by: u 1, level: city, deadline: 2019-01-20}", nil},
		{"  - {by: u 1, level: city, deadline: 2019-01-19}", []string{"OB0702"}},
		{"  - {by: u 1, level: city, bodies: 2}", nil},
		{"  - {by: u 1, level: city, bodies: 1}", []string{"OB0703"}},
		{"  - {by: u 2, level: city}", []string{"OB0707"}},
		{"  - {by: u 2, level: city, counterparts: [p-health]}", nil}, // it asks for something that is so
	} {
		var got []string
		for _, p := range check.Against(lower, upper(c.below)).Problems {
			got = append(got, string(p.Code))
		}
		if len(got) != len(c.want) || len(got) > 0 && got[0] != c.want[0] {
			t.Errorf("%s: %v, not %v", c.below, got, c.want)
		}
	}
}
