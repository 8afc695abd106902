package witness

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// The parts of a certificate, named as docs/certificate.md names them. This is
// the witness's own reading: it shares none with who writes certificates.
type (
	certificate struct {
		Oneboard, Plan, Start string
		PlanFile              string `json:"plan_file"` // for who looks for the plan
		PlanHash              string `json:"plan_sha256"`
		BoardHash             string `json:"board_sha256"`
		Packs, Required       []string
		Former                []string `json:"former_performs"`
		Events                []struct{ ID, Earliest, Latest string }
		Waived                []struct {
			Code, Object, Until, By, Because string
			Duties                           []string
		}
		Proofs []proof
	}
	proof struct {
		Duties []string
		branch
	}
	// A branch is shown by chains, by a split of it, or is impossible.
	branch struct {
		Chains     []chain
		Impossible bool
		Split      *struct {
			Events        []string
			Before, After *branch
			SameDay       *branch `json:"same_day"`
		}
	}
	chain struct {
		Key, Area string
		Links     []struct {
			Body, Mode, From, To, By string
			Kept                     *struct{ Since string } `json:"kept_by_rule"`
		}
		Orders []struct {
			First, Then    string
			Path, Calendar []string
		}
	}
)

// read reads one JSON document, and refuses what the format does not have.
func read(text []byte) (c certificate, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err = d.Decode(&c); err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something stands after the document")
		}
	}
	return c, err
}
