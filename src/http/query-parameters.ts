/** Strict parsing of query parameters: unknown, repeated and invalid parameters are rejected with a message. */

import { parseInstant } from "../common/instant.ts";

/** A query is invalid. The client gets the `message`, with status 400. */
export class QueryError extends Error {
  override name = "QueryError";
}

/** Maximum characters of a value, and maximum values of a repeatable parameter. */
const longestValue = 1_000;
const mostValues = 50;

/** Parameters of any call of the admin API, which choose its scope: `http/request-scope.ts` reads them. */
const scopeParameters: readonly string[] = ["account", "region"];

/** The parameters of a request target, for paths that are lenient as the tools they come from. */
export function searchParameters(target = ""): URLSearchParams {
  const mark = target.indexOf("?");
  return new URLSearchParams(mark < 0 ? "" : target.slice(mark + 1));
}

/** The parameters of a request, besides `scopeParameters`. Each is read once; `end` rejects those that were not read. */
export class QueryParameters {
  readonly #given: Map<string, string[]>;

  /** @param target the request target. Throws a `QueryError` if a value is too long. */
  constructor(target: string) {
    const pairs = [...searchParameters(target)].filter(([name]) => !scopeParameters.includes(name));
    this.#given = new Map(
      Map.groupBy(pairs, ([name]) => name)
        .entries()
        .map(([name, all]) => [name, all.map(([, value]) => value)]),
    );
    for (const [name, values] of this.#given) {
      if (values.some((value) => value.length > longestValue)) {
        throw new QueryError(`The parameter ${shown(name)} may have ${longestValue} characters at the most.`);
      }
    }
  }

  /** A parameter that may occur once; undefined if absent or empty. Throws a `QueryError` if repeated. */
  text(name: string): string | undefined {
    const values = this.#take(name);
    if (values.length > 1) throw new QueryError(`The parameter ${name} may be given once.`);
    return values[0] === "" ? undefined : values[0];
  }

  /** As `text`, for a comparison with texts of PostgreSQL, which have no U+0000. */
  storedText(name: string): string | undefined {
    const value = this.text(name);
    if (value?.includes("\0")) throw new QueryError(`The parameter ${name} must not contain the character U+0000.`);
    return value;
  }

  /** A repeatable parameter, without empty values. Throws a `QueryError` for too many. */
  texts(name: string): string[] {
    const values = this.#take(name).filter((value) => value !== "");
    if (values.length > mostValues) {
      throw new QueryError(`The parameter ${name} may be given ${mostValues} times at the most.`);
    }
    return values;
  }

  /** One of the choices; undefined if absent. Throws a `QueryError` for any other value. */
  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const given = this.text(name);
    return given === undefined ? undefined : chosen(name, given, choices);
  }

  /** Any number of the choices. Throws a `QueryError` for any other value. */
  choices<Choice extends string>(name: string, choices: readonly Choice[]): Choice[] {
    return this.texts(name).map((given) => chosen(name, given, choices));
  }

  /** An integer from `least` to `most`; undefined if absent. Throws a `QueryError` for any other value. */
  integer(name: string, least: number, most: number): number | undefined {
    const given = this.text(name);
    if (given === undefined) return undefined;
    const value = /^\d{1,15}$/.test(given) ? Number(given) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new QueryError(`The parameter ${name} must be a whole number from ${least} to ${most}.`);
  }

  /** An instant in ISO 8601 with an offset; undefined if absent. Throws a `QueryError` for any other value. */
  instant(name: string): Date | undefined {
    const given = this.text(name);
    if (given === undefined) return undefined;
    const value = parseInstant(given);
    if (value) return value;
    throw new QueryError(`The parameter ${name} must be an instant from 1970 to 2199, such as 2026-11-24T00:00:00Z.`);
  }

  /** Throws a `QueryError` if a parameter was not read. */
  end(): void {
    const [unknown] = this.#given.keys();
    if (unknown !== undefined) throw new QueryError(`There is no parameter ${shown(unknown)} here.`);
  }

  #take(name: string): string[] {
    const values = this.#given.get(name) ?? [];
    this.#given.delete(name);
    return values;
  }
}

function chosen<Choice extends string>(name: string, given: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((one) => one === given);
  if (choice === undefined) throw new QueryError(`The parameter ${name} may be ${choices.join(", ")}.`);
  return choice;
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 100).toWellFormed());
}
