// When somebody breaks a run off, with Ctrl-C or a signal: what was started ends, whoever waits for it hears so, and the row cleans up.

/** Calls `stop` once a SIGINT or SIGTERM reaches this program, which goes on. Disposing takes that back. */
export function onBreakOff(stop: () => void): Disposable {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  return {
    [Symbol.dispose]() {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
    },
  };
}
