package web

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"oneboard/internal/check"
	"oneboard/internal/exchange"
	"oneboard/internal/lang"
)

var norway = sync.OnceValues(func() (*check.Lineage, error) {
	h, _, err := exchange.ReadHistory(os.DirFS("../../examples"), "norway-2020")
	if err != nil {
		return nil, err
	}
	return check.Trace(h), nil
})

// servedHistories are what the tests serve besides boards.
func servedHistories(tb testing.TB) []History {
	tb.Helper()
	l, err := norway()
	if err != nil {
		tb.Fatal(err)
	}
	return []History{{Slug: "norway-2020", Lineage: l}}
}

func TestTracePage(t *testing.T) {
	h := handler(t)
	for _, tag := range lang.Tags {
		base := "/" + string(tag) + "/h/norway-2020/"
		for query, want := range map[string]string{
			"":                                 `name="unit"`,
			"?unit=Snillfjord&from=2019-12-31": lang.Say(tag, "trace.unknown"),
			"?unit=5001&from=2020-01-01&to=2013-01-01": "1662 Klæbu",
			"?unit=heim&from=2020-01-01":               "5055 Heim",      // part of several names
			"?unit=1571&from=2020-01-01":               "1571 Halsa",     // on another day
			"?unit=nowhere":                            "nowhere",        // nobody
			"?unit=Oslo&from=1900-01-01":               "2013-01-01",     // before the history
			"?unit=%3Cb%3E%26%22":                      "&lt;b&gt;&amp;", // never taken for markup
			"?unit=Oslo":                               lang.Say(tag, "trace.none-changed"),
		} {
			r, text := get(t, h, base+query)
			if r.StatusCode != http.StatusOK || !strings.Contains(text, want) {
				t.Errorf("%s%s: %d, without %q", base, query, r.StatusCode, want)
			}
			if strings.Contains(text, "«") || strings.Contains(text, "<no value>") || strings.Contains(text, " style=") {
				t.Errorf("%s%s: words are lacking, or a style is in the page", base, query)
			}
		}
		for query, want := range map[string]int{
			"?unit=Oslo&from=yesterday": http.StatusBadRequest,
			"table.csv?from=x":          http.StatusBadRequest,
			"table.csv?from=1900-01-01": http.StatusBadRequest,
			"flow.svg?unit=nowhere":     http.StatusNotFound,
			"../nothere/":               http.StatusNotFound,
		} {
			if r, _ := get(t, h, base+query); r.StatusCode != want && r.StatusCode/100 != 3 {
				t.Errorf("%s%s: %d, not %d", base, query, r.StatusCode, want)
			}
		}
		if r, _ := get(t, h, "/"+string(tag)+"/h/nothere/"); r.StatusCode != http.StatusNotFound {
			t.Errorf("a history that is not there: %d", r.StatusCode)
		}
	}
	r, text := get(t, h, "/en/h/norway-2020/table.csv?from=2019-12-31&to=2020-01-01")
	if r.Header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.Contains(text, "5012,Snillfjord,5056,Hitra,,part,\n") {
		t.Errorf("%v %.200s", r.Header, text)
	}
	r, text = get(t, h, "/zh/h/norway-2020/flow.svg?unit=5001&from=2020-01-01&to=2013-01-01")
	if r.Header.Get("Content-Type") != "image/svg+xml" || !strings.HasPrefix(text, "<svg") {
		t.Errorf("%v %.200s", r.Header, text)
	}
	_, text = get(t, h, "/en/h/norway-2020/?unit=5012&from=2019-12-31&format=json")
	var m tracePage
	if err := json.Unmarshal([]byte(text), &m); err != nil || m.Course == nil || len(m.Course.Ends) != 3 || m.Course.Ends[0].Share != nil {
		t.Errorf("%v %+v", err, m)
	}
	if _, text = get(t, h, "/en/"); !strings.Contains(text, "/en/h/norway-2020/") {
		t.Error("the first page does not lead to the history")
	}
}
