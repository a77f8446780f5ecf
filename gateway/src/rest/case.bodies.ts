import { IsOptional, IsString, Length, MaxLength } from 'class-validator';

/** Type and status are taken by id or by name. */
export class StatusBody {
  @IsString()
  @Length(1, 200)
  status: string;

  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  reason?: string;
}

export class TypeBody {
  @IsString()
  @Length(1, 200)
  type: string;

  /** Left out: the one of the same name, else the first of the new type. */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  status?: string;
}

export class ArchiveBody {
  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  reason?: string;
}
