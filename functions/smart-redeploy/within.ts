/** Gives up on an act that says nothing for so many milliseconds, whether or not it heeds its signal. */
export async function within<T>(patience: number, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new Error(`it said nothing for ${patience / 1_000} s`);
      over.abort(error);
      reject(error);
    }, patience);
  });
  try {
    return await Promise.race([act(over.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
