import { redirect } from 'next/navigation'
import { pathTo } from '../paths'

export default function Home(): never {
  redirect(pathTo.slices())
}
