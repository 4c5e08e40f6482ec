/** What a setting is (a name in the environment, a meaning, a default, how it is read), and how a table of them is read. */

/** A setting that can't be used. Its message is one line that names it and says what to do. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

/** What settings are read from. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One setting. */
export interface Setting<Value> {
  /** The environment variable. */
  readonly name: string;
  /** What it means, with its unit. */
  readonly meaning: string;
  /** As it would stand in the environment; undefined where the setting is off unless given. */
  readonly default: string | undefined;
  /** Reads it from an environment; throws a `ConfigError`. */
  readonly from: (environment: Environment) => Value;
}

/** A setting with a default. `read` throws a plain sentence about a value that can't be used. */
export function setting<Value>(
  name: string,
  meaning: string,
  standard: string,
  read: (text: string) => Value,
): Setting<Value> {
  return {
    name,
    meaning,
    default: standard,
    from: (environment) => readValue(name, environment[name] || standard, read),
  };
}

/** A setting that is off unless given. */
export function optional<Value>(
  name: string,
  meaning: string,
  read: (text: string) => Value,
): Setting<Value | undefined> {
  const from = (environment: Environment) => {
    const given = environment[name];
    return given ? readValue(name, given, read) : undefined;
  };
  return { name, meaning, default: undefined, from };
}

/** The values of a table of settings, each by its key. */
export type SettingValues<Table> = {
  readonly [Key in keyof Table]: Table[Key] extends Setting<infer Value> ? Value : never;
};

/**
 * Reads every setting of a table from an environment.
 * @throws ConfigError for the first value that can't be used.
 */
export function readSettings<Values extends object>(
  table: { readonly [Key in keyof Values]: Setting<Values[Key]> },
  environment: Environment,
): Values {
  const values: Partial<Values> = {};
  for (const key in table) values[key] = table[key].from(environment);
  // The loop has set every key of the table; TypeScript can't follow that.
  return values as Values;
}

function readValue<Value>(name: string, given: string, read: (text: string) => Value): Value {
  try {
    return read(given);
  } catch (error) {
    throw new ConfigError(`${name}: ${error instanceof Error ? error.message : error}, not ${JSON.stringify(given)}`);
  }
}
