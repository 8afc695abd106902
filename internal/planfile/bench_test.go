package planfile

import (
	"fmt"
	"strings"
	"testing"
)

// bigPlan is a plan of n changes as people write them.
func bigPlan(n int) []byte {
	var b strings.Builder
	b.WriteString("oneboard: plan/v1\nid: big\ntitle: 大方案\ninstruments:\n  - id: plan\n    kind: plan\n    effective: 2019-01-19\nchanges:\n")
	for i := range n {
		switch i % 4 {
		case 0:
			fmt.Fprintf(&b, "  - establish: b%d          # 新设\n    name: 第%d局\n    kind: constituent\n    superior: gov\n    by: plan 1.%d\n    on: 2019-01-19\n\n", i, i, i)
		case 1:
			fmt.Fprintf(&b, "  - transfer: [d%d, d%d, '职责%d']\n    from: mlr\n    to: mnr\n    by: plan 1.%d\n    in_place: 2019-01-28\n", i, i+1, i+2, i)
		case 2:
			fmt.Fprintf(&b, "  - abolish: a%d\n    by: [plan 2.%d, \"plan 3\"]\n    why: 职责整合，不再保留。\n", i, i)
		case 3:
			fmt.Fprintf(&b, "  - set-quota: b%d\n    kind: 行政\n    posts: 45\n    leaders: 1\n    deputies: 3\n    by: plan 4.%d\n", i, i)
		}
	}
	return []byte(b.String())
}

func benchParse(b *testing.B, n int) {
	text := bigPlan(n)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if p, wrong := Parse("plan.yaml", text); len(wrong) > 0 || len(p.Changes) != n {
			b.Fatal(len(p.Changes), wrong)
		}
	}
}

func BenchmarkParse160(b *testing.B)  { benchParse(b, 160) }
func BenchmarkParse2000(b *testing.B) { benchParse(b, 2000) }
func BenchmarkParse8000(b *testing.B) { benchParse(b, 8000) }
