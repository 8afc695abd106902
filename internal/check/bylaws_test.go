package check_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// TestBylawsThatLapse: of the case with its marks, what lapses in each new area and
// on what day.
func TestBylawsThatLapse(t *testing.T) {
	ar, err := txtar.ParseFile("testdata/plans/bylaws-lapse.txtar")
	if err != nil {
		t.Fatal(err)
	}
	res, _ := runArchive(t, ar)
	var got []string
	for _, d := range res.Problems {
		if d.Code != check.BylawsLapse {
			continue
		}
		var ids []string
		for _, n := range d.Fact("bylaws").([]diag.Name) {
			ids = append(ids, n.ID)
		}
		slices.Sort(ids)
		got = append(got, fmt.Sprintf("%s %v: %s", d.Fact("area").(diag.Name).ID, d.Fact("lapses").(org.Date), strings.Join(ids, " ")))
	}
	want := []string{"n3 2022-02-20: market-2", "s1 2022-06-01: water", "e1 2022-06-01: east-2", "x 2023-06-01: noise parking trees west"}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
