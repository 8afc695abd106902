package witness

import (
	"fmt"
	"testing"

	"oneboard/internal/check"
	"oneboard/internal/org"
)

func TestDebug(t *testing.T) {
	seed := count("SEED", -1)
	if seed < 0 {
		t.Skip()
	}
	g := deal(seed)
	res := check.Run(g.board, g.plan, g.pack)
	p := check.Prove(res)
	fmt.Println(g, p.Problems)
	for _, f := range p.Failures {
		fmt.Println(f)
	}
	if !p.Holds {
		return
	}
	fmt.Println(string(g.certificate(p)))
	for _, r := range Verify(g.board, g.plan, []*org.Pack{g.pack}, []byte("plan"), g.certificate(p)) {
		fmt.Println(r.At, r.In("en"))
	}
}
