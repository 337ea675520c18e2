/** The parameters of a page's address; of one that is given twice, the first counts. */
export function firstParams(searchParams: Record<string, string | string[] | undefined>): URLSearchParams {
  const first = Object.entries(searchParams).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value])
  return new URLSearchParams(first.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}
