// How long something took by the machine, whatever the simulated clock does. For reports only: nothing depends on it.

/** Starts now; gives the milliseconds since then, to the microsecond. */
export const stopwatch = (): (() => number) => {
  const start = performance.now();
  return () => Math.round((performance.now() - start) * 1000) / 1000;
};
