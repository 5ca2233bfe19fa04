// Reads a packet with hyparquet, a Parquet reader that shares no code with ours, and prints what it found as JSON:
// the names of the columns, the keys of the metadata, and the rows.
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const modules = process.env.GRAINLOSS_NODE_MODULES
const { parquetMetadata, parquetReadObjects, parquetSchema } = await import(pathToFileURL(`${modules}/hyparquet/src/index.js`))
const { compressors } = await import(pathToFileURL(`${modules}/hyparquet-compressors/src/index.js`))
const bytes = readFileSync(process.argv[2])
const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
const metadata = parquetMetadata(file)
const rows = await parquetReadObjects({ file, compressors })
const plain = (key, value) => typeof value === 'bigint' ? Number(value) : value
console.log(JSON.stringify({
  columns: parquetSchema(metadata).children.map((child) => child.element.name),
  keys: Object.fromEntries(metadata.key_value_metadata.map(({ key, value }) => [key, value])),
  rows: rows.map((row) => ({ ...row, t_us: row.t_us.getTime() * 1000 })),
}, plain))
