import { Body, Controller, Get, Headers, HttpCode, Param, Patch, Post, Query, Res, UseGuards } from '@nestjs/common';
import { contactsV1 } from '@caseledger/contracts';
import { DomainError, isCode, limit, notFound, validation } from '@caseledger/errors';
import type { Response } from 'express';
import type { Caller } from '../authenticator.js';
import { requestOf } from '../services.js';
import { CallerParam, SignedIn } from './caller.js';
import { bodyFields, clientJson, issueJson } from './client.json.js';
import { setIdempotencyHeaders } from './idempotency.js';
import { pageOf } from './query.values.js';

/** PRODUCT §6: the largest batch. */
const BATCH_MAX = 500;
const NOT_FIELDS: ReadonlySet<string> = new Set(['onDuplicate']);
const POLICIES: ReadonlySet<string> = new Set(['SKIP', 'UPDATE', 'CREATE', 'MERGE']);
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Clients for scripts (RST-001): the rules of imports, one client or up to 500 at a time. */
@Controller('api/clients')
@UseGuards(SignedIn)
export class ClientsController {
  @Post()
  async create(
    @CallerParam() caller: Caller,
    @Body() body: unknown,
    @Headers('idempotency-key') key: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Record<string, unknown>> {
    const reply = await caller.services.contacts.submitContacts({
      items: [{ fields: bodyFields(body, NOT_FIELDS) }],
      onDuplicate: policyOf(body),
      client: true,
      idempotencyKey: key ?? '',
    });
    setIdempotencyHeaders(response, key, reply.replayed);
    const result = reply.results[0];
    if (result === undefined) throw notFound();
    if (result.outcome === 'FAILED') throw failureOf(result);
    if (result.candidates.length > 0) throw new DomainError('illegal-state', 'DUPLICATE_REVIEW', { n: result.candidates.length });
    response.status(result.outcome === 'CREATED' ? 201 : 200);
    return resultJson(result, caller);
  }

  @Post('batch')
  @HttpCode(200)
  async batch(
    @CallerParam() caller: Caller,
    @Body() body: unknown,
    @Headers('idempotency-key') key: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Record<string, unknown>> {
    const items = itemsOf(body);
    const reply = await caller.services.contacts.submitContacts({
      items: items.map((item) => ({ fields: bodyFields(item, NOT_FIELDS) })),
      onDuplicate: policyOf(body),
      client: true,
      idempotencyKey: key ?? '',
    });
    setIdempotencyHeaders(response, key, reply.replayed);
    const failed = reply.results.filter((result) => result.outcome === 'FAILED').length;
    return { results: reply.results.map((result) => resultJson(result, caller)), applied: reply.results.length - failed, failed };
  }

  @Get()
  async list(@CallerParam() caller: Caller, @Query() query: Record<string, string | undefined>): Promise<Record<string, unknown>> {
    const reply = await caller.services.contacts.listContacts(
      requestOf(contactsV1.ListContactsRequest, {
        kind: 'CLIENT',
        search: query['search'] ?? '',
        status: query['status'] ?? '',
        archived: query['archived'] === 'true' ? 'INCLUDE' : 'EXCLUDE',
        changedFromMs: instant(query['updatedSince']),
        // By the time of change, so that a reader that follows it sees every change at least once (RST-004).
        sort: query['updatedSince'] === undefined ? 'CREATED' : 'CHANGED',
        first: pageOf(query['limit']),
        after: query['cursor'] ?? '',
      }),
    );
    const clients = reply.edges.flatMap(({ contact }) => (contact === undefined ? [] : [clientJson(contact, maySee(caller))]));
    return { clients, cursor: reply.edges.at(-1)?.cursor ?? null, hasMore: reply.hasNext };
  }

  @Get(':id')
  async one(@CallerParam() caller: Caller, @Param('id') id: string, @Res({ passthrough: true }) response: Response): Promise<Record<string, unknown>> {
    const reply = await caller.services.contacts.getContacts({ ids: [uuidOf(id)], minPosition: '' });
    const contact = reply.contacts[0];
    if (contact === undefined) throw notFound();
    response.setHeader('ETag', `"${contact.version}"`);
    return clientJson(contact, maySee(caller));
  }

  @Patch(':id')
  async change(
    @CallerParam() caller: Caller,
    @Param('id') id: string,
    @Body() body: unknown,
    @Headers('if-match') match: string | undefined,
    @Headers('idempotency-key') key: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Record<string, unknown>> {
    const reply = await caller.services.contacts.updateContact(
      requestOf(contactsV1.UpdateContactRequest, {
        id: uuidOf(id),
        version: versionOf(match),
        fields: bodyFields(body, new Set()),
        idempotencyKey: key ?? '',
      }),
    );
    setIdempotencyHeaders(response, key, reply.replayed);
    if (reply.contact === undefined) throw notFound();
    response.setHeader('ETag', `"${reply.contact.version}"`);
    return { ...clientJson(reply.contact, maySee(caller)), warnings: reply.warnings.map(issueJson) };
  }
}

function maySee(caller: Caller): boolean {
  return caller.viewer.permissions.has('sensitive.read');
}

function resultJson(result: contactsV1.SubmittedResult, caller: Caller): Record<string, unknown> {
  return {
    outcome: result.outcome,
    ...(result.reason === '' ? {} : { reason: result.reason }),
    client: result.contact === undefined ? null : clientJson(result.contact, maySee(caller)),
    warnings: result.issues.filter((issue) => issue.severity === 'WARNING').map(issueJson),
    errors: result.issues.filter((issue) => issue.severity === 'ERROR').map(issueJson),
    ...(result.candidates.length === 0 ? {} : { candidates: result.candidates }),
  };
}

/** The first error of a refused client names the problem; all of them are listed with their fields. */
function failureOf(result: contactsV1.SubmittedResult): DomainError {
  const errors = result.issues.filter((issue) => issue.severity === 'ERROR');
  const details = errors.flatMap(({ code, field, params, text }) => (isCode(code) ? [{ code, field, params: { ...params, text, field } }] : []));
  const first = details[0];
  if (first === undefined) return validation(isCode(result.reason) ? result.reason : 'INTERNAL_ERROR');
  return new DomainError('validation', first.code, first.params, first.field, details);
}

function policyOf(body: unknown): string {
  const given = typeof body === 'object' && body !== null && 'onDuplicate' in body ? body.onDuplicate : 'SKIP';
  if (typeof given === 'string' && POLICIES.has(given)) return given;
  throw validation('VALUE_NOT_ALLOWED', { text: String(given), field: 'onDuplicate', suggestion: 'SKIP' }, 'onDuplicate');
}

function itemsOf(body: unknown): unknown[] {
  const items = typeof body === 'object' && body !== null && 'items' in body ? body.items : undefined;
  if (!Array.isArray(items)) throw validation('REQUIRED_MISSING', { field: 'items' }, 'items');
  if (items.length === 0 || items.length > BATCH_MAX) throw limit('LIMIT_REACHED', { limit: BATCH_MAX, things: 'clients in a batch' });
  return items;
}

function instant(text: string | undefined): number {
  if (text === undefined) return 0;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw validation('DATE_INVALID', { text }, 'updatedSince');
  return ms;
}

function uuidOf(id: string): string {
  if (!UUID.test(id)) throw notFound();
  return id;
}

/**
 * The version of `If-Match: "7"`; 0 when the header is missing or `*`, which applies to whatever is there. A condition
 * that cannot be read is refused: whoever sends one does not want to overwrite blindly.
 */
function versionOf(match: string | undefined): number {
  if (match === undefined || match.trim() === '*') return 0;
  const found = /^(?:W\/)?"?(\d{1,9})"?$/.exec(match.trim());
  if (found === null) throw validation('VALUE_NOT_ALLOWED', { text: match.slice(0, 100), field: 'If-Match' }, 'If-Match');
  return Number(found[1]);
}
