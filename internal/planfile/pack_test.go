package planfile

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// Every pack that the program brings is read without a word, under its name.
func TestShippedPacks(t *testing.T) {
	for _, id := range ShippedPacks() {
		text, err := packFiles.ReadFile("packs/" + id + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		p, wrong := ParsePack(id, text)
		for _, d := range wrong {
			t.Errorf("%s: %s at %q %v", id, d.Code, d.Span.Text(), d.Facts)
		}
		if p.ID != id || p.Title == "" || p.TitleEN == "" {
			t.Errorf("%s says it is %q, %q, %q", id, p.ID, p.Title, p.TitleEN)
		}
	}
	g, _ := ShippedPack(Generic)
	if g.Required != org.AllKeys || g.FormerPerforms != 0 || g.Approve != nil || !g.HeadRequired || g.LeaderSteps != nil {
		t.Errorf("generic: %+v", g)
	}
	c, _ := ShippedPack("cn-2018")
	if c.Required != org.AllKeys || c.FormerPerforms != org.Performer|org.Signatory|org.Means || len(c.Approve) != 1 || c.Approve[0] != "plan" || !c.HeadRequired {
		t.Errorf("cn-2018: %+v", c)
	}
	if len(c.LeaderSteps) != 3 || c.LeaderSteps[0] != (org.LeaderStep{UpTo: 10, Heads: 1, Deputies: 1}) ||
		c.LeaderSteps[1] != (org.LeaderStep{UpTo: 20, Heads: 1, Deputies: 2}) || c.LeaderSteps[2] != (org.LeaderStep{Heads: 1, Deputies: 3}) {
		t.Errorf("cn-2018 leaders: %+v", c.LeaderSteps)
	}
}

func TestPacksOfAPlan(t *testing.T) {
	for _, c := range []struct {
		packs string
		want  []string
		wrong int
	}{
		{"", []string{"generic"}, 0},
		{"packs: cn-2018\n", []string{"cn-2018"}, 0},
		{"packs: [cn-2018, generic]\n", []string{"cn-2018", "generic"}, 0},
		{"packs: [cn-2081, generic]\n", []string{"generic"}, 1},
		{"packs: [../packs/generic]\n", []string{"generic"}, 1},
	} {
		p, wrong := Parse("plan.yaml", []byte("oneboard: plan/v1\nid: x\n"+c.packs))
		if len(wrong) > 0 {
			t.Errorf("%q: %v", c.packs, wrong)
		}
		packs, wrong := Packs(p)
		if len(wrong) != c.wrong {
			t.Errorf("%q: %v", c.packs, wrong)
		}
		if len(packs) != len(c.want) {
			t.Fatalf("%q: %d packs", c.packs, len(packs))
		}
		for i := range packs {
			if packs[i].ID != c.want[i] {
				t.Errorf("%q: pack %s, want %s", c.packs, packs[i].ID, c.want[i])
			}
		}
	}
}

func TestPackExtends(t *testing.T) {
	p, wrong := ParsePack("p", []byte("oneboard: pack/v1\nid: here\nextends: cn-2018\napprove: none\nrequired: [holder, performer]\n"))
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	if p.ID != "here" || p.Extends != "cn-2018" || p.Approve != nil || p.Required != org.Holder|org.Performer || len(p.LeaderSteps) != 3 || !p.HeadRequired {
		t.Errorf("%+v", p)
	}
}

// The days of follow are extended one by one.
func TestPackFollow(t *testing.T) {
	p, wrong := ParsePack("p", []byte("oneboard: pack/v1\nid: here\nextends: cn-2018\nfollow:\n  institution: 7\nenforcement: [penalty]\n"))
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	base, _ := ShippedPack("cn-2018")
	if f := p.Follow; f.Institution.N != 7 || f.Document != base.Follow.Document || !f.Delegation.Given() || f.Delegation.N != 0 {
		t.Errorf("%+v", f)
	}
	if len(p.Institutions) != 2 || p.Institutions[0] != "事业单位" || len(p.Enforcement) != 1 {
		t.Errorf("%v %v", p.Institutions, p.Enforcement)
	}
	if _, wrong = ParsePack("p", []byte("oneboard: pack/v1\nid: here\nfollow: {institutions: 7}\n")); len(wrong) != 1 || wrong[0].Code != UnknownKey {
		t.Errorf("a slip in follow: %v", wrong)
	}
	if g, _ := ShippedPack(Generic); g.Follow != (org.Follow{}) {
		t.Errorf("generic sets due days: %+v", g.Follow)
	}
}

// A pack that extends another may take the years of its bylaws away, and of several
// packs the last that says something counts.
func TestPackBylaws(t *testing.T) {
	read := func(text string) *org.Pack {
		p, wrong := ParsePack("p", []byte("oneboard: pack/v1\nid: here\n"+text))
		if len(wrong) > 0 {
			t.Fatal(wrong)
		}
		return p
	}
	base, _ := ShippedPack("nl-arhi")
	same, none, own := read("extends: nl-arhi\n"), read("extends: nl-arhi\nbylaws: {years: 0}\n"), read("bylaws: {years: 5, kinds: [decree]}\n")
	if !same.Bylaws.Asked() || none.Bylaws.Asked() || own.Bylaws.Years.N != 5 || own.Bylaws.Kinds[0].Text != "decree" {
		t.Errorf("%+v %+v %+v", same.Bylaws, none.Bylaws, own.Bylaws)
	}
	generic, _ := ShippedPack(Generic)
	if both := org.Together([]*org.Pack{base, own, generic}); both.Bylaws.Years.N != 5 {
		t.Errorf("together: %+v", both.Bylaws)
	}
	for text, code := range map[string]string{"bylaws: {years: 101}\n": string(NotAllowed), "bylaws: {kinds: [a]}\n": string(MissingKey), "bylaws: {years: -1}\n": ""} {
		if _, wrong := ParsePack("p", []byte("oneboard: pack/v1\nid: here\n"+text)); len(wrong) != 1 || code != "" && string(wrong[0].Code) != code {
			t.Errorf("%q: %v", text, wrong)
		}
	}
	if _, wrong := Parse("p", []byte("oneboard: plan/v1\nid: p\ninstruments:\n  - {id: n, title: n, kind: notice, confirms_in: a}\n")); len(wrong) != 1 || wrong[0].Code != MissingKey {
		t.Errorf("confirms_in without confirms: %v", wrong)
	}
}

// A fault in a rule's expression stands at its words, in whatever way YAML has
// them.
func TestRuleFaultsStandAtTheirWords(t *testing.T) {
	for _, c := range []struct{ when, at, where string }{
		{"holding.transtional", "transtional", "1:9"},
		{`"holding.duty.nmae == 'x'"`, "nmae", "1:14"},
		{"'holding.key == \"职责\" && holdin.key == \"x\"'", "holdin", "1:24"},
		{"|\n      holding.transitional &&\n        holding.from > 30\n", ">", "2:16"},
		{"|-\n      holding.key == \"职\" ||\n\n      hodling.transitional", "hodling", "3:1"},
		{"holding.transitional &&\n      nobody", "holding.transitional &&\n      nobody", "1:25"}, // folded: it reads otherwise than it stands
		{"holding.from > date(\"2019-02-30\")", "\"2019-02-30\")", "1:21"},
		{"holding.to -", "holding.to -", "1:13"},
	} {
		_, wrong := ParsePack("p.yaml", []byte("oneboard: pack/v1\nid: p\nrules:\n  - id: r\n    over: holding\n    says: {zh: 甲}\n    when: "+c.when+"\n"))
		if len(wrong) != 1 || wrong[0].Code != BadRule {
			t.Errorf("%s: %v", c.when, wrong)
			continue
		}
		d := &wrong[0]
		if got := fmt.Sprintf("%v:%v", d.Fact("at_line"), d.Fact("at_column")); d.Span.Text() != c.at || got != c.where {
			t.Errorf("%s: %s at %q, want %s at %q", c.when, got, d.Span.Text(), c.where, c.at)
		}
	}
}

// A pack's own rules come after those of the pack it extends; the same id
// replaces, and the other pack stays as it is.
func TestRulesExtend(t *testing.T) {
	base, wrong := ParsePack("b", []byte("oneboard: pack/v1\nid: b\nrules:\n  - {id: r, over: body, when: body.new, says: {zh: 甲}}\n  - {id: s, over: body, when: body.new, says: {en: s}}\n"))
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	p, wrong := parsePack("p", []byte("oneboard: pack/v1\nid: p\nextends: b\nrules:\n  - {id: r, over: duty, when: duty.protected, says: {zh: 乙}, severity: warning}\n  - {id: u, over: body, when: \"true\", says: {zh: 丙}}\n"),
		func(string) (*org.Pack, bool) { return base, true })
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	var got []string
	for _, r := range slices.Concat(p.Rules, base.Rules) {
		got = append(got, r.ID+" "+r.Over)
	}
	if strings.Join(got, ", ") != "r duty, s body, u body, r body, s body" || !p.Rules[0].OnlyWarns {
		t.Error(got)
	}
	_, wrong = ParsePack("p", []byte("oneboard: pack/v1\nid: p\nrules:\n  - {id: r, over: body, when: body.new, says: {}}\n"))
	if len(wrong) != 1 || wrong[0].Code != MissingKey {
		t.Error("a rule that says nothing:", wrong)
	}
}

// docs/packs has a page for each pack, in both languages, made from its file.
func TestPackPages(t *testing.T) {
	for _, id := range ShippedPacks() {
		page, ok := PackManual(id)
		if !ok || len(page.Lines) == 0 {
			t.Fatalf("%s has %d keys", id, len(page.Lines))
		}
		var b strings.Builder
		for _, tag := range []lang.Tag{lang.EN, lang.ZH} {
			fmt.Fprintf(&b, "# %s (`%s`)\n\n%s\n\n", page.Title(tag), id, lang.Say(tag, "pack.page"))
			for _, l := range page.Lines {
				fmt.Fprintf(&b, "- `%s`: %s  \n  %s\n", l.Key, l.Value, l.About(tag))
			}
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "# `%s.yaml`\n\n```yaml\n%s```\n", id, page.Text)
		if strings.Contains(b.String(), "«") {
			t.Errorf("%s lacks words", id)
		}
		file := "../../docs/packs/" + id + ".md"
		if *update {
			if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if string(text) != b.String() {
			t.Errorf("%s is not current: go test ./internal/planfile -run PackPages -update", file)
		}
	}
	if _, ok := PackManual("cn-2081"); ok {
		t.Error("a page of no pack")
	}
}

// What the shipped packs of other countries say, by the sources that they cite.
func TestPacksOfCountries(t *testing.T) {
	au, _ := ShippedPack("au-mog")
	if au.AfterEnd() != 0 || au.Handed() != org.Performer|org.Means || !slices.Equal(au.EndingItems, []string{"appropriation"}) || au.NotRetroactive || !au.ReadAsHolder ||
		len(au.Able) != 1 || au.Able[0].ID != "delegation" || !au.Able[0].OfDuty || !au.Able[0].Receiving || au.HeadRequired {
		t.Errorf("au-mog: %+v", au)
	}
	uk, _ := ShippedPack("uk-tofo")
	if uk.FormerPerforms != 0 || !uk.NotRetroactive || !uk.ReadAsHolder || !slices.Contains(uk.FollowingItems, "lawsuit") || len(uk.Able) != 1 || uk.Able[0].ID != "seal" {
		t.Errorf("uk-tofo: %+v", uk)
	}
	cn, _ := ShippedPack("cn-2018")
	former := org.Performer | org.Signatory | org.Means
	if cn.ReceiversName || cn.Handed() != former || cn.AfterEnd() != former || len(cn.Able) != 2 {
		t.Errorf("cn-2018: %+v", cn)
	}
	if nl, _ := ShippedPack("nl-arhi"); nl.Bylaws.Years.N != 2 || nl.Required != org.AllKeys || cn.Bylaws.Asked() {
		t.Errorf("nl-arhi: %+v", nl.Bylaws)
	}
	bj, _ := ShippedPack("cn-beijing-2009")
	if !bj.ReceiversName || bj.Handed() != org.Performer|org.Means || bj.AfterEnd() != org.Performer|org.Means {
		t.Errorf("cn-beijing-2009: %+v", bj)
	}
}

// Which keys a duty needs: the first case that it fits; of two packs together
// both are content.
func TestRequiredOf(t *testing.T) {
	read := func(text string) *org.Pack {
		p, wrong := ParsePack("p", []byte("oneboard: pack/v1\nid: p\n"+text))
		if len(wrong) > 0 {
			t.Fatal(wrong)
		}
		return p
	}
	a := read("required: [holder, performer]\nrequired_for:\n  - {kinds: [internal], protected: false, keys: none}\n  - {protected: true, keys: all}\n  - {kinds: [internal], level: [city, county], keys: [means]}\n")
	b := read("required: [holder]\nrequired_for:\n  - {kinds: internal, keys: [name]}\n")
	both := org.Together([]*org.Pack{a, b})
	for _, c := range []struct {
		duty           org.Duty
		a, b, together string
	}{
		{org.Duty{}, "holder performer", "holder", "holder performer"},
		{org.Duty{Kind: "internal"}, "", "name", "name"},
		{org.Duty{Kind: "internal", Protected: true}, "all", "name", "all"},
		{org.Duty{Protected: true, Level: "city"}, "all", "holder", "all"},
		{org.Duty{Kind: "coordination", Level: "city"}, "holder performer", "holder", "holder performer"},
	} {
		if x, y, z := a.RequiredOf(&c.duty).String(), b.RequiredOf(&c.duty).String(), both.RequiredOf(&c.duty).String(); x != c.a || y != c.b || z != c.together {
			t.Errorf("%+v: %q, %q, together %q", c.duty, x, y, z)
		}
	}
}
