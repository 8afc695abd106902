package exchange

import (
	"bytes"
	"flag"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/org"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write examples/norway-2020 anew from the source")

// shared gives the files of a source as its office published them. They are not
// part of this repository.
func shared(t testing.TB, name string) fs.FS {
	t.Helper()
	at := filepath.Join("../../../shared/data", name)
	if _, err := os.Stat(at); err != nil {
		t.Skipf("the files of the source are not on this machine: %v", err)
	}
	return os.DirFS(at)
}

// replays holds a history against itself, both ways.
func replays(t *testing.T, h *org.History) {
	t.Helper()
	for _, backward := range []bool{false, true} {
		r := check.Replay(h, backward)
		for _, s := range r.Snapshots {
			t.Logf("backward %v: %s %s expected %d, got %d, compared %v", backward, s.Date, s.File, s.Expected, s.Got, s.Compares)
			if !s.Agrees() {
				t.Errorf("backward %v: %s %s\nmissing %v\nextra %v\ndiffering %v", backward, s.Date, s.File, s.Missing, s.Extra, s.Differing)
			}
		}
		if len(r.Snapshots) != len(h.Snapshots)-1 || r.Events != len(h.Events) {
			t.Errorf("backward %v: %d snapshots and %d events of %d", backward, len(r.Snapshots), r.Events, len(h.Events))
		}
		for i, b := range r.Broken {
			if i < 10 {
				t.Errorf("backward %v: %+v", backward, b)
			}
		}
		t.Logf("backward %v: %d events, %d in inferred order, %d broken, %v", backward, r.Events, r.Inferred, len(r.Broken), r.Ops)
	}
}

func TestNorwayExampleReplays(t *testing.T) {
	h, list, err := ReadHistory(os.DirFS("../../examples"), "norway-2020")
	if err != nil || len(list) > 0 {
		t.Fatal(err, told(list))
	}
	if len(h.Snapshots) != 5 || len(h.Snapshots[4].Units) != 357 {
		t.Fatalf("%d snapshots", len(h.Snapshots))
	}
	replays(t, h)
}

func TestNorwayAsPublished(t *testing.T) {
	h, list, err := readNorway(shared(t, "no-municipalities"))
	if err != nil || list.HasErrors() {
		t.Fatal(err, told(list))
	}
	// the lists lost the š of Karasjok that the list of changes has; no row of
	// changes says that the two communes called Herøy got their county added
	want := []string{
		"OB0160 changes.csv:353:16 Kárášjohka - Karasjok",
		"OB0160 changes.csv:353:43 Kárášjohka - Karasjok",
		"OB0161 municipalities_2020-01-01.csv:31:1 1515,Herøy (Møre og Romsdal)",
		"OB0161 municipalities_2020-01-01.csv:59:1 1818,Herøy (Nordland)",
	}
	if got := told(list); !slices.Equal(got, want) {
		t.Errorf("told\n%s", strings.Join(got, "\n"))
	}
	replays(t, h)
	const dir = "../../examples/norway-2020"
	if *update {
		if err := WriteHistory(dir, h); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range HistoryTables(h) {
		shipped, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !bytes.Equal(shipped, text) {
			t.Errorf("%s/%s is not what the source gives; -update writes it anew (%v)", dir, name, err)
		}
	}
}

func TestSwitzerlandAsPublished(t *testing.T) {
	fsys := shared(t, "ch-communes")
	for _, c := range []struct {
		known     string
		snapshots int
	}{{"2026-01-01", 8}, {"2021-07-01", 3}, {"2018-04-01", 1}} {
		t.Run(c.known, func(t *testing.T) {
			h, list, err := readSwitzerland(fsys, c.known)
			if err != nil || list.HasErrors() {
				t.Fatal(err, told(list))
			}
			if len(h.Snapshots) != c.snapshots+1 {
				t.Errorf("%d snapshots", len(h.Snapshots))
			}
			replays(t, h)
			for _, d := range list {
				if d.Code != TwoDates {
					t.Errorf("%v", told(diag.List{d}))
				}
			}
		})
	}
}

func TestDetect(t *testing.T) {
	for name, file := range map[string]string{"history": "snapshot-2019-12-31.csv", "switzerland": "register/communes_known_2026-01-01.csv"} {
		if r, ok := Detect(files(map[string][]byte{file: nil})); !ok || r.Name != name {
			t.Errorf("%s: %v", file, r.Name)
		}
	}
	if r, ok := Detect(files(map[string][]byte{"changes.csv": nil, "municipalities_2013-01-01.csv": nil})); !ok || r.Name != "norway" {
		t.Error(r.Name)
	}
	if r, ok := Detect(files(map[string][]byte{"bodies.csv": nil})); ok {
		t.Error(r.Name)
	}
}

func TestReadHistoryFaults(t *testing.T) {
	const snapshot, head = "code,name\n1,A\n", "event,date,side,code,seq\n"
	for _, c := range []struct{ name, snapshot, events, want string }{
		{"no fault", snapshot, head + "e,2020-01-01,before,1,3\nf,2020-01-01,after,2,\ne,,after,9,\n", ""},
		{"sides", snapshot, head + "e,2020-01-01,now,1,\n", "OB0151 events.csv:2:14 now"},
		{"nameless", snapshot, head + "e,2020-01-01,before,,\n", "OB0152 events.csv:2:1 e,2020-01-01,before,,"},
		{"disagree", snapshot, head + "e,2020-01-01,before,1,1\ne,2020-01-02,after,1,2\n", "OB0153 events.csv:3:3 2020-01-02\nOB0153 events.csv:3:22 2"},
		{"id and date", snapshot, head + ",2020-01-01,before,1,\ne,,before,1,\n", "OB0154 events.csv:2:1 \nOB0154 events.csv:3:1 e,,before,1,"},
		{"dates", snapshot, head + "e,2020-02-30,before,1,x\n", "OB0126 events.csv:2:3 2020-02-30\nOB0128 events.csv:2:23 x"},
		{"columns", snapshot, "event,side,code\n", "OB0121 events.csv:1:1 event,side,code"},
		{"names alone", "name\nA\n", "event,date,side,name\ne,2020-01-01,before,A\n", ""},
		{"codes alone", "code,kind\n1,x\n", head + "e,2020-01-01,before,1,\n", ""},
		{"neither", "kind\nx\n", "event,date,side\n", "OB0121 events.csv:1:1 event,date,side\nOB0121 snapshot-2019-12-31.csv:1:1 kind"},
		{"twice", "code,name\n1,A\n1,B\n", head, "OB0157 snapshot-2019-12-31.csv:3:1 1"},
		{"no events", snapshot, "", "OB0156 .:1:1 "},
		{"no snapshot", "", head, "OB0155 .:1:1 "},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := map[string][]byte{}
			if c.snapshot != "" {
				folder["snapshot-2019-12-31.csv"] = []byte(c.snapshot)
			}
			if c.events != "" {
				folder["events.csv"] = []byte(c.events)
			}
			_, list, err := ReadHistory(files(folder), ".")
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(told(list), "\n"); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
	_, list, _ := ReadHistory(files(map[string][]byte{"snapshot-2019-02-29.csv": nil, "events.csv": []byte(head)}), ".")
	if got := strings.Join(told(list), "\n"); got != "OB0150 snapshot-2019-02-29.csv:1:1 " {
		t.Error(got)
	}
}

func TestHistoryRoundTrip(t *testing.T) {
	word := rapid.SampledFrom([]string{"", "a", "=x", "'=x", "a,b", "x\"y", "市\n委", "-"})
	rapid.Check(t, func(t *rapid.T) {
		units := func(prefix string) (out []org.Unit) {
			for i := range rapid.IntRange(0, 3).Draw(t, "units") {
				out = append(out, org.Unit{Code: prefix + string(rune('a'+i)), Name: word.Draw(t, "name"), Kind: word.Draw(t, "kind"), Parent: word.Draw(t, "parent")})
			}
			return out
		}
		h := &org.History{}
		for i := range rapid.IntRange(1, 3).Draw(t, "snapshots") {
			h.Snapshots = append(h.Snapshots, org.Snapshot{Date: org.Date(i / 2), Units: units("s"), Compares: unitFields[:]})
		}
		for i := range rapid.IntRange(0, 3).Draw(t, "events") {
			e := org.Event{ID: "e" + string(rune('a'+i)), Date: org.Date(i), Op: word.Draw(t, "op"), Before: units("=b"), After: units("a")}
			if e.Ordered = rapid.Bool().Draw(t, "ordered"); e.Ordered {
				e.Seq = rapid.IntRange(-1, 3).Draw(t, "seq")
			}
			if len(e.Before)+len(e.After) > 0 {
				for b := range e.Before {
					for a := range e.After {
						if rapid.Bool().Draw(t, "link") {
							e.Links = append(e.Links, org.Link{Before: b, After: a})
						}
					}
				}
				h.Events = append(h.Events, e)
			}
		}
		for i := range h.Snapshots {
			for j := range h.Snapshots[i].Units {
				h.Snapshots[i].Units[j].People = rapid.IntRange(0, 2).Draw(t, "people")
				h.Snapshots[i].Units[j].Hectares = rapid.IntRange(0, 2).Draw(t, "hectares")
			}
		}
		tables := HistoryTables(h)
		back, list, err := ReadHistory(files(tables), ".")
		if err != nil || len(list) > 0 {
			t.Fatalf("%v %v\n%s", err, told(list), tables)
		}
		place := func(units []org.Unit) {
			for i := range units {
				units[i].At = diag.Span{}
			}
		}
		for i := range back.Snapshots {
			back.Snapshots[i].Source = nil
			place(back.Snapshots[i].Units)
			if len(back.Snapshots[i].Units) == 0 {
				back.Snapshots[i].Units = nil
			}
		}
		for i := range back.Events {
			back.Events[i].At = diag.Span{}
			place(back.Events[i].Before)
			place(back.Events[i].After)
		}
		if !reflect.DeepEqual(back, h) {
			t.Fatalf("got %+v\nwant %+v", back, h)
		}
	})
}

func TestWriteHistoryRemovesOldSnapshots(t *testing.T) {
	dir := t.TempDir()
	h := &org.History{Snapshots: []org.Snapshot{{Date: 0}, {Date: 1}}}
	for range 2 {
		if err := WriteHistory(dir, h); err != nil {
			t.Fatal(err)
		}
		if names, _ := filepath.Glob(filepath.Join(dir, "*")); len(names) != len(h.Snapshots)+1 {
			t.Errorf("%v", names)
		}
		h.Snapshots = h.Snapshots[1:]
	}
}

// Whatever the bytes, reading ends, says where, and what it accepts it can
// write and read again.

func seedTables(f *testing.F, header string) {
	for _, rows := range []string{"", "a,b,c\n", "a,\"b\n", "\"a\"x,b,\n", "=1+1,@x,-y\n", "a,\x00,b\n", "\xc7\xf8,b,c\n", "a,b\n,,\n\r\n\r",
		"a,2019-02-30,2019-1-1\n", "a," + strings.Repeat("x", 5000) + ",\n", "'=a,''-b,'\n"} {
		f.Add([]byte(header + rows))
	}
	f.Add([]byte("\ufeff" + header))
	f.Add([]byte(header[:len(header)/2]))
	f.Add([]byte("id,id,name,name\na,b,c,d\n"))
}

func FuzzSheet(f *testing.F) {
	seedTables(f, "id,name,x\n")
	f.Fuzz(func(t *testing.T, text []byte) {
		s := newSheet("t.csv", string(text))
		for s.next() {
			if len(s.cells) != len(s.header) {
				t.Fatalf("%d cells under %d columns", len(s.cells), len(s.header))
			}
			for i, cell := range s.cells {
				shown := strings.ReplaceAll(s.at.Cell(i).Text(), `""`, `"`)
				if strings.TrimSuffix(shown, "\r") != strings.TrimSuffix(strings.ReplaceAll(cell, `""`, `"`), "\r") {
					t.Fatalf("cell %d is %q, its place shows %q", i, cell, shown)
				}
			}
		}
		for _, d := range s.faults.done() {
			d.Span.Position()
			d.In("en")
		}
	})
}

func FuzzReadBoard(f *testing.F) {
	seedTables(f, "id,body,title,from,to,kind,role,x\n")
	seedTables(f, "duty,body,key,mode,from,to\n")
	seedTables(f, "body,kind,posts,leaders,deputies\n")
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, table := range boardTables {
			b, list, err := ReadBoard(files(map[string][]byte{table.file(): text}), ".")
			if err != nil {
				t.Fatal(err)
			}
			if len(list) > 0 {
				list.Views("zh")
				continue
			}
			tables := Tables(b)
			again, list, err := ReadBoard(files(tables), ".")
			if err != nil || len(list) > 0 {
				t.Fatalf("%v %v\n%q", err, told(list), tables)
			}
			if !maps.EqualFunc(tables, Tables(again), bytes.Equal) {
				t.Fatalf("%q is not %q", tables, Tables(again))
			}
		}
	})
}

func FuzzReadHistory(f *testing.F) {
	seedTables(f, "event,date,side,code,seq,op,name\n")
	f.Add([]byte("event,date,side,code,seq\ne,2020-01-01,before,1,\ne,2020-01-01,after,2,1\nf,2020-01-01,before,2,\nf,,after,1,\n"))
	f.Add([]byte("code,name,kind,parent\n1,A,town,p\n,B,,\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		h, list, err := ReadHistory(files(map[string][]byte{"snapshot-2019-12-31.csv": []byte("code,name\n1,A\n2,B\n"),
			"snapshot-2020-01-01.csv": text, "events.csv": text}), ".")
		if err != nil {
			t.Fatal(err)
		}
		list.Views("en")
		clean := len(list) == 0
		for _, backward := range []bool{false, true} {
			r := check.Replay(h, backward)
			r.Agrees()
		}
		h2, list, err := ReadHistory(files(HistoryTables(h)), ".")
		if err != nil || clean && (len(h2.Events) != len(h.Events) || len(list) > 0) {
			t.Fatalf("%v: %d events, then %d", err, len(h.Events), len(h2.Events))
		}
	})
}

// The files of an event are bytes that somebody sent: no reader panics over them,
// and what it makes of them can be replayed, printed and written.
func FuzzNorway(f *testing.F) {
	head := strings.Join(norwayChanges, ",") + "\n"
	seedTables(f, head)
	f.Add([]byte(head + "2019,2020,1,A,3,C\n2019,2020,2,B,3,C\n2019,2020,2,B,4,D\n2020,2019,1,A,1,A\n2019,2020,,,5,E\n"))
	f.Add([]byte("code,name\n1,A\n3,C\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		h, list, err := readNorway(files(map[string][]byte{"municipalities_2019-01-01.csv": []byte("code,name\n1,A\n2,B\n"),
			"municipalities_2020-01-01.csv": text, "municipalities_2021-01-01.csv": []byte("code,name\n3,C\n4,D\n"), "changes.csv": text}))
		if err != nil {
			t.Fatal(err)
		}
		holds(t, h, list)
	})
}

func FuzzSwitzerland(f *testing.F) {
	head := strings.Join(swissColumns, ",") + "\n"
	seedTables(f, head)
	f.Add([]byte(head + "1,9,ZH,1,A,11,100,20,1960-01-01,200,29,2018-12-31\n2,9,ZH,2,B,11,200,21,2019-01-01,,,\n3,9,ZH,7700,C,11,100,20,1850-01-01,200,29,2018-12-30\n4,9,ZH,4,D,11,200,26,2019-01-01,100,29,1850-01-01\n"))
	f.Add([]byte("bfs_nr,name,canton,district_nr,area_ha\n1,A,ZH,101,12\n2,B,ZH,,-1\n"))
	f.Add([]byte("hist_id,district_nr\n9,101\n9,102\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		h, list, err := readSwitzerland(files(map[string][]byte{"register/communes_known_2026-01-01.csv": text, "register/districts_known_2026-01-01.csv": text,
			"snapshots/2019-01-01.csv": text, "snapshots/2026-01-01.csv": []byte("bfs_nr,name,canton,district_nr\n2,B,ZH,101\n")}), "")
		if err != nil {
			t.Fatal(err)
		}
		holds(t, h, list)
	})
}
