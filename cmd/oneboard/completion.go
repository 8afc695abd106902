package main

import (
	"bytes"
)

// completionVerb prints the script that teaches a shell to complete our verbs
// and flags.
func completionVerb(e *env) verb {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return verb{name: "completion", min: 1, max: 1, complete: shells, run: func(args []string) (int, error) {
		var code int
		var script bytes.Buffer
		root := e.root(&code)
		write := map[string]func() error{
			"bash":       func() error { return root.GenBashCompletionV2(&script, true) },
			"zsh":        func() error { return root.GenZshCompletion(&script) },
			"fish":       func() error { return root.GenFishCompletion(&script, true) },
			"powershell": func() error { return root.GenPowerShellCompletionWithDesc(&script) },
		}[args[0]]
		if write == nil {
			return exitFail, cannot("no-such-shell", "Value", args[0], "Known", e.list(shells))
		}
		if err := write(); err != nil {
			return exitFail, err
		}
		if e.json {
			return exitOK, e.document(map[string]string{"shell": args[0], "script": script.String()})
		}
		_, err := e.out.Write(script.Bytes())
		return exitOK, err
	}}
}
