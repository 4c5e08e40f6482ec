/**
 * What axe finds in a page. @axe-core/playwright puts axe into the page anew for each run and brings the results together
 * in another page, which takes several times what the checks take; here a page gets axe once.
 */
import axe from "axe-core";
import type { Frame, Page } from "playwright-core";

/** Whose faults fail a test. */
const grave = new Set(["serious", "critical"]);

/** Passes are of no use. */
const options = JSON.stringify({ resultTypes: ["violations"] } satisfies axe.RunOptions);

/** Where no script may run axe can't either; what stands there is a stranger's mail besides. */
const whole = { exclude: [['iframe[sandbox=""]']] } satisfies axe.ElementContext;

/** What axe finds that is serious or critical, in the page and its frames, a line each: rule, element, what to do. */
export async function seriousFaults(page: Page): Promise<string[]> {
  const main = page.mainFrame();
  const framed = JSON.stringify(await resultsOfFramesIn(main, whole));
  // What axe tells of the page itself is large, and stays there.
  const violations = await main.evaluate<axe.Result[]>(`axe.runPartial(${JSON.stringify(whole)}, ${options})
    .then((own) => axe.finishRun([own, ...${framed}], ${options}))
    .then(({ violations }) => violations)`);
  return violations
    .filter(({ impact }) => impact && grave.has(impact))
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}: ${failureSummary}`));
}

/** Those of the frames in a frame, each before those in it, as `axe.finishRun` wants them. */
async function resultsOfFramesIn(frame: Frame, context: axe.ElementContext): Promise<axe.PartialResult[]> {
  if (!(await frame.evaluate<boolean>("'axe' in globalThis"))) await frame.evaluate(axe.source);
  const found = `axe.utils.getFrameContexts(${JSON.stringify(context)})`;
  const results: axe.PartialResult[] = [];
  for (const { frameSelector, frameContext } of await frame.evaluate<axe.FrameContext[]>(found)) {
    const element = await frame.evaluateHandle(`axe.utils.shadowSelect(${JSON.stringify(frameSelector)})`);
    const inner = await element.asElement()?.contentFrame();
    if (!inner) throw new Error(`there is no frame ${JSON.stringify(frameSelector)}`);
    const deeper = await resultsOfFramesIn(inner, frameContext);
    const own = await inner.evaluate<axe.PartialResult>(`axe.runPartial(${JSON.stringify(frameContext)}, ${options})`);
    results.push(own, ...deeper);
  }
  return results;
}
