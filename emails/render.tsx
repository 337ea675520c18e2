import { render } from '@react-email/render'
import type { MailContent, RenderedMail } from '@/lib/notifications'
import { compose } from './compose'
import { Mail } from './mail'
import { plainText } from './plain-text'

export async function renderNow(content: MailContent, now: Date): Promise<RenderedMail> {
  const mail = compose(content, now)
  return { subject: mail.subject, html: await render(<Mail mail={mail} />), text: plainText(mail) }
}
