import { Secret as OtpSecret, TOTP } from 'otpauth'
import { Secret } from '../../vault/secret'

// Time-based one-time codes (RFC 6238) in the one form that every authenticator app knows: SHA-1, 6 digits, 30 seconds.

export const STEP_SECONDS = 30
/** 160 bits, as RFC 4226 §4 recommends. */
const SECRET_BYTES = 20
/** Steps before and after the present one whose codes are taken, for clocks that differ (RFC 6238 §5.2). */
const WINDOW = 1

/** A new secret, in Base32 as people may have to type it. */
export function newTotpSecret(): Secret {
  return new Secret(new OtpSecret({ size: SECRET_BYTES }).base32)
}

/** What an authenticator app reads from the picture: holds the secret. */
export function totpAddress(secret: Secret, email: string): Secret {
  return new Secret(totp(secret, email).toString())
}

/** The number of the present step of 30 seconds whose code this is, or of the one before or after; null: of none. */
export function stepOf(secret: Secret, code: string, now = Date.now()): number | null {
  if (!/^\d{6}$/.test(code)) return null
  const delta = totp(secret).validate({ token: code, timestamp: now, window: WINDOW })
  return delta === null ? null : Math.floor(now / 1000 / STEP_SECONDS) + delta
}

function totp(secret: Secret, label = ''): TOTP {
  return new TOTP({
    issuer: 'Fenicia',
    label,
    algorithm: 'SHA1',
    digits: 6,
    period: STEP_SECONDS,
    secret: OtpSecret.fromBase32(secret.reveal()),
  })
}
