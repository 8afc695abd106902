package org

import "oneboard/internal/diag"

// A Baseline (基准) is a schedule as it was issued: the days of each activity at
// that time. Activities are named by their ids, so that it can be held against
// the schedule of a later version of the plan.
type Baseline struct {
	Plan     string // id of the plan
	Hash     string // of the plan and its board as they were; "" was not written
	Calendar string // id of the calendar its days were counted in
	Known    Date   // no amendment of a calendar that was known later was reckoned with; NoDate: nothing is said of it
	Issued   Date
	From     Date // the first day of work
	End      Date // the last day of work
	// Activities are in the order of the work at that time.
	Activities []BaselineDays
	Source     *diag.Source
	At         diag.Span // the plan's id
}

// BaselineDays is what was issued for one activity.
type BaselineDays struct {
	ID            string
	Start, Finish Date // its first and last day; of a milestone one day
	Days          int  // of work; 0: a milestone
	At            diag.Span
}

// By gives what was issued for each activity by its id.
func (b *Baseline) By() map[string]*BaselineDays {
	out := make(map[string]*BaselineDays, len(b.Activities))
	for i := range b.Activities {
		out[b.Activities[i].ID] = &b.Activities[i]
	}
	return out
}

// A Progress (进展) is what was reported of activities, one row for each, as it
// stood at the end of a day.
type Progress struct {
	Plan   Ref  // the plan it is about; not given: any
	AsOf   When // not given: whoever reads it says so
	Rows   []ProgressRow
	Source *diag.Source
}

// A ProgressRow is what was reported of one activity. A row without days says
// that it has not begun.
type ProgressRow struct {
	Activity  Ref    `plan:"activity,required"`
	Started   When   `plan:"started"`
	Finished  When   `plan:"finished"`  // its last day
	Remaining Number `plan:"remaining"` // days of work that are left
	Percent   Number `plan:"percent"`   // how much of it is done
	Note      Text   `plan:"note"`
}
