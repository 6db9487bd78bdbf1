const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Bytes of a base64 string; in own lines because neither `atob` nor `Buffer` exists on every engine. */
export const decodeBase64 = (text: string): Uint8Array<ArrayBuffer> => {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const out = new Uint8Array((text.length / 4) * 3 - padding)
  for (let i = 0, at = 0; i < text.length; i += 4) {
    let bits = 0
    for (let c = 0; c < 4; c++) bits = bits * 64 + Math.max(0, ALPHABET.indexOf(text.charAt(i + c)))
    for (let shift = 16; shift >= 0; shift -= 8, at++) if (at < out.length) out[at] = (bits >> shift) & 255
  }
  return out
}
