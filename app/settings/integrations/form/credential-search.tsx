'use client'

import { useEffect, useRef, useState } from 'react'
import { SearchInput } from '@/components/ui/search-input'
import { counted, countText } from '../../api-keys/words'
import { safeSearch } from '../../token-search'
import { CREDENTIALS_OFFERED } from '../paths'

const SEARCH_DELAY_MS = 250

/** Narrows the choice of a credential, and tells how many there are to choose from. */
export default function CredentialSearch({
  found,
  search,
  onSearch,
}: {
  /** How many match; null while that is being read. */
  found: number | null
  search: string
  onSearch: (search: string) => void
}) {
  const [text, setText] = useState('')
  const timer = useRef<number>(undefined)
  useEffect(() => () => window.clearTimeout(timer.current), [])
  function type(typed: string) {
    // A secret that is pasted here by mistake goes into no address.
    const safe = safeSearch(typed).hidToken ? '' : typed
    setText(safe)
    window.clearTimeout(timer.current)
    timer.current = window.setTimeout(() => onSearch(safe), SEARCH_DELAY_MS)
  }
  return (
    <>
      <SearchInput
        aria-label="Search credentials"
        placeholder="Search credentials by name, host or provider"
        autoComplete="off"
        spellCheck={false}
        maxLength={100}
        value={text}
        onChange={(event) => type(event.currentTarget.value)}
        onKeyDown={(event) => {
          // It only narrows the choice: the form is not done.
          if (event.key === 'Enter') event.preventDefault()
          if (event.key === 'Escape') type('')
        }}
      />
      <p aria-live="polite" className="text-muted-foreground text-xs">
        {found === null ? null : offerText(found, search)}
      </p>
    </>
  )
}

function offerText(total: number, search: string): string {
  if (total === 0) return `No credential matches “${search}”.`
  if (total > CREDENTIALS_OFFERED) {
    return `The first ${CREDENTIALS_OFFERED} of ${countText(total)} are offered: search for the others.`
  }
  return search ? `${counted(total, 'credential')} ${total === 1 ? 'matches' : 'match'}.` : ''
}
