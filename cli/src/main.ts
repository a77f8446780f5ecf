#!/usr/bin/env node
import { environment, readCliConfig } from './config.js';
import { runProgram } from './program.js';

process.exitCode = await runProgram(process.argv, readCliConfig(environment(), process.cwd()));
