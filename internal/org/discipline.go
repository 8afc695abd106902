package org

import "slices"

// What a rule pack says of seals, record series, bylaws and the discipline of a reform.
// The struct tags are how a pack writes it.

// SealRules are what becomes of old seals and when new ones may be used. Places
// contradict each other here: Beijing's of 2009 are strict (R6), those of
// Changzhou of 2019 lenient (R7). Without a mode nothing is asked.
type SealRules struct {
	// Mode is "strict": when the new seal is in use, the old one is void and
	// handed in; or "lenient": the old seal of a body that ended may be kept for
	// KeepDays, for the purposes of KeepFor alone.
	Mode     Text   `plan:"mode,required,words=none|strict|lenient"`
	Kinds    []Text `plan:"kinds"` // the kinds of item that are seals; see KindsOr
	KeepDays Number `plan:"keep_days"`
	KeepFor  []Text `plan:"keep_for"`
	// PlateAfter is what a body must have before its name plate is up: its seal,
	// its head.
	PlateAfter []Text `plan:"plate_after,words=seal|head"`
	Plates     []Text `plan:"plates"` // the kinds of item that are name plates
}

// Asked reports whether the pack asks anything of seals.
func (s *SealRules) Asked() bool { return s.Mode.Text != "" && s.Mode.Text != "none" }

// FondsRules are what becomes of record series (全宗) when their body changes
// (R14). Without any nothing is asked.
type FondsRules struct {
	Kinds   []Text `plan:"kinds"`   // the kinds of item that are record series; see KindsOr
	Archive []Text `plan:"archive"` // the kinds or ids of bodies that are archives
	// Abolished: the records of an abolished body go to the archive, or whole to
	// the successor that takes most of its duties.
	Abolished Text `plan:"abolished,words=archive|successor|either"`
	// Merged: each old series is kept separate with the successor.
	Merged Text `plan:"merged,words=separate"`
	// Split: never divided, whole to the main successor, or to the archive.
	Split Text `plan:"split,words=whole_to_main_successor|archive|either"`
	// Renamed: what a body has that is renamed or gives some duties stays; or
	// records of a duty move with it.
	Renamed Text `plan:"renamed,words=stays|moves"`
}

// Asked reports whether the pack asks anything of record series.
func (f *FondsRules) Asked() bool {
	return f.Abolished.Text != "" || f.Merged.Text != "" || f.Split.Text != "" || f.Renamed.Text != ""
}

// BylawRules are what becomes of the bylaws of an area when others take its place
// (R8). Without years nothing lapses.
type BylawRules struct {
	// Years is how long they stay in force there, from the day of the change: what
	// nobody confirms by then lapses. 0: nothing lapses.
	Years Number `plan:"years,required"`
	Kinds []Text `plan:"kinds"` // the kinds of item that are bylaws; see KindsOr
}

// Asked reports whether bylaws lapse.
func (b *BylawRules) Asked() bool { return b.Years.N > 0 }

// KindsOr gives the words of a list, or those that hold when it is not written.
func KindsOr(list []Text, otherwise ...string) []string {
	if len(list) == 0 {
		return otherwise
	}
	out := make([]string, len(list))
	for i := range list {
		out[i] = list[i].Text
	}
	return out
}

// A Freeze forbids some changes for a time (R12, R13, R15 to R21), unless they
// rest on something that lifts it. A waiver of the plan excuses from any freeze.
type Freeze struct {
	ID         Ref  `plan:"id,required"`
	Discipline Text `plan:"discipline,required,words=political|organisational|structure|personnel|financial|confidentiality"`
	Title      Text `plan:"title"`
	TitleEN    Text `plan:"title_en"`
	// Forbid names kinds of change; or "publish": that instruments of the kinds
	// in Instruments are public before Until.
	Forbid      []Text `plan:"forbid,required,min=1"`
	Instruments []Text `plan:"instruments,words=law|order|plan|notice|decision|minute|determination"`
	// Items, when written, are the only kinds of item that it is about.
	Items []Text `plan:"items"`
	// Bodies are those it binds: who ends, gives or receives duties, or, as when
	// it is not written, all.
	Bodies []Text `plan:"bodies,words=all|ending|giving|receiving"`
	// Only "across_levels": changes between bodies of different levels.
	Only Text `plan:"only,words=across_levels"`
	// From is "approval" (of the reform plan; as when it is not written), "start"
	// (of the plan) or a day, which is the first of the freeze.
	From Text `plan:"from"`
	// Until is "in_place" (the last handover of the body, or of the plan; as when
	// it is not written), "deadline" (after the plan's), or a day, the first after
	// the freeze. Of what must not be public: "approval" or "effective", of the
	// instrument.
	Until Text `plan:"until"`
	// Unless is what lifts it: that the change rests on an instrument of the
	// reform (see Plan.Reform), on one that is approved one level up, on one that
	// is approved by itself and is not the reform plan, or on one of a kind.
	Unless []Text `plan:"unless,words=reform|approved|approved_apart|law|order|plan|notice|decision|minute|determination"`
}

// Lifted reports whether a word of Unless is written.
func (f *Freeze) Lifted(word string) bool {
	return slices.ContainsFunc(f.Unless, func(t Text) bool { return t.Text == word })
}

// Freezes puts those of a further pack to the ones before: one of the same id
// takes the other's place, and one that forbids "nothing" takes it away.
func Freezes(base, more []Freeze) []Freeze {
	out := slices.Clone(base)
	for _, f := range more {
		at := slices.IndexFunc(out, func(o Freeze) bool { return o.ID.ID == f.ID.ID })
		nothing := len(f.Forbid) == 1 && f.Forbid[0].Text == "nothing"
		switch {
		case at >= 0 && nothing:
			out = slices.Delete(out, at, at+1)
		case at >= 0:
			out[at] = f
		case !nothing:
			out = append(out, f)
		}
	}
	return out
}

// Reform names the instruments of the reform, with the day from which each
// counts: those of the kinds that need an approval (plans, when the packs name
// none), from their approval or, where none is asked, their effect; and from
// then on every instrument that stands under one of them.
func (p *Plan) Reform(approve []string) map[string]Date {
	out := map[string]Date{}
	approved := p.Approved()
	kinds := approve
	if len(kinds) == 0 {
		kinds = []string{"plan"}
	}
	for i := range p.Instruments {
		in := &p.Instruments[i]
		if !slices.Contains(kinds, in.Kind) {
			continue
		}
		if on, ok := approved[in.ID]; ok {
			out[in.ID] = on
		} else if len(approve) == 0 {
			out[in.ID] = in.Effective.Or(in.Made.Or(Always))
		}
	}
	for grown := true; grown; {
		grown = false
		for i := range p.Instruments {
			in := &p.Instruments[i]
			if _, known := out[in.ID]; known {
				continue
			}
			for _, over := range in.Under {
				if day, ok := out[over.ID]; ok {
					out[in.ID], grown = day, true
					break
				}
			}
		}
	}
	return out
}

// Approved gives the day of the first approval of each instrument that has one.
func (p *Plan) Approved() map[string]Date {
	out := map[string]Date{}
	for _, a := range p.Approvals {
		on := a.On.Or(Always)
		if was, ok := out[a.Instrument.ID]; !ok || on < was {
			out[a.Instrument.ID] = on
		}
	}
	return out
}

// Discipline puts what a pack says of seals, record series, bylaws and freezes over
// what packs before it said.
func (p *Pack) Discipline(base *Pack) {
	if p.Seals.Mode.Text != "" {
		base.Seals = p.Seals
	}
	if p.Fonds.Asked() {
		base.Fonds = p.Fonds
	}
	if p.Bylaws.Years.Given() {
		base.Bylaws = p.Bylaws
	}
	base.Freezes = Freezes(base.Freezes, p.Freezes)
}

// OfRelease reports whether the freeze is of instruments that must not be public,
// and of no change.
func (f *Freeze) OfRelease() bool { return len(f.Forbid) == 1 && f.Forbid[0].Text == "publish" }

// Forbids reports whether a change is of a kind that the freeze forbids.
func (f *Freeze) Forbids(ch Change) bool {
	kind := ch.Declared().Kind
	return slices.ContainsFunc(f.Forbid, func(t Text) bool { return t.Text == kind })
}
