package register

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"oneboard/internal/check"
	"oneboard/internal/org"
)

// Known says as of which entry a question is asked. The zero Known is Latest.
type Known struct {
	mode knownMode
	seq  int64
	at   time.Time
}

type knownMode uint8

const (
	knownLatest knownMode = iota
	knownEntry
	knownInstant
)

// Latest is everything that is recorded.
var Latest = Known{}

// AtEntry is what was known after the entry seq; 0: before the first.
func AtEntry(seq int64) Known { return Known{mode: knownEntry, seq: seq} }

// AsOf is what was known at an instant: every entry recorded at it or before.
func AsOf(t time.Time) Known { return Known{mode: knownInstant, at: t} }

// OnDay is what was known at the end of a civil day, in the zone of who asks.
func OnDay(day org.Date, zone *time.Location) Known {
	if !day.Known() {
		return Latest
	}
	y, m, d := day.Time().Date()
	return AsOf(time.Date(y, m, d+1, 0, 0, 0, 0, zone).Add(-time.Microsecond))
}

// entry finds the entry that k means; the zero Entry for before the first.
func (k Known) entry(ctx context.Context, q reader) (Entry, error) {
	const columns = "SELECT seq, recorded, who, kind, size, hash, leaf FROM ledger"
	var found []Entry
	var err error
	switch k.mode {
	case knownLatest:
		return head(ctx, q)
	case knownEntry:
		if k.seq == 0 {
			return Entry{}, nil
		}
		found, err = entriesFrom(ctx, q, columns+" WHERE seq = ?", k.seq)
		if err == nil && len(found) == 0 {
			err = fmt.Errorf("%w: %d", ErrNoEntry, k.seq)
		}
	case knownInstant:
		found, err = entriesFrom(ctx, q, columns+" WHERE recorded <= ? ORDER BY recorded DESC, seq DESC LIMIT 1", k.at.UnixMicro())
	}
	if err != nil || len(found) == 0 {
		return Entry{}, err
	}
	return found[0], nil
}

// A View is the register as known after one entry. It does not change, and is
// safe for concurrent use; what it holds must not be changed.
type View struct {
	Seq      int64     // the entry; 0: before the first
	Recorded time.Time // when that was recorded; zero before the first
	Board    *org.Board
	Plans    []*org.Plan // that are applied: none or one
	Packs    []*org.Pack // under which it was checked

	once   sync.Once
	result check.Result
}

// Result gives the check of the board with the plan that is applied to it. It
// is computed when it is first asked for, and kept.
func (v *View) Result() check.Result {
	v.once.Do(func() { v.result = timeline(v.Board, v.Plans, v.Packs) })
	return v.result
}

// Timeline gives the board of the view through time, with the plan applied.
func (v *View) Timeline() *check.Timeline { return v.Result().Timeline }

// slot is a view that is there or on its way.
type slot struct {
	once sync.Once
	view *View
	err  error
}

// viewsKept is how many views stay in memory: the newest, and a few that
// people compare it with.
const viewsKept = 4

// At gives the register as known at a moment. Asking again for the same entry
// costs one look at the ledger.
func (r *Register) At(ctx context.Context, known Known) (*View, error) {
	e, err := known.entry(ctx, r.db)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	s := r.views[e.Seq]
	if s == nil {
		s = &slot{}
		r.views[e.Seq] = s
	}
	r.order = append(slices.DeleteFunc(r.order, func(seq int64) bool { return seq == e.Seq }), e.Seq)
	if len(r.order) > viewsKept {
		delete(r.views, r.order[0])
		r.order = slices.Delete(r.order, 0, 1)
	}
	r.mu.Unlock()
	// Others may wait for the same view: it must not fail because the first who
	// asked has gone away.
	s.once.Do(func() { s.view, s.err = r.load(context.WithoutCancel(ctx), e) })
	if s.err != nil {
		r.mu.Lock()
		if r.views[e.Seq] == s {
			delete(r.views, e.Seq)
		}
		r.mu.Unlock()
	}
	return s.view, s.err
}

func (r *Register) load(ctx context.Context, e Entry) (*View, error) {
	v := &View{Seq: e.Seq, Recorded: e.Recorded}
	var err error
	if v.Board, err = loadBoard(ctx, r.db, e.Seq); err != nil {
		return nil, err
	}
	v.Plans, v.Packs, err = loadPlans(ctx, r.db, e.Seq)
	return v, err
}

// loadPlans gives the plans that are applied as known after the entry seq, and
// their packs.
func loadPlans(ctx context.Context, q reader, seq int64) ([]*org.Plan, []*org.Pack, error) {
	type packed struct {
		coding string
		size   int64
		body   []byte
	}
	found, err := collect(ctx, q, func(r *sql.Rows) (p packed, err error) {
		err = r.Scan(&p.coding, &p.size, &p.body)
		return p, err
	}, "SELECT coding, size, body FROM ledger WHERE kind = ? AND seq <= ? ORDER BY seq", KindPlan, seq)
	if err != nil {
		return nil, nil, err
	}
	var plans []*org.Plan
	var packs []*org.Pack
	for _, f := range found {
		body, err := unpack(f.coding, f.body, f.size)
		if err != nil {
			return nil, nil, err
		}
		e, err := readBody(KindPlan, body)
		if err != nil {
			return nil, nil, err
		}
		plans = append(plans, e.(planned).plan)
		packs = append(packs, e.(planned).packs...)
	}
	return plans, packs, nil
}

// appliedPlans lists the entries of the plans that are applied.
func appliedPlans(ctx context.Context, q reader) ([]Entry, error) {
	return entriesFrom(ctx, q, "SELECT seq, recorded, who, kind, size, hash, leaf FROM ledger WHERE kind = ? ORDER BY seq", KindPlan)
}

// Entries lists at most limit entries from the number from on, oldest first;
// never nil.
func (r *Register) Entries(ctx context.Context, from int64, limit int) ([]Entry, error) {
	found, err := entriesFrom(ctx, r.db,
		"SELECT seq, recorded, who, kind, size, hash, leaf FROM ledger WHERE seq >= ? ORDER BY seq LIMIT ?", from, limit)
	if found == nil {
		found = []Entry{}
	}
	return found, err
}

// Body gives the canonical JSON of an entry: the bytes that its hash is of.
func (r *Register) Body(ctx context.Context, seq int64) ([]byte, error) {
	var coding string
	var size int64
	var packed []byte
	err := r.db.row(ctx, "SELECT coding, size, body FROM ledger WHERE seq = ?", seq).Scan(&coding, &size, &packed)
	if err == sql.ErrNoRows {
		return nil, fmt.Errorf("%w: %d", ErrNoEntry, seq)
	}
	if err != nil {
		return nil, fmt.Errorf("register: %w", err)
	}
	return unpack(coding, packed, size)
}

// Checkpoint gives the checkpoint of the ledger as known at a moment, for
// somebody to keep elsewhere.
func (r *Register) Checkpoint(ctx context.Context, known Known) (Checkpoint, error) {
	e, err := known.entry(ctx, r.db)
	if err != nil {
		return Checkpoint{}, err
	}
	return checkpoint(ctx, r.db, e.Seq)
}

func entriesFrom(ctx context.Context, q reader, question string, args ...any) ([]Entry, error) {
	return collect(ctx, q, func(r *sql.Rows) (e Entry, err error) {
		var recorded int64
		var leaf []byte
		if err = r.Scan(&e.Seq, &recorded, &e.Who, &e.Kind, &e.Size, &e.hash, &leaf); err != nil {
			return e, err
		}
		e.Recorded = time.UnixMicro(recorded).UTC()
		e.Hash = hex.EncodeToString(e.hash)
		copy(e.Leaf[:], leaf)
		return e, nil
	}, question, args...)
}

func scanBytes(r *sql.Rows) (b []byte, err error) {
	err = r.Scan(&b)
	return b, err
}

// Who answers who has a duty on a day, as known at a moment, straight from the
// derived tables: a holding per body and key in force then, by key. With an
// area, those that are in force in that area. It says the same as Timeline.Who
// of the view.
func (r *Register) Who(ctx context.Context, duty string, day org.Date, area string, known Known) ([]check.Holding, error) {
	e, err := known.entry(ctx, r.db)
	if err != nil {
		return nil, err
	}
	within, ok, err := r.above(ctx, area, e.Seq)
	if err != nil {
		return nil, err
	}
	if !ok {
		v, err := r.At(ctx, AtEntry(e.Seq))
		if err != nil {
			return nil, err
		}
		return v.Timeline().Who(duty, day, area), nil
	}
	type found struct {
		check.Holding
		key, mode, except, began, ended string
		transitional                    int64
	}
	rows, err := collect(ctx, r.db, func(rows *sql.Rows) (f found, err error) {
		var from, to int64
		err = rows.Scan(&f.Duty, &f.key, &f.Body, &f.mode, &f.Area, &f.except, &f.By, &f.began, &f.ended, &f.transitional, &from, &to)
		f.From, f.To, f.Transitional = org.Date(from), org.Date(to), f.transitional != 0
		return f, err
	}, `SELECT `+list(holdingRelation.content())+` FROM holding
		WHERE duty = ? AND known_from <= ? AND known_to > ? AND valid_from <= ? AND valid_to > ?
		ORDER BY pos, n`, duty, e.Seq, e.Seq, int64(day), int64(day))
	if err != nil {
		return nil, err
	}
	var changes map[string]org.Change
	var out []check.Holding
	for _, f := range rows {
		var ok1, ok2 bool
		f.Key, ok1 = org.ParseKeys(f.key)
		f.Mode, ok2 = org.ParseMode(f.mode)
		if !ok1 || !ok2 {
			return nil, fmt.Errorf("register: table holding: %q, %q is no key and mode", f.key, f.mode)
		}
		if f.except != "" {
			if err := json.Unmarshal([]byte(f.except), &f.Except); err != nil {
				return nil, fmt.Errorf("register: table holding: %w", err)
			}
		}
		if area != "" && (f.Area != "" && !within[f.Area] || slices.ContainsFunc(f.Except, func(a string) bool { return within[a] })) {
			continue
		}
		if changes == nil && f.began+f.ended != "" {
			plans, _, err := loadPlans(ctx, r.db, e.Seq)
			if err != nil {
				return nil, err
			}
			changes = map[string]org.Change{}
			for _, p := range plans {
				for _, c := range p.Changes {
					changes[c.Declared().ID] = c
				}
			}
		}
		f.Began, f.Ended = changes[f.began], changes[f.ended]
		out = append(out, f.Holding)
	}
	slices.SortStableFunc(out, func(a, b check.Holding) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Area, b.Area), cmp.Compare(a.Mode, b.Mode), cmp.Compare(a.Body, b.Body))
	})
	return out, nil
}

// above gives an area and all areas that it lies in. It reports false when a
// plan changes areas: then only the timeline knows.
func (r *Register) above(ctx context.Context, area string, seq int64) (map[string]bool, bool, error) {
	if area == "" {
		return nil, true, nil
	}
	codes, err := collect(ctx, r.db, func(rows *sql.Rows) (code string, err error) {
		err = rows.Scan(&code)
		return code, err
	}, `WITH RECURSIVE above(code) AS (
			SELECT code FROM area WHERE code = ? AND known_from <= ? AND known_to > ?
			UNION
			SELECT parent FROM area JOIN above ON area.code = above.code
			WHERE parent <> '' AND known_from <= ? AND known_to > ?)
		SELECT code FROM above`, area, seq, seq, seq, seq)
	if err != nil {
		return nil, false, err
	}
	var changed int64
	err = r.db.row(ctx, "SELECT count(*) FROM change_ WHERE kind = 'change-area' AND known_from <= ? AND known_to > ?", seq, seq).Scan(&changed)
	if err != nil {
		return nil, false, fmt.Errorf("register: %w", err)
	}
	within := map[string]bool{}
	for _, c := range codes {
		within[c] = true
	}
	return within, changed == 0, nil
}
