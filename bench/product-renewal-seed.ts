// Makes what is renewed, through the product's own functions: accounts, each with a key, credentials whose refresh tokens
// rotate, and an integration with the first of them. Run from the repository's root with the product's environment variables:
// node --import tsx bench/product-renewal-seed.ts SLUG ENDPOINT UPSTREAM ACCOUNTS CREDENTIALS_OF_EACH
// Writes the tokens of the keys to stdout, one a line.
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

const [slug = '', endpoint = '', upstream = '', accountCount, credentialsOfEach] = process.argv.slice(2)
const runtime = await startRuntime()
const { db } = runtime.database
const store = credentialStore()

const tokens: string[] = []
for (let merchant = 1; merchant <= Number(accountCount); merchant++) {
  const accountId = newId('account')
  await db.insert(accounts).values({ id: accountId, name: `Marketplace merchant ${merchant}` })
  const actor = operatorActor(accountId)
  for (let shop = 1; shop <= Number(credentialsOfEach); shop++) {
    const client = `shop-${merchant}-${shop}`
    const form = credentialForm.parse({
      type: 'oauth2',
      name: `Shop ${shop}`,
      hosts: [upstream],
      grant: 'refresh_token',
      token_url: `${endpoint}/token`,
      client_id: client,
      client_authentication: 'body',
      secret: { client_secret: `secret-of-${client}`, refresh_token: `${client}.0.` },
    })
    const credentialId = await createCredential(store, actor, form)
    if (shop > 1) continue
    const integration = { name: 'Orders', slug, credential_id: credentialId, base_url: upstream }
    await createIntegration({ db, policy: store.egress.policy }, actor, integrationForm.parse(integration))
  }
  await db.insert(apiKeys).values(keyRow(accountId))
}
await db.execute(sql`vacuum analyze`)
await runtime.stop()
process.stdout.write(`${tokens.join('\n')}\n`)

function keyRow(accountId: string): typeof apiKeys.$inferInsert {
  const { token, hash, hint } = createToken('live')
  tokens.push(token)
  return {
    id: newId('apiKey'),
    accountId,
    name: 'Order sync',
    nameHeld: comparableName('Order sync'),
    environment: 'live',
    scopes: ['credentials:read', 'integrations:use'],
    tokenHash: hash,
    hintStart: hint.start,
    hintEnd: hint.end,
    createdByKind: 'operator',
    createdByName: 'bench',
  }
}
