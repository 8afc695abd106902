package check

import (
	"fmt"
	"reflect"
)

// Clusters counts the parts that a draft is divided into.
func Clusters(d *Draft) int {
	seen := map[*cluster]bool{}
	for _, n := range d.nodes {
		seen[n.cluster] = n.cluster != nil
	}
	return len(seen)
}

// Pristine says what of the board a draft's runs have left changed, or "".
func Pristine(d *Draft) string {
	if d.c == nil {
		return ""
	}
	for i := range d.c.bodies {
		if !reflect.DeepEqual(d.c.bodies[i], d.x.bodies[i]) {
			return fmt.Sprintf("body %s: %+v", d.x.bodies[i].id, d.c.bodies[i])
		}
	}
	for i := range d.c.duties {
		if !reflect.DeepEqual(d.c.duties[i], d.x.duties[i]) {
			return fmt.Sprintf("duty %s: %+v", d.x.duties[i].def.ID, d.c.duties[i])
		}
	}
	return ""
}
