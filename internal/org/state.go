package org

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// State is a hash of what the board says. Two boards have the same state when
// their tables hold the same rows, each as often: the order of rows, of the
// passed-through columns and of the files, and where the rows were written, do
// not count; nor does a passed-through cell that is empty. So a board that was
// exported, sorted by hand and read again is still the board that a plan was
// checked against.
//
// Each row is hashed, the hashes of a table are sorted, and their list is
// hashed. Adding the row hashes up instead would save the sort, but sums of
// 256-bit hashes are no sound commitment: among a few million rows one can
// search for sets with equal sums. Sorting takes a tenth of the time, since
// hashes are spread evenly. O(rows); about 0.3 µs a row.
func (b *Board) State() [32]byte {
	whole := sha256.New()
	var (
		row    []byte
		cells  []any
		hashes [][32]byte
	)
	for _, s := range Sheets {
		n := s.Len(b)
		hashes = slices.Grow(hashes[:0], n)[:n]
		columns := newExtraOrder(b.Tables[s.Name])
		for i := range n {
			cells = s.Cells(b, i, cells[:0])
			row = row[:0]
			for _, c := range cells {
				row = appendCell(row, c)
			}
			row = columns.append(row, *s.Extra(b, i))
			hashes[i] = sha256.Sum256(row)
		}
		sortHashes(hashes)
		head := binary.AppendUvarint(appendText(nil, s.Name), uint64(n))
		whole.Write(head)
		for i := range hashes {
			whole.Write(hashes[i][:])
		}
	}
	var out [32]byte
	whole.Sum(out[:0])
	return out
}

// appendCell writes a cell so that no two rows of one table are written alike:
// texts have their length before them, numbers end themselves.
func appendCell(to []byte, cell any) []byte {
	switch c := cell.(type) {
	case *string:
		return appendText(to, *c)
	case *Date:
		return binary.BigEndian.AppendUint32(to, uint32(*c))
	case *int:
		return binary.AppendVarint(to, int64(*c))
	case *bool:
		if *c {
			return append(to, 1)
		}
		return append(to, 0)
	case *Keys:
		return append(to, byte(*c))
	case *Mode:
		return append(to, byte(*c))
	case *Role:
		return append(to, byte(*c))
	}
	panic("org: a sheet has a cell of a kind that State does not know")
}

func appendText(to []byte, s string) []byte {
	return append(binary.AppendUvarint(to, uint64(len(s))), s...)
}

// extraOrder is the passed-through columns of a table in the order of their
// names.
type extraOrder struct {
	names []string
	by    []int // indices into names, sorted by name
}

func newExtraOrder(t *Table) extraOrder {
	if t == nil || len(t.Extra) == 0 {
		return extraOrder{}
	}
	o := extraOrder{names: t.Extra, by: make([]int, len(t.Extra))}
	for i := range o.by {
		o.by[i] = i
	}
	slices.SortStableFunc(o.by, func(i, j int) int { return bytes.Compare([]byte(t.Extra[i]), []byte(t.Extra[j])) })
	return o
}

func (o extraOrder) append(to []byte, x Extra) []byte {
	for _, i := range o.by {
		if i < len(x) && x[i] != "" {
			to = appendText(appendText(to, o.names[i]), x[i])
		}
	}
	for i := len(o.names); i < len(x); i++ { // cells without a name keep their place
		if x[i] != "" {
			to = append(binary.AppendUvarint(append(to, 0xff), uint64(i)), x[i]...)
		}
	}
	return to
}

// sortHashes sorts in linear time: hashes are spread evenly, so after one pass
// by their first two bytes each bucket holds a few.
func sortHashes(h [][32]byte) {
	less := func(a, b [32]byte) int { return bytes.Compare(a[:], b[:]) }
	if len(h) < 1<<12 {
		slices.SortFunc(h, less)
		return
	}
	bucket := func(x *[32]byte) int { return int(x[0])<<8 | int(x[1]) }
	var starts [1<<16 + 1]int32
	for i := range h {
		starts[bucket(&h[i])+1]++
	}
	for i := 1; i < len(starts); i++ {
		starts[i] += starts[i-1]
	}
	next := starts
	out := make([][32]byte, len(h))
	for i := range h {
		b := bucket(&h[i])
		out[next[b]] = h[i]
		next[b]++
	}
	for i := range len(starts) - 1 {
		if part := out[starts[i]:starts[i+1]]; len(part) > 1 {
			slices.SortFunc(part, less)
		}
	}
	copy(h, out)
}
