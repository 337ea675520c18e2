import type { Database } from '@/db/client'
import { pruneInvitations } from './invitations'
import { pruneBrowsers } from './known-browsers'
import { prunePasswordResets } from './password-reset'
import { pruneEndedSessions } from './session'
import { pruneAttempts } from './throttle'

export { acceptAsNewUser, acceptAsUser } from './accept-invitation'
export { createAccount, isEmptyInstallation, signUp } from './create'
export { deviceCookie } from './device'
export {
  findInvitation,
  type InvitationView,
  type InvitedRole,
  inviteMember,
  listInvitations,
  listMembers,
  type MemberView,
  resendInvitation,
  revokeInvitation,
} from './invitations'
export { changePassword, resetPassword, signOutEverywhere } from './password-change'
export { findResetLink, requestPasswordReset, resetForgottenPassword } from './password-reset'
export { can, type Permission, type Role } from './permissions'
export { type AccountPolicy, changePolicy, getPolicy } from './policy'
export { changeLanguage, changeName, getLanguage, getProfile, listAccountsOf } from './profile'
export * from './schemas'
export * from './session'
export { type SignedIn, type SignInOrigin, signIn } from './sign-in'
export { recordEntry, signOut } from './sign-out'

/** Forgets ended sessions, links and browsers that would have expired by now, and counters of attempts whose time is over. */
export async function pruneEndedAccess(db: Database): Promise<void> {
  await pruneEndedSessions(db)
  await pruneAttempts(db)
  await prunePasswordResets(db)
  await pruneBrowsers(db)
  await pruneInvitations(db)
}
