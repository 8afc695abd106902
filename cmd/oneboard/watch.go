package main

import (
	"hash/maphash"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"time"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/exchange"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

const (
	// lookEvery is how often the files of a watched plan are looked at. A look
	// costs a system call a file.
	lookEvery = 100 * time.Millisecond
	// fresh is how long after it was written a file may be written again without
	// a new time in its entry: until then its contents are compared.
	fresh = 2 * time.Second
)

// watch checks a plan, or a board, now and again after each change of any file
// that the check looked at, until the person interrupts. The code is that of the
// last check. What can't be read at first is an error; later it is told, and
// waited for.
func (e *env) watch(arg string, h how) (int, error) {
	if arg == "-" {
		return exitFail, cannot("watch-standard-input")
	}
	e.seen = &sightings{folder: folder(e.dir), seed: maphash.MakeSeed(), now: e.now, boards: map[string]*boardSeen{}}
	for first := true; ; first = false {
		e.seen.files = map[string]*sighting{}
		e.began = e.now()
		t, err := e.check(arg, h)
		if err != nil && first {
			return t.code, err
		} else if err != nil {
			t.code = e.fail(err)
		}
		if err := e.flush(); err != nil {
			return exitFail, broken(err, "output")
		}
		if !e.awaitChange() {
			return t.code, nil
		}
	}
}

// awaitChange waits until a file has changed and all of them have been left alone
// for one look: who writes several, or one in pieces, is not looked at halfway.
// It reports false when the person interrupts.
func (e *env) awaitChange() bool {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	var before map[string]*sighting
	for {
		select {
		case <-e.ctx.Done():
			return false
		case <-look.C:
		}
		if before == nil && !e.seen.changed() {
			continue
		}
		now := e.seen.entries()
		if before != nil && maps.EqualFunc(before, now, (*sighting).sameEntry) {
			return true
		}
		before = now
	}
}

// A sighting is what a file was when it was read.
type sighting struct {
	at      fs.FileInfo // nil: there was none
	read    int64       // how much of it was read
	sum     uint64      // of that
	settled bool        // whoever changes it now leaves a new time in its entry
}

// sameEntry reports whether two sightings are of a file that nobody wrote to in
// between, by what the folder says of it.
func (s *sighting) sameEntry(o *sighting) bool {
	if s.at == nil || o.at == nil {
		return s.at == nil && o.at == nil
	}
	if s.at.IsDir() || o.at.IsDir() {
		return s.at.IsDir() && o.at.IsDir() // which of its files matter is known
	}
	return os.SameFile(s.at, o.at) && s.at.Size() == o.at.Size() && s.at.ModTime().Equal(o.at.ModTime())
}

// sightings are a folder whose files are remembered when they are opened, and
// those that were looked for and not there. Not safe for concurrent use.
type sightings struct {
	folder
	seed   maphash.Seed
	now    func() time.Time
	files  map[string]*sighting
	boards map[string]*boardSeen
}

// A boardSeen is a board that was read, with the files that it was read from.
type boardSeen struct {
	board    *org.Board
	problems diag.List
	index    *check.Index
	files    map[string]*sighting
}

// Open implements fs.FS.
func (s *sightings) Open(name string) (fs.File, error) {
	f, err := s.folder.Open(name)
	if err != nil {
		s.note(name, &sighting{})
		return nil, err
	}
	at, err := f.Stat()
	if err != nil || at.IsDir() {
		s.note(name, &sighting{at: at, settled: true})
		return f, err
	}
	seen := &sighting{at: at, settled: s.now().Sub(at.ModTime()) > fresh}
	s.note(name, seen)
	r := &readFrom{File: f, seen: seen}
	r.hash.SetSeed(s.seed)
	return r, nil
}

// note remembers a sighting. What was read says more than what was only opened.
func (s *sightings) note(name string, seen *sighting) {
	if was := s.files[name]; was == nil || was.read == 0 {
		s.files[name] = seen
	}
}

// readFrom is a file that notes what is read of it.
type readFrom struct {
	fs.File
	seen *sighting
	hash maphash.Hash
}

// Read implements fs.File.
func (r *readFrom) Read(p []byte) (int, error) {
	n, err := r.File.Read(p)
	_, _ = r.hash.Write(p[:n]) // never fails
	r.seen.read, r.seen.sum = r.seen.read+int64(n), r.hash.Sum64()
	return n, err
}

// entries gives what the files are now, by what their folders say.
func (s *sightings) entries() map[string]*sighting {
	out := make(map[string]*sighting, len(s.files))
	for name := range s.files {
		at, _ := os.Stat(s.real(name)) // what can't be looked at is not there to be read either
		out[name] = &sighting{at: at}
	}
	return out
}

// changed reports whether a file is another than it was. One that was written
// with what it had is not.
func (s *sightings) changed() bool {
	return slices.ContainsFunc(slices.Collect(maps.Keys(s.files)), func(name string) bool { return s.otherNow(name, s.files[name]) })
}

func (s *sightings) otherNow(name string, was *sighting) bool {
	at, _ := os.Stat(s.real(name))
	now := &sighting{at: at}
	switch {
	case was.sameEntry(now) && was.settled || was.at == nil && at == nil:
		return false
	case was.at == nil || at == nil || was.at.IsDir() || at.IsDir() || was.at.Size() != at.Size():
		return true
	}
	settled := s.now().Sub(at.ModTime()) > fresh // before it is read, not after
	f, err := os.Open(s.real(name))
	if err != nil {
		return true
	}
	defer f.Close()
	var hash maphash.Hash
	hash.SetSeed(s.seed)
	if _, err := io.CopyN(&hash, f, was.read); err != nil || hash.Sum64() != was.sum {
		return true
	}
	was.at, was.settled = at, settled
	return false
}

// board reads a board, or gives the one that was read of the same files before,
// with its index.
func (s *sightings) board(where string) (*boardSeen, error) {
	old := s.boards[where]
	all := s.files
	defer func() { s.files = all }()
	if old != nil {
		if s.files = old.files; !s.changed() {
			maps.Copy(all, old.files)
			return old, nil
		}
	}
	s.files = map[string]*sighting{}
	board, problems, err := exchange.ReadBoard(s, where)
	maps.Copy(all, s.files)
	if err != nil {
		return nil, err
	}
	s.boards[where] = &boardSeen{board, problems, check.IndexBoard(board), s.files}
	return s.boards[where], nil
}

// tellWatched says how long a check took and that it will be done again.
func (e *env) tellWatched(took time.Duration) {
	e.printf("%s\n\n", e.say("check.watching", lang.Args{"Took": millis(took), "At": e.now().Format(time.TimeOnly)}))
}
