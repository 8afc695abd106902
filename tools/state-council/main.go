// Command state-council makes the board and the plan of
// examples/state-council-2018 from the facts in its folder record/. Run it from
// the root of the repository:
//
//	go -C tools run ./state-council
//
// It is kept so that a reader can see that nothing in the example is invented
// but the ids of the named duties, which stand in the table below.
package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"log"
	"os"
	"strings"
)

const folder = "../examples/state-council-2018/"

// adopted is the day on which the National People's Congress adopted the plan,
// published the day on which the plan for Party and state institutions was
// published, inPlace the days between which each handover was in place: from the
// day on which the Party's plan was published to the day by which every body had
// moved and was at work.
const (
	adopted   = "2018-03-17"
	published = "2018-03-21"
	inPlace   = "2018-03-21/2018-04-20"
)

// slug gives each row that names a duty the id of that duty, after the giver.
var slug = map[string]string{
	"3": "functional-areas", "4": "urban-rural-planning", "5": "water-survey-rights",
	"6": "grassland-survey-rights", "7": "forest-survey-rights",
	"16": "climate", "17": "groundwater", "18": "water-environment",
	"19": "farm-pollution", "20": "marine-environment", "21": "diversion-environment",
	"25": "farm-investment", "26": "farm-development", "27": "farmland-consolidation",
	"28": "irrigation", "29": "fishing-vessels",
	"41": "tobacco-convention", "42": "occupational-health",
	"49": "veterans-placement", "50": "officers-placement", "51": "veterans", "52": "veterans",
	"55": "emergency", "56": "fire-control", "57": "disaster-relief", "58": "geological-disasters",
	"59": "floods-droughts", "60": "grassland-fire", "61": "forest-fire", "62": "earthquake-rescue",
	"82": "major-projects-inspection", "83": "budget-supervision", "84": "leaders-audit",
	"95": "price-supervision", "96": "concentrations", "99": "drugs", "100": "entry-exit-quarantine",
	"112": "radio-television", "113": "press-publication", "114": "film",
	"119": "banking-rules", "120": "insurance-rules",
	"124": "foreign-aid", "125": "foreign-aid-coordination",
	"127": "medical-insurance", "128": "rural-medical-scheme", "129": "drug-pricing", "130": "medical-assistance",
	"133": "strategic-reserves", "134": "emergency-reserves", "135": "reserves", "136": "reserves",
	"139": "exit-entry", "140": "border-inspection",
	"143": "grassland-supervision", "144": "nature-reserves", "145": "nature-reserves",
	"146": "nature-reserves", "147": "nature-reserves", "148": "nature-reserves",
	"151": "trademarks", "152": "geographical-indications",
}

// titles are the matters of the clauses, in the order of the plan.
var titles = [][3]string{
	{"1.1", "组建自然资源部", "Ministry of Natural Resources"},
	{"1.2", "组建生态环境部", "Ministry of Ecology and Environment"},
	{"1.3", "组建农业农村部", "Ministry of Agriculture and Rural Affairs"},
	{"1.4", "组建文化和旅游部", "Ministry of Culture and Tourism"},
	{"1.5", "组建国家卫生健康委员会", "National Health Commission"},
	{"1.6", "组建退役军人事务部", "Ministry of Veterans Affairs"},
	{"1.7", "组建应急管理部", "Ministry of Emergency Management"},
	{"1.8", "重新组建科学技术部", "Ministry of Science and Technology, constituted anew"},
	{"1.9", "重新组建司法部", "Ministry of Justice, constituted anew"},
	{"1.10", "优化水利部职责", "duties of the Ministry of Water Resources"},
	{"1.11", "优化审计署职责", "duties of the National Audit Office"},
	{"1.12", "监察部、国家预防腐败局并入国家监察委员会", "supervision goes to the National Supervisory Commission"},
	{"2.1", "组建国家市场监督管理总局", "State Administration for Market Regulation"},
	{"2.2", "组建国家广播电视总局", "National Radio and Television Administration"},
	{"2.3", "组建中国银行保险监督管理委员会", "China Banking and Insurance Regulatory Commission"},
	{"2.4", "组建国家国际发展合作署", "China International Development Cooperation Agency"},
	{"2.5", "组建国家医疗保障局", "National Healthcare Security Administration"},
	{"2.6", "组建国家粮食和物资储备局", "National Food and Strategic Reserves Administration"},
	{"2.7", "组建国家移民管理局", "National Immigration Administration"},
	{"2.8", "组建国家林业和草原局", "National Forestry and Grassland Administration"},
	{"2.9", "重新组建国家知识产权局", "State Intellectual Property Office, constituted anew"},
	{"2.10", "调整全国社会保障基金理事会隶属关系", "National Council for Social Security Fund"},
	{"p.1", "国务院系统机构并入党中央部门", "bodies that join departments of the Central Committee"},
}

type row map[string]string

func read(name string) []row {
	text, err := os.ReadFile(folder + "record/" + name)
	if err != nil {
		log.Fatal(err)
	}
	records, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		log.Fatalf("%s: %v", name, err)
	}
	var rows []row
	for _, record := range records[1:] {
		r := row{}
		for i, column := range records[0] {
			r[column] = record[i]
		}
		rows = append(rows, r)
	}
	return rows
}

func write(name string, records [][]string) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.WriteAll(records); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(folder+name, b.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
}

func main() {
	log.SetFlags(0)
	before, fresh, changes := read("before.csv"), read("new.csv"), read("changes.csv")

	bodies := map[string]row{}
	for _, b := range append(before, fresh...) {
		bodies[b["id"]] = b
	}
	named, rest, ends := map[string][]row{}, map[string]bool{}, map[string]bool{}
	for _, c := range changes {
		switch {
		case c["op"] == "abolish":
			ends[c["target"]] = true
		case c["duty_zh"] == "*":
			rest[c["source"]] = true
		case c["duty_zh"] != "":
			named[c["source"]] = append(named[c["source"]], c)
		}
	}
	writeBoard(before, named, rest, ends)
	if err := os.WriteFile(folder+"plan.yaml", plan(changes, fresh, bodies), 0o644); err != nil {
		log.Fatal(err)
	}
}

func writeBoard(before []row, named map[string][]row, rest, ends map[string]bool) {
	bodies := [][]string{{"id", "name", "name_en", "kind", "superior"}}
	duties := [][]string{{"id", "name", "name_en", "part_of"}}
	responsibilities := [][]string{{"duty", "body"}}
	for _, b := range before {
		id := b["id"]
		bodies = append(bodies, []string{id, b["name_zh"], b["name_en"], b["class"], b["superior"]})
		// A body whose named duties are all it had has no main duty: it ends, and
		// no clause says where "the rest" goes.
		main := ""
		if rest[id] || !ends[id] {
			main = id + "-duties"
			zh, en := b["name_zh"]+"的职责", "duties of the "+b["name_en"]
			if len(named[id]) > 0 {
				zh, en = b["name_zh"]+"的其余职责", "remaining duties of the "+b["name_en"]
			}
			duties = append(duties, []string{main, zh, en, ""})
			responsibilities = append(responsibilities, []string{main, id})
		}
		for _, c := range named[id] {
			duties = append(duties, []string{dutyID(c), c["duty_zh"], c["duty_en"], main})
			responsibilities = append(responsibilities, []string{dutyID(c), id})
		}
	}
	write("bodies.csv", bodies)
	write("duties.csv", duties)
	write("responsibilities.csv", responsibilities)
}

func dutyID(c row) string {
	s, ok := slug[c["n"]]
	if !ok {
		log.Fatalf("row %s names a duty that has no id", c["n"])
	}
	return c["source"] + "-" + s
}

func plan(changes, fresh []row, bodies map[string]row) []byte {
	var b bytes.Buffer
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }

	say(`# The reform of China's State Council of 2018. Made by tools/state-council from record/; the
# README says where the facts are from. Change rN is row N of record/changes.csv;
# a change with another id (x-…) is one that the facts imply but do not list.
oneboard: plan/v1
id: state-council-2018
title: 国务院机构改革（2018年）
title_en: Reform of the State Council, 2018
board: .
packs: [cn-2018]
start: 2018-01-01
deadline: 2018-12-31

instruments:
  - id: state-council-plan
    title: 国务院机构改革方案
    title_en: Institutional Reform Plan of the State Council
    kind: plan
    issuer: 国务院
    made: %[1]s
    effective: %[1]s
    clauses:`, adopted)
	for _, t := range titles {
		if t[0] != "p.1" {
			say("      %q: %s", t[0], t[1])
		}
	}
	say(`  - id: party-plan
    title: 深化党和国家机构改革方案
    title_en: Plan for Deepening the Reform of Party and State Institutions
    kind: plan
    issuer: 中共中央
    made: 2018-02-28
    effective: 2018-02-28
    clauses:
      %q: %s

approvals:
  - instrument: state-council-plan
    by: 第十三届全国人民代表大会第一次会议
    on: %s
  - instrument: party-plan
    by: 中国共产党第十九届中央委员会第三次全体会议
    on: 2018-02-28

changes:`, "p.1", titles[len(titles)-1][1], adopted)

	merged := map[string]row{} // the bodies that end by being merged, and the row that says so
	for _, c := range changes {
		if c["op"] == "merge-into" {
			merged[c["source"]] = c
		}
	}
	clause := ""
	for _, c := range changes {
		if c["clause"] != clause {
			clause = c["clause"]
			for _, t := range titles {
				if t[0] == clause {
					if clause != "1.1" {
						say("")
					}
					say("  # %s %s (%s)", t[0], t[1], t[2])
				}
			}
			if clause == "1.12" {
				say("  # Implied: the facts list the commission among the new bodies, and no row")
				say("  # establishes it.")
				establish(say, bodies["nsc"], "x-nsc", "state-council-plan 1.12", "")
			}
		}
		by, on := "state-council-plan "+clause, ""
		switch {
		case clause == "p.1":
			by, on = "party-plan p.1", published
		case strings.Contains(c["note"], "plan for Party and state institutions"):
			// The plan for Party and state institutions says who gets the duty, this
			// clause ends the giver: both papers carry the change.
			by, on = "[state-council-plan "+clause+", party-plan p.1]", adopted
		}
		id, target, source := "r"+c["n"], c["target"], c["source"]
		end := func(keys ...string) {
			for i := 0; i < len(keys); i += 2 {
				if keys[i+1] != "" {
					say("    %s: %s", keys[i], keys[i+1])
				}
			}
		}
		switch c["op"] {
		case "establish":
			establish(say, bodies[target], id, by, on)
		case "re-establish":
			say("  - re-establish: %s", target)
			end("id", id, "by", by, "on", on)
		case "transfer":
			duty := "all"
			if c["duty_zh"] != "*" {
				duty = dutyID(c)
				say("  # %s", c["duty_zh"])
			}
			say("  - transfer: %s", duty)
			end("id", id, "from", source, "to", target, "by", by, "on", on, "in_place", inPlace)
		case "merge-into":
			say("  - merge-into: [%s]", source)
			end("id", id, "into", target, "by", by, "on", on, "in_place", inPlace)
		case "abolish":
			if how := merged[target]; how != nil {
				say("  # the end of %s that r%s brings about, said once more as plans do", target, how["n"])
			}
			say("  - abolish: %s", target)
			end("id", id, "by", by, "on", on)
		case "keep-name":
			say("  # the name is kept for outside use")
			say("  - add-plate: %s", target)
			end("id", id, "name", bodies[source]["name_zh"], "by", by, "on", on)
		case "change-superior":
			kind := ""
			switch target {
			case "cea", "nsfc", "ssf":
				kind = "other"
				say("  # the new kind is implied: it is seen only in the bodies after the reform")
			case "sipo":
				kind = "state-administration"
				say("  # the new kind is implied: it is seen only in the bodies after the reform")
			}
			say("  - change-superior: [%s]", target)
			end("id", id, "to", source, "kind", kind, "by", by, "on", on)
		default:
			log.Fatalf("row %s: unknown op %q", c["n"], c["op"])
		}
		if c["n"] == "69" {
			say("  # Implied: these four give all their duties to the new ministry and are not")
			say("  # among the bodies after the reform.")
			for _, gone := range []string{"fchq", "ncdr", "eqhq", "ffhq"} {
				say("  - abolish: %s", gone)
				end("id", "x-"+gone, "by", by)
			}
		}
	}
	return b.Bytes()
}

func establish(say func(string, ...any), b row, id, by, on string) {
	say("  - establish: %s", b["id"])
	say("    id: %s", id)
	say("    name: %s", b["name_zh"])
	say("    name_en: %s", b["name_en"])
	say("    kind: %s", b["class"])
	if b["superior"] != "" {
		say("    superior: %s", b["superior"])
	}
	say("    by: %s", by)
	if on != "" {
		say("    on: %s", on)
	}
}
