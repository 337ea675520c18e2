import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { renewalAttempts } from '@/db/schema'
import { eventually } from '@/test/eventually'
import { ENDED, failureOf, withTokenKeepers } from '@/test/oauth-server'
import { newId } from '../ids'
import { log } from '../log'
import { claim, release } from './lease'
import { Spool } from './spool'
import { readState, removeTokens } from './stored-tokens'
import type { TokenKeeper } from './token-keeper'

withTokenKeepers('renewed tokens that the database does not take', (bed, driver) => {
  const { instance, put, minted, putEnded, row, refreshToken, expectUsable, failStoring, byRefresh, vault } = bed
  // The same on each database, and too slow for three.
  const itTakesSeconds = driver === 'pg' ? it : undefined
  let folder: string
  const keepers: TokenKeeper[] = []
  const files = () => readdirSync(join(folder, 'spool'))
  const onDisk = () => new Spool(folder, vault.masterKeys)
  const keeper = (options = {}) => {
    const made = instance({ spool: onDisk(), ...options })
    keepers.push(made)
    return made
  }
  const takesAgain = () => bed.db.execute(sql`drop trigger if exists fails on token_sets`)

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fenicia-spool-'))
    vi.spyOn(log, 'warn').mockReturnValue()
    vi.spyOn(log, 'info').mockReturnValue()
  })
  afterEach(async () => {
    for (const each of keepers.splice(0)) await each.stop()
    rmSync(folder, { recursive: true })
  })

  /** Tokens that were renewed by a process that ended before the database took them. */
  async function left() {
    await putEnded()
    await failStoring(1_000)
    const first = keeper()
    const kept = await first.valid(bed.owner, byRefresh)
    await first.stop()
    await takesAgain()
    return kept
  }

  it('are used, wait sealed on the disk, and are brought to it once it takes them', async () => {
    await putEnded()
    await failStoring(3)
    const kept = await keeper().valid(bed.owner, byRefresh)
    expect(await bed.provider.accepts(kept.accessToken.reveal())).toBe(true)
    await eventually(() => expect(files()).toEqual([]))
    await expectUsable(kept)
    await expectUsable(await keeper().renew(bed.owner, byRefresh, { reason: 'test' }))
    expect(bed.provider.answers()).toEqual({ 200: 2 })
  })

  it('are readable there by nobody but their owner', async () => {
    const kept = await left()
    const [name = ''] = files()
    expect(name).toMatch(/^ren_[0-9a-f]{32}\.json$/)
    const content = readFileSync(join(folder, 'spool', name), 'utf8')
    expect(content).not.toContain(kept.accessToken.reveal())
    expect(content).not.toContain(Buffer.from(kept.accessToken.reveal()).toString('base64url').slice(0, -3))
    expect(statSync(join(folder, 'spool', name)).mode & 0o077).toBe(0)
    expect(statSync(join(folder, 'spool')).mode & 0o077).toBe(0)
  })

  it('are brought by the next process, and serve from then on', async () => {
    const kept = await left()
    const next = keeper()
    expect(await next.replaySpool()).toBe(0)
    expect(files()).toEqual([])
    await expectUsable({ ...kept, version: 2 })
    await expectUsable(await next.renew(bed.owner, byRefresh, { reason: 'test' }))
    expect(bed.provider.answers()).toEqual({ 200: 2 })
  })

  it('are waited for by who wants to renew elsewhere when their lease has ended', async () => {
    await putEnded()
    await failStoring(1_000)
    const first = keeper({ leaseMs: 500 })
    const kept = await first.valid(bed.owner, byRefresh)
    await eventually(async () => expect((await readState(bed.db, bed.owner)).isLeased).toBe(false))
    const elsewhere = instance({ db: bed.dbs[1], graceMs: 5_000 }).valid(bed.owner, byRefresh)
    await eventually(async () => expect((await row())?.contestedAt).not.toBeNull())
    await takesAgain()
    expect((await elsewhere).accessToken.reveal()).toBe(kept.accessToken.reveal())
    expect(bed.provider.answers()).toEqual({ 200: 1 })
  })

  it('keep this process from spending the refresh token again, though it could claim it', async () => {
    await putEnded()
    await failStoring(1_000)
    const first = keeper({ leaseMs: 500, graceMs: 100, waitMs: 1_500 })
    const kept = await first.valid(bed.owner, byRefresh)
    await eventually(async () => expect((await readState(bed.db, bed.owner)).isLeased).toBe(false))
    expect(await failureOf(first.renew(bed.owner, byRefresh, { reason: 'manual' }))).toMatchObject({ code: 'busy' })
    expect(bed.provider.answers()).toEqual({ 200: 1 })
    await takesAgain()
    await eventually(() => expect(files()).toEqual([]))
    await expectUsable(kept)
  })

  it('are not hidden by what a killed process had begun to write, which goes', async () => {
    const kept = await left()
    const part = join(folder, 'spool', `${newId('renewalAttempt')}.json.part`)
    writeFileSync(part, '{"accountId":')
    utimesSync(part, new Date(0), new Date(0))
    expect(await keeper().replaySpool()).toBe(0)
    expect(files()).toEqual([])
    await expectUsable({ ...kept, version: 2 })
  })

  it('take the place of a refusal that somebody met who did not know of them', async () => {
    await left()
    const lease = await claim(bed.db, bed.owner, { leaseMs: 1, reason: 'use', graceMs: 0 })
    expect(lease).toBeNull()
    await bed.age(60_000)
    await bed.db.execute(sql`update token_sets set lease_until = null where owner_id = ${bed.owner.ownerId}`)
    // The refresh token that was spent: its family is at an end where reuse is punished.
    bed.answerWith(400, { error: 'invalid_grant' })
    await failureOf(instance().valid(bed.owner, byRefresh))
    expect(await row()).toMatchObject({ refusedError: 'invalid_grant' })
    expect(await keeper().replaySpool()).toBe(0)
    expect(await row()).toMatchObject({ refusedError: null, version: 2 })
  })

  it('are dropped when other tokens were stored meanwhile', async () => {
    await left()
    await put({ ...ENDED, refreshToken: await minted() })
    const stored = await refreshToken()
    expect(await keeper().replaySpool()).toBe(0)
    expect(files()).toEqual([])
    expect(await refreshToken()).toBe(stored)
  })

  it('are dropped when the tokens were removed and others stored, though these count anew from one', async () => {
    await left()
    await bed.db.transaction((tx) => removeTokens(tx, vault, bed.owner))
    await put({ ...ENDED, refreshToken: await minted() })
    expect(await row()).toMatchObject({ version: 1 })
    const stored = await refreshToken()
    expect(await keeper().replaySpool()).toBe(0)
    expect(files()).toEqual([])
    expect(await refreshToken()).toBe(stored)
  })

  it('because somebody has taken the lease meanwhile wait for what he gets, and are kept when he gets none', async () => {
    await putEnded()
    const proceed = bed.holdAnswers()
    const renewing = failureOf(keeper({ waitMs: 200 }).valid(bed.owner, byRefresh))
    await bed.reached()
    const of = sql`where owner_id = ${bed.owner.ownerId}`
    await bed.db.execute(sql`update token_sets set fence = fence + 1,
      lease_until = clock_timestamp() + interval '30 seconds' ${of}`)
    proceed()
    expect(await renewing).toMatchObject({ code: 'busy' })
    expect(files()).toHaveLength(1)
    // What was spent is refused to him.
    await bed.db.execute(sql`update token_sets set lease_until = null, refused_error = 'invalid_grant',
      refused_at = clock_timestamp() ${of}`)
    await eventually(() => expect(files()).toEqual([]))
    expect(await row()).toMatchObject({ version: 2, refusedError: null })
    await expectUsable(await keeper().valid(bed.owner, byRefresh))
    expect(bed.provider.answers()).toEqual({ 200: 1 })
  })

  it('wait while somebody is renewing, whose result decides', async () => {
    await left()
    await bed.db.execute(sql`update token_sets set lease_until = null where owner_id = ${bed.owner.ownerId}`)
    const lease = await claim(bed.db, bed.owner, { leaseMs: 30_000, reason: 'use' })
    expect(await keeper().replaySpool()).toBe(1)
    expect(files()).toHaveLength(1)
    if (lease) await release(bed.db, lease)
    // The first one tries on as well: whichever comes first brings them.
    await keeper().replaySpool()
    await eventually(() => expect(files()).toEqual([]))
    expect(await row()).toMatchObject({ version: 2 })
  })

  describe('that can’t be read', () => {
    it.each([
      ['damaged', (content: string) => content.replace(/"sealed":"[^"]{60}/, '"sealed":"')],
      ['another credential’s', (content: string) => content.replace(bed.owner.ownerId, newId('credential'))],
      ['no JSON', () => 'no JSON'],
    ])('because the file is %s stay where they are, and this is said', async (_what, change) => {
      await left()
      const path = join(folder, 'spool', files()[0] as string)
      writeFileSync(path, change(readFileSync(path, 'utf8')))
      const said = vi.spyOn(log, 'error').mockReturnValue()
      await keeper().replaySpool()
      expect(said).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ path }), expect.any(String))
      expect(files()).toHaveLength(1)
      expect(await row()).toMatchObject({ version: 1 })
    })
  })

  const byUse = (by: TokenKeeper) => by.valid(bed.owner, byRefresh)
  const byTrial = async (by: TokenKeeper) => by.trial(bed.owner, await byRefresh(), { keepAccessToken: true })
  itTakesSeconds?.each([
    ['a call', byUse],
    ['the test of a form', byTrial],
  ])('are lost only when the disk does not take them either, after seconds: those of %s', async (_what, renew) => {
    await putEnded()
    await failStoring(100)
    writeFileSync(join(folder, 'spool'), 'in the way')
    const said = vi.spyOn(log, 'error').mockReturnValue()
    expect(await failureOf(renew(keeper()))).toBeInstanceOf(Error)
    expect(said.mock.calls.at(-1)?.[1]).toContain('are lost')
    // The history says so: the next refusal is explained by it.
    expect(await bed.db.select().from(renewalAttempts)).toContainEqual(
      expect.objectContaining({ ownerId: bed.owner.ownerId, result: 'unknown', error: 'not_stored' }),
    )
  })
})
