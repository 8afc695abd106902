package planfile

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// Each text says itself what is wrong with it, and where.
func TestFaults(t *testing.T) {
	for i, text := range []string{
		"oneboard: plan/v1\nid: x\n",
		"---\noneboard: plan/v1 # 方案\nid: 'x'\n...\n",
		"{\"oneboard\": \"plan/v1\",\n  \"id\": \"x\",\n  \"changes\": [{\"by\": \"p 1\", \"abolish\": \"a\"}]}\n",
		"# want OB0112 at plan: yes\nplan: yes\nfoo: bar\n",
		"# want OB0112 at 云海市机构改革方案\n云海市机构改革方案\n\n一、总体要求\n",
		"oneboard: pack/v1 # want OB0112 at pack/v1\nid: x\nrequired: all\n",
		"# want OB0112 at id: x\nid: x\nstart: 2019-1-2 # want OB0107 at 2019-1-2\n",
		"oneboard: plan/v1 # want OB0105 at oneboard: plan/v1\n",
		`oneboard: plan/v1
id: x
start: 2019-01-01/2019-01-02 # want OB0107 at 2019-01-01/2019-01-02
changes:
  - abolish: a
    on: 2019-01-22/2019-01-31
  - abolish: b
    on: 2019-01-31/2019-01-22 # want OB0107 at 2019-01-31/2019-01-22
  - abolish: c
    on: 2019-01-31/2019-02-30 # want OB0107 at 2019-01-31/2019-02-30
  - abolish: d
    on: 2019/01/31 # want OB0107 at 2019/01/31
  - transfer: all
    from: a
    to: b
    in_place: 2019-01-22/2019-01-31
    performer: 2019-01-22 / 2019-01-31 # want OB0107 at 2019-01-22 / 2019-01-31
`,
		`oneboard: plan/v1
id: yun hai                    # want OB0114 at yun hai
titel: 方案                    # want OB0104 at titel
start: 2019-02-30              # want OB0107 at 2019-02-30
deadline: 2019年1月31日        # want OB0107 at 2019年1月31日
title_en: [a, b]               # want OB0106 at [a, b]
tasks: a                       # want OB0106 at a
id: z                          # want OB0108 at id
instruments:
  - id: plan
    kind: memo                 # want OB0111 at memo
    clauses: {"1": x, "1": y}  # want OB0108 at 1
  - title: 无编号              # want OB0105 at title
  - 云委发〔2019〕1号          # want OB0106 at 云委发〔2019〕1号
approvals:
  - instrument: plan           # want OB0105 at instrument
    on: '2019-01-08'
changes:
  - establish: mnr
    name: "自然资源部"
    by: {plan: 1.1}            # want OB0106 at {plan: 1.1}
  - aboilsh: mlr               # want OB0110 at aboilsh
  - 划转: mlr                  # want OB0110 at 划转
  - transfer: [a, all]         # want OB0111 at all
    from: [b]                  # want OB0106 at [b]
    to: c
  # want OB0105 at transfer
  - transfer: []
    from: b
    to: c
  - rename: a
    name： 新名                # want OB0102 at ：
  - rename: a
    name: "未关闭              # want OB0102
  - merge: [a, b]
    into:
      id: c                    # want OB0105 at id
  - set-posts: a
    posts: 一个                # want OB0106 at 一个
    role: chief                # want OB0111 at chief
  - abolish: &a x              # want OB0103 at &
 bad: x                        # want OB0102 at bad: x
waivers:
  - code: 501                  # want OB0111 at 501
    on: mlr
    until: 2019-02-01
    by: 市委编办
    because: 原因
`,
	} {
		// The marks are comments to YAML only where a comment may stand.
		for _, form := range []struct{ name, text string }{
			{"as it is", text},
			{"CRLF", strings.ReplaceAll(text, "\n", "\r\n")},
			{"with a byte order mark", byteOrderMark + text},
		} {
			if form.name == "with a byte order mark" && text[0] == '#' {
				continue // the mark would not stand at the start of its line
			}
			p, wrong := Parse("plan.yaml", []byte(form.text))
			for _, unmet := range diag.Unmet(p.Source, wrong) {
				t.Errorf("text %d %s: %s", i, form.name, unmet)
			}
		}
	}
}

// The words of a value are its words, however they are written.
func TestPlaces(t *testing.T) {
	const text = `oneboard: plan/v1
id: 云海 # 注
title: '引''号'
title_en: "a \"b\" c"
board:	x
changes:
- transfer: [ d1, '职责二' ,"d 3x"]   # 列表
  from:   甲局
  to: "乙局"
  by: [方案 第1.1条, "plan  2.1 "]
  on: 2019-01-19
  why: |
    第一行

      第二行
    末
- merge-into:
    - a
    - '丙'
  into: b
  by: plan
- rename: c
  name: one
    two 三
`
	for _, form := range []string{text, strings.ReplaceAll(text, "\n", "\r\n"), byteOrderMark + text} {
		p, _ := Parse("plan.yaml", []byte(form))
		if len(p.Changes) != 3 {
			t.Fatalf("%d changes", len(p.Changes))
		}
		tr, mi, rn := p.Changes[0].(*org.Transfer), p.Changes[1].(*org.MergeInto), p.Changes[2].(*org.Rename)
		unfold := func(s string) string { return strings.ReplaceAll(s, "\r", "") }
		for _, c := range []struct {
			at   diag.Span
			want string
		}{
			{p.At, "云海"}, {p.Title.At, "引''号"}, {p.TitleEN.At, `a \"b\" c`}, {p.Board.At, "x"},
			{tr.At, `[ d1, '职责二' ,"d 3x"]`}, {tr.Duties.Refs[0].At, "d1"}, {tr.Duties.Refs[1].At, "职责二"},
			{tr.From.At, "甲局"}, {tr.To.At, "乙局"}, {tr.By[0].Instrument.At, "方案"}, {tr.By[0].Clause.At, "第1.1条"},
			{tr.By[1].Instrument.At, "plan"}, {tr.By[1].Clause.At, "2.1"}, {tr.On.At, "2019-01-19"},
			{tr.Reason.At, "第一行\n\n      第二行\n    末"},
			{mi.At, "a\n    - '丙"}, {mi.From[1].At, "丙"}, {mi.Into.At, "b"},
			{mi.By[0].Instrument.At, "plan"}, {mi.By[0].Clause.At, "plan"},
			{rn.Name.At, "one\n    two 三"},
		} {
			if got := unfold(c.at.Text()); got != c.want {
				t.Errorf("place of %q is %q", c.want, got)
			}
		}
		if tr.By[1].Clause.Text != "2.1" || mi.By[0].Clause.Text != "" || tr.ID != "c1" || rn.ID != "c3" || rn.Position != 2 ||
			tr.Reason.Text != "第一行\n\n  第二行\n末\n" || p.Title.Text != "引'号" || rn.Name.Text != "one two 三" {
			t.Errorf("values: %+v %+v %+v", tr, mi, rn)
		}
	}
}

// Every kind has its example, which is read without a word, and its words in
// each language.
// A window keeps both its days, and one of a single day is that day.
func TestWindows(t *testing.T) {
	p, wrong := Parse("p", []byte("oneboard: plan/v1\nid: x\nchanges:\n  - abolish: a\n    on: 2019-01-22/2019-01-31\n  - abolish: b\n    on: 2019-01-22/2019-01-22\n"))
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	a, b := p.Changes[0].Declared().On, p.Changes[1].Declared().On
	if !a.Window() || a.First() != org.Day(2019, 1, 22) || a.Date != org.Day(2019, 1, 31) {
		t.Errorf("%v %v", a.First(), a.Date)
	}
	if b.Window() || b.First() != b.Date {
		t.Errorf("one day is a window: %v", b)
	}
	if text := string(Format(p)); !strings.Contains(text, "on: 2019-01-22/2019-01-31\n") || !strings.Contains(text, "on: 2019-01-22\n") {
		t.Error(text)
	}
}

func TestKinds(t *testing.T) {
	p, wrong := Parse("kinds.yaml", []byte(kindsFile))
	for _, d := range wrong {
		t.Errorf("%s at %q %v", d.Code, d.Span.Text(), d.Facts)
	}
	for i, k := range Kinds() {
		if i >= len(p.Changes) || p.Changes[i].Declared().Kind != k.Word {
			t.Fatalf("example %d is not of the kind %s", i, k.Word)
		}
		one, wrong := Parse("example", []byte("oneboard: plan/v1\nid: x\nchanges:\n"+k.Example))
		if len(wrong) > 0 || len(one.Changes) != 1 || one.Changes[0].Declared().Kind != k.Word {
			t.Errorf("%s: %v\n%s", k.Word, wrong, k.Example)
		}
		for _, tag := range lang.Tags {
			words := []string{k.Name(tag), k.About(tag)}
			for _, key := range append(k.Keys, TopKeys()...) {
				words = append(words, key.Takes(tag), key.About(tag))
				for _, below := range key.Below {
					words = append(words, below.Takes(tag), below.About(tag))
				}
			}
			for _, w := range words {
				if w == "" || strings.Contains(w, "«") {
					t.Errorf("%s in %s: %q", k.Word, tag, w)
				}
			}
		}
	}
}

// What was formatted reads the same, whatever the words are.
func TestFormat(t *testing.T) {
	word := rapid.OneOf(rapid.String(), rapid.StringMatching(`[-a-z0-9 :#,'"\[\]{}云海&*!|>%@.~=\\\n\t]{0,12}`), rapid.SampledFrom([]string{"null", "true", "~", "1.10", "- a", "a: b", "a #b", "on", "all", "---", "\ufeffx", "x\u2028y", "末\n", " a", "a\n\n b"}))
	rapid.Check(t, func(t *rapid.T) {
		words := func(name string) org.Text {
			s := strings.Map(func(r rune) rune {
				if r == '\r' || r == 0 || r == '\ufffd' {
					return -1
				}
				return r
			}, word.Draw(t, name))
			return org.Text{Text: s}
		}
		id := func(name string) org.Ref {
			s := strings.Join(strings.Fields(words(name).Text), "")
			if s == "" || s == "all" {
				s = "x"
			}
			return org.Ref{ID: s}
		}
		p := &org.Plan{ID: id("id").ID, Title: words("title"), Board: words("board"), Packs: []org.Ref{id("pack"), id("pack")}}
		p.Instruments = []org.Instrument{{ID: id("instrument").ID, Title: words("title").Text, Clauses: []org.Clause{{Number: "1", Text: words("clause").Text}, {Number: "2"}}}}
		p.Changes = []org.Change{
			&org.Transfer{Duties: org.Selection{Refs: []org.Ref{id("duty"), id("duty")}}, From: id("from"), To: id("to")},
			&org.Abolish{Common: org.Common{Reason: words("why"), By: []org.Citation{{Instrument: id("by")}}}, Body: id("body")},
		}
		text := Format(p)
		again, wrong := Parse("plan.yaml", text)
		if len(wrong) > 0 {
			t.Fatalf("%s at %q %v in\n%s", wrong[0].Code, wrong[0].Span.Text(), wrong[0].Facts, text)
		}
		a, b := p.Changes[1].(*org.Abolish), again.Changes[1].(*org.Abolish)
		c, d := p.Changes[0].(*org.Transfer), again.Changes[0].(*org.Transfer)
		was := fmt.Sprintf("%q", []string{p.ID, p.Title.Text, p.Board.Text, p.Packs[0].ID, p.Packs[1].ID, p.Instruments[0].Title, p.Instruments[0].Clauses[0].Text, a.Reason.Text, a.Body.ID, a.By[0].Instrument.ID, c.Duties.Refs[1].ID, c.From.ID})
		is := fmt.Sprintf("%q", []string{again.ID, again.Title.Text, again.Board.Text, again.Packs[0].ID, again.Packs[1].ID, again.Instruments[0].Title, again.Instruments[0].Clauses[0].Text, b.Reason.Text, b.Body.ID, b.By[0].Instrument.ID, d.Duties.Refs[1].ID, d.From.ID})
		if was != is {
			t.Fatalf("was %s\nis  %s\n%s", was, is, text)
		}
		if twice := Format(again); string(twice) != string(text) {
			t.Fatalf("once\n%s\ntwice\n%s", text, twice)
		}
	})
}
