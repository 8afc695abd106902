package planfile

import (
	_ "embed"
	"reflect"
	"strings"
	"sync"

	"oneboard/internal/lang"
	"oneboard/internal/org"
)

//go:embed kinds.yaml
var kindsFile string

// A KindPage is the manual page of one kind of change.
type KindPage struct {
	Word string // the first key of such a change
	Keys []Key  // in the order in which the canonical form writes them
	// Example is one entry of a plan's changes, as YAML that begins with "- ".
	Example string
}

// Name is what people call the kind.
func (k KindPage) Name(tag lang.Tag) string { return lang.Say(tag, "kind."+k.Word) }

// About is one sentence that says what the kind means.
func (k KindPage) About(tag lang.Tag) string { return lang.Say(tag, "kind."+k.Word+".about") }

// A Key is one key of a mapping in a plan.
type Key struct {
	Word     string
	Head     bool // names the kind
	Required bool // the head is required too
	Min      int  // a list's least length, when that is more than none
	// Allowed are the only words that may be written; nil: any.
	Allowed []string
	Below   []Key // of the mapping, or each mapping of the list, that it holds

	form form
	of   string // the kind or the list that the key belongs to
}

// Takes says what is to be written behind the key, in a few words.
func (k Key) Takes(tag lang.Tag) string { return lang.Say(tag, "type."+formWords[k.form]) }

// About says what the key means, in a few words.
func (k Key) About(tag lang.Tag) string { return aboutKey(tag, k.of, k.Word) }

// aboutKey says what a key means where it stands: most keys mean the same
// everywhere.
func aboutKey(tag lang.Tag, of, key string) string {
	if id := "field." + of + "." + key; lang.Knows(tag, id) {
		return lang.Say(tag, id)
	}
	return lang.Say(tag, "field."+key)
}

var formWords = [...]string{
	textForm: "text", refForm: "id", dateForm: "date", windowForm: "window", windowsForm: "windows", numberForm: "number", daysForm: "days", selectionForm: "selection",
	refsForm: "ids", citationsForm: "citations", clausesForm: "clauses", boolForm: "flag", textsForm: "texts",
	structForm: "mapping", structsForm: "mappings", changesForm: "changes",
}

var kindPages = sync.OnceValue(func() []KindPage {
	_, changes, _ := strings.Cut(kindsFile, "\nchanges:\n")
	changes, _, _ = strings.Cut(changes, "\nwaivers:\n")
	var entries []string
	for line := range strings.Lines(changes) {
		line = strings.TrimPrefix(line, "  ")
		if strings.HasPrefix(line, "- ") {
			entries = append(entries, "")
		}
		entries[len(entries)-1] += line
	}
	out := make([]KindPage, len(org.Kinds))
	for i, k := range org.Kinds {
		out[i] = KindPage{Word: k.Word, Keys: keysOf(tableOf(reflect.TypeOf(k.New()).Elem()), k.Word)}
		if i < len(entries) { // a test holds that each kind has its entry
			out[i].Example = strings.TrimSuffix(entries[i], "\n") + "\n"
		}
	}
	return out
})

// Kinds is the manual of the kinds of change, in the order in which it is read.
// It is shared: nobody may change it.
func Kinds() []KindPage { return kindPages() }

// TopKeys are the keys of a plan, in their order; shared like Kinds.
func TopKeys() []Key { return keysOf(tableOf(reflect.TypeFor[planText]()), "") }

func keysOf(t *table, of string) []Key {
	out := make([]Key, len(t.specs))
	for i, s := range t.specs {
		out[i] = Key{Word: s.key, Head: s.head, Required: s.required || s.head, Min: s.min, Allowed: s.words, form: s.form, of: of}
		if s.below != nil {
			out[i].Below = keysOf(s.below, s.key)
		}
	}
	return out
}
