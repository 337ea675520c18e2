import type { EnterAccount } from './navigation'

/** Has this browser go on in another account of the person. */
export async function goToAccount(enter: EnterAccount, accountId: string): Promise<void> {
  const answer = await enter(accountId).catch(() => ({ ok: false }))
  // As a whole: what this page has read belongs to the other account. Whoever can't enter sees in which accounts they are.
  location.assign(answer.ok ? '/' : '/settings/account')
}
