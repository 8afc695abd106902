package planfile

import (
	"testing"

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
