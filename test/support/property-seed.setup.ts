/**
 * Vitest's setup of each test file. With CI=true properties get the same inputs in every run, so that a commit passes or
 * fails for what it changes. Elsewhere the inputs are random: that is how new counterexamples are found.
 */
import fc from "fast-check";

if (process.env.CI === "true") fc.configureGlobal({ seed: 20_261_130 });
