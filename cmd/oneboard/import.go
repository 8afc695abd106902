package main

import (
	"path/filepath"
	"strings"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/exchange"
	"oneboard/internal/lang"
	"oneboard/internal/register"
)

// importVerb reads a board, or a plan with its board, into the register; or
// writes the files of a source as a history folder.
func importVerb(e *env) verb {
	var to, by, where string
	var history bool
	return verb{name: "import", min: 1, max: 1,
		flags: func(f *flags) {
			f.text(&to, "register", "")
			f.text(&by, "by", "")
			f.truth(&history, "history")
			f.text(&where, "to", "")
		},
		run: func(args []string) (int, error) {
			if history {
				return e.importHistory(args[0], where)
			}
			if where != "" {
				return exitFail, cannot("to-without-history")
			}
			m, err := e.take(args[0])
			if err != nil {
				return exitFail, err
			}
			if m.problems.HasErrors() {
				m.problems.Sort()
				return e.report(m, m.problems, false)
			}
			who, err := e.recorder(by)
			if err != nil {
				return exitFail, err
			}
			if !e.registerExists(to) { // what is wrong must not leave an empty register behind
				if problems := m.check().Problems; problems.HasErrors() {
					return e.report(m, problems, false)
				}
			}
			reg, name, err := e.openRegister(to, true)
			if err != nil {
				return exitFail, err
			}
			defer reg.Close()
			r, problems, err := e.enter(reg, m, who)
			if err != nil {
				return exitFail, err
			}
			if problems.HasErrors() {
				return e.report(m, problems, false)
			}
			return exitOK, e.printReceipts(name, m, r)
		}}
}

// recorder is the name of who writes into the register: as given, else as the
// environment names them.
func (e *env) recorder(by string) (string, error) {
	for _, name := range []string{by, e.getenv("USER"), e.getenv("LOGNAME"), e.getenv("USERNAME")} {
		if strings.TrimSpace(name) != "" {
			return strings.TrimSpace(name), nil
		}
	}
	return "", cannot("no-recorder")
}

// A written is one entry that was made.
type written struct {
	What string `json:"what"` // import, plan
	register.Receipt
}

// enter records a board, and the plan on it. Into an empty register the plan's
// own board is read first; else the plan is checked against the board that the
// register holds. What the register says already is not recorded again. Nothing
// is recorded when an error stands: then it gives the problems.
func (e *env) enter(reg *register.Register, m *matter, who string) ([]written, diag.List, error) {
	view, err := reg.At(e.ctx, register.Latest)
	if err != nil {
		return nil, nil, err
	}
	out := []written{}
	stamp := func() register.Stamp { return register.Stamp{Who: who, At: e.now()} }
	board := m.board
	if m.plan != nil && view.Seq > 0 {
		board = view.Board
	}
	r := check.Run(board, m.plan, m.packs...)
	problems := append(m.problems, r.Problems...)
	problems.Sort()
	if m.plan != nil && r.Checked == nil {
		return nil, problems, nil
	}
	if board != view.Board && (view.Seq == 0 || board.State() != view.Board.State()) {
		receipt, err := reg.Import(e.ctx, board, stamp())
		if err != nil {
			return nil, nil, err
		}
		out = append(out, written{"import", receipt})
	}
	if m.plan != nil {
		receipt, err := reg.Apply(e.ctx, r.Checked, stamp())
		if err != nil {
			return out, nil, err
		}
		out = append(out, written{"plan", receipt})
	}
	return out, nil, nil
}

func (e *env) printReceipts(name string, m *matter, made []written) error {
	if e.json {
		return e.document(struct {
			Register string    `json:"register"`
			Source   string    `json:"source"`
			Entries  []written `json:"entries"`
		}{name, m.name, made})
	}
	if len(made) == 0 {
		e.printf("%s\n", e.say("import.nothing", lang.Args{"Register": name, "Source": m.name}))
	}
	for _, w := range made {
		e.printf("%s\n", e.say("import.made-"+w.What, lang.Args{"Register": name, "Source": m.name, "Seq": w.Seq,
			"Hash": w.Leaf.String()}))
	}
	return nil
}

// importHistory writes what the files of a source say as a history folder.
func (e *env) importHistory(from, to string) (int, error) {
	if to == "" {
		return exitFail, cannot("no-target")
	}
	h, problems, err := e.takeHistory(from)
	if err != nil {
		return exitFail, err
	}
	if problems.HasErrors() {
		return e.report(&matter{name: from}, problems, false)
	}
	if a, err := filepath.Abs(e.path(from)); err == nil {
		if b, err := filepath.Abs(e.path(to)); err == nil && a == b {
			return exitFail, cannot("target-is-source", "Path", to)
		}
	}
	if err := exchange.WriteHistory(e.path(to), h); err != nil {
		return exitFail, err
	}
	if e.json {
		return exitOK, e.document(struct {
			Source    string      `json:"source"`
			To        string      `json:"to"`
			Snapshots int         `json:"snapshots"`
			Events    int         `json:"events"`
			Problems  []diag.View `json:"problems"`
		}{from, to, len(h.Snapshots), len(h.Events), problems.Views(e.tag)})
	}
	e.printf("%s\n", e.say("import.history", lang.Args{"Source": from, "To": to, "Snapshots": len(h.Snapshots), "Events": len(h.Events)}))
	return exitOK, problems.WriteText(e.err, e.tag, diag.Printed)
}
