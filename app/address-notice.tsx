'use client'

import { useSyncExternalStore } from 'react'
import { Banner } from '@/components/ui/banner'

const subscribe = () => () => {}

/**
 * Where the public address is https, no other address can sign anybody in: browsers send the session's cookie over https
 * only. Whoever came by another address is told so before they type.
 */
export function AddressNotice({ url }: { url: string }) {
  const isElsewhere = useSyncExternalStore(
    subscribe,
    () => url.startsWith('https:') && window.location.origin !== url,
    () => false,
  )
  if (!isElsewhere) return null
  return (
    <Banner tone="warning" title="You can’t sign in at this address">
      Open{' '}
      <a href={`${url}/sign-in`} className="break-all text-foreground underline underline-offset-4">
        {url}
      </a>{' '}
      instead.
    </Banner>
  )
}
