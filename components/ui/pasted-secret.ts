/** A secret as it was pasted, put right, and what was done to it in words; null: nothing. */
export interface PastedSecret {
  text: string
  notice: string | null
}

/**
 * Takes the white space from around a pasted secret, which comes along when it is copied and which no service means, and
 * line breaks from inside it, which a one-line control would drop without a word.
 */
export function cleanPastedSecret(pasted: string): PastedSecret {
  const text = pasted.trim()
  const around = countedSpace(pasted.length === text.length ? '' : spaceAround(pasted, text))
  const breaks = text.match(/\r\n|[\r\n\u2028\u2029]/g)?.length ?? 0
  const notices = [
    around && `${around.words} around the secret ${around.isOne ? 'was' : 'were'} removed.`,
    breaks > 0 &&
      `${breaks === 1 ? '1 line break' : `${breaks} line breaks`} inside the secret ${breaks === 1 ? 'was' : 'were'} removed: look whether more was copied than it.`,
  ].filter(Boolean)
  return { text: text.replace(/[\r\n\u2028\u2029]+/g, ''), notice: notices.join(' ') || null }
}

function spaceAround(whole: string, inner: string): string {
  const start = whole.indexOf(inner)
  return inner === '' ? whole : whole.slice(0, start) + whole.slice(start + inner.length)
}

function countedSpace(space: string): { words: string; isOne: boolean } | null {
  if (space === '') return null
  const breaks = space.match(/\r\n|[\r\n\u2028\u2029]/g)?.length ?? 0
  const spaces = space.replace(/[\r\n\u2028\u2029]/g, '').length
  const words = [
    spaces > 0 && (spaces === 1 ? '1 space' : `${spaces} spaces`),
    breaks > 0 && (breaks === 1 ? '1 line break' : `${breaks} line breaks`),
  ].filter(Boolean)
  return { words: words.join(' and '), isOne: spaces + breaks === 1 }
}
