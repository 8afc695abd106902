package witness

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// A judge says whether a certificate is true, by brute force: every run of the
// plan is carried out by package check, of which the witness knows nothing, and
// what the certificate says is looked up day by day.
type judge struct {
	*gamble
	runs []judged
	last org.Date
}

// A judged is one run, and who has what on each of its days.
type judged struct {
	day      map[string]org.Date
	times    *check.Timeline
	problems diag.List
	seen     map[string][]had // by duty, town and day
	towns    map[org.Date][]string
}

type had struct {
	key, body, mode, by string
	kept                bool
}

func newJudge(g *gamble, most int) *judge {
	j := &judge{gamble: g}
	list := g.happenings()
	if list == nil {
		return nil
	}
	n := eachRun(list, most, func(day map[string]org.Date) bool {
		res := check.Run(g.board, g.dated(list, day), g.pack)
		j.runs = append(j.runs, judged{day: maps.Clone(day), times: res.Timeline, problems: res.Problems,
			seen: map[string][]had{}, towns: map[org.Date][]string{}})
		return true
	})
	if n >= most || slices.ContainsFunc(j.runs, func(r judged) bool {
		return slices.ContainsFunc(r.problems, func(p diag.Diagnostic) bool { return p.Code == check.Contradiction })
	}) { // what contradicts is not carried out
		return nil
	}
	for _, h := range list {
		j.last = max(j.last, h.hi+2)
	}
	return j
}

// inside lists the smallest areas of a day; "" when the board keeps none.
func (r *judged) inside(day org.Date) []string {
	if out, ok := r.towns[day]; ok {
		return out
	}
	areas := r.times.On(day).Areas
	out := []string{}
	for _, a := range areas {
		if !slices.ContainsFunc(areas, func(b org.Area) bool { return b.Parent == a.Code }) {
			out = append(out, a.Code)
		}
	}
	if len(out) == 0 {
		out = []string{""}
	}
	r.towns[day] = out
	return out
}

func (r *judged) who(duty, town string, day org.Date) []had {
	at := duty + " " + town + " " + day.String()
	if out, ok := r.seen[at]; ok {
		return out
	}
	out := []had{}
	for _, h := range r.times.Who(duty, day, town) {
		if h.Mode != org.Assist {
			one := had{h.Key.String(), h.Body, h.Mode.String(), "", h.Transitional}
			if h.Began != nil {
				one.by = h.Began.Declared().ID
			}
			out = append(out, one)
		}
	}
	r.seen[at] = out
	return out
}

func (r *judged) on(event string) org.Date {
	switch day, err := org.ParseDate(event); {
	case event == "start":
		return org.Always
	case event == "forever":
		return org.Forever
	case err == nil:
		return day
	}
	if day, ok := r.day[event]; ok {
		return day
	}
	return org.NoDate
}

// false says what in a certificate is not so, or "".
func (j *judge) false(original, document []byte) string {
	var was, is check.Certificate
	if json.Unmarshal(original, &was) != nil || json.Unmarshal(document, &is) != nil {
		return "it does not read"
	}
	if bad := unclean(document); bad != "" {
		return bad
	}
	head := func(c check.Certificate) string {
		c.Proofs, c.PlanFile = nil, ""
		c.Required, c.FormerPerforms = append([]string{}, c.Required...), append([]string{}, c.FormerPerforms...)
		c.Events = slices.Clone(c.Events)
		slices.SortFunc(c.Events, func(a, b check.Happening) int { return strings.Compare(a.ID, b.ID) })
		text, _ := json.Marshal(c)
		return string(text)
	}
	if head(was) != head(is) {
		return "the head differs"
	}
	for i, p := range is.Proofs {
		old, _ := json.Marshal(was.Proofs[min(i, len(was.Proofs)-1)])
		if text, _ := json.Marshal(p); string(text) == string(old) {
			continue
		}
		for _, d := range p.Duties {
			var all []*judged
			for k := range j.runs {
				all = append(all, &j.runs[k])
			}
			if bad := j.caseFalse(d, &p.Case, all); bad != "" {
				return d + ": " + bad
			}
		}
	}
	return ""
}

// unclean finds an unknown duty or key in the words of a document.
func unclean(document []byte) string {
	var c struct {
		Proofs []struct{ Duties []string }
	}
	seen := map[string]bool{}
	if err := json.Unmarshal(document, &c); err != nil {
		return err.Error()
	}
	for _, p := range c.Proofs {
		for _, d := range p.Duties {
			if seen[d] {
				return d + " twice"
			}
			seen[d] = true
		}
	}
	return ""
}

func (j *judge) caseFalse(duty string, c *check.Case, runs []*judged) string {
	switch {
	case c == nil:
		return "a branch is missing"
	case c.Impossible:
		if len(runs) > 0 {
			return "it is possible"
		}
		return ""
	case c.Split != nil:
		var parts [3][]*judged
		for _, r := range runs {
			a, b := r.on(c.Split.Events[0]), r.on(c.Split.Events[1])
			switch {
			case a < b:
				parts[0] = append(parts[0], r)
			case a == b:
				parts[1] = append(parts[1], r)
			default:
				parts[2] = append(parts[2], r)
			}
		}
		for i, part := range []*check.Case{c.Split.Before, c.Split.SameDay, c.Split.After} {
			if bad := j.caseFalse(duty, part, parts[i]); bad != "" {
				return bad
			}
		}
		return ""
	}
	for _, ch := range c.Chains {
		for _, o := range ch.Orders {
			if bad := orderFalse(&o, runs); bad != "" {
				return bad
			}
		}
		for i, l := range ch.Links {
			if i > 0 && ch.Links[i-1].To != l.From {
				return "links do not meet"
			}
			if l.From == "start" && l.By != "" {
				return "something gives it before the start"
			}
		}
	}
	for _, r := range runs {
		if bad := j.runFalse(duty, c.Chains, r); bad != "" {
			return bad
		}
	}
	return ""
}

func orderFalse(o *check.Ordering, runs []*judged) string {
	path := o.Path
	if o.Calendar == nil && (len(path) < 2 || path[0] != o.First || path[len(path)-1] != o.Then) || o.Calendar != nil && len(path) > 0 {
		return "an order without a reason"
	}
	latest, earliest := org.NoDate, org.Forever
	for _, r := range runs {
		latest, earliest = max(latest, r.on(o.First)), min(earliest, r.on(o.Then))
		for i := range path {
			if r.on(path[i]) == org.NoDate || i > 0 && r.on(path[i-1]) > r.on(path[i]) {
				return "a path that is not so"
			}
		}
		if r.on(o.First) > r.on(o.Then) {
			return "an order that is not so"
		}
	}
	if o.Calendar != nil && len(runs) > 0 && *o.Calendar != [2]org.Date{latest, earliest} {
		return "days that are not so"
	}
	return ""
}

func (j *judge) within(area, in string, areas []org.Area) bool {
	for n := 0; area != in && in != ""; n++ {
		at := slices.IndexFunc(areas, func(a org.Area) bool { return a.Code == area })
		if at < 0 || n > len(areas) {
			return false
		}
		area = areas[at].Parent
	}
	return true
}

func (j *judge) runFalse(duty string, chains []check.Chain, r *judged) string {
	def := r.times.Duty(duty)
	if def == nil {
		return "unknown"
	}
	required := j.pack.RequiredOf(def).Words()
	for _, c := range chains {
		if !slices.Contains(required, c.Key) || len(c.Links) == 0 {
			return "a chain that nobody asks for"
		}
	}
	life := r.times.DutyLife(duty)
	for day := r.times.Start(); day < j.last; day++ {
		if !life.Holds(day) {
			continue
		}
		for _, town := range r.inside(day) {
			areas := r.times.On(day).Areas
			if town != "" && def.Area != "" && !j.within(town, def.Area, areas) {
				continue
			}
			has := r.who(duty, town, day)
			for _, key := range required {
				var actual, claimed []had
				for _, h := range has {
					if h.key == key {
						h.by = ""
						actual = append(actual, h)
					}
				}
				area := ""
				for _, c := range chains {
					if c.Key == key && j.within(town, c.Area, areas) && j.within(c.Area, area, areas) {
						area = c.Area
					}
				}
				for _, c := range chains {
					for i, l := range c.Links {
						from, to := r.on(l.From), r.on(l.To)
						if from == org.NoDate || to == org.NoDate || from > to {
							return "a link without days"
						}
						if c.Key != key || c.Area != area || day < from || day >= to {
							continue
						}
						h := had{key, l.Body, l.Mode, "", l.Kept != nil && day >= r.on(l.Kept.Since)}
						claimed = append(claimed, h)
						fresh := day == from && day > r.times.Start() && slices.Contains(r.inside(day-1), town) &&
							!slices.ContainsFunc(r.who(duty, town, day-1), func(o had) bool { o.by = ""; return o == h })
						if fresh && !slices.ContainsFunc(has, func(o had) bool { by := o.by; o.by = ""; return o == h && by == l.By }) {
							return fmt.Sprintf("%s %s: not by %q", day, c.Key, l.By)
						}
						_ = i
					}
				}
				for _, h := range claimed {
					at := slices.Index(actual, h)
					if at < 0 {
						return fmt.Sprintf("%s %s %s: %v, and not %v", day, key, town, has, h)
					}
					actual = slices.Delete(actual, at, at+1)
				}
				if len(claimed) == 0 || def.Exclusive && len(actual) > 0 {
					return fmt.Sprintf("%s %s %s: %v, and no more is said", day, key, town, has)
				}
			}
		}
	}
	return ""
}

// A plant is a document with one thing in it changed.
type plant struct {
	at, what string
	document []byte
}

// eachPlant calls do with every document that differs from this one in one
// place: each text by others of its kind that stand in the document and by one
// that doesn't, each truth by the other, each part left out, said twice, or
// changed with the next. Of so many changes one is made. It stops when do says so.
func eachPlant(document []byte, others, every int, do func(plant) bool) {
	var root any
	if err := json.Unmarshal(document, &root); err != nil {
		panic(err)
	}
	texts := map[string][]string{} // by kind
	var collect func(v any)
	collect = func(v any) {
		switch v := v.(type) {
		case string:
			if k := kindOf(v); !slices.Contains(texts[k], v) && len(texts[k]) < 400 {
				texts[k] = append(texts[k], v)
			}
		case []any:
			for _, x := range v {
				collect(x)
			}
		case map[string]any:
			for _, k := range slices.Sorted(maps.Keys(v)) {
				collect(v[k])
			}
		}
	}
	collect(root)
	more, turn, tried := true, 0, 0
	same, _ := json.Marshal(root)
	var walk func(at string, v any, set func(any))
	walk = func(at string, v any, set func(any)) {
		try := func(what string, x any) {
			if tried++; more && tried%every == 0 {
				set(x)
				text, err := json.Marshal(root)
				if err != nil {
					panic(err)
				}
				more = bytes.Equal(text, same) || do(plant{at, what, text})
				set(v)
			}
		}
		switch v := v.(type) {
		case bool:
			try("is the other", !v)
		case string:
			kind := texts[kindOf(v)]
			for n := 0; n < min(others, len(kind)); n++ { // in turn, so that each is tried somewhere
				if other := kind[turn%len(kind)]; other != v {
					try("is "+other, other)
				}
				turn++
			}
			try("is another", v+"x")
			if v != "" {
				try("is empty", "")
			}
			if d, err := org.ParseDate(v); err == nil {
				try("is a day later", (d + 1).String())
				try("is a day earlier", (d - 1).String())
			}
		case []any:
			for i := range v {
				try(fmt.Sprint("lacks ", i), slices.Delete(slices.Clone(v), i, i+1))
				try(fmt.Sprint("says twice ", i), slices.Insert(slices.Clone(v), i, v[i]))
				if i > 0 {
					swapped := slices.Clone(v)
					swapped[i-1], swapped[i] = v[i], v[i-1]
					try(fmt.Sprint("changes ", i-1, " and ", i), swapped)
				}
				walk(at+"/"+strconv.Itoa(i), v[i], func(x any) { v[i] = x })
			}
		case map[string]any:
			for _, k := range slices.Sorted(maps.Keys(v)) {
				less := maps.Clone(v)
				if delete(less, k); v[k] != "" && v[k] != nil { // what is absent is empty
					try("lacks "+k, less)
				}
				walk(at+"/"+k, v[k], func(x any) { v[k] = x })
			}
		}
	}
	walk("", root, func(x any) { root = x })
}

func kindOf(s string) string {
	switch _, err := org.ParseDate(s); {
	case err == nil:
		return "day"
	case strings.Contains(s, ".law") || strings.Contains(s, ".place") || s == "start" || s == "forever":
		return "event"
	case len(s) == 64:
		return "hash"
	}
	return "word"
}
