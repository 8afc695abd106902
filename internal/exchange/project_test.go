package exchange

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

func dayOf(s string) org.Date {
	d, err := org.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// someProject is any project that the format can hold.
func someProject(r *rand.Rand) *Project {
	words := func() string {
		list := []string{"编制方案", "印章 & <移交>", "Hand over \"keys\"", "  two  blanks ", "a]]>b", "第二行\n在这里", "é–ü", "𠮷"}
		return list[r.IntN(len(list))]
	}
	day := func() org.Date { return dayOf("2019-01-07") + org.Date(r.IntN(900)) }
	maybe := func() org.Date {
		if r.IntN(2) == 0 {
			return org.NoDate
		}
		return day()
	}
	p := &Project{Title: words(), Start: maybe()}
	for k := range p.Week {
		p.Week[k] = r.IntN(3) > 0
	}
	for range r.IntN(4) {
		from := day()
		p.Days = append(p.Days, ProjectDays{words(), from, from + org.Date(r.IntN(9)), r.IntN(2) == 0})
	}
	for k := range r.IntN(4) {
		res := ProjectResource{ID: fmt.Sprint("r", k), Name: words(), Capacity: r.IntN(5)}
		if r.IntN(2) == 0 {
			from := day()
			res.Away = append(res.Away, ProjectAway{from, from + org.Date(r.IntN(5)), res.Capacity + 1})
		}
		p.Resources = append(p.Resources, res)
	}
	teams := len(p.Resources)
	for k := range r.IntN(3) { // people of one or all teams
		who := ProjectResource{ID: fmt.Sprint("p", k), Name: words(), Capacity: 1}
		for team := range teams {
			if team == 0 || r.IntN(2) == 0 {
				who.Can = append(who.Can, team)
			}
		}
		p.Resources = append(p.Resources, who)
	}
	n := r.IntN(9)
	for k := range n {
		t := ProjectTask{ID: fmt.Sprintf("c%d/步骤", k), Name: words(), Days: r.IntN(30), Start: maybe(), Finish: maybe(), NotBefore: maybe(), NotAfter: maybe(), Critical: r.IntN(2) == 0, WasStart: org.NoDate, WasDone: org.NoDate}
		if r.IntN(2) == 0 {
			t.Note, t.WasStart = words(), day()
			t.WasDone = t.WasStart + 3
		}
		for range r.IntN(3) {
			t.Links = append(t.Links, ProjectLink{r.IntN(n), LinkKind(r.IntN(4)), r.IntN(21) - 10})
		}
		if teams > 0 && r.IntN(2) == 0 {
			team := r.IntN(teams)
			t.Needs = append(t.Needs, ProjectNeed{team, 1 + r.IntN(3)})
			for k := teams; k < len(p.Resources); k++ {
				if slices.Contains(p.Resources[k].Can, team) && r.IntN(2) == 0 {
					turn := ProjectTurn{k, team, day(), org.NoDate}
					turn.To = turn.From + org.Date(r.IntN(5))
					if r.IntN(4) == 0 {
						turn.From, turn.To = org.NoDate, org.NoDate
					}
					t.Turns = append(t.Turns, turn)
					if turn.To.Known() && r.IntN(2) == 0 { // and again, after something else
						t.Turns = append(t.Turns, ProjectTurn{k, team, turn.To + 3, turn.To + 4})
					}
				}
			}
		}
		p.Tasks = append(p.Tasks, t)
	}
	return p
}

// TestProjectRoundTrip: what is written and read again is the same project.
func TestProjectRoundTrip(t *testing.T) {
	for seed := range uint64(400) {
		p := someProject(rand.New(rand.NewPCG(seed, 1)))
		text := p.XML()
		again, list := ReadProject(diag.NewSource("project.xml", string(text)))
		if len(list) > 0 || again == nil {
			t.Fatalf("seed %d: %v\n%s", seed, told(list), text)
		}
		for i := range again.Tasks {
			if again.Tasks[i].At.IsZero() {
				t.Fatalf("seed %d: a task has no place", seed)
			}
			again.Tasks[i].At = diag.Span{}
		}
		for i := range again.Resources {
			if again.Resources[i].At.IsZero() {
				t.Fatalf("seed %d: a resource has no place", seed)
			}
			again.Resources[i].At = diag.Span{}
		}
		if !reflect.DeepEqual(p, again) {
			t.Fatalf("seed %d:\n%+v\n%+v\n%s", seed, p, again, text)
		}
	}
}

// A file as Microsoft Project writes it: a summary task 0 and 1, a lag of two
// days, one of 90 minutes, a share of the duration, an exception of before 2007,
// hours that are no whole day.
const foreign = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Project xmlns="http://schemas.microsoft.com/project"><Name>Umzug.mpp</Name><Title>Umzug</Title><StartDate>2019-01-07T08:00:00</StartDate><CalendarUID>3</CalendarUID>
<Calendars><Calendar><UID>3</UID><WeekDays>
<WeekDay><DayType>1</DayType><DayWorking>0</DayWorking></WeekDay><WeekDay><DayType>7</DayType><DayWorking>1</DayWorking></WeekDay>
<WeekDay><DayType>0</DayType><DayWorking>0</DayWorking><TimePeriod><FromDate>2019-02-04T00:00:00</FromDate><ToDate>2019-02-10T23:59:00</ToDate></TimePeriod></WeekDay>
</WeekDays></Calendar></Calendars>
<Tasks>
<Task><UID>0</UID><Name>Umzug</Name><Summary>1</Summary></Task>
<Task><UID>4</UID><Name>Phase</Name><Summary>1</Summary></Task>
<Task><UID>7</UID><Name>List</Name><WBS>1.1</WBS><Duration>PT24H0M0S</Duration><ConstraintType>4</ConstraintType><ConstraintDate>2019-01-09T08:00:00</ConstraintDate></Task>
<Task><UID>9</UID><Name>Agree</Name><WBS>1.2</WBS><Duration>PT12H0M0S</Duration><PredecessorLink><PredecessorUID>7</PredecessorUID><Type>1</Type><LinkLag>9600</LinkLag><LagFormat>7</LagFormat></PredecessorLink></Task>
<Task><UID>10</UID><Name>Move</Name><WBS>1.2</WBS><Duration>PT0H0M0S</Duration><PredecessorLink><PredecessorUID>9</PredecessorUID><Type>3</Type><LinkLag>900</LinkLag><LagFormat>5</LagFormat></PredecessorLink><PredecessorLink><PredecessorUID>7</PredecessorUID><Type>1</Type><LinkLag>50</LinkLag><LagFormat>19</LagFormat></PredecessorLink><PredecessorLink><PredecessorUID>4</PredecessorUID></PredecessorLink></Task>
</Tasks>
<Resources><Resource><UID>0</UID><Name></Name></Resource><Resource><UID>5</UID><Name>Crew</Name><Type>1</Type><MaxUnits>2.00</MaxUnits></Resource></Resources>
<Assignments><Assignment><TaskUID>9</TaskUID><ResourceUID>5</ResourceUID><Units>1</Units></Assignment><Assignment><TaskUID>7</TaskUID><ResourceUID>-65535</ResourceUID><Units>1</Units></Assignment></Assignments>
</Project>`

func TestForeignProject(t *testing.T) {
	p, list := ReadProject(diag.NewSource("foreign.xml", foreign))
	if p == nil {
		t.Fatal(told(list))
	}
	if len(list) != 4 || list.HasErrors() { // 12 hours, 90 minutes, the share, the sum
		t.Errorf("%d warnings: %v", len(list), told(list))
	}
	if len(p.Tasks) != 3 || p.Title != "Umzug" || p.Tasks[0].Days != 3 || p.Tasks[0].NotBefore != dayOf("2019-01-09") || p.Tasks[1].Days != 2 || p.Tasks[2].ID != "uid-10" {
		t.Errorf("%+v", p.Tasks)
	}
	if want := []ProjectLink{{0, FinishStart, 2}}; !reflect.DeepEqual(p.Tasks[1].Links, want) {
		t.Errorf("%+v", p.Tasks[1].Links)
	}
	if want := []ProjectLink{{1, StartStart, 1}}; !reflect.DeepEqual(p.Tasks[2].Links, want) {
		t.Errorf("%+v", p.Tasks[2].Links)
	}
	if p.Week != [7]bool{false, true, true, true, true, true, true} || !reflect.DeepEqual(p.Days, []ProjectDays{{"", dayOf("2019-02-04"), dayOf("2019-02-10"), false}}) {
		t.Errorf("%v %v", p.Week, p.Days)
	}
	if len(p.Resources) != 1 || p.Resources[0].Capacity != 2 || !reflect.DeepEqual(p.Tasks[1].Needs, []ProjectNeed{{0, 1}}) || p.Tasks[0].Needs != nil {
		t.Errorf("%+v", p.Resources)
	}
}

// Every page of the manual about these files shows exactly its code.
func TestProjectManual(t *testing.T) {
	for _, code := range []diag.Code{NotXML, NoProject, BadField, NoSuchUID, NotKept} {
		page, ok := diag.Manual(code)
		if !ok {
			t.Fatalf("%s has no page", code)
		}
		for _, f := range page.Files {
			if f.Name == "project.xml" {
				_, list := ReadProject(diag.NewSource(f.Name, string(f.Data)))
				if len(list) != 1 || list[0].Code != code {
					t.Errorf("%s shows %v", code, told(list))
				}
			}
		}
	}
}

// Seeds are a few hundred letters each: the fuzzer tries every seed and find with
// each letter left out before it goes on, which takes it minutes with whole files.
func FuzzReadProject(f *testing.F) {
	const task = "<Task><UID>1</UID><Name>A</Name><WBS>a</WBS><Duration>PT16H0M0S</Duration>"
	f.Add("<Project><Title>T</Title><StartDate>2019-01-07T08:00:00</StartDate><Tasks>" + task + "</Task></Tasks></Project>")
	f.Add("<Project><Tasks>" + task + "</Task><Task><UID>2</UID><PredecessorLink><PredecessorUID>1</PredecessorUID><Type>1</Type><LinkLag>4800</LinkLag><LagFormat>7</LagFormat></PredecessorLink></Task></Tasks></Project>")
	f.Add("<Project><Tasks>" + task + "<ConstraintType>4</ConstraintType><ConstraintDate>2019-01-09T08:00:00</ConstraintDate><Deadline>2019-02-01T17:00:00</Deadline></Task></Tasks></Project>")
	f.Add("<Project><Tasks>" + task + "<Baseline><Start>2019-01-07T08:00:00</Start><Finish>2019-01-08T17:00:00</Finish></Baseline></Task></Tasks></Project>")
	f.Add("<Project><CalendarUID>1</CalendarUID><Calendars><Calendar><UID>1</UID><WeekDays><WeekDay><DayType>7</DayType><DayWorking>1</DayWorking></WeekDay></WeekDays></Calendar></Calendars></Project>")
	f.Add("<Project><Calendars><Calendar><Exceptions><Exception><TimePeriod><FromDate>2019-02-04T00:00:00</FromDate><ToDate>2019-02-10T23:59:00</ToDate></TimePeriod></Exception></Exceptions></Calendar></Calendars></Project>")
	f.Add("<Project><Resources><Resource><UID>1</UID><Name>R</Name><MaxUnits>2.00</MaxUnits></Resource></Resources><Tasks>" + task + "</Task></Tasks><Assignments><Assignment><TaskUID>1</TaskUID><ResourceUID>1</ResourceUID><Units>1</Units></Assignment></Assignments></Project>")
	f.Add("<Project><Tasks><Task><UID>1</UID><PredecessorLink><Type>9</Type></PredecessorLink></Task></Tasks>")
	f.Fuzz(func(t *testing.T, text string) {
		src := diag.NewSource("project.xml", text)
		p, list := ReadProject(src)
		if p == nil && !list.HasErrors() {
			t.Fatal("refused without a reason")
		}
		for _, d := range list {
			if d.Span.Start < 0 || int(d.Span.End) > len(text) || d.Span.Start > d.Span.End {
				t.Fatalf("%s has no place in the text", d.Code)
			}
		}
		if p != nil {
			if again, list := ReadProject(diag.NewSource("again.xml", string(p.XML()))); again == nil || len(again.Tasks) != len(p.Tasks) {
				t.Fatalf("what was read is not read again: %v", told(list))
			}
			p.ICalendar(lang.EN, time.Unix(0, 0))
		}
	})
}

// TestICalendar unfolds what was written and finds every value again.
func TestICalendar(t *testing.T) {
	long := strings.Repeat("移交档案、印章；", 20) + "a,b;c\\d\nend"
	p := &Project{Title: "机构改革", Tasks: []ProjectTask{
		{ID: "c1/seal", Name: long, Start: dayOf("2019-01-31"), Finish: dayOf("2019-02-01"), Critical: true},
		{ID: "c2/none", Name: "no days", Start: org.NoDate, Finish: org.NoDate}}}
	text := string(p.ICalendar(lang.EN, time.Date(2019, 1, 2, 3, 4, 5, 0, time.UTC)))
	if strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\n") {
		t.Error("a line does not end with CR LF")
	}
	for _, line := range strings.Split(text, "\r\n") {
		if len(line) > 75 {
			t.Errorf("%d octets: %s", len(line), line)
		}
		if strings.ToValidUTF8(line, "?") != line {
			t.Errorf("broken within a character: %q", line)
		}
	}
	whole := strings.ReplaceAll(text, "\r\n ", "")
	for _, want := range []string{"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "DTSTAMP:20190102T030405Z\r\n", "DTSTART;VALUE=DATE:20190131\r\nDTEND;VALUE=DATE:20190202\r\n", "UID:c1/seal@oneboard\r\n",
		"SUMMARY:" + strings.Repeat(`移交档案、印章；`, 20) + `a\,b\;c\\d\nend` + "\r\n"} {
		if !strings.Contains(whole, want) {
			t.Errorf("no %q in %s", want, whole)
		}
	}
	if strings.Count(text, "BEGIN:VEVENT") != 1 {
		t.Error("a task without days is an event")
	}
}
