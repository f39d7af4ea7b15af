// When somebody breaks a run off, with Ctrl-C or a signal: what was started ends, whoever waits for it hears so, and the row cleans up.

/** At a SIGINT or SIGTERM this program goes on, and `stop` is called. Disposing takes that back. */
export function onBreakOff(stop: () => void): Disposable {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  return {
    [Symbol.dispose]() {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
    },
  };
}
