package web

import (
	"context"
	"net/http"
	"os"
	"path"
	"strings"
	"testing"

	"oneboard/internal/check"
	"oneboard/internal/exchange"
	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/planfile"
)

// TestPublicFrom: before the day on which all instruments of a plan are public,
// nothing of its board is there for others, in no format, and it is not named; on
// the day it is there, and for insiders it always is.
func TestPublicFrom(t *testing.T) {
	const slug = "yunhai-broken" // its notice on leaders is public from 19 January 2019
	pages := func(today string, insiders bool) http.Handler {
		return New(Config{Boards: served(t, slug, "state-council-2018"), Insiders: insiders, Today: func() org.Date { return on(today) }})
	}
	before, since, inside := pages("2019-01-18", false), pages("2019-01-19", false), pages("2019-01-18", true)
	for _, tag := range lang.Tags {
		for _, path := range []string{"wall", "chart", "problems", "papers", "papers/ld", "bodies/zrj", "levels", "indicators", "search?q=局", "wall?format=json", "papers/ld?format=json", "wall?known=2030-01-01"} {
			at := "/" + string(tag) + "/b/" + slug + "/" + path
			if res, text := get(t, before, at); res.StatusCode != http.StatusNotFound || strings.Contains(text, "云海") || strings.Contains(text, "Yunhai") {
				t.Errorf("%s: %d before its day", at, res.StatusCode)
			}
			for _, h := range []http.Handler{since, inside} {
				if res, _ := get(t, h, at); res.StatusCode == http.StatusNotFound && path != "bodies/zrj" {
					t.Errorf("%s: not there for who may see it", at)
				}
			}
		}
		for _, format := range []string{"", "?format=json"} {
			start := "/" + string(tag) + "/" + format
			if _, text := get(t, before, start); strings.Contains(text, slug) || strings.Contains(text, "云海") || !strings.Contains(text, "state-council-2018") {
				t.Errorf("%s tells of the board before its day, or not of the others", start)
			}
			if _, text := get(t, since, start); !strings.Contains(text, slug) {
				t.Errorf("%s does not tell of the board on its day", start)
			}
		}
	}
}

// TestStaffIsNotNamed: whom a plan's staff names is on no page when the pages may
// not name people: not in the plan's text beside its problems, nor in a problem that
// is about somebody, nor in what other programs read; and all of it is when they may.
func TestStaffIsNotNamed(t *testing.T) {
	text, err := os.ReadFile(path.Join(cases, "first", "plan.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	board, _, err := exchange.ReadBoard(os.DirFS(cases), "first")
	if err != nil {
		t.Fatal(err)
	}
	const team = "\nresources:\n- {id: group, name: 专班}\n"
	const after = "tasks:\n- {id: later, title: 后事, title_en: What comes after, body: nobody-there, days: 1, needs: {team: group}}\n"
	for name, staff := range map[string]string{
		"a list":       "staff:\n- id: zhou-7\n  title: 周七\n  title_en: Zhou Seven\n  can: [group, no-such-group]\n# 周七 is away in May\n- {id: zhou-8, can: [group], leave: 周八}\n",
		"in one line":  "staff: [{id: zhou-7, title: 周七, title_en: Zhou Seven, can: [group]}, {id: zhou-7, title: 周八, can: [group]}]\n",
		"set in":       "\"staff\" :\n    - id: zhou-7\n      title: 周七\n      can: [group]\n    - id: zhou-7\n      title: >-\n        周八\n      can: [group]\n",
		"without room": "staff:\n- {id: zhou-7, title: 周七, can: group}\n- {id: zhou-8, title: 周八,\n   can: [group]}\n",
	} {
		plan, problems := planfile.Parse("plan.yaml", []byte(string(text)+team+staff+after))
		packs, _ := planfile.Packs(plan)
		res := check.Run(board, plan, packs...)
		res.Problems = append(problems, res.Problems...)
		for _, people := range []bool{false, true} {
			h := New(Config{People: people, Today: func() org.Date { return on("2026-11-23") },
				Boards: []Board{{Slug: "first", At: func(context.Context, string) (check.Result, error) { return res, nil }}}})
			for _, tag := range lang.Tags {
				for _, format := range []string{"", "?format=json"} {
					at := "/" + string(tag) + "/b/first/problems" + format
					_, page := get(t, h, at)
					found := ""
					for _, words := range []string{"zhou-7", "zhou-8", "周七", "周八", "Zhou Seven"} {
						if strings.Contains(page, words) {
							found = words
						}
					}
					if !people && found != "" {
						t.Errorf("%s, %s: names %s", name, at, found)
					}
					if people && found == "" && format == "" {
						t.Errorf("%s, %s: names nobody, though it may", name, at)
					}
					if !strings.Contains(page, "nobody-there") {
						t.Errorf("%s, %s: what stands behind the staff is not there", name, at)
					}
				}
			}
		}
	}
}
