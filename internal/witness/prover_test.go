package witness_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"oneboard/internal/check"
)

// prove gives the certificate that the prover makes, or nil.
func (d dossier) prove(t testing.TB) []byte {
	t.Helper()
	p := check.Prove(check.Run(d.board, d.plan, d.packs...))
	if !p.Holds {
		return nil
	}
	sum := sha256.Sum256(d.text)
	p.Certificate.PlanFile, p.Certificate.PlanSHA256 = "plan.yaml", hex.EncodeToString(sum[:])
	document, err := json.MarshalIndent(p.Certificate, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// TestExamplesAreVerified proves the cases that come with Oneboard.
func TestExamplesAreVerified(t *testing.T) {
	for _, name := range []string{"state-council-2018", "yunhai"} {
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
		d := open(t, files)
		certificate := d.prove(t)
		if certificate == nil {
			t.Errorf("%s is not proved", name)
			continue
		}
		refusals := d.verify(certificate)
		for i, r := range refusals {
			if i < 12 {
				t.Errorf("%s: %s: %s", name, r.At, r.In("en"))
			}
		}
		t.Logf("%s: %d bytes, %d refusals", name, len(certificate), len(refusals))
	}
}

// TestWhatTheProverMakesIsVerified proves small random plans: every certificate
// must be believed.
func TestWhatTheProverMakesIsVerified(t *testing.T) {
	cases := 6000
	if testing.Short() {
		cases = 1500
	}
	proved, splits, circles, planted, refused, valid, other := 0, 0, 0, 0, 0, 0, 0
	for seed := range cases {
		d := randomDossier(rand.New(rand.NewPCG(uint64(seed), 12)))
		if check.Run(d.board, d.plan, d.packs...).Problems.HasErrors() {
			continue
		}
		document := d.prove(t)
		if document == nil {
			continue
		}
		proved++
		if strings.Contains(string(document), `"split"`) {
			splits++
		}
		got := d.verify(document)
		if len(got) > 0 && got[0].Why == "open" {
			circles++ // bodies that give each other on one day: docs/certificate.md
			continue
		}
		if len(got) > 0 {
			t.Errorf("seed %d: %s: %s\n%s%s", seed, got[0].At, got[0].In("en"), describe(d.plan), document)
			continue
		}
		if planted < 8 && len(d.plan.Changes) > 2 && (planted%2 == 0 || strings.Contains(string(document), `"split"`)) {
			planted++
			r, v := d.holdPlants(t, fmt.Sprint("seed ", seed), document, &other)
			refused, valid = refused+r, valid+v
		}
	}
	t.Logf("%d proved, %d of them with splits, %d with exchanges that the witness does not follow", proved, splits, circles)
	t.Logf("of %d, with one fact changed: %d refused, %d still valid, %d said otherwise", planted, refused, valid, other)
	if circles > proved/100 || splits < proved/20 {
		t.Error("too many exchanges, or too few splits")
	}
}
