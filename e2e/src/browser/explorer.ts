import { BrowserPage } from './browser-page.js';

/** The explorer at `/`, used with its fields and buttons. */
export class Explorer {
  private constructor(readonly page: BrowserPage) {}

  static async open(program: string, address: string): Promise<Explorer> {
    const page = await BrowserPage.open(program);
    await page.goTo(`${address}/`);
    return new Explorer(page);
  }

  /** Waits for what stands beside the sign-in. */
  async untilSaid(words: string): Promise<void> {
    await this.page.untilShown(`document.getElementById('who').textContent === ${JSON.stringify(words)}`);
  }

  async signIn(email: string, password: string): Promise<void> {
    await this.page.type('#email', email);
    await this.page.type('#password', password);
    await this.page.click('#sign-in button');
  }

  /** Runs an operation of this name. */
  async run(operation: string, name: string): Promise<void> {
    await this.page.evaluate(`document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror.setValue(${JSON.stringify(operation)})`);
    // The explorer reads what is typed a moment later, and only then knows a subscription from a query.
    await this.page.untilShown(`localStorage.getItem('graphiql:operationName') === ${JSON.stringify(name)}`);
    await this.page.click('.graphiql-execute-button');
  }

  /** What an operation is answered, as soon as its answer holds the text. */
  async answerTo(operation: string, name: string, holding: string): Promise<unknown> {
    await this.run(operation, name);
    const shown = "document.querySelector('.result-window .CodeMirror').CodeMirror.getValue()";
    return JSON.parse(String(await this.page.untilShown(`${shown}.includes(${JSON.stringify(holding)}) && ${shown}`)));
  }
}
