import type { Database } from '@/db/client'
import { pruneBrowsers } from './known-browsers'
import { prunePasswordResets } from './password-reset'
import { pruneEndedSessions } from './session'
import { pruneAttempts } from './throttle'

export { createAccount, isEmptyInstallation, signUp } from './create'
export { deviceCookie } from './device'
export { changePassword, resetPassword, signOutEverywhere } from './password-change'
export { findResetLink, requestPasswordReset, resetForgottenPassword } from './password-reset'
export { can, type Permission, type Role } from './permissions'
export { changeLanguage, changeName, getLanguage, getProfile } from './profile'
export * from './schemas'
export * from './session'
export { type SignedIn, type SignInOrigin, signIn } from './sign-in'

/** Forgets ended sessions, links and browsers that would have expired by now, and counters of attempts whose time is over. */
export async function pruneSignIns(db: Database): Promise<void> {
  await pruneEndedSessions(db)
  await pruneAttempts(db)
  await prunePasswordResets(db)
  await pruneBrowsers(db)
}
