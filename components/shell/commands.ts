import { setTheme, themeNames, themes } from '@/components/theme'
import { apiReference, type OtherAccount, type Place } from './navigation'

/** Something the command menu can do. */
export interface Command {
  label: string
  /** Where the label may be another’s too. */
  id?: string
  /** What tells it from others of the same label. */
  detail?: string
  group: 'Actions' | 'Go to' | 'Accounts' | 'Theme' | 'Session'
  run: () => void
}

/** What the commands act on. */
export interface CommandContext {
  places: readonly Place[]
  actions: readonly Place[]
  goTo: (href: string) => void
  /** The other accounts of the person. */
  accounts: readonly OtherAccount[]
  enter: (accountId: string) => void
  signOut: () => void
}

/** All commands, most wanted first. */
export function allCommands({ places, actions, accounts, goTo, enter, signOut }: CommandContext): Command[] {
  return [
    ...actions.map(({ label, href }) => ({ label, group: 'Actions' as const, run: () => goTo(href) })),
    ...[...places, apiReference].map(({ label, href }) => ({ label, group: 'Go to' as const, run: () => goTo(href) })),
    ...accounts.map(({ id, name, role }) => ({
      id,
      label: `Go to ${name}`,
      detail: role,
      group: 'Accounts' as const,
      run: () => enter(id),
    })),
    ...themes.map((theme) => ({ label: themeNames[theme], group: 'Theme' as const, run: () => setTheme(theme) })),
    { label: 'Sign out', group: 'Session', run: signOut },
  ]
}

/** The commands that have, for each word of `query`, a word that starts with it, in any letter case. */
export function findCommands(commands: readonly Command[], query: string): Command[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  return commands.filter(({ label, group }) => {
    const own = `${group} ${label}`.toLowerCase().split(/\s+/)
    return words.every((word) => own.some((part) => part.startsWith(word)))
  })
}
