package main

import (
	"errors"
	"io/fs"
	"os"
)

// vacant refuses names of files to be written when something is there, or two are
// the same, before anybody waits for what would be in them. "" names none.
func (e *env) vacant(names ...string) error {
	for i, name := range names {
		if name == "" {
			continue
		}
		for _, other := range names[:i] {
			if other != "" && e.path(other) == e.path(name) {
				return cannot("target-twice", "Path", name)
			}
		}
		if _, err := os.Lstat(e.path(name)); err == nil {
			return cannot("target-there", "Path", name)
		}
	}
	return nil
}

// create writes a new file, whole or not at all; one that is there stays as it is.
func (e *env) create(name string, text []byte) error {
	f, err := os.OpenFile(e.path(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return cannot("target-there", "Path", name)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(e.path(name)))
	}
	return nil
}
