/** Query parameters, read strictly: what is not known, is given twice or can't be read is refused with a sentence. */

/** A query as it stands in a URL. Its `message` is what the client is told, with status 400. */
export class QueryError extends Error {
  override name = "QueryError";
}

/** The most characters of a value, and the most values of a parameter that may be repeated. */
const longestValue = 1_000;
const mostValues = 50;

/** The parameters of a request, each read once; `end` refuses those that nobody asked for. */
export class QueryParameters {
  readonly #given: Map<string, string[]>;

  /** @param target the request's target, as it came. Throws a `QueryError` where a value is too long. */
  constructor(target: string) {
    const mark = target.indexOf("?");
    const pairs = [...new URLSearchParams(mark < 0 ? "" : target.slice(mark + 1))];
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

  /** A parameter that may stand there once; undefined where it does not, or is empty. Throws a `QueryError` for more. */
  text(name: string): string | undefined {
    const values = this.#take(name);
    if (values.length > 1) throw new QueryError(`The parameter ${name} may be given once.`);
    return values[0] === "" ? undefined : values[0];
  }

  /** A parameter that may be repeated, without its empty values. Throws a `QueryError` for too many. */
  texts(name: string): string[] {
    const values = this.#take(name).filter((value) => value !== "");
    if (values.length > mostValues) {
      throw new QueryError(`The parameter ${name} may be given ${mostValues} times at the most.`);
    }
    return values;
  }

  /** One of the choices; undefined where none is given. Throws a `QueryError` for another. */
  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const given = this.text(name);
    return given === undefined ? undefined : chosen(name, given, choices);
  }

  /** Any of the choices. Throws a `QueryError` for another. */
  choices<Choice extends string>(name: string, choices: readonly Choice[]): Choice[] {
    return this.texts(name).map((given) => chosen(name, given, choices));
  }

  /** A whole number from `least` to `most`; undefined where none is given. Throws a `QueryError` for anything else. */
  integer(name: string, least: number, most: number): number | undefined {
    const given = this.text(name);
    if (given === undefined) return undefined;
    const value = /^\d{1,15}$/.test(given) ? Number(given) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new QueryError(`The parameter ${name} must be a whole number from ${least} to ${most}.`);
  }

  /** An instant in ISO 8601 with its offset; undefined where none is given. Throws a `QueryError` for anything else. */
  instant(name: string): Date | undefined {
    const given = this.text(name);
    if (given === undefined) return undefined;
    const value = instantPattern.test(given) ? new Date(given) : undefined;
    if (value && value >= firstInstant && value <= lastInstant) return value;
    throw new QueryError(`The parameter ${name} must be an instant from 1970 to 2199, such as 2026-11-24T00:00:00Z.`);
  }

  /** Throws a `QueryError` where a parameter was given that was not read. */
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

const instantPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;
const firstInstant = new Date(0);
/** The folded state has 2200 for never. */
const lastInstant = new Date(Date.UTC(2200, 0, 1) - 1);

function chosen<Choice extends string>(name: string, given: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((one) => one === given);
  if (choice === undefined) throw new QueryError(`The parameter ${name} may be ${choices.join(", ")}.`);
  return choice;
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 100).toWellFormed());
}
