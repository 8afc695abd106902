// Package register is the memory of Oneboard: an append-only ledger of
// everything that was ever recorded, and tables derived from it that answer
// questions on two time axes, in force on a day and as known after an entry.
// Entries never change and never go; the database itself refuses it. They are
// the leaves of a Merkle tree, so that a copy of a checkpoint kept elsewhere
// shows whether the ledger still says what it said.
//
// It lives in an SQLite file or in PostgreSQL. It reads no clock: who records
// says when.
package register

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/tlog"

	"oneboard/internal/check"
	"oneboard/internal/org"
)

// Errors that tell a caller what to do. Each comes wrapped in a text that says
// more; nothing was recorded.
var (
	// ErrStale: the board has moved since the plan was checked, or the plan is
	// applied already. Check it again, against the board as it is now.
	ErrStale = errors.New("register: the board has moved since the plan was checked")
	// ErrPlanned: a plan is applied, and what was asked can't be done after
	// that: importing a board anew, or applying another plan.
	ErrPlanned = errors.New("register: a plan is applied in this register")
	// ErrClock: the instant is earlier than that of the last entry.
	ErrClock = errors.New("register: the clock is behind the ledger")
	// ErrNoRow: a correction withdraws a row that is not known.
	ErrNoRow = errors.New("register: the row to be corrected is not in the register")
	// ErrNoEntry: the ledger has no entry of that number.
	ErrNoEntry = errors.New("register: there is no such entry")
)

// A Register is one ledger with its derived tables. It is safe for concurrent
// use; any number of programs may have the same database open.
type Register struct {
	db *database

	mu    sync.Mutex // guards views and order; held for no longer than a map look-up
	views map[int64]*slot
	order []int64 // of views, least recently asked first

	// fault, in tests, may stop the writing of an entry between two steps.
	fault func(step string) error
}

// Open opens the register in an SQLite file, or in the PostgreSQL database of
// a connection string (postgres://…), in the schema that it selects. A database
// that has no register yet gets one; an older one is brought up to date. It
// gives ErrNewer for a database that a newer program has changed.
func Open(ctx context.Context, dsn string) (*Register, error) {
	d, err := openDatabase(dsn)
	if err != nil {
		return nil, err
	}
	if err := d.prepare(ctx); err != nil {
		return nil, errors.Join(err, d.close())
	}
	if err := d.migrate(ctx, schema); err != nil {
		return nil, errors.Join(err, d.close())
	}
	return &Register{db: d, views: map[int64]*slot{}}, nil
}

// Close ends the use of the database. Views that were given stay usable.
func (r *Register) Close() error { return r.db.close() }

// A Stamp says who records, and when. The instant is kept to the microsecond,
// in UTC, and must not be earlier than that of the last entry.
type Stamp struct {
	Who string
	At  time.Time
}

// A Receipt proves a write: the number of its entry, its leaf, and the
// checkpoint of the ledger right after it.
type Receipt struct {
	Seq        int64      `json:"seq"`
	Recorded   time.Time  `json:"recorded"`
	Leaf       tlog.Hash  `json:"leaf"`
	Checkpoint Checkpoint `json:"checkpoint"`
}

// Import records the rows of a board. They become the whole of what the board
// says: rows that were known before and are not among them end there, as known.
// It gives ErrPlanned once a plan is applied, since nobody could tell whether
// the new board is the one before the plan or after it. The board must be
// UTF-8 throughout.
func (r *Register) Import(ctx context.Context, b *org.Board, e Stamp) (Receipt, error) {
	entry := imported{b}
	body, err := entry.body()
	if err != nil {
		return Receipt{}, err
	}
	return r.record(ctx, e, KindImport, body, entry, func(w *writer) error {
		applied, err := appliedPlans(ctx, w)
		if err == nil && len(applied) > 0 {
			err = fmt.Errorf("%w (entry %d); record what differs as a correction", ErrPlanned, applied[0].Seq)
		}
		return err
	})
}

// Apply records a plan that was checked against the board as it is in the
// register. It gives ErrStale when the board has moved since, and when the same
// plan is applied already. It gives ErrPlanned when another plan is applied: a
// register can't yet hold one plan on top of another.
func (r *Register) Apply(ctx context.Context, c *check.Checked, e Stamp) (Receipt, error) {
	plan := c.Timeline().Plan()
	if plan == nil {
		return Receipt{}, errors.New("register: only the board was checked; there is no plan to apply")
	}
	body, err := planned{plan, c.Packs(), c.State()}.body()
	if err != nil {
		return Receipt{}, err
	}
	// What is derived is derived from what is recorded, not from the plan in
	// memory: a plan that can't be read back is found now and not in ten years.
	entry, err := readBody(KindPlan, body)
	if err != nil {
		return Receipt{}, err
	}
	return r.record(ctx, e, KindPlan, body, entry, func(w *writer) error {
		state, err := boardState(ctx, w)
		if err != nil {
			return err
		}
		if state != c.State() {
			return ErrStale
		}
		applied, err := appliedPlans(ctx, w)
		if err != nil || len(applied) == 0 {
			return err
		}
		if now := newEntry(1, e.At, e.Who, KindPlan, body); bytes.Equal(applied[0].hash, now.hash) {
			return fmt.Errorf("%w: this plan is applied already (entry %d)", ErrStale, applied[0].Seq)
		}
		return fmt.Errorf("%w (entry %d); a second plan on top of it is not supported yet", ErrPlanned, applied[0].Seq)
	})
}

// A Correction says that rows were wrong all along, and which ones stand
// instead: what the register answered before stays answerable, as known before.
type Correction struct {
	Reason string // why; required
	Basis  string // the paper and clause that it rests on; required
	// Wrong holds rows that must be known, cell by cell, as the board of a View
	// has them; they are withdrawn. Right holds rows that stand from now on.
	// Either may be nil, not both.
	Wrong, Right *org.Board
}

// Correct records a correction. It gives ErrNoRow when one of the wrong rows is
// not known. A plan that is applied stays applied, on the corrected board: the
// problems that it has there, if any, are in View.Result.
func (r *Register) Correct(ctx context.Context, c Correction, e Stamp) (Receipt, error) {
	empty := &org.Board{}
	if c.Wrong == nil {
		c.Wrong = empty
	}
	if c.Right == nil {
		c.Right = empty
	}
	if c.Wrong.State() == c.Right.State() {
		return Receipt{}, errors.New("register: the correction changes nothing")
	}
	if strings.TrimSpace(c.Reason) == "" || strings.TrimSpace(c.Basis) == "" {
		return Receipt{}, errors.New("register: a correction needs a reason and the paper that it rests on")
	}
	entry := corrected{c}
	body, err := entry.body()
	if err != nil {
		return Receipt{}, err
	}
	return r.record(ctx, e, KindCorrect, body, entry, func(*writer) error { return nil })
}

// record writes one entry and all that follows from it, in one transaction,
// when allowed gives no error.
func (r *Register) record(ctx context.Context, e Stamp, kind string, body []byte, entry any, allowed func(*writer) error) (Receipt, error) {
	if strings.TrimSpace(e.Who) == "" || !utf8.ValidString(e.Who) || strings.ContainsRune(e.Who, 0) {
		return Receipt{}, errors.New("register: an entry needs the name of who records it")
	}
	at := e.At.UTC().Truncate(time.Microsecond)
	if y := at.Year(); y < 1 || y > 9999 {
		return Receipt{}, fmt.Errorf("%w: %v is no instant", ErrClock, e.At)
	}
	var receipt Receipt
	err := r.db.transact(ctx, "LOCK TABLE ledger IN SHARE ROW EXCLUSIVE MODE", func(w *writer) error {
		last, err := head(ctx, w)
		if err != nil {
			return err
		}
		if err := allowed(w); err != nil {
			return err
		}
		if last.Seq > 0 && at.Before(last.Recorded) {
			return fmt.Errorf("%w: %s, but entry %d was recorded at %s", ErrClock, instantText(at), last.Seq, instantText(last.Recorded))
		}
		now := newEntry(last.Seq+1, at, e.Who, kind, body)
		for _, step := range []struct {
			name string
			do   func() error
		}{
			{"nothing", func() error { return nil }},
			{"entry", func() error { return appendEntry(ctx, w, now, body) }},
			{"derived", func() error { return w.derive(ctx, now.Seq, entry) }},
			{"checkpoint", func() (err error) {
				receipt = Receipt{Seq: now.Seq, Recorded: now.Recorded, Leaf: now.Leaf}
				receipt.Checkpoint, err = checkpoint(ctx, w, now.Seq)
				return err
			}},
		} {
			if err := step.do(); err != nil {
				return err
			}
			if r.fault != nil {
				if err := r.fault(step.name); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return Receipt{}, err
	}
	return receipt, nil
}

// boardState is the state of the board as known now.
func boardState(ctx context.Context, q reader) (state [32]byte, err error) {
	states, err := collect(ctx, q, scanBytes, "SELECT state FROM board_state ORDER BY seq DESC LIMIT 1")
	if err != nil {
		return state, err
	}
	if len(states) == 0 {
		return (&org.Board{}).State(), nil
	}
	copy(state[:], states[0])
	return state, nil
}
