package exchange

import (
	"slices"
	"strconv"
	"strings"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// The faults that an iCalendar file can have.
var (
	// NotICalendar: the text breaks the form of RFC 5545, or is something else.
	NotICalendar = diag.Define("OB0835", diag.Error)
	// BadEvent: a property of an event holds what it can't.
	BadEvent = diag.Define("OB0836", diag.Error)
	// NotRepeated: an event comes again in a way that is not reckoned with.
	NotRepeated = diag.Define("OB0837", diag.Error)
	// PartOfDay: an event that does not take whole days, so it closes none.
	PartOfDay = diag.Define("OB0838", diag.Warning)
)

// lastRepeat is how far an event without an end is repeated, and mostRepeats how
// many days a file may name: a schedule reaches twenty years.
const (
	lastRepeat  = 2100
	mostRepeats = 1 << 17
)

// ReadDays reads an iCalendar file (RFC 5545) as days on which no work goes on:
// the whole days of its events, and those on which they come again daily, weekly,
// monthly on their day, or yearly. A cancelled event closes nothing. An event that Apple's
// calendars mark as a make-up working day (X-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY)
// opens its days, whatever else closes them. What repeats otherwise is refused: a
// day that is missing would be planned on. It is never nil and holds whatever
// could be read. It takes O(n) for n characters and the days that they name.
func ReadDays(src *diag.Source) (*org.DayTable, diag.List) {
	r := icalReader{src: src, off: map[org.Date]bool{}, worked: map[org.Date]bool{}}
	r.read()
	r.list.Sort()
	out := &org.DayTable{ID: src.Name, Title: r.title, TitleEN: r.title, Source: src, At: diag.Span{Source: src}}
	for d := range r.off {
		if !r.worked[d] {
			out.Off = append(out.Off, d)
		}
	}
	for d := range r.worked {
		out.Worked = append(out.Worked, d)
	}
	slices.Sort(out.Off)
	slices.Sort(out.Worked)
	return out, r.list
}

type icalReader struct {
	src         *diag.Source
	list        diag.List
	title       string
	off, worked map[org.Date]bool
	named       int // days so far, of all events
}

// An icalLine is one line of the format, with what was folded put together.
type icalLine struct {
	name, params, value string
	at                  diag.Span
}

// param gives a parameter of a line; "" when it has none of that name.
func (l *icalLine) param(name string) string {
	for _, p := range strings.Split(l.params, ";") {
		if key, value, ok := strings.Cut(p, "="); ok && strings.EqualFold(key, name) {
			return strings.Trim(value, `"`)
		}
	}
	return ""
}

// next gives the line that begins at a place, and where the one after it does.
func (r *icalReader) next(at int) (l icalLine, after int, ok bool) {
	text, whole, start := r.src.Text, "", at
	end := at
	for first := true; at < len(text) && (first || text[at] == ' ' || text[at] == '\t'); first = false {
		if !first {
			at++
		}
		stop := strings.IndexByte(text[at:], '\n')
		if stop < 0 {
			stop = len(text) - at
		}
		line := strings.TrimRight(text[at:at+stop], "\r")
		whole += line
		end, at = at+len(line), min(len(text), at+stop+1)
	}
	l.at = diag.Span{Source: r.src, Start: int32(start), End: int32(end)}
	quoted := false
	for k := 0; k < len(whole); k++ {
		switch c := whole[k]; {
		case c == '"':
			quoted = !quoted
		case c == ':' && !quoted:
			l.name, l.params, _ = strings.Cut(whole[:k], ";")
			l.name, l.value = strings.ToUpper(l.name), whole[k+1:]
			return l, at, l.name != ""
		}
	}
	return l, at, strings.TrimSpace(whole) == "" // an empty line is no line, and no fault
}

func (r *icalReader) fault(at diag.Span, reason string) {
	r.list.Add(diag.At(NotICalendar, at, diag.F("reason", diag.Word("reason.ics_"+reason))))
}

// read goes through the lines. Of what is not in its form nothing is read after
// the first fault: it would be guessed.
func (r *icalReader) read() {
	at := 0
	if strings.HasPrefix(r.src.Text, "\ufeff") {
		at = len("\ufeff")
	}
	var inside []icalLine // the components that are open
	var event []icalLine
	began := false
	for at < len(r.src.Text) {
		l, after, ok := r.next(at)
		at = after
		switch {
		case !ok:
			r.fault(l.at, "no_colon")
			return
		case l.name == "":
		case l.name == "BEGIN":
			if !began && !strings.EqualFold(l.value, "VCALENDAR") {
				r.fault(l.at, "no_calendar")
				return
			}
			began = true
			inside = append(inside, l)
			if len(inside) == 2 {
				event = nil
			}
		case !began:
			r.fault(l.at, "no_calendar")
			return
		case l.name == "END":
			if len(inside) == 0 || !strings.EqualFold(inside[len(inside)-1].value, l.value) {
				r.fault(l.at, "unpaired")
				return
			}
			if len(inside) == 2 && strings.EqualFold(l.value, "VEVENT") {
				r.event(inside[1].at, event)
			}
			inside = inside[:len(inside)-1]
		case len(inside) == 1 && l.name == "X-WR-CALNAME":
			r.title = l.value
		case len(inside) == 2:
			event = append(event, l)
		}
	}
	if !began {
		r.fault(diag.Span{Source: r.src}, "no_calendar")
	} else if len(inside) > 0 {
		r.fault(inside[len(inside)-1].at, "unpaired")
	}
}

func (r *icalReader) bad(l *icalLine) {
	r.list.Add(diag.At(BadEvent, l.at, diag.F("element", l.name), diag.F("value", l.value)))
}

// day reads a value that is a day, or midnight of one; whole is false for any
// other time.
func (r *icalReader) day(l *icalLine, value string) (d org.Date, whole bool) {
	date, clock, timed := strings.Cut(value, "T")
	if len(date) == 8 {
		if d, err := org.ParseDate(date[:4] + "-" + date[4:6] + "-" + date[6:]); err == nil {
			return d, !timed || strings.TrimSuffix(clock, "Z") == "000000"
		}
	}
	r.bad(l)
	return org.NoDate, false
}

// event notes the days of one event; at is where it begins.
func (r *icalReader) event(at diag.Span, lines []icalLine) {
	var start, end, length, rule *icalLine
	var except, more []icalLine
	into, cancelled := r.off, false
	for k := range lines {
		l := &lines[k]
		once := func(to **icalLine) {
			if *to != nil {
				r.bad(l)
				return
			}
			*to = l
		}
		switch l.name {
		case "DTSTART":
			once(&start)
		case "DTEND":
			once(&end)
		case "DURATION":
			once(&length)
		case "RRULE":
			once(&rule)
		case "EXDATE":
			except = append(except, *l)
		case "RDATE":
			more = append(more, *l)
		case "RECURRENCE-ID", "EXRULE":
			r.list.Add(diag.At(NotRepeated, l.at, diag.F("value", l.name)))
			return
		case "STATUS":
			cancelled = strings.EqualFold(l.value, "CANCELLED")
		case "X-APPLE-SPECIAL-DAY":
			if strings.EqualFold(l.value, "ALTERNATE-WORKDAY") {
				into = r.worked
			}
		}
	}
	if cancelled {
		return
	}
	if start == nil {
		r.list.Add(diag.At(BadEvent, at, diag.F("element", "DTSTART"), diag.F("value", "")))
		return
	}
	first, whole := r.day(start, start.value)
	if !first.Known() {
		return
	}
	days := 1
	switch {
	case end != nil && length != nil:
		r.bad(length)
		return
	case end != nil:
		last, midnight := r.day(end, end.value)
		if !last.Known() {
			return
		}
		whole = whole && midnight
		if days = int(last - first); last < first || whole && days == 0 && !strings.Contains(start.value, "T") {
			r.bad(end)
			return
		}
	case length != nil:
		n, ok := daysOfDuration(length.value)
		if !ok {
			r.bad(length)
			return
		}
		whole = whole && n > 0
		days = n
	case strings.Contains(start.value, "T"):
		whole = false // a moment
	}
	if !whole || days == 0 {
		r.list.Add(diag.At(PartOfDay, start.at, diag.F("value", start.value)))
		return
	}
	if days > 3660 { // ten years of leave are a slip, as elsewhere
		r.bad(orLine(end, length))
		return
	}
	starts := []org.Date{first}
	if rule != nil {
		var ok bool
		if starts, ok = r.repeats(rule, first); !ok {
			return
		}
	}
	list := func(lines []icalLine) (out []org.Date) {
		for k := range lines {
			l := &lines[k]
			if strings.EqualFold(l.param("VALUE"), "PERIOD") {
				r.list.Add(diag.At(NotRepeated, l.at, diag.F("value", "PERIOD")))
				continue
			}
			for _, v := range strings.Split(l.value, ",") {
				if d, _ := r.day(l, v); d.Known() {
					out = append(out, d)
				}
			}
		}
		return out
	}
	starts = append(starts, list(more)...)
	never := map[org.Date]bool{}
	for _, d := range list(except) {
		never[d] = true
	}
	for _, s := range starts {
		if never[s] {
			continue
		}
		for d := s; d < s+org.Date(days); d++ {
			if r.named++; r.named > mostRepeats {
				r.list.Add(diag.At(NotRepeated, start.at, diag.F("value", start.value)))
				return
			}
			into[d] = true
		}
	}
}

func orLine(a, b *icalLine) *icalLine {
	if a != nil {
		return a
	}
	return b
}

// daysOfDuration reads "P2W" or "P10D"; a length with hours gives 0, since it is
// no number of days.
func daysOfDuration(s string) (int, bool) {
	s = strings.TrimPrefix(s, "+")
	body, ok := strings.CutPrefix(s, "P")
	if !ok || body == "" {
		return 0, false
	}
	if strings.Contains(body, "T") {
		return 0, strings.Trim(body, "0123456789DTHMS") == ""
	}
	unit := 1
	if body[len(body)-1] == 'W' {
		unit = 7
	} else if body[len(body)-1] != 'D' {
		return 0, false
	}
	n, err := strconv.Atoi(body[:len(body)-1])
	if err != nil || n < 0 || n > 3660 {
		return 0, false
	}
	return n * unit, true
}

var icalDays = map[string]int{"SU": 0, "MO": 1, "TU": 2, "WE": 3, "TH": 4, "FR": 5, "SA": 6}

// weekday gives the day of the week, Sunday 0; 1970-01-01 was a Thursday.
func weekday(d org.Date) int { return ((int(d)+4)%7 + 7) % 7 }

// repeats gives the days on which an event begins by its rule; false: the rule
// is not one that is reckoned with.
func (r *icalReader) repeats(l *icalLine, first org.Date) ([]org.Date, bool) {
	refuse := func(what string) ([]org.Date, bool) {
		r.list.Add(diag.At(NotRepeated, l.at, diag.F("value", what)))
		return nil, false
	}
	every, count, until, week := 1, 0, org.Day(lastRepeat, 1, 1), 1
	freq := ""
	year, month, day := first.Time().Date()
	on := map[int]bool{}
	for _, part := range strings.Split(strings.TrimSuffix(l.value, ";"), ";") {
		key, value, _ := strings.Cut(part, "=")
		number := func() (int, bool) {
			n, err := strconv.Atoi(value)
			return n, err == nil && n > 0 && n < 1<<20
		}
		var ok bool
		switch strings.ToUpper(key) {
		case "FREQ":
			freq = strings.ToUpper(value)
		case "INTERVAL":
			if every, ok = number(); !ok {
				r.bad(l)
				return nil, false
			}
		case "COUNT":
			if count, ok = number(); !ok {
				r.bad(l)
				return nil, false
			}
		case "UNTIL":
			d, _ := r.day(l, value)
			if !d.Known() {
				return nil, false
			}
			until = min(until, d+1)
		case "WKST":
			if week, ok = icalDays[strings.ToUpper(value)]; !ok {
				r.bad(l)
				return nil, false
			}
		case "BYDAY":
			for _, v := range strings.Split(value, ",") {
				d, ok := icalDays[strings.ToUpper(v)]
				if !ok {
					return refuse(part) // "the first Monday of the month"
				}
				on[d] = true
			}
		case "BYMONTH":
			if value != strconv.Itoa(int(month)) {
				return refuse(part)
			}
		case "BYMONTHDAY":
			if value != strconv.Itoa(day) {
				return refuse(part)
			}
		default:
			return refuse(part)
		}
	}
	if freq != "WEEKLY" && len(on) > 0 {
		return refuse("BYDAY")
	}
	if freq != "YEARLY" && freq != "MONTHLY" && strings.Contains(l.value, "BYMONTH") {
		return refuse("BYMONTH")
	}
	if freq == "MONTHLY" && strings.Contains(l.value, "BYMONTH=") {
		return refuse("BYMONTH")
	}
	if len(on) == 0 {
		on[weekday(first)] = true
	}
	var out []org.Date
	full := func() bool { return count > 0 && len(out) >= count || len(out) > mostRepeats }
	switch freq {
	case "DAILY":
		for d := first; d < until && !full(); d += org.Date(every) {
			out = append(out, d)
		}
	case "WEEKLY":
		monday := first - org.Date((weekday(first)-week+7)%7) // the first day of its week
		for start := monday; start < until && !full(); start += org.Date(7 * every) {
			for d := start; d < start+7 && d < until && !full(); d++ {
				if d >= first && on[weekday(d)] {
					out = append(out, d)
				}
			}
		}
	case "MONTHLY", "YEARLY":
		step := every // in months
		if freq == "YEARLY" {
			step = 12 * every
		}
		for m := int(month) - 1; !full(); m += step {
			y := year + m/12
			if y > lastRepeat || org.Day(y, 1, 1) >= until {
				break
			}
			// A day that its month has not, such as 29 February, is left out.
			if d := dayIn(y, m%12+1, day); d.Known() && d < until {
				out = append(out, d)
			}
		}
	default:
		return refuse("FREQ=" + freq)
	}
	return out, true
}

// dayIn gives a day of a month, or NoDate when the month has none such.
func dayIn(year, month, day int) org.Date {
	two := func(n int) string { return strconv.Itoa(100 + n)[1:] }
	if year > 9999 {
		return org.NoDate
	}
	d, err := org.ParseDate(strconv.Itoa(10000 + year)[1:] + "-" + two(month) + "-" + two(day))
	if err != nil {
		return org.NoDate
	}
	return d
}
