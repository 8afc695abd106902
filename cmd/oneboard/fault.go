package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/pflag"

	"oneboard/internal/lang"
	"oneboard/internal/register"
)

// A fault is why a command could not run: one sentence of the catalogue
// ("cmd.fault.<what>") and, where there is something to do, another
// ("cmd.fault.<what>.help"). Whoever reads it is never shown Go's words alone.
type fault struct {
	what  string
	args  lang.Args
	cause error
}

// Error implements error, for logs and tests; people read [env.fail]'s words.
func (f *fault) Error() string {
	if f.cause != nil {
		return f.what + ": " + f.cause.Error()
	}
	return fmt.Sprint(f.what, f.args)
}

// Unwrap gives the error of the machine behind the fault.
func (f *fault) Unwrap() error { return f.cause }

// cannot makes a fault from pairs of variable and value.
func cannot(what string, pairs ...any) *fault {
	f := &fault{what: what, args: lang.Args{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.args[pairs[i].(string)] = pairs[i+1]
	}
	return f
}

// broken makes a fault from an error of the machine.
func broken(err error, what string, pairs ...any) *fault {
	f := cannot(what, pairs...)
	f.cause = err
	f.args["Cause"] = err.Error()
	return f
}

// failure is the JSON form of a command that could not run.
type failure struct {
	Plan  string `json:"plan,omitempty"` // which of many
	Error struct {
		What    string `json:"what"`
		Message string `json:"message"`
		Help    string `json:"help,omitempty"`
	} `json:"error"`
}

// fail tells why the command could not run, on the error output and, when the
// reader is a program, as the JSON document too.
func (e *env) fail(err error) int {
	doc := e.failure(err)
	e.complain(doc)
	if e.json {
		_ = e.document(doc)
	}
	return exitFail
}

// failure puts into words why a command could not run.
func (e *env) failure(err error) (doc failure) {
	f := e.faultOf(err)
	doc.Error.What = f.what
	doc.Error.Message = e.say("fault."+f.what, f.args)
	if id := "fault." + f.what + ".help"; lang.Knows(e.tag, "cmd."+id) {
		doc.Error.Help = e.say(id, f.args)
	}
	return doc
}

// complain prints a failure for people.
func (e *env) complain(doc failure) {
	fmt.Fprintf(e.err, "oneboard: %s\n", doc.Error.Message)
	if doc.Error.Help != "" {
		fmt.Fprintf(e.err, "%s%s%s\n", lang.Say(e.tag, "diag.help"), lang.Say(e.tag, "list.colon"), doc.Error.Help)
	}
}

// faultOf puts an error into the catalogue's words: what the machine says is
// known by its kind, what flags say by its type, and the rest is quoted.
func (e *env) faultOf(err error) *fault {
	var f *fault
	var missing *pflag.NotExistError
	var bare *pflag.ValueRequiredError
	var wrong *pflag.InvalidValueError
	var syntax *pflag.InvalidSyntaxError
	switch {
	case errors.As(err, &missing):
		return broken(err, "no-such-flag", "Flag", dashed(missing.GetSpecifiedName(), missing.GetSpecifiedShortnames()))
	case errors.As(err, &bare):
		return broken(err, "flag-without-value", "Flag", "--"+bare.GetFlag().Name)
	case errors.As(err, &wrong):
		if errors.As(wrong.Unwrap(), &f) {
			f.args["Flag"] = "--" + wrong.GetFlag().Name
			return f
		}
		return broken(err, "flag-value", "Flag", "--"+wrong.GetFlag().Name, "Value", wrong.GetValue())
	case errors.As(err, &syntax):
		return broken(err, "no-such-flag", "Flag", syntax.GetSpecifiedFlag())
	case errors.As(err, &f):
		return f
	case errors.Is(err, register.ErrStale):
		return broken(err, "stale")
	case errors.Is(err, register.ErrPlanned):
		return broken(err, "planned")
	case errors.Is(err, register.ErrClock):
		return broken(err, "clock")
	case errors.Is(err, register.ErrNoEntry):
		return broken(err, "no-entry")
	case errors.Is(err, register.ErrEdited):
		return broken(err, "edited")
	case errors.Is(err, register.ErrNewer):
		return broken(err, "newer")
	case errors.Is(err, context.Canceled):
		return broken(err, "interrupted")
	}
	path := ""
	var pe *fs.PathError
	if errors.As(err, &pe) {
		path = e.shown(pe.Path)
	}
	var le *os.LinkError
	if errors.As(err, &le) {
		path = e.shown(le.New)
	}
	switch {
	case path == "":
	case errors.Is(err, fs.ErrNotExist):
		return broken(err, "not-there", "Path", path)
	case errors.Is(err, fs.ErrPermission):
		return broken(err, "not-allowed", "Path", path)
	case errors.Is(err, syscall.EISDIR):
		return broken(err, "is-folder", "Path", path)
	case errors.Is(err, syscall.ENOTDIR):
		return broken(err, "not-folder", "Path", path)
	case errors.Is(err, syscall.ENOSPC):
		return broken(err, "disk-full", "Path", path)
	default:
		return broken(pe, "file", "Path", path)
	}
	return broken(err, "machine")
}

func dashed(name, shorthands string) string {
	if shorthands != "" || len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// shown gives a path as the person would write it: from the working folder when
// it lies there.
func (e *env) shown(path string) string {
	if rel, err := filepath.Rel(e.dir, path); err == nil && filepath.IsAbs(path) && !strings.HasPrefix(rel, "..") {
		return rel
	}
	return path
}
