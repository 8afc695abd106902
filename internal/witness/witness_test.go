package witness

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"oneboard/internal/check"
	"oneboard/internal/exchange"
	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/planfile"
)

// A dossier is a plan with its board, as a certificate is about it.
type dossier struct {
	board *org.Board
	plan  *org.Plan
	packs []*org.Pack
	text  []byte
}

// open reads a dossier, which must be without a fault: the witness is asked
// only about such.
func open(t testing.TB, files []txtar.File) dossier {
	t.Helper()
	fsys := fstest.MapFS{}
	d := dossier{}
	for _, f := range files {
		fsys["board/"+f.Name] = &fstest.MapFile{Data: f.Data}
		if f.Name == "plan.yaml" {
			d.text = f.Data
		}
	}
	board, problems, err := exchange.ReadBoard(fsys, "board")
	if err != nil {
		t.Fatal(err)
	}
	plan, more := planfile.Parse("plan.yaml", d.text)
	problems.Add(more...)
	packs, more := planfile.Packs(plan)
	problems.Add(more...)
	problems.Add(check.Run(board, plan, packs...).Problems...)
	if problems.HasErrors() {
		t.Fatalf("the plan has errors: %v", problems)
	}
	d.board, d.plan, d.packs = board, plan, packs
	return d
}

func (d dossier) verify(certificate []byte) []Refusal {
	return Verify(d.board, d.plan, d.packs, d.text, certificate)
}

// seal puts the hashes in place of the words PLAN, BOARD and PACKS.
func (d dossier) seal(certificate []byte) []byte {
	sum, state := sha256.Sum256(d.text), d.board.State()
	packs, err := json.Marshal(org.Texts(d.packs))
	if err != nil {
		panic(err)
	}
	certificate = bytes.ReplaceAll(certificate, []byte(`PACKS`), packs)
	certificate = bytes.ReplaceAll(certificate, []byte(`"PLAN"`), []byte(`"`+hex.EncodeToString(sum[:])+`"`))
	return bytes.ReplaceAll(certificate, []byte(`"BOARD"`), []byte(`"`+hex.EncodeToString(state[:])+`"`))
}

// TestCases runs each case of testdata: a plan, its board, a certificate written
// by hand, and the verdict: "verified", or the words of all refusals.
func TestCases(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal("no cases", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			ar := txtar.Parse(text)
			var certificate []byte
			want := ""
			for _, f := range ar.Files {
				switch f.Name {
				case "certificate.json":
					certificate = f.Data
				case "verdict":
					want = strings.TrimSpace(string(f.Data))
				}
			}
			d := open(t, ar.Files)
			got := verdict(d.verify(d.seal(certificate)))
			if got != want {
				t.Errorf("got  %s\nwant %s", got, want)
				for _, r := range d.verify(d.seal(certificate)) {
					t.Logf("%s: %s", r.At, r.In(lang.EN))
				}
			}
		})
	}
}

func verdict(refusals []Refusal) string {
	if len(refusals) == 0 {
		return "verified"
	}
	var words []string
	for _, r := range refusals {
		words = append(words, r.Why)
	}
	return strings.Join(words, " ")
}
