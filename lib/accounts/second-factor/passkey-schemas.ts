import { z } from 'zod'
import { displayText } from '../../text'

// What a browser sends of a passkey (WebAuthn Level 3, §5.1.8). What is in the strings is for the library to judge.

const base64url = z.string().regex(/^[\w-]+$/)
/** Of a certificate chain at most; ours ask for none. */
const long = base64url.max(32_768)

const common = {
  id: base64url.max(1_400),
  rawId: base64url.max(1_400),
  type: z.literal('public-key'),
  authenticatorAttachment: z.enum(['cross-platform', 'platform']).optional().catch(undefined),
  // Nothing is asked of extensions, and nothing of what they say is looked at.
  clientExtensionResults: z.unknown().transform(() => ({})),
}

export const passkeyAnswer = z.object({
  ...common,
  response: z.object({
    clientDataJSON: long,
    authenticatorData: long,
    signature: long,
    userHandle: base64url.max(128).optional(),
  }),
})
export type PasskeyAnswer = z.output<typeof passkeyAnswer>

const transports = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'] as const

export const newPasskeyInput = z.object({
  name: displayText(60),
  answer: z.object({
    ...common,
    response: z.object({
      clientDataJSON: long,
      attestationObject: long,
      // Names of the future are of no use to browsers of today.
      transports: z
        .array(z.string())
        .max(16)
        .default([])
        .transform((names) => transports.filter((name) => names.includes(name))),
    }),
  }),
})
export type NewPasskeyInput = z.output<typeof newPasskeyInput>
