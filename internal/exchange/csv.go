package exchange

// CSV writes a table as every table of this package is written: RFC 4180, with
// cells that a spreadsheet would run made text.
func CSV(header []string, rows [][]string) []byte {
	var out []byte
	line := func(cells []string) {
		for i, cell := range cells {
			if i > 0 {
				out = append(out, ',')
			}
			out = appendCell(out, cell)
		}
		out = append(out, '\n')
	}
	line(header)
	for _, row := range rows {
		line(row)
	}
	return out
}
