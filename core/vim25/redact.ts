// Removes what must not be shown from SOAP text before it is traced: passwords, tickets, session ids, private keys.

const HIDDEN = '(removed)';

const RULES: readonly (readonly [RegExp, string])[] = [
  // Elements that carry a secret by their name.
  [/<((?:\w+:)?(?:password|base64Token|cloneTicket|sslThumbprint|ticket|sessionTicket|cookie|vcSessionCookie|privateKey))((?:\s[^>]*)?)>[^<]*</gi, `<$1$2>${HIDDEN}<`],
  // Session ids: in the answer to every kind of login, and where sessions are listed.
  [/(<(?:\w+:)?(?:Login\w*|CloneSession|ImpersonateUser)Response[^>]*>[\s\S]*?<(?:\w+:)?key>)[^<]*</g, `$1${HIDDEN}<`],
  [/(<[^<>]*(?:type="(?:\w+:)?UserSession"|UserSession\b|currentSession|sessionList)[^<>]*>\s*<(?:\w+:)?key>)[^<]*</g, `$1${HIDDEN}<`],
  // Tickets that are the whole answer, or its id.
  [/(<(?:\w+:)?Acquire\w*TicketResponse[^>]*>\s*<(?:\w+:)?returnval[^>]*>)[^<\s][^<]*</g, `$1${HIDDEN}<`],
  [/(<(?:\w+:)?AcquireGenericServiceTicketResponse[^>]*>[\s\S]*?<(?:\w+:)?id>)[^<]*</g, `$1${HIDDEN}<`],
  // Tokens that prove who somebody is.
  [/<((?:\w+:)?Assertion)\b[\s\S]*?<\/\1>/g, HIDDEN],
  [/(<(?:\w+:)?BinarySecurityToken[^>]*>)[^<]*</g, `$1${HIDDEN}<`],
  // extraConfig values of secret keys: credentials and key material of a VCH.
  [/(<(?:\w+:)?key>[^<]*(?:userpw|extension_key|key_pem|HostCertificate\/Key|Certificates\|[^<]*\/Key|init\/key|ovfEnv|@secret|password)[^<]*<\/(?:\w+:)?key>\s*<(?:\w+:)?value[^>]*>)[^<]*</gi, `$1${HIDDEN}<`],
  // Passwords within URLs, as in the command line of an appliance's port layer.
  [/(:\/\/[^\s/:@<>|"']+:)[^\s/@<>|"']+@/g, `$1${HIDDEN}@`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g, HIDDEN],
];

/** The text with every known secret replaced. */
export const redact = (text: string): string => RULES.reduce((seen, [pattern, replacement]) => seen.replace(pattern, replacement), text);
