import { cyclesStep } from './cycles.step.js';
import { exceptionsStep } from './exceptions.step.js';
import { generatedStep } from './generated.step.js';
import { lintStep } from './lint.step.js';
import { bufBreakingStep, bufLintStep } from './protos.step.js';
import { schemaStep } from './schema.step.js';
import type { Step } from './step.js';
import { typesStep } from './types.step.js';

/** The steps of `npm run check`, in order: what later steps read is made by earlier ones. */
export const allSteps: readonly Step[] = [
  generatedStep, bufLintStep, bufBreakingStep, typesStep, lintStep, cyclesStep, exceptionsStep, schemaStep,
];
