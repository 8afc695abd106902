package planfile

import (
	"strings"

	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// A PackPage is the manual page of a rule pack that the program brings: its keys
// with what they mean, and its text, whose comments give reasons and sources. It
// is made from the pack's file and nothing else.
type PackPage struct {
	ID    string
	Lines []PackLine
	Text  string

	pack *org.Pack
}

// A PackLine is one key of a pack and what is written behind it, on one line.
type PackLine struct{ Key, Value string }

// About says what the key means, in a few words.
func (l PackLine) About(tag lang.Tag) string { return aboutKey(tag, "pack", l.Key) }

// Title is what people call the pack.
func (p PackPage) Title(tag lang.Tag) string {
	if tag == lang.EN && p.pack.TitleEN != "" {
		return p.pack.TitleEN
	}
	return p.pack.Title
}

// PackManual gives the page of a pack of the program, and whether there is one.
func PackManual(id string) (PackPage, bool) {
	pack, ok := ShippedPack(id)
	if !ok {
		return PackPage{}, false
	}
	page := PackPage{ID: id, Text: pack.Source.Text, pack: pack}
	d, _ := open(id, []byte(pack.Source.Text), MaxPackBytes)
	for _, f := range d.top() {
		switch f.key {
		case "oneboard", "id", "title", "title_en":
		default:
			page.Lines = append(page.Lines, PackLine{f.key, f.value.inline(0)})
		}
	}
	return page, true
}

// inline writes a value on one line: lists with commas, entries of mappings with
// semicolons. Deep down a mapping that is long stands for itself by its first
// value, which names it.
func (n *node) inline(deep int) string {
	var parts []string
	switch n.shape {
	case scalar:
		return strings.Join(strings.Fields(n.text), " ")
	case list:
		for i := range n.items {
			parts = append(parts, n.items[i].inline(deep+1))
		}
		if len(n.items) > 0 && n.items[0].shape == mapping {
			return strings.Join(parts, "; ")
		}
		return strings.Join(parts, ", ")
	case mapping:
		if deep > 0 && len(n.fields) > 4 {
			return n.fields[0].value.inline(deep + 1)
		}
		for i := range n.fields {
			parts = append(parts, n.fields[i].key+" "+n.fields[i].value.inline(deep+1))
		}
		return strings.Join(parts, ", ")
	}
	return ""
}
