import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { withTokenKeepers } from '@/test/oauth-server'
import { rekeyAccount } from '../vault/maintenance'
import { MasterKeys } from '../vault/master-keys'
import { Secret } from '../vault/secret'
import { Vault } from '../vault/vault'
import { claim, type Lease } from './lease'
import { storeRenewed } from './store'
import { removeTokens } from './stored-tokens'

withTokenKeepers('renewed tokens', (bed) => {
  const { put, putEnded, refreshToken, row, vault } = bed
  const endpoint = 'https://auth.example.com'
  const renewed = (version = 1) => ({
    tokens: {
      accessToken: new Secret('next-access-token'),
      refreshToken: new Secret('next-refresh-token'),
      expiresAt: new Date(Date.now() + 3_600_000),
      scope: null,
    },
    sentAt: new Date(),
    endpoint,
    version,
    learnedSeconds: null,
  })
  const claimed = async () => {
    const lease = await claim(bed.db, bed.owner, { leaseMs: 30_000, reason: 'ahead' })
    return lease as Lease
  }
  const attempt = async ({ attemptId }: Lease) =>
    (
      (await bed.db.execute(sql`select result, next_at from renewal_attempts where id = ${attemptId}`)) as unknown as {
        rows: { result: string | null; next_at: unknown }[]
      }
    ).rows[0]
  const sealedWith = async () =>
    (
      (await bed.db.execute(sql`
      select data_key_id as id from vault_items where owner_id = ${bed.owner.ownerId} and field = 'tokens'`)) as unknown as {
        rows: { id: string }[]
      }
    ).rows[0]?.id

  /** A database that knows no transactions. */
  const withoutTransactions = (): Database =>
    Object.create(bed.db, {
      transaction: {
        value: () => {
          throw new Error('Began a transaction')
        },
      },
    })

  it('are stored with all that belongs to them in one statement', async () => {
    await putEnded()
    const lease = await claimed()
    await bed.db.execute(sql`insert into token_endpoints (origin, failures, changed_at) values (${endpoint}, 3, now())`)
    expect(await storeRenewed(withoutTransactions(), vault, lease, renewed())).toBe(2)
    expect(await row()).toMatchObject({ version: 2, leaseUntil: null, endpoint, failures: 0 })
    expect(await refreshToken()).toBe('next-refresh-token')
    expect(await attempt(lease)).toMatchObject({ result: 'renewed', next_at: expect.anything() })
    const { rows } = (await bed.db.execute(sql`select from token_endpoints where origin = ${endpoint}`)) as unknown as {
      rows: unknown[]
    }
    expect(rows).toEqual([])
  })

  it('are stored by who has never sealed anything of the account', async () => {
    await putEnded()
    const lease = await claimed()
    const another = new Vault(new MasterKeys([vault.masterKeys.first]))
    expect(await storeRenewed(bed.db, another, lease, renewed())).toBe(2)
    expect(await refreshToken()).toBe('next-refresh-token')
  })

  it('are sealed with the account’s new data key when the one that is remembered was retired meanwhile', async () => {
    await putEnded()
    const before = await sealedWith()
    const lease = await claimed()
    await rekeyAccount(bed.db, new Vault(vault.masterKeys), bed.owner.accountId, () => {})
    const after = await sealedWith()
    expect(after).not.toBe(before)
    expect(await storeRenewed(bed.db, vault, lease, renewed())).toBe(2)
    expect(await sealedWith()).toBe(after)
    expect(await refreshToken()).toBe('next-refresh-token')
    expect(await attempt(lease)).toMatchObject({ result: 'renewed' })
  })

  it('tell that trouble is over where people were told of it', async () => {
    await putEnded()
    const lease = await claimed()
    await bed.db.execute(sql`update token_sets set alarmed_at = now() where owner_id = ${bed.owner.ownerId}`)
    await expect(storeRenewed(withoutTransactions(), vault, lease, renewed())).rejects.toThrow('Began a transaction')
    expect(await storeRenewed(bed.db, vault, lease, renewed())).toBe(2)
    expect(await row()).toMatchObject({ version: 2, alarmedAt: null })
  })

  it('are stored in no part by who has lost the lease', async () => {
    await putEnded()
    const lease = await claimed()
    await put({ accessToken: null, refreshToken: new Secret('typed'), expiresAt: null, scope: null })
    expect(await storeRenewed(bed.db, vault, lease, renewed())).toBeNull()
    expect(await refreshToken()).toBe('typed')
    expect(await attempt(lease)).toMatchObject({ result: null })
    await bed.db.transaction((tx) => removeTokens(tx, vault, bed.owner))
    expect(await storeRenewed(bed.db, vault, lease, renewed())).toBeNull()
    expect(await row()).toBeUndefined()
  })

  it('are claimed ahead only when they are due, and were not refused for good', async () => {
    const ahead = () => claim(bed.db, bed.owner, { leaseMs: 30_000, reason: 'ahead', onlyIfDue: true })
    const set = (change: ReturnType<typeof sql>) =>
      bed.db.execute(sql`update token_sets set ${change} where owner_id = ${bed.owner.ownerId}`)
    expect(await ahead()).toBeNull()
    expect(await row()).toBeUndefined()
    await putEnded()
    await set(sql`renew_at = now() + interval '1 minute'`)
    expect(await ahead()).toBeNull()
    await set(sql`renew_at = now(), refused_error = 'invalid_grant'`)
    expect(await ahead()).toBeNull()
    await set(sql`refused_error = null`)
    const leases = await Promise.all(Array.from({ length: 5 }, ahead))
    expect(leases.filter((lease) => lease !== null)).toHaveLength(1)
  })
})
