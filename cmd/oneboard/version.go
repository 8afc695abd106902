package main

import (
	"runtime"
	"runtime/debug"
)

// stamped is the version that a release build writes in at link time
// (-ldflags "-X main.stamped=v1.2.3"); otherwise the module's own is used.
var stamped string

func versionVerb(e *env) verb {
	return verb{name: "version", run: func([]string) (int, error) { return e.version() }}
}

// version tells which program this is.
func (e *env) version() (int, error) {
	doc := struct {
		Version  string `json:"version"`
		Revision string `json:"revision,omitempty"`
		Go       string `json:"go"`
		Platform string `json:"platform"`
	}{Version: stamped, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if build, ok := debug.ReadBuildInfo(); ok {
		if doc.Version == "" {
			doc.Version = build.Main.Version
		}
		for _, s := range build.Settings {
			if s.Key == "vcs.revision" {
				doc.Revision = s.Value
			}
		}
	}
	if doc.Version == "" {
		doc.Version = "(devel)"
	}
	if e.json {
		return exitOK, e.document(doc)
	}
	e.printf("oneboard %s %s %s\n", doc.Version, doc.Go, doc.Platform)
	return exitOK, nil
}
