// Chuffed and Gecode as peers of bench/psplib, by MiniZinc as WebAssembly:
//
//	node minizinc.mjs SOLVER < problem.json
//	node minizinc.mjs versions
//
// It prints MiniZinc's own stream, a line of JSON for each thing that happens:
// statistics with flatTime when the problem is written in the solver's language,
// then solutions and a status. It ends with the proof, or is ended. In Node the package asks for a MiniZinc of the machine;
// its worker for browsers brings all with it and runs in Node too, when it is
// given what a worker has: addEventListener and postMessage.
import { readFileSync, writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const dist = join(here, 'node_modules/minizinc/dist')
const [solver] = process.argv.slice(2)
const options = solver === 'versions'
  ? ['--solvers']
  // Chuffed may leave the order of the model and follow its own conflicts, which
  // is how it is best; Gecode has no such search.
  : ['--solver', solver, '--output-mode', 'json', '--intermediate', '--statistics',
      ...(solver.includes('chuffed') ? ['--free-search'] : []), 'rcpsp.mzn', 'problem.json']

let receive
globalThis.addEventListener = (kind, f) => { receive = f }
globalThis.postMessage = message => {
  writeSync(1, JSON.stringify(message) + '\n')
  if (message.type === 'ready') {
    receive({ data: { jsonStream: solver !== 'versions', args: options, files } })
  } else if (message.type === 'exit') {
    process.exit(message.code)
  }
}
const files = solver === 'versions'
  ? {}
  : { 'rcpsp.mzn': readFileSync(join(here, 'rcpsp.mzn'), 'utf8'), 'problem.json': readFileSync(0, 'utf8') }
// A worker is no module: it finds require and __dirname around it.
new Function('require', '__filename', '__dirname', readFileSync(join(dist, 'minizinc-worker.js'), 'utf8'))(
  createRequire(import.meta.url), join(dist, 'minizinc-worker.js'), dist)
receive({ data: { wasmURL: join(dist, 'minizinc.wasm'), dataURL: join(dist, 'minizinc.data') } })
