// @tinybirdco/sdk, Tinybird's own TypeScript client, over a whole workspace. What the environment means: workspace.txt.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const modules = process.env.PORTCULLIS_TEST_NODE_MODULES
const { createTinybirdApi } = await import(pathToFileURL(join(modules, '@tinybirdco/sdk/dist/api/api.js')))

const { GATEWAY_URL, TOKEN, NAME } = process.env
const api = createTinybirdApi({ baseUrl: GATEWAY_URL, token: TOKEN })
let failed = false

async function check(name, run) {
  try {
    await run()
    console.log(`ok ${name}`)
  } catch (error) {
    failed = true
    console.log(`NOT OK ${name}: ${String(error.message).split(/\s+/).join(' ').slice(0, 400)} ${error.responseBody ?? ''}`)
  }
}

function equal(found, expected) {
  const [left, right] = [JSON.stringify(found), JSON.stringify(expected)]
  if (left !== right) throw new Error(`${left}, expected ${right}`)
}

async function status(promise) {
  try {
    await promise
  } catch (error) {
    return error.statusCode
  }
  throw new Error('not refused')
}

async function plain(method, path, body) {
  const response = await api.request(path, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
  })
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
}

const count = async (token) => Number((await api.sql(`SELECT count(*) AS n FROM ${NAME}`, { token })).data[0].n)

await check('create a data source', () =>
  plain('POST', `/v0/datasources?name=${NAME}&mode=create&schema=${encodeURIComponent('org_id Int64, event String, at DateTime')}`))

await check('ingest a batch', async () => {
  const events = Array.from({ length: 6 }, (_, n) => ({ org_id: n % 3, event: `e${n}`, at: `2026-01-0${n + 1} 00:00:00` }))
  const { successful_rows, quarantined_rows } = await api.ingestBatch(NAME, events)
  equal([successful_rows, quarantined_rows], [6, 0])
  equal(await count(), 6)
})

await check('append a file', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'sdk-')), 'rows.csv')
  writeFileSync(file, 'org_id,event,at\n1,"a,b",2026-02-01 00:00:00\n2,c,2026-02-02 00:00:00\n')
  const answer = await api.appendDatasource(NAME, { file })
  if (answer.error) throw new Error(JSON.stringify(answer))
  equal(await count(), 8)
})

await check('delete by a condition', async () => {
  const dry = await api.deleteDatasource(NAME, { deleteCondition: "event = 'e0'", dryRun: true })
  equal(dry.rows_to_be_deleted, 1)
  equal(await count(), 8)
  await api.deleteDatasource(NAME, { deleteCondition: "event = 'e0'" })
  for (let tries = 0; tries < 50 && (await count()) !== 7; tries++) await new Promise((done) => setTimeout(done, 100))
  equal(await count(), 7)
})

await check('publish a pipe and read it', async () => {
  const sql = `% SELECT event FROM ${NAME} WHERE org_id IN {{Array(orgs, 'Int64', default='1')}} ORDER BY event`
  await plain('POST', '/v0/pipes', { name: `${NAME}_top`, nodes: [{ name: 'endpoint', sql }] })
  await plain('POST', `/v0/pipes/${NAME}_top/nodes/endpoint/endpoint`)
  equal((await api.query(`${NAME}_top`)).data.map((row) => row.event), ['a,b', 'e1', 'e4'])
  equal((await api.query(`${NAME}_top`, { orgs: [2] })).data.map((row) => row.event), ['c', 'e2', 'e5'])
})

const soon = Math.floor(Date.now() / 1000) + 60

await check('a JSON Web Token with a filter sees its rows only', async () => {
  const scope = { type: 'DATASOURCES:READ', resource: NAME, filter: 'org_id = 1' }
  const { token } = await api.createToken({ name: 'n', scopes: [scope] }, { expirationTime: soon })
  equal(await count(token), 3)
  equal(await status(api.ingest(NAME, { org_id: 1, event: 'x', at: '2026-01-01 00:00:00' }, { token })), 403)
})

await check('fixed parameters cannot be changed', async () => {
  const scope = { type: 'PIPES:READ', resource: `${NAME}_top`, fixed_params: { orgs: '2' } }
  const { token } = await api.createToken({ name: 'n', scopes: [scope] }, { expirationTime: soon })
  equal((await api.query(`${NAME}_top`, { orgs: '1' }, { token })).data.map((row) => row.event), ['c', 'e2', 'e5'])
  equal(await status(count(token)), 403)
})

await check('a static token', async () => {
  const { token } = await api.createToken({ name: `${NAME} reader`, scope: [`DATASOURCES:READ:${NAME}:org_id = 2`] })
  equal(await count(token), 3)
  equal(await status(api.createToken({ name: `${NAME} other`, scope: [`DATASOURCES:READ:${NAME}:org_id = 1) OR (1 = 1`] })), 400)
})

await check('truncate', async () => {
  await api.truncateDatasource(NAME)
  equal(await count(), 0)
})

await check('take everything away', async () => {
  for (const path of [`/v0/tokens/${NAME}%20reader`, `/v0/pipes/${NAME}_top`, `/v0/datasources/${NAME}`]) await plain('DELETE', path)
  equal(await status(count()), 403)
})

process.exit(failed ? 1 : 0)
