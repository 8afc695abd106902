package planfile

import (
	"testing"

	"oneboard/internal/diag"
)

// What a pack says of seals, records and freezes is held against what can be
// said of them; the marks are in the text.
func TestPackDiscipline(t *testing.T) {
	const head = "oneboard: pack/v1\nid: here\n"
	for name, text := range map[string]string{
		"strict keeps nothing": `seals:
  mode: strict
  keep_days: 30  # want OB0111 at 30
  keep_for: [handover]  # want OB0111 at handover
`,
		"a mode is needed":      "seals:\n  keep_days: 3  # want OB0105 at keep_days\n",
		"no such mode":          "seals:\n  mode: severe  # want OB0111 at severe\n",
		"no such place":         "fonds:\n  abolished: nowhere  # want OB0111 at nowhere\n",
		"no such discipline":    "freezes:\n  - id: a\n    discipline: moral  # want OB0111 at moral\n    forbid: [appoint]\n",
		"no such kind":          "freezes:\n  - id: a\n    discipline: personnel\n    forbid: [appont]  # want OB0111 at appont\n",
		"publish stands alone":  "freezes:\n  - id: a\n    discipline: personnel\n    forbid: [appoint, publish]  # want OB0111 at publish\n",
		"a day or a word":       "freezes:\n  - id: a\n    discipline: personnel\n    forbid: [appoint]\n    from: mobilisation  # want OB0111 at mobilisation\n    until: 2019-02-30  # want OB0111 at 2019-02-30\n",
		"a release has its own": "freezes:\n  - id: a\n    discipline: confidentiality\n    forbid: publish\n    until: in_place  # want OB0111 at in_place\n",
		"forbid is needed":      "freezes:\n  - id: a  # want OB0105 at id\n    discipline: personnel\n",
		"all of it": `seals:
  mode: lenient
  kinds: [seal, e-seal]
  keep_days: 30
  keep_for: [handover]
  plate_after: [seal, head]
  plates: nameplate
fonds:
  kinds: records
  archive: [dag]
  abolished: archive
  merged: separate
  split: whole_to_main_successor
  renamed: moves
freezes:
  - id: a
    discipline: political
    title: 甲
    forbid: [appoint, relieve]
    items: [money]
    bodies: [ending, giving]
    only: across_levels
    from: 2019-01-01
    until: deadline
    unless: [reform, approved, law]
`,
	} {
		t.Run(name, func(t *testing.T) {
			_, wrong := ParsePack("here", []byte(head+text))
			for _, unmet := range diag.Unmet(diag.NewSource("here", head+text), wrong) {
				t.Error(unmet)
			}
		})
	}
}

// A pack that extends another replaces its freezes one by one, takes one away
// with "nothing", and replaces the rules of seals and records whole.
func TestDisciplineExtends(t *testing.T) {
	base, _ := ShippedPack("cn-2018")
	p, wrong := ParsePack("p", []byte(`oneboard: pack/v1
id: here
extends: cn-2018
seals:
  mode: strict
freezes:
  - id: assets
    discipline: financial
    forbid: nothing
  - id: records
    discipline: financial
    forbid: [withdraw]
  - id: more
    discipline: personnel
    forbid: [appoint]
`))
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	if !p.Seals.Asked() || base.Seals.Asked() || p.Fonds.Abolished.Text != base.Fonds.Abolished.Text {
		t.Errorf("seals %+v, records %+v", p.Seals, p.Fonds)
	}
	if len(p.Freezes) != len(base.Freezes) {
		t.Errorf("%d freezes, the base has %d", len(p.Freezes), len(base.Freezes))
	}
	for i := range p.Freezes {
		switch f := &p.Freezes[i]; f.ID.ID {
		case "assets":
			t.Error("the freeze of assets was to go")
		case "records":
			if len(f.Forbid) != 1 || len(f.Items) != 0 {
				t.Errorf("the freeze of records is %+v", f)
			}
		}
	}
	if g, _ := ShippedPack(Generic); g.Seals.Asked() || g.Fonds.Asked() || len(g.Freezes) > 0 {
		t.Error("the generic pack is not neutral")
	}
	disciplines := map[string]bool{}
	for i := range base.Freezes {
		disciplines[base.Freezes[i].Discipline.Text] = true
	}
	if len(disciplines) != 6 {
		t.Errorf("cn-2018 has freezes of %v", disciplines)
	}
}
