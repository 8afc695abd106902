package planfile

import (
	"cmp"
	"embed"
	"errors"
	"io/fs"
	"path"
	"reflect"
	"slices"
	"strings"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

//go:embed work/*.yaml
var templateFiles embed.FS

//go:embed calendars/*.yaml
var calendarFiles embed.FS

type templateText struct {
	Oneboard org.Text       `plan:"oneboard,required,words=work/v1"`
	ID       org.Ref        `plan:"id,required"`
	Title    org.Text       `plan:"title"`
	TitleEN  org.Text       `plan:"title_en"`
	People   org.Number     `plan:"people"`
	Relay    []org.Text     `plan:"relay"`
	Spread   org.Spread     `plan:"spread"`
	Steps    []org.WorkStep `plan:"steps,required,min=1"`
}

type calendarText struct {
	Oneboard org.Text        `plan:"oneboard,required,words=calendar/v1"`
	ID       org.Ref         `plan:"id,required"`
	Title    org.Text        `plan:"title"`
	TitleEN  org.Text        `plan:"title_en"`
	Papers   []org.Text      `plan:"papers"`
	Off      []org.Text      `plan:"off,window"`
	Worked   []org.Text      `plan:"worked,window"`
	Amended  []amendmentText `plan:"amended"`
}

type amendmentText struct {
	Known  org.When   `plan:"known,required"`
	Papers []org.Text `plan:"papers"`
	Off    []org.Text `plan:"off,window"`
	Worked []org.Text `plan:"worked,window"`
}

// ShippedTemplates lists the ids of the templates of work that the program
// brings, sorted; ShippedCalendars those of the calendars.
func ShippedTemplates() []string { return idsIn(templateFiles, "work") }

// ShippedCalendars lists the ids of the calendars that the program brings.
func ShippedCalendars() []string { return idsIn(calendarFiles, "calendars") }

func idsIn(files embed.FS, dir string) (out []string) {
	entries, err := files.ReadDir(dir)
	if err != nil {
		panic("planfile: " + err.Error()) // a broken build
	}
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return out
}

// WorkIn gives what a plan's work is made under: the calendars and the templates
// that it names; Monday to Friday, and the generic template, where it names none.
// What is a shipped name and what a file is told apart as in [PacksIn]. A file
// whose name ends in ".ics" is read by ics, which gives the days that it closes.
func WorkIn(p *org.Plan, files fs.FS, dir string, ics func(*diag.Source) (*org.DayTable, diag.List)) (*org.WorkRules, diag.List, error) {
	out := &org.WorkRules{Own: map[string]*org.DayTable{}}
	var wrong diag.List
	read := func(ref org.Ref, shipped embed.FS, folder string, code diag.Code) (string, []byte, error) {
		if !packIsFile(ref.ID) && !isICS(ref.ID) {
			name := folder + "/" + ref.ID + ".yaml"
			if text, err := shipped.ReadFile(name); err == nil {
				return name, text, nil
			}
			ids := idsIn(shipped, folder)
			facts := []diag.Fact{diag.F("value", ref.ID), diag.F("expected", ids)}
			if near := diag.Nearest(ref.ID, ids); near != "" {
				facts = append(facts, diag.F("known", near))
			}
			wrong.Add(diag.At(code, ref.At, facts...))
			return "", nil, nil
		}
		name := path.Clean(ref.ID)
		if !path.IsAbs(name) {
			name = path.Join(dir, name)
		}
		text, err := readPack(files, name)
		if errors.Is(err, errNoPack) {
			wrong.Add(diag.At(code, ref.At, diag.F("file", name)))
			return "", nil, nil
		}
		return name, text, err
	}
	for _, ref := range calendarsOf(p) {
		if _, known := out.Own[ref.ID]; known {
			continue
		}
		name, text, err := read(ref, calendarFiles, "calendars", UnknownCalendar)
		if err != nil {
			return nil, nil, err
		}
		out.Own[ref.ID] = nil // told once
		if text == nil {
			continue
		}
		parse := ParseCalendar
		if isICS(name) {
			parse = func(name string, text []byte) (*org.DayTable, diag.List) {
				return ics(diag.NewSource(name, string(text)))
			}
		}
		table, more := parse(name, text)
		wrong.Add(more...)
		out.Own[ref.ID] = table
	}
	for _, ref := range p.Calendar {
		if t := out.Own[ref.ID]; t != nil {
			out.Calendar = append(out.Calendar, t)
		}
	}
	named := p.Templates
	if len(named) == 0 {
		named = []org.Ref{{ID: Generic}}
	}
	for _, ref := range named {
		name, text, err := read(ref, templateFiles, "work", UnknownTemplate)
		if err != nil {
			return nil, nil, err
		}
		if text != nil {
			t, more := ParseTemplate(name, text)
			wrong.Add(more...)
			out.Templates = append(out.Templates, t)
		}
	}
	return out, wrong, nil
}

// isICS tells a calendar of other programs by its name.
func isICS(name string) bool { return strings.EqualFold(path.Ext(name), ".ics") }

// calendarsOf lists every calendar that a plan names, in the order of the text.
func calendarsOf(p *org.Plan) []org.Ref {
	out := slices.Clone(p.Calendar)
	for i := range p.Teams {
		out = append(out, p.Teams[i].Calendar...)
	}
	for i := range p.Staff {
		out = append(out, p.Staff[i].Calendar...)
	}
	for i := range p.Rests {
		out = append(out, p.Rests[i].Calendar...)
	}
	return out
}

// maxWorkDays is the longest activity, or lag, that is believed: ten years. A
// longer one is a slip, and schedules are reckoned for twenty.
const maxWorkDays = 3660

// mostDays refuses more days of work than anybody means.
func (d *document) mostDays(key string, n org.Number) {
	if n.N > maxWorkDays {
		d.add(NotAllowed, n.At, diag.F("key_name", key), diag.F("value", n.N), diag.F("expected", "0–3660"))
	}
}

// ParseTemplate reads a template of work. It is never nil and holds whatever
// could be read.
func ParseTemplate(name string, text []byte) (*org.Template, diag.List) {
	d, ok := open(name, text, MaxPackBytes)
	out := &org.Template{Source: d.src}
	var t templateText
	if !ok || !d.head(reflect.ValueOf(&t).Elem(), NotAPlan) {
		return out, d.diags
	}
	out.ID, out.At, out.Title, out.TitleEN = t.ID.ID, t.ID.At, t.Title.Text, t.TitleEN.Text
	out.People, out.Relay, out.Spread, out.Steps = t.People.N, texts(t.Relay), t.Spread, t.Steps
	d.spread(t.Spread)
	for i := range t.Steps {
		s := &t.Steps[i]
		d.orderedDays(s.Days)
		d.mostDays("ahead", s.Ahead)
		d.mostDays("delay", s.Delay)
		for _, l := range s.After {
			d.mostDays("lag", l.Lag)
		}
	}
	ids := map[string]bool{}
	var known []string
	for i := range t.Steps {
		s := &t.Steps[i]
		if ids[s.ID.ID] {
			d.add(DuplicateKey, s.ID.At, diag.F("key_name", s.ID.ID))
		}
		ids[s.ID.ID] = true
		known = append(known, s.ID.ID)
		for _, k := range s.For {
			if _, ok := org.KindOf(k.Text); !ok {
				facts := []diag.Fact{diag.F("value", k.Text)}
				if near := nearestKind(k.Text); near != "" {
					facts = append(facts, diag.F("known", near))
				}
				d.add(UnknownKind, k.At, facts...)
			}
		}
	}
	for i := range t.Steps {
		for _, l := range t.Steps[i].After {
			if l.Step.Given() && !ids[l.Step.ID] {
				facts := []diag.Fact{diag.F("value", l.Step.ID)}
				if near := diag.Nearest(l.Step.ID, known); near != "" {
					facts = append(facts, diag.F("known", near))
				}
				d.add(UnknownStep, l.Step.At, facts...)
			}
		}
	}
	d.diags.Sort()
	return out, d.diags
}

// ParseCalendar reads a table of days. It is never nil and holds whatever could
// be read. A day that is both off and worked by what became known on one day is
// refused, and so are two amendments known from the same day: which counts more
// is not said.
func ParseCalendar(name string, text []byte) (*org.DayTable, diag.List) {
	d, ok := open(name, text, MaxPackBytes)
	out := &org.DayTable{Source: d.src}
	var t calendarText
	if !ok || !d.head(reflect.ValueOf(&t).Elem(), NotAPlan) {
		return out, d.diags
	}
	out.ID, out.At, out.Title, out.TitleEN, out.Papers = t.ID.ID, t.ID.At, t.Title.Text, t.TitleEN.Text, texts(t.Papers)
	out.Off, out.Worked = d.tableDays(t.Off, t.Worked)
	known := map[org.Date]diag.Span{}
	for _, a := range t.Amended {
		off, worked := d.tableDays(a.Off, a.Worked)
		if !a.Known.Given() {
			continue // told, and when it counts is not known
		}
		if len(a.Off)+len(a.Worked) == 0 {
			d.add(MissingKey, a.Known.At, diag.F("key_name", "off"), diag.F("kind", diag.Word("part.amended")))
			continue
		}
		if first, twice := known[a.Known.Date]; twice {
			d.diags.Add(diag.At(AmendedTwice, a.Known.At, diag.F("on", a.Known.Date)).Note(first, "first_amendment"))
			continue
		}
		known[a.Known.Date] = a.Known.At
		out.Amended = append(out.Amended, org.Amendment{Known: a.Known.Date, Off: off, Worked: worked, Papers: texts(a.Papers)})
	}
	slices.SortFunc(out.Amended, func(a, b org.Amendment) int { return cmp.Compare(a.Known, b.Known) })
	d.diags.Sort()
	return out, d.diags
}

// tableDays gives the days that became known together; none is told twice.
func (d *document) tableDays(off, worked []org.Text) (_, _ []org.Date) {
	seen := map[org.Date]diag.Span{}
	days := func(key string, words []org.Text) (out []org.Date) {
		s := &spec{key: key, form: windowForm}
		for _, w := range words {
			when := d.date(s, &node{shape: scalar, text: w.Text, at: w.At}, nil)
			if !when.Given() {
				continue
			}
			if when.Date-when.First() > 366 {
				d.add(NotAllowed, w.At, diag.F("key_name", key), diag.F("value", w.Text))
				continue
			}
			for day := when.First(); day <= when.Date; day++ {
				if first, twice := seen[day]; twice {
					d.diags.Add(diag.At(DuplicateKey, w.At, diag.F("key_name", day.String())).Note(first, "same_key"))
					break
				}
				seen[day] = w.At
				out = append(out, day)
			}
		}
		return out
	}
	return days("off", off), days("worked", worked)
}
