'use client'

import { useRouter } from 'next/navigation'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { Dialog, DialogContent, DialogTitle } from '@/components/ui/dialog'
import { allCommands, type Command, type CommandContext, findCommands } from './commands'

type Props = Omit<CommandContext, 'goTo'> & { onClose: () => void }

/** Type a few letters, press Enter. A combobox with a list box, as the ARIA practices describe it. */
export default function CommandMenu({ onClose, ...context }: Props) {
  return (
    <Dialog open onOpenChange={(open) => open || onClose()}>
      <DialogContent size="md" padded={false} closeButton={false} className="mt-[14vh]">
        <DialogTitle className="sr-only">Commands</DialogTitle>
        <Finder onClose={onClose} {...context} />
      </DialogContent>
    </Dialog>
  )
}

function Finder({ onClose, places, actions, accounts, enter, signOut }: Props) {
  const router = useRouter()
  const [query, setQuery] = useState('')
  const [at, setAt] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const id = useId()
  const commands = allCommands({ places, actions, accounts, enter, signOut, goTo: (href) => router.push(href) })
  const found = findCommands(commands, query)
  const active = Math.min(at, found.length - 1)

  useEffect(() => {
    list.current?.querySelectorAll('[role=option]')[active]?.scrollIntoView({ block: 'nearest' })
  }, [active])

  function run(command: Command | undefined) {
    if (!command) return
    onClose()
    command.run()
  }

  function onKeyDown(event: KeyboardEvent<HTMLInputElement>) {
    if (event.nativeEvent.isComposing) return
    const to = {
      ArrowDown: (active + 1) % found.length,
      ArrowUp: (active - 1 + found.length) % found.length,
      Home: 0,
      End: found.length - 1,
    }[event.key]
    if (event.key === 'Enter') run(found[active])
    else if (to === undefined) return
    else if (found.length > 0) setAt(to)
    event.preventDefault()
  }

  return (
    <>
      <input
        role="combobox"
        aria-label="Find a command"
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
        aria-autocomplete="list"
        autoComplete="off"
        spellCheck={false}
        data-autofocus
        placeholder="Find a command"
        value={query}
        onChange={(event) => {
          setQuery(event.currentTarget.value)
          setAt(0)
        }}
        onKeyDown={onKeyDown}
        className="h-12 w-full border-border border-b bg-transparent px-4 text-base outline-none placeholder:text-muted-foreground pointer-coarse:text-lg"
      />
      <div
        ref={list}
        role="listbox"
        id={`${id}-list`}
        aria-label="Commands"
        className="max-h-80 overflow-y-auto p-1 empty:p-0"
      >
        {found.map((command, index) => (
          <div key={command.id ?? command.label} className="contents">
            {command.group === found[index - 1]?.group ? null : (
              <p role="presentation" className="px-3 pt-2.5 pb-1 text-muted-foreground text-xs">
                {command.group}
              </p>
            )}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard acts through the input, which keeps the focus */}
            {/* biome-ignore lint/a11y/useFocusableInteractive: aria-activedescendant points here instead */}
            <div
              role="option"
              id={`${id}-${index}`}
              aria-selected={index === active}
              onPointerMove={() => setAt(index)}
              onClick={() => run(command)}
              className="flex h-9 cursor-pointer items-center rounded-[4px] px-3 text-sm aria-selected:bg-muted pointer-coarse:h-11"
            >
              <span className="truncate">{command.label}</span>
              {command.detail ? (
                <span className="ml-auto shrink-0 pl-3 text-muted-foreground text-xs">{command.detail}</span>
              ) : null}
            </div>
          </div>
        ))}
      </div>
      <p role="status" className={found.length > 0 ? 'sr-only' : 'px-4 py-6 text-center text-muted-foreground text-sm'}>
        {found.length > 0
          ? `${found.length} ${found.length === 1 ? 'command' : 'commands'}`
          : 'No command matches that.'}
      </p>
    </>
  )
}
