'use server'

import { redirect } from 'next/navigation'
import { signOut } from '@/auth'

/** Ends this browser's session for good and leads to the sign-in page. */
export async function signOutHere(): Promise<void> {
  await signOut({ redirect: false })
  redirect('/sign-in')
}
