/** Writes JSON with a long array in parts, so that it need not fit into memory as a whole. */

/** @param before the text before the elements, such as `{"all":[`, and `after` the text after them */
export async function* jsonArray(
  before: string,
  elements: AsyncIterable<object>,
  after: string,
): AsyncGenerator<string> {
  let separator = before;
  for await (const element of elements) {
    yield separator + JSON.stringify(element);
    separator = ",";
  }
  yield separator === before ? before + after : after;
}
