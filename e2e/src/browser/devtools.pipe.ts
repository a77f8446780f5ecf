import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { Json } from '@caseledger/testing';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly params?: Json;
  readonly result?: Json;
  readonly error?: { readonly message: string };
}

type Listener = (method: string, params: Json) => void;

/** Nothing of the browser's own goes out: what asks another host is the page. */
const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-dev-shm-usage', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--remote-debugging-pipe',
];

/** A Chromium of its own profile, spoken to over the pipe of its DevTools protocol: JSON messages that end with NUL. */
export class DevtoolsPipe {
  private readonly profile = mkdtempSync(join(tmpdir(), 'caseledger-chromium-'));
  private readonly answers = new Map<number, { resolve: (result: Json) => void; reject: (error: Error) => void }>();
  private readonly listeners = new Map<string, Listener>();
  private readonly browser: ChildProcess;
  private readonly ended: Promise<unknown>;
  private asked = 0;
  private unread = '';

  constructor(program: string) {
    this.browser = spawn(program, [...FLAGS, `--user-data-dir=${this.profile}`, 'about:blank'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    this.ended = once(this.browser, 'close');
    // Pipes 3 and 4 are those that --remote-debugging-pipe reads and writes.
    const answers = this.browser.stdio[4] as Readable;
    answers.setEncoding('utf8').on('data', (text: string) => this.read(text));
    const failWaiting = (): void => this.answers.forEach(({ reject }) => reject(new Error(`${program} does not run`)));
    this.browser.once('error', failWaiting).once('close', failWaiting);
  }

  /** One command; without a session it is for the browser itself. @throws Error with what Chromium answers */
  command(method: string, params: Json = {}, sessionId?: string): Promise<Json> {
    const id = (this.asked += 1);
    (this.browser.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => this.answers.set(id, { resolve, reject }));
  }

  /** Hands on every event of a session from now on. */
  listen(sessionId: string, listener: Listener): void {
    this.listeners.set(sessionId, listener);
  }

  async close(): Promise<void> {
    // Told so, it ends its helpers too; a signal would leave them writing into the profile for a moment.
    await this.command('Browser.close').catch(() => undefined);
    await this.ended;
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }

  private read(text: string): void {
    const messages = (this.unread + text).split('\0');
    this.unread = messages.pop() ?? '';
    for (const message of messages) this.take(JSON.parse(message) as Message);
  }

  private take({ id, method, sessionId, params, result, error }: Message): void {
    if (method !== undefined) this.listeners.get(sessionId ?? '')?.(method, params ?? {});
    const waiting = id === undefined ? undefined : this.answers.get(id);
    if (id === undefined || waiting === undefined) return;
    this.answers.delete(id);
    if (error === undefined) waiting.resolve(result ?? {});
    else waiting.reject(new Error(error.message));
  }
}
