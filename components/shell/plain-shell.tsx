import Link from 'next/link'
import type { ReactNode } from 'react'
import { Logo } from './logo'

/** The frame of a page outside the settings: the name at the top, one narrow column. */
export function PlainShell({ children }: { children: ReactNode }) {
  return (
    <>
      <header className="mx-auto flex h-14 max-w-3xl items-center px-4">
        <Link href="/" className="flex items-center gap-2.5 rounded font-semibold tracking-tight">
          <Logo />
          Fenicia
        </Link>
      </header>
      <main id="content" className="mx-auto max-w-3xl px-4 py-8">
        {children}
      </main>
    </>
  )
}
