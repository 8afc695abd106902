package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"oneboard/internal/check"
	"oneboard/internal/exchange"
	"oneboard/internal/org"
	"oneboard/internal/register"
)

// TestRegisterOfVintages records every vintage of a source into one register, on
// the day on which it was published, and asks on each of these days: the answer
// is what was published then, and today's is today's knowledge.
func TestRegisterOfVintages(t *testing.T) {
	for _, c := range []struct {
		source   string
		vintages []string
	}{
		{"ch-communes", []string{"2016-01-01", "2018-04-01", "2021-07-01", "2026-01-01"}},
		{"fr-communes", []string{"2019", "2021", "2022", "2023", "2024", "2025", "2026"}},
	} {
		t.Run(c.source, func(t *testing.T) {
			from, err := filepath.Abs(filepath.Join("../../../shared/data", c.source))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(from); err != nil {
				t.Skipf("the files of the source are not on this machine: %v", err)
			}
			if testing.Short() && c.source == "fr-communes" {
				t.Skip("84,000 rows")
			}
			dir := t.TempDir()
			var published []time.Time
			for _, vintage := range c.vintages {
				day := vintage
				if len(day) == 4 {
					day += "-01-01"
				}
				at, err := time.Parse("2006-01-02 15:04", day+" 09:00")
				if err != nil {
					t.Fatal(err)
				}
				published = append(published, at)
				e, _, errs := worldOf(t, dir)
				e.now = func() time.Time { return at }
				began := time.Now()
				if code := e.run([]string{"import", "--history", from, "--vintage", vintage, "--register", "r.db", "--by", "clerk"}); code != exitOK {
					t.Fatalf("%s: exit code %d\n%s", vintage, code, errs)
				}
				t.Logf("%s recorded in %v", vintage, time.Since(began))
			}
			reg, err := register.Open(t.Context(), filepath.Join(dir, "r.db"))
			if err != nil {
				t.Fatal(err)
			}
			defer reg.Close()
			entries, err := reg.Entries(t.Context(), 1, 10)
			if err != nil || len(entries) != len(c.vintages) || entries[0].Kind != register.KindImport || entries[1].Kind != register.KindCorrect {
				t.Fatalf("%v, entries %v", err, entries)
			}
			for i, vintage := range c.vintages {
				h, _, err := readerOf(from).ReadVintage(os.DirFS(from), vintage)
				if err != nil {
					t.Fatal(err)
				}
				view, err := reg.At(t.Context(), register.AsOf(published[i].Add(time.Hour)))
				if err != nil {
					t.Fatal(err)
				}
				wrong, right := differing(view.Board.Areas, check.Trace(h).Areas())
				if view.Seq != int64(i+1) || len(wrong)+len(right) > 0 {
					t.Errorf("as known at %s: entry %d, %d areas too many, %d missing", vintage, view.Seq, len(wrong), len(right))
				}
				// and on the days of the lists of that vintage, what its replay gives: the
				// units of the list, but for what that vintage has wrong
				for _, c := range check.Replay(h, false).Snapshots {
					on := map[string]bool{}
					units := 0
					for _, a := range view.Board.Areas {
						if a.Holds(c.Date) {
							on[a.Code] = true
							units++
						}
					}
					list := h.Snapshots[slices.IndexFunc(h.Snapshots, func(s org.Snapshot) bool {
						return s.Date == c.Date && s.Source != nil && s.Source.Name == c.File
					})]
					absent := 0
					for _, u := range list.Units {
						if !on[u.Code] && u.Code != "" {
							absent++
						}
					}
					if absent != len(c.Missing) || units != c.Got {
						t.Errorf("as known at %s, on %s: %d units, %d of the list are not there; the replay has %d and %d", vintage, c.Date, units, absent, c.Got, len(c.Missing))
					}
				}
				t.Logf("as known at %s: %d areas", vintage, len(view.Board.Areas))
			}
		})
	}
}

func readerOf(dir string) exchange.Reader {
	r, _ := exchange.Detect(os.DirFS(dir))
	return r
}
