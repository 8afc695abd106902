package register

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// The kinds of entry.
const (
	KindImport  = "import"  // the rows of a board
	KindPlan    = "plan"    // a checked plan is applied
	KindCorrect = "correct" // rows were wrong, and others stand instead
)

// An Entry is one write to the ledger, without its body: see Register.Body.
type Entry struct {
	Seq      int64     `json:"seq"`      // from 1
	Recorded time.Time `json:"recorded"` // UTC, to the microsecond
	Who      string    `json:"who"`
	Kind     string    `json:"kind"`
	Size     int64     `json:"size"` // bytes of the body
	Hash     string    `json:"hash"` // SHA-256 of the body, hexadecimal
	Leaf     tlog.Hash `json:"leaf"` // RFC 6962 leaf hash of the record

	hash []byte
}

// Record gives the bytes that the leaf is the hash of. They hold the body's
// hash in place of the body, so that an entry can be proved to someone who may
// not read it.
func (e *Entry) Record() []byte {
	var c canonical
	c.value(map[string]any{"seq": e.Seq, "recorded": instantText(e.Recorded), "who": e.Who, "kind": e.Kind,
		"size": e.Size, "hash": "sha256:" + e.Hash})
	return c.bytes
}

func instantText(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

// newEntry makes the entry of a body.
func newEntry(seq int64, at time.Time, who, kind string, body []byte) Entry {
	sum := sha256.Sum256(body)
	e := Entry{Seq: seq, Recorded: at, Who: who, Kind: kind, Size: int64(len(body)), Hash: hex.EncodeToString(sum[:]), hash: sum[:]}
	e.Leaf = tlog.RecordHash(e.Record())
	return e
}

// The body of an entry is kept compressed when it is large: the rows of a city
// take 30 MB as text and 4 MB so. The hash is of the text.
const compressFrom = 4 << 10

func pack(body []byte) (coding string, packed []byte) {
	if len(body) < compressFrom {
		return "identity", body
	}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		panic(err) // not a level
	}
	z.Write(body) // a Buffer takes everything
	z.Close()
	return "gzip", b.Bytes()
}

// unpack never makes more than size bytes, whatever the packed ones say.
func unpack(coding string, packed []byte, size int64) ([]byte, error) {
	switch coding {
	case "identity":
		return packed, nil
	case "gzip":
		z, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			return nil, fmt.Errorf("register: the body of an entry: %w", err)
		}
		var b bytes.Buffer
		if size > 0 && size < 1<<31 {
			b.Grow(int(size) + bytes.MinRead)
		}
		if _, err := io.Copy(&b, io.LimitReader(z, size+1)); err != nil {
			return nil, fmt.Errorf("register: the body of an entry: %w", err)
		}
		return b.Bytes(), nil
	}
	return nil, fmt.Errorf("register: the body of an entry is coded %q", coding)
}

// format is the version of the bodies, in each of them.
const format = 1

// imported is the body of an import.
type imported struct{ board *org.Board }

func (e imported) body() ([]byte, error) {
	var c canonical
	c.raw(`{"board":`)
	c.board(e.board)
	c.raw(`,"format":1}`)
	return c.bytes, c.err
}

// planned is the body of a plan that was applied.
type planned struct {
	plan  *org.Plan
	packs []*org.Pack
	state [32]byte // of the board it was checked against
}

func (e planned) body() ([]byte, error) {
	// a thing that says nothing is an empty object, not null
	tree := func(v any, s *diag.Source) any {
		if t := encode(reflect.ValueOf(v), s); t != nil {
			return t
		}
		return map[string]any{}
	}
	text := func(s *diag.Source) any {
		if s == nil {
			return nil
		}
		return map[string]any{"name": s.Name, "text": s.Text}
	}
	packs, sources := []any{}, []any{}
	for _, p := range e.packs {
		packs, sources = append(packs, tree(*p, p.Source)), append(sources, text(p.Source))
	}
	var c canonical
	c.value(map[string]any{"format": format, "state": hex.EncodeToString(e.state[:]),
		"plan": tree(*e.plan, e.plan.Source), "source": text(e.plan.Source),
		"packs": packs, "pack_sources": sources})
	return c.bytes, c.err
}

// corrected is the body of a correction.
type corrected struct{ Correction }

func (e corrected) body() ([]byte, error) {
	var c canonical
	c.raw(`{"basis":`)
	c.text(e.Basis)
	c.raw(`,"format":1,"reason":`)
	c.text(e.Reason)
	c.raw(`,"right":`)
	c.board(e.Right)
	c.raw(`,"wrong":`)
	c.board(e.Wrong)
	c.raw(`}`)
	return c.bytes, c.err
}

// readBody gives an imported, planned or corrected.
func readBody(kind string, body []byte) (any, error) {
	var raw struct {
		Format       int
		Board        json.RawMessage
		Plan         any
		Packs        []any
		State        string
		Source       *sourceText
		PackSources  []*sourceText `json:"pack_sources"`
		Reason       string
		Basis        string
		Wrong, Right json.RawMessage
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	d.DisallowUnknownFields()
	if err := d.Decode(&raw); err != nil {
		return nil, fmt.Errorf("register: the body of an entry: %w", err)
	}
	if raw.Format != format {
		return nil, fmt.Errorf("%w (an entry has format %d)", ErrNewer, raw.Format)
	}
	switch kind {
	case KindImport:
		b, err := readBoard(raw.Board)
		return imported{b}, err
	case KindPlan:
		e := planned{plan: &org.Plan{Source: raw.Source.source()}}
		if err := decode(raw.Plan, reflect.ValueOf(e.plan).Elem(), e.plan.Source); err != nil {
			return nil, err
		}
		if len(raw.PackSources) != len(raw.Packs) {
			return nil, fmt.Errorf("register: %d packs with %d texts", len(raw.Packs), len(raw.PackSources))
		}
		for i, tree := range raw.Packs {
			p := &org.Pack{Source: raw.PackSources[i].source()}
			if err := decode(tree, reflect.ValueOf(p).Elem(), p.Source); err != nil {
				return nil, err
			}
			e.packs = append(e.packs, p)
		}
		state, err := hex.DecodeString(raw.State)
		if err != nil || len(state) != len(e.state) {
			return nil, fmt.Errorf("register: %q is no state of a board", raw.State)
		}
		copy(e.state[:], state)
		return e, nil
	case KindCorrect:
		e := corrected{Correction{Reason: raw.Reason, Basis: raw.Basis}}
		var err error
		if e.Wrong, err = readBoard(raw.Wrong); err != nil {
			return nil, err
		}
		e.Right, err = readBoard(raw.Right)
		return e, err
	}
	return nil, fmt.Errorf("register: an entry of kind %q", kind)
}

type sourceText struct{ Name, Text string }

func (s *sourceText) source() *diag.Source {
	if s == nil {
		return nil
	}
	return diag.NewSource(s.Name, s.Text)
}

// head is the last entry; Seq 0 when there is none.
func head(ctx context.Context, q reader) (Entry, error) {
	entries, err := entriesFrom(ctx, q, `SELECT seq, recorded, who, kind, size, hash, leaf FROM ledger ORDER BY seq DESC LIMIT 1`)
	if err != nil || len(entries) == 0 {
		return Entry{}, err
	}
	return entries[0], nil
}

// A hashReader reads stored hashes of the tree.
func hashReader(ctx context.Context, q reader) tlog.HashReader {
	return tlog.HashReaderFunc(func(places []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(places))
		for i, p := range places {
			var b []byte
			if err := q.row(ctx, "SELECT hash FROM tree WHERE place = ?", p).Scan(&b); err != nil {
				return nil, fmt.Errorf("register: hash %d of the tree: %w", p, err)
			}
			copy(out[i][:], b)
		}
		return out, nil
	})
}

// appendEntry writes the entry and its hashes of the tree.
func appendEntry(ctx context.Context, w *writer, e Entry, body []byte) error {
	coding, packed := pack(body)
	if err := w.exec(ctx, `INSERT INTO ledger (seq, recorded, who, kind, coding, size, hash, leaf, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.Seq, e.Recorded.UnixMicro(), e.Who, e.Kind, coding, e.Size, e.hash, e.Leaf[:], packed); err != nil {
		return fmt.Errorf("register: %w", err)
	}
	return appendLeaf(ctx, w, e.Seq-1, e.Leaf)
}

func appendLeaf(ctx context.Context, w *writer, n int64, leaf tlog.Hash) error {
	hashes, err := tlog.StoredHashesForRecordHash(n, leaf, hashReader(ctx, w))
	if err != nil {
		return err
	}
	place := tlog.StoredHashIndex(0, n)
	for i, h := range hashes {
		if err := w.exec(ctx, "INSERT INTO tree (place, hash) VALUES (?, ?)", place+int64(i), h[:]); err != nil {
			return fmt.Errorf("register: %w", err)
		}
	}
	return nil
}

// A Checkpoint says how long a ledger is and what the root of its tree is. Who
// keeps one elsewhere can find out later whether the ledger still holds
// everything that it held then: see Register.Verify.
type Checkpoint struct {
	Origin string    // the name of the ledger
	Size   int64     // entries
	Root   tlog.Hash // of the tree over them
}

// String gives the text of the checkpoint (C2SP tlog-checkpoint, without
// signatures): three lines, each with its line break.
func (c Checkpoint) String() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, c.Root)
}

// MarshalText gives the form of String.
func (c Checkpoint) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// ParseCheckpoint reads the text of a checkpoint; lines after the third, such
// as signatures, are not looked at.
func ParseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.SplitN(text, "\n", 4)
	var c Checkpoint
	if len(lines) < 4 || lines[0] == "" {
		return c, fmt.Errorf("register: a checkpoint has three lines: origin, size, root")
	}
	c.Origin = lines[0]
	if _, err := fmt.Sscanf(lines[1], "%d", &c.Size); err != nil || c.Size < 0 || fmt.Sprint(c.Size) != lines[1] {
		return c, fmt.Errorf("register: %q is no size of a checkpoint", lines[1])
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return c, fmt.Errorf("register: %q is no root of a checkpoint", lines[2])
	}
	c.Root = root
	return c, nil
}

// checkpoint gives the checkpoint of the first size entries.
func checkpoint(ctx context.Context, q reader, size int64) (Checkpoint, error) {
	c := Checkpoint{Size: size}
	if err := q.row(ctx, "SELECT name FROM origin").Scan(&c.Origin); err != nil {
		return c, fmt.Errorf("register: %w", err)
	}
	root, err := tlog.TreeHash(size, hashReader(ctx, q))
	c.Root = root
	return c, err
}
