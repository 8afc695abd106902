package planfile

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"oneboard/internal/org"
)

const formatPage = "../../docs/plan-format.md"

// kindsTable is the table of changes in docs/plan-format.md.
func kindsTable() string {
	common := map[string]bool{}
	for _, s := range tableOf(reflect.TypeFor[org.Common]()).specs {
		common[s.key] = true
	}
	var b strings.Builder
	for _, k := range Kinds() {
		var required, may []string
		for _, key := range k.Keys {
			switch {
			case key.Head || common[key.Word]:
			case key.Required:
				required = append(required, "`"+key.Word+"`")
			default:
				may = append(may, "`"+key.Word+"`")
			}
		}
		b.WriteString("| `" + k.Word + "` " + k.Name("zh") + " | " + strings.Join(required, ", ") + " | " + strings.Join(may, ", ") + " |\n")
	}
	return b.String()
}

// The page about the format lists the keys that the reader knows, and its
// example is a plan.
func TestFormatPage(t *testing.T) {
	raw, err := os.ReadFile(formatPage)
	if err != nil {
		t.Fatal(err)
	}
	page := string(raw)
	if *update {
		page = strings.Replace(page, "KINDS\n", kindsTable(), 1)
		if err := os.WriteFile(formatPage, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(page, kindsTable()) {
		t.Errorf("the table of changes should be\n%s", kindsTable())
	}
	for _, k := range TopKeys() {
		if !strings.Contains(page, "`"+k.Word+"`") {
			t.Errorf("the page does not name %s", k.Word)
		}
	}
	_, example, _ := strings.Cut(page, "```yaml\n")
	example, _, _ = strings.Cut(example, "```")
	if p, wrong := Parse("example", []byte(example)); len(wrong) > 0 || len(p.Changes) != 2 {
		t.Errorf("the example: %v", wrong)
	}
}
