import type { Feed, FeedEvent, FeedReply, FeedRequest } from '@caseledger/event-store';

/** A feed whose answers can be harmed on the way to a consumer, as a broker or a network may do. */
export class HarmedFeed implements Feed {
  fetched = 0;
  private cut = false;

  constructor(
    private readonly feed: Feed,
    private readonly harm: Harm,
  ) {}

  head(): ReturnType<Feed['head']> {
    return this.reachable().head();
  }

  async read(request: FeedRequest): Promise<FeedReply> {
    const reply = this.harm.apply(await this.reachable().read(request));
    this.fetched += reply.events.length;
    return reply;
  }

  /** From now on nothing answers. */
  kill(): void {
    this.cut = true;
  }

  private reachable(): Feed {
    if (this.cut) throw Object.assign(new Error('unreachable'), { code: 'ECONNREFUSED' });
    return this.feed;
  }
}

/** What is to be done to the deliveries of one topic; shared by all members. */
export class Harm {
  private lost: ReadonlySet<string> = new Set();
  private toLose = 0;
  private repeating = false;
  private readonly delivered: FeedEvent[] = [];

  loseNext(count: number): void {
    this.toLose = count;
  }

  /** Chooses the events to lose among those just published: the first ones. */
  published(ids: readonly string[]): void {
    if (this.toLose > 0) this.lost = new Set(ids.slice(0, this.toLose));
    this.toLose = 0;
  }

  redeliver(): void {
    this.repeating = true;
  }

  /** Each loss happens once: whoever asks again gets the events. */
  apply(reply: FeedReply): FeedReply {
    const lost = reply.events.filter(({ eventId }) => this.lost.has(eventId));
    this.lost = new Set([...this.lost].filter((id) => !lost.some(({ eventId }) => eventId === id)));
    const arriving = reply.events.filter((event) => !lost.includes(event));
    // The transport does not know what it lost, so it does not claim to have searched that far.
    const lookedUpTo = lost.length === 0 ? reply.lookedUpTo : [];
    const repeated = this.repeating ? this.delivered.slice(-400) : [];
    this.repeating = false;
    this.delivered.push(...arriving);
    return { ...reply, events: [...repeated, ...arriving], lookedUpTo };
  }
}
