import { limit } from '@caseledger/errors';
import { GraphQLError, Kind, type ASTVisitor, type DocumentNode, type FragmentDefinitionNode, type SelectionSetNode, type ValidationContext } from 'graphql';
import { PAGE_ROWS_MAX } from './paging.js';

/** API-006, PRODUCT §6. */
export const QUERY_DEPTH_MAX = 12;
export const QUERY_COST_MAX = 10_000;

/** A field at the top asks a service anew, however often it stands there under other names. */
const ROOT_COST = 50;

/** A list without a page argument counts as this many items. */
const LIST_ITEMS = 10;

interface Measure {
  readonly depth: number;
  readonly cost: number;
}

const NOTHING: Measure = { depth: 0, cost: 0 };

/**
 * Validation rule: refuses a query deeper than 12 or dearer than 10,000, before anything runs. A field costs 1,
 * at the top 50; what stands below a page (`first`, `last`) costs as often as the page has rows. Introspection is not counted.
 */
export function queryLimits(context: ValidationContext): ASTVisitor {
  return {
    Document: {
      leave(document) {
        const measure = measureDocument(document);
        if (measure.depth > QUERY_DEPTH_MAX) context.reportError(tooComplex(`depth ${QUERY_DEPTH_MAX}`));
        else if (measure.cost > QUERY_COST_MAX) context.reportError(tooComplex(`cost ${QUERY_COST_MAX}`));
      },
    },
  };
}

/** The server gives every fault of validation a code of its own; the original error keeps ours through it. */
function tooComplex(what: string): GraphQLError {
  const cause = limit('QUERY_TOO_COMPLEX', { limit: what });
  return new GraphQLError(cause.message, { originalError: cause, extensions: { code: cause.code } });
}

function measureDocument(document: DocumentNode): Measure {
  const fragments = new Map(
    document.definitions
      .filter((node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION)
      .map((node) => [node.name.value, node]),
  );
  const measures = new Map<string, Measure>();
  return document.definitions
    .filter((node) => node.kind === Kind.OPERATION_DEFINITION)
    .map((node) => measureSelection(node.selectionSet, ROOT_COST, fragments, measures))
    .reduce(worse, NOTHING);
}

/**
 * Each fragment is measured once, however often it is spread, so that measuring stays linear. A fragment of what stands
 * at the top stands nowhere else.
 */
function measureFragment(name: string, fieldCost: number, fragments: ReadonlyMap<string, FragmentDefinitionNode>, measures: Map<string, Measure>): Measure {
  const known = measures.get(name);
  if (known !== undefined) return known;
  const fragment = fragments.get(name);
  // A fragment that spreads itself is another rule's business; here it just ends.
  measures.set(name, NOTHING);
  const measure = fragment === undefined ? NOTHING : measureSelection(fragment.selectionSet, fieldCost, fragments, measures);
  measures.set(name, measure);
  return measure;
}

function measureSelection(set: SelectionSetNode, fieldCost: number, fragments: ReadonlyMap<string, FragmentDefinitionNode>, measures: Map<string, Measure>): Measure {
  let depth = 0;
  let cost = 0;
  for (const node of set.selections) {
    const below =
      node.kind === Kind.FRAGMENT_SPREAD
        ? measureFragment(node.name.value, fieldCost, fragments, measures)
        : node.selectionSet === undefined
          ? NOTHING
          : measureSelection(node.selectionSet, node.kind === Kind.FIELD ? 1 : fieldCost, fragments, measures);
    if (node.kind !== Kind.FIELD) {
      depth = Math.max(depth, below.depth);
      cost += below.cost;
    } else if (!node.name.value.startsWith('__')) {
      depth = Math.max(depth, below.depth + 1);
      cost += fieldCost + below.cost * itemsOf(node.arguments ?? [], node.name.value);
    }
    if (cost > QUERY_COST_MAX) return { depth, cost };
  }
  return { depth, cost };
}

/** How often what stands below a field is asked for; a page over the limit is refused as such when it is read. */
function itemsOf(args: readonly { name: { value: string }; value: { kind: string; value?: unknown } }[], field: string): number {
  const page = args.find(({ name }) => name.value === 'first' || name.value === 'last');
  if (page === undefined) return /(?:users|roles|apiKeys|reverts|timeline|issues)$/.test(field) ? LIST_ITEMS : 1;
  return page.value.kind === Kind.INT ? Math.min(Math.max(1, Number(page.value.value)), PAGE_ROWS_MAX) : 50;
}

function worse(one: Measure, other: Measure): Measure {
  return { depth: Math.max(one.depth, other.depth), cost: Math.max(one.cost, other.cost) };
}
