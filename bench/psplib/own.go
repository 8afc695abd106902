package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"time"

	"oneboard/bench/psplib/peers"
	"oneboard/internal/sched"
)

// Each problem is solved by a process of its own, as those of the other engines
// are: then its processor time is its own, whatever is measured beside it, with
// all that the collection of its garbage takes.

// told is what the process of a problem writes to its parent.
type told struct {
	Start      []int
	Lower      int
	Optimal    bool
	Schedules  int
	Took, Wall time.Duration
	Steps      []step
}

// solve is such a process: it solves the problem in a file, and writes what came
// of it.
func (o *options) solve(file string) error {
	p, err := read(file)
	if err != nil {
		return err
	}
	clock, began := processorTime, time.Now()
	before := clock()
	since := func() time.Duration { return clock() - before }
	if o.processor <= 0 && o.seconds > 0 {
		since = func() time.Duration { return time.Since(began) }
	}
	in, fault := sched.Compile(p)
	if fault != nil {
		return fault
	}
	var t told
	placed := sched.Place(in, sched.Options{Seed: o.seed, Schedules: o.schedules, Stop: o.stop(),
		Found: func(end, lower int) { t.Steps = append(t.Steps, step{since(), end, lower}) }})
	t.Took, t.Wall = clock()-before, time.Since(began)
	t.Start, t.Lower, t.Optimal, t.Schedules = placed.Start, placed.LowerBound, placed.Optimal, placed.Schedules
	return json.NewEncoder(os.Stdout).Encode(t)
}

// own is Oneboard's answer, with so many processors.
func (o *options) own(ctx context.Context, file string, processors int) (a peers.Answer, t told) {
	self, err := os.Executable()
	if err != nil {
		return peers.Answer{Err: err}, t
	}
	cmd := exec.CommandContext(ctx, self, "-solve", file, "-seed", strconv.FormatUint(o.seed, 10), "-schedules", strconv.Itoa(o.schedules),
		"-time", fmt.Sprint(o.seconds), "-processor", fmt.Sprint(o.processor))
	cmd.Env = append(os.Environ(), fmt.Sprintf("GOMAXPROCS=%d", processors))
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	text, err := cmd.Output()
	if err == nil {
		err = json.Unmarshal(text, &t)
	} else {
		err = fmt.Errorf("%w: %s", err, bytes.TrimSpace(complaint.Bytes()))
	}
	if err != nil {
		return peers.Answer{Err: err}, told{}
	}
	took := t.Took
	if o.processor <= 0 {
		took = t.Wall
	}
	return peers.Answer{Start: t.Start, Proven: t.Optimal, Took: took,
		Processor: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}, t
}
