package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"oneboard/examples"
	"oneboard/internal/check"
	"oneboard/internal/diag"
	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/planfile"
	"oneboard/internal/register"
	"oneboard/internal/web"
	"oneboard/internal/work"
)

// defaultAddress is this machine only: there are no accounts yet.
const defaultAddress = "127.0.0.1:8080"

// How long a client may take, so that a slow or silent one holds nothing.
const (
	headerTime = 5 * time.Second
	readTime   = 30 * time.Second
	writeTime  = 60 * time.Second
	idleTime   = 2 * time.Minute
	endTime    = 10 * time.Second // for running answers, after the signal to end
)

// serveVerb shows boards in a browser.
func serveVerb(e *env) verb {
	var at, addr string
	var histories []string
	var demo, open bool
	var to readers
	var given func(string) bool
	var following servedFollowing
	return verb{name: "serve", max: -1,
		flags: func(f *flags) {
			f.text(&at, "register", "")
			f.text(&addr, "addr", defaultAddress)
			f.texts(&histories, "history")
			f.truth(&demo, "demo")
			f.truth(&open, "open")
			f.truth(&to.people, "people")
			f.truth(&to.insiders, "insiders")
			following.declare(f)
			given = f.given
		},
		run: func(args []string) (int, error) {
			s := &show{e: e, slugs: map[string]bool{}, following: following, alone: len(args) == 1 && !demo}
			defer s.close()
			for _, dir := range histories {
				if code, err := s.addHistory(dir); code != exitOK || err != nil {
					return code, err
				}
			}
			if len(args) > 0 || at != "" || demo || len(histories) == 0 {
				if err := s.add(args, at, demo); err != nil {
					return exitFail, err
				}
			}
			listener, err := listen(addr, given("addr"))
			if err != nil {
				return exitFail, err
			}
			return exitOK, s.serve(listener, open, to)
		}}
}

// A show is the boards of one run of serve.
type show struct {
	e     *env
	shown []shownBoard
	slugs map[string]bool

	histories []shownHistory

	following servedFollowing
	alone     bool // one plan is served, and what names no plan is about it

	open []*register.Register
	temp string // the folder of registers that can't be kept, to be removed
}

// shownBoard is one board that is served, and where it comes from.
type shownBoard struct {
	Slug     string `json:"slug"`
	Source   string `json:"source"`
	Register string `json:"register,omitempty"`
	Errors   int    `json:"errors"`
	URL      string `json:"url"`
	at       func(ctx context.Context, known string) (check.Result, error)
	schedule func(ctx context.Context, known string) (*work.Schedule, error) // nil: no work
	issued   *org.Baseline
	reported bool
	branches func(ctx context.Context) ([]work.Branch, error)
	public   org.Date // the first day on which everybody may see it; NoDate: any
}

// shownHistory is one history that is served.
type shownHistory struct {
	Slug    string `json:"slug"`
	Source  string `json:"source"`
	URL     string `json:"url"`
	lineage *check.Lineage
}

// addHistory reads a history, or the files of a source. Part of one is not
// served: it would give wrong answers.
func (s *show) addHistory(dir string) (int, error) {
	h, problems, err := s.e.takeHistory(dir, "", "")
	if err != nil {
		return exitFail, err
	}
	if problems.HasErrors() {
		n, _, _ := problems.Count()
		if !s.e.json {
			if err := problems.WriteText(s.e.out, s.e.tag, diag.Printed); err != nil {
				return exitFail, err
			}
		}
		return exitFail, cannot("unreadable-history", "Path", dir, "Count", n)
	}
	l := check.Trace(h)
	s.histories = append(s.histories, shownHistory{Slug: s.slug(filepath.Base(s.e.path(dir))), Source: dir, lineage: l})
	return exitOK, nil
}

// add finds what is to be shown: the plans that are named, the register, the
// cases that the program carries.
func (s *show) add(args []string, at string, demo bool) error {
	if len(args) > 1 && at != "" {
		return cannot("one-register", "Register", shownRegister(at))
	}
	var matters []*matter // nil where a register stands
	for _, arg := range args {
		var m *matter
		if !s.e.isRegister(arg) {
			var err error
			if m, err = s.e.take(arg); err != nil {
				return err
			}
		}
		matters = append(matters, m)
	}
	results := checkTogether(matters)
	for i, m := range matters {
		err := error(nil)
		if m == nil {
			err = s.addRegister(args[i])
		} else {
			err = s.addMatter(m, results[i], at)
		}
		if err != nil {
			return err
		}
	}
	if demo {
		matters = nil
		for _, dir := range examples.Demo {
			name := path.Join(dir, planName)
			text, err := fs.ReadFile(examples.Files, name)
			if err != nil {
				return err
			}
			m, err := readMatter(examples.Files, name, dir, text)
			if err != nil {
				return err
			}
			matters = append(matters, m)
		}
		for i, r := range checkTogether(matters) {
			if err := s.addMatter(matters[i], r, ""); err != nil {
				return err
			}
		}
	}
	if len(args) == 0 && (!demo || at != "") {
		err := s.addRegister(at)
		var f *fault
		if errors.As(err, &f) && f.what == "no-source" {
			return cannot("nothing-to-serve")
		}
		return err
	}
	return nil
}

// checkTogether checks each of the matters, and puts the plans of lower levels
// under those that they name, when these are among them.
func checkTogether(matters []*matter) []check.Result {
	out := make([]check.Result, len(matters))
	for i, m := range matters {
		if m != nil {
			out[i] = m.check()
		}
	}
	for i, m := range matters {
		if m == nil {
			continue
		}
		up := m.above
		for _, b := range out[i].Above.Bonds() {
			if k := slices.IndexFunc(matters, func(o *matter) bool { return o != nil && o.name == up.name }); k >= 0 {
				out[k].Below = append(out[k].Below, b)
			}
			up = up.above
		}
	}
	return out
}

func (s *show) slug(wanted string) string {
	slug := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return '-'
	}, wanted)
	slug = cmp.Or(strings.Trim(slug, "-"), "board")
	for n, base := 2, slug; s.slugs[slug]; n++ {
		slug = fmt.Sprintf("%s-%d", base, n)
	}
	s.slugs[slug] = true
	return slug
}

// addMatter shows a plan, or a board. When no error stands it goes into a
// register, the one named or one that is kept for it, so that the pages have the
// ledger behind them; with errors it is shown as it is read and not recorded.
func (s *show) addMatter(m *matter, r check.Result, at string) error {
	e := s.e
	if m.board == nil {
		n, _, _ := m.problems.Count()
		return cannot("unreadable-plan", "Path", m.name, "Count", n)
	}
	name := path.Base(path.Dir(m.name))
	if m.plan != nil && m.plan.ID != "" {
		name = m.plan.ID
	} else if m.plan == nil {
		name = path.Base(m.name)
	}
	b := shownBoard{Slug: s.slug(name), Source: m.name}
	b.Errors, _, _ = r.Problems.Count()
	b.public = r.PublicFrom()
	on, err := s.following.known(e, m, s.alone)
	if err != nil {
		return err
	}
	if w := servedWork(m, r, on); w != nil {
		if err := s.follow(&b, m, w, on); err != nil {
			return err
		}
	}
	if r.Problems.HasErrors() {
		fmt.Fprintf(e.err, "oneboard: %s\n", e.say("serve.not-recorded", lang.Args{"Path": m.name, "Count": b.Errors}))
		b.at = func(_ context.Context, known string) (check.Result, error) {
			if known != "" {
				return check.Result{}, web.ErrUnknown
			}
			return r, nil
		}
		s.shown = append(s.shown, b)
		return nil
	}
	reg, shown, err := s.openFor(m, b.Slug, at)
	if err != nil {
		return err
	}
	s.open = append(s.open, reg)
	b.Register = shown
	who, err := e.recorder("")
	if err != nil {
		who = "oneboard serve"
	}
	_, problems, err := e.enter(reg, m, who)
	if err != nil && !errors.Is(err, register.ErrStale) { // stale: it is in there already
		return err
	}
	if problems.HasErrors() {
		b.Errors, _, _ = problems.Count()
		return cannot("register-differs", "Path", m.name, "Register", shown, "Count", b.Errors)
	}
	view, err := reg.At(e.ctx, register.Latest)
	if err != nil {
		return err
	}
	if m.plan != nil && !holds(view, m) {
		return broken(register.ErrPlanned, "planned")
	}
	// While the register says what the files say, the pages are made from the
	// files: the same facts, and the places where they are written.
	b.at = atRegister(e, reg, view.Seq, r)
	s.shown = append(s.shown, b)
	return nil
}

// openFor opens the register that is named for a matter, or else the one that is
// kept for it.
func (s *show) openFor(m *matter, slug, at string) (*register.Register, string, error) {
	if at != "" {
		return s.e.openRegister(at, true)
	}
	name := slug + "-" + mark(m) + ".db"
	dir, err := s.folder()
	if err != nil {
		return nil, "", err
	}
	reg, shown, err := s.e.openRegister(filepath.Join(dir, name), true)
	if s.temp == "" && (errors.Is(err, register.ErrNewer) || errors.Is(err, register.ErrEdited)) {
		// Another version of the program has made it: it keeps what is its.
		if s.temp, err = os.MkdirTemp("", "oneboard-*"); err != nil {
			return nil, "", err
		}
		return s.e.openRegister(filepath.Join(s.temp, name), true)
	}
	return reg, shown, err
}

// holds reports whether the register has this plan applied to this board.
func holds(view *register.View, m *matter) bool {
	return len(view.Plans) == 1 && view.Plans[0].ID == m.plan.ID &&
		string(planfile.Format(view.Plans[0])) == string(planfile.Format(m.plan)) && view.Board.State() == m.board.State()
}

// mark tells one content from another: a changed plan is another register.
func mark(m *matter) string { return fingerprint(m)[:12] }

// fingerprint is the hash of a plan and its board.
func fingerprint(m *matter) string {
	h := sha256.New()
	state := m.board.State()
	h.Write(state[:])
	if m.plan != nil {
		h.Write(planfile.Format(m.plan))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// folder is where the registers are kept that serve makes: they can be made
// again from the files. Where this person has no such place, it is a temporary
// one.
func (s *show) folder() (string, error) {
	if s.temp != "" {
		return s.temp, nil
	}
	if dir, err := s.e.state(); err == nil {
		dir = filepath.Join(dir, "oneboard")
		if err := os.MkdirAll(dir, 0o700); err == nil {
			if probe, err := os.CreateTemp(dir, ".writable-*"); err == nil {
				probe.Close()
				return dir, os.Remove(probe.Name())
			}
		}
	}
	dir, err := os.MkdirTemp("", "oneboard-*")
	s.temp = dir
	return dir, err
}

func (s *show) addRegister(at string) error {
	reg, name, err := s.e.openRegister(at, false)
	if err != nil {
		return err
	}
	s.open = append(s.open, reg)
	view, err := reg.At(s.e.ctx, register.Latest)
	if err != nil {
		return err
	}
	slug := "board"
	if len(view.Plans) > 0 {
		slug = view.Plans[0].ID
	}
	b := shownBoard{Slug: s.slug(slug), Source: name, Register: name, at: atRegister(s.e, reg, -1, check.Result{})}
	result := view.Result()
	b.Errors, _, _ = result.Problems.Count()
	b.public = result.PublicFrom()
	s.shown = append(s.shown, b)
	return nil
}

// atRegister answers from a register; from read, as long as its last entry is
// seq.
func atRegister(e *env, reg *register.Register, seq int64, read check.Result) func(context.Context, string) (check.Result, error) {
	zone := e.now().Location()
	return func(ctx context.Context, known string) (check.Result, error) {
		when := register.Latest
		if known != "" {
			day, err := org.ParseDate(known)
			if err != nil {
				return check.Result{}, web.ErrUnknown
			}
			when = register.OnDay(day, zone)
		}
		view, err := reg.At(ctx, when)
		if err != nil {
			return check.Result{}, err
		}
		if view.Seq == 0 && known != "" {
			return check.Result{}, web.ErrUnknown
		}
		if view.Seq == seq {
			return read, nil
		}
		return view.Result(), nil
	}
}

// listen takes the address; when it is taken and nobody asked for just that
// one, the next free port.
func listen(addr string, asked bool) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err == nil {
		return l, nil
	}
	if !asked && errors.Is(err, syscall.EADDRINUSE) {
		host, _, _ := net.SplitHostPort(addr)
		for port := 8081; port < 8100; port++ {
			if l, err := net.Listen("tcp", net.JoinHostPort(host, fmt.Sprint(port))); err == nil {
				return l, nil
			}
		}
		return net.Listen("tcp", net.JoinHostPort(host, "0"))
	}
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, broken(err, "address-taken", "Address", addr)
	case errors.Is(err, syscall.EACCES):
		return nil, broken(err, "address-denied", "Address", addr)
	}
	return nil, broken(err, "address", "Address", addr)
}

// readers is what those may know who read the pages from another machine. Who
// reads them on this one may know all.
type readers struct {
	people   bool // who does what
	insiders bool // what is not public yet
}

// serve answers until the person ends it, and lets running answers finish.
func (s *show) serve(listener net.Listener, open bool, to readers) error {
	e := s.e
	logger := slog.New(slog.NewTextHandler(e.err, nil))
	boards := make([]web.Board, len(s.shown))
	home := homeOf(listener)
	for i := range s.shown {
		b := &s.shown[i]
		boards[i] = web.Board{Slug: b.Slug, At: b.at, Schedule: b.schedule, Issued: b.issued, Reported: b.reported, Branches: b.branches}
		b.URL = home + string(e.tag) + "/b/" + url.PathEscape(b.Slug) + "/"
	}
	histories := make([]web.History, len(s.histories))
	for i := range s.histories {
		h := &s.histories[i]
		histories[i] = web.History{Slug: h.Slug, Lineage: h.lineage}
		h.URL = home + string(e.tag) + "/h/" + url.PathEscape(h.Slug) + "/"
	}
	at, ok := listener.Addr().(*net.TCPAddr)
	others := ok && !at.IP.IsLoopback()
	server := &http.Server{
		Handler:           web.New(web.Config{Boards: boards, Histories: histories, Today: e.today, People: to.people || !others, Insiders: to.insiders || !others, Language: e.tag, Log: logger}),
		ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
	if err := s.announce(home); err != nil {
		listener.Close()
		return err
	}
	if others {
		fmt.Fprintf(e.err, "oneboard: %s\n", e.say("serve.everybody", lang.Args{"Address": listener.Addr().String()}))
		for i := range s.shown {
			if b := &s.shown[i]; !to.insiders && b.public > e.today() {
				fmt.Fprintf(e.err, "oneboard: %s\n", e.say("serve.not-public", lang.Args{"Source": b.Source, "Day": b.public.String()}))
			}
		}
	}
	if open {
		if err := e.browse(home); err != nil {
			fmt.Fprintf(e.err, "oneboard: %s\n", e.say("serve.no-browser", lang.Args{"URL": home}))
		}
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	go s.warm()
	select {
	case err := <-ended:
		return err
	case <-e.ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(e.ctx), endTime)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		_ = server.Close() // who still reads has had the time
	}
	if !e.json {
		e.printf("%s\n", e.say("serve.ended"))
	}
	return nil
}

// warm asks for a page of each board, so that what all pages use is worked out
// before the first person asks. That it fails is no harm: then that person waits.
func (s *show) warm() {
	for i := range s.shown {
		ask, err := http.NewRequestWithContext(s.e.ctx, http.MethodGet, s.shown[i].URL+"wall", nil)
		if err != nil {
			return
		}
		answer, err := http.DefaultClient.Do(ask)
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
	}
}

// servedSchedules is how many schedules are tried for a page: a reader waits for
// it once.
const servedSchedules = 200

// servedWork gives the work whose schedule is shown; nil when the plan asks for
// none, or has errors. Of its calendars it goes by what was known on a day.
func servedWork(m *matter, r check.Result, on org.Date) *work.Work {
	if m.plan == nil {
		return nil
	}
	w, _ := m.workOf(r, on)
	if w == nil || len(w.Activities) == 0 {
		return nil
	}
	return w
}

// homeOf is the address to open: a server that listens everywhere is reached on
// this machine as localhost.
func homeOf(listener net.Listener) string {
	host, port, _ := net.SplitHostPort(listener.Addr().String())
	if ip := net.ParseIP(host); ip != nil && (ip.IsUnspecified() || ip.IsLoopback()) {
		host = "localhost"
		if ip.To4() != nil && ip.IsLoopback() {
			host = ip.String()
		}
	}
	return "http://" + net.JoinHostPort(host, port) + "/"
}

// announce tells where the board is to be seen.
func (s *show) announce(home string) error {
	e := s.e
	if e.json {
		if err := e.document(struct {
			URL       string         `json:"url"`
			Boards    []shownBoard   `json:"boards"`
			Histories []shownHistory `json:"histories,omitempty"`
		}{home, s.shown, s.histories}); err != nil {
			return err
		}
		return e.flush()
	}
	e.printf("%s\n", e.say("serve.open", lang.Args{"URL": home}))
	for _, b := range s.shown {
		if b.Register != "" {
			e.printf("  %s\n", e.say("serve.board", lang.Args{"Source": b.Source, "Register": e.shown(b.Register)}))
		} else {
			e.printf("  %s\n", b.Source)
		}
	}
	for _, h := range s.histories {
		e.printf("  %s\n", e.say("serve.history", lang.Args{"Source": h.Source, "URL": h.URL}))
	}
	e.printf("%s\n", e.say("serve.end"))
	return e.flush()
}

// close ends the use of the registers.
func (s *show) close() {
	for _, reg := range s.open {
		_ = reg.Close()
	}
	if s.temp != "" {
		_ = os.RemoveAll(s.temp)
	}
}
