import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventStreams } from './settings.js';

const read = eventStreams();
const KAFKA = { EVENT_STREAMS: 'kafka', KAFKA_BROKERS: 'one:9092, two:9093' };

describe('the setting of the transport', () => {
  it('is embedded unless said otherwise, whatever else is set', () => {
    expect(read({})).toEqual({ value: { transport: 'embedded' } });
    expect(read({ EVENT_STREAMS: 'embedded', KAFKA_BROKERS: 'nonsense' })).toEqual({ value: { transport: 'embedded' } });
  });

  it('takes brokers with three replicas', () => {
    expect(read(KAFKA)).toEqual({ value: { transport: 'kafka', brokers: ['one:9092', 'two:9093'], replication: 3 } });
    expect(read({ ...KAFKA, KAFKA_REPLICATION: '1' })).toMatchObject({ value: { replication: 1 } });
  });

  it('takes certificates from files, and a password', () => {
    const dir = mkdtempSync(join(tmpdir(), 'caseledger-tls-'));
    try {
      const ca = join(dir, 'ca.pem');
      writeFileSync(ca, 'PEM');
      const env = { ...KAFKA, KAFKA_TLS: 'on', KAFKA_TLS_CA_FILE: ca, KAFKA_SASL_MECHANISM: 'scram-sha-512', KAFKA_SASL_USERNAME: 'u', KAFKA_SASL_PASSWORD: 'p' };
      expect(read(env)).toMatchObject({ value: { tls: { ca: 'PEM' }, sasl: { mechanism: 'scram-sha-512', username: 'u', password: 'p' } } });
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('names every fault at once and repeats no secret', () => {
    expect(read({ EVENT_STREAMS: 'redis' })).toEqual({ fault: 'EVENT_STREAMS must be one of embedded, kafka' });
    const env = { EVENT_STREAMS: 'kafka', KAFKA_REPLICATION: '0', KAFKA_TLS: 'perhaps', KAFKA_TLS_CERT_FILE: '/nowhere', KAFKA_SASL_MECHANISM: 'gssapi', KAFKA_SASL_PASSWORD: 'hidden' };
    expect(read(env)).toEqual({
      fault: [
        'KAFKA_BROKERS is missing',
        'KAFKA_REPLICATION must be a whole number from 1 to 9',
        'KAFKA_TLS must be on or off',
        'KAFKA_TLS must be on for its files to count',
        'KAFKA_TLS_CERT_FILE and KAFKA_TLS_KEY_FILE belong together',
        'KAFKA_SASL_MECHANISM must be one of plain, scram-sha-256, scram-sha-512',
        'KAFKA_SASL_USERNAME is missing',
      ].join('; '),
    });
    expect(read({ ...KAFKA, KAFKA_BROKERS: 'one' })).toEqual({ fault: 'KAFKA_BROKERS must be host:port, separated by commas' });
    expect(read({ ...KAFKA, KAFKA_TLS: 'on', KAFKA_TLS_CA_FILE: '/nowhere' })).toEqual({ fault: 'KAFKA_TLS_CA_FILE cannot be read' });
  });
});
