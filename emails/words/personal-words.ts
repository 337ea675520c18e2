import type { PersonalData, PersonalKind } from '@/lib/notifications'

/** All that personal mails say, in one language. A language that lacks something does not compile. */
export interface PersonalWords {
  /** To somebody whose name is not known. */
  greeting: string
  subjects: { [Kind in PersonalKind]: (of: { account: string; data: PersonalData[Kind] }) => string }
  /** What it means, and what to do. */
  meanings: { [Kind in PersonalKind]: (of: { account: string; data: PersonalData[Kind] }) => string }
  buttons: Record<PersonalKind, string>
  roles: Record<Exclude<PersonalData['invitation.sent']['role'], 'custom'>, { name: string; may: string }>
  labels: {
    eMail: string
    when: string
    address: string
    browser: string
    by: string
    role: string
    roleMay: string
    goodUntil: string
    factor: string
    codesLeft: string
    newOwner: string
    oldOwner: string
  }
  factors: Record<PersonalData['second_factor.added']['factor'], string>
  /** How a password was changed. */
  operator: string
  /** Why one gets it, and that it can't be switched off. */
  why: Record<PersonalKind, string>
}
