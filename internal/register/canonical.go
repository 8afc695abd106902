package register

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// canonical writes JSON in its one canonical form (RFC 8785): no white space,
// members sorted by name, only what must be escaped is escaped, whole numbers
// only. The bytes of an entry are hashed, so there must be one way to write it.
// The zero value is ready.
type canonical struct {
	bytes []byte
	err   error
}

// text writes a string. A text that the databases can't both keep, because it
// is not UTF-8 or holds a zero byte, is an error.
func (c *canonical) text(s string) {
	const hex = "0123456789abcdef"
	b := append(c.bytes, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		ch := s[i]
		if ch >= 0x20 && ch != '"' && ch != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		from = i + 1
		switch ch {
		case '"', '\\':
			b = append(b, '\\', ch)
		case '\b':
			b = append(b, '\\', 'b')
		case '\t':
			b = append(b, '\\', 't')
		case '\n':
			b = append(b, '\\', 'n')
		case '\f':
			b = append(b, '\\', 'f')
		case '\r':
			b = append(b, '\\', 'r')
		default:
			b = append(b, '\\', 'u', '0', '0', hex[ch>>4], hex[ch&15])
		}
	}
	c.bytes = append(append(b, s[from:]...), '"')
	if c.err == nil && (!utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0) {
		c.err = fmt.Errorf("register: %q can't be recorded: it is not UTF-8 text", s)
	}
}

// value writes a tree of map[string]any, []any, string, int, int64, bool, nil.
func (c *canonical) value(v any) {
	switch v := v.(type) {
	case nil:
		c.raw("null")
	case bool:
		c.raw(strconv.FormatBool(v))
	case int:
		c.bytes = strconv.AppendInt(c.bytes, int64(v), 10)
	case int64:
		c.bytes = strconv.AppendInt(c.bytes, v, 10)
	case string:
		c.text(v)
	case []any:
		c.raw("[")
		for i, e := range v {
			if i > 0 {
				c.raw(",")
			}
			c.value(e)
		}
		c.raw("]")
	case map[string]any:
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		slices.Sort(names)
		c.raw("{")
		for i, name := range names {
			if i > 0 {
				c.raw(",")
			}
			c.text(name)
			c.raw(":")
			c.value(v[name])
		}
		c.raw("}")
	default:
		panic(fmt.Sprintf("register: %T has no canonical form", v))
	}
}

func (c *canonical) raw(s string) { c.bytes = append(c.bytes, s...) }
