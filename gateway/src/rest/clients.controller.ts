import { Body, Controller, Get, Headers, HttpCode, Param, Patch, Post, Res, UseGuards } from '@nestjs/common';
import { contactsV1 } from '@caseledger/contracts';
import { notFound } from '@caseledger/errors';
import type { Response } from 'express';
import type { Caller } from '../authenticator.js';
import { requestOf } from '../services.js';
import { CallerParam, SignedIn } from './caller.js';
import { bodyFields, clientJson, issueJson } from './client.json.js';
import { setIdempotencyHeaders } from './idempotency.js';
import { AskedParam, pageOf, type Asked } from './query.values.js';
import { failureOf, instant, itemsOf, policyOf, toBeDecided, uuidOf, versionOf } from './record.requests.js';

const NOT_FIELDS: ReadonlySet<string> = new Set(['onDuplicate']);

const LIST = ['search', 'status', 'archived', 'updatedSince', 'cursor', 'limit'];

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
    if (result.candidates.length > 0) throw toBeDecided(result.candidates);
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
    const items = itemsOf(body, 'clients');
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
  async list(@CallerParam() caller: Caller, @AskedParam(LIST) query: Asked): Promise<Record<string, unknown>> {
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
