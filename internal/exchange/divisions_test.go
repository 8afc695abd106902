package exchange

import (
	"slices"
	"strings"
	"testing"
	"time"

	"oneboard/internal/check"
)

func TestDivisionsAsPublished(t *testing.T) {
	fsys := shared(t, "cn-divisions-5level")
	if testing.Short() {
		t.Skip("1.3 million units")
	}
	began := time.Now()
	h, list, err := readDivisions(fsys)
	if err != nil || list.HasErrors() {
		t.Fatal(err, told(list))
	}
	if len(list) != 1 || list[0].Code != NoDocuments {
		t.Errorf("told %v", told(list))
	}
	read := time.Since(began)
	for _, backward := range []bool{false, true} {
		began = time.Now()
		r := check.Replay(h, backward)
		if got := differences(r); len(got) > 0 || len(r.Snapshots) != 1 || len(r.Broken) > 0 {
			t.Errorf("backward %v: %d broken, %.2000s", backward, len(r.Broken), strings.Join(got, "\n"))
		}
		t.Logf("read in %v, backward %v in %v: %d units, %d events, %v", read, backward, time.Since(began), r.Units, r.Events, r.Ops)
	}
}

// A village that is numbered anew is the same village; a name that two have is
// no sign of anything.
func TestDivisionsFromListsAlone(t *testing.T) {
	head := "code,name,parent_code,level\n11,京,,1\n1101,市,11,2\n110101,甲区,1101,3\n110102,乙区,1101,3\n"
	h, list, err := readDivisions(files(map[string][]byte{
		"divisions_2021-10-31.csv": []byte(head + "110101001,东街,110101,4\n110101002,西街,110101,4\n110101003,南街,110101,4\n110102001,北街,110102,4\n" +
			"110101001001,一村,110101001,5\n110101001002,二村,110101001,5\n110101001003,三村,110101001,5\n"),
		"divisions_2023-06-30.csv": []byte(head + "110101001,东街,110101,4\n110101004,西街,110101,4\n110102003,南街,110102,4\n110102001,新北街,110102,4\n" +
			"110101001001,二村,110101001,5\n110101001002,三村,110101001,5\n110101004001,四村,110101004,5\n"),
	}))
	if err != nil || len(list) != 1 {
		t.Fatal(err, told(list))
	}
	var got []string
	for _, e := range h.Events {
		line := e.Op
		for _, u := range append(e.Before, e.After...) {
			line += " " + u.Code + u.Name
		}
		got = append(got, line)
	}
	want := []string{
		"recode 110101002西街 110101004西街",
		"recode 110101003南街 110102003南街",
		"rename 110102001北街 110102001新北街",
		"abolish 110101001001一村",
		"recode 110101001002二村 110101001001二村",
		"recode 110101001003三村 110101001002三村",
		"establish 110101004001四村",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %s", strings.Join(got, "\n"))
	}
	replays(t, h)
}

func FuzzDivisions(f *testing.F) {
	seedTables(f, "code,name,parent_code,level\n")
	f.Add([]byte("code,name,parent_code,level\n11,京,,1\n1101,市,11,2\n1102,县,11,2\n110101,甲区,1102,3\n110102,甲区,1101,3\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		h, list, err := readDivisions(files(map[string][]byte{"divisions_2021-10-31.csv": []byte("code,name,parent_code,level\n11,京,,1\n1101,市,11,2\n110101,甲区,1101,3\n"),
			"divisions_2022-10-31.csv": text, "divisions_2023-10-31.csv": []byte("code,name,parent_code,level\n12,京,,1\n1201,市,12,2\n120101,甲区,1201,3\n")}))
		if err != nil {
			t.Fatal(err)
		}
		holds(t, h, list)
		if len(list) > 0 {
			return
		}
		if got := differences(check.Replay(h, false)); len(got) > 0 {
			t.Fatalf("%v", got)
		}
	})
}
