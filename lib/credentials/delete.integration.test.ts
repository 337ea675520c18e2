import { eq, sql } from 'drizzle-orm'
import { beforeAll, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { credentials, integrations } from '@/db/schema'
import { createTestAccount } from '@/test/account'
import { forEachDatabase } from '@/test/databases'
import { policyOf } from '@/test/egress'
import type { Actor } from '../audit'
import { newId } from '../ids'
import { createIntegration, getIntegration, integrationForm, updateIntegration } from '../integrations'
import { Vault } from '../vault'
import { MasterKeys } from '../vault/master-keys'
import { deleteCredential } from '.'
import { findCredential } from './base'

const HOST = 'https://erp.example.com'

forEachDatabase('a credential that is deleted', (open, driver) => {
  const vault = new Vault(new MasterKeys([{ kid: 'test', key: new Uint8Array(32) }]))
  const policy = policyOf()
  let db: Database
  beforeAll(async () => {
    db = (await open()).db
  })

  async function makeUsed(actor: Actor, name = 'ERP'): Promise<[credential: string, integration: string]> {
    const id = newId('credential')
    await db.insert(credentials).values({
      id,
      accountId: actor.accountId,
      name,
      nameHeld: name.toLowerCase(),
      type: 'bearer',
      settings: { type: 'bearer' },
      secretSetAt: {},
      hosts: [HOST],
      createdByKind: 'user',
      createdById: actor.id,
      createdByName: actor.name,
    })
    const form = integrationForm.parse({ name, slug: name.toLowerCase(), credential_id: id, base_url: HOST })
    return [id, await createIntegration({ db, policy }, actor, form)]
  }
  /** Until so many other transactions wait for a lock. */
  async function areWaiting(many: number): Promise<void> {
    const waiting = sql`pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    await expect.poll(() => db.$count(waiting)).toBe(many)
  }

  it('is refused while an integration uses it, by the name of that; nevertheless, it leaves the integration without one', async () => {
    const owner = await createTestAccount(db)
    const [credential, integration] = await makeUsed(owner)
    await expect(deleteCredential({ db, vault }, owner, credential)).rejects.toMatchObject({
      code: 'credential_in_use',
      message: expect.stringContaining('“ERP”'),
    })
    await deleteCredential({ db, vault }, owner, credential, { evenIfUsed: true })
    expect(await getIntegration(db, owner, integration)).toMatchObject({ credential: null })
  })

  // The embedded database lets in one transaction after the other.
  const itNeedsTwoConnections = driver === 'pglite' ? undefined : it
  itNeedsTwoConnections?.('and an integration of it that is edited meanwhile do not wait for each other', async () => {
    const owner = await createTestAccount(db)
    const [credential, integration] = await makeUsed(owner)
    let deleted: Promise<void> | undefined
    let edited: Promise<void> | undefined
    await db.transaction(async (tx) => {
      await findCredential(tx, owner, credential, { lock: true })
      deleted = deleteCredential({ db, vault }, owner, credential, { evenIfUsed: true })
      await areWaiting(1)
      edited = updateIntegration({ db, policy }, owner, integration, { name: 'ERP of the basement' })
      await areWaiting(2)
    })
    expect(await Promise.allSettled([deleted, edited])).toMatchObject([
      { status: 'fulfilled' },
      { status: 'fulfilled' },
    ])
    expect(await getIntegration(db, owner, integration)).toMatchObject({
      name: 'ERP of the basement',
      credential: null,
    })
  })

  itNeedsTwoConnections?.('and an integration that was given it just before do not wait for each other', async () => {
    const owner = await createTestAccount(db)
    const [credential, integration] = await makeUsed(owner)
    const [other] = await makeUsed(owner, 'Shop')
    await updateIntegration({ db, policy }, owner, integration, { credential_id: other })
    let deleted: Promise<void> | undefined
    let edited: Promise<void> | undefined
    await db.transaction(async (tx) => {
      await findCredential(tx, owner, credential, { lock: true })
      deleted = deleteCredential({ db, vault }, owner, credential, { evenIfUsed: true })
      await areWaiting(1)
      // Once those that use it are locked, and before it is.
      await tx.update(integrations).set({ credentialId: credential }).where(eq(integrations.id, integration))
      edited = updateIntegration({ db, policy }, owner, integration, { name: 'ERP of the basement' })
      await areWaiting(2)
    })
    expect(await Promise.allSettled([deleted, edited])).toMatchObject([
      { status: 'fulfilled' },
      { status: 'fulfilled' },
    ])
    expect(await getIntegration(db, owner, integration)).toMatchObject({
      name: 'ERP of the basement',
      credential: null,
    })
  })
})
