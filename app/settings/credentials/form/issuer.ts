import type { ActionResult } from '../../data/action-result'
import type { readIssuer } from '../connect/actions'
import type { FormValues } from './input'

/** What an issuer says of itself. */
type Found = Extract<Awaited<ReturnType<typeof readIssuer>>, ActionResult<unknown> & { ok: true }>['value']

/**
 * What the form is filled with by an issuer's answer: nothing that was typed meanwhile, and nothing at all where another issuer
 * was.
 * @param asked the form when the issuer was asked
 * @param now the form when the answer came
 */
export function filledByIssuer(
  asked: FormValues,
  now: FormValues,
  { issuer, authorizationUrl, tokenUrl, revocationUrl, authentications }: Found,
): Partial<FormValues> {
  if (now.issuer !== asked.issuer) return {}
  const isKnown = authentications.length === 0 || authentications.includes(asked.clientAuthentication)
  const found: Partial<FormValues> = {
    issuer,
    ...(authorizationUrl !== null && { authorizationUrl }),
    ...(tokenUrl !== null && { tokenUrl }),
    ...(revocationUrl !== null && { revocationUrl }),
    ...(isKnown ? {} : { clientAuthentication: authentications[0] ?? 'basic' }),
  }
  const untouched = Object.entries(found).filter(
    ([field]) => now[field as keyof FormValues] === asked[field as keyof FormValues],
  )
  return Object.fromEntries(untouched)
}
