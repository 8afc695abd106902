package main

import (
	"bytes"
	"fmt"
	"log"
	"slices"
	"strings"
	"text/template"
)

// plan writes plan.yaml from its template. The template holds every clause and
// every change of a body in words; the functions below only spell out what goes
// with them: ids of duties, posts and people, and sums of quotas.
func (y *city) plan() []byte {
	w := &writer{city: y, used: map[string]bool{}}
	t, err := template.New("plan.tmpl").Funcs(template.FuncMap{
		"transfer": w.transfer, "duties": w.duties, "duty": w.duty, "posts": w.posts, "fold": w.fold,
		"head": w.head, "sum": w.sum, "deputies": leaders, "who": w.who, "districts": func() []district { return districts },
		"things": w.things, "people": w.people, "each": w.each,
	}).ParseFS(source, "source/plan.tmpl")
	if err != nil {
		log.Fatal(err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, nil); err != nil {
		log.Fatal(err)
	}
	return b.Bytes()
}

type writer struct {
	*city
	used map[string]bool // posts that a change has moved or emptied
}

// rest puts the lines that every change ends with.
func rest(b *strings.Builder, by, on string) {
	fmt.Fprintf(b, "    by: %s\n    on: %s\n", by, on)
}

// duties lists the tagged duties of a body, a line each with its name.
func (w *writer) duties(body string, tags ...string) string {
	var b strings.Builder
	for _, tag := range tags {
		for _, d := range w.tagged(body, tag) {
			fmt.Fprintf(&b, "\n      - %s  # %s", d.id, d.zh)
		}
	}
	return b.String()
}

// duty gives the id of the first tagged duty of a body.
func (w *writer) duty(body, tag string) string { return w.tagged(body, tag)[0].id }

// transfer writes the transfer of tagged duties, and the moves of the items
// that belong to them on the day the handover is in place.
func (w *writer) transfer(from, tags, to, by, on, inPlace string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "- transfer:%s\n    from: %s\n    to: %s\n", w.duties(from, strings.Fields(tags)...), from, to)
	rest(&b, by, on)
	fmt.Fprintf(&b, "    in_place: %s\n", inPlace)
	var moved []item
	for _, it := range w.items[from] {
		if it.tag != "" && slices.Contains(strings.Fields(tags), it.tag) {
			moved = append(moved, it)
		}
	}
	if len(moved) > 0 {
		b.WriteString("  - move-items:\n")
		for _, it := range moved {
			fmt.Fprintf(&b, "      - %s  # %s\n", it.id, it.name)
		}
		fmt.Fprintf(&b, "    from: %s\n    to: %s\n", from, to)
		rest(&b, "sx 3", inPlace)
	}
	return strings.TrimRight(b.String(), "\n")
}

// things lists the items of some kinds that a body has.
func (w *writer) things(body string, kinds ...string) string {
	var b strings.Builder
	for _, it := range w.items[body] {
		if slices.Contains(kinds, it.kind) {
			fmt.Fprintf(&b, "\n      - %s  # %s", it.id, it.name)
		}
	}
	return b.String()
}

// posts lists n ordinary posts of a body that nothing has moved yet: first the
// one whose title names the field, then from the last.
func (w *writer) posts(body, field string, n int) string {
	var chosen []post
	take := func(p post) {
		if len(chosen) < n && p.role == "" && !w.used[p.id] {
			w.used[p.id] = true
			chosen = append(chosen, p)
		}
	}
	for _, p := range w.city.posts[body] {
		if field != "" && strings.HasPrefix(p.title, field) {
			take(p)
		}
	}
	for _, p := range slices.Backward(w.city.posts[body]) {
		take(p)
	}
	if len(chosen) < n {
		log.Fatalf("%s has not %d posts to give", body, n)
	}
	slices.SortFunc(chosen, func(a, b post) int { return strings.Compare(a.id, b.id) })
	var b strings.Builder
	for _, p := range chosen {
		fmt.Fprintf(&b, "\n      - %s  # %s", p.id, p.title)
	}
	return b.String()
}

// people lists n people in ordinary posts of a body that nothing has moved yet.
func (w *writer) people(body string, n int) string {
	var ids []string
	for _, p := range slices.Backward(w.city.posts[body]) {
		if len(ids) < n && p.role == "" && p.person != "" && !w.used[p.id] {
			w.used[p.id] = true
			ids = append(ids, p.person)
		}
	}
	return "[" + strings.Join(ids, ", ") + "]"
}

func (w *writer) who(id string) string {
	for _, posts := range w.city.posts {
		for _, p := range posts {
			if p.id == id {
				if p.person == "" {
					log.Fatalf("nobody has the post %s", id)
				}
				return p.person
			}
		}
	}
	log.Fatalf("no post %s", id)
	return ""
}

// sum adds the quotas of bodies.
func (w *writer) sum(ids ...string) int {
	n := 0
	for _, id := range ids {
		n += w.body(id).quota
	}
	return n
}

// fold writes what becomes of the leaders of merged bodies: one head, and as
// many deputies as the quota allows, first the other heads; who is left over
// keeps a post without leading. The first body gives the head, unless the
// receiver has leaders of its own ("keeps").
func (w *writer) fold(to, keeps, by, on string, from ...string) string {
	quota := w.sum(from...)
	var heads, deputies []post
	owner := map[string]string{}
	for _, id := range from {
		for _, p := range w.city.posts[id] {
			owner[p.id] = id
			switch p.role {
			case "head":
				heads = append(heads, p)
			case "deputy":
				deputies = append(deputies, p)
			}
		}
	}
	room := leaders(quota)
	if keeps == "keeps" {
		room = 0
	} else {
		heads = heads[1:]
	}
	roles := map[string]map[string][]string{} // by giver, then role
	put := func(p post, role string) {
		id := owner[p.id]
		if roles[id] == nil {
			roles[id] = map[string][]string{}
		}
		roles[id][role] = append(roles[id][role], p.id)
	}
	for _, p := range heads {
		if room > 0 {
			put(p, "deputy")
			room--
		} else {
			put(p, "ordinary")
		}
	}
	for _, p := range deputies {
		if room > 0 {
			room-- // goes with the merger, as a deputy
		} else {
			put(p, "ordinary")
		}
	}
	var b strings.Builder
	for _, id := range from {
		for _, role := range []string{"deputy", "ordinary"} {
			if list := roles[id][role]; len(list) > 0 {
				fmt.Fprintf(&b, "  - move-posts: [%s]\n    from: %s\n    to: %s\n    role: %s\n", strings.Join(list, ", "), id, to, role)
				rest(&b, by, on)
			}
		}
	}
	return strings.TrimPrefix(strings.TrimRight(b.String(), "\n"), "  ")
}

// head writes how a new body gets its head: the post is set, and a person who
// leaves another post takes it.
func (w *writer) head(body, kind, title, from, by, on string) string {
	person := w.who(from)
	w.used[from] = true
	var b strings.Builder
	fmt.Fprintf(&b, "- set-posts: %s\n    posts: 1\n    kind: %s\n    role: head\n    title: %s\n", body, kind, title)
	rest(&b, by, on)
	fmt.Fprintf(&b, "  - relieve: %s\n    post: %s\n", person, from)
	rest(&b, by, on)
	fmt.Fprintf(&b, "  - appoint: %s\n    body: %s\n    role: head\n", person, body)
	rest(&b, by, on)
	return strings.TrimRight(b.String(), "\n")
}

// each joins the ids of the district bodies with a suffix.
func (w *writer) each(suffix string) string {
	var ids []string
	for _, d := range districts {
		ids = append(ids, d.ID+"-"+suffix)
	}
	return strings.Join(ids, ", ")
}
