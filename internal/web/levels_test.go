package web

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"oneboard/internal/check"
	"oneboard/internal/org"
	"oneboard/internal/publish"
)

// TestLevels: the page is there for who has a plan above or below, and tells of
// the clauses what the check does.
func TestLevels(t *testing.T) {
	h := handler(t)
	if res, _ := get(t, h, "/en/b/state-council-2018/levels"); res.StatusCode != http.StatusNotFound {
		t.Errorf("a plan without levels has the page: %s", res.Status)
	}
	if _, text := get(t, h, "/en/b/state-council-2018/wall"); strings.Contains(text, "/levels") {
		t.Error("a plan without levels links to the page")
	}
	if _, text := get(t, h, "/zh/b/yunhai/wall"); !strings.Contains(text, `href="/zh/b/yunhai/levels"`) {
		t.Error("the page is not linked")
	}
	res, text := get(t, h, "/en/b/yunhai/levels?format=json")
	var m publish.LevelsPage
	if err := json.Unmarshal([]byte(text), &m); err != nil || res.StatusCode != http.StatusOK || m.Above == nil || len(m.Below) != 1 {
		t.Fatalf("%s %v\n%s", res.Status, err, text)
	}
	bond := read(t, "yunhai").Above
	shown := 0
	for _, a := range bond.Clauses {
		if a.State == check.NotAsked {
			continue
		}
		v := m.Above.Clauses[shown]
		shown++
		if v.Clause != a.Clause.Number || v.State.ID != string(a.State) || len(v.Changes) != len(a.Changes)+len(a.Varied) {
			t.Errorf("the page says %s %s with %d changes, the check %s with %d", v.Clause, v.State.ID, len(v.Changes), a.State, len(a.Changes))
		}
	}
	if shown != len(m.Above.Clauses) || m.Above.Others != len(bond.Clauses)-shown {
		t.Errorf("%d clauses and %d others, of %d", len(m.Above.Clauses), m.Above.Others, len(bond.Clauses))
	}
	_, page := get(t, h, "/zh/b/yunhai/levels")
	for _, want := range []string{`<svg class="relay"`, "因地制宜", "市应急管理局", "云海市望海区机构改革方案"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

// TestLevelsFurtherUp: the page of a district shows how it stands to the city's
// plan and to the province's, each with what that asks of it.
func TestLevelsFurtherUp(t *testing.T) {
	res := readAlone(t, "yunhai-wanghai")
	res.Above = check.Against(res, read(t, "yunhai"), readAlone(t, "yunhai-province"))
	h := New(Config{Boards: []Board{{Slug: "wh", At: func(context.Context, string) (check.Result, error) { return res, nil }}}, Today: func() org.Date { return on("2019-02-20") }})
	got, text := get(t, h, "/zh/b/wh/levels?format=json")
	var m publish.LevelsPage
	if err := json.Unmarshal([]byte(text), &m); err != nil || got.StatusCode != http.StatusOK || m.Above == nil || len(m.Higher) != 1 {
		t.Fatalf("%s %v\n%s", got.Status, err, text)
	}
	if m.Above.Upper.ID != "yunhai-2019" || m.Higher[0].Upper.ID != "dongming-2018" || m.Higher[0].Lower.ID != "wanghai-2019" {
		t.Errorf("%v, %v under %v", m.Above.Upper, m.Higher[0].Lower, m.Higher[0].Upper)
	}
	if own := m.Above.Stages[len(m.Above.Stages)-1]; own.Idle < 0 || own.After < 0 || m.Above.Stages[own.After].Level.ID != "city" {
		t.Errorf("the district's stage follows %d, %d days idle: not the city's own", own.After, own.Idle)
	}
	if last := m.Higher[0].Stages[len(m.Higher[0].Stages)-1]; last.Level.ID != "county" || last.Deadline.String() != "2019-02-28" {
		t.Errorf("the province's deadline for the district is shown as %v", last)
	}
	if _, text := get(t, h, "/zh/b/wh/levels"); !strings.Contains(text, "东溟省机构改革方案") || !strings.Contains(text, "云海市机构改革方案") {
		t.Error("the page does not show both plans above")
	}
}
