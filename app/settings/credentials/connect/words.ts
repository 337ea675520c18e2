import type { CallbackRefusal, ConsentView } from '@/lib/credentials'

/** How a consent has ended, in words. */
export interface EndWords {
  tone: 'success' | 'warning' | 'error'
  title: string
  text: string
}

export type Ended = Pick<ConsentView, 'state' | 'detail' | 'accounts'>

const UNCHANGED = 'Nothing was changed.'

/** What has become of a consent; null: it is still open. */
export function endWords({ state, detail, accounts }: Ended): EndWords | null {
  // What begins with a code of OAuth is the service's, the rest are sentences of ours.
  const said = detail ? ` ${/^[a-z_]+(:|$)/.test(detail) ? 'It said: ' : ''}${detail}` : ''
  switch (state) {
    case 'pending':
      return null
    case 'connected':
    case 'replaced':
      return {
        tone: 'success',
        title: accounts?.now ? `Connected as ${accounts.now}` : 'Connected',
        text: accounts?.now
          ? 'Fenicia has its tokens.'
          : 'Fenicia has its tokens. The service does not say of which account.',
      }
    case 'other_account':
      return {
        tone: 'warning',
        title: accounts?.now === null ? 'Another account may have come back' : 'Another account has come back',
        text: 'Nothing was replaced yet: decide which one it shall be.',
      }
    case 'discarded':
      return { tone: 'warning', title: 'The other account was discarded', text: UNCHANGED }
    case 'denied':
      return {
        tone: 'warning',
        title: 'The service was not connected',
        text: `You, or the service, said no. ${UNCHANGED}${said}`,
      }
    case 'failed':
      return { tone: 'error', title: 'The service was not connected', text: `It gave no tokens. ${UNCHANGED}${said}` }
    case 'mixed_up':
      return {
        tone: 'error',
        title: 'The answer came from another server',
        text: `It is not of the server that you were sent to, so it was not used. ${UNCHANGED} Look at the issuer and the addresses of the credential.`,
      }
    case 'changed':
      return {
        tone: 'error',
        title: 'The credential was changed meanwhile',
        text: `The answer is of what it was before, so it was not used. ${UNCHANGED} Connect it again.`,
      }
    case 'superseded':
      return {
        tone: 'warning',
        title: 'This was begun anew elsewhere',
        text: `Another window or tab has begun after this one: finish there. ${UNCHANGED}`,
      }
    case 'cancelled':
      return { tone: 'warning', title: 'You have called this off', text: UNCHANGED }
    case 'expired':
      return {
        tone: 'warning',
        title: 'The time for this is over',
        text: `It may take ten minutes. ${UNCHANGED} Connect again.`,
      }
  }
}

const refusals: Record<CallbackRefusal | 'failed', EndWords> = {
  forged: {
    tone: 'error',
    title: 'This answer is not for Fenicia',
    text: `Nobody here has asked for it, or a part of the address is missing. ${UNCHANGED} Whoever gave you this link may have meant you harm.`,
  },
  replayed: {
    tone: 'warning',
    title: 'This answer was used already',
    text: 'It counts once. Look at the credential: it shows what is connected.',
  },
  expired: {
    tone: 'warning',
    title: 'This answer came too late',
    text: `It may take ten minutes. ${UNCHANGED} Connect again.`,
  },
  foreign: {
    tone: 'error',
    title: 'This was begun by somebody else, or in another browser',
    text: `So it was not used. ${UNCHANGED} If you have not begun it yourself, whoever gave you this link may have meant you harm.`,
  },
  not_signed_in: {
    tone: 'warning',
    title: 'You are not signed in here',
    text: `So nobody knows whose answer this is. ${UNCHANGED} Sign in at the address at which providers send you back, then connect again.`,
  },
  forbidden: { tone: 'error', title: 'Your role does not allow this any more', text: UNCHANGED },
  failed: {
    tone: 'error',
    title: 'Something went wrong on our side',
    text: 'Look at the credential: it shows what is connected. If it is not, connect again.',
  },
}

/** Why a callback was none; of what is not in the list, nothing. */
export function refusalWords(reason: string): EndWords | null {
  return Object.hasOwn(refusals, reason) ? refusals[reason as keyof typeof refusals] : null
}
