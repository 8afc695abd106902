package check

// prover is one proof.
type prover struct{ c *checker }

func newProver(c *checker) *prover { return &prover{c} }

func (p *prover) prove() Proof { return Proof{} }
