/**
 * The exit code of a process that ends itself because it can't continue: EX_SOFTWARE of sysexits.h. Commands use 1 and 2
 * for their own results.
 */
export const failureExitCode = 70;
