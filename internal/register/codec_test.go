package register

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// fill gives every field of a value something, at places of a text, so that a
// field that the codec forgets is missed.
func fill(v reflect.Value, r *rand.Rand, source *diag.Source) {
	span := func() diag.Span {
		start := r.Int32N(50)
		return diag.Span{Source: source, Start: start, End: start + r.Int32N(40)}
	}
	switch v.Type() {
	case spanType:
		v.Set(reflect.ValueOf(span()))
		return
	case sourceType:
		v.Set(reflect.ValueOf(source))
		return
	case whenType:
		first := org.Date(r.IntN(40000))
		v.Set(reflect.ValueOf(org.WrittenBetween(first, first+org.Date(r.IntN(3)), span())))
		return
	case numberType:
		v.Set(reflect.ValueOf(org.WrittenNumber(r.IntN(9)-1, span())))
		return
	case keysType:
		v.Set(reflect.ValueOf(org.Keys(1 + r.IntN(15))))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("名\"%c<>\n%d", 'a'+r.IntN(26), r.IntN(99)))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32:
		v.SetInt(1 + r.Int64N(99))
	case reflect.Slice:
		s := reflect.MakeSlice(v.Type(), 1+r.IntN(3), 4)
		for i := range s.Len() {
			if v.Type().Elem() == changeType {
				s.Index(i).Set(reflect.ValueOf(filledChange(org.Kinds[r.IntN(len(org.Kinds))], i, r, source)))
			} else {
				fill(s.Index(i), r, source)
			}
		}
		v.Set(s)
	case reflect.Struct:
		for i := range v.NumField() {
			if !v.Type().Field(i).IsExported() {
				continue // not recorded
			}
			fill(v.Field(i), r, source)
		}
	default:
		panic(v.Type().String())
	}
}

func filledChange(k org.Kind, i int, r *rand.Rand, source *diag.Source) org.Change {
	c := k.New()
	fill(reflect.ValueOf(c).Elem(), r, source)
	c.Declared().Kind, c.Declared().Position = k.Word, i
	return c
}

func roundTrip(t *testing.T, e planned) planned {
	t.Helper()
	body := must(e.body())(t)
	if again := must(e.body())(t); !bytes.Equal(body, again) {
		t.Fatal("two ways to write one plan")
	}
	var any any
	if err := json.Unmarshal(body, &any); err != nil {
		t.Fatal(err)
	}
	back := must(readBody(KindPlan, body))(t).(planned)
	second := must(back.body())(t)
	if !bytes.Equal(body, second) {
		t.Fatalf("written again it differs:\n%s\n%s", body, second)
	}
	return back
}

func TestEveryChangeSurvivesTheLedger(t *testing.T) {
	source := diag.NewSource("plan.yaml", strings.Repeat("机构改革方案 plan ", 9))
	packSource := diag.NewSource("pack.yaml", strings.Repeat("规则 rules ", 20))
	for i, k := range org.Kinds {
		r := rand.New(rand.NewPCG(uint64(i), 7))
		plan, pack := &org.Plan{}, &org.Pack{}
		fill(reflect.ValueOf(plan).Elem(), r, source)
		fill(reflect.ValueOf(pack).Elem(), r, packSource)
		plan.Changes = []org.Change{filledChange(k, 0, r, source), k.New()}
		plan.Changes[1].Declared().Kind = k.Word
		back := roundTrip(t, planned{plan, []*org.Pack{pack, {ID: "bare"}}, [32]byte{1, 2, 3}})
		if back.plan.Source == nil || back.plan.Source.Text != source.Text || back.packs[0].Source.Text != packSource.Text || back.state[2] != 3 {
			t.Fatalf("%s: %+v", k.Word, back)
		}
		// equal but for the source, which is another copy of the same text
		same := func(a, b any, from, to *diag.Source) bool {
			moveSpans(reflect.ValueOf(b), from, to)
			return reflect.DeepEqual(a, b)
		}
		if !same(plan, back.plan, back.plan.Source, source) {
			t.Errorf("%s:\n%+v\nbecame\n%+v", k.Word, plan, back.plan)
		}
		if !same(pack, back.packs[0], back.packs[0].Source, packSource) {
			t.Errorf("%+v\nbecame\n%+v", pack, back.packs[0])
		}
	}
}

// moveSpans makes every span and source under v that is in from be in to.
func moveSpans(v reflect.Value, from, to *diag.Source) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.Type() == sourceType {
			if v.CanSet() && v.Interface() == from {
				v.Set(reflect.ValueOf(to))
			}
			return
		}
		if !v.IsNil() {
			moveSpans(v.Elem(), from, to)
		}
	case reflect.Slice:
		for i := range v.Len() {
			moveSpans(v.Index(i), from, to)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			moveSpans(v.Field(i), from, to)
		}
	}
}

func TestReadBodyIsStrict(t *testing.T) {
	source := diag.NewSource("p", "0123456789")
	good := string(must(planned{plan: &org.Plan{ID: "x", Source: source, At: diag.Span{Source: source, Start: 1, End: 2},
		Changes: []org.Change{&org.Abolish{Common: org.Common{ID: "c1", Kind: "abolish"}, Body: org.Ref{ID: "b"}}}}}.body())(t))
	must(readBody(KindPlan, []byte(good)))(t)
	for old, bad := range map[string]string{
		`"at":[1,2]`: `"at":[1,99]`, `"abolish":{`: `"abolishes":{`, `"kind":"abolish"`: `"kind":"dissolve"`,
		`"format":1`: `"format":2`, `"packs":[]`: `"packs":[{}]`, `"id":"x"`: `"id":7`, `{"format"`: `{"x":1,"format"`, `"position":0`: `"position":0.5`,
	} {
		text := strings.Replace(good, old, bad, 1)
		if text == good {
			t.Errorf("%s is not in %s", old, good)
		}
		if _, err := readBody(KindPlan, []byte(text)); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}

func FuzzReadBody(f *testing.F) {
	source := diag.NewSource("p", "0123456789")
	plan, _ := planned{plan: &org.Plan{ID: "x", Source: source, At: diag.Span{Source: source, Start: 1, End: 2},
		Changes: []org.Change{&org.Abolish{Common: org.Common{ID: "c1", Kind: "abolish"}, Body: org.Ref{ID: "b"}}}}}.body()
	rows, _ := imported{board()}.body()
	correction, _ := corrected{Correction{"r", "b", board(), &org.Board{}}}.body()
	f.Add(KindPlan, plan)
	f.Add(KindImport, rows)
	f.Add(KindCorrect, correction)
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		e, err := readBody(kind, body)
		if err != nil {
			return
		}
		// what can be read can be written, and says the same then
		write := func(e any) ([]byte, error) { return e.(interface{ body() ([]byte, error) }).body() }
		first, err := write(e)
		if err != nil {
			return // a text that can't be kept
		}
		again, err := readBody(kind, first)
		if err != nil {
			t.Fatalf("%s\nwas written and can't be read: %v", first, err)
		}
		if second, err := write(again); err != nil || !bytes.Equal(first, second) {
			t.Fatalf("%s\n%s\n%v", first, second, err)
		}
	})
}
