package exchange

import (
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"oneboard/internal/diag"
	"oneboard/internal/org"
)

// Some sources are here as they were known on several days: vintages. A vintage
// is named by its day, or by its year where the office publishes once a year.

// vintages says, by the name of a reader, which vintages a folder has and how
// one of them is read.
var vintages = map[string]struct {
	list func(fsys fs.FS) []string
	read func(fsys fs.FS, vintage string) (*org.History, diag.List, error)
}{
	"switzerland": {func(fsys fs.FS) (days []string) {
		names, _ := fs.Glob(fsys, swissVintages)
		for _, name := range names {
			base := strings.TrimSuffix(path.Base(name), ".csv")
			days = append(days, base[len(base)-10:])
		}
		return days
	}, readSwitzerland},
	"france": {franceYears, func(fsys fs.FS, vintage string) (*org.History, diag.List, error) {
		year, err := strconv.Atoi(vintage)
		if err != nil {
			return nil, nil, err
		}
		return readFrance(fsys, year)
	}},
	franceParts: {franceYears, francePartsVintage},
	"united-kingdom": {func(fsys fs.FS) (days []string) {
		for _, name := range ukLists(fsys) {
			days = append(days, strings.TrimSuffix(path.Base(name), ".csv"))
		}
		return days
	}, readUnitedKingdom},
}

func franceYears(fsys fs.FS) (years []string) {
	for _, f := range yearly(fsys, "events/mvtcommune_", 0) {
		years = append(years, strconv.Itoa(f.year))
	}
	return years
}

// Vintages names the days or years on which a folder can be asked what was
// known then, the earliest first; none when its source knows only today.
func (r Reader) Vintages(fsys fs.FS) []string {
	v, ok := vintages[r.Name]
	if !ok {
		return nil
	}
	list := v.list(fsys)
	slices.Sort(list)
	return list
}

// ReadVintage reads a folder as known then: a vintage is one of Vintages.
// Otherwise it is as Read.
func (r Reader) ReadVintage(fsys fs.FS, vintage string) (*org.History, diag.List, error) {
	if !slices.Contains(r.Vintages(fsys), vintage) {
		return nil, nil, errAbsent
	}
	return vintages[r.Name].read(fsys, vintage)
}
