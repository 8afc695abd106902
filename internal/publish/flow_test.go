package publish

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"testing"

	"oneboard/internal/check"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// courseOf follows a unit of a small history: 2 splits into three, one of them
// is merged with 3, one ends.
func courseOf(t *testing.T, people bool, word string, from, to org.Date) check.Course {
	t.Helper()
	unit := func(code string, n int) org.Unit {
		u := org.Unit{Code: code, Name: `Unit <` + code + `> & "so on"`}
		if people {
			u.People = n
		}
		return u
	}
	h := &org.History{
		Snapshots: []org.Snapshot{{Date: 10, Units: []org.Unit{unit("2", 0), unit("3", 0)}}, {Date: 20, Units: []org.Unit{unit("4", 100), unit("5", 300), unit("6", 50)}}},
		Events: []org.Event{
			{ID: "a", Date: 20, Before: []org.Unit{unit("2", 0)}, After: []org.Unit{unit("4", 0), unit("5", 0), unit("6", 0)}},
			{ID: "b", Date: 30, Before: []org.Unit{unit("4", 0), unit("3", 0)}, After: []org.Unit{unit("7", 0)}},
			{ID: "c", Date: 40, Before: []org.Unit{unit("5", 0)}},
		}}
	c, ok := check.Trace(h).Follow(word, from, to)
	if !ok {
		t.Fatal("nobody to follow")
	}
	return c
}

func TestFlow(t *testing.T) {
	for _, tag := range lang.Tags {
		for _, c := range []check.Course{
			courseOf(t, true, "2", 10, 50), courseOf(t, false, "2", 10, 50), courseOf(t, true, "7", 50, 10), courseOf(t, true, "3", 10, 10),
		} {
			picture := string(FlowFile(tag, &c))
			bars, bands, title := 0, 0, ""
			for d := xml.NewDecoder(strings.NewReader(picture)); ; {
				token, err := d.Token()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatalf("%v in\n%s", err, picture)
				}
				if e, ok := token.(xml.StartElement); ok {
					for _, a := range e.Attr {
						if a.Name.Local == "class" && strings.HasPrefix(a.Value, "bar") {
							bars++
						}
						if a.Name.Local == "class" && a.Value == "band" {
							bands++
						}
						if a.Name.Local == "aria-label" {
							title = a.Value
						}
					}
				}
			}
			if bars < len(c.Units) || bands != len(c.Bands) || !strings.Contains(title, c.Start.Name) {
				t.Errorf("%d bars, %d bands for %d units and %d bands: %s", bars, bands, len(c.Units), len(c.Bands), title)
			}
			if strings.Contains(picture, "«") || strings.Contains(picture, "NaN") || strings.Contains(picture, "Inf") {
				t.Error(picture)
			}
			if equal := strings.Contains(picture, lang.Say(tag, "picture.flow.equal")); equal != c.Unknown() {
				t.Errorf("unknown %v, said %v", c.Unknown(), equal)
			}
		}
	}
}

func TestConversionCSV(t *testing.T) {
	half := 1.0 / 3
	got := string(ConversionCSV([]check.Traced{
		{FromCode: "1", FromName: "=A,B", ToCode: "2", ToName: "C", Share: &half, Kind: "split", On: org.NoDate},
		{FromCode: "1", FromName: "=A,B", Kind: "ended", On: 0},
	}))
	want := fmt.Sprintf("from_code,from_name,to_code,to_name,share,kind,on\n1,\"'=A,B\",2,C,0.333333,split,\n1,\"'=A,B\",,,,ended,%s\n", org.Date(0))
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestShare(t *testing.T) {
	for share, want := range map[float64]string{1: "100%", 0.5: "50%", 0.12345: "12.3%", 0.0001: "<0.1%", 0.99999: ">99.9%", 0: "0%"} {
		if got := Share(lang.EN, &share); got != want {
			t.Errorf("%v is %s, not %s", share, got, want)
		}
	}
}
