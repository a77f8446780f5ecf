import { Body, Controller, Get, Headers, HttpCode, Param, Post, Put, Query, Req, Res, UseGuards } from '@nestjs/common';
import { importsV1 } from '@caseledger/contracts';
import { notFound, validation } from '@caseledger/errors';
import type { Request, Response } from 'express';
import type { Caller } from '../authenticator.js';
import { localId, recordRef } from '../graphql/global-id.js';
import { makeLoaders } from '../graphql/loaders.js';
import { headersOf, toRowIssue } from '../graphql/values.js';
import { requestOf } from '../services.js';
import { CallerParam, SignedIn } from './caller.js';
import { pieces, sendFile } from './file.transfer.js';
import { setIdempotencyHeaders } from './idempotency.js';
import { AnalysisBody, CompleteBody, CreateImportBody, DecisionBody, HashBody, MappingBody, OptionsBody, RetryBody, RevertBody, RowsBody } from './import.bodies.js';
import { importJson, revertJson, rowJson } from './import.json.js';
import { AskedParam, codeOf, pageOf, rowCursorOf, wordOf, type Asked } from './query.values.js';

type Json = Record<string, unknown>;
const RESULTS: ReadonlyMap<string, string> = new Map([['succeeded', 'SUCCEEDED'], ['failed', 'FAILED'], ['not-applied', 'NOT_APPLIED']]);

const LIST = ['type', 'state', 'status', 'fileName', 'cursor', 'limit'];
const ROWS = ['of', 'outcome', 'reason', 'code', 'attempts', 'cursor', 'limit'];

/** The whole import as a job (RST-001): upload, map, plan, confirm with the plan's hash, start, follow, take back. */
@Controller('api/imports')
@UseGuards(SignedIn)
export class ImportsController {
  @Post()
  async create(@CallerParam() caller: Caller, @Body() body: CreateImportBody, @Headers('idempotency-key') key: string | undefined, @Res({ passthrough: true }) response: Response): Promise<Json> {
    const reply = await caller.services.imports.createImport({
      type: body.type,
      fileName: body.fileName,
      sizeBytes: body.sizeBytes ?? 0,
      sha256: body.sha256 ?? '',
      importKey: body.importKey ?? '',
      origin: 'REST',
      idempotencyKey: key ?? '',
    });
    return answer(reply, key, response);
  }

  @Get()
  async list(@CallerParam() caller: Caller, @AskedParam(LIST) query: Asked): Promise<Json> {
    const reply = await caller.services.imports.listImports(
      requestOf(importsV1.ListImportsRequest, {
        type: wordOf(query['type'], 'type'),
        state: wordOf(query['state'], 'state'),
        status: wordOf(query['status'], 'status'),
        fileName: query['fileName'] ?? '',
        first: pageOf(query['limit']),
        after: query['cursor'] ?? '',
      }),
    );
    return {
      imports: reply.edges.flatMap((edge) => (edge.import === undefined ? [] : [importJson(edge.import)])),
      cursor: reply.edges.at(-1)?.cursor ?? null,
      hasMore: reply.hasNext,
      total: reply.total,
    };
  }

  @Get(':id')
  async one(@CallerParam() caller: Caller, @Param('id') id: string): Promise<Json> {
    return importJson(await found(caller, id));
  }

  @Put(':id/file')
  async put(@CallerParam() caller: Caller, @Param('id') id: string, @Query('part') part: string | undefined, @Headers('x-content-sha256') sha256: string | undefined, @Req() request: Request): Promise<Json> {
    const reply = await caller.services.imports.putFile({ id: localId('Import', id), part: partOf(part), sha256: sha256 ?? '' }, pieces(request));
    return { part: reply.part, sizeBytes: reply.sizeBytes, sha256: reply.sha256 };
  }

  @Get(':id/file')
  async parts(@CallerParam() caller: Caller, @Param('id') id: string, @AskedParam([]) _asked: Asked): Promise<Json> {
    const reply = await caller.services.imports.listParts({ id: localId('Import', id) });
    return { parts: reply.parts.map(({ part, sizeBytes, sha256 }) => ({ part, sizeBytes, sha256 })) };
  }

  @Get(':id/file/original')
  async original(@CallerParam() caller: Caller, @Param('id') id: string, @Res() response: Response): Promise<void> {
    await sendFile(await caller.services.imports.originalFile(localId('Import', id)), response);
  }

  @Post(':id/file/complete')
  @HttpCode(200)
  async complete(@CallerParam() caller: Caller, @Param('id') id: string, @Body() body: CompleteBody, @Headers('idempotency-key') key: string | undefined, @Res({ passthrough: true }) response: Response): Promise<Json> {
    const reply = await caller.services.imports.completeUpload({ ...command(id, key), sha256: body.sha256 ?? '' });
    return answer(reply, key, response);
  }

  @Post(':id/analysis')
  @HttpCode(200)
  async analysis(@CallerParam() caller: Caller, @Param('id') id: string, @Body() body: AnalysisBody, @Headers('idempotency-key') key: string | undefined, @Res({ passthrough: true }) response: Response): Promise<Json> {
    const { delimiter = '', sheet = '', headerRow = 0 } = body;
    return answer(await caller.services.imports.setAnalysis({ ...command(id, key), delimiter, sheet, headerRow }), key, response);
  }

  @Post(':id/mapping')
  @HttpCode(200)
  async mapping(@CallerParam() caller: Caller, @Param('id') id: string, @Body() body: MappingBody, @Headers('idempotency-key') key: string | undefined, @Res({ passthrough: true }) response: Response): Promise<Json> {
    const columns = body.columns.map(({ column, target }) => ({ column, target: target ?? '' }));
    return answer(await caller.services.imports.setMapping({ ...command(id, key), columns }), key, response);
  }

  @Post(':id/options')
  @HttpCode(200)
  async options(@CallerParam() caller: Caller, @Param('id') id: string, @Body() body: OptionsBody, @Headers('idempotency-key') key: string | undefined, @Res({ passthrough: true }) response: Response): Promise<Json> {
    const options = requestOf(importsV1.ImportOptions, { ...body });
    return answer(await caller.services.imports.setOptions({ ...command(id, key), options }), key, response);
  }

  @Post(':id/decisions')
  @HttpCode(200)
  async decide(@CallerParam() caller: Caller, @Param('id') id: string, @Body() body: DecisionBody, @Headers('idempotency-key') key: string | undefined, @Res({ passthrough: true }) response: Response): Promise<Json> {
    const reply = await caller.services.imports.decideRows({
      ...command(id, key),
      rows: selectionOf(body),
      action: body.action ?? '',
      record: body.record === undefined ? '' : recordRef(body.record).id,
    });
    return answer(reply, key, response);
  }

  @Post(':id/confirm')
  @HttpCode(200)
  async confirm(@CallerParam() caller: Caller, @Param('id') id: string, @Body() body: HashBody, @Headers('idempotency-key') key: string | undefined, @Res({ passthrough: true }) response: Response): Promise<Json> {
    return answer(await caller.services.imports.confirmImport({ ...command(id, key), hash: body.planHash ?? '' }), key, response);
  }

  @Post(':id/start')
  @HttpCode(202)
  async start(@CallerParam() caller: Caller, @Param('id') id: string, @Body() body: HashBody, @Headers('idempotency-key') key: string | undefined, @Res({ passthrough: true }) response: Response): Promise<Json> {
    return answer(await caller.services.imports.startImport({ ...command(id, key), hash: body.planHash ?? '' }), key, response);
  }

  @Post(':id/retry')
  @HttpCode(202)
  async retry(@CallerParam() caller: Caller, @Param('id') id: string, @Body() body: RetryBody, @Headers('idempotency-key') key: string | undefined, @Res({ passthrough: true }) response: Response): Promise<Json> {
    const continueCancelled = body.continueCancelled ?? false;
    const rows = continueCancelled ? undefined : selectionOf(body);
    return answer(await caller.services.imports.retryRows({ ...command(id, key), rows, continueCancelled }), key, response);
  }

  @Get(':id/rows')
  async rows(@CallerParam() caller: Caller, @Param('id') id: string, @AskedParam(ROWS) query: Asked): Promise<Json> {
    const item = await found(caller, id);
    const reply = await caller.services.imports.listRows(
      requestOf(importsV1.ListRowsRequest, {
        id: item.id,
        of: rowsOf(query['of'], item),
        outcome: wordOf(query['outcome'], 'outcome'),
        reason: codeOf(query['reason'], 'reason'),
        code: codeOf(query['code'], 'code'),
        allAttempts: query['attempts'] === 'all',
        first: pageOf(query['limit']),
        afterRow: rowCursorOf(query['cursor']),
      }),
    );
    const headers = headersOf(item.analysis);
    const loaders = makeLoaders(caller.services);
    return {
      rows: await Promise.all(reply.rows.map((row) => rowJson(row, headers, loaders))),
      cursor: reply.rows.at(-1)?.row ?? null,
      hasMore: reply.hasNext,
      total: reply.total,
    };
  }

  @Get(':id/issues')
  async issues(@CallerParam() caller: Caller, @Param('id') id: string, @AskedParam([]) _asked: Asked): Promise<Json> {
    const reply = await caller.services.imports.listIssues({ id: localId('Import', id) });
    return { issues: reply.groups };
  }

  @Get(':id/results/:result')
  async results(@CallerParam() caller: Caller, @Param('id') id: string, @Param('result') name: string, @Query('format') format: string | undefined, @Res() response: Response): Promise<void> {
    const result = RESULTS.get(name);
    if (result === undefined) throw notFound();
    const file = await caller.services.imports.resultFile({ id: localId('Import', id), result, format: wordOf(format, 'format') || 'CSV' });
    await sendFile(file, response);
  }

  @Get(':id/reverts')
  async reverts(@CallerParam() caller: Caller, @Param('id') id: string, @AskedParam([]) _asked: Asked): Promise<Json> {
    const item = await found(caller, id);
    const reply = await caller.services.imports.getReverts({ ids: [], importId: item.id });
    return { reverts: reply.reverts.map(revertJson) };
  }

  @Post(':id/revert')
  @HttpCode(202)
  async revert(@CallerParam() caller: Caller, @Param('id') id: string, @Body() body: RevertBody, @Headers('idempotency-key') key: string | undefined, @Res({ passthrough: true }) response: Response): Promise<Json> {
    const reply = await caller.services.imports.previewRevert({
      importId: localId('Import', id),
      createdPolicy: body.createdPolicy ?? 'KEEP',
      recordPolicies: body.recordPolicies ?? {},
      idempotencyKey: key ?? '',
    });
    setIdempotencyHeaders(response, key, reply.replayed);
    if (reply.revert === undefined) throw notFound();
    return revertJson(reply.revert);
  }

  /** plan, pause, resume, cancel and discard take nothing but the id; declared last, so that named paths come first. */
  @Post(':id/:command')
  @HttpCode(200)
  async act(@CallerParam() caller: Caller, @Param('id') id: string, @Param('command') name: string, @Headers('idempotency-key') key: string | undefined, @Res({ passthrough: true }) response: Response): Promise<Json> {
    const { imports } = caller.services;
    const commands = new Map([
      ['plan', imports.planImport],
      ['pause', imports.pauseImport],
      ['resume', imports.resumeImport],
      ['cancel', imports.cancelImport],
      ['discard', imports.discardImport],
    ]);
    const run = commands.get(name);
    if (run === undefined) throw notFound();
    return answer(await run(command(id, key)), key, response);
  }
}

function command(id: string, key: string | undefined): importsV1.ImportCommandRequest {
  return { id: localId('Import', id), idempotencyKey: key ?? '' };
}

function answer(reply: importsV1.ImportReply, key: string | undefined, response: Response): Json {
  setIdempotencyHeaders(response, key, reply.replayed);
  if (reply.import === undefined) throw notFound();
  const headers = headersOf(reply.import.analysis);
  return { ...importJson(reply.import), warnings: reply.warnings.map((warning) => toRowIssue(warning, headers)) };
}

async function found(caller: Caller, id: string): Promise<importsV1.Import> {
  const reply = await caller.services.imports.getImports({ ids: [localId('Import', id)] });
  const item = reply.imports[0];
  if (item === undefined) throw notFound();
  return item;
}

function selectionOf({ rows, outcome, reason, code }: RowsBody): importsV1.RowSelection {
  return { rows: rows ?? [], outcome: outcome ?? '', reason: reason ?? '', code: code ?? '' };
}

function rowsOf(asked: string | undefined, item: importsV1.Import): string {
  const word = wordOf(asked, 'of');
  if (word !== '') return word;
  if (item.startedAtMs > 0) return 'LEDGER';
  return item.plan === undefined ? 'PREVIEW' : 'PLAN';
}

/** 0 for the whole file in one request. */
function partOf(text: string | undefined): number {
  if (text === undefined) return 0;
  const part = Number(text);
  if (!Number.isInteger(part) || part < 1 || part > 100_000) throw validation('NUMBER_OUT_OF_RANGE', { field: 'part', min: 1, max: 100_000 }, 'part');
  return part;
}
