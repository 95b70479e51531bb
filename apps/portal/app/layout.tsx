import type { Metadata, Viewport } from 'next'
import { headers } from 'next/headers'
import { ThemeProvider } from 'next-themes'
import type { ReactNode } from 'react'
import { ApiProvider } from '../browser/trpc'
import { Toaster } from '../components/toast'
import { TooltipProvider } from '../components/tooltip'
import './globals.css'

export const metadata: Metadata = {
  title: { default: 'MyVINI', template: '%s · MyVINI' },
  description: 'Draw a network, book it, run it.',
}

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#fafafa' },
    { media: '(prefers-color-scheme: dark)', color: '#141518' },
  ],
}

export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get('x-nonce') ?? ''
  return (
    // next-themes sets the class before the first paint, which the server cannot know.
    <html lang="en" suppressHydrationWarning>
      <body>
        <ThemeProvider attribute="class" defaultTheme="system" enableSystem disableTransitionOnChange nonce={nonce}>
          <ApiProvider>
            <TooltipProvider delayDuration={400} skipDelayDuration={200}>
              {children}
              <Toaster />
            </TooltipProvider>
          </ApiProvider>
        </ThemeProvider>
      </body>
    </html>
  )
}
