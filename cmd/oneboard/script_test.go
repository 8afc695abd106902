package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) { testscript.Main(m, map[string]func(){"oneboard": main}) }

// TestScripts runs every script of testdata/script as its reader would: the
// real program, in a folder of its own. The name of a script starts with the
// verb that it is about.
func TestScripts(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	params := scriptParams(root)
	params.Dir = "testdata/script"
	testscript.Run(t, params)
}

// scriptParams is the world of a script: an English speaker with an empty home,
// and the words of script_words_test.go.
func scriptParams(root string) testscript.Params {
	return testscript.Params{
		UpdateScripts: os.Getenv("UPDATE") != "",
		Setup: func(e *testscript.Env) error {
			e.Setenv("EXAMPLES", filepath.Join(root, "examples"))
			e.Setenv("LC_ALL", "en_GB.UTF-8")
			e.Setenv("XDG_CACHE_HOME", filepath.Join(e.WorkDir, ".cache"))
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits":  cmdExits,
			"bytes":  cmdBytes,
			"sparse": cmdSparse,
			"repeat": cmdRepeat,
			"shown":  cmdShown,
		},
	}
}
