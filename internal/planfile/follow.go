package planfile

import (
	"bytes"
	"reflect"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// The files of a plan that is being carried out: what was issued, and how far it
// is. A baseline is written as JSON, which is YAML too, so that it is read with
// all faults at their places like every other file.

type baselineText struct {
	Oneboard   org.Text      `plan:"oneboard,required,words=baseline/v1"`
	Plan       org.Ref       `plan:"plan,required"`
	Hash       org.Text      `plan:"hash"`
	Calendar   org.Text      `plan:"calendar"`
	Known      org.When      `plan:"known"`
	Issued     org.When      `plan:"issued,required"`
	From       org.When      `plan:"from,required"`
	End        org.When      `plan:"end,required"`
	Activities []baselineRow `plan:"activities,required"`
}

type baselineRow struct {
	ID     org.Ref    `plan:"id,required"`
	Start  org.When   `plan:"start,required"`
	Finish org.When   `plan:"finish,required"`
	Days   org.Number `plan:"days,required"`
}

type progressText struct {
	Oneboard org.Text          `plan:"oneboard,required,words=progress/v1"`
	Plan     org.Ref           `plan:"plan"`
	AsOf     org.When          `plan:"as_of"`
	Rows     []org.ProgressRow `plan:"rows,required"`
}

// BaselineSchema is the JSON Schema of baseline/v1, ProgressSchema that of
// progress/v1; both are made from the tags that the readers go by.
func BaselineSchema() []byte {
	return schema("baseline", "Oneboard baseline", "The days of each activity as they were issued.", reflect.TypeFor[baselineText](), "baseline")
}

// ProgressSchema is told with BaselineSchema.
func ProgressSchema() []byte {
	return schema("progress", "Oneboard progress", "How far the activities of a plan are at the end of a day.", reflect.TypeFor[progressText](), "progress")
}

// ParseBaseline reads a schedule that was issued. It is never nil and holds
// whatever could be read; what the plan's work says to it is not asked here.
func ParseBaseline(name string, text []byte) (*org.Baseline, diag.List) {
	d, ok := open(name, text, MaxPlanBytes)
	out := &org.Baseline{Source: d.src, Known: org.NoDate, Issued: org.NoDate, From: org.NoDate, End: org.NoDate}
	var t baselineText
	if !ok || !d.head(reflect.ValueOf(&t).Elem(), NotAPlan) {
		return out, d.diags
	}
	out.Plan, out.At, out.Hash, out.Calendar = t.Plan.ID, t.Plan.At, t.Hash.Text, t.Calendar.Text
	out.Known = t.Known.Or(org.NoDate)
	out.Issued, out.From, out.End = t.Issued.Or(org.NoDate), t.From.Or(org.NoDate), t.End.Or(org.NoDate)
	for i := range t.Activities {
		r := &t.Activities[i]
		d.mostDays("days", r.Days)
		out.Activities = append(out.Activities, org.BaselineDays{ID: r.ID.ID, Start: r.Start.Or(org.NoDate), Finish: r.Finish.Or(org.NoDate), Days: r.Days.N, At: r.ID.At})
	}
	d.diags.Sort()
	return out, d.diags
}

// FormatBaseline writes what ParseBaseline reads: JSON, one activity a line.
func FormatBaseline(b *org.Baseline) []byte {
	var out bytes.Buffer
	line := func(o object) []byte {
		text, err := marshal(o)
		if err != nil {
			panic("planfile: " + err.Error()) // only words and numbers are in it
		}
		return text
	}
	head := object{{"oneboard", "baseline/v1"}, {"plan", b.Plan}}
	for _, m := range (object{{"hash", b.Hash}, {"calendar", b.Calendar}, {"known", b.Known.String()}}) {
		if m.value != "" {
			head = append(head, m)
		}
	}
	head = append(head, member{"issued", b.Issued.String()}, member{"from", b.From.String()}, member{"end", b.End.String()})
	out.WriteString("{\n")
	for _, m := range head {
		text := line(object{m})
		out.Write(text[1 : len(text)-1])
		out.WriteString(",\n")
	}
	out.WriteString("\"activities\": [")
	for i := range b.Activities {
		a := &b.Activities[i]
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteByte('\n')
		out.Write(line(object{{"id", a.ID}, {"start", a.Start.String()}, {"finish", a.Finish.String()}, {"days", a.Days}}))
	}
	out.WriteString("\n]\n}\n")
	return out.Bytes()
}

// ParseProgress reads what was reported. It is never nil and holds whatever could
// be read; what the plan's work says to it is not asked here.
func ParseProgress(name string, text []byte) (*org.Progress, diag.List) {
	d, ok := open(name, text, MaxPlanBytes)
	out := &org.Progress{Source: d.src}
	var t progressText
	if !ok || !d.head(reflect.ValueOf(&t).Elem(), NotAPlan) {
		return out, d.diags
	}
	out.Plan, out.AsOf, out.Rows = t.Plan, t.AsOf, t.Rows
	for i := range t.Rows {
		d.mostDays("remaining", t.Rows[i].Remaining)
	}
	d.diags.Sort()
	return out, d.diags
}
