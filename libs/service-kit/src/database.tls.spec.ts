import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseWay } from './database.tls.js';
import { databaseUrl, optionalDatabaseUrl, readEnvironment } from './environment.js';

const URL_ = 'postgres://app:word@db.example:5433/contacts';

describe('the way to a database', () => {
  const folder = mkdtempSync(join(tmpdir(), 'caseledger-tls-'));
  const ca = join(folder, 'ca.pem');
  writeFileSync(ca, 'an authority');
  afterAll(() => rmSync(folder, { recursive: true }));

  it('goes without TLS unless the address asks for it', () => {
    expect(databaseWay(URL_)).toEqual({ url: URL_ });
    expect(databaseWay(`${URL_}?sslmode=disable&application_name=a`)).toEqual({ url: `${URL_}?application_name=a` });
  });

  it('holds the certificate against authority and name as the mode says', () => {
    const anyName = expect.any(Function) as () => undefined;
    expect(databaseWay(`${URL_}?sslmode=require`)).toEqual({ url: URL_, ssl: { host: 'db.example', rejectUnauthorized: false, checkServerIdentity: anyName } });
    expect(databaseWay(`${URL_}?sslmode=require&sslrootcert=${ca}`).ssl).toMatchObject({ rejectUnauthorized: true, ca: Buffer.from('an authority') });
    expect(databaseWay(`${URL_}?sslmode=verify-ca&sslrootcert=${ca}`).ssl).toMatchObject({ rejectUnauthorized: true, checkServerIdentity: anyName });
    const full = databaseWay(`${URL_}?sslmode=verify-full&sslrootcert=${ca}&sslcert=${ca}&sslkey=${ca}`);
    expect(full).toEqual({ url: URL_, ssl: { host: 'db.example', rejectUnauthorized: true, ca: expect.any(Buffer), cert: expect.any(Buffer), key: expect.any(Buffer) } });
  });

  it('is refused at start with a mode that might go without TLS, and never shows a password', () => {
    const read = (url: string): unknown => readEnvironment({ A: url, B: url }, { a: databaseUrl('A'), b: optionalDatabaseUrl('B') });
    expect(read(`${URL_}?sslmode=verify-full`)).toEqual({ a: `${URL_}?sslmode=verify-full`, b: `${URL_}?sslmode=verify-full` });
    expect(() => read(`${URL_}?sslmode=prefer`)).toThrow(/2 faults: A has an sslmode that is none of disable, require, verify-ca, verify-full; B has/);
    expect(() => read(`${URL_}?sslmode=prefer`)).not.toThrow(/word/);
    expect(readEnvironment({}, { b: optionalDatabaseUrl('B') })).toEqual({ b: undefined });
    expect(() => databaseWay(`${URL_}?sslmode=prefer`)).toThrow('must be one of');
  });
});
