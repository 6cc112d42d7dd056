import { Readable } from 'node:stream';
import { connect, openDatastore, readInventory } from 'vic-testbed/client';

const thumbprint = process.env['VSPHERE_THUMBPRINT']!;
const session = await connect(process.env['VSPHERE_URL']!, { user: 'user', password: 'pass', thumbprint });
const files = await openDatastore(session, await readInventory(session), 'LocalDS_0');

await files.mkdir('iso/linux'); // with its parents
await files.upload('iso/linux/boot.cfg', Readable.from(['timeout=5\n', 'quiet\n'])); // or a local path, or bytes
console.log(await files.list('iso/linux'));
console.log((await files.stat('iso/linux/boot.cfg'))?.size, await files.stat('iso/none'));

await files.move('iso/linux/boot.cfg', 'iso/boot.cfg');
for await (const chunk of await files.download('iso/boot.cfg')) console.log(String(chunk).trim().split('\n'));
console.log(await files.remove('iso'), await files.remove('iso'));
await session.close();

//=> [ { name: 'boot.cfg', directory: false } ]
//=> 16 undefined
//=> [ 'timeout=5', 'quiet' ]
//=> true false
