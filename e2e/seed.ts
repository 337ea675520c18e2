import { hash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { OWNER } from './people'
import type { Place, Query } from './place'

/** A key as it would be after the days that a test cannot wait for. */
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

/**
 * Puts keys into the account of `OWNER`, before the product starts where the database is the embedded one; the first of them is
 * the newest among those of one day. They may make any number of requests.
 * @returns their tokens
 */
export async function seedKeys(place: Place, keys: SeededKey[]): Promise<string[]> {
  const made = keys.map(({ scopes = ['orders:read'], environment = 'live', createdDaysAgo = 0, ...key }, index) => {
    const token = makeToken(environment)
    const isHeld = key.revokedDaysAgo === undefined && key.retiresInHours === undefined
    const row = {
      ...key,
      id: `key_${randomBytes(16).toString('hex')}`,
      scopes,
      environment,
      createdSecondsAgo: createdDaysAgo * 86_400 + index,
      tokenHash: hash('sha256', token, 'base64url'),
      hintStart: token.slice(8, 12),
      hintEnd: token.slice(-4),
      nameHeld: isHeld ? key.name.normalize('NFKC').toLowerCase() : null,
    }
    return { token, row }
  })
  const rows = made.map(({ row }) => row)
  await place.withDatabase((query) => insertKeys(query, rows))
  return made.map(({ token }) => token)
}

async function insertKeys(query: Query, rows: object[]): Promise<void> {
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

/** A token as its documentation says: 32 random characters and a CRC-32 of all before it, in base62. */
function makeToken(environment: string): string {
  const body = `fn_${environment}_${base62(BigInt(`0x${randomBytes(23).toString('hex')}`), 32)}`
  return body + base62(BigInt(crc32(body)), 6)
}

function base62(number: bigint, length: number): string {
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
  let text = ''
  for (let rest = number; text.length < length; rest /= 62n) text = digits[Number(rest % 62n)] + text
  return text
}
