import { connect, isFault } from 'vic-testbed/client';

const url = process.env['VSPHERE_URL']!;
const thumbprint = process.env['VSPHERE_THUMBPRINT']!;

const first = await connect(url, { user: 'user', password: 'pass', thumbprint });
const key = first.key; // keep it as you would a password
await first.close({ keepSession: true });

const second = await connect(url, { session: key, thumbprint }); // no login
console.log(second.key === key);
await second.close(); // logs out

try {
  await connect(url, { session: key, thumbprint }); // with user and password, it would log in anew
} catch (error) {
  console.log(isFault(error, 'NotAuthenticated'));
}

//=> true
//=> true
