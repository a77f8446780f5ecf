import { Body, Controller, Get, Headers, HttpCode, Param, Patch, Post, Res, UseGuards } from '@nestjs/common';
import { casesV1 } from '@caseledger/contracts';
import { notFound, validation } from '@caseledger/errors';
import type { Response } from 'express';
import type { Caller } from '../authenticator.js';
import { requestOf } from '../services.js';
import { CallerParam, SignedIn } from './caller.js';
import { ArchiveBody, StatusBody, TypeBody } from './case.bodies.js';
import { caseFieldsOf, caseJson, caseResult, submittedCase } from './case.json.js';
import { issueJson } from './client.json.js';
import { setIdempotencyHeaders } from './idempotency.js';
import { AskedParam, pageOf, type Asked } from './query.values.js';
import { failureOf, instant, itemsOf, policyOf, toBeDecided, uuidOf, versionOf } from './record.requests.js';

type Json = Record<string, unknown>;

/** Five hundred cases with their clients are written within this time, or the answer is asked for again by its key. */
const SUBMIT_MS = 55_000;

const LIST = ['search', 'caseTypeId', 'caseStatusId', 'category', 'tag', 'list', 'client', 'archived', 'updatedSince', 'cursor', 'limit'];

/** Cases for scripts (RST-001): the rules of imports, one case with its client or up to 500 at a time. */
@Controller('api/cases')
@UseGuards(SignedIn)
export class CasesController {
  @Post()
  async create(@CallerParam() caller: Caller, @Body() body: unknown, @Headers('idempotency-key') key: string | undefined, @Res({ passthrough: true }) response: Response): Promise<Json> {
    const reply = await submit(caller, [submittedCase(body)], body, key);
    setIdempotencyHeaders(response, key, reply.replayed);
    const result = reply.results[0];
    if (result === undefined) throw notFound();
    if (result.candidates.length > 0) throw toBeDecided(result.candidates);
    if (result.outcome === 'FAILED') throw failureOf(result);
    response.status(result.outcome === 'CREATED' ? 201 : 200);
    return caseResult(result);
  }

  @Post('batch')
  @HttpCode(200)
  async batch(@CallerParam() caller: Caller, @Body() body: unknown, @Headers('idempotency-key') key: string | undefined, @Res({ passthrough: true }) response: Response): Promise<Json> {
    const reply = await submit(caller, itemsOf(body, 'cases').map(submittedCase), body, key);
    setIdempotencyHeaders(response, key, reply.replayed);
    const failed = reply.results.filter(({ outcome }) => outcome === 'FAILED').length;
    return { results: reply.results.map(caseResult), applied: reply.results.length - failed, failed };
  }

  @Get()
  async list(@CallerParam() caller: Caller, @AskedParam(LIST) query: Asked): Promise<Json> {
    const reply = await caller.services.cases.listCases(
      requestOf(casesV1.ListCasesRequest, {
        filter: filterOf(query),
        // By the time of change, so that a reader that follows it sees every change at least once (RST-004).
        sort: query['updatedSince'] === undefined ? 'CREATED' : 'CHANGED',
        first: pageOf(query['limit']),
        after: query['cursor'] ?? '',
      }),
    );
    const cases = reply.edges.flatMap(({ case: item }) => (item === undefined ? [] : [caseJson(item)]));
    return { cases, cursor: reply.edges.at(-1)?.cursor ?? null, hasMore: reply.hasNext };
  }

  @Get(':id')
  async one(@CallerParam() caller: Caller, @Param('id') id: string, @Res({ passthrough: true }) response: Response): Promise<Json> {
    const reply = await caller.services.cases.getCases({ ids: [uuidOf(id)], minPosition: '' });
    return shown(reply.cases[0], response);
  }

  @Patch(':id')
  async change(
    @CallerParam() caller: Caller,
    @Param('id') id: string,
    @Body() body: unknown,
    @Headers('if-match') match: string | undefined,
    @Headers('idempotency-key') key: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Json> {
    const request = { id: uuidOf(id), version: versionOf(match), fields: caseFieldsOf(body), idempotencyKey: key ?? '' };
    return changed(await caller.services.cases.updateCase(requestOf(casesV1.UpdateCaseRequest, request)), key, response);
  }

  @Post(':id/status')
  @HttpCode(200)
  async status(@CallerParam() caller: Caller, @Param('id') id: string, @Body() body: StatusBody, @Headers('idempotency-key') key: string | undefined, @Res({ passthrough: true }) response: Response): Promise<Json> {
    const { cases } = caller.services;
    const found = (await cases.getCases({ ids: [uuidOf(id)], minPosition: '' })).cases[0];
    if (found === undefined) throw notFound();
    const { statuses } = await typeOf(caller, found.typeId);
    const statusId = named(statuses, body.status, 'status');
    return changed(await cases.changeCaseStatus({ id, statusId, reason: body.reason ?? '', idempotencyKey: key ?? '' }), key, response);
  }

  @Post(':id/type')
  @HttpCode(200)
  async type(@CallerParam() caller: Caller, @Param('id') id: string, @Body() body: TypeBody, @Headers('idempotency-key') key: string | undefined, @Res({ passthrough: true }) response: Response): Promise<Json> {
    const typeId = named(await typesOf(caller), body.type, 'type');
    const { statuses } = await typeOf(caller, typeId);
    const statusId = body.status === undefined ? '' : named(statuses, body.status, 'status');
    return changed(await caller.services.cases.changeCaseType({ id: uuidOf(id), typeId, statusId, idempotencyKey: key ?? '' }), key, response);
  }

  @Post(':id/archive')
  @HttpCode(200)
  async archive(@CallerParam() caller: Caller, @Param('id') id: string, @Body() body: ArchiveBody, @Headers('idempotency-key') key: string | undefined, @Res({ passthrough: true }) response: Response): Promise<Json> {
    return changed(await caller.services.cases.archiveCase({ id: uuidOf(id), reason: body.reason ?? '', idempotencyKey: key ?? '' }), key, response);
  }

  @Post(':id/restore')
  @HttpCode(200)
  async restore(@CallerParam() caller: Caller, @Param('id') id: string, @Headers('idempotency-key') key: string | undefined, @Res({ passthrough: true }) response: Response): Promise<Json> {
    return changed(await caller.services.cases.restoreCase({ id: uuidOf(id), idempotencyKey: key ?? '' }), key, response);
  }
}

function submit(caller: Caller, items: casesV1.SubmittedCase[], body: unknown, key: string | undefined): Promise<casesV1.SubmitCasesReply> {
  const policies = { onDuplicate: policyOf(body), onDuplicateClient: policyOf(body, 'onDuplicateClient') };
  return caller.services.cases.submitCases({ items, ...policies, idempotencyKey: key ?? '' }, { deadlineMs: SUBMIT_MS });
}

function filterOf(query: Asked): casesV1.CaseFilter {
  const ids = (text: string | undefined): string[] => (text === undefined || text === '' ? [] : text.split(','));
  return requestOf(casesV1.CaseFilter, {
    search: query['search'] ?? '',
    types: ids(query['caseTypeId']),
    statuses: ids(query['caseStatusId']),
    category: query['category']?.toUpperCase() ?? '',
    tag: query['tag'] ?? '',
    list: query['list'] ?? '',
    contact: query['client'] ?? '',
    archived: query['archived'] === 'true' ? 'INCLUDE' : 'EXCLUDE',
    changedFromMs: instant(query['updatedSince']),
  });
}

async function typesOf({ services }: Caller): Promise<casesV1.CaseType[]> {
  return (await services.cases.listCaseTypes({ includeArchived: true, minPosition: '' })).types;
}

async function typeOf(caller: Caller, id: string): Promise<casesV1.CaseType> {
  const type = (await typesOf(caller)).find((one) => one.id === id);
  if (type === undefined) throw notFound();
  return type;
}

/** The id of what is named by its id or, without regard to case, by its name. @throws DomainError VALUE_NOT_ALLOWED */
function named(among: readonly { readonly id: string; readonly name: string }[], text: string, field: string): string {
  const wanted = text.trim().toLowerCase();
  const found = among.find(({ id }) => id === text) ?? among.find(({ name }) => name.toLowerCase() === wanted);
  if (found !== undefined) return found.id;
  throw validation('VALUE_NOT_ALLOWED', { text: text.slice(0, 100), field, suggestion: among.map(({ name }) => name).join(', ') }, field);
}

function shown(item: casesV1.Case | undefined, response: Response): Json {
  if (item === undefined) throw notFound();
  response.setHeader('ETag', `"${item.version}"`);
  return caseJson(item);
}

function changed(reply: casesV1.CaseReply, key: string | undefined, response: Response): Json {
  setIdempotencyHeaders(response, key, reply.replayed);
  return { ...shown(reply.case, response), warnings: reply.warnings.map(issueJson) };
}
