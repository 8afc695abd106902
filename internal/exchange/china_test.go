package exchange

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"oneboard/internal/org"
)

func TestChinaAsPublished(t *testing.T) {
	h, list, err := readChina(shared(t, "cn-areacodes"))
	if err != nil || list.HasErrors() {
		t.Fatal(err, told(list))
	}
	if len(list) != 15 { // the years after 2009
		t.Errorf("told %v", told(list))
	}
	for _, d := range list {
		if d.Code != NoDocuments {
			t.Errorf("told %v", told(list))
		}
	}
	replays(t, h)
	papers := 0
	for _, e := range h.Events {
		if len(e.Papers) > 0 {
			papers++
		} else if year := e.Date.Time().Year(); year < 2010 {
			t.Errorf("%s has no paper", e.ID)
		}
		switch e.ID {
		case "1982-372621-":
			p := e.Papers[0]
			if got := fmt.Sprintf("%s|%s|%s|%s|%s", p.Title, p.Number, p.Made, p.Source, p.Text[:6]); got !=
				"国务院关于同意山东省恢复泰安市撤销泰安县给山东省人民政府的批复|（82）国函字8号|1982-01-23|《国务院公报》1982年第10号第58-59页|一九" {
				t.Error(got)
			}
		case "1996-133000-": // a prefecture becomes another by the counties that go from one to the other
			if e.Before[0].Name != "衡水地区" || !slices.ContainsFunc(e.After, func(u org.Unit) bool { return u.Code == "131100" }) {
				t.Errorf("%+v", e)
			}
		}
	}
	t.Logf("%d events, %d with papers", len(h.Events), papers)
}

// Which division went into which stands in the tables of differences and once
// more in the table of codes.
func TestChinaRelationsAgree(t *testing.T) {
	fsys := shared(t, "cn-areacodes")
	s, err := openSheet(fsys, "result.csv")
	if err != nil {
		t.Fatal(err)
	}
	successors := chinaSuccessors(s)
	total := 0
	var was *chinaList
	for year := 1981; year <= 2009; year++ {
		text, err := openLines(fsys, fmt.Sprintf("snapshots/%d.txt", year))
		if err != nil {
			t.Fatal(err)
		}
		is := chinaSnapshot(text, year)
		if was != nil {
			text, err := openLines(fsys, fmt.Sprintf("changes/%d-%d.diff", year-1, year))
			if err != nil {
				t.Fatal(err)
			}
			y := chinaYear{was: was, is: is, faults: &faults{}}
			y.readChanges(text)
			here, there := map[chinaEdge]bool{}, map[chinaEdge]bool{}
			for _, r := range y.rows {
				for _, e := range r.edges {
					here[e] = true
				}
			}
			for _, e := range successors[year] {
				there[e] = true
			}
			var differ []string
			for e := range here {
				if !there[e] && (e.old != e.new || was.unit(e.old).Name != is.unit(e.new).Name) {
					differ = append(differ, "diff only "+e.old+" "+e.new)
				}
			}
			for e := range there {
				if !here[e] {
					differ = append(differ, "codes only "+e.old+" "+e.new)
				}
			}
			total += len(there)
			if slices.Sort(differ); len(differ) > 0 {
				t.Errorf("%d: %s", year, strings.Join(differ, ", "))
			}
		}
		was = is
	}
	t.Logf("%d relations", total)
}

func TestChineseDate(t *testing.T) {
	for text, want := range map[string]string{"一九八二年一月二十三日": "1982-01-23", "二〇〇八年七月十六日": "2008-07-16", "2008年8月14日": "2008-08-14",
		"一九九六年十月十日": "1996-10-10", "一九八三年十二月三十一日": "1983-12-31", "1984年2月30日": "", "一九八二年一月": "", "十十年一月一日": "", "": ""} {
		if got := chineseDate(text); got != org.NoDate && got.String() != want || got == org.NoDate && want != "" {
			t.Errorf("%s: %s", text, got)
		}
	}
}

func FuzzChina(f *testing.F) {
	for _, text := range []string{"-110101 甲区>_\n+110102 甲区<_\n", "# 文号：1\n## 国务院批复\n# 文号：国函〔2008〕1号\n# 日期：2008年8月14日\n#\n# 文\n=110101 甲区>乙区,丙区?\n",
		"+110100 丁市\n+110103 戊区<..,甲区!\n", "-110101 甲区>丁市甲区\n\n\n+110101 己区<.\n", "110101 甲区\n110102 乙区\n", "110101", "=\n", "\ufeff110101 甲区\r\n"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		h, list, err := readChina(files(map[string][]byte{"snapshots/2007.txt": []byte("110000 京\n110101 甲区\n110102 乙区\n"),
			"snapshots/2008.txt": text, "changes/2007-2008.diff": text, "result.csv": text, "snapshots/2009.txt": []byte("110000 京\n110100 丁市\n110101 甲区\n")}))
		if err != nil {
			t.Fatal(err)
		}
		holds(t, h, list)
	})
}
