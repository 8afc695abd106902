// Command bundle builds the style sheet and the script of the pages from
// internal/web/src and the npm packages that package-lock.json pins, and
// collects their licences. Its output is committed, so that building Oneboard
// needs neither it nor npm:
//
//	npm ci --prefix tools/bundle
//	go -C tools run ./bundle
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
)

const (
	source  = "../internal/web/src"
	output  = "../internal/web/assets"
	modules = "bundle/node_modules"
)

// licensed lists the packages whose words are in the bundle.
var licensed = []struct{ name, version string }{
	{"@digdir/designsystemet-css", "1.22.0"},
	{"@digdir/designsystemet-theme", "1.11.0"},
	{"htmx.org", "4.0.1"},
}

func main() {
	log.SetFlags(0)
	nodes, err := filepath.Abs(modules)
	if err != nil {
		log.Fatal(err)
	}
	result := api.Build(api.BuildOptions{
		EntryPoints:       []string{source + "/oneboard.css", source + "/oneboard.js"},
		Outdir:            output,
		Bundle:            true,
		Write:             true,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		LegalComments:     api.LegalCommentsNone,
		NodePaths:         []string{nodes},
		LogLevel:          api.LogLevelInfo,
		// the browsers that offices really have: the domestic ones stand on
		// Chromium of some years ago
		Engines: []api.Engine{{Name: api.EngineChrome, Version: "100"}, {Name: api.EngineFirefox, Version: "102"}, {Name: api.EngineSafari, Version: "15.4"}},
	})
	if len(result.Errors) > 0 {
		os.Exit(1)
	}
	var notice bytes.Buffer
	fmt.Fprintln(&notice, "oneboard.css and oneboard.js contain parts of these works, under the licences below.")
	for _, p := range licensed {
		text, err := os.ReadFile(filepath.Join(modules, p.name, "LICENSE"))
		if err != nil {
			log.Fatal(err)
		}
		fmt.Fprintf(&notice, "\n%s %s\n\n%s\n", p.name, p.version, bytes.TrimSpace(text))
	}
	if err := os.WriteFile(filepath.Join(output, "NOTICE"), notice.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
}
