import type { RenderMail } from '@/lib/notifications'

/** Puts a mail in words. React and the templates are loaded with the first one: a start need not wait for them. */
export const renderMail: RenderMail = async (content) => (await import('./render')).renderNow(content, new Date())
