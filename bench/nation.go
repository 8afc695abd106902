package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"oneboard/bench/city"
	"oneboard/internal/check"
	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/planfile"
)

// A nation in pieces: cities of the shape city.Nation, each with a plan of 2,000
// changes, each made, checked, summed up and dropped. 400 of them are 2 million
// bodies, 10 million duties and 50 million posts.

// nationRows are the rows of a nation of so many cities: the checks and the
// proofs of values in one process, and the program over the folder of a
// quarter, a half, and all of them.
func (b *bench) nationRows(cities int) []row {
	size := fmt.Sprintf("nation of %d cities", cities)
	rows := []row{
		{size + ", check of values, city by city", "60 s of processor time", 1, b.nation("nation-check", cities), nationTime},
		{size + ", check and proof of values, city by city", "", 1, b.nation("nation-prove", cities), nationTime},
	}
	for _, part := range []int{4, 2, 1} {
		name := fmt.Sprintf("%d of its cities, `oneboard check --each` of the folder", cities/part)
		rows = append(rows, row{size + ", " + name, "memory does not grow", 1, b.checkNation(cities, part), nationTime})
	}
	return append(rows, row{size + ", `oneboard check --each --prove` of the folder", "memory does not grow", 1, b.checkNation(cities, 1, "--prove"), nationTime})
}

func nationTime(all []took) string {
	t := all[0]
	return fmt.Sprintf("%.1f s processor, %.1f s wall, %d MB", t.CPU.Seconds(), t.Wall.Seconds(), t.Peak>>20) + note(t)
}

func (b *bench) nation(work string, cities int) func() (took, error) {
	return func() (took, error) { return measured(work, strconv.Itoa(cities)) }
}

// measureNation checks cities one after the other, and proves their plans when
// told to: only that is counted, not the making of the cities.
func measureNation(cities int, prove bool) (t took, err error) {
	var made, certified time.Duration
	var bodies, duties, posts, changes, runs int
	for i := range cities {
		start, _ := used()
		m, err := aCity(uint64(i))
		if err != nil {
			return t, err
		}
		if prove {
			window(m.plan)
		}
		runtime.GC() // what the making left behind is not the check's
		before, _ := used()
		made += before - start
		begin := time.Now()
		r := check.Run(m.board, m.plan, m.packs...)
		if r.Checked == nil || len(r.Problems) > 0 {
			r.Problems.WriteText(os.Stderr, lang.EN, 5)
			return t, fmt.Errorf("city %d does not check clean", i)
		}
		var proof check.Proof
		if prove {
			proof = check.Prove(r)
			if !proof.Holds {
				proof.Problems.WriteText(os.Stderr, lang.EN, 5)
				return t, fmt.Errorf("city %d does not prove", i)
			}
			runs += proof.Runs
		}
		t.Wall += time.Since(begin)
		after, usage := used()
		t.CPU, t.Peak = t.CPU+after-before, peak(usage)
		proof.Certificate()
		asked, _ := used()
		certified += asked - after
		// what is left of a city is its numbers
		bodies, duties, posts, changes = bodies+len(m.board.Bodies), duties+len(m.board.Duties), posts+len(m.board.Posts), changes+len(m.plan.Changes)
	}
	t.Note = fmt.Sprintf("%d bodies, %d duties, %d posts, %d changes", bodies, duties, posts, changes)
	if prove {
		t.Note += fmt.Sprintf(", %d orders; their certificates, for who asks for them, %.1f s more", runs, certified.Seconds())
	}
	t.Note += fmt.Sprintf("; making them %.0f s processor besides", made.Seconds())
	return t, nil
}

// aCity makes the city of a number.
func aCity(number uint64) (m matter, err error) {
	c := city.Make(city.Nation, number)
	p, problems := planfile.Parse("plan.yaml", []byte(c.Plan))
	packs, more := planfile.Packs(p)
	if problems = append(problems, more...); len(problems) > 0 {
		problems.WriteText(os.Stderr, lang.EN, 5)
		return m, fmt.Errorf("the plan of city %d does not read clean", number)
	}
	return matter{c.Board, p, packs}, nil
}

// window lets each handover be in place on any of ten days.
func window(p *org.Plan) {
	for _, ch := range p.Changes {
		if ch, ok := ch.(*org.Transfer); ok && ch.InPlace.Given() {
			ch.InPlace = org.WrittenBetween(ch.InPlace.Date-9, ch.InPlace.Date, ch.InPlace.At)
		}
	}
}

// checkNation runs the program over the folders of a part of the cities.
func (b *bench) checkNation(cities, part int, flags ...string) func() (took, error) {
	return func() (took, error) {
		dir := filepath.Join(b.temp, "nation")
		if _, err := os.Stat(dir); err != nil {
			self, err := os.Executable()
			if err != nil {
				return took{}, err
			}
			if out, err := exec.Command(self, "-child", "make-nation", dir, strconv.Itoa(cities)).CombinedOutput(); err != nil {
				return took{}, fmt.Errorf("making the nation: %w\n%s", err, out)
			}
		}
		args := append([]string{"check", "--each"}, flags...)
		for quarter := range 4 / part {
			args = append(args, filepath.Join(dir, fmt.Sprint("quarter-", quarter+1)))
		}
		return b.command(args...)()
	}
}

// makeNation writes cities into the folders of four quarters.
func makeNation(dir string, cities int) error {
	for i := range cities {
		at := filepath.Join(dir, fmt.Sprint("quarter-", i*4/cities+1), fmt.Sprintf("city-%04d", i))
		if err := os.MkdirAll(at, 0o755); err != nil {
			return err
		}
		if err := city.Make(city.Nation, uint64(i)).Write(at); err != nil {
			return err
		}
	}
	return nil
}
