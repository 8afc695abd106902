package planfile

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// hostile texts: what a person, a broken editor or an attacker may hand in.
func hostile() [][]byte {
	texts := [][]byte{
		nil,
		[]byte("\ufeff"),
		[]byte("\ufeffoneboard: plan/v1\r\nid: 云海\r\nchanges:\r\n- abolish: 甲 # 注\r\n  by: p 1\r\n"),
		[]byte("oneboard: plan/v1\rid: x\rchanges:\r  - abolish: a\r    by: p 1\r"),
		[]byte("oneboard: plan/v1\nid: \xd4\xc6\xba\xa3\n"), // GBK
		[]byte("oneboard: plan/v1\nid: caf\xe9\n"),          // Latin-1
		[]byte("\xff\xfeo\x00n\x00e\x00"),                   // UTF-16
		[]byte("oneboard: plan/v1\nid: a\x00b\n"),           // NUL
		[]byte("PK\x03\x04\x14\x00\x06\x00"),                // a .docx
		[]byte(`{"oneboard":"plan/v1","id":"x","changes":[{"abolish":"a","by":"p 1"}]}`),
		[]byte("{\n\"oneboard\": \"plan/v1\",\n\"id\": \"x\"\n}\n"),
		[]byte("oneboard: plan/v1\nid: &a x\nb: *a\n"),
		[]byte("a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]\n"), // an alias bomb
		[]byte("oneboard: plan/v1\n<<: {id: x}\n"),
		[]byte("oneboard: !!str plan/v1\nid: !x y\n"),
		[]byte("---\noneboard: plan/v1\nid: x\n---\nid: y\n"),
		[]byte("%YAML 1.2\n---\noneboard: plan/v1\nid: x\n...\n"),
		[]byte("? oneboard\n: plan/v1\n"),
		[]byte("oneboard: plan/v1\nid: 99999999999999999999999999999999999999\nstart: 1e999999999\n"),
		[]byte("oneboard: plan/v1\nid: x\nchanges:\n  - set-quota: a\n    posts: 99999999999999999999\n"),
		[]byte("oneboard: plan/v1\nid: x\nchanges:\n\t- abolish: a\n"),
		[]byte("oneboard: plan/v1\nid: 'x\ntitle: \"y\nchanges: [a, b\nwaivers: ]\n"),
		[]byte("oneboard: plan/v1\nid: x\ntitle: |2-\n   a\n  b\nstart: >+\n\n\n"),
		[]byte("oneboard: plan/v1\nid: \"\\x41\\u4e91\\ud800\"\n"),
		[]byte("oneboard: plan/v1\nid: x\nchanges:\n - - - abolish: a\n"),
		[]byte("云海市机构改革方案\n\n一、总体要求\n（一）指导思想：坚持……\n"),
		[]byte("oneboard: plan/v1\nid: x\nchanges:\n- rename: a\n  name: one\n\n   two\n   三\n"),
		[]byte("oneboard: plan/v1\nid: ~\ntitle: null\nboard: NULL\nstart: .nan\n"),
		[]byte("a:b\n-\n- \n:\n: :\n[]\n{}\n''\n#\n"),
	}
	deep := func(s string, n int) []byte {
		return []byte("oneboard: plan/v1\nid: x\nchanges: " + strings.Repeat(s, n))
	}
	for _, s := range []string{"[", "{", "- ", "? ", "[{a: ", "!!a ", "&a ", "'", "\"\\", "|", "@", ": ", "\n - ", "a: "} {
		texts = append(texts, deep(s, 100), deep("\n  - "+s, 20))
	}
	var stairs strings.Builder
	stairs.WriteString("oneboard: plan/v1\nchanges:\n")
	for i := range 60 {
		fmt.Fprintf(&stairs, "%s- a:\n", strings.Repeat(" ", i*2))
	}
	texts = append(texts, []byte(stairs.String()))
	return texts
}

// sound holds what must be true of any text at all.
func sound(t *testing.T, name string, wrong diag.List, src *diag.Source) {
	t.Helper()
	if src == nil {
		t.Fatal("no source")
	}
	for _, d := range wrong {
		if d.Span.Source != src || d.Span.Start < 0 || d.Span.End < d.Span.Start || int(d.Span.End) > len(src.Text) {
			t.Fatalf("%s: %s at %d-%d of %d", name, d.Code, d.Span.Start, d.Span.End, len(src.Text))
		}
		for _, tag := range lang.Tags {
			v := d.In(tag)
			for _, words := range []string{v.Title, v.Help} {
				if strings.Contains(words, "«") || strings.Contains(words, "<no value>") {
					t.Fatalf("%s: %s says %q", name, d.Code, words)
				}
			}
			for _, f := range v.Facts {
				if strings.Contains(f.Label, "«fact.") || strings.HasPrefix(f.Text, "«yaml.") || strings.HasPrefix(f.Text, "«type.") {
					t.Fatalf("%s: %s has the fact %q: %q", name, d.Code, f.Label, f.Text)
				}
			}
		}
	}
	if len(wrong) > maxFaults {
		t.Fatalf("%d faults", len(wrong))
	}
}

// spansIn calls f for every span in a value.
func spansIn(v reflect.Value, f func(owner reflect.Value, at diag.Span)) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() && v.Type() != reflect.TypeFor[*diag.Source]() {
			spansIn(v.Elem(), f)
		}
	case reflect.Slice:
		for i := range v.Len() {
			spansIn(v.Index(i), f)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[diag.Span]() {
			return
		}
		for i := range v.NumField() {
			field := v.Field(i)
			if field.Type() == reflect.TypeFor[diag.Span]() && field.CanInterface() {
				f(v, field.Interface().(diag.Span))
				continue
			}
			spansIn(field, f)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range hostile() {
		f.Add(text)
	}
	f.Add(bigPlan(8))
	f.Add([]byte(kindsFile))
	f.Fuzz(func(t *testing.T, text []byte) {
		begun := time.Now()
		p, wrong := Parse("plan.yaml", text)
		if took := time.Since(begun); took > hang {
			t.Fatalf("took %v", took)
		}
		sound(t, "plan", wrong, p.Source)
		spansIn(reflect.ValueOf(p), func(owner reflect.Value, at diag.Span) {
			if at.Source == nil {
				return
			}
			if at.Source != p.Source || at.Start < 0 || at.End < at.Start || int(at.End) > len(p.Source.Text) {
				t.Fatalf("span %d-%d of %d in %+v", at.Start, at.End, len(p.Source.Text), owner)
			}
			// The words of a value without quotes and on one line are the value.
			if r, ok := owner.Interface().(org.Ref); ok && !strings.ContainsAny(p.Source.Text, "\"'|>\t") && !strings.ContainsAny(r.ID, " \n") && at.Text() != r.ID {
				t.Fatalf("the words of %q are %q", r.ID, at.Text())
			}
		})
		if len(wrong) > 0 {
			return
		}
		again, wrong := Parse("plan.yaml", Format(p))
		for _, d := range wrong {
			t.Fatalf("formatted: %s at %q %v\n%s", d.Code, d.Span.Text(), d.Facts, Format(p))
		}
		if was, is := plainly(p), plainly(again); !reflect.DeepEqual(was, is) {
			t.Fatalf("formatted: %+v\nis not %+v\n%s", is, was, Format(p))
		}
		if a, b := Format(p), Format(again); string(a) != string(b) {
			t.Fatalf("formatted twice:\n%s\nonce:\n%s", b, a)
		}
	})
}

func FuzzPack(f *testing.F) {
	for _, id := range ShippedPacks() {
		text, err := packFiles.ReadFile("packs/" + id + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	for _, text := range hostile() {
		f.Add([]byte(strings.ReplaceAll(string(text), "plan/v1", "pack/v1")))
	}
	f.Add([]byte("oneboard: pack/v1\nid: x\nextends: cn-2018\nrequired: [all, none]\nhead_grace: 3\nleader_steps:\n  - heads: 1\n    deputies: 2\n  - up_to: 3\n    heads: 1\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, wrong := ParsePack("pack.yaml", text)
		sound(t, "pack", wrong, p.Source)
	})
}

// FuzzSimple holds the short way of simple.go against the parser: where it
// takes a text, both say the same, word for word and place for place.
func FuzzSimple(f *testing.F) {
	for _, text := range hostile() {
		f.Add(text)
	}
	f.Add(bigPlan(8))
	f.Add([]byte("a: b c # d\nb:  'x y'  # z\nc: [a b, 'c', \"d\",e ]  # x\nd: 1.10\ne: 2019-01-19\nf: true\ng: 0x1F\nh: +1\ni: .5\nj: 1_000\nk: a-b\nl: （一）\nm: 01\n"))
	f.Add([]byte("\ufeffx:\r\n  - a: b \r\n\r\n    c: 云海 # 注\r\n  -  d: [e]\r\n     f: g\r\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		read := func(thorough bool) ([]field, diag.List) {
			d, ok := open("x", text, MaxPlanBytes)
			if !ok {
				return nil, nil
			}
			d.thorough = thorough
			return d.top(), d.diags
		}
		short, wrong := read(false)
		long, wrongToo := read(true)
		if a, b := show(short), show(long); len(wrong) != len(wrongToo) || a != b {
			t.Fatalf("the short way reads\n%s\nthe parser\n%s\n%v\n%v", a, b, wrong, wrongToo)
		}
	})
}

// plainly gives a plan without its places.
func plainly(p *org.Plan) any {
	var strip func(v reflect.Value) any
	strip = func(v reflect.Value) any {
		switch v.Kind() {
		case reflect.Pointer, reflect.Interface:
			if v.IsNil() {
				return nil
			}
			return strip(v.Elem())
		case reflect.Slice:
			out := []any{}
			for i := range v.Len() {
				out = append(out, strip(v.Index(i)))
			}
			return out
		case reflect.Struct:
			if v.Type() == reflect.TypeFor[diag.Span]() || v.Type() == reflect.TypeFor[diag.Source]() {
				return nil
			}
			out := []any{v.Type().Name()}
			for i := range v.NumField() {
				out = append(out, strip(v.Field(i)))
			}
			return out
		case reflect.Bool:
			return v.Bool()
		case reflect.String:
			return v.String()
		default:
			return v.Int()
		}
	}
	return strip(reflect.ValueOf(p))
}

func show(fields []field) string {
	var b strings.Builder
	var node_ func(n node, depth int)
	node_ = func(n node, depth int) {
		fmt.Fprintf(&b, "%d-%d %d %v %q\n", n.at.Start, n.at.End, n.shape, n.quoted, n.text)
		for _, i := range n.items {
			b.WriteString(strings.Repeat("  ", depth) + "- ")
			node_(i, depth+1)
		}
		for _, f := range n.fields {
			fmt.Fprintf(&b, "%s%q %d-%d: ", strings.Repeat("  ", depth), f.key, f.keyAt.Start, f.keyAt.End)
			node_(f.value, depth+1)
		}
	}
	node_(node{shape: mapping, fields: fields}, 0)
	return b.String()
}

// hang is far beyond what any of these texts takes, also on a busy machine: a
// text that takes longer takes for ever.
const hang = time.Minute

// Sizes and depths beyond all sense are refused, without a look at all of them.
func TestHostileSizes(t *testing.T) {
	huge := make([]byte, 100<<20)
	for i := range huge {
		huge[i] = "oneboard: plan/v1\n"[i%18]
	}
	begun := time.Now()
	_, wrong := Parse("plan.yaml", huge)
	if len(wrong) != 1 || wrong[0].Code != Refused {
		t.Fatalf("100 MB: %v", wrong)
	}
	if took := time.Since(begun); took > hang {
		t.Errorf("100 MB took %v", took)
	}
	const size = 1 << 16
	for _, c := range []string{"[", "{", "- ", "? ", "[{a: ", "!!a ", "&a ", "*a ", "'", "\"", "\\", "|", "@", "`", ": ", "\n - ", "a: ", "\n", "\t", " ", "#", "a", "云",
		"\n  - abolish: a", "\n  - abolish: 'a", "\n  - [", ",", "\n  - a: |\n      b", "\n\n      b", strings.Repeat("\n", 99) + "      b", "\n     b c", "--- ", "%", "<<: ", "]", "}", "\n  - {a: b}", "x, ", "'a', ", "{a: b}, "} {
		for _, head := range []string{"", "oneboard: plan/v1\nid: x\nchanges:", "oneboard: plan/v1\nchanges: [", "oneboard: plan/v1\nid: x\nchanges:\n  - abolish: |\n      a", "oneboard: plan/v1\nid: x\nchanges:\n  - why: a\n      b"} {
			begun := time.Now()
			p, wrong := Parse("plan.yaml", []byte(head+strings.Repeat(c, size/len(c))))
			if took := time.Since(begun); took > hang {
				t.Errorf("%q %q took %v", head, c, took)
			}
			sound(t, c, wrong[:min(len(wrong), 3)], p.Source)
		}
	}
}
