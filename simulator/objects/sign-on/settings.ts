// Settings of single sign-on: the password policy, the lifetimes of tokens, identity sources and default domains.
import type { Transaction } from '../../store/transaction.ts';
import { signOnSettings, tokenSettings, type TOKENS, type SignOnSettings } from '../../sso/settings.ts';
import { ServiceFault, type ServiceCall, type ServiceMethod, type Values } from '../../sso/service.ts';
import { change, requireUser, SYSTEM_DOMAIN } from './people.ts';
import { checkPolicy, policyOf, settingsIn, type PasswordPolicy } from './password-policy.ts';

interface Ldap {
  readonly name: string;
  readonly domains: readonly { readonly name: string; readonly alias?: string }[];
  readonly type: string;
  readonly details: Values;
  readonly authenticationDetails: { readonly authenticationType: string; readonly username?: string };
}

const CONFIGURATION = 'SsoAdminConfigurationManagementService';
const SOURCES = 'SsoAdminIdentitySourceManagementService';
const POLICY = 'SsoAdminPasswordPolicyService';
const CREDENTIALS = 'authnCredentials:SsoAdminIdentitySourceManagementServiceAuthenticationCredentails?';

function set(call: ServiceCall, next: (settings: SignOnSettings, tx: Transaction) => SignOnSettings): void {
  change(call, (tx) => {
    const settings = settingsIn(call.sim, tx);
    tx.set(call.sim.wellKnown['userDirectory']!, '_signOn', { ...settings, ...next(settings, tx) });
  });
}

/** A number of the token service: a method that tells it and one that sets it. */
function number(name: string, field: keyof typeof TOKENS, param: string, type: 'int' | 'long'): Readonly<Record<string, ServiceMethod>> {
  return {
    [`Get${name}`]: { on: CONFIGURATION, result: type, run: (call) => (requireUser(call), tokenSettings(call.sim)[field]) },
    [`Set${name}`]: {
      on: CONFIGURATION, params: `${param}:${type}`,
      run(call, args) {
        const value = Number(args[param]);
        if (value < 0 || (type === 'long' && value === 0)) throw new ServiceFault('InvalidArgument', `A specified parameter was not correct: ${param} is ${value}.`, { invalidProperty: param });
        set(call, () => ({ [field]: value }));
      },
    },
  };
}

const ldapsOf = (settings: SignOnSettings): readonly Ldap[] => (settings.ldaps ?? []) as readonly Ldap[];

function domainNotFound(name: string): never {
  throw new ServiceFault('SsoAdminFaultDomainNotFoundFault', `There is no identity source "${name}".`, { domainName: name });
}

/** Changes one of the LDAP sources. */
function changeLdap(call: ServiceCall, name: string, what: (source: Ldap) => Ldap): void {
  set(call, (settings) => {
    const list = ldapsOf(settings);
    if (!list.some((source) => source.name === name)) domainNotFound(name);
    return { ldaps: list.map((source) => (source.name === name ? what(source) : source)) };
  });
}

function setDomainList(call: ServiceCall, tx: Transaction, next: (list: readonly string[]) => readonly string[]): void {
  const directory = call.sim.wellKnown['userDirectory']!;
  tx.set(directory, 'domainList', next((tx.get(directory, 'domainList') ?? []) as readonly string[]));
}

const authentication = (type: unknown, credentials: unknown): Ldap['authenticationDetails'] => {
  const { username } = (credentials ?? {}) as { username?: string };
  return { authenticationType: String(type), ...(username === undefined ? {} : { username }) };
};

const certificates = (on: string): ServiceMethod => ({
  on, result: 'string[]',
  async run(call) {
    requireUser(call);
    return [(await call.sim.signing()).cert];
  },
});

export const settingMethods: Readonly<Record<string, ServiceMethod>> = {
  GetLocalPasswordPolicy: { on: POLICY, result: 'AdminPasswordPolicy', run: (call) => (requireUser(call), policyOf(call.sim)) },
  UpdateLocalPasswordPolicy: {
    on: POLICY, params: 'policy:AdminPasswordPolicy',
    run(call, { policy }) {
      checkPolicy(policy as PasswordPolicy);
      set(call, () => ({ policy: policy as PasswordPolicy }));
    },
  },
  ...number('MaximumBearerTokenLifetime', 'longestBearer', 'maxLifetime', 'long'),
  ...number('MaximumHoKTokenLifetime', 'longestHolder', 'maxLifetime', 'long'),
  ...number('RenewCount', 'renewals', 'renewCount', 'int'),
  ...number('DelegationCount', 'delegations', 'delegationCount', 'int'),
  GetTrustedCertificates: certificates(CONFIGURATION),
  GetIssuersCertificates: certificates(CONFIGURATION),
  GetSystemDomainName: { on: 'SsoAdminDomainManagementService', result: 'string', run: (call) => (requireUser(call), SYSTEM_DOMAIN) },
  Get: {
    on: SOURCES, result: 'IdentitySources',
    run(call) {
      requireUser(call);
      const system = { name: SYSTEM_DOMAIN, domains: [{ name: SYSTEM_DOMAIN }] };
      const localOS = { name: 'localos', domains: [{ name: 'localos' }] };
      const ldaps = ldapsOf(signOnSettings(call.sim));
      return { all: [system, localOS, ...ldaps], system, localOS, ldaps };
    },
  },
  IdS_getDefaultDomains: { on: SOURCES, result: 'string[]', run: (call) => (requireUser(call), signOnSettings(call.sim).defaultDomains ?? [SYSTEM_DOMAIN]) },
  IdS_setDefaultDomains: {
    on: SOURCES, params: 'domainNames:string[]',
    run(call, { domainNames }) {
      const names = domainNames as readonly string[];
      set(call, (settings) => {
        const known = [SYSTEM_DOMAIN, 'localos', ...ldapsOf(settings).map(({ name }) => name)];
        for (const name of names) if (!known.includes(name)) domainNotFound(name);
        return { defaultDomains: names };
      });
    },
  },
  RegisterLdap: {
    on: SOURCES, params: `serverType:string domainName:string domainAlias:string? details:LdapIdentitySourceDetails authenticationType:string ${CREDENTIALS}`,
    run(call, { serverType, domainName, domainAlias, details, authenticationType, authnCredentials }) {
      const name = String(domainName).toLowerCase();
      set(call, (settings, tx) => {
        const list = ldapsOf(settings);
        if (name === SYSTEM_DOMAIN || name === 'localos' || list.some((source) => source.name === name)) throw new ServiceFault('SsoAdminFaultDuplicateDomainNameFault', `There is an identity source "${name}" already.`, { domainName: name });
        setDomainList(call, tx, (domains) => [...domains, name]);
        const alias = domainAlias === undefined || domainAlias === '' ? {} : { alias: String(domainAlias) };
        return { ldaps: [...list, { name, domains: [{ name, ...alias }], type: String(serverType), details: details as Values, authenticationDetails: authentication(authenticationType, authnCredentials) } satisfies Ldap] };
      });
    },
  },
  UpdateLdap: { on: SOURCES, params: 'name:string details:LdapIdentitySourceDetails', run: (call, { name, details }) => changeLdap(call, String(name), (source) => ({ ...source, details: details as Values })) },
  UpdateLdapAuthnType: {
    on: SOURCES, params: `name:string authnType:string ${CREDENTIALS}`,
    run: (call, { name, authnType, authnCredentials }) => changeLdap(call, String(name), (source) => ({ ...source, authenticationDetails: authentication(authnType, authnCredentials) })),
  },
  DeleteDomain: {
    on: 'SsoAdminDomainManagementService', params: 'name:string',
    run(call, { name }) {
      set(call, (settings, tx) => {
        const list = ldapsOf(settings);
        if (!list.some((source) => source.name === name)) domainNotFound(String(name));
        setDomainList(call, tx, (domains) => domains.filter((domain) => domain !== name));
        return { ldaps: list.filter((source) => source.name !== name), defaultDomains: (settings.defaultDomains ?? [SYSTEM_DOMAIN]).filter((domain) => domain !== name) };
      });
    },
  },
};
