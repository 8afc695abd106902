package exchange

import (
	"strconv"
	"strings"

	"oneboard/internal/diag"
)

// The faults that a file of a scheduling problem can have.
var (
	// NotANumber: where a whole number from 0 on must stand is something else.
	NotANumber = diag.Define("OB0180", diag.Error)
	// WrongCount: a line or file has fewer or more numbers than it says itself.
	WrongCount = diag.Define("OB0181", diag.Error)
	// NoSection: a part of the file is missing.
	NoSection = diag.Define("OB0182", diag.Error)
	// NoSuchTask: a number of a task that the file does not have.
	NoSuchTask = diag.Define("OB0183", diag.Error)
	// SeveralModes: a task could be done in several ways, which is not read.
	SeveralModes = diag.Define("OB0184", diag.Error)
)

// An Instance is a scheduling problem as researchers exchange them: one project,
// tasks that follow each other without lags, resources of constant capacity.
type Instance struct {
	Tasks    []InstanceTask
	Capacity []InstanceNumber
}

// An InstanceTask is one task: how long it takes, what it needs of each
// resource, and which tasks wait for it, counted from 0.
type InstanceTask struct {
	At         diag.Span
	Duration   int
	Needs      []InstanceNumber
	Successors []InstanceNumber
}

// An InstanceNumber is a number with its place.
type InstanceNumber struct {
	N  int
	At diag.Span
}

// maxInstanceTasks is above what any collection has; it keeps a slip of the
// pen from asking for all memory.
const maxInstanceTasks = 1_000_000

// maxInstanceNumber bounds durations and amounts.
const maxInstanceNumber = 1 << 24

// ReadInstance reads a problem in the format of PSPLIB (".sm": Kolisch, Sprecher
// 1996) or of Patterson (".rcp"). Which of both is told by the words in it: a
// Patterson file is numbers only. It is nil when anything is wrong.
func ReadInstance(src *diag.Source) (*Instance, diag.List) {
	r := instanceReader{src: src}
	if strings.ContainsFunc(src.Text, func(c rune) bool { return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' }) {
		r.psplib()
	} else {
		r.patterson()
	}
	r.follow()
	r.list.Sort()
	if r.list.HasErrors() {
		return nil, r.list
	}
	return &r.out, r.list
}

type instanceReader struct {
	src  *diag.Source
	out  Instance
	list diag.List
}

// words gives the words of a stretch of text with their places.
func (r *instanceReader) words(from, to int) []diag.Span {
	var out []diag.Span
	for at := from; at < to; {
		if strings.IndexByte(" \t\r\n\v\f", r.src.Text[at]) >= 0 {
			at++
			continue
		}
		end := at
		for end < to && strings.IndexByte(" \t\r\n\v\f", r.src.Text[end]) < 0 {
			end++
		}
		out = append(out, diag.Span{Source: r.src, Start: int32(at), End: int32(end)})
		at = end
	}
	return out
}

func (r *instanceReader) number(at diag.Span) InstanceNumber {
	n, err := strconv.Atoi(at.Text())
	if err != nil || n < 0 || n > maxInstanceNumber {
		r.list.Add(diag.At(NotANumber, at, diag.F("value", at.Text())))
		return InstanceNumber{-1, at}
	}
	return InstanceNumber{n, at}
}

func (r *instanceReader) numbers(words []diag.Span) []InstanceNumber {
	out := make([]InstanceNumber, len(words))
	for i, w := range words {
		out[i] = r.number(w)
	}
	return out
}

func (r *instanceReader) count(at diag.Span, want, got int) {
	r.list.Add(diag.At(WrongCount, at, diag.F("wanted", want), diag.F("found", got)))
}

// line is the place of all words of a line.
func line(words []diag.Span) diag.Span {
	return diag.Span{Source: words[0].Source, Start: words[0].Start, End: words[len(words)-1].End}
}

// psplib reads sections of lines; each begins with a headline of words.
func (r *instanceReader) psplib() {
	sections := []string{"PRECEDENCE RELATIONS", "REQUESTS/DURATIONS", "RESOURCEAVAILABILITIES"}
	lines := make([][][]diag.Span, len(sections))
	heads := make([]diag.Span, len(sections))
	at, section := 0, -1
	for at < len(r.src.Text) {
		end := strings.IndexByte(r.src.Text[at:], '\n')
		if end < 0 {
			end = len(r.src.Text)
		} else {
			end += at
		}
		text := strings.TrimSpace(r.src.Text[at:end])
		words := r.words(at, end)
		at = end + 1
		switch {
		case text == "" || strings.HasPrefix(text, "---"):
		case strings.HasPrefix(text, "***"):
			section = -1
		case text[0] >= '0' && text[0] <= '9' || text[0] == '-' || section >= 0 && len(lines[section]) > 0:
			if section >= 0 {
				lines[section] = append(lines[section], words)
			}
		default:
			for k, name := range sections {
				if strings.HasPrefix(text, name) {
					section, heads[k] = k, line(words)
				}
			}
		}
	}
	for k, name := range sections {
		if heads[k].IsZero() || len(lines[k]) == 0 {
			r.list.Add(diag.At(NoSection, diag.Span{Source: r.src}, diag.F("expected", name)))
		}
	}
	if len(lines[0]) > 0 && len(lines[2]) > 0 && len(lines[1]) > 0 {
		r.psplibTasks(lines[0], lines[1], r.capacities(lines[2]))
	}
}

func (r *instanceReader) capacities(lines [][]diag.Span) int {
	if len(lines) > 1 {
		r.count(line(lines[1]), 1, len(lines))
	}
	r.out.Capacity = r.numbers(lines[0])
	return len(r.out.Capacity)
}

func (r *instanceReader) psplibTasks(links, needs [][]diag.Span, resources int) {
	r.out.Tasks = make([]InstanceTask, len(links))
	seen := make([]bool, len(links))
	// place gives the task of a line's first number, and reports what is not the
	// next, so that each is there once.
	place := func(words []diag.Span, want int) bool {
		n := r.number(words[0])
		if n.N >= 0 && n.N != want+1 {
			r.list.Add(diag.At(NoSuchTask, n.At, diag.F("value", n.N), diag.F("wanted", want+1)))
		}
		return n.N == want+1
	}
	for i, words := range links {
		if !place(words, i) {
			continue
		}
		seen[i] = true
		r.out.Tasks[i].At = words[0]
		if len(words) < 3 {
			r.count(line(words), 3, len(words))
			continue
		}
		modes, count := r.number(words[1]), r.number(words[2])
		if modes.N > 1 {
			r.list.Add(diag.At(SeveralModes, modes.At, diag.F("value", modes.N)))
		}
		r.out.Tasks[i].Successors = r.numbers(words[3:])
		if count.N >= 0 && count.N != len(words)-3 {
			r.count(count.At, count.N, len(words)-3)
		}
	}
	for i, words := range needs {
		if i >= len(links) {
			r.list.Add(diag.At(NoSuchTask, words[0], diag.F("value", words[0].Text()), diag.F("wanted", len(links))))
			break
		}
		if !place(words, i) || !seen[i] {
			continue
		}
		if len(words) != resources+3 {
			r.count(line(words), resources+3, len(words))
			continue
		}
		r.number(words[1])
		r.out.Tasks[i].Duration = r.number(words[2]).N
		r.out.Tasks[i].Needs = r.numbers(words[3:])
	}
	if len(needs) < len(links) {
		r.count(line(needs[len(needs)-1]), len(links), len(needs))
	}
}

// patterson reads numbers only: tasks and resources, capacities, then for each
// task its duration, needs, how many wait for it, and which.
func (r *instanceReader) patterson() {
	words := r.words(0, len(r.src.Text))
	next := 0
	ended := false
	take := func() InstanceNumber {
		if next == len(words) {
			ended = true
			return InstanceNumber{N: -1}
		}
		next++
		return r.number(words[next-1])
	}
	tasks, resources := take(), take()
	if ended {
		r.list.Add(diag.At(NoSection, diag.Span{Source: r.src}, diag.F("expected", "n m")))
		return
	}
	if tasks.N > maxInstanceTasks || resources.N > maxInstanceTasks {
		r.count(tasks.At, maxInstanceTasks, max(tasks.N, resources.N))
		return
	}
	for k := 0; k < resources.N && !ended; k++ {
		r.out.Capacity = append(r.out.Capacity, take())
	}
	for i := 0; i < tasks.N && !ended; i++ {
		d := take()
		t := InstanceTask{At: d.At, Duration: d.N}
		for k := 0; k < resources.N && !ended; k++ {
			t.Needs = append(t.Needs, take())
		}
		for k := take().N; k > 0 && !ended; k-- {
			t.Successors = append(t.Successors, take())
		}
		r.out.Tasks = append(r.out.Tasks, t)
	}
	switch {
	case ended:
		r.count(tasks.At, tasks.N, max(0, len(r.out.Tasks)-1))
	case next < len(words):
		r.count(words[next], next, len(words))
	}
}

// follow turns the numbers of successors, from 1 on, into places.
func (r *instanceReader) follow() {
	for i := range r.out.Tasks {
		for k := range r.out.Tasks[i].Successors {
			s := &r.out.Tasks[i].Successors[k]
			if s.N == 0 || s.N > len(r.out.Tasks) || s.N == i+1 {
				r.list.Add(diag.At(NoSuchTask, s.At, diag.F("value", s.N), diag.F("wanted", len(r.out.Tasks))))
			}
			s.N--
		}
	}
}
