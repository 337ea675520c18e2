// `node examples/setup.mjs <example> [name of the key]`: what an admin does once, through the API. Tests the service's secret
// and stores it, makes the integration, and prints an API key that may use this integration and nothing else.
// The secret comes on standard input, a line a field; nothing of it is printed. Run it again with a new secret to rotate it.
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { call, checkKey, feniciaOf, main, Stop, say } from './fenicia.mjs'

/**
 * What an example needs, in the API's words.
 * @typedef {object} Service
 * @property {string} url where the sandbox listens, unless SERVICE_URL says otherwise
 * @property {string} [tokenPath] of its token endpoint, if it has one
 * @property {{ name: string, label: string }[]} secrets its secret fields, as they are asked for
 * @property {Record<string, unknown> & { name: string, test: { path: string } }} credential
 * @property {Record<string, unknown> & { slug: string }} integration
 * @property {string} keyName
 */

/** @typedef {import('./fenicia.mjs').Fenicia} Fenicia */

const EXAMPLES = ['sync-orders', 'erp-export', 'shipping-label', 'nightly-sync']
const SCOPES = [
  ...['credentials:read', 'credentials:create', 'credentials:update', 'credentials:test'],
  ...['integrations:read', 'integrations:create', 'integrations:use', 'keys:create'],
]

await main(async () => {
  const [example = '', keyName] = process.argv.slice(2)
  if (!EXAMPLES.includes(example)) throw new Stop(`Name an example: ${EXAMPLES.join(', ')}.`, 2)
  /** @type {Service} */
  const service = (await import(`./${example}/service.mjs`)).service
  const fenicia = feniciaOf('FENICIA_SETUP_TOKEN')
  const { key } = await checkKey(fenicia, SCOPES)

  const url = (process.env.SERVICE_URL ?? service.url).replace(/\/+$/, '')
  const secret = await readSecrets(service.secrets)
  const credentialId = await storeCredential(fenicia, service, url, secret)
  const integrationId = await makeIntegration(fenicia, service, url, credentialId)
  const made = await post(fenicia, '/keys', {
    name: keyName ?? service.keyName,
    scopes: ['integrations:use'],
    integrations: [integrationId],
    // A key can't outlive the key that makes it.
    expires_at: key.expires_at,
  })
  say(`Made the API key “${made.name}”, for this integration only. It is printed this once:`)
  process.stdout.write(`${made.token}\n`)
})

/**
 * Tests the credential as it is to be stored, and stores it only if the service took it. The receipt of the test goes along,
 * so that Fenicia knows it as tested; and the draft of the test, which has the tokens that a refresh token was spent for.
 * @param {Fenicia} fenicia @param {Service} service @param {string} url @param {Record<string, string>} secret
 * @returns {Promise<string>} its id
 */
async function storeCredential(fenicia, { credential, tokenPath }, url, secret) {
  const { name, test, type, ...settings } = credential
  const form = { ...settings, name, secret, hosts: [new URL(url).origin], test: { url: url + test.path } }
  if (tokenPath) Object.assign(form, { token_url: url + tokenPath })
  const found = await find(fenicia, '/credentials', name, (each) => each.name === name)
  if (found) {
    const left = await requireGood(fenicia, `/credentials/${found.id}/test`, form)
    await call(fenicia, `/credentials/${found.id}`, bodyOf('PATCH', { ...form, ...left }), (answer) => answer.json())
    say(`Replaced the secret of the credential “${name}”.`)
    return found.id
  }
  const left = await requireGood(fenicia, '/credentials/test', { ...form, type })
  const { id } = await post(fenicia, '/credentials', { ...form, type, ...left })
  say(`Stored the credential “${name}”.`)
  return id
}

/**
 * @param {Fenicia} fenicia @param {string} path @param {Record<string, unknown>} form
 * @returns {Promise<{ receipt: string, draft_id: string | null }>} what the save of the form takes
 */
async function requireGood(fenicia, path, form) {
  const { result, detail, advice, stages, receipt, draft_id } = await post(fenicia, path, form)
  for (const { stage, outcome, ms } of stages) say(`  ${stage}: ${outcome}${ms === null ? '' : ` (${ms} ms)`}`)
  say(`Test: ${detail}`)
  if (result !== 'good') throw new Stop(`Nothing was stored. ${advice ?? ''}`.trim(), 2)
  return { receipt, draft_id }
}

/**
 * @param {Fenicia} fenicia @param {Service} service @param {string} url @param {string} credentialId
 * @returns {Promise<string>} its id
 */
async function makeIntegration(fenicia, { integration }, url, credentialId) {
  const { slug } = integration
  const found = await find(fenicia, '/integrations', slug, (each) => each.slug === slug)
  if (found) return found.id
  const { id } = await post(fenicia, '/integrations', { ...integration, credential_id: credentialId, base_url: url })
  say(`Made the integration “${slug}”.`)
  return id
}

/** @param {Fenicia} fenicia @param {string} path @param {string} text @param {(each: any) => boolean} isIt */
async function find(fenicia, path, text, isIt) {
  const query = new URLSearchParams({ q: text, limit: '100' })
  const { data } = await call(fenicia, `${path}?${query}`, {}, (response) => response.json())
  return data.find(isIt)
}

/** @param {Fenicia} fenicia @param {string} path @param {unknown} body @returns {Promise<any>} */
function post(fenicia, path, body) {
  return call(fenicia, path, bodyOf('POST', body), (response) => response.json())
}

/** @param {string} method @param {unknown} body */
function bodyOf(method, body) {
  return { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
}

/** @param {Service['secrets']} fields @returns {Promise<Record<string, string>>} */
async function readSecrets(fields) {
  const lines = process.stdin.isTTY
    ? await ask(fields.map(({ label }) => label))
    : (await text(process.stdin)).split('\n')
  return Object.fromEntries(
    fields.map(({ name, label }, index) => {
      const line = lines[index]?.trim()
      if (!line) throw new Stop(`Standard input must hold ${fields.length} line(s); ${label} is missing.`, 2)
      return [name, line]
    }),
  )
}

/** Asks at the terminal, without showing what is typed. @param {string[]} labels */
async function ask(labels) {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true })
  const lines = []
  for (const label of labels) {
    process.stderr.write(`${label}: `)
    lines.push(await terminal.question(''))
    process.stderr.write('\n')
  }
  terminal.close()
  return lines
}
