import { eventually, type Json } from '@caseledger/testing';
import { DevtoolsPipe } from './devtools.pipe.js';

const SHOWN_MS = 30_000;
const LOOK_MS = 50;

interface Told {
  readonly request?: { readonly url: string };
  readonly url?: string;
  readonly type?: string;
  readonly entry?: { readonly level: string; readonly text: string; readonly url?: string };
  readonly exceptionDetails?: { readonly text: string };
}

/** A page of a real browser, with all that it asked for and complained about. */
export class BrowserPage {
  /** Addresses in the order in which they were asked for, sockets too; what the page carries within itself is none. */
  readonly asked: string[] = [];
  /** What a person would see in red in the console. */
  readonly complaints: string[] = [];

  private constructor(
    private readonly pipe: DevtoolsPipe,
    private readonly sessionId: string,
  ) {
    pipe.listen(sessionId, (method, params) => this.note(method, params as Told));
  }

  /** @param program path of a Chromium */
  static async open(program: string): Promise<BrowserPage> {
    const pipe = new DevtoolsPipe(program);
    const { targetInfos } = (await pipe.command('Target.getTargets')) as { targetInfos: readonly { type: string; targetId: string }[] };
    const targetId = targetInfos.find(({ type }) => type === 'page')?.targetId;
    const { sessionId } = await pipe.command('Target.attachToTarget', { targetId, flatten: true });
    const page = new BrowserPage(pipe, String(sessionId));
    for (const domain of ['Network', 'Runtime', 'Log', 'Page']) await page.command(`${domain}.enable`);
    return page;
  }

  async goTo(url: string): Promise<void> {
    await this.command('Page.navigate', { url });
  }

  /** What an expression is worth in the page. @throws Error when it throws */
  async evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.command('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { value?: unknown }).value;
  }

  /** Looks until an expression is true. @returns its value. @throws Error when it takes too long */
  async untilShown(expression: string): Promise<unknown> {
    return eventually(
      async () => {
        const value = await this.evaluate(expression);
        if (value) return value;
        throw new Error(`Not shown: ${expression}`);
      },
      { deadlineMs: SHOWN_MS, everyMs: LOOK_MS },
    );
  }

  async click(selector: string): Promise<void> {
    await this.evaluate(`document.querySelector(${JSON.stringify(selector)}).click()`);
  }

  /** Types into a field in place of what stands there. */
  async type(selector: string, text: string): Promise<void> {
    await this.evaluate(`{ const field = document.querySelector(${JSON.stringify(selector)}); field.focus(); field.select(); }`);
    await this.command('Input.insertText', { text });
  }

  close(): Promise<void> {
    return this.pipe.close();
  }

  private command(method: string, params: Json = {}): Promise<Json> {
    return this.pipe.command(method, params, this.sessionId);
  }

  private note(method: string, told: Told): void {
    const { request, url, type, entry, exceptionDetails } = told;
    if (method === 'Network.requestWillBeSent' && request !== undefined && !request.url.startsWith('data:')) this.asked.push(request.url);
    if (method === 'Network.webSocketCreated' && url !== undefined) this.asked.push(url);
    if (method === 'Log.entryAdded' && entry?.level === 'error') this.complaints.push(`${entry.text} ${entry.url ?? ''}`);
    if (method === 'Runtime.exceptionThrown') this.complaints.push(exceptionDetails?.text ?? 'an exception');
    if (method === 'Runtime.consoleAPICalled' && type === 'error') this.complaints.push(JSON.stringify(told));
  }
}
