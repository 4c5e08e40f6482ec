/** Options of a simulation, shared by the command and the admin API. */

/** The number of messages, the number of days until now, and the random seed. */
export interface SimulationOptions {
  messages: number;
  days: number;
  seed: number;
}

/** A simulation that is invalid or was aborted. Users see the message. */
export class SimulationError extends Error {
  override name = "SimulationError";
}

/** The defaults. */
export const standardOptions: SimulationOptions = { messages: 10_000, days: 30, seed: 1 };

const mostMessages = 100_000_000;
const mostDays = 3_650;

const rules: Readonly<Record<keyof SimulationOptions, { allows: (value: number) => boolean; text: string }>> = {
  messages: {
    allows: (value) => Number.isSafeInteger(value) && value >= 1 && value <= mostMessages,
    text: `a whole number from 1 to ${mostMessages}`,
  },
  days: { allows: (value) => value > 0 && value <= mostDays, text: `a number above 0, up to ${mostDays}` },
  seed: { allows: (value) => Number.isSafeInteger(value) && value >= 0, text: "a whole number from 0" },
};

/** Validates parsed user input; throws a `SimulationError` that names the problem. */
export function readOptions(given: unknown): SimulationOptions {
  if (typeof given !== "object" || given === null || Array.isArray(given) || ArrayBuffer.isView(given)) {
    throw new SimulationError("a simulation takes a JSON object with messages, days and seed");
  }
  const options = { ...standardOptions };
  for (const [name, value] of Object.entries(given)) {
    if (!isOption(name)) throw new SimulationError(`there is no ${name}: a simulation takes messages, days and seed`);
    if (typeof value !== "number" || !rules[name].allows(value)) {
      throw new SimulationError(`${name} must be ${rules[name].text}`);
    }
    options[name] = value;
  }
  return options;
}

function isOption(name: string): name is keyof SimulationOptions {
  return Object.hasOwn(rules, name);
}
