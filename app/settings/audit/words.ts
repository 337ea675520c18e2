import { type AuditAction, type AuditEventView, type AuditKind, auditActions } from '@/lib/audit'

type Details = AuditEventView['details']

/** Each kind of thing that events happen to, as the filter names it. */
export const kindNames: Record<AuditKind, string> = {
  account: 'Account',
  user: 'People',
  invitation: 'Invitations',
  member: 'Members',
  role: 'Roles',
  api_key: 'API keys',
  credential: 'Credentials',
  integration: 'Integrations',
  webhook: 'Webhooks',
}

/** Each action: its name in the filter, and what happened, in a sentence that goes on from who did it. */
const actionWords: Record<AuditAction, { name: string; did?: (details: Details) => string }> = {
  'account.created': { name: 'Account created', did: (d) => `created the account${named(d)}` },
  'account.renamed': { name: 'Account renamed', did: (d) => `renamed the account${fromTo(d)}` },
  'account.callback_refused': {
    name: 'Return from a service refused',
    did: (d) => `refused a browser that came back from a service${because(d)}`,
  },
  'account.policy_changed': { name: 'Policy changed', did: () => 'changed the account’s policy' },
  'account.audit_cut': {
    name: 'Old audit events removed',
    did: (d) => `removed ${counted(d.events)} that the account’s policy no longer keeps`,
  },
  'account.audit_exported': { name: 'Audit log exported', did: () => 'exported the audit log' },
  'account.data_key_replaced': { name: 'Data key replaced', did: () => 'gave the account a new data key' },
  'user.renamed': { name: 'Name changed', did: (d) => `changed their name${fromTo(d)}` },
  'user.notifications_changed': { name: 'Notifications chosen', did: () => 'chose what they are told of' },
  'user.language_changed': { name: 'Language chosen', did: () => 'chose the language of their e-mails' },
  'user.password_changed': { name: 'Password changed', did: () => 'changed their password' },
  'user.password_reset': { name: 'Password reset', did: () => 'set a new password' },
  'user.password_reset_requested': {
    name: 'New password asked for',
    did: () => 'mailed a link for a new password to somebody who asked for one',
  },
  'user.signed_out_everywhere': { name: 'Signed out everywhere', did: () => 'signed out of every browser' },
  'user.signed_in': {
    name: 'Signed in',
    did: (d) => (d.known_browser === false ? 'signed in with a browser that was not known' : 'signed in'),
  },
  'user.sign_in_refused': {
    name: 'Sign-in refused',
    did: (d) =>
      d.reason === 'too_many_attempts'
        ? 'stopped attempts to sign in: there were too many'
        : `refused a sign-in${because(d)}`,
  },
  'user.signed_out': { name: 'Signed out', did: () => 'signed out' },
  'user.entered_account': { name: 'Account entered', did: () => 'came in from another of their accounts' },
  'user.permission_refused': {
    name: 'Permission refused',
    did: (d) => `tried what their role does not allow: ${text(d.permission) ?? 'something'}`,
  },
  'user.confirmed': { name: 'Confirmed', did: () => 'proved again who they are' },
  'user.session_ended': { name: 'Session ended', did: () => 'signed out another of their browsers' },
  'user.second_factor_added': { name: 'Second factor added', did: () => 'added a second factor' },
  'user.second_factor_removed': { name: 'Second factor removed', did: () => 'removed a second factor' },
  'user.second_factor_reset': { name: 'Second factor reset', did: () => 'took a person’s second factors away' },
  'user.recovery_codes_made': { name: 'Recovery codes made', did: () => 'made new recovery codes' },
  'user.recovery_code_used': { name: 'Recovery code used', did: () => 'signed in with a recovery code' },
  'invitation.created': { name: 'Invitation sent', did: (d) => `invited ${email(d)}${asRole(d)}` },
  'invitation.resent': { name: 'Invitation sent again', did: (d) => `sent the invitation to ${email(d)} again` },
  'invitation.revoked': { name: 'Invitation taken back', did: (d) => `took the invitation to ${email(d)} back` },
  'invitation.accepted': { name: 'Invitation accepted', did: (d) => `accepted the invitation to ${email(d)}` },
  'member.joined': { name: 'Member joined', did: (d) => `joined the account${asRole(d)}` },
  'role.created': { name: 'Role made', did: (d) => `made the role${named(d)}` },
  'role.changed': { name: 'Role’s permissions changed', did: (d) => `changed the role${named(d)}` },
  'role.deleted': { name: 'Role deleted', did: (d) => `deleted the role${named(d)}` },
  'member.role_changed': { name: 'Role changed', did: (d) => `gave${named(d)} another role` },
  'member.removed': { name: 'Member removed', did: (d) => `removed${named(d)} from the account` },
  'member.left': { name: 'Member left', did: () => 'left the account' },
  'account.handed_over': { name: 'Account handed over', did: (d) => `handed the account over to${named(d)}` },
  'api_key.created': { name: 'API key generated', did: (d) => `generated the API key${named(d)}` },
  'api_key.renamed': { name: 'API key renamed', did: (d) => `renamed an API key${fromTo(d)}` },
  'api_key.revoked': { name: 'API key revoked', did: (d) => `revoked the API key${named(d)}` },
  'api_key.regenerated': { name: 'API key regenerated', did: (d) => `regenerated the API key${named(d)}` },
  'api_key.retirement_changed': {
    name: 'Overlap changed',
    did: (d) =>
      d.ended ? 'ended the overlap of a regenerated API key' : 'changed the overlap of a regenerated API key',
  },
  'api_key.leaked': { name: 'API key leaked', did: (d) => `heard that the token of${named(d)} has leaked` },
  'api_key.leak_handled': { name: 'Leak looked after', did: () => 'looked after a leaked token' },
  'api_key.limits_changed': {
    name: 'API key limits changed',
    did: (d) => `changed the limits of the API key${named(d)}`,
  },
  'api_key.kept': { name: 'API key kept', did: (d) => `kept the API key${named(d)} at its review` },
  'api_key.scopes_narrowed': {
    name: 'API key narrowed',
    did: (d) => `took scopes from the API key${named(d)} that it never used`,
  },
  'api_key.rehearsal_started': {
    name: 'Revocation rehearsed',
    did: (d) => `began to rehearse the revocation of the API key${named(d)}`,
  },
  'api_key.rehearsal_ended': {
    name: 'Rehearsal ended',
    did: (d) => `ended the rehearsed revocation of the API key${named(d)}`,
  },
  'api_keys.exported': { name: 'API keys exported', did: () => 'exported the list of API keys' },
  'credential.kept': { name: 'Credential kept', did: (d) => `kept the credential${named(d)} at its review` },
  'credentials.exported': { name: 'Credentials exported', did: () => 'exported the list of credentials' },
  'integrations.exported': { name: 'Integrations exported', did: () => 'exported the list of integrations' },
  'api_key.paused': { name: 'API key paused', did: (d) => `paused the API key${named(d)}` },
  'api_key.resumed': { name: 'API key resumed', did: (d) => `resumed the API key${named(d)}` },
  'api_key.grant_refused': {
    name: 'Grant refused',
    did: () => 'tried to give an API key more than it may do itself',
  },
  'credential.created': { name: 'Credential added', did: (d) => `added the credential${named(d)}` },
  'credential.updated': { name: 'Credential changed', did: (d) => `changed the credential${named(d)}` },
  'credential.tested': { name: 'Credential tested', did: (d) => `tested the credential${named(d)}` },
  'credential.renewed': { name: 'Tokens renewed by hand', did: (d) => `had the tokens of${named(d)} renewed` },
  'credential.client_secret_promoted': {
    name: 'Next client secret put in place',
    did: (d) => `put the next client secret of${named(d)} in place`,
  },
  'credential.deleted': { name: 'Credential deleted', did: (d) => `deleted the credential${named(d)}` },
  'credential.draft_discarded': {
    name: 'Draft discarded',
    did: (d) => `discarded what was not saved yet of the credential${named(d)}`,
  },
  'credential.connected': { name: 'Credential connected', did: () => 'connected a credential with its service' },
  'credential.connect_refused': {
    name: 'Connection refused',
    did: (d) => `did not get a credential connected${because(d)}`,
  },
  'credential.connect_cancelled': {
    name: 'Connection called off',
    did: (d) =>
      d.reason === 'other_account'
        ? 'left a credential with the account that it was connected with'
        : 'called off the connection of a credential',
  },
  'credential.disconnected': { name: 'Credential disconnected', did: (d) => `disconnected the credential${named(d)}` },
  'webhook.created': { name: 'Webhook added', did: (d) => `added the webhook${named(d)}` },
  'webhook.updated': { name: 'Webhook changed', did: () => 'changed a webhook' },
  'webhook.secret_rotated': {
    name: 'Webhook secret rotated',
    did: (d) => `put a new signing secret in place for the webhook${named(d)}`,
  },
  'webhook.paused': { name: 'Webhook paused', did: (d) => `paused the webhook${named(d)}` },
  'webhook.resumed': { name: 'Webhook enabled', did: (d) => `enabled the webhook${named(d)}` },
  'webhook.disabled': { name: 'Webhook disabled', did: (d) => `disabled the webhook${named(d)}${because(d)}` },
  'webhook.deleted': { name: 'Webhook deleted', did: (d) => `deleted the webhook${named(d)}` },
  'webhook.tested': { name: 'Webhook tested', did: (d) => `sent a test message to the webhook${named(d)}` },
  'webhook.replayed': { name: 'Webhook message sent again', did: () => 'had a message to a webhook sent again' },
  'integration.created': { name: 'Integration added', did: (d) => `added the integration${named(d)}` },
  'integration.updated': { name: 'Integration changed', did: () => 'changed an integration' },
  'integration.deleted': { name: 'Integration deleted', did: (d) => `deleted the integration${named(d)}` },
}

/** The actions that the filter offers, by the kind of thing that they happen to. */
export const actionNames = Object.entries(actionWords).map(([action, { name }]) => ({
  action: action as AuditAction,
  kind: auditActions[action as AuditAction],
  name,
}))

/** What happened, to be read after the name of who did it. An action of another version is told by its own name. */
export function happenedText({ action, details }: Pick<AuditEventView, 'action' | 'details'>): string {
  const words: (typeof actionWords)[AuditAction] | undefined = actionWords[action]
  return words?.did?.(details) ?? words?.name ?? action
}

/** A field of an event's details as it was, and as it is since. */
export interface Change {
  field: string
  before: string
  after: string
}

/** What an event's details tell: fields before and after, and what else is known. */
export function readDetails(details: Details): { changes: Change[]; facts: { name: string; value: string }[] } {
  const changes: Change[] = []
  const facts: { name: string; value: string }[] = []
  const { before, after, ...rest } = details
  if (isRecord(before) && isRecord(after)) {
    for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
      changes.push({ field: words(field), before: shown(before[field]), after: shown(after[field]) })
    }
  } else {
    for (const [name, value] of Object.entries({ before, after })) {
      if (value !== undefined) facts.push({ name: words(name), value: shown(value) })
    }
  }
  for (const [name, value] of Object.entries(rest)) {
    if (isRecord(value) && 'from' in value && 'to' in value) {
      changes.push({ field: words(name), before: shown(value.from), after: shown(value.to) })
    } else {
      facts.push({ name: words(name), value: shown(value) })
    }
  }
  return { changes, facts }
}

/** `retire_when_silent` and `nameHeld` as people read them. */
function words(field: string): string {
  const text = field
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase()
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function shown(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value)) return value.length === 0 ? '–' : value.map(shown).join(', ')
  if (!isRecord(value)) return String(value)
  return (
    Object.entries(value)
      .map(([name, part]) => `${name.replaceAll('_', ' ')}: ${shown(part)}`)
      .join(', ') || '–'
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function named({ name }: Details): string {
  return text(name) ? ` “${name}”` : ''
}

function email({ email }: Details): string {
  return text(email) ?? 'somebody'
}

function asRole({ role }: Details): string {
  return text(role) ? ` as ${role}` : ''
}

function fromTo({ before, after }: Details): string {
  const [from, to] = [before, after].map((side) => (isRecord(side) ? text(side.name) : undefined))
  return from && to ? ` from “${from}” to “${to}”` : ''
}

function because({ reason }: Details): string {
  return text(reason) ? ` (${String(reason).replaceAll('_', ' ')})` : ''
}

function counted(value: unknown): string {
  return typeof value === 'number' ? `${value.toLocaleString('en')} event${value === 1 ? '' : 's'}` : 'events'
}
