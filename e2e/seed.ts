import { randomBytes } from 'node:crypto'
import { createAccount } from './external-app'
import { OWNER } from './people'
import type { Place, Query } from './place'

/** A key as it would be after the days that a test cannot wait for. Nobody has its token. */
export interface SeededKey {
  name: string
  environment?: 'live' | 'test'
  scopes?: string[]
  createdDaysAgo?: number
  /** Negative: it has expired. */
  expiresInDays?: number
  revokedDaysAgo?: number
  /** Negative: it is retired. */
  retiresInHours?: number
  usedMinutesAgo?: number
  address?: string
  userAgent?: string
  /** Requests of the last days, today's last. */
  requests?: number[]
}

/** Fills an empty place with the account of `OWNER` and with keys, before the product starts. */
export async function seedAccount(place: Place, keys: SeededKey[] = []): Promise<void> {
  await createAccount(place)
  if (keys.length > 0) await place.withDatabase((query) => seedKeys(query, keys))
}

/** Puts keys into the only account of a database; the first of them is the newest among those of one day. */
async function seedKeys(query: Query, keys: SeededKey[]): Promise<void> {
  const rows = keys.map(({ scopes = ['orders:read'], environment = 'live', createdDaysAgo = 0, ...key }, index) => ({
    ...key,
    id: `key_${randomBytes(16).toString('hex')}`,
    scopes,
    environment,
    createdSecondsAgo: createdDaysAgo * 86_400 + index,
    tokenHash: randomBytes(32).toString('base64url'),
    hintStart: hint(),
    hintEnd: hint(),
    nameHeld:
      key.revokedDaysAgo === undefined && key.retiresInHours === undefined
        ? key.name.normalize('NFKC').toLowerCase()
        : null,
  }))
  const values = [JSON.stringify(rows), OWNER.email]
  await query(
    `insert into api_keys (id, account_id, name, name_held, environment, scopes, token_hash, hint_start, hint_end,
       created_at, created_by_kind, created_by_name, expires_at, revoked_at, revoked_by_name, retires_at)
     select key.id, member.account_id, key.name, key."nameHeld", key.environment,
       array(select jsonb_array_elements_text(key.scopes)), key."tokenHash", key."hintStart", key."hintEnd",
       now() - key."createdSecondsAgo" * interval '1 second', 'user', person.name,
       now() + key."expiresInDays" * interval '1 day', now() - key."revokedDaysAgo" * interval '1 day',
       case when key."revokedDaysAgo" is not null then person.name end,
       now() + key."retiresInHours" * interval '1 hour'
     from jsonb_to_recordset($1::jsonb) as key(id text, name text, "nameHeld" text, environment text, scopes jsonb,
       "tokenHash" text, "hintStart" text, "hintEnd" text, "createdSecondsAgo" float, "expiresInDays" float,
       "revokedDaysAgo" float, "retiresInHours" float)
     join users as person on person.email = $2 join members as member on member.user_id = person.id`,
    values,
  )
  await query(
    `insert into api_key_uses (key_id, account_id, last_used_at, address, user_agent)
     select key.id, api_keys.account_id, now() - key."usedMinutesAgo" * interval '1 minute', key.address, key."userAgent"
     from jsonb_to_recordset($1::jsonb) as key(id text, "usedMinutesAgo" float, address text, "userAgent" text)
     join api_keys on api_keys.id = key.id where key."usedMinutesAgo" is not null`,
    values.slice(0, 1),
  )
  await query(
    `insert into api_key_usage_days (account_id, key_id, day, requests)
     select api_keys.account_id, key.id,
       (now() at time zone 'UTC')::date - (jsonb_array_length(key.requests) - day.number)::int, day.requests::bigint
     from jsonb_to_recordset($1::jsonb) as key(id text, requests jsonb)
     join api_keys on api_keys.id = key.id,
     jsonb_array_elements_text(key.requests) with ordinality as day(requests, number)
     where jsonb_typeof(key.requests) = 'array' and day.requests::bigint > 0`,
    values.slice(0, 1),
  )
}

/** A person of the only account, with a role of theirs and the owner's password. */
export function seedMember(place: Place, role: 'admin' | 'manager' | 'staff', email: string): Promise<void> {
  return place.withDatabase(async (query) => {
    const id = `usr_${randomBytes(16).toString('hex')}`
    await query(
      `insert into users (id, email, name, password_hash) select $1, $2, $3, password_hash from users where email = $4`,
      [id, email, role, OWNER.email],
    )
    await query(
      `insert into members (account_id, user_id, role) select account_id, $1, $2 from members where role = 'owner'`,
      [id, role],
    )
  })
}

const hint = () => randomBytes(3).toString('base64').replace(/[+/]/g, '0')
