package rules

import (
	"fmt"
	"reflect"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"oneboard/internal/org"
)

// A Plan is what a rule may ask of the plan; a board by itself has an empty one.
type Plan struct{ *org.Plan }

// A Duty is a duty through time.
type Duty struct {
	*org.Duty
	org.Interval                   // in which it is a duty at all
	Held         func() []*Holding // who has it, by area, key and time
}

// A Body is a body through time, by its newest version.
type Body struct {
	org.Body                   // with the interval from its first day to its last
	New      bool              // the plan brings it into being
	Holds    func() []*Holding // what it has, by duty, key and time
	Changes  func() []*Change  // those that name it, by day
	Items    func() []*Item    // what is ever in its hands
}

// A Change is a change of the plan, with the day that it has.
type Change struct {
	ID, Kind, Why string
	On            org.Date
	Bodies        []string // that it names
	Duties        []string // that it names
	Instruments   []*org.Instrument
	Clauses       []string // one for each instrument
}

// A Holding says that a body has a key of a duty in an interval.
type Holding struct {
	Duty *Duty
	Body *Body
	Key  string
	Mode string
	Area string
	org.Interval
	By           string
	Transitional bool
	Began, Ended *Change // nil: by the board
}

// An Item is an item in a body's hands.
type Item struct {
	org.Item
	org.Interval
}

// A kind is a type that expressions know, with what can be asked of it.
type kind struct {
	typ    *types.Type
	fields []field
}

type field struct {
	name string
	typ  *types.Type
	get  func(of any) ref.Val
	set  func(of any) bool // whether has() gives true
}

func (k *kind) field(name string) *field {
	for i := range k.fields {
		if k.fields[i].name == name {
			return &k.fields[i]
		}
	}
	return nil
}

func (k *kind) names() []string {
	out := make([]string, len(k.fields))
	for i := range k.fields {
		out[i] = k.fields[i].name
	}
	return out
}

// The kinds, each under the name that an expression gives it.
var (
	planKind       = &kind{typ: types.NewObjectType("Plan")}
	dutyKind       = &kind{typ: types.NewObjectType("Duty")}
	bodyKind       = &kind{typ: types.NewObjectType("Body")}
	changeKind     = &kind{typ: types.NewObjectType("Change")}
	holdingKind    = &kind{typ: types.NewObjectType("Holding")}
	instrumentKind = &kind{typ: types.NewObjectType("Instrument")}
	itemKind       = &kind{typ: types.NewObjectType("Item")}

	kinds = map[string]*kind{"plan": planKind, org.OverDuty: dutyKind, org.OverBody: bodyKind, org.OverChange: changeKind,
		org.OverHolding: holdingKind, "instrument": instrumentKind, "item": itemKind}
)

// kindOf finds a kind by the name of its type.
func kindOf(name string) *kind {
	for _, k := range kinds {
		if k.typ.TypeName() == name {
			return k
		}
	}
	return nil
}

// What a field gives is one of these; T is what it is asked of.

func text[T any](name string, get func(T) string) field {
	return field{name, types.StringType, func(of any) ref.Val { return types.String(get(of.(T))) }, func(of any) bool { return get(of.(T)) != "" }}
}

func truth[T any](name string, get func(T) bool) field {
	return field{name, types.BoolType, func(of any) ref.Val { return types.Bool(get(of.(T))) }, func(of any) bool { return get(of.(T)) }}
}

func date[T any](name string, get func(T) org.Date) field {
	return field{name, dayType, func(of any) ref.Val { return day(get(of.(T))) }, func(of any) bool { return get(of.(T)).Known() }}
}

func texts[T any](name string, get func(T) []string) field {
	return field{name, types.NewListType(types.StringType), func(of any) ref.Val {
		return types.NewStringList(types.DefaultTypeAdapter, get(of.(T)))
	}, func(of any) bool { return len(get(of.(T))) > 0 }}
}

// one gives a thing; when it is nil, an empty one, of which has() gives false.
func one[T, U any](name string, k *kind, get func(T) *U) field {
	return field{name, k.typ, func(of any) ref.Val {
		v := get(of.(T))
		if v == nil {
			v = new(U)
		}
		return &object{k, v}
	}, func(of any) bool { return get(of.(T)) != nil }}
}

func many[T, U any](name string, k *kind, get func(T) []*U) field {
	return field{name, types.NewListType(k.typ), func(of any) ref.Val {
		list := get(of.(T))
		out := make([]ref.Val, len(list))
		for i := range list {
			out[i] = &object{k, list[i]}
		}
		return types.NewRefValList(types.DefaultTypeAdapter, out)
	}, func(of any) bool { return len(get(of.(T))) > 0 }}
}

// called gives what a function gives, nothing when there is none.
func called[U any](f func() []*U) []*U {
	if f == nil {
		return nil
	}
	return f()
}

func init() {
	planKind.fields = []field{
		text("id", func(p *Plan) string { return p.ID }), text("title", func(p *Plan) string { return p.Title.Text }), text("area", func(p *Plan) string { return p.Area.ID }),
		date("start", func(p *Plan) org.Date { return p.Start.Or(org.Always) }), date("deadline", func(p *Plan) org.Date { return p.Deadline.Or(org.Forever) }),
	}
	duty := func(name string, get func(*org.Duty) string) field {
		return text(name, func(d *Duty) string {
			if d.Duty == nil {
				return ""
			}
			return get(d.Duty)
		})
	}
	dutyKind.fields = []field{
		duty("id", func(d *org.Duty) string { return d.ID }), duty("name", func(d *org.Duty) string { return d.Name }),
		duty("kind", func(d *org.Duty) string { return d.Kind }), duty("matter", func(d *org.Duty) string { return d.Matter }),
		duty("area", func(d *org.Duty) string { return d.Area }), duty("subject", func(d *org.Duty) string { return d.Subject }),
		duty("level", func(d *org.Duty) string { return d.Level }), duty("basis", func(d *org.Duty) string { return d.Basis }),
		duty("part_of", func(d *org.Duty) string { return d.PartOf }),
		truth("protected", func(d *Duty) bool { return d.Duty != nil && d.Protected }),
		truth("exclusive", func(d *Duty) bool { return d.Duty != nil && d.Exclusive }),
		date("from", func(d *Duty) org.Date { return d.From }), date("to", func(d *Duty) org.Date { return d.To }),
		many("holdings", holdingKind, func(d *Duty) []*Holding { return called(d.Held) }),
	}
	bodyKind.fields = []field{
		text("id", func(b *Body) string { return b.ID }), text("name", func(b *Body) string { return b.Name }),
		text("kind", func(b *Body) string { return b.Kind }), text("level", func(b *Body) string { return b.Level }),
		text("area", func(b *Body) string { return b.Area }), text("superior", func(b *Body) string { return b.Superior }),
		text("rank", func(b *Body) string { return b.Rank }), truth("new", func(b *Body) bool { return b.New }),
		date("from", func(b *Body) org.Date { return b.From }), date("to", func(b *Body) org.Date { return b.To }),
		many("holdings", holdingKind, func(b *Body) []*Holding { return called(b.Holds) }),
		many("changes", changeKind, func(b *Body) []*Change { return called(b.Changes) }),
		many("items", itemKind, func(b *Body) []*Item { return called(b.Items) }),
	}
	changeKind.fields = []field{
		text("id", func(c *Change) string { return c.ID }), text("kind", func(c *Change) string { return c.Kind }),
		text("why", func(c *Change) string { return c.Why }), date("on", func(c *Change) org.Date { return c.On }),
		texts("bodies", func(c *Change) []string { return c.Bodies }), texts("duties", func(c *Change) []string { return c.Duties }),
		many("instruments", instrumentKind, func(c *Change) []*org.Instrument { return c.Instruments }),
		texts("clauses", func(c *Change) []string { return c.Clauses }),
	}
	holdingKind.fields = []field{
		one("duty", dutyKind, func(h *Holding) *Duty { return h.Duty }), one("body", bodyKind, func(h *Holding) *Body { return h.Body }),
		text("key", func(h *Holding) string { return h.Key }), text("mode", func(h *Holding) string { return h.Mode }),
		text("area", func(h *Holding) string { return h.Area }), text("by", func(h *Holding) string { return h.By }),
		date("from", func(h *Holding) org.Date { return h.From }), date("to", func(h *Holding) org.Date { return h.To }),
		truth("transitional", func(h *Holding) bool { return h.Transitional }),
		one("began", changeKind, func(h *Holding) *Change { return h.Began }), one("ended", changeKind, func(h *Holding) *Change { return h.Ended }),
	}
	instrumentKind.fields = []field{
		text("id", func(i *org.Instrument) string { return i.ID }), text("title", func(i *org.Instrument) string { return i.Title }),
		text("kind", func(i *org.Instrument) string { return i.Kind }), text("issuer", func(i *org.Instrument) string { return i.Issuer }),
		text("number", func(i *org.Instrument) string { return i.Number }), text("body", func(i *org.Instrument) string { return i.Body.ID }),
		date("made", func(i *org.Instrument) org.Date { return i.Made.Or(org.Always) }),
		date("effective", func(i *org.Instrument) org.Date { return i.Effective.Or(i.Made.Or(org.Always)) }),
	}
	itemKind.fields = []field{
		text("id", func(i *Item) string { return i.ID }), text("kind", func(i *Item) string { return i.Kind }),
		text("name", func(i *Item) string { return i.Name }), text("body", func(i *Item) string { return i.Body }),
		text("duty", func(i *Item) string { return i.Duty }), text("quantity", func(i *Item) string { return i.Quantity }),
		text("value", func(i *Item) string { return i.Value }),
		date("from", func(i *Item) org.Date { return i.From }), date("to", func(i *Item) org.Date { return i.To }),
	}
}

// An object is a thing as an expression has it.
type object struct {
	k  *kind
	of any
}

var _ interface {
	ref.Val
	traits.Indexer
	traits.FieldTester
} = (*object)(nil)

func wrap(thing any) *object {
	switch thing.(type) {
	case *Plan:
		return &object{planKind, thing}
	case *Duty:
		return &object{dutyKind, thing}
	case *Body:
		return &object{bodyKind, thing}
	case *Change:
		return &object{changeKind, thing}
	case *Holding:
		return &object{holdingKind, thing}
	}
	panic(fmt.Sprintf("rules: no rule is over a %T", thing))
}

// ConvertToNative implements ref.Val.
func (o *object) ConvertToNative(to reflect.Type) (any, error) {
	if v := reflect.ValueOf(o.of); v.Type().AssignableTo(to) {
		return o.of, nil
	}
	return nil, fmt.Errorf("a %s is no %v", o.k.typ.TypeName(), to)
}

// ConvertToType implements ref.Val.
func (o *object) ConvertToType(to ref.Type) ref.Val {
	switch to {
	case types.TypeType:
		return o.k.typ
	case o.k.typ:
		return o
	}
	return types.NewErr("a %s is no %s", o.k.typ.TypeName(), to.TypeName())
}

// Equal compares things by their id, or by being the same.
func (o *object) Equal(other ref.Val) ref.Val {
	p, ok := other.(*object)
	if !ok || p.k != o.k {
		return types.False
	}
	if id := o.k.field("id"); id != nil {
		return id.get(o.of).Equal(id.get(p.of))
	}
	return types.Bool(o.of == p.of)
}

// Type implements ref.Val.
func (o *object) Type() ref.Type { return o.k.typ }

// Value implements ref.Val.
func (o *object) Value() any { return o }

// Get gives what is asked of a thing.
func (o *object) Get(index ref.Val) ref.Val {
	name, _ := index.(types.String)
	if f := o.k.field(string(name)); f != nil {
		return f.get(o.of)
	}
	return types.NewErr("no such field '%s'", index)
}

// IsSet tells what has() gives.
func (o *object) IsSet(name ref.Val) ref.Val {
	word, _ := name.(types.String)
	if f := o.k.field(string(word)); f != nil {
		return types.Bool(f.set(o.of))
	}
	return types.NewErr("no such field '%s'", name)
}

// Vocabulary lists what can be asked of each kind of thing, for the manual: the
// name of the kind, then "name type" lines in their order.
func Vocabulary() map[string][][2]string {
	out := map[string][][2]string{}
	for name, k := range kinds {
		for _, f := range k.fields {
			out[name] = append(out[name], [2]string{f.name, cel.FormatCELType(f.typ)})
		}
	}
	return out
}
