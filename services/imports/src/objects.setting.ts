import type { ObjectsConfig } from '@caseledger/object-store';
import { ConfigurationFaults, choice, flag, optionalText, readEnvironment, text, url, type Environment, type Setting } from '@caseledger/service-kit';

/** Where objects are kept: `OBJECT_STORE` is `folder` or `s3`, and each wants settings of its own. */
export const objectsSetting: Setting<ObjectsConfig> = (env) => {
  try {
    const { kind } = readEnvironment(env, { kind: choice('OBJECT_STORE', ['folder', 's3'], 'folder') });
    return { value: kind === 'folder' ? { kind, dir: readEnvironment(env, { dir: text('CASELEDGER_OBJECTS_DIR') }).dir } : readS3(env) };
  } catch (error) {
    if (error instanceof ConfigurationFaults) return { fault: error.faults.join('; ') };
    throw error;
  }
};

function readS3(env: Environment): ObjectsConfig {
  const { bucket, region, endpoint, credentials, pathStyle } = readEnvironment(env, {
    bucket: text('S3_BUCKET'),
    region: text('S3_REGION', 'us-east-1'),
    endpoint: optionalUrl('S3_ENDPOINT'),
    credentials: credentialsOf,
    pathStyle: flag('S3_PATH_STYLE', env['S3_ENDPOINT'] !== undefined && env['S3_ENDPOINT'] !== ''),
  });
  return { kind: 's3', bucket, region, pathStyle, ...(endpoint === undefined ? {} : { endpoint }), ...(credentials === undefined ? {} : { credentials }) };
}

/** Both or neither: without them the machine's own are taken, such as the role of its instance. */
const credentialsOf: Setting<{ accessKeyId: string; secretAccessKey: string } | undefined> = (env) => {
  const { id, secret } = readEnvironment(env, { id: optionalText('S3_ACCESS_KEY_ID'), secret: optionalText('S3_SECRET_ACCESS_KEY') });
  if (id === undefined && secret === undefined) return { value: undefined };
  if (id === undefined) return { fault: 'S3_ACCESS_KEY_ID is missing beside S3_SECRET_ACCESS_KEY' };
  if (secret === undefined) return { fault: 'S3_SECRET_ACCESS_KEY is missing beside S3_ACCESS_KEY_ID' };
  return { value: { accessKeyId: id, secretAccessKey: secret } };
};

function optionalUrl(name: string): Setting<string | undefined> {
  return (env) => (env[name] === undefined || env[name] === '' ? { value: undefined } : url(name, ['http', 'https'])(env));
}
