package witness_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

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

// TestExamplesAreVerified proves the cases that come with Oneboard.
func TestExamplesAreVerified(t *testing.T) {
	for _, name := range []string{"state-council-2018", "yunhai"} {
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
