import { ImportReactor, type ReactorOptions } from './import.reactor.js';

/** A reactor whose looks at a run are counted and end when the spec says so. */
class WatchedReactor extends ImportReactor {
  looks = 0;
  private end: () => void = () => undefined;

  override lookAfter(): Promise<void> {
    this.looks += 1;
    return new Promise((resolve) => (this.end = resolve));
  }

  /** Ends the look at work and lets what follows from that begin. */
  async endLook(): Promise<void> {
    this.end();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('a run whose ledger has moved (RUN-006)', () => {
  it('is looked after once more for whatever moved during a look, and then no more', async () => {
    // Nothing but the looks themselves is asked.
    const reactor = new WatchedReactor({} as ReactorOptions);
    reactor.moved('t', 'r');
    expect(reactor.looks).toBe(1);
    reactor.moved('t', 'r');
    reactor.moved('t', 'r');
    expect(reactor.looks).toBe(1);
    await reactor.endLook();
    expect(reactor.looks).toBe(2);
    await reactor.endLook();
    expect(reactor.looks).toBe(2);
    reactor.moved('t', 'r');
    expect(reactor.looks).toBe(3);
    await reactor.endLook();
  });
});
