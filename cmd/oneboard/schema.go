package main

import (
	"oneboard/internal/planfile"
)

// schemaVerb prints the JSON Schema of plan.yaml: editors complete and check by
// it. It is one JSON document with --json and without.
func schemaVerb(e *env) verb {
	return verb{name: "schema", run: func([]string) (int, error) {
		_, err := e.out.Write(planfile.Schema())
		return exitOK, err
	}}
}
