import { redirect } from 'next/navigation'
import { requireSession } from '../session'
import { homeOf } from './places'

/** The settings have no page of their own: whoever comes here begins with the first that they may see. */
export default async function SettingsPage() {
  redirect(homeOf(await requireSession()))
}
