import type { HeldRole, MemberRole, SignedInPlace, SignInMethod } from '@/lib/accounts'
import type { ShownSession } from './sessions'

const roleWords: Record<Exclude<MemberRole, 'custom'>, string> = {
  owner: 'the owner',
  admin: 'an admin',
  manager: 'a manager',
  staff: 'on the staff',
}

/** What somebody is to an account, before "of". */
export function roleInWords({ role, customRole }: HeldRole): string {
  return role === 'custom' ? `in the role ${customRole?.name}` : roleWords[role]
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

export const languageNames = { en: 'English', es: 'Español' } as const
