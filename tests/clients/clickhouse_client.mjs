// @clickhouse/client, ClickHouse's own Node.js driver, against GATEWAY_URL. What the environment means: expectations.txt.
import { createRequire } from 'node:module'

const require = createRequire(`${process.env.PORTCULLIS_TEST_NODE_MODULES}/`)
const { createClient } = require('@clickhouse/client')

const { GATEWAY_URL, TOKEN, ORG, REFUSED_TEXT } = process.env
const table = process.env.TABLE ?? 'events'
const refusedTable = process.env.REFUSED_TABLE ?? 'payments'
const rows = Number(process.env.ROWS)
const username = process.env.CLICKHOUSE_USER ?? 'default'
const quiet = { log: { level: 127 } }

const connect = (more = {}) => createClient({ url: GATEWAY_URL, username, password: TOKEN, ...quiet, ...more })
const client = connect()
let failed = false

async function check(name, run) {
  try {
    await run()
    console.log(`ok ${name}`)
  } catch (error) {
    failed = true
    console.log(`NOT OK ${name}: ${String(error.message).split(/\s+/).join(' ').slice(0, 400)}`)
  }
}

function equal(found, expected) {
  const [left, right] = [JSON.stringify(found), JSON.stringify(expected)]
  if (left !== right) throw new Error(`${left}, expected ${right}`)
}

async function refused(promise) {
  let found
  try {
    found = await (await promise).text?.()
  } catch (error) {
    if (REFUSED_TEXT && String(error.message).includes(REFUSED_TEXT)) throw new Error('the error tells what it must not')
    return
  }
  throw new Error(`not refused: ${String(found).slice(0, 300)}`)
}

const count = async (from, query = `SELECT count() AS n FROM ${table}`, more = {}) => {
  const answer = await from.query({ query, format: 'JSONEachRow', ...more })
  return Number((await answer.json())[0].n)
}

await check('ping', async () => equal((await client.ping()).success, true))
await check('ping with a query', async () => equal((await client.ping({ select: true })).success, true))
await check('count', async () => equal(await count(client), rows))
await check('JSON', async () => {
  const answer = await client.query({ query: `SELECT org_id, event FROM ${table}`, format: 'JSON' })
  const { meta, data } = await answer.json()
  equal([meta.map((column) => column.name), data.length], [['org_id', 'event'], rows])
})
await check('only permitted rows', async () => {
  const query = `SELECT DISTINCT org_id FROM ${table} ORDER BY org_id`
  const found = await (await client.query({ query, format: 'JSONCompactEachRow' })).json()
  if (ORG) equal(found, [[Number(ORG)]])
})
await check('parameters', async () => {
  const query = `SELECT count() AS n FROM ${table} WHERE event != {event: String} AND org_id >= {least: Int32}`
  equal(await count(client, query, { query_params: { event: "no'such\\event", least: 0 } }), rows)
})
await check('stream', async () => {
  const answer = await client.query({ query: `SELECT org_id FROM ${table}`, format: 'JSONEachRow' })
  let seen = 0
  for await (const part of answer.stream()) seen += part.length
  equal(seen, rows)
})
await check('CSV as text', async () => {
  const text = await (await client.query({ query: `SELECT org_id FROM ${table}`, format: 'CSV' })).text()
  equal(text.trim().split('\n').length, rows)
})
await check('gzip both ways', async () => {
  const packed = connect({ compression: { request: true, response: true } })
  equal(await count(packed), rows)
  await packed.close()
})
await check('own query id', async () => {
  const answer = await client.query({ query: `SELECT count() AS n FROM ${table}`, query_id: crypto.randomUUID(), format: 'JSON' })
  equal(Number((await answer.json()).data[0].n), rows)
})
await check('syntax error is an error', () => refused(client.query({ query: 'SELECT FROM WHERE' })))
await check('refused table', () => refused(client.query({ query: `SELECT * FROM ${refusedTable}` })))
await check('unknown table', () => refused(client.query({ query: 'SELECT * FROM no_such_table_at_all' })))
await check('insert without the right to', () =>
  refused(client.insert({ table: refusedTable, values: [{ org_id: 1 }], format: 'JSONEachRow' })))
await check('DDL is refused', () => refused(client.command({ query: `DROP TABLE ${table}` })))
await check('file() is refused', () =>
  refused(client.query({ query: "SELECT * FROM file('/etc/passwd', 'LineAsString')" })))
await check('works after errors', async () => equal(await count(client), rows))
await check('wrong token', async () => {
  const stranger = connect({ password: `${TOKEN}x` })
  await refused(stranger.query({ query: 'SELECT 1' }))
  await stranger.close()
})

await client.close()
process.exit(failed ? 1 : 0)
