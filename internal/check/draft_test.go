package check_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/exchange"
	"oneboard/internal/org"
	"oneboard/internal/planfile"
)

// A sandbox makes small boards and plans in which everything can happen: every
// kind of change, on a few things that come up again and again, with faults.
type sandbox struct {
	*rand.Rand
	src    *diag.Source
	at     int32
	board  *org.Board
	sparse bool // most changes are about things of their own
	place  bool // the board says levels, matters and items as a place does
}

func newSandbox(seed uint64) *sandbox {
	s := &sandbox{Rand: rand.New(rand.NewPCG(seed, 99)), src: diag.NewSource("plan.yaml", strings.Repeat("x", 1<<14))}
	s.sparse, s.place = s.IntN(3) > 0, s.IntN(3) == 0
	s.found()
	return s
}

// where gives words of their own to everything that is written.
func (s *sandbox) where() diag.Span {
	s.at += 3
	return diag.Span{Source: s.src, Start: s.at % (1 << 14), End: s.at%(1<<14) + 2}
}

func (s *sandbox) bodies() int {
	if s.sparse {
		return 40
	}
	return 8
}

func (s *sandbox) day() org.Date { return org.Day(2019, 1, 1) + org.Date(s.IntN(12)) }

// life is all of time, mostly.
func (s *sandbox) life() org.Interval {
	in := org.Whole
	if s.IntN(25) == 0 {
		in.From = s.day()
	}
	if s.IntN(25) == 0 {
		in.To = s.day() + 3
	}
	return in
}

func (s *sandbox) found() {
	b := &org.Board{Tables: map[string]*org.Table{}}
	s.board = b
	n := s.bodies()
	areas := s.IntN(3) > 0
	if areas {
		b.Areas = []org.Area{{Code: "A", Interval: org.Whole}, {Code: "A1", Parent: "A", Interval: org.Whole},
			{Code: "A2", Parent: "A", Interval: org.Whole}, {Code: "A3", Parent: "A2", Interval: org.Whole}}
	}
	for i := range n {
		body := org.Body{ID: fmt.Sprintf("b%d", i), Name: fmt.Sprintf("机构%d", i), Interval: s.life()}
		if i > 0 && s.IntN(2) == 0 {
			body.Superior = fmt.Sprintf("b%d", s.IntN(i))
		}
		if s.IntN(150) == 0 {
			body.Superior = []string{"zz", "n0", body.ID}[s.IntN(3)]
		}
		if areas && s.IntN(4) == 0 {
			body.Area = b.Areas[s.IntN(len(b.Areas))].Code
		}
		if s.place && s.IntN(20) == 0 {
			body.Kind = "档案馆"
		}
		if s.place && s.IntN(4) > 0 {
			body.Level = []string{"city", "city", "county"}[s.IntN(3)]
		}
		b.Bodies = append(b.Bodies, body)
		for k, kind := range []string{"行政", "工勤"} {
			if s.IntN(3) == 0 {
				continue
			}
			q := org.Quota{Body: body.ID, Kind: kind, Posts: 3, Leaders: 1 - k, Deputies: 1, Interval: s.life()}
			if s.IntN(10) == 0 {
				q.Posts = 1
			}
			b.Quotas = append(b.Quotas, q)
		}
		for k := range s.IntN(4) {
			post := org.Post{ID: fmt.Sprintf("p%d.%d", i, k), Body: body.ID, Kind: []string{"行政", "工勤", ""}[min(s.IntN(8), 2)*s.IntN(2)], Interval: s.life()}
			if k == 0 {
				post.Role = org.Head
			} else if s.IntN(4) == 0 {
				post.Role = org.Deputy
			}
			b.Posts = append(b.Posts, post)
			if s.IntN(6) > 0 {
				person := fmt.Sprintf("h%d.%d", i, k)
				if s.IntN(20) == 0 {
					person = "h0.0"
				}
				b.Appointments = append(b.Appointments, org.Appointment{Post: post.ID, Person: person, Interval: s.life()})
			}
		}
		if s.IntN(2) == 0 {
			it := org.Item{ID: fmt.Sprintf("i%d", i), Kind: []string{"seal", "open-matter", "system"}[s.IntN(3)], Body: body.ID, Until: org.NoDate}
			if s.place && s.IntN(2) == 0 {
				it.Kind = "archives"
			}
			if s.IntN(2) == 0 {
				it.Duty = fmt.Sprintf("d%d", s.IntN(n))
			}
			if s.IntN(8) == 0 {
				it.Until = s.day()
			}
			b.Items = append(b.Items, it)
		}
		if s.IntN(5) == 0 {
			b.Plates = append(b.Plates, org.Plate{Body: body.ID, Name: "牌子", Interval: s.life()})
		}
	}
	for i := range n {
		d := org.Duty{ID: fmt.Sprintf("d%d", i), Name: fmt.Sprintf("职责%d", i), Exclusive: s.IntN(10) > 0, Protected: s.IntN(5) == 0}
		if i > 0 && s.IntN(4) == 0 {
			d.PartOf = fmt.Sprintf("d%d", s.IntN(i))
		}
		if s.IntN(200) == 0 {
			d.PartOf = []string{"zz", "e0", d.ID}[s.IntN(3)]
		}
		if s.place && s.IntN(3) == 0 {
			d.Kind, d.Matter, d.Basis = []string{"penalty", "licence", "inspection"}[s.IntN(3)], fmt.Sprintf("m%d", s.IntN(4)), "law"
		}
		if areas && s.IntN(6) == 0 {
			d.Area = b.Areas[s.IntN(len(b.Areas))].Code
		}
		b.Duties = append(b.Duties, d)
		for range 1 + s.IntN(8)/7 {
			r := org.Responsibility{Duty: d.ID, Body: fmt.Sprintf("b%d", s.IntN(n)), Keys: org.AllKeys, Interval: s.life()}
			if s.IntN(10) == 0 {
				r.Keys = org.Keys(1 + s.IntN(15))
			}
			if s.IntN(10) == 0 {
				r.Mode = org.Mode(s.IntN(4))
			}
			if areas && s.IntN(12) == 0 || s.IntN(60) == 0 {
				r.Area = []string{"A", "A1", "A2", "A3"}[s.IntN(4)]
			}
			if s.IntN(300) == 0 {
				r.Body = []string{"zz", "n0"}[s.IntN(2)]
			}
			b.Responsibilities = append(b.Responsibilities, r)
		}
	}
	if s.IntN(30) == 0 {
		b.Appointments = nil
	}
	if s.IntN(40) == 0 {
		b.Quotas = nil
	}
}

func (s *sandbox) body() string {
	switch s.IntN(14) {
	case 0:
		return fmt.Sprintf("n%d", s.IntN(3))
	case 1:
		if s.IntN(6) == 0 {
			return []string{"zz", "机构3", "b11x", "none"}[s.IntN(4)]
		}
	}
	return fmt.Sprintf("b%d", s.IntN(s.bodies()))
}

func (s *sandbox) duty() string {
	switch s.IntN(14) {
	case 0:
		return fmt.Sprintf("e%d", s.IntN(2))
	case 1:
		if s.IntN(6) == 0 {
			return []string{"zz", "职责2", "dd1"}[s.IntN(3)]
		}
	}
	return fmt.Sprintf("d%d", s.IntN(s.bodies()))
}

// id gives an id for a field: mostly one of what belongs there.
func (s *sandbox) id(field string) string {
	thing := func(list int, id func(int) string, new string) string {
		if list == 0 || s.IntN(12) == 0 {
			return new
		}
		return id(s.IntN(list))
	}
	switch field {
	case "Duty", "Duties":
		return s.duty()
	case "Posts", "Post":
		return thing(len(s.board.Posts), func(i int) string { return s.board.Posts[i].ID }, s.body()+"/行政/1")
	case "People", "Person":
		return thing(len(s.board.Appointments), func(i int) string { return s.board.Appointments[i].Person }, fmt.Sprintf("h%d", s.IntN(4)))
	case "Items", "Item":
		return thing(len(s.board.Items), func(i int) string { return s.board.Items[i].ID }, fmt.Sprintf("j%d", s.IntN(3)))
	case "Area", "Areas", "In", "Code", "Parent":
		return []string{"A", "A1", "A2", "A3", "A3", "A4", "zz"}[s.IntN(7)]
	case "Superior":
		if s.IntN(6) == 0 {
			return "none"
		}
	}
	return s.body()
}

// change makes a change of a random kind.
func (s *sandbox) change() org.Change {
	kind := org.Kinds[s.IntN(len(org.Kinds))]
	switch s.IntN(10) { // the commonest kinds are commoner
	case 0, 1, 2:
		kind, _ = org.KindOf("transfer")
	case 3:
		kind, _ = org.KindOf("abolish")
	case 4:
		kind, _ = org.KindOf("establish")
	}
	if kind.Word == "change-area" && s.IntN(3) > 0 {
		kind, _ = org.KindOf("merge-into")
	}
	ch := kind.New()
	s.fill(reflect.ValueOf(ch).Elem(), "")
	switch ch := ch.(type) { // what must be there mostly is
	case *org.Establish:
		if s.IntN(8) > 0 {
			ch.Body.ID = fmt.Sprintf("n%d", s.IntN(3))
		}
	case *org.Merge:
		ch.Into.ID.ID = fmt.Sprintf("n%d", s.IntN(3))
	case *org.Assign:
		if s.IntN(2) == 0 {
			ch.Duty.ID = fmt.Sprintf("e%d", s.IntN(2))
		} else {
			ch.Name.Text = ""
		}
	case *org.Provide:
		ch.Item.ID = fmt.Sprintf("j%d", s.IntN(3))
	case *org.Appoint:
		if s.IntN(2) == 0 {
			ch.Post = org.Ref{}
		} else {
			ch.Body = org.Ref{}
		}
	}
	d := ch.Declared()
	d.Kind, d.At = kind.Word, s.where()
	if s.IntN(15) > 0 {
		d.On = org.WrittenOn(s.day(), s.where())
	}
	for range min(1, s.IntN(40)) {
		d.By = append(d.By, org.Citation{Instrument: org.Ref{ID: []string{"f", "f", "f", "g", "old", "zz"}[s.IntN(6)], At: s.where()},
			Clause: org.Text{Text: []string{"1", "2", "9", ""}[min(s.IntN(30), 3)], At: s.where()}})
	}
	if s.IntN(25) == 0 {
		d.GivenID = org.Ref{ID: fmt.Sprintf("%s%d", []string{"k", "k", "k", "c"}[s.IntN(4)], s.IntN(30)), At: s.where()}
		d.ID = d.GivenID.ID
	}
	if s.IntN(12) == 0 {
		r := org.Ref{ID: fmt.Sprintf("%s%d", []string{"k", "c", "c"}[s.IntN(3)], 1+s.IntN(14)), At: s.where()}
		if s.IntN(2) == 0 {
			d.After = append(d.After, r)
		} else {
			d.Before = append(d.Before, r)
		}
	}
	return ch
}

func (s *sandbox) fill(v reflect.Value, field string) {
	switch p := v.Addr().Interface().(type) {
	case *org.Common:
	case *org.Ref:
		optional := field == "In" || field == "Superior" || field == "Area" || field == "Lead" || field == "Parent"
		if !optional || s.IntN(4) == 0 {
			*p = org.Ref{ID: s.id(field), At: s.where()}
		}
	case *org.Text:
		switch field {
		case "Role":
			p.Text = []string{"", "head", "deputy", "ordinary"}[s.IntN(4)]
		case "Class":
			p.Text = []string{"行政", "工勤", "seal", "档案馆"}[min(s.IntN(20), 3*s.IntN(2)+s.IntN(3))%4]
		default:
			p.Text = []string{"", "甲", "乙", "牌子"}[s.IntN(4)]
		}
		p.At = s.where()
	case *org.When:
		if s.IntN(3) == 0 || field == "Until" {
			*p = org.WrittenOn(s.day(), s.where())
		}
	case *org.Number:
		if s.IntN(6) > 0 {
			*p = org.WrittenNumber(s.IntN(4), s.where())
		}
	case *org.Selection:
		if p.All = s.IntN(3) == 0; p.All {
			return
		}
		for range 1 + s.IntN(2) {
			p.Refs = append(p.Refs, org.Ref{ID: s.id(field), At: s.where()})
		}
	default:
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				if f := v.Type().Field(i); f.IsExported() {
					s.fill(v.Field(i), f.Name)
				}
			}
		case reflect.Slice:
			v.Set(reflect.MakeSlice(v.Type(), 1+s.IntN(3), 4))
			for i := range v.Len() {
				s.fill(v.Index(i), field)
			}
		}
	}
}

func (s *sandbox) plan() *org.Plan {
	base := org.Day(2019, 1, 1)
	p := &org.Plan{ID: "draft", Instruments: []org.Instrument{
		{ID: "f", Kind: "notice", Effective: org.WrittenOn(base+1, s.where()), At: s.where()},
		{ID: "g", Kind: "plan", Effective: org.WrittenOn(base, s.where()), Clauses: []org.Clause{{Number: "1"}, {Number: "2"}},
			Supersedes: []org.Ref{{ID: "old", At: s.where()}}, At: s.where()},
		{ID: "old", Kind: "notice", At: s.where()},
	}}
	if s.IntN(8) > 0 {
		p.Start = org.WrittenOn(base, s.where())
	}
	if s.IntN(4) == 0 {
		p.Deadline = org.WrittenOn(base+9, s.where())
	}
	if s.IntN(2) == 0 {
		p.Approvals = append(p.Approvals, org.Approval{Instrument: org.Ref{ID: []string{"g", "zz"}[s.IntN(2)], At: s.where()}, On: org.WrittenOn(base+2, s.where())})
	}
	for range s.IntN(4) / 3 {
		p.Waivers = append(p.Waivers, org.Waiver{Code: org.Text{Text: "OB0301", At: s.where()}, Object: org.Ref{ID: s.duty()}, Until: org.WrittenOn(base+30, s.where()), At: s.where()})
	}
	for i := range s.IntN(14) {
		ch := s.change()
		d := ch.Declared()
		if d.Position = i; !d.GivenID.Given() {
			d.ID = fmt.Sprintf("c%d", i+1)
		}
		p.Changes = append(p.Changes, ch)
	}
	if s.IntN(2) == 0 {
		s.besides(p)
	}
	return p
}

func (s *sandbox) ref(id string) org.Ref { return org.Ref{ID: id, At: s.where()} }

func (s *sandbox) refs(n int, id func() string) (out []org.Ref) {
	for range n {
		out = append(out, s.ref(id()))
	}
	return out
}

// besides writes what a plan says besides its changes, about the same few things.
func (s *sandbox) besides(p *org.Plan) {
	some := func(of int) bool { return s.IntN(of) == 0 }
	person := func() string { return s.id("People") }
	text := func(words ...string) org.Text { return org.Text{Text: words[s.IntN(len(words))], At: s.where()} }
	for range s.IntN(3) {
		k := org.Contact{Duties: org.Selection{All: some(3)}, People: s.refs(1+s.IntN(2), person)}
		if !k.Duties.All {
			k.Duties.Refs = s.refs(1+s.IntN(3), s.duty)
		}
		p.Contacts = append(p.Contacts, k)
	}
	for range s.IntN(3) {
		from := s.day()
		w := org.Closed{Title: text("汛期", "假期"), Days: org.WrittenBetween(from, from+org.Date(s.IntN(4)), s.where())}
		if some(3) {
			w.Duties = s.refs(1+s.IntN(2), s.duty)
		}
		p.Windows = append(p.Windows, w)
	}
	task := func() string {
		return []string{"t1", "t2", "t3", fmt.Sprintf("c%d", 1+s.IntN(9)), "k3", "zz", "x/y"}[s.IntN(7)]
	}
	for i := range s.IntN(4) {
		t := org.Task{ID: s.ref(fmt.Sprintf("t%d", 1+i-i*s.IntN(9)/8)), Title: text("任务"), Body: s.refs(1+s.IntN(5)/4, s.body), Days: org.Days{}}
		t.With = s.refs(s.IntN(2), s.body)
		for range s.IntN(2) {
			t.After = append(t.After, org.Wait{Of: s.ref(task())})
		}
		for range s.IntN(3) / 2 {
			t.Needs = append(t.Needs, org.TeamNeed{Team: s.ref([]string{"m", "zz"}[s.IntN(4)/3]), People: org.WrittenNumber(1+s.IntN(3), s.where())})
		}
		p.Tasks = append(p.Tasks, t)
	}
	if some(2) {
		p.Teams = append(p.Teams, org.Team{ID: s.ref("m"), Body: s.ref(s.body()), Capacity: org.WrittenNumber(2, s.where())})
	}
	if some(4) {
		p.Staff = append(p.Staff, org.Person{ID: s.ref("q"), Can: s.refs(1, func() string { return []string{"m", "yy"}[s.IntN(2)] })})
		p.Rests = append(p.Rests, org.Rest{Body: s.ref(s.body())})
	}
	for range s.IntN(3) / 2 {
		h := org.RoleHolder{Role: s.ref("staffing-office"), Body: s.ref(s.body())}
		if some(2) {
			h.Area = s.ref(s.id("Area"))
		}
		p.Roles = append(p.Roles, h)
	}
	for i := range s.IntN(3) {
		p.Processes = append(p.Processes, org.Process{ID: s.ref(fmt.Sprintf("r%d", i*s.IntN(2))), Steps: s.refs(2, s.duty)})
	}
	cite := func() []org.Citation {
		return []org.Citation{{Instrument: s.ref([]string{"f", "g", "zz", "yy"}[s.IntN(4)]), Clause: text("1", "9")}}
	}
	for range s.IntN(3) {
		d := org.Demand{By: cite(), Level: text("county", "city", "")}
		if some(2) {
			d.Deadline = org.WrittenOn(s.day(), s.where())
		}
		if some(2) {
			d.Bodies = org.WrittenNumber(s.IntN(6), s.where())
		}
		if some(12) {
			d.Posts = org.WrittenNumber(s.IntN(20), s.where())
		}
		if some(3) {
			d.After = text("city")
		}
		if some(3) {
			d.Counterparts = s.refs(1, []func() string{s.body, s.duty}[s.IntN(2)])
		}
		if some(9) {
			d.Match = text("identical")
		}
		p.Below = append(p.Below, d)
	}
	for range s.IntN(3) {
		t := org.Tie{Of: s.ref("above"), Reason: text("", "因地制宜")}
		if some(2) {
			t.Is = s.ref(s.body())
		}
		if some(3) {
			t.Of, t.By = org.Ref{}, cite()
		}
		p.Upward = append(p.Upward, t)
	}
	if some(2) {
		p.Above = text("../above/plan.yaml")
	}
	for i := range p.Instruments {
		if some(6) {
			p.Instruments[i].Body = s.ref(s.body())
		}
	}
}

// instruments gives other instruments than a plan has: one altered, one less, one
// twice, or one that was missed.
func (s *sandbox) instruments(list []org.Instrument) []org.Instrument {
	out := slices.Clone(list)
	if len(out) == 0 || s.IntN(8) == 0 {
		return append(out, org.Instrument{ID: []string{"zz", "g", "f"}[s.IntN(3)], Kind: "notice", At: s.where()})
	}
	in := &out[s.IntN(len(out))]
	switch s.IntN(8) {
	case 0:
		at := s.IntN(len(out))
		return slices.Delete(out, at, at+1)
	case 1:
		in.ID = []string{"f", "g", "old", "zz"}[s.IntN(4)]
	case 2:
		in.Kind = []string{"plan", "notice", "law", org.NeedDetermination}[min(s.IntN(12), 3)*s.IntN(2)]
	case 3:
		in.Effective = org.WrittenOn(s.day(), s.where())
	case 4:
		in.Supersedes = []org.Ref{s.ref([]string{"f", "g", "old"}[s.IntN(3)])}
	case 5:
		in.Under = []org.Ref{s.ref([]string{"f", "g", "old"}[s.IntN(3)])}
	case 6:
		in.Confirms = s.refs(1+s.IntN(2), func() string { return s.id("Items") })
	default:
		in.Clauses = []org.Clause{{Number: []string{"1", "2"}[s.IntN(2)]}}
	}
	return out
}

func (s *sandbox) pack() *org.Pack {
	if s.place {
		packs, problems := planfile.Packs(&org.Plan{Packs: []org.Ref{{ID: "cn-2018"}}})
		if len(problems) > 0 {
			panic(problems)
		}
		pack := *packs[0]
		if s.IntN(3) == 0 { // of a plan without approval nearly every change is frozen
			pack.Freezes = nil
		}
		if s.IntN(2) == 0 {
			pack.Contacts = 0
		}
		return &pack
	}
	seals := func(p *org.Pack) *org.Pack {
		if s.IntN(2) == 0 {
			word := func(w ...string) []org.Text { return []org.Text{{Text: w[s.IntN(len(w))]}} }
			p.Seals = org.SealRules{Mode: word("strict", "lenient")[0], KeepDays: org.WrittenNumber(2, s.where()), KeepFor: word("甲", "清算"),
				PlateAfter: word("seal", "head"), Plates: word("行政")}
		}
		return p
	}
	switch s.IntN(3) {
	case 0:
		return &org.Pack{ID: "generic", Required: org.AllKeys, HeadRequired: true}
	case 1:
		return seals(&org.Pack{ID: "strict", Required: org.Holder | org.Performer, HeadRequired: true, HeadGrace: 2, Approve: []string{"plan"},
			FormerPerforms: org.Performer | org.Signatory | org.Means, Contacts: 1, LeaderSteps: []org.LeaderStep{{UpTo: 2, Heads: 1}, {Heads: 1, Deputies: 1}}})
	}
	able := seals(&org.Pack{ID: "able", Required: org.AllKeys, FormerPerforms: org.Performer, FollowingItems: []string{"open-matter"}, EndingItems: []string{"seal"},
		Able: []org.Need{{ID: org.NeedHead, Keys: org.Performer, Grace: 1}, {ID: "seal", Keys: org.Signatory, Receiving: true}}})
	if s.IntN(3) == 0 {
		able.Bylaws = org.BylawRules{Years: org.WrittenNumber(1, s.where()), Kinds: []org.Text{{Text: "seal"}}}
	}
	return able
}

// edit makes a random change to a draft, and to a plan the same.
func (s *sandbox) edit(d *check.Draft) string {
	n := d.Len()
	switch {
	case s.IntN(12) == 0:
		d.SetInstruments(s.instruments(d.Plan().Instruments))
		return "other instruments"
	case s.IntN(25) == 0:
		w := org.Waiver{Code: org.Text{Text: []string{"OB0301", "OB0601", "OB0205"}[s.IntN(3)], At: s.where()}, Object: org.Ref{ID: s.duty()},
			Until: org.WrittenOn(org.Day(2019, 1, 5+s.IntN(40)), s.where()), At: s.where()}
		d.SetWaivers(append(d.Plan().Waivers[:s.IntN(len(d.Plan().Waivers)+1)], w))
		return "other waivers"
	case n == 0 || s.IntN(3) == 0 && n < 25:
		i, ch := s.IntN(n+1), s.change()
		d.Insert(i, ch)
		return fmt.Sprintf("insert %s at %d", ch.Declared().Kind, i)
	case s.IntN(3) == 0:
		i := s.IntN(n)
		what := d.Change(i).Declared().Kind
		d.Remove(i)
		return fmt.Sprintf("remove %s at %d", what, i)
	case s.IntN(2) == 0:
		i, ch := s.IntN(n), s.change()
		d.Replace(i, ch)
		return fmt.Sprintf("put %s at %d", ch.Declared().Kind, i)
	default: // one word or day of it
		i := s.IntN(n)
		ch := copyChange(d.Change(i))
		refs, whens, numbers, _ := parts(ch)
		switch s.IntN(4) {
		case 0:
			if len(refs) > 0 {
				r := refs[s.IntN(len(refs))]
				if r.Given() && r != &ch.Declared().GivenID {
					r.ID = s.body()
				}
			}
		case 1, 2:
			if len(whens) > 0 {
				*whens[s.IntN(len(whens))] = org.WrittenOn(s.day(), s.where())
			}
		default:
			if len(numbers) > 0 {
				*numbers[s.IntN(len(numbers))] = org.WrittenNumber(s.IntN(5), s.where())
			}
		}
		d.Replace(i, ch)
		return fmt.Sprintf("alter %s at %d", ch.Declared().Kind, i)
	}
}

// TestDraftsAgainstFullChecks edits random plans at random, and after each edit
// holds every problem of the draft against those of a full check. DRAFTS="0 5000"
// runs those seeds; each makes twenty cases.
func TestDraftsAgainstFullChecks(t *testing.T) {
	first, last := 0, 600
	if testing.Short() {
		last = 120
	}
	fmt.Sscan(os.Getenv("DRAFTS"), &first, &last)
	seeds := []int{102777, 104494, 1117} // which have found faults: a circle that closes when a change goes, and one found while the last day moves; a confirmed item that a change provides
	for seed := first; seed < last; seed++ {
		seeds = append(seeds, seed)
	}
	cases, whole, problems, clusters := 0, map[string]int{}, 0, 0
	codes := map[diag.Code]int{}
	for _, seed := range seeds {
		s := newSandbox(uint64(seed))
		x := check.IndexBoard(s.board)
		pack := s.pack()
		d := check.NewDraft(x, s.plan(), pack)
		did := []string{"start"}
		for range 20 {
			got, want := d.Problems(), x.Run(d.Plan(), pack).Problems
			if !equalProblems(got, want) {
				t.Fatalf("seed %d, whole %q, after %s:\n%s\n%s", seed, d.Whole(), strings.Join(did, "; "), differing(got, want), describePlan(d.Plan()))
			}
			cases++
			whole[d.Whole()]++
			problems += len(got)
			clusters += check.Clusters(d)
			for _, p := range got {
				codes[p.Code]++
			}
			did = append(did, s.edit(d))
		}
		if err := check.Pristine(d); err != "" {
			t.Fatalf("seed %d: a run left something behind: %s", seed, err)
		}
	}
	t.Logf("%d cases; whole %v; %.1f problems and %.1f clusters a case; %v", cases, whole, float64(problems)/float64(cases), float64(clusters)/float64(cases), codes)
	if whole[""] < cases/2 {
		t.Errorf("the cases say little: of %d plans %v were checked whole", cases, whole)
	}
}

func equalProblems(a, b diag.List) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !reflect.DeepEqual(a[i], b[i]) && fmt.Sprintf("%#v", a[i]) != fmt.Sprintf("%#v", b[i]) {
			return false
		}
	}
	return true
}

// differing tells the first problems in which two lists differ.
func differing(got, want diag.List) string {
	told := map[string]int{}
	for _, d := range want {
		told[fmt.Sprint(d)]++
	}
	var out strings.Builder
	for _, d := range got {
		if told[fmt.Sprint(d)]--; told[fmt.Sprint(d)] < 0 {
			fmt.Fprintf(&out, "  draft alone: %s %d %v %v\n", d.Code, d.Span.Start, d.Facts, d.Notes)
		}
	}
	for _, d := range want {
		if told[fmt.Sprint(d)] > 0 {
			fmt.Fprintf(&out, "  check alone: %s %d %v %v\n", d.Code, d.Span.Start, d.Facts, d.Notes)
		}
	}
	return out.String()
}

func describePlan(p *org.Plan) string {
	var out strings.Builder
	for _, ch := range p.Changes {
		d := ch.Declared()
		fmt.Fprintf(&out, "  %s %s on %v after %v before %v:", d.ID, d.Kind, d.On.Or(org.NoDate), ids(d.After), ids(d.Before))
		v := reflect.ValueOf(ch).Elem()
		for i := 1; i < v.NumField(); i++ {
			switch f := v.Field(i).Interface().(type) {
			case org.Ref:
				fmt.Fprintf(&out, " %s=%s", v.Type().Field(i).Name, f.ID)
			case []org.Ref:
				fmt.Fprintf(&out, " %s=%v", v.Type().Field(i).Name, ids(f))
			case org.Selection:
				fmt.Fprintf(&out, " %s=%v,%v", v.Type().Field(i).Name, f.All, ids(f.Refs))
			case org.When:
				fmt.Fprintf(&out, " %s=%v", v.Type().Field(i).Name, f.Or(org.NoDate))
			case org.Text:
				fmt.Fprintf(&out, " %s=%s", v.Type().Field(i).Name, f.Text)
			case org.Number:
				fmt.Fprintf(&out, " %s=%d", v.Type().Field(i).Name, f.N)
			case org.NewBody:
				fmt.Fprintf(&out, " %s=%s under %s", v.Type().Field(i).Name, f.ID.ID, f.Superior.ID)
			case []org.NewBody:
				for _, n := range f {
					fmt.Fprintf(&out, " into %s under %s", n.ID.ID, n.Superior.ID)
				}
			}
		}
		out.WriteByte('\n')
	}
	return out.String()
}

// TestEditsOfYunhai takes each change of the city's plan away, says it twice and
// alters it, one by one, in the sound plan and in the broken one, and does the like
// with its instruments.
func TestEditsOfYunhai(t *testing.T) {
	every := 1
	if testing.Short() {
		every = 9
	}
	for _, dir := range []string{"../../examples/yunhai", "../../examples/yunhai-broken"} {
		board, _, err := exchange.ReadBoard(os.DirFS(dir), ".")
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(dir + "/plan.yaml")
		if err != nil {
			t.Fatal(err)
		}
		plan, _ := planfile.Parse("plan.yaml", text)
		packs, _ := planfile.Packs(plan)
		x := check.IndexBoard(board)
		d := check.NewDraft(x, plan, packs...)
		r := rand.New(rand.NewPCG(1, 2))
		whole, cases := 0, 0
		equal := func(did string, i int) {
			t.Helper()
			got, want := d.Problems(), x.Run(d.Plan(), packs...).Problems
			if !equalProblems(got, want) {
				t.Fatalf("%s: %s %d, whole %q:\n%s", dir, did, i, d.Whole(), differing(got, want))
			}
			if cases++; d.Whole() != "" {
				whole++
			}
		}
		equal("start", 0)
		for i := range plan.Instruments {
			list := slices.Clone(plan.Instruments)
			list[i].Effective = org.WrittenOn(list[i].Effective.Or(org.Day(2019, 1, 1))+3, list[i].At)
			d.SetInstruments(list)
			equal("later instrument", i)
			d.SetInstruments(slices.Delete(list, i, i+1))
			equal("without instrument", i)
		}
		d.SetInstruments(plan.Instruments)
		for i := range plan.Waivers {
			d.SetWaivers(slices.Delete(slices.Clone(plan.Waivers), i, i+1))
			equal("without waiver", i)
		}
		d.SetWaivers(plan.Waivers)
		for i := 0; i < d.Len(); i += every {
			was := d.Change(i)
			d.Remove(i)
			equal("without", i)
			d.Insert(i, was)
			d.Insert(i+1, was)
			equal("twice", i)
			d.Remove(i + 1)
			ch := copyChange(was)
			refs, _, _, _ := parts(ch)
			if ref := refs[r.IntN(len(refs))]; ref.Given() && ref != &ch.Declared().GivenID {
				ref.ID = board.Bodies[r.IntN(len(board.Bodies))].ID
			}
			ch.Declared().On = org.WrittenOn(org.Day(2019, 1, 10+r.IntN(25)), ch.Declared().At)
			d.Replace(i, ch)
			equal("other", i)
			d.Replace(i, was)
		}
		equal("end", 0)
		t.Logf("%s: %d cases, %d of them checked whole", dir, cases, whole)
		if whole > cases/20 && dir == "../../examples/yunhai" { // in the broken one, superiors go round
			t.Errorf("%s: %d of %d plans were checked whole: %s", dir, whole, cases, d.Whole())
		}
	}
}
