package check

// discipline holds the plan against what the packs say of seals, record series
// and the discipline of a reform. It comes when who has what is known.
func (c *checker) discipline() {
	c.holdSeals(&c.staff)
	c.holdFonds()
	c.holdFreezes()
}
