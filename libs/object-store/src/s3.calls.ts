import { setTimeout as pause } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { ObjectsUnavailable, s3CodeOf, s3FaultOf } from './s3.faults.js';

/** Where the bucket is and who we are there. */
export interface S3Config {
  readonly bucket: string;
  readonly region: string;
  /** `https://…` of a store that is not Amazon's own. */
  readonly endpoint?: string;
  /** The bucket is named in the path and not in the host's name, as most stores but Amazon's want it. */
  readonly pathStyle: boolean;
  /** Absent: what the machine is given, such as the role of its instance. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly patience?: Partial<S3Patience>;
}

/** How long a call is waited for. */
export interface S3Patience {
  /** Tries of one call. */
  readonly tries: number;
  /** One try, from the first byte sent to the last one read. */
  readonly tryMs: number;
  /** Pause after the first try; doubles, up to 5 s, with jitter. */
  readonly pauseMs: number;
}

const PATIENCE: S3Patience = { tries: 5, tryMs: 30_000, pauseMs: 200 };
const PAUSE_MAX_MS = 5_000;
const CONNECT_MS = 5_000;

/** One call, made within `signal`; `tries` is 1 at the first try. */
type Once<T> = (signal: AbortSignal, tries: number) => Promise<T>;

/**
 * Calls of one bucket. The client's own tries are switched off: its deadlines end with the head of an answer, and what
 * is cut is mostly the body.
 */
export class S3Calls {
  readonly client: S3Client;
  readonly bucket: string;
  private readonly patience: S3Patience;

  constructor({ bucket, region, endpoint, pathStyle, credentials, patience = {} }: S3Config) {
    this.bucket = bucket;
    this.patience = { ...PATIENCE, ...patience };
    this.client = new S3Client({
      region,
      forcePathStyle: pathStyle,
      maxAttempts: 1,
      requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: this.patience.tryMs, throwOnRequestTimeout: true },
      // Bodies are signed and sealed; the checksums added by default break stores that do not know them.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(credentials === undefined ? {} : { credentials }),
    });
  }

  /**
   * Makes the call again while its failure may pass.
   * @throws ObjectsUnavailable after the last try, or when the access key is refused; what S3 answered otherwise
   */
  async call<T>(what: string, once: Once<T>): Promise<T> {
    const { tries: triesMax, tryMs, pauseMs } = this.patience;
    for (let tries = 1; ; tries += 1) {
      try {
        return await once(AbortSignal.timeout(tryMs), tries);
      } catch (error) {
        const fault = s3FaultOf(error);
        if (fault !== 'passing' && fault !== 'refused') throw error;
        // The error itself would hold what was signed; its code is enough.
        if (fault === 'refused' || tries >= triesMax) throw new ObjectsUnavailable(what, s3CodeOf(error), fault === 'refused');
        await pause(Math.min(PAUSE_MAX_MS, pauseMs * 2 ** (tries - 1)) * (0.5 + Math.random() / 2));
      }
    }
  }

  close(): void {
    this.client.destroy();
  }
}
