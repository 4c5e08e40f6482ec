/** Fills a running server with simulated traffic, over HTTP. */

/** Resolves once it can all be read; to the instants that all of it was sent between. */
export async function fill(url: string, options: { messages: number; days: number; seed: number }) {
  const answer = await fetch(`${url}/admin/simulations`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(options),
  });
  const text = await answer.text();
  const [last = ""] = text.trimEnd().split("\n").slice(-1);
  if (!answer.ok || !JSON.parse(last).done) throw new Error(`the simulation answered ${answer.status}: ${text}`);
  const end = new Date();
  return { start: new Date(end.getTime() - (options.days + 1) * 24 * 3600 * 1000), end };
}
