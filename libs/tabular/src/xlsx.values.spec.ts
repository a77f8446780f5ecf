import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { transformFile } from '@swc/core';
import { decimalText, decodeEscapes, isoCell, numberCell, serialDate } from './xlsx.values.js';
import { parseFormatCode } from './xlsx.styles.js';

const shown = (raw: string, code: string): string | undefined => numberCell(raw, parseFormatCode(code), 1900)?.cell.text;

describe('numbers of a worksheet', () => {
  it.each([
    ['2134', '2134'],
    ['1', '1'],
    ['1.0', '1'],
    ['0.1', '0.1'],
    ['0.10000000000000001', '0.1'],
    ['-3.50', '-3.5'],
    ['1E3', '1000'],
    ['1.5E-7', '0.00000015'],
    ['-2.5E+21', '-2500000000000000000000'],
    ['-0', '0'],
  ])('FIL-011: %s is the shortest exact decimal %s', (raw, text) => {
    expect(numberCell(raw, undefined, 1900)?.cell).toEqual({ text, kind: 'number' });
    expect(decimalText(Number(raw))).toBe(text);
  });

  it.each([
    ['123456789012345', false],
    ['1234567890123450', true],
    ['12345678901234567', true],
    ['0.123456789012345', false],
    ['0.1234567890123456', true],
    ['0.00000123456789', false],
    ['5551234567', false],
  ])('FIL-011: %s has lost precision: %s', (raw, lost) => {
    expect(numberCell(raw, undefined, 1900)?.isPrecisionLost).toBe(lost);
  });

  it.each([
    ['2134', '00000', '02134'],
    ['123', '000000', '000123'],
    ['123456789', '000\\-00\\-0000', '123-45-6789'],
    ['23456789', '000-00-0000', '023-45-6789'],
    ['123456789', '00000\\-0000', '12345-6789'],
    ['5550101234', '[<=9999999]###\\-####;\\(###\\)\\ ###\\-####', '(555) 010-1234'],
    ['5551234', '[<=9999999]###\\-####;\\(###\\)\\ ###\\-####', '555-1234'],
    ['5551234', '[<=9999999]000-0000;(000) 000-0000', '555-1234'],
    ['42', '"C-"00000', 'C-00042'],
    ['-42', '00000', '-00042'],
    ['-42', '00000;(00000)', '(00042)'],
    ['1234567', '00000', '1234567'],
    ['7', '[$-409]000;@', '007'],
    ['12', '_(000_)', ' 012 '],
  ])('FIL-011: %s under the format %s is the displayed %s', (raw, code, text) => {
    expect(shown(raw, code)).toBe(text);
  });

  it.each(['General', '0', '0.00', '#,##0', '#,##0.00', '0%', '@', '"$"#,##0.00', '0.00E+00', '[Red]0', '# ?/?', ''])('FIL-011: the format %s shows the number itself', (code) => {
    expect(shown('1234.5', code)).toBe('1234.5');
  });
});

describe('dates of a worksheet', () => {
  it.each([
    [1, '1900-01-01'],
    [59, '1900-02-28'],
    [60, '1900-02-29'],
    [61, '1900-03-01'],
    [36_526, '2000-01-01'],
    [45_292.5, '2024-01-01T12:00:00'],
    [45_292.999_999_999, '2024-01-02'],
    [2_958_465, '9999-12-31'],
  ])('FIL-012: serial %s of 1900 is %s', (serial, text) => {
    expect(serialDate(serial, 1900)).toBe(text);
  });

  it.each([
    [0, '1904-01-01'],
    [60, '1904-03-01'],
    [35_064, '2000-01-01'],
  ])('FIL-012: serial %s of 1904 is %s', (serial, text) => {
    expect(serialDate(serial, 1904)).toBe(text);
  });

  it('FIL-012: a process in UTC−12 and one in UTC+14 read the same dates', async () => {
    const { code } = await transformFile(fileURLToPath(new URL('./xlsx.values.ts', import.meta.url)), { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } });
    const program = `${code}\nconsole.log(new Date(0).getHours() + ' ' + [1, 60, 44000, 44286.05, 45000.999].map((serial) => serialDate(serial, 1900)).join());`;
    const outputs = ['Etc/GMT+12', 'Pacific/Kiritimati'].map((TZ) => execFileSync(process.execPath, ['--input-type=module', '-e', program], { env: { TZ }, encoding: 'utf8' }).trim());
    const [west = '', east = ''] = outputs;
    expect(west.split(' ')[0]).not.toBe(east.split(' ')[0]);
    expect(west.split(' ')[1]).toBe('1900-01-01,1900-02-29,2020-06-18,2021-03-31T01:12:00,2023-03-15T23:58:34');
    expect(east.split(' ')[1]).toBe(west.split(' ')[1]);
  });

  it.each([
    ['yyyy-mm-dd', '45292', '2024-01-01', 'date'],
    ['m/d/yy h:mm', '45292.25', '2024-01-01T06:00:00', 'date'],
    ['[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy', '45292', '2024-01-01', 'date'],
    ['yyyy"年"m"月"d"日"', '45292', '2024-01-01', 'date'],
    ['mmm', '45292', '2024-01-01', 'date'],
    ['h:mm', '0.75', '18:00:00', undefined],
    ['[h]:mm:ss', '1.5', '36:00:00', undefined],
    ['yyyy-mm-dd', '-1', '-1', 'number'],
    ['yyyy-mm-dd', '2958466', '2958466', 'number'],
  ])('FIL-012: under %s, %s is %s', (code, raw, text, kind) => {
    expect(numberCell(raw, parseFormatCode(code), 1900)?.cell).toEqual(kind === undefined ? { text } : { text, kind });
  });

  it('reads ISO cells in the same two forms', () => {
    expect(isoCell('2024-01-05')).toEqual({ text: '2024-01-05', kind: 'date' });
    expect(isoCell('2024-01-05T00:00:00')).toEqual({ text: '2024-01-05', kind: 'date' });
    expect(isoCell('2024-01-05T10:20:30.500Z')).toEqual({ text: '2024-01-05T10:20:30', kind: 'date' });
    expect(isoCell('soon')).toBeUndefined();
  });
});

it('decodes the escapes of Excel', () => {
  expect(decodeEscapes('a_x000D_b')).toBe('a\rb');
  expect(decodeEscapes('a_x005F_x000D_b')).toBe('a_x000D_b');
  expect(decodeEscapes('snake_xyz_case')).toBe('snake_xyz_case');
});
