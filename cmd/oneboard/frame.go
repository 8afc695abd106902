package main

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
)

// The frame around the verbs: which there are, what they share, and how they
// explain themselves in the language of the reader. Cobra parses and completes;
// every word it would say is said here instead.

// execute finds the verb and runs it. A nil error means that the verb ran.
func (e *env) execute(args []string) (code int, err error) {
	if err := e.preset(args); err != nil {
		return exitFail, err
	}
	root := e.root(&code)
	root.SetArgs(append([]string{}, args...)) // never nil: cobra would read os.Args
	root.SetIn(e.in)
	root.SetOut(e.out)
	root.SetErr(e.err)
	err = root.ExecuteContext(e.ctx)
	return code, err
}

// preset reads --lang and --json before anything else can fail, so that even
// the complaint about another flag comes in the language and form asked for.
func (e *env) preset(args []string) error {
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if arg == "--json" || arg == "--json=true" {
			e.json = true
		}
		value, ok := strings.CutPrefix(arg, "--lang=")
		if arg == "--lang" && i+1 < len(args) {
			value, ok = args[i+1], true
		}
		if ok {
			tag, known := lang.Parse(value)
			if !known {
				return cannot("no-such-language", "Value", value)
			}
			e.tag = tag
		}
	}
	return nil
}

// root builds the tree of verbs for one run; code takes the exit code.
func (e *env) root(code *int) *cobra.Command {
	root := &cobra.Command{
		Use: "oneboard", Short: e.say("root.short"), Long: e.say("root.long"),
		SilenceErrors: true, SilenceUsage: true,
		CompletionOptions:          cobra.CompletionOptions{DisableDefaultCmd: true},
		SuggestionsMinimumDistance: 2,
	}
	root.Args = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		near := root.SuggestionsFor(args[0])
		if len(near) > 0 {
			return cannot("no-such-verb-near", "Verb", args[0], "Near", near[0])
		}
		return cannot("no-such-verb", "Verb", args[0])
	}
	version := root.Flags().Bool("version", false, e.say("flag.version"))
	root.RunE = func(c *cobra.Command, args []string) (err error) {
		if *version {
			*code, err = e.version()
			return err
		}
		return pflag.ErrHelp
	}
	flags := root.PersistentFlags()
	flags.BoolVar(&e.json, "json", e.json, e.say("flag.json"))
	flags.String("lang", string(e.tag), e.say("flag.lang"))
	flags.BoolP("help", "h", false, e.say("flag.help"))
	root.SetHelpFunc(func(c *cobra.Command, _ []string) { e.help(e.out, c) })
	root.SetUsageFunc(func(c *cobra.Command) error { e.help(e.out, c); return nil })

	for _, make := range []func(*env) verb{
		checkVerb, diffVerb, showVerb, whoVerb, dependentsVerb, indicatorsVerb, replayVerb, traceVerb, scheduleVerb,
		importVerb, exportVerb, serveVerb, verifyVerb, verifyCertificateVerb,
		explainVerb, schemaVerb, versionVerb, completionVerb,
	} {
		root.AddCommand(e.command(make(e), code))
	}
	help := &cobra.Command{Use: "help", Short: e.say("help.short"), Long: e.say("help.long"), Args: cobra.ArbitraryArgs}
	help.RunE = func(c *cobra.Command, args []string) error {
		about, rest, err := root.Find(args)
		if err != nil || len(rest) > 0 {
			return cannot("no-such-verb", "Verb", strings.Join(args, " "))
		}
		e.help(e.out, about)
		return nil
	}
	root.SetHelpCommand(help)
	return root
}

// A verb is one thing that the program does. Its words are in the catalogue
// under its name: "<name>.short", "<name>.args", "<name>.long",
// "<name>.examples", "<name>.flag.<flag>" (or "flag.<flag>" for flags that
// verbs share).
type verb struct {
	name     string
	min, max int          // number of arguments; max < 0: any
	complete []string     // what the first argument may be, when that is a closed set
	flags    func(*flags) // declares its flags
	run      func(args []string) (code int, err error)
}

// command makes the cobra command of a verb.
func (e *env) command(v verb, code *int) *cobra.Command {
	use := v.name
	if id := v.name + ".args"; lang.Knows(e.tag, "cmd."+id) {
		use += " " + e.say(id)
	}
	c := &cobra.Command{Use: use, DisableFlagsInUseLine: true, Short: e.say(v.name + ".short"), Long: e.say(v.name + ".long")}
	if id := v.name + ".examples"; lang.Knows(e.tag, "cmd."+id) {
		c.Example = e.say(id)
	}
	c.Args = func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) < v.min:
			return cannot("too-few-arguments", "Verb", v.name, "Use", use)
		case v.max >= 0 && len(args) > v.max:
			return cannot("too-many-arguments", "Verb", v.name, "Use", use, "Argument", args[v.max])
		}
		return nil
	}
	if v.complete != nil {
		c.ValidArgsFunction = func(_ *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return v.complete, cobra.ShellCompDirectiveNoFileComp
		}
	}
	if v.flags != nil {
		v.flags(&flags{e, v.name, c.Flags()})
	}
	c.RunE = func(_ *cobra.Command, args []string) (err error) {
		*code, err = v.run(args)
		return err
	}
	return c
}

// flags declares the flags of one verb.
type flags struct {
	e    *env
	verb string
	set  *pflag.FlagSet
}

func (f *flags) words(name string) string {
	if id := f.verb + ".flag." + name; lang.Knows(f.e.tag, "cmd."+id) {
		return f.e.say(id)
	}
	return f.e.say("flag." + name)
}

func (f *flags) text(to *string, name, preset string) {
	f.set.StringVar(to, name, preset, f.words(name))
}

// texts declares a flag that can be given several times.
func (f *flags) texts(to *[]string, name string) { f.set.StringArrayVar(to, name, nil, f.words(name)) }
func (f *flags) truth(to *bool, name string)     { f.set.BoolVar(to, name, false, f.words(name)) }

// date declares a flag that takes a day; *to stays NoDate when it isn't given.
func (f *flags) date(to *org.Date, name string) {
	*to = org.NoDate
	f.set.Var((*dateFlag)(to), name, f.words(name))
}

// given reports whether the flag was written on the command line.
func (f *flags) given(name string) bool { return f.set.Changed(name) }

// dateFlag is a day on the command line.
type dateFlag org.Date

func (d *dateFlag) String() string { return org.Date(*d).String() }
func (d *dateFlag) Type() string   { return "date" }
func (d *dateFlag) Set(s string) error {
	day, err := org.ParseDate(strings.TrimSpace(s))
	if err != nil {
		return cannot("not-a-date", "Value", s)
	}
	*d = dateFlag(day)
	return nil
}

// help prints what a verb does and how it is called.
func (e *env) help(w io.Writer, c *cobra.Command) {
	var b bytes.Buffer
	long := c.Long
	if long == "" {
		long = c.Short
	}
	fmt.Fprintf(&b, "%s\n\n%s\n", strings.TrimSpace(long), e.say("help.usage"))
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "  %s %s\n\n%s\n", c.CommandPath(), e.say("root.args"), e.say("help.verbs"))
		var rows [][]string
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() {
				rows = append(rows, []string{sub.Name(), sub.Short})
			}
		}
		writeColumns(&b, "  ", rows)
	} else {
		fmt.Fprintf(&b, "  %s\n", c.UseLine())
	}
	section := func(title string, set *pflag.FlagSet) {
		var rows [][]string
		set.VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				rows = append(rows, flagRow(f))
			}
		})
		if len(rows) > 0 {
			fmt.Fprintf(&b, "\n%s\n", e.say(title))
			writeColumns(&b, "  ", rows)
		}
	}
	section("help.flags", c.LocalNonPersistentFlags())
	if c.HasParent() {
		section("help.shared", c.InheritedFlags())
	} else {
		section("help.shared", c.PersistentFlags())
	}
	if c.Example != "" {
		fmt.Fprintf(&b, "\n%s\n", e.say("help.examples"))
		for line := range strings.Lines(strings.TrimSpace(c.Example)) {
			b.WriteString("  " + line)
		}
		b.WriteByte('\n')
	}
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "\n%s\n", e.say("help.codes"))
	}
	_, _ = w.Write(b.Bytes())
}

// flagRow gives a flag as its help line has it: how it is written, what it does.
func flagRow(f *pflag.Flag) []string {
	value, words := pflag.UnquoteUsage(f)
	left := "    --" + f.Name
	if f.Shorthand != "" {
		left = "-" + f.Shorthand + ", --" + f.Name
	}
	if f.Value.Type() != "bool" && value != "" {
		left += " " + value
	}
	return []string{left, words}
}

// writeColumns prints rows with their columns below each other, by display
// width: Chinese characters take two cells. Blanks at line ends are not printed.
func writeColumns(b *bytes.Buffer, indent string, rows [][]string) {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], diag.Cells(cell))
		}
	}
	for _, row := range rows {
		last := len(row) - 1
		for last >= 0 && row[last] == "" {
			last--
		}
		b.WriteString(indent)
		for i, cell := range row[:last+1] {
			b.WriteString(cell)
			if i < last {
				b.WriteString(strings.Repeat(" ", widths[i]-diag.Cells(cell)+2))
			}
		}
		b.WriteByte('\n')
	}
}

// table prints rows for people, under a head when there is one. A column in
// which no row says anything is left out.
func (e *env) table(head []string, rows [][]string) {
	said := make([]bool, len(head))
	for _, row := range rows {
		for i, cell := range row {
			if i == len(said) {
				said = append(said, false)
			}
			said[i] = said[i] || cell != ""
		}
	}
	var kept [][]string
	for n, row := range slices.Concat([][]string{head}, rows) {
		if n == 0 && head == nil {
			continue
		}
		var out []string
		for i, cell := range row {
			if said[i] {
				out = append(out, cell)
			}
		}
		kept = append(kept, out)
	}
	var b bytes.Buffer
	writeColumns(&b, "  ", kept)
	_, _ = e.out.Write(b.Bytes())
}
