/** The operations that have a handler. Whoever writes one adds its name; a test compares this with the files here. */
import type { OperationName } from "../contract/types.ts";

/** The names of the operations that are written, in the order of the alphabet. */
export const writtenOperations: readonly OperationName[] = [];
