'use client'

import type { ComponentProps } from 'react'
import { ReadFailure as AnyReadFailure } from '../data/read-failure'

/** `ReadFailure` in the words of integrations. */
export function ReadFailure(props: Omit<ComponentProps<typeof AnyReadFailure>, 'unharmed'>) {
  return <AnyReadFailure unharmed="Calls go on as they are." {...props} />
}
