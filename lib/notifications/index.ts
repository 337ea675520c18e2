import type { Runtime } from '../runtime'
import { deliverMails } from './deliver'
import type { RenderMail } from './mail-content'
import { makeNotices } from './make-notices'

export { eventKinds } from './kinds'
export type { Language, MailContent, MailItem, RenderedMail, RenderMail } from './mail-content'
export { type EventData, type EventKind, recordEvent, recordEvents } from './outbox'
export {
  type PersonalContent,
  type PersonalData,
  type PersonalKind,
  recordPersonalMail,
} from './personal-mails'
export { getPreferences, preferencesInput, setPreferences } from './preferences'
export { pruneNotifications } from './prune'
export {
  countUnread,
  listNotices,
  listTroubles,
  markRead,
  type NoticeView,
  type OpenTrouble,
} from './read'
export { permissionsToBeTold } from './recipients'
export { sendReminders } from './reminders'
export { deliverMails, makeNotices }

/** Has people told of what happened: notices are made, and the mails that are due leave. */
export async function deliverNotifications(
  { database: { db }, mailer, config: { url } }: Pick<Runtime, 'database' | 'mailer' | 'config'>,
  render: RenderMail,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await makeNotices(db, signal)
  } finally {
    await deliverMails({ db, mailer, render, url }, signal)
  }
}
