package web

import (
	"context"
	"os"
	"path"
	"sync"
	"testing"

	"oneboard/internal/check"
	"oneboard/internal/exchange"
	"oneboard/internal/org"
	"oneboard/internal/planfile"
)

// cases are the boards that the tests read: the folders of examples/.
var cases = "../../examples"

var (
	readMu sync.Mutex
	reads  = map[string]check.Result{}
)

// read gives the result of a case, read through the real thing; once for all
// tests.
func read(tb testing.TB, name string) check.Result {
	tb.Helper()
	res := readAlone(tb, name)
	readMu.Lock()
	bonded, ok := bonds[name]
	readMu.Unlock()
	if ok {
		return bonded
	}
	if plan := res.Timeline.Plan(); plan != nil && plan.Above.Text != "" {
		res.Above = check.Against(res, readAlone(tb, path.Base(path.Dir(plan.Above.Text))))
	}
	if name == "yunhai" {
		res.Below = append(res.Below, check.Against(readAlone(tb, "yunhai-wanghai"), res))
	}
	readMu.Lock()
	defer readMu.Unlock()
	bonds[name] = res
	return res
}

// bonds are the cases with the plans above and below them.
var bonds = map[string]check.Result{}

// readAlone reads one case without what stands above or below it.
func readAlone(tb testing.TB, name string) check.Result {
	tb.Helper()
	readMu.Lock()
	defer readMu.Unlock()
	if res, ok := reads[name]; ok {
		return res
	}
	fsys := os.DirFS(cases)
	file := path.Join(name, "plan.yaml")
	text, err := os.ReadFile(path.Join(cases, file))
	if err != nil {
		tb.Fatal(err)
	}
	plan, problems := planfile.Parse(file, text)
	board, wrong, err := exchange.ReadBoard(fsys, path.Join(name, plan.Board.Text))
	if err != nil {
		tb.Fatal(err)
	}
	problems.Add(wrong...)
	packs, wrong := planfile.Packs(plan)
	problems.Add(wrong...)
	res := check.Run(board, plan, packs...)
	res.Problems = append(problems, res.Problems...)
	res.Problems.Sort()
	reads[name] = res
	return res
}

// served gives boards of the cases that are there.
func served(tb testing.TB, names ...string) []Board {
	var out []Board
	for _, name := range names {
		if _, err := os.Stat(path.Join(cases, name, "plan.yaml")); err != nil {
			tb.Fatal(err)
		}
		out = append(out, Board{Slug: name, At: func(_ context.Context, known string) (check.Result, error) {
			if known != "" && known < "2000-01-01" {
				return check.Result{}, ErrUnknown
			}
			return read(tb, name), nil
		}})
	}
	return out
}

func on(s string) org.Date {
	d, err := org.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}
