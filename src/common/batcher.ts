/** Batches questions that are asked within a turn of the event loop or while an earlier batch runs. */

interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Creates a function that answers one question. `answer` gets up to `most` of them and returns their answers in the same
 * order; it runs once at a time. If it fails, so do the questions of its batch.
 */
export function createBatcher<Question, Answer>(
  most: number,
  answer: (questions: readonly Question[]) => Promise<readonly Answer[]>,
): (question: Question) => Promise<Answer> {
  const waiting: Waiting<Question, Answer>[] = [];
  let running = false;

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, most);
      try {
        const answers = await answer(batch.map(({ question }) => question));
        for (const [index, { resolve, reject }] of batch.entries()) {
          const own = answers[index];
          if (own === undefined) reject(new Error("A question of a batch has no answer"));
          else resolve(own);
        }
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    running = false;
  }

  return (question) =>
    new Promise((resolve, reject) => {
      waiting.push({ question, resolve, reject });
      if (running) return;
      running = true;
      setImmediate(run);
    });
}
