'use client'

import Link from 'next/link'
import { type ComponentProps, useState } from 'react'

/**
 * A link that is fetched ahead once the pointer or the focus comes to it. Next does so for each link that is in view: a page of
 * settings would ask for a dozen others, twice, each time it is opened.
 */
export function LikelyLink(props: Omit<ComponentProps<typeof Link>, 'prefetch' | 'onPointerEnter' | 'onFocus'>) {
  const [isLikely, setLikely] = useState(false)
  const foresee = () => setLikely(true)
  return <Link {...props} prefetch={isLikely ? null : false} onPointerEnter={foresee} onFocus={foresee} />
}
