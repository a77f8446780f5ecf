import { IsArray, IsBoolean, IsIn, IsInt, IsObject, IsOptional, IsString, Length, Matches, Max, MaxLength, Min, ValidateNested } from 'class-validator';
import { Type } from 'class-transformer';

/** Bodies of the import requests (RST-001). Unknown keys are refused with FIELD_UNKNOWN by the global pipe. */
export class CreateImportBody {
  @IsIn(['CLIENTS', 'CONTACTS', 'CASES'])
  type: 'CLIENTS' | 'CONTACTS' | 'CASES';

  @IsString()
  @Length(1, 255)
  fileName: string;

  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  sizeBytes?: number;

  @IsOptional()
  @Matches(/^[0-9a-f]{64}$/i)
  sha256?: string;

  @IsOptional()
  @IsString()
  @MaxLength(200)
  importKey?: string;
}

export class CompleteBody {
  @IsOptional()
  @Matches(/^[0-9a-f]{64}$/i)
  sha256?: string;
}

export class ColumnBody {
  @IsInt()
  @Min(0)
  column: number;

  @IsOptional()
  @IsString()
  @MaxLength(100)
  target?: string;
}

export class AnalysisBody {
  @IsOptional()
  @IsString()
  @Length(1, 1)
  delimiter?: string;

  @IsOptional()
  @IsString()
  @MaxLength(100)
  sheet?: string;

  @IsOptional()
  @IsInt()
  @Min(-1)
  headerRow?: number;
}

export class MappingBody {
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => ColumnBody)
  columns: ColumnBody[];
}

/** Keys left out keep their present value. */
export class OptionsBody {
  @IsOptional()
  @IsObject()
  defaults?: Record<string, string>;

  @IsOptional()
  @IsObject()
  dateFormat?: Record<string, string>;

  @IsOptional()
  @IsString()
  defaultCountry?: string;

  @IsOptional()
  @IsIn(['SKIP', 'UPDATE', 'CREATE', 'MERGE'])
  duplicatePolicy?: string;

  @IsOptional()
  @IsIn(['KEEP', 'CLEAR', 'FILL'])
  blankCells?: string;

  @IsOptional()
  @IsIn(['FAIL', 'LEAVE_OUT'])
  invalidOptionalValue?: string;

  @IsOptional()
  @IsIn(['HOLD', 'CREATE'])
  onReview?: string;

  @IsOptional()
  @IsIn(['EXACT_PLAN', 'CURRENT_STATE'])
  apply?: string;

  @IsOptional()
  @IsIn(['ON', 'OFF'])
  keepOriginalDates?: string;

  /** Only of case imports from here on. Id or name of the type of rows that name none. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  caseType?: string;

  /** Id or name of a list that exists. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  caseList?: string;

  /** Name of a list to be made; not together with caseList. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  newCaseList?: string;

  @IsOptional()
  @IsIn(['ON', 'OFF'])
  addSkippedToList?: string;

  @IsOptional()
  @IsIn(['SKIP', 'UPDATE', 'CREATE', 'MERGE'])
  clientDuplicatePolicy?: string;
}

export class HashBody {
  @IsOptional()
  @IsString()
  @MaxLength(128)
  planHash?: string;
}

export class PreviewHashBody {
  @IsOptional()
  @IsString()
  @MaxLength(128)
  previewHash?: string;
}

export class RowsBody {
  @IsOptional()
  @IsArray()
  @IsInt({ each: true })
  rows?: number[];

  @IsOptional()
  @IsString()
  outcome?: string;

  @IsOptional()
  @IsString()
  reason?: string;

  @IsOptional()
  @IsString()
  code?: string;
}

export class RetryBody extends RowsBody {
  @IsOptional()
  @IsBoolean()
  continueCancelled?: boolean;
}

export class DecisionBody extends RowsBody {
  @IsOptional()
  @IsIn(['SKIP', 'UPDATE', 'MERGE', 'CREATE', 'EXCLUDE'])
  action?: string;

  @IsOptional()
  @IsString()
  record?: string;
}

export class RevertBody {
  @IsOptional()
  @IsIn(['KEEP', 'STRIP', 'ARCHIVE'])
  createdPolicy?: string;

  @IsOptional()
  @IsObject()
  recordPolicies?: Record<string, string>;
}
