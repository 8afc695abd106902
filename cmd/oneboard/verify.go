package main

import (
	"oneboard/internal/lang"
	"oneboard/internal/register"
)

// checkpointLimit is the most that is read of a file that should hold the three
// lines of a checkpoint, and signatures.
const checkpointLimit = 64 << 10

// verifyVerb proves that a register is whole.
func verifyVerb(e *env) verb {
	var at, kept string
	return verb{name: "verify", max: 1,
		flags: func(f *flags) {
			f.text(&at, "register", "")
			f.text(&kept, "checkpoint", "")
		},
		run: func(args []string) (int, error) {
			if len(args) > 0 {
				at = args[0]
			}
			var checkpoints []register.Checkpoint
			if kept != "" {
				text, err := readFile(folder(e.dir), kept)
				if err != nil {
					return exitFail, err
				}
				c, err := register.ParseCheckpoint(string(text[:min(len(text), checkpointLimit)]))
				if err != nil {
					return exitFail, broken(err, "not-a-checkpoint", "Path", kept)
				}
				checkpoints = append(checkpoints, c)
			}
			reg, name, err := e.openRegister(at, false)
			if err != nil {
				return exitFail, err
			}
			defer reg.Close()
			v, err := reg.Verify(e.ctx, checkpoints...)
			if err != nil {
				return exitFail, err
			}
			code := exitOK
			if !v.Whole {
				code = exitFound
			}
			if e.json {
				return code, e.document(struct {
					Register string `json:"register"`
					register.Verification
				}{name, v})
			}
			for _, f := range v.Findings {
				e.printf("%s\n", f.In(e.tag))
			}
			if v.More > 0 {
				e.printf("%s\n", e.say("verify.more", lang.Args{"Count": v.More}))
			}
			id := "verify.whole"
			if !v.Whole {
				id = "verify.not-whole"
			}
			e.printf("%s\n%s", e.say(id, lang.Args{"Register": name, "Entries": v.Entries, "Rows": v.Rows}), v.Checkpoint)
			return code, nil
		}}
}
