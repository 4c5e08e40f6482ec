/** Defines a setting (environment variable, meaning, default, parser) and reads tables of settings. */

/** An unusable setting. The message is one line that names the setting and says what to do. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Setting<Value> {
  /** The environment variable. */
  readonly name: string;
  /** What the setting means, with its unit. */
  readonly meaning: string;
  /** As written in the environment; undefined if the setting is off by default. */
  readonly default: string | undefined;
  /** Reads the value from an environment; throws a `ConfigError`. */
  readonly from: (environment: Environment) => Value;
}

/** A setting with a default. `read` throws an error with a plain sentence about an unusable value. */
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

/** A setting that is off by default. */
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

/** The values of a table of settings, by key. */
export type SettingValues<Table> = {
  readonly [Key in keyof Table]: Table[Key] extends Setting<infer Value> ? Value : never;
};

/**
 * Reads all settings of a table from an environment.
 * @throws ConfigError for the first unusable value.
 */
export function readSettings<Values extends object>(
  table: { readonly [Key in keyof Values]: Setting<Values[Key]> },
  environment: Environment,
): Values {
  const values: Partial<Values> = {};
  for (const key in table) values[key] = table[key].from(environment);
  // The loop has set every key of the table, which TypeScript can't infer.
  return values as Values;
}

function readValue<Value>(name: string, given: string, read: (text: string) => Value): Value {
  try {
    return read(given);
  } catch (error) {
    throw new ConfigError(`${name}: ${error instanceof Error ? error.message : error}, not ${JSON.stringify(given)}`);
  }
}
