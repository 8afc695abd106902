// SHACL as a peer of bench: it reads the rows of a board that stands still, as
// bench/planted writes them, and finds its faults with shacl-engine.
//
//	node shacl.mjs DIR
//
// It reads words from the standard input and answers each with a line of JSON,
// like the other peers: see main.go. A rule of SHACL knows no days, so there is
// only what is in force: who holds a duty, who is under whom, which posts a body
// has of a kind. Facts that a shape must compare are made nodes: a body's posts
// of a kind belong to a node of the class of its quota, and a duty in an area is
// a node that points to the same duty in the areas around.
import { createReadStream, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DataFactory, Parser, Store } from 'n3'
import { Validator } from 'shacl-engine'

const dir = process.argv[2]
const ns = 'urn:board:'
const { namedNode, quad } = DataFactory
const factory = { ...DataFactory, dataset: quads => new Store(quads) }
const term = name => namedNode(ns + name)
const type = namedNode('http://www.w3.org/1999/02/22-rdf-syntax-ns#type')
const version = JSON.parse(readFileSync(new URL('./node_modules/shacl-engine/package.json', import.meta.url))).version

async function * rows (table) {
  for await (const line of createInterface({ input: createReadStream(join(dir, table + '.csv')) })) {
    yield line.split(',').map(Number)
  }
}

// load makes the graph of the board on its last day.
async function load () {
  const [day] = readFileSync(join(dir, 'day'), 'utf8').split('\n').map(Number)
  const data = new Store()
  const add = (s, p, o) => data.addQuad(quad(s, p, o))
  const [body, root, duty, place] = ['Body', 'Root', 'Duty', 'Place'].map(term)
  const [holder, superior, upper, of] = ['holder', 'superior', 'upper', 'of'].map(term)
  for await (const [id, above, from, until] of rows('body')) {
    if (from > day || until <= day) continue
    add(term('b' + id), type, above < 0 ? root : body)
    if (above >= 0) add(term('b' + id), superior, term('b' + above))
  }
  for await (const [id] of rows('duty')) add(term('d' + id), type, duty)
  for await (const [d, b] of rows('owner')) add(term('d' + d), holder, term('b' + b))
  const parent = []
  for await (const [id, above] of rows('area')) parent[id] = above
  const places = new Map()
  for await (const [, d, b, area] of rows('scope')) {
    const name = `s${d}-${area}`
    places.set(name, [d, area])
    add(term(name), type, place)
    add(term(name), holder, term('b' + b))
  }
  for (const [name, [d, area]] of places) {
    for (let a = parent[area]; a >= 0; a = parent[a]) {
      if (places.has(`s${d}-${a}`)) add(term(name), upper, term(`s${d}-${a}`))
    }
  }
  const limits = new Set()
  for await (const [b, kind, posts] of rows('quota')) {
    add(term(`q${b}-${kind}`), type, term('Quota' + posts))
    limits.add(posts)
  }
  let n = 0
  for await (const [b, kind] of rows('post')) add(term('p' + n++), of, term(`q${b}-${kind}`))
  const shapes = new Parser().parse(`
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix : <${ns}> .
:R1 a sh:NodeShape; sh:targetClass :Duty; sh:property [ sh:path :holder; sh:minCount 1; sh:maxCount 1 ] .
:R2 a sh:NodeShape; sh:targetClass :Body; sh:property [ sh:path [ sh:oneOrMorePath :superior ]; sh:hasValue :b0 ] .
${[...limits].map(n => `:R3-${n} a sh:NodeShape; sh:targetClass :Quota${n}; sh:property [ sh:path [ sh:inversePath :of ]; sh:maxCount ${n} ] .`).join('\n')}
:R4 a sh:NodeShape; sh:targetClass :Place; sh:property [ sh:path :holder; sh:maxCount 1 ];
  sh:property [ sh:path ( :upper :holder ); sh:maxCount 0 ] .
`)
  return { data, validator: new Validator(new Store(shapes), { factory }), triples: data.size }
}

// faultOf puts a result into the five numbers of a fault.
function faultOf (focus) {
  const name = focus.slice(ns.length)
  const [thing, part = 0] = name.slice(1).split('-').map(Number)
  return [{ d: 1, b: 2, q: 3, s: 4 }[name[0]], thing, part, 0, 0]
}

let board
for await (const word of createInterface({ input: process.stdin })) {
  const before = process.cpuUsage()
  const begin = process.hrtime.bigint()
  let found
  if (word === 'load') board = await load()
  else if (word === 'check') found = await board.validator.validate({ dataset: board.data })
  else if (word !== 'index') throw new Error(`there is no word ${word}`)
  const wall = Number(process.hrtime.bigint() - begin)
  const used = process.cpuUsage(before)
  const faults = new Map()
  for (const result of found?.results ?? []) {
    const fault = faultOf(result.focusNode.term.value)
    faults.set(fault.join(), fault)
  }
  console.log(JSON.stringify({
    Is: `shacl-engine ${version}`,
    Took: [{ What: word, CPU: (used.user + used.system) * 1000, Wall: wall }],
    Faults: found ? [...faults.values()] : undefined,
    Peak: process.resourceUsage().maxRSS * 1024
  }))
}
