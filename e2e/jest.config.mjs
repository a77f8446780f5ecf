import preset from '../jest.preset.mjs';
import { s3Suites } from '../jest.s3.mjs';

export default { ...preset, ...s3Suites, displayName: 'e2e' };
