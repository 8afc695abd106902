package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"oneboard/internal/exchange"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// showVerb prints the board of one day: what is in force then, with the names,
// superiors and duties of that day.
func showVerb(e *env) verb {
	var on org.Date
	var records bool
	var from source
	return verb{name: "show", max: 1,
		flags: func(f *flags) {
			f.date(&on, "on")
			f.truth(&records, "fonds")
			from.declare(f)
		},
		run: func(args []string) (int, error) {
			if !on.Known() {
				on = e.today()
			}
			if len(args) > 0 {
				from.plan = args[0]
			}
			s, code, err := from.open(e)
			if err != nil {
				return exitFail, err
			}
			if records {
				d := dispositionOf(s)
				if e.json {
					return code, e.document(d)
				}
				e.printDisposition(d)
				return code, nil
			}
			b := s.timeline.On(on)
			if e.json {
				return code, e.document(shown{s.name, on, s.known, rowsOf(b)})
			}
			e.printBoard(b, on)
			return code, nil
		}}
}

// shown is the JSON form of a board on a day: its tables, with the columns of
// the board files.
type shown struct {
	Source string                         `json:"source"`
	On     org.Date                       `json:"on"`
	Known  int64                          `json:"known,omitempty"`
	Board  map[string][]map[string]string `json:"board"`
}

// rowsOf gives the tables of a board by name, each row as column and cell. It
// reads what a board folder would hold, so that both say the same.
func rowsOf(b *org.Board) map[string][]map[string]string {
	out := map[string][]map[string]string{}
	for file, text := range exchange.Tables(b) {
		table, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
		if err != nil || len(table) == 0 {
			panic(fmt.Sprintf("the board writer made a table that can't be read: %s: %v", file, err))
		}
		rows := []map[string]string{}
		for _, record := range table[1:] {
			row := map[string]string{}
			for i, column := range table[0] {
				if record[i] != "" {
					row[column] = record[i]
				}
			}
			rows = append(rows, row)
		}
		out[strings.TrimSuffix(file, ".csv")] = rows
	}
	return out
}

// printBoard prints the bodies of a board as a tree of superiors, each with how
// much it has.
func (e *env) printBoard(b *org.Board, on org.Date) {
	duties, posts, people := map[string]map[string]bool{}, map[string]int{}, map[string]int{}
	for _, r := range b.Responsibilities {
		if r.Keys&org.Holder != 0 {
			if duties[r.Body] == nil {
				duties[r.Body] = map[string]bool{}
			}
			duties[r.Body][r.Duty] = true
		}
	}
	bodyOf := map[string]string{}
	for _, p := range b.Posts {
		posts[p.Body]++
		bodyOf[p.ID] = p.Body
	}
	for _, a := range b.Appointments {
		people[bodyOf[a.Post]]++
	}
	e.printf("%s\n", e.say("show.head", lang.Args{"Day": on.String(), "Seen": e.list([]string{
		e.say("count.bodies", lang.Args{"Count": len(b.Bodies)}),
		e.say("count.duties", lang.Args{"Count": len(b.Duties)}),
		e.say("count.posts", lang.Args{"Count": len(b.Posts)}),
	})}))
	if len(b.Bodies) == 0 {
		return
	}
	number := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	var rows [][]string
	for _, at := range tree(b.Bodies) {
		body := &b.Bodies[at.index]
		rows = append(rows, []string{
			strings.Repeat("  ", at.depth) + e.name(body.Name, body.NameEN), body.ID, body.Kind, body.Rank,
			number(len(duties[body.ID])), number(posts[body.ID]), number(people[body.ID]),
		})
	}
	e.table([]string{e.say("col.name"), e.say("col.id"), e.say("col.kind"), e.say("col.rank"),
		e.say("col.duties"), e.say("col.posts"), e.say("col.people")}, rows)
}

// A branch is the place of a body in the tree of superiors.
type branch struct{ index, depth int }

// tree orders bodies so that each stands below its superior. It does not
// recurse: the depth is what a person wrote. Bodies whose superior isn't there,
// and those in a circle of superiors, stand at the left. O(bodies).
func tree(bodies []org.Body) []branch {
	index := map[string]int{}
	for i := range bodies {
		if _, twice := index[bodies[i].ID]; !twice {
			index[bodies[i].ID] = i
		}
	}
	below := map[int][]int{}
	var out, stack []branch
	seen := make([]bool, len(bodies))
	grow := func(root int) {
		stack = append(stack, branch{root, 0})
		for len(stack) > 0 {
			at := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if seen[at.index] {
				continue
			}
			seen[at.index] = true
			out = append(out, at)
			for _, i := range slices.Backward(below[at.index]) {
				stack = append(stack, branch{i, at.depth + 1})
			}
		}
	}
	var roots []int
	for i := range bodies {
		if up, ok := index[bodies[i].Superior]; ok && up != i {
			below[up] = append(below[up], i)
		} else {
			roots = append(roots, i)
		}
	}
	for _, i := range roots {
		grow(i)
	}
	for i := range bodies { // what is left hangs on a circle
		grow(i)
	}
	return out
}
