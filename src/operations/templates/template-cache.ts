/** Caches parsed templates, to avoid a query and a parse for each message. */

import { createExpiringCache } from "../../common/expiring-cache.ts";
import { TemplateError } from "../../mail/template/template-error.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { selectTemplate } from "../../stores/postgres/templates.ts";
import { type ReadTemplate, readTemplate } from "./template-content.ts";

/** How long a template is cached, in milliseconds: the maximum lag behind other processes. */
const LIFETIME = 1000;

/** Small, because a parsed template may take some megabytes. */
const CAPACITY = 50;

/** Stored templates, at most a second old, including every change by this process. */
export interface TemplateCache {
  /** The template with this name; undefined if there is none, an error if it can no longer be parsed. */
  get(name: string): Promise<ReadTemplate | TemplateError | undefined>;
  /** Clears the cache. Call it after each change, even if the outcome of the change is unknown. */
  invalidate(): void;
}

/** What operations that change templates depend on. */
export interface TemplateServices {
  database: ScopedQueryable;
  templates: TemplateCache;
}

/** Creates the cache of a scope in a process; all its operations must share it. */
export function createTemplateCache({
  database,
  clock,
}: {
  database: ScopedQueryable;
  clock: () => Date;
}): TemplateCache {
  const cache = createExpiringCache({ lifetime: LIFETIME, capacity: CAPACITY, clock, load });
  return { get: cache.get, invalidate: cache.clear };

  async function load(name: string): Promise<ReadTemplate | TemplateError | undefined> {
    const template = await selectTemplate(database, name);
    try {
      return template && readTemplate(template);
    } catch (error) {
      // Templates are parsed before they are stored, but an older version may have had other limits.
      if (error instanceof TemplateError) return error;
      throw error;
    }
  }
}

/** Runs a change and then invalidates the cache, even if the outcome of the change is unknown. */
export async function changeTemplates<Result>(
  templates: TemplateCache,
  change: () => Promise<Result>,
): Promise<Result> {
  try {
    return await change();
  } finally {
    templates.invalidate();
  }
}
