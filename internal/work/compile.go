package work

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/sched"
)

// The faults that show only when a plan meets its templates.
var (
	// NoSuchActivity: a task waits for a step that the templates make nothing of.
	NoSuchActivity = diag.Define("OB0803", diag.Error)
	// RoleOpen: a template leaves work to an office, and the plan does not say
	// which body that is.
	RoleOpen = diag.Define("OB0806", diag.Warning)
)

// LawStep and InPlaceStep are the steps of the days that a change declares: its
// activities "<change>/law" and "<change>/in-place" are milestones.
const (
	LawStep     = "law"
	InPlaceStep = "in-place"
	// RelayStep is the step of "relay/<level>": all days of a level have come.
	RelayStep = "relay"
)

// quiet is the resource that is away in protected windows, and what the ids of
// those begin with that are away in a window of some duties.
const quiet = "windows"

// many is more than anybody takes of a resource that is not limited.
const many = 1 << 14

// Compile makes the work of a plan: the days its changes declare, which are
// fixed; what the templates ask for of each change; and the plan's own tasks.
// Without a calendar work goes on from Monday to Friday. Of amendments of calendars
// it reckons with those known when the day on ended; Forever: with all. The work is nil when the
// list has errors. The order of the activities is that of the plan, so the same
// plan gives the same work. It takes O(n log n) for n activities and links.
func Compile(checked *check.Checked, rules *org.WorkRules, on org.Date) (*Work, diag.List) {
	t := checked.Timeline()
	plan := t.Plan()
	c := &compiler{t: t, plan: plan, place: map[string]int{}, resource: map[string]int{}, teamOf: map[string]int{}, bodies: map[string]*org.Body{},
		openRoles: map[string]bool{}}
	c.w = &Work{Plan: plan, From: plan.WorkFrom.Or(t.Start()), Until: plan.Deadline.Or(org.Forever), Calendar: CalendarOf(on, rules.Calendar...),
		Version: versionOf(on, rules.Amendments())}
	c.own = make(map[string]*org.DayTable, len(rules.Own))
	for id, t := range rules.Own {
		if t != nil {
			c.own[id] = t.On(on)
		}
	}
	for _, id := range t.Bodies() {
		if life := t.Body(id); life != nil && len(life.Versions) > 0 {
			last := life.Versions[len(life.Versions)-1].Body
			c.bodies[id] = &last
		}
	}
	c.matters()
	c.teams(rules.Templates, checked.Packs())
	for _, ch := range plan.Changes {
		c.days(ch)
	}
	for _, template := range rules.Templates {
		c.template(template)
	}
	for i := range plan.Tasks {
		c.task(&plan.Tasks[i])
	}
	for i := range plan.Tasks {
		c.waits(&plan.Tasks[i])
	}
	c.causes()
	c.problems.Add(c.w.Beyond()...)
	c.problems.Sort()
	if c.problems.HasErrors() {
		return nil, c.problems
	}
	return c.w, c.problems
}

type compiler struct {
	t         *check.Timeline
	plan      *org.Plan
	w         *Work
	problems  diag.List
	place     map[string]int // of an activity, by id
	resource  map[string]int
	teamOf    map[string]int // the first resource of a body
	bodies    map[string]*org.Body
	openRoles map[string]bool
	// what bodies have that no change names, for changes that take all
	duties map[string][]string
	items  map[string][]string
	posts  map[string][]string
	people int        // of a body that the plan gives no team
	spread org.Spread // of the template at hand
	own    map[string]*org.DayTable
	quiet  int // the resource of protected windows; -1: none
	narrow []window
	restOf map[string]int // the resource of an office's closing days
}

// matters lists for each body what goes with it when it ends, but for what other
// changes name.
func (c *compiler) matters() {
	b := c.t.Board()
	c.duties, c.items, c.posts = map[string][]string{}, map[string][]string{}, map[string][]string{}
	named := map[string]bool{}
	for _, ch := range c.plan.Changes {
		name := func(prefix, from string, refs []org.Ref) {
			for _, r := range refs {
				named[prefix+from+"\x00"+r.ID] = true
			}
		}
		switch ch := ch.(type) {
		case *org.Transfer:
			name("d", ch.From.ID, ch.Duties.Refs)
		case *org.MoveItems:
			name("i", ch.From.ID, ch.Items.Refs)
		case *org.MovePosts:
			name("p", ch.From.ID, ch.Posts.Refs)
		}
	}
	add := func(to map[string][]string, prefix, body, id string) {
		if body != "" && !named[prefix+body+"\x00"+id] {
			to[body] = append(to[body], id)
		}
	}
	seen := map[string]bool{}
	for _, r := range b.Responsibilities {
		k := r.Body + "\x00" + r.Duty
		if r.Keys&org.Holder != 0 && !seen[k] && r.Holds(c.t.Start()) {
			seen[k] = true
			add(c.duties, "d", r.Body, r.Duty)
		}
	}
	for _, it := range b.Items {
		add(c.items, "i", it.Body, it.ID)
	}
	for _, p := range b.Posts {
		add(c.posts, "p", p.Body, p.ID)
	}
}

// teams makes the resources: those of the plan, and those that are nobody, but
// days on which a kind of work rests.
func (c *compiler) teams(templates []*org.Template, packs []*org.Pack) {
	for i := range c.plan.Teams {
		team := &c.plan.Teams[i]
		r := Resource{ID: team.ID.ID, Name: team.Name.Text, NameEN: team.NameEN.Text, Body: team.Body.ID, Capacity: team.Capacity.N,
			Breaks: team.Absence.Text == "breaks", At: team.ID.At}
		r.Away = append(absences(team.Away), c.closings(team.Calendar)...)
		c.addResource(r)
	}
	c.staff()
	c.windows(packs)
	c.rests()
	for _, t := range templates {
		c.people = max(c.people, t.People)
	}
}

func (c *compiler) addResource(r Resource) int {
	c.resource[r.ID] = len(c.w.Resources)
	if _, has := c.teamOf[r.Body]; !has && r.Body != "" {
		c.teamOf[r.Body] = len(c.w.Resources)
	}
	c.w.Resources = append(c.w.Resources, r)
	return len(c.w.Resources) - 1
}

// add puts an activity down.
func (c *compiler) add(a Activity) int {
	if b := c.bodies[a.Body]; b != nil {
		a.Level = b.Level
	}
	if k, ok := c.restOf[a.Body]; ok && a.Duration > 0 {
		a.Needs = append(a.Needs, Need{k, 1})
	}
	c.place[a.ID] = len(c.w.Activities)
	c.w.Activities = append(c.w.Activities, a)
	return len(c.w.Activities) - 1
}

func (c *compiler) link(from, to int, kind sched.LinkKind, lag int, why string, at diag.Span) {
	c.w.Links = append(c.w.Links, Link{From: from, To: to, Kind: kind, Lag: lag, Why: why, At: at})
}

// days puts down the days that a change declares.
func (c *compiler) days(ch org.Change) {
	common := ch.Declared()
	day := c.t.DateOf(ch)
	if !day.Known() {
		return
	}
	givers, receivers := parties(ch)
	body := first(receivers, givers)
	title := func(id string) (string, string) {
		say := func(tag lang.Tag) string {
			return lang.Say(tag, id, lang.Args{"Kind": lang.Say(tag, "kind."+common.Kind), "Of": c.between(tag, givers, receivers)})
		}
		return say(lang.ZH), say(lang.EN)
	}
	milestone := func(step, words string, first, last org.Date, at diag.Span) int {
		zh, en := title(words)
		return c.add(Activity{ID: common.ID + "/" + step, Title: zh, TitleEN: en, Change: common.ID, Step: step, Body: body,
			Release: first, Deadline: last, Fixed: first == last, At: at, Clause: common.By})
	}
	at := common.On.At
	if at.IsZero() {
		at = common.At
	}
	open := day
	if common.On.Window() {
		open = common.On.First()
	}
	law := milestone(LawStep, "work.law", open, day, at)
	if done := c.t.CompleteOn(ch); done.Known() && done > day {
		at := common.At
		if when := inPlace(ch); when.Given() {
			at = when.At
		}
		k := milestone(InPlaceStep, "work.in-place", done, done, at)
		c.link(law, k, sched.FinishStart, 0, "in-place", at)
	}
}

func inPlace(ch org.Change) org.When {
	switch ch := ch.(type) {
	case *org.Transfer:
		return ch.InPlace
	case *org.Merge:
		return ch.InPlace
	case *org.MergeInto:
		return ch.InPlace
	}
	return org.When{}
}

// between names the sides of a change.
func (c *compiler) between(tag lang.Tag, givers, receivers []string) string {
	side := func(ids []string) string {
		var names []string
		for _, id := range ids {
			names = append(names, c.called(tag, id))
		}
		return strings.Join(names, lang.Say(tag, "list.comma"))
	}
	if slices.Equal(givers, receivers) || len(givers) == 0 {
		return side(receivers)
	}
	if len(receivers) == 0 {
		return side(givers)
	}
	return side(givers) + " → " + side(receivers)
}

// called gives the name of a body, or its id.
func (c *compiler) called(tag lang.Tag, id string) string {
	b := c.bodies[id]
	switch {
	case b == nil:
		return id
	case tag == lang.EN && b.NameEN != "":
		return b.NameEN
	case b.Name != "":
		return b.Name
	}
	return id
}

func first(lists ...[]string) string {
	for _, l := range lists {
		if len(l) > 0 {
			return l[0]
		}
	}
	return ""
}

func idsOf(refs ...org.Ref) (out []string) {
	for _, r := range refs {
		if r.Given() && r.ID != "none" {
			out = append(out, r.ID)
		}
	}
	return out
}

// parties gives who hands over and who receives by a change; a change that is of
// one body alone has it on both sides.
func parties(ch org.Change) (givers, receivers []string) {
	both := func(r ...org.Ref) ([]string, []string) { return idsOf(r...), idsOf(r...) }
	switch ch := ch.(type) {
	case *org.Merge:
		return idsOf(ch.From...), idsOf(ch.Into.ID)
	case *org.MergeInto:
		return idsOf(ch.From...), idsOf(ch.Into)
	case *org.Split:
		var into []string
		for _, n := range ch.Into {
			into = append(into, n.ID.ID)
		}
		return idsOf(ch.From), into
	case *org.Transfer:
		return idsOf(ch.From), idsOf(ch.To)
	case *org.Delegate:
		return idsOf(ch.From), idsOf(ch.To)
	case *org.TakeUp:
		return idsOf(ch.From), idsOf(ch.To)
	case *org.MoveQuota:
		return idsOf(ch.From), idsOf(ch.To)
	case *org.MovePosts:
		return idsOf(ch.From), idsOf(ch.To)
	case *org.MovePeople:
		return idsOf(ch.From), idsOf(ch.To)
	case *org.MoveItems:
		return idsOf(ch.From), idsOf(ch.To)
	case *org.Declare:
		if ch.Lead.Given() {
			return both(ch.Lead)
		}
		return both(ch.Joint...)
	case *org.ChangeSuperior:
		return both(ch.Bodies...)
	case *org.CoLocate:
		return both(ch.Bodies...)
	case *org.Establish:
		return both(ch.Body)
	case *org.Appoint:
		if ch.Post.Given() && !ch.Body.Given() {
			return both(org.Ref{ID: bodyOfPost(ch.Post.ID)})
		}
		return both(ch.Body)
	case *org.Relieve:
		if ch.Post.Given() && !ch.Body.Given() {
			return both(org.Ref{ID: bodyOfPost(ch.Post.ID)})
		}
		return both(ch.Body)
	}
	refs := org.BodiesOf(ch)
	if len(refs) > 1 {
		refs = refs[:1] // the body itself; others are its superior or where it sits
	}
	return both(refs...)
}

// bodyOfPost gives the body that the id of a post begins with.
func bodyOfPost(id string) string {
	body, _, _ := strings.Cut(id, "/")
	return body
}

// things lists what of one kind a change moves.
func (c *compiler) things(ch org.Change, each string) []string {
	all := func(of map[string][]string, refs ...org.Ref) (out []string) {
		for _, r := range refs {
			out = append(out, of[r.ID]...)
		}
		return out
	}
	chosen := func(s org.Selection, of map[string][]string, from org.Ref) []string {
		if s.All {
			return all(of, from)
		}
		return idsOf(s.Refs...)
	}
	switch each {
	case "duty":
		switch ch := ch.(type) {
		case *org.Transfer:
			return chosen(ch.Duties, c.duties, ch.From)
		case *org.Delegate:
			return idsOf(ch.Duties...)
		case *org.TakeUp:
			return idsOf(ch.Duties...)
		case *org.EndDuty:
			return idsOf(ch.Duties...)
		case *org.Assign:
			return idsOf(ch.Duty)
		case *org.Declare:
			return idsOf(ch.Duty)
		case *org.Merge:
			return all(c.duties, ch.From...)
		case *org.MergeInto:
			return all(c.duties, ch.From...)
		}
	case "item":
		switch ch := ch.(type) {
		case *org.MoveItems:
			return chosen(ch.Items, c.items, ch.From)
		case *org.Provide:
			return idsOf(ch.Item)
		case *org.Withdraw:
			return idsOf(ch.Items...)
		case *org.Merge:
			return all(c.items, ch.From...)
		case *org.MergeInto:
			return all(c.items, ch.From...)
		}
	case "post":
		switch ch := ch.(type) {
		case *org.MovePosts:
			return chosen(ch.Posts, c.posts, ch.From)
		case *org.MovePeople:
			return idsOf(ch.People.Refs...)
		case *org.Merge:
			return all(c.posts, ch.From...)
		case *org.MergeInto:
			return all(c.posts, ch.From...)
		}
	}
	return nil
}

// A made is an activity of a template, with what links ask about it.
type made struct {
	place           int
	change          int
	giver, receiver string
	thing           string // the duty, item, post or giving body that it is of
}

// template makes the activities of a template, and then its links.
func (c *compiler) template(t *org.Template) {
	b := c.t.Board()
	c.spread = t.Spread
	names := map[string][2]string{}
	for i := range b.Duties {
		names["duty\x00"+b.Duties[i].ID] = [2]string{b.Duties[i].Name, b.Duties[i].NameEN}
	}
	kinds := map[string]string{}
	for i := range b.Items {
		names["item\x00"+b.Items[i].ID] = [2]string{b.Items[i].Name, b.Items[i].Name}
		kinds[b.Items[i].ID] = b.Items[i].Kind
	}
	for i := range b.Posts {
		names["post\x00"+b.Posts[i].ID] = [2]string{b.Posts[i].Title, b.Posts[i].Title}
	}
	of := map[string][]made{} // of a step
	bodyDone := map[string]bool{}
	for pos, ch := range c.plan.Changes {
		law, dated := c.place[ch.Declared().ID+"/"+LawStep]
		if !dated {
			continue
		}
		givers, receivers := parties(ch)
		for k := range t.Steps {
			s := &t.Steps[k]
			if !has(s.For, ch.Declared().Kind) {
				continue
			}
			switch each := s.Each.Text; each {
			case "", "change":
				c.step(s, ch, pos, law, first(givers), first(receivers), "", [2]string{}, of)
			case "body":
				for _, body := range receivers {
					if key := s.ID.ID + "\x00" + body; !bodyDone[key] {
						bodyDone[key] = true
						c.step(s, ch, pos, law, first(givers), body, body, [2]string{c.called(lang.ZH, body), c.called(lang.EN, body)}, of)
					}
				}
			case "giver":
				for _, body := range givers {
					if key := s.ID.ID + "\x00" + body; !bodyDone[key] {
						bodyDone[key] = true
						c.step(s, ch, pos, law, body, first(receivers), body, [2]string{c.called(lang.ZH, body), c.called(lang.EN, body)}, of)
					}
				}
			default:
				for _, thing := range c.things(ch, each) {
					if each == "item" && len(s.Items) > 0 && !has(s.Items, kinds[thing]) {
						continue
					}
					name := names[each+"\x00"+thing]
					if name[0] == "" {
						name[0] = thing
					}
					if name[1] == "" {
						name[1] = name[0]
					}
					c.step(s, ch, pos, law, first(givers), first(receivers), thing, name, of)
				}
			}
		}
	}
	for k := range t.Steps {
		c.tie(&t.Steps[k], of)
	}
	c.relay(t)
}

func has(words []org.Text, w string) bool {
	return slices.ContainsFunc(words, func(t org.Text) bool { return t.Text == w })
}

// step makes one activity of a step.
func (c *compiler) step(s *org.WorkStep, ch org.Change, pos, law int, giver, receiver, thing string, name [2]string, of map[string][]made) {
	common := ch.Declared()
	about := cmp.Or(receiver, giver)
	body := c.who(s.Who, giver, receiver)
	level := ""
	if b := c.bodies[about]; b != nil {
		level = b.Level
	}
	if len(s.Levels) > 0 && !has(s.Levels, level) {
		return
	}
	if name[0] == "" {
		givers, receivers := parties(ch)
		name = [2]string{c.between(lang.ZH, givers, receivers), c.between(lang.EN, givers, receivers)}
	}
	en := cmp.Or(s.TitleEN.Text, s.Title.Text)
	a := Activity{ID: common.ID + "/" + s.ID.ID, Title: lang.Say(lang.ZH, "work.of", lang.Args{"Step": s.Title.Text, "Of": name[0]}),
		TitleEN: lang.Say(lang.EN, "work.of", lang.Args{"Step": en, "Of": name[1]}), Change: common.ID, Step: s.ID.ID, Body: body,
		Partner: c.who(s.With, giver, receiver), Duration: s.Days.N, Evidence: s.Evidence.Text, EvidenceEN: cmp.Or(s.EvidenceEN.Text, s.Evidence.Text),
		Release: org.Always, Deadline: org.Forever, At: common.At, Clause: common.By}
	a.days(s.Days, c.plan.Spread, c.spread)
	if thing != "" {
		a.ID += "/" + thing
	}
	for n, base := 2, a.ID; ; n++ {
		if _, taken := c.place[a.ID]; !taken {
			break
		}
		a.ID = base + "/" + strconv.Itoa(n)
	}
	people := 1
	if s.People.Given() {
		people = s.People.N
	}
	if r, ok := c.team(body); ok && people > 0 && a.Duration > 0 {
		a.Needs = append(a.Needs, Need{r, people})
	}
	if s.Outside.Text == "windows" {
		duties := []string{thing}
		if s.Each.Text != "duty" {
			duties = c.things(ch, "duty")
		}
		a.Needs = append(a.Needs, c.outside(duties)...)
	}
	k := c.add(a)
	day := func(word string) int {
		if word == "in_place" {
			if at, ok := c.place[common.ID+"/"+InPlaceStep]; ok {
				return at
			}
		}
		return law
	}
	at := c.w.Activities[law].At
	if s.By.Text != "" {
		c.link(k, day(s.By.Text), sched.FinishStart, s.Ahead.N, "before-"+dash(s.By.Text), at)
	}
	if s.From.Text != "" {
		c.link(day(s.From.Text), k, sched.FinishStart, s.Delay.N, "from-"+dash(s.From.Text), at)
	}
	of[s.ID.ID] = append(of[s.ID.ID], made{k, pos, giver, receiver, thing})
}

func dash(s string) string { return strings.ReplaceAll(s, "_", "-") }

// who resolves who does a step. An office whose role the plan gives to nobody
// leaves the work to who it is done for.
func (c *compiler) who(word org.Text, giver, receiver string) string {
	switch word.Text {
	case "":
		return ""
	case "giver":
		return cmp.Or(giver, receiver)
	case "receiver":
		return cmp.Or(receiver, giver)
	}
	area := ""
	if b := c.bodies[cmp.Or(receiver, giver)]; b != nil {
		area = b.Area
	}
	anywhere := ""
	for _, r := range c.plan.Roles {
		switch {
		case r.Role.ID != word.Text:
		case r.Area.Given() && r.Area.ID == area:
			return r.Body.ID
		case !r.Area.Given():
			anywhere = r.Body.ID
		}
	}
	if anywhere == "" {
		if !c.openRoles[word.Text] {
			c.openRoles[word.Text] = true
			at := c.plan.At
			if len(c.plan.Templates) > 0 {
				at = c.plan.Templates[0].At
			}
			c.problems.Add(diag.At(RoleOpen, at, diag.F("value", word.Text)))
		}
		return cmp.Or(receiver, giver)
	}
	return anywhere
}

// team gives the resource that a body works with: its own of the plan, or, where
// the template says how many people a body sets aside, one that is made.
func (c *compiler) team(body string) (int, bool) {
	if k, ok := c.teamOf[body]; ok || c.people == 0 || body == "" {
		return k, ok
	}
	return c.addResource(Resource{ID: "team:" + body, Name: c.called(lang.ZH, body), NameEN: c.called(lang.EN, body), Body: body, Capacity: c.people, made: true}), true
}

var linkKinds = map[string]sched.LinkKind{"": sched.FinishStart, "finish-start": sched.FinishStart, "start-start": sched.StartStart,
	"finish-finish": sched.FinishFinish, "start-finish": sched.StartFinish}

// tie makes the links of a step: within a change, for one body, or for one thing.
func (c *compiler) tie(s *org.WorkStep, of map[string][]made) {
	for _, l := range s.After {
		key := func(m made) string {
			switch l.Same.Text {
			case "body":
				return m.receiver
			case "thing":
				return strconv.Itoa(m.change) + "\x00" + m.thing
			}
			return strconv.Itoa(m.change)
		}
		before := map[string][]made{}
		for _, m := range of[l.Step.ID] {
			before[key(m)] = append(before[key(m)], m)
		}
		for _, m := range of[s.ID.ID] {
			for _, b := range before[key(m)] {
				if b.place != m.place {
					c.link(b.place, m.place, linkKinds[l.Link.Text], l.Lag.N, "step", c.w.Activities[m.place].At)
				}
			}
		}
	}
}

// relay puts the law days of a level after those of the levels before it.
func (c *compiler) relay(t *org.Template) {
	done := -1
	for n, level := range t.Relay {
		var days []int
		for k := range c.w.Activities {
			if a := &c.w.Activities[k]; a.Step == LawStep && a.Level == level {
				days = append(days, k)
			}
		}
		if len(days) == 0 {
			continue
		}
		if done >= 0 {
			for _, k := range days {
				c.link(done, k, sched.FinishStart, 0, "relay", c.w.Activities[k].At)
			}
		}
		if n+1 == len(t.Relay) {
			break
		}
		name := func(tag lang.Tag) string {
			if id := "level." + level; lang.Knows(tag, id) {
				return lang.Say(tag, id)
			}
			return level
		}
		done = c.add(Activity{ID: "relay/" + level, Title: lang.Say(lang.ZH, "work.relay", lang.Args{"Level": name(lang.ZH)}),
			TitleEN: lang.Say(lang.EN, "work.relay", lang.Args{"Level": name(lang.EN)}), Step: RelayStep, Release: org.Always, Deadline: org.Forever, Level: level})
		for _, k := range days {
			c.link(k, done, sched.FinishStart, 0, "relay", c.w.Activities[k].At)
		}
	}
}

// task puts down a task of the plan.
func (c *compiler) task(t *org.Task) {
	a := Activity{ID: t.ID.ID, Title: t.Title.Text, TitleEN: cmp.Or(t.TitleEN.Text, t.Title.Text), Duration: t.Days.N, Evidence: t.Evidence.Text,
		EvidenceEN: t.Evidence.Text, Release: t.Start.Or(org.Always), Deadline: t.Deadline.Or(org.Forever), At: t.ID.At, Clause: t.By}
	a.days(t.Days, c.plan.Spread)
	if len(t.Body) > 0 {
		a.Body = t.Body[0].ID
	}
	if len(t.With) > 0 {
		a.Partner = t.With[0].ID
	}
	for _, n := range t.Needs {
		if r, ok := c.resource[n.Team.ID]; ok {
			people := 1
			if n.People.Given() {
				people = n.People.N
			}
			a.Needs = append(a.Needs, Need{r, people})
		}
	}
	c.add(a)
}

// waits makes the links of a task of the plan.
func (c *compiler) waits(t *org.Task) {
	me := c.place[t.ID.ID]
	tie := func(list []org.Wait, before bool) {
		for _, w := range list {
			other, ok := c.place[w.Of.ID]
			if !ok {
				other, ok = c.place[w.Of.ID+"/"+LawStep]
			}
			if !ok {
				c.problems.Add(diag.At(NoSuchActivity, w.Of.At, diag.F("value", w.Of.ID)))
				continue
			}
			from, to := other, me
			if before {
				from, to = me, other
			}
			c.link(from, to, linkKinds[w.Link.Text], w.Lag.N, "task", w.Of.At)
		}
	}
	tie(t.After, false)
	tie(t.Before, true)
}
