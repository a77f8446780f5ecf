import type { PoolClient, QueryResult, QueryResultRow } from 'pg';
import type { DataSource } from 'typeorm';
import type { NamedQuery, QueryRows } from './store.types.js';

/** One connection out of a pool for the time of one transaction. */
export class Session {
  private ended = false;

  private constructor(
    private readonly client: PoolClient,
    private readonly giveBack: () => Promise<void>,
  ) {}

  /** Takes a connection from the pool, waiting at most `waitMs`; one that comes later is given back. */
  static async open(dataSource: DataSource, waitMs: number): Promise<Session> {
    listenToErrors(dataSource);
    const runner = dataSource.createQueryRunner();
    const connected: Promise<PoolClient> = runner.connect();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('timeout expired: no connection was free')), waitMs);
    });
    try {
      const client = await Promise.race([connected, late]);
      return new Session(client, () => runner.release());
    } catch (error) {
      connected.then(() => runner.release()).catch(() => undefined);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Runs several statements without parameters in one round trip; one result each. */
  async script(statements: readonly string[]): Promise<QueryResult<Record<string, unknown>>[]> {
    const answer: QueryResult | QueryResult[] = await this.client.query(statements.join(';'));
    return Array.isArray(answer) ? answer : [answer];
  }

  async query<R extends QueryResultRow>(sql: string | NamedQuery, params?: readonly unknown[]): Promise<QueryRows<R>> {
    const config =
      typeof sql === 'string'
        ? { text: sql, values: [...(params ?? [])] }
        : { name: sql.name, text: sql.text, values: [...(sql.values ?? params ?? [])] };
    const { rows, rowCount } = await this.client.query<R>(config);
    return { rows, rowCount: rowCount ?? rows.length };
  }

  /** Runs one statement and tells the tag the server answered with, such as `COMMIT`. */
  async command(sql: string): Promise<string> {
    return (await this.client.query(sql)).command;
  }

  /** Ends the connection at once: what runs on it fails, and the pool does not hand it out again. */
  end(): void {
    if (this.ended) return;
    this.ended = true;
    // A pool throws away an ending client when it is given back.
    this.client.end().catch(() => undefined);
  }

  async release(): Promise<void> {
    await this.giveBack();
  }
}

const listened = new WeakSet<object>();

/** The part of node-postgres's pool that is used here. */
interface PoolEvents {
  on(event: 'acquire', listener: (client: { on(event: 'error', listener: () => void): unknown }) => void): unknown;
}

/**
 * A connection may die between being handed out by the pool and being listened to by TypeORM; without a listener the
 * whole process would end. What was lost is told by the queries that fail.
 */
function listenToErrors(dataSource: DataSource): void {
  if (listened.has(dataSource)) return;
  listened.add(dataSource);
  const { driver } = dataSource;
  if (!('master' in driver) || !isPool(driver.master)) return;
  driver.master.on('acquire', (client) => {
    if (listened.has(client)) return;
    listened.add(client);
    client.on('error', () => undefined);
  });
}

function isPool(value: unknown): value is PoolEvents {
  return typeof value === 'object' && value !== null && 'on' in value && typeof value.on === 'function';
}

/** Runs queries outside any transaction on one connection; past the deadline the connection is ended. */
export async function withSession<T>(dataSource: DataSource, deadlineMs: number, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await Session.open(dataSource, deadlineMs);
  const timer = setTimeout(() => session.end(), deadlineMs);
  try {
    return await work(session);
  } finally {
    clearTimeout(timer);
    await session.release();
  }
}
