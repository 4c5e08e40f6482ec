/** The default scope, as tests name it. */
import { defaultScope } from "../../src/stores/postgres/database.ts";
import type { Scope } from "../../src/stores/postgres/scopes.ts";

/** The default account in the default region. */
export const standardScope: Scope = { id: defaultScope, accountId: "000000000000", region: "us-east-1" };

/** All calls are for it. */
export const adminScope = async () => standardScope;
