const PREFIX = 'clk_';
const TEXT = /^clk_([0-9a-f]{32})([0-9a-f]{32})_([A-Za-z0-9_-]{43})$/;

/** The parts of an API key as its holder sends it. */
export interface ApiKeyText {
  readonly tenant: string;
  readonly id: string;
  /** 32 random bytes, base64url. */
  readonly secret: string;
}

/** `clk_<company><key>_<secret>`: it names its company, so that it is looked up inside it alone. */
export function writeApiKey({ tenant, id, secret }: ApiKeyText): string {
  return `${PREFIX}${tenant.replaceAll('-', '')}${id.replaceAll('-', '')}_${secret}`;
}

/** Undefined for a text that has not the form of a key. */
export function readApiKeyText(text: string): ApiKeyText | undefined {
  const [, tenant, id, secret] = TEXT.exec(text) ?? [];
  if (tenant === undefined || id === undefined || secret === undefined) return undefined;
  return { tenant: withDashes(tenant), id: withDashes(id), secret };
}

/** Whether a bearer is meant as a key and not as a session. */
export function isApiKeyText(text: string): boolean {
  return text.startsWith(PREFIX);
}

function withDashes(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
