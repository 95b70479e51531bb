import type { ReactNode } from 'react'
import { Logo } from '../../components/logo'

export default function EntryLayout({ children }: { children: ReactNode }) {
  return (
    <main className="flex min-h-dvh flex-col items-center bg-panel px-4 pt-[14vh] pb-8">
      <div className="w-full max-w-90">
        <div className="mb-6 flex items-center gap-2">
          <Logo className="size-7" />
          <span className="font-semibold text-lg tracking-tight">MyVINI</span>
        </div>
        {children}
      </div>
    </main>
  )
}
