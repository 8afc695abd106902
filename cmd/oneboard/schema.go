package main

import (
	"oneboard/internal/planfile"
)

// schemaVerb prints the JSON Schema of plan.yaml or of a rule pack: editors
// complete and check by it. It is one JSON document with --json and without.
func schemaVerb(e *env) verb {
	schemas := map[string]func() []byte{"plan": planfile.Schema, "pack": planfile.PackSchema}
	return verb{name: "schema", max: 1, complete: []string{"plan", "pack"}, run: func(args []string) (int, error) {
		of := "plan"
		if len(args) > 0 {
			of = args[0]
		}
		schema, ok := schemas[of]
		if !ok {
			return exitFail, cannot("no-such-schema", "Value", of)
		}
		_, err := e.out.Write(schema())
		return exitOK, err
	}}
}
