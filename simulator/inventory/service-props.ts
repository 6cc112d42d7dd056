// First property values of the service managers: only facts that a client may rely on, by managed object type.
import type { ElementDescription, EventDescription, OptionValue, PerfCounterInfo, TaskDescription } from '../../core/vim25/index.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import { eventInfo } from '../events/catalogue.ts';
import { methodInfo } from '../events/task-labels.ts';
import { alarmDescription } from '../objects/alarms/description.ts';
import { initialAccounts } from '../objects/authorization/accounts.ts';
import { initialPermissions } from '../objects/authorization/permissions.ts';
import { privilegeDescription, privilegeList } from '../objects/authorization/privilege-list.ts';
import { initialRoles } from '../objects/authorization/roles.ts';
import { guestManagers } from '../objects/guest/operations.ts';
import { licenseProps } from '../objects/license/license-manager.ts';
import { ovfOptions } from '../objects/ovf/options.ts';
import { catalogue } from '../objects/performance/catalogue.ts';
import { initialIntervals } from '../objects/performance/intervals.ts';
import { scheduledTaskDescription } from '../objects/scheduled-tasks/description.ts';
import type { Props } from '../store/object.ts';

const element = (key: string, label: string, summary = label): ElementDescription => ({ _type: 'ElementDescription', label, summary, key }) as ElementDescription;
const elements = (table: Readonly<Record<string, string>>): ElementDescription[] => Object.entries(table).map(([key, label]) => element(key, label));

const LOCALES: readonly string[] = ['en', 'de', 'es', 'fr', 'it', 'ja', 'ko', 'zh_CN', 'zh_TW'];

/** Properties that a new service manager of that type starts with. */
export function serviceProps(sim: Simulation, type: string): Props {
  switch (type) {
    case 'SessionManager':
      return { sessionList: [], message: '', messageLocaleList: ['en'], supportedLocaleList: LOCALES, defaultLocale: 'en' };
    case 'AlarmManager':
      return { defaultExpression: [], description: alarmDescription() };
    case 'ScheduledTaskManager':
      return { scheduledTask: [], description: scheduledTaskDescription() };
    case 'TaskManager':
      return { recentTask: [], description: taskDescription(), maxCollector: 32 };
    case 'ExtensionManager':
      return { extensionList: [] };
    case 'OptionManager':
      return { supportedOption: [], setting: sim.product === 'vcenter' ? vcenterSettings(sim) : esxiSettings() };
    case 'EventManager':
      return { description: eventDescription(), maxCollector: 32 };
    case 'AuthorizationManager':
      return authorization(sim);
    case 'LicenseManager':
      return licenseProps(sim);
    case 'PerformanceManager':
      return performance(sim.product);
    case 'UserDirectory':
      return {
        domainList: sim.product === 'vcenter' ? ['vsphere.local', 'localos'] : [''],
        _accounts: initialAccounts(sim.product, sim.sessions.worldUser),
      };
    case 'CryptoManagerKmip':
      return { enabled: true, kmipServers: [] };
    case 'CustomFieldsManager':
      return { field: [] };
    case 'GuestOperationsManager':
      return guestManagers(sim.product);
    case 'PropertyCollector':
      return { filter: [] };
    case 'OvfManager':
      return ovfOptions;
    case 'ViewManager':
      return { viewList: [] };
    default:
      return {};
  }
}

/** Hundreds of entries, made when somebody reads them. */
function eventDescription(): EventDescription {
  let details: EventDescription['eventInfo'] | undefined;
  return {
    _type: 'EventDescription',
    category: elements({ info: 'Information', warning: 'Warning', error: 'Error', user: 'User' }),
    get eventInfo() {
      return (details ??= eventInfo());
    },
  };
}

function taskDescription(): TaskDescription {
  let methods: readonly ElementDescription[] | undefined;
  const reason = (key: string, label: string) => ({ _type: 'TypeDescription', label, summary: label, key });
  return {
    _type: 'TaskDescription',
    get methodInfo() {
      return (methods ??= methodInfo());
    },
    state: elements({ queued: 'Queued', running: 'Running', success: 'Completed', error: 'Error' }),
    reason: [reason('TaskReasonUser', 'User task'), reason('TaskReasonSchedule', 'Scheduled task'), reason('TaskReasonAlarm', 'Alarm task'), reason('TaskReasonSystem', 'System task')],
  } as TaskDescription;
}

function vcenterSettings(sim: Simulation): OptionValue[] {
  const { about } = sim;
  return options({
    'VirtualCenter.FQDN': 'vcenter.vsphere.local',
    'VirtualCenter.InstanceName': 'vcenter.vsphere.local',
    'VirtualCenter.VimApiUrl': 'https://vcenter.vsphere.local/sdk',
    'VirtualCenter.ManagedIP': '',
    'VirtualCenter.MaxDBConnection': 50,
    'VirtualCenter.VimPasswordExpirationInDays': 30,
    'instance.id': 42,
    'event.maxAge': 30,
    'event.maxAgeEnabled': true,
    'task.maxAge': 30,
    'task.maxAgeEnabled': true,
    'client.timeout.normal': 30,
    'client.timeout.long': 120,
    'log.level': 'info',
    'mail.sender': '',
    'mail.smtp.server': '',
    'config.vpxd.hostnameUrl': 'vcenter.vsphere.local',
    'config.vpxd.network.rollback': 'true',
    'config.vpxd.sso.sts.uri': 'https://vcenter.vsphere.local/sts/STSService/vsphere.local',
    'config.vpxd.sso.admin.uri': 'https://vcenter.vsphere.local/sso-adminserver/sdk/vsphere.local',
    'config.vpxd.sso.default.admin': 'Administrator@vsphere.local',
    'config.vpxd.vmomi.soap.sessionTimeout': '30',
    'VirtualCenter.InstanceUuid': about.instanceUuid ?? '',
    'VirtualCenter.VersionNumber': about.version,
  });
}

const esxiSettings = (): OptionValue[] =>
  options({
    'Config.HostAgent.log.level': 'info',
    'Config.HostAgent.plugins.hostsvc.esxAdminsGroup': 'ESX Admins',
    'Config.HostAgent.vmacore.soap.sessionTimeout': 30,
    'Vpx.Vpxa.config.log.level': 'info',
  });

/** Option values sorted by key, the order in which the API lists them. */
function options(table: Readonly<Record<string, string | number | boolean>>): OptionValue[] {
  return Object.entries(table)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => ({ _type: 'OptionValue', key, value }));
}

function authorization(sim: Simulation): Props {
  const privileges = privilegeList(sim.product);
  return {
    privilegeList: privileges,
    roleList: initialRoles(sim.product, privileges),
    description: privilegeDescription(privileges),
    _permissions: initialPermissions(sim),
  };
}

function performance(product: Simulation['product']): Props {
  let counters: readonly PerfCounterInfo[] | undefined;
  return {
    description: {
      _type: 'PerformanceDescription',
      counterType: elements({ absolute: 'Absolute', delta: 'Delta', rate: 'Rate' }),
      statsType: elements({ average: 'Average', maximum: 'Maximum', minimum: 'Minimum', latest: 'Latest', summation: 'Summation', none: 'None' }),
    },
    historicalInterval: initialIntervals(product),
    get perfCounter() {
      return (counters ??= catalogue(product).all.map(({ info }) => info));
    },
  };
}
