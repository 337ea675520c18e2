import { beforeAll, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { forEachDatabase } from '@/test/databases'
import { makeOwner, SOMEWHERE, sessionOf, tokenOf } from '@/test/people'
import { useRuntime } from '@/test/runtime'
import { madeBy } from './accounts/made'
import { userActor } from './accounts/record-in-each-account'
import { removePasskey } from './accounts/second-factor/passkeys'
import { claimsIn, type Session } from './accounts/session'
import { endSession } from './accounts/signed-in'
import { markRead } from './notifications/read'
import { replayMessage } from './webhooks/read'

// What a browser sends to a server action is any text: none of it may end as an error of the database.

forEachDatabase('an id that can’t be stored', (open) => {
  let db: Database
  let session: Session
  let token: string

  beforeAll(async () => {
    const database = await open()
    db = database.db
    useRuntime(database)
    const owner = await makeOwner(db)
    session = await sessionOf(db, owner)
    token = await tokenOf(db, owner)
  })

  it.each<[string, (id: string) => Promise<unknown>]>([
    ['a session', (id) => endSession(db, session, id, SOMEWHERE)],
    ['a passkey', (id) => removePasskey(db, session, id, SOMEWHERE)],
    ['an account', (id) => claimsIn(db, token, id)],
    ['a webhook’s message', (id) => replayMessage(db, userActor(session.user, session.account.id, SOMEWHERE), id)],
  ])('is not found as that of %s', async (_, ask) => {
    await expect(ask('\0')).rejects.toMatchObject({ code: 'not_found' })
  })

  it('is of no notification and of no member', async () => {
    await markRead(db, { accountId: session.account.id, userId: session.user.id }, ['\0'])
    const made = await madeBy(db, session.account.id, '\0')
    expect(Object.values(made).flat()).toEqual([])
  })
})
