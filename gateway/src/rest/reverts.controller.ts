import { Body, Controller, Get, Headers, HttpCode, Param, Post, Res, UseGuards } from '@nestjs/common';
import { importsV1 } from '@caseledger/contracts';
import { notFound } from '@caseledger/errors';
import type { Response } from 'express';
import type { Caller } from '../authenticator.js';
import { localId } from '../graphql/global-id.js';
import { makeLoaders } from '../graphql/loaders.js';
import { CallerParam, SignedIn } from './caller.js';
import { setIdempotencyHeaders } from './idempotency.js';
import { PreviewHashBody } from './import.bodies.js';
import { revertJson, revertRecordJson } from './import.json.js';
import { AskedParam, pageOf, type Asked } from './query.values.js';

type Json = Record<string, unknown>;

const RECORDS = ['outcome', 'cursor', 'limit'];

/** A revert once its preview exists: look, confirm by its hash, follow, take back again (REV-001 to REV-012). */
@Controller('api/reverts')
@UseGuards(SignedIn)
export class RevertsController {
  @Get(':id')
  async one(@CallerParam() caller: Caller, @Param('id') id: string): Promise<Json> {
    const reply = await caller.services.imports.getReverts({ ids: [localId('Revert', id)], importId: '' });
    return shown(reply.reverts[0]);
  }

  @Get(':id/records')
  async records(@CallerParam() caller: Caller, @Param('id') id: string, @AskedParam(RECORDS) query: Asked): Promise<Json> {
    const reply = await caller.services.imports.listRevertRecords({
      id: localId('Revert', id),
      outcome: query['outcome'] ?? '',
      first: pageOf(query['limit']),
      after: query['cursor'] ?? '',
    });
    const loaders = makeLoaders(caller.services);
    const records = await Promise.all(reply.records.map((record) => revertRecordJson(record, loaders)));
    return { records, cursor: reply.records.at(-1)?.record ?? null, hasMore: reply.hasNext };
  }

  @Post(':id/confirm')
  @HttpCode(202)
  async confirm(@CallerParam() caller: Caller, @Param('id') id: string, @Body() body: PreviewHashBody, @Headers('idempotency-key') key: string | undefined, @Res({ passthrough: true }) response: Response): Promise<Json> {
    const reply = await caller.services.imports.confirmRevert({ id: localId('Revert', id), hash: body.previewHash ?? '', idempotencyKey: key ?? '' });
    setIdempotencyHeaders(response, key, reply.replayed);
    return shown(reply.revert);
  }

  /** pause, resume, cancel and restore take nothing but the id. */
  @Post(':id/:command')
  @HttpCode(202)
  async act(@CallerParam() caller: Caller, @Param('id') id: string, @Param('command') name: string, @Headers('idempotency-key') key: string | undefined, @Res({ passthrough: true }) response: Response): Promise<Json> {
    const { imports } = caller.services;
    const run = new Map([
      ['pause', imports.pauseRevert],
      ['resume', imports.resumeRevert],
      ['cancel', imports.cancelRevert],
      ['restore', imports.restoreRevert],
    ]).get(name);
    if (run === undefined) throw notFound();
    const reply = await run({ id: localId('Revert', id), idempotencyKey: key ?? '' });
    setIdempotencyHeaders(response, key, reply.replayed);
    return shown(reply.revert);
  }
}

function shown(revert: importsV1.Revert | undefined): Json {
  if (revert === undefined) throw notFound();
  return revertJson(revert);
}
