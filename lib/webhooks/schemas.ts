import { z } from 'zod'
import { callableUrl } from '../credentials/urls'
import { displayText, urlHoldsToken } from '../text'
import { chosenTypes } from './types'

export const webhookForm = z.strictObject({
  name: displayText(64),
  url: callableUrl.refine((url) => !urlHoldsToken(url), 'must not hold a token of Fenicia: it is shown, and audited'),
  /** Null: all, also those that are added later. */
  event_types: z
    .array(z.enum(chosenTypes as [string, ...string[]], 'must be one of the event types'))
    .min(1, 'must have an event type')
    .nullable()
    .default(null),
})
export type WebhookForm = z.output<typeof webhookForm>

/** Hours for which the secret before goes on signing. */
export const rotationInput = z.strictObject({
  overlap_hours: z.coerce.number().int().min(0, 'must be from 0 to 168').max(168, 'must be from 0 to 168').default(24),
})
