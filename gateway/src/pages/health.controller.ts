import { Controller, Get, Res } from '@nestjs/common';
import type { Response } from 'express';
import { ServiceConnections } from '../service-connections.js';

@Controller('health')
export class HealthController {
  constructor(private readonly connections: ServiceConnections) {}

  @Get('live')
  live(): { status: string } {
    return { status: 'ok' };
  }

  /** 503 until every service takes calls. */
  @Get('ready')
  async ready(@Res({ passthrough: true }) response: Response): Promise<{ status: string }> {
    const ready = await this.connections.ready();
    response.status(ready ? 200 : 503);
    return { status: ready ? 'ok' : 'waiting for services' };
  }
}
