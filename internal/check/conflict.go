package check

import (
	"slices"
	"strconv"
	"strings"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// A said is one thing that a change fixes for a day: what it fixes, of which
// things, and the words that it gives for it.
type said struct {
	what  string // a key of the catalogue: "fixes." and this
	of    string // the ids of the things, blanks between
	words string
	at    diag.Span
}

// contradictions finds changes that fix the same thing differently on one day:
// two names for a body, two takers of a duty. A plan is a set of statements, so
// no order between the two could say which one is meant. The first in the plan
// is carried out, so that the rest can be checked.
func (c *checker) contradictions() {
	type key struct {
		day  org.Date
		what string
		of   string
	}
	type first struct {
		change int32
		said   said
	}
	seen := map[key]first{}
	c.contradicted = map[string]bool{}
	for i, ch := range c.plan.Changes {
		i := int32(i)
		if c.bad[i] || !c.dates[i].Known() {
			continue
		}
		list := []said(nil)
		if c.part() {
			list = c.scope.says[i]
		} else {
			list = says(ch)
		}
		for _, s := range list {
			k := key{c.dates[i], s.what, s.of}
			was, again := seen[k]
			switch {
			case !again:
				seen[k] = first{i, s}
			case was.change != i && was.said.words != s.words:
				c.report(diag.At(Contradiction, s.at, diag.F("what", diag.Word("fixes."+s.what)), diag.F("id", s.of),
					diag.F("found", s.words), diag.F("other", was.said.words), diag.F("on", k.day)).
					Note(was.said.at, "said_here"))
				c.contradict(i, s)
			}
		}
	}
}

// contradict keeps what follows from a contradiction silent.
func (c *checker) contradict(i int32, s said) {
	switch s.what {
	case "taker", "performer", "modes":
		id, _, _ := strings.Cut(s.of, " ")
		if d := c.dutyIx.find(id); d >= 0 {
			c.duties[d].silent = true
		}
		c.bad[i] = c.bad[i] || s.what == "modes"
	case "area":
		c.bad[i] = true
	case "taker_of_thing":
		c.contradicted[s.of] = true
	}
}

// says lists what a change fixes for its day and no other change may fix
// differently.
func says(ch org.Change) []said {
	var out []said
	name := func(what, of string, t org.Text) {
		if t.Text != "" {
			out = append(out, said{what, of, t.Text, t.At})
		}
	}
	ref := func(what, of string, r org.Ref) {
		if r.Given() {
			out = append(out, said{what, of, r.ID, r.At})
		}
	}
	each := func(what string, from org.Ref, things []org.Ref, to, in org.Ref) {
		for _, r := range things {
			of := r.ID + " " + from.ID
			if in.Given() {
				of += " " + in.ID
			}
			out = append(out, said{what, of, to.ID, r.At})
		}
	}
	switch ch := ch.(type) {
	case *org.Rename:
		name("name", ch.Body.ID, ch.Name)
	case *org.Rerank:
		name("rank", ch.Body.ID, ch.Rank)
	case *org.Reestablish:
		name("name", ch.Body.ID, ch.Name)
		name("rank", ch.Body.ID, ch.Rank)
		name("class", ch.Body.ID, ch.Class)
		ref("superior", ch.Body.ID, ch.Superior)
	case *org.Restore:
		name("name", ch.Body.ID, ch.Name)
		ref("superior", ch.Body.ID, ch.Superior)
	case *org.ChangeSuperior:
		for _, b := range ch.Bodies {
			out = append(out, said{"superior", b.ID, ch.To.ID, b.At})
			name("rank", b.ID, ch.Rank)
			name("class", b.ID, ch.Class)
		}
	case *org.Merge:
		for _, b := range ch.From {
			out = append(out, said{"heir", b.ID, ch.Into.ID.ID, b.At})
		}
	case *org.MergeInto:
		for _, b := range ch.From {
			out = append(out, said{"heir", b.ID, ch.Into.ID, b.At})
		}
	case *org.Split:
		var into []string
		for _, n := range ch.Into {
			into = append(into, n.ID.ID)
		}
		out = append(out, said{"heir", ch.From.ID, strings.Join(into, " "), ch.From.At})
	case *org.Transfer:
		each("taker", ch.From, ch.Duties.Refs, ch.To, ch.In)
	case *org.TakeUp:
		each("taker", ch.From, ch.Duties, ch.To, ch.In)
	case *org.Delegate:
		each("performer", ch.From, ch.Duties, ch.To, ch.In)
	case *org.Declare:
		out = append(out, said{"modes", strings.TrimSpace(ch.Duty.ID + " " + ch.In.ID), modesOf(ch), ch.Duty.At})
	case *org.SetQuota:
		words := number(ch.Posts) + " / " + number(ch.Leaders) + " / " + number(ch.Deputies)
		out = append(out, said{"quota", strings.TrimSpace(ch.Body.ID + " " + ch.Class.Text), words, ch.Posts.At})
	case *org.MovePosts:
		each("taker_of_thing", ch.From, ch.Posts.Refs, ch.To, org.Ref{})
	case *org.MoveItems:
		each("taker_of_thing", ch.From, ch.Items.Refs, ch.To, org.Ref{})
	case *org.Withdraw:
		for _, r := range ch.Items {
			out = append(out, said{"taker_of_thing", r.ID + " " + ch.From.ID, "withdraw", r.At})
		}
	case *org.MovePeople:
		each("taker_of_thing", ch.From, ch.People.Refs, ch.To, org.Ref{})
	case *org.Host:
		ref("seat", ch.Office.ID, ch.Where)
	case *org.ChangeArea:
		var into []string
		for _, n := range ch.Into {
			into = append(into, n.Code.ID)
		}
		for _, a := range ch.Areas {
			out = append(out, said{"area", a.ID, strings.Join(into, " "), a.At})
		}
	}
	return out
}

func number(n org.Number) string {
	if !n.Given() {
		return "-"
	}
	return strconv.Itoa(n.N)
}

// modesOf prints who leads, assists and acts jointly, whatever the order in
// which they are written.
func modesOf(ch *org.Declare) string {
	list := func(refs []org.Ref) string {
		var out []string
		for _, r := range refs {
			out = append(out, r.ID)
		}
		slices.Sort(out)
		return strings.Join(out, " ")
	}
	return strings.Trim(ch.Lead.ID+" / "+list(ch.Assist)+" / "+list(ch.Joint), " /")
}
