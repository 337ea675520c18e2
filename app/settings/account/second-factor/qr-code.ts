import { encode } from 'uqr'

/** A QR code as a path of squares, to be drawn in a box of `size` by `size`. */
export interface QrCode {
  size: number
  path: string
}

/** Draws a text as a QR code, with the quiet zone of four modules that readers need (ISO/IEC 18004). */
export function qrCode(text: string): QrCode {
  const { size, data } = encode(text, { ecc: 'M', border: 4 })
  // One stroke for each run of dark modules in a row.
  const runs = data.flatMap((row, y) =>
    row.flatMap((dark, x) => {
      if (!dark || row[x - 1]) return []
      const end = row.indexOf(false, x)
      return [`M${x} ${y}h${(end === -1 ? size : end) - x}v1H${x}z`]
    }),
  )
  return { size, path: runs.join('') }
}
