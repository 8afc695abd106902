package planfile

import "oneboard/internal/diag"

// The codes of this room. Each has its words in the catalogue and a manual page
// with a plan that triggers it.
var (
	// NotText: the file is not UTF-8 text.
	NotText = diag.Define("OB0101", diag.Error)
	// NotYAML: the text can't be read as YAML from a place on.
	NotYAML = diag.Define("OB0102", diag.Error)
	// Refused: the text is beyond a limit, or uses a feature of YAML that hides
	// what is said.
	Refused = diag.Define("OB0103", diag.Error)
	// UnknownKey: a key that the format does not have in this place.
	UnknownKey = diag.Define("OB0104", diag.Error)
	// MissingKey: a key that must be there.
	MissingKey = diag.Define("OB0105", diag.Error)
	// WrongType: a list where one value belongs, and the like.
	WrongType = diag.Define("OB0106", diag.Error)
	// BadDate: a date that does not exist, or not of the form YYYY-MM-DD.
	BadDate = diag.Define("OB0107", diag.Error)
	// DuplicateKey: a key twice in one mapping.
	DuplicateKey = diag.Define("OB0108", diag.Error)
	// UnknownKind: the first key of a change names no kind of change.
	UnknownKind = diag.Define("OB0110", diag.Error)
	// NotAllowed: a word that is not one of the words allowed there.
	NotAllowed = diag.Define("OB0111", diag.Error)
	// NotAPlan: the first thing a plan says, what it is, is absent or another.
	NotAPlan = diag.Define("OB0112", diag.Error)
	// UnknownPack: a rule pack that is not shipped.
	UnknownPack = diag.Define("OB0113", diag.Error)
	// UnknownCalendar: a calendar that is neither shipped nor a file beside the plan.
	UnknownCalendar = diag.Define("OB0801", diag.Error)
	// UnknownTemplate: the same of a template of work.
	UnknownTemplate = diag.Define("OB0802", diag.Error)
	// UnknownStep: a step of a template waits for one that the template has not.
	UnknownStep = diag.Define("OB0807", diag.Error)
	// AmendedTwice: two amendments of a calendar are known from the same day.
	AmendedTwice = diag.Define("OB0871", diag.Error)
	// DaysOutOfOrder: the least, likely and most days of work are not in this order.
	DaysOutOfOrder = diag.Define("OB0850", diag.Error)
	// BadRule: the expression of a rule can't be read, or names what is not there.
	BadRule = diag.Define("OB0171", diag.Error)
	// RuleTooCostly: by its form a rule could take more work than a rule may.
	RuleTooCostly = diag.Define("OB0172", diag.Error)
	// RuleTwice: two rules of one pack have the same id.
	RuleTwice = diag.Define("OB0173", diag.Error)
	// PackMissing: the file of a rule pack that a plan names is not there.
	PackMissing = diag.Define("OB0170", diag.Error)
	// SpaceInID: an id with white space in it.
	SpaceInID = diag.Define("OB0114", diag.Error)
)
