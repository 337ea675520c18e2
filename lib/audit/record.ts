import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { newId } from '../ids'
import { storable } from '../text'
import type { Actor } from './actor'

/** Every audited action, with the kind of thing it happens to. */
export const auditActions = {
  'account.created': 'account',
  'account.renamed': 'account',
  'account.callback_refused': 'account',
  'account.policy_changed': 'account',
  'account.audit_cut': 'account',
  'account.audit_exported': 'account',
  'account.data_key_replaced': 'account',
  'user.renamed': 'user',
  'user.notifications_changed': 'user',
  'user.language_changed': 'user',
  'user.password_changed': 'user',
  'user.password_reset': 'user',
  'user.password_reset_requested': 'user',
  'user.signed_out_everywhere': 'user',
  'user.signed_in': 'user',
  'user.sign_in_refused': 'user',
  'user.entered_account': 'user',
  'user.permission_refused': 'user',
  'user.confirmed': 'user',
  'user.signed_out': 'user',
  'user.session_ended': 'user',
  'user.second_factor_added': 'user',
  'user.second_factor_removed': 'user',
  'user.second_factor_reset': 'user',
  'user.recovery_codes_made': 'user',
  'user.recovery_code_used': 'user',
  'invitation.created': 'invitation',
  'invitation.resent': 'invitation',
  'invitation.revoked': 'invitation',
  'invitation.accepted': 'invitation',
  'member.joined': 'member',
  'member.role_changed': 'member',
  'member.removed': 'member',
  'member.left': 'member',
  'account.handed_over': 'account',
  'role.created': 'role',
  'role.changed': 'role',
  'role.deleted': 'role',
  'api_key.created': 'api_key',
  'api_key.renamed': 'api_key',
  'api_key.revoked': 'api_key',
  'api_key.regenerated': 'api_key',
  'api_key.retirement_changed': 'api_key',
  'api_key.grant_refused': 'api_key',
  'api_key.leaked': 'api_key',
  'api_key.leak_handled': 'api_key',
  'api_key.limits_changed': 'api_key',
  'api_key.paused': 'api_key',
  'api_key.resumed': 'api_key',
  'api_key.kept': 'api_key',
  'api_key.scopes_narrowed': 'api_key',
  'api_key.rehearsal_started': 'api_key',
  'api_key.rehearsal_ended': 'api_key',
  'api_keys.exported': 'account',
  'credential.kept': 'credential',
  'credentials.exported': 'account',
  'integrations.exported': 'account',
  'credential.created': 'credential',
  'credential.updated': 'credential',
  'credential.tested': 'credential',
  'credential.renewed': 'credential',
  'credential.client_secret_promoted': 'credential',
  'credential.deleted': 'credential',
  'credential.draft_discarded': 'credential',
  'credential.connected': 'credential',
  'credential.connect_refused': 'credential',
  'credential.connect_cancelled': 'credential',
  'credential.disconnected': 'credential',
  'webhook.created': 'webhook',
  'webhook.updated': 'webhook',
  'webhook.secret_rotated': 'webhook',
  'webhook.paused': 'webhook',
  'webhook.resumed': 'webhook',
  'webhook.disabled': 'webhook',
  'webhook.deleted': 'webhook',
  'webhook.tested': 'webhook',
  'webhook.replayed': 'webhook',
  'integration.created': 'integration',
  'integration.updated': 'integration',
  'integration.deleted': 'integration',
} as const

export type AuditAction = keyof typeof auditActions

/** Characters of a user agent that are kept. */
const MAX_USER_AGENT = 256

/**
 * Writes an audit event. Call it with the transaction that makes the change, so that neither exists without the other.
 * @param details non-secret facts, such as a field before and after
 */
export async function recordAuditEvent(
  tx: Database,
  actor: Actor,
  action: AuditAction,
  targetId: string,
  details: Record<string, unknown> = {},
): Promise<void> {
  await recordAuditEvents(tx, actor, action, [{ targetId, details }])
}

/** Writes an audit event for each of several targets of one change, as `recordAuditEvent` does for one. */
export async function recordAuditEvents(
  tx: Database,
  actor: Actor,
  action: AuditAction,
  targets: { targetId: string; details: Record<string, unknown> }[],
): Promise<void> {
  if (targets.length === 0) return
  const events = targets.map(({ targetId, details }) => ({
    id: newId('auditEvent'),
    account_id: actor.accountId,
    action,
    actor_kind: actor.kind,
    actor_id: actor.id,
    actor_name: actor.name,
    target_kind: auditActions[action],
    target_id: targetId,
    address: actor.address,
    user_agent: actor.userAgent === null ? null : storable(actor.userAgent, MAX_USER_AGENT),
    request_id: actor.requestId,
    details,
  }))
  // The database's own door, which also makes each a link of the account's chain when the transaction ends.
  await tx.execute(sql`select append_audit_events(${JSON.stringify(events)}::jsonb)`)
}
