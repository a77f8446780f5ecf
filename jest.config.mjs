import { existsSync, readdirSync } from 'node:fs';

const root = new URL('.', import.meta.url);
const rooms = ['libs', 'services', 'infra', '.'];
const projects = rooms.flatMap((room) =>
  readdirSync(new URL(`${room}/`, root))
    .map((name) => (room === '.' ? name : `${room}/${name}`))
    .filter((path) => existsSync(new URL(`${path}/jest.config.mjs`, root))),
);

export default { projects: projects.map((path) => `<rootDir>/${path}`), workerIdleMemoryLimit: '800MB', testTimeout: 60_000 };
