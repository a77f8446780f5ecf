import { hasVersitygw } from './libs/testing/versitygw.mjs';

const hasServer = hasVersitygw();
if (!hasServer) console.error('Suites named *.s3.int.spec.ts and *.s3.e2e.spec.ts are left out here: they want versitygw, or Go to build it.');

/** For packages with specs on a real S3 server: what cannot run is no part of the run, so nothing is counted that was not tested. */
export const s3Suites = hasServer ? {} : { testPathIgnorePatterns: ['/node_modules/', '\\.s3\\.(int|e2e)\\.spec\\.ts$'] };
