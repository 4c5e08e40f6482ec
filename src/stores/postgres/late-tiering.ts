/**
 * V8 compiles PGlite's WebAssembly quickly at first, and once more for speed what is used often. With V8's default, a start
 * alone is often enough, and takes a quarter longer for it. With this option, code must be used for seconds.
 */
export const lateTiering = "--wasm-tiering-budget=2000000000";
