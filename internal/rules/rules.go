// Package rules compiles and works out the rules that people write into their
// own rule packs: expressions in CEL, the Common Expression Language, over the
// duties, bodies, changes and holdings of a timeline. An expression is checked
// for its types when the pack is read, has no loops but those over lists that
// are there, reads nothing but what it is given, and stops at a limit of work.
// docs/rules.md tells what can be written. Nothing is set up before the first
// rule is compiled.
package rules

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/checker"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"oneboard/internal/org"
)

// Limits of work, in units of CEL: a step is about one.
const (
	// MaxSource is the longest expression, in bytes.
	MaxSource = 4096
	// MaxEstimate is the most that an expression may cost by its form, if each list
	// in it had 2,000 members and each text 256 letters.
	MaxEstimate = 1_000_000_000
	// MaxCost is the most that working out a rule for one thing may cost.
	MaxCost = 1_000_000
	// MaxTotal is the most that one rule may cost over all things of a timeline.
	MaxTotal = 500_000_000

	manyThings  = 2000
	longestText = 256
)

// ErrTooCostly: a rule took more work than it may.
var ErrTooCostly = errors.New("rules: more work than a rule may take")

// A Rule is an expression that was compiled. It is safe for concurrent use.
type Rule struct {
	over    string
	program cel.Program
}

// A Fault is one thing that is wrong with an expression.
type Fault struct {
	// Line and Column are in the expression, from 1, in characters; Offset is in
	// bytes, from 0.
	Line, Column, Offset int
	// Kind is a word of the catalogue below "rule.fault.": syntax, name, field,
	// overload, type, date, other.
	Kind string
	// Name is the name or function that the fault is about; Known one that was
	// perhaps meant. Either may be empty.
	Name, Known string
	// Cause is what the compiler says, in English.
	Cause string
}

// Overs lists what a rule may be over, in the order of the manual.
var Overs = []string{org.OverDuty, org.OverBody, org.OverChange, org.OverHolding}

type compiled struct {
	rule   *Rule
	faults []Fault
	costly uint64
}

var known sync.Map // over and expression → compiled

// Compile reads an expression over one of Overs. It gives the rule; or the
// faults; or, when by its form it could cost more than MaxEstimate, what it
// could. The same text is compiled once.
func Compile(over, expression string) (*Rule, []Fault, uint64) {
	key := over + "\x00" + expression
	if c, ok := known.Load(key); ok {
		c := c.(compiled)
		return c.rule, c.faults, c.costly
	}
	c := compile(over, expression)
	known.Store(key, c)
	return c.rule, c.faults, c.costly
}

func compile(over, expression string) compiled {
	if len(expression) > MaxSource {
		return compiled{costly: uint64(len(expression))}
	}
	env := environments()[over]
	if env == nil {
		return compiled{faults: []Fault{{Line: 1, Column: 1, Kind: "other", Name: over}}}
	}
	tree, issues := env.Compile(expression)
	if issues.Err() != nil {
		var faults []Fault
		for _, e := range issues.Errors() {
			faults = append(faults, faultOf(over, expression, e.Location.Line(), e.Location.Column(), e.Message))
		}
		return compiled{faults: faults}
	}
	if faults := datesOf(tree, expression); len(faults) > 0 {
		return compiled{faults: faults}
	}
	if out := tree.OutputType(); !out.IsExactType(types.BoolType) {
		return compiled{faults: []Fault{{Line: 1, Column: 1, Kind: "type", Name: cel.FormatCELType(out), Cause: "expected type 'bool'"}}}
	}
	estimate, err := env.EstimateCost(tree, sizes{})
	if err == nil && estimate.Max > MaxEstimate {
		return compiled{costly: estimate.Max}
	}
	program, err := env.Program(tree, cel.CostLimit(MaxCost))
	if err != nil {
		return compiled{faults: []Fault{{Line: 1, Column: 1, Kind: "other", Cause: err.Error()}}}
	}
	return compiled{rule: &Rule{over, program}}
}

// Holds works the rule out for one thing: a *Duty, *Body, *Change or *Holding,
// as the rule is over, in a plan. It gives what that cost. The error is
// ErrTooCostly, or says what could not be worked out, such as a division by
// zero.
func (r *Rule) Holds(thing any, plan *Plan) (bool, uint64, error) {
	out, details, err := r.program.Eval(map[string]any{r.over: wrap(thing), "plan": wrap(plan)})
	var cost uint64
	if c := details.ActualCost(); c != nil {
		cost = *c
	}
	if err != nil {
		if cost > MaxCost || strings.Contains(err.Error(), "cost limit exceeded") {
			return false, cost, ErrTooCostly
		}
		return false, cost, err
	}
	return out == types.True, cost, nil
}

// environments is what each kind of rule may name, made when the first rule is
// compiled.
var environments = sync.OnceValue(func() map[string]*cel.Env {
	base, err := cel.NewEnv(append(dateFunctions(),
		cel.CustomTypeProvider(provider{types.NewEmptyRegistry()}),
		cel.ASTValidators(cel.ValidateRegexLiterals(), cel.ValidateHomogeneousAggregateLiterals()),
		cel.ParserRecursionLimit(64), cel.ParserExpressionSizeLimit(MaxSource),
		cel.Variable("plan", planKind.typ))...)
	if err != nil {
		panic(fmt.Sprintf("rules: %v", err)) // a broken build
	}
	out := map[string]*cel.Env{}
	for _, over := range Overs {
		if out[over], err = base.Extend(cel.Variable(over, kinds[over].typ)); err != nil {
			panic(fmt.Sprintf("rules: %v", err))
		}
	}
	return out
})

// sizes estimates how long a list or a text may be.
type sizes struct{}

func (sizes) EstimateSize(n checker.AstNode) *checker.SizeEstimate {
	switch n.Type().Kind() {
	case types.StringKind, types.BytesKind:
		return &checker.SizeEstimate{Max: longestText}
	case types.ListKind, types.MapKind:
		return &checker.SizeEstimate{Max: manyThings}
	}
	return &checker.SizeEstimate{Min: 1, Max: 1}
}

func (sizes) EstimateCallCost(string, string, *checker.AstNode, []checker.AstNode) *checker.CallEstimate {
	return nil
}

var (
	unknownName     = regexp.MustCompile(`^undeclared reference to '([^']*)'`)
	unknownField    = regexp.MustCompile(`^undefined field '([^']*)'`)
	unknownOverload = regexp.MustCompile(`^found no matching overload for '([^']*)'`)
)

// faultOf sorts what the compiler says into kinds that can be told in any
// language.
func faultOf(over, expression string, line, column int, message string) Fault {
	f := Fault{Line: max(line, 1), Column: max(column, 0) + 1, Kind: "other", Cause: message}
	f.Offset = offset(expression, f.Line, f.Column)
	switch {
	case strings.HasPrefix(message, "Syntax error"):
		f.Kind = "syntax"
	case unknownName.MatchString(message):
		f.Kind, f.Name = "name", unknownName.FindStringSubmatch(message)[1]
		f.Known = nearest(f.Name, []string{over, "plan", "date"})
	case unknownField.MatchString(message):
		f.Kind, f.Name = "field", unknownField.FindStringSubmatch(message)[1]
		var all []string
		for _, k := range kinds {
			for i := range k.fields {
				all = append(all, k.fields[i].name)
			}
		}
		slices.Sort(all)
		f.Known = nearest(f.Name, all)
		f.Offset++ // behind the dot
		f.Column++
	case unknownOverload.MatchString(message):
		f.Kind, f.Name = "overload", strings.Trim(unknownOverload.FindStringSubmatch(message)[1], "_")
	}
	return f
}

// offset gives the byte at which a line and column begin.
func offset(text string, line, column int) int {
	at := 0
	for ; line > 1; line-- {
		n := strings.IndexByte(text[at:], '\n')
		if n < 0 {
			break
		}
		at += n + 1
	}
	for ; column > 1 && at < len(text); column-- {
		_, n := utf8.DecodeRuneInString(text[at:])
		at += n
	}
	return at
}

// nearest finds a known name that differs in one or two letters.
func nearest(name string, known []string) string {
	best, least := "", min(3, len(name)/3+1)
	for _, k := range known {
		if n := distance(name, k); n < least && n > 0 {
			best, least = k, n
		}
	}
	return best
}

// distance counts the letters to insert, drop, replace or swap with their
// neighbour that make b of a.
func distance(a, b string) int {
	older, old, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		older, old, row = old, row, older
		row[0] = i + 1
		for j := range len(b) {
			row[j+1] = min(old[j+1], row[j]) + 1
			if a[i] == b[j] {
				row[j+1] = min(row[j+1], old[j])
			} else {
				row[j+1] = min(row[j+1], old[j]+1)
			}
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], older[j-1]+1)
			}
		}
	}
	return row[len(b)]
}

// datesOf finds written days that do not exist.
func datesOf(tree *cel.Ast, expression string) (out []Fault) {
	checked := tree.NativeRep()
	ast.PostOrderVisit(checked.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.CallKind || e.AsCall().FunctionName() != "date" || len(e.AsCall().Args()) != 1 {
			return
		}
		arg := e.AsCall().Args()[0]
		if arg.Kind() != ast.LiteralKind {
			return
		}
		text, ok := arg.AsLiteral().(types.String)
		if !ok {
			return
		}
		if _, err := org.ParseDate(string(text)); err != nil {
			at := checked.SourceInfo().GetStartLocation(arg.ID())
			out = append(out, Fault{Line: at.Line(), Column: at.Column() + 1, Offset: offset(expression, at.Line(), at.Column()+1),
				Kind: "date", Name: string(text)})
		}
	}))
	return out
}

// A provider knows the kinds of things besides what CEL brings.
type provider struct{ *types.Registry }

func (p provider) FindStructType(name string) (*types.Type, bool) {
	if k := kindOf(name); k != nil {
		return types.NewTypeTypeWithParam(k.typ), true
	}
	return p.Registry.FindStructType(name)
}

func (p provider) FindStructFieldNames(name string) ([]string, bool) {
	if k := kindOf(name); k != nil {
		return k.names(), true
	}
	return p.Registry.FindStructFieldNames(name)
}

func (p provider) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	k := kindOf(name)
	if k == nil {
		return p.Registry.FindStructFieldType(name, field)
	}
	f := k.field(field)
	if f == nil {
		return nil, false
	}
	return &types.FieldType{Type: f.typ,
		IsSet:   func(of any) bool { return f.set(of.(*object).of) },
		GetFrom: func(of any) (any, error) { return f.get(of.(*object).of), nil }}, true
}

// NewValue refuses: a rule makes no things.
func (p provider) NewValue(name string, _ map[string]ref.Val) ref.Val {
	return types.NewErr("a rule makes no %s", name)
}

// daysBetween limits what subtracting days gives, so that an open end is only
// very far away.
func daysBetween(a, b org.Date) int64 {
	return min(max(int64(a)-int64(b), math.MinInt32), math.MaxInt32)
}
