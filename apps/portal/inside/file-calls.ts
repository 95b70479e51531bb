'use client'
// Files of a virtual host, as the page asks for them.
import type { Listing } from '@myvini/core/inside/listing'
import type { ToldProblem } from '../told-problem'

export interface FilePlace {
  sliceId: string
  hostId: string
  path: string
}

const addressOf = (what: 'file' | 'files', { sliceId, hostId, path }: FilePlace, more = ''): string =>
  `/api/slices/${sliceId}/hosts/${hostId}/${what}?${new URLSearchParams({ path })}${more}`

export const downloadAddress = (place: FilePlace): string => addressOf('file', place)

type Answer<T> = { ok: true; value: T } | { ok: false; problem: ToldProblem }

const lost: ToldProblem = { code: 'file.lost', message: 'The connection to the portal was lost.', hint: 'Try again.' }

export async function fetchListing(place: FilePlace, signal: AbortSignal): Promise<Answer<Listing>> {
  const answer = (await fetch(addressOf('files', place), { signal })
    .then((response) => response.json())
    .catch(() => null)) as Listing | { problem: ToldProblem } | null // our own route's
  if (answer === null) return { ok: false, problem: lost }
  return 'problem' in answer ? { ok: false, problem: answer.problem } : { ok: true, value: answer }
}

export interface Sending {
  done: Promise<ToldProblem | null>
  cancel(): void
}

/** XMLHttpRequest tells how much has gone; fetch does not. */
export function sendFile(place: FilePlace, file: File, overwrites: boolean, onSent: (bytes: number) => void): Sending {
  const request = new XMLHttpRequest()
  const done = new Promise<ToldProblem | null>((resolve) => {
    request.open('PUT', addressOf('file', place, overwrites ? '&overwrite=1' : ''))
    request.responseType = 'json'
    request.upload.onprogress = (event) => onSent(event.loaded)
    request.onload = () => {
      const answer = request.response as { problem?: ToldProblem } | null // our own route's answer
      resolve(answer === null ? lost : (answer.problem ?? null))
    }
    request.onerror = () => resolve(lost)
    request.onabort = () => resolve({ code: 'file.cancelled', message: 'Cancelled.', hint: 'Nothing of it was kept.' })
    request.send(file)
  })
  return { done, cancel: () => request.abort() }
}
