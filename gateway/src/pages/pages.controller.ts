import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Controller, Get, Header, Param, Res } from '@nestjs/common';
import { notFound } from '@caseledger/errors';
import type { Response } from 'express';
import { apiGuide } from './api-guide.js';
import { graphiqlPage } from './graphiql.page.js';
import { openApi } from './openapi.js';

const require = createRequire(import.meta.url);

/** Files of the GraphQL explorer, from the packages that this gateway brings along: no other host is asked. */
const ASSETS: ReadonlyMap<string, { from: string; file: string; type: string }> = new Map([
  ['react.js', { from: 'react', file: 'umd/react.production.min.js', type: 'text/javascript' }],
  ['react-dom.js', { from: 'react-dom', file: 'umd/react-dom.production.min.js', type: 'text/javascript' }],
  ['graphiql.js', { from: 'graphiql', file: 'graphiql.min.js', type: 'text/javascript' }],
  ['graphiql.css', { from: 'graphiql', file: 'graphiql.min.css', type: 'text/css' }],
]);

@Controller()
export class PagesController {
  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  explorer(): string {
    return graphiqlPage();
  }

  @Get('assets/:name')
  asset(@Param('name') name: string, @Res() response: Response): void {
    const asset = ASSETS.get(name);
    if (asset === undefined) throw notFound();
    response.setHeader('Content-Type', `${asset.type}; charset=utf-8`);
    response.setHeader('Cache-Control', 'public, max-age=86400');
    createReadStream(join(dirname(require.resolve(`${asset.from}/package.json`)), asset.file)).pipe(response);
  }

  @Get('api/openapi.json')
  openApi(): object {
    return openApi();
  }

  @Get('docs/api')
  @Header('Content-Type', 'text/html; charset=utf-8')
  guide(): string {
    return apiGuide();
  }
}
