package web

import (
	"net/http"
	"strings"
	"testing"

	"oneboard/internal/lang"
	"oneboard/internal/org"
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
