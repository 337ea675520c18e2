import type { Database } from '@/db/client'
import { pruneInvitations } from './invitations'
import { pruneBrowsers } from './known-browsers'
import { prunePasswordResets } from './password-reset'
import { pruneSessions } from './session'
import { pruneAttempts } from './throttle'
import { pruneTickets } from './ticket'

export { acceptAsNewUser, acceptAsUser } from './accept-invitation'
export { askToConfirm, confirmByPasskey, confirmByPassword } from './confirm'
export { createAccount, createAnotherAccount, isEmptyInstallation, signUp } from './create'
export {
  type CustomRoleView,
  changeCustomRole,
  createCustomRole,
  customRoleInput,
  deleteCustomRole,
  deleteRoleInput,
  listCustomRoles,
  shownRoleInput,
} from './custom-roles'
export { deviceCookie } from './device'
export { type HeldRole, roleNameOf } from './held-role'
export {
  findInvitation,
  type InvitationView,
  inviteMember,
  listInvitations,
  listMembers,
  type MemberView,
  resendInvitation,
  revokeInvitation,
} from './invitations'
export { type MadeBy, madeBy } from './made'
export { changeRole, handOver, leaveAccount, removeMember } from './members'
export { changePassword, resetPassword, signOutEverywhere } from './password-change'
export { findResetLink, requestPasswordReset, resetForgottenPassword } from './password-reset'
export {
  can,
  grantable,
  type Holder,
  holdsAll,
  type MemberRole,
  outranks,
  type Permission,
  permissionsOf,
  type Required,
  type Role,
} from './permissions'
export { type AccountPolicy, changePolicy, getPolicy } from './policy'
export { changeLanguage, changeName, getLanguage, getProfile, listAccountsOf, renameAccount } from './profile'
export { recordEntry } from './record-entry'
export { countSecondFactors, requireSecondFactor, type SecondFactorCount } from './require-second-factor'
export * from './schemas'
export { confirmAuthenticator, removeAuthenticator, startAuthenticator } from './second-factor/authenticator'
export { type Factors, listFactors, makeNewRecoveryCodes, resetSecondFactor } from './second-factor/factors'
export { newPasskeyInput, passkeyAnswer } from './second-factor/passkey-schemas'
export { addPasskey, removePasskey, startPasskey } from './second-factor/passkeys'
export { hasPasskeys } from './second-factor/relying-party'
export { askForPasskey, type PasskeyRequest } from './second-factor/use-passkey'
export {
  askForSecondPasskey,
  describeSecondStep,
  type SecondStep,
  signInByCode,
  signInByPasskey,
  signInBySecondPasskey,
} from './second-step'
export {
  beginSession,
  claimsIn,
  findSession,
  isOfOtherPage,
  isPasswordRecent,
  NOT_SIGNED_IN,
  requireClaims,
  type Session,
  type SignInMethod,
  sessionFromToken,
} from './session'
export * from './session-claims'
export { type SignedIn, type SignInOrigin, signIn } from './sign-in'
export { endSession, listSessions, type SignedInPlace, signOut } from './signed-in'
export { type TicketPurpose, ticketCookie } from './ticket'

/** Forgets ended sessions, links and browsers that would have expired by now, and counters of attempts whose time is over. */
export async function pruneEndedAccess(db: Database): Promise<void> {
  await pruneSessions(db)
  await pruneTickets(db)
  await pruneAttempts(db)
  await prunePasswordResets(db)
  await pruneBrowsers(db)
  await pruneInvitations(db)
}
