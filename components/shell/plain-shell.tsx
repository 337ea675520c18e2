import type { ReactNode } from 'react'
import { Logo } from './logo'

/** The frame of a page outside the settings: the name at the top, one narrow column. */
export function PlainShell({ children }: { children: ReactNode }) {
  return (
    <>
      <header className="mx-auto flex h-14 max-w-3xl items-center px-4">
        {/* A plain link: this frame comes with every page's error boundary, and where something failed a fresh start is better. */}
        <a href="/" className="flex items-center gap-2.5 rounded font-semibold tracking-tight">
          <Logo />
          Fenicia
        </a>
      </header>
      <main id="content" className="mx-auto max-w-3xl px-4 py-8">
        {children}
      </main>
    </>
  )
}
