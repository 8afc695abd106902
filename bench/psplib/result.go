package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A result is what one engine did with one problem: a line of the file of
// results.
type result struct {
	set, problem, engine string
	terms                string // limits and seed: results under other terms are not comparable
	path                 int    // the critical path
	known                [2]int // the best known bounds
	end, lower           int    // end: of what stands for no answer, if there is none
	answered, proven     bool
	mended               bool
	schedules            int           // Oneboard's work
	took                 time.Duration // of what the limit counts for
	processor            time.Duration // with start and translating
	steps                []step        // Oneboard's way there
	fault                string
}

// A step is what was found after so much of what the limit counts for.
type step struct {
	At         time.Duration
	End, Lower int
}

// heading names the columns of the file of results.
const heading = "set\tproblem\tengine\tterms\tcritical path\tknown lower\tknown upper\tend\tlower\tanswered\tproven\tmended\tschedules\ttook s\tprocessor s\tsteps\tfault"

func (r *result) line() string {
	var steps []string
	for _, s := range r.steps {
		steps = append(steps, fmt.Sprintf("%.6f:%d:%d", s.At.Seconds(), s.End, s.Lower))
	}
	return fmt.Sprintf("%s\t%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%v\t%v\t%v\t%d\t%.6f\t%.6f\t%s\t%s", r.set, r.problem, r.engine, r.terms, r.path,
		r.known[0], r.known[1], r.end, r.lower, r.answered, r.proven, r.mended, r.schedules, r.took.Seconds(), r.processor.Seconds(),
		strings.Join(steps, " "), strings.Join(strings.Fields(r.fault), " "))
}

func parse(line string) (r result, err error) {
	f := strings.Split(line, "\t")
	if len(f) != strings.Count(heading, "\t")+1 {
		return r, fmt.Errorf("%d columns", len(f))
	}
	number := func(s string) int {
		n, wrong := strconv.Atoi(s)
		err = errors.Join(err, wrong)
		return n
	}
	yes := func(s string) bool {
		b, wrong := strconv.ParseBool(s)
		err = errors.Join(err, wrong)
		return b
	}
	seconds := func(s string) time.Duration {
		x, wrong := strconv.ParseFloat(s, 64)
		err = errors.Join(err, wrong)
		return time.Duration(x * float64(time.Second))
	}
	r = result{set: f[0], problem: f[1], engine: f[2], terms: f[3], path: number(f[4]), known: [2]int{number(f[5]), number(f[6])},
		end: number(f[7]), lower: number(f[8]), answered: yes(f[9]), proven: yes(f[10]), mended: yes(f[11]), schedules: number(f[12]),
		took: seconds(f[13]), processor: seconds(f[14]), fault: f[16]}
	for _, s := range strings.Fields(f[15]) {
		at, rest, _ := strings.Cut(s, ":")
		end, lower, _ := strings.Cut(rest, ":")
		r.steps = append(r.steps, step{seconds(at), number(end), number(lower)})
	}
	return r, err
}

// A book keeps results, and writes each to a file as soon as it is there, so that
// a run that was stopped goes on where it was.
type book struct {
	mu   sync.Mutex
	file *os.File // nil: kept only here
	all  map[[4]string]result
}

// openBook opens the book in a file, with what it holds already; a last line that
// was cut off is taken out. Without a name it is in memory only.
func openBook(name string) (*book, error) {
	b := &book{all: map[[4]string]result{}}
	if name == "" {
		return b, nil
	}
	text, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	text = text[:bytes.LastIndexByte(text, '\n')+1]
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		if n == 1 {
			if lines.Text() != heading {
				return nil, fmt.Errorf("%s: not a file of results of this command", name)
			}
			continue
		}
		r, err := parse(lines.Text())
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		b.all[r.key()] = r
	}
	if b.file, err = os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644); err != nil {
		return nil, err
	}
	if err := b.file.Truncate(int64(len(text))); err != nil {
		return nil, err
	}
	if _, err := b.file.Seek(int64(len(text)), 0); err != nil {
		return nil, err
	}
	if len(text) == 0 {
		_, err = fmt.Fprintln(b.file, heading)
	}
	return b, err
}

func (r *result) key() [4]string { return [4]string{r.set, r.problem, r.engine, r.terms} }

// enter keeps a result.
func (b *book) enter(r result) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all[r.key()] = r
	if b.file == nil {
		return nil
	}
	_, err := fmt.Fprintln(b.file, r.line())
	return err
}

// has gives the result of a problem, if it is there.
func (b *book) has(set, problem, engine, terms string) (result, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r, ok := b.all[[4]string{set, problem, engine, terms}]
	return r, ok
}
