import { randomBytes } from 'node:crypto'
import { encode } from '@auth/core/jwt'
import { call, makeIntegration } from '../external-app'
import type { Place, Query } from '../place'
import { admin } from '../product'
import { SESSION } from '../session'
import { type Ids, type Permission, roles } from './rules'

const hex = () => randomBytes(16).toString('hex')
export const someId = (prefix: string) => `${prefix}_${hex()}`

/** Somebody in an account, and what they may do there. */
export interface Caller {
  name: string
  userId: string
  permissions: readonly Permission[]
}

/**
 * Whoever there can be in an account: a person of each of Fenicia's roles, and for each permission that a role of the account's
 * own can hold, one who has it alone and one who has all but it.
 */
export async function seedCallers(query: Query, accountId: string): Promise<Caller[]> {
  const callers: Caller[] = Object.entries(roles).map(([role, permissions]) => ({
    name: role,
    userId: someId('usr'),
    permissions,
  }))
  const [owner] = await query<{ user_id: string }>(
    `select user_id from members where account_id = $1 and role = 'owner'`,
    [accountId],
  )
  if (callers[0] && owner) callers[0].userId = owner.user_id
  const custom = roles.admin.flatMap((permission) => [
    { name: `only ${permission}`, permissions: [permission] },
    { name: `all but ${permission}`, permissions: roles.admin.filter((one) => one !== permission) },
  ])
  for (const { name, userId } of callers.slice(1)) await seedMember(query, accountId, userId, name, null)
  for (const { name, permissions } of custom) {
    const [role, userId] = [someId('role'), someId('usr')]
    await query(
      `insert into custom_roles (id, account_id, name, name_held, description, permissions) values ($1, $2, $3, $3, '', $4)`,
      [role, accountId, name, permissions],
    )
    await seedMember(query, accountId, userId, 'custom', role)
    callers.push({ name, userId, permissions })
  }
  return callers
}

async function seedMember(query: Query, accountId: string, userId: string, role: string, customRole: string | null) {
  await query(`insert into users (id, email, name, password_hash) values ($1, $1 || '@example.com', $2, '-')`, [
    userId,
    role,
  ])
  await query(`insert into members (account_id, user_id, role, custom_role_id) values ($1, $2, $3, $4)`, [
    accountId,
    userId,
    role,
    customRole,
  ])
}

/** Begins a session; answers the value of its cookie. `passwordAgeMinutes`: when the password was last given. */
export async function beginSession(
  place: Place,
  query: Query,
  { userId, accountId, passwordAgeMinutes }: { userId: string; accountId: string; passwordAgeMinutes: number },
): Promise<string> {
  const sid = someId('ses')
  await query(`insert into sessions (id, user_id, method) values ($1, $2, 'password')`, [sid, userId])
  const [user] = await query<{ session_version: number }>(`select session_version from users where id = $1`, [userId])
  const now = Math.floor(Date.now() / 1000)
  const token = {
    sid,
    sub: userId,
    aid: accountId,
    ver: user?.session_version,
    startedAt: now,
    passwordGivenAt: now - passwordAgeMinutes * 60,
  }
  const secret = place.env.AUTH_SECRET ?? ''
  return `${SESSION}=${await encode({ token, secret, salt: SESSION, maxAge: 3_600 })}`
}

/** Makes an account that has one of everything; answers its id and those of its things. */
export async function seedThings(
  place: Place,
  query: Query,
  url: string,
  email: string,
): Promise<{ accountId: string; ids: Ids }> {
  const scopes = 'keys:create,credentials:create,integrations:create'
  const made = await admin(place, [
    'create-key',
    '--email',
    email,
    '--name',
    'Setter',
    '--scopes',
    scopes,
    '--rate',
    'off',
  ])
  const token = made.stdout.trim()
  const { credential, integration } = await makeIntegration(url, token)
  const key = (await call(url, token, '/keys', { name: 'Theirs', scopes: ['keys:create'] })).body.id
  const [row] = await query<{ account_id: string; user_id: string }>(
    `select account_id, user_id from members join users on users.id = user_id where email = $1`,
    [email],
  )
  const { account_id: accountId = '', user_id: userId = '' } = row ?? {}
  const ids: Ids = {
    key,
    credential,
    integration,
    webhook: someId('whk'),
    message: someId('msg'),
    role: someId('role'),
    invitation: someId('inv'),
    member: someId('usr'),
    draft: someId('draft'),
    revocation: someId('bulk'),
    consent: someId('oas'),
  }
  await query(
    `insert into custom_roles (id, account_id, name, name_held, description, permissions)
     values ($1, $2, 'Theirs', 'theirs', '', '{}')`,
    [ids.role, accountId],
  )
  await seedMember(query, accountId, ids.member, 'staff', null)
  await query(
    `insert into invitations (id, account_id, email, role, language, link_id, link_hash, invited_by_id, invited_by_name, expires_at)
     values ($1, $2, $1 || '@example.com', 'staff', 'en', $1, $1, $3, 'Somebody', now() + interval '7 days')`,
    [ids.invitation, accountId, userId],
  )
  await query(
    `insert into webhooks (id, account_id, name, url, created_by_kind, created_by_name)
     values ($1, $2, 'Theirs', 'https://hooks.example.com', 'user', 'Somebody')`,
    [ids.webhook, accountId],
  )
  await query(
    `insert into webhook_messages (id, account_id, webhook_id, event_id, type, subject_id, payload, state, ended_at)
     values ($1, $2, $3, $1, 'api_key.created', $4, '{}', 'failed', now())`,
    [ids.message, accountId, ids.webhook, key],
  )
  await query(
    `insert into bulk_revocations (id, account_id, actor, key_ids, total, finished_at)
     values ($1, $2, '{}', '{}', 0, now())`,
    [ids.revocation, accountId],
  )
  return { accountId, ids }
}

/** Ids of the same kinds that are nobody's. */
export function missingIds(ids: Ids): Ids {
  return Object.fromEntries(
    Object.entries(ids).map(([name, id]) => [name, someId(id.slice(0, id.indexOf('_')))]),
  ) as unknown as Ids
}

/** What is told of use, which is written later than it happens. */
const LATE = ['api_key_uses', 'api_key_usage_days', 'api_key_usage_hours', 'api_key_scope_uses', 'api_key_allowances']
/** What the job that tells people and webhooks writes, each minute, of events that were there already: its tables and its columns. */
const BY_DELIVERY = {
  tables: ['deliveries', 'notification_items', 'notifications'],
  columns: ['fanned_out_at', 'notified_at'],
}

/** A digest of all rows of an account, by table. */
export async function digestOf(query: Query, accountId: string): Promise<Record<string, string>> {
  const tables = await query<{ name: string }>(
    `select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'account_id'`,
  )
  const digests: Record<string, string> = {}
  for (const { name } of tables) {
    if (LATE.includes(name) || BY_DELIVERY.tables.includes(name)) continue
    const [row] = await query<{ digest: string }>(
      `select coalesce(md5(string_agg(line, ' ' order by line)), '') as digest
       from (select (to_jsonb(one) - $2::text[])::text as line from ${name} as one where account_id = $1) as rows`,
      [accountId, BY_DELIVERY.columns],
    )
    digests[name] = row?.digest ?? ''
  }
  return digests
}
