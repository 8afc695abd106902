package register

import (
	"fmt"
	"testing"

	"oneboard/internal/org"
)

// city is a board of 5,000 bodies, 50,000 duties and 300,000 posts.
func city() *org.Board {
	b := &org.Board{}
	for i := range 5000 {
		b.Bodies = append(b.Bodies, org.Body{ID: fmt.Sprint("b", i), Name: fmt.Sprint("机构", i), Superior: fmt.Sprint("b", i/60), Interval: org.Whole})
	}
	b.Bodies[0].Superior = ""
	for i := range 50000 {
		id := fmt.Sprint("d", i)
		b.Duties = append(b.Duties, org.Duty{ID: id, Name: fmt.Sprint("职责", i), Exclusive: true})
		b.Responsibilities = append(b.Responsibilities, org.Responsibility{Duty: id, Body: fmt.Sprint("b", i%5000), Keys: org.AllKeys, Interval: org.Whole})
	}
	for i := range 300000 {
		b.Posts = append(b.Posts, org.Post{ID: fmt.Sprint("p", i), Body: fmt.Sprint("b", i%5000), Title: "科员", Kind: "行政", Interval: org.Whole})
	}
	return b
}

func BenchmarkCity(b *testing.B) {
	board := city()
	for _, e := range engines {
		b.Run(e.name+"/import", func(b *testing.B) {
			for b.Loop() {
				r := open(b, e.fresh(b))
				must(r.Import(b.Context(), board, at(1)))(b)
			}
		})
		b.Run(e.name, func(b *testing.B) {
			r := open(b, e.fresh(b))
			must(r.Import(b.Context(), board, at(1)))(b)
			b.Run("import-again", func(b *testing.B) {
				for b.Loop() {
					must(r.Import(b.Context(), board, at(1)))(b)
				}
			})
			b.Run("correct", func(b *testing.B) {
				row := board.Posts[7]
				for b.Loop() {
					changed := row
					changed.Title += "x"
					must(r.Correct(b.Context(), Correction{"r", "b", &org.Board{Posts: []org.Post{row}}, &org.Board{Posts: []org.Post{changed}}}, at(1)))(b)
					row = changed
				}
			})
			b.Run("view", func(b *testing.B) {
				for b.Loop() {
					must(r.load(b.Context(), must(head(b.Context(), r.db))(b)))(b)
				}
			})
			b.Run("view-kept", func(b *testing.B) {
				for b.Loop() {
					must(r.At(b.Context(), Latest))(b)
				}
			})
			b.Run("who", func(b *testing.B) {
				for b.Loop() {
					if hs := must(r.Who(b.Context(), "d777", day("2018-01-01"), "", Latest))(b); len(hs) != 4 {
						b.Fatal(hs)
					}
				}
			})
			b.Run("verify", func(b *testing.B) {
				for b.Loop() {
					intact(b, r)
				}
			})
		})
	}
}
