package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// nation is a third level over the examples: what it asks of counties passes a
// province and a city.
const nation = `oneboard: plan/v1
id: nation
title: 全国机构改革方案
board: .
start: 2018-03-01
instruments:
  - id: g
    title: 关于地方机构改革的指导意见
    kind: notice
    effective: 2018-09-01
    clauses: ["1", "2", "3", "4", "5"]
below:
  - {by: g 1, level: county, kind: 政府工作部门, bodies: 20}
  - {by: g 2, level: county, deadline: 2019-02-28}
  - {by: g 3, level: county, counterparts: [n-aj]}
  - {by: g 4, level: county}
changes: []
`

var nationTables = map[string]string{
	"bodies.csv":           "id,name,level\nn-aj,国家应急管理部,nation\nn-hj,国家航天局,nation\n",
	"duties.csv":           "id,name,matter\nn-1,指导全国安全生产,综合监管\nn-2,指导全国应急值守,应急值守\nn-3,指导全国航天,航天\n",
	"responsibilities.csv": "duty,body\nn-1,n-aj\nn-2,n-aj\nn-3,n-hj\n",
}

// An edit puts other words into a file of the four levels.
type edit struct{ file, old, new string }

// underNation lays the four levels out in a folder: the nation, whose clause 4 is
// carried out through clauses of the province, of the city and of the district.
func underNation(t *testing.T, edits ...edit) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"yunhai-province", "yunhai", "yunhai-wanghai"} {
		if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(filepath.Join("../../examples", name))); err != nil {
			t.Fatal(err)
		}
	}
	write := func(name, text string) {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("nation/plan.yaml", nation)
	for name, text := range nationTables {
		write("nation/"+name, text)
	}
	for _, e := range append([]edit{
		{"yunhai-province/plan.yaml", "board: .\n", "board: .\nabove: ../nation/plan.yaml\nupward:\n  - {clause: g 4, by: sf 4.2}\n"},
		{"yunhai/plan.yaml", "upward:\n", "upward:\n  - {clause: sf 4.2, by: fa 6.4}\n"},
	}, edits...) {
		text, err := os.ReadFile(filepath.Join(dir, e.file))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), e.old) {
			t.Fatalf("%s has no %q", e.file, e.old)
		}
		write(e.file, strings.Replace(string(text), e.old, e.new, 1))
	}
	return dir
}

// TestChainOfLevels: what each level above asks holds at the lowest, whichever set
// it; who stands over a function may be any of them; and what is named of any of
// them is found.
func TestChainOfLevels(t *testing.T) {
	const low = "yunhai-wanghai/plan.yaml"
	lost := []edit{ // the city gives its only duties of a matter of the district up
		{"yunhai-wanghai/duties.csv", "whq-aj-05,望海区综合监管,coordination,综合监管", "whq-aj-05,望海区防汛抗旱,coordination,防汛抗旱"},
		{"yunhai/duties.csv", "\nswei-02,", "\nx-01,指导全市防汛抗旱,,coordination,防汛抗旱,990100,,city,,,,\nswei-02,"},
		{"yunhai/responsibilities.csv", "\nswei-02,", "\nx-01,gh,,,,\nswei-02,"},
		{"yunhai/plan.yaml", "\nchanges:\n", "\nchanges:\n  - {end-duty: x-01, by: fa 4.1, on: 2019-02-10}\n"},
	}
	inProvince := []edit{
		{"yunhai-province/duties.csv", "\np-rd-01,", "\np-x-01,指导全省防汛抗旱,coordination,防汛抗旱,990000,province\np-rd-01,"},
		{"yunhai-province/responsibilities.csv", "\np-rd-01,", "\np-x-01,p-rd\np-rd-01,"},
	}
	inNation := []edit{
		{"nation/duties.csv", "n-3,指导全国航天,航天", "n-3,指导全国防汛抗旱,防汛抗旱"},
	}
	gone := edit{"yunhai-province/plan.yaml", "\nchanges:\n", "\nchanges:\n  - {end-duty: p-x-01, by: sf 1.1, on: 2018-11-05}\n"}
	for name, c := range map[string]struct {
		edits []edit
		want  []string
	}{
		"all fits":                               {nil, nil},
		"a deadline of the nation":               {[]edit{{"nation/plan.yaml", "deadline: 2019-02-28", "deadline: 2019-02-20"}}, []string{"OB0702"}},
		"a cap of the nation":                    {[]edit{{"nation/plan.yaml", "bodies: 20", "bodies: 1"}}, []string{"OB0703"}},
		"a counterpart that the nation asks for": {[]edit{{"nation/plan.yaml", "counterparts: [n-aj]", "counterparts: [n-hj]"}}, []string{"OB0705"}},
		"the place has none, with its reason": {[]edit{{"nation/plan.yaml", "counterparts: [n-aj]", "counterparts: [n-hj]"},
			{low, "upward:\n", "upward:\n  - {of: n-hj, why: 本区没有航天事项}\n"}}, nil},
		"the province does not pass a clause on": {[]edit{{"yunhai-province/plan.yaml", "upward:\n  - {clause: g 4, by: sf 4.2}\n", ""}}, []string{"OB0707"}},
		"the district answers it itself": {[]edit{{"yunhai-province/plan.yaml", "upward:\n  - {clause: g 4, by: sf 4.2}\n", ""},
			{low, "upward:\n", "upward:\n  - {clause: g 4, by: qf 1}\n"}}, nil},
		"a variation from a clause of the nation":         {[]edit{{low, "variation: fa 2.1", "variation: [fa 2.1, g 1]"}}, nil},
		"a variation from a clause that nobody has":       {[]edit{{low, "variation: fa 2.1", "variation: [fa 2.1, g 9]"}}, []string{"OB0718"}},
		"to begin after the province, as the nation asks": {[]edit{{"nation/plan.yaml", "by: g 4, level: county", "by: g 4, level: county, after: province"}}, nil},
		"and the province is late": {[]edit{{"nation/plan.yaml", "by: g 4, level: county", "by: g 4, level: county, after: province"},
			{"yunhai-province/plan.yaml", "in_place: 2018-12-28", "in_place: 2019-02-23"}}, []string{"OB0710"}},
		"nobody above but the city, which gives it up":    {lost, []string{"OB0316"}},
		"the province stands over it still":               {slices.Concat(lost, inProvince), nil},
		"neither the city nor the province do any longer": {append(slices.Concat(lost, inProvince), gone), []string{"OB0316"}},
		"but the nation does":                             {append(slices.Concat(lost, inProvince, inNation), gone), nil},
		"the levels go round in a circle":                 {[]edit{{"nation/plan.yaml", "board: .\n", "board: .\nabove: ../yunhai/plan.yaml\n"}}, []string{"OB0701"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := underNation(t, c.edits...)
			e, out, errs := worldOf(t, dir)
			e.run([]string{"check", "yunhai-wanghai", "--json"})
			var doc checked
			if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
				t.Fatal(err, errs)
			}
			var got []string
			for _, p := range doc.Problems {
				if p.Code != "OB0701" || slices.Contains(c.want, "OB0701") { // a plan between may break the same
					got = append(got, string(p.Code))
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%v, not %v\n%s", got, c.want, out)
			}
		})
	}
}

// TestBelowSeveralLevels: which lower plans a change of the nation breaks, at
// whatever level they are.
func TestBelowSeveralLevels(t *testing.T) {
	dir := underNation(t)
	older := strings.ReplaceAll(nation, "bodies: 20", "bodies: 30")
	amended := strings.ReplaceAll(nation, "deadline: 2019-02-28", "deadline: 2019-02-19")
	for name, text := range map[string]string{"older.yaml": older, "amended.yaml": amended} {
		if err := os.WriteFile(filepath.Join(dir, "nation", name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	ask := func(args ...string) (out []string) {
		t.Helper()
		e, text, errs := worldOf(t, dir)
		e.run(append([]string{"check", "--json", "--below", "."}, args...))
		var doc checkedBelow
		if err := json.Unmarshal(text.Bytes(), &doc); err != nil {
			t.Fatal(err, errs)
		}
		for _, l := range doc.Below {
			line := l.Plan + " fits"
			if l.Broken {
				line = l.Plan + " broken"
			} else if !l.Fits {
				line = l.Plan + " does not fit"
			}
			for _, p := range l.New {
				line += " " + string(p.Code)
			}
			out = append(out, line)
		}
		return out
	}
	plans := []string{"yunhai-province/plan.yaml", "yunhai/plan.yaml", "yunhai-wanghai/plan.yaml"}
	want := func(words ...string) (out []string) {
		for i := range plans {
			out = append(out, plans[i]+" "+words[i])
		}
		slices.Sort(out)
		return out
	}
	sorted := func(list []string) []string { slices.Sort(list); return list }
	if got := sorted(ask("nation/plan.yaml", "--before", "nation/older.yaml")); !slices.Equal(got, want("fits", "fits", "fits")) {
		t.Errorf("a looser cap: %v", got)
	}
	// the county level is done on 27 February in the district's plan, on the 20th in the city's
	if got := sorted(ask("nation/amended.yaml", "--before", "nation/plan.yaml")); !slices.Equal(got, want("fits", "broken OB0702", "broken OB0702")) {
		t.Errorf("an earlier deadline: %v", got)
	}
}
