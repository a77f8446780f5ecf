import { address, choice, ConfigurationFaults, flag, integer, key32, readEnvironment, secret, text, url } from './environment.js';

const settings = {
  host: text('HOST', '127.0.0.1'),
  port: integer('PORT', { otherwise: 0, min: 0, max: 65_535 }),
  at: address('AT', '127.0.0.1:0'),
  secret: secret('SECRET'),
  master: key32('MASTER'),
  database: url('DATABASE', ['postgres']),
  level: choice('LEVEL', ['info', 'debug'], 'info'),
  isOn: flag('ON', true),
};

const good = { SECRET: 'a'.repeat(32), MASTER: 'ab'.repeat(32), DATABASE: 'postgres://owner:pw@db/accounts' };

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    readEnvironment(env, settings);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationFaults) return error.faults;
    throw error;
  }
}

describe('the configuration', () => {
  it('is a typed tree with defaults', () => {
    expect(readEnvironment({ ...good, PORT: '4000', ON: 'off' }, settings)).toEqual({
      host: '127.0.0.1',
      port: 4000,
      at: '127.0.0.1:0',
      secret: 'a'.repeat(32),
      master: Buffer.from('ab'.repeat(32), 'hex'),
      database: good.DATABASE,
      level: 'info',
      isOn: false,
    });
  });

  it('names all faults at once', () => {
    expect(faultsOf({ PORT: '70000', AT: 'nowhere', SECRET: '', LEVEL: 'loud', ON: 'perhaps' })).toEqual([
      'PORT must be a whole number from 0 to 65535',
      'AT must be host:port',
      'SECRET is missing',
      'MASTER is missing',
      'DATABASE is missing',
      'LEVEL must be one of info, debug',
      'ON must be on or off',
    ]);
  });

  it('never repeats a value', () => {
    const faults = faultsOf({ SECRET: 'short-secret', MASTER: 'no-key', DATABASE: 'mysql://owner:pw@db/x' });
    expect(faults).toHaveLength(3);
    expect(faults.join(' ')).not.toMatch(/short-secret|no-key|pw/);
  });
});
