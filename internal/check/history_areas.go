package check

import (
	"strings"

	"oneboard/internal/org"
)

// Areas gives the units of a history as the areas of a board: a row for each
// time during which a unit was the same, by code and day. An area's level is the
// unit's kind. Its parent is the unit's when that is a unit of the history too:
// a source that names its parents by another numbering names nobody here. A unit
// without a code goes by its name, with "_" for blanks.
//
// The units of the first snapshot begin on its day: what was before it is not
// known.
func (l *Lineage) Areas() []org.Area {
	areas := make([]org.Area, 0, len(l.order))
	for _, n := range l.order {
		s := &l.states[n]
		a := org.Area{Code: areaCode(s.unit), Name: s.unit.Name, Level: s.unit.Kind, Interval: org.Interval{From: s.from, To: s.to}}
		if len(l.byKey[unitKey(s.unit.Parent)]) > 0 {
			a.Parent = s.unit.Parent
		}
		if k := len(areas) - 1; k >= 0 {
			last := &areas[k]
			if last.Code == a.Code && last.Name == a.Name && last.Level == a.Level && last.Parent == a.Parent && last.Meets(a.Interval) {
				last.To = a.To
				continue
			}
		}
		areas = append(areas, a)
	}
	return areas
}

func areaCode(u org.Unit) string {
	if u.Code != "" {
		return u.Code
	}
	return strings.Join(strings.Fields(u.Name), "_")
}
