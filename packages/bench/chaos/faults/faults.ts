// What can go wrong? Each fault by name.
import { clocks } from './clocks'
import { cuts } from './cuts'
import { disks } from './disks'
import type { Fault } from './fault'
import { guests } from './guests'
import { kills } from './kills'
import { specs } from './specs'

export const FAULTS: Readonly<Record<string, Fault>> = { ...kills, ...cuts, ...disks, ...clocks, ...guests, ...specs }
