'use client'

import { GeistMono } from 'geist/font/mono'
import { GeistSans } from 'geist/font/sans'
import type { FailureProps } from '@/components/shell/failure'
import { Logo } from '@/components/shell/logo'
import { MessagePage } from '@/components/shell/message-page'
import { buttonVariants } from '@/components/ui/button'
import './globals.css'

/**
 * When even the root layout fails. It may be served as a file made at build time, whose scripts the content security policy
 * refuses, so everything here works without any: "Try again" is a link to this very address.
 */
export default function GlobalError({ error }: FailureProps) {
  const reference = (error as { digest?: string } | null)?.digest
  return (
    <html lang="en" className={`${GeistSans.variable} ${GeistMono.variable}`}>
      <body>
        <title>Something failed · Fenicia</title>
        <main className="mx-auto max-w-3xl px-4 py-8">
          <Logo />
          <MessagePage
            title="Fenicia could not show this page"
            reference={reference}
            actions={
              <a href="?" className={buttonVariants({ variant: 'primary' })}>
                Try again
              </a>
            }
          >
            <p>Something failed before the page could be made. What was saved before is safe.</p>
            <p>Try again in a minute. If it lasts, the person who runs this server finds the reason in its log.</p>
          </MessagePage>
        </main>
      </body>
    </html>
  )
}
