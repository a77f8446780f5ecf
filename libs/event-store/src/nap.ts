/** A wait that a call ends, even a call that came before the wait began: nothing that happens in between is missed. */
export class Nap {
  private called = false;
  private end: (() => void) | undefined;

  call(): void {
    this.called = true;
    this.end?.();
  }

  /** What was called for so far is looked after next. */
  answer(): void {
    this.called = false;
  }

  /** Resolves after `ms`, when called since the last answer, or when aborted. Never rejects and leaves nothing behind. */
  async take(ms: number, signal?: AbortSignal): Promise<void> {
    if (this.called || signal?.aborted === true) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        this.end = undefined;
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal?.addEventListener('abort', end, { once: true });
      this.end = end;
    });
  }
}
