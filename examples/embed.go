// Package examples is the cases of this folder, so that the bare binary has
// them too. It is files and nothing else: who shows them is not its business.
package examples

import "embed"

// Files holds the cases, each in the folder of its name.
//
//go:embed state-council-2018 yunhai yunhai-province yunhai-wanghai
var Files embed.FS

// Demo lists the folders of the cases that a visitor is shown, in their order:
// each holds a plan.yaml.
var Demo = []string{"state-council-2018", "yunhai", "yunhai-wanghai", "yunhai-province"}
