import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser'

/** What came of asking the browser for a passkey: its answer for the server, or words for the person. */
export type PasskeyOutcome<Answer> = { answer: Answer; problem?: never } | { answer?: never; problem: string }

// The library is loaded when it is needed, which on most visits it is not.

/** Has the browser sign with a passkey. */
export function givePasskey(options: PublicKeyCredentialRequestOptionsJSON) {
  return outcome(async () => (await import('@simplewebauthn/browser')).startAuthentication({ optionsJSON: options }))
}

/** Has the browser make a passkey. */
export function makePasskey(options: PublicKeyCredentialCreationOptionsJSON) {
  return outcome(async () => (await import('@simplewebauthn/browser')).startRegistration({ optionsJSON: options }))
}

async function outcome<Answer>(ask: () => Promise<Answer>): Promise<PasskeyOutcome<Answer>> {
  if (typeof window.PublicKeyCredential !== 'function') {
    return { problem: 'This browser has no passkeys here. They need a current browser, and https.' }
  }
  try {
    return { answer: await ask() }
  } catch (error) {
    return { problem: wordsFor(error) }
  }
}

function wordsFor(error: unknown): string {
  const name = error instanceof Error ? error.name : ''
  switch (name) {
    case 'NotAllowedError':
    case 'AbortError':
      return 'No passkey was given: it was cancelled, took too long, or there is none for this Fenicia here.'
    case 'InvalidStateError':
      return 'This device has a passkey of yours already.'
    case 'SecurityError':
      return 'Passkeys do not work at this address. Open Fenicia at its own address.'
    default:
      return 'The browser could not do it. Try again, or use another way.'
  }
}
