package main

import (
	"bytes"
	"log"
	"strings"
)

// A fault is planted by putting other words in the place of some that stand
// once in a file. Each leaves its mark: "# want CODE at words".
type fault struct{ file, old, new string }

// plant gives the broken example: the same files with one fault of every kind
// planted, each at another thing, so that none hides another.
func plant(city files) files {
	out := files{}
	for name, text := range city {
		out[name] = bytes.Clone(text)
	}
	for _, f := range faults {
		text := string(out[f.file])
		if n := strings.Count(text, f.old); n != 1 {
			log.Fatalf("%s: %d times, not once:\n%s", f.file, n, f.old)
		}
		out[f.file] = []byte(strings.Replace(text, f.old, f.new, 1))
	}
	for name, rows := range strayRows {
		out[name] = append(out[name], rows...)
	}
	// these leave nothing else to look at, so each has a folder of its own
	out["deadline/plan.yaml"] = []byte(small("start: 2019-01-19\ndeadline: 2018-02-28  # want OB0502 at 2018-02-28\n"))
	out["no-board/plan.yaml"] = []byte(small("board: bord  # want OB0190 at bord\nstart: 2019-01-19\ndeadline: 2019-02-28\n"))
	out["columns/plan.yaml"] = []byte(small("board: .\nstart: 2019-01-19\ndeadline: 2019-02-28\n" +
		"# want OB0121 in plates.csv\n# want OB0122 in areas.csv at level\n"))
	out["columns/areas.csv"] = []byte("code,name,level,level\n990100,云海市,city,city\n")
	out["columns/plates.csv"] = []byte("body,plate\n")
	out["no-above/plan.yaml"] = []byte(small("above: ../nowhere/plan.yaml  # want OB0700 at ../nowhere/plan.yaml\nstart: 2019-01-19\ndeadline: 2019-02-28\n"))
	out["faulty-above/plan.yaml"] = []byte(small("above: ../plan.yaml  # want OB0701 at ../plan.yaml\nstart: 2019-01-19\ndeadline: 2019-02-28\n"))
	out["territory/plan.yaml"] = []byte(territory)
	out["territory/rules.yaml"] = []byte(territoryRules)
	out["territory/items.csv"] = []byte("id,kind,body,name\nlyx-fish,bylaw,lyx-gov,琅屿县休渔期管理规定\nlyx-dogs,bylaw,lyx-gov,琅屿县养犬管理规定\n")
	out["territory/areas.csv"] = []byte("code,name,name_en,level,parent\n990100,云海市,Yunhai City,city,\n990122,琅屿县,Langyu County,county,990100\n" +
		"990122101,灯礁镇,Dengjiao Town,township,990122\n990106,长堤区,Changdi District,county,990100\n990106001,沙嘴街道,Shazui Subdistrict,township,990106\n")
	out["territory/bodies.csv"] = []byte("id,name,name_en,level,area\nlyx-gov,琅屿县人民政府,Langyu County People's Government,county,990122\n")
	return out
}

// territory is a plan of areas: a county is split, and what lies in it is
// forgotten, one of its bylaws too, and another half; a subdistrict would change its
// district and keep its code.
const territory = `oneboard: plan/v1
id: yunhai-territory
title: 云海市行政区划调整方案
title_en: Plan for the areas of Yunhai
board: .
packs: ./rules.yaml
start: 2019-01-19
instruments:
  - id: qh
    title: 关于调整云海市部分行政区划的通知
    title_en: Notice on some areas of Yunhai
    kind: notice
    effective: 2019-01-19
  - id: qhgz
    title: 关于原琅屿县规范性文件继续有效的决定
    title_en: Decision on the bylaws of former Langyu County
    kind: decision
    effective: 2021-01-19
    confirms: [lyx-fish]  # want OB0331 at lyx-fish
    confirms_in: "990123"
  - id: qhgz2
    title: 关于原琅屿县规范性文件继续有效的决定（二）
    title_en: Second decision on the bylaws of former Langyu County
    kind: decision
    effective: 2019-06-01
    confirms: [lyx-fish, lyx-dogs]
    confirms_in: "990124"
changes:
  - change-area: "990122"  # want OB0715 at 990122 # want OB0716 at 990122
    into:
      - {code: "990123", name: 北屿县, level: county, parent: "990100"}  # want OB0330 at 990123
      - {code: "990124", name: 南屿县, level: county, parent: "990100"}
    by: qh 1
  - change-area: "990106001"
    into:
      - {code: "990106001", name: 沙嘴街道, level: township, parent: "990100"}  # want OB0717 at 990100
    by: qh 2
`

// territoryRules are the city's own: the bylaws of an area lapse after two years.
const territoryRules = `oneboard: pack/v1
id: yunhai-territory
title: 云海市行政区划调整规则
title_en: Rules of Yunhai for changes of areas
extends: generic
bylaws:
  years: 2
`

// strayRows are put at the ends of tables; their marks stand in the plan.
var strayRows = map[string]string{
	"duties.csv": "whq-sg-98,对望海区辖区内餐饮油烟扰民的处罚,Penalising fumes of restaurants in Wanghai District,penalty,综合执法,990102,,county,《中华人民共和国环境噪声污染防治法》,,,\n" +
		"fl-98,指导妇女小额担保贷款推荐工作,Guiding the recommending of women for small loans,coordination,妇女小额贷款,990100,,city,云海编发〔2015〕8号,,,\n" +
		"whq-mz-98,推荐妇女申请小额担保贷款,Recommending women for small loans,coordination,妇女小额贷款,990102,,county,云海编发〔2015〕8号,,,\n",
	"responsibilities.csv": "whq-sg-98,whq-sg,,,,望海编发〔2015〕8号 二（二）\nfl-98,fl,,,,云海编发〔2015〕8号 二（五）\nwhq-mz-98,whq-mz,,,,望海编发〔2015〕8号 二（三）\n",
	"bodies.csv":           "dzt,市地震监测中心,Seismological Monitoring Centre,事业单位,city,990100,kjj,正科级,,\n",
	"posts.csv": "fl/99,fl,副主席,行政编制,vice\n" +
		"fl 98,fl,科员,行政编制,\n",
	"quotas.csv": "fl,机动编制,3名,,,云编〔2015〕8号 十\n",
	"items.csv": "fl-w9,service,fl,妇女维权服务窗口,1,,,\n" +
		"hjky-w01,archives,hjky,市环境信息和科研监测中心全宗（监测卷）,310,,,\n" +
		"hjky-w02,archives,hjky,市环境信息和科研监测中心全宗（科研卷）,275,,,\n",
	"plates.csv": "gh,市劳动模范协会,,,停用\n" +
		"fl,=CONCAT(A1),,\n" +
		"tjj,市人口普查办公室,2019-02-29,\n" +
		"sjj,市经济责任审计办公室,2019-01-10,2018-01-10\n" +
		"jyj,市\"扫盲\"办公室,,\n",
}

var faults = []fault{
	// the text of the plan
	{"plan.yaml", "# 云海市机构改革方案（云海市为虚构城市）/ The reform of the invented city of Yunhai\n# Made by tools/yunhai from its template; see README.md.\n",
		"# 云海市机构改革方案，每类差错各植入一处 / The plan of Yunhai with one fault of every kind planted\n# Made by tools/yunhai from the clean plan; see README.md. The faults in the tables:\n" +
			"# want OB0123 in plates.csv\n# want OB0125 in plates.csv at =CONCAT(A1)\n# want OB0126 in plates.csv at 2019-02-29\n" +
			"# want OB0131 in plates.csv at 2018-01-10\n# want OB0129 in posts.csv at fl 98\n# want OB0124 in plates.csv\n" +
			"# want OB0127 in posts.csv at vice\n# want OB0128 in quotas.csv at 3名\n" +
			"# want OB0732 in items.csv at fl-w9\n" +
			"# want OB0202 in bodies.csv at dzt\n# want OB0301 in duties.csv at yjj-03\n# want OB0303 in duties.csv at tjj-02\n# want OB0218 in duties.csv at swei-02\n# want OB0714 in responsibilities.csv at whq-sg\n"},
	{"plan.yaml", "    name: 市工业和信息化局\n    name_en: Industry", "    name: 市工业和信息化局\n    nmae_en: Industry"},
	{"plan.yaml", "    nmae_en: Industry and Informatisation Bureau\n", "    nmae_en: Industry and Informatisation Bureau  # want OB0104 at nmae_en\n"},
	{"plan.yaml", "  - rename: wxb\n    name: 市委网络安全和信息化委员会办公室\n", "  - rename: wxb  # want OB0105 at rename\n"},
	{"plan.yaml", "  - re-rank: whzf\n", "  - re-rank: [whzf, aqjc]  # want OB0106 at [whzf, aqjc]\n"},
	{"plan.yaml", "    made: 2019-01-18\n", "    made: 2019-02-29  # want OB0107 at 2019-02-29\n"},
	{"plan.yaml", "    name_en: Office of the Municipal Committee's Staffing Commission\n    by: fa 1.3\n",
		"    name_en: Office of the Municipal Committee's Staffing Commission\n    by: fa 1.3\n    by: fa 1.3  # want OB0108 at by\n"},
	{"plan.yaml", "packs: [cn-2018]\n", "packs: [cn-2018, cn-2019]  # want OB0113 at cn-2019\n"},
	{"plan.yaml", "calendar: cn\n", "calendar: cn-2017  # want OB0801 at cn-2017\n"},
	{"plan.yaml", "templates: [cn-city]\n", "templates: [cn-city, cn-ctiy]  # want OB0802 at cn-ctiy\n"},
	{"plan.yaml", "    body: bb\n    with: [zzb, jw]\n", "    body: [bb, zzb]  # want OB0800 at zzb\n    with: [jw]\n"},
	{"plan.yaml", "    capacity: 5\n", "    capacity: 5\n  - id: wang-an  # want OB0860 at wang-an\n    name: 网络安全专班\n"},
	{"plan.yaml", "    needs: {team: bianban, people: 2}\n", "    needs: {team: bianban, people: 21}  # want OB0805 at 21\n"},
	{"plan.yaml", "    body: bb\n    days: 3\n", "    body: bb\n    days: {least: 4, likely: 3}  # want OB0850 at 4\n"},
	{"plan.yaml", "\napprovals:\n", "\n  - id: xiang-deng  # want OB0804 at xiang-deng\n    title: 等待印发\n    body: bb\n    days: 1\n    after: {of: yin-fa}\n  - id: yin-fa\n    title: 印发总结\n    body: bb\n    days: 1\n    after: {of: xiang-deng}\n\napprovals:\n"},
	{"plan.yaml", "    kind: minute\n", "    kind: memo  # want OB0111 at memo\n"},
	{"plan.yaml", "\n  # 3.2\n", `
  - renmae: fl  # want OB0110 at renmae
    name: 市妇联
    by: fa 4.1
    on: 2019-01-25
  - re-rank: g h  # want OB0114 at g h
    rank: 副厅级
    by: fa 4.1
    on: 2019-01-25
  - co-locate: [gh]  # want OB0203 at [gh]
    by: fa 4.1
    on: 2019-01-25
  - end-duty: fl-98  # want OB0316 at fl-98
    by: fa 4.1
    on: 2019-01-25

  # 3.2
`},

	// names, papers and the shape of changes
	{"plan.yaml", "  - add-plate: cgj\n", "  - add-plate: cgju  # want OB0201 at cgju\n"},
	{"plan.yaml", "  - rename: rdns\n", "  - rename: rdns  # want OB0205 at rdns\n"},
	{"plan.yaml", "    by: fa 3.1\n    on: 2019-01-25\n  - establish: rdsj\n", "    on: 2019-01-25\n  - establish: rdsj\n"},
	{"plan.yaml", "    name_en: Local Financial Supervision Bureau\n    by: fa 2.13\n", "    name_en: Local Financial Supervision Bureau\n    by: fa 2.31  # want OB0206 at 2.31\n"},
	{"plan.yaml", "  - id: qx\n", "  - id: qx  # want OB0207 at qx\n"},
	{"plan.yaml", "    title_en: Notice on the reform of districts and counties\n    kind: notice\n", "    title_en: Notice on the reform of districts and counties\n    kind: plan\n"},
	{"plan.yaml", "    name: 市社会治安综合治理委员会办公室\n    by: fa 1.7\n    on: 2019-01-22\n",
		`    name: 市社会治安综合治理委员会办公室
    by: fa 1.7
    on: 2019-01-15  # want OB0208 at 2019-01-15
  - change-superior: [zfw]
    to: zfw-i1  # want OB0204 at zfw-i1
    by: fa 1.7
    on: 2019-01-22
`},
	{"plan.yaml", "  - move-items: all\n    from: hyj\n    to: nw\n    by: sx 3\n    on: 2019-01-24\n", ""},
	{"plan.yaml", "      - czj-06  # 监督检查市级预算执行情况\n    from: czj\n", "      - czj-06  # want OB0209 at czj-06\n    from: gzw\n"},
	{"plan.yaml", "  - abolish: hyj\n", "  - abolish: hyj  # want OB0212 at hyj # want OB0213 at hyj\n"},
	{"plan.yaml", "[hjzdui, scyj, sctg, ycyg, yyjz, tdzz, ncsl]", "[hjzdui, scyj, sctg, ycyg, tdzz, ncsl]"},
	{"plan.yaml", "    name: 市外国专家局\n    by: fa 2.19\n    on: 2019-01-24\n  - move-quota: 2\n", "    name: 市外专局  # want OB0215 at 市外专局\n    by: fa 2.19\n    on: 2019-01-24\n  - move-quota: 2\n"},
	{"plan.yaml", "\n  # 2.18\n", `
  - appoint: p00008
    body: spj  # want OB0216 at spj
    role: head
    by: ld 2
    on: 2019-01-28

  # 2.18
`},
	{"plan.yaml", "\n  # 5.2\n", `
  - abolish: jgrz  # want OB0210 at jgrz
    by: fa 5.4
    on: 2019-01-31
  - move-quota: 8
    kind: 事业编制
    from: jgrz
    to: jgjc
    by: sx 1
    on: 2019-01-31
  - move-posts: all
    from: jgrz
    to: jgjc
    role: ordinary
    by: sx 4
    on: 2019-01-31
  - abolish: gtjc  # want OB0211 at gtjc
    by: fa 5.4
    on: 2019-01-31
  - rename: lsj  # want OB0214 at lsj
    name: 市粮食和物资储备局
    by: fa 2.11
    on: 2019-01-28

  # 5.2
`},

	// powers without what they need
	{"plan.yaml", "\n  # 2.16\n", `
  - delegate: [cgj-01]  # want OB0731 at cgj-01
    from: cgj
    to: whq-sg
    in: "990102"
    by: fa 2.15
    on: 2019-02-20

  # 2.16
`},

	// cover
	{"responsibilities.csv", "yjj-03,lyx-sg,performer means,,990122,琅屿编发〔2015〕8号 二（一）\n", ""},
	{"responsibilities.csv", "tjj-02,tjj,,,,云政办发〔2010〕95号 二（一）\n", ""},
	{"plan.yaml", "\n  # 2.20\n", `
  - assign: jyj-02  # want OB0302 at jyj-02
    to: kjj
    by: fa 2.19
    on: 2019-01-24

  # 2.20
`},

	// order and time
	{"plan.yaml", "    name_en: Cultural Market Administrative Enforcement Team\n", "    name_en: Cultural Market Administrative Enforcement Team\n    id: gengming-whzf\n    after: [gengming-aqjc]  # want OB0401 at gengming-aqjc\n"},
	{"plan.yaml", "    name_en: Emergency Management Enforcement Team\n", "    name_en: Emergency Management Enforcement Team\n    id: gengming-aqjc\n    after: [gengming-whzf]\n"},
	{"plan.yaml", "    after: [zujian-shj, bingru-hbj]\n    by: [fa 6.1, hy 3]\n    on: 2019-02-20\n", "    after: [zujian-shj, bingru-hbj]\n    by: [fa 6.1, hy 3]\n    on: 2019-01-25  # want OB0402 at 2019-01-25 # want OB0710 at 2019-01-25\n"},
	{"plan.yaml", "    name_en: Chengchuan City Emergency Management Bureau\n    by: fa 6.4\n    on: 2019-02-25\n",
		`    name_en: Chengchuan City Emergency Management Bureau
    by: fa 6.4
    on: 2019-03-05  # want OB0501 at 2019-03-05 # want OB0702 at 2019-03-05

waivers:
  - code: OB0501  # want OB0604 at OB0501
    on: bls-aj
    until: 2019-03-31
    by: 市委机构编制委员会办公室
    because: 白鹭市应急管理局挂牌延期
`},
	{"plan.yaml", "    to: jrb\n    by: fa 2.13\n    on: 2019-01-24\n    in_place: 2019-01-28\n", "    to: jrb\n    by: fa 2.13\n    on: 2019-01-24\n    in_place: 2019-01-21  # want OB0503 at 2019-01-21\n"},

	// levels, protected duties and territory
	{"plan.yaml", "board: .\nabove: ../yunhai-province/plan.yaml\n", "board: .\nabove: ../yunhai-province/plan.yaml  # want OB0707 at ../yunhai-province/plan.yaml\n"},
	{"plan.yaml", "  - clause: sf 4.3\n", "  - clause: sf 4.9  # want OB0718 at sf\n"},
	{"plan.yaml", "  - clause: sf 4.4\n    why: 全市林地面积不大，林业职责由市自然资源和规划局承担，加挂市林业局牌子，不单独设置林业局。\n", "  - clause: sf 4.4  # want OB0708 at sf\n"},
	{"plan.yaml", "  - is: spj\n    why: 为推进一枚印章管审批，整合市级政务服务和审批管理职责设置，省级没有对应机构。\n", ""},
	{"plan.yaml", "  - establish: spj\n", "  - establish: spj  # want OB0709 at spj\n"},
	{"plan.yaml", "    counterparts: [yj]\n", "    counterparts: [yj]\n    match: identical  # want OB0706 at identical\n"},
	{"plan.yaml", "    bodies: 9\n", "    bodies: 9\n  - by: sx 1\n    level: city\n    kind: 群团机关\n    bodies: 1\n  - by: sx 1\n    level: city\n    kind: 工勤编制\n    posts: 100\n"},
	{"plan.yaml", "id: yunhai-2019\n", "id: yunhai-2019  # want OB0703 at yunhai-2019\n"},
	{"plan.yaml", "      - mzj-15  # 发放优抚对象抚恤补助\n      - mzj-16  # 残疾军人伤残等级评定审核\n      - mzj-17  # 安置退役士兵工作岗位\n      - mzj-18  # 发放自主就业退役士兵一次性经济补助\n      - mzj-19  # 接收安置军队离退休干部\n      - mzj-20  # 保护管理烈士纪念设施\n      - rsj-23", "      - rsj-23"},
	{"plan.yaml", "  - transfer:\n      - mzj-15  # 发放优抚对象抚恤补助\n", "  - transfer:\n      - mzj-15  # 发放优抚对象抚恤补助 # want OB0713\n"},
	{"plan.yaml", "  - merge: [jsw, fcj]\n", "  - merge: [jsw, fcj]  # want OB0704 at [jsw, fcj]\n"},
	{"plan.yaml", "      - wjw-24  # 监管新农合定点医疗机构\n    from: wjw\n    to: ybj\n    by: fa 2.9\n    on: 2019-01-25\n    in_place: 2019-01-31\n",
		"      - wjw-24  # 监管新农合定点医疗机构\n    from: wjw\n    to: ybj\n    by: fa 2.9\n    on: 2019-01-25\n    in_place: 2019-02-08  # want OB0702 at 2019-02-08 # want OB0712 at 2019-02-08\n"},

	// what contradicts itself, or says nothing
	{"plan.yaml", "\n  # 2.13\n", `
  - rename: jxw
    name: 市工业信息化局  # want OB0217 at 市工业信息化局
    by: fa 2.12
    on: 2019-01-24

  # 2.13
`},
	{"duties.csv", "economic and social development,other,党的全面领导,990100,,city,《中国共产党章程》,,,\n", "economic and social development,other,党的全面领导,990100,,city,《中国共产党章程》,,swei-02,\n"},
	{"duties.csv", "procuratorate\",other,党的全面领导,990100,,city,《中国共产党章程》,,,\n", "procuratorate\",other,党的全面领导,990100,,city,《中国共产党章程》,,swei-01,\n"},
	{"plan.yaml", "  - id: jl\n", `    supersedes: [jg]
  - id: jg
    title: 关于综合行政执法队伍规格的通知
    title_en: Notice on the rank of enforcement teams
    kind: notice
    issuer: 云海市委机构编制委员会办公室
    number: 云编办发〔2018〕31号
    made: 2018-06-01
    effective: 2018-06-01
    clauses:
      "5": 综合行政执法支队规格为副处级。
  - id: jl
`},
	{"plan.yaml", "    rank: 副处级\n    by: fa 5.1\n", "    rank: 副处级\n    by: jg 5  # want OB0219 at jg\n"},
	{"plan.yaml", "\n  # 5.3\n", `
  - re-rank: aqjc
    rank: 正科级  # want OB0220 at 正科级
    by: fa 5.2
    on: 2019-01-28
  - change-area: "990122200"
    into: [{code: "990122101", name: 灯礁镇, parent: "990122"}]
    by: fa 5.2
    on: 2019-01-25
  - assign: aqjc-99
    name: 安全生产联合执法
    to: aqjc
    in: "990122200"  # want OB0221 at 990122200
    by: fa 5.2
    on: 2019-01-28

  # 5.3
`},

	// discipline
	{"plan.yaml", "  - set-quota: kab\n    kind: 行政编制\n    posts: 5\n    leaders: 1\n    deputies: 1\n", "  - set-quota: kab\n    kind: 行政编制\n    posts: 5\n    leaders: 1\n    deputies: 2  # want OB0605 at 2\n"},
	{"plan.yaml", "  - set-posts: tzb\n    posts: 3\n", "  - set-posts: tzb  # want OB0601 at tzb\n    posts: 30\n"},
	{"plan.yaml", "\n  # 2.15\n", `
  - set-posts: jtj  # want OB0602 at jtj
    posts: 2
    kind: 行政编制
    role: deputy
    title: 副局长
    by: ld 3
    on: 2019-01-25

  # 2.15
`},
	{"plan.yaml", "      - slj-w11  # 水资源确权登记试点项目\n", "      - slj-w11  # 水资源确权登记试点项目\n      - slj-w04  # want OB0621 at slj-w04\n"},
	{"plan.yaml", "\n  # 2.4\n", `
  - restrict: fgw-w10
    of: fgw
    for: [数据迁移]
    until: 2019-02-20  # want OB0610 at 2019-02-20
    by: sx 3
    on: 2019-01-28

  # 2.4
`},
	{"plan.yaml", "  - set-quota: hjkys\n", `  - move-items: hjky-w01
    from: hjky
    to: hjxx
    by: sx 3
    on: 2019-01-28
  - move-items: hjky-w02  # want OB0620 at hjky-w02
    from: hjky
    to: hjkys
    by: sx 3
    on: 2019-01-28
  - set-quota: hjkys
`},
	{"plan.yaml", "\n  # 2.9\n", `
  - withdraw: gsj-w04  # want OB0622 at gsj-w04
    from: gsj
    by: sx 3
    on: 2019-01-28

  # 2.9
`},
	{"plan.yaml", "\n  # 2.17\n", `
  - withdraw: jsw-w06  # want OB0630 at jsw-w06
    from: jsw
    by: pf 1
    on: 2019-01-25

  # 2.17
`},
	{"plan.yaml", "    number: 云组发〔2019〕4号\n", "    number: 云组发〔2019〕4号\n    public_from: 2019-01-19  # want OB0631 at 2019-01-19\n"},
	{"plan.yaml", "  - establish: rdsj\n", "  - establish: rdsj  # want OB0603 at rdsj\n"},
	{"plan.yaml", "  - appoint: p01153\n    body: rdsj\n    role: head\n    by: ld 4\n    on: 2019-01-25\n", ""},
}

// small gives a plan of which only the first lines say anything.
func small(lines string) string {
	return "oneboard: plan/v1\nid: yunhai-2019\ntitle: 云海市机构改革方案\ntitle_en: Reform plan of the city of Yunhai\n" + lines +
		"changes: []\n"
}
