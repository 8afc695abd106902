package witness

import (
	"os"
	"testing"

	"golang.org/x/tools/txtar"
)

// FuzzCertificate gives the witness documents of every shape: it must neither
// panic nor believe one that says anything else than the true one.
func FuzzCertificate(f *testing.F) {
	text, err := os.ReadFile("testdata/window.txtar")
	if err != nil {
		f.Fatal(err)
	}
	ar := txtar.Parse(text)
	d := open(f, ar.Files)
	for _, file := range ar.Files {
		if file.Name == "certificate.json" {
			f.Add(d.seal(file.Data))
		}
	}
	f.Add([]byte(`{"proofs":[{"duties":["d1"],"split":{"events":["c2.law","c2.place"],"before":{"impossible":"c1.law"}}}]}`))
	f.Fuzz(func(t *testing.T, document []byte) {
		for _, r := range d.verify(document) {
			if r.In("zh") == "" || r.In("en") == "" {
				t.Errorf("a refusal without words: %+v", r)
			}
		}
	})
}
