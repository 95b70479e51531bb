// How are a thousand questions asked of the database without a thousand round trips? What is asked while the ones before are
// answered goes together in the next; who asks alone waits for nobody.

interface Waiting<Q, A> {
  question: Q
  answer: (value: A) => void
  refuse: (error: unknown) => void
}

export class Gathering<Q, A> {
  private waiting: Waiting<Q, A>[] = []
  private isRunning = false

  /** `answer` gives as many answers as it is given questions, in their order, at most `most` of them. */
  constructor(
    private readonly most: number,
    private readonly answer: (questions: readonly Q[]) => Promise<readonly A[]>,
  ) {}

  ask(question: Q): Promise<A> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ question, answer: resolve, refuse: reject })
      if (this.isRunning) return
      this.isRunning = true
      // What is asked in this same turn goes along.
      setImmediate(() => void this.run())
    })
  }

  private async run() {
    while (this.waiting.length > 0) await this.together(this.waiting.splice(0, this.most))
    this.isRunning = false
  }

  private async together(some: readonly Waiting<Q, A>[]): Promise<void> {
    try {
      const answers = await this.answer(some.map((w) => w.question))
      if (answers.length !== some.length) throw new Error(`${answers.length} answers to ${some.length} questions`)
      for (const [i, w] of some.entries()) w.answer(answers[i] as A) // there are as many
    } catch (error) {
      if (some.length === 1) return some[0]?.refuse(error)
      // One that cannot be answered stops none of the others.
      for (const w of some) await this.together([w])
    }
  }
}
