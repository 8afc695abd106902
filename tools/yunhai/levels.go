package main

import (
	"bytes"
	"fmt"
	"log"
	"slices"
	"strings"
	"text/template"
)

// The plans above and below the city: a province that is done before the city
// begins, and a district with a plan of its own. Their boards are small: the
// bodies that answer to those of the city, with one duty for each matter that a
// body of the city has.

// level is one such board.
type level struct {
	word, area, does string // its level, its area, and what a duty is called: "%s"
	bodies           [][]string
	duties           map[string][][2]string // by body: id and matter
}

func (y *city) level(name, word, area, does string) *level {
	l := &level{word: word, area: area, does: does, duties: map[string][][2]string{}}
	for _, line := range lines(name) {
		c := cells(line, 5)
		l.bodies = append(l.bodies, c)
		var matters []string
		for _, w := range strings.Fields(c[4]) {
			if matter, ok := strings.CutPrefix(w, "+"); ok {
				matters = append(matters, matter)
			} else {
				matters = append(matters, y.body(w).fields...)
			}
		}
		slices.Sort(matters)
		for n, m := range slices.Compact(matters) {
			l.duties[c[0]] = append(l.duties[c[0]], [2]string{fmt.Sprintf("%s-%02d", c[0], n+1), m})
		}
	}
	return l
}

func (l *level) tables(areas [][]string, superior string) files {
	out := files{}
	area := newTable("areas", "code,name,name_en,level,parent")
	for _, a := range areas {
		area.add(a...)
	}
	bodies := newTable("bodies", "id,name,name_en,kind,level,area,superior")
	duties := newTable("duties", "id,name,kind,matter,area,level")
	rows := newTable("responsibilities", "duty,body")
	for _, b := range l.bodies {
		under := superior
		if b[0] == superior {
			under = ""
		}
		bodies.add(b[0], b[1], b[2], b[3], l.word, l.area, under)
		for _, d := range l.duties[b[0]] {
			duties.add(d[0], fmt.Sprintf(l.does, d[1]), "coordination", d[1], l.area, l.word)
			rows.add(d[0], b[0])
		}
	}
	for _, t := range []*table{area, bodies, duties, rows} {
		out[t.name+".csv"] = t.csv()
	}
	return out
}

// plan writes the plan of the level from its template.
func (l *level) plan(name string, in any) []byte {
	of := func(body, matter string) string {
		for _, d := range l.duties[body] {
			if d[1] == matter {
				return d[0]
			}
		}
		log.Fatalf("%s has no duty of %s", body, matter)
		return ""
	}
	t, err := template.New(name).Funcs(template.FuncMap{"of": of}).ParseFS(source, "source/"+name)
	if err != nil {
		log.Fatal(err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, in); err != nil {
		log.Fatal(err)
	}
	return b.Bytes()
}

// province gives the province above the city: its plan, and the same with a
// notice that asks for more.
func (y *city) province() files {
	l := y.level("province.txt", "province", "990000", "指导全省%s工作")
	out := l.tables([][]string{{"990000", "东溟省", "Dongming Province", "province", ""}}, "")
	type version struct{ Tighter bool }
	out["plan.yaml"] = l.plan("province.tmpl", version{})
	out["amended.yaml"] = l.plan("province.tmpl", version{true})
	return out
}

// wanghai gives a district below the city.
func (y *city) wanghai() files {
	l := y.level("wanghai.txt", "county", "990102", "望海区%s")
	out := l.tables([][]string{{"990100", "云海市", "Yunhai City", "city", ""}, {"990102", "望海区", "Wanghai District", "county", "990100"}}, "whq-gov")
	out["plan.yaml"] = l.plan("wanghai.tmpl", nil)
	return out
}
