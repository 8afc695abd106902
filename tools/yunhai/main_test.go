package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestCommitted holds the examples in the repository against what is made from
// the source texts, byte for byte.
func TestCommitted(t *testing.T) {
	for folder, made := range makeAll() {
		folder = filepath.Join("../../examples", folder)
		for name, want := range made {
			got, err := os.ReadFile(filepath.Join(folder, name))
			if err != nil {
				t.Error(err)
			} else if !bytes.Equal(got, want) {
				t.Errorf("%s/%s is not what its source makes", folder, name)
			}
		}
	}
}
