/** Asks again and again while somebody looks, one question at a time, until the answer is yes. Returns how to stop. */
export function often(everyMs: number, ask: () => Promise<boolean>): () => void {
  let stopped = false;
  let timer: ReturnType<typeof setTimeout>;
  const next = (): void => {
    timer = setTimeout(() => {
      if (document.hidden) next();
      else void ask().then((done) => !done && !stopped && next());
    }, everyMs);
  };
  next();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
