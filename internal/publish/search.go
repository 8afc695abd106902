package publish

import (
	"strings"

	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// searchText is one thing that can be found: all its names, in small letters.
type searchText struct{ id, text string }

// Found is what a search gives.
type Found struct {
	Words      string `json:"words"`
	Bodies     []Hit  `json:"bodies"`
	Duties     []Hit  `json:"duties"`
	MoreBodies int    `json:"more_bodies"` // found, but left out
	MoreDuties int    `json:"more_duties"`
}

// A Hit is one thing found.
type Hit struct {
	Name
	// Note is a former or later name, or the body that has the duty.
	Note Name `json:"note"`
}

// mostHits is how many hits of a kind a page lists.
const mostHits = 100

// Search finds bodies and duties whose id or any name, of any time and
// language, holds all the words. O(board), a few milliseconds for a city.
func (v *View) Search(words string, day org.Date) Found {
	v.searchOnce.Do(func() {
		for _, id := range v.tl.Bodies() {
			var b strings.Builder
			b.WriteString(id)
			if life := v.tl.Body(id); life != nil {
				for i := range life.Versions {
					b.WriteString("\n" + life.Versions[i].Name + "\n" + life.Versions[i].NameEN)
				}
				for _, p := range life.Plates {
					b.WriteString("\n" + p.Name)
				}
			}
			v.bodyText = append(v.bodyText, searchText{id, strings.ToLower(b.String())})
		}
		for _, id := range v.tl.Duties() {
			if d := v.tl.Duty(id); d != nil {
				v.dutyText = append(v.dutyText, searchText{id, strings.ToLower(id + "\n" + d.Name + "\n" + d.NameEN + "\n" + d.Matter)})
			}
		}
	})
	f := Found{Words: words, Bodies: []Hit{}, Duties: []Hit{}}
	want := strings.Fields(strings.ToLower(words))
	if len(want) == 0 {
		return f
	}
	matches := func(text string) bool {
		for _, w := range want {
			if !strings.Contains(text, w) {
				return false
			}
		}
		return true
	}
	for _, s := range v.bodyText {
		if !matches(s.text) {
			continue
		}
		if len(f.Bodies) == mostHits {
			f.MoreBodies++
			continue
		}
		h := Hit{Name: v.body(s.id, day)}
		if life := v.tl.Body(s.id); life != nil {
			for i := range life.Versions {
				if b := &life.Versions[i]; b.Name != h.ZH {
					h.Note = Name{s.id, b.Name, b.NameEN}
				}
			}
		}
		f.Bodies = append(f.Bodies, h)
	}
	for _, s := range v.dutyText {
		if !matches(s.text) {
			continue
		}
		if len(f.Duties) == mostHits {
			f.MoreDuties++
			continue
		}
		h := Hit{Name: v.duty(s.id)}
		for _, w := range v.tl.Who(s.id, day, "") {
			if w.Key == org.Holder {
				h.Note = v.body(w.Body, day)
				break
			}
		}
		f.Duties = append(f.Duties, h)
	}
	return f
}

// Everything is the ids of all bodies and duties, for those who walk the pages.
func (v *View) Everything() (bodies, duties []string) { return v.tl.Bodies(), v.tl.Duties() }

// TitleOf gives the name of a body on a day, and whether there is such a body.
func (v *View) TitleOf(tag lang.Tag, body string, day org.Date) (string, bool) {
	text, _ := v.body(body, day).In(tag)
	return text, v.tl.Body(body) != nil
}
