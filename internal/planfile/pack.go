package planfile

import (
	"embed"
	"errors"
	"io"
	"io/fs"
	"path"
	"reflect"
	"strings"
	"sync"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

//go:embed packs/*.yaml
var packFiles embed.FS

// Generic is the id of the pack that applies to a plan that names none.
const Generic = "generic"

// shipped reads each pack of the program once, when it is first asked for.
var shipped struct {
	sync.Mutex
	packs map[string]*org.Pack
}

// ShippedPacks lists the ids of the packs that the program brings, sorted.
func ShippedPacks() []string {
	entries, err := packFiles.ReadDir("packs")
	if err != nil {
		panic("planfile: " + err.Error()) // a broken build
	}
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return out
}

// ShippedPack gives a pack of the program by its id, and whether there is one.
// It is shared: nobody may change it. Safe for concurrent use.
func ShippedPack(id string) (*org.Pack, bool) {
	shipped.Lock()
	defer shipped.Unlock()
	return shippedPack(id)
}

// shippedPack wants the lock held; a pack may extend another.
func shippedPack(id string) (*org.Pack, bool) {
	if p, ok := shipped.packs[id]; ok {
		return p, true
	}
	text, err := packFiles.ReadFile("packs/" + id + ".yaml")
	if err != nil {
		return nil, false
	}
	p, wrong := parsePack("packs/"+id+".yaml", text, shippedPack)
	if wrong.HasErrors() {
		panic("planfile: the pack " + id + " is wrong") // a broken build: a test reads them all
	}
	if shipped.packs == nil {
		shipped.packs = map[string]*org.Pack{}
	}
	shipped.packs[id] = p
	return p, true
}

// Packs is PacksIn for a plan that stands in no folder: it finds only the packs
// that the program brings.
func Packs(p *org.Plan) ([]*org.Pack, diag.List) {
	packs, wrong, _ := PacksIn(p, nil, "")
	return packs, wrong
}

// PacksIn gives the rule packs that the plan names, in its order; the generic one
// when it names none, or none that is known. A name that begins with "./" or
// "../", or ends in ".yaml", is a file seen from dir, the folder of the plan in
// files; any other is a pack that the program brings, and shared: nobody may
// change it. What is wrong with a pack's name or text is a diagnostic; an error
// is that a file which is there can't be read.
func PacksIn(p *org.Plan, files fs.FS, dir string) ([]*org.Pack, diag.List, error) {
	var out []*org.Pack
	var wrong diag.List
	for _, ref := range p.Packs {
		if !packIsFile(ref.ID) {
			if pack, ok := ShippedPack(ref.ID); ok {
				out = append(out, pack)
			} else {
				wrong.Add(unknownPack(ref))
			}
			continue
		}
		name := path.Clean(ref.ID)
		if !path.IsAbs(name) {
			name = path.Join(dir, name)
		}
		text, err := readPack(files, name)
		switch {
		case errors.Is(err, errNoPack):
			wrong.Add(diag.At(PackMissing, ref.At, diag.F("file", name)))
			continue
		case err != nil:
			return nil, nil, err
		}
		pack, more := ParsePack(name, text)
		wrong.Add(more...)
		out = append(out, pack)
	}
	if len(out) == 0 {
		pack, _ := ShippedPack(Generic)
		out = append(out, pack)
	}
	return out, wrong, nil
}

// packIsFile tells a file that a plan names from a pack of the program.
func packIsFile(name string) bool {
	return strings.HasPrefix(name, "./") || strings.HasPrefix(name, "../") || strings.HasSuffix(name, ".yaml")
}

var errNoPack = errors.New("planfile: no such pack")

// readPack reads a pack's file, and no more of it than a pack may have.
func readPack(files fs.FS, name string) ([]byte, error) {
	if files == nil {
		return nil, errNoPack
	}
	f, err := files.Open(name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		return nil, errNoPack
	} else if err != nil {
		return nil, err
	}
	defer f.Close()
	if at, err := f.Stat(); err != nil {
		return nil, err
	} else if at.IsDir() {
		return nil, errNoPack
	}
	return io.ReadAll(io.LimitReader(f, MaxPackBytes+1))
}

func unknownPack(ref org.Ref) diag.Diagnostic {
	ids := ShippedPacks()
	facts := []diag.Fact{diag.F("pack", ref.ID), diag.F("expected", ids)}
	if near := diag.Nearest(ref.ID, ids); near != "" {
		facts = append(facts, diag.F("known", near))
	}
	return diag.At(UnknownPack, ref.At, facts...)
}

// ParsePack reads a rule pack. The pack is never nil and holds whatever could
// be read. A key that is absent is as in the pack that this one extends; with
// none extended, all keys are required and nothing else is asked.
func ParsePack(name string, text []byte) (*org.Pack, diag.List) {
	return parsePack(name, text, ShippedPack)
}

func parsePack(name string, text []byte, base func(string) (*org.Pack, bool)) (*org.Pack, diag.List) {
	d, ok := open(name, text, MaxPackBytes)
	p := &org.Pack{Required: org.AllKeys, Source: d.src}
	if !ok {
		return p, d.diags
	}
	var t packText
	if !d.head(reflect.ValueOf(&t).Elem(), NotAPlan) {
		return p, d.diags
	}
	if t.Extends.Given() {
		if b, ok := base(t.Extends.ID); ok {
			p = b.Extended()
			p.Source = d.src
		} else {
			d.diags.Add(unknownPack(t.Extends))
		}
	}
	p.ID, p.At, p.Title, p.TitleEN = t.ID.ID, t.ID.At, t.Title.Text, t.TitleEN.Text
	if t.Required != nil {
		p.Required = d.keySet(t.Required, "required")
	}
	if t.RequiredFor != nil {
		p.RequiredFor = nil
		for _, r := range t.RequiredFor {
			c := org.RequiredCase{Kinds: texts(r.Kinds), Levels: texts(r.Levels), Keys: d.keySet(r.Keys, "keys")}
			if r.Protected.given {
				c.Protected, c.Unprotected = r.Protected.on, !r.Protected.on
			}
			p.RequiredFor = append(p.RequiredFor, c)
		}
	}
	d.transition(p, &t)
	if t.Able != nil {
		p.Able = nil
		for _, n := range t.Able {
			need := org.Need{ID: n.Need.Text, Keys: org.AllKeys, Grace: n.Grace.N, Receiving: n.Bodies.Text == "receiving",
				OfDuty: n.For.Text == "duty", At: n.Need.At}
			if n.Keys != nil {
				need.Keys = d.keySet(n.Keys, "keys")
			}
			if need.OfDuty && (need.ID == org.NeedHead || need.ID == org.NeedDetermination) {
				d.add(NotAllowed, n.For.At, diag.F("key_name", "for"), diag.F("value", n.For.Text), diag.F("reason", diag.Word("reason.need_of_body")))
			}
			p.Able = append(p.Able, need)
		}
	}
	d.ownRules(p, t.Rules)
	if t.Retroactive.Text != "" {
		p.NotRetroactive = t.Retroactive.Text == "refused"
	}
	if n := t.RetroactiveDays; n.Given() {
		if p.RetroactiveDays, p.NotRetroactive = n.N, p.NotRetroactive || n.N == 0; t.Retroactive.Text == "refused" {
			d.add(NotAllowed, n.At, diag.F("key_name", "retroactive_days"), diag.F("value", n.N), diag.F("reason", diag.Word("reason.none_is_none")))
		}
	}
	if t.EndingItems != nil {
		p.EndingItems = texts(t.EndingItems)
	}
	if t.FollowingItems != nil {
		p.FollowingItems = texts(t.FollowingItems)
	}
	if t.References.Text != "" {
		p.ReadAsHolder = t.References.Text == "read_as_holder"
	}
	if t.Approve != nil {
		p.Approve = nil
		for _, w := range d.alone(t.Approve, "approve") {
			if w.Text != "none" {
				p.Approve = append(p.Approve, w.Text)
			}
		}
	}
	if t.HeadRequired.given {
		p.HeadRequired = t.HeadRequired.on
	}
	if t.HeadGrace.Given() {
		p.HeadGrace = t.HeadGrace.N
	}
	if t.LeaderSteps != nil {
		p.LeaderSteps = nil
		for i, s := range t.LeaderSteps {
			// Steps apply first to last: one that none can reach is a slip.
			if i > 0 {
				before := t.LeaderSteps[i-1].UpTo
				if before.N == 0 || s.UpTo.Given() && s.UpTo.N <= before.N {
					at := s.UpTo.At
					if at.IsZero() {
						at = s.Heads.At
					}
					d.add(NotAllowed, at, diag.F("key_name", "up_to"), diag.F("value", s.UpTo.N), diag.F("reason", diag.Word("reason.steps_rise")))
				}
			}
			p.LeaderSteps = append(p.LeaderSteps, org.LeaderStep{UpTo: s.UpTo.N, Heads: s.Heads.N, Deputies: s.Deputies.N})
		}
	}
	if t.RelayGap.Given() {
		p.Relay, p.RelayGap = true, t.RelayGap.N
	}
	if t.Contacts.Given() {
		p.Contacts = t.Contacts.N
	}
	if t.Windows != nil {
		p.Windows = t.Windows
	}
	d.discipline(p, &t)
	p.Follow = t.Follow.Over(p.Follow)
	if t.Institutions != nil {
		p.Institutions = texts(t.Institutions)
	}
	if t.Enforcement != nil {
		p.Enforcement = texts(t.Enforcement)
	}
	d.diags.Sort()
	return p, d.diags
}

// transition reads what a former body keeps, of which keys, and for how long.
func (d *document) transition(p *org.Pack, t *packText) {
	if t.FormerPerforms != nil {
		p.FormerPerforms = d.keySet(t.FormerPerforms, "former_performs")
	}
	if t.AfterEnd != nil {
		after := d.keySet(t.AfterEnd, "former_performs_after_end")
		if more := after &^ p.FormerPerforms; more != 0 {
			d.add(NotAllowed, t.AfterEnd[0].At, diag.F("key_name", "former_performs_after_end"), diag.F("value", more.String()),
				diag.F("reason", diag.Word("reason.not_performed")))
		}
		p.LostAtEnd = org.AllKeys &^ after
	}
	p.LostAtEnd &= p.FormerPerforms
	if t.ActsInNameOf.Text != "" {
		p.ReceiversName = t.ActsInNameOf.Text == "receiver"
	}
}

func texts(words []org.Text) (out []string) {
	for _, w := range words {
		out = append(out, w.Text)
	}
	return out
}

// alone reports "all" or "none" beside other words, which says two things.
func (d *document) alone(words []org.Text, key string) []org.Text {
	for _, w := range words {
		if len(words) > 1 && (w.Text == "all" || w.Text == "none") {
			d.add(NotAllowed, w.At, diag.F("key_name", key), diag.F("value", w.Text), diag.F("reason", diag.Word("reason.all_alone")))
		}
	}
	return words
}

func (d *document) keySet(words []org.Text, key string) org.Keys {
	var out org.Keys
	for _, w := range d.alone(words, key) {
		if w.Text == "none" {
			continue
		}
		if k, ok := org.ParseKeys(w.Text); ok {
			out |= k
		}
	}
	return out
}
