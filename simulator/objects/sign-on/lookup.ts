// The lookup service of a vCenter: which services it has, and where. Its own are worked out for whoever asks, with the
// address that the client used; what clients register is state of the ExtensionManager (`_services`).
import { X509Certificate } from 'node:crypto';
import type { Simulation } from '../../dispatch/simulation.ts';
import { groupNames } from '../../sso/principals.ts';
import { ServiceFault, type Reference, type Service, type ServiceCall, type Values } from '../../sso/service.ts';

interface EndpointType {
  readonly protocol?: string;
  readonly type?: string;
}

interface Endpoint {
  readonly url: string;
  readonly endpointType: EndpointType;
  readonly sslTrust?: readonly string[];
  readonly endpointAttributes?: readonly Values[];
}

interface Registration {
  readonly serviceId: string;
  readonly siteId: string;
  readonly nodeId?: string;
  readonly ownerId: string;
  readonly serviceVersion: string;
  readonly serviceType: { readonly product: string; readonly type: string };
  readonly serviceEndpoints: readonly Endpoint[];
  readonly serviceNameDefault?: string;
}

type Registered = Readonly<Record<string, Registration>>;

const SITE = 'default-site';
const reference = (type: string, value: string): Reference => ({ type, value });

const REGISTRATION = 'serviceVersion:string vendorNameResourceKey:string? vendorNameDefault:string? vendorProductInfoResourceKey:string? vendorProductInfoDefault:string? serviceEndpoints:LookupServiceRegistrationEndpoint[]? serviceAttributes:LookupServiceRegistrationAttribute[]? serviceNameResourceKey:string? serviceNameDefault:string? serviceDescriptionResourceKey:string? serviceDescriptionDefault:string?';

/** The service at /lookupservice/sdk. */
export const lookupService: Service = {
  namespace: 'urn:lookup',
  types: {
    LookupServiceContent: [undefined, 'lookupService:ref serviceRegistration:ref? deploymentInformationService:ref l10n:ref'],
    LookupServiceRegistrationAttribute: [undefined, 'key:string value:string'],
    LookupServiceRegistrationServiceType: [undefined, 'product:string type:string'],
    LookupServiceRegistrationEndpointType: [undefined, 'protocol:string? type:string?'],
    LookupServiceRegistrationEndpoint: [undefined, 'url:string endpointType:LookupServiceRegistrationEndpointType sslTrust:string[]? endpointAttributes:LookupServiceRegistrationAttribute[]?'],
    LookupServiceRegistrationFilter: [undefined, 'siteId:string? nodeId:string? serviceType:LookupServiceRegistrationServiceType? endpointType:LookupServiceRegistrationEndpointType?'],
    LookupServiceRegistrationMutableServiceInfo: [undefined, REGISTRATION],
    LookupServiceRegistrationSetSpec: ['LookupServiceRegistrationMutableServiceInfo', ''],
    LookupServiceRegistrationCommonServiceInfo: ['LookupServiceRegistrationMutableServiceInfo', 'ownerId:string serviceType:LookupServiceRegistrationServiceType nodeId:string?'],
    LookupServiceRegistrationCreateSpec: ['LookupServiceRegistrationCommonServiceInfo', ''],
    LookupServiceRegistrationInfo: ['LookupServiceRegistrationCommonServiceInfo', 'serviceId:string siteId:string'],
  },
  objects: { ServiceInstance: 'LookupServiceInstance', lookupService: 'LookupLookupService', ServiceRegistration: 'LookupServiceRegistration', deploymentInformationService: 'LookupDeploymentInformationService', l10n: 'LookupL10n' },
  methods: {
    RetrieveServiceContent: {
      on: 'LookupServiceInstance', result: 'LookupServiceContent',
      run: () => ({
        lookupService: reference('LookupLookupService', 'lookupService'), serviceRegistration: reference('LookupServiceRegistration', 'ServiceRegistration'),
        deploymentInformationService: reference('LookupDeploymentInformationService', 'deploymentInformationService'), l10n: reference('LookupL10n', 'l10n'),
      }),
    },
    GetSiteId: { on: 'LookupServiceRegistration', result: 'string', run: () => SITE },
    List: {
      on: 'LookupServiceRegistration', params: 'filterCriteria:LookupServiceRegistrationFilter?', result: 'LookupServiceRegistrationInfo[]',
      run: (call, { filterCriteria }) => all(call).flatMap((info) => filtered(info, (filterCriteria ?? {}) as Filter)),
    },
    Get: { on: 'LookupServiceRegistration', params: 'serviceId:string', result: 'LookupServiceRegistrationInfo', run: (call, { serviceId }) => all(call).find((info) => info.serviceId === serviceId) ?? missing(String(serviceId)) },
    Create: {
      on: 'LookupServiceRegistration', params: 'serviceId:string createSpec:LookupServiceRegistrationCreateSpec',
      async run(call, { serviceId, createSpec }) {
        const id = String(serviceId);
        await requireAdministrator(call);
        if (all(call).some((info) => info.serviceId === id)) throw new ServiceFault('LookupFaultEntryExistsFault', `A service "${id}" is registered already.`, { name: id });
        change(call, (list) => ({ ...list, [id]: { ...(createSpec as Registration), serviceId: id, siteId: SITE } }));
      },
    },
    Set: {
      on: 'LookupServiceRegistration', params: 'serviceId:string serviceSpec:LookupServiceRegistrationSetSpec',
      async run(call, { serviceId, serviceSpec }) {
        const id = String(serviceId);
        await requireAdministrator(call);
        const { ownerId, serviceType, nodeId } = own(call, id);
        change(call, (list) => ({ ...list, [id]: { ...(serviceSpec as Registration), ownerId, serviceType, ...(nodeId === undefined ? {} : { nodeId }), serviceId: id, siteId: SITE } }));
      },
    },
    Delete: {
      on: 'LookupServiceRegistration', params: 'serviceId:string',
      async run(call, { serviceId }) {
        await requireAdministrator(call);
        own(call, String(serviceId));
        change(call, ({ [String(serviceId)]: _gone, ...rest }) => rest);
      },
    },
    GetLocale: { on: 'LookupL10n', result: 'string', run: () => 'en' },
  },
};

const registered = (sim: Simulation): Registered => (sim.store.get(sim.wellKnown['extensionManager']!)?.props['_services'] ?? {}) as Registered;

function change({ sim, user }: ServiceCall, next: (list: Registered) => Registered): void {
  const manager = sim.wellKnown['extensionManager']!;
  sim.store.transaction((tx) => tx.set(manager, '_services', next((tx.get(manager, '_services') ?? {}) as Registered)), { userName: user ?? '' });
}

const missing = (id: string): never => {
  throw new ServiceFault('LookupFaultEntryNotFoundFault', `No service "${id}" is registered.`, { name: id });
};

/** What was registered under an id. The server's own services cannot be changed. */
function own(call: ServiceCall, id: string): Registration {
  const found = registered(call.sim)[id];
  if (found) return found;
  if (ofServer(call).some(({ serviceId }) => serviceId === id)) throw new ServiceFault('SsoFaultNoPermission', `The service "${id}" is the server's own: it cannot be changed.`);
  return missing(id);
}

async function requireAdministrator(call: ServiceCall): Promise<void> {
  const user = await call.prove();
  if (user === undefined) throw new ServiceFault('SsoFaultNotAuthenticated', 'Registering services needs a SAML token of an administrator in the Security header.');
  if (!call.sim.sessions.isOpen && !groupNames(call.sim, user).includes('vsphere.local\\Administrators')) throw new ServiceFault('SsoFaultNoPermission', `"${user}" may not change registrations: it is not in the group Administrators.`);
}

interface Filter {
  readonly siteId?: string;
  readonly nodeId?: string;
  readonly serviceType?: { readonly product?: string; readonly type?: string };
  readonly endpointType?: EndpointType;
}

/** What an empty text asks for counts as not asked for. */
const fits = (wanted: string | undefined, got: string | undefined): boolean => wanted === undefined || wanted === '' || wanted === got;

/** The registration with the endpoints that are asked for; nothing when it is another one. */
function filtered(info: Registration, { siteId, nodeId, serviceType, endpointType }: Filter): Registration[] {
  if (!fits(siteId, info.siteId) || !fits(nodeId, info.nodeId)) return [];
  if (!fits(serviceType?.product, info.serviceType.product) || !fits(serviceType?.type, info.serviceType.type)) return [];
  if (endpointType === undefined) return [info];
  const serviceEndpoints = info.serviceEndpoints.filter((endpoint) => fits(endpointType.protocol, endpoint.endpointType.protocol) && fits(endpointType.type, endpoint.endpointType.type));
  return serviceEndpoints.length > 0 ? [{ ...info, serviceEndpoints }] : [];
}

const all = (call: ServiceCall): Registration[] => [...ofServer(call), ...Object.values(registered(call.sim))];

/** The services of the server itself: only what it serves. */
function ofServer({ sim, origin }: ServiceCall): Registration[] {
  const { certificate } = sim.served;
  const sslTrust = certificate === undefined ? [] : [new X509Certificate(certificate).raw.toString('base64')];
  const instance = sim.about.instanceUuid ?? '';
  const service = (type: string, id: string, version: string, endpoints: readonly (readonly [path: string, protocol: string, type: string])[], name: string): Registration => ({
    serviceVersion: version, serviceNameDefault: name, ownerId: 'Administrator@vsphere.local', serviceType: { product: 'com.vmware.cis', type }, nodeId: instance, serviceId: id, siteId: SITE,
    serviceEndpoints: endpoints.map(([path, protocol, kind]) => ({ url: `${origin}${path}`, endpointType: { protocol, type: kind }, sslTrust })),
  });
  return [
    service('cs.identity', `${SITE}:${instance}`, '2.0', [
      ['/sts/STSService/vsphere.local', 'wsTrust', 'com.vmware.cis.cs.identity.sso'],
      ['/sso-adminserver/sdk/vsphere.local', 'vmomi', 'com.vmware.cis.cs.identity.admin'],
      ['/sso-adminserver/sdk/vsphere.local', 'vmomi', 'com.vmware.cis.cs.identity.groupcheck'],
    ], 'Single Sign-On'),
    service('sso:sts', `${SITE}:${instance}:sts`, '2.0', [['/sts/STSService/vsphere.local', 'wsTrust', 'urn:sso:sts']], 'Security Token Service'),
    service('vcenterserver', instance, sim.about.apiVersion, [['/sdk', 'vmomi', 'com.vmware.vim']], sim.about.name),
    service('cs.vapi', `${instance}:vapi`, sim.about.apiVersion, [['/api', 'vapi.json.https', 'com.vmware.vapi.endpoint'], ['/rest', 'rest', 'com.vmware.vapi.rest']], 'vSphere Automation API'),
  ];
}
