package web

import (
	"strconv"
	"sync"

	"oneboard/internal/diag"
	"oneboard/internal/org"
	"oneboard/internal/work"
)

// servedDraws is how many draws a page is made of: enough that a share of half of
// them is right to two hundredths, and few enough that nobody waits.
const servedDraws = 5000

// risks keeps the last risks that were asked for: one is the same for every reader.
type risks struct {
	mu   sync.Mutex // held while one is worked out, so that it is done once
	kept []keptRisk // oldest first
}

type keptRisk struct {
	schedule *work.Schedule
	assumed  assumption
	risk     *work.Risk
}

// An assumption is what the reader assumes of work that the plan says nothing of:
// in hundredths, the least and most of the likely days, and what all work shares.
// Each is given or not.
type assumption struct{ least, most, shared org.Number }

// of gives the risk of a board's schedule, under a spread that the reader assumes.
func (k *risks) of(b *Board, s *work.Schedule, a assumption) *work.Risk {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, one := range k.kept {
		if one.schedule == s && one.assumed == a {
			return one.risk
		}
	}
	if len(k.kept) == 8 {
		k.kept = append([]keptRisk{}, k.kept[1:]...)
	}
	r := s.Risk(work.RiskOptions{Draws: servedDraws, Seed: 1, Spread: org.Spread{Least: a.least, Most: a.most}, Shared: a.shared, Issued: b.Issued})
	k.kept = append(k.kept, keptRisk{s, a, r})
	return r
}

// scheduleFinish is the page of when all ends, and which days are kept.
func scheduleFinish(p *page) (reply, error) {
	s, err := p.scheduled("finish.title")
	if err != nil {
		return reply{}, err
	}
	a := p.assumed()
	m := p.view.Finish(p.tag, p.site.risks.of(p.board, s, a))
	return reply{model: m, shown: finishPage(p, m, a)}, nil
}

// assumed gives what the reader assumes. A least without a most, or what is beyond
// sense, is not assumed.
func (p *page) assumed() (a assumption) {
	number := func(name string, low, high int) org.Number {
		n, err := strconv.Atoi(p.query.Get(name))
		if err != nil || n < low || n > high {
			return org.Number{}
		}
		return org.WrittenNumber(n, diag.Span{})
	}
	a = assumption{number("least", 0, 100), number("most", 100, 1000), number("shared", 0, 100)}
	if !a.least.Given() || !a.most.Given() {
		a.least, a.most = org.Number{}, org.Number{}
	}
	return a
}
