package rules

import (
	"fmt"
	"reflect"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"oneboard/internal/org"
)

// A day is a civil date in an expression. It is a type of its own: CEL's
// timestamp has an hour and a zone, which a day in law has not, and a number
// could be mixed up with a count.
type day org.Date

var dayType = cel.ObjectType("Date", traits.AdderType|traits.SubtractorType|traits.ComparerType)

// ConvertToNative implements ref.Val.
func (d day) ConvertToNative(to reflect.Type) (any, error) {
	if v := reflect.ValueOf(org.Date(d)); v.Type().ConvertibleTo(to) {
		return v.Convert(to).Interface(), nil
	}
	return nil, fmt.Errorf("a date is no %v", to)
}

// ConvertToType implements ref.Val.
func (d day) ConvertToType(to ref.Type) ref.Val {
	switch to {
	case types.StringType:
		return types.String(org.Date(d).String())
	case types.TypeType:
		return dayType
	case dayType:
		return d
	}
	return types.NewErr("a date is no %s", to.TypeName())
}

// Equal implements ref.Val.
func (d day) Equal(other ref.Val) ref.Val {
	o, ok := other.(day)
	return types.Bool(ok && o == d)
}

// Type implements ref.Val.
func (d day) Type() ref.Type { return dayType }

// Value implements ref.Val.
func (d day) Value() any { return org.Date(d) }

// Add gives the day so many days later; an open end stays open.
func (d day) Add(other ref.Val) ref.Val {
	n, ok := other.(types.Int)
	if !ok {
		return types.MaybeNoSuchOverloadErr(other)
	}
	return d.shift(int64(n))
}

// Subtract gives the days between two days, or the day so many days earlier.
func (d day) Subtract(other ref.Val) ref.Val {
	switch o := other.(type) {
	case day:
		return types.Int(daysBetween(org.Date(d), org.Date(o)))
	case types.Int:
		return d.shift(-int64(o))
	}
	return types.MaybeNoSuchOverloadErr(other)
}

func (d day) shift(n int64) ref.Val {
	if !org.Date(d).Known() {
		return d
	}
	to := int64(d) + n
	if n > 4_000_000 || n < -4_000_000 || !org.Date(to).Known() {
		return types.NewErr("%s and %d days is no date", org.Date(d), n)
	}
	return day(to)
}

// Compare implements traits.Comparer.
func (d day) Compare(other ref.Val) ref.Val {
	o, ok := other.(day)
	switch {
	case !ok:
		return types.MaybeNoSuchOverloadErr(other)
	case d < o:
		return types.IntNegOne
	case d > o:
		return types.IntOne
	}
	return types.IntZero
}

// dateFunctions declares what can be done with a date.
func dateFunctions() []cel.EnvOption {
	two := []*cel.Type{dayType, dayType}
	compare := func(op, id string) cel.EnvOption {
		return cel.Function(op, cel.Overload(id, two, cel.BoolType))
	}
	part := func(name string, of func(time.Time) int64) cel.EnvOption {
		return cel.Function(name, cel.MemberOverload("date_"+name, []*cel.Type{dayType}, cel.IntType, cel.UnaryBinding(func(v ref.Val) ref.Val {
			d := org.Date(v.(day))
			if !d.Known() {
				return types.NewErr("%s() of an open end", name)
			}
			return types.Int(of(d.Time()))
		})))
	}
	return []cel.EnvOption{
		cel.Function("date", cel.Overload("date_string", []*cel.Type{cel.StringType}, dayType, cel.UnaryBinding(func(v ref.Val) ref.Val {
			d, err := org.ParseDate(string(v.(types.String)))
			if err != nil {
				return types.NewErr("%q is no date", v.Value())
			}
			return day(d)
		}))),
		cel.Function("known", cel.MemberOverload("date_known", []*cel.Type{dayType}, cel.BoolType, cel.UnaryBinding(func(v ref.Val) ref.Val {
			return types.Bool(org.Date(v.(day)).Known())
		}))),
		cel.Function("string", cel.Overload("string_date", []*cel.Type{dayType}, cel.StringType, cel.UnaryBinding(func(v ref.Val) ref.Val {
			return types.String(org.Date(v.(day)).String())
		}))),
		part("year", func(t time.Time) int64 { return int64(t.Year()) }),
		part("month", func(t time.Time) int64 { return int64(t.Month()) }),
		part("day", func(t time.Time) int64 { return int64(t.Day()) }),
		part("weekday", func(t time.Time) int64 { return int64((t.Weekday()+6)%7) + 1 }),
		cel.Function(operators.Subtract, cel.Overload("subtract_date_date", two, cel.IntType),
			cel.Overload("subtract_date_int", []*cel.Type{dayType, cel.IntType}, dayType)),
		cel.Function(operators.Add, cel.Overload("add_date_int", []*cel.Type{dayType, cel.IntType}, dayType)),
		compare(operators.Less, "less_date"), compare(operators.LessEquals, "less_equals_date"),
		compare(operators.Greater, "greater_date"), compare(operators.GreaterEquals, "greater_equals_date"),
	}
}
