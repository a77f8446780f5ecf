import { fold } from '@caseledger/normalise';

/** ISO 639-1; written out rather than asked of the runtime, so that every machine reads a language alike. */
const CODES = new Set(
  `aa ab af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et
eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk
kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny
oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk
tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu fil hmn yue`.split(/\s+/),
);

/** Names people write instead of a code. */
const NAMES: ReadonlyMap<string, string> = new Map(
  `en english englisch anglais ingles|es spanish espanol castellano spanisch espagnol|fr french francais franzosisch|
de german deutsch allemand aleman|it italian italiano|pt portuguese portugues|nl dutch nederlands|pl polish polski|
cs czech cestina|sk slovak slovencina|uk ukrainian|ru russian|zh chinese mandarin|yue cantonese|ja japanese|ko korean|
vi vietnamese|tl tagalog|fil filipino|ar arabic|he hebrew|fa farsi persian|hi hindi|ur urdu|pa punjabi|bn bengali|
gu gujarati|ta tamil|te telugu|th thai|tr turkish|el greek|hu hungarian|ro romanian|sv swedish|no norwegian|da danish|
fi finnish|so somali|am amharic|sw swahili|ht creole|hmn hmong|hy armenian|sq albanian|sr serbian|hr croatian`
    .split('|')
    .flatMap((line) => {
      const [code = '', ...names] = line.trim().split(' ');
      return names.map((name): [string, string] => [name, code]);
    }),
);

/** A language as BCP 47 tag (`en`, `pt-BR`) by tag or name; undefined when it is none. */
export function languageTag(text: string): string | undefined {
  const named = NAMES.get(fold(text));
  if (named !== undefined) return named;
  const tag = text.replaceAll('_', '-');
  if (!/^[a-z]{2,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?$/i.test(tag)) return undefined;
  const [language = '', ...rest] = tag.toLowerCase().split('-');
  if (!CODES.has(language)) return undefined;
  return [language, ...rest.map(inTagCase)].join('-');
}

/** `Hant` for scripts, `BR` for regions. */
function inTagCase(part: string): string {
  return part.length === 4 ? part.charAt(0).toUpperCase() + part.slice(1) : part.toUpperCase();
}
