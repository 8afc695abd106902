package web

import (
	"net/http"
	"net/url"
	"strconv"

	"oneboard/internal/check"
	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/publish"
)

// A History is what really happened to the units of a country, served so that
// anybody with an old code can ask what became of it.
type History struct {
	// Slug is its name in addresses: letters, digits, "-" and "_".
	Slug string
	// Lineage is whom it asks. Its title is the history's name.
	Lineage *check.Lineage
}

// traceShown is how many units are offered where the word fits several.
const traceShown = 20

// tracePage is one question, and its answer when there is one.
type tracePage struct {
	History string        `json:"history"`
	Title   string        `json:"title"`
	First   org.Date      `json:"first"`
	Last    org.Date      `json:"last"`
	Unit    string        `json:"unit"`
	From    org.Date      `json:"from"`
	To      org.Date      `json:"to"`
	Course  *check.Course `json:"course"` // nil: nobody to follow
	// Says is the catalogue's word for why there is no course; Meant are the
	// units that the reader may mean, each with a day on which it is in force.
	Says  string      `json:"says,omitempty"`
	Meant []traceUnit `json:"meant,omitempty"`

	picture publish.SVG
}

type traceUnit struct {
	check.UnitName
	From org.Date `json:"from"`
	To   org.Date `json:"to"`
	day  org.Date
	span string
}

// Name is the history's name.
func (h *History) Name() string {
	if h.Lineage.Title != "" {
		return h.Lineage.Title
	}
	return h.Slug
}

// history is the one that the address names, and the days asked for.
func (s *site) history(r *http.Request) (h *History, from, to org.Date, err error) {
	if h = s.histories[r.PathValue("history")]; h == nil {
		return nil, 0, 0, errNotFound
	}
	from, to = h.Lineage.First, h.Lineage.Last
	for name, day := range map[string]*org.Date{"from": &from, "to": &to} {
		if v := r.URL.Query().Get(name); v != "" {
			if *day, err = org.ParseDate(v); err != nil {
				return nil, 0, 0, errNoDay
			}
		}
	}
	return h, from, to, nil
}

func trace(p *page) (reply, error) {
	h, from, to, err := p.site.history(p.r)
	if err != nil {
		return reply{}, err
	}
	l := h.Lineage
	m := tracePage{History: h.Slug, Title: h.Name(), First: l.First, Last: l.Last, Unit: p.query.Get("unit"), From: from, To: to}
	if len(m.Unit) > 200 {
		m.Unit = ""
	}
	p.title = p.T("trace.title")
	switch {
	case min(from, to) < l.First:
		m.Says = "trace.before-first"
	case m.Unit != "":
		if c, ok := l.Follow(m.Unit, from, to); ok {
			m.Course, m.picture = &c, publish.Flow(p.tag, &c)
			p.title = publish.UnitWords(c.Start) + " · " + p.title
		} else {
			m.meant(p.tag, l)
		}
	}
	return reply{model: m, shown: traceShownPage(p, &m)}, nil
}

// meant finds whom the reader may mean where nobody can be followed.
func (m *tracePage) meant(tag lang.Tag, l *check.Lineage) {
	units, nearest := l.Find(m.Unit, m.From)
	m.Says = "trace.nobody"
	switch {
	case len(units) > 0:
		m.Says = "trace.several"
	case len(nearest) > 0:
		m.Says = "trace.not-on"
		for _, s := range nearest[:min(len(nearest), traceShown)] {
			m.Meant = append(m.Meant, traceUnit{s.UnitName, s.From, s.To, s.From, publish.Between(tag, s.From, s.To)})
		}
		return
	default:
		if units = l.Search(m.Unit, m.From, traceShown); len(units) > 0 {
			m.Says = "trace.perhaps"
		} else if _, on, ok := l.Passing(m.Unit); ok {
			m.Says, m.From = "trace.passing", on
		}
	}
	for _, u := range units[:min(len(units), traceShown)] {
		m.Meant = append(m.Meant, traceUnit{u, m.From, m.From, m.From, ""})
	}
}

// Trace is the address of a question to this page's history.
func (m *tracePage) at(p *page, unit string, from, to org.Date) string {
	return tracePath(p.tag, m.History, "", unit, from, to)
}

func tracePath(tag lang.Tag, slug, file, unit string, from, to org.Date) string {
	q := url.Values{"from": {from.String()}, "to": {to.String()}}
	if unit != "" {
		q.Set("unit", unit)
	}
	return "/" + string(tag) + "/h/" + url.PathEscape(slug) + "/" + file + "?" + q.Encode()
}

func word(u check.UnitName) string {
	if u.Code != "" {
		return u.Code
	}
	return u.Name
}

// traceFile answers with a file: the conversion table, or a picture.
func (s *site) traceFile(tag lang.Tag, file string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		h, from, to, err := s.history(r)
		no, refused := err.(refusal)
		var text []byte
		kind := "text/csv; charset=utf-8"
		switch {
		case refused:
		case min(from, to) < h.Lineage.First:
			no, refused = errNoDay, true
		case file == "table.csv":
			text = publish.ConversionCSV(h.Lineage.Table(from, to))
		default:
			c, ok := h.Lineage.Follow(r.URL.Query().Get("unit"), from, to)
			if !ok {
				no, refused = errNotFound, true
				break
			}
			kind, text = "image/svg+xml", publish.FlowFile(tag, &c)
		}
		if refused {
			http.Error(w, lang.Say(tag, no.words), no.status)
			return
		}
		head := w.Header()
		head.Set("Content-Type", kind)
		head.Set("Content-Disposition", `attachment; filename="`+h.Slug+"-"+from.String()+"-"+to.String()+file[len(file)-4:]+`"`)
		head.Set("Cache-Control", "private, no-cache")
		head.Set("Content-Length", strconv.Itoa(len(text)))
		w.Write(text)
	}
}
