/** Loaded by `node --import` into a process under test: on SIGUSR2 its main thread stands still for ever. */
process.on("SIGUSR2", () => {
  for (;;);
});
