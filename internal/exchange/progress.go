package exchange

import (
	"strconv"
	"strings"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// NotOfReport: a column of a report that it has no place for, so what stands in it
// is not reckoned with.
var NotOfReport = diag.Define("OB0880", diag.Warning)

// progressColumns are the columns of a table of progress; the first is required.
var progressColumns = []string{"activity", "started", "finished", "remaining", "percent", "note"}

// ReadProgress reads a table of progress (CSV): one row for each activity. It is
// never nil and holds whatever could be read; what the plan's work says to it is
// not asked here.
func ReadProgress(name, text string) (*org.Progress, diag.List) {
	s := newSheet(name, text)
	out := &org.Progress{Source: s.source}
	at, extra, ok := s.bind(progressColumns, 1)
	if !ok {
		return out, s.faults.done()
	}
	for _, k := range extra {
		facts := []diag.Fact{diag.F("column", short(s.header[k])), diag.F("expected", progressColumns)}
		s.faults.add(NotOfReport, s.headAt.Cell(k), facts...)
	}
	for s.next() {
		row := org.ProgressRow{}
		span := func(k int) diag.Span { return s.at.Cell(at[k]) }
		id, ok := s.cell(at[0])
		if ok && badID(id) {
			s.fault(BadID, at[0], diag.F("column", progressColumns[0]), diag.F("value", short(id)))
			ok = false
		}
		day := func(k int) org.When {
			cell, ok := s.cell(at[k])
			if !ok || cell == "" {
				return org.When{}
			}
			d, err := org.ParseDate(cell)
			if err != nil {
				s.fault(NoSuchDate, at[k], diag.F("column", progressColumns[k]), diag.F("value", short(cell)))
				return org.When{}
			}
			return org.WrittenOn(d, span(k))
		}
		number := func(k int) org.Number {
			cell, ok := s.cell(at[k])
			if !ok || cell == "" {
				return org.Number{}
			}
			n, err := strconv.Atoi(strings.TrimSuffix(cell, "%"))
			if err != nil || n < 0 || n > maxProjectNumber {
				s.fault(NotWhole, at[k], diag.F("column", progressColumns[k]), diag.F("value", short(cell)))
				return org.Number{}
			}
			return org.WrittenNumber(n, span(k))
		}
		row.Started, row.Finished, row.Remaining, row.Percent = day(1), day(2), number(3), number(4)
		if note, ok := s.cell(at[5]); ok && note != "" {
			row.Note = org.Text{Text: note, At: span(5)}
		}
		if !ok {
			continue
		}
		row.Activity = org.Ref{ID: id, At: span(0)}
		out.Rows = append(out.Rows, row)
	}
	return out, s.faults.done()
}
