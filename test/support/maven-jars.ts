/** Java libraries of this machine: those in the user's Maven repository. Nothing is downloaded. */
import { globSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";

const repository = join(homedir(), ".m2/repository");

/** What examples with JUnit and Jackson need; undefined if it isn't there. */
export function junitAndJackson(): readonly string[] | undefined {
  for (const jupiter of versionsOf("org/junit/jupiter/junit-jupiter-api", /^5\./)) {
    const found = [
      jarOf("org/junit/jupiter/junit-jupiter-api", jupiter),
      // Its releases are numbered alike.
      jarOf("org/junit/platform/junit-platform-commons", jupiter.replace(/^5/, "1")),
      jarOf("org/opentest4j/opentest4j"),
      jarOf("org/apiguardian/apiguardian-api"),
      ...jackson(),
    ].flatMap((jar) => jar ?? []);
    if (found.length === 7) return found;
  }
  return undefined;
}

function jackson(): readonly (string | undefined)[] {
  const group = "com/fasterxml/jackson/core";
  for (const version of versionsOf(`${group}/jackson-databind`)) {
    const core = jarOf(`${group}/jackson-core`, version);
    if (core) return [jarOf(`${group}/jackson-databind`, version), core, jarOf(`${group}/jackson-annotations`)];
  }
  return [];
}

/** The newest jar of an artifact, or that of a version; undefined without one. */
function jarOf(artifact: string, version = versionsOf(artifact)[0]): string | undefined {
  return version === undefined ? undefined : globSync(join(repository, artifact, version, `*-${version}.jar`))[0];
}

/** The versions whose jars are there, the newest first. */
function versionsOf(artifact: string, pattern = /./): readonly string[] {
  const versions = globSync(join(repository, artifact, "*", "*.jar")).map((jar) => basename(dirname(jar)));
  return [...new Set(versions)]
    .filter((version) => pattern.test(version))
    .sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
}
