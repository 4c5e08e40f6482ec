/** Reads the members of a JSON object strictly: what is unknown or of another type is refused with a clear text. */
import { FaultError } from "./fault-error.ts";

/** The members of an object. Each is read once; `end` refuses those that were not read. */
export class Members {
  readonly #left: Map<string, unknown>;
  readonly #what: string;
  readonly #known = new Set<string>();

  /** @param what names the object in errors, such as `a fault rule`. Throws a `FaultError` if it is no object. */
  constructor(value: unknown, what: string) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new FaultError(`${capitalized(what)} must be a JSON object.`);
    }
    // A member that is null counts as absent: clients in many languages send null for what they leave out.
    this.#left = new Map(Object.entries(value).filter(([, member]) => member !== null));
    this.#what = what;
  }

  /** The value of a member; undefined if it is absent. */
  take(name: string): unknown {
    this.#known.add(name);
    const value = this.#left.get(name);
    this.#left.delete(name);
    return value;
  }

  /** A text of 1 to `longest` characters without control characters. */
  text(name: string, longest: number): string | undefined {
    const value = this.take(name);
    if (value === undefined) return undefined;
    if (typeof value !== "string" || value === "" || value.length > longest || controls.test(value)) {
      throw new FaultError(`${name} must be a text of 1 to ${longest} characters without control characters.`);
    }
    return value.toWellFormed();
  }

  /** A whole number from `least` to `most`. */
  integer(name: string, least: number, most: number): number | undefined {
    const value = this.take(name);
    if (value === undefined) return undefined;
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most) return value;
    throw new FaultError(`${name} must be a whole number from ${least} to ${most}.`);
  }

  /** One of the choices. */
  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const value = this.take(name);
    if (value === undefined) return undefined;
    const choice = choices.find((one) => one === value);
    if (choice === undefined) throw new FaultError(`${name} must be one of ${choices.join(", ")}.`);
    return choice;
  }

  /** A list, which must be there. */
  list(name: string): readonly unknown[] {
    const value = this.take(name);
    if (Array.isArray(value)) return value;
    throw new FaultError(`${capitalized(this.#what)} must have a list ${name}.`);
  }

  /** Refuses members that were not read. */
  end(): void {
    const [unknown] = this.#left.keys();
    if (unknown === undefined) return;
    throw new FaultError(
      `${capitalized(this.#what)} has no member ${shown(unknown)}. It may have ${[...this.#known].join(", ")}.`,
    );
  }
}

/** A value for error messages, cut if it is long. */
export function shown(value: unknown): string {
  const text = JSON.stringify(typeof value === "string" ? value.slice(0, 100).toWellFormed() : value) ?? "undefined";
  return text.length > 110 ? `${text.slice(0, 110)}…` : text;
}

const controls = /\p{Cc}/u;

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
