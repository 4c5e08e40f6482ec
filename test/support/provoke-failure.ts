/**
 * Loaded by `node --import` into a process under test: once it handles uncaught errors, it has one, of the kind that
 * PROVOKE names; with PROVOKE_ON set, not before that signal.
 */
const { PROVOKE, PROVOKE_ON } = process.env;

function provoke(): void {
  // After the listener is there, and before anything else.
  queueMicrotask(() => {
    const error = new Error("provoked\nwith a second line");
    if (PROVOKE === "uncaughtException") throw error;
    void Promise.reject(PROVOKE === "no error" ? "only a text" : error);
  });
}

if (PROVOKE_ON !== undefined) {
  process.on(PROVOKE_ON, provoke);
} else {
  const heard = (event: string | symbol) => {
    if (event !== "uncaughtException") return;
    process.off("newListener", heard);
    provoke();
  };
  process.on("newListener", heard);
}
