/**
 * When V8 compiles PGlite's WebAssembly for speed. It compiles quickly at first, and once more what is used often. With V8's
 * default, a start alone is often enough for hundreds of functions, and takes a quarter longer for it.
 */

/** For a server that may live for minutes only: once code has been used for seconds. */
export const lateTiering = "--wasm-tiering-budget=2000000000";

/** For other servers: once code has been used several times as much as a start uses it. */
export const tieringAfterStart = "--wasm-tiering-budget=100000000";
