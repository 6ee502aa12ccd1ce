// Validates N-Triples files with shacl-engine: shacl_engine.mjs SHAPES REPORT DATA...
// Prints how long loading and checking took, in seconds; writes the report as N-Triples.
import { createReadStream, readFileSync, writeFileSync } from 'node:fs'
import { DataFactory, Parser, Store, StreamParser, Writer } from 'n3'
import { Validator } from 'shacl-engine'
import { targetResolvers, validations } from 'shacl-engine/sparql.js'

const [shapesFile, reportFile, ...files] = process.argv.slice(2)
const factory = { ...DataFactory, dataset: quads => new Store(quads) }
const phase = (name, begun) =>
  console.log(`phase ${name} ${(performance.now() - begun) / 1000}`)

let begun = performance.now()
const dataset = new Store()
for (const file of files) {
  for await (const quad of createReadStream(file).pipe(new StreamParser({ format: 'N-Triples' }))) {
    dataset.add(quad)
  }
}
phase('load', begun)

begun = performance.now()
const shapes = new Store(new Parser().parse(readFileSync(shapesFile, 'utf8')))
const validator = new Validator(shapes, { factory, targetResolvers, validations })
const report = await validator.validate({ dataset })
phase('check', begun)

const writer = new Writer({ format: 'N-Triples' })
writer.addQuads([...report.dataset])
writer.end((error, text) => {
  if (error) throw error
  writeFileSync(reportFile, text)
})
