package main

import (
	"cmp"
	"path/filepath"
	"strings"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/exchange"
	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/register"
)

// importVerb reads a board, or a plan with its board, into the register; or
// writes the files of a source as a history folder.
func importVerb(e *env) verb {
	var to, by, where, reader, vintage string
	var history bool
	return verb{name: "import", min: 1, max: 1,
		flags: func(f *flags) {
			f.text(&to, "register", "")
			f.text(&by, "by", "")
			f.truth(&history, "history")
			f.text(&where, "to", "")
			f.text(&reader, "reader", "")
			f.text(&vintage, "vintage", "")
		},
		run: func(args []string) (int, error) {
			switch {
			case history && to != "" && where != "":
				return exitFail, cannot("two-targets")
			case history && to != "":
				return e.recordHistory(args[0], reader, vintage, to, by)
			case history:
				return e.importHistory(args[0], reader, vintage, where)
			case vintage != "" || reader != "":
				return exitFail, cannot("vintage-without-history")
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
	m.hold(&r, m.checkAbove())
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
func (e *env) importHistory(from, reader, vintage, to string) (int, error) {
	if to == "" {
		return exitFail, cannot("no-target")
	}
	h, problems, err := e.takeHistory(from, reader, vintage)
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

// recordHistory records the areas of a history, each with the days on which it
// was as its row says. A register that is empty takes them as its board; one
// that holds an earlier vintage takes what differs as a correction, so that it
// goes on answering what was known before.
func (e *env) recordHistory(from, reader, vintage, to, by string) (int, error) {
	h, problems, err := e.takeHistory(from, reader, vintage)
	if err != nil {
		return exitFail, err
	}
	if problems.HasErrors() {
		return e.report(&matter{name: from}, problems, false)
	}
	who, err := e.recorder(by)
	if err != nil {
		return exitFail, err
	}
	board := &org.Board{Areas: check.Trace(h).Areas()}
	reg, name, err := e.openRegister(to, true)
	if err != nil {
		return exitFail, err
	}
	defer reg.Close()
	view, err := reg.At(e.ctx, register.Latest)
	if err != nil {
		return exitFail, err
	}
	stamp := register.Stamp{Who: who, At: e.now()}
	var made []written
	if view.Seq == 0 {
		receipt, err := reg.Import(e.ctx, board, stamp)
		if err != nil {
			return exitFail, err
		}
		made = append(made, written{"import", receipt})
	} else {
		if only := (&org.Board{Areas: view.Board.Areas}); len(view.Plans) > 0 || only.State() != view.Board.State() {
			return exitFail, cannot("register-holds-more", "Path", name)
		}
		wrong, right := differing(view.Board.Areas, board.Areas)
		if len(wrong)+len(right) > 0 {
			receipt, err := reg.Correct(e.ctx, register.Correction{
				Reason: e.say("import.correction", lang.Args{"Vintage": cmp.Or(vintage, e.say("import.newest"))}),
				Basis:  cmp.Or(h.Title, from),
				Wrong:  &org.Board{Areas: wrong}, Right: &org.Board{Areas: right},
			}, stamp)
			if err != nil {
				return exitFail, err
			}
			made = append(made, written{"correct", receipt})
		}
	}
	if err := e.printReceipts(name, &matter{name: from}, made); err != nil {
		return exitFail, err
	}
	return exitOK, problems.WriteText(e.err, e.tag, diag.Printed)
}

// differing gives the areas that only the first list has, and those that only
// the second one has.
func differing(was, is []org.Area) (wrong, right []org.Area) {
	type row struct {
		code, name, english, level, parent string
		org.Interval
	}
	of := func(a *org.Area) row { return row{a.Code, a.Name, a.NameEN, a.Level, a.Parent, a.Interval} }
	count := make(map[row]int, len(is))
	for i := range is {
		count[of(&is[i])]++
	}
	for i := range was {
		if r := of(&was[i]); count[r] > 0 {
			count[r]--
		} else {
			wrong = append(wrong, was[i])
		}
	}
	for i := range is {
		if r := of(&is[i]); count[r] > 0 {
			count[r]--
			right = append(right, is[i])
		}
	}
	return wrong, right
}
