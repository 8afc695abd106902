package lang

import (
	"sync"
	"testing"
)

func TestSay(t *testing.T) {
	for _, c := range []struct {
		tag  Tag
		id   string
		args Args
		want string
	}{
		{EN, "key.holder", nil, "holder in law"},
		{ZH, "key.holder", nil, "法定主体"},
		{EN, "note.waits", Args{"change": "c2", "after": "c1"}, "c2 waits for c1"},
		{ZH, "note.waits", Args{"change": "c2", "after": "c1"}, "c2 须待 c1 完成"},
		{ZH, "no.such.message", nil, "«no.such.message»"},
		{"xx", "key.means", nil, "means"}, // a language that is not there speaks English
	} {
		var args []Args
		if c.args != nil {
			args = append(args, c.args)
		}
		if got := Say(c.tag, c.id, args...); got != c.want {
			t.Errorf("Say(%s, %s) = %q, want %q", c.tag, c.id, got, c.want)
		}
	}
}

func TestParse(t *testing.T) {
	for in, want := range map[string]Tag{"zh": ZH, "zh-CN": ZH, "zh_CN.UTF-8": ZH, "en-GB": EN, " EN ": EN} {
		if got, ok := Parse(in); !ok || got != want {
			t.Errorf("Parse(%q) = %q, %v", in, got, ok)
		}
	}
	if _, ok := Parse("C.UTF-8"); ok {
		t.Error("the C locale is no language of the catalogue")
	}
	if got := Accepted("fr;q=0.9, zh-Hans;q=0.8, en;q=0.1", EN); got != ZH {
		t.Errorf("Accepted = %q, want zh", got)
	}
	if got := Accepted("\x00nonsense", ZH); got != ZH {
		t.Errorf("Accepted of nonsense = %q, want the fallback", got)
	}
}

func TestSaidByMany(t *testing.T) {
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, tag := range Tags {
				for _, id := range IDs(tag)[:50] {
					Say(tag, id, Args{"Count": 2})
				}
			}
		})
	}
	wg.Wait()
}
