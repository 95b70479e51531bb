import { Compass } from 'lucide-react'
import type { Metadata } from 'next'
import { ButtonLink } from '../components/button'
import { Empty } from '../components/page-states'
import { pathTo } from '../paths'

export const metadata: Metadata = { title: 'Not found' }

export default function NotFound() {
  return (
    <div className="flex min-h-dvh items-center">
      <Empty
        icon={<Compass />}
        title="There is nothing at this address"
        actions={<ButtonLink href={pathTo.slices()}>To your slices</ButtonLink>}
      >
        It may have been deleted, or it is not yours to see. If somebody sent you the link, ask them to add you to the
        project.
      </Empty>
    </div>
  )
}
