'use client'

import { useEffect, useRef, useState } from 'react'
import { SearchInput } from '@/components/ui/search-input'
import { safeSearch } from './token-search'

const DELAY_MS = 250

/** What is searched for when a token was pasted, and what people are told of it. */
interface Instead {
  query: string
  note: string
}

const NOTHING: Instead = { query: '', note: 'That looked like a secret. It did not leave this page.' }

/**
 * The search of a list, while one types. A token that is pasted never leaves the box: it would stand in the address, in the
 * history and in logs.
 * @param value what the list is searched for now, as its address says it
 * @param instead of a token, by the part of it that lists show anyway; nothing is searched for where none is given
 */
export function ListSearch({
  label,
  placeholder,
  maxLength = 100,
  value,
  onSearch,
  instead = () => NOTHING,
}: {
  label: string
  placeholder: string
  maxLength?: number
  value: string
  onSearch: (query: string) => void
  instead?: (hint: string) => Instead
}) {
  const [text, setText] = useState(value)
  const [note, setNote] = useState<string | null>(null)
  const timer = useRef<number>(undefined)
  const latest = useRef({ value, onSearch })
  const sent = useRef(value)
  useEffect(() => {
    latest.current = { value, onSearch }
    // The address changed by other means, such as Back or a cleared filter.
    if (value !== sent.current) {
      sent.current = value
      setText(value)
      setNote(null)
    }
  }, [value, onSearch])
  useEffect(() => () => window.clearTimeout(timer.current), [])

  function type(typed: string) {
    const { query: hint, hidToken } = safeSearch(typed)
    const { query, note } = hidToken ? instead(hint) : { query: hint, note: null }
    setText(hidToken ? query : typed)
    setNote(note)
    window.clearTimeout(timer.current)
    timer.current = window.setTimeout(() => {
      const { value, onSearch } = latest.current
      if (query === value) return
      sent.current = query
      onSearch(query)
    }, DELAY_MS)
  }

  return (
    <div className="col-span-2 min-w-0 lg:flex-1">
      <SearchInput
        aria-label={label}
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        value={text}
        maxLength={maxLength}
        onChange={(event) => type(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') type('')
        }}
      />
      <p aria-live="polite" className="mt-1.5 text-muted-foreground text-xs empty:mt-0">
        {note}
      </p>
    </div>
  )
}
