// Types and methods that servers answer and clients call, but that the published type catalogue does not list: the way
// to a host's command line (esxcli), facts about disks, methods that are disabled. Written by hand in the layout of
// schema.json, from the SOAP traffic of the public clients that use them (govc host.esxcli, vm.ip -esxcli,
// datastore.disk.info, object.method, vic-machine). schema.ts merges it; nothing else reads it.

type Entry = readonly [name: string, type: string, since: number, flags: string];

/** Index of version 2.0: as old as the host's other managers. */
const SINCE = 3;

const fields = (spelled: string): Entry[] =>
  spelled.split(' ').filter((word) => word !== '').map((word) => {
    const [name, type] = word.split(':') as [string, string];
    return [name, type.replace('?', ''), SINCE, type.endsWith('?') ? '?' : ''];
  });

const NAMED = 'name:string wsdlName:string version:string ';
const ANNOTATED = ' annotation:DynamicTypeMgrAnnotation[]?';

export const data = (base: string, spelled: string): [string, number, Entry[]] => [base, SINCE, fields(spelled)];

export const method = (params: string, result: string, privilege = 'System.View'): [number, Entry[], string, string, string[]] =>
  [SINCE, fields(params), result, privilege, []];

/** A method that gives a Task; `result` is that of the task. */
export const task = (params: string, result: string, name: string, privilege: string): [...ReturnType<typeof method>, string, string] =>
  [...method(params, 'Task', privilege), result, name];

export const undocumented = {
  data: {
    DynamicTypeMgrAnnotation: data('DynamicData', 'name:string parameter:string[]?'),
    DynamicTypeMgrFilterSpec: data('DynamicData', ''),
    DynamicTypeMgrMoFilterSpec: data('DynamicTypeMgrFilterSpec', 'id:string? typeSubstr:string?'),
    DynamicTypeMgrTypeFilterSpec: data('DynamicTypeMgrFilterSpec', 'typeSubstr:string?'),
    DynamicTypeMgrMoInstance: data('DynamicData', 'id:string moType:string'),
    DynamicTypeMgrParamTypeInfo: data('DynamicData', `name:string version:string type:string privId:string?${ANNOTATED}`),
    DynamicTypeMgrPropertyTypeInfo: data('DynamicData', `name:string version:string type:string privId:string? msgIdFormat:string?${ANNOTATED}`),
    DynamicTypeMgrMethodTypeInfo: data('DynamicData', `${NAMED}paramTypeInfo:DynamicTypeMgrParamTypeInfo[]? returnTypeInfo:DynamicTypeMgrParamTypeInfo? fault:string[]? privId:string?${ANNOTATED}`),
    DynamicTypeMgrManagedTypeInfo: data('DynamicData', `${NAMED}base:string[]? property:DynamicTypeMgrPropertyTypeInfo[]? method:DynamicTypeMgrMethodTypeInfo[]?${ANNOTATED}`),
    DynamicTypeMgrDataTypeInfo: data('DynamicData', `${NAMED}base:string[]? property:DynamicTypeMgrPropertyTypeInfo[]?${ANNOTATED}`),
    DynamicTypeEnumTypeInfo: data('DynamicData', `${NAMED}value:string[]?${ANNOTATED}`),
    DynamicTypeMgrAllTypeInfo: data('DynamicData', 'managedTypeInfo:DynamicTypeMgrManagedTypeInfo[]? enumTypeInfo:DynamicTypeEnumTypeInfo[]? dataTypeInfo:DynamicTypeMgrDataTypeInfo[]?'),
    ReflectManagedMethodExecuterSoapArgument: data('DynamicData', 'name:string val:string'),
    ReflectManagedMethodExecuterSoapFault: data('DynamicData', 'faultMsg:string faultDetail:string?'),
    DisabledMethodRequest: data('DynamicData', 'method:string reasonId:string?'),
    VirtualDiskInfo: data('DynamicData', 'unit:VirtualDiskUnit diskType:string parent:string?'),
    VirtualDiskUnit: data('DynamicData', 'name:string datacenter:Datacenter?'),
    ReflectManagedMethodExecuterSoapResult: data('DynamicData', 'response:string? fault:ReflectManagedMethodExecuterSoapFault?'),
  },
  managed: {
    InternalDynamicTypeManager: [null, SINCE, [], {
      DynamicTypeMgrQueryMoInstances: method('filterSpec:DynamicTypeMgrFilterSpec?', 'DynamicTypeMgrMoInstance[]?'),
      DynamicTypeMgrQueryTypeInfo: method('filterSpec:DynamicTypeMgrFilterSpec?', 'DynamicTypeMgrAllTypeInfo'),
    }],
    ReflectManagedMethodExecuter: [null, SINCE, [], {
      ExecuteSoap: method('moid:string version:string method:string argument:ReflectManagedMethodExecuterSoapArgument[]?', 'ReflectManagedMethodExecuterSoapResult?', 'Host.Config.Settings'),
    }],
  },
  /** Methods of types that the catalogue does list. */
  methods: {
    AuthorizationManager: {
      DisableMethods: method('entity:ManagedEntity[] method:DisabledMethodRequest[] sourceId:string sessionScope:boolean?', 'void', 'Global.DisableMethods'),
      EnableMethods: method('entity:ManagedEntity[] method:string[] sourceId:string', 'void', 'Global.EnableMethods'),
    },
    HostSystem: {
      RetrieveDynamicTypeManager: method('', 'InternalDynamicTypeManager?'),
      RetrieveManagedMethodExecuter: method('', 'ReflectManagedMethodExecuter?'),
    },
    VirtualDiskManager: {
      QueryVirtualDiskInfo_Task: task('name:string datacenter:Datacenter? includeParents:boolean', 'VirtualDiskInfo[]', 'queryVirtualDiskInfo', 'System.View'),
    },
  },
} as const;
