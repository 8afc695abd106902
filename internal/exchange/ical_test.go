package exchange

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// event is a calendar of one event with these lines.
func event(lines ...string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
}

// months gives days as "0204-0206 0301": stretches within one year.
func months(days []org.Date) string {
	var out []string
	for i := 0; i < len(days); {
		j := i
		for j+1 < len(days) && days[j+1] == days[j]+1 {
			j++
		}
		word := days[i].Time().Format("060102")
		if j > i {
			word += "-" + days[j].Time().Format("0102")
		}
		out, i = append(out, word), j+1
	}
	return strings.Join(out, " ")
}

// TestReadDays reads events as programs write them.
func TestReadDays(t *testing.T) {
	for _, c := range []struct{ name, text, off, worked, codes string }{
		{"one day without an end", event("DTSTART;VALUE=DATE:20190501"), "190501", "", ""},
		{"the end is the day after", event("DTSTART;VALUE=DATE:20190204", "DTEND;VALUE=DATE:20190211"), "190204-0210", "", ""},
		{"a length in weeks", event("DTSTART;VALUE=DATE:20190204", "DURATION:P1W"), "190204-0210", "", ""},
		{"a length in days", event("DTSTART;VALUE=DATE:20190204", "DURATION:P3D"), "190204-0206", "", ""},
		{"midnight to midnight", event("DTSTART;TZID=Asia/Shanghai:20190204T000000", "DTEND;TZID=Asia/Shanghai:20190206T000000"), "190204-0205", "", ""},
		{"weekly on two days, so often", event("DTSTART;VALUE=DATE:20190307", "RRULE:FREQ=WEEKLY;BYDAY=MO,TH;COUNT=4"), "190307 190311 190314 190318", "", ""},
		// RFC 5545, 3.8.5.3: the same every other week, once with the week from Monday, once from Sunday.
		{"weeks begin on Monday", event("DTSTART;VALUE=DATE:19970805", "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO"), "970805 970810 970819 970824", "", ""},
		{"weeks begin on Sunday", event("DTSTART;VALUE=DATE:19970805", "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU"), "970805 970817 970819 970831", "", ""},
		{"until, that day included, but not on one", event("DTSTART;VALUE=DATE:20190304", "RRULE:FREQ=WEEKLY;UNTIL=20190325", "EXDATE;VALUE=DATE:20190311"), "190304 190318 190325", "", ""},
		{"yearly, and the leap day only where it is", event("DTSTART;VALUE=DATE:20160229", "RRULE:FREQ=YEARLY;UNTIL=20240301"), "160229 200229 240229", "", ""},
		{"monthly on the 31st", event("DTSTART;VALUE=DATE:20190131", "RRULE:FREQ=MONTHLY;COUNT=3;BYMONTHDAY=31"), "190131 190331 190531", "", ""},
		{"daily", event("DTSTART;VALUE=DATE:20190131", "RRULE:FREQ=DAILY;INTERVAL=2;COUNT=3"), "190131 190202 190204", "", ""},
		{"more days", event("DTSTART;VALUE=DATE:20190131", "RDATE;VALUE=DATE:20190301,20190302"), "190131 190301-0302", "", ""},
		{"a make-up day", event("DTSTART;VALUE=DATE:20190202", "DTEND;VALUE=DATE:20190204", "X-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY"), "", "190202-0203", ""},
		{"cancelled", event("DTSTART;VALUE=DATE:20190202", "STATUS:CANCELLED"), "", "", ""},
		{"folded within a word", event("DTSTART;VALUE=DA", " TE:2019", "\t0501"), "190501", "", ""},
		{"a colon in quotes, an alarm, a zone", "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\nDTSTART:19700101T000000\nRRULE:FREQ=YEARLY;BYDAY=1SU\nEND:STANDARD\nEND:VTIMEZONE\n" +
			"BEGIN:VEVENT\nATTENDEE;CN=\"a:b\":mailto:x\nDTSTART;VALUE=DATE:20190501\nBEGIN:VALARM\nDURATION:PT5M\nEND:VALARM\nEND:VEVENT\nEND:VCALENDAR\n", "190501", "", ""},
		{"some hours", event("DTSTART:20190501T090000", "DTEND:20190501T100000"), "", "", "OB0838"},
		{"a moment", event("DTSTART:20190501T090000Z"), "", "", "OB0838"},
		{"a length in hours", event("DTSTART;VALUE=DATE:20190501", "DURATION:PT5H"), "", "", "OB0838"},
		{"ends before it starts", event("DTSTART;VALUE=DATE:20190501", "DTEND;VALUE=DATE:20190430"), "", "", "OB0836"},
		{"no such day", event("DTSTART;VALUE=DATE:20190230"), "", "", "OB0836"},
		{"no start", event("SUMMARY:x"), "", "", "OB0836"},
		{"two ends", event("DTSTART;VALUE=DATE:20190501", "DTEND;VALUE=DATE:20190502", "DURATION:P1D"), "", "", "OB0836"},
		{"two starts", event("DTSTART;VALUE=DATE:20190501", "DTSTART;VALUE=DATE:20190502"), "190501", "", "OB0836"},
		{"a length that is none", event("DTSTART;VALUE=DATE:20190501", "DURATION:5D"), "", "", "OB0836"},
		{"twenty years of leave", event("DTSTART;VALUE=DATE:20190501", "DTEND;VALUE=DATE:20390502"), "", "", "OB0836"},
		{"the first Monday", event("DTSTART;VALUE=DATE:20190506", "RRULE:FREQ=MONTHLY;BYDAY=1MO"), "", "", "OB0837"},
		{"by place in the set", event("DTSTART;VALUE=DATE:20190506", "RRULE:FREQ=YEARLY;BYSETPOS=1"), "", "", "OB0837"},
		{"hourly", event("DTSTART;VALUE=DATE:20190506", "RRULE:FREQ=HOURLY"), "", "", "OB0837"},
		{"an interval that is none", event("DTSTART;VALUE=DATE:20190506", "RRULE:FREQ=DAILY;INTERVAL=0"), "", "", "OB0836"},
		{"one moved of many", event("DTSTART;VALUE=DATE:20190506", "RECURRENCE-ID;VALUE=DATE:20190505"), "", "", "OB0837"},
		{"all days of all time, a year each", event("DTSTART;VALUE=DATE:19000101", "DURATION:P366D", "RRULE:FREQ=DAILY"), "-", "", "OB0837"},
		{"nothing", "", "", "", "OB0835"},
		{"another component first", "BEGIN:VCARD\nEND:VCARD\n", "", "", "OB0835"},
		{"no colon", "BEGIN:VCALENDAR\nfoo\nEND:VCALENDAR\n", "", "", "OB0835"},
		{"cut off", "BEGIN:VCALENDAR\nBEGIN:VEVENT\n", "", "", "OB0835"},
		{"crossed", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\nEND:VEVENT\n", "", "", "OB0835"},
		{"closed twice", "BEGIN:VCALENDAR\nEND:VCALENDAR\nEND:VCALENDAR\n", "", "", "OB0835"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, list := ReadDays(diag.NewSource("days.ics", c.text))
			var codes []string
			for _, d := range list {
				codes = append(codes, string(d.Code))
			}
			if off := months(got.Off); off != c.off && c.off != "-" {
				t.Errorf("off %s, want %s", off, c.off)
			}
			if worked := months(got.Worked); worked != c.worked {
				t.Errorf("worked %s, want %s", worked, c.worked)
			}
			if got := strings.Join(codes, " "); got != c.codes {
				t.Errorf("%s, want %s", got, c.codes)
			}
		})
	}
}

// TestICalendarRoundTrip: the days of what is written are the days that are read.
func TestICalendarRoundTrip(t *testing.T) {
	for seed := range uint64(200) {
		p := someProject(rand.New(rand.NewPCG(seed, 1)))
		want := map[org.Date]bool{}
		for i := range p.Tasks {
			if x := &p.Tasks[i]; x.Start.Known() && x.Finish.Known() {
				x.Finish = max(x.Start, x.Finish) // as every schedule has it
				for d := x.Start; d <= x.Finish; d++ {
					want[d] = true
				}
			}
		}
		var days []org.Date
		for d := range want {
			days = append(days, d)
		}
		slices.Sort(days)
		got, list := ReadDays(diag.NewSource("days.ics", string(p.ICalendar(lang.EN, time.Unix(0, 0)))))
		if len(list) > 0 || !slices.Equal(got.Off, days) {
			t.Fatalf("seed %d: %v\n%s\n%s", seed, told(list), months(got.Off), months(days))
		}
	}
}

// TestICalendarCut: a file cut off anywhere is read, or told, and nothing panics.
func TestICalendarCut(t *testing.T) {
	text := event("DTSTART;VALUE=DATE:20190307", "RRULE:FREQ=WEEKLY;BYDAY=MO,TH;COUNT=4", "EXDATE;VALUE=DATE:20190311", "SUMMARY:休假\\, 年", " 假")
	for n := range len(text) - 1 {
		if _, list := ReadDays(diag.NewSource("days.ics", text[:n])); !list.HasErrors() && n < len(text)-len("\r\n") {
			t.Errorf("cut at %d of %d, nothing is told", n, len(text))
		}
	}
}

func FuzzReadDays(f *testing.F) {
	f.Add(event("DTSTART;VALUE=DATE:20190307", "RRULE:FREQ=WEEKLY;BYDAY=MO,TH;COUNT=4;WKST=SU", "EXDATE;VALUE=DATE:20190311"))
	f.Add(event("DTSTART;VALUE=DATE:20160229", "RRULE:FREQ=YEARLY;UNTIL=20240301;INTERVAL=3"))
	f.Add(event("DTSTART:20190501T000000Z", "DURATION:P1W", "RDATE;VALUE=PERIOD:20190501/P1D"))
	f.Fuzz(func(t *testing.T, text string) {
		got, list := ReadDays(diag.NewSource("days.ics", text))
		for _, d := range list {
			if d.Span.Start < 0 || int(d.Span.End) > len(text) || d.Span.Start > d.Span.End {
				t.Fatalf("%s has no place in the text", d.Code)
			}
		}
		if len(got.Off)+len(got.Worked) > mostRepeats {
			t.Fatalf("%d days", len(got.Off)+len(got.Worked))
		}
	})
}
