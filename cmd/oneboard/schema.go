package main

import (
	"oneboard/internal/planfile"
)

// schemaVerb prints the JSON Schema of one of the files that people write: editors
// complete and check by it. It is one JSON document with --json and without.
func schemaVerb(e *env) verb {
	schemas := map[string]func() []byte{"plan": planfile.Schema, "pack": planfile.PackSchema, "work": planfile.WorkSchema, "calendar": planfile.CalendarSchema,
		"baseline": planfile.BaselineSchema, "progress": planfile.ProgressSchema}
	return verb{name: "schema", max: 1, complete: []string{"plan", "pack", "work", "calendar", "baseline", "progress"}, run: func(args []string) (int, error) {
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
