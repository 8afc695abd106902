package register

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"unicode"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// The plan's form in the ledger is made from the types of package org, by
// reflection: a field that is added there is recorded without a line here. A
// field's member has the name in its struct tag "plan", else its own in small
// letters with underscores. What was not written has no member. Words keep the
// place where they were written, as two byte offsets into the plan's text, so
// that a page can point at them years later.
//
// Entries are for ever: a tag must not change its name, and a field not its
// type, once a release has recorded plans. Reading is strict: a member that
// the program doesn't know is an error, never silently dropped.

var (
	spanType   = reflect.TypeFor[diag.Span]()
	sourceType = reflect.TypeFor[*diag.Source]()
	whenType   = reflect.TypeFor[org.When]()
	numberType = reflect.TypeFor[org.Number]()
	daysType   = reflect.TypeFor[org.Days]()
	dateType   = reflect.TypeFor[org.Date]()
	keysType   = reflect.TypeFor[org.Keys]()
	changeType = reflect.TypeFor[org.Change]()
	commonType = reflect.TypeFor[org.Common]()
)

// member gives the name of a field's member; "" for what is not recorded.
func member(f reflect.StructField) string {
	if f.Type == sourceType || !f.IsExported() {
		return ""
	}
	if tag, _, _ := strings.Cut(f.Tag.Get("plan"), ","); tag != "" && tag != "-" {
		return tag
	}
	var b strings.Builder
	lower := false
	for _, r := range f.Name {
		if lower && unicode.IsUpper(r) {
			b.WriteByte('_')
		}
		lower = unicode.IsLower(r)
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// encode gives the tree of a value, for canonical; nil for what was not
// written. Spans count when they are in source.
func encode(v reflect.Value, source *diag.Source) any {
	switch v.Type() {
	case spanType:
		if sp := v.Interface().(diag.Span); !sp.IsZero() && sp.Source == source {
			return []any{int64(sp.Start), int64(sp.End)}
		}
		return nil
	case whenType:
		w := v.Interface().(org.When)
		if !w.Given() {
			return nil
		}
		m := map[string]any{"date": dateText(w.Date)}
		if w.Window() {
			m["earliest"] = dateText(w.First())
		}
		return withPlace(m, w.At, source)
	case numberType:
		n := v.Interface().(org.Number)
		if !n.Given() {
			return nil
		}
		return withPlace(map[string]any{"n": int64(n.N)}, n.At, source)
	case daysType: // a number as numberType has it, with two more members
		d := v.Interface().(org.Days)
		m, _ := encode(reflect.ValueOf(d.Number), source).(map[string]any)
		for name, n := range map[string]org.Number{"least": d.Least, "most": d.Most} {
			if e := encode(reflect.ValueOf(n), source); e != nil {
				if m == nil {
					m = map[string]any{}
				}
				m[name] = e
			}
		}
		if m == nil {
			return nil
		}
		return m
	case dateType:
		return dateText(v.Interface().(org.Date))
	case keysType:
		if k := v.Interface().(org.Keys); k != 0 {
			return k.String()
		}
		return nil
	case changeType:
		return encodeChange(v.Interface().(org.Change), source)
	}
	switch v.Kind() {
	case reflect.String:
		if v.Len() > 0 {
			return v.String()
		}
		return nil
	case reflect.Bool:
		if v.Bool() {
			return true
		}
		return nil
	case reflect.Int:
		if v.Int() != 0 {
			return v.Int()
		}
		return nil
	case reflect.Slice:
		if v.IsNil() {
			return nil
		}
		out := make([]any, v.Len())
		for i := range out {
			e := encode(v.Index(i), source)
			if e == nil && v.Type().Elem().Kind() == reflect.Struct {
				e = map[string]any{}
			}
			if e == nil && v.Type().Elem().Kind() == reflect.String {
				e = ""
			}
			out[i] = e
		}
		return out
	case reflect.Struct:
		out := map[string]any{}
		for i := range v.NumField() {
			f := v.Type().Field(i)
			name := member(f)
			if name == "" || f.Type == commonType {
				continue
			}
			if e := encode(v.Field(i), source); e != nil {
				out[name] = e
			}
		}
		if len(out) == 0 {
			return nil
		}
		return out
	}
	panic(fmt.Sprintf("register: a plan has a %s, which has no form in the ledger", v.Type()))
}

func withPlace(m map[string]any, at diag.Span, source *diag.Source) any {
	if place := encode(reflect.ValueOf(at), source); place != nil {
		m["at"] = place
	}
	return m
}

func dateText(d org.Date) any {
	if word := dateWord(d, org.NoDate); word != nil {
		return word
	}
	return noDate
}

// encodeChange writes what every change has by itself, and what its kind says
// under "says".
func encodeChange(c org.Change, source *diag.Source) map[string]any {
	common := c.Declared()
	says, _ := encode(reflect.ValueOf(c).Elem(), source).(map[string]any)
	if says == nil {
		says = map[string]any{}
	}
	out := map[string]any{"kind": common.Kind, "id": common.ID, "position": int64(common.Position), "says": says}
	v := reflect.ValueOf(common).Elem()
	for i := range v.NumField() {
		f := v.Type().Field(i)
		switch {
		case f.Name == "At":
			withPlace(out, common.At, source)
		case f.Tag.Get("plan") != "-":
			if e := encode(v.Field(i), source); e != nil {
				says[member(f)] = e
			}
		}
	}
	return out
}

// decode fills v from a tree that encode gave and JSON carried, with spans in
// source.
func decode(tree any, v reflect.Value, source *diag.Source) error {
	wrong := func() error { return fmt.Errorf("register: %v is no %s", tree, v.Type()) }
	switch v.Type() {
	case spanType:
		place, ok := tree.([]any)
		if !ok || len(place) != 2 {
			return wrong()
		}
		start, ok1 := whole(place[0])
		end, ok2 := whole(place[1])
		if !ok1 || !ok2 || source == nil || start < 0 || end < start || end > int64(len(source.Text)) {
			return fmt.Errorf("register: a place %v outside the plan's text", tree)
		}
		v.Set(reflect.ValueOf(diag.Span{Source: source, Start: int32(start), End: int32(end)}))
		return nil
	case whenType:
		var w struct {
			Date, Earliest org.Date
			At             diag.Span
		}
		w.Earliest = org.NoDate
		if err := decode(tree, reflect.ValueOf(&w).Elem(), source); err != nil {
			return err
		}
		if w.Earliest == org.NoDate {
			w.Earliest = w.Date
		}
		v.Set(reflect.ValueOf(org.WrittenBetween(w.Earliest, w.Date, w.At)))
		return nil
	case numberType:
		var n struct {
			N  int
			At diag.Span
		}
		if err := decode(tree, reflect.ValueOf(&n).Elem(), source); err != nil {
			return err
		}
		v.Set(reflect.ValueOf(org.WrittenNumber(n.N, n.At)))
		return nil
	case daysType:
		var n struct {
			N           int
			At          diag.Span
			Least, Most org.Number
		}
		if err := decode(tree, reflect.ValueOf(&n).Elem(), source); err != nil {
			return err
		}
		days := org.Days{Least: n.Least, Most: n.Most}
		if members, _ := tree.(map[string]any); members["n"] != nil {
			days.Number = org.WrittenNumber(n.N, n.At)
		}
		v.Set(reflect.ValueOf(days))
		return nil
	case dateType:
		d, err := parseDateWord(tree, org.NoDate)
		if err != nil {
			return err
		}
		v.Set(reflect.ValueOf(d))
		return nil
	case keysType:
		text, _ := tree.(string)
		k, ok := org.ParseKeys(text)
		if !ok || text == "" {
			return wrong()
		}
		v.Set(reflect.ValueOf(k))
		return nil
	case changeType:
		c, err := decodeChange(tree, source)
		if err != nil {
			return err
		}
		v.Set(reflect.ValueOf(c))
		return nil
	}
	switch v.Kind() {
	case reflect.String:
		text, ok := tree.(string)
		if !ok {
			return wrong()
		}
		v.SetString(text)
		return nil
	case reflect.Bool:
		b, ok := tree.(bool)
		if !ok {
			return wrong()
		}
		v.SetBool(b)
		return nil
	case reflect.Int:
		n, ok := whole(tree)
		if !ok {
			return wrong()
		}
		v.SetInt(n)
		return nil
	case reflect.Slice:
		elements, ok := tree.([]any)
		if !ok {
			return wrong()
		}
		out := reflect.MakeSlice(v.Type(), len(elements), len(elements))
		for i, e := range elements {
			if err := decode(e, out.Index(i), source); err != nil {
				return err
			}
		}
		v.Set(out)
		return nil
	case reflect.Struct:
		members, ok := tree.(map[string]any)
		if !ok {
			return wrong()
		}
		read := 0
		for i := range v.NumField() {
			f := v.Type().Field(i)
			name := member(f)
			if name == "" || f.Type == commonType {
				continue
			}
			if e, ok := members[name]; ok {
				read++
				if err := decode(e, v.Field(i), source); err != nil {
					return err
				}
			}
		}
		return allRead(members, read, v.Type())
	}
	panic(fmt.Sprintf("register: a plan has a %s, which has no form in the ledger", v.Type()))
}

func allRead(members map[string]any, read int, t reflect.Type) error {
	if read == len(members) {
		return nil
	}
	return fmt.Errorf("register: a recorded %s has a member that this program does not know: %v", t, members)
}

func whole(tree any) (int64, bool) {
	n, ok := tree.(json.Number)
	if !ok {
		return 0, false
	}
	i, err := n.Int64()
	return i, err == nil
}

func decodeChange(tree any, source *diag.Source) (org.Change, error) {
	members, _ := tree.(map[string]any)
	word, _ := members["kind"].(string)
	kind, ok := org.KindOf(word)
	if !ok {
		return nil, fmt.Errorf("register: a recorded change of kind %q, which this program does not know", word)
	}
	c := kind.New()
	common := c.Declared()
	common.Kind = word
	var (
		text string
		n    int64
		ok2  bool
	)
	if text, ok = members["id"].(string); !ok {
		return nil, fmt.Errorf("register: a recorded change without an id: %v", tree)
	}
	if n, ok2 = whole(members["position"]); !ok2 {
		return nil, fmt.Errorf("register: a recorded change without a position: %v", tree)
	}
	common.ID, common.Position = text, int(n)
	if at, ok := members["at"]; ok {
		if err := decode(at, reflect.ValueOf(&common.At).Elem(), source); err != nil {
			return nil, err
		}
	}
	says, ok := members["says"].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("register: a recorded change that says nothing: %v", tree)
	}
	// what every change may say is read first, and the rest is its kind's
	own := map[string]any{}
	for name, e := range says {
		own[name] = e
	}
	v := reflect.ValueOf(common).Elem()
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Tag.Get("plan") == "-" {
			continue
		}
		if e, ok := own[member(f)]; ok {
			if err := decode(e, v.Field(i), source); err != nil {
				return nil, err
			}
			delete(own, member(f))
		}
	}
	if err := decode(own, reflect.ValueOf(c).Elem(), source); err != nil {
		return nil, err
	}
	return c, nil
}
