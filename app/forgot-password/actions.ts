'use server'

import { forgottenPasswordInput, requestPasswordReset } from '@/lib/accounts'
import { parseInput } from '@/lib/input'
import { getRuntime } from '@/lib/runtime'
import { answer } from '../action-answer'
import { type FormState, refusedForm, textFields } from '../form-state'
import { requestOrigin } from '../request'

/** Says the same whether or not somebody has the e-mail address. */
export async function forgotPasswordAction(_: FormState, data: FormData): Promise<FormState> {
  const values = textFields(data, 'email')
  const result = await answer(async () => {
    const { database, jobs } = getRuntime()
    await requestPasswordReset(database.db, parseInput(forgottenPasswordInput, values), await requestOrigin())
    jobs?.trigger('notifications.deliver')
  })
  if (!result.ok) return refusedForm(result, values)
  const done =
    'If somebody here has this e-mail address, an e-mail with a link is on its way to it. The link is good for 30 minutes. Nothing came? Look among the unwanted e-mails, or ask whoever runs this server.'
  return { errors: {}, values, done }
}
