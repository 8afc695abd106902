// Package document has the parts of a certificate, named as docs/certificate.md
// names them. This is the witness's own reading: it shares none with who writes
// certificates.
package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

type (
	// A Certificate is the whole document.
	Certificate struct {
		Oneboard, Plan, Start string
		PlanFile              string `json:"plan_file"` // for who looks for the plan
		PlanHash              string `json:"plan_sha256"`
		BoardHash             string `json:"board_sha256"`
		Packs                 []struct{ ID, SHA256 string }
		Required              []string
		Former                []string `json:"former_performs"`
		Events                []struct{ ID, Earliest, Latest string }
		Waived                []struct {
			Code, Object, Until, By, Because string
			Duties                           []string
		}
		Proofs []Proof
	}
	// A Proof is what is said of some duties.
	Proof struct {
		Duties []string
		Branch
	}
	// A Branch is shown by chains, by a split of it, or is impossible.
	Branch struct {
		Chains     []Chain
		Impossible bool
		Split      *struct {
			Events        []string
			Before, After *Branch
			SameDay       *Branch `json:"same_day"`
		}
	}
	// A Chain says who has one key of a duty in an area, one after another.
	Chain struct {
		Key, Area string
		Links     []struct {
			Body, Mode, From, To, By string
			Kept                     *struct{ Since string } `json:"kept_by_rule"`
		}
		Orders []Order
	}
	// An Order shows that an event is never later than another: by a path of waits,
	// or by the latest day of the one and the earliest of the other.
	Order struct {
		First, Then    string
		Path, Calendar []string
	}
)

// Read reads one JSON document, and refuses what the format does not have.
func Read(text []byte) (c Certificate, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err = d.Decode(&c); err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something stands after the document")
		}
	}
	return c, err
}
