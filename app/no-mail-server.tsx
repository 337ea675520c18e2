import { Banner } from '@/components/ui/banner'
import { getRuntime } from '@/lib/runtime'

/** Says that mails do not leave the server, where somebody is about to count on one; nothing where they do. */
export function NoMailServer() {
  if (getRuntime().config.mail.smtp) return null
  return (
    <Banner tone="warning" title="No e-mail leaves this server">
      It has no mail server yet (SMTP_URL). What it would send lies in the folder outbox of its data: whoever runs it
      can open it there.
    </Banner>
  )
}
