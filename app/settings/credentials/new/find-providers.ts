/** What the first step shows of a provider. */
export interface PickedProvider {
  id: string
  name: string
  monogram: string
  /** The types of its templates, in words. */
  kinds: string
}

/** The providers that have, for each word of `query`, a word of their name that starts with it, in any letter case. */
export function findProviders<Provider extends { id: string; name: string }>(
  providers: readonly Provider[],
  query: string,
): Provider[] {
  const wanted = plain(query).split(/\s+/).filter(Boolean)
  return providers.filter(({ id, name }) => {
    const own = `${plain(name)} ${plain(name).replaceAll(' ', '')} ${id.replaceAll('-', ' ')}`.split(/[\s()/]+/)
    return wanted.every((word) => own.some((part) => part.startsWith(word)))
  })
}

/** In lower case and without accents. */
function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}
