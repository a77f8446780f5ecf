import { readEnvironment } from '@caseledger/service-kit';
import { objectsSetting } from './objects.setting.js';

const read = (env: Record<string, string>): unknown => readEnvironment(env, { objects: objectsSetting }).objects;

describe('where objects are kept', () => {
  it('is a folder unless something else is said', () => {
    expect(read({ CASELEDGER_OBJECTS_DIR: '/data/objects' })).toEqual({ kind: 'folder', dir: '/data/objects' });
    expect(() => read({})).toThrow('CASELEDGER_OBJECTS_DIR is missing');
  });

  it('is a bucket with OBJECT_STORE=s3: on Amazon with the machine\'s own role, elsewhere by its address', () => {
    expect(read({ OBJECT_STORE: 's3', S3_BUCKET: 'b', S3_REGION: 'eu-central-1' })).toEqual({ kind: 's3', bucket: 'b', region: 'eu-central-1', pathStyle: false });
    expect(read({ OBJECT_STORE: 's3', S3_BUCKET: 'b', S3_ENDPOINT: 'https://s3.example', S3_ACCESS_KEY_ID: 'id', S3_SECRET_ACCESS_KEY: 'of' })).toEqual({
      kind: 's3',
      bucket: 'b',
      region: 'us-east-1',
      endpoint: 'https://s3.example',
      pathStyle: true,
      credentials: { accessKeyId: 'id', secretAccessKey: 'of' },
    });
  });

  it('is refused with every fault at once, and no secret among them', () => {
    const env = { OBJECT_STORE: 's3', S3_ENDPOINT: 'ftp://user:word@s3.example', S3_SECRET_ACCESS_KEY: 'hush' };
    expect(() => read(env)).toThrow(/S3_BUCKET is missing; S3_ENDPOINT is not an address .*; S3_ACCESS_KEY_ID is missing beside S3_SECRET_ACCESS_KEY/);
    expect(() => read(env)).not.toThrow(/hush|word/);
    expect(() => read({ OBJECT_STORE: 'S3' })).toThrow('OBJECT_STORE must be one of folder, s3');
  });
});
