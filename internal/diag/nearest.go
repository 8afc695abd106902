package diag

import (
	"strings"
	"unicode"
)

// Nearest finds the word that was probably meant, or "" when none is near: at
// most a third of the letters differ. Blanks, hyphens and case don't count. O(known × letters²).
func Nearest(word string, known []string) string {
	plain := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r == '-' || r == '_' || r == ' ' {
				return -1
			}
			return unicode.ToLower(r)
		}, s)
	}
	if len(word) > 64 {
		return ""
	}
	w := []rune(plain(word))
	best, least := "", len(w)/3+1
	if len(w) <= 2 {
		least = 1
	}
	for _, k := range known {
		if n := distance(w, []rune(plain(k))); n < least || n == 0 && best == "" {
			best, least = k, n
		}
	}
	return best
}

// distance counts the letters to insert, drop, replace or swap with their
// neighbour that make b of a.
func distance(a, b []rune) int {
	var old, last, row []int
	last = make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row = make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(row[j-1]+1, last[j]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], old[j-2]+1)
			}
		}
		old, last = last, row
	}
	return last[len(b)]
}
