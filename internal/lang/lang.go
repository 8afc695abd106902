// Package lang holds every sentence that Oneboard says to a person, in every
// language it speaks. It is one catalogue, catalogue/<tag>.json, so that a third
// language is one more file and no code.
//
// A message is addressed by its id; its variables are named, so that languages
// may put them in different order. A test holds the catalogues against each
// other: same ids, same variables.
package lang

import (
	"embed"
	"encoding/json"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// Tag names a language of the catalogue. The zero Tag is not a language.
type Tag string

// The two languages that the tables themselves have columns for. The catalogue
// may have more.
const (
	EN Tag = "en"
	ZH Tag = "zh"
)

// Tags lists the languages of the catalogue in the order in which they are
// offered: Chinese, English, then any other by its tag.
var Tags = tags()

// Args are the named variables of a message.
type Args map[string]any

//go:embed catalogue/*.json
var catalogue embed.FS

// speaker is the message table of one language, loaded when it is first used:
// a command that speaks English never reads the Chinese file.
type speaker struct {
	once      sync.Once
	localizer *i18n.Localizer
	ids       map[string]string
}

var speakers = func() map[Tag]*speaker {
	out := map[Tag]*speaker{}
	for _, tag := range Tags {
		out[tag] = &speaker{}
	}
	return out
}()

func tags() []Tag {
	out := []Tag{ZH, EN}
	files, err := catalogue.ReadDir("catalogue")
	if err != nil {
		panic("lang: " + err.Error())
	}
	for _, f := range files {
		tag, _, _ := strings.Cut(f.Name(), ".")
		if !slices.Contains(out, Tag(tag)) {
			out = append(out, Tag(tag))
		}
	}
	return out
}

func (s *speaker) load(tag Tag) {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("json", json.Unmarshal)
	s.ids = map[string]string{}
	text, err := catalogue.ReadFile("catalogue/" + string(tag) + ".json")
	if err != nil {
		panic("lang: " + err.Error()) // a broken build, never a user's mistake
	}
	file, err := bundle.ParseMessageFileBytes(text, string(tag)+".json")
	if err != nil {
		panic("lang: " + string(tag) + ": " + err.Error())
	}
	for _, m := range file.Messages {
		s.ids[m.ID] = m.Other
	}
	s.localizer = i18n.NewLocalizer(bundle, string(tag))
}

func of(tag Tag) *speaker {
	s, ok := speakers[tag]
	if !ok {
		s, tag = speakers[EN], EN
	}
	s.once.Do(func() { s.load(tag) })
	return s
}

// Say gives the message id in the language tag, with its variables filled in.
// An id that the catalogue lacks comes back in guillemets, so that it is seen
// and not silently dropped; a test holds that none is lacking. When args has a
// variable "Count" it chooses the plural form. Safe for concurrent use.
func Say(tag Tag, id string, args ...Args) string {
	s := of(tag)
	text, known := s.ids[id]
	if !known {
		return "«" + id + "»"
	}
	if len(args) == 0 && !strings.Contains(text, "{{") {
		return text
	}
	cfg := &i18n.LocalizeConfig{MessageID: id}
	if len(args) > 0 {
		cfg.TemplateData = map[string]any(args[0])
		if n, ok := args[0]["Count"]; ok {
			cfg.PluralCount = n
		}
	}
	out, err := s.localizer.Localize(cfg)
	if err != nil && out == "" {
		return "«" + id + ": " + err.Error() + "»"
	}
	return out
}

// Knows reports whether the catalogue of tag has the message id.
func Knows(tag Tag, id string) bool { _, ok := of(tag).ids[id]; return ok }

// IDs lists the ids of the catalogue of tag, sorted.
func IDs(tag Tag) []string {
	var out []string
	for id := range of(tag).ids {
		out = append(out, id)
	}
	sort.Strings(out)
	return out
}

// Parse reads a language as people and browsers write it ("zh", "zh-CN",
// "zh_Hans", "en-GB"). It reports false when the catalogue has no such
// language.
func Parse(s string) (Tag, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if i := strings.IndexAny(s, "-_.;"); i >= 0 {
		s = s[:i]
	}
	_, ok := speakers[Tag(s)]
	return Tag(s), ok
}

// Accepted chooses a language from the value of an Accept-Language header, or
// fallback when none of the wanted ones is there.
func Accepted(header string, fallback Tag) Tag {
	tags, _, err := language.ParseAcceptLanguage(header)
	if err != nil {
		return fallback
	}
	for _, t := range tags {
		if tag, ok := Parse(t.String()); ok {
			return tag
		}
	}
	return fallback
}
