import { render } from '@react-email/render'
import type { MailContent, PersonalContent, RenderedMail } from '@/lib/notifications'
import { compose } from './compose'
import { composePersonal } from './compose-personal'
import { Mail } from './mail'
import { plainText } from './plain-text'

export async function renderNow(content: MailContent | PersonalContent, now: Date): Promise<RenderedMail> {
  const mail = 'items' in content ? compose(content, now) : composePersonal(content)
  return { subject: mail.subject, html: await render(<Mail mail={mail} />), text: plainText(mail) }
}
