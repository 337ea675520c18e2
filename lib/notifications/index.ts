export { deliverMails, type MailTools } from './deliver'
export { eventKinds } from './kinds'
export type { Language, MailContent, MailItem, RenderedMail, RenderMail } from './mail-content'
export { makeNotices } from './make-notices'
export { type EventData, type EventKind, recordEvent, recordEvents } from './outbox'
export { getPreferences, preferencesInput, setPreferences, type Ways } from './preferences'
export { pruneNotifications } from './prune'
export {
  countUnread,
  listNotices,
  listTroubles,
  markRead,
  type NoticeView,
  type OpenTrouble,
  type Person,
} from './read'
export { sendReminders } from './reminders'
