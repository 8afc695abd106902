package check_test

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"oneboard/internal/check"
	"oneboard/internal/exchange"
	"oneboard/internal/org"
	"oneboard/internal/planfile"
)

// TestStaffOf: the staff of one body is what the board of the day says of it,
// for every body on every day on which the city's plan changes something.
func TestStaffOf(t *testing.T) {
	dir := "../../examples/yunhai"
	text, err := os.ReadFile(filepath.Join(dir, "plan.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	p, _ := planfile.Parse("plan.yaml", text)
	b, _, err := exchange.ReadBoard(os.DirFS(dir), p.Board.Text)
	if err != nil {
		t.Fatal(err)
	}
	packs, _ := planfile.Packs(p)
	tl := check.Run(b, p, packs...).Timeline
	seen := 0
	for _, day := range tl.Days() {
		quotas, posts, people := map[string][]org.Quota{}, map[string][]org.Post{}, map[string][]org.Appointment{}
		at := map[string]string{}
		whole := tl.On(day)
		for _, q := range whole.Quotas {
			quotas[q.Body] = append(quotas[q.Body], q)
		}
		for _, p := range whole.Posts {
			posts[p.Body] = append(posts[p.Body], p)
			at[p.ID] = p.Body
		}
		for _, a := range whole.Appointments {
			people[at[a.Post]] = append(people[at[a.Post]], a)
		}
		for _, id := range tl.Bodies() {
			got := tl.StaffOf(id, day)
			seen += len(got.Posts)
			if !reflect.DeepEqual(got.Quotas, quotas[id]) || !reflect.DeepEqual(got.Posts, posts[id]) || !reflect.DeepEqual(got.Appointments, people[id]) {
				t.Fatalf("%s on %s:\n%v %v %v\nthe board of the day has\n%v %v %v", id, day,
					got.Quotas, got.Posts, got.Appointments, quotas[id], posts[id], people[id])
			}
		}
	}
	if seen == 0 {
		t.Error("no body has a post: the test looked at nothing")
	}
}
