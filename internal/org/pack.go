package org

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"oneboard/internal/diag"
)

// PublicInstitutions are the kinds of body that are public institutions where a
// pack names none.
var PublicInstitutions = []string{"事业单位", "public-institution", "institution"}

// PowerKinds are the kinds of duty that are powers, as published lists of powers
// have them: ten kinds. Public service, coordination and internal work are none.
var PowerKinds = []string{"licence", "penalty", "compulsory-measure", "levy", "payment", "inspection", "confirmation", "reward", "adjudication", "other"}

// EnforcementKinds are the kinds of duty that are enforcement where a pack names
// none: what the opinions of 2018 on comprehensive enforcement brought together
// (R11).
var EnforcementKinds = []string{"penalty", "compulsory-measure", "inspection"}

// A Pack (规则包) is the rules of one place and year, as data. Rules of places
// contradict each other, so none of this is code. R1 to R26 are the rules of
// practice that docs/packs cites.
type Pack struct {
	ID             string
	Title, TitleEN string
	Extends        string

	// Required says which keys a duty must have on every day that no case of
	// RequiredFor is about: ask RequiredOf.
	Required    Keys
	RequiredFor []RequiredCase
	// FormerPerforms: until a handover is in place, the former body keeps the
	// keys named here, even after its own end in law (R1), but for those of
	// LostAtEnd. The others move on the day that the change takes effect.
	FormerPerforms, LostAtEnd Keys
	// ReceiversName: who goes on performing acts in the receiver's name (R3). So
	// the day on which a handover is in place does not move the name key: it moves
	// with the law, or on a day of its own (plate up and seal in use): see Handed.
	ReceiversName bool
	// Able is what makes a body able to act.
	Able []Need
	// Rules are the rules of somebody's own.
	Rules []Rule
	// Approve names the kinds of instrument that need an approval one level up
	// before anything in them may be carried out (R10).
	Approve []string
	// NotRetroactive: no instrument takes effect before the day it was made (R4).
	// Else RetroactiveDays limits how long before; 0: any time.
	NotRetroactive  bool
	RetroactiveDays int
	// EndingItems names the kinds of item that end with their body and so must
	// have moved by its last day: the appropriation of an abolished department
	// cannot be used from the next day.
	EndingItems []string
	// FollowingItems names the kinds of item that go with the duty they belong to,
	// without a change that moves them: matters in progress continue with the new
	// holder (R5).
	FollowingItems []string
	// ReadAsHolder: a reference to a body that has given a duty away is read as
	// one to whoever has it in law on the day (R5).
	ReadAsHolder bool
	// HeadRequired: a body with a leader quota needs a head in office from its
	// first day.
	HeadRequired bool
	// HeadGrace is how many days a new body may be without its head.
	HeadGrace int
	// LeaderSteps limits the leaders by the size of the quota (R18): the first
	// step whose UpTo is not less than the posts applies. Empty: no limit.
	LeaderSteps []LeaderStep
	// Seals, Fonds, Bylaws and Freezes are what it says of seals, record series,
	// bylaws and the discipline of a reform; see discipline.go.
	Seals   SealRules
	Fonds   FondsRules
	Bylaws  BylawRules
	Freezes []Freeze
	// Relay: levels go one after another, the lower one beginning when the upper
	// is done (R9), and RelayGap is how many idle days may be between.
	Relay    bool
	RelayGap int
	// Contacts is how many named people answer for a protected duty while it is
	// handed over; 0: not asked.
	Contacts int
	// Windows are days on which no protected duty is handed over.
	Windows []Closed
	// Follow says within how many days what a change of duties makes stale must
	// follow.
	Follow Follow
	// Institutions names the kinds of body that are public institutions (事业单位):
	// those that serve the body they are under. None named: PublicInstitutions.
	Institutions []string
	// Enforcement names the kinds of duty that are enforcement (行政执法). None
	// named: EnforcementKinds.
	Enforcement []string

	Source *diag.Source
	At     diag.Span

	parts []*Pack // what Together is made of, when it is several
	base  *Pack   // the one that it extends
}

// Extended gives a pack that is so far as the one that it extends.
func (p *Pack) Extended() *Pack {
	out := *p
	out.Extends, out.base = p.ID, p
	return &out
}

// A PackText is the text of a pack, by its SHA-256 in hexadecimal; "" when it was
// read from no text.
type PackText struct {
	ID     string `json:"id"`
	SHA256 string `json:"sha256"`
}

// Texts tells by which texts packs are as they are: of each in turn its own, and
// those of the packs that it extends.
func Texts(packs []*Pack) []PackText {
	out := []PackText{}
	for _, p := range packs {
		for ; p != nil; p = p.base {
			text := PackText{ID: p.ID}
			if p.Source != nil {
				sum := sha256.Sum256([]byte(p.Source.Text))
				text.SHA256 = hex.EncodeToString(sum[:])
			}
			out = append(out, text)
		}
	}
	return out
}

// Follow is, for each kind of dependent, the days from the change that makes it
// stale to its due day. A kind that is not written is listed without a due day.
type Follow struct {
	Institution Number `plan:"institution"`
	Delegation  Number `plan:"delegation"`
	Service     Number `plan:"service"`
	Document    Number `plan:"document"`
	Reference   Number `plan:"reference"`
}

// Over gives the days of f, and those of base for the kinds that f leaves out.
func (f Follow) Over(base Follow) Follow {
	pick := func(own, other Number) Number {
		if own.Given() {
			return own
		}
		return other
	}
	return Follow{pick(f.Institution, base.Institution), pick(f.Delegation, base.Delegation), pick(f.Service, base.Service),
		pick(f.Document, base.Document), pick(f.Reference, base.Reference)}
}

// A LeaderStep allows so many heads and deputies to a body of at most UpTo
// posts (0: of any size).
type LeaderStep struct{ UpTo, Heads, Deputies int }

// A RequiredCase says which keys duties of a sort need. What is not said of the
// sort does not matter.
type RequiredCase struct {
	Kinds, Levels []string
	// Protected: only protected duties; Unprotected: only others.
	Protected, Unprotected bool
	Keys                   Keys
}

func (r *RequiredCase) fits(d *Duty) bool {
	return (len(r.Kinds) == 0 || slices.Contains(r.Kinds, d.Kind)) && (len(r.Levels) == 0 || slices.Contains(r.Levels, d.Level)) &&
		(d.Protected && !r.Unprotected || !d.Protected && !r.Protected)
}

// RequiredOf says which keys a duty must have on every day: by the first case
// that it fits, else Required. Of several packs together each must be content.
func (p *Pack) RequiredOf(d *Duty) Keys {
	var out Keys
	for _, part := range p.parts {
		out |= part.RequiredOf(d)
	}
	if p.parts != nil {
		return out
	}
	for i := range p.RequiredFor {
		if p.RequiredFor[i].fits(d) {
			return p.RequiredFor[i].Keys
		}
	}
	return p.Required
}

// AfterEnd gives the keys that a former body keeps even after its end in law,
// until the handover is in place.
func (p *Pack) AfterEnd() Keys { return p.FormerPerforms &^ p.LostAtEnd }

// Handed gives the keys that move on the day on which a handover is in place.
func (p *Pack) Handed() Keys {
	if p.ReceiversName {
		return p.FormerPerforms &^ Signatory
	}
	return p.FormerPerforms
}

// A Need is one thing without which a body is not able to act. A body that has
// one of the keys of any duty must have it on each day, but for the first Grace
// days. Who has a key only by the transition rule is not asked: it goes on with
// what it has.
type Need struct {
	// ID is "head" (somebody in office in a post that leads), "determination" (an
	// instrument of that kind for the body, in force), or a kind of item that must
	// be in the body's hands.
	ID   string
	Keys Keys
	// Grace is in days, from the day on which the body has the first such key.
	Grace int
	// Receiving: every body that gets a key by a change of the plan is asked;
	// else only bodies that the plan brings into being.
	Receiving bool
	// OfDuty: the item must be one of the duty that the key is of, or of a duty
	// that this one is part of: a delegation is for one power.
	OfDuty bool
	At     diag.Span // the need, in the pack
}

// A Rule is a rule of somebody's own: an expression over the timeline, true of
// what breaks the rule. Package rules compiles it.
type Rule struct {
	ID        string
	Over      string // OverDuty, …
	When      Text
	ZH, EN    string // what to say of a thing that breaks it
	OnlyWarns bool
	At        diag.Span // its id, in the pack
}

// What a rule may be over.
const (
	OverDuty    = "duty"
	OverBody    = "body"
	OverChange  = "change"
	OverHolding = "holding"
)

// The needs that are no kind of item.
const (
	NeedHead          = "head"
	NeedDetermination = "determination"
)

// Asked lists the needs that can be answered: what neither the board nor the
// plan keeps anything of is not asked of anybody, as a board without posts is
// not asked for heads.
func (p *Pack) Asked(b *Board, plan *Plan) []Need {
	kept := map[string]bool{NeedHead: false}
	for i := range b.Items {
		kept[b.Items[i].Kind] = true
	}
	for i := range plan.Instruments {
		kept[NeedDetermination] = kept[NeedDetermination] || plan.Instruments[i].Kind == NeedDetermination
	}
	posts, people := len(b.Posts) > 0, len(b.Appointments) > 0
	for _, ch := range plan.Changes {
		switch ch := ch.(type) {
		case *Provide:
			kept[ch.Class.Text] = true
		case *SetPosts:
			posts = true
		case *Appoint:
			people = true
		}
	}
	kept[NeedHead] = posts && people
	var out []Need
	for _, n := range p.Able {
		if kept[n.ID] {
			out = append(out, n)
		}
	}
	return out
}

// InForceFrom gives the first day on which an instrument is in force, NoDate
// when it declares none.
func (in *Instrument) InForceFrom() Date { return in.Effective.Or(in.Made.Or(NoDate)) }

// Determined gives the first day from which a determination of the body is in
// force, Forever when the plan has none. A later one that supersedes it leaves
// no day without.
func (p *Plan) Determined(body string) Date {
	day := Forever
	for i := range p.Instruments {
		if in := &p.Instruments[i]; in.Kind == NeedDetermination && in.Body.ID == body && in.InForceFrom() != NoDate {
			day = min(day, in.InForceFrom())
		}
	}
	return day
}

// Together is what several rule packs ask, taken together: what one of them asks
// is asked, and what one of them lets a former body keep it may keep. Without
// any, every duty needs all keys and nothing is transitional.
func Together(packs []*Pack) Pack {
	switch len(packs) {
	case 0:
		return Pack{ID: "generic", Required: AllKeys, HeadRequired: true}
	case 1:
		return *packs[0]
	}
	out := *packs[0]
	out.parts = packs
	out.Approve, out.Able = slices.Clone(out.Approve), slices.Clone(out.Able)
	out.EndingItems, out.FollowingItems = slices.Clone(out.EndingItems), slices.Clone(out.FollowingItems)
	for _, p := range packs[1:] {
		out.ID += " + " + p.ID
		out.Required |= p.Required
		kept := out.AfterEnd() | p.AfterEnd()
		out.FormerPerforms |= p.FormerPerforms
		out.LostAtEnd = out.FormerPerforms &^ kept
		out.ReceiversName = out.ReceiversName || p.ReceiversName
		out.Able = append(out.Able, p.Able...)
		for _, r := range p.Rules { // packs that extend one have its rules in common
			if !slices.ContainsFunc(out.Rules, func(o Rule) bool { return o.ID == r.ID && o.Over == r.Over && o.When.Text == r.When.Text }) {
				out.Rules = append(slices.Clip(out.Rules), r)
			}
		}
		out.Approve = append(out.Approve, p.Approve...)
		out.NotRetroactive = out.NotRetroactive || p.NotRetroactive
		if d := p.RetroactiveDays; d > 0 && (out.RetroactiveDays == 0 || d < out.RetroactiveDays) {
			out.RetroactiveDays = p.RetroactiveDays
		}
		out.EndingItems = append(out.EndingItems, p.EndingItems...)
		out.FollowingItems = append(out.FollowingItems, p.FollowingItems...)
		out.ReadAsHolder = out.ReadAsHolder || p.ReadAsHolder
		out.HeadRequired = out.HeadRequired || p.HeadRequired
		out.HeadGrace = max(out.HeadGrace, p.HeadGrace)
		if len(p.LeaderSteps) > 0 {
			out.LeaderSteps = p.LeaderSteps
		}
		p.Discipline(&out)
		if p.Relay {
			out.Relay, out.RelayGap = true, p.RelayGap
		}
		out.Contacts = max(out.Contacts, p.Contacts)
		out.Windows = slices.Concat(out.Windows, p.Windows)
		out.Follow = p.Follow.Over(out.Follow)
		out.Institutions = append(slices.Clip(out.Institutions), p.Institutions...)
		out.Enforcement = append(slices.Clip(out.Enforcement), p.Enforcement...)
	}
	return out
}
