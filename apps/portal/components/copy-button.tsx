'use client'
import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { Button, IconButton } from './button'

const SHOWN_MS = 1500

/** A function where the text is long: it is made only when it is wanted. */
type Text = string | (() => string)

function useCopied(text: Text) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(typeof text === 'string' ? text : text())
    setCopied(true)
    setTimeout(() => setCopied(false), SHOWN_MS)
  }
  return { copied, copy }
}

export function CopyButton({ text, what }: { text: Text; what: string }) {
  const { copied, copy } = useCopied(text)
  return (
    <IconButton label={copied ? 'Copied' : `Copy ${what}`} onClick={() => void copy()}>
      {copied ? <Check className="text-running" /> : <Copy />}
    </IconButton>
  )
}

export function CopyTextButton({ text, children }: { text: string; children: string }) {
  const { copied, copy } = useCopied(text)
  return (
    <Button icon={copied ? <Check className="text-running" /> : <Copy />} onClick={() => void copy()}>
      {copied ? 'Copied' : children}
    </Button>
  )
}
