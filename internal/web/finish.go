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
	schedule    *work.Schedule
	least, most int
	risk        *work.Risk
}

// of gives the risk of a board's schedule, under a spread that the reader assumes.
func (k *risks) of(b *Board, s *work.Schedule, spread org.Spread) *work.Risk {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, one := range k.kept {
		if one.schedule == s && one.least == spread.Least.N && one.most == spread.Most.N {
			return one.risk
		}
	}
	if len(k.kept) == 8 {
		k.kept = append([]keptRisk{}, k.kept[1:]...)
	}
	r := s.Risk(work.RiskOptions{Draws: servedDraws, Seed: 1, Spread: spread, Issued: b.Issued})
	k.kept = append(k.kept, keptRisk{s, spread.Least.N, spread.Most.N, r})
	return r
}

// scheduleFinish is the page of when all ends, and which days are kept.
func scheduleFinish(p *page) (reply, error) {
	s, err := p.scheduled("finish.title")
	if err != nil {
		return reply{}, err
	}
	spread := p.assumed()
	m := p.view.Finish(p.tag, p.site.risks.of(p.board, s, spread))
	return reply{model: m, shown: finishPage(p, m, spread)}, nil
}

// assumed gives the spread that the reader assumes; none is given otherwise.
func (p *page) assumed() (spread org.Spread) {
	least, err1 := strconv.Atoi(p.query.Get("least"))
	most, err2 := strconv.Atoi(p.query.Get("most"))
	if err1 == nil && err2 == nil && 0 <= least && least <= 100 && 100 <= most && most <= 1000 {
		spread.Least, spread.Most = org.WrittenNumber(least, diag.Span{}), org.WrittenNumber(most, diag.Span{})
	}
	return spread
}
