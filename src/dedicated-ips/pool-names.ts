/** The names of the pools that every account has. */

/** The pool of addresses that were not put into another one. Mail without a pool leaves from it. */
export const defaultPool = "ses-default-dedicated-pool";

/** Stands for the server's own address. Configuration sets can name it so that their mail uses no dedicated address. */
export const sharedPool = "ses-shared-pool";

/** Whether the name belongs to a pool that nobody creates or deletes. */
export function isBuiltInPool(name: string): boolean {
  return name === defaultPool || name === sharedPool;
}
