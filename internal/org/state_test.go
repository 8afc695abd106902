package org

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
)

// Every field of a row, but for its place and its passed-through cells, is a
// cell of its sheet: a field that is added later can't be forgotten.
func TestSheetsHaveEveryField(t *testing.T) {
	board := reflect.TypeOf(Board{})
	n := 0
	for i := range board.NumField() {
		f := board.Field(i)
		if f.Type.Kind() != reflect.Slice {
			continue
		}
		want := 0
		for _, rf := range reflect.VisibleFields(f.Type.Elem()) {
			if rf.Name != "At" && rf.Name != "Extra" && !rf.Anonymous {
				want++
			}
		}
		s := Sheets[n]
		n++
		var b Board
		s.Grow(&b, 1)
		cells := s.Cells(&b, 0, nil)
		seen := map[any]bool{}
		for _, c := range cells {
			seen[c] = true
		}
		if len(cells) != want || len(seen) != want || len(s.Columns) != want {
			t.Errorf("%s: %d cells (%d different), %d columns; the row has %d fields", s.Name, len(cells), len(seen), len(s.Columns), want)
		}
		if reflect.ValueOf(b).Field(i).Len() != 1 {
			t.Errorf("sheet %s is not the table %s", s.Name, f.Name)
		}
	}
	if n != len(Sheets) {
		t.Errorf("%d tables, %d sheets", n, len(Sheets))
	}
}

func stateBoard() *Board {
	return &Board{
		Bodies: []Body{{ID: "a", Name: "甲", Interval: Whole}, {ID: "b", Name: "乙", Interval: Interval{Day(2018, 1, 1), Forever}}},
		Duties: []Duty{{ID: "d", Name: "职责", Exclusive: true}},
		Items:  []Item{{ID: "i", Kind: "seal", Body: "a", Until: NoDate, Extra: Extra{"x", "y"}}},
		Tables: map[string]*Table{"items": {Extra: []string{"p", "q"}}},
	}
}

func TestStateIsOfRowsNotOfTheirOrder(t *testing.T) {
	want := stateBoard().State()
	b := stateBoard()
	b.Bodies[0], b.Bodies[1] = b.Bodies[1], b.Bodies[0]
	b.Items[0].Extra = Extra{"y", "", "x"}
	b.Tables["items"].Extra = []string{"q", "n", "p"}
	if b.State() != want {
		t.Error("order counts")
	}
	for name, change := range map[string]func(*Board){
		"a cell":         func(b *Board) { b.Bodies[0].Name = "丙" },
		"a date":         func(b *Board) { b.Bodies[1].From++ },
		"a moved edge":   func(b *Board) { b.Bodies[0].ID, b.Bodies[0].Name = "a甲", "" },
		"a second time":  func(b *Board) { b.Bodies = append(b.Bodies, b.Bodies[0]) },
		"a row less":     func(b *Board) { b.Duties = nil },
		"a flag":         func(b *Board) { b.Duties[0].Protected = true },
		"an extra value": func(b *Board) { b.Items[0].Extra[1] = "z" },
		"an extra name":  func(b *Board) { b.Tables["items"].Extra[1] = "r" },
	} {
		b := stateBoard()
		change(b)
		if b.State() == want {
			t.Errorf("%s does not count", name)
		}
	}
}

func TestSortHashes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	h := make([][32]byte, 10000)
	for i := range h {
		for j := range h[i] {
			h[i][j] = byte(r.Uint32())
		}
		if i%3 == 0 && i > 0 {
			h[i] = h[i-1]
		}
	}
	sortHashes(h)
	for i := 1; i < len(h); i++ {
		if string(h[i-1][:]) > string(h[i][:]) {
			t.Fatalf("not sorted at %d", i)
		}
	}
}

func BenchmarkState(b *testing.B) {
	board := &Board{}
	for i := range 300000 {
		board.Posts = append(board.Posts, Post{ID: fmt.Sprintf("b%d/p%d", i/60, i), Body: fmt.Sprintf("b%d", i/60), Title: "科员", Kind: "行政", Interval: Whole})
	}
	for b.Loop() {
		board.State()
	}
}
