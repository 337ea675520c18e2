import { createHmac, hkdfSync } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import { testResults } from '@/db/schema'
import { dialectOf } from './oauth'
import { type CredentialForm, hostsOf, secretFieldsOf, settingsOf, typedFields } from './schemas'
import type { TestResult } from './types'

/** What a Test of an unsaved form found, for whoever saves this form. */
export interface TestedForm {
  result: TestResult
  detail: string
  at: Date
  by: string
}

/** What stands behind the fields that say “unchanged”, at the time of the test and of the save. */
export interface Unchanged {
  id: string
  version: number | string
}

const LIFETIME = '1d'

const claims = z.object({
  aid: z.string(),
  form: z.string(),
  result: z.enum(testResults),
  detail: z.string(),
  by: z.string(),
  iat: z.number(),
})

/**
 * A receipt of a Test: nobody can save a form as tested that was not, or that was changed afterwards. It holds a keyed digest
 * of the form and its secrets, from which nothing can be read.
 */
export async function writeReceipt(
  authSecret: string,
  accountId: string,
  form: CredentialForm,
  unchanged: Unchanged | null,
  { result, detail, by, at }: TestedForm,
): Promise<string> {
  return new SignJWT({ aid: accountId, form: digestOf(authSecret, form, unchanged), result, detail, by })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt(at)
    .setExpirationTime(LIFETIME)
    .sign(keyOf(authSecret, 'sign'))
}

/** @returns what the test found; null when the receipt is not about this form as it is now, or too old */
export async function readReceipt(
  authSecret: string,
  accountId: string,
  form: CredentialForm,
  unchanged: Unchanged | null,
  receipt: string,
): Promise<TestedForm | null> {
  try {
    const { payload } = await jwtVerify(receipt, keyOf(authSecret, 'sign'), { algorithms: ['HS256'] })
    const { aid, form: digest, result, detail, by, iat } = claims.parse(payload)
    if (aid !== accountId || digest !== digestOf(authSecret, form, unchanged)) return null
    return { result, detail, by, at: new Date(iat * 1000) }
  } catch {
    return null
  }
}

/** Of all that is sent to the service: a name may change after a test, nothing else. */
function digestOf(authSecret: string, form: CredentialForm, unchanged: Unchanged | null): string {
  const typed = typedFields(form)
  const secrets = secretFieldsOf(form).map(({ name }) => [name, typed.get(name) ?? null])
  const isBased = secrets.some(([, value]) => value === null)
  const dialect = form.type === 'oauth2' ? (dialectOf(form.provider) ?? null) : null
  const tested = [settingsOf(form), form.test, hostsOf(form).sort(), secrets, isBased ? unchanged : null, dialect]
  return createHmac('sha256', keyOf(authSecret, 'digest')).update(JSON.stringify(tested)).digest('base64url')
}

function keyOf(authSecret: string, use: 'sign' | 'digest'): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', authSecret, '', `fenicia test receipt, ${use}`, 32))
}
