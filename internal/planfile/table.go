package planfile

import (
	"reflect"
	"strconv"
	"strings"
	"sync"

	"oneboard/internal/org"
)

// A form is how the value of a key is written.
type form uint8

const (
	textForm form = iota
	refForm
	dateForm
	windowForm  // a day, or "first/last"
	windowsForm // one of those, or a list of them
	numberForm
	daysForm      // a number, or a mapping of the least, the likely and the most
	selectionForm // all, an id, or a list of ids
	refsForm      // an id or a list of ids
	citationsForm // "instrument clause", or a list of such
	clausesForm   // a list of numbers, or number: words
	boolForm
	textsForm   // a list of words
	structForm  // a mapping
	structsForm // a list of mappings
	changesForm // a list of changes
)

// A spec is one key of a mapping, as a struct tag describes it.
type spec struct {
	key            string
	index          []int
	form           form
	head, required bool
	min            int
	words          []string // the only words allowed; nil: any
	kinds          bool     // they are kinds of change
	below          *table   // for a mapping
}

// A table is the keys of one type of mapping, in the order of its fields; the
// head first.
type table struct {
	specs []spec
	byKey map[string]int
}

func (t *table) find(key string) *spec {
	if i, ok := t.byKey[key]; ok {
		return &t.specs[i]
	}
	return nil
}

func (t *table) keys() []string {
	out := make([]string, len(t.specs))
	for i := range t.specs {
		out[i] = t.specs[i].key
	}
	return out
}

var tables sync.Map // reflect.Type → *table

// tableOf reads the struct tags of a type, once.
func tableOf(t reflect.Type) *table {
	if known, ok := tables.Load(t); ok {
		return known.(*table)
	}
	out := &table{byKey: map[string]int{}}
	var common []spec
	collect(t, nil, &out.specs, &common)
	out.specs = append(out.specs, common...)
	for i, s := range out.specs {
		out.byKey[s.key] = i
	}
	known, _ := tables.LoadOrStore(t, out)
	return known.(*table)
}

// collect lists the fields of a struct; those of an embedded one come last,
// for what is special to a kind is read first.
func collect(t reflect.Type, at []int, own, embedded *[]spec) {
	for i := range t.NumField() {
		f := t.Field(i)
		index := append(append([]int(nil), at...), i)
		if f.Anonymous {
			collect(f.Type, index, embedded, embedded)
			continue
		}
		tag := f.Tag.Get("plan")
		if tag == "" || tag == "-" {
			continue
		}
		words := strings.Split(tag, ",")
		s, window := spec{key: words[0], index: index}, false
		for _, w := range words[1:] {
			switch {
			case w == "head":
				s.head = true
			case w == "required":
				s.required = true
			case w == "kinds":
				s.kinds = true
			case w == "window":
				window = true
			case strings.HasPrefix(w, "min="):
				s.min, _ = strconv.Atoi(w[len("min="):])
			case strings.HasPrefix(w, "words="):
				s.words = strings.Split(w[len("words="):], "|")
			}
		}
		if s.form, s.below = formOf(f.Type); window {
			if s.form = windowForm; f.Type == reflect.TypeFor[[]org.Text]() {
				s.form = windowsForm
			}
		}
		if s.key == "role" && s.words == nil {
			s.words = roles
		}
		*own = append(*own, s)
	}
}

// roles are the words of a role in a plan; a table's empty cell has the word
// "ordinary" here.
var roles = []string{"ordinary", org.Deputy.String(), org.Head.String()}

func formOf(t reflect.Type) (form, *table) {
	switch reflect.Zero(t).Interface().(type) {
	case org.Text:
		return textForm, nil
	case org.Ref:
		return refForm, nil
	case org.When:
		return dateForm, nil
	case org.Number:
		return numberForm, nil
	case org.Days:
		return daysForm, tableOf(reflect.TypeFor[daysText]())
	case org.Selection:
		return selectionForm, nil
	case []org.Ref:
		return refsForm, nil
	case []org.Text:
		return textsForm, nil
	case []org.Citation:
		return citationsForm, nil
	case []org.Clause:
		return clausesForm, nil
	case truth:
		return boolForm, nil
	case changeList:
		return changesForm, nil
	}
	if t.Kind() == reflect.Slice {
		return structsForm, tableOf(t.Elem())
	}
	return structForm, tableOf(t)
}

// The types below describe what is not a change, in the same tags.

type (
	changeList []org.Change
	truth      struct{ on, given bool }
)

type planText struct {
	Oneboard    org.Text         `plan:"oneboard,required,words=plan/v1"`
	ID          org.Ref          `plan:"id,required"`
	Title       org.Text         `plan:"title"`
	TitleEN     org.Text         `plan:"title_en"`
	Area        org.Ref          `plan:"area"`
	Board       org.Text         `plan:"board"`
	Above       org.Text         `plan:"above"`
	Packs       []org.Ref        `plan:"packs"`
	Calendar    []org.Ref        `plan:"calendar"`
	Start       org.When         `plan:"start"`
	Deadline    org.When         `plan:"deadline"`
	Instruments []instrumentText `plan:"instruments"`
	Approvals   []approvalText   `plan:"approvals"`
	Changes     changeList       `plan:"changes"`
	Templates   []org.Ref        `plan:"templates"`
	WorkFrom    org.When         `plan:"work_from"`
	Spread      org.Spread       `plan:"spread"`
	Roles       []org.RoleHolder `plan:"roles"`
	Resources   []org.Team       `plan:"resources"`
	Staff       []org.Person     `plan:"staff"`
	Rests       []org.Rest       `plan:"rests"`
	Causes      []org.Cause      `plan:"causes"`
	Tasks       []org.Task       `plan:"tasks"`
	Below       []org.Demand     `plan:"below"`
	Upward      []org.Tie        `plan:"upward"`
	Windows     []org.Closed     `plan:"windows"`
	Contacts    []org.Contact    `plan:"contacts"`
	Waivers     []waiverText     `plan:"waivers"`
	Processes   []org.Process    `plan:"processes"`
}

type daysText struct {
	Least  org.Number `plan:"least"`
	Likely org.Number `plan:"likely,required"`
	Most   org.Number `plan:"most"`
}

type instrumentText struct {
	ID         org.Ref      `plan:"id,required"`
	Title      org.Text     `plan:"title"`
	TitleEN    org.Text     `plan:"title_en"`
	Kind       org.Text     `plan:"kind,words=law|order|plan|notice|decision|minute|determination"`
	Body       org.Ref      `plan:"body"`
	Issuer     org.Text     `plan:"issuer"`
	Number     org.Text     `plan:"number"`
	Made       org.When     `plan:"made"`
	Effective  org.When     `plan:"effective"`
	Clauses    []org.Clause `plan:"clauses"`
	Supersedes []org.Ref    `plan:"supersedes"`
	Confirms   []org.Ref    `plan:"confirms"`
	ConfirmsIn org.Ref      `plan:"confirms_in"`
	Under      []org.Ref    `plan:"under"`
	PublicFrom org.When     `plan:"public_from"`
}

type approvalText struct {
	Instrument org.Ref  `plan:"instrument,required"`
	By         org.Text `plan:"by,required"`
	On         org.When `plan:"on,required"`
}

type waiverText struct {
	Code    org.Text `plan:"code,required"`
	Object  org.Ref  `plan:"on,required"`
	Until   org.When `plan:"until,required"`
	By      org.Text `plan:"by,required"`
	Because org.Text `plan:"because,required"`
}

type packText struct {
	Oneboard        org.Text       `plan:"oneboard,required,words=pack/v1"`
	ID              org.Ref        `plan:"id,required"`
	Title           org.Text       `plan:"title"`
	TitleEN         org.Text       `plan:"title_en"`
	Extends         org.Ref        `plan:"extends"`
	Required        []org.Text     `plan:"required,words=all|none|holder|performer|name|means"`
	RequiredFor     []requiredText `plan:"required_for"`
	FormerPerforms  []org.Text     `plan:"former_performs,words=all|none|holder|performer|name|means"`
	AfterEnd        []org.Text     `plan:"former_performs_after_end,words=all|none|holder|performer|name|means"`
	ActsInNameOf    org.Text       `plan:"acts_in_name_of,words=former|receiver"`
	Able            []needText     `plan:"able"`
	Rules           []ruleText     `plan:"rules"`
	Approve         []org.Text     `plan:"approve,words=none|law|order|plan|notice|decision|minute|determination"`
	Retroactive     org.Text       `plan:"retroactive,words=allowed|refused"`
	RetroactiveDays org.Number     `plan:"retroactive_days"`
	EndingItems     []org.Text     `plan:"items_end_with_body"`
	FollowingItems  []org.Text     `plan:"items_follow_duty"`
	References      org.Text       `plan:"references,words=read_as_written|read_as_holder"`
	HeadRequired    truth          `plan:"head_required"`
	HeadGrace       org.Number     `plan:"head_grace"`
	LeaderSteps     []stepText     `plan:"leader_steps"`
	Seals           org.SealRules  `plan:"seals"`
	Fonds           org.FondsRules `plan:"fonds"`
	Bylaws          org.BylawRules `plan:"bylaws"`
	Freezes         []org.Freeze   `plan:"freezes"`
	RelayGap        org.Number     `plan:"relay_gap"`
	Contacts        org.Number     `plan:"contacts"`
	Windows         []org.Closed   `plan:"windows"`
	Follow          org.Follow     `plan:"follow"`
	Institutions    []org.Text     `plan:"institutions"`
	Enforcement     []org.Text     `plan:"enforcement"`
}

type requiredText struct {
	Kinds     []org.Text `plan:"kinds"`
	Levels    []org.Text `plan:"level"`
	Protected truth      `plan:"protected"`
	Keys      []org.Text `plan:"keys,required,words=all|none|holder|performer|name|means"`
}

type needText struct {
	Need   org.Text   `plan:"need,required"`
	Keys   []org.Text `plan:"keys,words=all|holder|performer|name|means"`
	Grace  org.Number `plan:"grace"`
	Bodies org.Text   `plan:"bodies,words=new|receiving"`
	For    org.Text   `plan:"for,words=body|duty"`
}

type ruleText struct {
	ID       org.Ref  `plan:"id,required"`
	Over     org.Text `plan:"over,required,words=duty|body|change|holding"`
	When     org.Text `plan:"when,required"`
	Says     saysText `plan:"says"`
	Severity org.Text `plan:"severity,words=error|warning"`
}

type saysText struct {
	ZH org.Text `plan:"zh"`
	EN org.Text `plan:"en"`
}

type stepText struct {
	UpTo     org.Number `plan:"up_to"`
	Heads    org.Number `plan:"heads,required"`
	Deputies org.Number `plan:"deputies,required"`
}
