// What goes wrong with proofs and tokens, in the words of WS-Trust 1.3 (section 11) and WS-Security (section 12).

export type TrustCode =
  | 'InvalidRequest' | 'FailedAuthentication' | 'RequestFailed' | 'InvalidSecurityToken' | 'BadRequest' | 'ExpiredData' | 'InvalidTimeRange' | 'UnableToRenew'
  | 'InvalidSecurity' | 'FailedCheck';

/** Codes that WS-Security defines and WS-Trust only uses. */
const OF_SECURITY = new Set<TrustCode>(['InvalidSecurity', 'FailedCheck']);

export class TrustFault extends Error {
  readonly code: TrustCode;

  constructor(code: TrustCode, message: string) {
    super(message);
    this.code = code;
  }

  get namespace(): string {
    return OF_SECURITY.has(this.code) ? WSSE : WST;
  }
}

export const WST = 'http://docs.oasis-open.org/ws-sx/ws-trust/200512';
export const WSSE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
export const WSU = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';
export const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
export const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
export const SAML = 'urn:oasis:names:tc:SAML:2.0:assertion';
