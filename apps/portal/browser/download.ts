'use client'

/** Hands a text to the person as a file. */
export const download = (name: string, text: string, type: string) => downloadBlob(name, new Blob([text], { type }))

export function downloadBlob(name: string, blob: Blob) {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
