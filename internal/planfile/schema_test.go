package planfile

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

var update = flag.Bool("update", false, "write docs/schema anew")

var schemas = map[string]func() []byte{"plan-v1.json": Schema, "pack-v1.json": PackSchema,
	"work-v1.json": WorkSchema, "calendar-v1.json": CalendarSchema,
	"baseline-v1.json": BaselineSchema, "progress-v1.json": ProgressSchema}

// The schemas in the repository are those that the tags make.
func TestSchemaIsCurrent(t *testing.T) {
	for name, made := range schemas {
		file := "../../docs/schema/" + name
		if *update {
			if err := os.WriteFile(file, made(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(text, made()) {
			t.Errorf("%s is not current: go test ./internal/planfile -run Schema -update", file)
		}
		if strings.Contains(string(text), "«") {
			t.Errorf("%s lacks words", file)
		}
	}
}

func compiled(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schemas[name]()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(name, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// byYAML is a plan as any reader of YAML sees it.
func byYAML(t *testing.T, text []byte) any {
	t.Helper()
	var v any
	if err := yaml.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	v, err = jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestExamplesValidate(t *testing.T) {
	s := compiled(t, "plan-v1.json")
	names, err := filepath.Glob("../../examples/*/plan.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(names, "kinds.yaml") {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, wrong := Parse(name, text); wrong.HasErrors() {
			if !strings.Contains(string(text), "# want OB") {
				t.Errorf("%s: %v", name, wrong)
			}
			continue // an example of mistakes, which says so itself
		}
		if err := s.Validate(byYAML(t, text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The schema and the reader agree on what is a plan.
func TestSchemaAgrees(t *testing.T) {
	s := compiled(t, "plan-v1.json")
	const head = "oneboard: plan/v1\nid: x\n"
	const change = head + "changes:\n  - "
	for _, c := range []struct {
		text string
		good bool
	}{
		{head, true},
		{"id: x\n", false},
		{"oneboard: plan/v2\nid: x\n", false},
		{"oneboard: plan/v1\n", false},
		{head + "titel: x\n", false},
		{head + "title: 2019\npacks: cn-2018\n", true},
		{head + "packs: [a, b]\nstart: 2019-01-19\n", true},
		{head + "start: 2019-1-19\n", false},
		{head + "start: 2019-02-29\n", false},
		{head + "start: [2019-01-19]\n", false},
		{head + "title: [a]\n", false},
		{head + "area: a b\n", false},
		{head + "tasks: [a]\n", false},
		{head + "resources: {id: a, capacity: 2, away: {days: 2019-02-01/2019-02-03}}\ncalendar: x\ntasks: {id: t, title: T, body: b, days: 3, after: {of: u, lag: 2}}\n", true},
		{head + "tasks: {id: t, title: T, body: b, days: {least: 2, likely: 3, most: 9}}\nspread: {least: 80, most: 150}\n", true},
		{head + "tasks: {id: t, title: T, body: b, days: {least: 2, most: 9}}\n", false},
		{head + "tasks: {id: t, title: T, body: b, days: [2, 3, 9]}\n", false},
		{head + "tasks: {id: t, title: T, body: b, days: {likely: 3, worst: 9}}\n", false},
		{head + "spread: 150\n", false},
		{head + "instruments:\n  - id: p\n    kind: plan\n    clauses: [\"1\", 2]\n", true},
		{head + "instruments:\n  - id: p\n    clauses: {\"1\": a, \"2\": b}\n", true},
		{head + "instruments:\n  - id: p\n    clauses: {\"1\": [a]}\n", false},
		{head + "instruments:\n  - id: p\n    kind: memo\n", false},
		{head + "instruments:\n  - kind: law\n", false},
		{head + "instruments: x\n", false},
		{head + "approvals:\n  - instrument: p\n    by: q\n    on: 2019-01-01\n", true},
		{head + "approvals:\n  - instrument: p\n    by: q\n", false},
		{head + "waivers:\n  - code: OB0501\n    on: b\n    until: 2019-01-01\n    by: c\n", false},
		{head + "changes: x\n", false},
		{head + "changes: []\n", true},
		{change + "abolish: a\n", true},
		{change + "abolish: a\n    by: p 1\n    on: 2019-01-19\n    after: [c1]\n    why: z\n", true},
		{change + "abolish: [a]\n", false},
		{change + "abolsh: a\n", false},
		{change + "abolish: a\n    to: b\n", false},
		{change + "abolish: a\n    rename: b\n    name: c\n", false},
		{change + "rename: a\n", false},
		{change + "rename: a\n    name: b\n    by: [p 1, q 2]\n", true},
		{change + "rename: a\n    name: b\n    by: {p: 1}\n", false},
		{change + "merge: [a, b]\n    into: {id: c, name: d}\n", true},
		{change + "merge: [a, b]\n    into: {id: c}\n", false},
		{change + "merge: [a, b]\n    into: c\n", false},
		{change + "split: a\n    into:\n      - {id: b, name: c}\n      - {id: d, name: e}\n", true},
		{change + "split: a\n    into: [b, c]\n", false},
		{change + "transfer: all\n    from: a\n    to: b\n", true},
		{change + "transfer: []\n    from: a\n    to: b\n", false},
		{change + "transfer: [d1, d2]\n    from: a\n    to: b\n    means: 2019-01-19\n", true},
		{change + "transfer: d1\n    from: a\n", false},
		{change + "set-quota: a\n    kind: b\n    posts: 12\n", true},
		{change + "set-quota: a\n    kind: b\n    posts: -1\n", false},
		{change + "set-quota: a\n    kind: b\n    posts: many\n", false},
		{change + "set-posts: a\n    posts: 1\n    role: chief\n", false},
		{change + "set-posts: a\n    posts: 1\n    role: head\n", true},
		{change + "{id: z, abolish: a}\n", true},
	} {
		_, wrong := Parse("plan.yaml", []byte(c.text))
		reader := !wrong.HasErrors()
		schema := s.Validate(byYAML(t, []byte(c.text)))
		if reader != c.good || (schema == nil) != c.good {
			t.Errorf("good %v, reader %v %v, schema %v of\n%s", c.good, reader, wrong, schema, c.text)
		}
	}
}

// The schema and the reader agree on what is a rule pack, and both take those
// that the program brings.
func TestPackSchemaAgrees(t *testing.T) {
	s := compiled(t, "pack-v1.json")
	for _, id := range ShippedPacks() {
		text, err := packFiles.ReadFile("packs/" + id + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(byYAML(t, text)); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	const head = "oneboard: pack/v1\nid: x\n"
	for _, c := range []struct {
		text string
		good bool
	}{
		{head, true},
		{"oneboard: plan/v1\nid: x\n", false},
		{"oneboard: pack/v1\n", false},
		{head + "requires: all\n", false},
		{head + "required: all\n", true},
		{head + "required: [holder, name]\n", true},
		{head + "required: [holder, keys]\n", false},
		{head + "required_for:\n  - kinds: [internal, coordination]\n    protected: false\n    level: city\n    keys: [holder]\n", true},
		{head + "required_for:\n  - kinds: internal\n", false},
		{head + "required_for:\n  - protected: maybe\n    keys: all\n", false},
		{head + "former_performs: all\nformer_performs_after_end: none\nacts_in_name_of: receiver\n", true},
		{head + "acts_in_name_of: anybody\n", false},
		{head + "able:\n  - need: head\n  - need: seal\n    keys: [name]\n    grace: 3\n    bodies: receiving\n    for: duty\n", true},
		{head + "able:\n  - keys: [name]\n", false},
		{head + "able:\n  - need: seal\n    bodies: old\n", false},
		{head + "retroactive: allowed\nretroactive_days: 60\n", true},
		{head + "retroactive: sometimes\n", false},
		{head + "items_end_with_body: appropriation\nitems_follow_duty: [case, permit]\nreferences: read_as_holder\n", true},
		{head + "head_required: true\nhead_grace: 3\nleader_steps:\n  - heads: 1\n    deputies: 2\n", true},
		{head + "head_required: 1\n", false},
	} {
		_, wrong := ParsePack("pack.yaml", []byte(c.text))
		reader := !wrong.HasErrors()
		schema := s.Validate(byYAML(t, []byte(c.text)))
		if reader != c.good || (schema == nil) != c.good {
			t.Errorf("good %v, reader %v %v, schema %v of\n%s", c.good, reader, wrong, schema, c.text)
		}
	}
}

// The schemas and the readers agree on templates of work and on calendars, and
// both take those that the program brings.
func TestWorkSchemasAgree(t *testing.T) {
	work := func(text []byte) bool { _, wrong := ParseTemplate("t.yaml", text); return !wrong.HasErrors() }
	calendar := func(text []byte) bool { _, wrong := ParseCalendar("c.yaml", text); return !wrong.HasErrors() }
	templates, calendars := compiled(t, "work-v1.json"), compiled(t, "calendar-v1.json")
	for _, id := range ShippedTemplates() {
		text, _ := templateFiles.ReadFile("work/" + id + ".yaml")
		if err := templates.Validate(byYAML(t, text)); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	for _, id := range ShippedCalendars() {
		text, _ := calendarFiles.ReadFile("calendars/" + id + ".yaml")
		if err := calendars.Validate(byYAML(t, text)); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	const head, days = "oneboard: work/v1\nid: x\n", "oneboard: calendar/v1\nid: x\n"
	const step = head + "steps:\n  - {id: s, for: rename, title: T, who: giver, "
	for _, c := range []struct {
		schema *jsonschema.Schema
		reader func([]byte) bool
		text   string
		good   bool
	}{
		{templates, work, step + "days: 3}\n", true},
		{templates, work, step + "days: {least: 1, likely: 3, most: 5}}\n", true},
		{templates, work, step + "days: {least: 1}}\n", false},
		{templates, work, step + "days: 3, each: body, by: law, ahead: 5, after: {step: s, same: body}}\n", true},
		{templates, work, step + "days: 3, each: house}\n", false},
		{templates, work, step + "days: 3, until: law}\n", false},
		{templates, work, step + "days: -3}\n", false},
		{templates, work, step + "}\n", false},
		{templates, work, head, false},
		{templates, work, head + "steps: {id: s, for: renmae, title: T, who: giver, days: 1}\n", false},
		{templates, work, head + "steps: {id: s, for: [rename, merge], title: T, who: giver, days: 1}\nspread: {least: 50, most: 200}\nrelay: [city]\npeople: 4\n", true},
		{templates, work, head + "steps: {id: s, for: rename, title: T, who: giver, days: 1}\nspread: {least: 50}\n", false},
		{templates, work, days, false},
		{calendars, calendar, days, true},
		{calendars, calendar, days + "papers: [国办发明电〔2018〕15号]\noff: [2019-02-04/2019-02-10, 2019-05-01]\nworked: 2019-02-02\n", true},
		{calendars, calendar, days + "off: [2019-02-30x]\n", false},
		{calendars, calendar, days + "off: {from: 2019-02-04}\n", false},
		{calendars, calendar, days + "holidays: [2019-02-04]\n", false},
		{calendars, calendar, "oneboard: calendar/v1\n", false},
	} {
		schema := c.schema.Validate(byYAML(t, []byte(c.text)))
		if reader := c.reader([]byte(c.text)); reader != c.good || (schema == nil) != c.good {
			t.Errorf("good %v, reader %v, schema %v of\n%s", c.good, reader, schema, c.text)
		}
	}
}
