package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A watcher is the real program, watching a plan.
type watcher struct {
	*testing.T
	cmd   *exec.Cmd
	lines chan string
	errs  *lockedBuffer
}

func watching(t *testing.T, args ...string) *watcher {
	t.Helper()
	w := &watcher{T: t, cmd: exec.Command("oneboard", append([]string{"check", "--watch"}, args...)...), lines: make(chan string, 1000), errs: &lockedBuffer{}}
	w.cmd.Stderr = w.errs
	out, err := w.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.cmd.Process.Kill() }) // of one that has ended, an error
	go func() {
		defer close(w.lines)
		for r := bufio.NewReader(out); ; {
			line, err := r.ReadString('\n')
			if line != "" {
				w.lines <- line
			}
			if err != nil {
				return
			}
		}
	}()
	return w
}

// next gives the next line that is printed.
func (w *watcher) next() string {
	w.Helper()
	select {
	case line, more := <-w.lines:
		if !more {
			w.Fatalf("the program has ended: %s", w.errs)
		}
		return line
	case <-time.After(time.Minute):
		w.Fatalf("nothing is printed: %s", w.errs)
	}
	return ""
}

// A told is a document of a check, or of one that could not be done.
type told struct {
	checked
	Error struct{ What string }
}

func (w *watcher) document() (d told) {
	w.Helper()
	line := w.next()
	if err := json.Unmarshal([]byte(line), &d); err != nil {
		w.Fatalf("%v: %s", err, line)
	}
	if d.Error.What == "" && (d.Took == nil || *d.Took <= 0) {
		w.Errorf("the document does not say how long it took: %s", line)
	}
	return d
}

// quiet reports that nothing is printed while files are looked at several times.
func (w *watcher) quiet(after string) {
	w.Helper()
	select {
	case line := <-w.lines:
		w.Errorf("after %s: %s", after, line)
	case <-time.After(10 * lookEvery):
	}
}

// interrupt is what a person does at the keyboard; it gives the exit code.
func (w *watcher) interrupt() int {
	w.Helper()
	if err := w.cmd.Process.Signal(os.Interrupt); err != nil {
		w.Fatal(err)
	}
	for range w.lines { // to its end: only then may the program be waited for
	}
	err := w.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		w.Fatal(err)
	}
	return w.cmd.ProcessState.ExitCode()
}

// example puts an example into a folder of its own.
func example(t *testing.T, name string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("../../examples", name))); err != nil {
		t.Fatal(err)
	}
	return dir
}

// altered writes a file with one word in the place of another, and gives what it
// was.
func altered(t *testing.T, file, from, to string) (was []byte) {
	t.Helper()
	was, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	now := strings.Replace(string(was), from, to, 1)
	if now == string(was) {
		t.Fatalf("%s has no %q", file, from)
	}
	write(t, file, []byte(now))
	return was
}

func write(t *testing.T, file string, text []byte) {
	t.Helper()
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestWatch changes the files of a plan in every way in which editors and people
// do, and reads what the program says of it.
func TestWatch(t *testing.T) {
	dir := example(t, "state-council-2018")
	plan, bodies := filepath.Join(dir, "plan.yaml"), filepath.Join(dir, "bodies.csv")
	w := watching(t, "--json", dir)
	if d := w.document(); d.Errors != 0 {
		t.Fatalf("the example is not clean: %v", d.Problems)
	}
	expect := func(what string, clean bool) {
		t.Helper()
		if d := w.document(); d.Error.What != "" || (d.Errors == 0) != clean {
			t.Fatalf("after %s: %d errors, failure %q", what, d.Errors, d.Error.What)
		}
	}

	was := altered(t, plan, "transfer:", "transfar:")
	expect("a change of a word, of the same length, right after it was read", false)
	write(t, plan, was)
	expect("taking that back", true)

	write(t, plan, was)
	future := time.Now().Add(time.Hour)
	if err := os.Chtimes(plan, future, future); err != nil {
		t.Fatal(err)
	}
	w.quiet("writing a file as it was")

	table, err := os.ReadFile(bodies)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(table), "\n")
	write(t, bodies, []byte(strings.Join(append(lines, lines[1]), "")))
	expect("a row that stands twice", false)
	other := filepath.Join(dir, "fresh")
	write(t, other, table)
	if err := os.Rename(other, bodies); err != nil { // as editors save
		t.Fatal(err)
	}
	expect("another file in its place", true)

	extra := filepath.Join(dir, "items.csv")
	write(t, extra, []byte("id,kind,body\nx,seal,nobody\n"))
	expect("a table that was not there", false)
	if err := os.Remove(extra); err != nil {
		t.Fatal(err)
	}
	expect("its removal", true)

	if err := os.Rename(plan, other); err != nil {
		t.Fatal(err)
	}
	// without its plan, the folder is a board
	expect("the plan's removal", true)
	if err := os.Rename(other, plan); err != nil {
		t.Fatal(err)
	}
	expect("its return", true)
	altered(t, plan, "transfer:", "transfar:")
	expect("a last change", false)
	if code := w.interrupt(); code != exitFound {
		t.Errorf("ended with %d after a check that found something", code)
	}
}

// TestWatchInWords watches a plan that is named itself, in Chinese, until it is
// gone, comes back, and the person interrupts.
func TestWatchInWords(t *testing.T) {
	dir := example(t, "state-council-2018")
	plan := filepath.Join(dir, "plan.yaml")
	w := watching(t, "--lang", "zh", plan)
	until := func(words string) {
		t.Helper()
		for !strings.Contains(w.next(), words) {
		}
	}
	until("没有问题")
	until("毫秒；等待文件改动")
	if err := os.Rename(plan, plan+"~"); err != nil {
		t.Fatal(err)
	}
	for n := 0; !strings.Contains(w.errs.String(), "plan.yaml"); n++ {
		if n == 600 {
			t.Fatal("nobody is told that the plan is gone")
		}
		time.Sleep(lookEvery)
	}
	if err := os.Rename(plan+"~", plan); err != nil {
		t.Fatal(err)
	}
	until("没有问题")
	until("等待文件改动")
	if code := w.interrupt(); code != exitOK {
		t.Errorf("ended with %d after a clean check", code)
	}
}

// TestWatchRefuses: what can't be watched is refused at once.
func TestWatchRefuses(t *testing.T) {
	for _, args := range [][]string{{"-"}, {"a", "b"}, {"--each", "a"}, {"a", "--below", "b"}, {"not-there.yaml"}} {
		cmd := exec.Command("oneboard", append([]string{"check", "--watch"}, args...)...)
		cmd.Stdin = strings.NewReader("")
		cmd.Stdout = io.Discard
		if err := cmd.Run(); cmd.ProcessState.ExitCode() != exitFail {
			t.Errorf("%v: %v", args, err)
		}
	}
}
