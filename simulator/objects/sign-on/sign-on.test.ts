import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeSigningPair } from '../../sso/keys.ts';
import { envelope, keyType, password, SignOn } from '../../sso/sso.testing.ts';
import { bare } from '../../sso/signature.ts';

const STRICT = { credentials: { userName: 'Administrator@vsphere.local', password: 'right' } };
const ADMIN = password('Administrator@vsphere.local', 'right');
const CALLER = { ipAddress: '192.0.2.7', tls: true };
const GOOD = 'Passw0rd!';

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly fault: string | undefined;
  readonly cookie: string | undefined;
}

/** A client of the administration and the lookup service. */
class Client {
  readonly world: SignOn;
  private cookie = '';

  constructor(options = STRICT) {
    this.world = new SignOn(options);
  }

  async call(name: string, self: string, args = '', header = '', service: 'sso' | 'lookup' = 'sso'): Promise<Answer> {
    const path = service === 'sso' ? '/sso-adminserver/sdk/vsphere.local' : '/lookupservice/sdk';
    const content = `<${name} xmlns="urn:${service}"><_this>${self}</_this>${args}</${name}>`;
    const { status, body, headers } = await this.world.simulator.handleSso(path, envelope(content, header), { host: 'vc.example:8443', cookie: this.cookie }, CALLER);
    return { status, body, fault: /<(\w+)Fault xmlns=/.exec(body)?.[1], cookie: headers['Set-Cookie'] };
  }

  async login(header = ADMIN): Promise<this> {
    const { cookie, body } = await this.call('Login', 'ssoSessionManager', '', await this.world.token({ header }));
    assert.ok(cookie, body);
    this.cookie = cookie.split(';')[0]!;
    return this;
  }

  async does(name: string, self: string, args = ''): Promise<string> {
    const { status, body } = await this.call(name, self, args);
    assert.equal(status, 200, body);
    return body;
  }

  /** The call gets the fault, and the world is as it was. */
  async refuses(fault: string, name: string, self: string, args = ''): Promise<void> {
    const { version } = this.world.simulator.store;
    const answer = await this.call(name, self, args);
    assert.equal(answer.fault, fault, answer.body);
    assert.equal(this.world.simulator.store.version, version);
  }
}

const id = (tag: string, name: string, domain = 'vsphere.local') => `<${tag}><name>${name}</name><domain>${domain}</domain></${tag}>`;
const person = (name: string, word = GOOD) => `<userName>${name}</userName><userDetails><firstName>Ann</firstName><lastName>Able</lastName></userDetails><password>${word}</password>`;
const MANAGE = 'principalManagementService';
const FIND = 'principalDiscoveryService';
const canIssue = async ({ world }: Client, user: string, word: string) => (await world.ask({ header: password(user, word) })).status === 200;

test('a person that is made can log in, is found by the UserDirectory, and is gone when it is removed', async () => {
  const admin = await new Client().login();
  assert.equal(await canIssue(admin, 'ann', GOOD), false);
  await admin.does('CreateLocalPersonUser', MANAGE, person('ann'));
  assert.equal(await canIssue(admin, 'ann', GOOD), true);
  assert.equal(await canIssue(admin, 'ann', 'right'), false);
  assert.match(await admin.does('FindPersonUser', FIND, id('userId', 'ann')), /<firstName>Ann<.*<disabled>false<\/disabled><locked>false</s);
  const { store, sim } = admin.world.simulator;
  assert.match(JSON.stringify(store.get(sim.wellKnown['userDirectory']!)!.props['_accounts']), /"fullName":"Ann Able"/);
  await admin.refuses('SsoFaultInvalidPrincipalFault', 'CreateLocalPersonUser', MANAGE, person('ann'));
  await admin.does('DeleteLocalPrincipal', MANAGE, '<principalName>ann</principalName>');
  assert.equal(await canIssue(admin, 'ann', GOOD), false);
  assert.doesNotMatch(await admin.does('FindPersonUser', FIND, id('userId', 'ann')), /returnval/);
  await admin.refuses('SsoFaultInvalidPrincipalFault', 'DeleteLocalPrincipal', MANAGE, '<principalName>ann</principalName>');
  await admin.refuses('SsoFaultInvalidPrincipalFault', 'DeleteLocalPrincipal', MANAGE, '<principalName>Administrator</principalName>');
});

test('nobody gets in without a token, and only administrators change anything', async () => {
  const admin = new Client();
  await admin.refuses('SsoFaultNotAuthenticated', 'FindPersonUser', FIND, id('userId', 'ann'));
  await admin.refuses('SsoFaultInvalidCredentials', 'Login', 'ssoSessionManager');
  await admin.login();
  await admin.does('CreateLocalPersonUser', MANAGE, person('ann'));
  await admin.login(password('ann', GOOD));
  await admin.does('FindUsers', FIND, '<criteria><searchString/><domain>vsphere.local</domain></criteria><limit>5</limit>');
  await admin.refuses('SsoFaultNoPermission', 'CreateLocalPersonUser', MANAGE, person('bob'));
  await admin.does('ResetSelfLocalPersonUserPassword', MANAGE, '<newPassword>Other0ne!</newPassword>');
  assert.equal(await canIssue(admin, 'ann', 'Other0ne!'), true);
  await admin.does('Logout', 'ssoSessionManager');
  await admin.refuses('SsoFaultNotAuthenticated', 'FindPersonUser', FIND, id('userId', 'ann'));
});

test('a session of the administration ends when it is idle', async () => {
  const admin = await new Client().login();
  admin.world.clock.advance(31 * 60_000);
  await admin.refuses('SsoFaultNotAuthenticated', 'FindPersonUser', FIND, id('userId', 'ann'));
});

test('passwords keep to the policy, and are none of the last ones', async () => {
  const admin = await new Client().login();
  const violation = 'SsoAdminFaultPasswordPolicyViolationFault';
  for (const word of ['password', 'Sh0rt!', 'Passsss0rd!', 'passw0rd!', 'Password!', 'Passw0rd']) await admin.refuses(violation, 'CreateLocalPersonUser', MANAGE, person('ann', word));
  await admin.does('CreateLocalPersonUser', MANAGE, person('ann'));
  const reset = (word: string) => `<userName>ann</userName><newPassword>${word}</newPassword>`;
  await admin.does('ResetLocalPersonUserPassword', MANAGE, reset('Other0ne!'));
  await admin.refuses(violation, 'ResetLocalPersonUserPassword', MANAGE, reset(GOOD));
  const policy = (min: number) => `<policy><description>short</description><prohibitedPreviousPasswordsCount>0</prohibitedPreviousPasswordsCount><passwordFormat><lengthRestriction><minLength>${min}</minLength><maxLength>20</maxLength></lengthRestriction>` +
    '<alphabeticRestriction><minAlphabeticCount>0</minAlphabeticCount><minUppercaseCount>0</minUppercaseCount><minLowercaseCount>0</minLowercaseCount></alphabeticRestriction><minNumericCount>0</minNumericCount><minSpecialCharCount>0</minSpecialCharCount><maxIdenticalAdjacentCharacters>9</maxIdenticalAdjacentCharacters></passwordFormat></policy>';
  await admin.refuses('SsoAdminFaultInvalidPasswordPolicyFault', 'UpdateLocalPasswordPolicy', 'passwordPolicyService', policy(21));
  await admin.does('UpdateLocalPasswordPolicy', 'passwordPolicyService', policy(3));
  assert.match(await admin.does('GetLocalPasswordPolicy', 'passwordPolicyService'), /<minLength>3</);
  await admin.does('ResetLocalPersonUserPassword', MANAGE, reset('abc'));
});

test('groups have members, also through other groups, and never themselves', async () => {
  const admin = await new Client().login();
  for (const name of ['crew', 'fleet']) await admin.does('CreateLocalGroup', MANAGE, `<groupName>${name}</groupName><groupDetails><description>of ${name}</description></groupDetails>`);
  await admin.does('CreateLocalPersonUser', MANAGE, person('ann'));
  const add = (group: string) => `${id('userIds', 'ann')}<groupName>${group}</groupName>`;
  assert.match(await admin.does('AddUsersToLocalGroup', MANAGE, add('crew')), /<returnval>true</);
  assert.match(await admin.does('AddUsersToLocalGroup', MANAGE, add('crew')), /<returnval>false</);
  await admin.does('AddGroupsToLocalGroup', MANAGE, `${id('groupIds', 'crew')}<groupName>fleet</groupName>`);
  await admin.refuses('SsoAdminFaultGroupCyclicDependencyFault', 'AddGroupsToLocalGroup', MANAGE, `${id('groupIds', 'fleet')}<groupName>crew</groupName>`);
  await admin.refuses('SsoFaultInvalidPrincipalFault', 'AddUsersToLocalGroup', MANAGE, `${id('userIds', 'nobody')}<groupName>crew</groupName>`);
  assert.match(await admin.does('FindAllParentGroups', 'groupCheckService', id('userId', 'ann')), /crew.*fleet.*Users/s);
  assert.match(await admin.world.token({ header: password('ann', GOOD) }), />vsphere\.local\\fleet</);
  assert.match(await admin.does('FindUsersInGroup', FIND, `${id('groupId', 'crew')}<searchString/><limit>9</limit>`), /<name>ann</);
  await admin.does('RemovePrincipalsFromLocalGroup', MANAGE, `${id('principalsIds', 'ann')}<groupName>crew</groupName>`);
  assert.doesNotMatch(await admin.does('FindAllParentGroups', 'groupCheckService', id('userId', 'ann')), /fleet/);
});

test('a solution user proves itself by its certificate, which nobody else may have', async () => {
  const admin = await new Client().login();
  const pair = await makeSigningPair(new Date('2026-01-01T00:00:00Z'));
  const details = `<userDetails><certificate>${bare(pair.cert)}</certificate></userDetails>`;
  await admin.world.refuses('FailedAuthentication', { signer: pair, rst: keyType('PublicKey') });
  await admin.does('CreateLocalSolutionUser', MANAGE, `<userName>robot</userName>${details}`);
  await admin.refuses('SsoAdminFaultDuplicateSolutionCertificateFault', 'CreateLocalSolutionUser', MANAGE, `<userName>robot2</userName>${details}`);
  assert.match(await admin.world.token({ signer: pair, rst: keyType('PublicKey') }), />robot@VSPHERE\.LOCAL</);
  const ann = await admin.world.token({ header: ADMIN, rst: '<Delegatable>true</Delegatable>' });
  const actAs = { signer: pair, rst: `<ActAs>${ann}</ActAs>${keyType('PublicKey')}` };
  await admin.world.refuses('RequestFailed', actAs);
  await admin.does('GrantWSTrustRole', 'roleManagementService', `${id('userId', 'robot')}<role>ActAsUser</role>`);
  assert.match(await admin.world.token(actAs), />Administrator@VSPHERE\.LOCAL</);
  await admin.does('RevokeWSTrustRole', 'roleManagementService', `${id('userId', 'robot')}<role>ActAsUser</role>`);
  await admin.world.refuses('RequestFailed', actAs);
});

test('a disabled user gets no token, and its old one is good for nothing', async () => {
  const admin = await new Client().login();
  await admin.does('CreateLocalPersonUser', MANAGE, person('ann'));
  await admin.does('SetRole', 'roleManagementService', `${id('userId', 'ann')}<role>Administrator</role>`);
  assert.match(await admin.does('HasAdministratorRole', 'roleManagementService', id('userId', 'ann')), /<returnval>true</);
  const token = await admin.world.token({ header: password('ann', GOOD) });
  assert.match(await admin.does('DisableUserAccount', MANAGE, id('userId', 'ann')), /<returnval>true</);
  assert.equal(await canIssue(admin, 'ann', GOOD), false);
  assert.equal(await admin.world.logIn(token), 'InvalidLogin');
  await admin.does('EnableUserAccount', MANAGE, id('userId', 'ann'));
  assert.equal(await admin.world.logIn(token), 'VSPHERE.LOCAL\\ann');
});

test('the lifetime of tokens is a setting', async () => {
  const admin = await new Client().login();
  await admin.does('SetMaximumBearerTokenLifetime', 'configurationManagementService', '<maxLifetime>60000</maxLifetime>');
  assert.match(await admin.does('GetMaximumBearerTokenLifetime', 'configurationManagementService'), />60000</);
  const token = await admin.world.token({ header: ADMIN });
  admin.world.clock.advance(60_000);
  assert.equal(await admin.world.logIn(token), 'InvalidLogin');
  await admin.refuses('InvalidArgument', 'SetMaximumBearerTokenLifetime', 'configurationManagementService', '<maxLifetime>0</maxLifetime>');
});

test('identity sources are registered once, and can be the default', async () => {
  const admin = await new Client().login();
  const ldap = '<serverType>ActiveDirectory</serverType><domainName>corp.example</domainName><domainAlias>CORP</domainAlias><details><friendlyName>corp</friendlyName><primaryUrl>ldap://corp.example</primaryUrl></details><authenticationType>password</authenticationType>';
  const SOURCES = 'identitySourceManagementService';
  await admin.refuses('SsoAdminFaultDomainNotFoundFault', 'IdS_setDefaultDomains', SOURCES, '<domainNames>corp.example</domainNames>');
  await admin.does('RegisterLdap', SOURCES, ldap);
  await admin.refuses('SsoAdminFaultDuplicateDomainNameFault', 'RegisterLdap', SOURCES, ldap);
  assert.match(await admin.does('Get', SOURCES), /<ldaps>.*corp\.example.*CORP.*ldap:\/\/corp/s);
  await admin.does('IdS_setDefaultDomains', SOURCES, '<domainNames>corp.example</domainNames>');
  assert.match(await admin.does('IdS_getDefaultDomains', SOURCES), />corp\.example</);
  const { store, sim } = admin.world.simulator;
  assert.deepEqual(store.get(sim.wellKnown['userDirectory']!)!.props['domainList'], ['vsphere.local', 'localos', 'corp.example']);
  await admin.does('DeleteDomain', 'domainManagementService', '<name>corp.example</name>');
  assert.deepEqual(store.get(sim.wellKnown['userDirectory']!)!.props['domainList'], ['vsphere.local', 'localos']);
});

test('the lookup service lists what is served, at the address that the client used', async () => {
  const client = new Client();
  const list = async (filter: string) => (await client.call('List', 'ServiceRegistration', `<filterCriteria>${filter}</filterCriteria>`, '', 'lookup')).body;
  const urls = (body: string) => [...body.matchAll(/<url>([^<]*)/g)].map(([, url]) => url);
  assert.ok(urls(await list('')).includes('https://vc.example:8443/sdk'));
  const sts = '<serviceType><product>com.vmware.cis</product><type>cs.identity</type></serviceType><endpointType><protocol>wsTrust</protocol><type>com.vmware.cis.cs.identity.sso</type></endpointType>';
  assert.deepEqual(urls(await list(sts)), ['https://vc.example:8443/sts/STSService/vsphere.local']);
  assert.deepEqual(urls(await list('<siteId>elsewhere</siteId>')), []);
  assert.match((await client.call('GetSiteId', 'ServiceRegistration', '', '', 'lookup')).body, /<returnval>default-site</);
});

test('services are registered, changed and removed by administrators; the server\'s own stay', async () => {
  const client = new Client();
  const token = await client.world.token({ header: ADMIN });
  const call = (name: string, args: string, header = token) => client.call(name, 'ServiceRegistration', args, header, 'lookup');
  const spec = (version: string) => `<serviceVersion>${version}</serviceVersion><serviceEndpoints><url>https://mine.example/</url><endpointType><protocol>https</protocol></endpointType></serviceEndpoints>`;
  const create = `<serviceId>mine</serviceId><createSpec>${spec('1')}<ownerId>me</ownerId><serviceType><product>p</product><type>t</type></serviceType></createSpec>`;
  assert.equal((await call('Create', create, '')).fault, 'SsoFaultNotAuthenticated');
  assert.equal((await call('Create', create)).status, 200);
  assert.equal((await call('Create', create)).fault, 'LookupFaultEntryExistsFault');
  assert.equal((await call('Set', `<serviceId>mine</serviceId><serviceSpec>${spec('2')}</serviceSpec>`)).status, 200);
  assert.match((await call('Get', '<serviceId>mine</serviceId>')).body, /<serviceVersion>2<.*<ownerId>me<.*<siteId>default-site</s);
  assert.equal((await call('Delete', '<serviceId>mine</serviceId>')).status, 200);
  assert.equal((await call('Get', '<serviceId>mine</serviceId>')).fault, 'LookupFaultEntryNotFoundFault');
  const own = client.world.simulator.sim.about.instanceUuid!;
  assert.equal((await call('Delete', `<serviceId>${own}</serviceId>`)).fault, 'SsoFaultNoPermission');
});

test('what cannot be read is refused, whoever asks', async () => {
  const client = new Client();
  await client.refuses('InvalidRequest', 'NoSuchMethod', FIND);
  await client.refuses('ManagedObjectNotFound', 'Login', 'nothing');
  await client.refuses('MethodNotFound', 'Login', FIND);
  await client.refuses('InvalidArgument', 'FindUser', FIND);
  await client.refuses('InvalidRequest', 'FindUser', FIND, '<nonsense/>');
});

test('a vCenter that is served names its own address in its options', async () => {
  const { simulator } = new SignOn();
  const options = () => (simulator.store.get(simulator.sim.wellKnown['setting']!)!.props['setting'] as { key: string; value: string }[]).find(({ key }) => key === 'config.vpxd.sso.sts.uri')!.value;
  assert.equal(options(), 'https://vcenter.vsphere.local/sts/STSService/vsphere.local');
  simulator.servedAt(8443, { host: '127.0.0.1', thumbprint: 'AA' });
  assert.equal(options(), 'https://127.0.0.1:8443/sts/STSService/vsphere.local');
  simulator.reset();
  assert.equal(options(), 'https://127.0.0.1:8443/sts/STSService/vsphere.local');
});
