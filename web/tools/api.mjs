// npm run api: the types of the HTTP interface (src/kit/api.generated.ts) from the program's own description of it.
//   ZHIAN   the program; ../build/zhian by default
//   --check writes nothing, and exits 1 where the types are not those of the program
// Two things are left out, so that a new kind of matter changes no file of the interface: the form of each step, which pages read
// from the server as they open it, and the lists of kinds, rooms and roles, which are words to a page and nothing that it knows.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';

const target = new URL('../src/kit/api.generated.ts', import.meta.url);
const program = process.env.ZHIAN ?? new URL('../../build/zhian', import.meta.url).pathname;
const kLists = ['KindId', 'RoomId', 'RoleId'];

const description = JSON.parse(execFileSync(program, ['openapi'], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }));
const { schemas } = description.components;
for (const name of Object.keys(schemas)) {
  if (name.includes('.')) delete schemas[name];
  if (kLists.includes(name)) schemas[name] = { type: 'string' };
}
const types =
  '// Made by `npm run api` from `zhian openapi`; do not edit.\n' + astToString(await openapiTS(description));
if (!process.argv.includes('--check')) fs.writeFileSync(target, types);
else if (fs.readFileSync(target, 'utf8') !== types) {
  console.error(
    'src/kit/api.generated.ts is not of this program: run `npm run api` in web, and look at what the pages make of it',
  );
  process.exit(1);
}
