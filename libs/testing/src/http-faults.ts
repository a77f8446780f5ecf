import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * What happens to one request: it is refused with 503 and never arrives; its answer is lost after the server has done it;
 * its answer is cut in the middle of the body; nothing ever answers it; it is told that the upload it is about is unknown.
 */
export type HttpFault = 'unavailable' | 'answer lost' | 'body cut' | 'silent' | 'upload unknown';

/** A way to an HTTP server on which chosen requests fail. */
export interface HttpFaults {
  readonly port: number;
  /** `METHOD /path?query` of every request so far, in order. */
  readonly requests: string[];
  /** The next requests that match meet these faults, one each. */
  harm(matching: RegExp, ...faults: HttpFault[]): void;
  /** Every request that matches meets the fault, until `heal`. */
  harmAll(matching: RegExp, fault: HttpFault): void;
  /** Every n-th request meets the next of these faults in turn, until `heal`. */
  harmEvery(nth: number, faults: readonly HttpFault[]): void;
  /** From now on nothing fails. */
  heal(): void;
  /** The faults that requests have met, in order: one that hit nothing is not here. */
  readonly hits: HttpFault[];
  close(): Promise<void>;
}

/** Passes requests on with the headers they came with, so that what was signed stays so. */
export async function httpFaults(target: { readonly port: number }): Promise<HttpFaults> {
  const planned: { matching: RegExp; fault: HttpFault; isLasting: boolean }[] = [];
  const requests: string[] = [];
  const hits: HttpFault[] = [];
  let turns: { readonly nth: number; readonly faults: readonly HttpFault[] } | undefined;
  const takeFault = (line: string): HttpFault | undefined => {
    if (turns !== undefined && requests.length % turns.nth === 0) return turns.faults[(requests.length / turns.nth) % turns.faults.length];
    const at = planned.findIndex(({ matching }) => matching.test(line));
    const found = planned[at];
    if (found !== undefined && !found.isLasting) planned.splice(at, 1);
    return found?.fault;
  };
  const server = createServer((asked, answer) => {
    const line = `${asked.method ?? ''} ${asked.url ?? ''}`;
    requests.push(line);
    const fault = takeFault(line);
    if (fault !== undefined) hits.push(fault);
    if (fault === 'silent') return void asked.resume();
    if (fault === 'unavailable') return refuse(asked, answer, 503, 'ServiceUnavailable');
    if (fault === 'upload unknown') return refuse(asked, answer, 404, 'NoSuchUpload');
    passOn(target.port, asked, answer, fault);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    harm: (matching, ...faults) => void planned.push(...faults.map((fault) => ({ matching, fault, isLasting: false }))),
    harmAll: (matching, fault) => void planned.push({ matching, fault, isLasting: true }),
    harmEvery: (nth, faults) => void (turns = { nth, faults }),
    heal: () => {
      turns = undefined;
      planned.length = 0;
    },
    hits,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function refuse(asked: IncomingMessage, answer: ServerResponse, status: number, code: string): void {
  asked.resume();
  asked.once('end', () => answer.writeHead(status, { 'content-type': 'application/xml' }).end(`<Error><Code>${code}</Code></Error>`));
}

function passOn(port: number, asked: IncomingMessage, answer: ServerResponse, fault: HttpFault | undefined): void {
  const onward = request({ host: '127.0.0.1', port, method: asked.method, path: asked.url, headers: asked.headers }, (got) => {
    if (fault === 'answer lost') {
      got.resume();
      got.once('end', () => answer.destroy());
      return;
    }
    answer.writeHead(got.statusCode ?? 502, got.headers);
    if (fault === undefined) return void got.pipe(answer);
    let left = Math.floor(Number(got.headers['content-length'] ?? 0) / 2);
    got.on('data', (part: Buffer) => {
      // What was written leaves before the connection is cut.
      if (left > 0) answer.write(part.subarray(0, left), () => left <= 0 && answer.destroy());
      left -= part.length;
    });
    // Of an answer without a body, whatever length it tells, only the connection is left to cut.
    got.once('end', () => left >= 0 && answer.destroy());
  });
  onward.once('error', () => answer.destroy());
  asked.pipe(onward);
}
