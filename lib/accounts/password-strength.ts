import type { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { invalidField } from '../errors'

// How long a password withstands guessing, by zxcvbn (https://www.usenix.org/conference/usenixsecurity16/technical-sessions/presentation/wheeler):
// it knows lists of leaked passwords, words and names in English and Spanish, keyboards, dates, and how people alter them.

/** 0 is guessed at once, 4 withstands an attacker who has stolen the hashes. */
export type PasswordScore = 0 | 1 | 2 | 3 | 4

/** Less is refused (NIST SP 800-63B §3.1.1.2 asks for a comparison with what is commonly used or expected). */
export const LEAST_SCORE: PasswordScore = 3

export interface PasswordStrength {
  score: PasswordScore
  /** What makes it weak, as a sentence; null: nothing in particular. */
  warning: string | null
}

/** What judging costs grows with both: the worst of 128 characters would take seconds. What is strong so far is strong. */
const JUDGED_CHARACTERS = 48
const SUBSTITUTIONS = 20

/** In no dictionary, and yet known to whoever guesses here. */
const KNOWN_HERE = ['fenicia', 'correct horse battery staple', 'correcthorsebatterystaple']

let judge: Promise<ZxcvbnFactory> | undefined

/**
 * Judges a password. The first call loads some megabytes of dictionaries.
 * @param known what anybody who knows the person would try, such as their e-mail address and names
 */
export async function judgePassword(password: string, known: readonly string[]): Promise<PasswordStrength> {
  judge ??= loadJudge().catch((error) => {
    // In a browser the line may be back at the next call.
    judge = undefined
    throw error
  })
  const normal = password.normalize('NFKC')
  const parts = known.flatMap(wholeAndParts)
  if (isMadeOf(normal, parts)) return { score: 0, warning: 'It is made of your e-mail address or names.' }
  const { score, feedback } = (await judge).check(normal, [...KNOWN_HERE, ...parts])
  return { score: score as PasswordScore, warning: feedback.warning }
}

/**
 * Refuses a password that is too easy to guess.
 * @param field of the form
 * @throws {Refusal} `invalid` on `field`, saying what makes it weak
 */
export async function requireStrong(field: string, password: string, known: readonly string[]): Promise<void> {
  const { score, warning } = await judgePassword(password, known)
  if (score >= LEAST_SCORE) return
  throw invalidField(field, `is too easy to guess: ${warning ?? 'use more words, or less common ones.'}`)
}

async function loadJudge(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory }, common, english, spanish] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    import('@zxcvbn-ts/language-en'),
    import('@zxcvbn-ts/language-es-es'),
  ])
  return new ZxcvbnFactory({
    dictionary: { ...common.dictionary, ...english.dictionary, ...spanish.dictionary },
    graphs: common.adjacencyGraphs,
    translations: english.translations,
    maxLength: JUDGED_CHARACTERS,
    l33tMaxSubstitutions: SUBSTITUTIONS,
  })
}

/** What has to be in a password besides what is known of its person. */
const OWN_CHARACTERS = 6

/** Whether little is left without what is known. Each word of it counts for zxcvbn as if it were of a small dictionary. */
function isMadeOf(password: string, parts: string[]): boolean {
  let left = password.toLowerCase()
  for (const part of parts.toSorted((a, b) => b.length - a.length)) left = left.replaceAll(part, ' ')
  return left.length < password.length && left.replace(/[^\p{L}\p{N}]/gu, '').length < OWN_CHARACTERS
}

/** An e-mail address and a name are guessed as a whole, and by their words. */
function wholeAndParts(text: string): string[] {
  const lower = text.normalize('NFKC').toLowerCase()
  return [lower, ...lower.split(/[^\p{L}\p{N}]+/u)].filter((part) => part.length > 2)
}
