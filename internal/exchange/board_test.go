package exchange

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"oneboard/internal/diag"
	"oneboard/internal/org"
	"pgregory.net/rapid"
)

func files(tables map[string][]byte) fstest.MapFS {
	out := fstest.MapFS{".": {Mode: os.ModeDir}}
	for name, text := range tables {
		out[name] = &fstest.MapFile{Data: text}
	}
	return out
}

// told gives what a run found as "CODE file:line:column words".
func told(list diag.List) []string {
	var out []string
	for _, d := range list {
		line, column := d.Span.Position()
		out = append(out, fmt.Sprintf("%s %s:%d:%d %s", d.Code, d.Span.File(), line, column, d.Span.Text()))
	}
	return out
}

func TestReadBoard(t *testing.T) {
	board, list, err := ReadBoard(files(map[string][]byte{
		"bodies.csv": []byte("\ufeffname,id,colour,superior,from,to\r\n" +
			"\"办公厅, \"\"一\"\"处\nx\",office,red,,2018-03-22,\r\n" +
			",,,,,\r\n\r\n" +
			"资源局,mlr,,office,,2019-01-01"),
		"duties.csv":           []byte("id,name,protected,exclusive\nd1,land,YES,0\nd2,sea,,\n"),
		"responsibilities.csv": []byte("duty,body,key,mode\nd1,mlr,holder+name,lead\nd2,mlr,,\n"),
		"quotas.csv":           []byte("body,kind,posts,leaders\nmlr,civil,30,1\noffice,civil,,\n"),
		"posts.csv":            []byte("id,body,title,role\np,mlr,'=boss,head\n"),
		"items.csv":            []byte("id,kind,body,name,until,shelf\ni,seal,mlr,印,2019-02-01,B-2\n"),
	}), ".")
	if err != nil || len(list) > 0 {
		t.Fatal(err, told(list))
	}
	office := board.Bodies[0]
	if office.ID != "office" || office.Name != "办公厅, \"一\"处\nx" || office.From != org.Day(2018, 3, 22) ||
		office.To != org.Forever || !reflect.DeepEqual(office.Extra, org.Extra{"red"}) {
		t.Errorf("%+v", office)
	}
	mlr := board.Bodies[1]
	if mlr.From != org.Always || mlr.To != org.Day(2019, 1, 1) || mlr.Extra != nil {
		t.Errorf("%+v", mlr)
	}
	if got := board.Cell("bodies", mlr.At, "superior").Text(); got != "office" {
		t.Errorf("cell %q", got)
	}
	if d := board.Duties; !d[0].Protected || d[0].Exclusive || d[1].Protected || !d[1].Exclusive {
		t.Errorf("%+v", d)
	}
	if r := board.Responsibilities; r[0].Keys != org.Holder|org.Signatory || r[0].Mode != org.Lead ||
		r[1].Keys != org.AllKeys || r[1].Mode != org.Sole || r[1].Interval != org.Whole {
		t.Errorf("%+v", r)
	}
	if q := board.Quotas; q[0].Posts != 30 || q[0].Leaders != 1 || q[0].Deputies != -1 || q[1].Posts != -1 {
		t.Errorf("%+v", q)
	}
	if p := board.Posts[0]; p.Title != "=boss" || p.Role != org.Head {
		t.Errorf("%+v", p)
	}
	if i := board.Items[0]; i.Until != org.Day(2019, 2, 1) || board.Tables["items"].Extra[0] != "shelf" {
		t.Errorf("%+v", i)
	}
}

func TestReadBoardFaults(t *testing.T) {
	for _, c := range []struct{ name, file, text, want string }{
		{"not text", "bodies.csv", "id,name\na,\xc7\xf8\xd5\xfe\xb8\xae\n", "OB0120 bodies.csv:2:3 \ufffd"},
		{"NUL", "bodies.csv", "id,name\na,\x00\n", "OB0120 bodies.csv:2:3 \ufffd"},
		{"empty", "bodies.csv", "", "OB0121 bodies.csv:1:1 "},
		{"columns", "areas.csv", "code,title\nx,y\n", "OB0121 areas.csv:1:1 code,title"},
		{"twice", "bodies.csv", "id,name,id\na,b,c\n", "OB0122 bodies.csv:1:9 id"},
		{"width", "bodies.csv", "id,name\na\nb,c,d\n\"e\",f\n", "OB0123 bodies.csv:2:1 a\nOB0123 bodies.csv:3:1 b,c,d"},
		{"quotes", "bodies.csv", "id,name\na,b\"c\n\"d\"x,e\nf,g\n", "OB0124 bodies.csv:2:3 b\"c\nOB0124 bodies.csv:3:1 \"d\"x"},
		{"unclosed", "bodies.csv", "id,name\na,\"b\nc d,e\n", "OB0124 bodies.csv:2:3 \"b\nOB0129 bodies.csv:3:1 c d"},
		{"header quote", "bodies.csv", "id,\"name\na,b\n", "OB0124 bodies.csv:1:4 \"name"},
		{"formula", "bodies.csv", "id,name,x\na,=1+1,@x\nb,+86 10,-\nc,-a,'-a\n",
			"OB0125 bodies.csv:2:3 =1+1\nOB0125 bodies.csv:2:8 @x\nOB0125 bodies.csv:4:3 -a"},
		{"dates", "plates.csv", "body,name,from,to\na,b,2019-02-29,2019/3/1\n", "OB0126 plates.csv:2:5 2019-02-29\nOB0126 plates.csv:2:16 2019/3/1"},
		{"words", "responsibilities.csv", "duty,body,key,mode\na,b,power,boss\n", "OB0127 responsibilities.csv:2:5 power\nOB0127 responsibilities.csv:2:11 boss"},
		{"flags", "duties.csv", "id,name,exclusive\na,b,maybe\n", "OB0127 duties.csv:2:5 maybe"},
		{"roles", "posts.csv", "id,body,title,role\na,b,c,chief\n", "OB0127 posts.csv:2:7 chief"},
		{"numbers", "quotas.csv", "body,kind,posts\na,b,3.5\na,c,-1\na,d,\"1,000\"\n", "OB0128 quotas.csv:2:5 3.5\nOB0128 quotas.csv:3:5 -1\nOB0128 quotas.csv:4:6 1,000"},
		{"ids", "bodies.csv", "id,name\n,x\na b,y\n一　二,z\n", "OB0129 bodies.csv:2:1 \nOB0129 bodies.csv:3:1 a b\nOB0129 bodies.csv:4:1 一　二"},
		{"interval", "plates.csv", "body,name,from,to\na,b,2019-03-01,2019-02-01\n", "OB0131 plates.csv:2:16 2019-02-01"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, list, err := ReadBoard(files(map[string][]byte{c.file: []byte(c.text)}), ".")
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(told(list), "\n"); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestGarbageIsOneDiagnostic(t *testing.T) {
	rows := "id,name,from\n" + strings.Repeat("a,b,soon\n", 1000)
	_, list, _ := ReadBoard(files(map[string][]byte{"bodies.csv": []byte(rows)}), ".")
	if len(list) != repeats || list[repeats-1].Fact("more") != 1000-repeats {
		t.Errorf("%d diagnostics, the last says %v", len(list), list[len(list)-1].Facts)
	}
	for _, c := range []struct{ text, looks string }{
		{"编办", "encoding.utf16"}, {"PK\x03\x04\xff", "encoding.office"},
		{"id,name\na,\xc7\xf8\xd5\xfe\xb8\xae\n", "encoding.gbk"}, {"id,name\na,Z\xfcrich\nb,Gen\xe8ve\n", "encoding.latin1"},
	} {
		if c.looks == "encoding.utf16" {
			c.text = "\xff\xfei\x00d\x00"
		}
		_, list, _ := ReadBoard(files(map[string][]byte{"bodies.csv": []byte(c.text)}), ".")
		if len(list) != 1 || list[0].Code != NotText || list[0].Fact("looks_like") != diag.Word(c.looks) {
			t.Errorf("%q: %v", c.text, list)
		}
	}
}

func TestTooLargeIsNotRead(t *testing.T) {
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "posts.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(MaxTableBytes + 1); err != nil { // a hole: it takes no room
		t.Skip("the file system has no sparse files:", err)
	}
	_, list, err := ReadBoard(os.DirFS(dir), ".")
	if err != nil || len(list) != 1 || list[0].Code != TooLarge {
		t.Errorf("%v %v", err, told(list))
	}
}

func TestNoFolder(t *testing.T) {
	if _, _, err := ReadBoard(os.DirFS(t.TempDir()), "city"); err == nil || !strings.Contains(err.Error(), `no folder "city"`) {
		t.Errorf("%v", err)
	}
	if b, list, err := ReadBoard(os.DirFS(t.TempDir()), "."); err != nil || list != nil || len(b.Tables) > 0 {
		t.Errorf("%v %v %v", b, list, err)
	}
}

// drawBoard draws a board with everything that a cell can hold.
func drawBoard(t *rapid.T) *org.Board {
	word := rapid.OneOf(rapid.SampledFrom([]string{"", "a", "=x", "'=x", "''@", "-", "-x", "+1", "\t", "'", "a,b", `"`, "x\"y", "\r\n", "\r", " ", "市\n委", "\ufeff"}),
		rapid.StringMatching(`[ -~一-丁"',=\n]{0,6}`))
	id := rapid.StringMatching(`[a-z0-9一-丁'=",#-]{1,5}`)
	day := rapid.Custom(func(t *rapid.T) org.Date { return org.Date(rapid.IntRange(0, 30000).Draw(t, "day")) })
	life := rapid.Custom(func(t *rapid.T) org.Interval {
		i := org.Whole
		if rapid.Bool().Draw(t, "from") {
			i.From = day.Draw(t, "from")
		}
		if rapid.Bool().Draw(t, "to") {
			i.To = max(i.From, 0) + 1 + org.Date(rapid.IntRange(0, 99).Draw(t, "days"))
		}
		return i
	})
	number := rapid.IntRange(-1, 5)
	b := &org.Board{Tables: map[string]*org.Table{}}
	extras := map[string]int{}
	for _, name := range []string{"areas", "bodies", "posts", "items"} {
		n := rapid.IntRange(0, 2).Draw(t, "extra "+name)
		table := &org.Table{}
		for i := range n {
			table.Extra = append(table.Extra, fmt.Sprint(rapid.SampledFrom([]string{"=", "列 ", "x\""}).Draw(t, "column"), i))
		}
		b.Tables[name], extras[name] = table, n
	}
	extra := func(name string) org.Extra {
		var out org.Extra
		said := false
		for range extras[name] {
			out = append(out, word.Draw(t, "extra"))
			said = said || out[len(out)-1] != ""
		}
		if !said {
			return nil
		}
		return out
	}
	w := func() string { return word.Draw(t, "word") }
	i := func() string { return id.Draw(t, "id") }
	for range rapid.IntRange(0, 3).Draw(t, "rows") {
		b.Areas = append(b.Areas, org.Area{Code: i(), Name: w(), NameEN: w(), Level: w(), Parent: w(), Interval: life.Draw(t, "life"), Extra: extra("areas")})
		b.Bodies = append(b.Bodies, org.Body{ID: i(), Name: w(), NameEN: w(), Kind: w(), Level: w(), Area: w(), Superior: w(), Rank: w(), Interval: life.Draw(t, "life"), Extra: extra("bodies")})
		b.Duties = append(b.Duties, org.Duty{ID: i(), Name: w(), NameEN: w(), Kind: w(), Matter: w(), Area: w(), Subject: w(), Level: w(), Basis: w(), PartOf: w(),
			Protected: rapid.Bool().Draw(t, "p"), Exclusive: rapid.Bool().Draw(t, "e")})
		b.Responsibilities = append(b.Responsibilities, org.Responsibility{Duty: i(), Body: i(), Keys: org.Keys(rapid.IntRange(1, 15).Draw(t, "keys")),
			Mode: org.Mode(rapid.IntRange(0, 3).Draw(t, "mode")), Area: w(), Interval: life.Draw(t, "life"), By: w()})
		b.Quotas = append(b.Quotas, org.Quota{Body: i(), Kind: w(), Posts: number.Draw(t, "n"), Leaders: number.Draw(t, "n"), Deputies: number.Draw(t, "n"), Interval: life.Draw(t, "life"), By: w()})
		b.Posts = append(b.Posts, org.Post{ID: i(), Body: i(), Title: w(), Kind: w(), Role: org.Role(rapid.IntRange(0, 2).Draw(t, "role")), Interval: life.Draw(t, "life"), Extra: extra("posts")})
		b.Appointments = append(b.Appointments, org.Appointment{Post: i(), Person: i(), Interval: life.Draw(t, "life")})
		b.Items = append(b.Items, org.Item{ID: i(), Kind: w(), Body: i(), Name: w(), Quantity: w(), Value: w(), Duty: w(), Until: rapid.SampledFrom([]org.Date{org.NoDate, 0, 17000}).Draw(t, "until"), Extra: extra("items")})
		b.Plates = append(b.Plates, org.Plate{Body: i(), Name: w(), Interval: life.Draw(t, "life")})
	}
	return b
}

// bare takes off where the rows stand.
func bare(b *org.Board) *org.Board {
	out := *b
	out.Tables = nil
	for i := range out.Areas {
		out.Areas[i].At = diag.Span{}
	}
	for i := range out.Bodies {
		out.Bodies[i].At = diag.Span{}
	}
	for i := range out.Duties {
		out.Duties[i].At = diag.Span{}
	}
	for i := range out.Responsibilities {
		out.Responsibilities[i].At = diag.Span{}
	}
	for i := range out.Quotas {
		out.Quotas[i].At = diag.Span{}
	}
	for i := range out.Posts {
		out.Posts[i].At = diag.Span{}
	}
	for i := range out.Appointments {
		out.Appointments[i].At = diag.Span{}
	}
	for i := range out.Items {
		out.Items[i].At = diag.Span{}
	}
	for i := range out.Plates {
		out.Plates[i].At = diag.Span{}
	}
	return &out
}

func TestBoardRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := drawBoard(t)
		tables := Tables(b)
		back, list, err := ReadBoard(files(tables), ".")
		if err != nil || len(list) > 0 {
			t.Fatalf("%v %v", err, told(list))
		}
		if got, want := bare(back), bare(b); !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v\nwant %+v", got, want)
		}
		if again := Tables(back); !reflect.DeepEqual(again, tables) {
			t.Fatalf("not the same bytes: %q %q", again, tables)
		}
		for name, text := range tables {
			for _, row := range strings.Split(string(text), "\n") {
				if row != "" && strings.ContainsRune("=@\t", rune(row[0])) && !strings.Contains(string(text), `"`) {
					t.Fatalf("%s has a cell that a spreadsheet runs: %q", name, row)
				}
			}
		}
	})
}

func TestWriteBoard(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "city")
	b := &org.Board{Bodies: []org.Body{{ID: "a", Name: "甲", Interval: org.Whole}},
		Plates: []org.Plate{{Body: "a", Name: "乙", Interval: org.Whole}}}
	if err := WriteBoard(dir, b); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "plan.yaml"), []byte("kept"), 0o666); err != nil {
		t.Fatal(err)
	}
	b.Plates = nil
	if err := WriteBoard(dir, b); err != nil {
		t.Fatal(err)
	}
	var names []string
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if got := strings.Join(names, " "); got != "bodies.csv plan.yaml" {
		t.Errorf("the folder holds %s", got)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "..", ".*new*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	text, _ := os.ReadFile(filepath.Join(dir, "bodies.csv"))
	if string(text) != "id,name\na,甲\n" {
		t.Errorf("%q", text)
	}
}

// bigCity is the posts and duties of a city of a few million people.
func bigCity() fstest.MapFS {
	var posts, duties, responsibilities strings.Builder
	posts.WriteString("id,body,title,kind,role,from\n")
	for i := range 300_000 {
		fmt.Fprintf(&posts, "p%06d,b%04d,科员,civil,,2018-03-%02d\n", i, i%5000, i%28+1)
	}
	duties.WriteString("id,name,kind,matter,protected\n")
	responsibilities.WriteString("duty,body,key,from,by\n")
	for i := range 50_000 {
		fmt.Fprintf(&duties, "d%05d,对第%d类事项的行政许可,licence,land,\n", i, i)
		fmt.Fprintf(&responsibilities, "d%05d,b%04d,all,2018-03-22,plan 1.%d\n", i, i%5000, i%40)
	}
	return files(map[string][]byte{"posts.csv": []byte(posts.String()), "duties.csv": []byte(duties.String()),
		"responsibilities.csv": []byte(responsibilities.String())})
}

func BenchmarkReadBoard(b *testing.B) {
	city := bigCity()
	b.ReportAllocs()
	for b.Loop() {
		board, list, err := ReadBoard(city, ".")
		if err != nil || len(list) > 0 || len(board.Posts) != 300_000 {
			b.Fatal(err, told(list))
		}
	}
}

func BenchmarkTables(b *testing.B) {
	board, _, _ := ReadBoard(bigCity(), ".")
	b.ReportAllocs()
	for b.Loop() {
		Tables(board)
	}
}

func TestColumnsAreThoseOfTheBoard(t *testing.T) {
	for i, sheet := range org.Sheets {
		known := boardTables[i].known()
		slices.Sort(known)
		columns := slices.Sorted(slices.Values(sheet.Columns))
		if boardTables[i].file() != sheet.Name+".csv" || !slices.Equal(known, columns) {
			t.Errorf("%s has %v, the board %s has %v", boardTables[i].file(), known, sheet.Name, columns)
		}
	}
}

func TestCommasAndLineBreaksOnly(t *testing.T) {
	for _, text := range []string{strings.Repeat(",", 8<<20), "id,name\n" + strings.Repeat("\n", 8<<20),
		"id,name\n" + strings.Repeat(",", 8<<20), strings.Repeat("\"", 8<<20), "id,name\n" + strings.Repeat("\"\n", 4<<20)} {
		_, list, err := ReadBoard(files(map[string][]byte{"bodies.csv": []byte(text)}), ".")
		if err != nil || len(list) > 2*repeats {
			t.Errorf("%.20q: %v %d diagnostics", text, err, len(list))
		}
	}
}
