import { Client } from 'pg';
import type { DataSource } from 'typeorm';

const CONNECT_MS = 5_000;
const AGAIN_MS = 1_000;

/** One connection that hears the notifications of a channel, made anew for as long as it is wanted. */
export class Listener {
  private client: Client | undefined;
  private again: NodeJS.Timeout | undefined;
  private wanted = false;
  private hearing = false;

  /** @param heard gets the payload, or nothing when it begins to hear or no longer hears: some may have been missed */
  constructor(
    private readonly database: DataSource,
    private readonly channel: string,
    private readonly heard: (payload?: string) => void,
  ) {}

  get isHearing(): boolean {
    return this.hearing;
  }

  /** Begins to listen in the background; nothing is thrown when the database is away. */
  open(): void {
    if (this.wanted) return;
    this.wanted = true;
    this.connect();
  }

  close(): void {
    this.wanted = false;
    clearTimeout(this.again);
    this.lose(this.client);
  }

  private connect(): void {
    const { options } = this.database;
    if (!('url' in options) || options.url === undefined) return;
    const ssl = 'ssl' in options ? options.ssl : undefined;
    const client = new Client({ connectionString: options.url, ...(ssl === undefined ? {} : { ssl }), connectionTimeoutMillis: CONNECT_MS, keepAlive: true });
    this.client = client;
    const lost = (): void => this.lose(client);
    client.on('error', lost);
    client.on('end', lost);
    client.on('notification', ({ payload }) => this.heard(payload ?? ''));
    client
      .connect()
      .then(() => client.query(`listen ${this.channel}`))
      .then(() => {
        if (this.client !== client) return;
        this.hearing = true;
        this.heard();
      }, lost);
  }

  private lose(client: Client | undefined): void {
    if (client === undefined || this.client !== client) return;
    this.client = undefined;
    this.hearing = false;
    client.end().catch(() => undefined);
    if (!this.wanted) return;
    this.heard();
    this.again = setTimeout(() => this.connect(), AGAIN_MS).unref();
  }
}
