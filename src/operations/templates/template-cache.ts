/** The templates that mail is sent with, without a query and a reading for each message. */

import { createExpiringCache } from "../../common/expiring-cache.ts";
import { TemplateError } from "../../mail/template/template-error.ts";
import type { Queryable } from "../../stores/postgres/database.ts";
import { selectTemplate } from "../../stores/postgres/templates.ts";
import { type ReadTemplate, readTemplate } from "./template-content.ts";

/** For how long a template is used before it is read again, in milliseconds: the lag behind other processes. */
const LIFETIME = 1000;

/** A template may take some megabytes once it is read. */
const CAPACITY = 50;

/** Stored templates as they were at most a second ago, and with every change that this process made. */
export interface TemplateCache {
  /** The template of that name; undefined where there is none, an error where it can no longer be read. */
  get(name: string): Promise<ReadTemplate | TemplateError | undefined>;
  /** Forgets what was read. To be called after each change, also one whose outcome isn't known. */
  invalidate(): void;
}

/** What an operation that changes templates works with. */
export interface TemplateServices {
  database: Queryable;
  templates: TemplateCache;
}

/** Makes the cache of one process; its operations must share it. */
export function createTemplateCache({ database, clock }: { database: Queryable; clock: () => Date }): TemplateCache {
  const cache = createExpiringCache({ lifetime: LIFETIME, capacity: CAPACITY, clock, load });
  return { get: cache.get, invalidate: cache.clear };

  async function load(name: string): Promise<ReadTemplate | TemplateError | undefined> {
    const template = await selectTemplate(database, name);
    try {
      return template && readTemplate(template);
    } catch (error) {
      // Templates are read before they are stored, but an older version may have had other bounds.
      if (error instanceof TemplateError) return error;
      throw error;
    }
  }
}

/** Runs a change and makes it hold in this process, whether or not it is known to have happened. */
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
