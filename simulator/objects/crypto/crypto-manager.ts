// CryptoManager and CryptoManagerKmip (vim25): key providers, their servers, certificates and keys.
import { define } from '../../dispatch/define.ts';
import { kmipCertificates } from './certificates.ts';
import { cryptoKeys, kmipKeys } from './keys.ts';
import { kmipServers } from './servers.ts';

export const cryptoManager = define('CryptoManager', cryptoKeys);
export const cryptoManagerKmip = define('CryptoManagerKmip', { ...kmipServers, ...kmipKeys, ...kmipCertificates }, { partly: { ListKmsClusters: 'its two filters are not looked at' } });
