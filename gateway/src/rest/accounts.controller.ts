import { Body, Controller, Get, Headers, HttpCode, Ip, Post, Res, UseGuards } from '@nestjs/common';
import { IsEmail, IsIn, IsOptional, IsString, IsUUID, Length, MaxLength } from 'class-validator';
import type { Response } from 'express';
import type { Caller } from '../authenticator.js';
import { ServiceConnections } from '../service-connections.js';
import { CallerParam, SignedIn } from './caller.js';
import { setIdempotencyHeaders } from './idempotency.js';

class SignInBody {
  @IsEmail()
  email: string;

  @IsString()
  @MaxLength(1_000)
  password: string;

  /** Which company, for a person who works for several. */
  @IsOptional()
  @IsUUID()
  companyId?: string;
}

class CompanyBody {
  @IsString()
  @Length(1, 200)
  name: string;

  @IsOptional()
  @IsIn(['STANDARD', 'DEMO'])
  kind?: string;

  @IsOptional()
  @Length(2, 2)
  defaultCountry?: string;

  @IsOptional()
  @IsString()
  timeZone?: string;

  @IsString()
  @Length(1, 200)
  ownerName: string;

  @IsEmail()
  ownerEmail: string;

  @IsString()
  @Length(12, 1_000)
  ownerPassword: string;
}

type Json = Record<string, unknown>;

/** Sign-in, and what belongs to the installation rather than to a company. */
@Controller('api')
export class AccountsController {
  constructor(private readonly connections: ServiceConnections) {}

  @Post('sign-in')
  @HttpCode(200)
  async signIn(@Body() body: SignInBody, @Ip() address: string): Promise<Json> {
    const reply = await this.connections.accountsOf('').signIn({ email: body.email, password: body.password, address, companyId: body.companyId ?? '' });
    return {
      session: reply.session,
      expiresAt: new Date(reply.expiresAtMs).toISOString(),
      company: { id: reply.company?.id, name: reply.company?.name, kind: reply.company?.kind },
      user: { id: reply.user?.id, name: reply.user?.name, email: reply.user?.email, roles: reply.user?.roles },
    };
  }

  @Post('sign-out')
  @HttpCode(204)
  async signOut(@Headers('authorization') authorization: string | undefined): Promise<void> {
    await this.connections.accountsOf('').signOut({ session: (authorization ?? '').replace(/^Bearer /i, '') });
  }

  @Get('me')
  @UseGuards(SignedIn)
  async me(@CallerParam() caller: Caller): Promise<Json> {
    const { company } = await caller.services.accounts.getCompany({});
    return { userId: caller.viewer.userId, company, permissions: [...caller.viewer.permissions].sort() };
  }

  /** Needs the key of the installation as bearer: no company can make another. */
  @Post('companies')
  async createCompany(
    @Headers('authorization') authorization: string | undefined,
    @Body() body: CompanyBody,
    @Headers('idempotency-key') key: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Json> {
    const accounts = await this.connections.installationAccounts(authorization);
    const reply = await accounts.createCompany({
      name: body.name,
      kind: body.kind ?? 'STANDARD',
      defaultCountry: body.defaultCountry ?? 'US',
      timeZone: body.timeZone ?? 'UTC',
      ownerName: body.ownerName,
      ownerEmail: body.ownerEmail,
      ownerPassword: body.ownerPassword,
      idempotencyKey: key ?? '',
    });
    setIdempotencyHeaders(response, key, false);
    return { company: reply.company, owner: reply.owner };
  }
}
