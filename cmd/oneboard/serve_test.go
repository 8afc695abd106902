package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"oneboard/internal/register"
)

// A lockedBuffer is an output that a test reads while a command writes it.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// started runs serve until the test ends, and gives what it announces. The
// state folder is state; end stops it and gives the exit code.
func started(t *testing.T, state string, args ...string) (doc struct {
	URL    string
	Boards []shownBoard
}, end func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, errs := &lockedBuffer{}, &lockedBuffer{}
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	e := &env{ctx: ctx, in: strings.NewReader(""), out: out, err: errs, dir: dir,
		getenv: func(string) string { return "" }, now: time.Now,
		browse: func(string) error { return nil }, state: func() (string, error) { return state, nil }}
	done := make(chan int, 1)
	go func() { done <- e.run(append([]string{"serve", "--json"}, args...)) }()
	end = sync.OnceValue(func() int { cancel(); return <-done })
	t.Cleanup(func() { end() })
	for range 400 {
		if json.Unmarshal([]byte(out.String()), &doc) == nil && doc.URL != "" {
			return doc, end
		}
		select {
		case code := <-done:
			done <- code
			t.Fatalf("serve ended with %d: %s%s", code, out, errs)
		case <-time.After(25 * time.Millisecond):
		}
	}
	t.Fatalf("serve does not start: %s%s", out, errs)
	return doc, end
}

func page(t *testing.T, address string) (int, string) {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// TestServeDemo is the first command of the README: the cases are shown, from
// registers that were made for them, and a second start finds them again.
func TestServeDemo(t *testing.T) {
	state := t.TempDir()
	doc, end := started(t, state, "--demo", "--addr", "127.0.0.1:0")
	if len(doc.Boards) == 0 || doc.Boards[0].Slug != "state-council-2018" || doc.Boards[0].Errors > 0 {
		t.Fatalf("announced %+v", doc.Boards)
	}
	for _, b := range doc.Boards {
		if code, text := page(t, b.URL); code != http.StatusOK || len(text) < 1000 {
			t.Errorf("%s: %d, %d bytes", b.URL, code, len(text))
		}
	}
	if code := end(); code != exitOK {
		t.Errorf("ended with %d", code)
	}
	again, _ := started(t, state, "--demo", "--addr", "127.0.0.1:0")
	if again.Boards[0].Register != doc.Boards[0].Register {
		t.Errorf("the second start made another register: %s, %s", doc.Boards[0].Register, again.Boards[0].Register)
	}
	reg, err := register.Open(t.Context(), again.Boards[0].Register)
	if err != nil {
		t.Fatal(err)
	}
	defer reg.Close()
	view, err := reg.At(t.Context(), register.Latest)
	if err != nil || view.Seq != 2 || len(view.Plans) != 1 {
		t.Errorf("after two starts the register is at entry %d (%v)", view.Seq, err)
	}
}

// TestServeWithoutAHome: where nothing can be kept, the registers are temporary.
func TestServeWithoutAHome(t *testing.T) {
	doc, _ := started(t, "/dev/null", "--demo", "--addr", "127.0.0.1:0")
	if code, _ := page(t, doc.Boards[0].URL); code != http.StatusOK {
		t.Errorf("%s: %d", doc.Boards[0].URL, code)
	}
}

// TestServeHistory: a history is served alone, and needs no board.
func TestServeHistory(t *testing.T) {
	dir, err := filepath.Abs("../../examples/norway-2020")
	if err != nil {
		t.Fatal(err)
	}
	doc, _ := started(t, t.TempDir(), "--history", dir, "--addr", "127.0.0.1:0")
	code, text := page(t, doc.URL+"en/h/norway-2020/?unit=Snillfjord&from=2019-12-31")
	if code != http.StatusOK || !strings.Contains(text, "5059 Orkland") || len(doc.Boards) > 0 {
		t.Errorf("%d %+v", code, doc)
	}
	if code, _ := page(t, doc.URL+"zh/"); code != http.StatusOK {
		t.Errorf("the first page: %d", code)
	}
}

// TestPortTaken: the next free port is taken, but not when one was asked for.
func TestPortTaken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	other, err := listen(l.Addr().String(), false)
	if err != nil {
		t.Fatal(err)
	}
	other.Close()
	if _, err := listen(l.Addr().String(), true); err == nil || err.(*fault).what != "address-taken" {
		t.Errorf("a taken address that was asked for gives %v", err)
	}
}
