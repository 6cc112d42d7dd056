// The administration of single sign-on at /sso-adminserver: its types, and the methods that tell what there is. Users and
// groups are those of the UserDirectory: who is made here logs in, is found, and is bound by permissions like everybody.
import { ServiceFault, type Reference, type Service, type ServiceMethod } from '../../sso/service.ts';
import { principalMethods } from './principals.ts';
import { findMethods } from './find.ts';
import { settingMethods } from './settings.ts';

const SERVICES = [
  'ConfigurationManagementService', 'SmtpManagementService', 'PrincipalDiscoveryService', 'PrincipalManagementService', 'RoleManagementService', 'PasswordPolicyService',
  'LockoutPolicyService', 'DomainManagementService', 'IdentitySourceManagementService', 'SystemManagementService', 'ComputerManagementService', 'SsoHealthManagementService',
  'DeploymentInformationService', 'ReplicationService',
] as const;

const lower = (name: string): string => `${name[0]!.toLowerCase()}${name.slice(1)}`;
const SESSION_MANAGER: Reference = { type: 'SsoSessionManager', value: 'ssoSessionManager' };
const SOURCE = 'friendlyName:string userBaseDn:string? groupBaseDn:string? primaryUrl:string failoverUrl:string?';

const ways: Readonly<Record<string, ServiceMethod>> = {
  SsoAdminServiceInstance: {
    on: 'SsoAdminServiceInstance', result: 'AdminServiceContent',
    run: () => ({ sessionManager: SESSION_MANAGER, ...Object.fromEntries(SERVICES.map((name) => [lower(name), { type: `SsoAdmin${name}`, value: lower(name) }])) }),
  },
  SsoGroupcheckServiceInstance: {
    on: 'SsoGroupcheckServiceInstance', result: 'GroupcheckServiceContent',
    run: () => ({ sessionManager: SESSION_MANAGER, groupCheckService: { type: 'SsoGroupcheckGroupCheckService', value: 'groupCheckService' } }),
  },
  Login: {
    on: 'SsoSessionManager',
    async run({ prove }) {
      if ((await prove()) === undefined) throw new ServiceFault('SsoFaultInvalidCredentials', 'Cannot complete login: the request carries no SAML token in the Security header.');
    },
  },
  Logout: { on: 'SsoSessionManager', run: () => undefined },
};

/** The service at /sso-adminserver/sdk. */
export const adminService: Service = {
  namespace: 'urn:sso',
  types: {
    AdminServiceContent: [undefined, `sessionManager:ref ${SERVICES.map((name) => `${lower(name)}:ref`).join(' ')}`],
    GroupcheckServiceContent: [undefined, 'sessionManager:ref groupCheckService:ref'],
    PrincipalId: [undefined, 'name:string domain:string'],
    AdminPersonDetails: [undefined, 'description:string? emailAddress:string? firstName:string? lastName:string?'],
    AdminPersonUser: [undefined, 'id:PrincipalId alias:PrincipalId? details:AdminPersonDetails disabled:boolean locked:boolean'],
    AdminSolutionDetails: [undefined, 'description:string? certificate:string'],
    AdminSolutionUser: [undefined, 'id:PrincipalId alias:PrincipalId? details:AdminSolutionDetails disabled:boolean'],
    AdminUser: [undefined, 'id:PrincipalId alias:PrincipalId? kind:string description:string?'],
    AdminGroupDetails: [undefined, 'description:string?'],
    AdminGroup: [undefined, 'id:PrincipalId alias:PrincipalId? details:AdminGroupDetails'],
    AdminPrincipalDiscoveryServiceSearchCriteria: [undefined, 'searchString:string domain:string'],
    AdminPrincipalDiscoveryServiceSearchResult: [undefined, 'personUsers:AdminPersonUser[]? solutionUsers:AdminSolutionUser[]? groups:AdminGroup[]?'],
    AdminPasswordFormatLengthRestriction: [undefined, 'minLength:int maxLength:int'],
    AdminPasswordFormatAlphabeticRestriction: [undefined, 'minAlphabeticCount:int minUppercaseCount:int minLowercaseCount:int'],
    AdminPasswordFormat: [undefined, 'lengthRestriction:AdminPasswordFormatLengthRestriction alphabeticRestriction:AdminPasswordFormatAlphabeticRestriction minNumericCount:int minSpecialCharCount:int maxIdenticalAdjacentCharacters:int'],
    AdminPasswordPolicy: [undefined, 'description:string prohibitedPreviousPasswordsCount:int passwordFormat:AdminPasswordFormat passwordLifetimeDays:int?'],
    Domain: [undefined, 'name:string alias:string?'],
    IdentitySource: [undefined, 'name:string domains:Domain[]'],
    LdapIdentitySourceDetails: [undefined, SOURCE],
    AuthenticationDetails: [undefined, 'authenticationType:string username:string?'],
    LdapIdentitySource: ['IdentitySource', 'type:string details:LdapIdentitySourceDetails authenticationDetails:AuthenticationDetails'],
    IdentitySources: [undefined, 'all:IdentitySource[] system:IdentitySource localOS:IdentitySource? nativeAD:IdentitySource? ldaps:LdapIdentitySource[]?'],
    SsoAdminIdentitySourceManagementServiceAuthenticationCredentails: [undefined, 'username:string password:string'],
  },
  objects: {
    SsoAdminServiceInstance: 'SsoAdminServiceInstance', ServiceInstance: 'SsoGroupcheckServiceInstance', ssoSessionManager: 'SsoSessionManager', groupCheckService: 'SsoGroupcheckGroupCheckService',
    ...Object.fromEntries(SERVICES.map((name) => [lower(name), `SsoAdmin${name}`])),
  },
  methods: { ...ways, ...findMethods, ...principalMethods, ...settingMethods },
};
