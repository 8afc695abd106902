package planfile

import (
	"bytes"
	"encoding/json"
	"reflect"

	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// An object is a JSON object whose members keep their order, so that the schema
// reads like the manual and is the same text every time.
type object []member

type member struct {
	key   string
	value any
}

// MarshalJSON writes the members in their order.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		value, err := marshal(m.value)
		if err != nil {
			return nil, err
		}
		key, err := marshal(m.key)
		if err != nil {
			return nil, err
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// marshal leaves < and & as they are: nobody puts a schema into HTML.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// Schema is the JSON Schema (2020-12) of plan/v1, made from the same struct
// tags as the reader. It asks for a little more than the reader: a list's least
// length, which package check reports with the clause, is in it too.
func Schema() []byte {
	return schema("plan", "Oneboard plan", "A reorganisation as a set of changes, each resting on a clause of an instrument.",
		reflect.TypeFor[planText](), "")
}

// PackSchema is the JSON Schema of pack/v1, made like that of the plan.
func PackSchema() []byte {
	return schema("pack", "Oneboard rule pack", "The rules of one place, as data.", reflect.TypeFor[packText](), "pack")
}

// WorkSchema is the JSON Schema of work/v1, a file of templates of work.
func WorkSchema() []byte {
	return schema("work", "Oneboard templates of work", "What work each kind of change asks for, as data.", reflect.TypeFor[templateText](), "work")
}

// CalendarSchema is the JSON Schema of calendar/v1.
func CalendarSchema() []byte {
	return schema("calendar", "Oneboard calendar", "The days that differ from a week of Monday to Friday, as data.", reflect.TypeFor[calendarText](), "calendar")
}

// schema describes the file that a struct's tags describe; of is what its keys
// are looked up under in the catalogue.
func schema(format, title, description string, top reflect.Type, of string) []byte {
	ref := func(name string) object { return object{{"$ref", "#/$defs/" + name}} }
	// Words without quotes may be a number or a truth value to a reader of YAML;
	// to Oneboard they are words.
	words := []string{"string", "number", "boolean"}
	list := func(item object, least int) object {
		out := object{{"type", "array"}, {"items", item}}
		if least > 0 {
			out = append(out, member{"minItems", least})
		}
		return out
	}
	oneOrMore := func(item object, least int) any {
		if least > 1 {
			return list(item, least)
		}
		return object{{"anyOf", []any{item, list(item, least)}}}
	}
	var mapping func(t *table, of string) object
	value := func(s *spec) object {
		switch s.form {
		case textForm:
			if s.words != nil {
				return object{{"enum", s.words}}
			}
			if s.required {
				return ref("words")
			}
			return object{{"type", words}}
		case refForm:
			return ref("id")
		case dateForm:
			return ref("date")
		case windowForm:
			return ref("window")
		case numberForm:
			return ref("number")
		case daysForm:
			return object{{"anyOf", []any{ref("number"), mapping(s.below, s.key)}}}
		case selectionForm:
			return ref("selection")
		case refsForm:
			if s.min > 1 {
				return list(ref("id"), s.min)
			}
			return ref("ids")
		case windowsForm:
			return oneOrMore(ref("days"), s.min).(object)
		case textsForm:
			if s.kinds {
				return oneOrMore(ref("kind"), s.min).(object)
			}
			if s.words != nil {
				return oneOrMore(object{{"enum", s.words}}, s.min).(object)
			}
			return oneOrMore(ref("words"), s.min).(object)
		case boolForm:
			return object{{"type", "boolean"}}
		case citationsForm:
			return ref("citations")
		case clausesForm:
			return ref("clauses")
		case changesForm:
			return list(ref("change"), 0)
		case structForm:
			return mapping(s.below, s.key)
		}
		return oneOrMore(mapping(s.below, s.key), s.min).(object)
	}
	mapping = func(t *table, of string) object {
		properties, required := object{}, []string{}
		for i := range t.specs {
			s := &t.specs[i]
			v := value(s)
			about := aboutKey(lang.EN, of, s.key)
			v = append(object{{"description", about}}, v...)
			properties = append(properties, member{s.key, v})
			if s.required || s.head {
				required = append(required, s.key)
			}
		}
		out := object{{"type", "object"}, {"properties", properties}}
		if len(required) > 0 {
			out = append(out, member{"required", required})
		}
		return append(out, member{"additionalProperties", false})
	}
	defs := object{
		{"words", object{{"type", words}, {"pattern", `\S`}}},
		{"id", object{{"type", words}, {"pattern", `^\S+$`}}},
		{"ids", oneOrMore(ref("id"), 0)},
		{"selection", object{{"description", lang.Say(lang.EN, "type.selection")}, {"anyOf", []any{
			object{{"const", "all"}}, ref("id"), object{{"type", "array"}, {"items", ref("id")}, {"minItems", 1}}}}}},
		{"date", object{{"description", lang.Say(lang.EN, "type.date")}, {"type", "string"}, {"format", "date"}, {"pattern", `^\d{4}-\d{2}-\d{2}$`}}},
		{"window", object{{"description", lang.Say(lang.EN, "type.window")}, {"anyOf", []any{ref("date"),
			object{{"type", "string"}, {"pattern", `^\d{4}-\d{2}-\d{2}/\d{4}-\d{2}-\d{2}$`}}}}}},
		{"number", object{{"type", "integer"}, {"minimum", 0}, {"maximum", 999999999}}},
		{"citations", object{{"description", lang.Say(lang.EN, "type.citations")}, {"anyOf", []any{ref("words"), list(ref("words"), 0)}}}},
		{"clauses", object{{"description", lang.Say(lang.EN, "type.clauses")}, {"anyOf", []any{
			ref("words"), list(ref("words"), 0),
			object{{"type", "object"}, {"additionalProperties", object{{"type", append(append([]string{}, words...), "null")}}}}}}}},
	}
	if format == "calendar" {
		defs = append(defs, member{"days", append(object{{"description", lang.Say(lang.EN, "type.windows")}}, ref("window")...)})
	}
	if format == "work" {
		var words []any
		for _, k := range org.Kinds {
			words = append(words, k.Word)
		}
		defs = append(defs, member{"kind", object{{"description", "a kind of change"}, {"enum", words}}})
	}
	if format == "plan" {
		var kinds []any
		for _, k := range org.Kinds {
			name := "change." + k.Word
			defs = append(defs, member{name, append(object{
				{"title", lang.Say(lang.EN, "kind."+k.Word)},
				{"description", lang.Say(lang.EN, "kind."+k.Word+".about")},
			}, mapping(tableOf(reflect.TypeOf(k.New()).Elem()), k.Word)...)})
			kinds = append(kinds, ref(name))
		}
		defs = append(defs, member{"change", object{{"oneOf", kinds}}})
	}
	root := object{
		{"$schema", "https://json-schema.org/draft/2020-12/schema"},
		{"$id", "urn:oneboard:" + format + ":v1"},
		{"title", title},
		{"description", description},
	}
	root = append(root, mapping(tableOf(top), of)...)
	root = append(root, member{"$defs", defs})
	text, err := marshal(root)
	if err != nil {
		panic("planfile: " + err.Error()) // only words and numbers are in it
	}
	var out bytes.Buffer
	if err := json.Indent(&out, text, "", "  "); err != nil {
		panic("planfile: " + err.Error())
	}
	out.WriteByte('\n')
	return out.Bytes()
}
