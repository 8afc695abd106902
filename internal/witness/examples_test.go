package witness

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"oneboard/internal/check"
	"oneboard/internal/witness/document"
)

// prove gives the certificate that the prover makes, or nil.
func (d dossier) prove(t testing.TB) []byte {
	t.Helper()
	p := check.Prove(check.Run(d.board, d.plan, d.packs...))
	if !p.Holds {
		return nil
	}
	sum := sha256.Sum256(d.text)
	p.Certificate().PlanFile, p.Certificate().PlanSHA256 = "plan.yaml", hex.EncodeToString(sum[:])
	document, err := json.MarshalIndent(p.Certificate(), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// example opens a case that comes with Oneboard.
func example(t testing.TB, name string) dossier {
	var files []txtar.File
	paths, _ := filepath.Glob("../../examples/" + name + "/*")
	for _, p := range paths {
		if ext := filepath.Ext(p); ext == ".csv" || ext == ".yaml" {
			text, err := os.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, txtar.File{Name: filepath.Base(p), Data: text})
		}
	}
	return open(t, files)
}

// proven are the examples that hold in every order.
var proven = []string{"state-council-2018", "yunhai", "beijing-2009", "changzhou-2019", "australia-2019", "fcdo-2020"}

// TestExamplesAreVerified proves the cases that come with Oneboard.
func TestExamplesAreVerified(t *testing.T) {
	for _, name := range proven {
		d := example(t, name)
		certificate := d.prove(t)
		if certificate == nil {
			t.Errorf("%s is not proved", name)
			continue
		}
		start := time.Now()
		refusals := d.verify(certificate)
		for i, r := range refusals {
			if i < 12 {
				t.Errorf("%s: %s: %s", name, r.At, r.In("en"))
			}
		}
		t.Logf("%s: %d bytes, %d refusals, %v", name, len(certificate), len(refusals), time.Since(start))
	}
}

// TestOneFactOfAnExampleChanged changes the facts of the certificates of the
// examples, one at a time. What is still believed must be of a kind that says the
// same in other words: see sameSaid. A proof is held by itself, and the heading,
// as far as that tells; else the whole certificate is, which takes long, so of
// those changes only one in forty is tried.
func TestOneFactOfAnExampleChanged(t *testing.T) {
	every := count("EVERY", 1) // of so many changes one is tried
	if testing.Short() {
		every = 97
	}
	for _, name := range proven {
		d := example(t, name)
		text := d.prove(t)
		c, err := document.Read(text)
		var parts map[string]json.RawMessage
		var proofs []json.RawMessage
		if err != nil || json.Unmarshal(text, &parts) != nil || json.Unmarshal(parts["proofs"], &proofs) != nil {
			t.Fatal(err)
		}
		v := newVerifier(d.board, d.plan, d.packs)
		n, long, refused, bad, same := 0, 0, 0, 0, map[string]int{}
		several := func(p plant) bool { // may have what the proof is about
			i := 0
			fmt.Sscanf(p.at, "/proofs/%d/", &i)
			return !v.world.Matter(c.Proofs[i].Duties[0]).Exclusive
		}
		try := func(p plant, by func() bool, with func() map[string]any) bool {
			n++
			no := by()
			if !no && with != nil {
				if long++; long%(40*every) != 1 {
					return true
				}
				text, err := json.Marshal(with())
				if err != nil {
					t.Fatal(err)
				}
				no = len(d.verify(text)) > 0
			}
			if no {
				refused++
			} else if why := sameSaid(p, several); why != "" {
				same[why]++
			} else {
				bad++
				t.Errorf("%s: believed, though %s %s", name, p.at, p.what)
			}
			return bad < 12
		}
		whole := func(proofs any) map[string]any {
			out := map[string]any{}
			for k, part := range parts {
				out[k] = part
			}
			out["proofs"] = proofs
			return out
		}
		for i, text := range proofs {
			eachPlant(text, 1, every, func(x plant) bool {
				var changed document.Proof
				in := json.NewDecoder(bytes.NewReader(x.document))
				in.DisallowUnknownFields()
				wrong := in.Decode(&changed) != nil
				x.at = fmt.Sprint("/proofs/", i, x.at)
				with := func() map[string]any {
					list := slices.Clone(proofs)
					list[i] = x.document
					return whole(list)
				}
				if slices.Equal(changed.Duties, c.Proofs[i].Duties) {
					with = nil // nothing outside of the proof is touched
				}
				return try(x, func() bool {
					if v.refusals = nil; !wrong {
						v.proof("", &changed, map[string]bool{})
					}
					return wrong || len(v.refusals) > 0
				}, with)
			})
		}
		parts["proofs"] = json.RawMessage("[]")
		heading, _ := json.Marshal(parts)
		eachPlant(heading, 1, every, func(x plant) bool {
			changed, err := document.Read(x.document)
			return try(x, func() bool {
				if v.refusals = nil; err == nil {
					v.heading(&changed, d.board, d.plan, d.packs, d.text)
				}
				return err != nil || len(v.refusals) > 0
			}, func() map[string]any {
				var out map[string]any
				json.Unmarshal(x.document, &out)
				if _, there := out["proofs"]; there {
					out["proofs"] = proofs
				}
				return out
			})
		})
		for i := range proofs {
			for _, list := range [][]json.RawMessage{slices.Delete(slices.Clone(proofs), i, i+1), slices.Insert(slices.Clone(proofs), i, proofs[i])} {
				try(plant{at: "/proofs", what: fmt.Sprint(len(list), " instead of ", len(proofs))}, func() bool { return false }, func() map[string]any { return whole(list) })
			}
		}
		t.Logf("%s: of %d changes %d refused; believed, and the same in other words: %v", name, n, refused, same)
		if refused < 50/min(every, 50) {
			t.Error("the changes say little")
		}
	}
}

// sameSaid says why a changed certificate says the same as before, or "".
func sameSaid(p plant, several func(plant) bool) string {
	switch {
	case p.at == "/plan_file" || p.what == "lacks plan_file":
		return "where to look for the plan"
	case strings.HasSuffix(p.at, "/duties") && strings.HasPrefix(p.what, "changes "):
		return "the order of duties"
	case strings.HasSuffix(p.at, "/area") && p.what == "is empty", p.what == "lacks area":
		return "the rest of the area, where that is one"
	case strings.HasPrefix(p.at, "/proofs/") && strings.Contains(p.at, "/chains") && several(p):
		return "less of who has what several may have"
	}
	return ""
}
