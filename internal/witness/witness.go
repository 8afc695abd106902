// Package witness verifies certificates: that a plan leaves no duty without its
// body on any day, in whatever order its events happen. It is what a second
// office runs on the proof of a first one, so it shares nothing with package
// check but the nouns. It has three parts, each to be read by itself: document has
// the parts of a certificate; reading says what a plan means, and is what must be
// believed; kernel decides, in every order of events, whether what is said is so,
// and knows nothing of plans. This file puts them together, and holds what a
// certificate says of the plan as a whole.
package witness

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/witness/document"
	"oneboard/internal/witness/kernel"
	"oneboard/internal/witness/reading"
)

// A Refusal is one thing for which a certificate is not believed.
type Refusal struct {
	At   string    // where in the document, as a JSON pointer
	Why  string    // a fixed word: the message "witness.<why>" of the catalogue
	Args lang.Args // what the message names
}

// In says why in a language.
func (r Refusal) In(tag lang.Tag) string { return lang.Say(tag, "witness."+r.Why, r.Args) }

type verifier struct {
	kernel.Kernel
	world    *reading.World
	refusals []Refusal
}

func newVerifier(board *org.Board, plan *org.Plan, packs []*org.Pack) *verifier {
	v := &verifier{world: reading.Read(board, plan, packs)}
	v.Kernel = kernel.Kernel{Calendar: &v.world.Calendar, Refuse: v.refuse}
	return v
}

// refuse notes a refusal; args are pairs of a variable and its value.
func (v *verifier) refuse(at, why string, args ...string) {
	r := Refusal{at, why, lang.Args{}}
	for i := 0; i+1 < len(args); i += 2 {
		r.Args[args[i]] = args[i+1]
	}
	v.refusals = append(v.refusals, r)
}

// Verify holds a certificate against the plan and the board that it is about:
// nil when everything in it is so and nothing is missing. text is the file that
// the plan was read from; packs are the rule packs that it names. Plan and board
// must have no standing error: who calls has checked them. The cost grows with
// the orders that the plan leaves open, as that of the proof does.
func Verify(board *org.Board, plan *org.Plan, packs []*org.Pack, text, certificate []byte) []Refusal {
	c, err := document.Read(certificate)
	if err != nil {
		return []Refusal{{"", "unreadable", lang.Args{"Cause": err.Error()}}}
	}
	v := newVerifier(board, plan, packs)
	v.heading(&c, board, plan, packs, text)
	if change := v.world.Parted(); change != "" {
		v.refuse("/plan", "has-parts", "Change", change)
	}
	told := map[string]bool{} // duties that are proved, or waived
	for i := range c.Proofs {
		v.proof(fmt.Sprintf("/proofs/%d", i), &c.Proofs[i], told)
	}
	v.waived(&c, plan, told)
	for _, d := range v.world.Duties() {
		if m := v.world.Matter(d); told[d] {
			continue
		} else if m.Touched != "" {
			v.refuse("/proofs", "no-proof", "Duty", d, "By", m.Touched)
		} else {
			v.Untold("/proofs", &m.Duty)
		}
	}
	return v.refusals
}

// heading compares what the certificate says of the plan as a whole.
func (v *verifier) heading(c *document.Certificate, board *org.Board, plan *org.Plan, packs []*org.Pack, text []byte) {
	sum, state, rules, w := sha256.Sum256(text), board.State(), org.Together(packs), v.world
	v.Same("/oneboard", c.Oneboard, "certificate/v1")
	v.Same("/plan", c.Plan, plan.ID)
	v.Same("/plan_sha256", c.PlanHash, hex.EncodeToString(sum[:]))
	v.Same("/board_sha256", c.BoardHash, hex.EncodeToString(state[:]))
	texts := org.Texts(packs)
	v.Same("/packs", fmt.Sprint(len(c.Packs)), fmt.Sprint(len(texts)))
	for i := range min(len(c.Packs), len(texts)) {
		at := fmt.Sprintf("/packs/%d", i)
		v.Same(at+"/id", c.Packs[i].ID, texts[i].ID)
		v.Same(at+"/sha256", c.Packs[i].SHA256, texts[i].SHA256)
	}
	v.Same("/required", strings.Join(c.Required, ", "), strings.Join(rules.Required.Words(), ", "))
	v.Same("/former_performs", strings.Join(c.Former, ", "), strings.Join(rules.FormerPerforms.Words(), ", "))
	v.Same("/start", c.Start, w.Start.String())
	v.Same("/events", fmt.Sprint(len(c.Events)), fmt.Sprint(w.OfPlan-1))
	for i, e := range c.Events {
		if at, n := fmt.Sprintf("/events/%d", i), i+1; n < w.OfPlan {
			v.Same(at+"/id", e.ID, w.IDs[n])
			v.Same(at+"/earliest", e.Earliest, w.Lo[n].String())
			v.Same(at+"/latest", e.Latest, w.Hi[n].String())
		}
	}
}

// proof verifies what is said of some duties, and notes them as told.
func (v *verifier) proof(at string, p *document.Proof, told map[string]bool) {
	if len(p.Duties) == 0 {
		v.refuse(at+"/duties", "empty")
	}
	for n, d := range p.Duties {
		if !v.world.Known(d) || told[d] {
			v.refuse(fmt.Sprintf("%s/duties/%d", at, n), "unknown", "ID", d)
			continue
		}
		told[d] = true
		v.Proof(at, &v.world.Matter(d).Duty, &p.Branch)
	}
}

// waived verifies what is not proved, and said so, and notes its duties as told.
// Several may be about one duty.
func (v *verifier) waived(c *document.Certificate, plan *org.Plan, told map[string]bool) {
	var duties []string
	for i, x := range c.Waived {
		at := fmt.Sprintf("/waived/%d", i)
		said := slices.ContainsFunc(plan.Waivers, func(w org.Waiver) bool {
			return x.Code == w.Code.Text && x.Object == w.Object.ID && x.Until == w.Until.Date.String() && x.By == w.By.Text && x.Because == w.Because.Text
		})
		if !said || !slices.Contains([]string{"OB0310", "OB0311", "OB0312"}, x.Code) || len(x.Duties) == 0 {
			v.refuse(at, "not-waived", "Code", x.Code, "Object", x.Object)
		}
		for _, d := range x.Duties {
			if !v.world.Known(d) || told[d] || x.Object != d && !slices.Contains(v.world.Matter(d).Bodies, x.Object) {
				v.refuse(at+"/duties", "unknown", "ID", d)
			}
		}
		duties = append(duties, x.Duties...)
	}
	for _, d := range duties {
		told[d] = true
	}
}
