package check_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"oneboard/internal/check"
	"oneboard/internal/org"
)

// stale is a dependent as the slow search below finds it.
type stale struct {
	kind, what, id, text, body string
	on                         org.Date
}

type cause struct {
	why, duties map[string]bool
	settled     org.Date
}

// slowly finds what a plan makes stale by looking at the board of every day and
// of the day before. It knows nothing of segments, and looks at every pair of
// things.
type slowly struct {
	tl    *check.Timeline
	found map[stale]*cause
	last  org.Date
	kinds []string
}

// has reports whether a body has a key of a duty on a day, not assisting.
func (s *slowly) has(duty, body string, key org.Keys, day org.Date) bool {
	return slices.ContainsFunc(s.tl.Who(duty, day, ""), func(h check.Holding) bool {
		return h.Key == key && h.Body == body && h.Mode != org.Assist
	})
}

// works gives the keys but the holder's that a body has of a duty on a day, for
// itself and not as the former body.
func (s *slowly) works(duty, body string, day org.Date) (out []check.Holding) {
	for _, h := range s.tl.Who(duty, day, "") {
		if h.Key != org.Holder && h.Body == body && !h.Transitional {
			out = append(out, h)
		}
	}
	return out
}

// from gives the first day from a day on of which something is true; NoDate when
// it never is.
func (s *slowly) from(day org.Date, is func(org.Date) bool) org.Date {
	for ; day <= s.last; day++ {
		if is(day) {
			return day
		}
	}
	return org.NoDate
}

func (s *slowly) add(k stale, why, duty string, settled org.Date) {
	c := s.found[k]
	if c == nil {
		c = &cause{map[string]bool{}, map[string]bool{}, settled}
		s.found[k] = c
	}
	c.why[why] = true
	if duty != "" {
		c.duties[duty] = true
	}
	if c.settled.Known() && (!settled.Known() || settled > c.settled) {
		c.settled = settled
	}
}

func (s *slowly) later(a, b org.Date) org.Date { // of two ends, the one that comes first
	if !a.Known() || b.Known() && b < a {
		return b
	}
	return a
}

// superseded gives the day on which an instrument takes the place of a paper.
func (s *slowly) superseded(id string, day org.Date) org.Date {
	out := org.NoDate
	for _, in := range s.tl.Plan().Instruments {
		for _, r := range in.Supersedes {
			if r.ID == id && in.ID != id {
				out = s.later(out, max(day, in.Effective.Date))
			}
		}
	}
	return out
}

func (s *slowly) day(day org.Date) {
	t := s.tl
	was, is := t.On(day-1), t.On(day)
	body := func(b *org.Board, id string) *org.Body {
		for i := range b.Bodies {
			if b.Bodies[i].ID == id {
				return &b.Bodies[i]
			}
		}
		return nil
	}
	item := func(day org.Date, id string) *org.Item {
		b := t.On(day)
		for i := range b.Items {
			if b.Items[i].ID == id {
				return &b.Items[i]
			}
		}
		return nil
	}
	document := func(kind string) bool { return kind == "document" || kind == "charter" || kind == "power-list" }
	kindOf := func(kind string) string {
		if document(kind) {
			return "document"
		}
		return kind
	}
	follows := func(kind string) bool { return document(kind) || kind == "service" || kind == "delegation" }

	// duties
	for _, d := range t.Duties() {
		for _, p := range t.Bodies() {
			lost := s.has(d, p, org.Holder, day-1) && !s.has(d, p, org.Holder, day)
			gained := !s.has(d, p, org.Holder, day-1) && s.has(d, p, org.Holder, day)
			for i := range was.Items {
				it := &was.Items[i]
				if it.Body != p || !follows(it.Kind) {
					continue
				}
				if it.Duty == "" && document(it.Kind) && (lost || gained) && body(is, p) != nil {
					settled := s.from(day, func(e org.Date) bool { return item(e, it.ID) == nil })
					s.add(stale{"document", "item", it.ID, "", p, day}, "duty", d, s.later(settled, s.superseded(it.ID, day)))
				}
				key, goes := org.Holder, lost
				if it.Kind == "service" {
					key, goes = org.Performer, s.has(d, p, org.Performer, day-1) && !s.has(d, p, org.Performer, day)
				}
				if it.Duty == d && goes {
					settled := s.from(day, func(e org.Date) bool {
						now := item(e, it.ID)
						return now == nil || s.has(d, now.Body, key, e)
					})
					s.add(stale{kindOf(it.Kind), "item", it.ID, "", p, day}, "duty", d, s.later(settled, s.superseded(it.ID, day)))
				}
			}
			paper := func(cite string) {
				if id, _, _ := strings.Cut(cite, " "); id != "" && t.Plan().Instrument(id) == nil {
					s.add(stale{"document", "instrument", id, "", p, day}, "duty", d, s.superseded(id, day))
				}
			}
			if gained {
				count := map[string]int{}
				for _, r := range t.Board().Responsibilities {
					if id, _, _ := strings.Cut(r.By, " "); r.Body == p && r.Keys&org.Holder != 0 && r.Mode != org.Assist && id != "" {
						count[id]++
					}
				}
				best := ""
				for _, id := range slices.Sorted(maps.Keys(count)) {
					if best == "" || count[id] > count[best] {
						best = id
					}
				}
				paper(best)
			}
			if !lost {
				continue
			}
			for _, h := range t.Who(d, day-1, "") {
				if h.Body == p && h.Key == org.Holder && h.Began == nil && h.Mode != org.Assist {
					paper(h.By)
				}
			}
			if b := body(was, p); b != nil && len([]rune(b.Name)) >= 4 {
				def := t.Duty(d)
				if strings.Contains(def.Basis, b.Name) && t.DutyLife(d).Holds(day) {
					settled := s.from(day, func(e org.Date) bool { return s.has(d, p, org.Holder, e) || !t.DutyLife(d).Holds(e) })
					s.add(stale{"reference", "duty", d, "", p, day}, "duty", d, settled)
				}
			}
			for _, x := range t.Bodies() {
				b := body(was, x)
				if x == p || b == nil || len(s.works(d, x, day-1)) == 0 || s.has(d, x, org.Holder, day-1) || s.has(d, x, org.Holder, day) {
					continue
				}
				kind := "delegation"
				if slices.Contains(s.kinds, b.Kind) && b.Superior == p {
					kind = "institution"
				}
				settled := s.from(day, func(e org.Date) bool {
					now := t.Body(x).On(e)
					works := s.works(d, x, e)
					if now == nil || len(works) == 0 || s.has(d, x, org.Holder, e) {
						return true
					}
					if kind == "institution" {
						return now.Superior != "" && s.has(d, now.Superior, org.Holder, e)
					}
					return s.has(d, p, org.Holder, e) || slices.ContainsFunc(works, func(h check.Holding) bool { return h.From >= day && h.Began != nil })
				})
				s.add(stale{kind, "body", x, "", p, day}, "duty", d, settled)
			}
		}
	}

	// bodies
	for i := range was.Bodies {
		p := &was.Bodies[i]
		now := body(is, p.ID)
		if now != nil && now.Name == p.Name {
			continue
		}
		why := "name"
		if now == nil {
			why = "end"
		}
		again := func(e org.Date) bool { b := t.Body(p.ID).On(e); return b != nil && b.Name == p.Name }
		for k := range was.Bodies {
			x := &was.Bodies[k]
			if x.ID == p.ID {
				continue
			}
			under := x.Superior == p.ID && slices.Contains(s.kinds, x.Kind)
			if under && now == nil {
				settled := s.from(day, func(e org.Date) bool {
					b := t.Body(x.ID).On(e)
					return b == nil || b.Superior == "" || t.Body(b.Superior).On(e) != nil
				})
				s.add(stale{"institution", "body", x.ID, "", p.ID, day}, "superior", "", settled)
			}
			if len([]rune(p.Name)) < 4 || !strings.Contains(x.Name, p.Name) {
				continue
			}
			settled := s.from(day, func(e org.Date) bool {
				b := t.Body(x.ID).On(e)
				return b == nil || !strings.Contains(b.Name, p.Name) || again(e)
			})
			switch still := body(is, x.ID); {
			case under:
				s.add(stale{"institution", "body", x.ID, "", p.ID, day}, "name", "", settled)
			case still != nil && still.Name == x.Name:
				s.add(stale{"reference", "body", x.ID, "", p.ID, day}, why, "", settled)
			}
		}
		if now == nil {
			for k := range was.Items {
				it := &was.Items[k]
				if it.Body != p.ID || it.Duty != "" || !follows(it.Kind) {
					continue
				}
				settled := s.from(day, func(e org.Date) bool {
					x := item(e, it.ID)
					return x == nil || t.Body(x.Body).On(e) != nil
				})
				s.add(stale{kindOf(it.Kind), "item", it.ID, "", p.ID, day}, "end", "", s.later(settled, s.superseded(it.ID, day)))
			}
		}
		if len([]rune(p.Name)) < 4 {
			continue
		}
		for _, pl := range is.Plates {
			if pl.From < day && strings.Contains(pl.Name, p.Name) {
				settled := s.from(day, func(e org.Date) bool { return !pl.Holds(e) || t.Body(pl.Body).On(e) == nil })
				s.add(stale{"reference", "plate", pl.Body, pl.Name, p.ID, day}, why, "", settled)
			}
		}
		for _, d := range t.Duties() {
			life := t.DutyLife(d)
			if def := t.Duty(d); life.From < day && life.Holds(day) && (strings.Contains(def.Name, p.Name) || strings.Contains(def.Basis, p.Name)) {
				s.add(stale{"reference", "duty", d, "", p.ID, day}, why, "", s.from(day, func(e org.Date) bool { return !life.Holds(e) }))
			}
		}
		for _, in := range t.Plan().Instruments {
			text := in.Title
			for _, c := range in.Clauses {
				text += "\n" + c.Text
			}
			cited := slices.ContainsFunc(t.Plan().Changes, func(ch org.Change) bool {
				return slices.ContainsFunc(ch.Declared().By, func(by org.Citation) bool { return by.Instrument.ID == in.ID })
			})
			if !cited && in.Made.Or(in.Effective.Or(org.Always)) < day && strings.Contains(text, p.Name) {
				s.add(stale{"reference", "instrument", in.ID, "", p.ID, day}, why, "", s.superseded(in.ID, day))
			}
		}
	}
}

// randomDependents makes a small board of bodies, institutions, items, papers
// and texts that name each other, and a plan that moves things about.
func randomDependents(r *rand.Rand) *txtar.Archive {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	var bodies, duties, held, items, plates, plan strings.Builder
	bodies.WriteString("id,name,kind,superior\n")
	offices := []string{"a", "b", "c", "e"}
	for i, id := range offices {
		fmt.Fprintf(&bodies, "%s,市%s管理局,政府工作部门,\n", id, []string{"甲物", "乙物", "丙物", "丁物"}[i])
	}
	workers := []string{"u", "v", "w"}
	for _, id := range workers {
		fmt.Fprintf(&bodies, "%s,%s%s,%s,%s\n", id, pick("", "", "市甲物管理局", "市乙物管理局"), id+"中心事务所", pick("事业单位", "事业单位", "派出机构"), pick(offices...))
	}
	duties.WriteString("id,name,basis\n")
	held.WriteString("duty,body,key,by\n")
	for i := range 4 {
		d := fmt.Sprint("d", i)
		fmt.Fprintf(&duties, "%s,%s,%s\n", d, pick("审批"+d, "配合市乙物管理局办理"+d), pick("", "《条例》", "《市甲物管理局规定》"))
		holder, cite := pick(offices...), pick("", "甲办〔2010〕1号 二", "乙办〔2010〕2号 三")
		if r.IntN(2) == 0 {
			fmt.Fprintf(&held, "%s,%s,,%s\n", d, holder, cite)
		} else {
			fmt.Fprintf(&held, "%s,%s,holder name,%s\n%s,%s,performer means,%s\n", d, holder, cite, d, pick(append(workers, offices...)...), cite)
		}
	}
	items.WriteString("id,kind,body,name,duty,until\n")
	for i := range 5 {
		fmt.Fprintf(&items, "i%d,%s,%s,物%d,%s,%s\n", i, pick("service", "service", "delegation", "charter", "power-list", "budget"),
			pick(offices...), i, pick("", "d0", "d1", "d2"), pick("", "", "2019-01-09"))
	}
	plates.WriteString("body,name\n")
	if r.IntN(2) == 0 {
		fmt.Fprintf(&plates, "%s,市甲物管理局挂牌单位\n", pick(offices...))
	}
	plan.WriteString(`oneboard: plan/v1
id: x
title: 方案
board: .
start: 2019-01-02
deadline: 2019-01-20
instruments:
  - id: fa
    kind: notice
    effective: 2019-01-01
  - id: old
    kind: notice
    title: 关于市甲物管理局工作的通知
    made: 2018-01-01
    clauses: {"1": 市乙物管理局负责}
  - id: new
    kind: notice
    effective: 2019-01-08
    supersedes: [` + pick("old", "甲办〔2010〕1号", "i1") + `]
packs: [` + pick("generic", "cn-2018") + "]\nchanges:\n")
	for range 1 + r.IntN(5) {
		day := fmt.Sprintf("2019-01-%02d", 3+r.IntN(10))
		from, to := pick(offices...), pick(offices...)
		switch r.IntN(10) {
		case 0:
			fmt.Fprintf(&plan, "  - rename: %s\n    name: %s\n", pick(append(workers, offices...)...), pick("市新管理局", "市新物保障所"))
		case 1:
			fmt.Fprintf(&plan, "  - merge-into: [%s]\n    into: %s\n    in_place: %s\n", from, to, "2019-01-15")
		case 2:
			fmt.Fprintf(&plan, "  - change-superior: [%s]\n    to: %s\n", pick(workers...), to)
		case 3:
			fmt.Fprintf(&plan, "  - move-items: [i%d]\n    from: %s\n    to: %s\n", r.IntN(5), from, to)
		case 4:
			fmt.Fprintf(&plan, "  - delegate: [d%d]\n    from: %s\n    to: %s\n", r.IntN(4), from, pick(workers...))
		case 5:
			fmt.Fprintf(&plan, "  - abolish: %s\n", pick(append(workers, offices...)...))
		default:
			fmt.Fprintf(&plan, "  - transfer: [d%d]\n    from: %s\n    to: %s\n", r.IntN(4), from, pick(append(workers, offices...)...))
			if r.IntN(2) == 0 {
				plan.WriteString("    in_place: 2019-01-14\n")
			}
		}
		fmt.Fprintf(&plan, "    by: fa 1\n    on: %s\n", day)
	}
	file := func(name string, b *strings.Builder) txtar.File {
		return txtar.File{Name: name, Data: []byte(b.String())}
	}
	return &txtar.Archive{Files: []txtar.File{file("plan.yaml", &plan), file("bodies.csv", &bodies), file("duties.csv", &duties),
		file("responsibilities.csv", &held), file("items.csv", &items), file("plates.csv", &plates)}}
}

// What is found at once is what is found by looking at every day, with the same
// reasons and the same day on which it is settled.
func TestDependentsAgainstEveryDay(t *testing.T) {
	rounds, seen := 1500, map[string]int{}
	if testing.Short() {
		rounds = 300
	}
	first := 0
	fmt.Sscan(os.Getenv("DEPENDENTS"), &first, &rounds)
	for seed := first; seed < rounds; seed++ {
		ar := randomDependents(rand.New(rand.NewPCG(uint64(seed), 3)))
		res, _ := runArchive(t, ar)
		tl := res.Timeline
		s := &slowly{tl: tl, found: map[stale]*cause{}, last: org.Day(2019, 1, 25), kinds: []string{"事业单位", "public-institution", "institution", "执法队伍"}}
		for day := tl.Start(); day <= s.last; day++ {
			s.day(day)
		}
		line := func(k stale, why, duties []string, settled org.Date) string {
			return fmt.Sprintf("%s %s %s %s of %s on %s: %v %v until %s", k.kind, k.what, k.id, k.text, k.body, k.on, why, duties, settled)
		}
		var want, got []string
		for k, c := range s.found {
			want = append(want, line(k, slices.Sorted(maps.Keys(c.why)), slices.Sorted(maps.Keys(c.duties)), c.settled))
			seen[k.kind+" "+k.what]++
		}
		for _, d := range tl.Dependents() {
			k := stale{d.Kind, d.What, d.ID, "", d.Body.ID, d.On}
			if d.What == "plate" {
				k.text = d.Name.ZH
			}
			duties := []string{}
			for _, n := range d.Duties {
				duties = append(duties, n.ID)
			}
			got = append(got, line(k, d.Why, duties, d.Settled))
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(want, got) {
			t.Fatalf("seed %d:\n%s\nby day:\n%s\nat once:\n%s", seed, ar.Files[0].Data, strings.Join(want, "\n"), strings.Join(got, "\n"))
		}
	}
	for _, what := range []string{"institution body", "delegation body", "delegation item", "service item", "document item", "document instrument",
		"reference body", "reference plate", "reference duty", "reference instrument"} {
		if seen[what] < 10 {
			t.Errorf("the random plans made only %d of %s", seen[what], what)
		}
	}
}

// A name behind the rest of another area's name is another body's, and a name
// inside a longer one is that one's.
func TestReferencesByName(t *testing.T) {
	ar := txtar.Parse([]byte(`
-- plan.yaml --
oneboard: plan/v1
id: x
title: 方案
board: .
start: 2019-01-01
deadline: 2019-12-31
instruments:
  - {id: fa, kind: notice, effective: 2019-03-01}
changes:
  - rename: city
    name: 市生态环境局
    by: fa 1
-- areas.csv --
code,name,level,parent
1,云海市,city,
2,白鹭市,county,1
-- bodies.csv --
id,name,area
city,市环境保护局,1
bailu,白鹭市环境保护局,2
branch,市环境保护局东区分局,1
-- duties.csv --
id,name,basis
own,配合市环境保护局执法,
full,配合云海市环境保护局执法,
other,配合白鹭市环境保护局执法,
inner,配合市环境保护局东区分局执法,
both,,《市环境保护局与市环境保护局东区分局分工规定》
-- responsibilities.csv --
duty,body
own,bailu
full,bailu
other,bailu
inner,bailu
both,bailu
`))
	res, _ := runArchive(t, ar)
	var got []string
	for _, d := range res.Timeline.Dependents() {
		if d.Kind == check.FollowReference {
			got = append(got, d.What+" "+d.ID)
		}
	}
	if want := []string{"body branch", "duty both", "duty full", "duty own"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Where the law reads references as the new holder, those in law are settled on the
// day itself; names of bodies are not.
func TestReferencesReadAsHolder(t *testing.T) {
	const plan = `
-- plan.yaml --
oneboard: plan/v1
id: x
title: 方案
board: .
packs: [PACK]
start: 2019-01-01
deadline: 2019-12-31
instruments:
  - {id: order, kind: order, made: 2019-02-01, effective: 2019-03-01}
changes:
  - transfer: permits
    from: defence
    to: home
    by: order 1
-- bodies.csv --
id,name
defence,国防事务大臣
home,内政事务大臣
-- duties.csv --
id,name,basis
permits,签发许可,国防事务大臣签发许可法
patrols,边防,
-- responsibilities.csv --
duty,body
permits,defence
patrols,home
`
	for pack, want := range map[string]string{"uk-tofo": "2019-03-01", "generic": org.NoDate.String()} {
		res, _ := runArchive(t, txtar.Parse([]byte(strings.Replace(plan, "PACK", pack, 1))))
		var got []string
		for _, d := range res.Timeline.Dependents() {
			if d.Kind == check.FollowReference {
				got = append(got, d.What+" "+d.ID+" "+d.Settled.String())
			}
		}
		if len(res.Problems) > 0 || !slices.Equal(got, []string{"duty permits " + want}) {
			t.Errorf("%s: %v, %v", pack, got, res.Problems)
		}
	}
}
