import { redirect } from 'next/navigation'

/** There is one place to go: the settings. Who is not signed in is asked to there. */
export default function HomePage() {
  redirect('/settings/api-keys')
}
