// Command yunhai makes examples/yunhai and examples/yunhai-broken from the
// texts in source/: the lists of bodies, duties, institutions and items, the
// plan as a template, and the faults that are planted in it; and the province
// above the city and a district below it. Run it from the root of the
// repository:
//
//	go -C tools run ./yunhai
//
// The city of Yunhai is invented. Everything is made by rule from the texts, so
// that two runs write the same bytes.
package main

import (
	"bytes"
	"embed"
	"encoding/csv"
	"fmt"
	"hash/fnv"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed source
var source embed.FS

// files is a folder to be written: name to content.
type files map[string][]byte

func main() {
	log.SetFlags(0)
	for folder, content := range makeAll() {
		folder = filepath.Join("../examples", folder)
		for name, text := range content {
			path := filepath.Join(folder, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				log.Fatal(err)
			}
			if err := os.WriteFile(path, text, 0o644); err != nil {
				log.Fatal(err)
			}
		}
	}
}

// makeAll makes the examples, by folder.
func makeAll() map[string]files {
	y := read()
	city := files{}
	for _, t := range y.tables() {
		city[t.name+".csv"] = t.csv()
	}
	city["plan.yaml"] = y.plan()
	return map[string]files{"yunhai": city, "yunhai-broken": plant(city), "yunhai-province": y.province(), "yunhai-wanghai": y.wanghai()}
}

// lines gives the lines of a source text that say something.
func lines(name string) []string {
	text, err := source.ReadFile("source/" + name)
	if err != nil {
		log.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimRight(line, "\r\n"); line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, line)
		}
	}
	return out
}

// cells cuts a line at its bars, and gives as many cells as are wanted.
func cells(line string, n int) []string {
	parts := strings.Split(line, "|")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	for len(parts) < n {
		parts = append(parts, "")
	}
	return parts
}

// A table is one CSV file of the board.
type table struct {
	name   string
	header []string
	rows   [][]string
}

func (t *table) add(row ...string) {
	if len(row) != len(t.header) {
		log.Fatalf("%s: %d cells in %q", t.name, len(row), row)
	}
	t.rows = append(t.rows, row)
}

func (t *table) csv() []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write(t.header)
	w.WriteAll(t.rows)
	return b.Bytes()
}

func newTable(name, header string) *table {
	return &table{name: name, header: strings.Split(header, ",")}
}

// A body as the texts have it. Level is "city", "county" or "institution".
type body struct {
	id, zh, en, kind, level, area, superior, rank, to string
	head                                              string // title of its head
	quotaKind                                         string
	quota                                             int
	plates                                            []string
	fields                                            []string // matters of its duties, for the titles of posts
	papers                                            string   // the instrument its duties rest on
}

// A duty as the texts have it.
type duty struct {
	id, zh, en, kind, matter, area, subject, level, basis, part string
	protected, shared                                           bool
	body, tag                                                   string
	performer                                                   string   // works for the holder
	districts                                                   string   // suffix of the district bodies that work for it
	assist, joint                                               []string // others with a part in it
	clause                                                      string
}

// A district or county.
type district struct{ ID, Area, Name, EN, Short string }

var districts = []district{
	{"whq", "990102", "望海区", "Wanghai District", "望海"},
	{"cxq", "990103", "朝汐区", "Chaoxi District", "朝汐"},
	{"nwq", "990104", "南湾区", "Nanwan District", "南湾"},
	{"qpq", "990105", "青屏区", "Qingping District", "青屏"},
	{"cdq", "990106", "长堤区", "Changdi District", "长堤"},
	{"ljq", "990107", "澜江区", "Lanjiang District", "澜江"},
	{"yxx", "990121", "砚溪县", "Yanxi County", "砚溪"},
	{"lyx", "990122", "琅屿县", "Langyu County", "琅屿"},
	{"bls", "990181", "白鹭市", "Bailu City", "白鹭"},
	{"ccs", "990182", "澄川市", "Chengchuan City", "澄川"},
}

const cityArea = "990100"

type city struct {
	bodies []*body
	duties []*duty
	posts  map[string][]post // by body
	items  map[string][]item
	people int
}

type post struct{ id, title, kind, role, person, since string }
type item struct{ id, kind, name, quantity, value, duty, until, tag string }

func (y *city) body(id string) *body {
	for _, b := range y.bodies {
		if b.id == id {
			return b
		}
	}
	log.Fatalf("no body %q", id)
	return nil
}

// tagged gives the duties of a body that carry a tag.
func (y *city) tagged(body, tag string) []*duty {
	var out []*duty
	for _, d := range y.duties {
		if d.body == body && d.tag == tag && !d.shared {
			out = append(out, d)
		}
	}
	if len(out) == 0 {
		log.Fatalf("%s has no duty #%s", body, tag)
	}
	return out
}

// pick gives a number below n that stays the same for the same words.
func pick(n int, words ...string) int {
	h := fnv.New32a()
	h.Write([]byte(strings.Join(words, "\x00")))
	return int(h.Sum32()>>8) % n
}

func atoi(s string) int {
	n := 0
	if _, err := fmt.Sscan(s, &n); err != nil {
		log.Fatalf("%q is not a number", s)
	}
	return n
}

func read() *city {
	y := &city{posts: map[string][]post{}, items: map[string][]item{}}
	y.readBodies()
	y.readDuties()
	y.makePosts()
	y.makeItems()
	return y
}

func (y *city) readBodies() {
	for n, line := range lines("bodies.txt") {
		c := cells(line, 9)
		b := &body{id: c[0], zh: c[1], en: c[2], kind: c[3], level: "city", area: cityArea, superior: c[4], rank: c[5],
			head: c[6], quota: atoi(c[7]), quotaKind: "行政编制"}
		if c[8] != "" {
			b.plates = strings.Split(c[8], "、")
		}
		if b.kind == "执法队伍" {
			b.quotaKind = "事业编制"
		}
		switch b.superior {
		case "", "swei":
			b.papers = fmt.Sprintf("云委办发〔2010〕%d号", 11+n)
		default:
			b.papers = fmt.Sprintf("云政办发〔2010〕%d号", 52+n)
		}
		y.bodies = append(y.bodies, b)
	}
	y.bodies = append(y.bodies, &body{id: "kab", zh: "市政府口岸办公室", en: "Port of Entry Office of the Municipal Government",
		kind: "部门管理机构", level: "city", area: cityArea, superior: "gov", rank: "副处级", to: "2014-12-31"})
	for _, d := range districts {
		for n, line := range lines("districts.txt") {
			c := cells(line, 7)
			b := &body{id: d.ID + "-" + c[0], zh: strings.ReplaceAll(c[1], "%区%", d.Name), en: strings.ReplaceAll(c[2], "%D%", d.EN),
				kind: c[3], level: "county", area: d.Area, rank: c[4], head: c[5], quotaKind: "行政编制",
				quota: atoi(c[6]) + pick(3, d.ID, c[0]), superior: d.ID + "-gov",
				papers: fmt.Sprintf("%s编发〔2015〕%d号", d.Short, 3+n)}
			switch c[0] {
			case "dw":
				b.superior = "swei"
			case "gov":
				b.superior = "gov"
				b.head = d.Name[len(d.Name)-3:] + "长"
			}
			y.bodies = append(y.bodies, b)
		}
	}
	y.readInstitutions()
}

func (y *city) readInstitutions() {
	superior, n := "", 0
	for _, line := range lines("institutions.txt") {
		if strings.HasPrefix(line, "[") {
			superior, n = strings.Trim(line, "[]"), 0
			continue
		}
		n++
		c := cells(line, 3)
		b := &body{id: c[2], zh: c[0], en: c[1], kind: "事业单位", level: "city", area: cityArea, superior: superior,
			rank: "正科级", quotaKind: "事业编制"}
		if b.id == "" {
			b.id = fmt.Sprintf("%s-i%d", superior, n)
		}
		b.head, b.quota = sizeOf(b.zh)
		y.bodies = append(y.bodies, b)
	}
}

// sizeOf gives the title of an institution's head and its quota, by what its
// name ends with.
func sizeOf(name string) (head string, quota int) {
	for _, k := range []struct {
		word, head  string
		least, step int
	}{
		{"支队", "支队长", 32, 7}, {"分局", "局长", 30, 4}, {"人民医院", "院长", 420, 90}, {"医院", "院长", 140, 30}, {"保健院", "院长", 220, 10},
		{"中学", "校长", 120, 11}, {"外国语学校", "校长", 110, 5}, {"小学", "校长", 78, 5}, {"幼儿园", "园长", 42, 4},
		{"学院", "院长", 160, 20}, {"大学", "校长", 130, 10}, {"党校", "校长", 64, 1}, {"学校", "校长", 60, 9},
		{"研究院", "院长", 40, 6}, {"福利院", "院长", 56, 8}, {"院", "院长", 34, 6}, {"报社", "社长", 150, 1}, {"电视台", "台长", 210, 1},
		{"馆", "馆长", 26, 5}, {"所", "所长", 18, 3}, {"站", "站长", 16, 3}, {"处", "处长", 30, 4}, {"林场", "场长", 36, 4},
		{"局", "局长", 36, 2}, {"动物园", "园长", 40, 3}, {"联合会", "主席", 20, 1}, {"", "主任", 14, 3},
	} {
		if strings.HasSuffix(name, k.word) {
			return k.head, k.least + k.step*pick(5, name)
		}
	}
	return
}

var dutyKinds = map[string]string{
	"L": "licence", "P": "penalty", "C": "compulsory-measure", "V": "levy", "Y": "payment", "I": "inspection",
	"F": "confirmation", "R": "reward", "A": "adjudication", "O": "other", "S": "public-service",
	"K": "coordination", "N": "internal",
}

func (y *city) readDuties() {
	for _, name := range []string{"duties-party.txt", "duties-gov1.txt", "duties-gov2.txt", "duties-gov3.txt"} {
		holder, matter, n, clause := "", "", 0, 0
		whole := map[string]string{} // label to id
		for _, line := range lines(name) {
			switch {
			case strings.HasPrefix(line, "["):
				holder, n, clause = strings.Trim(line, "[]"), 0, 0
				y.body(holder)
				continue
			case strings.HasPrefix(line, "- "):
				matter = line[2:]
				clause++
				b := y.body(holder)
				b.fields = append(b.fields, matter)
				continue
			}
			n++
			c := cells(line[2:], 3)
			d := &duty{id: fmt.Sprintf("%s-%02d", holder, n), zh: c[0], en: c[1], kind: dutyKinds[line[:1]], matter: matter,
				area: cityArea, level: "city", body: holder, clause: fmt.Sprintf("二（%s）", numeral(clause))}
			for _, mark := range strings.Fields(c[2]) {
				word := mark[1:]
				switch mark[0] {
				case '@':
					if strings.HasSuffix(word, "法") && !strings.Contains(word, "办法") {
						word = "中华人民共和国" + word
					}
					d.basis = "《" + word + "》"
				case '!':
					d.protected = true
				case '#':
					d.tag = word
				case '~':
					d.subject = word
				case '^':
					if strings.HasPrefix(word, "*") {
						d.districts = word[1:]
					} else {
						d.performer = y.body(word).id
					}
				case '+':
					d.assist = append(d.assist, y.body(word).id)
				case '&':
					d.joint = append(d.joint, y.body(word).id)
				case '=':
					whole[word] = d.id
				case '>':
					if d.part = whole[word]; d.part == "" {
						log.Fatalf("%s is a part of nothing", d.id)
					}
				case '%':
					d.area = word
				default:
					log.Fatalf("%s: mark %q", name, mark)
				}
			}
			y.duties = append(y.duties, d)
		}
	}
	for _, d := range districts {
		y.duties = append(y.duties, &duty{id: d.ID + "-hb-01", zh: "对" + d.Name + "辖区内一般环境违法行为的处罚",
			en: "Penalising ordinary environmental offences in " + d.EN, kind: "penalty", matter: "环境执法", area: d.Area,
			level: "county", basis: "《中华人民共和国环境保护法》", body: d.ID + "-hb", clause: "二（三）"})
	}
	// the duties that every body, and every department of the government, has
	y.duties = append(y.duties,
		&duty{id: "all-01", zh: "完成市委、市政府交办的其他任务", en: "Other tasks assigned by the Municipal Committee and Government",
			kind: "other", matter: "其他", area: cityArea, level: "city", shared: true, clause: "二（九）"},
		&duty{id: "all-02", zh: "负责本部门、本行业的安全生产和消防安全工作", en: "Work and fire safety in its own field",
			kind: "other", matter: "其他", area: cityArea, level: "city", basis: "《中华人民共和国安全生产法》", shared: true,
			protected: true, clause: "二（八）"})
	if len(y.duties) != 900 {
		log.Fatalf("%d duties", len(y.duties))
	}
	for i, d := range y.duties {
		for _, e := range y.duties[:i] {
			if d.zh == e.zh || d.en == e.en {
				log.Fatalf("%s and %s have the same name", d.id, e.id)
			}
		}
	}
}

// shares reports whether a body has one of the duties that many have.
func shares(b *body, id string) bool {
	if b.level != "city" || b.kind == "事业单位" || b.to != "" {
		return false
	}
	return id == "all-01" || b.kind == "政府工作部门"
}

func numeral(n int) string {
	digits := []string{"", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"}
	return digits[n]
}

// leaders gives how many deputies a quota allows, by the steps of the rule pack
// (up to 10 posts one, up to 20 two, else three).
func leaders(quota int) int {
	switch {
	case quota <= 10:
		return 1
	case quota <= 20:
		return 2
	}
	return 3
}

// elected bodies have more deputies than the steps allow to a department.
func elected(b *body) bool {
	return slices.Contains([]string{"党委", "人民政府", "人大机关", "政协机关", "审判机关", "检察机关", "纪检监察机关"}, b.kind)
}

func deputyTitle(head string) string {
	if head == "主任委员" {
		return "副主任委员"
	}
	return "副" + head
}

func (y *city) makePosts() {
	for _, b := range y.bodies {
		if b.to != "" {
			continue
		}
		deputies := leaders(b.quota)
		if elected(b) {
			deputies = 4
		}
		titles := []string{b.head}
		for range deputies {
			titles = append(titles, deputyTitle(b.head))
		}
		ordinary := 0
		switch {
		case b.kind == "事业单位":
			titles = append(titles, "办公室主任", "业务科科长", "专业技术岗位", "专业技术岗位", "管理岗位")
		case b.level == "county":
			ordinary = 5
		default:
			titles = append(titles, "办公室主任", "政策法规科科长")
			for _, f := range b.fields {
				titles = append(titles, f+"科科长")
			}
			ordinary = min(b.quota, 70)*2/3 - len(titles)
		}
		for k := range ordinary {
			titles = append(titles, []string{"副科长", "主任科员", "副主任科员", "科员"}[k%4])
		}
		titles = titles[:min(len(titles), b.quota)]
		for k, title := range titles {
			p := post{id: fmt.Sprintf("%s/%02d", b.id, k+1), title: title, kind: b.quotaKind}
			switch {
			case k == 0:
				p.role = "head"
			case k <= deputies:
				p.role = "deputy"
			}
			if p.role != "" || pick(14, p.id) != 0 { // some ordinary posts are vacant
				y.people++
				p.person = fmt.Sprintf("p%05d", y.people)
				p.since = fmt.Sprintf("%d-%02d-%02d", 2012+pick(6, p.id, "y"), 1+pick(12, p.id, "m"), 1+pick(28, p.id, "d"))
			}
			y.posts[b.id] = append(y.posts[b.id], p)
		}
	}
}

var roads = []string{"海天路", "望潮大道", "灯塔街", "人民路", "港湾中路", "屏山路", "滨江东路", "市民大道"}

func (y *city) makeItems() {
	for n, b := range y.bodies {
		if b.level != "city" || b.kind == "事业单位" || b.to != "" {
			continue
		}
		add := func(kind, name, quantity, value, tag, until string) {
			it := item{id: fmt.Sprintf("%s-w%02d", b.id, len(y.items[b.id])+1), kind: kind, name: name, quantity: quantity,
				value: value, until: until, tag: tag}
			if tag != "" {
				it.duty = y.tagged(b.id, tag)[0].id
			}
			y.items[b.id] = append(y.items[b.id], it)
		}
		short := strings.TrimPrefix(b.zh, "云海")
		add("seal", short+"印章", "1", "", "", "")
		add("budget", short+"2019年部门预算", "1", fmt.Sprint((b.quota*31+pick(400, b.id))*10000), "", "")
		add("account", short+"零余额账户", "1", "", "", "")
		add("archives", fmt.Sprintf("%s全宗（A%03d）", short, n+1), fmt.Sprint(1200+pick(9000, b.id, "archives")), "", "", "")
		if b.quota >= 14 && pick(3, b.id, "office") != 0 {
			add("building", fmt.Sprintf("%s办公用房（%s%d号）", short, roads[pick(len(roads), b.id)], 1+pick(300, b.id, "no")),
				fmt.Sprint(900+b.quota*21), "", "", "")
		}
		if b.quota >= 14 && pick(2, b.id, "car") != 0 {
			add("vehicle", short+"公务用车", fmt.Sprint(1+b.quota/24), fmt.Sprint((1+b.quota/24)*168000), "", "")
		}
		for _, line := range lines("items.txt") {
			if c := cells(line, 7); c[0] == b.id {
				add(c[1], c[2], c[3], c[4], c[5], c[6])
			}
		}
	}
}

// tables writes the board.
func (y *city) tables() []*table {
	areas := newTable("areas", "code,name,name_en,level,parent")
	for _, line := range lines("areas.txt") {
		areas.add(cells(line, 5)...)
	}
	bodies := newTable("bodies", "id,name,name_en,kind,level,area,superior,rank,from,to")
	plates := newTable("plates", "body,name,from,to")
	quotas := newTable("quotas", "body,kind,posts,leaders,deputies,by")
	posts := newTable("posts", "id,body,title,kind,role")
	appointments := newTable("appointments", "post,person,from,to")
	items := newTable("items", "id,kind,body,name,quantity,value,duty,until")
	for _, b := range y.bodies {
		bodies.add(b.id, b.zh, b.en, b.kind, b.level, b.area, b.superior, b.rank, "", b.to)
		for _, p := range b.plates {
			plates.add(b.id, p, "", "")
		}
		if b.to != "" {
			continue
		}
		deputies := fmt.Sprint(leaders(b.quota))
		if elected(b) {
			deputies = ""
		}
		quotas.add(b.id, b.quotaKind, fmt.Sprint(b.quota), "1", deputies, "云编〔2015〕8号 "+numeral(1+pick(9, b.id)))
		if b.level == "city" && b.kind != "事业单位" {
			quotas.add(b.id, "工勤编制", fmt.Sprint(1+b.quota/14), "", "", "云编〔2015〕8号 十")
		}
		for _, p := range y.posts[b.id] {
			posts.add(p.id, b.id, p.title, p.kind, p.role)
			if p.person != "" {
				appointments.add(p.id, p.person, p.since, "")
			}
		}
		for _, it := range y.items[b.id] {
			items.add(it.id, it.kind, b.id, it.name, it.quantity, it.value, it.duty, it.until)
		}
	}
	duties := newTable("duties", "id,name,name_en,kind,matter,area,subject,level,basis,protected,part_of,exclusive")
	held := newTable("responsibilities", "duty,body,key,mode,area,by")
	for _, d := range y.duties {
		yes := ""
		if d.protected {
			yes = "true"
		}
		exclusive := ""
		if d.shared {
			exclusive = "false"
		}
		duties.add(d.id, d.zh, d.en, d.kind, d.matter, d.area, d.subject, d.level, d.basis, yes, d.part, exclusive)
		y.holders(held, d)
	}
	return []*table{areas, bodies, duties, held, quotas, posts, appointments, items, plates}
}

// holders writes who has a duty: the four keys, and where others share it.
func (y *city) holders(t *table, d *duty) {
	if d.shared {
		for _, b := range y.bodies {
			if shares(b, d.id) {
				t.add(d.id, b.id, "", "", "", b.papers+" "+d.clause)
			}
		}
		return
	}
	b := y.body(d.body)
	by := b.papers + " " + d.clause
	mode := ""
	switch {
	case len(d.assist) > 0:
		mode = "lead"
	case len(d.joint) > 0:
		mode = "joint"
	}
	switch {
	case d.performer != "":
		t.add(d.id, d.body, "holder name", mode, "", by)
		t.add(d.id, d.performer, "performer means", "", "", y.body(d.performer).founding()+" 一（二）")
	case d.districts != "":
		t.add(d.id, d.body, "holder name", mode, "", by)
		for _, in := range districts {
			local := y.body(in.ID + "-" + d.districts)
			t.add(d.id, local.id, "performer means", "", in.Area, local.papers+" 二（一）")
		}
	default:
		t.add(d.id, d.body, "", mode, "", by)
	}
	for _, id := range d.assist {
		t.add(d.id, id, "", "assist", "", y.body(id).papers+" 三（一）")
	}
	for _, id := range d.joint {
		t.add(d.id, id, "", "joint", "", y.body(id).papers+" 三（一）")
	}
}

// founding gives the instrument that set up a body that works for another.
func (b *body) founding() string {
	if b.papers != "" {
		return b.papers
	}
	return fmt.Sprintf("云编办〔2013〕%d号", 20+pick(180, b.id))
}
