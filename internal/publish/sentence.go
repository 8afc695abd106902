package publish

import (
	"fmt"
	"strings"
	"time"

	"oneboard/internal/lang"
	"oneboard/internal/org"
)

func monthOf(m int) time.Month { return time.Month(m) }

// A Piece is a stretch of a sentence. Body or Duty is the id of what it names,
// so that a page can make it a link; In is its language when that is not the
// sentence's.
type Piece struct {
	Text string   `json:"text"`
	Body string   `json:"body,omitempty"`
	Duty string   `json:"duty,omitempty"`
	In   lang.Tag `json:"lang,omitempty"`
}

// A Sentence is words with the things that they name.
type Sentence []Piece

// String gives the bare words.
func (s Sentence) String() string {
	var b strings.Builder
	for _, p := range s {
		b.WriteString(p.Text)
	}
	return b.String()
}

// hole is put into a message where a piece stands, and found again after the
// message was put together in the order of its language. The characters are
// private ones, which no name has a use for.
const holeOpen, holeClose = "\ue000", "\ue001"

// compose fills a message of the catalogue with pieces.
func compose(tag lang.Tag, id string, holes map[string]Sentence) Sentence {
	args, parts := lang.Args{}, []Sentence{}
	for name, s := range holes {
		args[name] = fmt.Sprintf("%s%d%s", holeOpen, len(parts), holeClose)
		parts = append(parts, s)
	}
	var out Sentence
	rest := lang.Say(tag, id, args)
	for {
		i := strings.Index(rest, holeOpen)
		if i < 0 {
			break
		}
		n := 0
		j := strings.Index(rest, holeClose)
		fmt.Sscanf(rest[i+len(holeOpen):j], "%d", &n)
		if i > 0 {
			out = append(out, Piece{Text: rest[:i]})
		}
		out = append(out, parts[n]...)
		rest = rest[j+len(holeClose):]
	}
	if rest != "" {
		out = append(out, Piece{Text: rest})
	}
	return out
}

func plain(s string) Sentence { return Sentence{{Text: s}} }

func foreign(tag lang.Tag, s string) Sentence {
	p := Piece{Text: s}
	if in := languageOf(s); in != tag && in == lang.ZH {
		p.In = in
	}
	return Sentence{p}
}

// shown is how many names a sentence lists before it counts the rest.
const shown = 6

func (v *View) bodyPieces(tag lang.Tag, day org.Date, ids ...string) Sentence {
	return listed(tag, ids, func(id string) Piece {
		text, in := v.body(id, day).In(tag)
		p := Piece{Text: text, Body: id}
		if in != tag {
			p.In = in
		}
		if v.tl.Body(id) == nil {
			p.Body = "" // names nothing: no page to go to
		}
		return p
	})
}

func (v *View) dutyPieces(tag lang.Tag, ids []string) Sentence {
	return listed(tag, ids, func(id string) Piece {
		text, in := v.duty(id).In(tag)
		p := Piece{Text: text, Duty: id}
		if in != tag {
			p.In = in
		}
		if v.tl.Duty(id) == nil {
			p.Duty = ""
		}
		return p
	})
}

func listed(tag lang.Tag, ids []string, piece func(string) Piece) Sentence {
	var out Sentence
	for i, id := range ids {
		if i == shown {
			return append(out, Piece{Text: lang.Say(tag, "list.more", lang.Args{"Count": len(ids) - i})})
		}
		if i > 0 {
			out = append(out, Piece{Text: lang.Say(tag, "list.comma")})
		}
		out = append(out, piece(id))
	}
	return out
}

func ids(refs []org.Ref) []string {
	out := make([]string, len(refs))
	for i, r := range refs {
		out[i] = r.ID
	}
	return out
}

func (v *View) selected(tag lang.Tag, s org.Selection, all string, pieces func([]string) Sentence) Sentence {
	if s.All {
		return plain(lang.Say(tag, all))
	}
	return pieces(ids(s.Refs))
}

// tell says what a change does, in one sentence.
func (v *View) tell(tag lang.Tag, c org.Change) Sentence {
	day := v.tl.DateOf(c)
	old := day - 1
	if !day.Known() {
		day, old = v.before()+1, v.before()
	}
	now := func(ids ...string) Sentence { return v.bodyPieces(tag, day, ids...) }
	was := func(ids ...string) Sentence { return v.bodyPieces(tag, old, ids...) }
	duties := func(list []string) Sentence { return v.dutyPieces(tag, list) }
	words := func(s string) Sentence { return foreign(tag, s) }
	say := func(holes map[string]Sentence) Sentence {
		return compose(tag, "change."+c.Declared().Kind, holes)
	}
	type h = map[string]Sentence
	switch c := c.(type) {
	case *org.Establish:
		if c.Superior.Given() && c.Superior.ID != "none" {
			return compose(tag, "change.establish.under", h{"Body": now(c.Body.ID), "Superior": now(c.Superior.ID)})
		}
		return say(h{"Body": now(c.Body.ID)})
	case *org.Reestablish:
		return say(h{"Body": now(c.Body.ID)})
	case *org.Restore:
		return say(h{"Body": now(c.Body.ID)})
	case *org.Abolish:
		return say(h{"Body": was(c.Body.ID)})
	case *org.Merge:
		return say(h{"From": was(ids(c.From)...), "Into": now(c.Into.ID.ID)})
	case *org.MergeInto:
		return say(h{"From": was(ids(c.From)...), "Into": now(c.Into.ID)})
	case *org.Split:
		var into []string
		for _, n := range c.Into {
			into = append(into, n.ID.ID)
		}
		return say(h{"From": was(c.From.ID), "Into": now(into...)})
	case *org.Rename:
		name := Name{ZH: c.Name.Text, EN: c.NameEN.Text}
		text, _ := name.In(tag)
		return say(h{"Body": was(c.Body.ID), "Name": words(text)})
	case *org.Rerank:
		return say(h{"Body": was(c.Body.ID), "Rank": words(term(tag, "rank", c.Rank.Text).Text)})
	case *org.ChangeSuperior:
		if c.To.ID == "none" {
			return compose(tag, "change.change-superior.none", h{"Bodies": now(ids(c.Bodies)...)})
		}
		return say(h{"Bodies": now(ids(c.Bodies)...), "To": now(c.To.ID)})
	case *org.AddPlate:
		return say(h{"Body": now(c.Body.ID), "Name": words(c.Name.Text)})
	case *org.RemovePlate:
		return say(h{"Body": now(c.Body.ID), "Name": words(c.Name.Text)})
	case *org.CoLocate:
		return say(h{"Bodies": now(ids(c.Bodies)...)})
	case *org.Host:
		return say(h{"Office": now(c.Office.ID), "Where": now(c.Where.ID)})
	case *org.Transfer:
		return say(h{"Duties": v.selected(tag, c.Duties, "change.all-duties", duties), "From": was(c.From.ID), "To": now(c.To.ID)})
	case *org.Assign:
		return say(h{"Duty": duties([]string{c.Duty.ID}), "To": now(c.To.ID)})
	case *org.Declare:
		if len(c.Joint) > 0 {
			return compose(tag, "change.declare.joint", h{"Duty": duties([]string{c.Duty.ID}), "Joint": now(ids(c.Joint)...)})
		}
		if len(c.Assist) == 0 {
			return compose(tag, "change.declare.lead", h{"Duty": duties([]string{c.Duty.ID}), "Lead": now(c.Lead.ID)})
		}
		return say(h{"Duty": duties([]string{c.Duty.ID}), "Lead": now(c.Lead.ID), "Assist": now(ids(c.Assist)...)})
	case *org.Delegate:
		return say(h{"Duties": duties(ids(c.Duties)), "From": now(c.From.ID), "To": now(c.To.ID)})
	case *org.TakeUp:
		return say(h{"Duties": duties(ids(c.Duties)), "From": was(c.From.ID), "To": now(c.To.ID)})
	case *org.EndDuty:
		return say(h{"Duties": duties(ids(c.Duties))})
	case *org.SetQuota:
		return say(h{"Body": now(c.Body.ID), "Kind": words(term(tag, "quota", c.Class.Text).Text), "Posts": plain(itoa(c.Posts.N))})
	case *org.MoveQuota:
		return say(h{"From": was(c.From.ID), "To": now(c.To.ID), "Kind": words(term(tag, "quota", c.Class.Text).Text), "Posts": plain(itoa(c.Posts.N))})
	case *org.SetPosts:
		return say(h{"Body": now(c.Body.ID), "Posts": plain(itoa(c.Posts.N)), "Title": words(firstOf(c.Title.Text, c.Class.Text))})
	case *org.MovePosts:
		return say(h{"Posts": v.selected(tag, c.Posts, "change.all-posts", func(l []string) Sentence { return counted(tag, "count.posts", l) }), "From": was(c.From.ID), "To": now(c.To.ID)})
	case *org.MovePeople:
		return say(h{"People": v.selected(tag, c.People, "change.all-people", func(l []string) Sentence { return counted(tag, "count.people", l) }), "From": was(c.From.ID), "To": now(c.To.ID)})
	case *org.MoveItems:
		return say(h{"Items": v.selected(tag, c.Items, "change.all-items", func(l []string) Sentence { return counted(tag, "count.items", l) }), "From": was(c.From.ID), "To": now(c.To.ID)})
	case *org.Provide:
		return say(h{"Item": words(firstOf(c.Name.Text, c.Item.ID)), "To": now(c.To.ID)})
	case *org.Withdraw:
		return say(h{"Items": v.items(tag, c.Items), "From": was(c.From.ID)})
	case *org.Restrict:
		purposes := make([]string, len(c.Purposes))
		for i, p := range c.Purposes {
			purposes[i] = p.Text
		}
		return say(h{"Items": v.items(tag, c.Items), "Of": was(c.Of.ID), "Purposes": words(strings.Join(purposes, lang.Say(tag, "list.comma"))),
			"Until": plain(Day(tag, c.Until.Date))})
	case *org.Appoint:
		// who it is stays in the building: pages say that a post is filled
		return say(h{"Body": now(v.bodyOfPost(c.Body, c.Post)), "Role": plain(roleWords(tag, c.Role.Text))})
	case *org.Relieve:
		return say(h{"Body": now(v.bodyOfPost(c.Body, c.Post))})
	case *org.ChangeArea:
		var into []string
		for _, a := range c.Into {
			name := Name{ID: a.Code.ID, ZH: a.Name.Text, EN: a.NameEN.Text}
			text, _ := name.In(tag)
			into = append(into, text)
		}
		var from []string
		for _, a := range c.Areas {
			text, _ := v.area(a.ID).In(tag)
			from = append(from, text)
		}
		comma := lang.Say(tag, "list.comma")
		return say(h{"Areas": words(strings.Join(from, comma)), "Into": words(strings.Join(into, comma))})
	}
	panic(fmt.Sprintf("publish: unknown change %T", c))
}

// items names things that are no bodies and no duties, by what people call them.
func (v *View) items(tag lang.Tag, refs []org.Ref) Sentence {
	return listed(tag, ids(refs), func(id string) Piece {
		if stays := v.tl.Item(id); len(stays) > 0 && stays[0].Name != "" {
			id = stays[0].Name
		}
		return foreign(tag, id)[0]
	})
}

func counted(tag lang.Tag, id string, list []string) Sentence {
	return plain(lang.Say(tag, id, lang.Args{"Count": len(list)}))
}

func roleWords(tag lang.Tag, role string) string {
	if role == "" {
		role = "ordinary"
	}
	return term(tag, "role", role).Text
}

// bodyOfPost is the body that an appointment speaks of: the named one, or the
// one of the post.
func (v *View) bodyOfPost(body, post org.Ref) string {
	if body.Given() {
		return body.ID
	}
	for i := range v.board.Posts {
		if v.board.Posts[i].ID == post.ID {
			return v.board.Posts[i].Body
		}
	}
	return post.ID
}

func firstOf(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

// A Citation is a clause of an instrument that something rests on.
type Citation struct {
	Instrument string `json:"instrument"`
	Title      Name   `json:"title"`
	Number     string `json:"number,omitempty"` // of the instrument, as printed on it
	Clause     string `json:"clause,omitempty"`
	Words      string `json:"words,omitempty"` // of the clause, when they are known
	Known      bool   `json:"known"`           // whether the plan lists the instrument
}

func (v *View) cite(instrument, clause string) Citation {
	c := Citation{Instrument: instrument, Clause: clause, Title: Name{ID: instrument}}
	if in := v.plan.Instrument(instrument); in != nil {
		c.Known, c.Number = true, in.Number
		c.Title = Name{ID: instrument, ZH: in.Title, EN: in.TitleEN}
		for _, cl := range in.Clauses {
			if cl.Number == clause {
				c.Words = cl.Text
			}
		}
	}
	return c
}

// citations reads the basis of a fact as files write it: "instrument clause",
// several with "; " between.
func (v *View) citations(by string) []Citation {
	var out []Citation
	for _, one := range strings.Split(by, ";") {
		one = strings.TrimSpace(one)
		if one == "" {
			continue
		}
		instrument, clause, _ := strings.Cut(one, " ")
		out = append(out, v.cite(instrument, clause))
	}
	return out
}

// A ChangeView is one change of the plan in words.
type ChangeView struct {
	ID      string     `json:"id"`
	Kind    Term       `json:"kind"`
	Words   Sentence   `json:"words"`
	On      org.Date   `json:"on"`
	InPlace org.Date   `json:"in_place"` // the day its handover is in place, when that is a later one
	By      []Citation `json:"by"`
	Line    int        `json:"line,omitempty"` // in the plan
	Done    bool       `json:"done"`           // on the day of the page
}

func (v *View) change(tag lang.Tag, day org.Date, c org.Change) ChangeView {
	d := c.Declared()
	out := ChangeView{ID: d.ID, Kind: Term{d.Kind, lang.Say(tag, "kind."+d.Kind)}, Words: v.tell(tag, c), On: v.tl.DateOf(c), By: []Citation{}}
	out.InPlace = handover(c)
	if out.InPlace <= out.On {
		out.InPlace = org.NoDate
	}
	out.Done = out.On.Known() && max(out.On, out.InPlace) <= day
	for _, by := range d.By {
		out.By = append(out.By, v.cite(by.Instrument.ID, by.Clause.Text))
	}
	if d.At.Source != nil && d.At.Source == v.plan.Source {
		out.Line, _ = d.At.Position()
	}
	return out
}

func (v *View) changes(tag lang.Tag, day org.Date, list []org.Change) []ChangeView {
	out := make([]ChangeView, 0, len(list))
	for _, c := range list {
		out = append(out, v.change(tag, day, c))
	}
	return out
}

// handover is the day on which everything that a change moves is in place, by
// what is written; NoDate when nothing is.
func handover(c org.Change) org.Date {
	switch c := c.(type) {
	case *org.Transfer:
		return max(c.InPlace.Or(org.NoDate), c.Performer.Or(org.NoDate), c.Name.Or(org.NoDate), c.Means.Or(org.NoDate))
	case *org.Merge:
		return c.InPlace.Or(org.NoDate)
	case *org.MergeInto:
		return c.InPlace.Or(org.NoDate)
	}
	return org.NoDate
}
