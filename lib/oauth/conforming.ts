import { lifetimeOf } from './lifetime'

/** Kinds of tokens that a key belongs to: they are of no use where a header is all that is sent. */
const BOUND_TYPES = new Set(['dpop', 'mac', 'pop'])

/**
 * Makes of an answer what RFC 6749 asks of it, as far as it means that, since oauth4webapi takes nothing else:
 * - JSON of any content type, and success of any 2xx, are read as what they hold;
 * - a missing or peculiar `token_type` is `bearer` – where the token stands on a request is what the credential says;
 * - `expires_in` is a number of seconds, or missing, see `lifetimeOf`;
 * - empty or `null` members are missing, `scope` as a list is a string;
 * - an `id_token` is left out, which would be checked against an issuer that nobody has named, and is not used;
 * - an error that came with status 200 is one of 400, and one with a `WWW-Authenticate` is read from its body.
 * @param now what time it was for the provider
 */
export function toConformingResponse(
  { status, body }: { status: number; body: Readonly<Record<string, unknown>> },
  now: Date,
): Response {
  const accessToken = textOf(body.access_token)
  if (status >= 200 && status < 300 && accessToken !== undefined) {
    const type = textOf(body.token_type)?.toLowerCase()
    const scope = Array.isArray(body.scope) ? body.scope.join(' ') : textOf(body.scope)
    return Response.json({
      access_token: accessToken,
      token_type: type !== undefined && BOUND_TYPES.has(type) ? type : 'bearer',
      expires_in: lifetimeOf(body, now) ?? undefined,
      refresh_token: textOf(body.refresh_token),
      scope,
    })
  }
  return Response.json({ error: errorOf(body) ?? undefined }, { status: 400 })
}

/** The error code of an answer, in the letters that RFC 6749, 5.2 and its extensions use; null: there is none. */
export function errorOf(body: Readonly<Record<string, unknown>>): string | null {
  const { error } = body
  return typeof error === 'string' && /^[a-z_]{1,64}$/.test(error) ? error : null
}

/** What an answer says for people, in the member of RFC 6749 or in those that are used instead. */
export function descriptionOf(body: Readonly<Record<string, unknown>>): string | null {
  const nested = typeof body.error === 'object' && body.error !== null ? (body.error as Record<string, unknown>) : {}
  return textOf(body.error_description) ?? textOf(nested.message) ?? textOf(body.message) ?? null
}

/** A JSON object; an empty one when the text is anything else. */
export function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {}
  } catch {
    return {}
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
