// Package web is the board for those who work on it: pages in each language of
// the catalogue, readable without script, and the same facts as JSON. It knows
// no plan and no database: it is given boards to show, and makes every page
// from a view of package publish.
package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/a-h/templ"

	"oneboard/internal/check"
	"oneboard/internal/lang"
	"oneboard/internal/org"
	"oneboard/internal/publish"
	"oneboard/internal/work"
)

// Config is what the pages are made from.
type Config struct {
	// Boards are the boards that are served, in the order of the first page.
	Boards []Board
	// Histories are served below the boards.
	Histories []History
	// Today gives the day that counts as today; it is asked for each request
	// and must be safe for concurrent use.
	Today func() org.Date
	// People says that pages name who does what: those whom the plan's own staff
	// names. It is for who asks that all readers may know it.
	People bool
	// Insiders says that all readers may see what is not public yet. Without it a
	// board is not there for them before the first day on which everybody may see
	// all its instruments (`public_from`, R21).
	Insiders bool
	// Language is spoken to those who name none that the catalogue has; the
	// zero Tag is Chinese.
	Language lang.Tag
	// Log gets what is wrong with the machine; nil: the default logger.
	Log *slog.Logger
}

// A Board is one board that is served.
type Board struct {
	// Slug is its name in addresses: letters, digits, "-" and "_".
	Slug string
	// Title and TitleEN are its name for people; empty: the plan's title.
	Title, TitleEN string
	// At gives the board as it was known: "" is the latest that is known, else
	// a day, YYYY-MM-DD. It is called for each request and must be safe for
	// concurrent use. While nothing changed it should give the same Timeline,
	// for which the pages keep what they have worked out. An error is a broken
	// machine, but for ErrUnknown.
	At func(ctx context.Context, known string) (check.Result, error)
	// Schedule gives the days of the work that carries the plan out, as At is
	// asked; nil, when there is none to show: the plan asks for no work, or has
	// no schedule. The pages of a schedule are linked when the function is there.
	Schedule func(ctx context.Context, known string) (*work.Schedule, error)
	// Issued is the baseline that the schedule is held against; nil: none.
	Issued *org.Baseline
	// Reported says that the schedule is a forecast from a report, which it holds.
	Reported bool
	// Branches gives other versions of the work, the one of Schedule first; nil:
	// there are none.
	Branches func(ctx context.Context) ([]work.Branch, error)
}

// ErrUnknown is what At gives when nothing was known yet on that day.
var ErrUnknown = errors.New("web: nothing was known on that day")

//go:embed assets/oneboard.css assets/oneboard.js assets/icon.svg assets/NOTICE
var assets embed.FS

// A site is what handlers share. Everything but the views is fixed when it is
// made.
type site struct {
	cfg    Config
	boards map[string]*Board
	// histories by slug
	histories map[string]*History
	assets    map[string]asset // by name
	mux       *http.ServeMux
	risks     risks

	// mu guards views, and is held only for looking up and putting in.
	mu    sync.Mutex
	views []kept // oldest use first
}

type kept struct {
	timeline *check.Timeline
	view     *publish.View
}

// viewsKept is how many views of boards are kept: the boards served, and some
// readings as known earlier.
const viewsKept = 16

type asset struct {
	address string
	kind    string
	text    []byte
	zipped  []byte
}

// New makes the handler of all pages. It panics when two boards, or histories, have one slug
// or Today is missing: that is a fault of the program.
func New(cfg Config) http.Handler {
	if cfg.Today == nil {
		panic("web: Config.Today is missing")
	}
	if cfg.Language == "" {
		cfg.Language = lang.ZH
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	s := &site{cfg: cfg, boards: map[string]*Board{}, histories: map[string]*History{}, assets: map[string]asset{}, mux: http.NewServeMux()}
	for i := range cfg.Boards {
		b := &cfg.Boards[i]
		if s.boards[b.Slug] != nil {
			panic("web: two boards are called " + b.Slug)
		}
		s.boards[b.Slug] = b
	}
	for i := range cfg.Histories {
		h := &cfg.Histories[i]
		if s.histories[h.Slug] != nil {
			panic("web: two histories are called " + h.Slug)
		}
		s.histories[h.Slug] = h
	}
	s.loadAssets()
	for _, tag := range lang.Tags {
		s.routes(tag)
	}
	s.mux.HandleFunc("GET /assets/{hash}/{name}", s.asset)
	s.mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, s.assets["icon.svg"].address, http.StatusFound)
	})
	s.mux.HandleFunc("GET /robots.txt", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Write([]byte("User-agent: *\nDisallow: /\n"))
	})
	s.mux.HandleFunc("GET /", s.anywhere)
	return guard(http.NewCrossOriginProtection().Handler(s.mux))
}

// routes names the pages of a language.
func (s *site) routes(tag lang.Tag) {
	base := "GET /" + string(tag)
	on := func(pattern string, h func(*page) (reply, error)) {
		s.mux.HandleFunc(base+pattern, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, tag, h) })
	}
	on("/{$}", start)
	on("/codes/{$}", codes)
	on("/codes/{code}", code)
	on("/b/{board}/{$}", overview)
	on("/b/{board}/wall", wall)
	on("/b/{board}/chart", chart)
	on("/b/{board}/bodies/{id}", body)
	on("/b/{board}/duties/{id}", duty)
	on("/b/{board}/problems", problems)
	on("/b/{board}/dependents", dependents)
	on("/b/{board}/indicators", indicators)
	on("/b/{board}/schedule", schedule)
	on("/b/{board}/schedule/load", scheduleLoad)
	on("/b/{board}/schedule/activities/{id...}", scheduleActivity)
	on("/b/{board}/schedule/finish", scheduleFinish)
	on("/b/{board}/schedule/progress", scheduleProgress)
	on("/b/{board}/schedule/compare", scheduleCompare)
	on("/b/{board}/papers", papers)
	on("/b/{board}/levels", levels)
	on("/b/{board}/papers/{id}", paper)
	on("/b/{board}/search", search)
	on("/h/{history}/{$}", trace)
	for _, file := range []string{"table.csv", "flow.svg"} {
		s.mux.HandleFunc(base+"/h/{history}/"+file, s.traceFile(tag, file))
	}
	on("/", func(*page) (reply, error) { return reply{}, errNotFound })
}

// anywhere sends an address without a language to the one with it.
func (s *site) anywhere(w http.ResponseWriter, r *http.Request) {
	tag := s.language(r)
	to := *r.URL
	to.Scheme, to.Host, to.User = "", "", nil
	escaped := "/" + string(tag) + r.URL.EscapedPath()
	probe, err := http.NewRequest(http.MethodGet, escaped, nil)
	if err == nil {
		if _, pattern := s.mux.Handler(probe); pattern != "" && pattern != "GET /" && pattern != "GET /"+string(tag)+"/" {
			if r.URL.RawQuery != "" {
				escaped += "?" + r.URL.RawQuery
			}
			w.Header().Set("Vary", "Accept-Language, Cookie")
			http.Redirect(w, r, escaped, http.StatusFound)
			return
		}
	}
	s.serve(w, r, tag, func(*page) (reply, error) { return reply{}, errNotFound })
}

// language is the one that the reader asked for: by the query, by an earlier
// choice, by the browser; else the default.
func (s *site) language(r *http.Request) lang.Tag {
	if tag, ok := lang.Parse(r.URL.Query().Get("lang")); ok {
		return tag
	}
	if c, err := r.Cookie(languageCookie); err == nil {
		if tag, ok := lang.Parse(c.Value); ok {
			return tag
		}
	}
	return lang.Accepted(r.Header.Get("Accept-Language"), s.cfg.Language)
}

const languageCookie = "oneboard-language"

// A reply is what a page gives: its model, for those who want JSON, and the
// component that shows it.
type reply struct {
	model any
	shown templ.Component
	to    string // an address to go to instead
}

// A refusal is an answer that is no page: a status, and the catalogue's words.
type refusal struct {
	status int
	words  string
}

func (r refusal) Error() string { return r.words }

var (
	errNotFound   = refusal{http.StatusNotFound, "error.not-found"}
	errNoDay      = refusal{http.StatusBadRequest, "error.no-day"}
	errNoSchedule = refusal{http.StatusNotFound, "error.no-schedule"}
	errUnknown    = refusal{http.StatusNotFound, "error.unknown"}
)

func (s *site) serve(w http.ResponseWriter, r *http.Request, tag lang.Tag, h func(*page) (reply, error)) {
	p := &page{site: s, r: r, tag: tag, query: r.URL.Query(), today: s.cfg.Today()}
	asJSON := p.query.Get("format") == "json" || p.query.Get("format") == "" && prefersJSON(r.Header.Get("Accept"))
	status := http.StatusOK
	out, err := reply{}, p.open()
	if err == nil {
		out, err = h(p)
	}
	if err != nil {
		no, ok := err.(refusal)
		if !ok {
			if r.Context().Err() != nil {
				return // nobody waits for it any more
			}
			s.cfg.Log.Error("page", "path", r.URL.Path, "error", err)
			no = refusal{http.StatusInternalServerError, "error.broken"}
		}
		status = no.status
		p.title = lang.Say(tag, no.words+".title")
		out = reply{model: map[string]string{"error": lang.Say(tag, no.words)}, shown: sorry(p, no.words)}
	}
	header := w.Header()
	header.Add("Vary", "Accept, Accept-Encoding")
	if out.to != "" {
		http.Redirect(w, r, out.to, http.StatusSeeOther)
		return
	}
	if c, err := r.Cookie(languageCookie); err != nil || c.Value != string(tag) {
		http.SetCookie(w, &http.Cookie{Name: languageCookie, Value: string(tag), Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	}
	var b bytes.Buffer
	if asJSON {
		header.Set("Content-Type", "application/json; charset=utf-8")
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", " ")
		err = enc.Encode(out.model)
	} else {
		header.Set("Content-Type", "text/html; charset=utf-8")
		err = out.shown.Render(r.Context(), &b)
	}
	if err != nil {
		s.cfg.Log.Error("render", "path", r.URL.Path, "error", err)
		http.Error(w, lang.Say(tag, "error.broken"), http.StatusInternalServerError)
		return
	}
	header.Set("Content-Language", string(tag))
	header.Set("Cache-Control", "private, no-cache")
	if status == http.StatusOK {
		sum := sha256.Sum256(b.Bytes())
		tag := `W/"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
		header.Set("ETag", tag)
		if matches(r.Header.Get("If-None-Match"), tag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	if b.Len() > 1200 && acceptsGzip(r) {
		header.Set("Content-Encoding", "gzip")
		z := zippers.Get().(*gzip.Writer)
		defer zippers.Put(z)
		var small bytes.Buffer
		z.Reset(&small)
		z.Write(b.Bytes())
		z.Close()
		b = small
	}
	header.Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	w.Write(b.Bytes())
}

var zippers = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	return z
}}

func acceptsGzip(r *http.Request) bool {
	for _, part := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.TrimSpace(name) == "gzip" {
			q = strings.ReplaceAll(q, " ", "")
			return q != "q=0" && q != "q=0.0"
		}
	}
	return false
}

func matches(header, tag string) bool {
	for _, one := range strings.Split(header, ",") {
		if one = strings.TrimSpace(one); one == tag || one == "*" || "W/"+one == tag {
			return true
		}
	}
	return false
}

// prefersJSON reports whether JSON is named before HTML, if that is named at
// all.
func prefersJSON(accept string) bool {
	j := strings.Index(accept, "application/json")
	h := strings.Index(accept, "text/html")
	return j >= 0 && (h < 0 || j < h)
}

// view gives the view of a result, the one made before when the timeline is the
// same.
func (s *site) view(res check.Result) *publish.View {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, k := range s.views {
		if k.timeline == res.Timeline {
			s.views = append(append(s.views[:i:i], s.views[i+1:]...), k)
			return k.view
		}
	}
	if len(s.views) == viewsKept {
		s.views = append([]kept{}, s.views[1:]...)
	}
	v := publish.Of(res)
	s.views = append(s.views, kept{res.Timeline, v})
	return v
}

func (s *site) loadAssets() {
	kinds := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", "": "text/plain; charset=utf-8"}
	entries, err := fs.ReadDir(assets, "assets")
	if err != nil {
		panic("web: " + err.Error()) // a broken build
	}
	for _, e := range entries {
		text, err := assets.ReadFile("assets/" + e.Name())
		if err != nil {
			panic("web: " + err.Error())
		}
		sum := sha256.Sum256(text)
		var small bytes.Buffer
		z, _ := gzip.NewWriterLevel(&small, gzip.BestCompression)
		z.Write(text)
		z.Close()
		s.assets[e.Name()] = asset{
			address: "/assets/" + base64.RawURLEncoding.EncodeToString(sum[:9]) + "/" + e.Name(),
			kind:    kinds[path.Ext(e.Name())], text: text, zipped: small.Bytes(),
		}
	}
}

// asset serves a file under the hash of its content: it never changes there.
func (s *site) asset(w http.ResponseWriter, r *http.Request) {
	a, ok := s.assets[r.PathValue("name")]
	if !ok || a.address != r.URL.Path {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	text := a.text
	if acceptsGzip(r) {
		h.Set("Content-Encoding", "gzip")
		text = a.zipped
	}
	h.Set("Content-Length", strconv.Itoa(len(text)))
	w.Write(text)
}

// guard puts the headers on every answer that keep a page from doing more than
// it needs. Pages have no inline script or style at all.
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), interest-cohort=()")
		next.ServeHTTP(w, r)
	})
}

// A page is one request on its way to an answer.
type page struct {
	site  *site
	r     *http.Request
	tag   lang.Tag
	query url.Values
	today org.Date

	board *Board // nil on pages that are of no board
	view  *publish.View
	known string
	day   org.Date // the day that is shown
	set   bool     // whether the reader chose it

	title  string
	active string // the entry of the menu
}

// open finds the board and the day that the address speaks of.
func (p *page) open() error {
	slug := p.r.PathValue("board")
	if slug == "" {
		return nil
	}
	b := p.site.boards[slug]
	if b == nil {
		return errNotFound
	}
	p.known = p.query.Get("known")
	if p.known != "" {
		if _, err := org.ParseDate(p.known); err != nil {
			p.known = ""
			return errNoDay
		}
	}
	res, err := b.At(p.r.Context(), p.known)
	if errors.Is(err, ErrUnknown) {
		return errUnknown
	}
	if err != nil {
		return err
	}
	if !p.site.public(res, p.today) {
		return errNotFound // nor that it is there
	}
	p.board, p.view = b, p.site.view(res)
	p.day = p.defaultDay()
	if on := p.query.Get("on"); on != "" {
		day, err := org.ParseDate(on)
		if err != nil {
			return errNoDay
		}
		p.day, p.set = day, day != p.day
	}
	return nil
}

// public reports whether the readers of the site may see a board on a day.
func (s *site) public(res check.Result, today org.Date) bool {
	return s.cfg.Insiders || res.PublicFrom() <= today
}

// defaultDay is today while the plan runs, else the plan's day that is nearest
// to it.
func (p *page) defaultDay() org.Date { return p.view.Horizon(p.today).Clip(p.today) }

// T says a message of the pages.
func (p *page) T(id string, args ...any) string {
	if len(args) == 0 {
		return lang.Say(p.tag, id)
	}
	a := lang.Args{}
	for i := 0; i+1 < len(args); i += 2 {
		a[args[i].(string)] = args[i+1]
	}
	return lang.Say(p.tag, id, a)
}

// day in words.
func (p *page) D(d org.Date) string { return publish.Day(p.tag, d) }

// Home is the first page.
func (p *page) Home() string { return "/" + string(p.tag) + "/" }

// To is the address of a page of this board, on the same day and as known the
// same.
func (p *page) To(parts ...string) string { return p.at(p.carried(), parts...) }

// On is To for another day.
func (p *page) On(day org.Date, parts ...string) string {
	q := p.carried()
	q.Del("on")
	if day != p.defaultDay() {
		q.Set("on", day.String())
	}
	return p.at(q, parts...)
}

func (p *page) carried() url.Values {
	q := url.Values{}
	if p.set {
		q.Set("on", p.day.String())
	}
	if p.known != "" {
		q.Set("known", p.known)
	}
	return q
}

func (p *page) at(q url.Values, parts ...string) string {
	to := "/" + string(p.tag) + "/b/" + url.PathEscape(p.board.Slug)
	for _, one := range parts {
		to += "/" + url.PathEscape(one)
	}
	if len(q) > 0 {
		to += "?" + q.Encode()
	}
	return to
}

// With is the address of this page with some of its query changed: pairs of
// name and value, an empty value takes the name out.
func (p *page) With(pairs ...string) string {
	q := url.Values{}
	for k, v := range p.query {
		q[k] = v
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			q.Del(pairs[i])
		} else {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	to := p.r.URL.EscapedPath()
	if len(q) > 0 {
		to += "?" + q.Encode()
	}
	return to
}

// Switch is the address of this page in another language.
func (p *page) Switch(tag lang.Tag) string {
	rest := strings.TrimPrefix(p.r.URL.EscapedPath(), "/"+string(p.tag))
	if !strings.HasPrefix(p.r.URL.EscapedPath(), "/"+string(p.tag)+"/") {
		rest = "/"
	}
	to := "/" + string(tag) + rest
	q := url.Values{}
	for k, v := range p.query {
		if k != "lang" && k != "format" {
			q[k] = v
		}
	}
	if len(q) > 0 {
		to += "?" + q.Encode()
	}
	return to
}

// BoardName is what people call the board.
func (p *page) BoardName(b *Board, v *publish.View) publish.Name {
	if b.Title != "" || b.TitleEN != "" {
		return publish.Name{ID: b.Slug, ZH: b.Title, EN: b.TitleEN}
	}
	// Not from the overview: that looks at every body, and this is on every page.
	plan := v.Timeline().Plan()
	if plan == nil || plan.Title.Text == "" && plan.TitleEN.Text == "" {
		return publish.Name{ID: b.Slug}
	}
	return publish.Name{ID: plan.ID, ZH: plan.Title.Text, EN: plan.TitleEN.Text}
}

// timeout is how long a page of a board may take to be made before its reader
// is told; it guards the start page, which reads all boards.
const timeout = 20 * time.Second
