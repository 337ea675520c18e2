import { beforeAll, beforeEach, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { signInFailures } from '@/db/schema'
import { forEachDatabase } from '@/test/databases'
import { auditLog, makeOwner, PASSWORD, SOMEWHERE, sessionOf } from '@/test/people'
import { useRuntime } from '@/test/runtime'
import { confirmByPassword } from './confirm'
import type { Session } from './session'

// By a passkey: `second-factor/passkeys.integration.test.ts`.

forEachDatabase('whoever is signed in gives their password again', (open) => {
  let db: Database
  let session: Session

  beforeAll(async () => {
    const database = await open()
    db = database.db
    useRuntime(database)
  })
  beforeEach(async () => {
    await db.delete(signInFailures)
    session = await sessionOf(db, await makeOwner(db))
  })
  const give = (password: string) => confirmByPassword(db, session, password, SOMEWHERE)

  it('which is on record', async () => {
    await give(PASSWORD)
    expect((await auditLog(db, session.account.id)).at(-1)).toMatchObject({
      action: 'user.confirmed',
      actorId: session.user.id,
      details: { by: 'password' },
    })
  })

  it('and is refused when it is wrong, as slowly as at the sign-in page', async () => {
    for (let i = 0; i < 5; i++) {
      await expect(give('not-the-password-1')).rejects.toMatchObject({
        code: 'invalid',
        fields: [{ field: 'password' }],
      })
    }
    await expect(give(PASSWORD)).rejects.toMatchObject({ code: 'too_many_attempts' })
    expect((await auditLog(db, session.account.id)).at(-1)).toMatchObject({ action: 'user.sign_in_refused' })
  })
})
