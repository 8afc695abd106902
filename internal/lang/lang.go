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
	"maps"
	"slices"
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
// a command that speaks English never reads the Chinese file. A message with
// variables becomes a template when it is first said: one run says a few of
// them, and making all of them would take longer than most runs.
type speaker struct {
	once      sync.Once
	texts     map[string]any // a string, or an object with one for each plural form of the language
	localizer *i18n.Localizer
	bundle    *i18n.Bundle

	mu    sync.RWMutex // held for writing while a message joins the bundle
	added map[string]bool
}

// other gives the form that every message has.
func other(t any) string {
	if forms, ok := t.(map[string]any); ok {
		t = forms["other"]
	}
	s, _ := t.(string)
	return s
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
	file, err := catalogue.ReadFile("catalogue/" + string(tag) + ".json")
	if err != nil {
		panic("lang: " + err.Error()) // a broken build, never a user's mistake
	}
	var texts any // into a map of one type it takes twice as long
	if err := json.Unmarshal(file, &texts); err != nil {
		panic("lang: " + string(tag) + ": " + err.Error())
	}
	s.texts = texts.(map[string]any)
	s.bundle = i18n.NewBundle(language.English)
	s.localizer = i18n.NewLocalizer(s.bundle, string(tag))
	s.added = map[string]bool{}
}

// localize says a message with variables.
func (s *speaker) localize(tag Tag, t any, cfg *i18n.LocalizeConfig) (string, error) {
	s.mu.RLock()
	if !s.added[cfg.MessageID] {
		s.mu.RUnlock()
		message := &i18n.Message{}
		if forms, ok := t.(map[string]any); ok {
			message = i18n.MustNewMessage(forms)
		} else {
			message.Other = other(t)
		}
		message.ID = cfg.MessageID
		s.mu.Lock()
		if err := s.bundle.AddMessages(language.Make(string(tag)), message); err != nil {
			panic("lang: " + err.Error()) // a catalogue whose name is no language
		}
		s.added[cfg.MessageID] = true
		s.mu.Unlock()
		s.mu.RLock()
	}
	defer s.mu.RUnlock()
	return s.localizer.Localize(cfg)
}

func of(tag Tag) (*speaker, Tag) {
	s, ok := speakers[tag]
	if !ok {
		s, tag = speakers[EN], EN
	}
	s.once.Do(func() { s.load(tag) })
	return s, tag
}

// Say gives the message id in the language tag, with its variables filled in.
// An id that the catalogue lacks comes back in guillemets, so that it is seen
// and not silently dropped; a test holds that none is lacking. When args has a
// variable "Count" it chooses the plural form. Safe for concurrent use.
func Say(tag Tag, id string, args ...Args) string {
	s, tag := of(tag)
	t, known := s.texts[id]
	if !known {
		return "«" + id + "»"
	}
	if len(args) == 0 && !strings.Contains(other(t), "{{") {
		return other(t)
	}
	cfg := &i18n.LocalizeConfig{MessageID: id}
	if len(args) > 0 {
		cfg.TemplateData = map[string]any(args[0])
		if n, ok := args[0]["Count"]; ok {
			cfg.PluralCount = n
		}
	}
	out, err := s.localize(tag, t, cfg)
	if err != nil && out == "" {
		return "«" + id + ": " + err.Error() + "»"
	}
	return out
}

// Knows reports whether the catalogue of tag has the message id.
func Knows(tag Tag, id string) bool {
	s, _ := of(tag)
	_, ok := s.texts[id]
	return ok
}

// IDs lists the ids of the catalogue of tag, sorted.
func IDs(tag Tag) []string {
	s, _ := of(tag)
	return slices.Sorted(maps.Keys(s.texts))
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
