package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"oneboard/internal/org"
)

// checkedExample reads an example, perhaps with something in its plan changed, and
// checks it.
func checkedExample(t *testing.T, name string, change ...string) (codes []string, items func(body string, day org.Date) []string) {
	t.Helper()
	dir := "../../examples/" + name
	text, err := os.ReadFile(dir + "/" + planName)
	if err != nil {
		t.Fatal(err)
	}
	if with := strings.NewReplacer(change...).Replace(string(text)); len(change) > 0 && with == string(text) {
		t.Fatalf("%s has no %q", name, change[0])
	} else {
		text = []byte(with)
	}
	m, err := readMatter(folder("."), dir+"/"+planName, dir, text)
	if err != nil {
		t.Fatal(err)
	}
	r := m.check()
	for _, d := range r.Problems {
		codes = append(codes, string(d.Code)+" "+d.Span.Text())
	}
	return codes, func(body string, day org.Date) (out []string) {
		for _, stay := range r.Timeline.ItemsOf(body, "", day) {
			out = append(out, stay.ID)
		}
		return out
	}
}

// In the British example things in progress go with their duty, without a change
// that moves them, on the day on which the order is in force.
func TestThingsInProgressContinue(t *testing.T) {
	codes, items := checkedExample(t, "fcdo-2020")
	if len(codes) > 0 {
		t.Error(codes)
	}
	law := org.Day(2020, 9, 30)
	for _, c := range []struct {
		body string
		day  org.Date
		want string
	}{
		{"dfid", law - 1, "dfid-seal contract-1 grant-case-1 dfid-property"},
		{"dfid", law, "dfid-seal"},
		{"fco", law, "fco-seal fco-overseas"},
		{"fcdo", law - 1, ""},
		{"fcdo", law, "lawsuit-1 contract-1 grant-case-1 fco-property dfid-property fcdo-seal"},
	} {
		if got := strings.Join(items(c.body, c.day), " "); got != c.want {
			t.Errorf("%s on %s has %q, want %q", c.body, c.day, got, c.want)
		}
	}
}

// What the packs of these countries ask is asked: one fact changed in the example
// is found, and nothing else.
func TestPracticeRefuses(t *testing.T) {
	for _, c := range []struct {
		example string
		change  []string
		want    string
	}{
		{"australia-2019", nil, ""},
		// a delegation a week late
		{"australia-2019", []string{"    duty: indigenous-affairs\n    by: agency 1\n", "    duty: indigenous-affairs\n    by: agency 1\n    on: 2019-07-08\n"}, "OB0640 indigenous-affairs"},
		// a delegation, but for another duty
		{"australia-2019", []string{"duty: indigenous-affairs", "duty: housing"}, "OB0640 indigenous-affairs"},
		// an abolished department whose appropriation moves a week later
		{"australia-2019", []string{"  - move-items: [pmc-indigenous-money, pmc-indigenous-records]\n    from: pmc\n    to: niaa\n    by: agency 1\n",
			"  - transfer: all\n    from: pmc\n    to: treasury\n    by: agency 1\n  - move-items: pmc-indigenous-money\n    from: pmc\n    to: niaa\n    by: agency 1\n    on: 2019-07-08\n" +
				"  - move-items: all\n    from: pmc\n    to: niaa\n    by: agency 1\n  - abolish: pmc\n    by: agency 1\n"}, "OB0641 pmc"},
		{"fcdo-2020", nil, ""},
		// the seal comes a day after the name
		{"fcdo-2020", []string{"    by: order 3\n", "    by: order 3\n    on: 2020-10-01\n"}, "OB0640 foreign-policy"},
		// an order that would reach back to the announcement
		{"fcdo-2020", []string{"made: 2020-09-02", "made: 2020-10-02"}, "OB0642 2020-09-30"},
	} {
		codes, _ := checkedExample(t, c.example, c.change...)
		codes = slices.DeleteFunc(codes, func(s string) bool { return !strings.HasPrefix(s, "OB06") && c.want != "" })
		if got := strings.Join(codes, "; "); got != c.want {
			t.Errorf("%s with %q: %s, want %s", c.example, c.change, got, c.want)
		}
	}
}
