import { z } from 'zod'
import { languages, leakResponses } from '@/db/schema'
import { displayText } from '../text'
import { roleChoice } from './role-choice'

// The rules of each input, once, for forms and the command line alike.

export const PASSWORD_LENGTH = { min: 12, max: 128 } as const

/** An e-mail address in the form in which addresses are compared: trimmed, lower case. */
export const emailAddress = z
  .string()
  .transform((text) => text.normalize('NFC').trim().toLowerCase())
  .pipe(
    z
      .string()
      .min(1, 'must not be empty')
      .max(254, 'must be 254 characters or fewer')
      .pipe(z.email('must be an e-mail address such as ana@example.com')),
  )

/** One spelling of what keyboards may spell in several ways (NIST SP 800-63B §3.1.1.2): the one that is hashed. */
export function spelledOnce(password: string): string {
  return password.normalize('NFKC')
}

/** In code points. */
const lengthOf = (text: string) => [...text].length

const TOO_LONG = `must be ${PASSWORD_LENGTH.max} characters or fewer`

/**
 * A password as it is chosen. Long is what counts; no rule says which characters (NIST SP 800-63B §3.1.1.2). Counted in
 * code points, as it is hashed, never trimmed. How hard it is to guess is judged where it is stored, see `password-strength.ts`.
 */
export const newPassword = z
  .string()
  .refine(
    (text) => lengthOf(spelledOnce(text)) >= PASSWORD_LENGTH.min,
    `must be ${PASSWORD_LENGTH.min} characters or more`,
  )
  .refine((text) => lengthOf(spelledOnce(text)) <= PASSWORD_LENGTH.max, TOO_LONG)
  .refine((text) => !/\p{Cs}/u.test(text), 'must not contain broken Unicode')

/** A password as it is given: anything that may have been chosen, in any spelling. Once it was counted as it was typed. */
export const givenPassword = z
  .string()
  .min(1, 'must not be empty')
  .refine((text) => Math.min(lengthOf(text), lengthOf(spelledOnce(text))) <= PASSWORD_LENGTH.max, TOO_LONG)

export const createAccountInput = z.strictObject({
  account_name: displayText(100),
  name: displayText(100),
  email: emailAddress,
  password: newPassword,
})
export type CreateAccountInput = z.output<typeof createAccountInput>

export const anotherAccountInput = createAccountInput.pick({ account_name: true })

export const signInInput = z.strictObject({ email: emailAddress, password: givenPassword })

export const changeNameInput = z.strictObject({ name: displayText(100) })

export const changePasswordInput = z
  .strictObject({ current_password: givenPassword, new_password: newPassword })
  .refine((input) => spelledOnce(input.current_password) !== spelledOnce(input.new_password), {
    path: ['new_password'],
    error: 'must not be the current password',
  })
export type ChangePasswordInput = z.output<typeof changePasswordInput>

export const resetPasswordInput = z.strictObject({ email: emailAddress, password: newPassword })

export const forgottenPasswordInput = z.strictObject({ email: emailAddress })

/** Whatever stands in a link; what is none of ours is found to be none. */
export const givenLink = z.string().max(256)

export const newPasswordInput = z.strictObject({ token: givenLink, password: newPassword })

export const inviteMemberInput = z.strictObject({ email: emailAddress, role: roleChoice })

export const acceptInvitationInput = z.strictObject({ token: givenLink, name: displayText(100), password: newPassword })

export const changeLanguageInput = z.strictObject({
  language: z.enum(languages, `must be one of ${languages.join(', ')}`),
})

const KEEP_RULE = 'must be null or a whole number of days from 30 to 3,650'
export const auditPolicyInput = z.strictObject({
  keep_days: z.int(KEEP_RULE).min(30, KEEP_RULE).max(3_650, KEEP_RULE).nullable(),
})

export const leakPolicyInput = z.strictObject({
  leak_response: z.enum(leakResponses, `must be one of ${leakResponses.join(', ')}`),
})

export const changeRoleInput = z.strictObject({ role: roleChoice })

export const removeMemberInput = z.strictObject({
  keys: z.enum(['keep', 'hand_over', 'revoke'], 'must be keep, hand_over or revoke'),
  rest: z.enum(['keep', 'hand_over'], 'must be keep or hand_over').default('keep'),
  heir: z.string().max(64).nullable().default(null),
})
