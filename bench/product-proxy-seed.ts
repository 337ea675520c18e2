// Makes what calls through an integration need, through the product's own functions: accounts with keys, and for each
// account a credential – an API key in a header – and an integration with it. All have the same slug, so that one address
// leads to another integration by the account of the key. Run from the repository's root with the product's environment
// variables, after its database was migrated:
// node --import tsx bench/product-proxy-seed.ts SLUG UPSTREAM ACCOUNTS KEYS_OF_EACH
// Reads the secret from stdin, writes the tokens to stdout, one a line.
import { text } from 'node:stream/consumers'
import { sql } from 'drizzle-orm'
import { accounts, apiKeys } from '../db/schema'
import { comparableName } from '../lib/api-keys/schemas'
import { createToken } from '../lib/api-keys/token'
import { operatorActor } from '../lib/audit'
import { createCredential, credentialForm } from '../lib/credentials'
import { credentialStore } from '../lib/credentials/runtime'
import { newId } from '../lib/ids'
import { createIntegration, integrationForm } from '../lib/integrations'
import { startRuntime } from '../lib/start'

const [slug = '', upstream = '', accountCount, keysOfEach] = process.argv.slice(2)
const secret = await text(process.stdin)
const runtime = await startRuntime()
const { db } = runtime.database
const store = credentialStore()

/** By account. */
const tokens: string[][] = []
for (let index = 1; index <= Number(accountCount); index++) {
  const id = newId('account')
  await db.insert(accounts).values({ id, name: `Shipping merchant ${index}` })
  const actor = operatorActor(id)
  const credential = credentialForm.parse({
    type: 'api_key',
    name: 'Orders',
    hosts: [upstream],
    placement: { in: 'header', name: 'X-Api-Key' },
    secret: { key: secret },
  })
  const credentialId = await createCredential(store, actor, credential)
  const integration = integrationForm.parse({ name: 'Orders', slug, credential_id: credentialId, base_url: upstream })
  await createIntegration({ db, policy: store.egress.policy }, actor, integration)
  tokens.push([])
  await db.insert(apiKeys).values(Array.from({ length: Number(keysOfEach) }, (_, key) => keyRow(id, key + 1)))
}
await db.execute(sql`vacuum analyze`)
await runtime.stop()
// One of each account in turn, so that requests at the same time go through different integrations.
const inTurn = Array.from({ length: Number(keysOfEach) }, (_, key) => tokens.map((own) => own[key]))
process.stdout.write(`${inTurn.flat().join('\n')}\n`)

function keyRow(accountId: string, index: number): typeof apiKeys.$inferInsert {
  const { token, hash, hint } = createToken('live')
  tokens.at(-1)?.push(token)
  const name = `Shop ${index}`
  return {
    id: newId('apiKey'),
    accountId,
    name,
    nameHeld: comparableName(name),
    environment: 'live',
    scopes: ['orders:read', 'integrations:use'],
    tokenHash: hash,
    hintStart: hint.start,
    hintEnd: hint.end,
    createdByKind: 'operator',
    createdByName: 'bench',
  }
}
