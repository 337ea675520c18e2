import type { Role, SignedInPlace, SignInMethod } from '@/lib/accounts'
import type { ShownSession } from './sessions'

/** What somebody is to an account, before "of". */
export const roleWords: Record<Role, string> = {
  owner: 'the owner',
  admin: 'an admin',
  manager: 'a manager',
  staff: 'on the staff',
}

/** How somebody signed in, after "signed in". */
const methodWords: Record<SignInMethod, string> = {
  password: 'with the password',
  password_code: 'with the password and a code',
  password_recovery_code: 'with the password and a recovery code',
  password_passkey: 'with the password and a passkey',
  passkey: 'with a passkey',
}

export function shownSession({
  id,
  browser,
  address,
  method,
  startedAt,
  lastSeenAt,
  isThis,
}: SignedInPlace): ShownSession {
  return {
    id,
    browser: browser ?? 'Another program',
    address,
    how: methodWords[method],
    startedAt: startedAt.toISOString(),
    lastSeenAt: lastSeenAt.toISOString(),
    isThis,
  }
}
