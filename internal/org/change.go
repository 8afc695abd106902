package org

import "oneboard/internal/diag"

// A Change is one operation of a plan. The set is closed: a new kind of change
// is a new meaning in law, and every switch must learn it. The struct tags are
// the one description of how a change is written: the reader, the JSON Schema,
// the manual and the ledger all go by them. In a tag stand the name of the key,
// then "head" for the key that names the kind, "required", "window" for a day
// that may be a window of days, or "min=N" for a list's least length (its
// cardinality in law).
type Change interface {
	// Declared gives what all changes have.
	Declared() *Common
	change()
}

// Common is what every change declares.
type Common struct {
	ID      string     `plan:"-"` // given, or derived: "c" and its place in the plan, from 1
	Kind    string     `plan:"-"`
	At      diag.Span  `plan:"-"` // the value of its first key
	GivenID Ref        `plan:"id"`
	By      []Citation `plan:"by"`
	On      When       `plan:"on,window"`
	After   []Ref      `plan:"after"`
	Before  []Ref      `plan:"before"`
	Reason  Text       `plan:"why"`
	// Variation names what the plan above asks and this change departs from, for
	// the reason given in Reason.
	Variation []Citation `plan:"variation"`
	Position  int        `plan:"-"` // its place in the plan, from 0
}

// Declared implements Change.
func (c *Common) Declared() *Common { return c }
func (c *Common) change()           {}

// NewBody declares a body that a change brings into being.
type NewBody struct {
	ID       Ref  `plan:"id,required"`
	Name     Text `plan:"name,required"`
	NameEN   Text `plan:"name_en"`
	Class    Text `plan:"kind"`
	Level    Text `plan:"level"`
	Area     Ref  `plan:"area"`
	Superior Ref  `plan:"superior"`
	Rank     Text `plan:"rank"`
}

// Establish (组建): a new body.
type Establish struct {
	Common
	Body     Ref  `plan:"establish,head"`
	Name     Text `plan:"name,required"`
	NameEN   Text `plan:"name_en"`
	Class    Text `plan:"kind"`
	Level    Text `plan:"level"`
	Area     Ref  `plan:"area"`
	Superior Ref  `plan:"superior"`
	Rank     Text `plan:"rank"`
}

// Reestablish (重新组建): a body is constituted anew and keeps its identity.
// What is not written stays as it was.
type Reestablish struct {
	Common
	Body     Ref  `plan:"re-establish,head"`
	Name     Text `plan:"name"`
	NameEN   Text `plan:"name_en"`
	Class    Text `plan:"kind"`
	Superior Ref  `plan:"superior"`
	Rank     Text `plan:"rank"`
}

// Restore (恢复设置): an ended body returns.
type Restore struct {
	Common
	Body     Ref  `plan:"restore,head"`
	Name     Text `plan:"name"`
	Superior Ref  `plan:"superior"`
}

// Abolish (撤销): a body ends. It must leave nothing behind: its duties, posts,
// items and inferior bodies need other changes.
type Abolish struct {
	Common
	Body Ref `plan:"abolish,head"`
}

// Merge (合并): two or more bodies end, and a new one succeeds to all that they
// have, but for what other changes name.
type Merge struct {
	Common
	From []Ref   `plan:"merge,head,min=2"`
	Into NewBody `plan:"into,required"`
	// InPlace is the day the handover is in place; see Transfer.
	InPlace When `plan:"in_place,window"`
}

// MergeInto (并入): one or more bodies end, and one that is there succeeds to
// all that they have, but for what other changes name.
type MergeInto struct {
	Common
	From    []Ref `plan:"merge-into,head,min=1"`
	Into    Ref   `plan:"into,required"`
	InPlace When  `plan:"in_place,window"`
}

// Split (分设): a body ends and two or more new ones take its place. Who takes
// which duty is said by transfers.
type Split struct {
	Common
	From Ref       `plan:"split,head"`
	Into []NewBody `plan:"into,required,min=2"`
}

// Rename (更名): a new name, the same body.
type Rename struct {
	Common
	Body   Ref  `plan:"rename,head"`
	Name   Text `plan:"name,required"`
	NameEN Text `plan:"name_en"`
}

// Rerank (调整规格): a new rank, the same body.
type Rerank struct {
	Common
	Body Ref  `plan:"re-rank,head"`
	Rank Text `plan:"rank,required"`
}

// ChangeSuperior (调整隶属关系): bodies come under another one, or under none
// ("none"), and may become of another kind by that.
type ChangeSuperior struct {
	Common
	Bodies []Ref `plan:"change-superior,head,min=1"`
	To     Ref   `plan:"to,required"`
	Class  Text  `plan:"kind"`
	Rank   Text  `plan:"rank"`
}

// AddPlate (加挂牌子): a body carries a further name.
type AddPlate struct {
	Common
	Body Ref  `plan:"add-plate,head"`
	Name Text `plan:"name,required"`
}

// RemovePlate: a body gives up a further name.
type RemovePlate struct {
	Common
	Body Ref  `plan:"remove-plate,head"`
	Name Text `plan:"name,required"`
}

// CoLocate (合署办公): two or more bodies share one office.
type CoLocate struct {
	Common
	Bodies []Ref `plan:"co-locate,head,min=2"`
}

// Host (设在): a body houses the office of another.
type Host struct {
	Common
	Office Ref `plan:"host,head"`
	Where  Ref `plan:"at,required"`
}

// Transfer (划转): duties go from one body to another. The holder key moves on
// the day of the change. The keys that the pack lets the former body keep move
// on the day the handover is in place; any of them may be dated by itself.
type Transfer struct {
	Common
	Duties    Selection `plan:"transfer,head"`
	From      Ref       `plan:"from,required"`
	To        Ref       `plan:"to,required"`
	In        Ref       `plan:"in"` // only in this area
	InPlace   When      `plan:"in_place,window"`
	Performer When      `plan:"performer,window"`
	Name      When      `plan:"name,window"`
	Means     When      `plan:"means,window"`
}

// Assign (赋予): a body gets a duty that nobody has; with a name, a new duty.
type Assign struct {
	Common
	Duty   Ref  `plan:"assign,head"`
	To     Ref  `plan:"to,required"`
	In     Ref  `plan:"in"`
	Name   Text `plan:"name"`
	NameEN Text `plan:"name_en"`
	Class  Text `plan:"kind"`
}

// Declare (明确牵头、配合): several bodies share a duty: one leads and others
// assist, or all act jointly.
type Declare struct {
	Common
	Duty   Ref   `plan:"declare,head"`
	Lead   Ref   `plan:"lead"`
	Assist []Ref `plan:"assist"`
	Joint  []Ref `plan:"joint"`
	In     Ref   `plan:"in"`
}

// Delegate (下放): a lower body performs, with the means for it; who has the
// duty in law, and in whose name it is done, stays.
type Delegate struct {
	Common
	Duties []Ref `plan:"delegate,head,min=1"`
	From   Ref   `plan:"from,required"`
	To     Ref   `plan:"to,required"`
	In     Ref   `plan:"in"`
}

// TakeUp (上收): an upper body takes every key that a lower one has.
type TakeUp struct {
	Common
	Duties []Ref `plan:"take-up,head,min=1"`
	From   Ref   `plan:"from,required"`
	To     Ref   `plan:"to,required"`
	In     Ref   `plan:"in"`
}

// EndDuty (取消): a duty is nobody's from that day, by intent.
type EndDuty struct {
	Common
	Duties []Ref `plan:"end-duty,head,min=1"`
}

// SetQuota (核定编制): how many posts of a kind a body may have from that day.
type SetQuota struct {
	Common
	Body     Ref    `plan:"set-quota,head"`
	Class    Text   `plan:"kind,required"`
	Posts    Number `plan:"posts,required"`
	Leaders  Number `plan:"leaders"`
	Deputies Number `plan:"deputies"`
}

// MoveQuota (划转编制): a number of posts is taken from one body's quota and
// added to another's.
type MoveQuota struct {
	Common
	Posts Number `plan:"move-quota,head"`
	Class Text   `plan:"kind,required"`
	From  Ref    `plan:"from,required"`
	To    Ref    `plan:"to,required"`
}

// SetPosts (设置岗位): a body gets posts, with ids "<body>/<kind>/<role><n>".
type SetPosts struct {
	Common
	Body  Ref    `plan:"set-posts,head"`
	Posts Number `plan:"posts,required"`
	Class Text   `plan:"kind"`
	Role  Text   `plan:"role"`
	Title Text   `plan:"title"`
}

// MovePosts (划转岗位): posts, with the people in them, go to another body. A
// post that leads stays a post; the receiver's leader quota counts it.
type MovePosts struct {
	Common
	Posts Selection `plan:"move-posts,head"`
	From  Ref       `plan:"from,required"`
	To    Ref       `plan:"to,required"`
	// Role, when written, is the role the posts have in the new body:
	// "ordinary", "deputy" or "head".
	Role Text `plan:"role"`
}

// MovePeople (人员转隶): people leave their posts at one body and take vacant
// posts of the same role at another.
type MovePeople struct {
	Common
	People Selection `plan:"move-people,head"`
	From   Ref       `plan:"from,required"`
	To     Ref       `plan:"to,required"`
}

// MoveItems (划转资产、经费、档案等): items go to another body.
type MoveItems struct {
	Common
	Items Selection `plan:"move-items,head"`
	From  Ref       `plan:"from,required"`
	To    Ref       `plan:"to,required"`
}

// Provide (启用): an item comes into being, and into use, in a body's hands: a
// seal, an account, the access to a system, a delegation.
type Provide struct {
	Common
	Item  Ref  `plan:"provide,head"`
	Class Text `plan:"kind,required"`
	To    Ref  `plan:"to,required"`
	Name  Text `plan:"name"`
	Duty  Ref  `plan:"duty"` // the one that it is for, when it is for one alone
}

// Withdraw (收回): items end: a seal is handed in, an account closed. Who has
// them may have ended before.
type Withdraw struct {
	Common
	Items []Ref `plan:"withdraw,head,min=1"`
	From  Ref   `plan:"from,required"`
}

// Restrict (限制使用): items that a body has may be used for these purposes
// alone, and not at all from a day on: by then they are withdrawn.
type Restrict struct {
	Common
	Items    []Ref  `plan:"restrict,head,min=1"`
	Of       Ref    `plan:"of,required"`
	Purposes []Text `plan:"for,required,min=1"`
	Until    When   `plan:"until,required"`
}

// Appoint (任命): a person takes a post: the named one, or a vacant one of the
// role in the body.
type Appoint struct {
	Common
	Person Ref  `plan:"appoint,head"`
	Post   Ref  `plan:"post"`
	Body   Ref  `plan:"body"`
	Role   Text `plan:"role"`
}

// Relieve (免职): a person leaves a post, or all posts of a body.
type Relieve struct {
	Common
	Person Ref `plan:"relieve,head"`
	Post   Ref `plan:"post"`
	Body   Ref `plan:"body"`
}

// NewArea declares an area that a change brings into being.
type NewArea struct {
	Code   Ref   `plan:"code,required"`
	Name   Text  `plan:"name,required"`
	NameEN Text  `plan:"name_en"`
	Level  Text  `plan:"level"`
	Parent Ref   `plan:"parent"`
	Bodies []Ref `plan:"bodies"` // that sit here from then on
}

// ChangeArea (调整区划): areas become others. What the change is follows from
// its shape: one into one is a renaming or renumbering, several into one a
// merger, one into several a split, into none an end.
type ChangeArea struct {
	Common
	Areas []Ref     `plan:"change-area,head,min=1"`
	Into  []NewArea `plan:"into"`
}

// A Kind is one member of the closed set.
type Kind struct {
	Word string // the first key of a change of this kind
	New  func() Change
}

// Kinds is the closed set, in the order in which the manual explains it.
var Kinds = []Kind{
	{"establish", func() Change { return &Establish{} }},
	{"re-establish", func() Change { return &Reestablish{} }},
	{"restore", func() Change { return &Restore{} }},
	{"abolish", func() Change { return &Abolish{} }},
	{"merge", func() Change { return &Merge{} }},
	{"merge-into", func() Change { return &MergeInto{} }},
	{"split", func() Change { return &Split{} }},
	{"rename", func() Change { return &Rename{} }},
	{"re-rank", func() Change { return &Rerank{} }},
	{"change-superior", func() Change { return &ChangeSuperior{} }},
	{"add-plate", func() Change { return &AddPlate{} }},
	{"remove-plate", func() Change { return &RemovePlate{} }},
	{"co-locate", func() Change { return &CoLocate{} }},
	{"host", func() Change { return &Host{} }},
	{"transfer", func() Change { return &Transfer{} }},
	{"assign", func() Change { return &Assign{} }},
	{"declare", func() Change { return &Declare{} }},
	{"delegate", func() Change { return &Delegate{} }},
	{"take-up", func() Change { return &TakeUp{} }},
	{"end-duty", func() Change { return &EndDuty{} }},
	{"set-quota", func() Change { return &SetQuota{} }},
	{"move-quota", func() Change { return &MoveQuota{} }},
	{"set-posts", func() Change { return &SetPosts{} }},
	{"move-posts", func() Change { return &MovePosts{} }},
	{"move-people", func() Change { return &MovePeople{} }},
	{"move-items", func() Change { return &MoveItems{} }},
	{"provide", func() Change { return &Provide{} }},
	{"withdraw", func() Change { return &Withdraw{} }},
	{"restrict", func() Change { return &Restrict{} }},
	{"appoint", func() Change { return &Appoint{} }},
	{"relieve", func() Change { return &Relieve{} }},
	{"change-area", func() Change { return &ChangeArea{} }},
}

// KindOf finds a kind by its word.
func KindOf(word string) (Kind, bool) {
	for _, k := range Kinds {
		if k.Word == word {
			return k, true
		}
	}
	return Kind{}, false
}

// BodiesOf lists the references to bodies that a change makes, in the order in
// which its kind names them.
func BodiesOf(ch Change) []Ref {
	var out []Ref
	add := func(refs ...Ref) {
		for _, r := range refs {
			if r.Given() && r.ID != "none" {
				out = append(out, r)
			}
		}
	}
	switch ch := ch.(type) {
	case *Establish:
		add(ch.Body, ch.Superior)
	case *Reestablish:
		add(ch.Body, ch.Superior)
	case *Restore:
		add(ch.Body, ch.Superior)
	case *Abolish:
		add(ch.Body)
	case *Merge:
		add(ch.From...)
		add(ch.Into.ID, ch.Into.Superior)
	case *MergeInto:
		add(ch.From...)
		add(ch.Into)
	case *Split:
		add(ch.From)
		for _, n := range ch.Into {
			add(n.ID, n.Superior)
		}
	case *Rename:
		add(ch.Body)
	case *Rerank:
		add(ch.Body)
	case *ChangeSuperior:
		add(ch.Bodies...)
		add(ch.To)
	case *AddPlate:
		add(ch.Body)
	case *RemovePlate:
		add(ch.Body)
	case *CoLocate:
		add(ch.Bodies...)
	case *Host:
		add(ch.Office, ch.Where)
	case *Transfer:
		add(ch.From, ch.To)
	case *Assign:
		add(ch.To)
	case *Declare:
		add(ch.Lead)
		add(ch.Assist...)
		add(ch.Joint...)
	case *Delegate:
		add(ch.From, ch.To)
	case *TakeUp:
		add(ch.From, ch.To)
	case *SetQuota:
		add(ch.Body)
	case *MoveQuota:
		add(ch.From, ch.To)
	case *SetPosts:
		add(ch.Body)
	case *MovePosts:
		add(ch.From, ch.To)
	case *MovePeople:
		add(ch.From, ch.To)
	case *MoveItems:
		add(ch.From, ch.To)
	case *Provide:
		add(ch.To)
	case *Withdraw:
		add(ch.From)
	case *Restrict:
		add(ch.Of)
	case *Appoint:
		add(ch.Body)
	case *Relieve:
		add(ch.Body)
	case *ChangeArea:
		for _, n := range ch.Into {
			add(n.Bodies...)
		}
	case *EndDuty:
	default:
		panic("org: unknown kind of change")
	}
	return out
}
